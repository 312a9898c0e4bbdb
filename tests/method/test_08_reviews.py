"""Section 8, as far as the verdict sees it: trials since the review, and reviews that disagree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.verdict.efficacy import decide_efficacy
from evidence.vocabulary import Certainty, Flag, VerdictWord
from tests.method.builders import a_claim, a_review, reused, the_protocol


def verdict_on(review, strength=2):
    return decide_efficacy(a_claim(strength), [reused(12, 10.5, 14, review)], the_protocol())


@pytest.mark.parametrize(
    ("against", "word"),
    [(5, VerdictWord.SUPPORTED_WITH_LIMITS), (6, VerdictWord.CONFLICTING)],
)
def test_six_later_trials_that_point_the_other_way_make_a_conflict(against, word):
    assert verdict_on(a_review(since_against=against)).word is word


def test_an_old_search_never_disqualifies_a_review_but_is_flagged():
    verdict = verdict_on(a_review(old=True))
    assert verdict.word is VerdictWord.SUPPORTED_WITH_LIMITS
    assert Flag.OLD_SEARCH in verdict.flags


def test_an_outdated_review_is_flagged():
    assert Flag.OUTDATED in verdict_on(replace(a_review(), is_outdated=True)).flags


def test_reviews_that_disagree_are_flagged():
    assert Flag.REVIEWS_DISAGREE in verdict_on(a_review(disagreeing=Certainty.LOW)).flags
