"""Which of the words that rules look for a text holds, told by the bits of one number.

A rule registers its words once, when its module is imported; what stands between two spaces is
looked through for all of them together, once, and then known. After that, whether one of a rule's
words stands in a sentence or in a whole abstract is one operation on two numbers. It knows nothing
of what the words mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

_LETTERS = 3
"""Words are filed under so many of their first letters, shorter words under all of them."""


class Held(Protocol):
    """A sentence or a whole abstract: its text in lower case and the bits of what it holds."""

    @property
    def lower(self) -> str:
        """Return the text in lower case."""

    @property
    def marks(self) -> int:
        """Return the bits of the words that stand in it."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A word, or what of one stands between its spaces."""

    text: str
    is_begun: bool
    """Whether a space stands before it, so that it must begin a chunk."""
    is_ended: bool
    bit: int


class _Register:
    """Every word that a rule looks for, and its bit."""

    def __init__(self) -> None:
        self.n = 0
        self.parts: dict[tuple[str, bool, bool], _Part] = {}
        self.filed: dict[str, list[_Part]] = {}
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
        """Return the bit of a part, a new one where nobody asked for it before."""
        known = self.parts.get((text, is_begun, is_ended))
        if known is None:
            known = _Part(text, is_begun, is_ended, self.next_bit())
            self.parts[text, is_begun, is_ended] = known
            self.filed.setdefault(text[:_LETTERS], []).append(known)
        return known.bit


_REGISTER = _Register()
NUMBER = _REGISTER.next_bit()
"""The bit of a number in figures."""


def forget_with(forget: Callable[[], None]) -> None:
    """Call a function whenever a word is added, since what was found before is of fewer words."""
    _REGISTER.forget.append(forget)


def marks_of_chunk(chunk: str, tokens: Iterable[str], stems: Iterable[str]) -> int:
    """Return the bits of what stands between two spaces, given its tokens and their stems."""
    held, filed = 0, _REGISTER.filed
    for start in range(len(chunk)):
        for end in range(start + 1, start + 1 + _LETTERS):
            for part in filed.get(chunk[start:end], ()):
                if _fits(part, chunk, start):
                    held |= part.bit
    for token in tokens:
        held |= _REGISTER.of_token.get(token, 0) | _REGISTER.of_head.get(token[:HEAD], 0)
        if "0" <= token[0] <= "9":
            held |= NUMBER
    for stem in stems:
        held |= _REGISTER.of_stem.get(stem, 0)
    return held


def _fits(part: _Part, chunk: str, start: int) -> bool:
    """Return whether a part stands at a place of a chunk."""
    if not chunk.startswith(part.text, start) or (part.is_begun and start):
        return False
    return not part.is_ended or start + len(part.text) == len(chunk)


HEAD = 4
"""Letters with which a token begins."""


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


def head_mark(heads: Iterable[str]) -> int:
    """Return one bit for all of some beginnings of tokens, of at most ``HEAD`` letters."""
    return _enter(_REGISTER.of_head, heads)


def _enter(table: dict[str, int], keys: Iterable[str]) -> int:
    bit = _REGISTER.next_bit()
    for key in keys:
        table[key] = table.get(key, 0) | bit
    return bit
