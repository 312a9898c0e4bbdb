"""What a trial compares with: the class of its comparator, and what a sham did.

The words of the question come first (``comparator_rules``); where they say too little ("control"),
the passage is asked (``comparator_text``). What was found are named features; a small linear model
with learned weights chooses the class and says how sure it is (``data/models/comparator.json``,
trained by ``benchmarks/train_comparator.py``). Classes are the closed list of docs/method.md,
section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evidence.appraisal.comparator_question import plain_question
from evidence.appraisal.comparator_rules import WordCues, read_difference, read_word_cues
from evidence.appraisal.comparator_text import read_arm_cues, read_text_cues
from evidence.appraisal.comparator_words import GENERIC
from evidence.appraisal.linear import ClassModel
from evidence.appraisal.marks import any_of
from evidence.appraisal.patterns import gated
from evidence.appraisal.sentences import Passage
from evidence.appraisal.terms import content_stems, find_abbreviations
from evidence.vocabulary import ComparatorClass, ShamKind

MAX_ASKED = 600

_NON_PENETRATING = gated(
    r"\bnon-?\s?penetrat|\bstreitberger|\bpark sham|\bretractable|\bblunt(?:ed)? (?:needle|tip)|\btelescop|\btoothpick|\bcocktail stick|\bplacebo needle|\bsham needle|\bguide tubes? (?:only|without)",
    "penetrat", "streitberger", "park sham", "retractable", "blunt", "telescop", "toothpick", "cocktail", "placebo needle", "sham needle", "guide tube",
)  # fmt: skip
_NON_POINT = gated(
    r"\bnon-?\s?acupunct(?:ure)? ?points?|\bnon-?\s?acupoints?|\bnon-?\s?points?\b|\bminimal acupuncture|\bsuperficial (?:needl|acupunct)\w*|\bsham (?:acu)?points?|\baway from|\birrelevant (?:acu)?points?|\bnonspecific (?:acu)?points?|\bwrong points?|\bsuperficial(?:ly)?\b.{0,40}\bneedl",
    "point", "minimal acu", "superficial", "away from",
)  # fmt: skip
_NO_NEEDLE = gated(
    r"\b(?:sham|mock|inactive|placebo|disconnected|detuned|switched off|turned off)\b.{0,30}\b(?:laser|tens|transcutaneous|electro\w*|ultrasound|device|magnet|pills?|tablets?|capsules?|stimulation)",
    "laser", "tens", "transcutaneous", "electro", "ultrasound", "device", "magnet", "pill", "tablet", "capsule", "stimulation",
)  # fmt: skip
_NEEDLES = gated(r"\bneedl|\bacupunct|\bacupoint", "needl", "acupunct", "acupoint")


@dataclass(frozen=True, slots=True)
class ComparatorReading:
    """The class of a comparator, how sure that is, the sham's kind and the sentence."""

    value: ComparatorClass
    confidence: float
    sham_kind: ShamKind | None
    sentence: int | None


class Source(StrEnum):
    """What a class was read from; each is trusted by its own measure."""

    CLEAR_WORDS = "clear words"
    """The question calls the comparator placebo, usual care, no treatment and the like."""
    TWO_TREATMENTS = "two treatments"
    """The question names two treatments, and how they are related decides."""
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ComparatorFeatures:
    """Everything that tells of a comparator, by name, and the sentence that tells most."""

    names: tuple[str, ...]
    sentence: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class ComparatorModel:
    """One set of weights, and for each source of a reading its own calibration."""

    by_source: Mapping[Source, ClassModel]

    @classmethod
    def from_figures(cls, figures: Mapping[str, Any]) -> ComparatorModel:
        """Return the model that a file of figures describes."""
        return cls(
            {
                source: ClassModel.from_figures(
                    {**figures, "calibration": figures["calibrations"][source.value]}
                )
                for source in Source
            }
        )

    def choose(self, features: ComparatorFeatures) -> tuple[ComparatorClass, float]:
        """Return the best class and the calibrated probability that it is right."""
        label, confidence = self.by_source[features.source].choose(features.names)
        return ComparatorClass(label), confidence


