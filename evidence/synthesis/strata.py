"""One stratum's evidence: which result a study gives, what is pooled, reused or only counted.

A stratum is a question, a comparator class, an outcome domain and a window. A study counts once
in it, however many reports and rows it has (docs/method.md, sections 1, 3, 4, 5 and 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from evidence.judgements import (
    Counted,
    Pooled,
    ReusedReview,
    StratumEvidence,
    StratumKey,
    StudyEffect,
)
from evidence.protocol import Protocol
from evidence.synthesis.directions import Vote, count_directions
from evidence.synthesis.eligible import EligibleResult
from evidence.synthesis.reviews import (
    IndexReview,
    choose_index_review,
    reused_review,
    trials_since,
)
from evidence.synthesis.selection import one_result_a_study
from evidence.synthesis.stratum_pool import pool_effects
from evidence.synthesis.study_effects import DICHOTOMOUS, PERCENTAGE_POINTS, POINTS, scale_band
from evidence.vocabulary import (
    ClaimKind,
    ComparatorClass,
    Design,
    IntervalMethod,
    MemberRole,
    OutcomeDomain,
    RiskOfBias,
    ScoreKind,
    SynthesisMethod,
    TimeWindow,
)

__all__ = ["DECISION", "BuiltStratum", "Context", "Member", "QuestionRule", "build_strata"]

DECISION = "decision"
LATER = "later"
"""Results three months or more after treatment, some of them a year or more."""


class _Registered(TypedDict):
    """What the registers say."""

    registered_trials: int | None
    registered_finished_long: int | None
    registered_silent: int | None


DECISION_WINDOWS = (TimeWindow.IMMEDIATE, TimeWindow.SHORT, TimeWindow.UNKNOWN)
WINDOWS_APART = (
    TimeWindow.IMMEDIATE,
    TimeWindow.SHORT,
    TimeWindow.INTERMEDIATE,
    TimeWindow.LONG,
)
NEAREST = (TimeWindow.INTERMEDIATE, TimeWindow.LONG, TimeWindow.SHORT, TimeWindow.IMMEDIATE)
BLINDED = frozenset({ComparatorClass.SHAM})
ANOTHER_ROW = "another row of the same study is used"
HOLDS_RETRACTED = "holds a retracted trial, so it does not stand for its trials"


@dataclass(frozen=True, slots=True)
class QuestionRule:
    """What a question asks of its strata."""

    question_id: str
    kind: ClaimKind
    windows: tuple[TimeWindow, ...] = ()
    is_duration_claim: bool = False
    max_weeks_after: float | None = None
    """Results later than this do not answer (claims on few sessions)."""


@dataclass(frozen=True, slots=True)
class Context:
    """What strata need beside their rows."""

    protocol: Protocol
    risk_of_bias: Mapping[str, RiskOfBias]
    inclusions: Mapping[str, frozenset[str]]
    as_of_year: int
    registered: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    """Question → registered trials, finished long ago, of these without results."""
    holding_retracted: frozenset[str] = frozenset()
    """Reviews that are known to include a retracted trial: they stand for no stratum."""


@dataclass(frozen=True, slots=True)
class Member:
    """What one result does in a stratum; its figures are those that were used."""

    result: EligibleResult
    role: MemberRole
    weight_percent: float | None
    note: str | None


@dataclass(frozen=True, slots=True)
class BuiltStratum:
    """Evidence of one stratum and what each result does in it."""

    evidence: StratumEvidence
    members: tuple[Member, ...]
    is_about: bool


def build_strata(
    rule: QuestionRule, results: Iterable[EligibleResult], context: Context
) -> list[BuiltStratum]:
    """Return every stratum of a question: its decision window and each window apart.

    Parameters
    ----------
    results
        Eligible results, and those whose direction is not reported; one object a result.
    """
    groups: dict[tuple[ComparatorClass, OutcomeDomain], list[EligibleResult]] = {}
    for result in results:
        groups.setdefault((result.comparator_class, result.outcome_domain), []).append(result)
    built = []
    for key in sorted(groups):
        part = groups[key]
        wanted = rule.windows or DECISION_WINDOWS
        built.append(_stratum(rule, key, DECISION, part, wanted, context))
        built.extend(
            _stratum(rule, key, str(window), part, (window,), context)
            for window in WINDOWS_APART
            if any(result.time_window is window for result in part)
        )
    return built


def _stratum(
    rule: QuestionRule,
    key: tuple[ComparatorClass, OutcomeDomain],
    window: str,
    results: Sequence[EligibleResult],
    wanted: Sequence[TimeWindow],
    context: Context,
) -> BuiltStratum:
    """Return one stratum of one window."""
    inside = [result for result in results if result.time_window in wanted]
    chosen = inside or _nearest_window(results)
    trials = one_result_a_study((r for r in chosen if not r.is_review), context.protocol)
    standing = (r for r in chosen if r.is_review and r.study_id not in context.holding_retracted)
    found = choose_index_review(standing, context.protocol)
    stratum_key = StratumKey(rule.question_id, *key, window)
    parts = _Parts(rule, stratum_key, results, chosen, trials, found, is_other=not inside)
    return _assembled(parts, context)


def _nearest_window(results: Sequence[EligibleResult]) -> Sequence[EligibleResult]:
    """Return the results of the window that is nearest to the one that has none."""
    for window in NEAREST:
        part = [result for result in results if result.time_window is window]
        if part:
            return part
    return results


@dataclass(frozen=True, slots=True)
class _Parts:
    """What one stratum is put together from."""

    rule: QuestionRule
    key: StratumKey
    results: Sequence[EligibleResult]
    """All of the comparator and outcome, in any window."""
    chosen: Sequence[EligibleResult]
    trials: Sequence[EligibleResult]
    """One result a trial."""
    found: IndexReview | None
    is_other: bool

    @property
    def index_id(self) -> str | None:
        """Return the result that stands for the stratum, if a review's does."""
        return None if self.found is None else self.found.row.result_id


