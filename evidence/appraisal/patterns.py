"""Patterns that are only tried where one of their words stands in the text.

Looking for a plain word is many times faster than trying a pattern at every place of an abstract;
most patterns of the reader concern words that most abstracts do not hold. It knows nothing of what
is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal.sentences import BEGINNING, Passage, tokens_of

_BEGINNINGS: set[str] = set()
"""How the words of every gate begin: only of these is it kept where a passage holds them."""


@dataclass(frozen=True, slots=True)
class Gated:
    """A pattern, and words of which one must stand in a text before the pattern is tried."""

    pattern: re.Pattern[str]
    words: tuple[str, ...]
    beginnings: frozenset[str]
    """How the words begin; each must begin where a word of a text begins."""

    def search(self, text: str) -> re.Match[str] | None:
        r"""Return the first match, None at once where none of the words is there.

        >>> gated(r"\bpilot\b", "pilot").search("a pilot trial") is not None
        True
        """
        for word in self.words:
            if word in text:
                return self.pattern.search(text)
        return None

    def first(self, passage: Passage) -> int | None:
        """Return the first sentence of a passage that the pattern fits."""
        places_of = _places_of(passage)
        if self.beginnings.isdisjoint(places_of):
            return None
        places = 0
        for beginning in self.beginnings:
            places |= places_of.get(beginning, 0)
        while places:
            bit = places & -places
            index = bit.bit_length() - 1
            if self.search(passage.sentences[index].lower) is not None:
                return index
            places ^= bit
        return None


@lru_cache(maxsize=64)
def _places_of(passage: Passage) -> dict[str, int]:
    """Return the beginnings that a passage holds, each with a bit for every sentence it is in."""
    places: dict[str, int] = {}
    for sentence in passage.sentences:
        bit = 1 << sentence.index
        for head in _BEGINNINGS.intersection(sentence.heads):
            places[head] = places.get(head, 0) | bit
    return places


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Return whether one of the words stands in a text, as a part of a longer word too."""
    for word in words:  # noqa: SIM110 - a loop is faster than any() over a generator
        if word in text:
            return True
    return False


def gated(pattern: str, *words: str) -> Gated:
    """Return a pattern that is tried only where one of the words stands."""
    beginnings = frozenset(tokens_of(word)[0][:BEGINNING] for word in words)
    _BEGINNINGS.update(beginnings)
    _places_of.cache_clear()  # what was found before is of fewer beginnings
    return Gated(re.compile(pattern), words, beginnings)
