"""What one stratum says: its finding, the first gate that applies (docs/method.md, section 10).

Also what a count may say (section 6). This module must not know the claim's strength.
"""

from __future__ import annotations

from evidence.judgements import (
    CertaintyRating,
    Counted,
    Pooled,
    StratumEvidence,
    StratumFinding,
)
from evidence.protocol import Protocol
from evidence.verdict import domains as d
from evidence.vocabulary import Certainty, CertaintyDomain, Finding, RiskOfBias, SynthesisMethod

__all__ = ["find", "has_evidence", "is_wholly_unfavourable", "most_studies_point_to", "read_count"]


def has_evidence(evidence: StratumEvidence) -> bool:
    """Return whether the stratum has any eligible result: an estimate or a known direction."""
    if evidence.pooled is not None:
        return True
    return evidence.counted is not None and evidence.counted.n_known > 0


def most_studies_point_to(counted: Counted, protocol: Protocol) -> bool:
    """Return whether a count may say that most studies point to the intervention.

    At least 6 studies, at least 75 % one way and a Wilson lower limit above one half, for the
    known directions and also if none of the silent studies favoured the intervention.
    """
    if counted.n_known < protocol.whole("counting.min_n"):
        return False
    share, low = protocol.number("counting.min_share"), protocol.number("counting.wilson_low_above")
    pairs = (
        (counted.share, counted.wilson_low),
        (counted.worst_share, counted.worst_wilson_low),
    )
    return all(
        part is not None and limit is not None and part >= share and limit > low
        for part, limit in pairs
    )


def read_count(counted: Counted, protocol: Protocol) -> str:
    """Return what a count says, in the words that it may use."""
    if counted.n_known < protocol.whole("counting.min_n"):
        return "too few to count"
    if most_studies_point_to(counted, protocol):
        return "most studies point to"
    return "directions are mixed"


def is_wholly_unfavourable(evidence: StratumEvidence | None) -> bool:
    """Return whether the whole interval lies against the intervention, whatever the certainty.

    For a count, the interval of the share that favours the intervention lies below one half.
    """
    if evidence is None:
        return False
    if evidence.pooled is not None:
        return evidence.pooled.ci_high < 0
    high = evidence.counted.wilson_high if evidence.counted is not None else None
    return high is not None and high < 0.5


def find(
    evidence: StratumEvidence,
    rating: CertaintyRating,
    protocol: Protocol,
    mid_factor: float = 1.0,
    *,
    disability: StratumEvidence | None = None,
) -> StratumFinding:
    """Return the finding of one stratum at its rated certainty.

    Parameters
    ----------
    evidence, rating
        The stratum and its certainty.
    protocol
        The method's numbers.
    mid_factor
        Multiple of the least difference that matters.
    disability
        The disability stratum of the same comparator and window; *large* asks it to agree.
    """
    finding, reason = _first(evidence, rating, protocol, mid_factor, disability)
    has = finding is not Finding.ABSENT
    return StratumFinding(evidence.key, finding, rating if has else None, reason)


def _first(
    evidence: StratumEvidence,
    rating: CertaintyRating,
    protocol: Protocol,
    mid_factor: float,
    disability: StratumEvidence | None,
) -> tuple[Finding, str]:
    """Return the first finding that applies, and why."""
    if not has_evidence(evidence):
        return Finding.ABSENT, "no eligible result"
    if reason := _is_mixed(evidence, rating, protocol):
        return Finding.MIXED, reason
    if rating.rated is Certainty.VERY_LOW:
        return Finding.UNKNOWN, "certainty is very low"
    if evidence.pooled is None:
        return _count_finding(evidence.counted, protocol)
    return _estimate_finding(evidence, evidence.pooled, rating, protocol, mid_factor, disability)


