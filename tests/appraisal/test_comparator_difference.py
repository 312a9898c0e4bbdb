"""What two arms differ in, word by word; every text is invented."""

import pytest

from evidence.appraisal.comparator_difference import difference_cues
from evidence.appraisal.comparator_rules import class_by_words

PAIRS = [
    ("nettle tea", "marmalade"),
    ("nettle tea 5 mg", "10 mg"),
    ("red berry tea", "rbt with honey"),
    ("oral nettle", "topical nettle"),
    ("", "nettle"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_cues_are_the_same_in_either_order(first, second):
    assert sorted(difference_cues(first, second)) == sorted(difference_cues(second, first))


@pytest.mark.parametrize(
    ("first", "second", "cue"),
    [
        ("warm nettle tea", "cold nettle tea", "d: manner/manner, shared"),
        ("nettle tea", "marmalade", "d: noun/noun, apart"),
        ("nettle tea", "nettle tea with honey", "d: all of one in the other, joined"),
        ("red berry tea", "rbt with honey", "d: all of one in the other"),
        ("three spoons of nettle", "1 spoon", "d: amount first, named"),
        ("nettle 5 mg", "10 mg", "d: amount first, same unit, bare"),
        ("nettlectomy", "honeycaine", "d: drug/procedure, apart"),
    ],
)
def test_a_difference_is_told_by_kinds_of_words_and_by_place(first, second, cue):
    assert cue in difference_cues(first, second)


@pytest.mark.parametrize(
    ("intervention", "comparator", "value"),
    [
        ("bath with nettle", "bath, no nettle", "add-on"),
        ("jam baking with nettle", "no nettle", "add-on"),
        ("nettle baths", "no nettle baths", "no treatment"),
        ("nettle tea", "no tea, usual care continued", "usual care"),
        ("nettle tea plus usual care", "usual care without tea", "usual care"),
        ("nettle tea", "continued their habitual diet", "usual care"),
        ("nettle bath with medical therapy", "medical therapy alone", "usual care"),
        ("nettle gel", "gel base", "sham"),
        ("nettle lozenge", "lozenge without nettle", "sham"),
        ("nettle lamp", "lamp with no output", "sham"),
        ("honey dressing", "saline-soaked gauze", "active"),
        ("honey 5 mL", "saline, 5 mL", "sham"),
        ("nettle-fed hens", "uninjected hens", "no treatment"),
        ("delayed baths at once", "delayed baths (waitlist)", "no treatment"),
        ("nettle", "group 2 honey, group 3 no treatment", "mixed"),
        ("nettle", "placebo and usual care groups", "mixed"),
        ("nettle", "usual care, no intervention", "usual care"),
        ("nettle", "control group (group c) received placebo drops", "sham"),
        ("nettle stopped", "nettle continued", "no treatment"),
        ("striped boots", "non-striped boots", "dose or style"),
        ("nettle for washing and irrigation", "saline 0.9%", "active"),
    ],
)
def test_what_stands_beside_a_missing_treatment_decides(intervention, comparator, value):
    assert class_by_words(intervention, comparator)[0] == value
