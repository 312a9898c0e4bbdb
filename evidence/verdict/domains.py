"""Judge the domains of certainty by rules R1, R3, R4 and R5 (docs/method.md, section 7).

A function a rule; each gives its judgement with inputs, rule id and a sentence. R2 stands in
``inconsistency``. This module must
not know ceilings, the claim's strength or the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from evidence.judgements import DomainRating, StratumEvidence, StudyEffect, size_band
from evidence.protocol import Protocol
from evidence.verdict.levels import note
from evidence.vocabulary import (
    Certainty,
    CertaintyDomain,
    ClaimKind,
    Direction,
    Match,
    RiskOfBias,
    SynthesisMethod,
)

__all__ = [
    "has_direction",
    "is_count",
    "optimal_information_size",
    "people_of",
    "rate_imprecision",
    "rate_indirectness",
    "rate_reporting",
    "rate_risk_of_bias",
    "reused_reporting",
    "reused_risk_of_bias",
    "unassessed_percent",
]

BIAS = CertaintyDomain.RISK_OF_BIAS
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
    if high >= much and _leans_on_high(evidence, high, without):
        reason = f"studies at high risk hold {high:.0f} % of the weight and decide its size"
        return note(BIAS, 2, "R1-high", reason, **inputs)
    if low < protocol.number("certainty.r1_low_weight_min_percent"):
        reason = f"studies at low risk hold only {low:.0f} % of the weight"
        return note(BIAS, 1, "R1-low-share", reason, **inputs)
    return note(BIAS, 0, "R1-none", f"studies at low risk hold {low:.0f} % of the weight", **inputs)


def _leans_on_high(evidence: StratumEvidence, high: float, without: float | None) -> bool:
    """Return whether the size band would change, or nothing be left, without high-risk studies."""
    if evidence.pooled is None:
        return False
    if without is None:
        return high >= NEARLY_ALL
    if (without < 0) != (evidence.pooled.estimate < 0):
        return True
    return size_band(without, evidence.band) is not size_band(
        evidence.pooled.estimate, evidence.band
    )


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
        reason = (
            "trials that give neither a number nor a direction for this outcome hold "
            f"{100 * silent:.0f} % of all participants"
        )
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


def reused_reporting() -> DomainRating:
    """Return R5 of a reused row, which its review judged."""
    return note(REPORTING, 0, "R5-reused", "reporting is left to the review's own rating")
