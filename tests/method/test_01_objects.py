"""Section 1: what is counted is the study, what is updated is the claim."""

from __future__ import annotations

from evidence.judgements import StratumKey
from evidence.verdict.efficacy import decide_efficacy
from evidence.vocabulary import ComparatorClass, OutcomeDomain, VerdictWord
from tests.method.builders import USUAL_CARE, a_claim, pooled, the_protocol

P = the_protocol()


def test_claims_with_the_same_question_share_their_evidence_and_differ_by_strength_only():
    strata = [pooled(7, 5.5, 8.5), pooled(14, 11, 17, comparator=USUAL_CARE)]
    can_help, highly_effective = (decide_efficacy(a_claim(s), strata, P) for s in (1, 3))
    assert can_help.main == highly_effective.main
    assert can_help.certainty == highly_effective.certainty
    assert can_help.word is VerdictWord.SUPPORTED
    assert highly_effective.word is VerdictWord.OVERSTATED


def test_a_stratum_is_a_question_a_comparator_an_outcome_and_a_window():
    key = StratumKey("back-pain", ComparatorClass.USUAL_CARE, OutcomeDomain.PAIN, "decision")
    assert key.stratum_id == "back-pain.usual-care.pain.decision"


def test_a_verdict_names_the_strata_that_it_rests_on():
    strata = [pooled(7, 5.5, 8.5), pooled(14, 11, 17, comparator=USUAL_CARE)]
    assert decide_efficacy(a_claim(1), strata, P).stratum_ids == (
        "back-pain.sham.pain.decision",
        "back-pain.usual-care.pain.decision",
    )
