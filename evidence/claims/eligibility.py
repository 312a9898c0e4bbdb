"""Which study results are eligible for a question, and the first rule that fails.

The nine rules of docs/method.md, section 3, in their order. Rows are chosen by PICO and window
as they are coded; a topic only proposes, for a claim that has no match block, and then every fit
is indirect until a person confirms it. Takes and gives tables; knows no synthesis.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from evidence.claims.matching import MatchRule
from evidence.claims.registry import Claim
from evidence.vocabulary import (
    ClaimKind,
    ComparatorClass,
    Design,
    Direction,
    ExclusionReason,
    Match,
    OutcomeDomain,
    PainDuration,
    RetractionStatus,
    SpecialPopulation,
    Species,
)

__all__ = ["DESIGNS", "REVIEW_DESIGNS", "Candidates", "candidates", "judge_eligibility"]

REVIEW_DESIGNS = frozenset({Design.SYSTEMATIC_REVIEW, Design.META_ANALYSIS})
_TRIALS = frozenset({Design.RANDOMIZED_TRIAL, Design.SECONDARY_ANALYSIS})
_OBSERVED = frozenset({Design.COHORT, Design.CROSS_SECTIONAL, Design.CASE_CONTROL})
_EXPERIMENTS = frozenset(
    {Design.LABORATORY, Design.ANIMAL, Design.IN_VITRO, Design.NONRANDOMIZED_TRIAL}
)
DESIGNS: Mapping[ClaimKind, frozenset[Design]] = {
    ClaimKind.EFFICACY: _TRIALS | REVIEW_DESIGNS | {Design.NONRANDOMIZED_TRIAL},
    ClaimKind.SAFETY: _TRIALS | REVIEW_DESIGNS | _OBSERVED | {Design.CASE_SERIES},
    ClaimKind.MECHANISM: _TRIALS | _EXPERIMENTS | _OBSERVED | REVIEW_DESIGNS,
    ClaimKind.PREVALENCE: _OBSERVED | REVIEW_DESIGNS,
    ClaimKind.UTILIZATION: _OBSERVED | REVIEW_DESIGNS,
    ClaimKind.RISK_FACTOR: _OBSERVED | REVIEW_DESIGNS | _TRIALS,
    ClaimKind.DOCTRINE: _TRIALS | _EXPERIMENTS | _OBSERVED | REVIEW_DESIGNS,
}
"""Designs that may answer each kind of claim (docs/method.md, section 2)."""

_RETRACTED = frozenset({RetractionStatus.RETRACTED, RetractionStatus.NOTICE_ITSELF})
_NO_COMPARATOR_NEEDED = frozenset(DESIGNS) - {ClaimKind.EFFICACY}


@dataclass(frozen=True, slots=True)
class _Marks:
    """What the rules ask of each row whatever the claim."""

    study: np.ndarray
    """Place of its study among ``studies``."""
    studies: Sequence[str]
    design: np.ndarray
    is_animal: np.ndarray
    is_retracted: np.ndarray
    has_class: np.ndarray
    has_comparator: np.ndarray
    """Whether it has a class, and that is not *none*."""
    is_silent: np.ndarray
    is_context: np.ndarray
    is_second: np.ndarray
    is_duplicate: np.ndarray


@dataclass(frozen=True, slots=True)
class Candidates:
    """Results with their distinct combinations of codes, made once for all questions."""

    rows: pd.DataFrame
    combinations: Mapping[tuple[str, ...], tuple[np.ndarray, list[tuple[Any, ...]]]]
    marks: _Marks


def candidates(results: pd.DataFrame) -> Candidates:
    """Return working results ready to be judged for any number of questions.

    Parameters
    ----------
    results
        The working table of results, with design, species, retraction status and
        ``second_report_of`` of their study.
    """
    rows = results.reset_index(drop=True)
    return Candidates(rows, {names: _combinations(rows, names) for names in _JUDGED}, _marks(rows))


def _marks(rows: pd.DataFrame) -> _Marks:
    """Return what the rules ask of each row whatever the claim."""
    retracted = [
        isinstance(cell, list) and not _RETRACTED.isdisjoint(cell)
        for cell in rows["retraction_status"]
    ]
    has_class = rows["comparator_class"].notna()
    has_comparator = has_class & (rows["comparator_class"] != ComparatorClass.NONE)
    context = [Design.PROTOCOL, Design.EDITORIAL, Design.RETRACTION_NOTICE]
    places, studies = pd.factorize(rows["study_id"])
    return _Marks(
        study=places,
        studies=[str(study) for study in studies],
        design=rows["design"].to_numpy(dtype="object"),
        is_animal=_flags(rows["species"].isin([Species.ANIMAL, Species.TISSUE])),
        is_retracted=np.array(retracted, dtype=bool),
        has_class=_flags(has_class),
        has_comparator=_flags(has_comparator),
        is_silent=_flags(rows["direction"].isin([Direction.NOT_REPORTED])),
        is_context=_flags(rows["design"].isin(context)),
        is_second=_flags(rows["second_report_of"].notna()),
        is_duplicate=_flags(rows["duplicate_of"].notna()),
    )


def _flags(column: pd.Series) -> np.ndarray:
    flags: np.ndarray = column.to_numpy(dtype=bool)
    return flags


def _combinations(
    rows: pd.DataFrame, names: tuple[str, ...]
) -> tuple[np.ndarray, list[tuple[Any, ...]]]:
    """Return each row's combination of cells as a number, and the distinct combinations."""
    known: dict[Hashable, int] = {}
    cells = zip(*(rows[name].tolist() for name in names), strict=True)
    ids = [known.setdefault(_key(row), len(known)) for row in cells]
    return np.array(ids, dtype=np.intp), [*known]  # type: ignore[list-item]


