"""The effect of one study result, turned so that positive is favourable, on its stratum's unit.

Works by docs/method.md, section 4: the direction is the sign of the number, scales with known
ends become 0 to 100, an SMD times the reference SD is "about", ratios become percentage points at
the comparator's risk of the same study. Knows no question and no file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from evidence.judgements import size_band
from evidence.protocol import Band, Protocol
from evidence.synthesis.conversions import (
    read_interval,
    risk_from_odds_ratio,
    risk_from_risk_ratio,
)
from evidence.synthesis.effect_sizes import mean_difference, risk_difference
from evidence.synthesis.random_effects import Z_95
from evidence.vocabulary import (
    ComparatorClass,
    Direction,
    DirectionSource,
    EffectMeasure,
    HigherIs,
    OutcomeDomain,
    ReportedTest,
)

__all__ = [
    "PERCENTAGE_POINTS",
    "POINTS",
    "ResultEffect",
    "add_effects",
    "is_comparison",
    "result_effect",
    "scale_band",
]

POINTS = "points of 100"
PERCENTAGE_POINTS = "percentage points"
RATIOS = frozenset({EffectMeasure.RR, EffectMeasure.OR, EffectMeasure.HR, EffectMeasure.ROM})
DIFFERENCES = frozenset({EffectMeasure.MD, EffectMeasure.MEAN})
NO_COMPARISON = frozenset(
    {
        OutcomeDomain.PREVALENCE,
        OutcomeDomain.UTILIZATION,
        OutcomeDomain.RISK_ASSOCIATION,
        OutcomeDomain.RECOMMENDATION,
        OutcomeDomain.CERTAINTY_OF_EVIDENCE,
    }
)
HARMS = frozenset({OutcomeDomain.ADVERSE_EVENT, OutcomeDomain.SERIOUS_ADVERSE_EVENT})
DICHOTOMOUS = frozenset({OutcomeDomain.RESPONSE, OutcomeDomain.RECOVERY})


@dataclass(frozen=True, slots=True)
class ResultEffect:
    """What one row says in numbers; None where it does not say it."""

    effect: float | None = None
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    unit: str | None = None
    is_about: bool = False
    direction: Direction = Direction.NOT_REPORTED
    direction_source: DirectionSource = DirectionSource.NONE
    why_unusable: str | None = None

    @property
    def is_poolable(self) -> bool:
        """Return whether it has an effect and an SE."""
        return self.effect is not None and self.se is not None and self.why_unusable is None


def result_effect(row: Any, protocol: Protocol) -> ResultEffect:  # noqa: ANN401 - a table's row
    """Return effect and direction of one row of ``study_results`` (a named tuple).

    The row's estimate, limits, arms, scale and ``higher_is`` are read; the source's own test gives
    a direction only where no number does, and only for "favours" (docs/method.md, section 4).
    """
    if not is_comparison(row):
        return ResultEffect(why_unusable="no comparison of an intervention")
    sign = _sign(row.higher_is)
    sized = _sized(row, sign, protocol) if sign else ResultEffect()
    direction, source = _direction(row, sign, sized.effect)
    found = replace(sized, direction=direction, direction_source=source)
    if _test_disagrees(row, direction, source):
        return replace(
            found,
            direction=Direction.NOT_REPORTED,
            direction_source=DirectionSource.NONE,
            why_unusable="sign and the source's test disagree: waits for a person",
        )
    return found


def is_comparison(row: Any) -> bool:  # noqa: ANN401 - a table's row
    """Return whether a row compares an intervention, so that a direction means something.

    A prevalence, a share, an association and a rate of harm without a comparator have none.
    """
    if row.outcome_domain in NO_COMPARISON:
        return False
    is_alone = row.comparator_class in (None, str(ComparatorClass.NONE))
    return not (is_alone and row.outcome_domain in HARMS)


def _sign(higher_is: str | None) -> int:
    """Return 1 where more is better, -1 where more is worse, 0 where neither is."""
    return {HigherIs.BETTER: 1, HigherIs.WORSE: -1}.get(HigherIs(higher_is), 0) if higher_is else 0


def _number(value: object) -> float | None:
    """Return a cell as a float, None where it is missing."""
    if value is None or value is pd.NA:
        return None
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else number


def _sized(row: Any, sign: int, protocol: Protocol) -> ResultEffect:  # noqa: ANN401
    """Return the effect on its unit, without a direction."""
    measure = EffectMeasure(row.measure)
    if measure is EffectMeasure.SMD:
        return _from_smd(row, sign, protocol)
    if measure in DIFFERENCES:
        return _from_difference(row, sign, protocol)
    if row.outcome_domain in DICHOTOMOUS:
        return _from_risks(row, sign, measure, protocol)
    return ResultEffect(why_unusable="no size on a known scale")


def _from_difference(row: Any, sign: int, protocol: Protocol) -> ResultEffect:  # noqa: ANN401
    """Return a difference of means on 0 to 100."""
    low, high = _number(row.scale_min), _number(row.scale_max)
    if low is None or high is None or high <= low:
        return ResultEffect(why_unusable="the ends of the scale are not known")
    factor = sign * 100.0 / (high - low)
    estimate, se, limits, why = _difference(row, protocol)
    if estimate is None:
        return ResultEffect(why_unusable=why)
    return _turned(estimate, se, limits, factor, POINTS, why)


def _difference(
    row: Any,  # noqa: ANN401
    protocol: Protocol,
) -> tuple[float | None, float | None, tuple[float, float] | None, str | None]:
    """Return estimate, SE, limits of a difference of means on its own scale, and what lacks."""
    estimate = _number(row.estimate)
    limits = _limits(row)
    if estimate is not None and limits is not None:
        se, why = _interval_se(estimate, limits, protocol.number("effect.off_centre_max"))
        return estimate, se, limits, why
    arms = _arms(row)
    if arms is None:
        means = (_number(row.mean_intervention), _number(row.mean_comparator))
        if estimate is None and None not in means:
            estimate = means[0] - means[1]  # type: ignore[operator]
        return estimate, None, None, "no interval, no SE and no arms with SD"
    yi, vi = mean_difference(*arms)[:2]
    md, se = float(np.ravel(yi)[0]), math.sqrt(float(np.ravel(vi)[0]))
    smd_like = abs(md) / max(arms[2], arms[5])
    if smd_like > protocol.number("effect.smd_warn_above"):
        return md, None, None, "difference over 3 SD: an SE may have been read as SD"
    value = md if estimate is None else estimate
    return value, se, (value - Z_95 * se, value + Z_95 * se), None


def _arms(row: Any) -> tuple[float, float, float, float, float, float] | None:  # noqa: ANN401
    """Return n, mean, SD of both arms, None where one is missing or cannot be."""
    names = ("n_{}", "mean_{}", "sd_{}")
    cells = [
        _number(getattr(row, name.format(arm)))
        for arm in ("intervention", "comparator")
        for name in names
    ]
    if any(cell is None for cell in cells):
        return None
    n1, m1, sd1, n2, m2, sd2 = (float(cell) for cell in cells if cell is not None)
    if min(n1, n2) < 2 or min(sd1, sd2) <= 0:
        return None
    return n1, m1, sd1, n2, m2, sd2


def _limits(row: Any) -> tuple[float, float] | None:  # noqa: ANN401
    """Return the printed interval, None where a limit is missing or they are swapped."""
    low, high = _number(row.ci_low), _number(row.ci_high)
    return (low, high) if low is not None and high is not None and low <= high else None


def _interval_se(
    estimate: float, limits: tuple[float, float] | None, off_centre_max: float
) -> tuple[float | None, str | None]:
    """Return the SE behind a printed interval, or why it gives none."""
    if limits is None or limits[0] == limits[1]:
        return None, "no interval"
    reading = read_interval(estimate, *limits, off_centre_max=off_centre_max)
    return reading.se, reading.reason


def _from_smd(row: Any, sign: int, protocol: Protocol) -> ResultEffect:  # noqa: ANN401
    """Return an SMD as points of 100 by the reference SD: "about"."""
    estimate, limits = _number(row.estimate), _limits(row)
    sd = _reference_sd(row.outcome_domain, protocol)
    if estimate is None:
        return ResultEffect(why_unusable="no SMD printed")
    if sd is None:
        return ResultEffect(why_unusable="no reference SD for the outcome")
    se, why = _interval_se(estimate, limits, protocol.number("effect.off_centre_max"))
    found = _turned(estimate, se, limits, sign * sd, POINTS, why)
    return replace(found, is_about=True)


def _reference_sd(domain: str | None, protocol: Protocol) -> float | None:
    """Return the SD that turns an SMD into points of 100."""
    value = protocol.value("effect.reference_sd").get(str(domain))
    return None if value is None else float(value)


def _from_risks(
    row: Any,  # noqa: ANN401
    sign: int,
    measure: EffectMeasure,
    protocol: Protocol,
) -> ResultEffect:
    """Return a difference of risks in percentage points."""
    counts = _counts(row)
    if counts is not None and min(counts[1], counts[3]) > 0:
        e1, n1, e2, n2 = counts
        if e1 <= n1 and e2 <= n2:
            yi, vi = _risk_difference(e1, n1, e2, n2)
            se = math.sqrt(vi)
            return _turned(
                yi, se, (yi - Z_95 * se, yi + Z_95 * se), sign * 100.0, PERCENTAGE_POINTS, None
            )
    base = _comparator_percent(row)
    estimate, limits = _number(row.estimate), _limits(row)
    if measure is EffectMeasure.RD and estimate is not None:
        off = protocol.number("effect.off_centre_max")
        error, why = _interval_se(estimate, limits, off)
        return _turned(estimate, error, limits, float(sign), PERCENTAGE_POINTS, why)
    if measure not in (EffectMeasure.RR, EffectMeasure.OR):
        return _from_percentages(_number(row.percent_intervention), base, sign)
    if estimate is None or base is None:
        return ResultEffect(why_unusable="the comparator's risk is not known")
    return _ratio_to_points(estimate, limits, base, sign, measure)


def _counts(row: Any) -> tuple[float, float, float, float] | None:  # noqa: ANN401
    """Return events and n of both arms, None where one is missing."""
    cells = (row.events_intervention, row.n_intervention, row.events_comparator, row.n_comparator)
    known = [number for number in map(_number, cells) if number is not None]
    return (known[0], known[1], known[2], known[3]) if len(known) == len(cells) else None


def _comparator_percent(row: Any) -> float | None:  # noqa: ANN401
    """Return the comparator's risk in per cent as printed, else of its counts."""
    printed = _number(row.percent_comparator)
    events, n = _number(row.events_comparator), _number(row.n_comparator)
    if printed is not None or events is None or not n:
        return printed
    return 100.0 * events / n


