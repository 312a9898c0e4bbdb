"""Effects with their outcome, time point and arms; every text is invented."""

import pytest

from evidence.appraisal.arms import Arm
from evidence.appraisal.printed_effects import read_effects
from evidence.appraisal.sentences import split_passage

ARMS = (Arm("warm packs", 40), Arm("sham packs", 41))


def read(text, arms=ARMS):
    return read_effects(split_passage("", f"RESULTS: {text}"), arms)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Fewer slept (hazard ratio for falling asleep, 0.6; 95% CI, 0.4 to 0.8).", "falling asleep"),
        ("The HRs were 0.9 for yawning (95% CI, 0.7 to 1.2).", "yawning"),
        ("Tea helped; back pain fell (mean difference -5; 95% CI -8 to -2).", "back pain fell"),
        ("Back pain (MD -5; 95% CI -8 to -2) and sleep (MD 1; 95% CI 0 to 2) changed.", "Back pain"),
    ],
)  # fmt: skip
def test_an_effect_knows_its_outcome(text, outcome):
    assert read(text)[0].outcome == outcome


def test_where_no_words_say_it_an_effect_is_of_what_the_one_before_was():
    text = (
        "RESULTS: Median baking time was 2.8 months (95% CI 2.1-3.6) in the warm group and 1.5 months "
        "(1.2-1.7) in the sham group (hazard ratio 0.62 [95% CI 0.47-0.80])."
    )
    assert [effect.outcome for effect in read(text)] == ["Median baking time"] * 3


def test_each_effect_has_the_time_point_before_it():
    text = (
        "At 6 weeks (mean difference 1.0; 95% CI 0 to 2) and at 3 months "
        "(mean difference 3.0; 95% CI 1 to 5) the scores differed."
    )
    assert [effect.weeks for effect in read(text)] == [6.0, 13.0]


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("Pain was lower in the cold group than in the usual group (MD -3; 95% CI -5 to -1).", ("cold", "usual")),
        ("Pain: MD -3 (95% CI -5 to -1) for cold versus usual packs.", ("cold", "usual packs")),
        ("Pain fell (MD -3; 95% CI -5 to -1).", ("warm packs", "sham packs")),
    ],
)  # fmt: skip
def test_an_effect_knows_its_arms_by_the_words_beside_it_else_by_the_trial(text, arms):
    (effect,) = read(text)
    assert (effect.intervention, effect.comparator) == arms


def test_a_trial_of_three_arms_lends_no_arms():
    (effect,) = read("Pain fell (MD -3; 95% CI -5 to -1).", (*ARMS, Arm("tea", 39)))
    assert (effect.intervention, effect.comparator) == (None, None)


def figures(effect):
    return [(a.name, a.n, a.mean, a.sd, a.events, a.percent) for a in effect.arms]


def test_means_of_two_arms_have_their_names_and_people():
    (effect,) = read(
        "Back pain was 31.0 \u00b1 5.0 mm in the warm group as compared to 44.5 \u00b1 6.5 mm "
        "in the sham group (P<0.01)."
    )
    assert (effect.measure, effect.estimate, effect.p_value) == ("MEAN", None, 0.01)
    assert figures(effect) == [
        ("warm", 40, 31.0, 5.0, None, None),
        ("sham", 41, 44.5, 6.5, None, None),
    ]


def test_events_are_read_in_the_order_that_respectively_gives():
    (effect,) = read(
        "The recovery rate was 21.8% (17/78) and 9% (7/78) in the warm and sham groups respectively."
    )
    assert figures(effect) == [
        ("warm", 78, None, None, 17, 21.8),
        ("sham", 78, None, None, 7, 9.0),
    ]


def test_two_comparisons_of_one_sentence_stay_apart():
    found = read("Falls (2.6% vs. 0.5%, p=0.4) and slips (7.9% vs. 2.6%, p=0.3) were rare.")
    assert [[arm.percent for arm in effect.arms] for effect in found] == [[2.6, 0.5], [7.9, 2.6]]
    assert [effect.outcome for effect in found] == ["Falls", "slips"]
    assert [effect.p_value for effect in found] == [0.4, 0.3]


@pytest.mark.parametrize(
    "text",
    [
        "Mean age was 45.1 \u00b1 5.0 and 44.2 \u00b1 6.1 years.",  # baseline
        "In all 30% smoked; another 20% had stopped.",  # no comparison
        "Pain was 31.0 \u00b1 5.0 mm.",  # one arm
        "Rye was baked by 35 (12.4%), oats by 51 (18.0%).",  # parts of one whole
        "Pain changed by \u221231.2% and sleep by \u221215.9%.",  # changes, no shares
    ],
)
def test_what_compares_no_arms_is_no_comparison(text):
    assert read(text) == ()


def test_what_is_planned_is_no_result():
    passage = split_passage("", "METHODS: We expected 30% vs. 20% to recover.")
    assert read_effects(passage, ARMS) == ()
