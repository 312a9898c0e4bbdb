"""What the sentences of a passage tell of its comparator, where no question names one well.

It gives cues, each with a name; ``comparator`` weighs them with learned weights. Of a question it
takes the intervention's words only, to tell which arm is the other.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import reduce
from operator import or_

from evidence.appraisal.arm_pair import ArmPair, find_pairs
from evidence.appraisal.comparator_rules import class_by_words, read_word_cues
from evidence.appraisal.comparator_words import ADD, NO_TREATMENT, SHAM, USUAL
from evidence.appraisal.marks import any_of
from evidence.appraisal.patterns import Gated, gated
from evidence.appraisal.sentences import CONCLUSIONS, RESULTS, Passage, Sentence, stem, tokens_of
from evidence.appraisal.terms import content_stems, find_abbreviations
from evidence.vocabulary import ComparatorClass

WINDOW = 80
MAX_CUE_STEMS = 8
MAX_ARM_SENTENCES = 5
_ARM_WORDS = any_of(
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


@dataclass(frozen=True, slots=True)
class _ArmText:
    """The few sentences of a passage that tell of its arms, and their text with the title."""

    sentences: tuple[Sentence, ...]
    lower: str
    marks: int


def _arm_text(passage: Passage) -> _ArmText:
    """Return the sentences that tell of arms; the first few tell what was given to whom."""
    found: list[Sentence] = []
    for sentence in passage.body:
        if sentence.section not in _NOT_OF_ARMS and _ARM_WORDS.stand_in(sentence):
            found.append(sentence)
            if len(found) == MAX_ARM_SENTENCES:
                break
    told = (passage.title, *found)
    lower = "\n".join([sentence.lower for sentence in told])
    return _ArmText(told, lower, reduce(or_, [sentence.marks for sentence in told]))


def _classes_named(text: _ArmText) -> tuple[Counter[ComparatorClass], dict[ComparatorClass, int]]:
    """Return how many sentences on arms name a class, and the first that does."""
    counts: Counter[ComparatorClass] = Counter()
    first: dict[ComparatorClass, int] = {}
    for gate, value in _KINDS:
        if gate.search_in(text) is None:
            continue
        for sentence in text.sentences:
            if gate.search_in(sentence) is None:
                continue
            if value is ComparatorClass.NO_TREATMENT and _NOT_AN_ARM.search(sentence.lower):
                continue
            counts[value] += 1
            first.setdefault(value, sentence.index)
    return counts, first


_CONTROLS = any_of("control", "compar", "reference")


def _control_cues(text: _ArmText) -> dict[str, None]:
    """Return what stands after the words that name a control group."""
    cues: dict[str, None] = {}
    for sentence in text.sentences:
        if not _CONTROLS.stand_in(sentence):
            continue
        kinds = [kind for kind in _KINDS if kind[0].gate.stand_in(sentence)]
        for found in _CONTROL.finditer(sentence.lower):
            after = sentence.lower[found.end() : found.end() + WINDOW]
            for gate, value in kinds:
                if gate.search(after):
                    cues[f"after control: {value}"] = None
            for token in tokens_of(after)[:MAX_CUE_STEMS]:
                if token[0].isalpha():
                    cues[f"k:{stem(token)}"] = None
    return cues


def _pair_cues(
    passage: Passage, intervention: str
) -> tuple[list[str], ComparatorClass | None, int | None]:
    """Return cues of the arms that the passage names, the first pair's class and its sentence."""
    pairs = find_pairs(passage)
    if not pairs:
        return ["no pair"], None, None
    synonyms = find_abbreviations(passage)
    cues: list[str] = []
    first: ComparatorClass | None = None
    for pair in pairs:
        if intervention and pair.form == "title and":
            continue
        ours, theirs = _in_order(pair, intervention)
        found = read_word_cues(ours, theirs, synonyms)
        if found.value is None:
            cues += ["pair says nothing", f"pair: {pair.form}"]
            continue
        if first is None:
            first = found.value
            cues += [f"pair: {found.value}", f"pair: {found.rule}"]
        cues.append(f"pair: {pair.form} {found.value}")
        if SHAM.search(ours):
            cues.append("pair: sham first")
        if ADD.search(ours) and ADD.search(theirs):
            cues.append("pair: both added")
    return cues, first, pairs[0].sentence


def _in_order(pair: ArmPair, intervention: str) -> tuple[str, str]:
    """Return what a pair's arms got, the one first that a question asks of."""
    asked = frozenset(content_stems(intervention))
    if not asked:
        return pair.first, pair.second
    in_first = len(asked.intersection(content_stems(pair.first)))
    in_second = len(asked.intersection(content_stems(pair.second)))
    return (pair.second, pair.first) if in_second > in_first else (pair.first, pair.second)


_GOT = re.compile(
    r"\b(?:controls?|comparison|reference|placebo)(?: (?:group|arm|condition|patients|participants|subjects|women|men|children))?s?\)?,? (?:\(.{1,30}\),? )?"
    r"(?:who |which |will |was |were |only |be )*(?:receiv\w*|given|treated (?:with|by)|got|underwent|undergo\w*|administered|allocated to|assigned to|continu\w+|maintain\w*|used|took|offered|provided|had|follow\w*|consist\w* of|appl\w+|perform\w*|train|without|with|is|:|=)"
    r" (?P<what>[^.;]{2,90})"
)


