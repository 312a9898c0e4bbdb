"""Effects in the ways in which abstracts print them; every text is invented."""

import pytest

from evidence.appraisal.effects import find_arm_figures, find_effects
from evidence.appraisal.sentences import split_passage
from evidence.vocabulary import EffectMeasure


def first(text):
    return find_effects(split_passage("", f"RESULTS: {text}"))[0]


@pytest.mark.parametrize(
    ("text", "measure", "estimate", "low", "high"),
    [
        ("Pain fell (mean difference -5.2, 95% CI -8.0 to -2.4).", "MD", -5.2, -8.0, -2.4),
        (
            "Pain fell (MD \u22125.2 [95%CI \u22128.0, \u22122.4]; P = 0.001).",
            "MD",
            -5.2,
            -8.0,
            -2.4,
        ),
        (
            "Pain fell: SMD = 0.42 (95% confidence interval 0.10\u20130.74).",
            "SMD",
            0.42,
            0.10,
            0.74,
        ),
        ("Deaths fell (hazard ratio 0.71; 95% CI, 0.55 to 0.92; P = .01).", "HR", 0.71, 0.55, 0.92),
        ("Deaths fell (HR 0\u00b771, 95% CI 0\u00b755\u20130\u00b792).", "HR", 0.71, 0.55, 0.92),
        ("Response rose (OR 2.10, 95% CI 1.20-3.60).", "OR", 2.10, 1.20, 3.60),
        (
            "Response rose (adjusted odds ratio [OR] = 2.10; 95% CI: 1.20, 3.60).",
            "OR",
            2.10,
            1.20,
            3.60,
        ),
        ("Response rose (relative risk 1.50, 95% CI 1.10 to 2.05).", "RR", 1.50, 1.10, 2.05),
        ("Response rose (risk difference 12%, 95% CI 3% to 21%).", "RD", 12.0, 3.0, 21.0),
    ],
)
def test_estimate_and_interval_are_read(text, measure, estimate, low, high):
    effect = first(text)
    assert (effect.measure, effect.estimate, effect.ci_low, effect.ci_high) == (
        measure,
        estimate,
        low,
        high,
    )


def test_the_word_or_is_no_odds_ratio():
    passage = split_passage("", "RESULTS: Men or women did not differ in the ratio 1.2 (P = 0.4).")
    assert all(e.measure is not EffectMeasure.OR for e in find_effects(passage))


def test_p_values_keep_their_sign():
    effect = first("Pain fell (mean difference -5.2, 95% CI -8.0 to -2.4; P<0.001).")
    assert (effect.p_value, effect.p_sign) == (0.001, "<")


def test_what_is_not_printed_is_none():
    effect = first("The mean difference was 3.1 (P = 0.04).")
    assert (effect.ci_low, effect.ci_high) == (None, None)


def test_means_with_spread_and_counts_are_read_in_order():
    sentence = split_passage(
        "", "Pain was 3.1 \u00b1 1.2 and 4.0 \u00b1 1.1; 12/40 (30%) and 8 of 39 (21%) recovered."
    ).sentences[1]
    figures = find_arm_figures(sentence)
    assert [(f.mean, f.sd, f.events, f.n) for f in figures] == [
        (3.1, 1.2, None, None), (4.0, 1.1, None, None), (None, None, 12, 40), (None, None, 8, 39),
    ]  # fmt: skip
