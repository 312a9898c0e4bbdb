"""Whole numbers among the tokens of a sentence, in figures or in words.

Decimals are told apart here, once, so that nobody counts "12.5" as 12 people. It knows nothing
of trials.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import compress, count
from typing import NamedTuple

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.sentences import DIGITS, Kept

MAX_NUMBERS = 60
MAX_VALUE = 10_000_000

_UNITS = {
    word: value
    for value, word in enumerate(
        words_in(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen sixteen seventeen eighteen nineteen"
        )
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_WORDS = {**_UNITS, **_TENS, "fourty": 40}
_SCALES = {"hundred": 100, "thousand": 1_000}
_NUMBER_WORDS = frozenset(_WORDS) | frozenset(_SCALES)
_JOINTS = frozenset(("-", "and", ","))
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


class Number(NamedTuple):
    """One whole number and the tokens that it spans."""

    value: int
    start: int
    end: int
    is_words: bool
    has_comma: bool


def number_of_words(words: Sequence[str]) -> int | None:
    """Return the value of a number in words, None where the words do not make one.

    >>> number_of_words("one hundred and thirty".split())
    130
    >>> number_of_words("eight thousand four hundred twenty two".split())
    8422
    """
    total = 0
    current = 0
    for word in words:
        if word in _JOINTS:
            continue
        if word == "hundred":
            current = (current or 1) * 100
        elif word == "thousand":
            total += (current or 1) * 1_000
            current = 0
        else:
            value = _WORDS[word]
            room = 1 if current == 0 or current % 100 == 0 else 10 if current % 10 == 0 else 100
            if (room == 10 and value >= 10) or room == 100:
                return None
            current += value
    return total + current


def _words_at(tokens: Sequence[str], start: int) -> int:
    """Return the end of the run of number words that starts here."""
    end = start + 1
    while end < len(tokens) and end - start < 14:
        if tokens[end] in _NUMBER_WORDS:
            end += 1
        elif (
            tokens[end] in _JOINTS
            and end + 1 < len(tokens)
            and tokens[end + 1] in _NUMBER_WORDS
            and (
                tokens[end] == "-"
                or "hundred" in tokens[start:end]
                or "thousand" in tokens[start:end]
            )
        ):
            end += 2
        else:
            break
    return end


def find_numbers(tokens: Sequence[str]) -> list[Number]:
    """Return the whole numbers of a sentence in order.

    >>> [n.value for n in find_numbers(("twenty", "-", "two", "of", "1,205", "(", "1.8", "%", ")"))]
    [22, 1205]
    """
    numbers: list[Number] = []
    reached = 0
    for position in compress(count(), map(_STARTS.__getitem__, tokens)):
        if position < reached:
            continue
        found = _number_at(tokens, position)
        if found is not None:
            numbers.append(found)
            reached = found.end
            if len(numbers) == MAX_NUMBERS:
                break
        elif tokens[position] in _NUMBER_WORDS:
            reached = _words_at(tokens, position)
    return numbers


def _may_start(token: str) -> bool:
    return token[0] in DIGITS or token in _NUMBER_WORDS


_STARTS = Kept(_may_start)


def _number_at(tokens: Sequence[str], position: int) -> Number | None:
    """Return the whole number that starts at a token, None where it is no whole number."""
    token = tokens[position]
    if token in _NUMBER_WORDS:
        end = _words_at(tokens, position)
        value = number_of_words(tokens[position:end])
        return Number(value, position, end, True, False) if value is not None else None
    if len(token) > 10 or not (token.isdigit() or _THOUSANDS.fullmatch(token)):
        return None
    end = position + 1
    if len(token) <= 3 and _goes_on(tokens, end):
        token += tokens[end]
        end += 1
    has_comma = "," in token
    number = int(token.replace(",", ""))
    return Number(number, position, end, False, has_comma) if number <= MAX_VALUE else None


def _goes_on(tokens: Sequence[str], end: int) -> bool:
    """Return whether the next token is the rest of a number that is printed with a space."""
    if end >= len(tokens) or len(tokens[end]) != 3 or not tokens[end].isdecimal():
        return False
    return end + 1 >= len(tokens) or tokens[end + 1] not in "%\u00b1="
