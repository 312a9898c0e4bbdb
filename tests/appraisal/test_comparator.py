"""Classes of comparators by the words of two arms and by a passage; every text is invented."""

import pytest

from evidence.appraisal.arm_pair import find_pair, find_pairs
from evidence.appraisal.arm_pair_words import arm_words, compare_arms
from evidence.appraisal.comparator import Source, comparator_features, read_comparator
from evidence.appraisal.comparator_question import plain_question
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
        ("nettle tea plus marmalade", "marmalade", "add-on", "added to it"),
        ("nettle tea, marmalade and honey", "marmalade", "add-on", "part of the intervention"),
        ("nettle tea", "marmalade alone", "add-on", "alone, other words"),
        (
            "marmalade with or without nettle",
            "standard marmalade jam",
            "add-on",
            "with and without",
        ),
        ("jam with nettle", "jam without nettle", "add-on", "with and without"),
        ("nettle bath", "bakers without nettle bath", "no treatment", "without it"),
        ("nettle bath", "no nettle bath", "no treatment", "no such"),
        ("nettle tasting", "untasted control group", "no treatment", "no such"),
        ("nettle tea", "observation only", "no treatment", "observed"),
        ("nettle tea", "waiting-list usual care", "no treatment", "no treatment words"),
        ("nettle tea", "usual-care", "usual care", "usual care words"),
        (
            "nettle tea",
            "marmalade plus usual care",
            "active",
            "another treatment beside usual care",
        ),
        ("nettle tea", "placebo or marmalade", "mixed", "several"),
        ("nettle tea", "marmalade, placebo", "mixed", "several in a row"),
        ("nettle tea and placebo", "placebo and marmalade", "active", "double dummy"),
        ("nettle drink", "control drink", "sham", "control product"),
        ("nettle 5 mg", "10 mg", "dose or style", "only manner"),
        ("weekly", "daily nettle", "dose or style", "only manner of ours"),
        ("high-dose nettle", "standard dose", "dose or style", "standard dose"),
        (
            "intensive nettle baths",
            "conventional nettle baths",
            "dose or style",
            "standard against another manner",
        ),
        ("nurse-led nettle baths", "baker-led nettle baths", "dose or style", "same words"),
        ("oral nettle", "topical nettle", "dose or style", "same words"),
        ("nettle tea", "the control group", None, None),
        ("tea for girls", "tea for boys", "none", "other people, same treatment"),
        ("baseline", "week 12", "none", "before and after"),
        ("marmalade (5 mg)", "marmalade (5 mg) with honey", "add-on", "part of the intervention"),
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
    found = class_by_words(intervention, comparator)
    assert (found or (None, None)) == (value, rule)


def test_an_abbreviation_of_the_text_stands_for_its_words():
    synonyms = {"ntt": (stem("nettle"), "tea")}
    found = class_by_words("nettle tea", "ntt with honey", synonyms)
    assert found == ("add-on", "part of the intervention")


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("Group B: received  marmalade (M)", "marmalade"),
        ("Control (nettle tea as usual)", "nettle tea as usual"),
        ("chemoradiotherapy", "chemotherapy and radiotherapy"),
        ("honey&nbsp;cake (n = 20)", "honey cake"),
        ("(placebo)", "(placebo)"),
    ],
)
def test_labels_brackets_and_entities_are_no_part_of_an_arm(printed, plain):
    assert plain_question(printed) == plain


def test_one_treatment_in_two_manners_is_opposed_and_shares_its_name():
    alike = compare_arms(arm_words("early marmalade 5 mg"), arm_words("late marmalade 10 mg"))
    assert alike.is_opposed
    assert alike.is_other_number
    assert not alike.only_ours | alike.only_theirs


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("nettle tea", "marmalade alone"),
        ("nettle with marmalade", "marmalade"),
        ("jam with nettle", "jam without nettle"),
        ("oral nettle", "topical nettle"),
        ("nettle tea", "marmalade"),
    ],
)
def test_two_treatments_have_one_class_in_either_order(ours, theirs):
    assert class_by_words(ours, theirs)[0] == class_by_words(theirs, ours)[0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("{}", "{} for 6 weeks"),
        ("{} for 6 weeks", "{} for 6 weeks"),
        ("{}", "{} in bakers and other patients"),
        ("{} among women", "{} among women"),
        ("patients treated with {}", "patients treated with {}"),
        ("Group A received {}", "Group B received {}"),
        ("use of {}", "{} (n = 20)"),
        ("{} plus honey cake", "{} plus honey cake"),
    ],
)
@pytest.mark.parametrize(
    ("intervention", "comparator"),
    [
        ("nettle tea", "placebo"),
        ("nettle tea", "usual care"),
        ("nettle tea", "marmalade"),
        ("nettle tea plus marmalade", "marmalade"),
    ],
)
def test_labels_people_and_time_do_not_change_a_class(ours, theirs, intervention, comparator):
    plain = class_by_words(intervention, comparator)
    assert class_by_words(ours.format(intervention), theirs.format(comparator))[0] == plain[0]


def test_a_short_form_of_the_question_stands_for_its_words():
    assert class_by_words("free nettle diet (FND)", "FND with marmalade") == (
        "add-on",
        "part of the intervention",
    )


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


@pytest.mark.parametrize(
    ("title", "text", "form"),
    [
        ("Tea with or without milk for hiccups", "", "with or without"),
        ("Tea alone and in combination with milk for hiccups", "", "with or without"),
        ("Comparison of nettle tea and marmalade in bakers", "", "title and"),
        ("T", "Bakers were divided into a nettle tea group and a marmalade group.", "named groups"),
    ],
)
def test_a_pair_knows_how_the_passage_said_it(title, text, form):
    assert form in {pair.form for pair in find_pairs(split_passage(title, text))}


def test_no_pair_is_made_of_a_text_without_arms():
    assert find_pair(split_passage("Bakers and their hiccups", "We asked bakers.")) is None


def test_a_question_that_names_its_comparator_is_not_answered_by_the_passage():
    passage = split_passage("T", "Bakers were randomly assigned to nettle tea or placebo.")
    sources = {
        asked: comparator_features(passage, "nettle tea", asked).source
        for asked in ("honey", "usual care", "control")
    }
    assert sources == {
        "honey": Source.TWO_TREATMENTS,
        "usual care": Source.CLEAR_WORDS,
        "control": Source.TEXT,
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The control group received no tea and no other treatment.", "no treatment"),
        ("The control group received usual care from their own baker.", "usual care"),
        ("The control group received placebo tea. The trial was double-blind.", "sham"),
    ],
)
def test_what_a_control_group_got_is_read_from_the_passage(text, value):
    passage = split_passage("Nettle tea", f"Patients were randomly assigned. {text}")
    found = read_comparator(passage, "nettle tea", "control group", default_models().comparator)
    assert found.value == value


@pytest.mark.parametrize("comparator", [None, "control", "honey", "placebo", "", "\u00a0(("])
def test_every_reading_has_a_class_and_a_probability(comparator):
    passage = split_passage("Nettle tea", "Bakers were randomly assigned to tea or placebo.")
    found = read_comparator(passage, "nettle tea", comparator, default_models().comparator)
    assert 0.0 <= found.confidence <= 1.0
    assert found == read_comparator(passage, "nettle tea", comparator, default_models().comparator)
