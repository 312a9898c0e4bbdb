"""What a trial compares with: the class of its comparator, and what a sham did.

The words of the question come first; where they say too little ("control"), the passage is asked.
Classes are the closed list of docs/method.md, section 3. Rules are named, and how often each is
right was measured (``data/models/comparator.json``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.patterns import gated, holds_any
from evidence.appraisal.sentences import (
    CONCLUSIONS,
    Passage,
    stem,
)
from evidence.appraisal.terms import content_stems
from evidence.vocabulary import ComparatorClass, ShamKind

_SHAM = gated(
    r"\bplacebos?\b|\bsham\b|\bsimulated\b|\bdummy\b|\bvehicle\b|\bnon-?penetrating\b|\bminimal acupuncture\b|\bnon-?acupoints?\b|"
    r"\bfake\b|\bmock\b|\binert\b|\bsugar pills?\b|\bsuperficial needling\b|\binactive\b|\bdetuned\b|\bsaline\b|\bdistilled water\b|"
    r"\battention[- ](?:matched )?control|\bdextrose\b|\bstarch\b|\bcellulose\b|\bmaltodextrin\b|\bplacebo-controlled",
    "placebo",
    "sham",
    "simulated",
    "dummy",
    "vehicle",
    "penetrating",
    "minimal",
    "acupoint",
    "fake",
    "mock",
    "inert",
    "sugar",
    "superficial",
    "inactive",
    "detuned",
    "saline",
    "distilled",
    "attention",
    "dextrose",
    "starch",
    "cellulose",
    "maltodextrin",
)
_NO_TREATMENT = gated(
    r"\bno[- ](?:(?:further|additional|active|specific|other) )?(?:treatment(?! preference)|therapy|interventions?|acupuncture|exercise|training|supplement\w*|medication|drugs?|"
    r"prophyla\w+|training|implant|stimulation|music|massage|premedication|massage)\b|\bwait(?:ing)?[- ]?list|\buntreated\b|\bnothing\b|\bnon-?treat\w*|"
    r"\bwithout (?:any )?(?:treatment|intervention|supplement\w*|training|therapy|prophylaxis|acupuncture)|\bdelayed[- ](?:treatment|intervention|start)|"
    r"\bnot (?:receive|treated|given)|\bdid not receive|\breceiv\w+ no\b|\bobservation (?:only|alone|group)|\bno[- ]?(?:ne|t)? ?control\b|\bnon-?intervention|\bnon-?supplemented|\bwatchful",
    "no ",
    "no-",
    "wait",
    "untreated",
    "nothing",
    "non",
    "without",
    "delayed",
    "not ",
    "observation",
    "watchful",
    "none",
)
_USUAL = gated(
    r"\b(?:usual|routine|standard|customary|conventional|regular|ordinary|normal|traditional) (?:\w+ ){0,2}?(?:care|practice|management|"
    r"follow-?up|services?|nursing|rehabilitation|prenatal care|supportive care)\b|\bstandard[- ]of[- ]care\b|\bcare as usual\b|\btreatment as usual\b|\btau\b|\busual care\b|"
    r"\bstandard (?:medical )?(?:treatment|therapy|therapies|treatments)\b|\broutine (?:treatment|therapy)|\busual (?:treatment|therapy|medical|physical|activit)\w*|"
    r"\bguideline[- ]based\b|\bbest supportive care\b|\bstandard supportive|\broutinely\b|\bconventional (?:medical )?(?:treatment|therapy|care)\b|\bcurrent practice\b|\b(?:usual|routine) (?!dose|clinical chem|blood)\w+",
    "usual",
    "routine",
    "standard",
    "customary",
    "conventional",
    "regular",
    "ordinary",
    "normal",
    "traditional",
    "tau",
    "guideline",
    "supportive",
    "practice",
)
_DOSE = re.compile(
    r"\b(?:low|high|lower|higher|single|double|standard|reduced|increased|half|full|short|long|shorter|longer|extended|once|twice|weekly|daily|every|manual|"
    r"intensive|less|more|early|late|delayed|immediate|first|second|fixed|flexible|loading|continuous|intermittent)\b"
)
_BEFORE = re.compile(
    r"^(?:the )?(?:baseline|before|pre-?(?:treatment|test|intervention|operative)?\b|values? before|prior)"
)
_ADD = re.compile(
    r"\b(?:plus|added|combined with|in combination|combination of|addition|adjunct\w*|along with|add-on|together with|as well as|with)\b|\+|&"
)
_GENERIC = re.compile(
    r"^(?:the )?(?:control|controls|control group|controlled group|comparison|comparison group|control condition|reference|group (?:[a-z]|\d|i+)|no information|"
    r"control arm|control groups|other groups?|comparator)s?\.?(?: \(.{0,20}\))?$"
)
_SHAM_WORDS = frozenset(
    stem(w)
    for w in words_in(
        "placebo sham simulated dummy vehicle matching matched inactive control group capsule "
        "capsules tablet tablets pill pills saline normal solution injection oral"
    )
)
_USUAL_WORDS = frozenset(
    stem(w)
    for w in words_in(
        "usual routine standard care alone only control group conventional treatment therapy"
    )
)

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
    """The class of a comparator, the rule that gave it, the sham's kind and the sentence."""

    value: ComparatorClass
    rule: str
    sham_kind: ShamKind | None
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