def judge_eligibility(
    claim: Claim, given: Candidates, found: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """Return one row a result: eligible or not, the first failing reason, how it fits.

    Parameters
    ----------
    claim
        Any claim of the question; claims of one question share PICO and kind.
    given
        The results, from :func:`candidates`.
    found
        Studies whose records the claim's search found: each is kept, with its reason.

    Returns
    -------
    DataFrame
        ``eligibility`` columns, and ``outcome_rank`` (0 decides first) and ``exposure``.
        Rows that fail on people, design, population or intervention and are not shown as
        elsewhere in the body are left out: they are most of the table and say nothing.
    """
    rows, rule = given.rows, claim.match
    fits = _fits_by_code(rule, given) if _has_rule(rule) else _fits_by_topic(claim, rows)
    place = _first_failing(claim.kind, given.marks, fits)
    is_other = np.isin(place, [_RULES.index(reason) for reason in _SAYS_NOTHING])
    is_elsewhere = _flags(fits["elsewhere"])
    is_shown = is_elsewhere & (place != _RULES.index(ExclusionReason.INTERVENTION))
    is_found = np.array([study in found for study in given.marks.studies], dtype=bool)
    kept = np.flatnonzero(~is_other | is_shown | is_found[given.marks.study])
    shown, fit, place = rows.iloc[kept], fits.iloc[kept], place[kept]
    return pd.DataFrame(
        {
            "question_id": claim.question_id,
            "result_id": shown["result_id"],
            "study_id": shown["study_id"],
            "population_match": fit["population"],
            "intervention_match": fit["intervention"],
            "is_elsewhere": is_elsewhere[kept],
            "outcome_rank": fit["outcome_rank"],
            "exposure": fit["exposure"],
            "reason": pd.Series(_REASONS[place], index=shown.index, dtype="object"),
            "is_eligible": place == len(_RULES),
            "note": fit["note"],
        }
    )


def _has_rule(rule: MatchRule) -> bool:
    """Return whether a claim says which coded rows answer it."""
    return bool(rule.outcomes)


_POPULATION = ("population_codes", "pain_duration_class", "special_population")
_INTERVENTION = ("intervention_code", "intervention_is_sham", "intervention_sessions")
_EXPOSURE = ("intervention_code",)
_OUTCOME = ("outcome_domain", "outcome_code")
_SITE = ("population_codes",)
_SHAM = ("comparator_class", "sham_kind")
_TIME = ("weeks_after_end",)
_JUDGED = (_POPULATION, _INTERVENTION, _EXPOSURE, _OUTCOME, _SITE, _SHAM, _TIME)


def _each(given: Candidates, names: tuple[str, ...], judge: Callable[..., object]) -> pd.Series:
    """Return a judgement a row, made once for each distinct combination of cells."""
    ids, distinct = given.combinations[names]
    judged = np.empty(len(distinct), dtype="object")
    for i, cells in enumerate(distinct):
        judged[i] = judge(*cells)
    return pd.Series(judged[ids], index=given.rows.index, dtype="object")


def _key(cells: tuple[object, ...]) -> tuple[object, ...]:
    """Return cells as hashable values, missing as None."""
    return tuple(
        tuple(cell) if isinstance(cell, list) else None if _is_missing(cell) else cell
        for cell in cells
    )


def _is_missing(cell: object) -> bool:
    """Return whether a cell holds nothing."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell))


def _fits_by_code(rule: MatchRule, given: Candidates) -> pd.DataFrame:
    """Return how each row fits by its codes."""
    fits = pd.DataFrame(index=given.rows.index)
    fits["population"] = _each(given, _POPULATION, lambda *cells: _population(rule, *cells))
    fits["intervention"] = _each(given, _INTERVENTION, lambda *cells: _intervention(rule, *cells))
    fits["exposure"] = _each(given, _EXPOSURE, lambda code: _exposure(rule, code))
    fits["outcome_rank"] = _each(
        given, _OUTCOME, lambda domain, code: rule.outcome_rank(OutcomeDomain(domain), code)
    )
    fits["elsewhere"] = _each(given, _SITE, lambda codes: rule.is_elsewhere(codes or ())).astype(
        bool
    )
    fits["sham_ok"] = _each(given, _SHAM, lambda *cells: _is_sham_asked(rule, *cells)).astype(bool)
    fits["within"] = _each(given, _TIME, lambda weeks: _is_within(rule, weeks)).astype(bool)
    fits["note"] = None
    return fits


def _population(
    rule: MatchRule, codes: tuple[str, ...] | None, duration: str | None, special: str | None
) -> Match:
    """Return how a row's people fit."""
    return rule.match_population(
        codes or (),
        None if duration is None else PainDuration(duration),
        None if special is None else SpecialPopulation(special),
    )


def _intervention(
    rule: MatchRule, code: str | None, is_sham: bool | None, sessions: int | None
) -> Match:
    """Return how a row's intervention or exposure fits; a sham arm never does."""
    if is_sham:
        return Match.NONE
    if rule.max_sessions is not None and (sessions is None or sessions > rule.max_sessions):
        return Match.NONE
    if rule.exposures:
        found = rule.match_exposure(code)
        return Match.NONE if found is None else found[1]
    return rule.match_intervention(code)


def _exposure(rule: MatchRule, code: str | None) -> str | None:
    """Return the part of a compound exposure that a row is about."""
    found = rule.match_exposure(code) if rule.exposures else None
    return None if found is None else found[0].label


def _is_sham_asked(rule: MatchRule, group: str | None, kind: str | None) -> bool:
    """Return whether a sham is of a kind that answers; other comparators always are."""
    return group != ComparatorClass.SHAM or not rule.sham_kinds or kind in rule.sham_kinds


def _is_within(rule: MatchRule, weeks: float | None) -> bool:
    """Return whether a time of measurement is early enough for a claim on few sessions."""
    return rule.max_weeks_after is None or weeks is None or weeks <= rule.max_weeks_after


def _fits_by_topic(claim: Claim, rows: pd.DataFrame) -> pd.DataFrame:
    """Return fits of a claim without a match block: proposed by topic, hence indirect."""
    topics = set(claim.topics)
    proposed = rows["topics"].map(lambda cell: isinstance(cell, list) and bool(topics & set(cell)))
    sham = rows["intervention_is_sham"].fillna(value=False).astype(bool)
    fits = pd.DataFrame(index=rows.index)
    fits["population"] = np.where(proposed, Match.INDIRECT, Match.NONE)
    fits["intervention"] = np.where(proposed & ~sham, Match.INDIRECT, Match.NONE)
    fits["exposure"] = claim.exposure
    order = {domain: rank for rank, domain in enumerate(_DOMAINS_BY_KIND[claim.kind])}
    fits["outcome_rank"] = (
        rows["outcome_domain"].map(lambda d: order.get(OutcomeDomain(d))).astype("object")
    )
    fits["outcome_rank"] = fits["outcome_rank"].where(fits["outcome_rank"].notna(), None)
    fits["elsewhere"] = False
    fits["sham_ok"] = True
    fits["within"] = True
    fits["note"] = "proposed by topic; a person confirms"
    return fits


_DOMAINS_BY_KIND: Mapping[ClaimKind, tuple[OutcomeDomain, ...]] = {
    ClaimKind.EFFICACY: (
        OutcomeDomain.PAIN,
        OutcomeDomain.DISABILITY,
        OutcomeDomain.RESPONSE,
        OutcomeDomain.RECOVERY,
        OutcomeDomain.QUALITY_OF_LIFE,
    ),
    ClaimKind.SAFETY: (OutcomeDomain.SERIOUS_ADVERSE_EVENT, OutcomeDomain.ADVERSE_EVENT),
    ClaimKind.MECHANISM: (OutcomeDomain.MECHANISM,),
    ClaimKind.PREVALENCE: (OutcomeDomain.PREVALENCE,),
    ClaimKind.UTILIZATION: (OutcomeDomain.UTILIZATION,),
    ClaimKind.RISK_FACTOR: (OutcomeDomain.RISK_ASSOCIATION, OutcomeDomain.DISABILITY),
    ClaimKind.DOCTRINE: (OutcomeDomain.MECHANISM,),
}


_RULES = (
    ExclusionReason.NOT_PEOPLE,
    ExclusionReason.DESIGN,
    ExclusionReason.POPULATION,
    ExclusionReason.INTERVENTION,
    ExclusionReason.COMPARATOR,
    ExclusionReason.OUTCOME,
    ExclusionReason.NO_RESULT,
    ExclusionReason.RETRACTED,
    ExclusionReason.REPORT_KIND,
)
"""In the order in which they are asked; a row fails by the first."""
_REASONS = np.array([*_RULES, None], dtype="object")
_SAYS_NOTHING = (
    ExclusionReason.NOT_PEOPLE,
    ExclusionReason.POPULATION,
    ExclusionReason.INTERVENTION,
)


def _first_failing(kind: ClaimKind, marks: _Marks, fits: pd.DataFrame) -> np.ndarray:
    """Return the place of the first rule that each row fails, their number where all hold."""
    classed = marks.has_class if kind in _NO_COMPARATOR_NEEDED else marks.has_comparator
    allowed = [str(design) for design in DESIGNS.get(kind, frozenset())]
    is_allowed = pd.Series(marks.design).isin(allowed).to_numpy()
    population, intervention = (
        np.equal(fits[name].to_numpy(dtype="object"), Match.NONE)
        for name in ("population", "intervention")
    )
    fails: Mapping[ExclusionReason, np.ndarray] = {
        ExclusionReason.NOT_PEOPLE: marks.is_animal & (kind not in _ANIMALS_SHOWN),
        ExclusionReason.DESIGN: ~is_allowed & ~marks.is_context,
        ExclusionReason.POPULATION: population.astype(bool),
        ExclusionReason.INTERVENTION: intervention.astype(bool) | ~_flags(fits["within"]),
        ExclusionReason.COMPARATOR: ~classed | ~_flags(fits["sham_ok"]),
        ExclusionReason.OUTCOME: _flags(fits["outcome_rank"].isna()),
        ExclusionReason.NO_RESULT: marks.is_silent & (kind is ClaimKind.EFFICACY),
        ExclusionReason.RETRACTED: marks.is_retracted,
        ExclusionReason.REPORT_KIND: marks.is_context | marks.is_second | marks.is_duplicate,
    }
    first = np.full(len(fits), len(_RULES), dtype=np.intp)
    for place in reversed(range(len(_RULES))):
        first[fails[_RULES[place]]] = place
    return first


_ANIMALS_SHOWN = frozenset({ClaimKind.MECHANISM, ClaimKind.DOCTRINE})
