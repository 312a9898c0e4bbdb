"""The class of a comparator by the words of two arms: named rules, tried in a fixed order.

The words may be a question's, or what an abstract says of its arms (``arm_pair``). The first rule
that fits gives an opinion; it and what the arms have in common are cues, and how far each may be
trusted is learned (``data/models/comparator.json``). Knows nothing of passages.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

from evidence.appraisal.arm_pair_words import (
    ArmWords,
    Likeness,
    Synonyms,
    arm_words,
    compare_arms,
)
from evidence.appraisal.comparator_words import (
    ADD,
    ALONE,
    ATTENTION,
    BEFORE,
    DOSE_WORD,
    GENERIC,
    HEALTHY,
    JOINED,
    NO_SUCH,
    NO_TREATMENT,
    OBSERVED,
    SHAM,
    SHAM_STEMS,
    STANDARD,
    STANDARD_OF,
    USUAL,
    USUAL_STEMS,
    WITHOUT,
)
from evidence.appraisal.terms import content_stems
from evidence.vocabulary import ComparatorClass

Opinion = tuple[ComparatorClass, str]
MAX_ARMS = 6
MAX_LETTERS_OF_ARM = 90
_LEAD = re.compile(
    r"^(?:the )?(?:(?:control|comparison|treatment|experimental|intervention|study|reference|observation)[- ]?)?(?:group|arm)s? ?(?:\(?(?:[a-z]|\d|i{1,3}|iv)\)?)?"
    r" ?(?:(?:[:=,-]|\u2013) ?(?:which |who |was |were )*(?:received |receiving |given )?|(?:which |who |was |were )*(?:received |receiving |given |treated with ))"
    r"|^(?:the )?controls?(?: group| arm| condition)?s?(?= (?:without|with|on|in|under|who did) )"
    r"|^(?:controls?|comparator) ?(?:[:=,-]|\u2013) ?(?:received |receiving )?(?:only )?(?:the )?"
)
_SHORT_BRACKET = re.compile(
    r" ?[(\[](?!placebo|sham)(?:[\w\u00b1+/-]{1,9}|(?:group|arm) \w{1,3}|n ?= ?\d+|(?:the )?controls?(?: (?:group|arm))?|\w{1,6} (?:group|arm)|intervention group)[)\]]"
)
_CONTROL_IN_BRACKETS = re.compile(
    r"^(?:the )?(?:controls?|comparison|reference)(?: (?:group|arm|condition))? ?\((?![nN] ?=)(?P<what>[^()]{5,})\)$"
)
_COMPOUND = re.compile(
    r"\b(?:chemo-?radi\w*|radio-?chemo\w*|chemo-?immuno\w*|electro-?acupunct\w*)"
)
_IN_FULL = {
    "chemor": "chemotherapy and radiotherapy",
    "radioc": "radiotherapy and chemotherapy",
    "chemoi": "chemotherapy and immunotherapy",
    "electr": "electric acupuncture",
}
_HYPHEN = re.compile(r"(?<=[a-z])-(?=care\b|as-usual\b|usual\b|list\b)")
_SPACES = re.compile(r"[\s\u00a0]+")
_SPLIT = re.compile(r";| or | // |(?:^|[;,] ?)\d\) ")
_CLEAR = re.compile(
    r"^(?:and |a |an |the |matching )*(?:placebo|sham|saline|vehicle|no treatment|untreated|usual care|routine (?:unit )?care|standard care|wait(?:ing)?[- ]?list|nothing|no intervention|controls?)"
    r"(?: (?:group|arm|control|controls|tablets?|capsules?|condition))?$"
)


def plain_question(text: str) -> str:
    """Return the words of a question's arm without its label, group names and short forms.

    >>> plain_question("Control group: received  tea (T)")
    'tea'
    """
    lower = text.lower()
    if "&" in lower:
        lower = html.unescape(html.unescape(lower))
    lower = _SPACES.sub(" ", _HYPHEN.sub(" ", lower)).strip(" .,;")
    lower = _COMPOUND.sub(lambda found: _IN_FULL[found[0].replace("-", "")[:6]], lower)
    inside = _CONTROL_IN_BRACKETS.match(lower)
    if inside is not None:
        return inside["what"]
    bare = _SHORT_BRACKET.sub("", lower).strip(" .,;") or lower
    found = _LEAD.match(bare)
    if found is not None and len(bare) - found.end() > 2:
        bare = bare[found.end() :].strip()
    return bare


@dataclass(frozen=True, slots=True)
class WordCues:
    """What the words of two arms tell: the first rule's opinion, and every cue by name."""

    value: ComparatorClass | None
    """None where the words say too little."""
    rule: str
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Arms:
    """Two arms, their words, and how they are alike."""

    first: str
    second: str
    ours: ArmWords
    theirs: ArmWords
    alike: Likeness


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
    first, second = plain_question(intervention), plain_question(comparator)
    arms = _arms_of(
        first,
        second,
        {**_short_forms(intervention), **_short_forms(comparator), **(synonyms or {})},
    )
    found = _opinion(arms)
    if found is None:
        return WordCues(None, "says too little", ())
    value, rule = found
    return WordCues(value, rule, (f"q: {value}", f"q: {rule}", *_likeness_cues(arms, value)))


