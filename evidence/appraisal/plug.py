"""Other readers behind the same checks: a value counts only if the abstract says so.

A team can add a reader of its own, a language model say, as an entry point of the group
``evidence.readers``. What it proposes is held against the text here: its sentence must stand in
the title or abstract, and its number in that sentence; else the proposal is dropped, with the
reason. This module knows no reader by name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from evidence.appraisal.numbers import find_numbers
from evidence.appraisal.sentences import DIGITS, MAX_ABSTRACT, MAX_TITLE, tokens_of

ENTRY_POINT_GROUP = "evidence.readers"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a reader says of one field, and the sentence that it rests on."""

    field: str
    value: str | int | float | bool | None
    confidence: float
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposal that the text does not bear out, and why."""

    proposal: Proposal
    reason: str


@runtime_checkable
class AbstractReader(Protocol):
    """A reader of abstracts that a team adds."""

    name: str

    def read(
        self, title: str, abstract: str, question: Mapping[str, str | None]
    ) -> Sequence[Proposal]:
        """Return what the abstract says, each value with the sentence that says so.

        ``question`` holds ``intervention``, ``comparator`` and ``outcome``, None where not asked.
        """


def load_readers() -> dict[str, AbstractReader]:
    """Return the readers that installed packages offer, by the name of their entry point."""
    readers: dict[str, AbstractReader] = {}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        made = point.load()
        reader = made() if isinstance(made, type) else made
        if isinstance(reader, AbstractReader):
            readers[point.name] = reader
    return readers


def check_proposals(
    title: str, abstract: str, proposals: Sequence[Proposal]
) -> tuple[list[Proposal], list[Refused]]:
    """Return the proposals that the text bears out, and the others with the reason.

    >>> kept, refused = check_proposals(
    ...     "", "We enrolled 40 men.", [Proposal("n_participants", 41, 0.9, "We enrolled 40 men.")]
    ... )
    >>> refused[0].reason
    'the number 41 does not stand in the sentence'
    """
    text = _plain(f"{title[:MAX_TITLE]} {abstract[:MAX_ABSTRACT]}")
    kept: list[Proposal] = []
    refused: list[Refused] = []
    for proposal in proposals:
        reason = _fault(text, proposal)
        if reason is None:
            kept.append(proposal)
        else:
            refused.append(Refused(proposal, reason))
    return kept, refused


def _fault(text: str, proposal: Proposal) -> str | None:
    if proposal.value is None:
        return None
    if not 0.0 <= proposal.confidence <= 1.0:
        return f"the confidence {proposal.confidence} is not between 0 and 1"
    if not proposal.sentence or not proposal.sentence.strip():
        return "no sentence is given"
    if _plain(proposal.sentence) not in text:
        return "the sentence does not stand in the title or abstract"
    value = proposal.value
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and not _holds(proposal.sentence, value)
    ):
        return f"the number {value} does not stand in the sentence"
    return None


def _holds(sentence: str, value: float) -> bool:
    """Return whether a number stands in a sentence, in figures or in words."""
    tokens = tokens_of(sentence.lower())
    if any(number.value == value for number in find_numbers(tokens)):
        return True
    printed = (
        token.replace("\u00b7", ".").replace(",", "") for token in tokens if token[0] in DIGITS
    )
    return any(float(token) == abs(value) for token in printed if token.count(".") < 2)


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text).strip().lower()
