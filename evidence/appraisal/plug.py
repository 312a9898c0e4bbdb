"""Other readers behind the same checks: a value counts only if the abstract says so.

A team can add a reader of its own, a language model say, as an entry point of the group
``evidence.readers`` (docs/extending.md). What it proposes is held against the text here: its
sentence must stand in the title or abstract, its numbers in that sentence, and its word in the
field's list; else the proposal is dropped, with the reason. This module knows no reader by name
and asks none: ``evidence.appraisal.panel`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from evidence.appraisal.numbers import find_numbers
from evidence.appraisal.sentences import DIGITS, MAX_ABSTRACT, MAX_TITLE, tokens_of
from evidence.vocabulary import (
    ComparatorClass,
    Design,
    EffectMeasure,
    Favours,
    PrimaryEndpoint,
    ReadDirection,
)

MIN_WORDS = 3
"""A quotation of fewer words says nothing of where a value comes from."""
WORDS_OF_FIELD: Mapping[str, frozenset[str]] = {
    "design": frozenset(Design),
    "comparator_class": frozenset(ComparatorClass),
    "direction": frozenset(ReadDirection),
    "favours": frozenset(Favours),
    "primary_endpoint": frozenset(PrimaryEndpoint),
}
FIELDS = (*WORDS_OF_FIELD, "is_rct", "n_participants", "population")
"""Every field of a reading for which a value may be proposed."""
_MEASURES = frozenset(EffectMeasure)
_SPACE = re.compile(r"\s+")
_SAME = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-", "\u2014": "-", "\u2019": "'",
     "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00b7": "."}
)  # fmt: skip
"""Signs that a reader may print in another way than the abstract does."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a reader says of one field, and the sentence that it rests on."""

    field: str
    value: str | int | float | bool | None
    confidence: float
    sentence: str | None


