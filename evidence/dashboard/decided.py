"""What people have decided so far, in words: who signed what is shown, what lapsed, the log.

Read from the log of events at every run of a page, since others decide meanwhile; nothing is
written here (``evidence.dashboard.deciding``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from evidence.charts import figures
from evidence.dashboard import marks
from evidence.dashboard.components import Head, table
from evidence.pipeline.confirmed import STUDY_PAIR, judged_twice
from evidence.pipeline.signatures import (
    CLAIM,
    OVERRIDE,
    SIGNATURE,
    overriding_word,
    person_key,
    signed_text,
    standing_events,
)
from evidence.store.decisions import Event
from evidence.synthesis.agreement import Agreement, agreement
from evidence.tables import TABLES
from evidence.vocabulary import VerdictWord

__all__ = [
    "Standing",
    "about_words",
    "agreement_table",
    "clock",
    "human_machine_pairs",
    "log_table",
    "newer_than",
    "on_field",
    "reason_html",
    "said_short",
    "standings",
]

LONGEST_SHOWN = 300
"""Characters of a reason that are shown at once; the rest opens, and the download holds all."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one verdict is signed, as the rules judge it in the data set that is shown."""

    fingerprint: str | None
    """What a signature names; None where the data set is older than signatures."""
    by_rules: tuple[Event, ...] = ()
    """Signatures of what the rules say."""
    override: Event | None = None
    """The proposal of another word that stands on today's verdict."""
    by_hand: tuple[Event, ...] = ()
    """Signatures of that proposal."""
    lapsed: tuple[Event, ...] = ()
    """Signatures and proposals of a verdict that the rules no longer give."""
    needed: int = 2

    @property
    def word_by_hand(self) -> VerdictWord | None:
        """Return the proposed word, None where none stands."""
        if self.override is None or self.fingerprint is None:
            return None
        return overriding_word(self.override, self.fingerprint)

    @property
    def n_signed(self) -> int:
        """Return how many people agree: on the proposal where enough do, else on the rules."""
        by_hand = len(self.by_hand)
        return by_hand if by_hand >= self.needed else len(self.by_rules)

    @property
    def is_signed(self) -> bool:
        """Return whether enough different people have signed the same."""
        return self.n_signed >= self.needed

    @property
    def is_by_hand(self) -> bool:
        """Return whether the proposal is what counts."""
        return len(self.by_hand) >= self.needed

    def of(self, who: str) -> Event | None:
        """Return a person's own signature that stands on what is shown."""
        key = person_key(who)
        mine = [e for e in (*self.by_rules, *self.by_hand) if person_key(e.who) == key]
        return mine[0] if mine else None


def standings(
    events: Sequence[Event], fingerprints: Mapping[str, str | None], needed: int
) -> dict[str, Standing]:
    """Return how far every verdict is signed, by claim."""
    signed: dict[str, list[Event]] = {}
    proposed: dict[str, Event] = {}
    for (kind, claim_id, field), event in standing_events(events).items():
        if kind != CLAIM:
            continue
        if field.startswith(SIGNATURE):
            signed.setdefault(claim_id, []).append(event)
        elif field == OVERRIDE:
            proposed[claim_id] = event
    return {
        claim_id: _standing(seen, signed.get(claim_id, []), proposed.get(claim_id), needed)
        for claim_id, seen in fingerprints.items()
    }


def _standing(
    seen: str | None, signed: Sequence[Event], proposed: Event | None, needed: int
) -> Standing:
    """Return how far one verdict is signed."""
    ordered = sorted(signed, key=lambda event: event.event_id)
    if seen is None:
        return Standing(None, lapsed=tuple(ordered), needed=needed)
    is_current = proposed is not None and overriding_word(proposed, seen) is not None
    override = proposed if is_current else None
    by_hand = signed_text(seen, override)
    rules = tuple(e for e in ordered if e.after == seen)
    hand = tuple(e for e in ordered if override is not None and e.after == by_hand)
    lapsed = [e for e in ordered if e not in rules and e not in hand]
    if proposed is not None and override is None:
        lapsed.append(proposed)
    return Standing(seen, rules, override, hand, tuple(lapsed), needed)


def newer_than(events: Sequence[Event], up_to: object) -> int:
    """Return how many decisions a data set does not know yet.

    Parameters
    ----------
    up_to
        Number of the last event that the data set rests on, from its manifest; None for none.
    """
    last = up_to if isinstance(up_to, int) else 0
    return sum(event.event_id > last for event in events)


def on_field(events: Sequence[Event], kind: str, object_id: str, field: str | None = None) -> list[Event]:  # fmt: skip
    """Return every event on an object, or on one field of it, oldest first."""
    return [
        e
        for e in events
        if (e.object_type, e.object_id) == (kind, object_id) and field in {None, e.field}
    ]


def clock(at: str) -> str:
    """Return an ISO time as people write it.

    >>> clock("2026-11-24T08:13:13+00:00")
    '24 November 2026, 08:13 UTC'
    """
    return f"{marks.day(at)}, {at[11:16]} UTC" if len(at) >= 16 else marks.day(at)