def _from_percentages(one: float | None, other: float | None, sign: int) -> ResultEffect:
    """Return the difference of two percentages without counts: a size, but no SE."""
    if one is None or other is None:
        return ResultEffect(why_unusable="no risks")
    return ResultEffect(
        effect=sign * (one - other),
        unit=PERCENTAGE_POINTS,
        why_unusable="percentages without counts",
    )


def _risk_difference(e1: float, n1: float, e2: float, n2: float) -> tuple[float, float]:
    """Return the risk difference and its variance, half an event added only where one is zero."""
    if e1 in (0, n1) or e2 in (0, n2):
        p1, p2 = (e1 + 0.5) / (n1 + 1), (e2 + 0.5) / (n2 + 1)
        return e1 / n1 - e2 / n2, p1 * (1 - p1) / (n1 + 1) + p2 * (1 - p2) / (n2 + 1)
    yi, vi = risk_difference(e1, n1, e2, n2)[:2]
    return float(np.ravel(yi)[0]), float(np.ravel(vi)[0])


def _ratio_to_points(
    ratio: float,
    limits: tuple[float, float] | None,
    base_percent: float,
    sign: int,
    measure: EffectMeasure,
) -> ResultEffect:
    """Return RR or OR as percentage points at the comparator's risk (Cochrane Handbook 15.4)."""
    base = base_percent / 100
    risk = risk_from_risk_ratio if measure is EffectMeasure.RR else risk_from_odds_ratio

    def points(value: float) -> float:
        return 100 * (min(1.0, risk(value, base)) - base)

    centre = points(ratio)
    ends = None if limits is None else (points(limits[0]), points(limits[1]))
    # Symmetric on the log scale, an interval is never so in points: its width gives the SE.
    se, why = _interval_se(centre, ends, off_centre_max=1.0)
    return _turned(centre, se, ends, float(sign), PERCENTAGE_POINTS, why)


