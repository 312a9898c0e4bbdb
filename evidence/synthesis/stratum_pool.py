"""The pooled estimate of one stratum, from its studies' effects.

Puts :mod:`evidence.synthesis.interval_rules` (which knows only numbers) and the objects that
stages hand on together, and sets the low-risk estimate beside.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evidence.judgements import Pooled, StudyEffect
from evidence.protocol import Protocol
from evidence.synthesis.interval_rules import (
    IntervalRules,
    StratumEstimate,
    pool_for_verdict,
)
from evidence.vocabulary import IntervalMethod, RiskOfBias

__all__ = ["interval_rules", "pool_effects"]


def interval_rules(protocol: Protocol) -> IntervalRules:
    """Return from how many studies each figure is given, by the protocol."""
    return IntervalRules(
        modified_hk_decides_from=protocol.whole("pooling.modified_hk_decides_from_k"),
        prediction_from=protocol.whole("pooling.prediction_from_k"),
        i2_from=protocol.whole("pooling.i2_from_k"),
        egger_from=protocol.whole("pooling.small_study_tests_from_k"),
    )


def pool_effects(
    effects: Sequence[StudyEffect], protocol: Protocol
) -> tuple[Pooled, dict[str, float]]:
    """Return the estimate of studies that each have an effect and an SE, and their weights.

    Returns
    -------
    tuple
        The estimate on the studies' unit, and result id → weight in per cent.
    """
    rules = interval_rules(protocol)
    found = _pool(effects, rules)
    people = [e.n_participants for e in effects]
    known = [n for n in people if n is not None]
    pooled = Pooled(
        estimate=found.estimate,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        ci_method=IntervalMethod(found.ci_method),
        k=found.k,
        n_participants=sum(known) if known else None,
        wald_low=found.wald_low,
        wald_high=found.wald_high,
        prediction_low=found.prediction_low,
        prediction_high=found.prediction_high,
        tau=found.tau,
        i2=found.i2,
        i2_low=found.i2_low,
        i2_high=found.i2_high,
        q=found.q,
        loo_min=found.loo_min,
        loo_max=found.loo_max,
        low_risk_effect=_estimate_of(effects, rules, keep=(RiskOfBias.LOW,)),
        without_high_risk_effect=_estimate_of(
            effects, rules, keep=tuple(word for word in RiskOfBias if word is not RiskOfBias.HIGH)
        ),
        egger_p=found.egger_p,
        egger_towards_benefit=None if found.egger_slope is None else found.egger_slope > 0,
        is_few_studies=found.is_few_studies,
    )
    ids = [e.result_id for e in effects]
    return pooled, dict(zip(ids, found.weights, strict=True))


def _pool(effects: Sequence[StudyEffect], rules: IntervalRules) -> StratumEstimate:
    """Return the core's estimate."""
    return pool_for_verdict(
        [_known(e.effect) for e in effects],
        [_known(e.se) ** 2 for e in effects],
        own_low=[np.nan if e.ci_low is None else e.ci_low for e in effects],
        own_high=[np.nan if e.ci_high is None else e.ci_high for e in effects],
        rules=rules,
    )


def _known(value: float | None) -> float:
    """Return a figure that the caller has made sure of."""
    if value is None:
        msg = "only studies with an effect and an SE can be pooled"
        raise ValueError(msg)
    return value


def _estimate_of(
    effects: Sequence[StudyEffect], rules: IntervalRules, keep: tuple[RiskOfBias, ...]
) -> float | None:
    """Return the estimate of the studies with some judgements, None where there is none."""
    kept = [e for e in effects if e.risk_of_bias in keep]
    return _pool(kept, rules).estimate if kept else None
