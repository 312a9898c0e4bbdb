"""Signs that small studies differ from large ones: Egger, Peters, Begg, and the funnel's contours.

It knows effects and variances; what such a sign means for certainty is decided elsewhere.
Cochrane Handbook, chapter 13.3: below ten studies these tests have little power.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Floats, checked_effects
from evidence.synthesis.meta_regression import LinearFit, weighted_linear_model

FEWEST_STUDIES = 3
MOST_FOR_EXACT = 2000  # beyond, the exact and the normal p agree to more digits than matter
FEWEST_FOR_POWER = 10  # Cochrane Handbook, section 13.3.5.4


@dataclass(frozen=True, slots=True)
class RegressionTest:
    """A regression test for funnel asymmetry; ``fit`` is None where ``reason`` says why."""

    fit: LinearFit | None
    reason: str | None

    @property
    def p_value(self) -> float | None:
        """Return the two-sided p of the slope by t(k-2)."""
        return None if self.fit is None else self.fit.p_value


def _regression(y: Floats, v: Floats, predictor: Floats, what: str) -> RegressionTest:
    if y.size < FEWEST_STUDIES:
        return RegressionTest(None, f"{what} needs {FEWEST_STUDIES} studies, there are {y.size}")
    try:
        fit = weighted_linear_model(y, v, predictor)
    except StatisticsError as error:
        return RegressionTest(None, f"{what}: {error.message}")
    if fit is None:
        return RegressionTest(
            None, f"{what}: all studies have one size, or lie on a line: nothing to test"
        )
    return RegressionTest(fit, None)


def egger(yi: ArrayLike, vi: ArrayLike) -> RegressionTest:
    """Return Egger's test as the weighted linear model of effects on their standard errors.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects (ratios as logarithms) and sampling variances.

    Notes
    -----
    Egger et al. 1997 (doi:10.1136/bmj.315.7109.629), in the form of Sterne & Egger 2005: weights
    1/vi, a multiplicative residual variance, t(k-2). The slope is Egger's intercept; the model's
    intercept is the effect of a study without error.
    """
    y, v = checked_effects(yi, vi)
    return _regression(y, v, np.sqrt(v), "Egger's test")


def peters(yi: ArrayLike, events: ArrayLike, n: ArrayLike) -> RegressionTest:
    """Return Peters's test for odds ratios: effects on 1/n, weighted by events × non-events / n.

    Parameters
    ----------
    yi : array_like, shape (k,)
        Log odds ratios.
    events, n : array_like, shape (k,)
        Events and people of both arms together.

    Notes
    -----
    Peters et al. 2006 (doi:10.1001/jama.295.6.676).
    """
    total, size = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    is_both = (total > 0) & (total < size)
    if not is_both.all():
        return RegressionTest(None, "Peters's test: a study has no event, or only events")
    y, v = checked_effects(yi, 1.0 / total + 1.0 / (size - total))
    return _regression(y, v, 1.0 / size, "Peters's test")


def sample_size_test(yi: ArrayLike, vi: ArrayLike, n: ArrayLike) -> RegressionTest:
    """Return the regression on 1/n with weights 1/vi, the form of Peters's test for any measure."""
    y, v = checked_effects(yi, vi)
    return _regression(y, v, 1.0 / np.asarray(n, dtype=float), "the test on 1/n")


@dataclass(frozen=True, slots=True)
class RankTest:
    """Begg and Mazumdar's rank correlation; the values are None where ``reason`` says why."""

    tau: float | None
    """Kendall's tau-b of standardized effects and variances."""
    p_value: float | None
    """Exact without ties, else normal with the variance for ties."""
    is_exact: bool
    reason: str | None
    z: float | None = None
    """Normal statistic without continuity correction."""
    p_normal: float | None = None
    z_continuity: float | None = None
    p_normal_continuity: float | None = None


def begg(yi: ArrayLike, vi: ArrayLike) -> RankTest:
    """Return Begg and Mazumdar's rank test (1994, doi:10.2307/2533446).

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects (ratios as logarithms) and sampling variances.

    Notes
    -----
    The rule is fixed: exact p without ties (up to 2,000 studies), else the normal p with the variance corrected for ties
    and without continuity correction.
    """
    y, v = checked_effects(yi, vi)
    if y.size < FEWEST_STUDIES:
        return _no_rank(f"Begg's test needs {FEWEST_STUDIES} studies, there are {y.size}")
    w = 1.0 / v
    origin = y[0]
    mean = float((w * (y - origin)).sum() / w.sum())
    spread = v - 1.0 / w.sum()
    if not (spread > 0).all():
        return _no_rank("Begg's test: one study holds all the weight")
    return kendall((y - origin - mean) / np.sqrt(spread), v)


def _no_rank(reason: str) -> RankTest:
    return RankTest(None, None, False, reason)


