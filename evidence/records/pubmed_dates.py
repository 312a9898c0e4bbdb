"""All dates of the records of a piece at once, each as precise as its source.

What a date's texts mean is said in `pubmed_values.read_date`; this module only does it for whole
columns, and hands every date that is not plain year, month and day to that function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from evidence.records.pubmed_columns import (
    MISSING,
    Ints,
    encoded,
    integers,
    is_valid,
    kept_texts,
    numbers_in,
    read_unique,
    row_numbers,
    running_position,
    taken,
    text_column,
    texts,
)
from evidence.records.pubmed_fields import RECORD_DATES
from evidence.records.pubmed_tables import COUNT, SMALL, TEXT
from evidence.records.pubmed_values import read_count, read_date, read_month, read_small

if TYPE_CHECKING:
    from evidence.records.pubmed_fast import Columns

Sources = Mapping[str, "Columns"]

_PRECISIONS = ("day", "month", "year", "season", "text")
_DAY, _MONTH, _YEAR = range(3)
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_NUMBERS = ("year", "month", "day")
_HISTORY = ""
_WORDS = ("season", "medlinedate")


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
class _Given:
    """The dates of one kind, or of the history, as they were printed.

    Attributes
    ----------
    kind
        What they are, "" for the history.
    owners
        Record of each date, in order.
    numbers
        Columns of years, months and days.
    words
        Columns of seasons and of MEDLINE's own words, where a date may be in words.
    """

    kind: str
    owners: Ints
    numbers: list[pa.Array]
    words: list[pa.Array]


@dataclass(frozen=True, slots=True)
class RecordDates:
    """The dates of the records of a piece.

    Attributes
    ----------
    n
        Number of records.
    values
        All dates, source by source.
    iso
        The same dates in ISO 8601.
    owners
        Record of each date.
    kinds
        Kinds of dates.
    kind_of
        Place of each date's kind in `kinds`.
    starts
        Where the dates of each source begin: the history's, named "", are the last.
    hour, minute
        Time of day of each date.
    """

    n: int
    values: _Values
    iso: pa.Array
    owners: Ints
    kinds: list[str | None]
    kind_of: Ints
    starts: dict[str, int]
    hour: Ints
    minute: Ints

    def table(self) -> tuple[Ints, list[pa.Array]]:
        """Return the rows of the table of dates, and the record of each."""
        rows = np.argsort(self.owners, kind="stable")
        owners = self.owners[rows]
        numbers = (self.values.year, self.values.month, self.values.day, self.hour, self.minute)
        return owners, [
            integers(running_position(owners), COUNT),
            taken(texts(self.kinds), row_numbers(self.kind_of[rows])),
            *(integers(part[rows], SMALL) for part in numbers),
            taken(self.iso, row_numbers(rows)),
            self._precisions(rows),
            self._texts(rows),
        ]

    def iso_of(self, kind: str) -> pa.Array:
        """Return the first date of each record that is of a kind and stands in itself."""
        places = self._first(kind)
        return pa.nulls(self.n, TEXT) if places is None else taken(self.iso, integers(places))

    def first_in_history(self, kind: str) -> pa.Array:
        """Return the first date of a kind in each record's history."""
        if kind not in self.kinds:
            return pa.nulls(self.n, TEXT)
        begin = self.starts[_HISTORY]
        found = np.flatnonzero(self.kind_of[begin:] == self.kinds.index(kind)) + begin
        return taken(self.iso, integers(self._places(found)))

    def issue_precision_and_text(self) -> tuple[pa.Array, pa.Array]:
        """Return how precise each record's date of issue is, and what was printed."""
        places = self._first("issue")
        if places is None:
            return pa.nulls(self.n, TEXT), pa.nulls(self.n, TEXT)
        return self._precisions(places), self._texts(places)

    def _first(self, kind: str) -> Ints | None:
        """Return for each record the place of its first date of a kind, MISSING if it has none."""
        start = self.starts.get(kind)
        if start is None:
            return None
        following = [begin for begin in self.starts.values() if begin > start]
        return self._places(np.arange(start, min(following, default=len(self.owners))))

    def _places(self, rows: Ints) -> Ints:
        places = np.full(self.n, MISSING, np.int64)
        places[self.owners[rows[::-1]]] = rows[::-1]
        return places

    def _precisions(self, rows: Ints) -> pa.Array:
        found = np.where(rows >= 0, self.values.precision[rows], MISSING)
        return taken(texts(_PRECISIONS), integers(found))

    def _texts(self, rows: Ints) -> pa.Array:
        found = np.where(rows >= 0, self.values.printed[rows], MISSING)
        return taken(texts(self.values.prints or [""]), integers(found))


