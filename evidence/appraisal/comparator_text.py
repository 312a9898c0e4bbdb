"""What the sentences of a passage tell of its comparator, where no question names one well.

It gives cues, each with a name; ``comparator`` weighs them with learned weights. Knows nothing of
questions.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from evidence.appraisal.arm_pair import ArmPair, find_pair
from evidence.appraisal.comparator_words import (
    ADD,
    NO_TREATMENT,
    SHAM,
    USUAL,
    class_by_words,
)
from evidence.appraisal.patterns import Gated, gated, holds_any
from evidence.appraisal.sentences import CONCLUSIONS, Passage, stem, tokens_of
from evidence.appraisal.terms import find_abbreviations
from evidence.vocabulary import ComparatorClass

WINDOW = 80
MAX_CUE_STEMS = 8
_ARM_WORDS = (
    "random", "assign", "allocat", "divid", "group", "receiv", "control", "compar", "versus", "vs", "placebo", "sham",
)  # fmt: skip
_KINDS: tuple[tuple[Gated, ComparatorClass], ...] = (
    (SHAM, ComparatorClass.SHAM),
    (NO_TREATMENT, ComparatorClass.NO_TREATMENT),
    (USUAL, ComparatorClass.USUAL_CARE),
)
_NOT_AN_ARM = re.compile(
    r"\b(?:previously|treatment[- ]na[i\u00ef]ve|no (?:prior|previous)|untreated (?:advanced|metastatic|stage|operable|patients|women)|of untreated|had not (?:received|been)|(?:who|and|have|having) (?:had )?not (?:received|previously)|no (?:difference|significant))\b"
)
_CONTROL = re.compile(
    r"\b(?:controls?|comparison|comparator|reference)(?: (?:groups?|arms?|patients|participants|subjects|clinics?|practices|condition|parents))?\b"
)
_SEVERAL_ARMS = re.compile(
    r"\b(?:three|four|five|3|4|5)[ -](?:\w+ ){0,2}?(?:groups?|arms?|conditions|interventions|regimens)\b|\b(?:three|four|3|4)-arm\b|\bone of (?:three|four|five)\b|\binto (?:three|four)\b|\b\w+, \w+,? and \w+ groups\b|\b1 ?: ?1 ?: ?1\b|\bgroups? (?:3|iii|c)\b"
)
_SEVERAL_TITLE = re.compile(r"\b(?:versus|vs\.?)\b.*\b(?:versus|vs\.?)\b")
_FLAGS: tuple[tuple[str, Gated], ...] = (
    ("double-blind", gated(r"\bdouble[- ](?:blind|mask)", "double")),
    ("double dummy", gated(r"\bdouble[- ]dummy", "dummy")),
    ("open label", gated(r"\bopen[- ]label", "open")),
    ("with or without", gated(r"\bwith (?:or|versus|vs\.?|and) without\b|\bplus or minus\b", "with or without", "with versus without", "with vs", "with and without", "plus or minus")),
    ("alone", gated(r"\b(?:alone|monotherapy)\b", "alone", "monotherapy")),
    ("added", gated(r"\b(?:added to|addition of|adding|in addition to|combined with|in combination with|adjunct\w*|add-on)\b", "added", "adding", "addition", "combin", "adjunct", "add-on")),
    ("doses", gated(r"\b(?:low|high|lower|higher|different|single|double|two|standard|reduced)[- ](?:doses?|dosages?|dosing|frequency|intensity|concentrations?|regimens?|targets?|schedules?)\b|\bdose[- ](?:comparison|response|ranging|dense|finding|escalat)|\bdifferent (?:doses|durations|sites|intensities|schedules|frequencies)", "low", "high", "different", "single", "double", "dose", "two", "standard", "reduced")),
    ("once or twice", gated(r"\b(?:once|twice|weekly|daily|every \d\w* ?(?:weeks?|days?|hours?|h)) (?:or|versus|vs\.?|compared (?:to|with)) (?:once|twice|thrice|weekly|daily|every)", "once", "twice", "weekly", "daily", "every")),
    ("before or after", gated(r"\b(?:either )?before or after\b|\b(?:early|immediate) (?:versus|vs\.?|or|compared with) (?:late|delayed|deferred)\b|\b(?:short|long)[- ](?:course|term) (?:versus|vs\.?|or)\b|\bduration of\b|\bsequenc(?:e|ing)\b", "before or", "early", "immediate", "short", "long", "duration", "sequenc")),
    ("single arm", gated(r"\b(?:single[- ]arm|uncontrolled|single[- ]group|before[- ]and[- ]after|no control group|pre-?post)\b", "single", "uncontrolled", "before", "control", "pre")),
    ("observed only", gated(r"\b(?:retrospective|cohort|cross-sectional|survey|questionnaire study|records of|case-control|observational|qualitative|review of|interviews?)\b", "retrospective", "cohort", "cross-", "survey", "questionnaire", "records", "case-control", "observational", "qualitative", "review", "interview")),
    ("several arms", gated(_SEVERAL_ARMS.pattern, "three", "four", "five", "3", "4", "5", "and ", "1", "group")),
    ("random", gated(r"\brandom", "random")),
    ("wait", gated(r"\bwait(?:ing)?[- ]?list", "wait")),
    ("placebo-controlled", gated(r"\b(?:placebo|sham)[- ]controlled", "placebo", "sham")),
    ("active-controlled", gated(r"\bactive[- ](?:controlled?|comparator)", "active")),
    ("control got only", gated(r"\bcontrols?(?: group)?\b.{0,60}\b(?:only|self-care|continued)\b", "control")),
    ("cross-over", gated(r"\bcross-?over\b", "cross")),
)  # fmt: skip
_TITLE_FLAGS: tuple[tuple[str, Gated], ...] = (
    ("versus", gated(r"\b(?:versus|vs\.?|compared (?:with|to))\b", "versus", "vs", "compared")),
    ("several versus", gated(_SEVERAL_TITLE.pattern, "versus", "vs")),
    ("plus", gated(r"\bplus\b|\badded to\b|\bcombined with\b|\bin combination\b|\baddition\b", "plus", "added", "combin", "addition")),
    ("doses", gated(r"\bdos(?:es?|age|ing)\b|\bregimens?\b|\bschedules?\b|\bduration\b|\btiming\b|\bsites? of\b|\bintensit|\bonce\b|\btwice\b|\bweekly\b|\bdaily\b|\bsequenc", "dos", "regimen", "schedule", "duration", "timing", "site", "intensit", "once", "twice", "weekly", "daily", "sequenc")),
    ("education", gated(r"\b(?:program\w*|interventions?|education\w*|counsel\w*|training|support|management|care|self-management|coaching|exercise|lifestyle)\b", "program", "intervention", "education", "counsel", "training", "support", "management", "care", "coaching", "exercise", "lifestyle")),
    ("protocol", gated(r"\bprotocol\b", "protocol")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextCues:
    """What a passage tells: named cues, the class that its own words give, and the sentence."""

    cues: tuple[str, ...]
    value: ComparatorClass | None
    sentence: int | None


def _classes_named(passage: Passage) -> tuple[Counter[ComparatorClass], dict[ComparatorClass, int]]:
    """Return how many sentences on arms name a class, and the first that does."""
    counts: Counter[ComparatorClass] = Counter()
    first: dict[ComparatorClass, int] = {}
    for sentence in passage.sentences:
        lower = sentence.lower
        if sentence.section == CONCLUSIONS or not holds_any(lower, _ARM_WORDS):
            continue
        for gate, value in _KINDS:
            if gate.search(lower) is None:
                continue
            if value is ComparatorClass.NO_TREATMENT and _NOT_AN_ARM.search(lower):
                continue
            counts[value] += 1
            first.setdefault(value, sentence.index)
    return counts, first


def _control_cues(passage: Passage) -> dict[str, None]:
    """Return what stands after the words that name a control group."""
    cues: dict[str, None] = {}
    if "control" not in passage.lower and "compar" not in passage.lower:
        return cues
    for sentence in passage.sentences:
        if sentence.section == CONCLUSIONS:
            continue
        for found in _CONTROL.finditer(sentence.lower):
            after = sentence.lower[found.end() : found.end() + WINDOW]
            for gate, value in _KINDS:
                if gate.search(after):
                    cues[f"after control: {value}"] = None
            for token in tokens_of(after)[:MAX_CUE_STEMS]:
                if token[0].isalpha():
                    cues[f"k:{stem(token)}"] = None
    return cues


def _pair_cues(passage: Passage, pair: ArmPair | None) -> tuple[list[str], ComparatorClass | None]:
    """Return cues of the two arms that the passage names, and the class that their words give."""
    if pair is None:
        return ["no pair"], None
    found = class_by_words(pair.first, pair.second, find_abbreviations(passage))
    if found is None:
        return ["pair says nothing", f"pair: {pair.form}"], None
    value, rule = found
    cues = [f"pair: {value}", f"pair: {pair.form} {value}", f"pair: {rule}"]
    if SHAM.search(pair.first):
        cues.append("pair: sham first")
    if ADD.search(pair.first) and ADD.search(pair.second):
        cues.append("pair: both added")
    return cues, value


def read_text_cues(passage: Passage) -> TextCues:
    """Return every cue of a passage."""
    counts, first = _classes_named(passage)
    cues: dict[str, None] = {}
    for value, n in counts.items():
        cues[f"named: {value}"] = None
        cues[f"named: {value} {min(n, 3)}"] = None
    if not counts:
        cues["named: nothing"] = None
    elif len(counts) > 1:
        cues["named: several"] = None
        cues["named: " + " and ".join(sorted(counts))] = None
    for gate, value in _KINDS:
        if gate.search(passage.title_lower):
            cues[f"title: {value}"] = None
    cues.update((f"has: {name}", None) for name, gate in _FLAGS if gate.search(passage.lower))
    cues.update(
        (f"title: {name}", None) for name, gate in _TITLE_FLAGS if gate.search(passage.title_lower)
    )
    cues.update(_control_cues(passage))
    pair = find_pair(passage)
    more, by_pair = _pair_cues(passage, pair)
    cues.update(dict.fromkeys(more))
    if "has: several arms" in cues:
        cues["several, named: " + " and ".join(sorted(counts))] = None
        cues[f"several, pair: {by_pair}"] = None
    sentence = min(first.values()) if first else (pair.sentence if pair is not None else None)
    return TextCues(tuple(cues), by_pair, sentence)
