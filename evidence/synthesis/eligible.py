"""One eligible result as an object: what choosing, pooling and counting ask of a row.

A question's rows are few; as objects they are chosen and counted in plain Python, a hundred times
faster than by slicing a wide table for each stratum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any, get_type_hints

import pandas as pd

from evidence.vocabulary import (
    Certainty,
    ComparatorClass,
    Design,
    Direction,
    DirectionSource,
    Match,
    OutcomeDomain,
    RiskOfBias,
    ScoreKind,
    TimeWindow,
)

__all__ = ["REVIEWS", "EligibleResult", "eligible_results"]

REVIEWS = frozenset({Design.SYSTEMATIC_REVIEW, Design.META_ANALYSIS})


@dataclass(frozen=True, slots=True)
class EligibleResult:
    """One row that a question may use; effects are turned so that positive is favourable."""

    result_id: str
    study_id: str
    label: str
    design: Design
    comparator_class: ComparatorClass
    outcome_domain: OutcomeDomain
    outcome_rank: int
    time_window: TimeWindow
    is_window_approximate: bool
    direction: Direction
    direction_source: DirectionSource
    population_match: Match
    intervention_match: Match
    risk_of_bias: RiskOfBias
    usable_for_pooling: bool
    is_about: bool
    is_primary: bool
    year: int | None
    search_date: str | None
    outcome_code: str | None
    intervention: str | None
    scale: str | None
    measure: str | None
    score_kind: ScoreKind | None
    weeks_after_end: float | None
    effect: float | None
    effect_se: float | None
    effect_ci_low: float | None
    effect_ci_high: float | None
    effect_unit: str | None
    scale_min: float | None
    scale_max: float | None
    n_participants: int | None
    n_intervention: int | None
    mean_intervention: float | None
    sd_intervention: float | None
    n_comparator: int | None
    sd_comparator: float | None
    events_intervention: float | None
    events_comparator: float | None
    row_k: int | None
    row_n: int | None
    row_i2: float | None
    row_certainty: Certainty | None
    why_unusable: str | None

    @property
    def is_review(self) -> bool:
        """Return whether it is a review's row."""
        return self.design in REVIEWS

    @property
    def is_indirect(self) -> bool:
        """Return whether population or intervention fit only indirectly."""
        return self.population_match != Match.DIRECT or self.intervention_match != Match.DIRECT

    @property
    def is_silent(self) -> bool:
        """Return whether its direction is not reported."""
        return self.direction is Direction.NOT_REPORTED


def eligible_results(rows: pd.DataFrame) -> list[EligibleResult]:
    """Return the rows of a working table as objects, in the order of their ids."""
    ordered = rows.sort_values("result_id")
    columns = [_column(ordered[name].tolist(), kind) for name, kind in _kinds().items()]
    return [EligibleResult(*cells) for cells in zip(*columns, strict=True)]


@cache
def _kinds() -> Mapping[str, type[Any]]:
    """Return the type of each field, None left out, in the order of the fields."""
    hints = get_type_hints(EligibleResult)
    parts = {
        field.name: getattr(hints[field.name], "__args__", ()) for field in fields(EligibleResult)
    }
    return {
        name: next((part for part in some if part is not type(None)), hints[name])
        for name, some in parts.items()
    }


def _column(cells: Sequence[Any], kind: type[Any]) -> Sequence[Any]:
    """Return cells in the field's type, missing as None (False for a flag)."""
    is_missing = [cell is None or cell is pd.NA or cell != cell for cell in cells]
    if kind is bool:
        return [not gone and bool(cell) for cell, gone in zip(cells, is_missing, strict=True)]
    if issubclass(kind, StrEnum):
        members = {member.value: member for member in kind}
        return [
            None if gone else members[cell] for cell, gone in zip(cells, is_missing, strict=True)
        ]
    return [None if gone else kind(cell) for cell, gone in zip(cells, is_missing, strict=True)]