_SPLIT = re.compile(r";| or |(?:^|[;,] ?)\d\) ")
_NO_SUCH = re.compile(
    r"^(?:no|not|non)\b|\b(?:did|do|does|was|were) not\b|^without\b|\((?:no|without)\b"
)
_ALONE = re.compile(r"\balone\b|\bonly\b|\bmonotherapy\b|\bwithout\b")
_DROP = frozenset(
    stem(w)
    for w in words_in(
        "control controls group arm above received receive receiving same given mg ug ml"
    )
)


def _class_of_part(part: str) -> ComparatorClass | None:
    """Return the class that one of several named comparators gives, None where it says nothing."""
    for pattern, value in (
        (_SHAM, ComparatorClass.SHAM),
        (_NO_TREATMENT, ComparatorClass.NO_TREATMENT),
        (_USUAL, ComparatorClass.USUAL_CARE),
    ):
        if pattern.search(part):
            return value
    return ComparatorClass.ACTIVE if content_stems(part) else None


def _several(comparator: str) -> bool:
    """Return whether a comparator names several arms of different classes, each in a few words."""
    parts = [part for part in _SPLIT.split(comparator) if len(part) > 4]
    if not 2 <= len(parts) <= 5 or any(part.count(" ") > MAX_WORDS_OF_ARM for part in parts):
        return False
    return len({_class_of_part(part) for part in parts} - {None}) > 1


MAX_WORDS_OF_ARM = 12


def _by_words(intervention: str, comparator: str) -> tuple[ComparatorClass, str] | None:
    """Return the class that the asked words alone give."""
    ours = frozenset(content_stems(intervention)) - _DROP
    theirs = frozenset(content_stems(comparator)) - _DROP
    if _several(comparator):
        return ComparatorClass.MIXED, "several"
    sham, none, usual = (p.search(comparator) is not None for p in (_SHAM, _NO_TREATMENT, _USUAL))
    if sham:
        return _placebo(intervention, comparator, ours, theirs)
    if usual:
        return ComparatorClass.USUAL_CARE, "usual care words"
    if none:
        return ComparatorClass.NO_TREATMENT, "no treatment words"
    if _BEFORE.search(comparator):
        if _NO_SUCH.search(comparator):
            return ComparatorClass.NO_TREATMENT, "no such"
        return ComparatorClass.NONE, "before"
    if _NO_SUCH.search(comparator) and (theirs & ours or comparator.startswith("no ")):
        return ComparatorClass.NO_TREATMENT, "no such"
    if _GENERIC.search(comparator) or not theirs:
        return None
    return _by_overlap(intervention, comparator, ours, theirs)


