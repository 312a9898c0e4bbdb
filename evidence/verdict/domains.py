"""Judge each domain of certainty: rules R1 to R5 (docs/method.md, section 7).

A function a rule; each gives its judgement with inputs, rule id and a sentence. This module must
not know ceilings, the claim's strength or the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from evidence.judgements import DomainRating, StratumEvidence, StudyEffect
from evidence.protocol import Protocol
from evidence.verdict.levels import note
from evidence.vocabulary import (
    Certainty,
    CertaintyDomain,
    ClaimKind,
    Direction,
    Match,
    RiskOfBias,
    SizeBand,
    SynthesisMethod,
)

__all__ = [
    "has_direction",
    "is_count",
    "optimal_information_size",
    "people_of",
    "rate_imprecision",
    "rate_inconsistency",
    "rate_indirectness",
    "rate_reporting",
    "rate_risk_of_bias",
    "reused_inconsistency",
    "reused_reporting",
    "reused_risk_of_bias",
    "size_band",
    "unassessed_percent",
]

BIAS = CertaintyDomain.RISK_OF_BIAS
SPREAD = CertaintyDomain.INCONSISTENCY
DIRECTNESS = CertaintyDomain.INDIRECTNESS
PRECISION = CertaintyDomain.IMPRECISION
REPORTING = CertaintyDomain.PUBLICATION_BIAS
NEARLY_ALL = 99.95
"""Per cent of the weight above which nothing is left without the rest (rounding of weights)."""


def has_direction(study: StudyEffect) -> bool:
    """Return whether a study says which side it is on."""
    return study.direction is not Direction.NOT_REPORTED


def is_count(evidence: StratumEvidence) -> bool:
    """Return whether the stratum rests on counted directions."""
    return evidence.pooled is None


def size_band(estimate: float, evidence: StratumEvidence) -> SizeBand:
    """Return the size band of an estimate, whichever its sign."""
    size, band = abs(estimate), evidence.band
    if size >= band.large:
        return SizeBand.LARGE
    if size >= band.moderate:
        return SizeBand.MODERATE
    return SizeBand.SMALL if size >= band.small else SizeBand.TRIVIAL


def weighted(evidence: StratumEvidence) -> list[tuple[StudyEffect, float]]:
    """Return the studies that carry the result with their weights, in per cent of all.

    Pooling weights where there are any; else one vote a study, as directions are counted.
    """
    carrying = [m for m in evidence.members if has_direction(m)]
    pooled = [(m, m.weight_percent) for m in carrying if m.weight_percent is not None]
    pairs = [(m, float(w)) for m, w in pooled if w is not None] if evidence.pooled else []
    if not pairs and evidence.pooled is not None:
        pairs = [(m, 1.0) for m in carrying if m.effect is not None]
    if not pairs:
        pairs = [(m, 1.0) for m in carrying]
    total = sum(weight for _, weight in pairs)
    return [(m, 100 * weight / total) for m, weight in pairs] if total > 0 else []


def bias_of(study: StudyEffect) -> RiskOfBias:
    """Return a study's risk of bias; an unblinded patient-reported outcome is never low."""
    if study.risk_of_bias is RiskOfBias.LOW and not study.is_low_risk_possible:
        return RiskOfBias.SOME_CONCERNS
    return study.risk_of_bias


def percent_of(evidence: StratumEvidence, judgement: RiskOfBias) -> float:
    """Return the per cent of the weight at one judgement of risk of bias."""
    return sum(weight for m, weight in weighted(evidence) if bias_of(m) is judgement)


def unassessed_percent(evidence: StratumEvidence) -> float:
    """Return the per cent of the weight whose risk of bias nobody has judged."""
    return percent_of(evidence, RiskOfBias.NOT_ASSESSED)


