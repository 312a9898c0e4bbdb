"""Estimators of the variance between studies, vectorised over strata.

Sources: Veroniki et al. 2016 (doi:10.1002/jrsm.1164) for the definitions, Viechtbauer 2005
(doi:10.3102/10769986030003261) for their properties; each function names its own. It knows
effects and variances only: no measure, no interval, no table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.synthesis.batches import Batch, Floats
from evidence.synthesis.roots import bracketed_root

NEWTON_STEPS = 40
STEP_TOLERANCE = 1e-8  # Newton doubles the digits: a step this small leaves an error of its square
SCAN_POINTS = 12
SCAN_STEPS = np.linspace(0.0, 1.0, SCAN_POINTS)
SMALL_SCAN = 512  # rows up to which a scan is one pass: fewer calls matter more than the cache
TINY = float(np.finfo(float).tiny)
FINE_SCAN_POINTS = 400


@dataclass(frozen=True, slots=True)
class Tau2:
    """Variance between studies of each stratum, and whether its search ended."""

    value: Floats
    """Truncated at 0; squared unit of the effects."""
    is_converged: NDArray[np.bool_]


def _closed(value: Floats) -> Tau2:
    return Tau2(np.maximum(0.0, value), np.ones(value.shape, dtype=bool))


def weighted_residuals(y: Floats, w: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the sum of weights, the weighted mean and the residuals of each stratum."""
    total = w.sum(axis=1)
    mean = np.einsum("ij,ij->i", w, y) / total
    return total, mean, y - mean[:, None]


def trace_of_projection(w: Floats, total: Floats) -> Floats:
    """Return tr P = sum w - sum w^2 / sum w, without losing digits to one heavy study.

    The heaviest study stands first in a batch: the sum of products of two different weights is
    2 w_1 R + R^2 - sum w_i^2, R and the last sum being over all others.
    """
    rest = w[:, 1:]
    r = rest.sum(axis=1)
    return np.asarray((2.0 * w[:, 0] * r + (r * r - np.einsum("ij,ij->i", rest, rest))) / total)


def generalized_q(batch: Batch, tau2: Floats) -> tuple[Floats, Floats]:
    """Return Q(tau2) = sum of w r^2, and minus its slope, the sum of w^2 r^2 (w = 1/(v+tau2))."""
    w = 1.0 / (batch.v + tau2[:, None])
    _, _, r = weighted_residuals(batch.y, w)
    u = w * r
    return np.einsum("ij,ij->i", u, r), np.einsum("ij,ij->i", u, u)


def solve_generalized_q(batch: Batch, target: Floats) -> Tau2:
    """Return the tau2 at which the generalized Q falls to ``target``; 0 if it starts below.

    Notes
    -----
    1/Q is a concave, rising function of tau2 (the Schur complement of a matrix linear in tau2),
    so Newton's method on 1/Q from 0 rises to the root and never passes it: no upper bracket is
    needed, however far the root lies. With equal variances 1/Q is a line and one step ends it.
    """
    value = np.zeros(batch.k.shape)
    q, _ = generalized_q(batch, value)
    active = np.flatnonzero(q > target)
    sub, goal, t = batch.rows(active), target[active], value[active]
    for _ in range(NEWTON_STEPS):
        if not active.size:
            break
        q, slope = generalized_q(sub, t)
        step = q * (q / goal - 1.0) / slope
        t = np.maximum(t + step, 0.0)
        value[active] = t
        going = np.abs(step) > STEP_TOLERANCE * (t + sub.smallest_variance)
        active, sub, goal, t = active[going], sub.rows(going), goal[going], t[going]
    for row in active:
        value[row] = _finish_q(batch.rows(np.array([row])), float(target[row]), float(value[row]))
    return Tau2(value, np.ones(value.shape, dtype=bool))


def _finish_q(one: Batch, target: float, low: float) -> float:
    """Finish a search that Newton's method left: double an upper bound, then bracket."""

    def excess(t: float) -> float:
        return float(generalized_q(one, np.array([t]))[0][0]) - target

    low = low if excess(low) > 0 else 0.0
    high = max(2.0 * low, float(one.largest_variance[0]))
    while excess(high) > 0:
        high *= 2.0
    return bracketed_root(excess, low, high)


def paule_mandel(batch: Batch) -> Tau2:
    """Return the Paule-Mandel (empirical Bayes) estimate: Q(tau2) = k - 1.

    Paule & Mandel 1982 (doi:10.6028/jres.087.022); equal to Morris's empirical Bayes estimate
    (Viechtbauer, Lopez-Lopez et al. 2015, doi:10.1037/met0000011).
    """
    found = solve_generalized_q(batch, np.maximum(batch.k - 1.0, 0.5))
    return Tau2(np.where(batch.k > 1, found.value, 0.0), found.is_converged)


