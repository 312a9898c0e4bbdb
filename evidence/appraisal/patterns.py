"""Patterns that are only tried where one of their words stands in the text.

Looking for a plain word is many times faster than trying a pattern at every place of an abstract;
most patterns of the reader concern words that most abstracts do not hold. It knows nothing of what
is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from evidence.appraisal.marks import HEAD, AnyOf, Held, any_of, head_mark
from evidence.appraisal.sentences import Passage, tokens_of


@dataclass(frozen=True, slots=True)
class Gated:
    """A pattern, and words of which one must stand in a text before the pattern is tried."""

    pattern: re.Pattern[str]
    words: tuple[str, ...]
    gate: AnyOf
    """The same words, to be looked for in what is known already."""
    beginnings: int
    """The bit of how the words begin; each must begin where a word of a text begins."""

    def search(self, text: str) -> re.Match[str] | None:
        r"""Return the first match, None at once where none of the words is there.

        >>> gated(r"\bpilot\b", "pilot").search("a pilot trial") is not None
        True
        """
        return self.pattern.search(text) if holds_any(text, self.words) else None

    def search_in(self, held: Held) -> re.Match[str] | None:
        """Return the first match in a sentence or an abstract."""
        return self.pattern.search(held.lower) if self.gate.stand_in(held) else None

    def first(self, passage: Passage) -> int | None:
        """Return the first sentence of a passage that the pattern fits."""
        beginnings = self.beginnings
        if not passage.marks & beginnings or not self.gate.stand_in(passage):
            return None
        for sentence in passage.sentences:
            if sentence.marks & beginnings and self.search_in(sentence) is not None:
                return sentence.index
        return None


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Return whether one of the words stands in a text, as a part of a longer word too."""
    for word in words:  # noqa: SIM110 - a loop is faster than any() over a generator
        if word in text:
            return True
    return False


def gated(pattern: str, *words: str) -> Gated:
    """Return a pattern that is tried only where one of the words stands.

    Of its alternatives, those that begin at the edge of a word are tried first: where several
    fit, another may be the match than in the order written, but a match is found where one is.
    """
    beginnings = head_mark({tokens_of(word)[0][:HEAD] for word in words})
    return Gated(re.compile(_edges_first(pattern)), words, any_of(*words), beginnings)


_EDGE = r"\b"


def _edges_first(pattern: str) -> str:
    r"""Return a pattern with its alternatives that begin with an edge of a word set together.

    Inside a word all of them then fail by one look, not each by its own.

    >>> _edges_first(r"\bnon-?random|quasi(?:x|y)|\bopen")
    '\\b(?:non-?random|open)|quasi(?:x|y)'
    """
    parts = alternatives(pattern)
    edged = [part.removeprefix(_EDGE) for part in parts if part.startswith(_EDGE)]
    others = [part for part in parts if not part.startswith(_EDGE)]
    if len(edged) < 2:
        return pattern
    return "|".join([rf"{_EDGE}(?:{'|'.join(edged)})", *others])


def alternatives(pattern: str) -> list[str]:
    """Return the alternatives of a pattern that stand in no bracket.

    >>> alternatives("a(?:b|c)|[|]")
    ['a(?:b|c)', '[|]']
    """
    parts, depth, in_class, start = [], 0, False, 0
    for at, letter in enumerate(pattern):
        if at and pattern[at - 1] == "\\":
            continue
        if in_class or letter == "[":
            in_class = letter != "]"
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "|" and not depth:
            parts.append(pattern[start:at])
            start = at + 1
    return [*parts, pattern[start:]]