_GOT_NOT = re.compile(
    r"\bcontrols?(?: (?:groups?|arms?|condition|side|patients|participants|subjects))?\)?,? (?:who )?(?:did not|didn.t|were not|was not|not|do not) "
)


_CONTROL_GROUP = any_of("control", "comparison")


def _control_got_cues(text: _ArmText, intervention: str) -> dict[str, None]:
    """Return what a control group is said to get, classed beside the asked intervention."""
    cues: dict[str, None] = {}
    for sentence in text.sentences[1:]:
        if not _CONTROL_GROUP.stand_in(sentence):
            continue
        if _GOT_NOT.search(sentence.lower):
            cues["control got: not"] = None
            continue
        found = _GOT.search(sentence.lower)
        if found is None:
            continue
        value = class_by_words(intervention, found["what"])
        if value is not None:
            cues[f"control got: {value[0]}"] = None
    return cues


_NOT_OF_ARMS = frozenset((CONCLUSIONS, RESULTS))
_PEOPLE: tuple[tuple[str, Gated], ...] = (
    ("patients", gated(r"\b(?:patients|inpatients|outpatients|hospitali[sz]ed|survivors)\b", "patients", "survivors", "hospitali")),
    ("healthy", gated(r"\b(?:healthy|volunteers|athletes|players|students|schools?|sedentary|untrained|trained|adolescents|workers|employees|employed|community)\b", "healthy", "volunteer", "athlete", "player", "student", "school", "sedentary", "trained", "adolescents", "workers", "employ", "community")),
    ("animals or cells", gated(r"\b(?:rats?|mice|mouse|rabbits?|pigs?|sheep|cells|in vitro|ewes|cows|broilers)\b", "rat", "mice", "mouse", "rabbit", "pig", "sheep", "cell", "vitro", "ewes", "cows", "broiler")),
)  # fmt: skip


_OF_MANNER = frozenset(
    ("doses", "once or twice", "before or after", "added", "with or without", "alone")
)


def read_arm_cues(passage: Passage, intervention: str, comparator: str) -> list[str]:
    """Return what a passage tells of how its two arms differ: a second opinion on two treatments."""
    text, title = _arm_text(passage), passage.title
    told = [f"has: {name}" for name, gate in _FLAGS if name in _OF_MANNER and gate.search_in(text)]
    told += [f"title: {name}" for name, gate in _TITLE_FLAGS if gate.search_in(title)]
    value = _class_of_matched_pair(passage, intervention, comparator)
    return [*told, f"matched pair: {value}"]


def _class_of_matched_pair(
    passage: Passage, intervention: str, comparator: str
) -> ComparatorClass | None:
    """Return the class of the first pair of the passage whose arms hold the words of the question."""
    asked, against = frozenset(content_stems(intervention)), frozenset(content_stems(comparator))
    for pair in find_pairs(passage):
        ours, theirs = _in_order(pair, intervention)
        if asked.isdisjoint(content_stems(ours)) or against.isdisjoint(content_stems(theirs)):
            continue
        found = class_by_words(ours, theirs, find_abbreviations(passage))
        if found is not None:
            return found[0]
    return None


def _named_cues(counts: Counter[ComparatorClass]) -> dict[str, None]:
    """Return which classes the sentences on arms name, and how often."""
    names: list[str] = []
    for value, n in counts.items():
        names += [f"named: {value}", f"named: {value} {min(n, 3)}"]
    if not counts:
        names.append("named: nothing")
    elif len(counts) > 1:
        names += ["named: several", "named: " + " and ".join(sorted(counts))]
    return dict.fromkeys(names)


def read_text_cues(passage: Passage, intervention: str = "") -> TextCues:
    """Return every cue of a passage; ``intervention`` is what a question asks of, if it asks."""
    text = _arm_text(passage)
    counts, first = _classes_named(text)
    cues, title = _named_cues(counts), passage.title
    for gate, value in _KINDS:
        if gate.search_in(title):
            cues[f"title: {value}"] = None
    cues.update((f"has: {name}", None) for name, gate in _FLAGS if gate.search_in(text))
    cues.update((f"title: {name}", None) for name, gate in _TITLE_FLAGS if gate.search_in(title))
    cues.update((f"people: {name}", None) for name, gate in _PEOPLE if gate.search_in(text))
    cues.update(_control_cues(text))
    got = _control_got_cues(text, intervention)
    cues.update(got)
    more, by_pair, of_pair = _pair_cues(passage, intervention)
    cues.update(dict.fromkeys(more))
    if not counts and not got and (by_pair is None or intervention):
        kind = "patients" if "people: patients" in cues else "others"
        cues[f"nothing told of a control group of {kind}"] = None
    if "has: several arms" in cues:
        cues["several, named: " + " and ".join(sorted(counts))] = None
        cues[f"several, pair: {by_pair}"] = None
    if counts and by_pair is not None:
        cues[f"pair: {by_pair}, named: " + " and ".join(sorted(counts))] = None
    sentence = min(first.values()) if first else of_pair
    return TextCues(tuple(cues), by_pair, sentence)