@dataclass(frozen=True, slots=True)
class _Estimate:
    """How the estimate of a stratum came about."""

    method: SynthesisMethod
    pooled: Pooled | None
    weights: Mapping[str, float]
    pool: Sequence[EligibleResult]
    is_about: bool

    @property
    def is_reused(self) -> bool:
        """Return whether the index review's row is the estimate."""
        return self.method is SynthesisMethod.REUSED_REVIEW


def _assembled(parts: _Parts, context: Context) -> BuiltStratum:
    """Return evidence and members of one stratum."""
    review = _review(parts, context)
    effects = {r.result_id: study_effect(r, parts.key, context) for r in parts.trials}
    made = _estimate(parts, review, effects, context)
    domain, protocol = parts.key.outcome_domain, context.protocol
    scales = {r.scale for r in made.pool if r.scale is not None}
    evidence = StratumEvidence(
        key=parts.key,
        kind=parts.rule.kind,
        band=scale_band(domain, scales, made.is_about, protocol),
        unit=PERCENTAGE_POINTS if domain in DICHOTOMOUS else POINTS,
        reference_sd=_reference_sd(domain, protocol),
        method=made.method,
        members=_behind_estimate(parts, made, effects, context),
        pooled=made.pooled,
        counted=_count(effects.values()),
        review=review,
        is_other_window_only=parts.is_other,
        is_duration_claim=parts.rule.is_duration_claim,
        has_long_window=any(r.time_window is TimeWindow.LONG for r in parts.results),
        actual_window=_actual_window(parts, protocol),
        **_silence(parts.results),
        **_registered(parts.rule.question_id, context),
    )
    return BuiltStratum(evidence, _members(parts, made, context), made.is_about)


def _actual_window(parts: _Parts, protocol: Protocol) -> str | None:
    """Return the window that the results are from, where its name does not say it."""
    if parts.is_other:
        return str(parts.chosen[0].time_window)
    latest, week = parts.rule.max_weeks_after, protocol.number("windows.immediate_max_weeks")
    if parts.key.time_window != DECISION:
        return None
    if parts.rule.windows:
        return _named_windows(parts)
    return str(TimeWindow.IMMEDIATE) if (latest or week + 1) <= week else None


def _named_windows(parts: _Parts) -> str:
    """Return the window that the results of a claim with windows of its own are from."""
    found = [] if parts.found is None else [parts.found.row]
    seen = {row.time_window for row in (*parts.trials, *found)} or set(parts.rule.windows)
    if len(seen) == 1:
        return str(next(iter(seen)))
    return LATER if seen <= {TimeWindow.INTERMEDIATE, TimeWindow.LONG} else DECISION