def rate_risk_of_bias(evidence: StratumEvidence, protocol: Protocol) -> DomainRating:
    """Return R1: −1 under 75 % low risk; −2 where high-risk studies decide the size [Pollock 2016]."""
    low = percent_of(evidence, RiskOfBias.LOW)
    high = percent_of(evidence, RiskOfBias.HIGH)
    unassessed = unassessed_percent(evidence)
    without = evidence.pooled.without_high_risk_effect if evidence.pooled else None
    inputs = {
        "low_risk_percent": round(low, 1),
        "high_risk_percent": round(high, 1),
        "not_assessed_percent": round(unassessed, 1),
        "without_high_risk_effect": without,
    }
    if unassessed > protocol.number("certainty.r1_unassessed_max_percent"):
        reason = f"risk of bias is not assessed for {unassessed:.0f} % of the weight"
        return note(BIAS, 1, "R1-unassessed", reason, **inputs)
    much = protocol.number("certainty.r1_high_weight_min_percent")
    if evidence.pooled is not None and high >= much and _leans_on_high(evidence, high, without):
        reason = f"studies at high risk hold {high:.0f} % of the weight and decide its size"
        return note(BIAS, 2, "R1-high", reason, **inputs)
    if low < protocol.number("certainty.r1_low_weight_min_percent"):
        reason = f"studies at low risk hold only {low:.0f} % of the weight"
        return note(BIAS, 1, "R1-low-share", reason, **inputs)
    return note(BIAS, 0, "R1-none", f"studies at low risk hold {low:.0f} % of the weight", **inputs)


def _leans_on_high(evidence: StratumEvidence, high: float, without: float | None) -> bool:
    """Return whether the size band would change, or nothing be left, without high-risk studies."""
    assert evidence.pooled is not None
    if without is None:
        return high >= NEARLY_ALL
    if (without < 0) != (evidence.pooled.estimate < 0):
        return True
    return size_band(without, evidence) is not size_band(evidence.pooled.estimate, evidence)


def rate_inconsistency(evidence: StratumEvidence, protocol: Protocol) -> DomainRating:
    """Return R2: the worst of its signs, never their sum."""
    if evidence.pooled is None:
        return _count_inconsistency(evidence, protocol)
    signs = [
        _spread(evidence, protocol),
        _prediction(evidence, protocol),
        _disagreeing_words(evidence, protocol),
    ]
    worst = max(signs, key=lambda sign: sign[0])
    pooled = evidence.pooled
    return note(
        SPREAD,
        worst[0],
        worst[1],
        worst[2],
        k=pooled.k,
        i2=pooled.i2,
        prediction_low=pooled.prediction_low,
        prediction_high=pooled.prediction_high,
        n_opposite=_n_opposite(evidence),
    )


def _with_numbers(evidence: StratumEvidence) -> list[StudyEffect]:
    """Return the studies whose effect stands in the pool."""
    return [m for m in evidence.members if m.effect is not None and _is_pooled(m)]


def _is_pooled(study: StudyEffect) -> bool:
    """Return whether a study carries weight in the pool."""
    return study.weight_percent is not None or study.se is not None


def _n_opposite(evidence: StratumEvidence) -> int:
    """Return how many pooled studies lie on the side with fewer."""
    signs = [m.effect for m in _with_numbers(evidence) if m.effect]
    positive = sum(effect > 0 for effect in signs)
    return min(positive, len(signs) - positive)


def _spread(evidence: StratumEvidence, protocol: Protocol) -> tuple[int, str, str]:
    """Return the judgement by I² from three studies, by separate intervals below."""
    pooled = evidence.pooled
    assert pooled is not None
    opposite = _n_opposite(evidence) > 0
    if pooled.k is None or pooled.k < protocol.whole("pooling.i2_from_k"):
        if _are_apart(_with_numbers(evidence)):
            return 2, "R2-apart", "two studies point opposite ways and their intervals are apart"
        return 0, "R2-few", "too few studies to judge spread, none contradict each other"
    if pooled.i2 is None:
        return 0, "R2-i2-unknown", "I² is not known"
    much = pooled.i2 > protocol.number("certainty.r2_i2_much_percent")
    some = pooled.i2 >= protocol.number("certainty.r2_i2_some_percent")
    words = f"I² is {pooled.i2:.0f} %"
    if much and opposite:
        return 2, "R2-i2-opposite", f"{words} and studies point opposite ways"
    if much:
        return 1, "R2-i2-much", f"{words}, all studies on one side"
    if some and opposite:
        return 1, "R2-i2-some", f"{words} and studies point opposite ways"
    return 0, "R2-none", f"{words}, which the rule accepts"


