"""Proposals of claims, measured on an invented leaflet that the rules were not written for."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evidence.claims.documents import parse_document
from evidence.claims.propose import propose_claims, unread_proposals
from evidence.claims.stanzas import claim_stanza, document_stanza
from evidence.vocabulary import Bound, ClaimKind, NonClaimReason
from tests.claims.river import TEXT

LEAFLET = """Garlic for a Healthy Heart

High blood pressure affects about 45% of adults. Garlic has been used since ancient times to balance the vital force of the body. Studies show that garlic is highly effective at lowering blood pressure. It may reduce the number of colds each winter. Garlic is well tolerated and has few side effects.

What garlic can do

Garlic has been found to be beneficial for:

- High cholesterol
- Common colds
- Stiff arteries

How garlic works

Garlic stimulates the release of nitric oxide in the vessel wall. Its sulphur compounds inhibit the clumping of platelets.

A salty diet and lack of exercise lead to high blood pressure. Most cardiologists are familiar with garlic supplements, and many visits to herbalists are for the heart. Garlic supplements are capsules that contain dried garlic. Unlike tablets, garlic heals the root cause of hypertension. Patients who take garlic every day see dramatic improvements in energy.

Our clinic has world-class experts. Individual results may vary. Talk to your doctor before you begin.
"""

CLAIMS = {
    "High blood pressure affects": ClaimKind.PREVALENCE,
    "Garlic has been used since ancient": ClaimKind.DOCTRINE,
    "Studies show that garlic": ClaimKind.EFFICACY,
    "It may reduce the number": ClaimKind.EFFICACY,
    "Garlic is well tolerated": ClaimKind.SAFETY,
    "High cholesterol": ClaimKind.EFFICACY,
    "Common colds": ClaimKind.EFFICACY,
    "Stiff arteries": ClaimKind.EFFICACY,
    "Garlic stimulates": ClaimKind.MECHANISM,
    "Its sulphur compounds inhibit": ClaimKind.MECHANISM,
    "A salty diet": ClaimKind.RISK_FACTOR,
    "Most cardiologists": ClaimKind.UTILIZATION,
    "Unlike tablets": ClaimKind.EFFICACY,
    "Patients who take garlic": ClaimKind.EFFICACY,
}
NO_CLAIMS = {
    "Garlic for a Healthy Heart": NonClaimReason.HEADING,
    "What garlic can do": NonClaimReason.HEADING,
    "Garlic has been found": NonClaimReason.LEAD_IN,
    "How garlic works": NonClaimReason.HEADING,
    "Garlic supplements are capsules": NonClaimReason.DEFINITION,
    "Our clinic has": NonClaimReason.ADVERTISEMENT,
    "Individual results": NonClaimReason.HEDGE,
    "Talk to your doctor": NonClaimReason.ADVICE,
}


@pytest.fixture(scope="module")
def proposals():
    return propose_claims(parse_document("garlic", LEAFLET))


def starting_with(proposals, words):
    return next(p for p in proposals if p.quote.startswith(words))


def test_at_least_nine_tenths_of_the_claims_are_proposed(proposals):
    found = [words for words in CLAIMS if starting_with(proposals, words).is_claim]
    assert len(found) / len(CLAIMS) >= 0.9


def test_most_kinds_are_guessed_right(proposals):
    right = [w for w, kind in CLAIMS.items() if starting_with(proposals, w).kind is kind]
    assert len(right) / len(CLAIMS) >= 0.75


def test_most_of_what_is_no_claim_is_left_out_with_its_reason(proposals):
    right = [w for w, r in NO_CLAIMS.items() if starting_with(proposals, w).nonclaim_reason is r]
    assert len(right) / len(NO_CLAIMS) >= 0.75


@pytest.mark.parametrize(
    ("words", "strength"),
    [
        ("Studies show", 3),
        ("It may reduce", 1),
        ("High cholesterol", 2),
        ("Unlike", 4),
        ("Patients", 3),
    ],
)
def test_the_size_word_decides_the_strength(proposals, words, strength):
    proposal = starting_with(proposals, words)
    assert proposal.strength == strength
    assert proposal.words


def test_a_number_comes_with_its_bound(proposals):
    proposal = starting_with(proposals, "High blood pressure affects")
    assert (proposal.value_percent, proposal.bound) == (45, Bound.POINT)


def test_up_to_is_an_upper_bound():
    first = propose_claims(parse_document("river", TEXT))[1]
    assert (first.value_percent, first.bound, first.words) == (30, Bound.UPPER, "Up to 30%")


def test_two_statements_in_one_sentence_are_two_proposals():
    quotes = [p.quote for p in propose_claims(parse_document("river", TEXT))]
    assert "River bathing may help poor sleep" in quotes
    assert "it is safe." in quotes


def test_the_words_of_a_topic_give_population_and_intervention(source, check):
    registry = check(source).registry
    found = propose_claims(registry.documents[0], registry.codes)
    helps = starting_with(found, "River bathing may help")
    assert helps.population == ("poor-sleep",)
    assert helps.intervention == ("river-bathing",)
    knees = starting_with(found, "Sore knees")
    assert knees.population == ("sore-knees",)
    assert knees.intervention == ("river-bathing",)  # inherited from the lead-in


def test_only_unread_sentences_of_a_registered_text_are_proposed(source, check):
    source["not_claims"].pop()
    found = unread_proposals(check(source).registry, "river")
    assert [p.quote for p in found] == ["Call us today."]


def test_ids_are_not_given_twice():
    found = propose_claims(parse_document("d", "Garlic helps hearts. Garlic helps hearts."))
    assert [p.claim_id for p in found] == ["garlic-helps-hearts", "garlic-helps-hearts-2"]
    assert [p.occurrence for p in found] == [1, 2]


def test_a_stanza_is_yaml_of_what_it_was_made_from(proposals):
    proposal = starting_with(proposals, "Studies show")
    entry = yaml.safe_load(claim_stanza(proposal, "garlic"))[0]
    assert entry["quote"] == proposal.quote
    assert entry["asserts"] == {"direction": "benefit", "strength": 3, "words": "highly effective"}
    advice = yaml.safe_load(claim_stanza(starting_with(proposals, "Talk to"), "garlic"))[0]
    assert advice["reason"] == "advice"


@given(st.text(min_size=1, max_size=60))
def test_a_title_of_any_characters_survives_its_stanza(title):
    entry = yaml.safe_load(document_stanza("d", "d.txt", title))[0]
    assert entry == {"id": "d", "file": "d.txt", "title": title}


@given(st.text(max_size=300))
def test_every_proposal_is_its_span_of_any_text(text):
    document = parse_document("d", text)
    for proposal in propose_claims(document):
        assert text[proposal.char_start : proposal.char_end] == proposal.quote
        assert proposal.is_claim == (proposal.nonclaim_reason is None)