def dersimonian_laird(batch: Batch) -> Tau2:
    """Return DerSimonian and Laird's moment estimate (1986, doi:10.1016/0197-2456(86)90046-2)."""
    w = 1.0 / batch.v
    total, _, r = weighted_residuals(batch.y, w)
    q = np.einsum("ij,ij,ij->i", w, r, r)
    scale = trace_of_projection(w, total)
    return _closed((q - (batch.k - 1)) / np.where(batch.k > 1, scale, 1.0))


def hunter_schmidt(batch: Batch) -> Tau2:
    """Return Hunter and Schmidt's estimate: (Q - k) over the sum of weights (Viechtbauer 2005)."""
    w = 1.0 / batch.v
    total, _, r = weighted_residuals(batch.y, w)
    return _closed((np.einsum("ij,ij,ij->i", w, r, r) - batch.k) / total)


def hedges(batch: Batch) -> Tau2:
    """Return Hedges's (Cochran's ANOVA) estimate: variance of the effects less the mean variance."""
    real = np.isfinite(batch.v)
    mean_v = np.where(real, batch.v, 0.0).sum(axis=1) / batch.k
    return _closed(np.where(batch.k > 1, _variance(batch, batch.k - 1) - mean_v, 0.0))


def _variance(batch: Batch, divisor: NDArray[np.int64]) -> Floats:
    real = np.isfinite(batch.v)
    mean = batch.y.sum(axis=1) / batch.k
    r = np.where(real, batch.y - mean[:, None], 0.0)
    return np.asarray(np.einsum("ij,ij->i", r, r) / np.maximum(divisor, 1))


def sidik_jonkman(batch: Batch) -> Tau2:
    """Return Sidik and Jonkman's two-step estimate (2005, doi:10.1111/j.1467-9876.2005.00489.x).

    The first step is the variance of the effects with divisor k.
    """
    first = _variance(batch, batch.k)
    w = 1.0 / (batch.v + first[:, None])
    _, _, r = weighted_residuals(batch.y, w)
    rss = np.einsum("ij,ij,ij->i", w, r, r)
    return _closed(first * rss / np.maximum(batch.k - 1, 1))


def restricted_maximum_likelihood(batch: Batch) -> Tau2:
    """Return the REML estimate, the highest maximum where there are several (Viechtbauer 2005)."""
    return _maximum_likelihood(batch, is_restricted=True)


def maximum_likelihood(batch: Batch) -> Tau2:
    """Return the ML estimate, the highest maximum where there are several (Viechtbauer 2005)."""
    return _maximum_likelihood(batch, is_restricted=False)


def _pull(batch: Batch, t: Floats, is_restricted: bool) -> tuple[Floats, Floats]:
    """Return both sides of the likelihood equation at ``t``: y'PPy, and tr P (ML: tr W).

    Their difference is twice the slope of the log likelihood.
    """
    w = 1.0 / (batch.v + t[:, None])
    total, _, r = weighted_residuals(batch.y, w)
    u = w * r
    trace = trace_of_projection(w, total) if is_restricted else total
    return np.einsum("ij,ij->i", u, u), trace