def kendall(x: Floats, y: Floats) -> RankTest:
    """Return Kendall's tau-b with its exact p, or the normal one where there are ties."""
    n = x.size
    s = 0
    for i in range(n - 1):
        s += int((np.sign(x[i + 1 :] - x[i]) * np.sign(y[i + 1 :] - y[i])).sum())
    ties_x, ties_y = _tie_sizes(x), _tie_sizes(y)
    pairs = n * (n - 1) / 2
    untied_x = pairs - (ties_x * (ties_x - 1)).sum() / 2
    untied_y = pairs - (ties_y * (ties_y - 1)).sum() / 2
    if untied_x == 0 or untied_y == 0:
        return _no_rank("Begg's test: all studies are tied, there is no order to test")
    tau = s / float(np.sqrt(untied_x) * np.sqrt(untied_y))
    deviation = float(np.sqrt(_kendall_variance(n, ties_x, ties_y)))
    z, z_c = s / deviation, float(np.sign(s)) * max(0.0, abs(s) - 1) / deviation
    p_normal = float(2.0 * special.ndtr(-abs(z)))
    is_exact = ties_x.size == 0 and ties_y.size == 0 and n <= MOST_FOR_EXACT
    p = min(1.0, _exact_kendall_p(n, s)) if is_exact else p_normal
    return RankTest(tau, p, is_exact, None, z, p_normal, z_c, float(2.0 * special.ndtr(-abs(z_c))))


def _tie_sizes(values: Floats) -> Floats:
    counts = np.unique(values, return_counts=True)[1].astype(float)
    return counts[counts > 1]


def _kendall_variance(n: int, tx: Floats, ty: Floats) -> float:
    """Return the variance of Kendall's S under ties (Kendall 1970, Rank Correlation Methods)."""
    base = n * (n - 1) * (2 * n + 5)
    less = [(t * (t - 1) * (2 * t + 5)).sum() for t in (tx, ty)]
    pairs = [(t * (t - 1)).sum() for t in (tx, ty)]
    triples = [(t * (t - 1) * (t - 2)).sum() for t in (tx, ty)]
    value = (base - less[0] - less[1]) / 18 + pairs[0] * pairs[1] / (2 * n * (n - 1))
    if n > 2:
        value += triples[0] * triples[1] / (9 * n * (n - 1) * (n - 2))
    return float(value)


@lru_cache(maxsize=256)
def _inversions(n: int) -> tuple[float, ...]:
    """Return the probability of each number of inversions in a random order of n, lower half.

    Adding one value adds 0 to size - 1 inversions, each as likely: a moving average. The lower
    half loses no digits to the difference of sums, for these grow fast there.
    """
    kept = n * (n - 1) // 4 + 1
    p = np.zeros(kept)
    p[0] = 1.0
    for size in range(2, n + 1):
        sums = np.cumsum(p)
        sums[size:] -= sums[:-size].copy()
        p = sums / size
    return tuple(p.tolist())


def _exact_kendall_p(n: int, s: int) -> float:
    """Return the two-sided exact p of Kendall's S without ties."""
    pairs = n * (n - 1) // 2
    concordant = (s + pairs) // 2
    extreme = min(concordant, pairs - concordant)
    return float(2.0 * np.sum(_inversions(n)[: extreme + 1]))


@dataclass(frozen=True, slots=True)
class FunnelContours:
    """Points of a contour-enhanced funnel, on the scale of ``yi``."""

    se: Floats
    """Standard errors down the funnel, from 0; shape (points,)."""
    centre: float
    limits: tuple[tuple[float, Floats, Floats], ...]
    """For each level of p: the level, and the effects left and right of ``centre`` that reach it."""


CONTOUR_LEVELS = (0.10, 0.05, 0.01)


def funnel_contours(
    vi: ArrayLike,
    *,
    centre: float = 0.0,
    levels: tuple[float, ...] = CONTOUR_LEVELS,
    points: int = 50,
) -> FunnelContours:
    """Return where an effect's two-sided p equals each level, for contours around ``centre``.

    Parameters
    ----------
    vi : array_like, shape (k,)
        Sampling variances; the funnel ends 5 % below the largest standard error.
    centre : float
        The value tested: 0 for no effect (Peters et al. 2008, doi:10.1016/j.jclinepi.2007.11.010),
        or the pooled estimate for the usual pseudo-limits.
    levels : tuple of float
        Two-sided p.
    points : int
        Rows of the contour.
    """
    v = np.asarray(vi, dtype=float)
    se = np.linspace(0.0, 1.05 * float(np.sqrt(v.max())), points)
    limits = []
    for level in levels:
        half = float(special.ndtri(1 - level / 2)) * se
        limits.append((level, centre - half, centre + half))
    return FunnelContours(se, centre, tuple(limits))
