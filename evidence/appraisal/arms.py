"""The arms of a trial with the people in each, as the abstract prints them.

It finds "name (n = 25)", "25 to name" and "20 in each group", and knows nothing of treatments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.appraisal.marks import any_of
from evidence.appraisal.sentences import Passage, Sentence

MAX_ARMS = 8
MAX_NAME_WORDS = 3

_N_AFTER = re.compile(r"\(?\b[nN] ?= ?(?P<n>\d[\d,]*)\b")
_TO_ARM = re.compile(
    r"(?P<n>\b\d[\d,]*) (?:(?:patients|participants|subjects|women|men|children|people|individuals|adults) )?(?:were )?"
    r"(?:(?:randomly )?(?:assigned|allocated|randomi[sz]ed) )?(?:to|received|in|into) (?:receive )?(?:the )?"
    r"(?P<name>[A-Za-z][^,;.()]{1,60}?)(?= and \d|,| or |;|\.|\)| \(| for | versus | vs\.? |$)"
)
_IN_GROUP = re.compile(
    r"(?P<name>[A-Za-z][\w/+ -]{1,50}?(?:group|arm)) ?\((?P<n>\d[\d,]*)(?: (?:patients|participants|subjects|women))?\)"
    r"|(?P<name2>[A-Za-z][\w/+ -]{1,50}?) ?\((?P<n2>\d[\d,]*) (?:patients|participants|subjects|women)\)"
)
_N_FOR = re.compile(
    r"\b[nN] ?= ?(?P<n>\d[\d,]*) (?:(?:patients|participants|subjects) )?(?:for|in|with|on|receiving) (?:the )?(?P<name>[A-Za-z][\w/+ -]{1,40}?)(?= groups?\b| arms?\b|[;),.]| and )"
)
_IN_NAMED = re.compile(
    r"\b(?P<n>\d[\d,]*) (?:patients|participants|subjects|women|men|children|people|individuals|adults|were)? ?(?:were )?(?:in|for|into|from) the (?P<name>[A-Za-z][\w\u2122/+ -]{1,50}?) (?:group|arm)\b"
)
_TWO_KINDS = re.compile(
    r"[(:,] ?(?P<n1>\d[\d,]*) (?P<name1>[A-Za-z][\w-]*(?: [\w-]+){0,3}?),? (?:and|vs\.?|versus) (?P<n2>\d[\d,]*) (?P<name2>(?:[\w-]+ )?(?:controls?|placebos?|sham\w*|controls? subjects))\b"
)
_TWO_WORDS = re.compile(
    r"\((?P<n1>\d[\d,]*) (?P<name1>[A-Za-z][\w/+-]*)(?: and|,|;| vs\.?| versus) (?P<n2>\d[\d,]*) (?P<name2>[A-Za-z][\w/+-]*)\)"
)
_GROUP_OF = re.compile(
    r"(?P<name>[A-Za-z][\w/+-]*(?: [\w/+-]+){0,3}? (?:group|arm)) (?:of|with|included|comprised|consisted of|had) (?P<n>\d[\d,]*) (?:cases|patients|participants|subjects|women|men|children|people)"
)
_TWO_NUMBERS = re.compile(r"\d[^\d.]*[^\d]\d")
_GROUPS = any_of("group", "arm")
_BY_ANCHOR = (
    (
        any_of("group", "arm", "patients", "participants", "subjects", "women"),
        re.compile(r"\(\d[\d,]*(?: (?:patients|participants|subjects|women))?\)"),
        _IN_GROUP,
    ),
    (
        _GROUPS,
        re.compile(r"(?:group|arm) (?:of|with|included|comprised|consisted of|had) \d"),
        _GROUP_OF,
    ),
    (_GROUPS, re.compile(r"\d (?:\w+ )?(?:were )?(?:in|for|into|from) the "), _IN_NAMED),
)
"""What must stand in a sentence before a pattern that begins with a name is tried: it is slow."""
_NAME_BEFORE = 60
"""Letters before its anchor in which a pattern begins."""
_SHARE_NEXT = re.compile(r"[,;]? ?\(?\d+(?:[.\u00b7]\d+)?\s?%")
_N_NAME = re.compile(r"\b[nN] ?= ?(?P<n>\d[\d,]*)[,:]? (?P<name>[A-Za-z][\w/+ -]{1,40}?)(?=[;),])")
_TRIM = re.compile(
    r"^.*\b(?:either|receive|received|receiving|between|into|to|or|and|with|versus|vs\.?|by|using|were|was|from|of|either a|"
    r"groups|arms|control: |an?|the|against|assigned|enrolled in)\b[ :]*(?:an? |the )?",
)
_TWO = ((any_of("control", "placebo", "sham"), _TWO_KINDS), (any_of("("), _TWO_WORDS))
_COUNTED, _ALLOTTED = any_of("n=", "n ="), any_of("assign", "random", "allocat")
_MAY_LIST = any_of(
    "group", "arm", "patients", "participants", "subjects", "women", "assign", "random", "allocat", "control", "placebo",
    "sham", "(",
)  # fmt: skip
"""Words of which one stands wherever a sentence lists arms."""
_EDGES = " ,;:.()[]-"


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm as the abstract names it."""

    name: str
    n: int


