"""The class of a comparator that is called by its name: placebo, no treatment, usual care, others.

Each rule gives a class and its own name, or None. Knows nothing of passages.
"""

from __future__ import annotations

import re
from functools import lru_cache

from evidence.appraisal.arm_pair_words import arm_words
from evidence.appraisal.comparator_question import Arms
from evidence.appraisal.comparator_words import (
    ADD,
    ATTENTION,
    BEFORE,
    CONTINUED,
    FLUID,
    GENERIC,
    HEALTHY,
    LOOKS_ALIKE,
    MEDICAL,
    NO_SUCH,
    NO_TREATMENT,
    OBSERVED,
    PRODUCT_WITHOUT,
    SHAM,
    SHAM_STEMS,
    STANDARD,
    STANDARD_OF,
    STOPPED,
    USUAL,
    USUAL_STEMS,
    WITHOUT,
)
from evidence.appraisal.sentences import stem, tokens_of
from evidence.appraisal.terms import content_stems
from evidence.vocabulary import ComparatorClass

Opinion = tuple[ComparatorClass, str]
MAX_ARMS = 6
MAX_LETTERS_OF_ARM = 90
_SPLIT = re.compile(r";| or | // | versus | vs\.? |(?:^|[;,] ?)\d\) ")
_UNTOLD = {ComparatorClass.USUAL_CARE, ComparatorClass.NO_TREATMENT}
_GROUPS = re.compile(r"(?:^|[,;:] ?| and )group (?:[a-e]|[1-5]|i{1,3})\b[:, ]*")
_AND_GROUPS = re.compile(r" groups$")
_CLEAR = re.compile(
    r"^(?:and |a |an |the |matching )*(?:placebo|sham|saline|vehicle|no treatment|untreated|usual care|routine (?:unit )?care|standard care|wait(?:ing)?[- ]?list|nothing|no intervention|controls?)"
    r"(?: (?:group|arm|control|controls|tablets?|capsules?|condition))?(?: (?:for|once|twice|every|daily|[(\d]).*)?$"
)


@lru_cache(maxsize=1_024)
def _class_of_part(part: str) -> ComparatorClass | None:
    """Return the class that one of several named comparators gives, None where it says nothing."""
    if GENERIC.search(part):
        return ComparatorClass.NO_TREATMENT
    for pattern, value in (
        (SHAM, ComparatorClass.SHAM),
        (NO_TREATMENT, ComparatorClass.NO_TREATMENT),
        (USUAL, ComparatorClass.USUAL_CARE),
    ):
        if pattern.search(part):
            return value
    return ComparatorClass.ACTIVE if content_stems(part) else None


def several(arms: Arms) -> Opinion | None:
    """Return "mixed" where a comparator names several arms of different classes."""
    parts = [part for part in _named_arms(arms.second) if len(part) > 2]
    is_list = 2 <= len(parts) <= MAX_ARMS and max(map(len, parts)) <= MAX_LETTERS_OF_ARM
    if is_list and len({_class_of_part(part) for part in parts} - {None}) > 1:
        return ComparatorClass.MIXED, "several"
    return _several_in_a_row(arms.second)


def _named_arms(told: str) -> list[str]:
    """Return the arms that a comparator names, one where it names no list."""
    parts = _SPLIT.split(told)
    if len(parts) == 1:
        parts = [part for part in _GROUPS.split(told) if part]
    if len(parts) == 1 and _AND_GROUPS.search(told):
        parts = told.split(" and ")
    return parts


def _several_in_a_row(told: str) -> Opinion | None:
    """Return what a row of arms between commas tells, one of which is called by its class."""
    parts = [part.strip() for part in told.replace(" and ", ", ").split(",")]
    clear = [part for part in parts if _CLEAR.match(part)]
    if not clear or len(parts) == 1:
        return None
    classes = {_class_of_part(part) for part in clear}
    rest = {_class_of_part(part) for part in parts if part not in clear and arm_words(part).last}
    if classes | rest == _UNTOLD and USUAL.search(parts[0]) and " and " not in told:
        return ComparatorClass.USUAL_CARE, "usual care and no more"
    if len(classes) > 1 or ("," in told and rest - classes):
        return ComparatorClass.MIXED, "several in a row"
    return None


