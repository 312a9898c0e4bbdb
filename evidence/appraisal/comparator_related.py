"""The class of a comparator that is a treatment: another one, a part of ours, ours in another manner.

Each rule gives a class and its own name, or None. Knows nothing of passages.
"""

from __future__ import annotations

import re

from evidence.appraisal.arm_pair_words import arm_words
from evidence.appraisal.comparator_named import Opinion
from evidence.appraisal.comparator_question import Arms
from evidence.appraisal.comparator_words import (
    ADD,
    ALONE,
    DOSE_WORD,
    GENERIC,
    JOINED,
    LOOKS_ALIKE,
    NO_TREATMENT,
    SHAM,
    STANDARD,
    STRONGLY_ADDED,
    USUAL,
    USUAL_STEMS,
    WITHOUT,
)
from evidence.vocabulary import ComparatorClass

_CONTROL_OF = re.compile(r"^(?:a |the )?(?:control|comparison) (?P<what>[a-z]+)$")
_PRODUCT = re.compile(
    r"^(?:drinks?|beverages?|capsules?|tablets?|bars?|creams?|gels?|lotion|bread|yogh?urts?|milk|gum|ointment|solution|supplements?|shakes?|patch|patches|product)$"
)
_OR_WITHOUT = re.compile(r"\bwith (?:or|and|versus|vs\.?) without\b|\band/or\b|\u00b1|\+/-")


def standard(arms: Arms) -> Opinion | None:
    """Return the class of what is only called standard, with the intervention's noun or another."""
    if arms.alike.shared and _OR_WITHOUT.search(arms.first):
        return ComparatorClass.ADD_ON, "with or without"
    found = _CONTROL_OF.search(arms.second)
    if found is not None and _PRODUCT.search(found["what"]):
        return ComparatorClass.SHAM, "control product"
    if found is not None and arms.alike.shared:
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


def part(arms: Arms) -> Opinion | None:
    """Return "add-on" where what one arm got is a part of what the other got, in either order."""
    found = _part(arms)
    if found is not None and found[0] is ComparatorClass.ADD_ON:
        return found
    named = (SHAM, NO_TREATMENT, USUAL)
    if any(gate.search(arms.first) for gate in named) or GENERIC.search(arms.first):
        return found
    turned = _part(arms.turned())
    return turned if turned is not None and turned[0] is ComparatorClass.ADD_ON else found


def _part(arms: Arms) -> Opinion | None:
    """Return "add-on" where the second arm got a part of what the first got."""
    alike, first, second = arms.alike, arms.first, arms.second
    is_part = alike.shared and not alike.only_theirs and not SHAM.search(second)
    is_added = STRONGLY_ADDED.search(first) and not STRONGLY_ADDED.search(second)
    if is_part and is_added and arms.ours.stems - arms.theirs.stems:
        return ComparatorClass.ADD_ON, "added to it"
    if alike.is_opposed and not ADD.search(f"{first} {second}") and not ALONE.search(second):
        return None
    if alike.shared and alike.only_ours and not alike.only_theirs:
        if ADD.search(first) or JOINED.search(first):
            return ComparatorClass.ADD_ON, "part of the intervention"
        if ALONE.search(second):
            return ComparatorClass.ADD_ON, "alone"
    found = WITHOUT.search(second)
    if found is not None and arm_words(second[: found.start()]).stems & arms.ours.stems:
        return ComparatorClass.ADD_ON, "with and without"
    return _alone(arms)


def _alone(arms: Arms) -> Opinion | None:
    """Return "add-on" where what goes alone is named, unless both arms name their own."""
    alike = arms.alike
    if ALONE.search(arms.second) is None:
        return None
    if ALONE.search(arms.first) and not alike.shared:
        return ComparatorClass.ACTIVE, "both alone"
    if not alike.shared:
        return ComparatorClass.ADD_ON, "alone, other words"
    if len(alike.only_theirs) < len(alike.shared):
        return ComparatorClass.ADD_ON, "alone, and more"
    return ComparatorClass.ACTIVE, "alone, hardly shared"


def manner(arms: Arms) -> Opinion | None:
    """Return "dose or style" where both arms got one treatment in another amount or manner."""
    alike = arms.alike
    if arms.ours.is_only_manner:
        return ComparatorClass.DOSE_OR_STYLE, "only manner of ours"
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


def rest(arms: Arms) -> Opinion | None:
    """Return what little says where two arms share hardly a word."""
    alike = arms.alike
    if alike.has_same_last:
        return ComparatorClass.ACTIVE, "same noun"
    if alike.is_opposed:
        return ComparatorClass.ACTIVE, "opposed"
    return None


def elliptic(arms: Arms) -> Opinion | None:
    """Return "dose or style" where a comparator only says how much, when or how."""
    if LOOKS_ALIKE.search(arms.second):
        return None
    if "wait" in arms.second and NO_TREATMENT.search(arms.second):
        return None
    if arms.theirs.is_only_manner and arms.theirs.stems.isdisjoint(USUAL_STEMS):
        return ComparatorClass.DOSE_OR_STYLE, "only manner"
    if arms.ours.is_only_manner and arms.alike.is_opposed:
        return ComparatorClass.DOSE_OR_STYLE, "only manner of ours"
    if arms.theirs.is_only_manner and DOSE_WORD.search(arms.second):
        return ComparatorClass.DOSE_OR_STYLE, "standard dose"
    if DOSE_WORD.search(arms.second) and STANDARD.search(arms.second):
        return ComparatorClass.DOSE_OR_STYLE, "standard dose"
    return None
