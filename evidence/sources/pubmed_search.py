"""A search that is proved complete: sliced by date until each slice fits, and added up.

PubMed lists the first 9,999 records of a query. A query with more is asked again in slices of a
date field; the slices' counts must add up to the query's count, and every id must be listed. This
module decides what to ask next and judges the answers; sending is somebody else's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from evidence.errors import SearchIncompleteError
from evidence.sources.entrez import MAX_SEARCHED, SearchReply

__all__ = ["CompleteSearch", "DateRange", "SearchResult", "SliceRequest"]

_AIM = 7_000
"""Records that a slice should hold, below the most so that uneven years fit too."""
_EARLIEST = date(1800, 1, 1)
_DENSE_FROM = date(1966, 1, 1)
"""Before it PubMed holds so little that a slice is not spent on it."""
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days of one date field, both ends included; without an end it is open."""

    field: str
    """``crdt`` (added), ``mdat`` (changed), ``edat`` or ``dp``."""
    first: date
    last: date | None = None

    def __str__(self) -> str:
        last = self.last.strftime("%Y/%m/%d") if self.last else "3000"
        return f'("{self.first:%Y/%m/%d}"[{self.field}] : "{last}"[{self.field}])'

    def split(self, n: int, today: date) -> list[DateRange]:
        """Return up to n ranges that together are this one; a single day cannot be split."""
        low = (
            max(self.first, _DENSE_FROM)
            if self.last is None or self.last > _DENSE_FROM
            else self.first
        )
        high = max(low, min(self.last or date.max, today + timedelta(days=1)))
        days = (high - low).days + 1
        n = min(n, days)
        if n < 2:
            return [self]
        starts = [low + timedelta(days=days * i // n) for i in range(1, n)]
        firsts = [self.first, *starts]
        lasts = [*(start - timedelta(days=1) for start in starts), self.last]
        return [DateRange(self.field, a, b) for a, b in zip(firsts, lasts, strict=True)]


@dataclass(frozen=True, slots=True)
class SliceRequest:
    """One ESearch to send."""

    term: str
    dates: DateRange | None
    plain_term: str
    """The same with nothing left out, for a server that does not know ids as terms."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A complete search."""

    term: str
    dates: DateRange | None
    count: int
    pmids: tuple[str, ...]
    """In the order of their numbers."""
    translation: str
    warnings: tuple[str, ...]
    slices: tuple[tuple[DateRange, int], ...]
    """Empty where one request was enough."""


class CompleteSearch:
    """One query, asked until it is proved complete.

    Parameters
    ----------
    name
        Whose query it is, for messages.
    query
        The query without dates.
    dates
        The days that are asked about; None asks for all.
    without
        ``NOT (…)`` terms whose records are left out: known already.
    today
        Where open ranges are cut.
    """

    def __init__(
        self,
        name: str,
        query: str,
        dates: DateRange | None,
        *,
        today: date,
        without: Sequence[str] = (),
    ) -> None:
        self._name = name
        self._query = query
        self._dates = dates
        self._today = today
        self._without = tuple(without)
        self._rounds = 0
        self._start()

    def _start(self) -> None:
        self._whole: SearchReply | None = None
        self._open = 1
        self._leaves: list[tuple[DateRange, SearchReply]] = []

    def first(self) -> SliceRequest:
        """Return the first request."""
        return self._request(self._dates)

    def take(self, request: SliceRequest, reply: SearchReply) -> list[SliceRequest]:
        """Take a reply and return what to ask next; nothing where the search is complete.

        Raises
        ------
        SearchIncompleteError
            It cannot be proved complete.
        """
        self._open -= 1
        if self._whole is None:
            self._whole = reply
        if reply.count > MAX_SEARCHED:
            parts = self._parts(request, reply)
            self._open += len(parts)
            return parts
        self._leaves.append((request.dates or DateRange("crdt", _EARLIEST), reply))
        return [] if self._open or self._adds_up() else self._again()

    @property
    def is_complete(self) -> bool:
        """Return whether nothing is left to ask."""
        return not self._open and self._adds_up()

    def result(self) -> SearchResult:
        """Return the complete search."""
        assert self._whole is not None
        assert not self._open
        slices = sorted(
            ((dates, reply.count) for dates, reply in self._leaves), key=lambda s: s[0].first
        )
        return SearchResult(
            self.first().term,
            self._dates,
            self._whole.count,
            tuple(sorted(self._ids(), key=int)),
            self._whole.translation,
            self._whole.warnings,
            tuple(slices) if len(slices) > 1 else (),
        )

    def _parts(self, request: SliceRequest, reply: SearchReply) -> list[SliceRequest]:
        """Return the slices of a request that counts too many."""
        dates = request.dates or DateRange("crdt", _EARLIEST)
        parts = dates.split(max(2, math.ceil(reply.count / _AIM)), self._today)
        if len(parts) < 2:
            raise SearchIncompleteError(
                f"{self._name}: {reply.count} records in {dates}, and PubMed lists "
                f"{MAX_SEARCHED} at most; narrow the query in the registry"
            )
        return [self._request(part) for part in parts]

    def _adds_up(self) -> bool:
        """Return whether the slices list as many different ids as the query counts.

        Every slice lists as many as it counts, so their counts add up as well, but for a record
        that stands in two slices because its date was changed in between.
        """
        return self._whole is not None and len(self._ids()) == self._whole.count

    def _ids(self) -> set[str]:
        return {pmid for _, reply in self._leaves for pmid in reply.pmids}

    def _again(self) -> list[SliceRequest]:
        """Ask all again: a record may have been added while the slices were asked for."""
        self._rounds += 1
        if self._rounds == _ROUNDS:
            assert self._whole is not None
            total = sum(reply.count for _, reply in self._leaves)
            raise SearchIncompleteError(
                f"{self._name}: PubMed counts {self._whole.count} records, its slices {total} with "
                f"{len(self._ids())} different ids, {_ROUNDS} times; try again later"
            )
        self._start()
        return [self.first()]

    def _request(self, dates: DateRange | None) -> SliceRequest:
        """Return what to send; PubMed reads AND and NOT from left to right."""
        plain = self._query if dates is None else f"({self._query}) AND {dates}"
        return SliceRequest(" ".join([plain, *self._without]), dates, plain)