_BRACKET = re.compile(r" ?[(\[][^()\[\]]*[)\]]")
_SHORT_FORM = re.compile(r"((?:[a-z]+[ -]){0,5}[a-z]{4,}) ?[(\[]([a-z]{2,6})[)\]]")
_LETTERS = re.compile(r"[a-z]+")


@lru_cache(maxsize=4_096)
def _short_forms(text: str) -> dict[str, tuple[str, ...]]:
    """Return the short forms that a question's own brackets give, with what they stand for.

    >>> _short_forms("a free nettle diet (FND)")
    {'fnd': ('free', 'nettl', 'diet')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for match in _SHORT_FORM.finditer(text.lower()):
        words, short = _LETTERS.findall(match[1]), match[2]
        run = words[-len(short) :]
        full = run if "".join(word[0] for word in run) == short else words[-1:]
        found[short] = content_stems(" ".join(full))
    return found


def _arms_of(first: str, second: str, synonyms: Synonyms) -> _Arms:
    """Return two arms compared without what stands in brackets, unless that is all they differ in."""
    ours, theirs = arm_words(first, synonyms), arm_words(second, synonyms)
    alike = compare_arms(ours, theirs)
    if "(" in first + second or "[" in first + second:
        bare = _BRACKET.sub("", first), _BRACKET.sub("", second)
        shorter = arm_words(bare[0], synonyms), arm_words(bare[1], synonyms)
        if all(bare) and shorter[0].stems and shorter[1].stems:
            found = compare_arms(*shorter)
            if alike.shared and not found.shared:
                return _Arms(first, second, ours, theirs, alike)
            if found.only_ours or found.only_theirs or found.is_opposed:
                return _Arms(first, second, shorter[0], shorter[1], found)
    return _Arms(first, second, ours, theirs, alike)


def _likeness_cues(arms: _Arms, value: ComparatorClass) -> list[str]:
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


_SAME = re.compile(r"\b(?:same|similar|identical|equivalent)\b")
_KINDS = (("sham", SHAM), ("no treatment", NO_TREATMENT), ("usual care", USUAL))


def _opinion(arms: _Arms) -> Opinion | None:
    """Return the opinion of the first rule that fits."""
    if GENERIC.search(arms.second):
        return None
    for rule in (_several, _before, _elliptic, _sham, _without, _nothing, _usual, _others):
        found = rule(arms)
        if found is not None:
            return found
    if not arms.theirs.stems and not arms.theirs.is_only_manner:
        return None
    for rule in (_standard, _part, _manner, _rest):
        found = rule(arms)
        if found is not None:
            return found
    return ComparatorClass.ACTIVE, "some shared words" if arms.alike.shared else "other words"


@lru_cache(maxsize=1_024)
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


def _several(arms: _Arms) -> Opinion | None:
    """Return "mixed" where a comparator names several arms of different classes."""
    parts = [part for part in _SPLIT.split(arms.second) if len(part) > 2]
    is_list = 2 <= len(parts) <= MAX_ARMS and max(map(len, parts)) <= MAX_LETTERS_OF_ARM
    if is_list and len({_class_of_part(part) for part in parts} - {None}) > 1:
        return ComparatorClass.MIXED, "several"
    parts = [part.strip() for part in arms.second.replace(" and ", ", ").split(",")]
    clear = [part for part in parts if _CLEAR.match(part)]
    if clear and len(parts) > 1:
        classes = {_class_of_part(part) for part in clear}
        rest = {
            _class_of_part(part) for part in parts if part not in clear and arm_words(part).last
        }
        if len(classes) > 1 or ("," in arms.second and rest - classes):
            return ComparatorClass.MIXED, "several in a row"
    return None


_AFTER = re.compile(
    r"^(?:after|post|week|month|day|follow|end of|final|\d+ (?:weeks|months|days|years))"
)


def _before(arms: _Arms) -> Opinion | None:
    """Return "none" where the same people are compared with themselves at another time."""
    if BEFORE.search(arms.second) is None or NO_SUCH.search(arms.second):
        return None
    if arms.second.startswith("baseline") or _AFTER.search(arms.first) or not arms.alike.shared:
        return ComparatorClass.NONE, "before"
    return None


def _without(arms: _Arms) -> Opinion | None:
    """Return "add-on" where a treatment goes without the other one, "no treatment" where nothing does."""
    found = WITHOUT.search(arms.second)
    if found is None or not arms.alike.shared:
        return None
    left = arm_words(arms.second[: found.start()]).stems
    if left & arms.ours.stems:
        return ComparatorClass.ADD_ON, "with and without"
    return ComparatorClass.NO_TREATMENT, "without it"


def _elliptic(arms: _Arms) -> Opinion | None:
    """Return "dose or style" where a comparator only says how much, when or how."""
    if arms.theirs.is_only_manner and arms.theirs.stems.isdisjoint(USUAL_STEMS):
        return ComparatorClass.DOSE_OR_STYLE, "only manner"
    if arms.theirs.is_only_manner and DOSE_WORD.search(arms.second):
        return ComparatorClass.DOSE_OR_STYLE, "standard dose"
    if DOSE_WORD.search(arms.second) and STANDARD.search(arms.second):
        return ComparatorClass.DOSE_OR_STYLE, "standard dose"
    return None


def _sham(arms: _Arms) -> Opinion | None:
    """Return "sham", but "active" where the placebo only hides which drug is which."""
    if SHAM.search(arms.second) is None:
        return None
    rest = arms.theirs.stems - SHAM_STEMS - arms.ours.stems
    joined = ADD.search(arms.second) or " and " in arms.second
    if rest and joined and SHAM.search(arms.first):
        return ComparatorClass.ACTIVE, "double dummy"
    if rest and ATTENTION.search(arms.second):
        return ComparatorClass.SHAM, "attention words"
    if "saline" in arms.second and "placebo" not in arms.second and "saline" in arms.first:
        if arms.alike.is_opposed or arms.alike.is_other_number:
            return ComparatorClass.DOSE_OR_STYLE, "saline in another manner"
        return ComparatorClass.SHAM, "saline in both"
    return ComparatorClass.SHAM, "sham words and more" if rest else "sham words"


def _nothing(arms: _Arms) -> Opinion | None:
    """Return "no treatment" where nothing stands in the intervention's place."""
    text, alike = arms.second, arms.alike
    if OBSERVED.search(text):
        return ComparatorClass.NO_TREATMENT, "observed"
    if NO_TREATMENT.search(text):
        if USUAL.search(text) and "wait" not in text:
            return None
        return ComparatorClass.NO_TREATMENT, "no treatment words"
    if not NO_SUCH.search(text) or BEFORE.search(text):
        if BEFORE.search(text) and NO_SUCH.search(text):
            return ComparatorClass.NO_TREATMENT, "no such"
        return None
    if alike.shared or text.startswith(("no ", "no-", "non", "without", "not ")):
        return ComparatorClass.NO_TREATMENT, "no such"
    return None