_AFTER = re.compile(
    r"^(?:after|post(?:-?(?:treatment|test|intervention))?|(?:week|month|day|year) \d+|\d+ (?:weeks?|months?|days?|years?)|(?:\d+[ -]\w+ )?follow-?ups?|end of \w+|final)\b"
    r"(?: (?:\w+ )?\w+)?$"
)


def before(arms: Arms) -> Opinion | None:
    """Return "none" where the same people are compared with themselves at another time."""
    if _AFTER.search(arms.second) and BEFORE.search(arms.first):
        return ComparatorClass.NONE, "before and after"
    if BEFORE.search(arms.second) is None or NO_SUCH.search(arms.second):
        return None
    if arms.second.startswith("baseline") or _AFTER.search(arms.first) or not arms.alike.shared:
        return ComparatorClass.NONE, "before"
    return None


def without(arms: Arms) -> Opinion | None:
    """Return "add-on" where a treatment goes without the other one, "no treatment" where nothing does."""
    found = WITHOUT.search(arms.second)
    if found is None or not arms.alike.shared:
        return None
    if PRODUCT_WITHOUT.search(arms.second):
        return ComparatorClass.SHAM, "the same product without it"
    before_it = arms.second[: found.start()]
    if USUAL.search(before_it) or MEDICAL.search(before_it.strip(" ,")):
        return ComparatorClass.USUAL_CARE, "usual care without it"
    if _is_added_to_another(arms, arms.second[found.end() :]):
        return ComparatorClass.ADD_ON, "with and without"
    left = arm_words(before_it).stems
    if left & arms.ours.stems:
        return ComparatorClass.ADD_ON, "with and without"
    return ComparatorClass.NO_TREATMENT, "without it"


_JOINER = re.compile(r" (?:with|plus|and|followed by|in combination with|combined with) |\+|, ")
_NO = re.compile(r"(?:^|[ (,])(?:no|without|with no)\b ?")


def _is_added_to_another(arms: Arms, left_out: str) -> bool:
    """Return whether what the comparator goes without was joined to another treatment in ours."""
    what = arm_words(left_out).stems
    found = _JOINER.search(arms.first)
    if found is None or not what:
        return False
    base, more = arm_words(arms.first[: found.start()]), arm_words(arms.first[found.end() :])
    return bool(what & more.stems) and what.isdisjoint(base.stems) and bool(base.last)


def sham(arms: Arms) -> Opinion | None:
    """Return "sham", but "active" where the placebo only hides which drug is which."""
    if LOOKS_ALIKE.search(arms.second):
        return ComparatorClass.SHAM, "looks alike"
    if SHAM.search(arms.second) is None:
        return None
    if _is_fluid(arms):
        return ComparatorClass.ACTIVE, "one fluid against another"
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


_SALT = re.compile(r"\b(?:saline|sodium chloride|nacl|dextrose|starch|nitrogen|room air)\b")


def _is_fluid(arms: Arms) -> bool:
    """Return whether salt water or air is not inert: both arms wash or fill with something."""
    if not _SALT.search(arms.second) or not _SALT.sub("", arms.second).strip():
        return False
    if SHAM.search(_SALT.sub("", arms.second)):
        return False
    is_fluid = FLUID.search(arms.second) or FLUID.search(arms.first)
    return bool(is_fluid) and not arms.alike.is_opposed


_UN = re.compile(r"\bun(?!supervised|guided|fraction|modified|blind)[a-z]{4,}ed\b")


def nothing(arms: Arms) -> Opinion | None:
    """Return "no treatment" where nothing stands in the intervention's place."""
    text, alike = arms.second, arms.alike
    if alike.is_opposed and alike.shared and "delayed" in text and "wait" not in text:
        return None
    if _is_stopped(text, arms.first) or _is_stopped(arms.first, text):
        return ComparatorClass.NO_TREATMENT, "stopped against continued"
    found = _untreated(arms)
    if found is not None:
        return found
    if OBSERVED.search(text):
        return ComparatorClass.NO_TREATMENT, "observed"
    if NO_TREATMENT.search(text):
        if USUAL.search(text) and "wait" not in text:
            return None
        return ComparatorClass.NO_TREATMENT, "no treatment words"
    return _no_such(arms)


def _is_stopped(one: str, other: str) -> bool:
    """Return whether one arm stopped what the other went on with."""
    return bool(STOPPED.search(one) and CONTINUED.search(other)) and not STOPPED.search(other)


