"""Effects in the ways in which abstracts print them; every text is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.appraisal.arm_figures import find_arm_figures
from evidence.appraisal.effects import find_effects
from evidence.appraisal.sentences import split_passage
from evidence.vocabulary import EffectMeasure

M = "\u2212"  # the minus sign
N = "\u2013"  # the dash
D = "\u00b7"  # the raised dot


def effects(text):
    return find_effects(split_passage("", f"RESULTS: {text}"))


def printed(text):
    return [(e.measure, e.estimate, e.ci_low, e.ci_high) for e in effects(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # differences
        ("Pain fell (mean difference -5.2, 95% CI -8.0 to -2.4).", ("MD", -5.2, -8.0, -2.4)),
        (f"Pain fell (MD {M}5.2 [95%CI {M}8.0, {M}2.4]; P = 0.001).", ("MD", -5.2, -8.0, -2.4)),
        (f"The difference was {N}5.2 (95 % CI = [{N}8.0, {N}2.4]).", ("MD", -5.2, -8.0, -2.4)),
        ("Pain fell (difference, 5.2 mm; 95% CI from 2.4 to 8.0).", ("MD", 5.2, 2.4, 8.0)),
        ("Pain fell (LSMD [95% CI], -5.2 [-8.0, -2.4]).", ("MD", -5.2, -8.0, -2.4)),
        ("Pressure was 5.2 (95% CI, 2.4-8.0) mmHg lower than before.", ("MD", 5.2, 2.4, 8.0)),
        (f"Pain: SMD = 0.42 (95% confidence interval 0.10{N}0.74).", ("SMD", 0.42, 0.10, 0.74)),
        ("Pain: Hedges' g 0.42, 95% CI 0.10 to 0.74.", ("SMD", 0.42, 0.10, 0.74)),
        ("Response rose (risk difference 12%, 95% CI 3% to 21%).", ("RD", 12.0, 3.0, 21.0)),
        ("Response rose (difference 12%; 95% CI 3 to 21).", ("RD", 12.0, 3.0, 21.0)),
        ("A difference of 7.9 percentage points (95% CI, 4.1 to 11.8).", ("RD", 7.9, 4.1, 11.8)),
        # ratios
        ("Deaths fell (hazard ratio 0.71; 95% CI, 0.55 to 0.92).", ("HR", 0.71, 0.55, 0.92)),
        (f"Deaths fell (HR 0{D}71, 95% CI 0{D}55{N}0{D}92).", ("HR", 0.71, 0.55, 0.92)),
        ("By 95% CI: deaths fell (adjusted HR .71, .55-.92).", ("HR", 0.71, 0.55, 0.92)),
        ("Response rose (OR 2.10, 95% CI 1.20-3.60).", ("OR", 2.10, 1.20, 3.60)),
        ("It rose (adjusted odds ratio [OR] = 2.10; 95% CI: 1.20, 3.60).", ("OR", 2.1, 1.2, 3.6)),
        ("Odds ratio (OR) old vs. young = 2.10; 95% CI (1.20, 3.60).", ("OR", 2.1, 1.2, 3.6)),
        ("It rose (95% confidence interval 1.20, 3.60, odds ratio = 2.10).", ("OR", 2.1, 1.2, 3.6)),
        ("The odds ratio [95% CI] was 2.10 (1.20-3.60).", ("OR", 2.10, 1.20, 3.60)),
        ("The OR after 2 years was 2.10 (95% CI 1.20-3.60).", ("OR", 2.10, 1.20, 3.60)),
        ("Response rose (relative risk 1.50, 95% CI 1.10 to 2.05).", ("RR", 1.50, 1.10, 2.05)),
        ("Falls: incidence rate ratio 0.8 (CI, 0.6-1.1).", ("RR", 0.8, 0.6, 1.1)),
        ("Costs: ratio of means 1.1 (95% CI 0.9 to 1.3).", ("ROM", 1.1, 0.9, 1.3)),
        # of one arm
        ("In all 30% (95% CI, 20%-41%) were missing.", ("PROP", 30.0, 20.0, 41.0)),
        ("Survival was 0.91 (95% CI 0.86 to 0.95).", ("PROP", 0.91, 0.86, 0.95)),
        ("The score was 9.7 (95% CI 7.9 to 11.5).", ("MEAN", 9.7, 7.9, 11.5)),
        ("Costs were 1,205 (95% CI 1,004 to 1,406).", ("MEAN", 1205, 1004, 1406)),
        ("Median survival was 9.7 months (95% CI 7.9 to 11.5).", ("OTHER", 9.7, 7.9, 11.5)),
        ("Falls: 4.0 per 1000 (95% CI, 0.4-7.5).", ("RATE", 4.0, 0.4, 7.5)),
        ("Pain fell 57% more (95% CI 4% to 110%).", ("OTHER", 57.0, 4.0, 110.0)),
    ],
)
def test_estimate_and_interval_are_read(text, expected):
    assert printed(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "RR of an attack 0.79 (95% CI, 0.64-0.99) for one, and 0.78 (95% CI, 0.62-0.98) for two.",
            [("RR", 0.79, 0.64, 0.99), ("RR", 0.78, 0.62, 0.98)],
        ),
        (
            "HRs were 0.93 for one (95% CI, 0.71 to 1.22; P = .62) and 0.84 for two (95% CI, 0.59 to 1.18).",
            [("HR", 0.93, 0.71, 1.22), ("HR", 0.84, 0.59, 1.18)],
        ),
        (
            "It was 23.7% (95% CI 19.8-27.6) versus 30.4% (26.1-34.6); HR 0.75, 95% CI 0.60-0.95.",
            [("PROP", 23.7, 19.8, 27.6), ("PROP", 30.4, 26.1, 34.6), ("HR", 0.75, 0.6, 0.95)],
        ),
        (
            "It was 6% (95% CI, 4.3% to 8.0%; HR, 0.65; P = .07) and 9% (95% CI, 7.3% to 11%).",
            [("PROP", 6.0, 4.3, 8.0), ("HR", 0.65, None, None), ("PROP", 9.0, 7.3, 11.0)],
        ),
    ],
)
def test_each_interval_of_a_list_has_its_own_estimate_and_name(text, expected):
    assert printed(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Men or women did not differ in the ratio 1.2 (P = 0.4).",  # a word, not OR
        "We used 95% confidence intervals, and P < 0.05 was significant.",
        "Pain was measured after 24 hrs (P = 0.4).",  # hours
        "The index was 60% (CI=4.2%), 38.4% (CI=4.4%).",  # half-widths, not intervals
        "Age was 45 (range 20 to 70); the difference was clear (95% CI not given).",
        "Cardiac index (CI) rose from 2.1 to 2.8 (p < 0.01).",
        "Survival was 6.8 years (95% CI, 5.8 to not reached).",
    ],
)
def test_what_is_no_effect_is_not_read_as_one(text):
    assert printed(text) == []


def test_a_difference_for_which_only_the_interval_is_printed_has_no_estimate():
    text = "It was 129 with and 13 without (95% CI for difference, 51.3 to 181.2; p = 0.0009)."
    (effect,) = effects(text)
    assert (effect.measure, effect.estimate, effect.ci_low) == (EffectMeasure.MD, None, 51.3)


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("(mean difference -5.2, 95% CI -8.0 to -2.4; P<0.001).", 0.001, "<"),
        ("(mean difference -5.2, 95% CI -8.0 to -2.4), one-sided p = .02.", 0.02, "="),
        ("(mean difference -5.2; p=0\u00b704; 95% CI -8.0 to -2.4).", 0.04, "="),
        ("(P = .012; hazard ratio, 1.37; 95% CI, 1.07 to 1.75).", 0.012, "="),
        ("(mean difference 3, 95% CI 1 to 5; P = 2 \u00d7 10-5).", 2e-5, "="),
        ("(mean difference 3, 95% CI 1 to 5). Sleep did too (P = 0.3).", None, None),
    ],
)
def test_p_values_keep_their_sign_and_their_effect(text, value, sign):
    effect = effects(f"Pain fell {text}")[0]
    assert (effect.p_value, effect.p_sign) == (pytest.approx(value) if value else value, sign)


def test_what_is_not_printed_is_none():
    (effect,) = effects("The mean difference was 3.1 (P = 0.04).")
    assert (effect.estimate, effect.ci_low, effect.ci_high) == (3.1, None, None)


def test_an_estimate_outside_its_interval_is_hardly_sure():
    (effect,) = effects("Pain fell (mean difference 12.0, 95% CI 1.0 to 2.0).")
    assert effect.confidence <= 0.3


@given(
    st.floats(0.01, 90).map(lambda x: round(x, 2)),
    st.floats(0, 5).map(lambda x: round(x, 2)),
    st.sampled_from(["-", "\u2212", "\u2013"]),
    st.sampled_from([" to ", ", ", "; "]),
    st.sampled_from(["95% CI ", "95 % CI: ", "95% confidence interval (CI), ", "95%CI ["]),
)
def test_a_negative_effect_is_read_whatever_its_minus_and_its_joint(size, half, minus, to, label):
    low, high = size + half, max(0.0, size - half)
    text = (
        f"Pain fell (mean difference {minus}{size}; {label}{minus}{low:.2f}{to}{minus}{high:.2f})."
    )
    (effect,) = effects(text)
    assert effect.estimate == -size
    assert (effect.ci_low, effect.ci_high) == (-round(low, 2), -round(high, 2))


def test_means_with_spread_and_counts_are_read_in_order():
    sentence = split_passage(
        "", "Pain was 3.1 \u00b1 1.2 and 4.0 \u00b1 1.1; 12/40 (30%) and 8 of 39 (21%) recovered."
    ).sentences[1]
    figures = find_arm_figures(sentence)
    assert [(f.mean, f.sd, f.events, f.n) for f in figures] == [
        (3.1, 1.2, None, None), (4.0, 1.1, None, None), (None, None, 12, 40), (None, None, 8, 39),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.1 (SD 1.2)", (3.1, 1.2, None, None, None)),
        ("3.1 (\u00b1 1.2)", (3.1, 1.2, None, None, None)),
        ("3.1+/-1.2", (3.1, 1.2, None, None, None)),
        ("21.8%(17/78)", (None, None, 17, 78, 21.8)),
        ("17 (21.8%)", (None, None, 17, None, 21.8)),
        ("17 out of 78 bakers", (None, None, 17, 78, None)),
        ("21.8% (n = 17)", (None, None, 17, None, 21.8)),
    ],
)
def test_an_arms_figure_is_read_in_its_typographies(text, expected):
    (figure,) = find_arm_figures(split_passage("", f"It was {text}.").sentences[1])
    assert (figure.mean, figure.sd, figure.events, figure.n, figure.percent) == expected
