"""Finding asked words in a passage: stems, abbreviations that the abstract itself defines, arms.

Words come in as arguments; nothing here knows a treatment or a disease by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.sentences import Passage, stem, tokens_of

MAX_ASKED = 600

_STOP = frozenset(
    words_in(
        "a an the of in on at to for with and or by from as is are was were be been than per "
        "vs versus not no group groups patients patient participants subjects women men "
        "children people individuals after before during between both either treatment "
        "therapy trial study arm arms their its this that those these who which using used "
        "given plus daily once twice weekly mg ml kg g day days week weeks month months year "
        "years hours h min mean median average number rate rates score scores level levels "
        "change changes time times total overall other all any each proportion percentage "
        "percent incidence frequency value values measured measure measures baseline"
    )
)


@lru_cache(maxsize=8_192)
def _parted_stems(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the stems of the words that carry meaning, and of those that say little alone."""
    content: dict[str, None] = {}
    general: dict[str, None] = {}
    for token in tokens_of(text[:MAX_ASKED].lower()):
        if token in _STOP:
            if len(token) > 3:
                general[stem(token)] = None
        elif token[0].isalpha() and len(token) > 1:
            content[stem(token)] = None
    return tuple(content), tuple(general)


def content_stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words that carry meaning, in order, each once."""
    return _parted_stems(text)[0]


def general_stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words that say little alone: rate, score, mean."""
    return _parted_stems(text)[1]


_ABBREVIATION = re.compile(r"\(([A-Za-z][A-Za-z0-9/&-]{1,9}s?)(?:[;,)]| ?\[)")


@lru_cache(maxsize=64)
def find_abbreviations(passage: Passage) -> Mapping[str, tuple[str, ...]]:
    """Return abbreviation (lower case) to the stems of the words that it stands for.

    An abbreviation counts only where the words before its bracket begin with its letters.
    Several readers ask for them; they are found once a passage.
    """
    found: dict[str, tuple[str, ...]] = {}
    for sentence in passage.sentences:
        if "(" not in sentence.text:
            continue
        for match in _ABBREVIATION.finditer(sentence.text):
            short = match[1]
            if sum(map(str.isupper, short)) < 2 or short.lower() in found:
                continue
            words = [
                t
                for t in tokens_of(sentence.lower[max(0, match.start() - 120) : match.start()])
                if t[0].isalnum()
            ]
            long_form = _long_form(short, words)
            if long_form:
                found[short.lower()] = long_form
    return found


def _long_form(short: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return the stems of the shortest run of words before a bracket whose initials fit."""
    letters = [c for c in short.lower().rstrip("s") if c.isalpha()]
    if not letters or not words:
        return ()
    for size in range(max(1, len(letters) - 2), min(len(words), len(letters) + 4) + 1):
        run = words[-size:]
        if run[0][0] != letters[0]:
            continue
        position = 0
        for word in run:
            if position < len(letters) and word[0] == letters[position]:
                position += 1
                for inner in word[1:]:
                    if (
                        position < len(letters)
                        and inner == letters[position]
                        and size < len(letters)
                    ):
                        position += 1
        if position >= len(letters) - (1 if len(letters) > 3 else 0):
            return tuple(dict.fromkeys(stem(w) for w in run if w not in _STOP))
    return ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The stems of one asked thing, its own and those that abbreviations add."""

    own: frozenset[str]
    added: frozenset[str]
    general: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Return every stem that stands for the asked thing."""
        return self.own | self.added


def ask(text: str | None, abbreviations: Mapping[str, tuple[str, ...]]) -> Asked:
    """Return what to look for, given the words asked and the abbreviations of the passage."""
    if not text:
        return Asked(frozenset(), frozenset(), frozenset())
    own = set(content_stems(text))
    added: set[str] = set()
    for short, long_form in abbreviations.items():
        if short in own or stem(short) in own:
            added.update(long_form)
        elif long_form and set(long_form) <= own:
            added.update((short, stem(short)))
    return Asked(frozenset(own), frozenset(added - own), frozenset(general_stems(text)))


def arms_apart(intervention: Asked, comparator: Asked) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems that tell the intervention from the comparator, and the other way round."""
    return intervention.all - comparator.all, comparator.all - intervention.all