def _review(parts: _Parts, context: Context) -> ReusedReview | None:
    """Return the index review of the stratum, None where there is none."""
    if parts.found is None:
        return None
    included = context.inclusions.get(parts.found.row.study_id, frozenset())
    return reused_review(parts.found, parts.trials, included, context.as_of_year, context.protocol)


def _estimate(
    parts: _Parts,
    review: ReusedReview | None,
    effects: Mapping[str, StudyEffect],
    context: Context,
) -> _Estimate:
    """Return the index review's row, else the trials pooled, else a count."""
    pool, is_about = _poolable(parts.trials, context.protocol)
    gives_way = review is not None and _own_pool_decides(review, pool, context.protocol)
    if parts.found is not None and not gives_way:
        row = parts.found.row
        weights = {row.result_id: 100.0}
        reused = SynthesisMethod.REUSED_REVIEW
        return _Estimate(reused, _published(row), weights, (), row.is_about)
    if pool:
        pooled, weights = pool_effects([effects[r.result_id] for r in pool], context.protocol)
        method = SynthesisMethod.POOLED if len(pool) > 1 else SynthesisMethod.SINGLE_STUDY
        return _Estimate(method, pooled, weights, pool, is_about)
    is_known = any(not r.is_silent for r in parts.trials)
    method = SynthesisMethod.DIRECTION_COUNT if is_known else SynthesisMethod.NONE
    return _Estimate(method, None, {}, (), is_about)


def _poolable(
    trials: Sequence[EligibleResult], protocol: Protocol
) -> tuple[list[EligibleResult], bool]:
    """Return the trials that are pooled, and whether their unit is "about".

    Differences on known scales come first (k ≥ 2); else SMDs of one kind of score (k ≥ 3); else a
    single one of either.
    """
    usable = [r for r in trials if r.usable_for_pooling]
    plain = [r for r in usable if not r.is_about]
    if len(plain) >= protocol.whole("pooling.min_k"):
        return plain, False
    kinds: dict[ScoreKind | None, list[EligibleResult]] = {}
    for r in usable:
        if r.is_about:
            kinds.setdefault(r.score_kind, []).append(r)
    largest = max(kinds.values(), key=len, default=[])
    if len(largest) >= protocol.whole("pooling.min_k_smd"):
        return largest, True
    if len(plain) == 1:
        return plain, False
    standardized = [r for r in usable if r.is_about]
    return (standardized, True) if len(standardized) == 1 else ([], False)


def _own_pool_decides(
    review: ReusedReview, pool: Sequence[EligibleResult], protocol: Protocol
) -> bool:
    """Return whether an outdated review gives way to the stratum's own pool."""
    return review.is_outdated and len(pool) >= protocol.whole("reviews.outdated_min_k")


def _published(row: EligibleResult) -> Pooled:
    """Return a review's own row as an estimate."""
    if row.effect is None or row.effect_ci_low is None or row.effect_ci_high is None:
        msg = f"{row.result_id} has no estimate with an interval"
        raise ValueError(msg)
    return Pooled(
        estimate=row.effect,
        ci_low=row.effect_ci_low,
        ci_high=row.effect_ci_high,
        ci_method=IntervalMethod.AS_PUBLISHED,
        k=row.row_k,
        n_participants=row.row_n,
        i2=row.row_i2,
    )


def study_effect(r: EligibleResult, key: StratumKey, context: Context) -> StudyEffect:
    """Return one chosen result as the effect of a study."""
    is_change = r.score_kind is ScoreKind.CHANGE
    has_ends = r.scale_min is not None and r.scale_max is not None and r.scale_max > r.scale_min
    spread = None
    if r.sd_comparator is not None and has_ends and not is_change:
        spread = 100.0 * r.sd_comparator / ((r.scale_max or 0.0) - (r.scale_min or 0.0))
    events = (r.events_intervention, r.events_comparator)
    return StudyEffect(
        result_id=r.result_id,
        study_id=r.study_id,
        label=r.label,
        effect=r.effect,
        se=r.effect_se,
        ci_low=r.effect_ci_low,
        ci_high=r.effect_ci_high,
        direction=r.direction,
        direction_source=r.direction_source,
        n_participants=r.n_participants,
        risk_of_bias=context.risk_of_bias.get(r.study_id, RiskOfBias.NOT_ASSESSED),
        population_match=r.population_match,
        intervention_match=r.intervention_match,
        is_window_approximate=r.is_window_approximate,
        is_randomized=r.design is not Design.NONRANDOMIZED_TRIAL,
        is_low_risk_possible=key.comparator_class in BLINDED,
        comparator_sd=spread,
        n_events=None if None in events else int(sum(e for e in events if e is not None)),
    )