def _are_apart(studies: list[StudyEffect]) -> bool:
    """Return whether two studies lie on opposite sides with intervals that do not overlap."""
    for one in studies:
        for other in studies:
            if one.effect is None or other.effect is None or not one.effect < 0 < other.effect:
                continue
            if one.ci_high is not None and other.ci_low is not None and one.ci_high < other.ci_low:
                return True
    return False


def _prediction(evidence: StratumEvidence, protocol: Protocol) -> tuple[int, str, str]:
    """Return −1 where the prediction interval crosses 0 and the confidence interval does not."""
    pooled = evidence.pooled
    assert pooled is not None
    low, high = pooled.prediction_low, pooled.prediction_high
    enough = pooled.k is not None and pooled.k >= protocol.whole("certainty.r2_prediction_from_k")
    if not enough or low is None or high is None:
        return 0, "R2-none", "no prediction interval to judge by"
    clear = pooled.ci_low > 0 or pooled.ci_high < 0
    if clear and low <= 0 <= high:
        reason = "the prediction interval includes no difference, the confidence interval does not"
        return 1, "R2-prediction", reason
    return 0, "R2-none", "the prediction interval agrees with the confidence interval"


def _disagreeing_words(evidence: StratumEvidence, protocol: Protocol) -> tuple[int, str, str]:
    """Return −1 where half or more of the trials known by direction only disagree with the pool."""
    pooled = evidence.pooled
    assert pooled is not None
    silent = [m for m in evidence.members if has_direction(m) and not _is_pooled(m)]
    if not silent or evidence.method is SynthesisMethod.REUSED_REVIEW:
        return 0, "R2-none", "no trial is known by its direction only"
    side = Direction.FAVOURS_INTERVENTION if pooled.estimate > 0 else Direction.FAVOURS_COMPARATOR
    against = sum(m.direction is not side for m in silent)
    if against / len(silent) >= protocol.number("certainty.r2_word_disagree_share"):
        reason = f"{against} of {len(silent)} trials known by direction only disagree with the pool"
        return 1, "R2-words", reason
    return 0, "R2-none", "trials known by direction only agree with the pool"


def _count_inconsistency(evidence: StratumEvidence, protocol: Protocol) -> DomainRating:
    """Return R2 of a count: −1 where 25–75 % favour, −2 where 40–60 % do."""
    counted = evidence.counted
    share = counted.share if counted is not None else None
    if counted is None or share is None:
        return note(SPREAD, 0, "R2-count-none", "no direction is known", share=None, n=0)
    inputs = {"share": round(share, 4), "n": counted.n_known}
    words = f"{counted.n_favours_intervention} of {counted.n_known} studies favour it"
    low, high = protocol.pair("certainty.r2_count_much")
    if low <= share <= high:
        return note(SPREAD, 2, "R2-count-much", f"{words}: directions are mixed", **inputs)
    low, high = protocol.pair("certainty.r2_count_some")
    if low <= share <= high:
        return note(SPREAD, 1, "R2-count-some", f"{words}: not one way", **inputs)
    return note(SPREAD, 0, "R2-count-one-way", f"{words}: mostly one way", **inputs)


def rate_indirectness(evidence: StratumEvidence, protocol: Protocol) -> DomainRating:
    """Return R3: −1 for one element that is indirect for half of the weight, −2 for two."""
    pairs = weighted(evidence)
    share = {
        "population": _share(pairs, "population_match"),
        "intervention": _share(pairs, "intervention_match"),
        "window": sum(w for m, w in pairs if m.is_window_approximate or m.is_other_window),
    }
    if evidence.is_other_window_only:
        share["window"] = 100.0
    inputs = {f"indirect_{name}_percent": round(value, 1) for name, value in share.items()}
    if evidence.is_duration_claim and not evidence.has_long_window:
        reason = "the claim is about lasting, and nothing was measured a year or more after"
        return note(DIRECTNESS, 2, "R3-duration", reason, **inputs)
    limit = protocol.number("certainty.r3_indirect_weight_percent")
    indirect = [name for name, value in share.items() if value >= limit]
    if not indirect:
        return note(DIRECTNESS, 0, "R3-none", "most of the weight fits the question", **inputs)
    reason = f"most of the weight is indirect or approximate in {' and '.join(indirect)}"
    rule = "R3-one" if len(indirect) == 1 else "R3-two"
    return note(DIRECTNESS, min(2, len(indirect)), rule, reason, **inputs)


