"""All dates of the records of a piece at once, each as precise as its source.

What a date's texts mean is said in `pubmed_values.read_date`; this module only does it for whole
columns, and hands every date that is not plain year, month and day to that function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from evidence.records.pubmed_columns import (
    MISSING,
    Bools,
    Ints,
    constant,
    integers,
    is_valid,
    read_unique,
    row_numbers,
    running_position,
    spans_of,
    text_column,
    texts,
)
from evidence.records.pubmed_fields import RECORD_DATES
from evidence.records.pubmed_history import History
from evidence.records.pubmed_index import Index
from evidence.records.pubmed_lift import attributes_in
from evidence.records.pubmed_tables import COUNT, SMALL, TEXT
from evidence.records.pubmed_tags import RefusedError
from evidence.records.pubmed_values import read_count, read_date, read_month

if TYPE_CHECKING:
    from evidence.records.pubmed_fast import Columns

_PRECISIONS = ("day", "month", "year", "season", "text")
_DAY, _MONTH, _YEAR = range(3)
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_NUMBERS = ("year", "month", "day")


@dataclass(slots=True)
class _Values:
    """Dates as arrays; a number that is not known is MISSING, `printed` is a place in `prints`."""

    year: Ints
    month: Ints
    day: Ints
    precision: Ints
    printed: Ints
    prints: list[str]


@dataclass(frozen=True, slots=True)
class RecordDates:
    """The dates of the records of a piece.

    Attributes
    ----------
    n
        Number of records.
    values
        All dates: those that stand in a record itself, source by source, then the history.
    iso
        The same dates in ISO 8601.
    starts
        Where the dates of each source begin.
    owners, rows
        Record and place of each date that was given, in the order of the table.
    kinds, hour, minute
        Its kind and its time of day.
    history_owners, history_kinds
        Record and kind of each date of the history.
    """

    n: int
    values: _Values
    iso: pa.Array
    starts: dict[str, int]
    owners: Ints
    rows: Ints
    kinds: pa.Array
    hour: Ints
    minute: Ints
    history_owners: Ints
    history_kinds: pa.Array

    def table(self) -> tuple[Ints, list[pa.Array]]:
        """Return the rows of the table of dates, and the record of each."""
        values, rows = self.values, self.rows
        numbers = (values.year, values.month, values.day)
        return self.owners, [
            integers(running_position(self.owners), COUNT),
            self.kinds,
            *(integers(part[rows], SMALL) for part in numbers),
            integers(self.hour, SMALL),
            integers(self.minute, SMALL),
            self.iso.take(row_numbers(rows)),
            self._precisions(rows),
            self._texts(rows),
        ]

    def iso_of(self, kind: str) -> pa.Array:
        """Return one date of each record: the one of a kind that stands in the record itself."""
        start = self.starts.get(kind)
        return pa.nulls(self.n, TEXT) if start is None else self.iso.slice(start, self.n)

    def first_in_history(self, kind: str) -> pa.Array:
        """Return the first date of a kind in each record's history."""
        is_kind = read_unique(self.history_kinds, lambda text: int(text == kind)) == 1
        found = np.flatnonzero(is_kind)
        place = np.full(self.n, MISSING, np.int64)
        place[self.history_owners[found][::-1]] = found[::-1] + self.starts["history"]
        return self.iso.take(integers(place))

    def issue_precision_and_text(self) -> tuple[pa.Array, pa.Array]:
        """Return how precise each record's date of issue is, and what was printed."""
        start = self.starts.get("issue")
        if start is None:
            return pa.nulls(self.n, TEXT), pa.nulls(self.n, TEXT)
        rows = np.arange(start, start + self.n)
        return self._precisions(rows), self._texts(rows)

    def _precisions(self, rows: Ints) -> pa.Array:
        return texts(_PRECISIONS).take(integers(self.values.precision[rows]))

    def _texts(self, rows: Ints) -> pa.Array:
        return texts(self.values.prints or [""]).take(integers(self.values.printed[rows]))


def read_record_dates(index: Index, records: Columns) -> RecordDates:
    """Return the dates of all records.

    Raises
    ------
    RefusedError
        If an element of a date holds no date at all.
    """
    n, history = len(records), index.history
    starts: dict[str, int] = {}
    columns: list[list[pa.Array]] = []
    owners, rows, kinds = [], [], []
    for prefix, kind, element in RECORD_DATES:
        given = _given(records, prefix)
        if np.count_nonzero(given) != index.count(element):
            raise RefusedError(f"an empty {element}")
        if given.any():
            starts[kind] = len(columns) * n
            columns.append([records.text(f"{prefix}_{part}") for part in _NUMBERS])
            owners.append(np.flatnonzero(given))
            rows.append(owners[-1] + starts[kind])
            kinds.append(constant(kind, len(owners[-1])))
    starts["history"] = len(columns) * n
    owners.append(history.owners)
    rows.append(np.arange(len(history.owners)) + starts["history"])
    kinds.append(_kinds(index))
    values = _read_values(columns, records if "issue" in starts else None, history)
    all_owners, all_rows = np.concatenate(owners), np.concatenate(rows)
    order = np.argsort(all_owners, kind="stable")
    before = np.full(len(order) - len(history.owners), MISSING)
    hour, minute = (
        np.concatenate((before, numbers))[order] for numbers in (history.hour, history.minute)
    )
    all_kinds = pa.concat_arrays(kinds).take(row_numbers(order))
    at = (all_owners[order], all_rows[order], all_kinds, hour, minute, owners[-1], kinds[-1])
    return RecordDates(n, values, _iso(values), starts, *at)


