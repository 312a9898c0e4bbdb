"""Comparator strip and forest of a printed page, as lanes on an axis without a drawing.

HTML and PDF draw the same lanes. The numbers are cells of ``syntheses`` and ``stratum_members``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.charts.comparator_strip import strip_table
from evidence.charts.forest import PREDICTION, STUDY, forest_table
from evidence.vocabulary import ComparatorClass, MemberRole, SynthesisMethod

__all__ = ["DECISION", "Lane", "Picture", "forest_of", "said", "stratum_words", "strip_of"]

DECISION = "decision"
STRIP_ORDER = tuple(
    str(group)
    for group in (
        ComparatorClass.SHAM,
        ComparatorClass.USUAL_CARE,
        ComparatorClass.NO_TREATMENT,
        ComparatorClass.ADD_ON,
        ComparatorClass.ACTIVE,
    )
)
SIZED = frozenset(
    str(method)
    for method in (
        SynthesisMethod.POOLED,
        SynthesisMethod.REUSED_REVIEW,
        SynthesisMethod.SINGLE_STUDY,
    )
)
NOT_POOLED = {str(MemberRole.SHOWN): "not in the pool"}
Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of a picture: words, an effect with its interval, words."""

    label: str
    below: str
    kind: str
    """lane, study, estimate or prediction."""
    effect: float | None
    ci_low: float | None
    ci_high: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Lanes on one axis."""

    title: str
    unit: str
    mid: float | None
    lanes: tuple[Lane, ...]


def strip_of(strata: pd.DataFrame, main: Row | None) -> Picture | None:
    """Return the comparator strip: the outcome that decides, one lane a comparator."""
    if main is None or figures.is_missing(main["mid"]):
        return None
    same = strata[
        (strata["time_window"] == DECISION) & (strata["outcome_domain"] == main["outcome_domain"])
    ]
    places = figures.decimals(said(main["unit"]))
    lanes = tuple(
        Lane(
            label=said(row["comparator"]),
            below=_behind(row),
            kind="lane",
            effect=number(row["estimate"]),
            ci_low=number(row["ci_low"]),
            ci_high=number(row["ci_high"]),
            text=_effect_or_count(row, places),
        )
        for row in strip_table(same, STRIP_ORDER).to_dict("records")
    )
    if not lanes:
        return None
    title = f"Effect on {main['outcome_domain']} by what it is compared with"
    return Picture(title, said(main["unit"]), number(main["mid"]), lanes)


def _behind(row: Row) -> str:
    """Return how much an estimate rests on."""
    studies, people = figures.count(row["k"], "0"), figures.count(row["n"], "")
    of = "study" if studies == "1" else "studies"
    return f"{studies} {of}, {people} people" if people else f"{studies} {of}"


def _effect_or_count(row: Row, places: int) -> str:
    """Return the effect with its interval, else the count of directions."""
    effect = figures.effect(row["estimate"], row["ci_low"], row["ci_high"], places)
    if effect:
        return effect
    if row["known"]:
        return f"{figures.count(row['in_favour'], '0')} of {row['known']} in favour, no size"
    return "direction not reported"


def forest_of(main: Row | None, members: pd.DataFrame) -> Picture | None:
    """Return the studies of the stratum that decides, with their estimate."""
    if main is None or main["method"] not in SIZED or figures.is_missing(main["unit"]):
        return None
    places = figures.decimals(said(main["unit"]))
    table = forest_table(main, members[members["stratum_id"] == main["stratum_id"]])
    lanes = tuple(
        Lane(
            label=said(row["label"]),
            below=_beside(row),
            kind=str(row["part"]),
            effect=number(row["effect"]),
            ci_low=number(row["ci_low"]),
            ci_high=number(row["ci_high"]),
            text=figures.effect(row["effect"], row["ci_low"], row["ci_high"], places)
            or figures.interval(row["ci_low"], row["ci_high"], places),
        )
        for row in table.to_dict("records")
    )
    if not lanes:
        return None
    return Picture(
        f"Studies: {stratum_words(main)}", said(main["unit"]), number(main["mid"]), lanes
    )


def _beside(row: Row) -> str:
    """Return what stands under the name of a line of the forest."""
    people = figures.count(row["people"], "")
    weight = figures.figure(row["weight_percent"], 0)
    role = said(row["role"])
    if row["part"] == STUDY:
        beside = f"{weight} % weight" if weight else NOT_POOLED.get(role, role)
    else:
        beside = role if row["part"] == PREDICTION else ""
    return ", ".join(part for part in (f"{people} people" if people else "", beside) if part)


def stratum_words(stratum: Row) -> str:
    """Return a stratum in words."""
    comparator = stratum["comparator_class"]
    against = "" if comparator == str(ComparatorClass.NONE) else f" compared with {comparator}"
    return f"{stratum['outcome_domain']}{against}"


def number(value: object) -> float | None:
    """Return a cell as a number, None where it holds nothing."""
    return None if figures.is_missing(value) else float(value)  # type: ignore[arg-type]


def said(value: object) -> str:
    """Return a cell as text, "" where it holds nothing."""
    return "" if figures.is_missing(value) else str(value)
