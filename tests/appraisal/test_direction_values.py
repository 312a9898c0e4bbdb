"""Which arm has the larger printed number, on invented sentences."""

import pytest

from evidence.appraisal.comparison import Arms
from evidence.appraisal.direction import make_question
from evidence.appraisal.direction_values import compare_values
from evidence.appraisal.sentences import split_passage, stems_of, tokens_of


def compared(sentence, outcome, is_change=False, intervention="tea", comparator="coffee"):
    lower = sentence.lower()
    tokens = tokens_of(lower)
    stems = stems_of(tokens)
    arms = Arms(frozenset(stems_of([intervention])), frozenset(stems_of([comparator])))
    wanted = frozenset(stems_of(tokens_of(outcome)))
    spots = [k for k, word in enumerate(stems) if word in wanted]
    found = compare_values(lower, tokens, arms.sides(tokens, stems), spots, is_change)
    return 0 if found is None else found[0]


@pytest.mark.parametrize(
    ("sentence", "outcome", "sign"),
    [
        ("Hiccups lasted in 12.6% with tea compared with 29.9% with coffee.", "hiccups", -1),
        ("Hiccups were rarer with tea than with coffee (12% vs. 30%).", "hiccups", -1),
        ("Compared with coffee, tea drinkers had more naps (25% vs. 3%).", "naps", 1),
        ("Nap rates were 53.3% and 86.6% with tea and coffee, respectively.", "nap", -1),
        ("Mean naps were 5.4 (95% CI 4.5 to 6.3) with tea and 4.0 with coffee.", "naps", 1),
        ("Four of 70 (6%) hiccuped in the coffee group, versus 9 of 72 (13%) in the tea group.",
         "hiccuped", 1),
        ("Pain fell more with tea than with coffee (−37.6 vs −31.5).", "pain", -1),
        ("With tea, more naps came within 12 hours (57% vs. 32%) and pain was rarer (4% vs. 9%).",
         "pain", -1),
        ("Mean reductions in pain were 3.1 with tea versus 1.2 with coffee.", "pain", -1),
    ],
)  # fmt: skip
def test_the_arm_with_the_larger_number_is_found(sentence, outcome, sign):
    assert compared(sentence, outcome) == sign


def test_a_larger_fall_is_more_of_an_outcome_that_is_a_fall():
    sentence = "Mean reductions in pain were 3.1 with tea versus 1.2 with coffee."
    assert compared(sentence, "reduction of pain", is_change=True) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        "Hiccups stopped with tea and with coffee (p = 0.03 and p = 0.2).",
        "At 6 and 12 weeks, IL-2 and CD4 rose with tea 20 mg versus coffee 40 mg.",
        "Tea was drunk by 30 people (n = 15 versus n = 15).",
        "Hiccups were equal with tea and coffee (5% vs 5%).",
    ],
)
def test_doses_times_names_and_p_values_are_no_results(sentence):
    assert compared(sentence, "hiccups") == 0


def test_swapped_arms_turn_the_sign():
    sentence = "Hiccups lasted in 12.6% with tea compared with 29.9% with coffee."
    assert compared(sentence, "hiccups", intervention="coffee", comparator="tea") == 1


def test_a_short_word_after_group_names_no_group():
    passage = split_passage("Tea", "The rate in the placebo group was 3 and in the tea arm had 4.")
    question = make_question(passage, "tea", "placebo", "rate")
    assert not question.arms.comparator_groups | question.arms.intervention_groups


def test_a_placebo_that_is_asked_for_is_the_intervention():
    passage = split_passage("Tea", "Pain was lower than with placebo.")
    assert make_question(passage, "placebo", "tea", "pain").arms.is_turned
    assert not make_question(passage, "tea", "placebo", "pain").arms.is_turned
