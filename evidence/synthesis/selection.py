"""One result a study and stratum (docs/method.md, section 4).

The order: a result with a direction, the outcome that the claim names first, the trial's primary
result, the scale order of the protocol, adjusted before end before change score, the time nearest
to the end of treatment. Several eligible arms against one comparator are combined where their
figures allow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from evidence.protocol import Protocol
from evidence.synthesis.arms import ContinuousArm, merge_arms
from evidence.synthesis.eligible import EligibleResult
from evidence.synthesis.random_effects import Z_95
from evidence.vocabulary import Match, ScoreKind

__all__ = ["one_result_a_study"]

LAST = 99.0
SCORE_ORDER = {kind: rank for rank, kind in enumerate(ScoreKind)}


def one_result_a_study(
    results: Iterable[EligibleResult], protocol: Protocol
) -> list[EligibleResult]:
    """Return one result a study: the best by the protocol's order, its arms combined."""
    scales = _scale_ranks(protocol)
    ordered = sorted(results, key=lambda r: (r.study_id, *_key(r, scales)))
    return [_combined(list(group)) for _, group in groupby(ordered, key=lambda r: r.study_id)]


def _scale_ranks(protocol: Protocol) -> dict[tuple[str, str], float]:
    """Return the place of each scale in the protocol's order of its domain."""
    return {
        (str(domain), str(name)): float(rank)
        for domain, names in protocol.value("effect.scale_order").items()
        for rank, name in enumerate(names)
    }


def _key(r: EligibleResult, scales: Mapping[tuple[str, str], float]) -> tuple[object, ...]:
    """Return the sort key, smallest first."""
    return (
        r.is_silent,
        r.outcome_rank,
        not r.is_primary,
        scales.get((str(r.outcome_domain), _family(r.scale)), LAST),
        LAST if r.score_kind is None else SCORE_ORDER[r.score_kind],
        LAST if r.weeks_after_end is None else r.weeks_after_end,
        r.intervention_match is not Match.DIRECT,
        not r.usable_for_pooling,
        -(r.n_participants or 0),
        r.result_id,
    )


def _family(scale: str | None) -> str:
    """Return the family of a scale: the part before its range."""
    return (scale or "").split(" (")[0]


def _combined(group: Sequence[EligibleResult]) -> EligibleResult:
    """Return the best row of a study, with its arms combined where several are as good."""
    best = group[0]
    alike: dict[str | None, EligibleResult] = {}
    for other in group:
        if _is_alike(best, other):
            alike.setdefault(other.intervention, other)
    arms = list(alike.values())
    if len(arms) < 2 or any(_arm(arm) is None or arm.effect is None for arm in arms):
        return best
    return _merged(best, arms)


def _is_alike(a: EligibleResult, b: EligibleResult) -> bool:
    """Return whether two rows are arms of one comparison: the same outcome, scale and time."""
    return (a.outcome_domain, a.outcome_code, a.scale, a.measure, a.weeks_after_end, a.score_kind) == (
        b.outcome_domain, b.outcome_code, b.scale, b.measure, b.weeks_after_end, b.score_kind
    ) and a.intervention_match is b.intervention_match  # fmt: skip


def _arm(r: EligibleResult) -> ContinuousArm | None:
    """Return the intervention arm, None where a figure of it is missing."""
    if r.n_intervention is None or r.mean_intervention is None or r.sd_intervention is None:
        return None
    return ContinuousArm(float(r.n_intervention), r.mean_intervention, r.sd_intervention)


def _merged(best: EligibleResult, results: Sequence[EligibleResult]) -> EligibleResult:
    """Return a row whose intervention arm is all arms (Cochrane Handbook, table 6.5.a).

    The effect is the arms' mean, weighted by people; its SE scales that of the best row by what
    the larger arm changes, so that an SE from a printed interval keeps its adjustment.
    """
    arms = [arm for r in results if (arm := _arm(r)) is not None]
    whole = merge_arms(arms)
    effects = [r.effect for r in results if r.effect is not None]
    effect = sum(e * arm.n for e, arm in zip(effects, arms, strict=True)) / whole.n
    se = None
    if best.effect_se is not None and best.n_comparator and best.sd_comparator is not None:
        shared = best.sd_comparator**2 / best.n_comparator
        own = arms[0].sd ** 2 / arms[0].n
        se = best.effect_se * math.sqrt((whole.sd**2 / whole.n + shared) / (own + shared))
    people = None if best.n_comparator is None else int(whole.n) + best.n_comparator
    return replace(
        best,
        effect=effect,
        effect_se=se,
        effect_ci_low=None if se is None else effect - Z_95 * se,
        effect_ci_high=None if se is None else effect + Z_95 * se,
        usable_for_pooling=best.usable_for_pooling and se is not None,
        n_intervention=int(whole.n),
        mean_intervention=whole.mean,
        sd_intervention=whole.sd,
        n_participants=people or best.n_participants,
    )