def _turned(
    estimate: float,
    se: float | None,
    limits: tuple[float, float] | None,
    factor: float,
    unit: str,
    why: str | None,
) -> ResultEffect:
    """Return figures times a factor, the limits in order."""
    low, high = (None, None) if limits is None else sorted(x * factor for x in limits)
    return ResultEffect(
        effect=estimate * factor + 0.0,
        se=None if se is None else se * abs(factor),
        ci_low=low,
        ci_high=high,
        unit=unit,
        why_unusable=why,
    )


def _direction(row: Any, sign: int, effect: float | None) -> tuple[Direction, DirectionSource]:  # noqa: ANN401
    """Return the side of the first number that the row has, else of the source's words."""
    if sign:
        for value, source in _signed_numbers(row, effect, sign):
            if value is not None:
                return _side(value), source
    if row.reported_test == ReportedTest.FAVOURS_INTERVENTION:
        return Direction.FAVOURS_INTERVENTION, DirectionSource.WORDS
    if row.reported_test == ReportedTest.FAVOURS_COMPARATOR:
        return Direction.FAVOURS_COMPARATOR, DirectionSource.WORDS
    return Direction.NOT_REPORTED, DirectionSource.NONE


def _signed_numbers(
    row: Any,  # noqa: ANN401
    effect: float | None,
    sign: int,
) -> list[tuple[float | None, DirectionSource]]:
    """Return the numbers that can carry a direction, in the order of the method."""
    is_ratio = EffectMeasure(row.measure) in RATIOS
    null = 1.0 if is_ratio else 0.0
    estimate, limits = _number(row.estimate), _limits(row)
    middle = None
    if limits is not None:
        inside = is_ratio and limits[0] > 0
        middle = math.sqrt(limits[0] * limits[1]) if inside else sum(limits) / 2

    def difference(first: object, second: object) -> float | None:
        a, b = _number(first), _number(second)
        return None if a is None or b is None else sign * (a - b)

    return [
        (None if estimate is None else sign * (estimate - null), DirectionSource.EFFECT),
        (None if middle is None else sign * (middle - null), DirectionSource.INTERVAL),
        (difference(row.mean_intervention, row.mean_comparator), DirectionSource.MEANS),
        (difference(row.percent_intervention, row.percent_comparator), DirectionSource.PERCENTAGES),
        (_event_difference(row, sign), DirectionSource.EVENTS),
        (effect, DirectionSource.EFFECT),
    ]


