"""Many partial dates at once, each as precise as its source.

What a date's texts mean is said in `pubmed_values.read_date`; this module only does it for whole
columns, and hands every date that is not plain year, month and day to that function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from evidence.records.pubmed_columns import (
    MISSING,
    Ints,
    integers,
    is_valid,
    read_unique,
    text_column,
    texts,
)
from evidence.records.pubmed_values import read_count, read_date, read_month

PRECISIONS = ("day", "month", "year", "season", "text")
_DAY, _MONTH, _YEAR = range(3)
_PARTS = ("year", "month", "day", "season", "medline_date")
_MONTH_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates as arrays; a number that is not known is MISSING.

    Attributes
    ----------
    year, month, day
        Numbers as far as they are known.
    precision
        Place in PRECISIONS.
    printed
        Place in `prints` of what was printed.
    prints
        Texts of the dates that say more than numbers.
    """

    year: Ints
    month: Ints
    day: Ints
    precision: Ints
    printed: Ints
    prints: Sequence[str]

    def take(self, rows: Ints) -> Dates:
        """Return the dates of some rows; a row that is MISSING has no date."""
        parts = (self.year, self.month, self.day, self.precision, self.printed)
        if not len(self.year):
            return _no_dates(len(rows))
        gone = rows < 0
        year, month, day, precision, printed = (
            np.where(gone, MISSING, part[rows]) for part in parts
        )
        return Dates(year, month, day, precision, printed, self.prints)

    def iso(self) -> pa.Array:
        """Return the dates in ISO 8601, as long as they are precise."""
        digits = np.full((len(self.year), 10), ord("-"), np.uint8)
        columns = (
            (0, self.year, (1000, 100, 10, 1)),
            (5, self.month, (10, 1)),
            (8, self.day, (10, 1)),
        )
        for start, values, powers in columns:
            for place, power in enumerate(powers, start=start):
                digits[:, place] = values // power % 10 + ord("0")
        lengths = np.select([self.day >= 0, self.month >= 0, self.year >= 0], [10, 7, 4], 0)
        shown = digits[np.arange(10) < lengths[:, None]]
        return text_column(lengths, shown, lengths > 0)

    def precisions(self) -> pa.Array:
        """Return how precise each date is."""
        return texts(PRECISIONS).take(integers(self.precision))

    def texts(self) -> pa.Array:
        """Return what was printed where it says more than numbers."""
        return texts(self.prints or [""]).take(integers(self.printed))


def read_dates(columns: Mapping[str, pa.Array]) -> Dates:
    """Return the dates whose texts stand in columns named year, month, day and so on."""
    given = {part: columns[part] for part in _PARTS if part in columns}
    year = read_unique(given["year"], _read_year)
    month = read_unique(given["month"], read_month)
    day = read_unique(given["day"], read_count)
    odd = (year < 0) | (is_valid(given["month"]) & (month < 0))
    if "season" in given:
        odd |= is_valid(given["season"])
    day = np.where((month > 0) & (day >= 1) & (day <= _days_of(year, month)), day, MISSING)
    precision = np.select([day >= 0, month >= 0], [_DAY, _MONTH], _YEAR)
    dates = Dates(year, month, day, precision, np.full(len(year), MISSING, np.int64), [])
    return _with_odd(dates, np.flatnonzero(odd), given)


def join_dates(parts: Sequence[Dates]) -> Dates:
    """Return the dates of several sources, one after the other."""
    prints: list[str] = []
    printed = []
    for part in parts:
        printed.append(np.where(part.printed < 0, MISSING, part.printed + len(prints)))
        prints += part.prints
    year, month, day, precision = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("year", "month", "day", "precision")
    )
    return Dates(year, month, day, precision, np.concatenate(printed), prints)


def _no_dates(n: int) -> Dates:
    nothing = np.full(n, MISSING, np.int64)
    return Dates(nothing, nothing, nothing, nothing, nothing, [])


def _read_year(text: str) -> int | None:
    number = read_count(text)
    return number if number is not None and 1000 <= number <= 9999 else None


def _days_of(year: Ints, month: Ints) -> Ints:
    """Return how many days a month has in the Gregorian calendar."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days: Ints = _MONTH_DAYS[np.maximum(month, 1) - 1] + (leap & (month == 2))
    return days


def _with_odd(dates: Dates, rows: Ints, given: Mapping[str, pa.Array]) -> Dates:
    """Return the dates with those filled in that are not plain numbers, one by one."""
    if not len(rows):
        return dates
    picked = integers(rows)
    nothing = [None] * len(rows)
    parts = (given[part].take(picked).to_pylist() if part in given else nothing for part in _PARTS)
    prints: list[str] = []
    for row, texts_of_row in zip(rows.tolist(), zip(*parts, strict=True), strict=True):
        found = read_date(*texts_of_row)
        for array, value in (
            (dates.year, found.year),
            (dates.month, found.month),
            (dates.day, found.day),
        ):
            array[row] = MISSING if value is None else value
        dates.precision[row] = (
            MISSING if found.precision is None else PRECISIONS.index(found.precision)
        )
        if found.text is not None:
            dates.printed[row] = len(prints)
            prints.append(found.text)
    return Dates(dates.year, dates.month, dates.day, dates.precision, dates.printed, prints)
