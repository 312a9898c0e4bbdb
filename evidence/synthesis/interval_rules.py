"""The estimate and interval that decide for one stratum, by docs/method.md, section 5.

Random effects by REML. From five studies the modified Hartung-Knapp interval decides; with two to
four it does unless it is wider than the hull of the studies' own intervals, then the hull does;
one study keeps its own interval. The Wald interval and leave-one-out stand beside. It must not
know what an estimate means: certainty and verdict are decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Batch, Floats, checked_effects, chunks, offsets_of
from evidence.synthesis.heterogeneity import i2_from_tau2, q_profile, spread
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.random_effects import Z_95, PooledStrata, pool_rows
from evidence.synthesis.small_study import egger
from evidence.vocabulary import IntervalMethod


@dataclass(frozen=True, slots=True)
class IntervalRules:
    """From how many studies each figure is given (docs/method.md, sections 5 and 7)."""

    modified_hk_decides_from: int = 5
    prediction_from: int = 5
    i2_from: int = 3
    egger_from: int = 10


DEFAULT_RULES = IntervalRules()


@dataclass(frozen=True, slots=True)
class StratumEstimate:
    """What decides for one stratum, on the scale of ``yi``; None where too few studies give it."""

    estimate: float
    ci_low: float
    ci_high: float
    ci_method: IntervalMethod
    wald_low: float
    wald_high: float
    prediction_low: float | None
    prediction_high: float | None
    """By t(k-2), with the standard error of the modified Hartung-Knapp interval."""
    tau: float | None
    i2: float | None
    """Over tau², per cent."""
    i2_low: float | None
    i2_high: float | None
    """By Q-profile."""
    q: float | None
    k: int
    weights: tuple[float, ...]
    """Per cent, in the order of the studies."""
    loo_min: float | None
    loo_max: float | None
    """Lowest and highest estimate without one study."""
    egger_p: float | None
    egger_slope: float | None
    """Positive where smaller studies give higher effects."""
    is_few_studies: bool
    """Whether the hull decides."""


@dataclass(frozen=True, slots=True)
class _Own:
    """The studies' own 95 % intervals."""

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class _Studies:
    """Studies in their own order, one stratum a row, with their own 95 % limits."""

    y: Floats
    v: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the pools of strata of one size; None where too few studies give it."""

    share: Floats
    wald: Floats
    i2_low: Floats | None
    i2_high: Floats | None
    loo: Floats | None


def pool_for_verdict(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    own_low: ArrayLike | None = None,
    own_high: ArrayLike | None = None,
    rules: IntervalRules = DEFAULT_RULES,
) -> StratumEstimate:
    """Return the estimate and interval that decide for one stratum.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects on one scale and their sampling variances.
    own_low, own_high : array_like, shape (k,), optional
        The studies' own 95 % intervals as they report them, NaN where they do not; by default
        effect ± 1.96 SE.
    rules : IntervalRules
        From how many studies each figure is given.

    Examples
    --------
    >>> pool_for_verdict([12.0], [4.0]).ci_method.value
    'single study'
    """
    return pool_strata_for_verdict(yi, vi, own_low=own_low, own_high=own_high, rules=rules)[0]


def pool_strata_for_verdict(
    yi: ArrayLike,
    vi: ArrayLike,
    offsets: ArrayLike | None = None,
    *,
    own_low: ArrayLike | None = None,
    own_high: ArrayLike | None = None,
    rules: IntervalRules = DEFAULT_RULES,
) -> list[StratumEstimate]:
    """Return :func:`pool_for_verdict` of many strata, vectorised over those of one size.

    Parameters
    ----------
    yi, vi : array_like, shape (n,)
        Effects and sampling variances, stratum after stratum.
    offsets : array_like of int, shape (strata + 1,), optional
        Where each stratum begins, with n last. None: one stratum.
    own_low, own_high, rules
        As in :func:`pool_for_verdict`.
    """
    y, v = checked_effects(yi, vi)
    starts = offsets_of(offsets, y.size)
    own = _own_intervals(y, v, own_low, own_high)
    found: dict[int, StratumEstimate] = {}
    for where, batch in chunks(y, v, starts):
        cells = starts[where][:, None] + np.arange(batch.y.shape[1])
        studies = _Studies(y[cells], v[cells], own.low[cells], own.high[cells])
        rows = _estimates(batch, studies, rules)
        found.update(zip((int(i) for i in where), rows, strict=True))
    return [found[i] for i in range(len(found))]


def _own_intervals(
    y: Floats, v: Floats, own_low: ArrayLike | None, own_high: ArrayLike | None
) -> _Own:
    half = Z_95 * np.sqrt(v)
    low = y - half if own_low is None else np.asarray(own_low, dtype=float)
    high = y + half if own_high is None else np.asarray(own_high, dtype=float)
    if low.shape != y.shape or high.shape != y.shape:
        raise StatisticsError("a limit of its own, or NaN, is needed for each study")
    low, high = np.where(np.isnan(low), y - half, low), np.where(np.isnan(high), y + half, high)
    outside = np.flatnonzero((low > y) | (high < y))
    if outside.size:
        rows = ", ".join(str(i + 1) for i in outside[:10])
        raise StatisticsError(f"a study's own interval must hold its effect: not so in row {rows}")
    return _Own(low, high)


def _estimates(batch: Batch, studies: _Studies, rules: IntervalRules) -> list[StratumEstimate]:
    """Return the estimates of strata of one size."""
    k = int(batch.k[0])
    pools = pool_rows(batch, PoolingMethod.REML, CiMethod.MODIFIED_HARTUNG_KNAPP)
    beside = _beside(batch, studies, pools, k, rules)
    low, high, methods = _deciding(pools, studies, k, rules)
    return [
        _row(i, pools, beside, (float(low[i]), float(high[i])), methods[i], studies, rules)
        for i in range(batch.k.size)
    ]


def _row(
    i: int,
    pools: PooledStrata,
    beside: _Beside,
    limits: tuple[float, float],
    method: IntervalMethod,
    studies: _Studies,
    rules: IntervalRules,
) -> StratumEstimate:
    k = int(pools.k[i])
    fit = egger(studies.y[i], studies.v[i]).fit if k >= rules.egger_from else None
    estimate = float(studies.y[i, 0]) if k == 1 else float(pools.estimate[i])
    is_predicted = k >= max(3, rules.prediction_from)
    return StratumEstimate(
        estimate=estimate,
        ci_low=limits[0],
        ci_high=limits[1],
        ci_method=method,
        wald_low=estimate - float(beside.wald[i]),
        wald_high=estimate + float(beside.wald[i]),
        prediction_low=float(pools.prediction_low[i]) if is_predicted else None,
        prediction_high=float(pools.prediction_high[i]) if is_predicted else None,
        tau=float(np.sqrt(pools.tau2[i])) if k > 1 else None,
        i2=float(pools.i2[i]) if k >= max(2, rules.i2_from) else None,
        i2_low=None if beside.i2_low is None else float(beside.i2_low[i]),
        i2_high=None if beside.i2_high is None else float(beside.i2_high[i]),
        q=float(pools.q[i]) if k > 1 else None,
        k=k,
        weights=tuple(float(part) for part in beside.share[i]),
        loo_min=None if beside.loo is None else float(beside.loo[i].min()),
        loo_max=None if beside.loo is None else float(beside.loo[i].max()),
        egger_p=None if fit is None else fit.p_value,
        egger_slope=None if fit is None else fit.slope,
        is_few_studies=method is IntervalMethod.HULL,
    )


def _beside(
    batch: Batch, studies: _Studies, pools: PooledStrata, k: int, rules: IntervalRules
) -> _Beside:
    w = 1.0 / (studies.v + np.nan_to_num(pools.tau2)[:, None])
    total = w.sum(axis=1)
    i2_low = i2_high = None
    if k >= max(2, rules.i2_from):
        typical = spread(batch).typical_variance
        low, high = q_profile(batch)
        i2_low, i2_high = i2_from_tau2(low, typical), i2_from_tau2(high, typical)
    return _Beside(
        100.0 * w / total[:, None], Z_95 / np.sqrt(total), i2_low, i2_high, _leave_one_out(batch)
    )


def _deciding(
    pools: PooledStrata, studies: _Studies, k: int, rules: IntervalRules
) -> tuple[Floats, Floats, list[IntervalMethod]]:
    """Return the limits that decide, and by which rule."""
    n = pools.k.size
    hull_low, hull_high = studies.low.min(axis=1), studies.high.max(axis=1)
    if k == 1:
        return hull_low, hull_high, [IntervalMethod.SINGLE_STUDY] * n
    low, high = pools.ci_low, pools.ci_high
    if k >= rules.modified_hk_decides_from:
        return low, high, [IntervalMethod.MODIFIED_HARTUNG_KNAPP] * n
    is_hull = (high - low) > (hull_high - hull_low)
    methods = [
        IntervalMethod.HULL if wide else IntervalMethod.MODIFIED_HARTUNG_KNAPP for wide in is_hull
    ]
    return np.where(is_hull, hull_low, low), np.where(is_hull, hull_high, high), methods


def _leave_one_out(batch: Batch) -> Floats | None:
    """Return the estimates without each study; shape (strata, k), None for one study."""
    strata, k = batch.y.shape
    if k < 2:
        return None
    others = np.arange(k - 1) + (np.arange(k - 1) >= np.arange(k)[:, None])
    y = batch.y[:, others].reshape(strata * k, k - 1)
    v = batch.v[:, others].reshape(strata * k, k - 1)
    estimates = np.empty(strata * k)
    offsets = np.arange(strata * k + 1) * (k - 1)
    for where, part in chunks(y.ravel(), v.ravel(), offsets):
        estimates[where] = pool_rows(part, PoolingMethod.REML, CiMethod.Z).estimate
    return np.asarray(estimates.reshape(strata, k) + batch.origin[:, None])
