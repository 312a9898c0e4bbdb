"""Judge inconsistency: rule R2 (docs/method.md, section 7), for pools, counts and reused rows.

The worst of its signs counts, never their sum. This module must not know the other domains.
"""

from __future__ import annotations

from evidence.judgements import DomainRating, Pooled, ReusedReview, StratumEvidence, StudyEffect
from evidence.protocol import Protocol
from evidence.verdict.domains import has_direction
from evidence.verdict.levels import note
from evidence.vocabulary import CertaintyDomain, Direction, SynthesisMethod

__all__ = ["rate_inconsistency", "reused_inconsistency"]

SPREAD = CertaintyDomain.INCONSISTENCY


def rate_inconsistency(evidence: StratumEvidence, protocol: Protocol) -> DomainRating:
    """Return R2: the worst of its signs, never their sum."""
    if evidence.pooled is None:
        return _count_inconsistency(evidence, protocol)
    signs = [
        _spread(evidence, evidence.pooled, protocol),
        _prediction(evidence.pooled, protocol),
        _disagreeing_words(evidence, evidence.pooled, protocol),
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


def _spread(evidence: StratumEvidence, pooled: Pooled, protocol: Protocol) -> tuple[int, str, str]:
    """Return the judgement by I² from three studies, by separate intervals below."""
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


def _prediction(pooled: Pooled, protocol: Protocol) -> tuple[int, str, str]:
    """Return −1 where the prediction interval crosses 0 and the confidence interval does not."""
    low, high = pooled.prediction_low, pooled.prediction_high
    enough = pooled.k is not None and pooled.k >= protocol.whole("certainty.r2_prediction_from_k")
    if not enough or low is None or high is None:
        return 0, "R2-none", "no prediction interval to judge by"
    clear = pooled.ci_low > 0 or pooled.ci_high < 0
    if clear and low <= 0 <= high:
        reason = "the prediction interval includes no difference, the confidence interval does not"
        return 1, "R2-prediction", reason
    return 0, "R2-none", "the prediction interval agrees with the confidence interval"


def _disagreeing_words(
    evidence: StratumEvidence, pooled: Pooled, protocol: Protocol
) -> tuple[int, str, str]:
    """Return −1 where half or more of the trials known by direction only disagree with the pool."""
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


def reused_inconsistency(review: ReusedReview, protocol: Protocol) -> DomainRating:
    """Return R2 of a reused row: the review's own rating holds it; else by its I² alone."""
    if review.certainty is not None:
        reason = "judged by the review itself, within its rating"
        return note(SPREAD, 0, "R2-reused", reason, i2=review.i2, k=review.k)
    if review.i2 is not None and review.i2 > protocol.number("certainty.r2_i2_much_percent"):
        reason = f"I² is {review.i2:.0f} % in the review's row"
        return note(SPREAD, 1, "R2-reused-i2", reason, i2=review.i2, k=review.k)
    words = "is not known" if review.i2 is None else f"is {review.i2:.0f} %"
    return note(SPREAD, 0, "R2-reused-none", f"the review's I² {words}", i2=review.i2, k=review.k)
