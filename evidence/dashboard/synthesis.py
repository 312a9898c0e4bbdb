"""What the synthesis lab shows beside the pictures: other methods, the index review, overlap."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.dashboard import glossary, marks, reading, state
from evidence.dashboard.components import Head, table
from evidence.store.snapshots import Snapshot

__all__ = ["against_line", "index_review", "pairs_of", "ways_table"]


MOST_PAIRS = 200


def ways_table(stratum: Mapping[str, Any]) -> str:
    """Return the ways in which a stratum was computed, a row a way; what is missing says why."""
    unit = stratum["unit"]
    places = figures.decimals(unit)

    def number(name: str) -> str:
        return figures.figure(stratum[name], places)

    def limits(low: str, high: str) -> str:
        return figures.interval(stratum[low], stratum[high], places)

    k = stratum["k"]
    few = "needs at least {} studies"
    rows = [
        ("As used", figures.effect(stratum["estimate"], stratum["ci_low"], stratum["ci_high"], places), marks.text(stratum["ci_method"], "no estimate")),
        ("Normal (Wald) interval", limits("wald_low", "wald_high"), "narrower where studies are few"),
        ("Prediction interval", limits("prediction_low", "prediction_high"), few.format(5)),
        ("Leaving one study out", limits("loo_min", "loo_max"), "least and greatest estimate"),
        ("Studies at low risk of bias only", number("low_rob_effect"), "where any is at low risk"),
        ("Between-study spread τ", number("tau"), few.format(2)),
        ("I² (τ²-based; Q-based)", "; ".join(f"{figures.figure(stratum[n], 0)} %" for n in ("i2", "i2_q") if not figures.is_missing(stratum[n])), few.format(3)),
        ("Cochran's Q", figures.figure(stratum["q"], 1), few.format(2)),
        ("Egger's test, p", figures.p_value(stratum["egger_p"]), few.format(10)),
        ("Directions in favour", _directions(stratum), "one vote a study, whatever the p-value"),
        ("Share in favour, Wilson 95 %", _share(stratum), ""),
        ("Sign test, p", figures.p_value(stratum["sign_p"]), few.format(6)),
    ]  # fmt: skip
    body = [
        [
            glossary.explained(escape(name, quote=False)),
            value or '<span class="q">not computed</span>',
            f'<span class="q">{note}</span>',
        ]
        for name, value, note in rows
    ]
    if figures.is_missing(k):
        return table(
            [Head("Way"), Head("Result"), Head("Note", label="")], body, "Ways to look at it"
        )
    return table([Head("Way", width=260), Head("Result", width=240), Head("Note", label="")], body, "Ways to look at it")  # fmt: skip


def _directions(stratum: Mapping[str, Any]) -> str:
    names = ("n_favours_i", "n_favours_c", "n_null", "n_not_reported")
    if all(figures.is_missing(stratum[name]) for name in names):
        return ""
    i, c, null, silent = (figures.count(stratum[name], "0") for name in names)
    return f"{i} in favour, {c} against, {null} exactly none, {silent} not reported"


def _share(stratum: Mapping[str, Any]) -> str:
    share = stratum["prop_favours"]
    if figures.is_missing(share):
        return ""
    low, high = stratum["wilson_low"], stratum["wilson_high"]
    limits = f" ({figures.interval(low * 100, high * 100, 0)})" if not figures.is_missing(low) else ""  # fmt: skip
    return f"{figures.figure(share * 100, 0)} %{limits}"


def against_line(stratum: Mapping[str, Any], mid: float) -> str:
    """Return how the estimate and its interval lie to a line, in words."""
    if figures.is_missing(stratum["estimate"]):
        return "There is no estimate to set against it."
    estimate, low, high = stratum["estimate"], stratum["ci_low"], stratum["ci_high"]
    side = "at or above" if estimate >= mid else "below"
    if figures.is_missing(low) or figures.is_missing(high):
        return f"The estimate lies {side} this line."
    spread = "the interval crosses it" if low < mid < high else "the whole interval lies on that side"  # fmt: skip
    return f"The estimate lies {side} this line; {spread}."


def pairs_of(snapshot: Snapshot, members: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return pairs of reviews of which both are among the members, else any, and how many there are.

    The picture takes the ``MOST_PAIRS`` that share most trials: more cannot be told apart.
    """
    frame = state.rows(snapshot, "review_overlap")
    held = set(members["study_id"])
    mine = frame[frame["review_a"].isin(held) & frame["review_b"].isin(held)]
    found = mine if len(mine) else frame
    most = found.nlargest(MOST_PAIRS, "shared") if len(found) > MOST_PAIRS else found
    return most, len(found)


def index_review(snapshot: Snapshot, stratum: Mapping[str, Any]) -> str:
    """Return the index review of a stratum: its search, its trials, and what came since."""
    review_id = stratum["index_review_id"]
    if figures.is_missing(review_id):
        return ""
    hit = snapshot.read("reviews", where={"review_id": [str(review_id)]})
    study = reading.study_row(snapshot, str(review_id))
    searched = marks.text(hit["search_date"].iloc[0] if len(hit) else None, "not seen")
    held = figures.count(hit["k_included"].iloc[0] if len(hit) else None)
    since = figures.count(stratum["since_review_k"], "not counted")
    people = stratum["since_review_n"]
    shown = f" with {figures.count(people)} people" if not figures.is_missing(people) else ""
    pairs = (
        ("Review", f"<b>{marks.text(study.get('label'), str(review_id))}</b> {marks.text(study.get('title'))}"),
        ("Record", marks.record_link(study.get("pmid"), study.get("doi"), study.get("url"))),
        ("Last search", searched),
        ("Studies it holds", held),
        ("Trials since then", f"{since}{shown}; they stand beside it and never change its estimate"),
    )  # fmt: skip
    return '<dl class="pairs">' + "".join(f"<dt>{n}</dt><dd>{v}</dd>" for n, v in pairs) + "</dl>"