def _kinds(index: Index) -> pa.Array:
    """Return what each event of the history is."""
    history = index.history
    if not len(history.owners):
        return texts([])
    encoded = spans_of(index.piece, history.starts, history.ends).dictionary_encode()
    found = [_attributes_in(tag).get("PubStatus") for tag in encoded.dictionary.to_pylist()]
    return texts(found).take(encoded.indices)


def _attributes_in(tag: str) -> dict[str, str | None]:
    start, end, rest = tag.partition(">")
    if not end or rest.strip():
        raise RefusedError("a text in a history")
    return attributes_in(start)


def _given(records: Columns, prefix: str) -> Bools:
    """Return which records have anything in a date."""
    given = np.zeros(len(records), np.bool_)
    for part in (*_NUMBERS, *(("season", "medlinedate") if prefix == "issued" else ())):
        if records.n_filled(f"{prefix}_{part}"):
            given |= records.has(f"{prefix}_{part}")
    return given


def _read_values(
    columns: Sequence[Sequence[pa.Array]], records: Columns | None, history: History
) -> _Values:
    """Return what year, month and day say; seasons and MEDLINE's words are the first rows'."""
    printed = [pa.concat_arrays(list(part)) for part in zip(*columns, strict=True)]
    printed = printed or [texts([])] * len(_NUMBERS)
    year, month, day = (
        np.concatenate((read_unique(part, read), numbers))
        for part, read, numbers in zip(
            printed,
            (_read_year, read_month, read_count),
            (history.year, history.month, history.day),
            strict=True,
        )
    )
    given = [is_valid(part) for part in printed]
    n = len(given[0])
    odd = np.logical_or.reduce(given) & (year[:n] < 0) | (given[1] & (month[:n] < 0))
    words: list[pa.Array | None] = [None, None]
    if records is not None:
        words = [records.text("issued_season"), records.text("issued_medlinedate")]
        in_words = is_valid(words[0]) | (is_valid(words[1]) & ~given[0][: len(records)])
        odd[: len(records)] |= in_words
    day = np.where((month > 0) & (day >= 1) & (day <= _days_of(year, month)), day, MISSING)
    precision = np.select([day >= 0, month >= 0, year >= 0], [_DAY, _MONTH, _YEAR], MISSING)
    values = _Values(year, month, day, precision, np.full(len(year), MISSING, np.int64), [])
    _fill_odd(values, np.flatnonzero(odd), [*printed, *words])
    return values


def _read_year(text: str) -> int | None:
    number = read_count(text)
    return number if number is not None and 1000 <= number <= 9999 else None


def _days_of(year: Ints, month: Ints) -> Ints:
    """Return how many days a month has in the Gregorian calendar."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days: Ints = _MONTH_DAYS[np.maximum(month, 1) - 1] + (leap & (month == 2))
    return days


def _fill_odd(values: _Values, rows: Ints, parts: Sequence[pa.Array | None]) -> None:
    """Fill in the dates that are not plain numbers, one by one."""
    if not len(rows):
        return
    given = [_texts_at(part, rows) for part in parts]
    for row, printed in zip(rows.tolist(), zip(*given, strict=True), strict=True):
        found = read_date(*printed)
        values.year[row] = _number(found.year)
        values.month[row] = _number(found.month)
        values.day[row] = _number(found.day)
        values.precision[row] = (
            MISSING if found.precision is None else _PRECISIONS.index(found.precision)
        )
        if found.text is not None:
            values.printed[row] = len(values.prints)
            values.prints.append(found.text)


def _texts_at(part: pa.Array | None, rows: Ints) -> list[str | None]:
    """Return the texts of some rows; rows beyond a shorter column have none."""
    if part is None:
        return [None] * len(rows)
    found: list[str | None] = part.take(
        integers(np.where(rows < len(part), rows, MISSING))
    ).to_pylist()
    return found


def _number(value: int | None) -> int:
    return MISSING if value is None else value


def _iso(values: _Values) -> pa.Array:
    """Return the dates in ISO 8601, as long as they are precise."""
    year, month, day = values.year, values.month, values.day
    digits = np.full((len(year), 10), ord("-"), np.uint8)
    places = ((0, year, (1000, 100, 10, 1)), (5, month, (10, 1)), (8, day, (10, 1)))
    for start, numbers, powers in places:
        for place, power in enumerate(powers, start=start):
            digits[:, place] = numbers // power % 10 + ord("0")
    lengths = np.select([day >= 0, month >= 0, year >= 0], [10, 7, 4], 0)
    if (lengths == 10).all():
        return text_column(lengths, digits)
    shown = digits[np.arange(10) < lengths[:, None]]
    return text_column(lengths, shown, lengths > 0)
