"""What a trial compares with: the class of its comparator, and what a sham did.

The words of the question come first (``comparator_words``); where they say too little ("control"),
the passage is asked (``comparator_text``). What was found are named features; a small linear model
with learned weights chooses the class and says how sure it is (``data/models/comparator.json``,
trained by ``benchmarks/train_comparator.py``). Classes are the closed list of docs/method.md,
section 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.appraisal.comparator_text import read_text_cues
from evidence.appraisal.comparator_words import (
    ADD,
    ALONE,
    DOSE,
    GENERIC,
    NO_TREATMENT,
    SHAM,
    USUAL,
    class_by_words,
)
from evidence.appraisal.linear import ClassModel
from evidence.appraisal.sentences import Passage
from evidence.appraisal.terms import content_stems, find_abbreviations
from evidence.vocabulary import ComparatorClass, ShamKind

MAX_ASKED = 600

_NON_PENETRATING = re.compile(
    r"\bnon-?\s?penetrat|\bstreitberger|\bpark sham|\bretractable|\bblunt(?:ed)? (?:needle|tip)|\btelescop|\btoothpick|\bcocktail stick|\bplacebo needle|\bsham needle|\bguide tubes? (?:only|without)"
)
_NON_POINT = re.compile(
    r"\bnon-?\s?acupunct(?:ure)? ?points?|\bnon-?\s?acupoints?|\bnon-?\s?points?\b|\bminimal acupuncture|\bsuperficial (?:needl|acupunct)\w*|\bsham (?:acu)?points?|\baway from|\birrelevant (?:acu)?points?|\bnonspecific (?:acu)?points?|\bwrong points?|\bsuperficial(?:ly)?\b.{0,40}\bneedl"
)
_NO_NEEDLE = re.compile(
    r"\b(?:sham|mock|inactive|placebo|disconnected|detuned|switched off|turned off)\b.{0,30}\b(?:laser|tens|transcutaneous|electro\w*|ultrasound|device|magnet|pills?|tablets?|capsules?|stimulation)"
)
_NEEDLES = re.compile(r"\bneedl|\bacupunct|\bacupoint")


@dataclass(frozen=True, slots=True)
class ComparatorReading:
    """The class of a comparator, how sure that is, the sham's kind and the sentence."""

    value: ComparatorClass
    confidence: float
    sham_kind: ShamKind | None
    sentence: int | None


@dataclass(frozen=True, slots=True)
class ComparatorFeatures:
    """Everything that tells of a comparator, by name, and the sentence that tells most."""

    names: tuple[str, ...]
    sentence: int | None


def sham_kind_of(text: str) -> ShamKind | None:
    """Return what a sham did, None where the text does not say.

    >>> sham_kind_of("sham points at a non-penetrating depth").value
    'non-penetrating'
    """
    if _NON_PENETRATING.search(text):
        return ShamKind.NON_PENETRATING
    if _NON_POINT.search(text):
        return ShamKind.NEEDLE_NON_POINT
    if _NO_NEEDLE.search(text):
        return ShamKind.NO_NEEDLE
    return None


def _sentence_of(passage: Passage, comparator: str) -> int | None:
    """Return the first sentence that names the comparator."""
    wanted = frozenset(content_stems(comparator))
    best, hits = None, 0
    for sentence in passage.sentences:
        held = len(wanted.intersection(sentence.stems))
        if held > hits:
            best, hits = sentence.index, held
    return best


_SIDES = (
    ("sham", SHAM), ("no treatment", NO_TREATMENT), ("usual care", USUAL), ("alone", ALONE), ("dose", DOSE), ("added", ADD),
)  # fmt: skip
_DOUBLE_BLIND = re.compile(r"\bdouble[- ](?:blind|mask)")


def _word_features(ours: str, theirs: str) -> list[str]:
    """Return features of the asked words: patterns that fit, shared words, length."""
    names = [f"c {name}" for name, gate in _SIDES if gate.search(theirs)]
    names += [f"i {name}" for name, gate in _SIDES if gate.search(ours)]
    first, second = content_stems(ours), content_stems(theirs)
    shared = len(set(first).intersection(second))
    both = len(set(first).union(second)) or 1
    names.append(f"shared {min(4, 5 * shared // both)}")
    names.append(f"length {min(6, len(second))}")
    if first and second and first[-1] == second[-1]:
        names.append("same last word")
    if first and second and first[0] == second[0]:
        names.append("same first word")
    has_digits = any(map(str.isdigit, theirs))
    if has_digits:
        names.append("digits" if any(map(str.isdigit, ours)) else "digits of theirs")
    names += [f"c:{word}" for word in second[:12]]
    return names


def comparator_features(
    passage: Passage, intervention: str | None, comparator: str | None
) -> ComparatorFeatures:
    """Return what the question's words and, where they say too little, the passage tell."""
    ours, theirs = (intervention or "").lower()[:MAX_ASKED], (comparator or "").lower()[:MAX_ASKED]
    if theirs:
        by_words = class_by_words(ours, theirs, find_abbreviations(passage))
        if by_words is not None:
            value, rule = by_words
            names = [f"q: {value}", f"q: {rule}", *_word_features(ours, theirs)]
            if "placebo" in passage.lower:
                names.append(f"placebo beside {value}")
            if _DOUBLE_BLIND.search(passage.lower):
                names.append(f"double-blind, {value}")
            return ComparatorFeatures(tuple(names), _sentence_of(passage, theirs))
    cues = read_text_cues(passage)
    names = ["generic" if GENERIC.search(theirs) else "asked vaguely"] if theirs else []
    return ComparatorFeatures(("by text", *names, *cues.cues), cues.sentence)


def read_comparator(
    passage: Passage, intervention: str | None, comparator: str | None, model: ClassModel
) -> ComparatorReading:
    """Return the comparator's class by the asked words, else by the passage."""
    features = comparator_features(passage, intervention, comparator)
    label, confidence = model.choose(features.names)
    value = ComparatorClass(label)
    kind = None
    if value in (ComparatorClass.SHAM, ComparatorClass.MIXED):
        theirs, ours = (comparator or "").lower()[:MAX_ASKED], (intervention or "").lower()
        kind = sham_kind_of(theirs + "\n" + passage.lower)
        if kind is None and theirs and not _NEEDLES.search(passage.lower + ours[:MAX_ASKED]):
            kind = ShamKind.NO_NEEDLE
    return ComparatorReading(value, confidence, kind, features.sentence)
