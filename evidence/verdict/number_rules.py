"""Rules for an asserted number: point, upper, lower, majority, all ages (docs/method.md, section 10).

Pure over figures and bound; only the same period and ages take part, a range without an estimate
never does. This module must not pool, rate certainty or write sentences.
"""

from __future__ import annotations

from collections.abc import Sequence

from evidence.judgements import ClaimQuestion, NumberEvidence
from evidence.protocol import Protocol
from evidence.verdict.decide import Decision
from evidence.verdict.words import listed
from evidence.vocabulary import AgeBand, Bound, SampleKind, VerdictWord

__all__ = [
    "AGES",
    "AGE_WORDS",
    "comparable",
    "decide_all_ages",
    "decide_majority",
    "decide_number",
    "deciding_number",
    "high_of",
    "is_single_site",
    "low_of",
]

W = VerdictWord
AGES = (AgeBand.CHILDREN, AgeBand.ADULTS, AgeBand.OLDER)
AGE_WORDS = {
    AgeBand.CHILDREN: "children and adolescents",
    AgeBand.ADULTS: "adults of working age",
    AgeBand.OLDER: "older people",
}
NOTHING = Decision(W.NO_ELIGIBLE, ("No eligible figure for this denominator.",))


def comparable(claim: ClaimQuestion, numbers: Sequence[NumberEvidence]) -> list[NumberEvidence]:
    """Return the figures of the claim's period and ages that have an estimate.

    Adults and children are kept apart: a claim that names no age is answered by adults or by all.
    """
    ages = {claim.age_band} if claim.age_band else {None, AgeBand.ALL, AgeBand.ADULTS}
    return [
        n
        for n in numbers
        if n.estimate is not None
        and not n.is_range_only
        and (claim.period is None or n.period == claim.period)
        and n.age_band in ages
    ]


def low_of(number: NumberEvidence) -> float:
    """Return the lower limit, or the estimate where none is printed."""
    return number.ci_low if number.ci_low is not None else number.estimate or 0.0


def high_of(number: NumberEvidence) -> float:
    """Return the upper limit, or the estimate where none is printed."""
    return number.ci_high if number.ci_high is not None else number.estimate or 0.0


def is_single_site(number: NumberEvidence) -> bool:
    """Return whether a figure is from one clinic or its customers."""
    return number.sample_kind is SampleKind.SINGLE_SITE


def deciding_number(numbers: Sequence[NumberEvidence]) -> NumberEvidence | None:
    """Return the figure that answers: the index review's, a pooled one, else the only one."""
    for wanted in ("is_index_review", "is_pooled"):
        chosen = [n for n in numbers if getattr(n, wanted)]
        if chosen:
            return max(chosen, key=lambda n: (n.n_participants or 0, n.result_id))
    return numbers[0] if len(numbers) == 1 else None


def decide_number(
    bound: Bound, value: float, numbers: Sequence[NumberEvidence], protocol: Protocol
) -> Decision:
    """Return whether an asserted number stands against comparable figures."""
    if not numbers:
        return NOTHING
    if bound is Bound.UPPER:
        decision = _upper(value, numbers, protocol)
    elif bound is Bound.MAJORITY:
        decision = decide_majority(numbers, protocol)
    elif bound is Bound.LOWER:
        decision = _lower(value, numbers, protocol)
    else:
        decision = _point(value, numbers, protocol)
    return _cap_single_site(decision, numbers)


def _cap_single_site(decision: Decision, numbers: Sequence[NumberEvidence]) -> Decision:
    """Return the decision, at most with limits where only single clinics were asked."""
    if decision.word is W.SUPPORTED and all(is_single_site(n) for n in numbers):
        rule = "Only a single clinic's or customers' survey: at most Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (*decision.rules, rule))
    return decision


def _upper(value: float, numbers: Sequence[NumberEvidence], protocol: Protocol) -> Decision:
    """Judge "as much as X" by whether population samples of two countries reach it."""
    samples = [n for n in numbers if not is_single_site(n)]
    reach = [n for n in samples if high_of(n) >= value]
    if not reach:
        if samples:
            rule = "No population sample's upper limit reaches the number: Overstated."
            return Decision(W.OVERSTATED, (rule,))
        return Decision(W.INSUFFICIENT, ("Only single clinics were asked about it.",))
    regions = {n.region for n in reach if n.region}
    below = [n for n in samples if high_of(n) < value and n.region not in regions]
    if len(regions) < protocol.whole("numbers.countries_min"):
        rule = "Population samples of one country reach it: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    if below:
        rule = "Reached in some countries, wholly below in another region: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    rule = "Population samples of two or more countries reach it: Supported."
    return Decision(W.SUPPORTED, (rule,))