_BESIDE = re.compile(
    r" (?:plus|with|and|in addition to|combined with|on top of|together with) | ?\+ ?|, ?|;"
)


def _usual(arms: _Arms) -> Opinion | None:
    """Return "usual care", but "active" where a treatment is named that is only called standard."""
    if USUAL.search(arms.second) is None:
        return None
    named = STANDARD_OF.search(arms.second)
    if named is not None and content_stems(named["what"]):
        return ComparatorClass.ACTIVE, "standard treatment named"
    beside = [part for part in _BESIDE.split(arms.second) if USUAL.search(part) is None]
    if any(arm_words(part).stems - USUAL_STEMS - arms.ours.stems for part in beside):
        return ComparatorClass.ACTIVE, "another treatment beside usual care"
    if arms.theirs.stems - USUAL_STEMS - arms.ours.stems:
        return ComparatorClass.USUAL_CARE, "usual care and more words"
    return ComparatorClass.USUAL_CARE, "usual care words"


_PEOPLE = re.compile(
    r"^(?!.*\b(?:received|receiving|given|treated|with|on|taking|assigned)\b).*\b(?:adults|children|men|women|boys|girls|patients|people|individuals|smokers|responders|carriers|users|mutant|wild[- ]type)$"
)
_OF_PEOPLE = re.compile(
    r"\b(?:for|in|among) (?:\w+ )?(?:patients|women|men|children|people|girls|boys|subjects)\b"
)


