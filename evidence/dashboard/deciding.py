"""Writing a decision from a page: who acts, what they saw, and what became of it.

Functions here are callbacks of buttons. Each writes at most one event: a second click, a reload or
a repeated run that says the same as the person's last event on the field writes nothing. A page
remembers in the session what stood there when a form was drawn and hands that back, so that nobody
overwrites a decision unseen. The log itself is not known here (``evidence.pipeline.decisions``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from evidence.errors import EvidenceError, UsageError
from evidence.pipeline import decisions
from evidence.pipeline.confirmed import SAME_STUDY, STUDY_PAIR, pair_id
from evidence.pipeline.decisions import DISMISSED, last_event
from evidence.pipeline.signatures import (
    CLAIM,
    OVERRIDE,
    SIGNATURE,
    override_text,
    person_key,
    signed_text,
)
from evidence.settings import Settings, read_settings
from evidence.store.decisions import Event, read_events
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import RetractionStatus, VerdictWord

__all__ = [
    "WHO",
    "Outcome",
    "confirm",
    "dismiss",
    "events_now",
    "forget_seen",
    "look_again",
    "propose",
    "reviewer",
    "same_study",
    "seen_event",
    "sign",
    "take_outcome",
    "withdraw",
]

WHO = "reviewer"
"""Key of the reviewer's name in the session; it never stands in an address."""
_SEEN = "review_seen"
_OUTCOME = "review_outcome"

Field = tuple[str, str, str]
"""Object type, object id and field that an event is about."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the last action of this session."""

    is_done: bool
    text: str


def reviewer() -> str:
    """Return the name that was typed in this session, "" before."""
    return str(st.session_state.get(WHO) or "")


def events_now() -> list[Event]:
    """Return every decision as it stands now."""
    return read_events(read_settings().database_url)


def seen_event(events: Sequence[Event], about: Field) -> Event | None:
    """Return the last event on a field as it stood when its form was first drawn.

    It stays the same while the item is open, whatever others write meanwhile.
    """
    seen: dict[Field, Event | None] = st.session_state.setdefault(_SEEN, {})
    if about not in seen:
        seen[about] = last_event(events, *about)
    return seen[about]


def forget_seen() -> None:
    """Forget what was seen: the next form shows what stands now."""
    st.session_state.pop(_SEEN, None)


def look_again() -> None:
    """Load an item anew, with what others decided (callback)."""
    forget_seen()
    st.session_state.pop(_OUTCOME, None)


def take_outcome() -> Outcome | None:
    """Return what became of the last action, once."""
    found: Outcome | None = st.session_state.pop(_OUTCOME, None)
    return found


def _attempt(write: Callable[[Settings, str], Event], done: str) -> None:
    """Write one event and keep what became of it for the page."""
    settings = read_settings()
    try:
        event = write(settings, reviewer())
    except EvidenceError as error:
        st.session_state[_OUTCOME] = Outcome(False, error.message)
        return
    forget_seen()
    st.session_state[_OUTCOME] = Outcome(True, f"{done} (event {event.event_id}).")


def _said_already(
    settings: Settings, who: str, about: Field, after: str | None, reason: str | None = None
) -> Event | None:
    """Return the newest event on a field where it is this person's and says the same."""
    newest = last_event(read_events(settings.database_url), *about)
    if newest is None or person_key(newest.who) != person_key(who) or newest.after != after:
        return None
    is_same = (newest.reason or "") == (reason or "").strip()
    return newest if is_same else None


def _typed(key: str) -> str:
    """Return what was typed into a widget."""
    return str(st.session_state.get(key) or "")


def sign(claim_id: str, fingerprint: str, snapshot: Snapshot, proposal: Event | None = None) -> None:  # fmt: skip
    """Sign what the rules say, or a proposal of another word (callback)."""

    def write(settings: Settings, who: str) -> Event:
        about = (CLAIM, claim_id, SIGNATURE + person_key(who))
        text = signed_text(fingerprint, proposal)
        number = None if proposal is None else proposal.event_id
        return _said_already(settings, who, about, text) or decisions.sign(
            settings, who, claim_id, snapshot, override_event=number
        )

    _attempt(write, "Signed, and in the log")


def withdraw(event: Event) -> None:
    """Take a decision back (callback)."""

    def write(settings: Settings, who: str) -> Event:
        about = (event.object_type, event.object_id, event.field)
        newest = last_event(read_events(settings.database_url), *about)
        is_mine = newest is not None and person_key(newest.who) == person_key(who)
        if newest is not None and is_mine and newest.after is None:
            return newest  # the same click, twice
        return decisions.withdraw(settings, who, event.event_id)

    _attempt(write, "Taken back; both steps stay in the log")


def propose(claim_id: str, fingerprint: str, snapshot: Snapshot, seen: Event | None, keys: tuple[str, str]) -> None:  # fmt: skip
    """Propose another verdict than the rules' (callback); ``keys`` of the word and the reason."""
    word, reason = st.session_state.get(keys[0]), _typed(keys[1])

    def write(settings: Settings, who: str) -> Event:
        if word is None:
            raise UsageError("choose the verdict that you propose")
        about = (CLAIM, claim_id, OVERRIDE)
        after = override_text(VerdictWord(word), fingerprint)
        return _said_already(settings, who, about, after, reason) or decisions.override(
            settings, who, claim_id, VerdictWord(word), reason, snapshot, seen=seen
        )

    _attempt(write, "Proposed; it counts once two people have signed it")


def confirm(row_id: str, field: str, snapshot: Snapshot, seen: Event | None, keys: tuple[str, str]) -> None:  # fmt: skip
    """Confirm or correct a value of a result (callback); ``keys`` of the value and the reason."""
    value = _typed(keys[0]).strip().replace("−", "-")
    reason = _typed(keys[1])

    def write(settings: Settings, who: str) -> Event:
        about = ("study_results", row_id, field)
        return _said_already(settings, who, about, value, reason) or decisions.confirm_value(
            settings, who, *about, value, snapshot, seen=seen, reason=reason
        )

    _attempt(write, "Kept, and in the log")


def same_study(one: str, other: str, snapshot: Snapshot, seen: Event | None, keys: tuple[str, str]) -> None:  # fmt: skip
    """Say whether two reports are of one study (callback); ``keys`` of the answer and the reason."""
    answer, reason = st.session_state.get(keys[0]), _typed(keys[1])

    def write(settings: Settings, who: str) -> Event:
        if answer is None:
            raise UsageError("choose whether they are of one study or of two")
        is_same = answer == "one study"
        about = (STUDY_PAIR, pair_id(one, other), SAME_STUDY)
        after = "yes" if is_same else "no"
        return _said_already(settings, who, about, after, reason) or decisions.confirm_same_study(
            settings, who, one, other, is_same, snapshot, seen=seen, reason=reason
        )

    _attempt(write, "Kept, and in the log")


def dismiss(record_id: str, status: str, snapshot: Snapshot, seen: Event | None, reason_key: str) -> None:  # fmt: skip
    """Say that a retraction state was looked at and changes nothing (callback)."""
    reason = _typed(reason_key)

    def write(settings: Settings, who: str) -> Event:
        about = ("retractions", record_id, status)
        return _said_already(settings, who, about, DISMISSED, reason) or (
            decisions.dismiss_retraction(
                settings, who, record_id, RetractionStatus(status), reason, snapshot, seen=seen
            )
        )

    _attempt(write, "Dismissed, with your reason in the log")