def _point(value: float, numbers: Sequence[NumberEvidence], protocol: Protocol) -> Decision:
    """Judge a plain number: inside the interval, inside what single studies span, or outside."""
    decider = deciding_number(numbers)
    if decider is not None and low_of(decider) <= value <= high_of(decider):
        return Decision(W.SUPPORTED, ("The number lies in the interval: Supported.",))
    low, high = _span(decider, numbers, protocol)
    if low <= value <= high:
        rule = "The number lies in the prediction interval or the range of single studies"
        return Decision(W.SUPPORTED_WITH_LIMITS, (f"{rule}: Supported with limits.",))
    top = high_of(decider) if decider is not None else high
    word = W.OVERSTATED if value > top else W.UNDERSTATED
    return Decision(word, (f"The number lies outside what was found: {word}.",))


def _lower(value: float, numbers: Sequence[NumberEvidence], protocol: Protocol) -> Decision:
    """Judge "at least X", as the mirror of a plain number: more than X does not contradict it."""
    decider = deciding_number(numbers)
    if decider is not None and low_of(decider) >= value:
        return Decision(W.SUPPORTED, ("The whole interval lies at or above it: Supported.",))
    if decider is None and all(low_of(n) >= value for n in numbers):
        return Decision(W.SUPPORTED, ("Every figure lies at or above it: Supported.",))
    tops = [high_of(decider)] if decider is not None else []
    if value <= max([*tops, _span(decider, numbers, protocol)[1]]):
        rule = "The interval, or some studies, reach it: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    return Decision(W.OVERSTATED, ("Everything found lies below it: Overstated.",))


def _span(
    decider: NumberEvidence | None, numbers: Sequence[NumberEvidence], protocol: Protocol
) -> tuple[float, float]:
    """Return the range of all estimates and, from 5 studies, the prediction interval as one."""
    ends = [n.estimate for n in numbers if n.estimate is not None]
    if decider is not None and decider.prediction_low is not None:
        enough = (decider.k or 0) >= protocol.whole("numbers.prediction_from_k")
        if enough and decider.prediction_high is not None:
            ends += [decider.prediction_low, decider.prediction_high]
    return min(ends), max(ends)


def decide_majority(numbers: Sequence[NumberEvidence], protocol: Protocol) -> Decision:
    """Judge "most, typically": the lower limit above one half, the upper below it, or neither."""
    half = protocol.number("numbers.majority_percent")
    decider = deciding_number(numbers)
    chosen = [decider] if decider is not None else list(numbers)
    above = [n for n in chosen if low_of(n) > half]
    below = [n for n in chosen if high_of(n) < half]
    if not chosen:
        return NOTHING
    if above and below:
        return Decision(W.CONFLICTING, ("Surveys lie on both sides of one half: Conflicting.",))
    if len(above) == len(chosen):
        return Decision(W.SUPPORTED, ("The lower limit is above one half: Supported.",))
    if len(below) == len(chosen):
        return Decision(W.CONTRADICTED, ("The upper limit is below one half: Contradicted.",))
    return Decision(W.INSUFFICIENT, ("The interval spans one half: Insufficient evidence.",))


def decide_all_ages(numbers: Sequence[NumberEvidence], protocol: Protocol) -> Decision:
    """Judge "people of all ages": an estimate with a lower limit above 5 % for each age band."""
    least = protocol.number("utilization.age_lower_bound_min_percent")
    usable = [n for n in numbers if n.estimate is not None and not n.is_range_only]
    shown = {age: [n for n in usable if n.age_band is age] for age in AGES}
    if not any(shown.values()):
        return NOTHING
    met = [age for age in AGES if any(low_of(n) > least for n in shown[age])]
    missing = [AGE_WORDS[age] for age in AGES if age not in met]
    if not met:
        rule = "No age band has a lower limit above the least share: Insufficient evidence."
        return Decision(W.INSUFFICIENT, (rule,))
    if missing:
        rule = f"Not shown for {listed(missing, 'and')}: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    return _cap_single_site(
        Decision(W.SUPPORTED, ("Shown in every age band: Supported.",)),
        [n for age in AGES for n in shown[age]],
    )