def _others(arms: _Arms) -> Opinion | None:
    """Return "none" where other people, or the same before, are compared."""
    if _OF_PEOPLE.search(arms.first) and _OF_PEOPLE.search(arms.second):
        return ComparatorClass.NONE, "other people, same treatment"
    if _PEOPLE.search(arms.first) and _PEOPLE.search(arms.second):
        return ComparatorClass.NONE, "people against people"
    if HEALTHY.search(arms.second):
        return ComparatorClass.NONE, "other people"
    return None


_CONTROL_OF = re.compile(r"^(?:a |the )?(?:control|comparison) [a-z]+$")
_OR_WITHOUT = re.compile(r"\bwith (?:or|and|versus|vs\.?) without\b|\band/or\b|\u00b1|\+/-")


def _standard(arms: _Arms) -> Opinion | None:
    """Return the class of what is only called standard, with the intervention's noun or another."""
    if arms.alike.shared and _OR_WITHOUT.search(arms.first):
        return ComparatorClass.ADD_ON, "with or without"
    if _CONTROL_OF.search(arms.second) and arms.alike.shared:
        return ComparatorClass.ACTIVE, "control of the same noun"
    if STANDARD.search(arms.second) is None:
        return None
    if arms.alike.only_theirs - USUAL_STEMS:
        return ComparatorClass.ACTIVE, "standard, other words"
    if not arms.alike.shared:
        return ComparatorClass.USUAL_CARE, "standard and no more"
    if any(name != "form" for name, _ in arms.ours.manner):
        return ComparatorClass.DOSE_OR_STYLE, "standard against another manner"
    return ComparatorClass.USUAL_CARE, "standard of the same"


def _part(arms: _Arms) -> Opinion | None:
    """Return "add-on" where what one arm got is a part of what the other got."""
    alike, first, second = arms.alike, arms.first, arms.second
    if alike.is_opposed and not ADD.search(f"{first} {second}") and not ALONE.search(second):
        return None
    if alike.shared and alike.only_ours and not alike.only_theirs:
        if ADD.search(first) or JOINED.search(first):
            return ComparatorClass.ADD_ON, "part of the intervention"
        if ALONE.search(second):
            return ComparatorClass.ADD_ON, "alone"
    if alike.shared and alike.only_theirs and not alike.only_ours:
        if ADD.search(second) or (" and " in second and not alike.is_opposed):
            return ComparatorClass.ADD_ON, "intervention is part"
        if ALONE.search(first):
            return ComparatorClass.ADD_ON, "intervention alone"
    return _alone(arms)


def _alone(arms: _Arms) -> Opinion | None:
    """Return "add-on" where what goes alone is named, unless both arms name their own."""
    alike = arms.alike
    if ALONE.search(arms.second) is None:
        return None
    if not alike.shared:
        return ComparatorClass.ADD_ON, "alone, other words"
    if len(alike.only_theirs) < len(alike.shared):
        return ComparatorClass.ADD_ON, "alone, and more"
    return ComparatorClass.ACTIVE, "alone, hardly shared"


def _manner(arms: _Arms) -> Opinion | None:
    """Return "dose or style" where both arms got one treatment in another amount or manner."""
    alike = arms.alike
    if not alike.shared and not (alike.is_opposed and not alike.only_theirs):
        return None
    if not alike.only_ours and not alike.only_theirs:
        exact = alike.is_opposed or alike.is_other_number
        return ComparatorClass.DOSE_OR_STYLE, "same words" if exact else "nearly same words"
    if not alike.only_ours or not alike.only_theirs:
        if alike.is_opposed or alike.is_other_number:
            return ComparatorClass.DOSE_OR_STYLE, "other manner, more words"
        return ComparatorClass.DOSE_OR_STYLE, "more words"
    if alike.is_opposed and alike.has_same_last:
        return ComparatorClass.DOSE_OR_STYLE, "opposed, same noun"
    if alike.share >= 0.5:
        return ComparatorClass.ACTIVE, "same words but one"
    return None


def _rest(arms: _Arms) -> Opinion | None:
    """Return what little says where two arms share hardly a word."""
    alike = arms.alike
    if alike.has_same_last:
        return ComparatorClass.ACTIVE, "same noun"
    if alike.is_opposed:
        return ComparatorClass.ACTIVE, "opposed"
    return None