def _placebo(
    intervention: str, comparator: str, ours: frozenset[str], theirs: frozenset[str]
) -> tuple[ComparatorClass, str]:
    """Return "sham", but "active" where the placebo only hides which drug is which."""
    rest = theirs - _SHAM_WORDS - ours
    joined = " plus " in comparator or "+" in comparator or " and " in comparator
    if rest and joined and _SHAM.search(intervention):
        return ComparatorClass.ACTIVE, "double dummy"
    return ComparatorClass.SHAM, "sham words"


def _by_overlap(
    intervention: str, comparator: str, ours: frozenset[str], theirs: frozenset[str]
) -> tuple[ComparatorClass, str]:
    """Return the class that the words which both arms share give."""
    shared = ours & theirs
    added = _ADD.search(intervention) or " and " in intervention
    if theirs < ours and added:
        return ComparatorClass.ADD_ON, "part of the intervention"
    if ours < theirs and (_ADD.search(comparator) or " and " in comparator):
        return ComparatorClass.ADD_ON, "intervention is part"
    if shared and _ALONE.search(comparator):
        return ComparatorClass.ADD_ON, "alone"
    if shared and len(shared) / len(ours | theirs) >= 0.5:
        exact = _DOSE.search(comparator) or any(map(str.isdigit, comparator))
        return ComparatorClass.DOSE_OR_STYLE, "same words" if exact else "nearly same words"
    if len(shared) >= 2 and len(shared) / len(theirs) >= 0.8 and len(ours) > len(theirs):
        return ComparatorClass.ADD_ON, "mostly part of the intervention"
    return ComparatorClass.ACTIVE, "other words"


_VERSUS = re.compile(r"\b(?:versus|vs\.?|compared (?:with|to)|comparison (?:of|with|between)|or)\b")
_ARM_WORDS = (
    "random",
    "assign",
    "allocat",
    "divid",
    "group",
    "receiv",
    "control",
    "compar",
    "versus",
    "vs",
    "placebo",
    "sham",
)


_SEVERAL_ARMS = re.compile(
    r"\b(?:three|four|five|3|4|5)(?: \w+){0,3}?[ -](?:groups?|arms?|conditions)\b|\bone of (?:three|four|five)\b|\bin(?:to)? (?:three|four)\b|\b\w+, \w+,? and \w+ groups\b"
)
_SEVERAL_TITLE = re.compile(r"\b(?:versus|vs\.?)\b.*\b(?:versus|vs\.?)\b")
_JOINED = re.compile(
    r"\b(?:plus|combined with|in combination with|added to|in addition to|and)(?: the)? (?P<t>\w{4,}(?: \w{4,})?)\b.{0,80}?\b(?:and|versus|or|vs|with)\b.{0,30}?\b(?P=t)\b(?:.{0,12}(?:alone|only|group))"
)
_ONLY = re.compile(r"\bcontrols?(?: group)?\b.{0,60}\b(?:only|self-care|continued)\b")


def _classes_named(passage: Passage) -> dict[ComparatorClass, int]:
    """Return the classes that sentences on arms name, each with its first sentence."""
    found: dict[ComparatorClass, int] = {}
    for sentence in passage.sentences:
        if sentence.section == CONCLUSIONS or not holds_any(sentence.lower, _ARM_WORDS):
            continue
        for pattern, value in (
            (_SHAM, ComparatorClass.SHAM),
            (_NO_TREATMENT, ComparatorClass.NO_TREATMENT),
            (_USUAL, ComparatorClass.USUAL_CARE),
        ):
            if value not in found and pattern.search(sentence.lower):
                found[value] = sentence.index
    return found