def _untreated(arms: Arms) -> Opinion | None:
    """Return what a word like "uncoated" or "uninjected" tells, None without such a word."""
    untreated = _UN.findall(arms.second)
    if untreated and NO_TREATMENT.search(arms.second):
        return ComparatorClass.NO_TREATMENT, "no treatment words"
    if arms.alike.shared and any(word[2:] in tokens_of(arms.first) for word in untreated):
        return ComparatorClass.DOSE_OR_STYLE, "the same without a manner"
    if any(stem(word[2:]) in arms.ours.stems for word in untreated):
        return ComparatorClass.NO_TREATMENT, "no such"
    return None


_NON = re.compile(r"^non-?(?P<what>[a-z]+)")


def _is_of_another_kind(arms: Arms) -> bool:
    """Return whether "non" only tells a kind of thing: "a non-striped boot" is still a boot."""
    found = _NON.search(arms.second)
    if found is None:
        return False
    rest = arm_words(arms.second[found.end() :]).stems
    return bool(rest & arms.ours.stems) or (bool(rest) and not arms.alike.shared)


def _no_such(arms: Arms) -> Opinion | None:
    """Return the class of "no such thing": what else is told beside it decides."""
    text = arms.second
    if not NO_SUCH.search(text) or _is_of_another_kind(arms):
        return None
    if BEFORE.search(text):
        return ComparatorClass.NO_TREATMENT, "no such"
    if USUAL.search(text):
        return ComparatorClass.USUAL_CARE, "usual care and no more"
    left_out = _NO.split(text, maxsplit=1)
    if len(left_out) == 2 and _is_added_to_another(arms, left_out[1]):
        return ComparatorClass.ADD_ON, "with and without"
    if arms.alike.shared or text.startswith(("no ", "no-", "non", "without", "not ")):
        return ComparatorClass.NO_TREATMENT, "no such"
    return None


_CARE = re.compile(r"\b(?:care|practices?|services?|management|follow-?up)\b")
_BESIDE = re.compile(
    r" (?:plus|with|and|in addition to|combined with|on top of|together with) | ?\+ ?|, ?|;"
)


def usual(arms: Arms) -> Opinion | None:
    """Return "usual care", but "active" where a treatment is named that is only called standard."""
    if MEDICAL.search(arms.second):
        return ComparatorClass.USUAL_CARE, "medical treatment unnamed"
    if USUAL.search(arms.second) is None:
        return None
    is_same_in_another_way = arms.alike.shared and arms.alike.is_opposed
    if is_same_in_another_way and STANDARD.search(arms.second) and not _CARE.search(arms.second):
        return ComparatorClass.DOSE_OR_STYLE, "standard against another manner"
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
    r"^(?!.*\b(?:received|receiving|given|treated|with|on|taking|assigned)\b).*\b(?:adults|children|men|women|boys|girls|patients|people|individuals|smokers|responders|carriers|users|participants|genotypes?|alleles?|mutants?|wild[- ]type)$"
)
_WHO = re.compile(
    r"^(?:patients|children|women|men|people|adults|subjects|individuals) (?:with|without)\b(?!.*\b(?:received|receiving|given|treated|assigned)\b)"
)
_OF_PEOPLE = re.compile(
    r"\b(?:for|in|among) (?:\w+ )?(?:patients|women|men|children|people|girls|boys|subjects)\b"
)


def others(arms: Arms) -> Opinion | None:
    """Return "none" where other people, or the same before, are compared."""
    is_treated = USUAL.search(arms.second) or NO_TREATMENT.search(arms.second)
    first, second = _OF_PEOPLE.search(arms.first), _OF_PEOPLE.search(arms.second)
    is_same = first and second and arms.first[: first.start()] == arms.second[: second.start()]
    if is_same and not is_treated:
        return ComparatorClass.NONE, "other people, same treatment"
    if _PEOPLE.search(arms.first) and _PEOPLE.search(arms.second):
        return ComparatorClass.NONE, "people against people"
    if _WHO.search(arms.second) and (_WHO.search(arms.first) or HEALTHY.search(arms.first)):
        return ComparatorClass.NONE, "people against people"
    if HEALTHY.search(arms.second):
        return ComparatorClass.NONE, "other people"
    return None
