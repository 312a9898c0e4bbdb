"""Where a quote stands, and what nearly stands there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.claims.documents import parse_document
from evidence.claims.quotes import Located, NotLocated, find_quote

TEXT = "The river’s calm — “deep” — helps.\nA well-known bath, a treat-\nment for naïve feet. Moss. Moss."


def find(quote, occurrence=None, text=TEXT):
    return find_quote(parse_document("d", text), quote, occurrence)


def test_a_quote_is_found_at_its_characters():
    found = find("“deep”")
    assert isinstance(found, Located)
    assert TEXT[found.char_start : found.char_end] == "“deep”"


def test_a_quote_may_span_sentences_and_be_part_of_one():
    assert isinstance(find("feet. Moss. M"), Located)


def test_a_quote_that_stands_twice_needs_its_occurrence():
    found = find("Moss")
    assert isinstance(found, NotLocated)
    assert "2 times" in found.problem
    assert "occurrence: 1 to 2" in (found.allowed or "")
    second = find("Moss", 2)
    assert isinstance(second, Located)
    assert second.char_start == TEXT.rindex("Moss")


def test_overlapping_places_are_counted():
    found = find("aa", text="aaa b")
    assert isinstance(found, NotLocated)
    assert "2 times" in found.problem


@pytest.mark.parametrize(("occurrence", "quote"), [(3, "Moss"), (2, "“deep”")])
def test_an_occurrence_beyond_the_last_is_a_fault_of_its_own(occurrence, quote):
    found = find(quote, occurrence)
    assert isinstance(found, NotLocated)
    assert found.field == "occurrence"


@pytest.mark.parametrize(
    ("quote", "named", "meant"),
    [
        ("The river's calm", "quotation marks", "The river’s calm"),
        ("calm - “deep”", "dashes", "calm — “deep”"),
        ("helps. A well-known", "white space", "helps.\nA well-known"),
        ("a treatment for", "hyphenation", "a treat-\nment for"),
        ("the River’s calm", "capital letters", "The river’s calm"),
        ("nai\u0308ve feet", "Unicode composition", "naïve feet"),
        ("river's  calm", "quotation marks and white space", "river’s calm"),
    ],
)
def test_a_near_miss_names_the_difference_and_the_words_that_are_right(quote, named, meant):
    found = find(quote)
    assert isinstance(found, NotLocated)
    assert found.problem.endswith(f"it differs in {named}")
    assert found.allowed == repr(meant)


def test_a_soft_hyphen_in_the_document_is_seen():
    found = find("riverbank", text="The river\u00adbank is wet.")
    assert isinstance(found, NotLocated)
    assert "hyphenation" in found.problem


def test_a_changed_word_gives_the_nearest_sentence():
    found = find("A well-known soak, a treat for naive feet")
    assert isinstance(found, NotLocated)
    assert "nearest sentence" in (found.allowed or "")


def test_other_words_are_simply_not_there():
    found = find("Volcanoes erupt under the antarctic ice sheet")
    assert isinstance(found, NotLocated)
    assert "not in d word for word" in found.problem


@given(st.text(min_size=1, max_size=200), st.data())
def test_any_slice_of_a_text_is_found_where_it_stands(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = text[start:end]
    places = [i for i in range(len(text)) if text.startswith(quote, i)]
    found = find(quote, places.index(start) + 1 if len(places) > 1 else None, text)
    if quote.strip():
        assert found == Located(start, end)
        assert text[found.char_start : found.char_end] == quote
    else:
        assert isinstance(found, NotLocated)