def _share(pairs: Iterable[tuple[StudyEffect, float]], element: str) -> float:
    """Return the per cent of the weight that does not fit one element directly."""
    return sum(weight for m, weight in pairs if getattr(m, element) is not Match.DIRECT)


def people_of(evidence: StratumEvidence) -> int | None:
    """Return the participants behind the result, None where no study says."""
    if evidence.review is not None and evidence.method is SynthesisMethod.REUSED_REVIEW:
        return evidence.review.n_participants
    if evidence.pooled is not None and evidence.pooled.n_participants is not None:
        return evidence.pooled.n_participants
    known = [m.n_participants for m, _ in weighted(evidence) if m.n_participants is not None]
    return sum(known) if known else None


def optimal_information_size(
    evidence: StratumEvidence, protocol: Protocol, mid_factor: float = 1.0
) -> float:
    """Return the people needed to find the MID, at least 400 [GRADE 6; doi 10.1016/j.jclinepi.2011.01.012].

    4·(1.96 + 0.84)²·SD²/MID², the SD being the median end-score SD of the comparator arms, else
    the reference SD; without any SD the floor alone.
    """
    floor = protocol.number("certainty.r4_ois_min_people")
    sds = [m.comparator_sd for m, _ in weighted(evidence) if m.comparator_sd is not None]
    sd = median(sds) if sds else evidence.reference_sd
    if sd is None:
        return floor
    z = protocol.number("certainty.r4_z_alpha") + protocol.number("certainty.r4_z_power")
    mid = evidence.band.mid * mid_factor
    return max(floor, 4 * z**2 * sd**2 / mid**2)


def rate_imprecision(
    evidence: StratumEvidence, protocol: Protocol, mid_factor: float = 1.0
) -> DomainRating:
    """Return R4: what the interval crosses, or too few people, whichever takes off more.

    Crossing +MID or −MID takes one level, 0 and a MID two, both three (GRADE 34 and 35). The
    shortfall of people counts beside a crossing too, else a narrower interval could rate lower.
    """
    size, needed, unit = _information(evidence, protocol, mid_factor)
    shortfall, rule, words = _shortfall(size, needed, unit)
    inputs: dict[str, float | int | str | None] = {
        "n": people_of(evidence),
        "needed": round(needed),
        "counted_in": unit,
        "mid": evidence.band.mid * mid_factor,
    }
    pooled = evidence.pooled
    if pooled is None:
        return note(PRECISION, shortfall, rule, words, **inputs)
    inputs |= {"ci_low": pooled.ci_low, "ci_high": pooled.ci_high, "estimate": pooled.estimate}
    crossed, crossed_words = _crossing(pooled.ci_low, pooled.ci_high, evidence, mid_factor)
    if crossed >= max(shortfall, 1):
        return note(PRECISION, crossed, f"R4-crosses-{crossed}", crossed_words, **inputs)
    if shortfall:
        return note(PRECISION, shortfall, rule, words, **inputs)
    target = "an important effect"
    if abs(pooled.estimate) < evidence.band.mid * mid_factor:
        target = "less than an important effect"
    reason = f"the interval says {target} throughout, and there are {unit} enough"
    return note(PRECISION, 0, "R4-none", reason, **inputs)


def _crossing(
    low: float, high: float, evidence: StratumEvidence, mid_factor: float
) -> tuple[int, str]:
    """Return levels for what lies inside an interval: thresholds strictly, 0 with its ends."""
    mid = evidence.band.mid * mid_factor
    plus, minus, zero = low < mid < high, low < -mid < high, low <= 0 <= high
    if plus and minus:
        return 3, "the interval reaches from important harm to important benefit"
    if zero and (plus or minus):
        side = "benefit" if plus else "harm"
        return 2, f"the interval reaches from no difference to important {side}"
    if plus or minus:
        return 1, "the interval reaches from less than important to important"
    return 0, ""


def _information(
    evidence: StratumEvidence, protocol: Protocol, mid_factor: float
) -> tuple[int | None, float, str]:
    """Return what there is, what is needed and its unit: events where they are known, else people."""
    events = [m.n_events for m, _ in weighted(evidence) if m.n_events is not None]
    if evidence.unit == "percentage points" and events and evidence.kind is ClaimKind.EFFICACY:
        return sum(events), protocol.number("certainty.r4_ois_events"), "events"
    needed = optimal_information_size(evidence, protocol, mid_factor)
    return people_of(evidence), needed, "people"


