"""Section 11: what a sentence may say, and where its numbers come from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.judgements import Sentence
from evidence.verdict.efficacy import decide_efficacy
from evidence.verdict.words import (
    FORBIDDEN,
    MECHANISM_CLOSING,
    forbidden_words,
    print_number,
    unbound_digits,
)
from evidence.vocabulary import Certainty, OutcomeDomain, RiskOfBias
from tests.method.builders import (
    NO_TREATMENT,
    USUAL_CARE,
    a_claim,
    a_review,
    counted,
    pooled,
    reused,
    the_protocol,
)
from tests.method.every_sentence import every_sentence

P = the_protocol()


def sentence(strength, *strata, signatures=2, **claim):
    return decide_efficacy(a_claim(strength, **claim), strata, P, signatures=signatures).sentence


def text(strength, *strata, **settings) -> str:
    return sentence(strength, *strata, **settings).text


def test_a_verdict_reads_as_one_sentence():
    assert text(2, pooled(12, 10.5, 14, n=1203, k=3)) == (
        "Acupuncture reduces pain by an important amount compared with sham treatment up to three "
        "months after treatment (12.0 points of 100, interval 10.5 to 14.0; 3 trials, 1,203 people; "
        "certainty High)."
    )


@pytest.mark.parametrize(
    ("certainty", "verb"),
    [
        (Certainty.HIGH, "Acupuncture reduces pain"),
        (Certainty.MODERATE, "Acupuncture probably reduces pain"),
        (Certainty.LOW, "Acupuncture may reduce pain"),
        (
            Certainty.VERY_LOW,
            "The evidence is very uncertain about whether acupuncture reduces pain",
        ),
    ],
)
def test_the_verb_says_how_certain_it_is(certainty, verb):
    assert text(2, reused(12, 10.5, 14, a_review(certainty))).startswith(verb)


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((7, 5.5, 8.5), "reduces pain slightly compared"),
        ((2, 1, 3), "makes little to no difference to pain compared"),
        ((1, -3, 5), "makes little to no difference to pain compared"),
        ((-6, -9, -3), "increases pain compared"),
    ],
)
def test_the_size_is_in_words_too(interval, words):
    assert words in text(1, pooled(*interval))


def test_quality_of_life_and_response_get_better_upwards():
    life = pooled(12, 10.5, 14, outcome=OutcomeDomain.QUALITY_OF_LIFE)
    domains = (OutcomeDomain.QUALITY_OF_LIFE,)
    assert "improves quality of life" in text(1, life, outcome_domains=domains)
    response = pooled(14, 11, 17, outcome=OutcomeDomain.RESPONSE, unit="percentage points")
    said = text(1, response, outcome_domains=(OutcomeDomain.RESPONSE,))
    assert "increases response" in said
    assert "14.0 percentage points" in said


def test_before_two_people_have_signed_the_sentence_says_so():
    assert text(1, pooled(12, 10.5, 14), signatures=0).endswith(
        "certainty Low) (not yet reviewed by two people)."
    )
    assert "reviewed" not in text(1, pooled(12, 10.5, 14), signatures=2)


def test_several_sessions_take_a_plural_verb():
    said = text(1, pooled(4, -2, 12), intervention="one to five sessions of acupuncture")
    assert "whether one to five sessions of acupuncture reduce pain" in said


def test_insufficient_evidence_prints_no_size():
    said = text(2, pooled(4, -2, 12))
    assert said == (
        "The evidence does not settle whether acupuncture reduces pain compared with sham treatment "
        "up to three months after treatment (6 trials, 1,200 people; certainty Low)."
    )


def test_a_count_names_how_many_of_how_many_and_no_size():
    said = text(1, counted(9, 1))
    assert said.startswith("Most studies point to acupuncture being better for pain")
    assert "(9 of 10 trials, 1,000 people; certainty Low)" in said


def test_the_comparator_is_always_named():
    for comparator, words in ((USUAL_CARE, "usual care"), (NO_TREATMENT, "no treatment")):
        said = text(1, pooled(12, 10.5, 14, comparator=comparator))
        assert f"compared with {words}" in said
        assert said.endswith("No eligible trial compared it with sham treatment.")


def test_usual_care_stands_beside_sham_where_it_was_tested():
    said = text(2, pooled(7, 5.5, 8.5), pooled(14, 11, 17, comparator=USUAL_CARE))
    assert "slightly compared with sham treatment" in said
    assert "by an important amount compared with usual care" in said


def test_one_trial_is_singular_and_an_unknown_number_says_so():
    assert "1 trial, 500 people" in text(1, pooled(12, 10.5, 14, k=1, n=500))
    unknown = reused(12, 10.5, 14, a_review(Certainty.MODERATE, k=None, n=None))
    assert "number of trials not reported, number of people not reported" in text(1, unknown)


def test_studies_that_are_not_randomized_are_not_called_trials():
    body = pooled(12, 10.5, 14)
    members = tuple(replace(m, is_randomized=False) for m in body.members)
    assert "6 studies" in text(1, replace(body, members=members))


def test_a_minus_is_a_minus_and_the_sentence_says_whom_it_favours():
    assert print_number(-3.25) == "−3.2"
    assert print_number(-0.04) == "0.0"
    said = text(1, pooled(1, -3, 5))
    assert "interval −3.0 to 5.0, minus favouring sham treatment" in said


def test_a_claim_without_evidence_names_what_was_looked_for():
    assert text(2) == (
        "No eligible study of acupuncture in adults with back pain compared with sham treatment, "
        "no treatment or usual care was found."
    )


# --- every digit is a cell's


def test_each_number_stands_in_a_cell():
    cells = {cell.placeholder: cell for cell in sentence(2, pooled(12.04, 10.5, 14)).cells}
    assert cells["estimate"].table == "syntheses"
    assert cells["estimate"].row_id == "back-pain.sham.pain.decision"
    assert (cells["estimate"].value, cells["estimate"].printed) == (12.04, "12.0")


def test_placeholders_are_unique_within_a_sentence():
    said = sentence(2, pooled(7, 5.5, 8.5), pooled(14, 11, 17, comparator=USUAL_CARE))
    names = [cell.placeholder for cell in said.cells]
    assert len(names) == len(set(names))


def test_a_digit_in_the_claims_own_words_is_a_cell_of_the_claim():
    said = sentence(1, pooled(12, 10.5, 14), intervention="acupuncture at point BL-23")
    assert unbound_digits(said) == []
    assert any(cell.table == "claims" and cell.printed == "23" for cell in said.cells)


def test_a_digit_without_a_cell_is_found():
    bound = sentence(1, pooled(12, 10.5, 14))
    loose = Sentence(bound.text + " Seen in 7 of 9 countries.", bound.cells)
    assert unbound_digits(loose) == ["7", "9"]


def is_well_written(said: Sentence) -> bool:
    """Whether a sentence is closed, capitalised and without doubled spaces."""
    return said.text.endswith(".") and said.text[0].isupper() and "  " not in said.text


def test_no_sentence_holds_a_digit_without_a_cell_or_a_forbidden_word():
    sentences = every_sentence()
    assert len(sentences) > 80
    assert [s.text for s in sentences if unbound_digits(s)] == []
    assert [s.text for s in sentences if forbidden_words(s.text)] == []
    assert [s.text for s in sentences if not is_well_written(s)] == []


@pytest.mark.parametrize(
    "bad",
    [
        "It proves that needling helps.",
        "There is no evidence that it helps.",
        "It is ineffective.",
        "A significant effect.",
        "It is safe.",
        "It works.",
        "It was debunked.",
    ],
)
def test_forbidden_words_are_found(bad):
    assert forbidden_words(bad)


def test_statistically_significant_and_the_mechanisms_closing_sentence_are_allowed():
    assert forbidden_words("A statistically significant difference.") == []
    assert forbidden_words(MECHANISM_CLOSING) == []
    assert len(FORBIDDEN) == 7


def test_low_certainty_never_says_reduces_without_may():
    said = text(2, pooled(12, 10.5, 14, bias=RiskOfBias.NOT_ASSESSED))
    assert "may reduce" in said
