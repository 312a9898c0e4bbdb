"""Other readers are held against the text."""

import math

import pytest

from evidence.appraisal.plug import Proposal, ProposedEffect, check_proposals

TEXT = "We enrolled forty-two men.  Pain fell by 1.5 points. Sleep changed by \u22120.5 (95% CI \u22120.9 to \u2212.1; P = .02)."
SLEEP = "Sleep changed by -0.5 (95% CI -0.9 to -.1; P = .02)."


def reasons(*proposals, text=TEXT):
    kept, refused = check_proposals("A title of four words", text, proposals)
    assert len(kept) + len(refused) == len(proposals)
    return [r.reason for r in refused]


def test_a_value_with_its_sentence_and_number_is_kept():
    proposals = [
        Proposal("n_participants", 42, 0.9, "We enrolled forty-two men."),
        Proposal("direction", "decreased", 0.8, "pain fell by 1.5 points."),
        Proposal("is_rct", False, 0.8, "A title of four words"),
        Proposal("population", "men", 0.8, "enrolled forty-two men"),
        Proposal("population", None, 0.0, None),
        ProposedEffect("MD", 1.5, None, None, None, "pain", 0.8, "Pain fell by 1.5 points."),
        ProposedEffect("MD", -0.5, -0.9, -0.1, 0.02, "sleep", 0.8, SLEEP),
    ]
    kept, refused = check_proposals("A title of four words", TEXT, proposals)
    assert kept == proposals
    assert refused == []


def test_a_sentence_that_is_not_there_is_refused():
    assert reasons(Proposal("direction", "increased", 0.9, "Pain rose by 1.5 points.")) == [
        "the sentence does not stand in the title or abstract"
    ]


def test_a_number_that_is_not_in_the_sentence_is_refused():
    assert reasons(Proposal("n_participants", 24, 0.9, "We enrolled forty-two men.")) == [
        "the number 24 does not stand in the sentence"
    ]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (".5 points. Sleep changed", "the sentence does not stand in the title or abstract"),
        ("0.5 (95% CI", "the sentence does not stand in the title or abstract"),
        ("ain fell by 1.5", "the sentence does not stand in the title or abstract"),
        ("Pain fell by 1", "the sentence does not stand in the title or abstract"),
        ("5 points.", "the sentence does not stand in the title or abstract"),
        ("Pain fell", "a sentence of fewer than 3 words says too little"),
        (" ", "no sentence is given"),
        (None, "no sentence is given"),
    ],
)
def test_a_quotation_that_is_cut_or_says_nothing_is_refused(sentence, reason):
    assert reasons(Proposal("direction", "increased", 0.9, sentence)) == [reason]


@pytest.mark.parametrize(
    ("effect", "reason"),
    [
        ((1.5, None, None), "the number 1.5 does not stand in the sentence"),
        ((0.7, None, None), "the number 0.7 does not stand in the sentence"),
        ((-0.02, None, None), "the number -0.02 does not stand in the sentence"),
        ((math.nan, None, None), "the number nan does not stand in the sentence"),
        ((-0.5, -0.9, None), "an interval has two limits"),
        ((0.02, -0.9, -0.1), "the estimate 0.02 does not lie between -0.9 and -0.1"),
    ],
)
def test_an_effect_whose_numbers_are_not_there_is_refused(effect, reason):
    assert reasons(ProposedEffect("MD", *effect, None, "sleep", 0.9, SLEEP)) == [reason]


def test_a_measure_that_there_is_not_is_refused():
    (reason,) = reasons(ProposedEffect("ratio", -0.5, None, None, None, None, 0.9, SLEEP))
    assert reason.startswith("'ratio' is no measure (allowed: GEN, HR, ")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("n", 42, "there is no field 'n' (fields: design,"),
        ("design", "RCT", "'RCT' is no design (allowed: animal,"),
        ("direction", True, "True is no direction (allowed: "),
        ("is_rct", 1, "1 is neither true nor false"),
        ("n_participants", True, "True is no number of people"),
        ("n_participants", 42.5, "42.5 is no number of people"),
        ("n_participants", -42, "-42 is no number of people"),
        ("population", " ", "' ' is no population in words"),
    ],
)
def test_a_value_outside_its_fields_list_is_refused(field, value, reason):
    (found,) = reasons(Proposal(field, value, 0.9, "We enrolled forty-two men."))
    assert found.startswith(reason)


@pytest.mark.parametrize("confidence", [7, -0.1, math.nan])
def test_a_wild_confidence_is_refused(confidence):
    assert reasons(Proposal("n_participants", 42, confidence, "We enrolled forty-two men.")) == [
        f"the confidence {confidence} is not between 0 and 1"
    ]
