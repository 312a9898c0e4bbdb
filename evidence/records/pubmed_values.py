"""Values that PubMed writes in more ways than one: partial dates, months, ORCID iDs.

Both engines of the parser use these functions, so that a value means the same whichever read it.
This module knows nothing about XML or tables.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
_SEASONS = ("spring", "summer", "autumn", "fall", "winter")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_START = re.compile(
    r"\s*(?P<year>\d{4})(?:\s+(?P<month>[A-Za-z]{3,})(?:\s+(?P<day>\d{1,2})(?!\d))?)?"
)
_ORCID = re.compile(r"([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3}[0-9Xx])[ \n]*/?[ \n]*\Z")


class PartialDate(NamedTuple):
    """A date that is as precise as its source.

    Attributes
    ----------
    year, month, day
        Numbers as far as they were given and readable.
    iso
        ``2021-06-07``, ``2021-06`` or ``2021``; None where no year was read.
    precision
        day, month, season, year, or text where something was printed that holds no year.
    text
        What was printed, where it says more than numbers: a season, a range.
    """

    year: int | None
    month: int | None
    day: int | None
    iso: str | None
    precision: str | None
    text: str | None


NO_DATE = PartialDate(None, None, None, None, None, None)


@lru_cache(maxsize=65536)
def read_date(
    year: str | None,
    month: str | None = None,
    day: str | None = None,
    season: str | None = None,
    medline_date: str | None = None,
) -> PartialDate:
    """Return the date that PubMed's date elements spell; a range gives its beginning.

    >>> read_date("2021", "Jun", "7").iso
    '2021-06-07'
    >>> read_date(None, medline_date="1998 Dec-1999 Jan")[3:]
    ('1998-12', 'month', '1998 Dec-1999 Jan')
    """
    if medline_date is not None and year is None:
        return _read_medline_date(medline_date)
    number = _number(year)
    if number is None or not 1000 <= number <= 9999:
        return _without_year(year, month, day, season)
    month_number = read_month(month)
    day_number = _number(day) if month_number else None
    if season is not None and month_number is None:
        return PartialDate(number, None, None, str(number), "season", f"{year} {season}")
    unread = month is not None and month_number is None
    text = f"{year} {month}" if unread else None
    return _date_of(number, month_number, day_number, text)


def read_month(text: str | None) -> int | None:
    """Return the number of a month given as a number, an abbreviation or a name.

    >>> read_month("Sep"), read_month("09"), read_month("Sept-Oct")
    (9, 9, 9)
    """
    if text is None:
        return None
    number = _number(text)
    if number is not None:
        return number if 1 <= number <= 12 else None
    return _MONTHS.get(text.strip()[:3].lower())


def _read_medline_date(text: str) -> PartialDate:
    """Return the beginning of a date that MEDLINE prints in its own words."""
    start = _START.match(text)
    if start is None:
        found = _YEAR.search(text)
        year = int(found.group()) if found else None
        iso = str(year) if year else None
        return PartialDate(year, None, None, iso, "year" if year else "text", text)
    year, month = int(start["year"]), start["month"]
    number = read_month(month)
    if number is None and month is not None and month.lower() in _SEASONS:
        return PartialDate(year, None, None, str(year), "season", text)
    return _date_of(year, number, _number(start["day"]) if number else None, text)


def _date_of(year: int, month: int | None, day: int | None, text: str | None) -> PartialDate:
    """Return a date with the precision that the calendar allows."""
    if month is None:
        return PartialDate(year, None, None, f"{year:04d}", "year", text)
    if day is None or not _is_day(year, month, day):
        return PartialDate(year, month, None, f"{year:04d}-{month:02d}", "month", text)
    return PartialDate(year, month, day, f"{year:04d}-{month:02d}-{day:02d}", "day", text)


def _without_year(*parts: str | None) -> PartialDate:
    printed = " ".join(part for part in parts if part is not None)
    return PartialDate(None, None, None, None, "text", printed) if printed else NO_DATE


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _number(text: str | None) -> int | None:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() else None


def read_count(text: str | None) -> int | None:
    """Return a whole number that PubMed prints, None where it is something else."""
    number = _number(text)
    return number if number is None or number < 2**31 else None


def read_small(text: str | None) -> int | None:
    """Return a whole number below 32,768, such as a version, an hour or a minute."""
    number = _number(text)
    return number if number is None or number < 2**15 else None


def read_orcid(identifier: str | None) -> str | None:
    """Return the sixteen characters of an ORCID iD, however it was written.

    >>> read_orcid("http://orcid.org/0000000218250097")
    '0000-0002-1825-0097'
    """
    found = _ORCID.search(identifier or "")
    return "-".join(found.groups()).upper() if found else None


def read_flag(text: str | None) -> bool | None:
    """Return whether an attribute says Y; None where it is missing."""
    return None if text is None else text == "Y"