_KINDS = (
    (_NON_PENETRATING, ShamKind.NON_PENETRATING),
    (_NON_POINT, ShamKind.NEEDLE_NON_POINT),
    (_NO_NEEDLE, ShamKind.NO_NEEDLE),
)


def sham_kind_of(text: str, passage: Passage | None = None) -> ShamKind | None:
    """Return what a sham did, None where neither text nor passage says.

    >>> sham_kind_of("sham points at a non-penetrating depth").value
    'non-penetrating'
    """
    for gate, kind in _KINDS:
        if gate.search(text) or (passage is not None and gate.search_in(passage)):
            return kind
    return None


def _sentence_of(passage: Passage, comparator: str) -> int | None:
    """Return the first sentence that names the comparator."""
    wanted = frozenset(content_stems(comparator))
    best, hits = None, 0
    for sentence in passage.sentences:
        held = len(sentence.stems_among(wanted))
        if held > hits:
            best, hits = sentence.index, held
    return best


_OF_TWO_TREATMENTS = frozenset(
    (ComparatorClass.ACTIVE, ComparatorClass.ADD_ON, ComparatorClass.DOSE_OR_STYLE)
)
_DOUBLE_BLIND = gated(r"\bdouble[- ](?:blind|mask)", "double")
_PLACEBO = any_of("placebo")


def _context_cues(passage: Passage, asked: WordCues, ours: str, theirs: str) -> list[str]:
    """Return what the passage adds to words that say enough, and the comparator's own words."""
    names = [f"c:{word}" for word in content_stems(theirs)[:12]]
    if _PLACEBO.stand_in(passage):
        names.append(f"placebo beside {asked.value}")
    if _DOUBLE_BLIND.search_in(passage):
        names.append(f"double-blind, {asked.value}")
    if asked.value in _OF_TWO_TREATMENTS:
        names += [f"{asked.value}, {cue}" for cue in read_arm_cues(passage, ours, theirs)]
        names += read_difference(ours, theirs)
    return names


def comparator_features(
    passage: Passage, intervention: str | None, comparator: str | None
) -> ComparatorFeatures:
    """Return what the question's words and, where they say too little, the passage tell."""
    ours, theirs = (intervention or "")[:MAX_ASKED], (comparator or "")[:MAX_ASKED]
    names: list[str] = []
    if theirs.strip():
        asked = read_word_cues(ours, theirs, find_abbreviations(passage))
        if asked.value is not None:
            names = [*asked.cues, *_context_cues(passage, asked, ours, theirs.lower())]
            clear = asked.value not in _OF_TWO_TREATMENTS
            source = Source.CLEAR_WORDS if clear else Source.TWO_TREATMENTS
            return ComparatorFeatures(tuple(names), _sentence_of(passage, theirs), source)
        is_generic = GENERIC.search(plain_question(theirs)) is not None
        names = ["generic" if is_generic else "asked vaguely"]
    cues = read_text_cues(passage, ours)
    return ComparatorFeatures(("by text", *names, *cues.cues), cues.sentence, Source.TEXT)


def read_comparator(
    passage: Passage, intervention: str | None, comparator: str | None, model: ComparatorModel
) -> ComparatorReading:
    """Return the comparator's class by the asked words, else by the passage."""
    features = comparator_features(passage, intervention, comparator)
    value, confidence = model.choose(features)
    kind = None
    if value in (ComparatorClass.SHAM, ComparatorClass.MIXED):
        theirs, ours = (comparator or "").lower()[:MAX_ASKED], (intervention or "").lower()
        kind = sham_kind_of(theirs, passage)
        if kind is None and theirs:
            is_needled = _NEEDLES.search_in(passage) or _NEEDLES.search(ours[:MAX_ASKED])
            kind = None if is_needled else ShamKind.NO_NEEDLE
    return ComparatorReading(value, confidence, kind, features.sentence)
