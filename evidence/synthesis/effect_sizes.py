"""One effect and its sampling variance a study, from what its arms report.

Every function takes arrays, one element a study, and returns ``(yi, vi)``: the effect,
intervention against comparator (ratios as natural logarithms), and its sampling variance. A value
that cannot be computed is NaN. It knows formulas; it must not know tables, pooling or claims.
Definitions follow R's metafor 3.8-1 (``escalc``), to which they are pinned in
``validation/metafor``; each function names its source.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from evidence.synthesis.batches import Floats

Effects = tuple[Floats, Floats]
ZERO_CELL_ADDITION = 0.5


def _floats(*values: ArrayLike) -> list[Floats]:
    return [np.asarray(value, dtype=float) for value in values]


def mean_difference(
    n1: ArrayLike, mean1: ArrayLike, sd1: ArrayLike, n2: ArrayLike, mean2: ArrayLike, sd2: ArrayLike
) -> Effects:
    """Return the difference of means, with a variance of its own in each arm.

    Parameters
    ----------
    n1, mean1, sd1 : array_like, shape (k,)
        People analysed, mean and standard deviation under the intervention, in the scale's unit.
    n2, mean2, sd2 : array_like, shape (k,)
        The same under the comparator.

    Notes
    -----
    Cochrane Handbook, section 10.3 (inverse variance); unequal variances are allowed.
    """
    n1, mean1, sd1, n2, mean2, sd2 = _floats(n1, mean1, sd1, n2, mean2, sd2)
    return mean1 - mean2, sd1 * sd1 / n1 + sd2 * sd2 / n2


def hedges_correction(df: ArrayLike) -> Floats:
    """Return Hedges's exact small-sample factor J(df); NaN for fewer than 2 degrees of freedom.

    Hedges 1981 (doi:10.3102/10769986006002107): gamma(m/2) / (sqrt(m/2) gamma((m-1)/2)).
    """
    m = np.asarray(df, dtype=float)
    safe = np.maximum(m, 2.0)
    log_j = special.gammaln(safe / 2) - 0.5 * np.log(safe / 2) - special.gammaln((safe - 1) / 2)
    return np.where(m > 1, np.exp(log_j), np.nan)


def standardized_mean_difference(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    variance: Literal["LS", "UB"] = "LS",
) -> Effects:
    """Return Hedges's g with the exact correction, in pooled standard deviations.

    Parameters
    ----------
    n1, mean1, sd1, n2, mean2, sd2 : array_like, shape (k,)
        As in :func:`mean_difference`.
    variance : {"LS", "UB"}
        "LS", the large-sample formula 1/n1 + 1/n2 + g²/(2N), or "UB", the unbiased one.

    Notes
    -----
    Hedges & Olkin 1985, chapter 5; Cochrane Handbook, section 6.5.1.2. The variance of g is
    Hedges 1982 (doi:10.1037/0033-2909.92.2.490) for "LS" and Hedges 1983 for "UB".
    """
    n1, mean1, sd1, n2, mean2, sd2 = _floats(n1, mean1, sd1, n2, mean2, sd2)
    df = n1 + n2 - 2
    pooled_sd = np.sqrt(((n1 - 1) * sd1 * sd1 + (n2 - 1) * sd2 * sd2) / df)
    return smd_from_d((mean1 - mean2) / pooled_sd, n1, n2, variance)


def smd_from_d(
    d: ArrayLike, n1: ArrayLike, n2: ArrayLike, variance: Literal["LS", "UB"] = "LS"
) -> Effects:
    """Return Hedges's g and its variance from Cohen's d (uncorrected) and the arms' sizes."""
    d, n1, n2 = _floats(d, n1, n2)
    df = n1 + n2 - 2
    g = hedges_correction(df) * d
    if variance == "LS":
        return g, 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2))
    j = hedges_correction(df)
    return g, 1 / n1 + 1 / n2 + (1 - (df - 2) / (df * j * j)) * g * g


