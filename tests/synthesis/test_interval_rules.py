"""Which interval decides for how many studies (docs/method.md, section 5)."""

from itertools import pairwise

import numpy as np
import pytest

from evidence.errors import StatisticsError
from evidence.synthesis.interval_rules import (
    IntervalRules,
    pool_for_verdict,
    pool_strata_for_verdict,
)
from evidence.synthesis.pooling import pool
from evidence.vocabulary import IntervalMethod

Z = 1.959963984540054
AGREEING = ([10.0, 12.0, 11.0, 9.0, 13.0, 10.5], [4.0, 6.0, 5.0, 4.5, 7.0, 5.5])
APART = ([2.0, 20.0, 5.0], [1.0, 1.2, 0.9])


def test_five_studies_take_the_modified_hartung_knapp_interval():
    y, v = AGREEING[0][:5], AGREEING[1][:5]
    found, report = pool_for_verdict(y, v), pool(y, v)
    assert found.ci_method is IntervalMethod.MODIFIED_HARTUNG_KNAPP
    assert (found.ci_low, found.ci_high) == (report.ci_low, report.ci_high)
    assert not found.is_few_studies


def test_five_studies_keep_it_even_where_it_is_wider_than_the_hull():
    y, v = [0.0, 0.1, 0.2, 9.0, 9.1], [0.01] * 5
    found = pool_for_verdict(y, v)
    assert found.ci_method is IntervalMethod.MODIFIED_HARTUNG_KNAPP
    assert found.ci_high - found.ci_low > 0


@pytest.mark.parametrize("k", [2, 3, 4])
def test_two_to_four_studies_take_the_hull_where_hartung_knapp_is_wider(k):
    y, v = [2.0, 20.0, 5.0, 17.0][:k], [1.0, 1.2, 0.9, 1.1][:k]
    report = pool(y, v)
    half = [Z * variance**0.5 for variance in v]
    low = min(effect - h for effect, h in zip(y, half, strict=True))
    high = max(effect + h for effect, h in zip(y, half, strict=True))
    found = pool_for_verdict(y, v)
    if report.ci_high - report.ci_low > high - low:
        assert found.ci_method is IntervalMethod.HULL
        assert found.is_few_studies
        assert (found.ci_low, found.ci_high) == pytest.approx((low, high), rel=1e-14)
    else:
        assert found.ci_method is IntervalMethod.MODIFIED_HARTUNG_KNAPP


def test_two_studies_apart_are_a_case_of_the_hull():
    # t(1) is 12.7: modified HK of two studies is wider than anything that they say.
    assert pool_for_verdict([2.0, 20.0], [1.0, 1.2]).ci_method is IntervalMethod.HULL


def test_three_agreeing_studies_are_no_case_of_the_hull():
    found = pool_for_verdict([10.0, 10.0, 10.0, 10.0], [4.0, 4.0, 4.0, 4.0])
    # Four equal studies: SE 1, t(3) = 3.182, width 6.36; the hull is 2 * 1.96 * 2 = 7.84 wide.
    assert found.ci_method is IntervalMethod.MODIFIED_HARTUNG_KNAPP
    assert found.ci_high - found.ci_low == pytest.approx(2 * 3.182446305284263, rel=1e-12)
    assert not found.is_few_studies


def test_the_hull_takes_the_studies_intervals_as_they_report_them():
    found = pool_for_verdict([2.0, 20.0], [1.0, 1.2], own_low=[-1.0, np.nan], own_high=[4.0, 25.0])
    assert (found.ci_low, found.ci_high) == (-1.0, 25.0)


def test_one_study_keeps_its_own_interval():
    found = pool_for_verdict([7.0], [4.0])
    assert found.ci_method is IntervalMethod.SINGLE_STUDY
    assert (found.estimate, found.ci_low, found.ci_high) == (7.0, 7.0 - 2 * Z, 7.0 + 2 * Z)
    printed = pool_for_verdict([7.0], [4.0], own_low=[3.0], own_high=[12.0])
    assert (printed.ci_low, printed.ci_high) == (3.0, 12.0)
    nothing = (
        found.tau, found.i2, found.q, found.prediction_low, found.loo_min, found.egger_p,
    )  # fmt: skip
    assert nothing == (None,) * 6
    assert found.weights == (100.0,)


def test_a_study_outside_its_own_interval_is_refused():
    with pytest.raises(StatisticsError, match="row 2"):
        pool_for_verdict([1.0, 2.0], [1.0, 1.0], own_low=[0.0, 2.5], own_high=[2.0, 3.0])


@pytest.mark.parametrize(("k", "is_given"), [(2, False), (4, False), (5, True), (6, True)])
def test_prediction_begins_with_five_studies(k, is_given):
    found = pool_for_verdict(AGREEING[0][:k], AGREEING[1][:k])
    assert (found.prediction_low is not None) is is_given
    if is_given:
        report = pool(AGREEING[0][:k], AGREEING[1][:k])
        assert found.prediction_low == report.prediction_low
        assert found.prediction_high == report.prediction_high


@pytest.mark.parametrize(("k", "is_given"), [(1, False), (2, False), (3, True)])
def test_i2_begins_with_three_studies(k, is_given):
    found = pool_for_verdict(AGREEING[0][:k], AGREEING[1][:k])
    assert (found.i2 is not None) is is_given
    assert (found.i2_low is not None) is is_given
    assert (found.i2_high is not None) is is_given


def test_egger_begins_with_ten_studies():
    rng = np.random.default_rng(7)
    v = rng.uniform(0.5, 4.0, 10)
    y = 3.0 + rng.normal(0, np.sqrt(v))
    assert pool_for_verdict(y[:9], v[:9]).egger_p is None
    assert pool_for_verdict(y, v).egger_p == pool(y, v).egger_p


def test_the_wald_interval_stands_beside():
    found = pool_for_verdict(*APART)
    wald = pool(*APART, ci="z")
    assert (found.wald_low, found.wald_high) == pytest.approx(
        (wald.ci_low, wald.ci_high), rel=1e-12
    )


def test_leave_one_out_gives_lowest_and_highest():
    found = pool_for_verdict(*APART)
    without = pool(*APART).leave_one_out
    assert (found.loo_min, found.loo_max) == pytest.approx((min(without), max(without)), rel=1e-12)


def test_weights_add_up_to_100():
    assert sum(pool_for_verdict(*AGREEING).weights) == pytest.approx(100.0)


def test_many_strata_equal_one_by_one():
    rng = np.random.default_rng(11)
    sizes = rng.integers(1, 15, 60)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    v = rng.gamma(2.0, 2.0, offsets[-1]) + 0.1
    y = rng.normal(5.0, 3.0, offsets[-1])
    together = pool_strata_for_verdict(y, v, offsets)
    alone = [pool_for_verdict(y[a:b], v[a:b]) for a, b in pairwise(offsets)]
    assert together == alone


def test_the_rules_are_numbers_that_a_protocol_can_change():
    y, v = AGREEING[0][:4], AGREEING[1][:4]
    rules = IntervalRules(modified_hk_decides_from=2, prediction_from=3, i2_from=2, egger_from=3)
    found = pool_for_verdict(y, v, rules=rules)
    assert found.ci_method is IntervalMethod.MODIFIED_HARTUNG_KNAPP
    assert found.prediction_low is not None
    assert found.egger_p is not None
