"""Mean and SD from medians, quartiles and ranges, where a skewness check lets them pass.

Cochrane Handbook section 6.5.2.5. It knows five numbers and n of one arm; whether a converted
value may be used is decided elsewhere. Scalars in the scale's unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from scipy import special

from evidence.errors import Fault, StatisticsError

FEWEST_PEOPLE = 5


class MeanMethod(StrEnum):
    """How a mean is estimated."""

    LUO = "Luo 2018"
    """doi:10.1177/0962280216669183: weights that depend on n; the default."""
    WAN = "Wan 2014"
    """doi:10.1186/1471-2288-14-135."""


class SdMethod(StrEnum):
    """How an SD is estimated."""

    WAN_SHI = "Wan 2014, Shi 2020"
    """Wan's normal quantiles; with range and quartiles Shi's weights (doi:10.1002/jrsm.1429)."""
    WAN = "Wan 2014"
    """Wan's normal quantiles throughout."""
    WAN_TABLE = "Wan 2014, tables"
    """Wan's tables of expected order statistics, to three decimals, as R's meta reads them."""
    COCHRANE = "Cochrane Handbook 6.5.2.5"
    """Interquartile range over 1.35."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Median of one arm with its range, its quartiles, or both."""

    n: int
    median: float
    low: float | None = None
    q1: float | None = None
    q3: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse numbers out of order, half a pair, or too few people, all at once."""
        faults = []
        if (self.low is None) != (self.high is None):
            faults.append(Fault("quantiles", "low, high", "one of a pair", "both or neither"))
        if (self.q1 is None) != (self.q3 is None):
            faults.append(Fault("quantiles", "q1, q3", "one of a pair", "both or neither"))
        if self.low is None and self.q1 is None:
            faults.append(Fault("quantiles", "low, q1", "nothing beside the median", "one pair"))
        if self.n < FEWEST_PEOPLE:
            faults.append(Fault("quantiles", "n", f"is {self.n}", f"{FEWEST_PEOPLE} or more"))
        known = [x for x in (self.low, self.q1, self.median, self.q3, self.high) if x is not None]
        if not all(math.isfinite(x) for x in known) or known != sorted(known):
            faults.append(
                Fault("quantiles", "values", f"{known}", "low <= q1 <= median <= q3 <= high")
            )
        elif known[0] == known[-1]:
            faults.append(Fault("quantiles", "values", "all are equal", "a spread above 0"))
        if faults:
            raise StatisticsError("\n".join(str(fault) for fault in faults))

    @property
    def range(self) -> tuple[float, float] | None:
        """Return lowest and highest value."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def quartiles(self) -> tuple[float, float] | None:
        """Return first and third quartile."""
        return None if self.q1 is None or self.q3 is None else (self.q1, self.q3)


@dataclass(frozen=True, slots=True)
class SkewnessCheck:
    """Shi's test that the data are far from symmetric, at 5 %."""

    statistic: float
    critical: float

    @property
    def is_skewed(self) -> bool:
        """Whether a mean and SD should not be made of these numbers."""
        return self.statistic >= self.critical


@dataclass(frozen=True, slots=True)
class MeanAndSd:
    """A mean and SD estimated from quantiles."""

    mean: float
    sd: float
    check: SkewnessCheck


def _off(pair: tuple[float, float], median: float) -> float:
    width = pair[1] - pair[0]
    return abs(pair[0] + pair[1] - 2 * median) / width if width > 0 else 0.0


def check_skewness(given: Quantiles) -> SkewnessCheck:
    """Return Shi's skewness check (2023, doi:10.1186/s12874-023-02003-y)."""
    n, m = given.n, given.median
    if given.range and given.quartiles:
        scaled = 2.65 * math.log(0.6 * n) / math.sqrt(n) * _off(given.range, m)
        return SkewnessCheck(max(scaled, _off(given.quartiles, m)), 3 / math.sqrt(n) - 40 / n**3)
    if given.range:
        return SkewnessCheck(_off(given.range, m), 1 / math.log(n + 9) + 2.5 / (n + 1))
    quartiles = given.quartiles or (m, m)
    return SkewnessCheck(_off(quartiles, m), 2.65 / math.sqrt(n) - 6 / n**2)


