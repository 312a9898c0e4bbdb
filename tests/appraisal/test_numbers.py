"""Whole numbers in figures and in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.appraisal.numbers import find_numbers, number_of_words
from evidence.appraisal.sentences import tokens_of


def values(text):
    return [number.value for number in find_numbers(tokens_of(text.lower()))]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("twenty", 20),
        ("twenty-two", 22),
        ("one hundred and thirty", 130),
        ("two hundred twenty-six", 226),
        ("eight-thousand four-hundred twenty-two", 8422),
        ("one thousand two hundred and five", 1205),
    ],
)
def test_numbers_in_words_have_their_value(words, value):
    assert values(f"{words} patients came") == [value]


def test_decimals_are_no_whole_numbers():
    assert values("a mean of 12.5 and 3·4 points") == []


def test_thousands_by_comma_or_space_are_one_number():
    assert values("of 1,205 women and 33 146 records") == [1205, 33146]


def test_two_numbers_joined_by_and_stay_two():
    assert values("twenty and thirty patients") == [20, 30]


def test_words_that_make_no_number_give_none():
    assert number_of_words(["twenty", "thirty"]) is None


@given(st.integers(min_value=1, max_value=999_999))
def test_a_number_printed_with_commas_is_read_back(value):
    assert values(f"we enrolled {value:,} patients") == [value]


def test_raised_digits_are_no_part_of_a_number():
    assert values("12 \u00b2\u00b2\u00b2 men") == [12]
