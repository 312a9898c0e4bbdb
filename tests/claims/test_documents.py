"""Sentences and their offsets."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.claims.documents import BlockKind, parse_document


def texts_of(text):
    return [sentence.text for sentence in parse_document("d", text).sentences]


def test_sentences_end_at_full_stops_questions_and_exclamations():
    assert texts_of("It helps. Does it? Yes! It does.") == [
        "It helps.",
        "Does it?",
        "Yes!",
        "It does.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Moss wrote 3.5 pages, e.g. Tables of moss, for St. Anne.",
        "Take 2.5 mg a day.",
        "In the U.S. Many do so vs. Few who do not.",
        "J. B. Fern said so.",
        "It rose to approx. 40 units",
    ],
)
def test_an_abbreviation_or_decimal_ends_no_sentence(text):
    assert texts_of(text) == [text]


def test_a_sentence_keeps_its_closing_quotation_mark():
    assert texts_of("They call it “river calm.” It is cold.") == [
        "They call it “river calm.”",
        "It is cold.",
    ]


def test_a_full_stop_before_a_small_letter_ends_nothing():
    assert texts_of("The so-called no. one of rivers.") == ["The so-called no. one of rivers."]


def test_wide_full_stops_need_no_space_after_them():
    assert texts_of("川は冷たい。水は深い。") == ["川は冷たい。", "水は深い。"]


def test_bullets_are_sentences_that_inherit_the_lead_in():
    document = parse_document("d", "Moss helps with:\n\n  • Cold feet\n  • Sore knees\n\nThe end.")
    lead_in, feet, knees, end = document.sentences
    assert [s.kind for s in (feet, knees)] == [BlockKind.ITEM, BlockKind.ITEM]
    assert feet.lead_in_id == knees.lead_in_id == lead_in.sentence_id
    assert end.lead_in_id is None
    assert document.text_with_lead_in(knees) == "Moss helps with: Sore knees"


def test_a_list_after_a_whole_sentence_inherits_nothing():
    first = parse_document("d", "Moss is green.\n- Cold feet\n- Sore knees").sentences[1]
    assert first.lead_in_id is None


def test_a_bullet_that_runs_over_two_lines_is_one_sentence():
    assert texts_of("Moss can:\n* warm the\n  feet\n* cool the head")[1:] == [
        "warm the\n  feet",
        "cool the head",
    ]


def test_numbered_items_open_only_where_a_list_can_start():
    assert texts_of("Steps:\n1. Wash.\n2) Rest.") == ["Steps:", "Wash.", "Rest."]
    assert texts_of("The river held\n80. The rest fled.") == [
        "The river held\n80.",
        "The rest fled.",
    ]


def test_a_short_line_without_a_full_stop_is_a_heading():
    document = parse_document("d", "About moss\n\nMoss is green.\n\n# Its use #1\nIt is used.")
    assert [s.kind for s in document.sentences] == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
    ]


def test_offsets_count_characters_of_the_text_as_it_is_stored():
    text = "\ufeffÄrger — naïve 😀.\r\n\r\nZwei.\r\n"
    document = parse_document("d", text)
    assert [text[s.char_start : s.char_end] for s in document.sentences] == [
        "Ärger — naïve 😀.",
        "Zwei.",
    ]
    assert document.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_a_sentence_keeps_its_id_when_text_is_put_before_it():
    before = parse_document("d", "Moss is green. Moss is soft.")
    after = parse_document("d", "A new line. Moss is green. Moss is soft.")
    assert [s.sentence_id for s in before.sentences] == [s.sentence_id for s in after.sentences[1:]]


def test_equal_sentences_have_ids_of_their_own():
    one, two = parse_document("d", "Moss is green. Moss is green.").sentences
    assert one.sentence_id != two.sentence_id


def test_an_empty_text_has_no_sentence():
    assert parse_document("d", " \n\n•\n---\n").sentences == ()


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_every_span_is_its_text_in_order_and_no_letter_is_lost(text):
    document = parse_document("d", text)
    end = 0
    covered = set()
    for sentence in document.sentences:
        assert text[sentence.char_start : sentence.char_end] == sentence.text
        assert sentence.text.strip() == sentence.text
        assert sentence.char_start >= end
        end = sentence.char_end
        covered.update(range(sentence.char_start, sentence.char_end))
    lost = [i for i, c in enumerate(text) if c.isalnum() and i not in covered]
    # A letter may stand outside only as the marker of a list item: "1." or "a)".
    assert all(_is_marker(text, i) for i in lost)
    assert len({s.sentence_id for s in document.sentences}) == len(document.sentences)


def _is_marker(text, at):
    rest = text[at : at + 4].lstrip("0123456789" if text[at].isdigit() else text[at])
    return rest[:1] in {".", ")"}


@given(
    st.lists(
        st.sampled_from(["A moss.", "• Item one", "Heading", "It can:", "1. Step", "", " "]),
        max_size=12,
    )
)
def test_lists_and_headings_keep_their_offsets(lines):
    text = "\n".join(lines)
    for sentence in parse_document("d", text).sentences:
        assert text[sentence.char_start : sentence.char_end] == sentence.text
