"""A question's words of two arms: bare of labels and brackets, and how they are related.

"Control group (n = 20): tea (T)" is about tea. Knows nothing of classes of comparators.
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
from evidence.appraisal.terms import content_stems

_LEAD = re.compile(
    r"^(?:the )?(?:(?:control|comparison|treatment|experimental|intervention|study|reference|observation)[- ]?)?(?:group|arm)s? ?(?:\(?(?:[a-z]|\d|i{1,3}|iv)\)?)?"
    r" ?(?:(?:[:=,-]|\u2013) ?(?:which |who |was |were )*(?:received |receiving |given )?|(?:which |who |was |were )*(?:received |receiving |given |treated with ))"
    r"|^(?:the )?(?:treatment|therapy|supplementation|use|administration|application) (?:with|of|using) (?:the )?"
    r"|^(?:the )?(?:patients|participants|subjects|women|children|those|people|infants|eyes) (?:who |were |was )*(?:received|receiving|given|treated with|treated by|assigned to|randomi[sz]ed to|on|taking) "
    r"|^(?:the )?controls?(?: group| arm| condition)?s?(?= (?:without|with|who did) )"
    r"|^(?:to )?(?:continu(?:e|ed|ing)|maintain(?:ed|ing)?|kept|remain(?:ed|ing)?) (?:with |on |to (?:receive|take) )?(?=(?:their |the )?(?:usual|habitual|normal|regular|routine|standard|own)\b)(?:their |the )?"
    r"|^(?:controls?|comparator) ?(?:[:=,-]|\u2013) ?(?:received |receiving )?(?:only )?(?:the )?"
)
_SHORT_BRACKET = re.compile(
    r" ?[(\[](?!placebo|sham|wait)(?:[\w\u00b1+/-]{1,9}|(?:group|arm) \w{1,3}|n ?= ?\d+|(?:the )?controls?(?: (?:group|arm))?|\w{1,6} (?:group|arm)|intervention group)[)\]]"
)
_CONTROL_IN_BRACKETS = re.compile(
    r"^(?:the )?(?:(?:controls?|comparison|reference)(?: (?:group|arm|condition))?|(?:group|arm|cohort) \w{1,3}(?: ?\+ ?\w{1,3})?|\w{1,3} (?:group|arm)) ?\((?![nN] ?=|\d)(?P<what>[^()]{5,})\)$"
)
_COMPOUND = re.compile(r"\b(?:chemo-?radi\w*|radio-?chemo\w*|chemo-?immuno\w*)")
_IN_FULL = {
    "chemor": "chemotherapy and radiotherapy",
    "radioc": "radiotherapy and chemotherapy",
    "chemoi": "chemotherapy and immunotherapy",
}
_HYPHEN = re.compile(r"(?<=[a-z])-(?=care\b|as-usual\b|usual\b|list\b)")
_SPACES = re.compile(r"[\s\u00a0]+")


@lru_cache(maxsize=4_096)
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


_PEOPLE_TAIL = re.compile(
    r",? (?:in|for|among|of) (?:the )?(?:[\w-]+ ){0,3}?(?:patients|women|men|children|people|adults|participants|subjects|infants|neonates|newborns|volunteers|adolescents|students|individuals|boys|girls)\b.*$"
)
_TAIL = frozenset(
    (
        "administered",
        "given",
        "for",
        "in",
        "once",
        "twice",
        "every",
        "per",
        "during",
        "over",
        "among",
        "at",
        "after",
        "before",
    )
)


_JOINING = frozenset(("plus", "+", "and", "with"))


def without_common_words(first: str, second: str) -> tuple[str, str]:
    """Return two arms without people, unless they differ in them, and without what both got.

    >>> without_common_words("tea for 6 weeks", "milk for 6 weeks")
    ('tea', 'milk')
    """
    bare = _PEOPLE_TAIL.sub("", first), _PEOPLE_TAIL.sub("", second)
    if bare[0] != bare[1]:
        first, second = bare
    ours, theirs = first.split(" "), second.split(" ")
    most = min(len(ours), len(theirs)) - 1
    common = next((n for n in range(most) if ours[-1 - n] != theirs[-1 - n]), most)
    for size in range(common, 1, -1):
        if ours[-size] in _TAIL or ours[-size] in _JOINING:
            ours, theirs = ours[:-size], theirs[:-size]
            break
    most = min(len(ours), len(theirs)) - 1
    common = next((n for n in range(most) if ours[n] != theirs[n]), most)
    for size in range(common, 1, -1):
        if ours[size - 1] in ("plus", "+"):
            return " ".join(ours[size:]), " ".join(theirs[size:])
    return " ".join(ours), " ".join(theirs)


@dataclass(frozen=True, slots=True)
class Arms:
    """Two arms, their words, and how they are alike."""

    first: str
    second: str
    ours: ArmWords
    theirs: ArmWords
    alike: Likeness

    def turned(self) -> Arms:
        """Return the same arms the other way round."""
        alike = compare_arms(self.theirs, self.ours)
        return Arms(self.second, self.first, self.theirs, self.ours, alike)


_BRACKET = re.compile(r" ?[(\[][^()\[\]]*[)\]]")
_SHORT_FORM = re.compile(r"((?:[a-z]+[ -]){0,5}[a-z]{4,}) ?[(\[]([a-z]{2,6})[)\]]")
_LETTERS = re.compile(r"[a-z]+")


@lru_cache(maxsize=4_096)
def short_forms(text: str) -> dict[str, tuple[str, ...]]:
    """Return the short forms that a question's own brackets give, with what they stand for.

    >>> short_forms("a free nettle diet (FND)")
    {'fnd': ('free', 'nettl', 'diet')}
    """
    found: dict[str, tuple[str, ...]] = {}
    for match in _SHORT_FORM.finditer(text.lower()):
        words, short = _LETTERS.findall(match[1]), match[2]
        run = words[-len(short) :]
        full = run if "".join(word[0] for word in run) == short else words[-1:]
        found[short] = content_stems(" ".join(full))
    return found


def arms_of(first: str, second: str, synonyms: Synonyms) -> Arms:
    """Return two arms compared without what stands in brackets, unless that is all they differ in."""
    ours, theirs = arm_words(first, synonyms), arm_words(second, synonyms)
    alike = compare_arms(ours, theirs)
    if "(" in first + second or "[" in first + second:
        bare = _BRACKET.sub("", first), _BRACKET.sub("", second)
        shorter = arm_words(bare[0], synonyms), arm_words(bare[1], synonyms)
        if all(bare) and shorter[0].stems and shorter[1].stems:
            found = compare_arms(*shorter)
            if alike.shared and not found.shared:
                return Arms(first, second, ours, theirs, alike)
            if found.only_ours or found.only_theirs or found.is_opposed:
                return Arms(first, second, shorter[0], shorter[1], found)
    return Arms(first, second, ours, theirs, alike)
