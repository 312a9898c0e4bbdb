"""Which signatures stand on which verdict: a signature names what its author saw.

A verdict's fingerprint is what the rules said before anybody signed: word, certainty rated,
protocol, and a hash over all that it rests on. Two different people must name the same fingerprint;
as soon as the rules would say something else, or from other figures, the fingerprint differs and
the signature lapses, though it stays in the log. This module takes events and judgements and
knows neither database nor page.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from evidence.claims.registry import Claim
from evidence.judgements import Sentence, StratumEvidence, Verdict
from evidence.pipeline.judging import JudgedQuestion
from evidence.protocol import Protocol
from evidence.store.decisions import Event
from evidence.vocabulary import Flag, VerdictWord

__all__ = [
    "CLAIM",
    "OVERRIDE",
    "SIGNATURE",
    "Review",
    "apply_override",
    "fingerprint",
    "override_text",
    "overriding_word",
    "person_key",
    "signatures",
    "signed_text",
    "standing_events",
]

CLAIM = "claim"
SIGNATURE = "signature of "
"""Field of a signature, followed by the person's key: nobody waits for anybody to sign."""
OVERRIDE = "verdict"

_SILENT_FLAGS = frozenset({Flag.OLD_SEARCH})
"""Flags that time alone raises; they do not ask people to sign again."""
_FIGURES = (
    "result_id",
    "estimate",
    "ci_low",
    "ci_high",
    "direction",
    "reported_test",
    "risk_of_bias",
    "n_participants",
)


@dataclass(frozen=True, slots=True)
class Review:
    """What people have signed of one claim as the rules judge it today."""

    people: tuple[str, ...]
    """In the order in which they signed."""
    signed_at: tuple[str, ...]
    override: Event | None = None
    """The override that they signed, None where they signed what the rules said."""

    @property
    def reviewed_at(self) -> str | None:
        """Return when the second person signed, None where only one did."""
        return self.signed_at[1] if len(self.signed_at) > 1 else None


def person_key(who: str) -> str:
    """Return a name by which one person is one person, however it is typed.

    >>> person_key("  Ann  SMITH ")
    'ann smith'
    """
    return " ".join(unicodedata.normalize("NFKC", who).casefold().split())


def fingerprint(
    claim: Claim, verdict: Verdict, question: JudgedQuestion | None, protocol: Protocol
) -> str:
    """Return what a signature on a verdict names.

    Parameters
    ----------
    verdict
        As the rules judge it without signatures.
    question
        The judged question of the claim; None for a claim that no study could test.
    """
    lines = [claim.quote, str(claim.strength)]
    lines += [str(flag) for flag in verdict.flags if flag not in _SILENT_FLAGS]
    lines += [f"{c.table} {c.row_id} {c.column} {c.printed}" for c in verdict.sentence.cells]
    if question is not None:
        deciding = set(verdict.stratum_ids)
        strata = [stratum.built.evidence for stratum in question.strata]
        lines += [_stratum_line(s) for s in strata if s.key.stratum_id in deciding]
        lines += _row_lines(question.used)
    inputs = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return (
        f"{verdict.word}; certainty rated {verdict.certainty_rated or 'not at all'}; "
        f"protocol {protocol.sha256}; inputs {inputs}"
    )


def _stratum_line(evidence: StratumEvidence) -> str:
    """Return the figures of one stratum: its estimate, its review, its studies."""
    pooled, review = evidence.pooled, evidence.review
    parts = [evidence.key.stratum_id, str(evidence.method)]
    if pooled is not None:
        limits = (pooled.estimate, pooled.ci_low, pooled.ci_high)
        parts += [_figure(value) for value in limits] + [f"{pooled.k} {pooled.n_participants}"]
    if review is not None:
        parts.append(f"{review.result_id} {review.certainty}")
    parts += [
        f"{m.result_id} {_figure(m.effect)} {_figure(m.se)} {m.direction} {m.risk_of_bias}"
        for m in evidence.members
    ]
    return " ".join(parts)


