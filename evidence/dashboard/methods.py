"""What the page on methods shows: the protocol's numbers in words, each from the file."""

from __future__ import annotations

from html import escape

import pandas as pd

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.dashboard import glossary, marks
from evidence.dashboard.components import Head, table
from evidence.protocol import Protocol
from evidence.vocabulary import VerdictWord

__all__ = ["mid_table", "pooling_html", "read_words", "register_notes", "register_table", "rule_table",
           "verdict_table", "words_html"]  # fmt: skip

UNITS = {
    "points_0_100": "pain and disability, points of 100",
    "RMDQ": "disability, RMDQ points of 24",
    "SMD": "standardised mean difference",
    "percentage_points": "response and recovery, percentage points",
}
PROMIS = "PROMIS scales, T-score points"
READ_WORDS = {
    "comparator_class": "Class of the comparator",
    "direction": "Direction of the result",
    "is_rct": "Randomized trial, or not",
    "n_participants": "Number of people",
    "primary_endpoint": "Primary end point met, or not",
    "review": "Systematic review, or not",
    "design": "Design of the study",
}
"""What the reader reads, in words; a name that is not here loses its underscores."""


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
    promis = protocol.value("mid.PROMIS_T")
    bare = '<span class="q">no bands</span>'
    body.append(
        [PROMIS, figures.plain(promis["value"]), bare, bare, bare, escape(str(promis["source"]))]
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
        f"A {glossary.term('prediction interval')} from {w('pooling.prediction_from_k')} studies, {glossary.term('I²')} from {w('pooling.i2_from_k')}, tests for small-study effects from {w('pooling.small_study_tests_from_k')}.",
        "Sham, usual care, no treatment and other comparators are never pooled, counted or averaged together.",
        f"Where nothing can be pooled, directions are counted, one vote a study, whatever the p-value; “most studies point to” needs {w('counting.min_n')} studies, {figures.plain(n('counting.min_share') * 100)} % one way and a lower limit above {figures.plain(n('counting.wilson_low_above') * 100)} %.",
        "Numbers read by machine are never pooled before a person has confirmed them.",
    )  # fmt: skip
    return (
        '<ul class="change">'
        + "".join(f"<li>{line}</li>" for line in lines).replace(" %", "\N{NO-BREAK SPACE}%")
        + "</ul>"
    )


def read_words(component: Cell) -> str:
    """Return the name of what is read by machine in words."""
    name = str(component)
    return escape(READ_WORDS.get(name, name.replace("_", " ").capitalize()))


def register_table(register: pd.DataFrame) -> str:
    """Return what is automated, with its measured accuracy; a component is named once."""
    body, before = [], None
    for r in figures.records(register):
        limits = figures.interval(r["ci_low"], r["ci_high"], 3)
        about = marks.text(r["gold_set"]).replace("_", " ")
        measured = "" if figures.is_missing(r["measured_at"]) else f"measured {marks.day(r['measured_at'])}"  # fmt: skip
        is_same = r["component"] == before
        name = read_words(r["component"])
        head = f"{name}<br><small>{measured}</small>" if measured else name
        body.append(
            [
                f'<span class="vw">{name}</span>' if is_same else head,
                glossary.explained(marks.text(r["metric"])),
                figures.figure(r["value"], 3) + (f" ({limits})" if limits else ""),
                figures.count(r["n_gold"], ""),
                about,
            ]
        )
        before = r["component"]
    heads = [Head("What is read", width=220), Head("Measure"), Head("Value (95 %)", "n"),
             Head("Cases", "n"), Head("Labels")]  # fmt: skip
    return table(heads, body, "Automation register")


def register_notes(register: pd.DataFrame) -> str:
    """Return who checks what is read by machine, and what it was trained on, each said once."""
    said = []
    for column, words in (("human_check", "Check by people"), ("trained_on", "Trained on")):
        texts = [str(text) for text in register[column].dropna().unique()]
        said += [f"<dt>{words}</dt><dd>{escape('; '.join(texts))}</dd>"] if texts else []
    return f'<dl class="pairs">{"".join(said)}</dl>' if said else ""


def words_html() -> str:
    """Return every word of the method with what it means, a folded list a group."""
    out = []
    for group in dict.fromkeys(t.group for t in glossary.TERMS):
        mine = [t for t in glossary.TERMS if t.group == group]
        pairs = "".join(f"<dt>{escape(t.word)}</dt><dd>{escape(t.meaning)}</dd>" for t in mine)
        out.append(
            f"<details><summary>{escape(group)} ({len(mine)})</summary>"
            f'<dl class="pairs">{pairs}</dl></details>'
        )
    return "".join(out)
