"""The history of records, read as numbers straight from the bytes of a piece.

A fifth of the elements of a PubMed file are years, months and days of its own processing. They
are found by the index, checked to stand as PubMed writes them, read as digits all at once, and
cut out of what the XML reader of the fast engine sees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.records.pubmed_tags import Ints, RefusedError, Tags, name_id

MISSING = -1
_PARTS = ("Year", "Month", "Day", "Hour", "Minute")
_MOST_DIGITS = 4
_SEVEN_BYTES = np.uint64((1 << 56) - 1)
_EVENT = "PubMedPubDate"


@dataclass(frozen=True, slots=True)
class History:
    """The events of all records of a piece.

    Attributes
    ----------
    owners
        Record of each event.
    starts, ends
        Where the start tag of each event begins, after ``<``, and where its first part does.
    year, month, day, hour, minute
        Numbers as printed, MISSING where there are none.
    """

    owners: Ints
    starts: Ints
    ends: Ints
    year: Ints
    month: Ints
    day: Ints
    hour: Ints
    minute: Ints


def read_history(tags: Tags, records: Ints) -> tuple[History, Ints, Ints]:
    """Return the events, and the first and last tag of each list of them.

    Raises
    ------
    RefusedError
        If a list holds anything else than PubMed writes.
    """
    begins = np.flatnonzero(tags.names == name_id("History"))
    last = np.flatnonzero(tags.first == _word(b"/History"))
    if len(begins) != len(last) or (last <= begins).any() or (begins[1:] < last[:-1]).any():
        raise RefusedError("a history that does not end")
    if (tags.octets[tags.positions[last] + len("</History")] != ord(">")).any():
        raise RefusedError("a history that ends otherwise")
    events = np.flatnonzero(tags.names == name_id(_EVENT))
    owner = np.searchsorted(begins, events, "right") - 1
    if len(events) and (owner.min() < 0 or (events > last[owner]).any()):
        raise RefusedError("an event outside a history")
    parts = {part: _parts_within(tags, part, begins, last) for part in _PARTS}
    _check_order(tags, begins, last, events, parts)
    numbers = [_numbers(tags, part, rows, events) for part, rows in parts.items()]
    year, month = numbers[0], numbers[1]
    if ((year < 1000) | (month > 12) | (month < 1)).any():
        raise RefusedError("an event without a plain date")
    places = np.searchsorted(records, tags.positions[events], "right") - 1
    starts = tags.positions[events] + 1
    following = tags.positions[np.minimum(events + 1, len(tags.positions) - 1)]
    return History(places, starts, following, *numbers), begins, last


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text[:8], "little"))


def _parts_within(tags: Tags, part: str, begins: Ints, last: Ints) -> Ints:
    """Return the start tags of one part that stand in a history, and check that they are plain."""
    rows = np.flatnonzero(tags.names == name_id(part))
    owner = np.searchsorted(begins, rows, "right") - 1
    rows = rows[(owner >= 0) & (rows < last[owner])] if len(begins) else rows[:0]
    for text, at in ((f"{part}>".encode(), rows), (f"/{part}>".encode()[:8], rows + 1)):
        mask = np.uint64((1 << 8 * len(text)) - 1)
        if (tags.first[at] & mask != _word(text)).any():
            raise RefusedError(f"a {part} that is not plain")
    return rows


def _check_order(
    tags: Tags, begins: Ints, last: Ints, events: Ints, parts: dict[str, Ints]
) -> None:
    """Refuse histories that are not lists of events that are lists of parts.

    Every part is a start tag with its end tag behind it. If then each event's start tag, its
    parts and one tag more fill the place up to the next event or the end of the list, and that
    one tag ends an event, nothing else is there.
    """
    every = np.sort(np.concatenate(list(parts.values())))
    edges = np.sort(np.concatenate((events, last)))
    nexts = edges[np.searchsorted(edges, events, "right")]
    n_parts = np.searchsorted(every, nexts) - np.searchsorted(every, events)
    ends = tags.words[tags.positions[nexts - 1] + len("</PubMedP")]
    first_events = events[np.searchsorted(events, begins[begins + 1 < last])]
    if (
        (nexts - events != 2 + 2 * n_parts).any()
        or (tags.first[nexts - 1] != _word(b"/PubMedP")).any()
        or (ends & _SEVEN_BYTES != _word(b"ubDate>")).any()
        or (first_events != begins[begins + 1 < last] + 1).any()
        or len(every) != n_parts.sum()
    ):
        raise RefusedError("a history out of order")


def _numbers(tags: Tags, part: str, rows: Ints, events: Ints) -> Ints:
    """Return the number that each event has for a part."""
    owner = np.searchsorted(events, rows, "right") - 1
    if (np.diff(owner) == 0).any():
        raise RefusedError(f"an event with two of {part}")
    start = tags.positions[rows] + len(part) + 2
    length = tags.positions[rows + 1] - start
    if ((length < 1) | (length > _MOST_DIGITS)).any():
        raise RefusedError(f"a {part} that is no number")
    values = _digits(tags.octets, start, length)
    numbers = np.full(len(events), MISSING, np.int64)
    numbers[owner] = values
    return numbers


def _digits(octets: NDArray[np.uint8], start: Ints, length: Ints) -> Ints:
    values = np.zeros(len(start), np.int64)
    for place in range(int(length.max(initial=0))):
        more = length > place
        digit = octets[start + np.where(more, place, 0)] - np.uint8(ord("0"))
        if (digit[more] > 9).any():
            raise RefusedError("a date that is no number")
        values = np.where(more, values * 10 + digit, values)
    return values
