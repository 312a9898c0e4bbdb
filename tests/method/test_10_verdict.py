"""Section 10: from findings to the verdict on an efficacy claim."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.verdict.cases import judge_stratum
from evidence.verdict.decide import EfficacyFacts, decide_word
from evidence.verdict.efficacy import decide_efficacy
from evidence.vocabulary import (
    Certainty,
    ComparatorClass,
    Finding,
    Flag,
    Match,
    OutcomeDomain,
    RiskOfBias,
    VerdictWord,
)
from tests.method.builders import (
    NO_TREATMENT,
    SHAM,
    USUAL_CARE,
    a_claim,
    a_stratum,
    counted,
    pooled,
    reused,
    the_protocol,
)

P = the_protocol()
W = VerdictWord
DISABILITY = OutcomeDomain.DISABILITY


def verdict(strength, *strata, signatures=2, **rest):
    return decide_efficacy(a_claim(strength, **rest), strata, P, signatures=signatures)


def word(strength, *strata, **settings) -> VerdictWord:
    return verdict(strength, *strata, **settings).word


def finding(evidence, **settings) -> Finding:
    return judge_stratum(evidence, P, signatures=2, **settings).finding.finding


# --- findings, the first that applies


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((-6, -9, -3), Finding.HARM),
        ((1, -3, 5), Finding.NONE),
        ((1, -10, 10), Finding.NONE),
        ((4, -2, 10.1), Finding.UNKNOWN),
        ((2, 1, 3), Finding.TRIVIAL),
        ((5, 3, 7), Finding.SMALL),
        ((9.9, 8, 11.8), Finding.SMALL),
        ((10, 8, 12), Finding.IMPORTANT),
    ],
)
def test_an_interval_says_one_thing(interval, expected):
    assert finding(pooled(*interval)) is expected


def test_a_stratum_without_any_eligible_result_is_absent():
    assert finding(a_stratum(None, ())) is Finding.ABSENT


def test_very_low_certainty_says_nothing():
    assert finding(pooled(12, 1, 23, n=100, bias=RiskOfBias.NOT_ASSESSED)) is Finding.UNKNOWN


def test_strong_disagreement_comes_before_everything_else():
    assert finding(pooled(12, 10.5, 14, i2=80, opposite=True)) is Finding.MIXED


def test_two_studies_are_too_few_for_a_conflict():
    assert finding(counted(1, 1)) is Finding.UNKNOWN


def a_large_effect(**changes):
    settings = {"prediction": (12, 36)} | changes
    return pooled(24, 16, 32, **settings)


def agreeing_disability(low=11.0):
    return pooled(14, low, 17, outcome=DISABILITY)


def test_an_effect_is_large_only_where_every_condition_holds():
    assert finding(a_large_effect(), disability=agreeing_disability()) is Finding.LARGE


@pytest.mark.parametrize(
    ("body", "disability", "why"),
    [
        (a_large_effect(k=4), agreeing_disability(), "too few trials"),
        (a_large_effect(prediction=(-1, 50)), agreeing_disability(), "prediction interval"),
        (a_large_effect(prediction=None), agreeing_disability(), "prediction interval"),
        (a_large_effect(bias=RiskOfBias.SOME_CONCERNS), agreeing_disability(), "low risk"),
        (a_large_effect(), None, "disability"),
        (a_large_effect(), agreeing_disability(low=-1.0), "disability"),
        (pooled(24, 9, 39, prediction=(1, 47)), agreeing_disability(), "below the difference"),
        (pooled(19, 16, 22, prediction=(12, 26)), agreeing_disability(), "not large"),
    ],
)
def test_an_effect_that_misses_one_condition_is_important_and_says_which(body, disability, why):
    judged = judge_stratum(body, P, signatures=2, disability=disability)
    assert judged.finding.finding is Finding.IMPORTANT
    assert why in judged.finding.reason


# --- the table

TABLE = {
    (Finding.LARGE, Certainty.HIGH): (W.SUPPORTED, W.SUPPORTED, W.SUPPORTED, W.OVERSTATED),
    (Finding.IMPORTANT, Certainty.MODERATE): (
        W.SUPPORTED,
        W.SUPPORTED,
        W.OVERSTATED,
        W.OVERSTATED,
    ),
    (Finding.IMPORTANT, Certainty.LOW): (
        W.SUPPORTED,
        W.SUPPORTED_WITH_LIMITS,
        W.OVERSTATED,
        W.OVERSTATED,
    ),
    (Finding.SMALL, Certainty.HIGH): (W.SUPPORTED, W.OVERSTATED, W.OVERSTATED, W.OVERSTATED),
    (Finding.TRIVIAL, Certainty.HIGH): (
        W.SUPPORTED_WITH_LIMITS,
        W.OVERSTATED,
        W.OVERSTATED,
        W.OVERSTATED,
    ),
    (Finding.DIRECTION_ONLY, Certainty.LOW): (
        W.SUPPORTED_WITH_LIMITS,
        W.OVERSTATED,
        W.OVERSTATED,
        W.OVERSTATED,
    ),
    (Finding.NONE, Certainty.MODERATE): (
        W.OVERSTATED,
        W.CONTRADICTED,
        W.CONTRADICTED,
        W.CONTRADICTED,
    ),
    (Finding.NONE, Certainty.LOW): (W.OVERSTATED,) * 4,
    (Finding.HARM, Certainty.LOW): (W.CONTRADICTED,) * 4,
    (Finding.MIXED, Certainty.LOW): (W.CONFLICTING,) * 4,
    (Finding.UNKNOWN, Certainty.LOW): (W.INSUFFICIENT,) * 4,
    (Finding.ABSENT, None): (W.NO_ELIGIBLE,) * 4,
}


@pytest.mark.parametrize(("row", "words"), TABLE.items(), ids=lambda part: str(part)[:60])
@pytest.mark.parametrize("strength", [1, 2, 3, 4])
def test_the_table_is_the_methods_table(row, words, strength):
    main, certainty = row
    facts = EfficacyFacts(strength, main, certainty, certainty, SHAM)
    assert decide_word(facts).word is words[strength - 1]


# --- which strata decide


def test_sham_decides_where_it_has_any_eligible_result():
    decided = verdict(3, pooled(7, 5.5, 8.5), pooled(14, 11, 17, comparator=USUAL_CARE))
    assert decided.main.key.comparator_class is SHAM
    assert decided.pragmatic.key.comparator_class is USUAL_CARE


def test_usual_care_comes_before_no_treatment():
    strata = (
        pooled(14, 11, 17, comparator=NO_TREATMENT),
        pooled(7, 5.5, 8.5, comparator=USUAL_CARE),
    )
    assert verdict(2, *strata).main.key.comparator_class is USUAL_CARE


def test_a_comparator_that_the_claim_does_not_list_decides_nothing():
    usual = pooled(14, 11, 17, comparator=USUAL_CARE)
    assert word(2, usual, comparators=(SHAM,)) is W.NO_ELIGIBLE


@pytest.mark.parametrize(
    "comparator",
    [
        ComparatorClass.ACTIVE,
        ComparatorClass.ADD_ON,
        ComparatorClass.MIXED,
        ComparatorClass.DOSE_OR_STYLE,
        ComparatorClass.NONE,
    ],
)
def test_other_comparators_are_shown_and_decide_nothing(comparator):
    listed = (*a_claim().comparators, comparator)
    body = pooled(14, 11, 17, comparator=comparator)
    assert word(1, body, comparators=listed) is W.NO_ELIGIBLE


def test_the_claims_first_outcome_with_evidence_decides():
    only_disability = pooled(12, 10.5, 14, outcome=DISABILITY)
    decided = verdict(2, only_disability)
    assert decided.main.key.outcome_domain is DISABILITY
    both = verdict(2, only_disability, pooled(2, 1, 3))
    assert both.main.key.outcome_domain is OutcomeDomain.PAIN


def test_another_outcome_may_not_contradict_it():
    worse = pooled(-6, -9, -3, outcome=DISABILITY)
    assert word(1, pooled(12, 10.5, 14), worse) is W.CONFLICTING
    assert word(3, pooled(12, 10.5, 14), worse) is W.CONFLICTING


# --- the after-rules


def test_rule_1_without_a_sham_comparison_nothing_is_plainly_supported():
    decided = verdict(1, pooled(12, 10.5, 14, comparator=USUAL_CARE))
    assert decided.word is W.SUPPORTED_WITH_LIMITS
    assert any("Never tested against sham" in rule for rule in decided.rules_fired)


USUAL = pooled(14, 11, 17, comparator=USUAL_CARE)


@pytest.mark.parametrize("strength", [1, 2])
def test_rule_2_usual_care_holds_up_a_modest_claim_that_sham_does_not(strength):
    decided = verdict(strength, pooled(1, -3, 5), USUAL)
    assert decided.word is W.SUPPORTED_WITH_LIMITS
    assert any("not shown against sham" in rule for rule in decided.rules_fired)


def test_rule_2_does_not_hold_up_where_sham_results_disagree():
    assert word(1, pooled(7, 5.5, 8.5, i2=80, opposite=True), USUAL) is W.CONFLICTING


def test_rule_2_does_not_hold_up_where_sham_does_better_whatever_its_certainty():
    uncertain_harm = pooled(-9, -17, -1, n=100, bias=RiskOfBias.NOT_ASSESSED)
    assert finding(uncertain_harm) is Finding.UNKNOWN
    assert word(1, uncertain_harm, USUAL) is W.INSUFFICIENT


def test_rule_2_asks_for_an_important_effect():
    small = pooled(7, 5.5, 8.5, comparator=USUAL_CARE)
    assert word(2, pooled(1, -3, 5), small) is W.CONTRADICTED


def test_rule_3_indirect_evidence_is_at_most_supported_with_limits():
    body = pooled(12, 10.5, 14)
    members = tuple(replace(m, population_match=Match.INDIRECT) for m in body.members)
    assert word(1, replace(body, members=members)) is W.SUPPORTED_WITH_LIMITS


def test_rule_3_evidence_from_another_window_is_at_most_supported_with_limits():
    body = replace(pooled(12, 10.5, 14), is_other_window_only=True)
    assert word(1, body) is W.SUPPORTED_WITH_LIMITS


def test_rule_4_before_two_people_have_signed_support_may_be_limited():
    body = pooled(12, 10.5, 14)
    assert word(2, body, signatures=2) is W.SUPPORTED
    unsigned = verdict(2, body, signatures=1)
    assert unsigned.word is W.SUPPORTED_WITH_LIMITS
    assert any("two people" in rule for rule in unsigned.rules_fired)


def test_rule_4_leaves_a_word_that_the_shown_certainty_would_give_as_well():
    # else evidence that lost certainty by the rules would move from "with limits" into Supported
    assert word(1, pooled(12, 10.5, 14), signatures=0) is W.SUPPORTED
    unassessed = pooled(12, 10.5, 14, bias=RiskOfBias.NOT_ASSESSED)
    assert word(1, unassessed, signatures=0) is W.SUPPORTED


def test_rule_4_a_large_effect_is_not_plainly_supported_before_it_is_signed():
    strata = (a_large_effect(), agreeing_disability())
    assert word(3, *strata, signatures=2) is W.SUPPORTED
    assert word(3, *strata, signatures=0) is W.SUPPORTED_WITH_LIMITS


@pytest.mark.parametrize("strength", [3, 4])
def test_rule_5_where_a_weaker_wording_stands_a_stronger_one_overstates(strength):
    unknown = pooled(4, -2, 12)
    assert word(2, unknown, USUAL) is W.SUPPORTED_WITH_LIMITS
    assert word(strength, unknown, USUAL) is W.OVERSTATED


def test_rule_5_strength_four_is_never_supported_by_machine():
    assert word(4, a_large_effect(), agreeing_disability()) is W.OVERSTATED


def test_every_rule_that_fired_is_told_in_its_order():
    body = replace(pooled(1, -3, 5), is_other_window_only=True)
    rules = verdict(3, body, USUAL).rules_fired
    assert rules[0].startswith("The main finding is none")
    assert rules[-1].endswith("Overstated.")


# --- what stands beside the verdict


def test_a_verdict_that_flips_at_one_and_a_half_times_the_mid_says_so():
    depends = verdict(2, pooled(12, 10.5, 14))
    assert depends.is_threshold_sensitive
    assert Flag.DEPENDS_ON_THRESHOLD in depends.flags
    assert not verdict(2, pooled(24, 22, 26)).is_threshold_sensitive


def test_few_studies_and_a_single_study_are_flagged():
    assert Flag.FEW_STUDIES in verdict(1, pooled(12, 10.5, 14, k=3)).flags
    assert Flag.SINGLE_STUDY in verdict(1, pooled(12, 10.5, 14, k=1)).flags


def test_an_approximate_window_and_a_retraction_are_flagged():
    body = pooled(12, 10.5, 14)
    members = tuple(replace(m, is_window_approximate=True) for m in body.members)
    decided = decide_efficacy(
        a_claim(1), [replace(body, members=members)], P, is_retraction_touched=True
    )
    assert {Flag.APPROXIMATE_WINDOW, Flag.RETRACTION_TOUCHED} <= set(decided.flags)


def test_asserted_and_found_stand_side_by_side():
    grid = {row.element: row for row in verdict(3, pooled(7, 5.5, 8.5), USUAL).asserted_found}
    assert list(grid) == ["strength", "population", "comparator", "outcome", "duration"]
    assert grid["strength"].match == "falls short"
    assert grid["population"].match == grid["comparator"].match == "matches"
    assert grid["duration"].match == "not applicable"


def test_the_element_that_fails_first_is_named_unless_the_claim_stands():
    assert verdict(3, pooled(7, 5.5, 8.5)).failed_element == "strength"
    assert verdict(1, pooled(7, 5.5, 8.5)).failed_element is None


def test_what_would_change_the_verdict_is_computed():
    lines = verdict(2, pooled(7, 3, 11)).what_would_change
    people = next(line for line in lines if "lift imprecision" in line)
    # the upper limit 11 must fall to 10: (4 / 3)² of the people, 934 more than 1,200
    assert people.startswith("934 more people at the same effect (7.0 points of 100)")
    effect = next(line for line in lines if "As many people again" in line)
    assert "13.0 points of 100" in effect
    assert effect.endswith("it would become Supported.")


def test_what_would_change_says_when_more_people_cannot_help():
    lines = verdict(2, pooled(10, 3, 17)).what_would_change
    assert "More people at the same effect would not lift imprecision." in lines


def test_what_would_change_never_asks_for_a_blinding_that_cannot_be():
    body = pooled(12, 10.5, 14, comparator=USUAL_CARE)
    members = tuple(replace(m, is_low_risk_possible=False) for m in body.members)
    lines = verdict(2, replace(body, members=members)).what_would_change
    assert any("people who do not know the treatment" in line for line in lines)
    assert not any("Low-risk trials" in line for line in lines)


def test_low_risk_trials_are_asked_for_where_they_can_be():
    lines = verdict(2, pooled(12, 10.5, 14, bias=RiskOfBias.NOT_ASSESSED)).what_would_change
    asked = (
        "Low-risk trials holding 75 % of the weight, at the same effect: it would become Supported."
    )
    assert asked in lines


def test_several_changes_together_may_do_what_none_does_alone():
    one_flaw = pooled(12, 10.5, 14, bias=RiskOfBias.NOT_ASSESSED)
    assert not any("All of these" in line for line in verdict(2, one_flaw).what_would_change)
    body = pooled(12, 10.5, 14, n=150, bias=RiskOfBias.NOT_ASSESSED)
    members = tuple(
        replace(m, population_match=Match.INDIRECT, is_window_approximate=True)
        for m in body.members
    )
    lines = verdict(2, replace(body, members=members)).what_would_change
    assert sum("the verdict would stay Insufficient evidence" in line for line in lines) == 3
    assert "All of these together: it would become Supported." in lines


def test_two_signatures_may_be_all_that_is_missing():
    lines = verdict(2, pooled(12, 10.5, 14), signatures=0).what_would_change
    assert "Two signatures would show certainty High: it would become Supported." in lines


def test_a_reused_review_decides_like_a_pool():
    assert word(2, reused(7, 5.5, 8.5)) is W.OVERSTATED
    assert word(1, reused(7, 5.5, 8.5)) is W.SUPPORTED
