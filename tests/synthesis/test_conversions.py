"""From printed figures to effects: Cochrane Handbook's examples and what must be refused."""

import math

import pytest

from evidence.errors import StatisticsError
from evidence.synthesis import arms
from evidence.synthesis.arms import ContinuousArm, CountArm
from evidence.synthesis.conversions import (
    log_odds_ratio_from_smd,
    off_centre,
    points_from_smd,
    read_interval,
    risk_from_odds_ratio,
    risk_from_risk_ratio,
    sd_from_se,
    se_from_ci,
    se_from_p,
    se_from_t,
    smd_from_log_odds_ratio,
    smd_from_points,
)
from evidence.synthesis.medians import (
    Quantiles,
    SdMethod,
    check_skewness,
    mean_and_sd,
    sd_from_quantiles,
)
from evidence.vocabulary import ScoreKind


def test_se_of_a_ratio_from_its_p_as_the_handbook_does():
    # Handbook 6.3.2: MD 3.8, t-test P = 0.008 with 25 and 22 people: t = 2.78, SE 1.37.
    assert se_from_p(3.8, 0.008, df=25 + 22 - 2) == pytest.approx(3.8 / 2.778, rel=1e-3)


def test_se_from_p_and_from_interval_agree():
    estimate, se = 0.7, 0.3
    p = math.erfc(estimate / se / math.sqrt(2))
    assert se_from_p(estimate, p) == pytest.approx(se, rel=1e-12)
    assert se_from_t(-estimate, estimate / se) == pytest.approx(se, rel=1e-14)
    half = 1.959963984540054 * se
    assert se_from_ci(estimate - half, estimate + half) == pytest.approx(se, rel=1e-14)


def test_a_narrower_interval_has_the_same_se_at_its_own_level():
    assert se_from_ci(-1.6448536, 1.6448536, level=0.90) == pytest.approx(1.0, rel=1e-7)


def test_sd_of_an_arm_as_the_handbook_does():
    # Handbook 6.5.2.2: mean 32.1, 95 % interval 30.0 to 34.2, n = 25: SD 5.09 by t(24) = 2.064.
    se = se_from_ci(30.0, 34.2, df=24)
    assert sd_from_se(se, 25) == pytest.approx(math.sqrt(25) * 4.2 / 4.128, rel=1e-3)


@pytest.mark.parametrize("p", [0.0, 1.0, -0.1, 1.5])
def test_a_p_that_tells_nothing_is_refused(p):
    with pytest.raises(StatisticsError, match="allowed: 0 < p < 1"):
        se_from_p(1.0, p)


def test_an_effect_of_zero_tells_no_se():
    with pytest.raises(StatisticsError, match="does not tell the standard error"):
        se_from_p(0.0, 0.5)


def test_a_reversed_interval_is_refused():
    for function in (lambda: se_from_ci(2.0, 1.0), lambda: off_centre(1.0, 2.0, 1.0)):
        with pytest.raises(StatisticsError, match="upper limit must be the larger"):
            function()


def test_an_interval_more_than_5_per_cent_off_centre_gives_no_se():
    assert read_interval(5.04, 0.0, 10.0).se is not None
    assert read_interval(5.49, 0.0, 10.0).se is not None  # 4.9 % of the width
    off = read_interval(5.6, 0.0, 10.0)
    assert off.se is None
    assert "6 % of the width" in off.reason


def test_a_ratio_is_centred_on_the_log_scale():
    reading = read_interval(2.0, 1.0, 4.0, is_ratio=True)
    assert reading.off_centre == pytest.approx(0.0, abs=1e-15)
    assert reading.se == pytest.approx(math.log(4) / (2 * 1.959963984540054), rel=1e-12)
    assert read_interval(2.0, 1.0, 4.0).se is None
    assert read_interval(2.5, 1.0, 4.0, is_ratio=True).se is None


def test_a_ratio_below_zero_is_refused():
    with pytest.raises(StatisticsError, match="must be above 0"):
        read_interval(0.5, -0.1, 1.2, is_ratio=True)


def test_smd_goes_to_points_and_to_odds_and_back():
    assert smd_from_points(*points_from_smd(-0.4, 0.1, 22.0), 22.0) == pytest.approx((-0.4, 0.1))
    assert smd_from_log_odds_ratio(*log_odds_ratio_from_smd(0.3, 0.02)) == pytest.approx(
        (0.3, 0.02)
    )
    with pytest.raises(StatisticsError, match="above 0"):
        smd_from_points(1.0, 0.1, 0.0)


def test_risks_from_ratios():
    assert risk_from_odds_ratio(1.0, 0.3) == pytest.approx(0.3)
    assert risk_from_risk_ratio(0.5, 0.3) == pytest.approx(0.15)


def test_merging_three_arms_equals_the_raw_data():
    groups = [[1.0, 2.0, 4.0], [3.0, 5.0], [8.0, 9.0, 9.5, 11.0]]

    def describe(values):
        mean = sum(values) / len(values)
        return (
            len(values),
            mean,
            math.sqrt(sum((x - mean) ** 2 for x in values) / (len(values) - 1)),
        )

    merged = arms.merge_arms([ContinuousArm(*describe(values)) for values in groups])
    n, mean, sd = describe([x for values in groups for x in values])
    assert (merged.n, merged.mean, merged.sd) == pytest.approx((n, mean, sd), rel=1e-12)


def test_arms_of_two_kinds_of_score_are_not_merged():
    with pytest.raises(StatisticsError, match="change score and end score"):
        arms.merge_arms([ContinuousArm(5, 1, 1), ContinuousArm(5, 1, 1, ScoreKind.CHANGE)])