def _behind_estimate(
    parts: _Parts, made: _Estimate, effects: Mapping[str, StudyEffect], context: Context
) -> tuple[StudyEffect, ...]:
    """Return what the estimate or count rests on: the review's row, else the trials."""
    if made.is_reused and parts.found is not None:
        row = study_effect(parts.found.row, parts.key, context)
        return (replace(row, se=None, weight_percent=100.0),)
    return tuple(
        replace(effect, weight_percent=made.weights.get(result_id))
        for result_id, effect in sorted(effects.items())
    )


def _count(effects: Iterable[StudyEffect]) -> Counted:
    """Return the directions of the trials, one vote a study; reviews never vote."""
    return count_directions(
        Vote(e.direction, e.direction_source, e.risk_of_bias, e.n_participants) for e in effects
    )


def _silence(results: Iterable[EligibleResult]) -> dict[str, int]:
    """Return participants of trials without number or direction in any window, and of all."""
    people: dict[str, int] = {}
    is_silent: dict[str, bool] = {}
    for r in results:
        if not r.is_review:
            people[r.study_id] = max(people.get(r.study_id, 0), r.n_participants or 0)
            is_silent[r.study_id] = is_silent.get(r.study_id, True) and r.is_silent
    return {
        "silent_participants": sum(n for study, n in people.items() if is_silent[study]),
        "all_participants": sum(people.values()),
    }


def _registered(question_id: str, context: Context) -> _Registered:
    """Return what the registers say of a question, None before they were read."""
    trials, finished, silent = context.registered.get(question_id, (None, None, None))
    return {
        "registered_trials": trials,
        "registered_finished_long": finished,
        "registered_silent": silent,
    }


def _reference_sd(domain: OutcomeDomain, protocol: Protocol) -> float | None:
    """Return the SD by which information size is counted where no arm gives one."""
    value = protocol.value("effect.reference_sd").get(str(domain))
    return None if value is None else float(value)


def _members(parts: _Parts, made: _Estimate, context: Context) -> tuple[Member, ...]:
    """Return every result of the stratum with what it does there."""
    used = {r.result_id: r for r in parts.trials}
    pooled = {r.result_id for r in made.pool}
    since: set[str] = set()
    if made.is_reused and parts.found is not None:
        included = context.inclusions.get(parts.found.row.study_id, frozenset())
        later = trials_since(parts.found, parts.trials, included, context.protocol)
        since = {r.result_id for r in later}
    members = []
    for r in parts.chosen:
        role = _role(r, parts, made, pooled, since, is_used=r.result_id in used)
        note = _note(r, role, context)
        result = used.get(r.result_id, r)
        members.append(Member(result, role, made.weights.get(r.result_id), note))
    return tuple(members)


def _note(r: EligibleResult, role: MemberRole, context: Context) -> str | None:
    """Return what a reader must know of a result in a stratum."""
    if r.study_id in context.holding_retracted:
        return HOLDS_RETRACTED
    return ANOTHER_ROW if role is MemberRole.SHOWN else r.why_unusable


def _role(
    r: EligibleResult,
    parts: _Parts,
    made: _Estimate,
    pooled: set[str],
    since: set[str],
    *,
    is_used: bool,
) -> MemberRole:
    """Return what one result does in a stratum."""
    if r.is_review:
        is_index = made.is_reused and r.result_id == parts.index_id
        return MemberRole.INDEX_REVIEW if is_index else MemberRole.OTHER_REVIEW
    if not is_used:
        return MemberRole.SHOWN
    if made.is_reused:
        return MemberRole.SINCE_REVIEW if r.result_id in since else MemberRole.IN_REVIEW
    if r.result_id in pooled:
        return MemberRole.POOLED
    return MemberRole.NOT_REPORTED if r.is_silent else MemberRole.COUNTED