def said_short(text: str | None) -> str:
    """Return what an event holds without its hashes.

    >>> said_short("Supported; certainty rated Low; protocol 12ab; inputs 34cd")
    'Supported; certainty rated Low'
    >>> said_short("Overstated instead of [Supported; certainty rated Low; protocol 1; inputs 2]")
    'Overstated instead of Supported; certainty rated Low'
    """
    if text is None:
        return ""
    head, found, tail = text.partition("; protocol ")
    if not found:
        return text
    number = tail.partition("; override ")[2]
    return head.replace(" instead of [", " instead of ") + (
        f"; override {number}" if number else ""
    )


def about_words(event: Event, names: Mapping[str, str]) -> str:
    """Return what an event decides on, in words.

    Parameters
    ----------
    names
        Id of a claim, study or result → how a person calls it.
    """
    name = names.get(event.object_id, event.object_id)
    if event.object_type == CLAIM:
        return f"{name}: {'signature' if event.field.startswith(SIGNATURE) else 'verdict by hand'}"
    if event.object_type == STUDY_PAIR:
        pair = " and ".join(names.get(one, one) for one in event.object_id.split(" | "))
        return f"{pair}: one study?"
    if event.object_type == "retractions":
        return f"{name}: {event.field.replace('_', ' ')}"
    return f"{name}: {event.field.replace('_', ' ')}"


def log_table(events: Sequence[Event], names: Mapping[str, str], caption: str) -> str:
    """Return decisions as a table, newest first: who, when, what, before and after, why."""
    body = [
        [
            f"{escape(clock(event.at))}<br><small>no. {event.event_id}</small>",
            escape(event.who),
            escape(about_words(event, names)),
            f"{_cell(event.before, 'nothing')} → <b>{_cell(event.after, 'taken back')}</b>",
            reason_html(event.reason),
        ]
        for event in sorted(events, key=lambda e: -e.event_id)
    ]
    heads = [Head("When", width=150), Head("Who", width=130), Head("What"),
             Head("Before → after"), Head("Reason")]  # fmt: skip
    return table(heads, body, caption)


def _cell(text: str | None, missing: str) -> str:
    """Return what stood or stands, cut where it is very long."""
    return _folded(said_short(text)) if text is not None else escape(missing)


def reason_html(reason: str | None) -> str:
    """Return a reason; the end of a very long one opens on demand."""
    return '<span class="q">none given</span>' if reason is None else _folded(reason)


def _folded(text: str) -> str:
    """Return a text, escaped, its end behind a summary where it is very long."""
    if len(text) <= LONGEST_SHOWN:
        return escape(text)
    head, tail = text[:LONGEST_SHOWN], text[LONGEST_SHOWN:]
    return (
        f"{escape(head)}<details><summary>… {figures.count(len(tail))} more characters</summary>"
        f"{escape(tail)}</details>"
    )


def agreement_table(events: Sequence[Event]) -> str:
    """Return how far two people agree, over everything and field by field; "" before a pair."""
    fields = sorted(
        {e.field for e in events if e.object_type in TABLES or e.object_type == STUDY_PAIR}
    )
    lines = [("everything judged twice", agreement(judged_twice(events)))]
    lines += [(field.replace("_", " "), agreement(judged_twice(events, field))) for field in fields]
    return agreement_lines(lines, "Agreement of two people")


def agreement_lines(lines: Sequence[tuple[str, Agreement]], caption: str) -> str:
    """Return agreements as a table, n always beside them; "" where nothing was judged twice."""
    body = [
        [
            escape(name),
            figures.count(a.n),
            f"{figures.figure(None if a.observed is None else a.observed * 100, 0)} %",
            figures.figure(a.kappa, 2, "not defined"),
            figures.figure(a.ac1, 2, "not defined"),
        ]
        for name, a in lines
        if a.n
    ]
    heads = [Head("What was judged"), Head("n", "n", 70), Head("Same", "n", 90),
             Head("Cohen's κ", "n", 120), Head("Gwet's AC1", "n", 120)]  # fmt: skip
    return table(heads, body, caption) if body else ""


def human_machine_pairs(
    events: Sequence[Event], machine_rows: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    """Return field → what the machine read and what a person said of the same cell.

    The machine's value is what stood there before the first decision; where it read nothing there
    is no pair. The person's is what stands today.

    Parameters
    ----------
    machine_rows
        Result id → origin, of the rows that a machine read.
    """
    first: dict[tuple[str, str, str], Event] = {}
    for event in events:
        first.setdefault((event.object_type, event.object_id, event.field), event)
    pairs: dict[str, list[tuple[str, str]]] = {}
    for key, last in standing_events(events).items():
        read = first[key].before
        if key[0] == "study_results" and key[1] in machine_rows and read and last.after:
            pairs.setdefault(key[2], []).append((read, last.after))
    return pairs
