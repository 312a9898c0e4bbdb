"""What people confirmed, put into the tables: curated beats confirmed beats machine-read.

Takes events and tables, gives tables; writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from evidence.errors import UsageError
from evidence.pipeline.signatures import person_key, standing_events
from evidence.store.decisions import Event
from evidence.tables import TABLES, Column, Kind, table
from evidence.vocabulary import ValueOrigin

__all__ = [
    "SAME_STUDY",
    "STUDY_PAIR",
    "cell_value",
    "judged_twice",
    "pair_answers",
    "pair_id",
    "shown_value",
    "with_confirmed_values",
    "with_dismissals",
]

STUDY_PAIR = "two reports"
SAME_STUDY = "same study"
CONFIRMABLE = tuple(name for name, t in TABLES.items() if "origin" in t.column_names)
"""Tables that say who each row is from; in others a confirmation would change nothing."""
_NOT_BY_HAND = frozenset({"origin", "verified_by", "verified_at"})

Value = str | float | int | bool


def cell_value(table_name: str, field: str, text: str) -> Value:
    """Return a confirmed text as its column holds it.

    Raises
    ------
    UsageError
        The column cannot be confirmed, or does not allow the value; the message says what it does.
    """
    column = _column(table_name, field)
    allowed = column.allowed_text
    if column.kind in {Kind.NUMBER, Kind.WHOLE}:
        number = _number(text, f"{table_name}.{field}")
        is_whole = column.kind is Kind.WHOLE
        is_low = column.low is not None and number < column.low
        is_high = column.high is not None and number > column.high
        if is_low or is_high or (is_whole and number != int(number)):
            raise UsageError(f"{table_name}.{field}: {text!r} is not allowed (allowed: {allowed})")
        return int(number) if is_whole else number
    if column.kind is Kind.FLAG:
        if text not in {"true", "false"}:
            raise UsageError(f"{table_name}.{field}: {text!r} is not true or false")
        return text == "true"
    if column.allowed is not None and text not in set(column.allowed):
        raise UsageError(f"{table_name}.{field}: {text!r} is not allowed (allowed: {allowed})")
    if not text.strip():
        raise UsageError(f"{table_name}.{field}: an empty value confirms nothing")
    return text


def _column(table_name: str, field: str) -> Column:
    """Return the column of a cell that people may confirm."""
    if table_name not in CONFIRMABLE:
        raise UsageError(f"{table_name}: no table to confirm (there is: {', '.join(CONFIRMABLE)})")
    declared = table(table_name)
    column = next((c for c in declared.columns if c.name == field), None)
    if column is None or column.kind is Kind.LIST or field in {*declared.key, *_NOT_BY_HAND}:
        raise UsageError(f"{table_name}.{field}: is not a column that people confirm")
    return column


def _number(text: str, where: str) -> float:
    """Return a finite number."""
    try:
        number = float(text)
    except ValueError as error:
        raise UsageError(f"{where}: {text!r} is not a number") from error
    if not math.isfinite(number):
        raise UsageError(f"{where}: {text!r} is not a number")
    return number


def shown_value(cell: object) -> str | None:
    """Return a cell as an event holds it, None where it is empty.

    >>> shown_value(4.0), shown_value(True), shown_value(float("nan"))
    ('4', 'true', None)
    """
    if cell is None or cell is pd.NA or cell != cell:
        return None
    if isinstance(cell, bool) or type(cell).__name__ in {"bool_", "bool"}:
        return "true" if cell else "false"
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


def with_confirmed_values(
    table_name: str, frame: pd.DataFrame, events: Sequence[Event]
) -> pd.DataFrame:
    """Return rows in which a machine's value gave way to a person's, and who checked them.

    A curated value stays as it is; a row is *verified* where everything that people said about it
    is what now stands there.

    Parameters
    ----------
    frame
        A table with ``origin``; rows without one count as curated.
    """
    key = table(table_name).key[0]
    position = {row_id: at for at, row_id in enumerate(frame[key])}
    confirmed = [
        event
        for (kind, row_id, field), event in standing_events(events).items()
        if kind == table_name and row_id in position and field in frame
    ]
    if not confirmed:
        return frame
    out = frame.assign(
        **{name: frame.get(name) for name in ("origin", "verified_by", "verified_at")}
    ).astype({"origin": "object", "verified_by": "object", "verified_at": "object"})
    disagreeing = set()
    for event in sorted(confirmed, key=lambda e: e.event_id):
        at = out.index[position[event.object_id]]
        try:
            value = cell_value(table_name, event.field, str(event.after))
        except UsageError:  # the column changed since: the decision stays in the log, unapplied
            disagreeing.add(at)
            continue
        if out.at[at, "origin"] in {ValueOrigin.MACHINE_READ, ValueOrigin.CONFIRMED}:
            if isinstance(value, str):  # a column without any value yet is not one of texts
                out[event.field] = out[event.field].astype("object")
            out.at[at, event.field] = value
            out.at[at, "origin"] = str(ValueOrigin.CONFIRMED)
        if shown_value(out.at[at, event.field]) != shown_value(value):
            disagreeing.add(at)
        out.at[at, "verified_by"], out.at[at, "verified_at"] = event.who, event.at
    for at in disagreeing:
        out.at[at, "verified_by"], out.at[at, "verified_at"] = None, None
    return out


def with_dismissals(retractions: pd.DataFrame, events: Sequence[Event]) -> pd.DataFrame:
    """Return ``retractions`` with who dismissed a state, and why."""
    found = {
        (object_id, field): event
        for (kind, object_id, field), event in standing_events(events).items()
        if kind == "retractions"
    }
    ids = zip(retractions["record_id"], retractions["status"], strict=True)
    by_row = [found.get((str(record), str(status))) for record, status in ids]
    people = [None if event is None else event.who for event in by_row]
    reasons = [None if event is None else event.reason for event in by_row]
    return retractions.assign(
        dismissed_by=pd.Series(people, index=retractions.index, dtype="object"),
        dismissal_reason=pd.Series(reasons, index=retractions.index, dtype="object"),
    )


def pair_id(one: str, other: str) -> str:
    """Return the id of two reports, whichever is named first.

    >>> pair_id("b", "a")
    'a | b'
    """
    return " | ".join(sorted((one, other)))


def pair_answers(events: Sequence[Event]) -> dict[tuple[str, str], Event]:
    """Return the standing answer on each pair of reports, by the ids as they were named then."""
    found = {}
    for (kind, pair, field), event in standing_events(events).items():
        if (kind, field) == (STUDY_PAIR, SAME_STUDY):
            one, _, other = pair.partition(" | ")
            found[(one, other)] = event
    return found


def judged_twice(events: Sequence[Event], field: str | None = None) -> list[tuple[str, str]]:
    """Return what two different people said of the same thing, in the order in which they said it.

    Parameters
    ----------
    field
        Only this field of any object, such as ``direction``; confirmed cells and pairs of reports
        where not given. A person's own correction replaces what that person said before; what was
        taken back is left out.
    """
    said: dict[tuple[str, str, str], dict[str, str]] = {}
    authors: dict[tuple[str, str, str], str] = {}
    for event in events:
        key = (event.object_type, event.object_id, event.field)
        is_item = event.object_type in TABLES or event.object_type == STUDY_PAIR
        if event.object_type == "retractions" or not is_item or field not in {None, event.field}:
            continue
        people = said.setdefault(key, {})
        if event.after is None:
            people.pop(authors.get(key, ""), None)
        else:
            authors[key] = person_key(event.who)
            people[authors[key]] = event.after
    pairs = [list(people.values()) for people in said.values()]
    return [(values[0], values[1]) for values in pairs if len(values) > 1]