def read_record_dates(sources: Sources) -> RecordDates:
    """Return the dates of all records."""
    n = len(sources["records"])
    given = [_given(sources[table], prefix, kind) for table, prefix, kind in RECORD_DATES]
    history = sources["history"]
    numbers = [history.text(part) for part in _NUMBERS]
    given.append(_Given(_HISTORY, history.level("record"), numbers, []))
    given = [part for part in given if len(part.owners) or part.kind == _HISTORY]
    sizes = [len(part.owners) for part in given]
    begins = np.cumsum([0, *sizes]).tolist()
    starts = {part.kind: begin for part, begin in zip(given, begins, strict=False)}
    owners = np.concatenate([part.owners for part in given])
    kinds: list[str | None] = [part.kind for part in given[:-1]]
    events, event_of = _known_kinds(history.attribute("kind"))
    kind_of = np.concatenate((np.repeat(np.arange(len(kinds)), sizes[:-1]), event_of + len(kinds)))
    values = _read_values(given)
    hour, minute = (
        np.concatenate((np.full(begins[-2], MISSING), read_unique(history.text(part), read_small)))
        for part in ("hour", "minute")
    )
    at = (owners, kinds + events, kind_of, starts, hour, minute)
    return RecordDates(n, values, _iso(values), *at)


def _given(table: Columns, prefix: str, kind: str) -> _Given:
    """Return the dates of one kind; each is in one row of its table."""
    words = [f"{prefix}_{part}" for part in _WORDS] if kind == "issue" else []
    numbers = [f"{prefix}_{part}" for part in _NUMBERS]
    rows = np.flatnonzero(table.filled([*numbers, *words]))
    columns = [kept_texts(table.text(field), rows) for field in (*numbers, *words)]
    return _Given(kind, table.level("record")[rows], columns[:3], columns[3:])


def _known_kinds(column: pa.Array) -> tuple[list[str | None], Ints]:
    """Return the kinds that a column names, and the place of each row's kind among them."""
    codes = encoded(column)
    kinds = [*codes.dictionary.to_pylist(), None]
    places = numbers_in(codes.indices, np.int32)
    return kinds, np.where(is_valid(codes.indices), places, len(kinds) - 1)


def _read_values(given: Sequence[_Given]) -> _Values:
    """Return what year, month and day say; only dates of issue, the first rows, are in words."""
    printed = [
        pa.concat_arrays(list(part)) for part in zip(*(g.numbers for g in given), strict=True)
    ]
    year, month, day = (
        read_unique(part, read)
        for part, read in zip(printed, (_read_year, read_month, read_count), strict=True)
    )
    has_year, has_month, has_day = map(is_valid, printed)
    odd = ((has_year | has_month | has_day) & (year < 0)) | (has_month & (month < 0))
    words: list[pa.Array | None] = [None, None]
    if given[0].words:
        words = list(given[0].words)
        n = len(given[0].owners)
        odd[:n] |= is_valid(words[0]) | (is_valid(words[1]) & ~has_year[:n])
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
    places = integers(np.where(rows < len(part), rows, MISSING))
    found: list[str | None] = taken(part, places).to_pylist()
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
