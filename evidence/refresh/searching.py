"""The searches of a run: each query once or twice, in slices where needed, kept when complete."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from evidence.errors import QueryRefusedError
from evidence.refresh.holdings import Holdings
from evidence.refresh.plan import QueryPlan
from evidence.refresh.progress import Report, Stage
from evidence.sources.entrez import EntrezClient, SearchReply
from evidence.sources.pubmed_search import CompleteSearch, DateRange, SearchResult, SliceRequest
from evidence.sources.workers import Job, run_jobs
from evidence.store.raw import RunFolder

__all__ = ["needed_pmids", "search_queries"]

NEW, CHANGED = "crdt", "mdat"
_NOTHING = "No items found."
_MOST_LEFT_OUT = 2_000
"""Ids that one query names at most, to keep it of a length that PubMed reads."""


class _QuerySearch:
    """The searches of one query, and what they found so far."""

    def __init__(self, plan: QueryPlan, holdings: Holdings, today: date) -> None:
        self.plan = plan
        self.searches = _searches(plan, holdings, today)
        self.results: dict[int, SearchResult] = {}

    def document(self) -> dict[str, Any]:
        """Return the complete searches as JSON."""
        plan = self.plan
        return {
            "text": plan.text,
            "sha256": plan.sha256,
            "claim_ids": list(plan.claim_ids),
            "question_ids": list(plan.question_ids),
            "since": plan.since.isoformat() if plan.since else None,
            "is_gapless": plan.is_gapless,
            "searches": [_search_document(self.results[i]) for i in sorted(self.results)],
        }


def search_queries(
    client: EntrezClient,
    plans: Sequence[QueryPlan],
    holdings: Holdings,
    folder: RunFolder,
    report: Report,
    *,
    today: date,
    n_threads: int,
    stop: threading.Event,
) -> dict[str, dict[str, Any]]:
    """Return each query's complete searches; those kept by an interrupted run are not sent again.

    Raises
    ------
    SearchIncompleteError
        A search cannot be proved complete.
    QueryRefusedError
        PubMed cannot read a query; the message names its claim.
    """
    searching = _Searching(client, folder, report, plans)
    queries = [_QuerySearch(plan, holdings, today) for plan in searching.open_plans()]
    run_jobs([job for query in queries for job in searching.first_jobs(query)], n_threads, stop)
    return searching.found


class _Searching:
    """Sends the searches of all queries, and keeps each query's when they are complete."""

    def __init__(
        self,
        client: EntrezClient,
        folder: RunFolder,
        report: Report,
        plans: Sequence[QueryPlan],
    ) -> None:
        self._client = client
        self._folder = folder
        self._report = report
        self._plans = plans
        kept = ((plan.query_id, folder.read_json(_file(plan.query_id))) for plan in plans)
        self.found: dict[str, dict[str, Any]] = {q: found for q, found in kept if found}
        self._tell()

    def open_plans(self) -> list[QueryPlan]:
        """Return the queries that are not complete yet."""
        return [plan for plan in self._plans if plan.query_id not in self.found]

    def first_jobs(self, query: _QuerySearch) -> list[Job[SearchReply]]:
        """Return the first request of each search of a query."""
        return [self._job(query, i, search.first()) for i, search in enumerate(query.searches)]

    def _job(self, query: _QuerySearch, index: int, request: SliceRequest) -> Job[SearchReply]:
        return Job(
            partial(_send, self._client, query.plan, request),
            partial(self._take, query, index, request),
        )

    def _take(
        self, query: _QuerySearch, index: int, request: SliceRequest, reply: SearchReply
    ) -> Iterable[Job[SearchReply]]:
        search = query.searches[index]
        following = search.take(request, reply)
        if not following and search.is_complete:
            query.results[index] = search.result()
            if len(query.results) == len(query.searches):
                self._keep(query)
        return [self._job(query, index, part) for part in following]

    def _keep(self, query: _QuerySearch) -> None:
        document = query.document()
        self._folder.write_json(_file(query.plan.query_id), document, compact=True)
        self.found[query.plan.query_id] = document
        self._tell()

    def _tell(self) -> None:
        self._report.tell(Stage.SEARCHING, len(self.found), len(self._plans))


def _file(query_id: str) -> str:
    return f"search-{query_id}.json"


def _searches(plan: QueryPlan, holdings: Holdings, today: date) -> list[CompleteSearch]:
    """Return the searches of a query: all of it, or what is new and what is changed."""
    if plan.since is None:
        return [CompleteSearch(plan.name, plan.text, None, today=today)]
    known = _known_terms(plan, holdings)
    return [
        CompleteSearch(plan.name, plan.text, DateRange(NEW, plan.since), today=today),
        CompleteSearch(
            plan.name, plan.text, DateRange(CHANGED, plan.since), today=today, without=known
        ),
    ]


def _known_terms(plan: QueryPlan, holdings: Holdings) -> list[str]:
    """Return terms that leave out what is held as PubMed has it: the same day of change.

    Without them a record that was changed in the overlap would be found, and fetched, each time;
    with the day beside the id, one that is changed again is found.
    """
    assert plan.since is not None
    by_day: dict[str, list[str]] = {}
    for pmid in holdings.matching.get(plan.query_id, ()):
        mdat = holdings.records[pmid].mdat
        if mdat is not None and len(mdat) == 10 and mdat >= plan.since.isoformat():
            by_day.setdefault(mdat, []).append(pmid)
    terms, left = [], _MOST_LEFT_OUT
    for day in sorted(by_day, reverse=True):
        pmids = sorted(by_day[day], key=int)[:left]
        left -= len(pmids)
        if pmids:
            on = date.fromisoformat(day)
            ids = " OR ".join(f"{pmid}[uid]" for pmid in pmids)
            terms.append(f"NOT ({DateRange(CHANGED, on, on)} AND ({ids}))")
    return terms


def _send(client: EntrezClient, plan: QueryPlan, request: SliceRequest) -> SearchReply:
    """Send one request; a refusal names the claim."""
    try:
        return client.search(request.term)
    except QueryRefusedError as error:
        if request.term == request.plain_term:
            raise QueryRefusedError(f"{plan.name}: {error}") from error
    return client.search(request.plain_term)


def _search_document(result: SearchResult) -> dict[str, Any]:
    return {
        "field": result.dates.field if result.dates else None,
        "dates": str(result.dates) if result.dates else None,
        "term": result.term,
        "count": result.count,
        "translation": result.translation,
        # That nothing is new is no warning; that nothing was ever found is one.
        "warnings": [w for w in result.warnings if not (result.dates and w == _NOTHING)],
        "slices": [[str(dates), count] for dates, count in result.slices],
        "pmids": list(result.pmids),
    }


def needed_pmids(queries: Mapping[str, Mapping[str, Any]], holdings: Holdings) -> list[str]:
    """Return the records to fetch, each once, in the order of their numbers.

    Everything of a search for all; else what is not held, and what a search for changes lists.
    """
    needed: set[str] = set()
    for query in queries.values():
        for search in query["searches"]:
            listed = set(search["pmids"])
            needed |= listed - set(holdings.records) if search["field"] == NEW else listed
    return sorted(needed, key=int)
