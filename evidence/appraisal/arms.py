"""The arms of a trial with the people in each, as the abstract prints them.

It finds "name (n = 25)", "25 to name" and "20 in each group", and knows nothing of treatments.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidence.appraisal.sentences import Passage, Sentence

MAX_ARMS = 8

_N_AFTER = re.compile(r"\(?\b[nN] ?= ?(?P<n>\d[\d,]*)\b")
_TO_ARM = re.compile(
    r"(?P<n>\b\d[\d,]*) (?:(?:patients|participants|subjects|women|men|children|people|individuals|adults) )?(?:were )?"
    r"(?:(?:randomly )?(?:assigned|allocated|randomi[sz]ed) )?(?:to|received|in|into) (?:receive )?(?:the )?"
    r"(?P<name>[A-Za-z][^,;.()]{1,60}?)(?= and \d|,| or |;|\.|\)| \(| for | versus | vs\.? |$)"
)
_IN_GROUP = re.compile(
    r"(?P<name>[A-Za-z][\w/+ -]{1,50}?(?:group|arm)) ?\((?P<n>\d[\d,]*)(?: (?:patients|participants|subjects|women))?\)"
)
_N_NAME = re.compile(r"\b[nN] ?= ?(?P<n>\d[\d,]*)[,:]? (?P<name>[A-Za-z][\w/+ -]{1,40}?)(?=[;),])")
_TRIM = re.compile(
    r"^.*\b(?:either|receive|received|receiving|between|into|to|or|and|with|versus|vs\.?|by|using|were|was|from|of|either a|"
    r"groups|arms|control: )\b[ :]*(?:an? |the )?",
)
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
    head = text[max(0, end - 90) : end].rstrip(" (,;:[")
    head = re.split(r"[;(),]|\. ", head)[-1]
    trimmed = _TRIM.sub("", head)
    return (trimmed or head).strip(_EDGES)[-60:]


def _arms_of(sentence: Sentence) -> list[Arm]:
    text, lower = sentence.text, sentence.lower
    if "n=" in lower or "n =" in lower:
        listed = list(_N_NAME.finditer(text))
        if len(listed) >= 2:
            return [Arm(m["name"].strip(_EDGES), _count(m["n"])) for m in listed]
        counted = list(_N_AFTER.finditer(text))
        if len(counted) >= 2:
            return _kept([Arm(_name_before(text, m.start()), _count(m["n"])) for m in counted])
    if "group (" in lower or "arm (" in lower:
        arms = [Arm(m["name"].strip(_EDGES), _count(m["n"])) for m in _IN_GROUP.finditer(text)]
        if len(arms) >= 2:
            return _kept(arms)
    if "assign" in lower or "random" in lower or "allocat" in lower:
        return _kept([Arm(m["name"].strip(_EDGES), _count(m["n"])) for m in _TO_ARM.finditer(text)])
    return []


def _kept(arms: list[Arm]) -> list[Arm]:
    return [arm for arm in arms if arm.name and arm.n > 1]


def find_arms(passage: Passage, total: int | None = None) -> tuple[Arm, ...]:
    """Return the arms of the sentence that lists them best: whose counts add up to the total."""
    best: list[Arm] = []
    for sentence in passage.sentences:
        arms = _arms_of(sentence)[:MAX_ARMS]
        if len(arms) < 2:
            continue
        if total is not None and sum(arm.n for arm in arms) == total:
            return tuple(arms)
        if not best and (total is None or sum(arm.n for arm in arms) <= total):
            best = arms
    return tuple(best)
