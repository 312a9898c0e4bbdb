"""Mantel-Haenszel and Peto: pooling of two-by-two tables without their inverse variances.

Cochrane Handbook, sections 10.4.1 and 10.4.2. It knows counts; it must not know tables' columns.
No addition is made to zero cells for the pooled estimate: neither method needs it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Floats
from evidence.synthesis.effect_sizes import peto_terms
from evidence.vocabulary import EffectMeasure

Counts = tuple[Floats, Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class FixedPool:
    """A pooled estimate (ratios as logarithms) with its standard error and study weights."""

    estimate: float
    se: float
    weights: Floats
    """Not scaled; 0 for a study that says nothing."""


def mantel_haenszel(counts: Counts, measure: EffectMeasure) -> FixedPool:
    """Return the Mantel-Haenszel estimate of a log RR, log OR or RD.

    Parameters
    ----------
    counts : tuple of array, each shape (k,)
        Events and people under the intervention, events and people under the comparator.
    measure : EffectMeasure
        RR, OR or RD.

    Notes
    -----
    Variances: Robins, Breslow & Greenland 1986 (OR, doi:10.2307/2531052), Greenland & Robins 1985
    (RR, doi:10.2307/2530643), Sato 1989 (RD, doi:10.2307/2531516).
    """
    if measure is EffectMeasure.OR:
        return _mh_odds_ratio(counts)
    if measure is EffectMeasure.RR:
        return _mh_risk_ratio(counts)
    if measure is EffectMeasure.RD:
        return _mh_risk_difference(counts)
    raise StatisticsError(f"Mantel-Haenszel does not pool {measure.value} (allowed: RR, OR, RD)")


def _mh_odds_ratio(counts: Counts) -> FixedPool:
    a, n1, c, n2 = counts
    b, d, n = n1 - a, n2 - c, n1 + n2
    agree, disagree = a * d / n, b * c / n
    share, rest = (a + d) / n, (b + c) / n
    r, s = float(agree.sum()), float(disagree.sum())
    if r == 0 or s == 0:
        raise StatisticsError(
            "Mantel-Haenszel odds ratio: one side of every table is empty, the ratio is 0 or "
            "infinite (allowed: an event and a non-event in opposite arms)"
        )
    variance = 0.5 * (
        (share * agree).sum() / r**2
        + (share * disagree + rest * agree).sum() / (r * s)
        + (rest * disagree).sum() / s**2
    )
    return FixedPool(float(np.log(r / s)), float(np.sqrt(variance)), disagree)


def _mh_risk_ratio(counts: Counts) -> FixedPool:
    a, n1, c, n2 = counts
    n = n1 + n2
    r, s = float((a * n2 / n).sum()), float((c * n1 / n).sum())
    if r == 0 or s == 0:
        raise StatisticsError(
            "Mantel-Haenszel risk ratio: one arm has no event in any study, the ratio is 0 or "
            "infinite (allowed: an event in each arm of some study)"
        )
    variance = ((n1 / n) * (n2 / n) * (a + c) - a * c / n).sum() / (r * s)
    return FixedPool(float(np.log(r / s)), float(np.sqrt(variance)), c * n1 / n)


def _mh_risk_difference(counts: Counts) -> FixedPool:
    a, n1, c, n2 = counts
    n = n1 + n2
    weights = n1 * n2 / n
    total = weights.sum()
    estimate = float(((a * n2 - c * n1) / n).sum() / total)
    f1, f2 = n1 / n, n2 / n
    part = (c * f1**2 - a * f2**2 + f1 * f2 * (n2 - n1) / 2).sum()
    rest = (a * (n2 - c) / n + c * (n1 - a) / n).sum() / 2
    variance = (estimate * part + rest) / total**2
    if not variance > 0:
        raise StatisticsError(
            "Mantel-Haenszel risk difference: no event, or only events, in every study"
        )
    return FixedPool(estimate, float(np.sqrt(variance)), weights)


def cochran_mantel_haenszel(
    counts: Counts, *, is_continuity_corrected: bool = True
) -> tuple[float, float]:
    """Return the Mantel-Haenszel chi-squared (1 df) and its p.

    Mantel & Haenszel 1959 (doi:10.1093/jnci/22.4.719), with their continuity correction of ½.
    """
    a, n1, c, n2 = counts
    n = n1 + n2
    events = a + c
    variance = (n1 * n2 * events * (n - events) / (n**2 * np.maximum(n - 1, 1))).sum()
    if variance == 0:
        raise StatisticsError("Mantel-Haenszel test: no event, or only events, in every study")
    off = abs(float((a - n1 * events / n).sum())) - (0.5 if is_continuity_corrected else 0.0)
    chi2 = float(off**2 / variance)
    return chi2, float(special.chdtrc(1, chi2))


def peto(counts: Counts) -> FixedPool:
    """Return Peto's pooled log odds ratio: sum of O - E over the sum of V.

    Yusuf et al. 1985 (doi:10.1016/S0033-0620(85)80003-7). Counts as in :func:`mantel_haenszel`.
    """
    difference, v = peto_terms(*counts)
    total = float(v.sum())
    if total == 0:
        raise StatisticsError("Peto: no event, or only events, in every study")
    return FixedPool(float(difference.sum()) / total, float(np.sqrt(1 / total)), v)
