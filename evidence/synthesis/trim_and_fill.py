"""Trim and fill: how many studies a symmetric funnel would need, and the estimate with them.

Duval & Tweedie 2000 (doi:10.1111/j.0006-341X.2000.00455.x). A description, not a correction. It
knows effects and variances only.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Floats, checked_effects, single
from evidence.synthesis.meta_regression import residual_tau2
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.random_effects import PooledStrata, pool_rows

MOST_ROUNDS = 100


class TrimEstimator(StrEnum):
    """How the number of missing studies is estimated.

    Q0 of the same paper is left out: it has no value for many funnels (a root of a negative
    number), and metafor stops there.
    """

    L0 = "L0"
    R0 = "R0"


class Side(StrEnum):
    """Where studies are missing."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class TrimAndFill:
    """Result of trim and fill; ``k0`` and ``pooled`` are None where ``reason`` says why."""

    k0: int | None
    """Studies that seem to be missing."""
    se_k0: float | None
    side: Side | None
    filled_yi: Floats
    filled_vi: Floats
    pooled: PooledStrata | None
    """The pool of all studies, the mirrored ones included."""
    reason: str | None

    @property
    def estimate(self) -> float | None:
        """Return the estimate with the mirrored studies."""
        return None if self.pooled is None else float(self.pooled.estimate[0])


def _none(reason: str) -> TrimAndFill:
    empty = np.array([])
    return TrimAndFill(None, None, None, empty, empty, None, reason)


def trim_and_fill(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: PoolingMethod = PoolingMethod.REML,
    ci: CiMethod = CiMethod.Z,
    estimator: TrimEstimator = TrimEstimator.L0,
    side: Side | None = None,
) -> TrimAndFill:
    """Return how many studies are missing on one side, and the pool with their mirror images.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects (ratios as logarithms) and sampling variances; k of 2 or more.
    method, ci
        Model of every round and of the final pool.
    estimator : TrimEstimator
        L0 (linear in the ranks) or R0 (the run of extreme ranks).
    side : Side, optional
        Where studies are missing; by default opposite to where small studies lie (the sign of the
        meta-regression on the standard error).
    """
    y, v = checked_effects(yi, vi)
    if y.size < 2:
        return _none("trim and fill needs 2 studies, there is 1")
    if side is None:
        try:
            side = _side(y, v, method)
        except StatisticsError as error:
            return _none(f"trim and fill cannot tell the side: {error.message}")
    sign = -1.0 if side is Side.RIGHT else 1.0
    order = np.argsort(sign * y, kind="stable")
    flipped, variances = (sign * y)[order], v[order]
    found = _rounds(flipped, variances, method, estimator)
    if found is None:
        return _none(f"trim and fill did not settle in {MOST_ROUNDS} rounds")
    k0, se_k0, centre = found
    empty = np.array([])
    filled_y, filled_v = empty, empty
    if k0 > 0:
        filled_y = sign * (2.0 * centre - flipped[-k0:])
        filled_v = variances[-k0:]
    all_y, all_v = np.concatenate([y, filled_y]), np.concatenate([v, filled_v])
    pooled = pool_rows(single(all_y, all_v), method, ci)
    return TrimAndFill(k0, se_k0, side, filled_y, filled_v, pooled, None)


def _side(y: Floats, v: Floats, method: PoolingMethod) -> Side:
    se = np.sqrt(v)
    x = np.column_stack([np.ones(y.size), se])
    if y.size < 3 or np.linalg.matrix_rank(x) < 2:
        tau2 = 0.0
        if np.ptp(se) == 0:
            return Side.LEFT
    else:
        tau2 = residual_tau2(y, v, x, method)
    w = 1.0 / (v + tau2)
    mean_y, mean_se = (w * y).sum() / w.sum(), (w * se).sum() / w.sum()
    slope = float((w * (se - mean_se) * (y - mean_y)).sum())
    return Side.RIGHT if slope < 0 else Side.LEFT


def _rounds(
    y: Floats, v: Floats, method: PoolingMethod, estimator: TrimEstimator
) -> tuple[int, float, float] | None:
    """Return the number trimmed when it no longer changes, its error, and the trimmed centre."""
    k0 = 0
    for _ in range(MOST_ROUNDS):
        keep = y.size - k0
        if keep < 1:
            return None
        centre = float(pool_rows(single(y[:keep], v[:keep]), method, CiMethod.Z).estimate[0])
        missing, error = _missing(y - centre, estimator)
        if missing == k0:
            return k0, error, centre
        k0 = missing
    return None


def _missing(distance: Floats, estimator: TrimEstimator) -> tuple[int, float]:
    k = distance.size
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(distance), kind="stable")] = np.arange(1, k + 1)
    if estimator is TrimEstimator.R0:
        below = ranks[distance < 0]
        raw = float(k - below.max()) - 1.0 if below.size else 0.0  # none below: all are equal
        return max(0, round(raw)), float(np.sqrt(2 * max(0.0, raw) + 2))
    positive = float(ranks[distance > 0].sum())
    raw = (4 * positive - k * (k + 1)) / (2 * k - 1)
    variance = (
        k * (k + 1) * (2 * k + 1) + 10 * raw**3 + 27 * raw**2 + 17 * raw
        - 18 * k * raw**2 - 18 * k * raw + 6 * k**2 * raw
    ) / 24  # fmt: skip
    return max(0, round(raw)), float(4 * np.sqrt(max(0.0, variance)) / (2 * k - 1))
