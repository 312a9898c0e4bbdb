"""Which of the words that rules look for a text holds, told by the bits of one number.

A rule registers its words once, when its module is imported; what stands between two spaces is
looked through for all of them together, once, and then known. After that, whether one of a rule's
words stands in a sentence or in a whole abstract is one operation on two numbers. It knows nothing
of what the words mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Protocol


class Held(Protocol):
    """A sentence or a whole abstract: its text in lower case and the bits of what it holds."""

    @property
    def lower(self) -> str:
        """Return the text in lower case."""

    @property
    def marks(self) -> int:
        """Return the bits of the words that stand in it."""


_LETTERS = 3


class _InToken:
    """Words of letters alone, and bits of each, filed under their first letters."""

    def __init__(self) -> None:
        self.long: dict[str, list[tuple[str, int]]] = {}
        self.short: list[tuple[str, int]] = []
        """Words of fewer letters: there are few."""

    def add(self, word: str, bit: int) -> None:
        """File a word."""
        if len(word) < _LETTERS:
            self.short.append((word, bit))
        else:
            self.long.setdefault(word[:_LETTERS], []).append((word, bit))

    def find(self, token: str) -> int:
        """Return the bits of the words that stand anywhere in a token."""
        held = 0
        for start in range(len(token) - _LETTERS + 1):
            for word, bit in self.long.get(token[start : start + _LETTERS], ()):
                if token.startswith(word, start):
                    held |= bit
        for word, bit in self.short:
            if word in token:
                held |= bit
        return held


class _InChunk:
    """The other words, each filed under a sign or figure of its own, since few hold that."""

    def __init__(self) -> None:
        self.by_sign: dict[str, list[tuple[str, int]]] = {}
        self.begins: dict[str, list[tuple[str, int]]] = {}
        self.ends: dict[str, list[tuple[str, int]]] = {}
        self.is_all: dict[str, int] = {}

    def add(self, word: str, is_begun: bool, is_ended: bool, bit: int) -> None:
        """File a word, or what of one stands between its spaces."""
        if is_begun and is_ended:
            self.is_all[word] = bit
        elif is_begun:
            self.begins.setdefault(word[0], []).append((word, bit))
        elif is_ended:
            self.ends.setdefault(word[-1], []).append((word, bit))
        else:
            sign = next(letter for letter in word if not letter.isalpha())
            self.by_sign.setdefault(sign, []).append((word, bit))

    def find(self, chunk: str) -> int:
        """Return the bits of the words that are, begin, end or stand in a chunk."""
        held = self.is_all.get(chunk, 0)
        for word, bit in self.begins.get(chunk[0], ()):
            if chunk.startswith(word):
                held |= bit
        for word, bit in self.ends.get(chunk[-1], ()):
            if chunk.endswith(word):
                held |= bit
        if chunk.isalpha():
            return held
        for sign in set(chunk).intersection(self.by_sign):
            for word, bit in self.by_sign[sign]:
                if word in chunk:
                    held |= bit
        return held


class _Register:
    """Every word that a rule looks for, and its bit.

    A word of letters alone stands in one token, and tokens come again; the others, and those that
    must begin or end what stands between two spaces, are looked for in that.
    """

    def __init__(self) -> None:
        self.n = 0
        self.parts: dict[tuple[str, bool, bool], int] = {}
        self.in_token = _InToken()
        self.in_chunk = _InChunk()
        self.of_token: dict[str, int] = {}
        self.of_stem: dict[str, int] = {}
        self.of_head: dict[str, int] = {}
        self.forget: list[Callable[[], None]] = []

    def next_bit(self) -> int:
        """Return a bit that nothing has; what was found before it is forgotten."""
        for forget in self.forget:
            forget()
        self.n += 1
        return 1 << (self.n - 1)

    def bit_of_part(self, text: str, is_begun: bool, is_ended: bool) -> int:
        """Return the bit of what stands between two spaces, or begins or ends that, or is in it."""
        bit = self.parts.get((text, is_begun, is_ended))
        if bit is not None:
            return bit
        bit = self.parts[text, is_begun, is_ended] = self.next_bit()
        if text.isalpha() and not (is_begun or is_ended):
            self.in_token.add(text, bit)
        else:
            self.in_chunk.add(text, is_begun, is_ended, bit)
        return bit


_REGISTER = _Register()
NUMBER = _REGISTER.next_bit()
"""The bit of a number in figures."""
HEAD = 4
"""Letters with which a token begins."""


def forget_with(forget: Callable[[], None]) -> None:
    """Call a function whenever a word is added, since what was found before is of fewer words."""
    _REGISTER.forget.append(forget)


def marks_of_token(token: str, stem: str) -> int:
    """Return the bits of a token: of itself, of its stem, of its beginning, of words in it."""
    known = _REGISTER
    held = known.of_token.get(token, 0) | known.of_stem.get(stem, 0)
    if "0" <= token[0] <= "9":
        return held | NUMBER | known.of_head.get(token[:HEAD], 0)
    return held | known.of_head.get(token[:HEAD], 0) | known.in_token.find(token)


def marks_of_chunk(chunk: str) -> int:
    """Return the bits of what stands between two spaces, those of its tokens left out."""
    return _REGISTER.in_chunk.find(chunk)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Words of which one is looked for, as parts of longer words too."""

    whole: int
    """The bits of words without a space."""
    parted: tuple[tuple[int, str], ...]
    """Each word that holds spaces, after the bits of what stands between them."""

    def stand_in(self, held: Held) -> bool:
        """Return whether one of the words stands in a sentence or in an abstract."""
        marks = held.marks
        if marks & self.whole:
            return True
        for bits, word in self.parted:  # noqa: SIM110 - a loop is faster than any()
            if marks & bits == bits and word in held.lower:
                return True
        return False


def any_of(*words: str) -> AnyOf:
    """Return words to look for; equal ones of several rules have one bit."""
    whole = 0
    parted: list[tuple[int, str]] = []
    for word in words:
        first, *more = word.split(" ")
        if not more:
            whole |= _REGISTER.bit_of_part(word, False, False)
            continue
        last = more.pop()
        bits = _REGISTER.bit_of_part(first, False, True) if first else 0
        bits |= _REGISTER.bit_of_part(last, True, False) if last else 0
        for inner in more:
            bits |= _REGISTER.bit_of_part(inner, True, True)
        parted.append((bits, word))
    return AnyOf(whole, tuple(parted))


def token_mark(tokens: Iterable[str]) -> int:
    """Return one bit for all of some tokens: words, numbers or signs as ``tokens_of`` cuts them."""
    return _enter(_REGISTER.of_token, tokens)


def stem_mark(stems: Iterable[str]) -> int:
    """Return one bit for all of some stems."""
    return _enter(_REGISTER.of_stem, stems)


def each_stem_mark(stems: Iterable[str]) -> int:
    """Return the bits of some stems, one each, so that they can be counted."""
    return reduce(or_, [stem_mark((stem,)) for stem in stems])


def head_mark(heads: Iterable[str]) -> int:
    """Return one bit for all of some beginnings of tokens, of at most ``HEAD`` letters."""
    return _enter(_REGISTER.of_head, heads)


def _enter(table: dict[str, int], keys: Iterable[str]) -> int:
    bit = _REGISTER.next_bit()
    for key in keys:
        table[key] = table.get(key, 0) | bit
    return bit