def _shortfall(size: int | None, needed: float, unit: str) -> tuple[int, str, str]:
    """Return levels for too little information: −1 under what is needed, −2 under half of it."""
    if size is None:
        return 1, "R4-unknown", f"the number of {unit} is not reported"
    if size < needed / 2:
        return 2, "R4-half", f"{size} {unit}, less than half of the {needed:.0f} needed"
    if size < needed:
        return 1, "R4-few", f"{size} {unit}, fewer than the {needed:.0f} needed"
    return 0, "R4-none", f"{size} {unit}, enough of the {needed:.0f} needed"


def rate_reporting(evidence: StratumEvidence, protocol: Protocol) -> DomainRating:
    """Return R5: one level for the first sign that results are kept back."""
    pooled = evidence.pooled
    silent = (
        evidence.silent_participants / evidence.all_participants
        if evidence.all_participants
        else None
    )
    inputs: dict[str, float | int | str | None] = {
        "egger_p": pooled.egger_p if pooled else None,
        "silent_share": None if silent is None else round(silent, 3),
        "registered": evidence.registered_trials,
    }
    if pooled is not None and _is_asymmetric(evidence, protocol):
        reason = f"small trials show more benefit (Egger p = {pooled.egger_p:.2f})"
        return note(REPORTING, 1, "R5-egger", reason, **inputs)
    if silent is not None and silent >= protocol.number("certainty.r5_silent_share"):
        reason = f"trials that report nothing on this outcome hold {silent:.0%} of all participants"
        return note(REPORTING, 1, "R5-silent", reason, **inputs)
    finished, kept = evidence.registered_finished_long, evidence.registered_silent
    enough = (evidence.registered_trials or 0) >= protocol.whole("certainty.r5_registered_min")
    if enough and finished and kept is not None:
        share = kept / finished
        if share >= protocol.number("certainty.r5_registered_silent_share"):
            reason = f"{kept} of {finished} registered trials that ended long ago have no results"
            return note(REPORTING, 1, "R5-registered", reason, **inputs)
    return note(REPORTING, 0, "R5-none", "no sign that results are kept back", **inputs)


def _is_asymmetric(evidence: StratumEvidence, protocol: Protocol) -> bool:
    """Return whether Egger's test, allowed from ten studies, points towards benefit."""
    pooled = evidence.pooled
    if pooled is None or pooled.k is None or pooled.egger_p is None:
        return False
    enough = pooled.k >= protocol.whole("certainty.r5_egger_from_k")
    below = pooled.egger_p < protocol.number("certainty.r5_egger_p_below")
    return enough and below and bool(pooled.egger_towards_benefit)


def reused_risk_of_bias(published: Certainty | None) -> DomainRating:
    """Return R1 of a reused row: the review judged it, or nobody did."""
    if published is None:
        reason = "the review's own rating is not known, so risk of bias counts as not assessed"
        return note(BIAS, 1, "R1-reused-unassessed", reason, published=None)
    reason = f"judged by the review itself, within its rating {published}"
    return note(BIAS, 0, "R1-reused", reason, published=str(published))


def reused_inconsistency(evidence: StratumEvidence, protocol: Protocol) -> DomainRating:
    """Return R2 of a reused row: the review's own rating holds it; else by its I² alone."""
    review = evidence.review
    assert review is not None
    if review.certainty is not None:
        reason = "judged by the review itself, within its rating"
        return note(SPREAD, 0, "R2-reused", reason, i2=review.i2, k=review.k)
    if review.i2 is not None and review.i2 > protocol.number("certainty.r2_i2_much_percent"):
        reason = f"I² is {review.i2:.0f} % in the review's row"
        return note(SPREAD, 1, "R2-reused-i2", reason, i2=review.i2, k=review.k)
    words = "is not known" if review.i2 is None else f"is {review.i2:.0f} %"
    return note(SPREAD, 0, "R2-reused-none", f"the review's I² {words}", i2=review.i2, k=review.k)


def reused_reporting() -> DomainRating:
    """Return R5 of a reused row, which its review judged."""
    return note(REPORTING, 0, "R5-reused", "reporting is left to the review's own rating")