@dataclass(frozen=True, slots=True)
class ProposedEffect:
    """One printed effect that a reader found; every number must stand in its sentence."""

    measure: str
    estimate: float
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    outcome: str | None
    confidence: float
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposal that the text does not bear out, and why."""

    proposal: Proposal | ProposedEffect
    reason: str


@runtime_checkable
class AbstractReader(Protocol):
    """A reader of abstracts that a team adds.

    Two attributes are optional: ``version`` (else that of the package that brings the reader) and
    ``at_once``, how many abstracts it can read at the same time, from threads (else one).
    """

    name: str

    def read(
        self, title: str, abstract: str, question: Mapping[str, str | None]
    ) -> Sequence[Proposal | ProposedEffect]:
        """Return what the abstract says, each value with the sentence that says so.

        ``question`` holds ``intervention``, ``comparator`` and ``outcome``, None where not asked.
        """


def check_proposals(
    title: str, abstract: str, proposals: Sequence[Proposal | ProposedEffect]
) -> tuple[list[Proposal | ProposedEffect], list[Refused]]:
    """Return the proposals that the text bears out, and the others with the reason.

    >>> kept, refused = check_proposals(
    ...     "", "We enrolled 40 men.", [Proposal("n_participants", 41, 0.9, "We enrolled 40 men.")]
    ... )
    >>> refused[0].reason
    'the number 41 does not stand in the sentence'
    """
    text = _plain(f"{title[:MAX_TITLE]} {abstract[:MAX_ABSTRACT]}")
    kept: list[Proposal | ProposedEffect] = []
    refused: list[Refused] = []
    for proposal in proposals:
        reason = next(_faults(text, proposal), None)
        if reason is None:
            kept.append(proposal)
        else:
            refused.append(Refused(proposal, reason))
    return kept, refused


def _faults(text: str, proposal: Proposal | ProposedEffect) -> Iterator[str]:
    """Yield what is wrong with a proposal, the first thing first."""
    if isinstance(proposal, Proposal) and proposal.value is None:
        return
    if not 0.0 <= proposal.confidence <= 1.0:
        yield f"the confidence {proposal.confidence} is not between 0 and 1"
    if not proposal.sentence or not proposal.sentence.strip():
        yield "no sentence is given"
        return
    quoted = _plain(proposal.sentence)
    if not _stands(quoted, text):
        yield "the sentence does not stand in the title or abstract"
    if len(quoted.split()) < MIN_WORDS:
        yield f"a sentence of fewer than {MIN_WORDS} words says too little"
    if isinstance(proposal, ProposedEffect):
        yield from _effect_faults(proposal, quoted)
    else:
        yield from _value_faults(proposal, quoted)


def _value_faults(proposal: Proposal, quoted: str) -> Iterator[str]:
    """Yield what is wrong with the value of a field."""
    field, value = proposal.field, proposal.value
    if field not in FIELDS:
        yield f"there is no field {field!r} (fields: {', '.join(FIELDS)})"
        return
    if field in WORDS_OF_FIELD and value not in WORDS_OF_FIELD[field]:
        allowed = ", ".join(sorted(WORDS_OF_FIELD[field]))
        yield f"{value!r} is no {field} (allowed: {allowed})"
    if field == "is_rct" and not isinstance(value, bool):
        yield f"{value!r} is neither true nor false"
    if field == "population" and not (isinstance(value, str) and value.strip()):
        yield f"{value!r} is no population in words"
    if field == "n_participants":
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            yield f"{value!r} is no number of people"
        elif not _holds(quoted, value):
            yield f"the number {value} does not stand in the sentence"


def _effect_faults(effect: ProposedEffect, quoted: str) -> Iterator[str]:
    """Yield what is wrong with a proposed effect."""
    if effect.measure not in _MEASURES:
        yield f"{effect.measure!r} is no measure (allowed: {', '.join(sorted(_MEASURES))})"
    for number in (effect.estimate, effect.ci_low, effect.ci_high, effect.p_value):
        if number is not None and not _holds(quoted, number):
            yield f"the number {number} does not stand in the sentence"
    low, high = effect.ci_low, effect.ci_high
    if (low is None) != (high is None):
        yield "an interval has two limits"
    elif low is not None and high is not None and not low <= effect.estimate <= high:
        yield f"the estimate {effect.estimate} does not lie between {low} and {high}"


def _stands(quoted: str, text: str) -> bool:
    """Return whether a quotation stands in a text without cutting a word or a number in two."""
    start = text.find(quoted)
    while start >= 0:
        end = start + len(quoted)
        is_cut = _joins(text[max(0, start - 2) : start], quoted[:2]) or _joins(
            quoted[-2:], text[end : end + 2]
        )
        if not is_cut:
            return True
        start = text.find(quoted, start + 1)
    return False


def _joins(before: str, after: str) -> bool:
    """Return whether two neighbouring pieces of text belong to one word or number.

    >>> _joins("1", ".5"), _joins("1.", "5"), _joins("-", "5"), _joins("men.", " W")
    (True, True, True, False)
    """
    if not before or not after:
        return False
    if before[-1].isalnum():
        is_decimal = after[0] in ".," and after[1:2].isdigit() and before[-1].isdigit()
        return after[0].isalnum() or is_decimal
    return after[0].isdigit() and (
        before[-1] == "-" or (before[-1] in ".," and before[:1].isdigit())
    )


def _holds(sentence: str, value: float) -> bool:
    """Return whether a number stands in a sentence, in figures or in words, with its sign."""
    tokens = tokens_of(sentence)
    if any(number.value == value for number in find_numbers(tokens)):
        return True
    for place, token in enumerate(tokens):
        if token[0] not in DIGITS:
            continue
        signs = [*tokens[max(0, place - 2) : place]]
        printed = token.replace(",", "")
        if signs and signs[-1] == "." and "." not in printed:  # ".05" for 0.05
            printed = f".{printed}"
            signs.pop()
        if printed.count(".") > 1 or float(printed) != abs(value):
            continue
        if value >= 0 or (signs and signs[-1] == "-"):
            return True
    return False


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text.translate(_SAME)).strip().lower()
