"""The verdict on an efficacy claim: choose, judge, judge again at 1.5 × MID, and say it.

The only module of the stage that puts a whole :class:`evidence.judgements.Verdict` together for
efficacy; rules live in ``gates`` and ``decide``.
"""

from __future__ import annotations

from collections.abc import Sequence

from evidence.judgements import ClaimQuestion, StratumEvidence, Verdict
from evidence.protocol import Protocol
from evidence.verdict.asserted import compare, failed_element
from evidence.verdict.cases import EfficacyCase, JudgedCase, choose_case, judge_case
from evidence.verdict.change import what_would_change
from evidence.verdict.decide import AFFIRMATIVE
from evidence.verdict.domains import weighted
from evidence.verdict.sentences import write_efficacy_sentence
from evidence.vocabulary import Flag, SynthesisMethod

__all__ = ["decide_efficacy", "flags_of"]


def decide_efficacy(
    claim: ClaimQuestion,
    strata: Sequence[StratumEvidence],
    protocol: Protocol,
    *,
    signatures: int = 0,
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the verdict on an efficacy claim.

    Parameters
    ----------
    claim
        What is asserted.
    strata
        All strata of the claim's question; those that decide are chosen here.
    protocol
        The method's numbers.
    signatures
        How many people have signed.
    is_retraction_touched
        Whether a retracted report is among the studies.
    """
    case = choose_case(claim, strata)
    judged = judge_case(case, protocol, signatures=signatures)
    factor = protocol.number("mid.sensitivity_factor")
    stricter = judge_case(case, protocol, signatures=signatures, mid_factor=factor)
    is_sensitive = stricter.decision.word is not judged.decision.word
    return _put_together(
        case,
        judged,
        flags=flags_of(case, is_sensitive=is_sensitive, is_touched=is_retraction_touched),
        changes=what_would_change(case, judged, protocol, signatures=signatures),
        is_sensitive=is_sensitive,
    )


def _put_together(
    case: EfficacyCase,
    judged: JudgedCase,
    *,
    flags: tuple[Flag, ...],
    changes: tuple[str, ...],
    is_sensitive: bool,
) -> Verdict:
    """Return the verdict with its sentence, grid and all that stands beside it."""
    grid, rating = compare(case, judged), judged.main_rating
    word = judged.decision.word
    used = [s.key.stratum_id for s in (case.main, case.pragmatic) if s is not None]
    return Verdict(
        claim_id=case.claim.claim_id,
        word=word,
        sentence=write_efficacy_sentence(case, judged),
        certainty_rated=rating.rated if rating is not None else None,
        certainty_shown=rating.shown if rating is not None else None,
        main=judged.main,
        pragmatic=judged.pragmatic,
        failed_element=None if word in AFFIRMATIVE else failed_element(grid),
        rules_fired=judged.decision.rules,
        flags=flags,
        asserted_found=grid,
        what_would_change=changes,
        is_threshold_sensitive=is_sensitive,
        stratum_ids=tuple(dict.fromkeys(used)),
        certainty=rating,
    )


def flags_of(case: EfficacyCase, *, is_sensitive: bool, is_touched: bool) -> tuple[Flag, ...]:
    """Return what stands beside the verdict, in the vocabulary's order."""
    main = case.main
    review = main.review if main is not None else None
    is_reused = main is not None and main.method is SynthesisMethod.REUSED_REVIEW
    pooled = main.pooled if main is not None else None
    present = {
        Flag.OLD_SEARCH: is_reused and review is not None and review.is_old_search,
        Flag.OUTDATED: review is not None and review.is_outdated,
        Flag.DEPENDS_ON_THRESHOLD: is_sensitive,
        Flag.FEW_STUDIES: pooled is not None and pooled.is_few_studies,
        Flag.SINGLE_STUDY: pooled is not None and pooled.k == 1,
        Flag.APPROXIMATE_WINDOW: main is not None and _is_approximate(main),
        Flag.RETRACTION_TOUCHED: is_touched,
        Flag.REVIEWS_DISAGREE: review is not None and bool(review.disagrees_with),
    }
    return tuple(flag for flag in Flag if present[flag])


def _is_approximate(evidence: StratumEvidence) -> bool:
    """Return whether half or more of the weight has an approximate window."""
    return sum(weight for m, weight in weighted(evidence) if m.is_window_approximate) >= 50
