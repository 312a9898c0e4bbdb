"""How much effects differ beyond chance: Q, I² by both definitions, H², and the interval of tau².

It knows effects and variances; it must not know measures or verdict rules. I² is returned in per
cent. Sources: Higgins & Thompson 2002 (doi:10.1002/sim.1186), Viechtbauer 2007 (Q-profile,
doi:10.1002/sim.2514), Cochrane Handbook sections 10.10.2 and 10.10.4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from evidence.synthesis.batches import Batch, Floats, checked_effects, single
from evidence.synthesis.tau2 import (
    solve_generalized_q,
    trace_of_projection,
    weighted_residuals,
)


@dataclass(frozen=True, slots=True)
class Spread:
    """Heterogeneity of each stratum, apart from any estimate of tau²; NaN where k = 1."""

    q: Floats
    """Cochran's Q with inverse-variance weights."""
    q_p: Floats
    """Upper tail of the chi-squared distribution with k - 1 degrees of freedom."""
    i2_q: Floats
    """I² from Q, per cent: max(0, (Q - df)/Q)."""
    typical_variance: Floats
    """Higgins and Thompson's typical sampling variance s²."""


def spread(batch: Batch) -> Spread:
    """Return Q, its p, the Q-based I² and the typical variance of each stratum."""
    w = 1.0 / batch.v
    total, _, r = weighted_residuals(batch.y, w)
    df = batch.k - 1.0
    is_several = df > 0
    q = np.einsum("ij,ij,ij->i", w, r, r)
    trace = trace_of_projection(w, total)
    safe_q = np.where(q > 0, q, 1.0)
    i2_q = np.where(q > 0, 100.0 * np.maximum(0.0, (q - df) / safe_q), 0.0)
    q_p = special.chdtrc(np.maximum(df, 1.0), q)
    nan = np.nan
    return Spread(
        q=np.where(is_several, q, nan),
        q_p=np.where(is_several, q_p, nan),
        i2_q=np.where(is_several, i2_q, nan),
        typical_variance=np.where(is_several, df / np.where(is_several, trace, 1.0), nan),
    )


def i2_from_tau2(tau2: Floats, typical_variance: Floats) -> Floats:
    """Return I² by its definition over tau², per cent (Higgins & Thompson 2002, equation 9)."""
    return np.asarray(100.0 * tau2 / (tau2 + typical_variance))


def h2_from_tau2(tau2: Floats, typical_variance: Floats) -> Floats:
    """Return H² by its definition over tau²: 1 + tau²/s²; 1 is no heterogeneity."""
    return np.asarray(tau2 / typical_variance + 1.0)


def q_profile(batch: Batch, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the Q-profile interval of tau² of each stratum; NaN where k = 1.

    Notes
    -----
    The limits are where the generalized Q equals the upper and the lower quantile of chi-squared
    with k - 1 degrees of freedom (Viechtbauer 2007). The upper limit has no bound of its own, it
    may exceed 10⁵; where even Q(0) is below the lower quantile, both limits are 0.
    """
    df = np.maximum(batch.k - 1.0, 1.0)
    tail = (1.0 - level) / 2.0
    low = solve_generalized_q(batch, special.chdtri(df, tail)).value
    high = solve_generalized_q(batch, special.chdtri(df, 1.0 - tail)).value
    is_several = batch.k > 1
    return np.where(is_several, low, np.nan), np.where(is_several, high, np.nan)


@dataclass(frozen=True, slots=True)
class HeterogeneityIntervals:
    """The Q-profile interval of tau² and what follows from it."""

    tau2: tuple[float, float]
    tau: tuple[float, float]
    i2: tuple[float, float]
    """Per cent."""
    h2: tuple[float, float]


def heterogeneity_intervals(
    yi: ArrayLike, vi: ArrayLike, level: float = 0.95
) -> HeterogeneityIntervals | None:
    """Return Q-profile intervals of tau², tau, I² and H² of one stratum; None where k = 1.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and their sampling variances.
    level : float
        Coverage, 0.95 for a 95 % interval.
    """
    y, v = checked_effects(yi, vi)
    if y.size == 1:
        return None
    batch = single(y, v)
    low, high = q_profile(batch, level)
    limits = np.array([low[0], high[0]])
    s2 = spread(batch).typical_variance
    i2, h2, tau = i2_from_tau2(limits, s2), h2_from_tau2(limits, s2), np.sqrt(limits)
    return HeterogeneityIntervals(
        tau2=(float(limits[0]), float(limits[1])),
        tau=(float(tau[0]), float(tau[1])),
        i2=(float(i2[0]), float(i2[1])),
        h2=(float(h2[0]), float(h2[1])),
    )