def _by_passage(passage: Passage) -> tuple[ComparatorClass, str, int | None]:
    """Return the class that the sentences on arms give."""
    found = _classes_named(passage)
    first = min(found.values()) if found else None
    if _SEVERAL_ARMS.search(passage.lower) or _SEVERAL_TITLE.search(passage.title_lower):
        if found:
            return ComparatorClass.MIXED, "several arms, one without", first
        return ComparatorClass.MIXED, "several arms", None
    if "double-dummy" in passage.lower or "double dummy" in passage.lower:
        return ComparatorClass.ACTIVE, "double dummy in text", None
    for value in (ComparatorClass.SHAM, ComparatorClass.NO_TREATMENT, ComparatorClass.USUAL_CARE):
        if value in found:
            if value is ComparatorClass.SHAM and re.search(
                r"\band placebo (?:tablets?|pills?|capsules?)", passage.lower
            ):
                return ComparatorClass.ACTIVE, "placebo beside", found[value]
            return value, f"{value} in text", found[value]
    return _other(passage)


def _other(passage: Passage) -> tuple[ComparatorClass, str, int | None]:
    """Return what remains: add-on, dose or style, active, or none at all."""
    lower = passage.lower
    for sentence in passage.sentences[: max(8, len(passage.sentences) - 2)]:
        text = sentence.lower
        if _JOINED.search(text) or (
            re.search(r"\b(?:alone|monotherapy)\b", text)
            and _ADD.search(text)
            and (_VERSUS.search(text) or "group" in text)
        ):
            return ComparatorClass.ADD_ON, "alone in text", sentence.index
        if _DOSES.search(text) and _VERSUS.search(text):
            return ComparatorClass.DOSE_OR_STYLE, "doses in text", sentence.index
        if _ONLY.search(text):
            return ComparatorClass.USUAL_CARE, "only in text", sentence.index
    if re.search(r"\bdouble[- ](?:blind|mask)", lower) and "control" in lower:
        return ComparatorClass.SHAM, "blind control", None
    for sentence in passage.sentences:
        if _COMPARED.search(sentence.lower):
            return ComparatorClass.ACTIVE, "compared in text", sentence.index
    if re.search(
        r"\b(?:single[- ]arm|uncontrolled|single[- ]group|before[- ]and[- ]after|no control group|pre-?post)\b",
        lower,
    ):
        return ComparatorClass.NONE, "single arm", None
    if re.search(r"\brandom|\bcontrol(?:led|s| group)\b|\bgroups\b", lower):
        return ComparatorClass.ACTIVE, "groups in text", None
    return ComparatorClass.NONE, "nothing in text", None


_DOSES = re.compile(
    r"\b(?:low|high|lower|higher|different) (?:dose|frequency|intensity)s?\b|\bdose[- ](?:comparison|response|ranging)"
)
_COMPARED = re.compile(
    r"\bversus\b|\bvs\.?\b|\bcompared with\b|\bcompared to\b|\bcomparison\b|\bcompare\b|\bcompared\b"
)


def _sentence_of(passage: Passage, comparator: str) -> int | None:
    """Return the first sentence that names the comparator."""
    wanted = frozenset(content_stems(comparator))
    best, hits = None, 0
    for sentence in passage.sentences:
        held = len(wanted.intersection(sentence.stems))
        if held > hits:
            best, hits = sentence.index, held
    return best


def read_comparator(
    passage: Passage, intervention: str | None, comparator: str | None
) -> ComparatorReading:
    """Return the comparator's class by the asked words, else by the passage."""
    ours, theirs = (intervention or "").lower()[:600], (comparator or "").lower()[:600]
    by_words = _by_words(ours, theirs) if theirs else None
    if by_words is not None:
        value, rule = by_words
        sentence = _sentence_of(passage, theirs)
    else:
        value, rule, sentence = _by_passage(passage)
    kind = None
    if value in (ComparatorClass.SHAM, ComparatorClass.MIXED):
        kind = sham_kind_of(theirs + "\n" + passage.lower)
        if kind is None and not _NEEDLES.search(passage.lower + ours) and theirs:
            kind = ShamKind.NO_NEEDLE
    return ComparatorReading(value, rule, kind, sentence)