def _row_lines(used: pd.DataFrame) -> list[str]:
    """Return the figures of the rows that a question without strata rests on."""
    names = [name for name in _FIGURES if name in used]
    rows = used[names].sort_values("result_id").itertuples(index=False)
    return [" ".join(_figure(value) for value in row) for row in rows]


def _figure(value: object) -> str:
    """Return a figure without the last bits, in which two computers may differ."""
    if value is None or value is pd.NA or value != value:
        return "-"
    return f"{value:.8g}" if isinstance(value, float) else str(value)


def signed_text(seen: str, override: Event | None = None) -> str:
    """Return what a signature holds: a fingerprint, or the number of an override of it."""
    return seen if override is None else f"{seen}; override {override.event_id}"


def override_text(word: VerdictWord, seen: str) -> str:
    """Return what an override holds: the word by hand, and the fingerprint that it overrides."""
    return f"{word} instead of [{seen}]"


def overriding_word(override: Event, seen: str) -> VerdictWord | None:
    """Return the word by hand, None where another fingerprint was overridden: that one lapsed."""
    return next((w for w in VerdictWord if override_text(w, seen) == override.after), None)


def standing_events(events: Sequence[Event]) -> dict[tuple[str, str, str], Event]:
    """Return the last event on each field of each object; what was taken back is left out."""
    last = {(e.object_type, e.object_id, e.field): e for e in events}
    return {key: event for key, event in last.items() if event.after is not None}


def signatures(
    events: Sequence[Event], fingerprints: Mapping[str, str], needed: int = 2
) -> dict[str, Review]:
    """Return who has signed what the rules say today, by claim; claims that nobody signed lack.

    Parameters
    ----------
    events
        The whole log, oldest first.
    fingerprints
        Claim id → fingerprint of its verdict without signatures.
    needed
        How many different people make a review. An override has an effect only when so many
        signed it; below that, those who signed the rules' verdict are returned.
    """
    standing = standing_events(events)
    by_claim: dict[str, list[Event]] = {}
    for (kind, claim_id, field), event in standing.items():
        if kind == CLAIM and field.startswith(SIGNATURE):
            by_claim.setdefault(claim_id, []).append(event)
    found = {}
    for claim_id, signed in sorted(by_claim.items()):
        seen = fingerprints.get(claim_id)
        if seen is None:
            continue
        override = standing.get((CLAIM, claim_id, OVERRIDE))
        is_current = override is not None and overriding_word(override, seen) is not None
        by_hand = _review(signed, signed_text(seen, override), override) if is_current else None
        review = by_hand if by_hand and len(by_hand.people) >= needed else _review(signed, seen)
        if review is not None:
            found[claim_id] = review
    return found


def _review(signed: Sequence[Event], text: str, override: Event | None = None) -> Review | None:
    """Return who signed exactly this, None where nobody did."""
    first: dict[str, Event] = {}
    for event in sorted(signed, key=lambda e: e.event_id):
        if event.after == text:
            first.setdefault(person_key(event.who), event)
    if not first:
        return None
    people = tuple(event.who for event in first.values())
    return Review(people, tuple(event.at for event in first.values()), override)


def apply_override(verdict: Verdict, seen: str, review: Review) -> Verdict:
    """Return a verdict with the word that two people signed by hand, saying so."""
    event = review.override
    word = None if event is None else overriding_word(event, seen)
    if event is None or word is None:
        return verdict
    people = " and ".join(review.people)
    rule = f"Set by hand, signed by {people}: {word} instead of {verdict.word}. {event.reason}"
    text = f"{verdict.sentence.text} Set by hand to {word}; the rules say {verdict.word}."
    return replace(
        verdict,
        word=word,
        sentence=Sentence(text, verdict.sentence.cells),
        rules_fired=(*verdict.rules_fired, rule),
    )