def _event_difference(row: Any, sign: int) -> float | None:  # noqa: ANN401
    """Return the difference of the events' shares, None where a count or n is missing."""
    counts = _counts(row)
    if counts is None or not counts[1] or not counts[3]:
        return None
    return sign * (counts[0] / counts[1] - counts[2] / counts[3])


def _side(value: float) -> Direction:
    """Return the side of a favourable-positive number."""
    if value == 0:
        return Direction.NULL
    return Direction.FAVOURS_INTERVENTION if value > 0 else Direction.FAVOURS_COMPARATOR


def _test_disagrees(row: Any, direction: Direction, source: DirectionSource) -> bool:  # noqa: ANN401
    """Return whether a significant test says the other side than the number."""
    if source in (DirectionSource.WORDS, DirectionSource.NONE):
        return False
    opposite = {
        ReportedTest.FAVOURS_INTERVENTION: Direction.FAVOURS_COMPARATOR,
        ReportedTest.FAVOURS_COMPARATOR: Direction.FAVOURS_INTERVENTION,
    }
    return row.reported_test in opposite and opposite[ReportedTest(row.reported_test)] is direction


def scale_band(domain: OutcomeDomain, scales: set[str], is_about: bool, protocol: Protocol) -> Band:
    """Return the size bands of a stratum on the unit that it is printed in.

    An RMDQ-only stratum keeps the RMDQ's own bands, and an SMD the SMD's, each turned into points
    of 100, so that one axis carries all (docs/method.md, section 4).
    """
    if domain in DICHOTOMOUS:
        return protocol.band("percentage_points")
    if is_about:
        sd = _reference_sd(str(domain), protocol) or 1.0
        return _scaled(protocol.band("SMD"), sd)
    if scales == {"RMDQ"}:
        return _scaled(protocol.band("RMDQ"), 100.0 / 24.0)
    return protocol.band("points_0_100")


def _scaled(band: Band, factor: float) -> Band:
    """Return a band in points of 100."""
    return replace(
        band,
        small=band.small * factor,
        moderate=band.moderate * factor,
        large=band.large * factor,
        mid=band.mid * factor,
    )


def add_effects(results: pd.DataFrame, protocol: Protocol) -> pd.DataFrame:
    """Return ``study_results`` with effect, direction and usability filled, row by row."""
    found = [result_effect(row, protocol) for row in results.itertuples(index=False)]
    out = results.copy()
    out["effect"] = [f.effect for f in found]
    out["effect_se"] = [f.se for f in found]
    out["effect_ci_low"] = [f.ci_low for f in found]
    out["effect_ci_high"] = [f.ci_high for f in found]
    out["effect_unit"] = [f.unit for f in found]
    out["is_about"] = [f.is_about for f in found]
    out["effect_0_100"] = [f.effect if f.unit == POINTS else None for f in found]
    out["direction"] = [str(f.direction) for f in found]
    out["direction_source"] = [str(f.direction_source) for f in found]
    out["usable_for_pooling"] = [f.is_poolable for f in found]
    out["why_unusable"] = [f.why_unusable for f in found]
    out["size_band"] = [
        _size(row, effect, protocol)
        for row, effect in zip(results.itertuples(index=False), found, strict=True)
    ]
    return out


def _size(row: Any, found: ResultEffect, protocol: Protocol) -> str | None:  # noqa: ANN401
    """Return the size band of one result's effect, None where its size is not known."""
    if found.effect is None:
        return None
    band = scale_band(OutcomeDomain(row.outcome_domain), {row.scale}, found.is_about, protocol)
    return str(size_band(found.effect, band))
