"""Section 13: when a verdict is opened again for people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.verdict.living import AgeColour, ClaimState, TriggerKind, age_colour, triggers
from evidence.vocabulary import Certainty, VerdictWord
from tests.method.builders import the_protocol

P = the_protocol()
BEFORE = ClaimState(
    claim_id="helps-back-pain",
    word=VerdictWord.OVERSTATED,
    certainty=Certainty.LOW,
    index_review_id="review-2020",
    index_review_year=2020,
    review_participants=1000,
    since_review_participants=100,
    text_sha256="a",
)


def kinds(**changes) -> list[TriggerKind]:
    return [trigger.kind for trigger in triggers(BEFORE, replace(BEFORE, **changes), P)]


def test_nothing_changed_opens_nothing():
    assert kinds() == []


@pytest.mark.parametrize(
    "change", [{"word": VerdictWord.CONFLICTING}, {"certainty": Certainty.VERY_LOW}]
)
def test_another_band_opens_it(change):
    assert kinds(**change) == [TriggerKind.BAND_CHANGED]


def test_a_retracted_study_opens_it():
    assert kinds(retracted_study_ids=("trial",)) == [TriggerKind.STUDY_RETRACTED]


def test_a_retraction_that_was_known_opens_nothing():
    known = replace(BEFORE, retracted_study_ids=("trial",))
    assert triggers(known, known, P) == ()


def test_a_newer_review_opens_it_and_an_older_one_does_not():
    newer = {"index_review_id": "review-2025", "index_review_year": 2025}
    assert kinds(**newer) == [TriggerKind.NEWER_REVIEW]
    assert kinds(index_review_id="review-2015", index_review_year=2015) == []


@pytest.mark.parametrize(
    ("people", "expected"), [(249, []), (250, [TriggerKind.MANY_SINCE_REVIEW])]
)
def test_a_quarter_of_the_reviews_participants_since_then_opens_it(people, expected):
    assert kinds(since_review_participants=people) == expected


def test_it_opens_once_not_at_every_refresh():
    many = replace(BEFORE, since_review_participants=300)
    assert triggers(many, replace(many, since_review_participants=310), P) == ()


def test_a_changed_text_opens_it():
    assert kinds(text_sha256="b") == [TriggerKind.TEXT_CHANGED]


def test_each_trigger_says_why():
    found = triggers(BEFORE, replace(BEFORE, word=VerdictWord.SUPPORTED), P)
    assert found[0].reason == "Overstated became Supported"


@pytest.mark.parametrize(
    ("days", "colour"),
    [
        (0, AgeColour.GREEN),
        (89, AgeColour.GREEN),
        (90, AgeColour.YELLOW),
        (179, AgeColour.YELLOW),
        (180, AgeColour.RED),
    ],
)
def test_a_search_is_yellow_at_ninety_days_and_red_at_one_hundred_and_eighty(days, colour):
    assert age_colour(days, P) is colour
