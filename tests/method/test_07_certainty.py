"""Section 7: how certain a stratum is, rule by rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.verdict.certainty import rate_certainty
from evidence.verdict.domains import optimal_information_size
from evidence.vocabulary import Certainty, ClaimKind, Direction, Match, RiskOfBias
from tests.method.builders import (
    a_review,
    a_stratum,
    a_trial,
    an_estimate,
    counted,
    downgrade,
    pooled,
    reused,
    rule,
    the_protocol,
    trials,
)

P = the_protocol()
HIGH, LOW = RiskOfBias.HIGH, RiskOfBias.LOW
SOME, UNKNOWN = RiskOfBias.SOME_CONCERNS, RiskOfBias.NOT_ASSESSED


def rate(evidence, **settings):
    return rate_certainty(evidence, P, **settings)


def test_randomized_trials_without_a_flaw_are_high():
    rating = rate(pooled(12, 10.5, 14), signatures=2)
    assert rating.rated is rating.shown is Certainty.HIGH


def test_nonrandomized_studies_start_at_low():
    body = pooled(12, 10.5, 14)
    members = tuple(replace(m, is_randomized=False) for m in body.members)
    assert rate(replace(body, members=members)).start is Certainty.LOW


def test_one_randomized_trial_among_others_keeps_the_start_at_high():
    body = pooled(12, 10.5, 14)
    members = (*(replace(m, is_randomized=False) for m in body.members[:-1]), body.members[-1])
    assert rate(replace(body, members=members)).start is Certainty.HIGH


def test_every_domain_says_its_rule_and_its_reason_even_where_nothing_comes_off():
    rating = rate(pooled(12, 10.5, 14))
    assert len(rating.domains) == 5
    assert all(d.rule_id and d.reason and d.downgrade == 0 for d in rating.domains)
    assert all(d.inputs for d in rating.domains)


def test_certainty_never_falls_below_very_low():
    rating = rate(pooled(1, -12, 14, n=100, i2=90, opposite=True, bias=UNKNOWN))
    assert rating.rated is Certainty.VERY_LOW


# --- R1 risk of bias


@pytest.mark.parametrize(("low_weight", "expected"), [(80, 0), (75, 0), (74, 1), (0, 1)])
def test_low_risk_trials_must_hold_three_quarters_of_the_weight(low_weight, expected):
    members = tuple(
        a_trial(name, bias=bias, weight=weight)
        for name, bias, weight in (("low", LOW, low_weight), ("other", SOME, 100 - low_weight))
        if weight
    )
    body = a_stratum(an_estimate(12, 10.5, 14), members)
    assert downgrade(rate(body), "risk_of_bias") == expected


def two_trials_of_which_one_is_at_high_risk(without: float | None):
    members = (a_trial("low", weight=40.0), a_trial("high", bias=HIGH, weight=60.0))
    return a_stratum(an_estimate(12, 10.5, 14, without_high_risk=without), members)


def test_high_risk_trials_cost_two_levels_where_the_size_rests_on_them():
    body = two_trials_of_which_one_is_at_high_risk(without=6.0)
    assert downgrade(rate(body), "risk_of_bias") == 2


def test_high_risk_trials_cost_one_level_where_the_size_stays_without_them():
    body = two_trials_of_which_one_is_at_high_risk(without=11.0)
    assert downgrade(rate(body), "risk_of_bias") == 1


def test_a_size_that_turns_round_without_high_risk_trials_rests_on_them():
    body = two_trials_of_which_one_is_at_high_risk(without=-11.0)
    assert downgrade(rate(body), "risk_of_bias") == 2


def test_where_every_trial_is_at_high_risk_nothing_is_left_without_them():
    assert downgrade(rate(pooled(12, 10.5, 14, bias=HIGH)), "risk_of_bias") == 2


def test_unassessed_risk_of_bias_costs_one_level_and_holds_certainty_at_low():
    rating = rate(pooled(12, 10.5, 14, bias=UNKNOWN), signatures=2)
    assert downgrade(rating, "risk_of_bias") == 1
    assert rating.rated is Certainty.LOW
    assert "not assessed" in rating.cap_reason


def test_a_patient_reported_outcome_against_an_unblinded_comparator_is_never_low_risk():
    body = pooled(12, 10.5, 14)
    members = tuple(replace(m, is_low_risk_possible=False) for m in body.members)
    assert downgrade(rate(replace(body, members=members)), "risk_of_bias") == 1


# --- R2 inconsistency


@pytest.mark.parametrize(
    ("i2", "opposite", "expected"),
    [
        (39, True, 0),
        (40, True, 1),
        (75, True, 1),
        (76, True, 2),
        (75, False, 0),
        (76, False, 1),
    ],
)
def test_spread_is_judged_by_i2_and_by_whether_trials_point_opposite_ways(i2, opposite, expected):
    body = pooled(12, 10.5, 14, i2=i2, opposite=opposite)
    assert downgrade(rate(body), "inconsistency") == expected


def test_i2_is_not_judged_below_three_studies():
    assert downgrade(rate(pooled(12, 10.5, 14, k=2, i2=90)), "inconsistency") == 0


def test_two_studies_on_opposite_sides_with_intervals_apart_are_inconsistent():
    members = a_trial("one", 12.0, weight=50.0), a_trial("other", -12.0, weight=50.0)
    body = a_stratum(an_estimate(1, -20, 22, k=2), members)
    assert downgrade(rate(body), "inconsistency") == 2


def test_two_studies_on_opposite_sides_whose_intervals_meet_are_not():
    members = a_trial("one", 2.0, weight=50.0), a_trial("other", -2.0, weight=50.0)
    body = a_stratum(an_estimate(0.5, -3, 4, k=2), members)
    assert downgrade(rate(body), "inconsistency") == 0


@pytest.mark.parametrize(("k", "expected"), [(5, 1), (4, 0)])
def test_a_prediction_interval_over_zero_costs_a_level_from_five_studies(k, expected):
    body = pooled(12, 10.5, 14, k=k, prediction=(-3, 27))
    assert downgrade(rate(body), "inconsistency") == expected


def test_signs_of_inconsistency_do_not_add_up():
    body = pooled(12, 10.5, 14, i2=80, prediction=(-3, 27))
    assert downgrade(rate(body), "inconsistency") == 1


def test_trials_known_by_direction_only_that_disagree_with_the_pool_cost_a_level():
    against = Direction.FAVOURS_COMPARATOR
    silent = tuple(a_trial(f"words{i}", None, direction=against) for i in range(2))
    body = a_stratum(an_estimate(12, 10.5, 14), (*trials(6, 12.0), *silent))
    assert rule(rate(body), "inconsistency") == "R2-words"


@pytest.mark.parametrize(
    ("favours", "against", "expected"), [(9, 1, 0), (3, 1, 1), (7, 3, 1), (6, 4, 2), (5, 5, 2)]
)
def test_a_count_is_inconsistent_by_the_share_that_favours(favours, against, expected):
    assert downgrade(rate(counted(favours, against)), "inconsistency") == expected


# --- R3 indirectness


def test_half_of_the_weight_from_other_people_costs_a_level():
    members = (
        a_trial("direct", weight=50.0),
        a_trial("indirect", weight=50.0, population=Match.INDIRECT),
    )
    body = a_stratum(an_estimate(12, 10.5, 14), members)
    assert downgrade(rate(body), "indirectness") == 1


def test_less_than_half_of_the_weight_costs_nothing():
    members = (
        a_trial("direct", weight=51.0),
        a_trial("indirect", weight=49.0, population=Match.INDIRECT),
    )
    body = a_stratum(an_estimate(12, 10.5, 14), members)
    assert downgrade(rate(body), "indirectness") == 0


def test_two_indirect_elements_cost_two_levels():
    members = (a_trial(weight=100.0, population=Match.INDIRECT, approximate_window=True),)
    body = a_stratum(an_estimate(12, 10.5, 14, k=1), members)
    assert downgrade(rate(body), "indirectness") == 2


def test_evidence_from_another_window_only_costs_a_level():
    body = replace(pooled(12, 10.5, 14), is_other_window_only=True)
    assert downgrade(rate(body), "indirectness") == 1


def test_a_claim_about_lasting_effects_without_a_long_window_loses_two_levels():
    body = replace(pooled(12, 10.5, 14), is_duration_claim=True)
    assert downgrade(rate(body), "indirectness") == 2
    assert downgrade(rate(replace(body, has_long_window=True)), "indirectness") == 0


# --- R4 imprecision


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (10.5, 14, 0),
        (9.5, 14.5, 1),
        (1, 9, 0),
        (-1, 9, 0),
        (-1, 11, 2),
        (-11, 1, 2),
        (-11, 11, 3),
        (10, 14, 0),
    ],
)
def test_imprecision_is_what_the_interval_crosses(low, high, expected):
    body = pooled((low + high) / 2, low, high)
    assert downgrade(rate(body), "imprecision") == expected


@pytest.mark.parametrize(("n", "expected"), [(400, 0), (399, 1), (200, 1), (199, 2)])
def test_too_few_people_are_imprecise_even_where_nothing_is_crossed(n, expected):
    assert downgrade(rate(pooled(12, 10.5, 14, k=1, n=n)), "imprecision") == expected


def test_too_few_people_count_beside_a_crossing_so_that_a_narrower_interval_never_rates_lower():
    wide, narrow = pooled(12, 9.5, 14.5, k=1, n=150), pooled(12, 10.5, 13.5, k=1, n=150)
    assert downgrade(rate(wide), "imprecision") == downgrade(rate(narrow), "imprecision") == 2


def test_the_people_needed_follow_from_the_spread_and_the_least_difference_that_matters():
    # 4 · 2.8² · 40² / 10² = 501.76 people; at the reference SD of 22 the floor of 400 holds
    wide = a_stratum(an_estimate(12, 10.5, 14), (a_trial(weight=100.0, sd=40.0),))
    assert optimal_information_size(wide, P) == pytest.approx(501.76)
    assert optimal_information_size(pooled(12, 10.5, 14), P) == 400


def test_responders_are_counted_in_events():
    few = tuple(a_trial(f"t{i}", 14.0, weight=50.0, events=100) for i in range(2))
    body = a_stratum(an_estimate(14, 11, 17, k=2), few, unit="percentage points")
    assert rule(rate(body), "imprecision") == "R4-few"
    many = tuple(replace(m, n_events=150) for m in few)
    assert downgrade(rate(replace(body, members=many)), "imprecision") == 0


def test_people_that_nobody_counted_cost_a_level():
    body = reused(12, 10.5, 14, a_review(Certainty.HIGH, n=None))
    assert rule(rate(body), "imprecision") == "R4-unknown"


def test_a_single_study_is_never_above_moderate():
    assert rate(pooled(12, 10.5, 14, k=1), signatures=2).rated is Certainty.MODERATE


# --- R5 reporting bias


@pytest.mark.parametrize(("k", "p", "expected"), [(10, 0.09, 1), (10, 0.10, 0), (9, 0.01, 0)])
def test_small_trials_with_more_benefit_cost_a_level_from_ten_trials(k, p, expected):
    body = a_stratum(an_estimate(12, 10.5, 14, k=k, egger_p=p), trials(k, 12.0))
    assert downgrade(rate(body), "publication_bias") == expected


def test_small_trials_with_less_benefit_cost_nothing():
    estimate = replace(an_estimate(12, 10.5, 14, k=12, egger_p=0.01), egger_towards_benefit=False)
    assert downgrade(rate(a_stratum(estimate, trials(12, 12.0))), "publication_bias") == 0


@pytest.mark.parametrize(("silent", "expected"), [(299, 0), (300, 1)])
def test_trials_that_stay_silent_count_by_their_participants(silent, expected):
    body = replace(pooled(12, 10.5, 14), silent_participants=silent, all_participants=1000)
    assert downgrade(rate(body), "publication_bias") == expected


@pytest.mark.parametrize(
    ("registered", "finished", "without", "expected"),
    [(5, 10, 3, 1), (4, 10, 3, 0), (5, 10, 2, 0), (None, None, None, 0), (5, 0, 0, 0)],
)
def test_registered_trials_without_results_count_once_registers_were_read(
    registered, finished, without, expected
):
    body = replace(
        pooled(12, 10.5, 14),
        registered_trials=registered,
        registered_finished_long=finished,
        registered_silent=without,
    )
    assert downgrade(rate(body), "publication_bias") == expected


def test_reporting_bias_costs_one_level_once():
    body = replace(
        pooled(12, 10.5, 14),
        silent_participants=900,
        all_participants=1000,
        registered_trials=9,
        registered_finished_long=9,
        registered_silent=9,
    )
    assert downgrade(rate(body), "publication_bias") == 1


# --- ceilings


def test_what_is_shown_is_never_above_low_before_two_people_have_signed():
    rating = rate(pooled(12, 10.5, 14), signatures=1)
    assert (rating.rated, rating.shown) == (Certainty.HIGH, Certainty.LOW)
    assert "two people" in rating.cap_reason


def test_ceilings_do_not_add_up():
    rating = rate(counted(12, 0, bias=UNKNOWN, n_each=200))
    assert rating.rated is rating.shown is Certainty.LOW


# --- reused rows of reviews


def test_a_reused_row_keeps_the_reviews_own_rating():
    body = reused(12, 10.5, 14, a_review(Certainty.MODERATE))
    assert rate(body, signatures=2).rated is Certainty.MODERATE


def test_a_reused_row_is_the_lower_of_the_reviews_rating_and_high_less_imprecision():
    body = reused(1, -11, 12, a_review(Certainty.MODERATE))
    assert rate(body).rated is Certainty.VERY_LOW


def test_a_reused_row_without_a_published_rating_is_low_at_most():
    body = reused(12, 10.5, 14, a_review(None))
    rating = rate(body, signatures=2)
    assert downgrade(rating, "risk_of_bias") == 1
    assert rating.rated is Certainty.LOW


def test_a_reused_row_whose_i2_is_unknown_is_moderate_at_most():
    body = reused(12, 10.5, 14, a_review(Certainty.HIGH, i2=None))
    rating = rate(body, signatures=2)
    assert downgrade(rating, "inconsistency") == 0
    assert rating.rated is Certainty.MODERATE


def test_where_reviews_disagree_the_lower_certainty_holds():
    body = reused(12, 10.5, 14, a_review(Certainty.HIGH, disagreeing=Certainty.LOW))
    assert rate(body, signatures=2).rated is Certainty.LOW


# --- other kinds


@pytest.mark.parametrize("kind", [ClaimKind.SAFETY, ClaimKind.PREVALENCE, ClaimKind.RISK_FACTOR])
def test_observational_questions_start_at_high(kind):
    assert rate(replace(pooled(12, 10.5, 14), kind=kind)).start is Certainty.HIGH
