"""How people decide: sign, take back, override, confirm; every decision is one event of the log.

A function here checks that the thing decided on exists and that its author saw how it stands now,
and writes one event. Nothing is applied here: ``evidence.pipeline.build`` reads the log anew, so a
decision survives every refresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from evidence.errors import DecisionConflictError, UsageError
from evidence.pipeline.confirmed import SAME_STUDY, STUDY_PAIR, cell_value, pair_id, shown_value
from evidence.pipeline.signatures import (
    CLAIM,
    OVERRIDE,
    SIGNATURE,
    override_text,
    overriding_word,
    person_key,
    signed_text,
    standing_events,
)
from evidence.settings import Settings
from evidence.store.decisions import Draft, Event, append_event, read_events
from evidence.store.snapshots import Snapshot, open_snapshot
from evidence.tables import table
from evidence.vocabulary import RetractionStatus, VerdictWord

__all__ = [
    "confirm_same_study",
    "confirm_value",
    "decisions_log",
    "dismiss_retraction",
    "last_event",
    "override",
    "sign",
    "withdraw",
]

LOG_COLUMNS = (
    "event_id",
    "at",
    "who",
    "object_type",
    "object_id",
    "field",
    "before",
    "after",
    "reason",
)
LONGEST_NAME = 100
DISMISSED = "dismissed"


def decisions_log(settings: Settings) -> pd.DataFrame:
    """Return ``decisions_log``: every event, oldest first; no rows where nobody has decided."""
    events = read_events(settings.database_url)
    frame = pd.DataFrame(
        [[getattr(event, name) for name in LOG_COLUMNS] for event in events],
        columns=list(LOG_COLUMNS),
    )
    return frame.astype({name: "Int64" if name == "event_id" else "string" for name in LOG_COLUMNS})


def last_event(
    events: Sequence[Event], object_type: str, object_id: str, field: str
) -> Event | None:
    """Return the newest event on one field, also one that took a decision back; None for none.

    What a page shows and hands back as ``seen``.
    """
    about = (object_type, object_id, field)
    return next(
        (e for e in reversed(events) if (e.object_type, e.object_id, e.field) == about), None
    )


def sign(
    settings: Settings,
    who: str,
    claim_id: str,
    snapshot: Snapshot,
    *,
    override_event: int | None = None,
    reason: str | None = None,
    now: datetime | None = None,
) -> Event:
    """Sign the verdict on a claim as a snapshot shows it.

    Parameters
    ----------
    snapshot
        The one that the reviewer looked at.
    override_event
        Number of the override that is signed instead of what the rules say.

    Raises
    ------
    UsageError
        No such claim or override, an empty name, or this person has signed the same already.
    DecisionConflictError
        The verdict has changed since the reviewer looked.
    """
    person = _person(who)
    seen = _seen_verdict(settings, claim_id, snapshot)
    events = read_events(settings.database_url)
    text = signed_text(seen, _overriding(events, claim_id, seen, override_event))
    before = last_event(events, CLAIM, claim_id, SIGNATURE + person_key(person))
    if before is not None and before.after == text:
        raise UsageError(
            f"{claim_id}: {before.who} has signed this verdict already (event {before.event_id})"
        )
    field = SIGNATURE + person_key(person)
    return _append(settings, person, (CLAIM, claim_id, field), text, before, None, reason, now)


def override(
    settings: Settings,
    who: str,
    claim_id: str,
    word: VerdictWord,
    reason: str,
    snapshot: Snapshot,
    *,
    seen: Event | None = None,
    now: datetime | None = None,
) -> Event:
    """Propose another verdict than the rules', with a reason; it counts once two people sign it.

    Raises
    ------
    UsageError
        No reason, no such claim, the same word, or a claim that no study could test.
    DecisionConflictError
        The verdict, or another override of it, has changed since the author looked.
    """
    person = _person(who)
    fingerprint = _seen_verdict(settings, claim_id, snapshot)
    rules = VerdictWord(fingerprint.partition(";")[0])
    if VerdictWord.NOT_TESTABLE in {rules, word}:
        raise UsageError(f"{claim_id}: whether it can be tested is said in the registry, not here")
    if word is rules:
        raise UsageError(f"{claim_id}: the rules say {rules} already; sign that verdict")
    after = override_text(word, fingerprint)
    about = (CLAIM, claim_id, OVERRIDE)
    return _append(
        settings, person, about, after, seen, fingerprint, _required(reason, "an override"), now
    )


def withdraw(
    settings: Settings,
    who: str,
    event_id: int,
    *,
    reason: str | None = None,
    now: datetime | None = None,
) -> Event:
    """Take a standing decision back; both events stay in the log.

    Raises
    ------
    UsageError
        No such event, a signature of someone else, or an event that stands no more.
    """
    person = _person(who)
    events = read_events(settings.database_url)
    event = next((e for e in events if e.event_id == event_id), None)
    if event is None:
        raise UsageError(f"event {event_id}: there is none; the log has {len(events)} events")
    about = (event.object_type, event.object_id, event.field)
    newest = last_event(events, *about)
    if event.after is None or newest != event:
        raise UsageError(f"event {event_id}: does not stand any more; nothing to take back")
    if event.field.startswith(SIGNATURE) and person_key(event.who) != person_key(person):
        raise UsageError(f"event {event_id}: only {event.who} can take this signature back")
    return _append(settings, person, about, None, event, None, reason, now)


def confirm_value(
    settings: Settings,
    who: str,
    table_name: str,
    row_id: str,
    field: str,
    value: str,
    snapshot: Snapshot,
    *,
    seen: Event | None = None,
    reason: str | None = None,
    now: datetime | None = None,
) -> Event:
    """Confirm or correct one cell of a study's facts; it beats what a machine read.

    Raises
    ------
    UsageError
        No such table, row or column, or a value that the column does not allow.
    DecisionConflictError
        Someone else decided on the cell since the author looked.
    """
    person = _person(who)
    cell_value(table_name, field, value)
    key = table(table_name).key[0]
    rows = snapshot.read(table_name, list(dict.fromkeys([key, field])))
    found = rows[rows[key] == row_id]
    if found.empty:
        raise UsageError(f"{table_name}: no row {row_id!r} in snapshot {snapshot.snapshot_id}")
    shown = shown_value(found.iloc[0][field])
    return _append(settings, person, (table_name, row_id, field), value, seen, shown, reason, now)


def confirm_same_study(
    settings: Settings,
    who: str,
    one: str,
    other: str,
    is_same: bool,
    snapshot: Snapshot,
    *,
    seen: Event | None = None,
    reason: str | None = None,
    now: datetime | None = None,
) -> Event:
    """Say whether two reports are of one study (docs/method.md, section 8)."""
    person = _person(who)
    known = set(snapshot.read("studies", ["study_id"])["study_id"])
    known |= set(snapshot.read("records", ["record_id"])["record_id"])
    missing = sorted({one, other} - known)
    if missing or one == other:
        problem = f"no study or record {missing[0]!r}" if missing else "name two different reports"
        raise UsageError(f"{problem} (snapshot {snapshot.snapshot_id})")
    about = (STUDY_PAIR, pair_id(one, other), SAME_STUDY)
    return _append(settings, person, about, "yes" if is_same else "no", seen, None, reason, now)


def dismiss_retraction(
    settings: Settings,
    who: str,
    record_id: str,
    status: RetractionStatus,
    reason: str,
    snapshot: Snapshot,
    *,
    seen: Event | None = None,
    now: datetime | None = None,
) -> Event:
    """Say that a retraction state was looked at and changes nothing, and why."""
    person = _person(who)
    rows = snapshot.read("retractions", ["record_id", "status"])
    if not ((rows["record_id"] == record_id) & (rows["status"] == str(status))).any():
        raise UsageError(f"{record_id}: is not {status!s} in snapshot {snapshot.snapshot_id}")
    about = ("retractions", record_id, str(status))
    return _append(
        settings, person, about, DISMISSED, seen, None, _required(reason, "a dismissal"), now
    )


def _append(
    settings: Settings,
    who: str,
    about: tuple[str, str, str],
    after: str | None,
    seen: Event | None,
    shown: str | None,
    reason: str | None,
    now: datetime | None,
) -> Event:
    """Write one event on a field whose last event its author saw; ``shown`` stood before any."""
    draft = Draft(
        who,
        *about,
        before=shown if seen is None else seen.after,
        after=after,
        reason=(reason or "").strip() or None,
        seen_version=0 if seen is None else seen.version,
    )
    return append_event(settings.database_url, draft, now=now)


def _seen_verdict(settings: Settings, claim_id: str, snapshot: Snapshot) -> str:
    """Return the fingerprint that a snapshot shows, refused where the current one differs."""
    seen = _fingerprint_in(snapshot, claim_id)
    current = open_snapshot(settings.workspace)
    if current.snapshot_id != snapshot.snapshot_id and _fingerprint_in(current, claim_id) != seen:
        raise DecisionConflictError(
            f"{claim_id}: its verdict has changed since snapshot {snapshot.snapshot_id}; nothing "
            f"was written: look at {current.snapshot_id}, then decide"
        )
    return seen


def _fingerprint_in(snapshot: Snapshot, claim_id: str) -> str:
    """Return what a signature on a claim's verdict names in one snapshot."""
    rows = snapshot.read("claim_verdicts", ["claim_id", "verdict_fingerprint"])
    found = rows.loc[rows["claim_id"] == claim_id, "verdict_fingerprint"]
    if found.empty:
        raise UsageError(f"no claim {claim_id!r} in snapshot {snapshot.snapshot_id}")
    if not isinstance(found.iloc[0], str):
        raise UsageError(f"{snapshot.snapshot_id}: says not what is signed; build again")
    return str(found.iloc[0])


def _overriding(
    events: Sequence[Event], claim_id: str, seen: str, event_id: int | None
) -> Event | None:
    """Return the override that is to be signed, refused where it stands no more."""
    if event_id is None:
        return None
    event = standing_events(events).get((CLAIM, claim_id, OVERRIDE))
    if event is None or event.event_id != event_id or overriding_word(event, seen) is None:
        raise DecisionConflictError(
            f"{claim_id}: override {event_id} does not stand on today's verdict; nothing was "
            "written: look again, then decide"
        )
    return event


def _person(who: str) -> str:
    """Return a name as it is logged.

    >>> _person("  Ann  Smith ")
    'Ann Smith'
    """
    name = " ".join(who.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(
            f"{who[:LONGEST_NAME]!r}: a decision needs a name, at most {LONGEST_NAME} characters"
        )
    return name


def _required(reason: str, decision: str) -> str:
    """Return a reason that is one."""
    if not reason.strip():
        raise UsageError(f"the reason is missing: {decision} needs one")
    return reason
