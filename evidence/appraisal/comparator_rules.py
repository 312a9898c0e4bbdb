"""The class of a comparator by the words of two arms: named rules, tried in a fixed order.

The words may be a question's, or what an abstract says of its arms (``arm_pair``). The first rule
that fits gives an opinion; it and what the arms have in common are cues, and how far each may be
trusted is learned (``data/models/comparator.json``). Knows nothing of passages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal import comparator_named, comparator_related
from evidence.appraisal.arm_pair_words import Synonyms
from evidence.appraisal.comparator_difference import difference_cues
from evidence.appraisal.comparator_named import Opinion
from evidence.appraisal.comparator_question import (
    Arms,
    arms_of,
    plain_question,
    short_forms,
    without_common_words,
)
from evidence.appraisal.comparator_words import (
    ADD,
    ALONE,
    DOSE_WORD,
    GENERIC,
    NO_TREATMENT,
    SHAM,
    USUAL,
    WITHOUT,
)
from evidence.appraisal.sentences import tokens_of
from evidence.vocabulary import ComparatorClass


@dataclass(frozen=True, slots=True)
class WordCues:
    """What the words of two arms tell: the first rule's opinion, and every cue by name."""

    value: ComparatorClass | None
    """None where the words say too little."""
    rule: str
    cues: tuple[str, ...]


def class_by_words(
    intervention: str, comparator: str, synonyms: Synonyms | None = None
) -> Opinion | None:
    """Return the class that the words of two arms give and its rule, None where they say too little.

    ``synonyms`` are a text's own abbreviations, with the stems that they stand for.

    >>> class_by_words("ginger", "a sugar pill")
    (<ComparatorClass.SHAM: 'sham'>, 'sham words')
    >>> class_by_words("ginger", "the control group") is None
    True
    """
    found = read_word_cues(intervention, comparator, synonyms)
    return None if found.value is None else (found.value, found.rule)


def read_word_cues(
    intervention: str, comparator: str, synonyms: Synonyms | None = None
) -> WordCues:
    """Return what the words of two arms tell."""
    first, second = without_common_words(plain_question(intervention), plain_question(comparator))
    known = {**short_forms(intervention), **short_forms(comparator), **(synonyms or {})}
    used = _WORD.findall(f"{first} {second}")
    return _read(first, second, tuple((short, known[short]) for short in used if short in known))


@lru_cache(maxsize=4_096)
def read_difference(intervention: str, comparator: str) -> tuple[str, ...]:
    """Return cues of what differs between the words of two arms."""
    arms = without_common_words(plain_question(intervention), plain_question(comparator))
    return tuple(dict.fromkeys(difference_cues(*arms)))


_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=4_096)
def _read(first: str, second: str, synonyms: tuple[tuple[str, tuple[str, ...]], ...]) -> WordCues:
    """Return what two arms tell; one question is asked of many abstracts."""
    arms = arms_of(first, second, dict(synonyms))
    found = _opinion(arms)
    if found is None:
        return WordCues(None, "says too little", ())
    value, rule = found
    return WordCues(value, rule, (f"q: {value}", f"q: {rule}", *_likeness_cues(arms, value)))


def _likeness_cues(arms: Arms, value: ComparatorClass) -> list[str]:
    """Return cues of what two arms share, whatever rule fits."""
    alike = arms.alike
    names = [
        f"shared {min(4, int(5 * alike.share))}",
        f"only ours {min(2, len(alike.only_ours))}, only theirs {min(2, len(alike.only_theirs))}",
    ]
    has_shared = "shared" if alike.shared else "nothing shared"
    if alike.is_opposed:
        names.append(f"opposed, {has_shared}")
    if alike.is_other_number:
        names.append(f"other number, {has_shared}")
    if alike.has_same_last:
        names.append("same last word")
    if arms.theirs.is_only_manner:
        names.append("only manner")
    names += _modifier_cues(arms)
    if _SAME.search(arms.second):
        names.append("c same")
    if arms.theirs.manner and not arms.ours.manner:
        names.append("manner of theirs only")
    for name, pattern in (
        ("alone", ALONE),
        ("without", WITHOUT),
        ("dose", DOSE_WORD),
        ("added", ADD),
    ):
        if pattern.search(arms.second):
            names += [f"c {name}", f"c {name}, {has_shared}"]
        if pattern.search(arms.first):
            names.append(f"i {name}")
    names += [f"c {name}, called {value}" for name, gate in _KINDS if gate.search(arms.second)]
    names += [f"i {name}" for name, gate in _KINDS if gate.search(arms.first)]
    return names


_ADJECTIVE = re.compile(r"(?:al|ic|ed|ive|ar|ous|ary|able|ing|ant|oid)$")


def _modifier_cues(arms: Arms) -> list[str]:
    """Return whether one noun is told in two ways: by adjectives, or by other nouns."""
    if not arms.alike.has_same_last or not arms.alike.only_theirs or not arms.alike.only_ours:
        return []
    first, second = frozenset(tokens_of(arms.first)), frozenset(tokens_of(arms.second))
    words = [word for word in (first ^ second) if len(word) > 3 and word.isalpha()]
    adjectives = sum(_ADJECTIVE.search(word) is not None for word in words)
    return [
        "same noun, all adjectives"
        if adjectives == len(words)
        else f"same noun, adjectives {min(adjectives, 1)}"
    ]


_SAME = re.compile(r"\b(?:same|similar|identical|equivalent)\b")
_KINDS = (("sham", SHAM), ("no treatment", NO_TREATMENT), ("usual care", USUAL))


def _opinion(arms: Arms) -> Opinion | None:
    """Return the opinion of the first rule that fits."""
    if GENERIC.search(arms.second):
        return None
    for rule in (
        comparator_named.several,
        comparator_named.before,
        comparator_related.elliptic,
        comparator_named.sham,
        comparator_named.others,
        comparator_named.without,
        comparator_named.nothing,
        comparator_named.usual,
    ):
        found = rule(arms)
        if found is not None:
            return found
    if not arms.theirs.stems and not arms.theirs.is_only_manner:
        return None
    for rule in (
        comparator_related.part,
        comparator_related.standard,
        comparator_related.manner,
        comparator_related.rest,
    ):
        found = rule(arms)
        if found is not None:
            return found
    return ComparatorClass.ACTIVE, "some shared words" if arms.alike.shared else "other words"
