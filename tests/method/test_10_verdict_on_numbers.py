"""Section 10: numbers, harms, reasons for use, associations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.judgements import (
    AssociationEvidence,
    NumberEvidence,
    RateEvidence,
    UsageEvidence,
)
from evidence.verdict.numbers import decide_prevalence
from evidence.verdict.risk_factors import decide_risk_factor
from evidence.verdict.risk_rules import Shown, cap_indirect, decide_depends, shown_by
from evidence.verdict.safety import answering_rate, decide_safety, zero_event_upper
from evidence.verdict.untestable import decide_untestable
from evidence.verdict.utilization import decide_utilization
from evidence.vocabulary import (
    AgeBand,
    Ascertainment,
    Bound,
    Certainty,
    ClaimForm,
    ClaimKind,
    DenominatorUnit,
    EffectMeasure,
    Match,
    ReportedTest,
    SampleKind,
    VerdictWord,
)
from tests.method.builders import a_claim, the_protocol

P = the_protocol()
W = VerdictWord
POPULATION, CLINIC = SampleKind.POPULATION, SampleKind.SINGLE_SITE


# --- numbers


def a_figure(estimate, low=None, high=None, region="Canada", **rest) -> NumberEvidence:
    fields = {"sample_kind": POPULATION, "period": "lifetime", "n_participants": 2000} | rest
    name = f"{region} {estimate}"
    return NumberEvidence(name, name, name, estimate, low, high, region=region, **fields)


def number_claim(bound, value=80.0, **rest):
    return a_claim(
        kind=ClaimKind.PREVALENCE, bound=bound, value_percent=value, period="lifetime", **rest
    )


def number(bound, *figures, value=80.0):
    return decide_prevalence(number_claim(bound, value), figures, P).word


def test_as_much_as_is_supported_where_samples_of_two_countries_reach_it():
    figures = a_figure(84, 82, 86), a_figure(79, 77, 81, "Denmark")
    assert number(Bound.UPPER, *figures) is W.SUPPORTED


def test_as_much_as_has_limits_where_one_country_reaches_it():
    assert number(Bound.UPPER, a_figure(84, 82, 86)) is W.SUPPORTED_WITH_LIMITS


def test_as_much_as_has_limits_where_another_region_lies_wholly_below():
    figures = a_figure(84, 82, 86), a_figure(79, 77, 81, "Denmark"), a_figure(47, 37, 58, "Africa")
    assert number(Bound.UPPER, *figures) is W.SUPPORTED_WITH_LIMITS


def test_as_much_as_is_overstated_where_nobody_reaches_it():
    assert number(Bound.UPPER, a_figure(40, 31, 48)) is W.OVERSTATED


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (40, W.SUPPORTED),
        (31, W.SUPPORTED),
        (60, W.SUPPORTED_WITH_LIMITS),
        (80, W.OVERSTATED),
        (5, W.UNDERSTATED),
    ],
)
def test_a_plain_number_is_compared_with_interval_then_prediction_then_neither(value, expected):
    pool = a_figure(40, 31, 48, k=8, is_pooled=True, prediction_low=15.0, prediction_high=65.0)
    assert number(Bound.POINT, pool, value=value) is expected


def test_a_prediction_interval_counts_from_five_studies_only():
    pool = a_figure(40, 31, 48, k=4, is_pooled=True, prediction_low=15.0, prediction_high=65.0)
    assert number(Bound.POINT, pool, value=60) is W.OVERSTATED


def test_a_plain_number_within_the_range_of_single_studies_has_limits():
    pool, single = a_figure(40, 31, 48, k=4, is_pooled=True), a_figure(62, 58, 66, "Norway")
    assert number(Bound.POINT, pool, single, value=60) is W.SUPPORTED_WITH_LIMITS


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((60, 51, 69), W.SUPPORTED),
        ((52, 45, 59), W.INSUFFICIENT),
        ((40, 31, 49), W.CONTRADICTED),
    ],
)
def test_most_asks_for_more_than_one_half(interval, expected):
    assert number(Bound.MAJORITY, a_figure(*interval)) is expected


def test_lifetime_is_compared_with_lifetime_only():
    point = a_figure(84, 82, 86, period="point")
    assert number(Bound.UPPER, point) is W.NO_ELIGIBLE


def test_children_do_not_answer_for_adults():
    children = a_figure(84, 82, 86, age_band=AgeBand.CHILDREN)
    assert number(Bound.UPPER, children) is W.NO_ELIGIBLE


def test_a_range_without_an_estimate_is_not_counted():
    only_range = a_figure(
        None, region="Canada", range_low=51.0, range_high=84.0, is_range_only=True
    )
    assert number(Bound.UPPER, only_range) is W.NO_ELIGIBLE


def test_a_single_clinic_is_never_plain_support():
    clinic = a_figure(80, 76, 84, sample_kind=CLINIC)
    assert number(Bound.POINT, clinic) is W.SUPPORTED_WITH_LIMITS


AGES = (AgeBand.CHILDREN, AgeBand.ADULTS, AgeBand.OLDER)
ALL_AGES = a_claim(kind=ClaimKind.PREVALENCE, form=ClaimForm.ALL_AGES)


def test_all_ages_asks_for_a_figure_in_each_band():
    figures = [a_figure(30, 20, 40, age_band=age) for age in AGES]
    assert decide_prevalence(ALL_AGES, figures, P).word is W.SUPPORTED
    verdict = decide_prevalence(ALL_AGES, figures[:2], P)
    assert verdict.word is W.SUPPORTED_WITH_LIMITS
    assert "older people, no figure found" in verdict.sentence.text


def test_a_band_counts_only_where_its_lower_limit_is_above_five_per_cent():
    figures = [a_figure(30, 20, 40, age_band=age) for age in AGES[1:]]
    rare = a_figure(6, 4, 8, age_band=AgeBand.CHILDREN)
    assert decide_prevalence(ALL_AGES, [*figures, rare], P).word is W.SUPPORTED_WITH_LIMITS


def test_the_figure_shown_for_an_age_has_an_interval_where_one_has():
    bare = a_figure(62, region="Africa", age_band=AgeBand.ADULTS, is_pooled=True)
    verdict = decide_prevalence(ALL_AGES, [bare, a_figure(84, 82, 86, age_band=AgeBand.ADULTS)], P)
    assert "84.0 % (interval 82.0 to 86.0, Canada)" in verdict.sentence.text


def test_as_much_as_gives_the_span_of_figures_and_none_of_them_as_the_answer():
    figures = a_figure(84, 82, 86), a_figure(47, 37, 58, "Africa", is_pooled=True)
    text = decide_prevalence(number_claim(Bound.UPPER), figures, P).sentence.text
    assert "figures from 47.0 % (interval 37.0 to 58.0, Africa) to 84.0 %" in text
    assert "pooled" not in text


# --- harms


def a_rate(rate, low, high, **rest) -> RateEvidence:
    fields = {
        "is_serious": True,
        "is_related": True,
        "unit": DenominatorUnit.PATIENTS,
        "ascertainment": Ascertainment.ACTIVE,
        "is_index_review": True,
        "n_patients": 300_000,
    } | rest
    return RateEvidence(
        "r", "s", "a review", "serious event", rate=rate, ci_low=low, ci_high=high, **fields
    )


SAFE = a_claim(kind=ClaimKind.SAFETY, strength=None)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((1e-5, 2e-6, 5e-5), W.SUPPORTED_WITH_LIMITS),
        ((1e-3, 5e-4, 2e-3), W.INSUFFICIENT),
        ((3e-3, 2e-3, 4e-3), W.OVERSTATED),
        ((3e-2, 2e-2, 4e-2), W.CONTRADICTED),
    ],
)
def test_one_rate_answers_by_its_limits_and_plain_support_is_not_available(interval, expected):
    assert decide_safety(SAFE, [a_rate(*interval)], P).word is expected


def test_no_event_among_n_gives_an_upper_limit_not_a_proof():
    assert zero_event_upper(3000) == pytest.approx(0.001)
    none_in = {"numerator": 0, "is_index_review": False, "is_prospective_cohort": True}
    few = a_rate(0.0, None, None, denominator=2000, n_patients=2000, **none_in)
    many = a_rate(0.0, None, None, denominator=30_000, n_patients=30_000, **none_in)
    assert decide_safety(SAFE, [few], P).word is W.INSUFFICIENT
    assert decide_safety(SAFE, [many], P).word is W.SUPPORTED_WITH_LIMITS


def test_a_small_series_never_answers():
    small = a_rate(
        0.1, 0.05, 0.2, n_patients=100, is_index_review=False, is_prospective_cohort=True
    )
    assert decide_safety(SAFE, [small], P).word is W.INSUFFICIENT


def test_the_index_review_answers_before_cohorts():
    cohort = a_rate(0.02, 0.015, 0.03, is_index_review=False, is_prospective_cohort=True)
    review = a_rate(1e-5, 2e-6, 5e-5)
    assert answering_rate([cohort, review], P) is review


@pytest.mark.parametrize(
    "change",
    [{"is_related": False}, {"is_related": None}, {"is_serious": False}, {"is_case_report": True}],
)
def test_events_of_any_cause_minor_ones_and_case_reports_are_shown_only(change):
    assert answering_rate([a_rate(0.02, 0.015, 0.03, **change)], P) is None


def test_nothing_reported_is_not_proof_of_no_harm():
    assert decide_safety(SAFE, [], P).word is W.NO_ELIGIBLE


def test_passive_reports_start_one_level_lower():
    passive = a_rate(1e-5, 2e-6, 5e-5, ascertainment=Ascertainment.PASSIVE)
    assert decide_safety(SAFE, [passive], P).certainty.start is Certainty.MODERATE


# --- reasons for use

REASON = a_claim(kind=ClaimKind.UTILIZATION, strength=None, form=ClaimForm.MAIN_REASON)


def a_survey(name, rank=None, share=None, kind=POPULATION) -> UsageEvidence:
    return UsageEvidence(name, name, name, rank, share, None, kind)


@pytest.mark.parametrize(
    ("surveys", "expected"),
    [
        ([a_survey("a", 1), a_survey("b", 3)], W.SUPPORTED),
        ([a_survey("a", 1), a_survey("b", share=10.0)], W.SUPPORTED),
        ([a_survey("a", 1)], W.SUPPORTED_WITH_LIMITS),
        ([a_survey("a", 1), a_survey("a", 1)], W.SUPPORTED_WITH_LIMITS),
        ([a_survey("a", 1), a_survey("b", 1), a_survey("c", 6)], W.SUPPORTED_WITH_LIMITS),
        ([a_survey("a", 6), a_survey("b", 7), a_survey("c", 1)], W.CONTRADICTED),
        ([a_survey("a", 4), a_survey("b", 5)], W.OVERSTATED),
        ([a_survey("a", 1, kind=CLINIC), a_survey("b", 1, kind=CLINIC)], W.SUPPORTED_WITH_LIMITS),
        ([a_survey("a", 5, kind=CLINIC)], W.INSUFFICIENT),
        ([], W.NO_ELIGIBLE),
    ],
)
def test_one_of_the_main_reasons_is_a_rank_or_a_share_in_two_surveys(surveys, expected):
    assert decide_utilization(REASON, surveys, [], P).word is expected


def test_most_practitioners_is_judged_as_a_majority():
    claim = replace(REASON, form=None, bound=Bound.MAJORITY)
    share = a_figure(72, 66, 78, sample_kind=SampleKind.MULTI_PRACTICE)
    assert decide_utilization(claim, [], [share], P).word is W.SUPPORTED


# --- associations


def an_association(name, low, high, *, over_time=True, exposure="sitting", **rest):
    estimate = None if low is None else (low * high) ** 0.5
    measure = None if low is None else EffectMeasure.OR
    fields = {"found": None} | rest
    return AssociationEvidence(
        name, name, name, exposure, over_time, measure, estimate, low, high, **fields
    )


RISK = a_claim(
    kind=ClaimKind.RISK_FACTOR,
    strength=None,
    form=ClaimForm.ASSOCIATION,
    exposures=("sitting",),
    outcomes=("back pain",),
)
COHORT = an_association("cohort", 1.1, 1.6)
NO_COHORT = an_association("cohort", 0.7, 1.6)
SURVEY = an_association("survey", 1.1, 1.6, over_time=False)


def test_an_association_per_unit_is_not_told_as_exposed_against_unexposed():
    slope = an_association("slope", 1.01, 1.03, is_exposed_against_unexposed=False)
    text = decide_risk_factor(RISK, [slope], P).sentence.text
    assert "compared with less of it" in text
    assert "odds ratio per unit of exposure" in text
    assert "without it" not in text


def risk(*associations, **changes):
    return decide_risk_factor(replace(RISK, **changes), associations, P).word


@pytest.mark.parametrize(
    ("associations", "expected"),
    [
        ([COHORT], W.SUPPORTED),
        ([SURVEY], W.SUPPORTED_WITH_LIMITS),
        ([NO_COHORT, SURVEY], W.CONFLICTING),
        ([an_association("reverse", 0.5, 0.9), SURVEY], W.CONFLICTING),
        ([NO_COHORT], W.INSUFFICIENT),
        ([an_association("equal", 0.85, 1.2)], W.CONTRADICTED),
        ([an_association("test", None, None, found=ReportedTest.HIGHER_RISK)], W.SUPPORTED),
        ([], W.NO_ELIGIBLE),
    ],
)
def test_longitudinal_evidence_decides_an_association(associations, expected):
    assert risk(*associations) is expected


def test_a_precise_small_association_is_not_turned_into_its_opposite():
    # 1.10 to 1.20 excludes the null and lies inside 0.80 to 1.25
    assert risk(an_association("precise", 1.1, 1.2)) is W.SUPPORTED


def test_a_cause_that_is_seen_at_one_time_but_not_over_time_is_contradicted():
    assert risk(NO_COHORT, SURVEY, asserts_cause=True) is W.CONTRADICTED


def test_a_cause_starts_at_low_and_is_never_plainly_supported():
    claim = replace(RISK, asserts_cause=True)
    verdict = decide_risk_factor(claim, [COHORT], P)
    assert verdict.word is W.SUPPORTED_WITH_LIMITS
    assert verdict.certainty.start is Certainty.LOW


def test_a_compound_claim_takes_the_middle_of_its_exposures_and_names_them():
    claim = replace(RISK, exposures=("sitting", "inactivity", "diet"))
    inactivity = an_association("inactive", 0.85, 1.2, exposure="inactivity")
    verdict = decide_risk_factor(claim, [COHORT, inactivity], P)
    assert verdict.word is W.NO_ELIGIBLE
    assert [row.element for row in verdict.asserted_found][:3] == ["sitting", "inactivity", "diet"]


def test_a_pooled_association_answers_for_the_single_studies():
    pool = replace(an_association("pool", 1.1, 1.3), is_pooled=True)
    assert risk(pool, NO_COHORT) is W.SUPPORTED


@pytest.mark.parametrize(
    ("associations", "expected"),
    [
        ([COHORT, an_association("other", 1.2, 2.0)], W.SUPPORTED),
        ([COHORT], W.SUPPORTED_WITH_LIMITS),
        ([NO_COHORT], W.INSUFFICIENT),
        ([], W.NO_ELIGIBLE),
    ],
)
def test_depends_on_factors_asks_for_a_predictor_in_two_studies(associations, expected):
    assert risk(*associations, form=ClaimForm.DEPENDS_ON_FACTORS) is expected


def test_can_impair_is_shown_by_a_population_sample():
    assert risk(SURVEY, form=ClaimForm.CAN_IMPAIR) is W.SUPPORTED
    clinic = replace(SURVEY, sample_kind=CLINIC)
    assert risk(clinic, form=ClaimForm.CAN_IMPAIR) is W.SUPPORTED_WITH_LIMITS


# --- untestable


def test_what_no_study_could_test_is_not_testable_with_its_reason():
    claim = a_claim(kind=ClaimKind.UNTESTABLE, strength=None, why_untestable="It is praise.")
    verdict = decide_untestable(claim)
    assert verdict.word is W.NOT_TESTABLE
    assert "It is praise." in verdict.sentence.text
    assert verdict.certainty_shown is None


def test_a_study_that_looked_for_a_predictor_and_found_none_is_a_vote():
    looked = an_association("a", None, None, found=ReportedTest.NO_CLEAR_DIFFERENCE)
    assert shown_by(looked, P) is Shown.UNCLEAR
    assert decide_depends([looked], P).word is VerdictWord.INSUFFICIENT


def test_predictors_seen_only_in_other_people_are_supported_with_limits_at_most():
    found = [
        an_association(
            name, None, None, found=ReportedTest.FAVOURS_INTERVENTION, population_match=match
        )
        for name, match in (("a", Match.INDIRECT), ("b", Match.INDIRECT))
    ]
    decision = decide_depends(found, P)
    assert decision.word is VerdictWord.SUPPORTED
    assert cap_indirect(decision, found, P).word is VerdictWord.SUPPORTED_WITH_LIMITS
    direct = [found[0], replace(found[1], population_match=Match.DIRECT)]
    assert cap_indirect(decision, direct, P).word is VerdictWord.SUPPORTED
