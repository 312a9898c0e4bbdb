"""What each study does to a pool: leave-one-out, cumulative, Cook, DFFITS, hat.

It knows effects, variances and the pooling engine; it must not know verdict rules. Sources:
Viechtbauer & Cheung 2010 (doi:10.1002/jrsm.11), Cochrane Handbook section 10.14.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Batch, Floats, checked_effects, packed, padded, single
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.random_effects import PooledStrata, estimate_tau2, joined, pool_rows

MOST_CELLS = 1_000_000  # studies times studies held at once: 8 MB an array


def _without_each(y: Floats, v: Floats, rows: NDArray[np.int64]) -> Batch:
    """Return the strata without each of these studies in turn."""
    others = np.arange(y.size - 1) + (np.arange(y.size - 1) >= rows[:, None])
    return packed(y[others], v[others])


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: PoolingMethod = PoolingMethod.REML,
    ci: CiMethod = CiMethod.MODIFIED_HARTUNG_KNAPP,
) -> PooledStrata:
    """Return the pool without each study in turn, in the order of the studies (k of 2 or more)."""
    y, v = checked_effects(yi, vi)
    if y.size < 2:
        raise StatisticsError("leave-one-out needs 2 studies, there is 1")
    block = max(1, MOST_CELLS // y.size)
    parts = [
        pool_rows(_without_each(y, v, np.arange(start, min(start + block, y.size))), method, ci)
        for start in range(0, y.size, block)
    ]
    return parts[0] if len(parts) == 1 else joined(parts)


def cumulative(
    yi: ArrayLike,
    vi: ArrayLike,
    order_by: ArrayLike | None = None,
    *,
    method: PoolingMethod = PoolingMethod.REML,
    ci: CiMethod = CiMethod.MODIFIED_HARTUNG_KNAPP,
) -> PooledStrata:
    """Return the pool of the first study, the first two, and so on.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    order_by : array_like, shape (k,), optional
        What to sort by, such as the year; equal values keep their order. None: as given.
    method, ci
        Estimator of tau² and interval.
    """
    y, v = checked_effects(yi, vi)
    if order_by is not None:
        order = np.argsort(np.asarray(order_by), kind="stable")
        y, v = y[order], v[order]
    return pool_rows(padded([(y[:n], v[:n]) for n in range(1, y.size + 1)]), method, ci)


@dataclass(frozen=True, slots=True)
class Influence:
    """Influence of each study on an intercept-only pool; arrays of shape (k,)."""

    hat: Floats
    """Leverage: the study's share of the weight, 0 to 1."""
    weight_percent: Floats
    rstudent: Floats
    """Externally standardized residual."""
    dffits: Floats
    cook: Floats
    """Cook's distance."""
    covariance_ratio: Floats
    tau2_without: Floats
    q_without: Floats
    dfbetas: Floats
    is_influential: NDArray[np.bool_]
    """By the rules of Viechtbauer & Cheung 2010."""


def influence(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: PoolingMethod = PoolingMethod.REML,
    ci: CiMethod = CiMethod.Z,
) -> Influence:
    """Return how much each study moves the pool (k of 3 or more).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    method, ci
        Model; with Hartung-Knapp the variances carry its factor.
    """
    y, v = checked_effects(yi, vi)
    if y.size < 3:
        raise StatisticsError(f"influence needs 3 studies, there are {y.size}")
    full = pool_rows(single(y, v), method, ci)
    rest_rows = _without_each(y, v, np.arange(y.size))
    rest = pool_rows(rest_rows, method, ci)
    w = 1.0 / (v + float(full.tau2[0]))
    hat = w / w.sum()
    without = estimate_tau2(rest_rows, method).value
    factor = _used_factor(rest, ci, method)
    shift = float(full.estimate[0]) - rest.estimate
    variance_all = 1.0 / (1.0 / (v[None, :] + without[:, None])).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rstudent = (y - rest.estimate) / np.sqrt(v * factor + rest.se**2 + without * factor)
        dffits = shift / np.sqrt(factor * hat * (without + v))
        dfbetas = shift / np.sqrt(factor * variance_all)
        cook = shift**2 / float(full.se[0]) ** 2
    return Influence(
        hat=hat,
        weight_percent=100.0 * hat,
        rstudent=rstudent,
        dffits=dffits,
        cook=cook,
        covariance_ratio=rest.se**2 / float(full.se[0]) ** 2,
        tau2_without=without,
        q_without=rest.q,
        dfbetas=dfbetas,
        is_influential=_is_influential(dffits, cook, hat, dfbetas),
    )


def _is_influential(
    dffits: Floats, cook: Floats, hat: Floats, dfbetas: Floats
) -> NDArray[np.bool_]:
    """Return who is influential by the four limits of Viechtbauer & Cheung 2010."""
    k = hat.size
    found: NDArray[np.bool_] = (
        (np.abs(dffits) > 3 * np.sqrt(1 / (k - 1)))
        | (special.chdtr(1, cook) > 0.5)
        | (hat > 3 / k)
        | (np.abs(dfbetas) > 1)
    )
    return found


def _used_factor(pools: PooledStrata, ci: CiMethod, method: PoolingMethod) -> Floats:
    """Return the factor on the variance that the interval used."""
    if ci is CiMethod.Z or not method.is_random:
        return np.ones(pools.k.shape)
    if ci is CiMethod.HARTUNG_KNAPP:
        return pools.hk_factor
    return np.maximum(1.0, pools.hk_factor)
