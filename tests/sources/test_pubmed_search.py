"""A search is complete when its slices add up, and says so when they do not."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.errors import SearchIncompleteError
from evidence.sources.entrez import MAX_SEARCHED, SearchReply
from evidence.sources.pubmed_search import CompleteSearch, DateRange, SearchResult

TODAY = date(2026, 10, 1)


def ask_all(search: CompleteSearch, created: dict[str, date]) -> SearchResult:
    """Answer every request from invented records, as PubMed would."""
    open_requests = [search.first()]
    n_asked = 0
    while open_requests:
        n_asked += 1
        assert n_asked < 200
        request = open_requests.pop()
        dates = request.dates
        pmids = [
            pmid
            for pmid, day in created.items()
            if dates is None or (dates.first <= day and (dates.last is None or day <= dates.last))
        ]
        reply = SearchReply(len(pmids), tuple(pmids[:MAX_SEARCHED]), "words", (), None)
        open_requests += search.take(request, reply)
    assert search.is_complete
    return search.result()


def on_days(n: int, first: date, days: int) -> dict[str, date]:
    return {str(i + 1): first + timedelta(days=i % days) for i in range(n)}


def test_one_request_is_enough_for_a_small_query():
    result = ask_all(CompleteSearch("q", "ache", None, today=TODAY), on_days(50, TODAY, 1))
    assert (result.count, result.slices, result.term) == (50, (), "ache")


def test_slices_are_closed_ranges_that_hold_every_record_once():
    search = CompleteSearch("q", "ache OR pain", None, today=TODAY)
    result = ask_all(search, on_days(25_000, date(2001, 1, 1), 9_000))
    assert result.count == sum(count for _, count in result.slices) == 25_000
    assert result.pmids == tuple(str(i + 1) for i in range(25_000))
    for (before, _), (after, _) in pairwise(result.slices):
        assert before.last is not None
        assert after.first - before.last == timedelta(days=1)
    assert result.slices[-1][0].last is None


def test_a_query_is_put_in_parentheses_before_its_dates():
    dates = DateRange("crdt", date(2026, 9, 24))
    search = CompleteSearch("q", "ache OR pain", dates, today=TODAY, without=["NOT (5[uid])"])
    request = search.first()
    assert request.plain_term == '(ache OR pain) AND ("2026/09/24"[crdt] : "3000"[crdt])'
    assert request.term == request.plain_term + " NOT (5[uid])"


def test_more_than_9999_records_of_one_day_cannot_be_listed():
    search = CompleteSearch("query of claim x", "ache", None, today=TODAY)
    with pytest.raises(SearchIncompleteError, match="query of claim x: 12000 records"):
        ask_all(search, on_days(12_000, TODAY, 1))


def test_a_record_in_two_slices_counts_once():
    search = CompleteSearch("q", "ache", None, today=TODAY)
    created = on_days(12_000, date(2001, 1, 1), 9_000)
    requests = [search.first()]
    while requests:
        request = requests.pop()
        pmids = [
            pmid
            for pmid, day in created.items()
            if request.dates is None
            or pmid == "7"
            or (request.dates.first <= day <= (request.dates.last or date.max))
        ]
        reply = SearchReply(len(pmids), tuple(pmids[:MAX_SEARCHED]), "", (), None)
        requests += search.take(request, reply)
    assert search.is_complete
    assert search.result().pmids == tuple(str(i + 1) for i in range(12_000))


def test_slices_that_never_add_up_fail_after_three_rounds():
    search = CompleteSearch("q", "ache", None, today=TODAY)
    asked = []

    def ask_until_it_gives_up() -> None:
        requests = [search.first()]
        while requests:
            request = requests.pop()
            asked.append(request)
            is_whole = request.dates is None
            pmids = () if is_whole else tuple(str(i) for i in range(5))
            reply = SearchReply(12_000 if is_whole else 5, pmids, "", (), None)
            requests.extend(search.take(request, reply))

    with pytest.raises(SearchIncompleteError, match=r"counts 12000 records, its slices 10 "):
        ask_until_it_gives_up()
    assert len(asked) == 9


@settings(max_examples=60, deadline=None)
@given(
    first=st.dates(date(1800, 1, 1), date(2026, 9, 30)),
    length=st.one_of(st.none(), st.integers(0, 90_000)),
    n=st.integers(2, 9),
)
def test_the_parts_of_a_range_are_the_range(first: date, length: int | None, n: int):
    last = None if length is None else min(first + timedelta(days=length), date(2999, 1, 1))
    whole = DateRange("crdt", first, last)
    parts = whole.split(n, TODAY)
    assert 1 <= len(parts) <= n
    assert (parts[0].first, parts[-1].last) == (first, last)
    for before, after in pairwise(parts):
        assert before.last is not None
        assert before.first <= before.last
        assert after.first - before.last == timedelta(days=1)


@settings(max_examples=25, deadline=None)
@given(
    chance=st.randoms(use_true_random=False),
    n=st.integers(0, 30_000),
    span=st.integers(20, 20_000),
)
def test_whatever_the_years_hold_the_slices_add_up(chance: Random, n: int, span: int):
    # A square makes the years uneven.
    created = {
        str(i + 1): date(1970, 1, 1) + timedelta(days=int(span * chance.random() ** 2))
        for i in range(n)
    }
    result = ask_all(CompleteSearch("q", "ache", None, today=TODAY), created)
    assert result.count == len(result.pmids) == n
