"""Rows of the tables ``searches``, ``prisma_counts`` and ``retractions`` that runs leave behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from evidence.records.retractions import RetractionState
from evidence.refresh.holdings import Holdings, RunRecord, query_pmids, started_on
from evidence.vocabulary import RetractionStatus, RunStatus

__all__ = [
    "FoundRecords",
    "found_records",
    "prisma_rows",
    "retracted_pmids",
    "retraction_rows",
    "search_rows",
]

CUMULATIVE = "cumulative"
DATABASE = "PubMed"
_SHOWN_MISSING = 1_000
_RETRACTED = frozenset(
    {
        RetractionStatus.RETRACTED,
        RetractionStatus.PARTIALLY_RETRACTED,
        RetractionStatus.RETRACTED_REPUBLISHED,
    }
)


def search_rows(runs: Sequence[RunRecord], failed: RunRecord | None = None) -> list[dict[str, Any]]:
    """Return a row a run and query: what was asked, counted, listed and fetched."""
    return [
        _search_row(run, query_id, query, is_failed=run is failed)
        for run in runs
        for query_id, query in sorted(run["queries"].items())
    ]


def _search_row(
    run: RunRecord,
    query_id: str,
    query: Mapping[str, Any],
    *,
    is_failed: bool,
) -> dict[str, Any]:
    searches = query["searches"]
    found = query_pmids(query)
    missing = sorted((set(query.get("missing", ())) & found), key=int)
    started = started_on(run)
    return {
        "run_id": run["run_id"],
        "claim_id": query["claim_ids"][0],
        "query_id": query_id,
        "question_id": query["question_ids"][0] if query["question_ids"] else None,
        "database": DATABASE,
        "query_text": query["text"],
        "query_translation": searches[0]["translation"] if searches else None,
        "date_field": ", ".join(s["field"] for s in searches if s["field"]) or None,
        "date_from": query["since"],
        "date_to": started.isoformat(),
        "run_at": started.isoformat(),
        "count_reported": searches[0]["count"]
        if query["since"] is None and searches
        else len(found),
        "n_fetched": len(found) - len(missing),
        "n_missing": len(missing),
        "missing_ids": missing[:_SHOWN_MISSING] or None,
        "warnings": sorted({w for s in searches for w in s["warnings"]}) or None,
        "slices": "; ".join(part for s in searches for part in _slices(s)) or None,
        "status": str(RunStatus.FAILED if is_failed else RunStatus.COMPLETE),
        "tool_version": run["tool_version"],
        "query_sha256": query["sha256"],
    }


def _slices(search: Mapping[str, Any]) -> Iterable[str]:
    """Return a search's date slices with their counts, as text."""
    if search["slices"]:
        return [f"{dates}: {count}" for dates, count in search["slices"]]
    return [f"{search['dates']}: {search['count']}"] if search["dates"] else []


FoundRecords = Mapping[tuple[str, str], Sequence[set[str]]]
"""Run (or cumulative) and question to the PMIDs that each query of the question listed."""


def found_records(runs: Sequence[RunRecord], holdings: Holdings) -> FoundRecords:
    """Return what the searches for each question listed, per run and cumulative."""
    found: dict[tuple[str, str], list[set[str]]] = {}
    for run in runs:
        for query in run["queries"].values():
            for question_id in query["question_ids"]:
                place = (str(run["run_id"]), question_id)
                found.setdefault(place, []).append(query_pmids(query))
    for question_id, query_ids in _question_queries(runs, holdings).items():
        lists = [holdings.matching.get(q, set()) for q in query_ids]
        found[(CUMULATIVE, question_id)] = lists
    return found


def _question_queries(runs: Sequence[RunRecord], holdings: Holdings) -> dict[str, list[str]]:
    """Return the queries that ask for each question, as the registry had them last."""
    found: dict[str, dict[str, None]] = {}
    for run in runs:
        for query_id, query in run["queries"].items():
            if query_id in holdings.active:
                for question_id in query["question_ids"]:
                    found.setdefault(question_id, {})[query_id] = None
    return {question_id: list(query_ids) for question_id, query_ids in found.items()}


def prisma_rows(found: FoundRecords) -> list[dict[str, Any]]:
    """Return the flow's first boxes, per run and cumulative: identified, and duplicates."""
    rows = []
    for (run_id, question_id), lists in sorted(found.items()):
        identified = sum(len(pmids) for pmids in lists)
        distinct = len(set().union(*lists))
        for box, n in (
            ("database_results", identified),
            ("duplicates", identified - distinct),
        ):
            rows.append(
                {
                    "run_id": run_id,
                    "question_id": question_id,
                    "stage": "identification",
                    "box": box,
                    "n": n,
                    "reason": None,
                }
            )
    return rows


def retraction_rows(
    states: Iterable[RetractionState], checked_on: Mapping[str, date]
) -> list[dict[str, Any]]:
    """Return a row a held record and state; what it touches is for others to say."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for state in states:
        if state.pmid not in checked_on:
            continue
        row = {
            "record_id": state.pmid,
            "status": str(state.status),
            "source": f"PubMed: {state.said_by}",
            "notice_id": state.notice_pmid,
            "notice_date": state.notice_date,
            "reason": state.reason,
            "checked_at": checked_on[state.pmid].isoformat(),
        }
        rows.setdefault((state.pmid, str(state.status)), row)
    return list(rows.values())


def retracted_pmids(states: Iterable[RetractionState]) -> set[str]:
    """Return the records that are retracted, in whole or in part."""
    return {state.pmid for state in states if state.status in _RETRACTED}
