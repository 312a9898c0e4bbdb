"""Rate the certainty of one stratum by rules R1 to R5 and the caps (docs/method.md, section 7).

Every domain keeps its inputs, the id of its rule and a sentence, also where nothing comes off.
GRADE-informed: Cochrane Handbook, chapter 14; imprecision after GRADE guidance 34
(doi 10.1016/j.jclinepi.2022.07.014). This module must not know the claim's strength or the verdict.
"""

from __future__ import annotations

from evidence.judgements import CertaintyRating, ReusedReview, StratumEvidence
from evidence.protocol import Protocol
from evidence.verdict import domains as d
from evidence.verdict.inconsistency import rate_inconsistency, reused_inconsistency
from evidence.verdict.levels import combine
from evidence.vocabulary import ClaimKind, SynthesisMethod

__all__ = ["rate_certainty"]

START = {
    ClaimKind.SAFETY: "safety",
    ClaimKind.PREVALENCE: "prevalence",
    ClaimKind.UTILIZATION: "utilization",
    ClaimKind.RISK_FACTOR: "association",
}


def rate_certainty(
    evidence: StratumEvidence,
    protocol: Protocol,
    *,
    signatures: int = 0,
    mid_factor: float = 1.0,
) -> CertaintyRating:
    """Return the certainty of one stratum.

    Parameters
    ----------
    evidence
        The stratum's estimate or count and the studies behind it.
    protocol
        The method's numbers.
    signatures
        How many people have signed the verdict; two lift the ceiling of what is shown.
    mid_factor
        Multiple of the least difference that matters, for the sensitivity analysis.
    """
    if evidence.review is not None and evidence.method is SynthesisMethod.REUSED_REVIEW:
        return _rate_reused(evidence, evidence.review, protocol, signatures, mid_factor)
    rated = (
        d.rate_risk_of_bias(evidence, protocol),
        rate_inconsistency(evidence, protocol),
        d.rate_indirectness(evidence, protocol),
        d.rate_imprecision(evidence, protocol, mid_factor),
        d.rate_reporting(evidence, protocol),
    )
    ceilings: list[tuple[str, int, str]] = []
    if d.is_count(evidence):
        cap = protocol.whole("certainty.cap_count")
        ceilings.append(("cap-count", cap, "directions were counted, nothing could be pooled"))
    elif evidence.pooled is not None and evidence.pooled.k == 1:
        cap = protocol.whole("certainty.cap_single_study")
        ceilings.append(("cap-single", cap, "it rests on a single study"))
    if d.unassessed_percent(evidence) > protocol.number("certainty.r1_unassessed_max_percent"):
        cap = protocol.whole("certainty.cap_unassessed")
        ceilings.append(("cap-unassessed", cap, "risk of bias is not assessed for most of it"))
    return combine(_start(evidence, protocol), rated, ceilings, protocol, signatures)


def _start(evidence: StratumEvidence, protocol: Protocol) -> int:
    """Return the level that this kind of evidence starts at."""
    if evidence.kind in START:
        return protocol.whole(f"certainty.start.{START[evidence.kind]}")
    counted = [m for m in evidence.members if d.has_direction(m)]
    only_other = bool(counted) and not any(m.is_randomized for m in counted)
    name = "nonrandomized" if only_other else "randomized"
    return protocol.whole(f"certainty.start.{name}")


def _rate_reused(
    evidence: StratumEvidence,
    review: ReusedReview,
    protocol: Protocol,
    signatures: int,
    mid_factor: float,
) -> CertaintyRating:
    """Return the certainty of a reused row: the lower of the review's own and High − R3 − R4.

    Without a published rating, risk of bias counts as not assessed; where I² is not known,
    nothing comes off for it but the rating stays at Moderate or below.
    """
    published = review.certainty
    ceilings: list[tuple[str, int, str]] = []
    if published is None:
        cap = protocol.whole("certainty.cap_unassessed")
        ceilings.append(("cap-unassessed", cap, "the review's own rating is not known"))
    else:
        reason = f"the review itself rated it {published}"
        ceilings.append(("cap-published", published.level, reason))
    if review.i2 is None:
        cap = protocol.whole("certainty.cap_i2_unknown")
        ceilings.append(("cap-i2-unknown", cap, "the review's I² is not known"))
    lowest = review.lowest_certainty_of_disagreeing
    if review.disagrees_with and lowest is not None:
        reason = f"a review of the same question that disagrees was rated {lowest}"
        ceilings.append(("cap-disagreeing", lowest.level, reason))
    rated = (
        d.reused_risk_of_bias(published),
        reused_inconsistency(review, protocol),
        d.rate_indirectness(evidence, protocol),
        d.rate_imprecision(evidence, protocol, mid_factor),
        d.reused_reporting(),
    )
    return combine(
        protocol.whole("certainty.start.randomized"), rated, ceilings, protocol, signatures
    )
