"""The arms of a trial with the people in each; every text is invented."""

import pytest

from evidence.appraisal.arms import find_arms
from evidence.appraisal.sentences import split_passage

LISTS = {
    "We assigned bakers to warm packs (n = 40) or sham packs (n = 41).": ("warm packs", "sham packs"),
    "Of 81, n = 40 for warm packs, and n = 41 for sham packs.": ("warm packs", "sham packs"),
    "Two groups (n = 40, warm packs; n = 41, sham packs) were formed.": ("warm packs", "sham packs"),
    "Bakers got packs (warm group) (n = 40) or sham alone (n = 41).": ("warm group", "sham alone"),
    "The study group (warm, n = 40) and the control group (sham, n = 41) met.": ("warm", "sham"),
    "Warm (5 minutes, then 10; n = 40) and sham (5 minutes, then 10; n = 41) packs.": ("Warm", "sham"),
    "40 were assigned to warm packs and 41 to sham packs.": ("warm packs", "sham packs"),
    "There were a warm group of 40 bakers with 40 bakers (40 warm and 41 sham).": ("warm", "sham"),
    "A warm group of 40 patients met a sham group of 41 patients.": ("warm group", "sham group"),
    "Warm packs (40 patients) were set against sham packs (41 patients).": ("Warm packs", "sham packs"),
    "We enrolled 40 people for the warm group and 41 people for the sham group.": ("warm", "sham"),
    "In the end 81 met (40 bakers and 41 controls).": ("bakers", "controls"),
    "The warm group (n = 40) got packs. The sham group (n = 41) got none.": ("warm group", "sham group"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "names"), LISTS.items(), ids=LISTS)
def test_arms_are_read_in_the_ways_in_which_abstracts_list_them(text, names):
    arms = find_arms(split_passage("", f"METHODS: {text}"), 81)
    assert [arm.n for arm in arms] == [40, 41]
    assert tuple(arm.name.removeprefix("A ").removeprefix("The ") for arm in arms) == names


@pytest.mark.parametrize(
    "text",
    [
        "Bruises (n = 22, 1.6%) and falls (n = 20, 1.4%) were rare.",  # events
        "Recovery was 23% (n = 45) here and 19% (n = 38) there.",
        "We saw 5 in the warm group.",
    ],
)
def test_counts_of_events_are_no_arms(text):
    assert find_arms(split_passage("", f"RESULTS: {text}"), 400) == ()


def test_the_sentence_whose_counts_add_up_is_taken():
    text = "Warm packs (n = 30) and sham packs (n = 31) ended. We began with tea (n = 40) or ale (n = 41)."
    assert [arm.name for arm in find_arms(split_passage("", text), 81)] == ["tea", "ale"]