def test_nothing_is_not_merged():
    for function in (arms.merge_arms, arms.merge_counts):
        with pytest.raises(StatisticsError, match="no arm"):
            function([])


def test_merging_and_sharing_counts():
    assert arms.merge_counts([CountArm(2, 10), CountArm(3, 12)]) == CountArm(5, 22)
    assert arms.share_comparator_counts(CountArm(6, 40), 2) == CountArm(3, 20)
    shared = arms.share_comparator(ContinuousArm(41, 50.0, 9.0), 2)
    assert (shared.n, shared.mean, shared.sd) == (20.5, 50.0, 9.0)
    with pytest.raises(StatisticsError, match="1 or more"):
        arms.share_comparator(ContinuousArm(5, 1, 1), 0)


def test_cluster_corrections_agree_with_each_other():
    arm = arms.effective_arm(ContinuousArm(100, 3.0, 1.0), 11, 0.05)
    assert arm.n == pytest.approx(100 / 1.5)
    assert arms.inflate_se(1.0 / math.sqrt(100), 11, 0.05) == pytest.approx(1 / math.sqrt(arm.n))
    with pytest.raises(StatisticsError, match="0 to 1"):
        arms.design_effect(10, 1.2)


def test_a_crossover_equals_the_paired_analysis_of_its_people():
    first, second = [7.0, 5.5, 9.0, 6.0, 8.5, 4.0], [6.0, 5.0, 7.0, 6.5, 8.0, 4.5]
    n = len(first)

    def mean(values):
        return sum(values) / n

    def covariance(a, b):
        return sum((x - mean(a)) * (y - mean(b)) for x, y in zip(a, b, strict=True)) / (n - 1)

    sd1, sd2 = math.sqrt(covariance(first, first)), math.sqrt(covariance(second, second))
    correlation = covariance(first, second) / (sd1 * sd2)
    found = arms.crossover_difference(n, mean(first), sd1, mean(second), sd2, correlation)
    differences = [x - y for x, y in zip(first, second, strict=True)]
    assert found.difference == pytest.approx(mean(differences), rel=1e-12)
    paired = math.sqrt(covariance(differences, differences) / n)
    assert found.se == pytest.approx(paired, rel=1e-12)
    # Handbook 23.2.7.2: SMD over the SD of both conditions, SE by Elbourne et al. 2002.
    smd = found.difference / math.sqrt((sd1**2 + sd2**2) / 2)
    assert found.smd == pytest.approx(smd, rel=1e-12)
    elbourne = math.sqrt(1 / n + smd**2 / (2 * n)) * math.sqrt(2 * (1 - correlation))
    assert found.smd_se == pytest.approx(elbourne, rel=1e-12)


def test_without_correlation_a_crossover_is_two_arms_of_n():
    found = arms.crossover_difference(20, 5.0, 3.0, 4.0, 3.0, 0.0)
    assert found.se == pytest.approx(math.sqrt(9 / 20 + 9 / 20), rel=1e-12)


@pytest.mark.parametrize(
    "values", [(1, 1, 1, 1, 1, 0.5), (9, 1, 1, 1, 1, 1.0), (9, 1, 0, 1, 0, 0.1)]
)
def test_an_impossible_crossover_is_refused(values):
    with pytest.raises(StatisticsError, match="crossover"):
        arms.crossover_difference(*values)


def test_the_sd_of_changes_and_its_correlation_are_inverse():
    sd = arms.change_sd(5.0, 4.0, 0.6)
    assert arms.change_correlation(5.0, 4.0, sd) == pytest.approx(0.6, rel=1e-12)


def test_end_scores_and_changes_are_told_apart():
    kinds = [ScoreKind.END, ScoreKind.CHANGE]
    assert arms.may_pool_together(kinds, is_standardized=False).may_pool
    check = arms.may_pool_together(kinds, is_standardized=True)
    assert not check.may_pool
    assert "change score and end score" in check.reason
    assert arms.may_pool_together([ScoreKind.END] * 3, is_standardized=True).may_pool


@pytest.mark.parametrize("arm", [(0, 1, 1), (5, 1, -1), (5, math.nan, 1)])
def test_an_impossible_arm_is_refused(arm):
    with pytest.raises(StatisticsError, match="arm of n"):
        ContinuousArm(*arm)
    with pytest.raises(StatisticsError, match="events of"):
        CountArm(6, 5)


def test_quantiles_of_a_normal_arm_give_its_mean_and_sd():
    # Quartiles of a normal distribution with mean 50 and SD 10, n = 400.
    found = mean_and_sd(Quantiles(400, 50.0, q1=43.26, q3=56.74))
    assert found.mean == pytest.approx(50.0)
    assert found.sd == pytest.approx(10.0, rel=0.01)
    assert not found.check.is_skewed


def test_skewed_quantiles_are_called_skewed():
    assert check_skewness(Quantiles(100, 2.0, q1=1.0, q3=9.0)).is_skewed


def test_quantiles_out_of_order_are_refused_with_every_fault():
    with pytest.raises(StatisticsError) as caught:
        Quantiles(3, 5.0, low=1.0, q1=6.0)
    for text in ("low, high", "q1, q3", "5 or more", "low <= q1"):
        assert text in caught.value.message
    with pytest.raises(StatisticsError, match="nothing beside the median"):
        Quantiles(30, 5.0)
    with pytest.raises(StatisticsError, match="a spread above 0"):
        Quantiles(30, 5.0, q1=5.0, q3=5.0)


def test_the_handbooks_factor_needs_quartiles():
    with pytest.raises(StatisticsError, match="needs quartiles"):
        sd_from_quantiles(Quantiles(30, 5.0, low=1.0, high=9.0), SdMethod.COCHRANE)
