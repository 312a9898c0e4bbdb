"""What the page on methods shows: the protocol's numbers in words, each from the file."""

from __future__ import annotations

from html import escape

import pandas as pd

from evidence.charts import figures
from evidence.dashboard import marks
from evidence.dashboard.components import Head, table
from evidence.protocol import Protocol
from evidence.vocabulary import VerdictWord

__all__ = ["mid_table", "pooling_html", "register_table", "rule_table", "verdict_table"]

UNITS = {
    "points_0_100": "pain and disability, points of 100",
    "RMDQ": "disability, RMDQ points of 24",
    "SMD": "standardised mean difference",
    "percentage_points": "response and recovery, percentage points",
}


def verdict_table() -> str:
    """Return the nine words and what each means."""
    body = [[marks.verdict(word), escape(marks.MEANS[word])] for word in VerdictWord]
    return table([Head("Verdict", width=250), Head("It means", label="")], body, "Verdicts")


def mid_table(protocol: Protocol) -> str:
    """Return bands and least differences that matter, with their sources."""
    body = []
    for unit, words in UNITS.items():
        band = protocol.band(unit)
        body.append(
            [
                escape(words),
                figures.plain(band.mid),
                f"{figures.plain(band.small)} to under {figures.plain(band.moderate)}",
                f"{figures.plain(band.moderate)} to under {figures.plain(band.large)}",
                f"{figures.plain(band.large)} or more",
                escape(band.mid_source),
            ]
        )
    heads = [Head("Measured in"), Head("Least that matters", "n", 130), Head("Small", "n"),
             Head("Moderate", "n"), Head("Large", "n"), Head("Source")]  # fmt: skip
    return table(heads, body, "Differences that matter")


def rule_table(protocol: Protocol) -> str:
    """Return the rules of certainty with the protocol's numbers in them."""
    n, w = protocol.number, protocol.whole
    p = figures.plain

    def share(path: str) -> str:
        return f"{p(n(path) * 100)} %"

    rules = (
        ("R1", "Risk of bias", f"One level where low-risk results hold less than {p(n('certainty.r1_low_weight_min_percent'))} % of the weight; two where high-risk ones hold {p(n('certainty.r1_high_weight_min_percent'))} % or more and leaving them out changes the size. Not assessed for more than {p(n('certainty.r1_unassessed_max_percent'))} % of the weight: one level, and never shown above Low."),
        ("R2", "Inconsistency", f"I² of {p(n('certainty.r2_i2_some_percent'))} to {p(n('certainty.r2_i2_much_percent'))} % with opposite directions one level; above it one or two. One where the prediction interval of {w('certainty.r2_prediction_from_k')} or more studies crosses no difference and the interval does not."),
        ("R3", "Indirectness", f"One level where {p(n('certainty.r3_indirect_weight_percent'))} % or more of the weight is indirect on one element, two on two elements."),
        ("R4", "Imprecision", f"One level where the interval crosses a least difference that matters, two with no difference as well, three across both. Else by numbers: fewer than {w('certainty.r4_ois_min_people')} people, or what a trial of its own would need, or {w('certainty.r4_ois_events')} events."),
        ("R5", "Reporting bias", f"One level where {w('certainty.r5_egger_from_k')} or more studies are uneven towards benefit (Egger p below {p(n('certainty.r5_egger_p_below'))}), or silent trials hold {share('certainty.r5_silent_share')} or more of the people."),
        ("caps", "Ceilings", f"A count of directions, risk of bias unassessed, or not yet signed by {w('certainty.signatures_needed')} people: never shown above Low. One study alone: never above Moderate."),
    )  # fmt: skip
    body = [[escape(rule), escape(name), escape(words)] for rule, name, words in rules]
    return table([Head("Rule", width=60), Head("Domain", width=140), Head("What it does", label="")], body, "Rules of certainty")  # fmt: skip


def pooling_html(protocol: Protocol) -> str:
    """Return when studies are pooled and when they are counted."""
    n, w = protocol.number, protocol.whole
    lines = (
        f"Pooled from {w('pooling.min_k')} studies on one scale ({w('pooling.min_k_smd')} for standardised differences), random effects, REML, modified Hartung–Knapp interval.",
        f"A {marks.term('prediction interval')} from {w('pooling.prediction_from_k')} studies, {marks.term('I²')} from {w('pooling.i2_from_k')}, tests for small-study effects from {w('pooling.small_study_tests_from_k')}.",
        "Sham, usual care, no treatment and other comparators are never pooled, counted or averaged together.",
        f"Where nothing can be pooled, directions are counted, one vote a study, whatever the p-value; “most studies point to” needs {w('counting.min_n')} studies, {figures.plain(n('counting.min_share') * 100)} % one way and a lower limit above {figures.plain(n('counting.wilson_low_above') * 100)} %.",
        "Numbers read by machine are never pooled before a person has confirmed them.",
    )  # fmt: skip
    return '<ul class="change">' + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def register_table(register: pd.DataFrame) -> str:
    """Return what is automated, with its measured accuracy."""
    body = [
        [
            marks.text(r["component"]),
            marks.text(r["purpose"]),
            marks.text(r["metric"]),
            f"{figures.figure(r['value'], 3)}"
            + (f" ({figures.interval(r['ci_low'], r['ci_high'], 3)})" if not figures.is_missing(r["ci_low"]) else ""),
            figures.count(r["n_gold"], ""),
            marks.text(r["gold_set"]),
            marks.text(r["human_check"]),
        ]
        for r in figures.records(register)
    ]  # fmt: skip
    heads = [Head("Component"), Head("What for"), Head("Measure"), Head("Value (95 %)", "n"), Head("Cases", "n"),
             Head("Labels"), Head("Who checks")]  # fmt: skip
    return table(heads, body, "Automation register")
