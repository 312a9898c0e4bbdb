"""From what a report prints (interval, SE, p, t, OR, SMD) to an effect with a standard error.

Scalars; ratios are handled on the log scale. It knows one comparison at a time; arms are put
together in ``arms``. Sources: Cochrane Handbook chapters 6 and 10, named at each function.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from scipy import special

from evidence.errors import StatisticsError

OFF_CENTRE_MAX = 0.05
LOGISTIC_SD = math.pi / math.sqrt(3)
COX_FACTOR = 1.65


def quantile(level: float = 0.95, df: float | None = None) -> float:
    """Return the half-width of a central interval in standard errors: normal, or Student's t."""
    p = 0.5 + level / 2
    return float(special.ndtri(p) if df is None else special.stdtrit(df, p))


def se_from_ci(low: float, high: float, *, level: float = 0.95, df: float | None = None) -> float:
    """Return the standard error behind an interval; give ratios on the log scale.

    Parameters
    ----------
    low, high : float
        Limits, in the effect's unit (ratios: logarithms).
    level : float
        Coverage.
    df : float, optional
        Degrees of freedom where the interval was made with Student's t.

    Examples
    --------
    >>> round(se_from_ci(-1.96, 1.96), 3)  # Cochrane Handbook, section 6.3.1
    1.0
    """
    if not high > low:
        raise StatisticsError(f"interval {low:g} to {high:g}: the upper limit must be the larger")
    return (high - low) / (2 * quantile(level, df))


def sd_from_ci(
    low: float, high: float, n: float, *, level: float = 0.95, df: float | None = None
) -> float:
    """Return the SD of one arm from the interval of its mean (Handbook, section 6.5.2.2)."""
    return sd_from_se(se_from_ci(low, high, level=level, df=df), n)


def sd_from_se(se: float, n: float) -> float:
    """Return the SD of one arm from the standard error of its mean (Handbook, section 6.5.2.2)."""
    return se * math.sqrt(n)


def pooled_sd_from_se(se: float, n1: float, n2: float) -> float:
    """Return the SD common to both arms from the SE of their difference (section 6.5.2.3)."""
    return se / math.sqrt(1 / n1 + 1 / n2)


def se_from_t(estimate: float, t: float) -> float:
    """Return the standard error behind a t (or z) statistic (section 6.5.2.3)."""
    if t == 0 or estimate == 0:
        raise StatisticsError("a t of 0, or an effect of 0, does not tell the standard error")
    return abs(estimate / t)


def se_from_p(estimate: float, p: float, df: float | None = None) -> float:
    """Return the standard error behind a two-sided p, exact to its printed digits.

    Parameters
    ----------
    estimate : float
        Effect (ratios: logarithm), not 0.
    p : float
        Two-sided, above 0 and below 1; "p < 0.05" is not a p.
    df : float, optional
        Degrees of freedom of a t test; None: a z test (sections 6.3.2 and 6.5.2.3).
    """
    if not 0 < p < 1:
        raise StatisticsError(f"p = {p:g} does not tell the standard error (allowed: 0 < p < 1)")
    t = -float(special.ndtri(p / 2) if df is None else special.stdtrit(df, p / 2))
    return se_from_t(estimate, t)


def off_centre(estimate: float, low: float, high: float) -> float:
    """Return how far an estimate is from the middle of its interval, as a share of the width."""
    if not high > low:
        raise StatisticsError(f"interval {low:g} to {high:g}: the upper limit must be the larger")
    return abs(estimate - (low + high) / 2) / (high - low)


@dataclass(frozen=True, slots=True)
class IntervalReading:
    """The standard error read from a printed interval; None, and why, where it gives none."""

    yi: float
    """Effect; ratios as logarithm."""
    se: float | None
    off_centre: float
    """Distance from the middle as a share of the width, on the scale of ``yi``."""
    reason: str | None


def read_interval(
    estimate: float,
    low: float,
    high: float,
    *,
    is_ratio: bool = False,
    df: float | None = None,
    off_centre_max: float = OFF_CENTRE_MAX,
) -> IntervalReading:
    """Return effect and standard error of a printed 95 % interval, unless it is asymmetric.

    Parameters
    ----------
    estimate, low, high : float
        As printed; for a ratio as ratio, all above 0.
    is_ratio : bool
        Whether to read it on the log scale.
    df : float, optional
        Degrees of freedom of Student's t.
    off_centre_max : float
        Share of the width beyond which the interval gives no standard error (docs/method.md, 4).
    """
    if is_ratio:
        if min(estimate, low, high) <= 0:
            raise StatisticsError(f"ratio {estimate:g} ({low:g} to {high:g}) must be above 0")
        estimate, low, high = math.log(estimate), math.log(low), math.log(high)
    off = off_centre(estimate, low, high)
    if off > off_centre_max:
        reason = f"estimate is {100 * off:.0f} % of the width off the interval's centre"
        return IntervalReading(estimate, None, off, reason)
    return IntervalReading(estimate, se_from_ci(low, high, df=df), off, None)


class LogOddsScale(StrEnum):
    """Which SD a logit is given when a log odds ratio becomes an SMD."""

    LOGISTIC = "logistic"
    """π/√3 (Hasselblad & Hedges 1995, Chinn 2000, doi:10.1002/1097-0258): Handbook, 10.6."""
    COX = "Cox"
    """1.65 (Cox & Snell 1989), for a normal outcome that was cut."""


_FACTORS = {LogOddsScale.LOGISTIC: LOGISTIC_SD, LogOddsScale.COX: COX_FACTOR}


def log_odds_ratio_from_smd(
    smd: float, variance: float, scale: LogOddsScale = LogOddsScale.LOGISTIC
) -> tuple[float, float]:
    """Return log odds ratio and variance from an SMD and its variance."""
    factor = _FACTORS[scale]
    return smd * factor, variance * factor * factor


def smd_from_log_odds_ratio(
    log_odds_ratio: float, variance: float, scale: LogOddsScale = LogOddsScale.LOGISTIC
) -> tuple[float, float]:
    """Return SMD and variance from a log odds ratio and its variance."""
    factor = _FACTORS[scale]
    return log_odds_ratio / factor, variance / (factor * factor)


def points_from_smd(smd: float, se: float, sd: float) -> tuple[float, float]:
    """Return a difference in points and its SE from an SMD: times the SD of a known scale.

    Handbook, section 15.5.3.2. The result is "about": the SD is borrowed.
    """
    return smd * sd, se * sd


def smd_from_points(difference: float, se: float, sd: float) -> tuple[float, float]:
    """Return an SMD and its SE from a difference in points of a scale with a known SD."""
    if not sd > 0:
        raise StatisticsError(f"SD {sd:g} must be above 0")
    return difference / sd, se / sd


def risk_from_odds_ratio(odds_ratio: float, comparator_risk: float) -> float:
    """Return the risk under the intervention (Handbook, section 15.4.4.4)."""
    return odds_ratio * comparator_risk / (1 - comparator_risk + odds_ratio * comparator_risk)


def risk_from_risk_ratio(risk_ratio: float, comparator_risk: float) -> float:
    """Return the risk under the intervention (section 15.4.4.3); above 1 where the two clash."""
    return risk_ratio * comparator_risk


def difference_per_1000(risk: float, comparator_risk: float) -> float:
    """Return how many more of 1,000 people have the event under the intervention."""
    return 1000 * (risk - comparator_risk)
