"""What a signature names: all that a verdict rests on, and nothing that time or signing moves."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from evidence.pipeline.judging import JudgedQuestion, JudgedStratum
from evidence.pipeline.signatures import fingerprint
from evidence.synthesis.strata import BuiltStratum
from evidence.verdict.certainty import rate_certainty
from evidence.verdict.efficacy import decide_efficacy
from evidence.verdict.gates import find
from evidence.vocabulary import Certainty, Flag, RiskOfBias, VerdictWord
from tests.method.builders import a_claim, pooled, reused, the_protocol

NO_ROWS = pd.DataFrame({"result_id": pd.Series(dtype="str")})
LARGE = pooled(25.0, 20.0, 30.0, prediction=(12.0, 38.0))


@pytest.fixture(scope="module")
def claim(inputs):
    """Return any claim of efficacy: what counts is its quote and its strength."""
    return next(c for c in inputs.registry.claims if c.kind == "efficacy")


def judged(evidence, signatures=0, protocol=None):
    numbers = protocol or the_protocol()
    rating = rate_certainty(evidence, numbers)
    stratum = JudgedStratum(BuiltStratum(evidence, (), False), rating,
                            find(evidence, rating, numbers))  # fmt: skip
    verdict = decide_efficacy(a_claim(2), [evidence], numbers, signatures=signatures)
    return JudgedQuestion("back-pain", (), pd.DataFrame(), (stratum,), NO_ROWS, (verdict,))


def named(claim, question, protocol=None, **changed):
    verdict = replace(question.verdicts[0], **changed)
    return fingerprint(claim, verdict, question, protocol or the_protocol())


def test_two_signatures_lift_the_cap_of_a_verdict_that_is_rated_higher():
    alone, signed = (judged(LARGE, signatures=n).verdicts[0] for n in (0, 2))
    assert alone.certainty_shown is Certainty.LOW
    assert signed.certainty_shown is signed.certainty_rated is alone.certainty_rated
    assert signed.certainty_rated.level > Certainty.LOW.level


def test_it_says_what_it_names(claim):
    text = named(claim, judged(LARGE))
    verdict = judged(LARGE).verdicts[0]
    assert text.startswith(f"{verdict.word}; certainty rated {verdict.certainty_rated}; protocol ")
    assert the_protocol().sha256 in text


def test_equal_verdicts_have_equal_names(claim):
    assert named(claim, judged(LARGE)) == named(claim, judged(LARGE))


def with_member(evidence, **changed):
    first, *rest = evidence.members
    return replace(evidence, members=(replace(first, **changed), *rest))


@pytest.mark.parametrize(
    "other",
    [
        pooled(25.1, 20.0, 30.0, prediction=(12.0, 38.0)),
        with_member(LARGE, effect=24.0),
        with_member(LARGE, se=2.5),
        with_member(LARGE, result_id="another"),
        with_member(LARGE, risk_of_bias=RiskOfBias.HIGH),
        replace(LARGE, members=LARGE.members[1:]),
        reused(25.0, 20.0, 30.0),
    ],
)
def test_another_figure_is_another_verdict(claim, other):
    assert named(claim, judged(other)) != named(claim, judged(LARGE))


def test_a_newer_index_review_is_another_verdict(claim):
    old = reused(25.0, 20.0, 30.0)
    new = replace(old, review=replace(old.review, result_id="newer-review-01"))
    assert named(claim, judged(old)) != named(claim, judged(new))


@pytest.mark.parametrize("flag", [Flag.RETRACTION_TOUCHED, Flag.OUTDATED, Flag.REVIEWS_DISAGREE])
def test_a_flag_asks_people_again(claim, flag):
    question = judged(LARGE)
    flags = (*question.verdicts[0].flags, flag)
    assert named(claim, question, flags=flags) != named(claim, question)


def test_time_alone_asks_nobody_again(claim):
    question = judged(LARGE)
    flags = (*question.verdicts[0].flags, Flag.OLD_SEARCH)
    assert named(claim, question, flags=flags) == named(claim, question)


@pytest.mark.parametrize(
    "changed",
    [{"word": VerdictWord.CONFLICTING}, {"certainty_rated": Certainty.VERY_LOW}],
)
def test_another_word_or_certainty_is_another_verdict(claim, changed):
    assert named(claim, judged(LARGE), **changed) != named(claim, judged(LARGE))


def test_another_text_or_protocol_is_another_verdict(claim):
    question = judged(LARGE)
    other_text = replace(claim, quote=claim.quote + " always")
    other_protocol = replace(the_protocol(), sha256="0" * 64)
    names = {
        named(claim, question),
        named(other_text, question),
        named(claim, question, other_protocol),
    }
    assert len(names) == 3


def test_the_last_bits_of_a_figure_do_not_matter(claim):
    effect = LARGE.members[0].effect
    other = with_member(LARGE, effect=effect * (1 + 1e-13))
    assert named(claim, judged(other)) == named(claim, judged(LARGE))


def test_rows_of_a_question_without_strata_count_in_any_order(claim):
    rows = pd.DataFrame({"result_id": ["b", "a"], "estimate": [2.0, float("nan")]})
    question = replace(judged(LARGE), strata=(), used=rows)
    turned = replace(question, used=rows.iloc[::-1])
    changed = replace(question, used=rows.assign(estimate=[2.0, 1.0]))
    assert named(claim, question) == named(claim, turned) != named(claim, changed)