def mean_from_quantiles(given: Quantiles, method: MeanMethod = MeanMethod.LUO) -> float:
    """Return the estimated mean of one arm."""
    n, m = float(given.n), given.median
    middle = sum(given.range) / 2 if given.range else m
    inner = sum(given.quartiles) / 2 if given.quartiles else m
    if method is MeanMethod.LUO:
        if given.range and given.quartiles:
            w1, w2 = 2.2 / (2.2 + float(n**0.75)), 0.7 - 0.72 / float(n**0.55)
            return w1 * middle + w2 * inner + (1 - w1 - w2) * m
        w = 4 / (4 + float(n**0.75)) if given.range else 0.7 + 0.39 / n
        return w * (middle if given.range else inner) + (1 - w) * m
    if given.range and given.quartiles:
        return (middle + 2 * inner + m) / 4
    return (middle + m) / 2 if given.range else (2 * inner + m) / 3


def sd_from_quantiles(given: Quantiles, method: SdMethod = SdMethod.WAN_SHI) -> float:
    """Return the estimated SD of one arm."""
    spreads = []
    if given.range:
        spreads.append((given.range[1] - given.range[0]) / _range_constant(given.n, method))
    if given.quartiles:
        width = given.quartiles[1] - given.quartiles[0]
        if method is SdMethod.COCHRANE:
            return width / 1.35
        spreads.append(width / _quartile_constant(given.n, method))
    if method is SdMethod.COCHRANE:
        raise StatisticsError("the Handbook's factor needs quartiles, not a range")
    if len(spreads) == 1:
        return spreads[0]
    w = 1 / (1 + 0.07 * given.n**0.6) if method is SdMethod.WAN_SHI else 0.5
    return w * spreads[0] + (1 - w) * spreads[1]


def _range_constant(n: int, method: SdMethod) -> float:
    """Return the expected range of n standard normal values."""
    if method is SdMethod.WAN_TABLE and n <= 50:
        return round(2 * expected_order_statistic(n, n), 3)
    return 2 * float(special.ndtri((n - 0.375) / (n + 0.25)))


def _quartile_constant(n: int, method: SdMethod) -> float:
    """Return the expected interquartile range of n standard normal values."""
    if method is SdMethod.WAN_TABLE and n <= 201:
        q = math.ceil(0.25 * (n - 1))
        return round(2 * expected_order_statistic(3 * q + 1, 4 * q + 1), 3)
    return 2 * float(special.ndtri((0.75 * n - 0.125) / (n + 0.25)))


@lru_cache(maxsize=512)
def expected_order_statistic(rank: int, n: int) -> float:
    """Return the expected value of the rank-th smallest of n standard normal values.

    >>> round(2 * expected_order_statistic(30, 30), 3)  # Wan 2014, table 1
    4.086
    """
    z = np.linspace(-12.0, 12.0, 24_001)
    log_density = (
        (rank - 1) * special.log_ndtr(z)
        + (n - rank) * special.log_ndtr(-z)
        - 0.5 * z * z
        - 0.5 * math.log(2 * math.pi)
        + special.gammaln(n + 1)
        - special.gammaln(rank)
        - special.gammaln(n - rank + 1)
    )
    return float(np.trapezoid(z * np.exp(log_density), z))


def mean_and_sd(
    given: Quantiles, mean: MeanMethod = MeanMethod.LUO, sd: SdMethod = SdMethod.WAN_SHI
) -> MeanAndSd:
    """Return mean, SD and the skewness check of one arm; the caller heeds the check.

    Parameters
    ----------
    given : Quantiles
        Median with range, quartiles or both, in the scale's unit, and n.
    mean, sd : MeanMethod, SdMethod
        Which estimators.
    """
    return MeanAndSd(
        mean_from_quantiles(given, mean), sd_from_quantiles(given, sd), check_skewness(given)
    )