def _count(printed: str) -> int:
    return int(printed.replace(",", "").rstrip(",") or 0)


def _name_before(text: str, end: int) -> str:
    """Return the noun phrase that ends where a count begins."""
    head = text[max(0, end - 200) : end]
    opened = head.rfind("(")
    if opened > head.rfind(")") and head[opened + 1 :].strip(_EDGES):
        inside = head[opened + 1 :].strip(_EDGES)
        if inside[0].isalpha() and inside.count(" ") < MAX_NAME_WORDS:
            return inside[-60:]  # "the control group (sham, n = 20)"
        return _noun_phrase(head[:opened])  # "warm packs (5 minutes daily; n = 20)"
    return _noun_phrase(head)


def _noun_phrase(head: str) -> str:
    """Return the last noun phrase of a text; where it ends with a bracket, what stands in that."""
    parts = [
        part for part in re.split(r"[;(),]|\. |: ", head.rstrip(" (,;:[")) if part.strip(_EDGES)
    ]
    if not parts:
        return ""
    trimmed = _TRIM.sub("", parts[-1])
    return (trimmed or parts[-1]).strip(_EDGES)[-60:]


def _arms_of(sentence: Sentence) -> list[Arm]:
    """Return the arms that one sentence lists, by the first way of listing that fits."""
    text = sentence.text
    if _COUNTED.stand_in(sentence):
        found = _by_counts(text)
        if found:
            return found
    if (
        not _MAY_LIST.stand_in(sentence)
        or not sentence.may_count
        or _TWO_NUMBERS.search(text) is None
    ):
        return []
    found = _by_groups(sentence)
    if found:
        return found
    if _ALLOTTED.stand_in(sentence):
        found = _kept(
            [Arm(m["name"].strip(_EDGES), _count(m["n"])) for m in _TO_ARM.finditer(text)]
        )
        if len(found) >= 2:
            return found
    for gate, pattern in _TWO:
        two = pattern.search(text) if gate.stand_in(sentence) else None
        if two is not None:
            return _kept([Arm(two[f"name{k}"].strip(_EDGES), _count(two[f"n{k}"])) for k in (1, 2)])
    return []


def _by_groups(sentence: Sentence) -> list[Arm]:
    """Return the arms of a sentence that counts the people of groups by their names."""
    for gate, anchor, pattern in _BY_ANCHOR:
        place = anchor.search(sentence.lower) if gate.stand_in(sentence) else None
        if place is not None:
            begin = (
                max(0, place.start() - _NAME_BEFORE)
                if len(sentence.text) == len(sentence.lower)
                else 0
            )
            found = _first_of_each(list(pattern.finditer(sentence.text, begin)))
            if len(found) >= 2:
                return found
    return []


def _by_counts(text: str) -> list[Arm]:
    """Return the arms of a sentence that prints "n =" for each."""
    for pattern in (_N_FOR, _N_NAME):
        told = list(pattern.finditer(text))
        if len(told) >= 2:
            return _first_of_each(told)
    counted = [m for m in _N_AFTER.finditer(text) if not _SHARE_NEXT.match(text, m.end())]
    if len(counted) < 2:
        return []
    return _kept([Arm(_name_before(text, m.start()), _count(m["n"])) for m in counted])


def _first_of_each(matches: Sequence[re.Match[str]]) -> list[Arm]:
    """Return the arms of matches; one that is named again (those who finished) is passed over."""
    arms: dict[str, Arm] = {}
    for m in matches:
        groups = m.groupdict()
        printed = groups["name"] or groups.get("name2") or ""
        name = (_TRIM.sub("", printed) or printed).strip(_EDGES)
        arms.setdefault(name.lower(), Arm(name, _count(groups["n"] or groups.get("n2") or "0")))
    return _kept(list(arms.values()))


def _kept(arms: list[Arm]) -> list[Arm]:
    return [arm for arm in arms if arm.name and arm.n > 1]


def find_arms(passage: Passage, total: int | None = None) -> tuple[Arm, ...]:
    """Return the arms of the sentence that lists them best: whose counts add up to the total.

    Where no sentence lists two, the arms that sentences count one by one, if they add up to it.
    """
    best: list[Arm] = []
    single: list[Arm] = []
    for sentence in passage.sentences:
        arms = _arms_of(sentence)[:MAX_ARMS]
        if len(arms) < 2:
            single.extend(arms or _one_arm(sentence))
            continue
        if total is not None and sum(arm.n for arm in arms) == total:
            return tuple(arms)
        if not best and (total is None or total <= 2 * sum(arm.n for arm in arms) <= 2 * total):
            best = arms
    if not best and 2 <= len(single) <= MAX_ARMS and sum(arm.n for arm in single) == total:
        return tuple(single)
    return tuple(best)


def _one_arm(sentence: Sentence) -> list[Arm]:
    """Return the only arm that a sentence counts: "the warm group (n = 40) got packs"."""
    if not _COUNTED.stand_in(sentence):
        return []
    counted = list(_N_AFTER.finditer(sentence.text))
    if len(counted) != 1:
        return []
    match = counted[0]
    return _kept([Arm(_name_before(sentence.text, match.start()), _count(match["n"]))])
