"""Section 12: what is not known is said, and nothing is summed up that does not add up."""

from __future__ import annotations

from dataclasses import fields

from evidence.judgements import Verdict
from evidence.verdict.cases import judge_stratum
from evidence.verdict.certainty import rate_certainty
from evidence.verdict.efficacy import decide_efficacy
from evidence.verdict.mechanism import decide_mechanism
from evidence.vocabulary import ClaimKind, Finding, RiskOfBias, VerdictWord
from tests.method.builders import a_claim, a_stratum, a_trial, pooled, rule, the_protocol

P = the_protocol()


def test_absence_of_evidence_is_not_evidence_of_absence():
    nothing = decide_efficacy(a_claim(2), [], P).word
    wide = decide_efficacy(a_claim(2), [pooled(1, -12, 14)], P).word
    narrow = decide_efficacy(a_claim(2), [pooled(1, -3, 5)], P, signatures=2).word
    assert (nothing, wide, narrow) == (
        VerdictWord.NO_ELIGIBLE,
        VerdictWord.INSUFFICIENT,
        VerdictWord.CONTRADICTED,
    )


def test_not_assessed_is_neither_low_nor_high_risk():
    unassessed = rate_certainty(pooled(12, 10.5, 14, bias=RiskOfBias.NOT_ASSESSED), P)
    high = rate_certainty(pooled(12, 10.5, 14, bias=RiskOfBias.HIGH), P)
    assert rule(unassessed, "risk_of_bias") == "R1-unassessed"
    assert rule(high, "risk_of_bias") == "R1-high"


def test_a_trial_that_reports_nothing_is_not_a_trial_without_effect():
    silent = a_stratum(None, (a_trial("silent", None),))
    assert judge_stratum(silent, P).finding.finding is Finding.ABSENT


def test_a_verdict_holds_no_composite_score():
    assert not {"score", "points", "percent"} & {field.name for field in fields(Verdict)}


def test_a_verdict_is_recomputed_from_its_inputs_to_the_same_verdict():
    strata = [pooled(7, 5.5, 8.5)]
    assert decide_efficacy(a_claim(2), strata, P) == decide_efficacy(a_claim(2), strata, P)


def test_a_mechanism_never_has_a_certainty_of_efficacy():
    verdict = decide_mechanism(a_claim(kind=ClaimKind.MECHANISM), [], P)
    assert verdict.certainty_shown is None
    assert verdict.main is None
