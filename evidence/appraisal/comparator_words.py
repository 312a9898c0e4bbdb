"""The class of a comparator by the words that name it, beside the words of the intervention.

The words may be a question's, or what an abstract says of its two arms (``arm_pair``). Rules are
named; how far each may be trusted is learned (``data/models/comparator.json``). Classes are the
closed list of docs/method.md, section 3. Knows nothing of passages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.patterns import gated
from evidence.appraisal.sentences import stem
from evidence.appraisal.terms import content_stems
from evidence.vocabulary import ComparatorClass

MAX_WORDS_OF_ARM = 12
Synonyms = Mapping[str, tuple[str, ...]]

SHAM = gated(
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
NO_TREATMENT = gated(
    r"\bno[- ](?:(?:further|additional|active|specific|other) )?(?:treatment(?! preference)|therapy|interventions?|acupuncture|exercise|training|supplement\w*|medication|drugs?|"
    r"prophyla\w+|training|implant|stimulation|music|massage|premedication|massage)\b|\bwait(?:ing)?[- ]?list|\buntreated\b|\bnothing\b|\bnon-?treat\w*|"
    r"\bwithout (?:any )?(?:treatment|intervention|supplement\w*|training|therapy|prophylaxis|acupuncture)|\bdelayed[- ](?:treatment|intervention|start)|"
    r"\bnot (?:receive|treated|given)|\bdid not receive|\breceiv\w+ no\b|\bobservation (?:only|alone|group)|\bno[- ]?(?:ne|t)? ?control\b|\bneither\b|\bactive (?:monitoring|surveillance)\b|\bnot (?:offered|invited|exposed|informed)\b|\bnon-?intervention|\bnon-?supplemented|\bwatchful",
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
    "neither",
    "active ",
)
USUAL = gated(
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
DOSE = re.compile(
    r"\b(?:low|high|lower|higher|single|double|standard|reduced|increased|half|full|short|long|shorter|longer|extended|once|twice|weekly|daily|every|manual|"
    r"intensive|less|more|early|late|delayed|immediate|first|second|fixed|flexible|loading|continuous|intermittent)\b"
)
_BEFORE = re.compile(
    r"^(?:the )?(?:baseline|before|pre-?(?:treatment|test|intervention|operative)?\b|values? before|prior)"
)
ADD = re.compile(
    r"\b(?:plus|added|combined with|in combination|combination of|addition|adjunct\w*|along with|add-on|together with|as well as|with)\b|\+|&"
)
GENERIC = re.compile(
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

_ATTENTION = re.compile(r"\battention\b")
_HEALTHY = re.compile(
    r"^(?:the )?(?:\w+ )?(?:healthy|normals?|non-?(?:users|smokers|diabetic)|unaffected|matched)\b(?: \w+){0,3}$|\bhealthy (?:controls|subjects|volunteers|people)\b"
)
_STANDARD = re.compile(
    r"^(?:a |the )?(?:standard|ordinary|conventional|traditional|routine|usual|regular|own)\b"
)
_STANDARD_OF = re.compile(
    r"\b(?:standard|conventional|usual|routine) (?:treatment|therapy|regimen)s? (?:of|with|using|consisting of|:) (?:either )?(?P<what>[^,;]{4,})"
)
_GRADED = re.compile(
    r"\b(?:high|higher|low|lower|medium|moderate|mild|single|double|short|long|early|late|open|closed|fast|slow|intensive|tight|simple|complex|strict|small|large|reduced|full|half|hypo\w*)[- ](?:\w+ )?(?P<what>[a-z]{4,})"
)
_MANNER = frozenset(
    stem(w)
    for w in words_in(
        "high higher low lower medium moderate mild single double triple short long shorter longer early earlier late "
        "later open closed fast slow intensive tight simple complex strict small large reduced full half once twice daily "
        "weekly monthly every other oral orally intravenous intravenously intramuscular intramuscularly subcutaneous "
        "subcutaneously topical intrathecal epidural intranasal intravaginal intrauterine intralesional route site "
        "continuous intermittent bolus infusion fixed flexible before after preoperative postoperative morning evening "
        "fraction hour hours day days week weeks month months year minute minutes dose doses dosage dosing regimen "
        "schedule course courses session sessions group groups iu mcg percent volume rate frequency duration standard "
        "conventional two one three four five six eight ten first second third initial repeat individual supervised "
        "home online web live digital face generic reference brand version formulation tablet capsule solution gel "
        "cream syringe needle total per body weight target targets level levels less more"
    )
)
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
_SPLIT = re.compile(r";| or |(?:^|[;,] ?)\d\) ")
_NO_SUCH = re.compile(
    r"^(?:no|not|non)\b|\b(?:did|do|does|was|were) not\b|^without\b|\((?:no|without)\b"
)
ALONE = re.compile(r"\balone\b|\bonly\b|\bmonotherapy\b|\bwithout\b")
_DROP = frozenset(
    stem(w)
    for w in words_in(
        "control controls group arm above received receive receiving same given mg ug ml"
    )
)


def _class_of_part(part: str) -> ComparatorClass | None:
    """Return the class that one of several named comparators gives, None where it says nothing."""
    for pattern, value in (
        (SHAM, ComparatorClass.SHAM),
        (NO_TREATMENT, ComparatorClass.NO_TREATMENT),
        (USUAL, ComparatorClass.USUAL_CARE),
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


def class_by_words(
    intervention: str, comparator: str, synonyms: Synonyms | None = None
) -> tuple[ComparatorClass, str] | None:
    """Return the class that the words of two arms give and its rule, None where they say too little.

    ``synonyms`` are a text's own abbreviations, with the stems that they stand for.

    >>> class_by_words("ginger", "a sugar pill")
    (<ComparatorClass.SHAM: 'sham'>, 'sham words')
    >>> class_by_words("ginger", "the control group") is None
    True
    """
    if _several(comparator):
        return ComparatorClass.MIXED, "several"
    ours, theirs = _stems(intervention, synonyms), _stems(comparator, synonyms)
    if SHAM.search(comparator):
        return _placebo(intervention, comparator, ours, theirs)
    if USUAL.search(comparator):
        return _usual(comparator, ours, theirs)
    if NO_TREATMENT.search(comparator):
        return ComparatorClass.NO_TREATMENT, "no treatment words"
    if _BEFORE.search(comparator):
        if _NO_SUCH.search(comparator):
            return ComparatorClass.NO_TREATMENT, "no such"
        return ComparatorClass.NONE, "before"
    if _NO_SUCH.search(comparator) and (theirs & ours or comparator.startswith("no ")):
        return ComparatorClass.NO_TREATMENT, "no such"
    if _HEALTHY.search(comparator):
        return ComparatorClass.NONE, "other people"
    if GENERIC.search(comparator) or not theirs:
        return None
    return _by_overlap(intervention, comparator, ours, theirs)


def _stems(text: str, synonyms: Synonyms | None) -> frozenset[str]:
    """Return the stems of an arm that carry meaning, and those that its abbreviations stand for."""
    own = set(content_stems(text))
    for short, long_form in (synonyms or {}).items():
        if short in own or stem(short) in own:
            own.difference_update((short, stem(short)))
            own.update(long_form)
    return frozenset(own - _DROP)


def _placebo(
    intervention: str, comparator: str, ours: frozenset[str], theirs: frozenset[str]
) -> tuple[ComparatorClass, str]:
    """Return "sham", but "active" where the placebo only hides which drug is which."""
    rest = theirs - _SHAM_WORDS - ours
    joined = " plus " in comparator or "+" in comparator or " and " in comparator
    if rest and joined and SHAM.search(intervention):
        return ComparatorClass.ACTIVE, "double dummy"
    if rest and _ATTENTION.search(comparator):
        return ComparatorClass.SHAM, "attention words"
    return ComparatorClass.SHAM, "sham words"


def _usual(
    comparator: str, ours: frozenset[str], theirs: frozenset[str]
) -> tuple[ComparatorClass, str]:
    """Return "usual care", but "active" where a treatment is named that is only called standard."""
    named = _STANDARD_OF.search(comparator)
    if named is not None and content_stems(named["what"]):
        return ComparatorClass.ACTIVE, "standard treatment named"
    if theirs - _USUAL_WORDS - ours:
        return ComparatorClass.USUAL_CARE, "usual care and more words"
    return ComparatorClass.USUAL_CARE, "usual care words"


def _by_overlap(
    intervention: str, comparator: str, ours: frozenset[str], theirs: frozenset[str]
) -> tuple[ComparatorClass, str]:
    """Return the class that the words which both arms share give."""
    if _STANDARD.search(comparator):
        if not theirs - ours - _USUAL_WORDS:
            return ComparatorClass.USUAL_CARE, "standard of the same"
        return ComparatorClass.ACTIVE, "standard, other words"
    for rule in (_part_of_the_other, _same_treatment):
        found = rule(intervention, comparator, ours, theirs)
        if found is not None:
            return found
    if ours & theirs:
        return ComparatorClass.ACTIVE, "some shared words"
    return ComparatorClass.ACTIVE, "other words"


def _part_of_the_other(
    intervention: str, comparator: str, ours: frozenset[str], theirs: frozenset[str]
) -> tuple[ComparatorClass, str] | None:
    """Return "add-on" where what one arm got is a part of what the other got."""
    shared = ours & theirs
    if theirs < ours and (ADD.search(intervention) or " and " in intervention):
        return ComparatorClass.ADD_ON, "part of the intervention"
    if ours < theirs and (ADD.search(comparator) or " and " in comparator):
        return ComparatorClass.ADD_ON, "intervention is part"
    bare = _bare_relation(intervention, comparator)
    if bare is not None:
        return bare
    if ALONE.search(comparator) and shared:
        if len(theirs - ours) * 2 < len(theirs):
            return ComparatorClass.ADD_ON, "alone"
        return ComparatorClass.ACTIVE, "alone, other words"
    if shared and ALONE.search(intervention) and ADD.search(comparator):
        return ComparatorClass.ADD_ON, "intervention alone"
    return None


def _same_treatment(
    intervention: str, comparator: str, ours: frozenset[str], theirs: frozenset[str]
) -> tuple[ComparatorClass, str] | None:
    """Return "dose or style" where both arms got one treatment in another amount or manner."""
    shared = ours & theirs
    if not shared:
        return None
    only_ours, only_theirs = ours - theirs - _MANNER, theirs - ours - _MANNER
    if len(shared) / len(ours | theirs) >= 0.5:
        if only_ours and only_theirs:
            return ComparatorClass.ACTIVE, "same words but one"
        exact = DOSE.search(comparator) or any(map(str.isdigit, comparator))
        return ComparatorClass.DOSE_OR_STYLE, "same words" if exact else "nearly same words"
    if not only_ours and not only_theirs:
        return ComparatorClass.DOSE_OR_STYLE, "other manner"
    if _grades(intervention) & _grades(comparator):
        return ComparatorClass.DOSE_OR_STYLE, "graded"
    if len(shared) >= 2 and len(shared) / len(theirs) >= 0.8 and len(ours) > len(theirs):
        return ComparatorClass.ADD_ON, "mostly part of the intervention"
    if DOSE.search(comparator) and DOSE.search(intervention):
        return ComparatorClass.ACTIVE, "dose words"
    return None


def _grades(text: str) -> set[str]:
    """Return the words that are graded: "dose" of "low dose"."""
    return {found["what"].rstrip("s") for found in _GRADED.finditer(text)}


def _bare_relation(intervention: str, comparator: str) -> tuple[ComparatorClass, str] | None:
    """Return "add-on" where one arm is part of the other once doses in brackets are left out."""
    if "(" not in intervention and "(" not in comparator and "[" not in intervention + comparator:
        return None
    first, second = _BRACKETS.sub(" ", intervention), _BRACKETS.sub(" ", comparator)
    ours = frozenset(content_stems(first)) - _DROP
    theirs = frozenset(content_stems(second)) - _DROP
    if theirs and theirs < ours and (ADD.search(first) or " and " in first):
        return ComparatorClass.ADD_ON, "part, without brackets"
    if ours and ours < theirs and (ADD.search(second) or " and " in second):
        return ComparatorClass.ADD_ON, "part, without brackets"
    return None
