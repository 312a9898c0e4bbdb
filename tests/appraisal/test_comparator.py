"""Classes of comparators by the words of two arms and by a passage; every text is invented."""

import pytest

from evidence.appraisal.arm_pair import find_pair
from evidence.appraisal.comparator import comparator_features, read_comparator
from evidence.appraisal.comparator_rules import class_by_words
from evidence.appraisal.reader import default_models
from evidence.appraisal.sentences import split_passage, stem


@pytest.mark.parametrize(
    ("intervention", "comparator", "value", "rule"),
    [
        ("nettle tea", "a sugar pill", "sham", "sham words"),
        ("nettle tea", "usual care", "usual care", "usual care words"),
        ("nettle tea", "standard treatment with marmalade", "active", "standard treatment named"),
        ("striped boots", "standard boots", "usual care", "standard of the same"),
        ("nettle tea", "neither", "no treatment", "no treatment words"),
        ("nettle tea plus marmalade", "marmalade", "add-on", "part of the intervention"),
        ("marmalade (5 mg)", "marmalade (5 mg) with honey", "add-on", "intervention is part"),
        ("nettle 5 mg daily", "nettle 10 mg daily", "dose or style", "same words"),
        (
            "bitter striped wild nettle",
            "bitter striped wild marmalade",
            "active",
            "same words but one",
        ),
        ("washing with soap", "washing with water alone", "active", "alone, hardly shared"),
        ("nettle tea", "baseline", "none", "before"),
        ("nettle tea", "healthy volunteers", "none", "other people"),
    ],
)
def test_the_words_of_two_arms_give_a_class_and_its_rule(intervention, comparator, value, rule):
    assert class_by_words(intervention, comparator) == (value, rule)


def test_a_bare_control_says_too_little():
    assert class_by_words("nettle tea", "the control group") is None


def test_an_abbreviation_of_the_text_stands_for_its_words():
    synonyms = {"ntt": (stem("nettle"), "tea")}
    found = class_by_words("nettle tea", "ntt with honey", synonyms)
    assert found == ("add-on", "intervention is part")


@pytest.mark.parametrize(
    ("title", "text", "first", "second"),
    [
        ("Nettle tea versus marmalade for hiccups", "", "nettle tea", "marmalade"),
        ("T", "Bakers were randomly assigned to nettle tea or usual care.", "nettle tea", "usual care"),
        (
            "T",
            "The treatment group received nettle tea, and the control group received honey.",
            "nettle tea",
            "honey",
        ),
    ],
)  # fmt: skip
def test_a_passage_tells_its_two_arms(title, text, first, second):
    pair = find_pair(split_passage(title, text))
    assert (pair.first, pair.second) == (first, second)


def test_no_pair_is_made_of_a_text_without_arms():
    assert find_pair(split_passage("Bakers and their hiccups", "We asked bakers.")) is None


def test_a_question_that_names_its_comparator_is_not_answered_by_the_passage():
    passage = split_passage("T", "Bakers were randomly assigned to nettle tea or placebo.")
    assert "by text" not in comparator_features(passage, "nettle tea", "honey").names
    assert "by text" in comparator_features(passage, "nettle tea", "control").names


@pytest.mark.parametrize("comparator", [None, "control", "honey", "placebo", "", "\u00a0(("])
def test_every_reading_has_a_class_and_a_probability(comparator):
    passage = split_passage("Nettle tea", "Bakers were randomly assigned to tea or placebo.")
    found = read_comparator(passage, "nettle tea", comparator, default_models().comparator)
    assert 0.0 <= found.confidence <= 1.0
    assert found == read_comparator(passage, "nettle tea", comparator, default_models().comparator)
