"""Tests of small-study effects where they have no answer, and the funnel's contours."""

import itertools

import numpy as np
import pytest

from evidence.errors import StatisticsError
from evidence.synthesis.meta_regression import regress, regress_on_groups, residual_tau2
from evidence.synthesis.methods import PoolingMethod
from evidence.synthesis.pooling import pool
from evidence.synthesis.small_study import begg, egger, funnel_contours, kendall
from evidence.synthesis.subgroups import subgroup_test
from evidence.synthesis.trim_and_fill import Side, TrimEstimator, trim_and_fill


def test_studies_of_one_size_have_no_egger_test():
    test = egger([1.0, 2.0, 3.0], [0.5, 0.5, 0.5])
    assert test.p_value is None
    assert "one size" in test.reason


def test_studies_on_a_line_have_no_egger_test():
    assert egger([1.0, 2.0, 3.0], [1.0, 4.0, 9.0]).p_value is None


def test_eggers_slope_does_not_depend_on_where_effects_begin():
    y, v = np.array([1.0, 2.5, 2.0, 4.0]), [0.1, 0.4, 0.5, 1.0]
    assert egger(y + 1000, v).fit.slope == pytest.approx(egger(y, v).fit.slope, rel=1e-9)


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_the_exact_rank_p_is_that_of_all_orders(n):
    x = np.arange(n, dtype=float)

    def score(order):
        return sum(np.sign(order[j] - order[i]) for i in range(n) for j in range(i + 1, n))

    orders = list(itertools.permutations(range(n)))
    sizes = np.array([abs(score(order)) for order in orders])
    for order, size in list(zip(orders, sizes, strict=True))[:: max(1, len(orders) // 60)]:
        found = kendall(x, np.array(order, dtype=float))
        assert found.p_value == pytest.approx(np.mean(sizes >= size), rel=1e-9)
        assert found.is_exact


def test_ties_make_beggs_test_normal():
    test = begg([0.1, 0.4, 0.2, 0.9], [0.1, 0.2, 0.2, 0.4])
    assert not test.is_exact
    assert test.p_value == test.p_normal


def test_studies_all_tied_have_no_rank_test():
    test = begg([0.1, 0.4, 0.2], [0.2, 0.2, 0.2])
    assert test.p_value is None
    assert "tied" in test.reason


def test_a_symmetric_funnel_misses_nothing():
    found = trim_and_fill([-1.0, 1.0, -0.5, 0.5, 0.0], [1.0, 1.0, 0.25, 0.25, 0.1])
    assert found.k0 == 0
    assert found.filled_yi.size == 0


@pytest.mark.parametrize("estimator", list(TrimEstimator))
def test_equal_effects_miss_nothing(estimator):
    assert trim_and_fill([2.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0], estimator=estimator).k0 == 0


def test_the_mirrored_studies_lie_on_the_side_that_is_missing():
    y, v = [0.1, 0.2, 0.3, 0.9, 1.2, 1.5], [0.01, 0.02, 0.02, 0.3, 0.4, 0.5]
    found = trim_and_fill(y, v, method=PoolingMethod.FIXED)
    assert found.side is Side.LEFT
    assert found.k0 > 0
    assert (found.filled_yi < min(y)).all()
    turned = trim_and_fill([-effect for effect in y], v, method=PoolingMethod.FIXED)
    assert turned.side is Side.RIGHT
    assert turned.estimate == pytest.approx(-found.estimate, rel=1e-12)


def test_a_contour_is_where_p_equals_its_level():
    found = funnel_contours([0.04, 0.25], points=11)
    level, low, high = found.limits[1]
    assert level == 0.05
    assert high == pytest.approx(1.959963984540054 * found.se)
    assert low == pytest.approx(-high)
    assert found.se[-1] == pytest.approx(1.05 * 0.5)
    around = funnel_contours([0.04, 0.25], centre=2.0, points=11)
    assert around.limits[1][1] == pytest.approx(2.0 + low)


def test_a_moderator_that_does_not_vary_is_refused():
    with pytest.raises(StatisticsError, match="a moderator that varies"):
        regress([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [4.0, 4.0, 4.0], name="weeks")


def test_groups_are_needed_for_each_study_and_at_least_two():
    for function in (regress_on_groups, subgroup_test):
        with pytest.raises(StatisticsError, match="two"):
            function([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], ["a", "a", "a"])
        with pytest.raises(StatisticsError, match="each study"):
            function([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], ["a", "b"])


def test_two_groups_as_a_number_and_as_words_are_one_model():
    y, v = [1.0, 2.0, 3.0, 5.0, 4.0], [1.0, 0.5, 1.5, 2.0, 1.0]
    words = regress_on_groups(y, v, ["a", "b", "a", "b", "a"])
    number = regress(y, v, [0, 1, 0, 1, 0])
    for one, other in zip(words.coefficients, number.coefficients, strict=True):
        assert one.estimate == pytest.approx(other.estimate, rel=1e-12)
        assert one.p_value == pytest.approx(other.p_value, rel=1e-12)


@pytest.mark.parametrize("method", [m for m in PoolingMethod if m.is_random])
def test_an_intercept_alone_gives_the_tau2_of_pooling(method):
    # A moderator that explains nothing in balanced groups leaves each estimator its own equation.
    y, v = np.array([0.1, 0.9, 0.4, 1.5, -0.3]), np.array([0.05, 0.1, 0.02, 0.2, 0.1])
    found = residual_tau2(y, v, np.ones((5, 1)), method)
    assert found == pytest.approx(pool(y, v, method).tau2, rel=1e-9)


def test_hundreds_of_studies_still_have_an_exact_rank_p():
    rng = np.random.default_rng(2)
    found = kendall(rng.normal(size=300), rng.normal(size=300))
    assert found.is_exact
    assert found.p_value == pytest.approx(found.p_normal, abs=5e-3)
    assert 0 < found.p_value <= 1