def smd_from_t(t: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> Effects:
    """Return Hedges's g from Student's t of two independent arms (Handbook, section 6.5.2.3)."""
    t, n1, n2 = _floats(t, n1, n2)
    return smd_from_d(t * np.sqrt(1 / n1 + 1 / n2), n1, n2)


def ratio_of_means(
    n1: ArrayLike,
    mean1: ArrayLike,
    sd1: ArrayLike,
    n2: ArrayLike,
    mean2: ArrayLike,
    sd2: ArrayLike,
    *,
    is_bias_corrected: bool = False,
) -> Effects:
    """Return the log ratio of two means of one sign (Hedges, Gurevitch & Curtis 1999).

    Parameters
    ----------
    n1, mean1, sd1, n2, mean2, sd2 : array_like, shape (k,)
        As in :func:`mean_difference`.
    is_bias_corrected : bool
        Whether to add the second-order term of Lajeunesse 2015 (doi:10.1890/14-2402.1) to the
        effect, as metafor does by default since version 4.8; the tracker does not. The variance
        stays.
    """
    n1, mean1, sd1, n2, mean2, sd2 = _floats(n1, mean1, sd1, n2, mean2, sd2)
    with np.errstate(divide="ignore", invalid="ignore"):
        c1, c2 = sd1 * sd1 / (n1 * mean1 * mean1), sd2 * sd2 / (n2 * mean2 * mean2)
        ratio = mean1 / mean2
        yi = np.log(np.where(ratio > 0, ratio, np.nan))
    if not is_bias_corrected:
        return yi, c1 + c2
    return yi + 0.5 * (c1 - c2), c1 + c2


def half_where_zero(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, addition: float = 0.5
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return the cells a, b, c, d with ``addition`` in all four of a study that has a zero cell.

    Only a study that needs it is changed (Cochrane Handbook, section 10.4.4.2).
    """
    a, n1, c, n2 = _floats(events1, n1, events2, n2)
    b, d = n1 - a, n2 - c
    add = np.where((a == 0) | (b == 0) | (c == 0) | (d == 0), addition, 0.0)
    return a + add, b + add, c + add, d + add


def risk_ratio(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, addition: float = 0.5
) -> Effects:
    """Return the log risk ratio (Cochrane Handbook, section 6.4.1.1).

    Parameters
    ----------
    events1, n1, events2, n2 : array_like, shape (k,)
        People with the event and people analysed, under intervention and comparator.
    addition : float
        What a study with a zero cell gets in each cell; with 0 its effect is NaN.
    """
    a, b, c, d = half_where_zero(events1, n1, events2, n2, addition)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log((a / (a + b)) / (c / (c + d)))
        vi = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    return _finite(yi, vi)


def odds_ratio(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, addition: float = 0.5
) -> Effects:
    """Return the log odds ratio (Woolf); parameters as in :func:`risk_ratio`."""
    a, b, c, d = half_where_zero(events1, n1, events2, n2, addition)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi = np.log((a / b) / (c / d))
        vi = 1 / a + 1 / b + 1 / c + 1 / d
    return _finite(yi, vi)


def risk_difference(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, addition: float = 0.5
) -> Effects:
    """Return the risk difference (Handbook, section 6.4.1.3); parameters as :func:`risk_ratio`."""
    a, b, c, d = half_where_zero(events1, n1, events2, n2, addition)
    m1, m2 = a + b, c + d
    yi = a / m1 - c / m2
    return yi, a * b / m1**3 + c * d / m2**3


def peto_odds_ratio(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike
) -> Effects:
    """Return Peto's log odds ratio (O - E)/V with variance 1/V; NaN where V = 0.

    Yusuf et al. 1985 (doi:10.1016/S0033-0620(85)80003-7); Handbook, section 10.4.2. Zero cells
    need no addition; a study with no events, or only events, in both arms says nothing.
    """
    observed_less_expected, v = peto_terms(events1, n1, events2, n2)
    safe = np.where(v > 0, v, np.nan)
    return observed_less_expected / safe, 1 / safe


def peto_terms(events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike) -> Effects:
    """Return observed minus expected events under the intervention, and its variance V."""
    a, n1, c, n2 = _floats(events1, n1, events2, n2)
    total = n1 + n2
    events = a + c
    v = events * (total - events) * (n1 / total) * (n2 / total) / np.maximum(total - 1, 1)
    return a - events * n1 / total, v


def _half_proportion(events: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    x, n = _floats(events, n)
    add = np.where((x == 0) | (x == n), ZERO_CELL_ADDITION, 0.0)
    return x + add, n + 2 * add


def raw_proportion(events: ArrayLike, n: ArrayLike) -> Effects:
    """Return the proportion itself (½ added where it would be 0 or 1)."""
    x, n = _half_proportion(events, n)
    p = x / n
    return p, p * (1 - p) / n


def log_proportion(events: ArrayLike, n: ArrayLike) -> Effects:
    """Return the log proportion (½ added where it would be 0 or 1)."""
    x, n = _half_proportion(events, n)
    return np.log(x / n), 1 / x - 1 / n


def logit_proportion(events: ArrayLike, n: ArrayLike) -> Effects:
    """Return the logit of a proportion (½ added where it would be 0 or 1).

    Parameters
    ----------
    events, n : array_like, shape (k,)
        People with the event, and people, of one arm.
    """
    x, n = _half_proportion(events, n)
    return np.log(x / (n - x)), 1 / x + 1 / (n - x)


def arcsine_proportion(events: ArrayLike, n: ArrayLike) -> Effects:
    """Return the arcsine of the root of a proportion, in radians."""
    x, n = _floats(events, n)
    return np.arcsin(np.sqrt(x / n)), 1 / (4 * n)


def freeman_tukey_proportion(events: ArrayLike, n: ArrayLike) -> Effects:
    """Return the Freeman-Tukey double arcsine of a proportion, in radians.

    Freeman & Tukey 1950 (doi:10.1214/aoms/1177729756), halved as metafor does.
    """
    x, n = _floats(events, n)
    yi = 0.5 * (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1))))
    return yi, 1 / (4 * n + 2)


def proportion_from_freeman_tukey(yi: ArrayLike, n: ArrayLike) -> Floats:
    """Return the proportion behind a double arcsine (Miller 1978, doi:10.1080/00031305.1978.10479283).

    Parameters
    ----------
    yi : array_like
        Double arcsine, in radians, halved.
    n : array_like
        People; for a pooled value, the harmonic mean of the studies' sizes.
    """
    y, n = _floats(yi, n)
    at_zero = freeman_tukey_proportion(0.0, n)[0]
    at_one = freeman_tukey_proportion(n, n)[0]
    sine = np.sin(2 * y)
    with np.errstate(divide="ignore", invalid="ignore"):
        root = 1 - (sine + (sine - 1 / sine) / n) ** 2
    p = 0.5 * (1 - np.sign(np.cos(2 * y)) * np.sqrt(np.maximum(0.0, root)))
    p = np.where(y <= at_zero, 0.0, np.where(y >= at_one, 1.0, p))
    return np.where(np.isnan(y), np.nan, p)


def proportion_from_arcsine(yi: ArrayLike) -> Floats:
    """Return the proportion behind an arcsine root, in radians."""
    y = np.clip(np.asarray(yi, dtype=float), 0.0, np.pi / 2)
    return np.asarray(np.sin(y) ** 2)


def harmonic_mean(n: ArrayLike) -> float:
    """Return the harmonic mean of sample sizes, as the Freeman-Tukey back-transform wants it."""
    sizes = np.asarray(n, dtype=float)
    return float(sizes.size / (1 / sizes).sum())


def single_mean(n: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Effects:
    """Return the mean of one arm, in the scale's unit."""
    n, mean, sd = _floats(n, mean, sd)
    return mean + 0.0, sd * sd / n


def fisher_z(r: ArrayLike, n: ArrayLike) -> Effects:
    """Return Fisher's z of a correlation, with variance 1/(n - 3)."""
    r, n = _floats(r, n)
    return np.arctanh(r), 1 / (n - 3)


def _finite(yi: Floats, vi: Floats) -> Effects:
    """Return both as NaN where either is not finite: an effect without a weight is none."""
    good = np.isfinite(yi) & np.isfinite(vi)
    return np.where(good, yi, np.nan), np.where(good, vi, np.nan)
