"""Section 4: the effect of one study, turned so that positive is favourable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.protocol import Protocol
from evidence.synthesis.study_effects import ResultEffect, result_effect
from evidence.vocabulary import Direction, DirectionSource
from tests.method.builders import the_protocol
from tests.method.rows import working

P: Protocol = the_protocol()


def effect(**row: object) -> ResultEffect:
    return result_effect(next(working(row).itertuples(index=False)), P)


def test_less_pain_is_favourable():
    found = effect(estimate=-12.0, ci_low=-18.0, ci_high=-6.0)
    assert (found.effect, found.ci_low, found.ci_high) == (12.0, 6.0, 18.0)
    assert found.unit == "points of 100"


def test_a_scale_with_known_ends_becomes_nought_to_a_hundred():
    found = effect(estimate=-2.4, ci_low=-4.8, ci_high=0.0, scale_max=24.0)
    assert found.effect == pytest.approx(10.0)
    assert found.ci_high == pytest.approx(20.0)


def test_a_scale_without_known_ends_gives_its_direction_only():
    found = effect(estimate=-2.4, ci_low=-4.8, ci_high=0.0, scale_max=None)
    assert found.effect is None
    assert found.direction is Direction.FAVOURS_INTERVENTION
    assert not found.is_poolable


def test_an_interval_off_centre_gives_no_standard_error():
    assert effect(estimate=-12.0, ci_low=-18.0, ci_high=-6.0).se is not None
    found = effect(estimate=-16.0, ci_low=-18.0, ci_high=-6.0)
    assert found.se is None
    assert found.effect == 16.0
    assert not found.is_poolable


def test_arms_with_sds_give_difference_and_standard_error():
    # Cochrane Handbook 6.5.1: SE = sqrt(20²/50 + 20²/50) = 4.
    arms = {"n_intervention": 50, "mean_intervention": 40.0, "sd_intervention": 20.0,
            "n_comparator": 50, "mean_comparator": 50.0, "sd_comparator": 20.0}  # fmt: skip
    found = effect(measure="MEAN", **arms)
    assert found.effect == pytest.approx(10.0)
    assert found.se == pytest.approx(4.0)


def test_an_sd_that_may_be_a_standard_error_is_not_pooled():
    arms = {"n_intervention": 50, "mean_intervention": 40.0, "sd_intervention": 2.0,
            "n_comparator": 50, "mean_comparator": 50.0, "sd_comparator": 2.0}  # fmt: skip
    found = effect(measure="MEAN", **arms)
    assert not found.is_poolable
    assert "SE" in str(found.why_unusable)


def test_an_smd_is_about_so_many_points_by_the_reference_sd():
    found = effect(measure="SMD", estimate=-0.5, ci_low=-0.7, ci_high=-0.3)
    assert found.effect == pytest.approx(11.0)
    assert found.is_about


def test_a_risk_ratio_becomes_points_at_the_comparators_risk():
    row = {"outcome_domain": "response", "higher_is": "better", "measure": "RR"}
    found = effect(**row, estimate=1.5, ci_low=1.2, ci_high=1.8, percent_comparator=40.0)
    assert found.effect == pytest.approx(20.0)
    assert found.ci_low == pytest.approx(8.0)
    assert found.unit == "percentage points"


def test_a_risk_ratio_without_the_comparators_risk_gives_its_direction_only():
    row = {"outcome_domain": "response", "higher_is": "better", "measure": "RR"}
    found = effect(**row, estimate=1.5, ci_low=1.2, ci_high=1.8)
    assert found.effect is None
    assert found.direction is Direction.FAVOURS_INTERVENTION


def test_counts_give_a_risk_difference_and_zero_cells_a_standard_error():
    row = {"outcome_domain": "response", "higher_is": "better", "measure": "RD"}
    counts = {"events_intervention": 20, "n_intervention": 40, "events_comparator": 10,
              "n_comparator": 40}  # fmt: skip
    assert effect(**row, **counts).effect == pytest.approx(25.0)
    none = effect(**row, **(counts | {"events_comparator": 0}))
    assert none.effect == pytest.approx(50.0)
    assert none.se is not None
    assert none.se > 0


def test_direction_is_the_sign_of_the_number_whatever_the_p_value():
    found = effect(estimate=-0.1, ci_low=-9.0, ci_high=8.8, reported_test="no clear difference")
    assert found.direction is Direction.FAVOURS_INTERVENTION
    assert found.direction_source is DirectionSource.EFFECT


def test_a_printed_nought_is_null():
    assert effect(estimate=0.0).direction is Direction.NULL
    row = {"outcome_domain": "response", "higher_is": "better", "measure": "RR"}
    assert effect(**row, estimate=1.0).direction is Direction.NULL


def test_favours_in_words_alone_is_marked_in_words():
    found = effect(measure="OTHER", reported_test="favours intervention")
    assert found.direction is Direction.FAVOURS_INTERVENTION
    assert found.direction_source is DirectionSource.WORDS


def test_no_clear_difference_without_a_number_is_not_reported_never_no_effect():
    found = effect(measure="OTHER", reported_test="no clear difference")
    assert found.direction is Direction.NOT_REPORTED


def test_a_sign_against_a_significant_test_waits_for_a_person():
    found = effect(estimate=-12.0, ci_low=-18.0, ci_high=-6.0, reported_test="favours comparator")
    assert found.direction is Direction.NOT_REPORTED
    assert "waits for a person" in str(found.why_unusable)
    assert not found.is_poolable


numbers = st.floats(-50, 50, allow_nan=False)


@given(estimate=numbers, half=st.floats(0.1, 30))
def test_swapping_the_arms_flips_the_sign(estimate, half):
    one = effect(estimate=estimate, ci_low=estimate - half, ci_high=estimate + half)
    other = effect(estimate=-estimate, ci_low=-estimate - half, ci_high=-estimate + half)
    assert one.effect == -(other.effect or 0.0)
    assert one.se == pytest.approx(other.se)


@given(estimate=numbers, half=st.floats(0.1, 30))
def test_a_scale_turned_round_says_the_same(estimate, half):
    worse = effect(estimate=estimate, ci_low=estimate - half, ci_high=estimate + half)
    better = effect(
        estimate=-estimate, ci_low=-estimate - half, ci_high=-estimate + half, higher_is="better"
    )
    assert worse == better


@pytest.mark.parametrize("domain", ["prevalence", "utilization", "risk association"])
def test_what_compares_no_intervention_has_no_direction(domain):
    found = effect(outcome_domain=domain, comparator_class="none", measure="PROP", estimate=40.0)
    assert found.direction is Direction.NOT_REPORTED


def test_a_rate_of_harm_without_a_comparator_favours_nobody():
    row = {"outcome_domain": "adverse event", "measure": "RATE", "estimate": 3.0}
    assert effect(**row, comparator_class="none").direction is Direction.NOT_REPORTED
    assert effect(**row, comparator_class="sham").direction is not Direction.NOT_REPORTED