def _pull_and_slopes(
    batch: Batch, t: Floats, is_restricted: bool
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return y'PPy and tr P (ML: tr W) with minus half, and minus, their slopes."""
    w = 1.0 / (batch.v + t[:, None])
    total, _, r = weighted_residuals(batch.y, w)
    u = w * r
    wu = w * u
    sides = np.einsum("ij,ij->i", u, u)
    slope = np.einsum("ij,ij->i", wu, u) - wu.sum(axis=1) ** 2 / total
    s2 = np.einsum("ij,ij->i", w, w)
    if not is_restricted:
        return sides, total, slope, s2
    s3 = np.einsum("ij,ij,ij->i", w, w, w)
    ratio = s2 / total
    trace = trace_of_projection(w, total)
    return sides, trace, slope, s2 - 2.0 * s3 / total + ratio * ratio


def _log_likelihood(batch: Batch, t: Floats, is_restricted: bool) -> Floats:
    w = 1.0 / (batch.v + t[:, None])
    total, _, r = weighted_residuals(batch.y, w)
    real = w > 0
    logs = np.where(real, np.log(np.where(real, w, 1.0)), 0.0).sum(axis=1)
    value = logs - np.einsum("ij,ij,ij->i", w, r, r)
    return np.asarray(value - np.log(total) if is_restricted else value)


def _upper_bound(batch: Batch) -> Floats:
    """Return a tau2 above every stationary point of the likelihood.

    y'PPy <= SS/(min v + t)^2 and tr P >= (k-1)/(max v + t), so the slope is negative once
    (min v + t)^2 > S (max v + t), S = SS/(k-1): the larger root of that quadratic.
    """
    s = _variance(batch, batch.k - 1)
    low = batch.smallest_variance
    root = 0.5 * (s + np.sqrt(s * s + 4.0 * s * (batch.largest_variance - low)))
    return np.maximum(0.0, root * (1.0 + 1e-9) - low)


def _scan_grid(low_v: Floats, upper: Floats, points: int) -> Floats:
    """Return tau2 from 0 to ``upper``, even steps of log(min v + tau2); shape (strata, points)."""
    steps = SCAN_STEPS if points == SCAN_POINTS else np.linspace(0.0, 1.0, points)
    grid = low_v[:, None] * np.expm1(np.log1p(upper / low_v)[:, None] * steps)
    grid[:, -1] = upper
    return grid


def _maximum_likelihood(batch: Batch, is_restricted: bool) -> Tau2:
    """Scan for every maximum of the likelihood, then polish the highest by Newton's method.

    Notes
    -----
    Fisher scoring is slow where tau2 is small and may stop at the lower of two maxima. Here the
    slope's sign is read on a grid between 0 and a bound above every stationary point; one fall
    through 0 is one maximum, with its bracket. Newton's method works on the ratio of the two sides
    of the likelihood equation, a straight line where the variances are equal.
    """
    value = np.zeros(batch.k.shape)
    upper = np.where(batch.k > 1, _upper_bound(batch), 0.0)
    open_rows = np.flatnonzero(upper > 0)
    if not open_rows.size:
        return Tau2(value, np.ones(value.shape, dtype=bool))
    sub = batch if open_rows.size == value.size else batch.rows(open_rows)
    grid = _scan_grid(sub.smallest_variance, upper[open_rows], SCAN_POINTS)
    ratios = _scan(sub, grid, is_restricted)
    rising = ratios < 1.0  # the likelihood rises with tau2 here
    peaks = rising[:, :-1] & ~rising[:, 1:]
    n_peaks = peaks.sum(axis=1) + ~rising[:, 0]
    is_one = (n_peaks == 1) & rising[:, 0]
    one = np.flatnonzero(is_one)
    at = peaks[one].argmax(axis=1)
    found = np.zeros(open_rows.size)
    brackets = (grid[one, at], grid[one, at + 1], ratios[one, at], ratios[one, at + 1])
    found[one] = _polish(sub if is_one.all() else sub.rows(one), *brackets, is_restricted)
    for row in np.flatnonzero(n_peaks > 1):
        found[row] = _highest_peak(
            sub.rows(np.array([row])), float(upper[open_rows[row]]), is_restricted
        )
    value[open_rows] = found
    is_converged = np.ones(value.shape, dtype=bool)
    is_converged[open_rows] = n_peaks > 0  # the likelihood must fall somewhere below the bound
    return Tau2(value, is_converged)


def _scan(batch: Batch, grid: Floats, is_restricted: bool) -> Floats:
    """Return tr P over y'PPy at each point of each stratum's grid; below 1 it pays to rise."""
    strata, points = grid.shape
    if strata * points > SMALL_SCAN:  # column by column: the work stays in the cache
        columns = [_pull(batch, grid[:, column], is_restricted) for column in range(points)]
        pull = np.column_stack([sides[0] for sides in columns])
        trace = np.column_stack([sides[1] for sides in columns])
    else:
        repeated = batch.rows(np.repeat(np.arange(strata), points))
        flat = _pull(repeated, grid.ravel(), is_restricted)
        pull, trace = flat[0].reshape(grid.shape), flat[1].reshape(grid.shape)
    return np.asarray(trace / np.maximum(pull, TINY))


def _polish(
    batch: Batch, low: Floats, high: Floats, at_low: Floats, at_high: Floats, is_restricted: bool
) -> Floats:
    """Return the root inside each bracket; those that Newton leaves are finished by bracketing."""
    value = np.empty(low.shape)
    if not value.size:
        return value
    t = low + (high - low) * np.clip((1.0 - at_low) / (at_high - at_low), 0.0, 1.0)
    active, sub = np.arange(value.size), batch
    for _ in range(NEWTON_STEPS):
        pull, trace, d_pull, d_trace = _pull_and_slopes(sub, t, is_restricted)
        is_rising = pull > trace
        low, high = np.where(is_rising, t, low), np.where(is_rising, high, t)
        slope = 2.0 * trace * d_pull - d_trace * pull  # of trace/pull, times pull^2
        new = t + pull * (pull - trace) / slope
        is_inside = (new >= low) & (new <= high)
        new = np.where(is_inside, new, 0.5 * (low + high))
        going = np.abs(new - t) > STEP_TOLERANCE * (new + sub.v[:, 0])
        going = (going | ~is_inside) & (high > low)
        t = new
        if going.all():
            continue
        value[active[~going]] = t[~going]
        active, sub = active[going], sub.rows(going)
        t, low, high = t[going], low[going], high[going]
        if not active.size:
            return value
    for i, row in enumerate(active):
        value[row] = _finish_peak(
            sub.rows(np.array([i])), float(low[i]), float(high[i]), is_restricted
        )
    return value


def _finish_peak(one: Batch, low: float, high: float, is_restricted: bool) -> float:
    def slope(t: float) -> float:
        pull, trace = _pull(one, np.array([t]), is_restricted)
        return float(pull[0] - trace[0])

    if slope(low) <= 0:
        return float(low)
    if slope(high) >= 0:
        return float(high)
    return bracketed_root(slope, low, high)


def _highest_peak(one: Batch, upper: float, is_restricted: bool) -> float:
    """Return the highest of several maxima, found on a finer grid; 0 counts as one."""
    grid = _scan_grid(one.smallest_variance, np.array([upper]), FINE_SCAN_POINTS)[0]
    slopes = []
    for t in grid:
        pull, trace = _pull(one, np.array([t]), is_restricted)
        slopes.append(float(pull[0] - trace[0]))
    tops = [0.0]
    for low, high, before, after in zip(grid[:-1], grid[1:], slopes[:-1], slopes[1:], strict=True):
        if before > 0 >= after:
            tops.append(_finish_peak(one, low, high, is_restricted))
    heights = [float(_log_likelihood(one, np.array([top]), is_restricted)[0]) for top in tops]
    return tops[int(np.argmax(heights))]


def tau2_standard_error(batch: Batch, method_tau2: Floats, name: str) -> Floats:
    """Return the large-sample standard error of tau2, by estimator; NaN where k = 1.

    Parameters
    ----------
    batch : Batch
        The strata.
    method_tau2 : array, shape (strata,)
        Their tau2 by this estimator.
    name : str
        DL, PM, REML, ML, EB, HE, HS or SJ.

    Notes
    -----
    Moment estimators: the variance of a quadratic form y'Ay, 2 tr(A S A S) with S = V + tau2 I,
    for the A that each uses (Viechtbauer 2005). REML and ML: the inverse of Fisher's information.
    PM and EB: the information of the estimating equation.
    """
    v, k, t = batch.v, batch.k.astype(float), method_tau2
    real = np.isfinite(v)
    safe_v = np.where(real, v, 0.0)
    df = np.where(batch.k > 1, k - 1.0, np.nan)
    if name in ("REML", "ML", "PM", "EB"):
        w = 1.0 / (v + t[:, None])
        total, s2 = w.sum(axis=1), (w * w).sum(axis=1)
        if name == "ML":
            return np.asarray(np.sqrt(2.0 / s2) + 0.0 * df)
        if name == "REML":
            s3 = (w**3).sum(axis=1)
            return np.asarray(np.sqrt(2.0 / (s2 - 2 * s3 / total + (s2 / total) ** 2)) + 0.0 * df)
        return np.asarray(np.sqrt(2.0 * k * k / df) / total)
    first = np.ones(batch.k.shape)
    if name == "HE":
        a, scale = np.where(real, 1.0, 0.0), df
    elif name == "SJ":
        first = _variance(batch, batch.k)
        a, scale = 1.0 / (v + first[:, None]), df
    else:
        a = 1.0 / v
        total = a.sum(axis=1)
        scale = total if name == "HS" else total - (a * a).sum(axis=1) / total
    return np.asarray(first / scale * np.sqrt(2.0 * _trace_of_square(a, safe_v + t[:, None])))


def _trace_of_square(a: Floats, s: Floats) -> Floats:
    """Return tr(P S P S) with P = A - A11'A / sum(A), A and S diagonal."""
    total = a.sum(axis=1)
    inner = (a * a * s).sum(axis=1) / total
    return np.asarray(
        (a * a * s * s).sum(axis=1) - 2.0 * (a**3 * s * s).sum(axis=1) / total + inner * inner
    )