def _is_mixed(evidence: StratumEvidence, rating: CertaintyRating, protocol: Protocol) -> str | None:
    """Return why results contradict each other, None where they do not."""
    review = evidence.review
    if (
        review is not None
        and evidence.method is SynthesisMethod.REUSED_REVIEW
        and review.since_against >= protocol.whole("reviews.since_against_min")
    ):
        return f"{review.since_against} trials since the review point the other way"
    spread = [r for r in rating.domains if r.domain is CertaintyDomain.INCONSISTENCY]
    if not spread or spread[0].downgrade < 2:
        return None
    k = evidence.pooled.k if evidence.pooled is not None else None
    n = evidence.counted.n_known if evidence.counted is not None else 0
    pooled_enough = k is not None and k >= protocol.whole("findings.mixed_min_k")
    counted_enough = evidence.pooled is None and n >= protocol.whole("findings.mixed_min_n")
    return spread[0].reason if pooled_enough or counted_enough else None


def _count_finding(counted: Counted | None, protocol: Protocol) -> tuple[Finding, str]:
    """Return what a count amounts to: a direction only, or nothing that can be said."""
    if counted is None or counted.n_known < protocol.whole("counting.min_n"):
        return Finding.UNKNOWN, "neither an interval nor enough studies to count"
    if most_studies_point_to(counted, protocol):
        return Finding.DIRECTION_ONLY, "most studies point to the intervention"
    return Finding.UNKNOWN, f"a count that does not point one way: {read_count(counted, protocol)}"


def _estimate_finding(
    evidence: StratumEvidence,
    pooled: Pooled,
    rating: CertaintyRating,
    protocol: Protocol,
    mid_factor: float,
    disability: StratumEvidence | None,
) -> tuple[Finding, str]:
    """Return what an estimate with its interval amounts to."""
    mid = evidence.band.mid * mid_factor
    if pooled.ci_high < 0:
        return Finding.HARM, "the whole interval favours the comparator"
    if pooled.ci_low <= 0 and -mid <= pooled.ci_low and pooled.ci_high <= mid:
        return Finding.NONE, "the interval includes no difference and nothing important"
    if pooled.ci_low <= 0:
        return Finding.UNKNOWN, "the interval includes no difference and an important one"
    if pooled.estimate < evidence.band.small and pooled.estimate < mid:
        return Finding.TRIVIAL, "above no difference, below the small band"
    if pooled.estimate < mid:
        return Finding.SMALL, "above no difference, below the least difference that matters"
    missing = _missing_for_large(evidence, pooled, rating, protocol, mid, disability)
    if missing is None:
        return Finding.LARGE, "every condition of a large effect is met"
    return Finding.IMPORTANT, f"at least the difference that matters; not large: {missing}"


def _missing_for_large(
    evidence: StratumEvidence,
    pooled: Pooled,
    rating: CertaintyRating,
    protocol: Protocol,
    mid: float,
    disability: StratumEvidence | None,
) -> str | None:
    """Return the first condition of a large effect that is not met, None where all are."""
    low_risk = sum(
        d.bias_of(m) is RiskOfBias.LOW for m, _ in d.weighted(evidence) if m.effect is not None
    )
    predicted = pooled.prediction_low
    conditions = (
        (pooled.estimate >= evidence.band.large, "the estimate is not large"),
        (pooled.ci_low > mid, "the interval reaches below the difference that matters"),
        ((pooled.k or 0) >= protocol.whole("findings.large_min_k"), "too few trials"),
        (
            low_risk >= protocol.whole("findings.large_min_low_risk"),
            "too few trials at low risk of bias",
        ),
        (
            predicted is not None and predicted > 0,
            "the prediction interval does not exclude no difference",
        ),
        (rating.rated.level >= Certainty.MODERATE.level, "certainty is below moderate"),
        (_agrees(disability), "disability does not show a moderate effect the same way"),
    )
    return next((words for is_met, words in conditions if not is_met), None)


def _agrees(disability: StratumEvidence | None) -> bool:
    """Return whether disability improves by a moderate amount or more, without doubt of its side."""
    if disability is None or disability.pooled is None:
        return False
    pooled = disability.pooled
    return pooled.ci_low > 0 and pooled.estimate >= disability.band.moderate
