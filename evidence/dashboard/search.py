"""What the page of searches says of each query: sent, counted, fetched, and proved complete.

Counts and dates are cells of ``searches``; nothing is asked here, and a link to PubMed is followed
by the reader alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.dashboard import marks, reading, state
from evidence.dashboard.components import Head, table
from evidence.dashboard.reading import ClaimRow
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import RunStatus

__all__ = [
    "Certificate",
    "QuerySearches",
    "certificate",
    "duration",
    "last_search_html",
    "moment",
    "queries_in_state",
    "query_searches",
    "query_table",
    "question_words",
    "run_table",
    "unsent_query",
]

PUBMED = "https://pubmed.ncbi.nlm.nih.gov/?"
LONGEST_LINK = 4_000
"""Characters of an address that servers are sure to read."""
_SLICE = re.compile(r'\("([\d/]+)"\[(\w+)\] : "([\d/]+)"\[\w+\]\): (\d+)')
FIELD_WORDS = {"crdt": "added", "mdat": "changed", "edat": "entered", "dp": "published"}


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of a search, by date, and how many records PubMed reports for it."""

    field: str
    first: str
    last: str
    count: int


@dataclass(frozen=True, slots=True)
class QuerySearches:
    """One query: the claims that ask it, and its searches, oldest first."""

    query_id: str
    claims: tuple[ClaimRow, ...]
    searches: tuple[Mapping[str, Any], ...]

    @property
    def last(self) -> Mapping[str, Any]:
        """Return the newest search."""
        return self.searches[-1]

    @property
    def whole(self) -> Mapping[str, Any] | None:
        """Return the newest search for everything, None where there was none."""
        found = [row for row in self.searches if figures.is_missing(row["date_from"])]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whether a query is proved complete, and the proof in words."""

    is_complete: bool
    lines: tuple[str, ...]


@st.cache_resource(max_entries=8, show_spinner=False)
def _queries(folder: str, snapshot_id: str, picked: str) -> list[QuerySearches]:
    """Return the queries; the folder and id say of which snapshot."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    claims = reading.in_state(reading.claims(snapshot), picked)
    return query_searches(state.rows(snapshot, "searches"), claims)


def queries_in_state(snapshot: Snapshot, picked: str) -> list[QuerySearches]:
    """Return the queries of claims in a review state, made once for all readers."""
    return _queries(str(snapshot.folder), snapshot.snapshot_id, picked)


def query_searches(searches: pd.DataFrame, claims: Sequence[ClaimRow]) -> list[QuerySearches]:
    """Return each query that some of the claims ask now, in the order of the claims.

    Claims that ask for the same words share a query. A query that no claim asks any more is left
    out.
    """
    by_text: dict[str, list[ClaimRow]] = {}
    for row in claims:
        if row.get("query"):
            by_text.setdefault(str(row["query"]), []).append(row)
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in figures.records(searches.sort_values(["run_id", "query_id"])):
        groups.setdefault(str(record["query_id"]), []).append(record)
    found = [
        QuerySearches(query_id, tuple(by_text[text]), tuple(rows))
        for query_id, rows in groups.items()
        if (text := str(rows[-1]["query_text"])) in by_text
    ]
    order = {row.claim_id: place for place, row in enumerate(claims)}
    return sorted(found, key=lambda q: order[q.claims[0].claim_id])


def slices_of(text: Cell) -> list[Slice]:
    """Return the slices of a search, none where it was sent whole.

    >>> slices_of('("2001/01/01"[crdt] : "2010/12/31"[crdt]): 412')
    [Slice(field='crdt', first='2001/01/01', last='2010/12/31', count=412)]
    """
    if figures.is_missing(text):
        return []
    return [Slice(f, a, b, int(n)) for a, f, b, n in _SLICE.findall(str(text))]


def certificate(query: QuerySearches) -> Certificate:
    """Return whether the newest search of a query is proved complete, and why in words."""
    row = query.last
    listed = _count(row["count_reported"])
    fetched, missing = _count(row["n_fetched"]), _count(row["n_missing"])
    lines = [_since_line(row, listed)]
    whole = query.whole
    if whole is not None and whole is not row:
        lines.append(
            f"Everything was asked for on {marks.day(whole['run_at'])} ({whole['run_id']}): "
            f"{_records(_count(whole['count_reported']))}."
        )
    parts = slices_of(row["slices"])
    adds_up = True
    if figures.is_missing(row["date_from"]) and parts:
        total = sum(part.count for part in parts)
        adds_up = total == listed
        lines.append(
            f"{len(parts)} slices by date; their counts add up to {total:,}"
            + ("." if adds_up else f", not to {listed:,}.")
        )
    lines.append(_arrived_line(fetched, missing))
    is_complete = row["status"] == str(RunStatus.COMPLETE) and not missing and adds_up
    days = {str(claim.get("last_complete_search") or "") for claim in query.claims}
    if is_complete and days == {""}:
        is_complete = False
        lines.append("An earlier span of dates was left out, so the whole is not complete.")
    return Certificate(is_complete, tuple(lines))


def _count(value: Cell) -> int:
    return 0 if figures.is_missing(value) else int(value)


def _since_line(row: Mapping[str, Any], listed: int) -> str:
    if figures.is_missing(row["date_from"]):
        return f"The whole query: PubMed reports {_records(listed)}."
    counts = {
        part.field: f"{part.count:,} {FIELD_WORDS.get(part.field, part.field)}"
        for part in slices_of(row["slices"])
    }
    found = " and ".join(counts.values()) or _records(listed)
    return f"What is new since {marks.day(row['date_from'])}: {found}."


def _arrived_line(fetched: int, missing: int) -> str:
    if missing:
        return f"{fetched:,} arrived, {missing:,} did not."
    return f"All {fetched:,} arrived." if fetched else "Nothing was left to fetch."


def _records(n: int) -> str:
    return f"{n:,} record{'s' if n != 1 else ''}"


def pubmed_link(query: str) -> str:
    """Return a link that searches PubMed for a query, for the reader to follow."""
    address = PUBMED + urlencode({"term": query, "sort": "date"})
    if len(address) > LONGEST_LINK:
        return '<span class="q">too long for a link: copy the query into PubMed</span>'
    return marks.link(address, "search PubMed for it")


def unsent_query(row: ClaimRow) -> str:
    """Return the query of a claim that has not been sent, or why there is none."""
    query = row.get("query")
    if not query:
        return '<span class="q">no query: not testable</span>'
    return f"<code>{escape(str(query))}</code><br>{pubmed_link(str(query))}"


def query_table(queries: Sequence[QuerySearches]) -> str:
    """Return a table with a row a query."""
    heads = [Head("Asked by"), Head("Reported", "n", 80), Head("Fetched", "n", 70),
             Head("Missing", "n", 70), Head("Certificate", width=270),
             Head("Warnings of PubMed", width=150), Head("Last run", width=135)]  # fmt: skip
    return table(heads, [_query_cells(query) for query in queries], "Searches")


def _query_cells(query: QuerySearches) -> list[str]:
    row, proof = query.last, certificate(query)
    sign = "✓ complete" if proof.is_complete else "✗ not complete"
    warnings = list(row["warnings"] or []) if not figures.is_missing(row["warnings"]) else []
    return [
        _asked_by(query) + _sent(query),
        figures.count(row["count_reported"], "not reported"),
        figures.count(row["n_fetched"], "0"),
        _missing(row),
        f"<b>{sign}</b><br><small>{'<br>'.join(escape(line) for line in proof.lines)}</small>",
        "<br>".join(escape(str(w)) for w in warnings) or "none",
        f"{marks.day(row['run_at'])}<br><small>{marks.text(row['run_id'])}, "
        f"{marks.text(row['status'])}</small>",
    ]


def _missing(row: Mapping[str, Any]) -> str:
    n = _count(row["n_missing"])
    ids = [] if figures.is_missing(row["missing_ids"]) else list(row["missing_ids"] or [])
    if not n:
        return "0"
    shown = ", ".join(escape(str(i)) for i in ids[:20])
    more = f" and {n - 20:,} more" if n > 20 else ""
    return f"{n:,}<br><small>{shown}{more}</small>"


def _asked_by(query: QuerySearches) -> str:
    first, *others = query.claims
    also = f" <small>and {', '.join(row.label for row in others)}</small>" if others else ""
    return f"{escape(first.label)} {escape(str(first['statement']))}{also}"


def _sent(query: QuerySearches) -> str:
    """Return what was sent and how PubMed read it, to be opened."""
    row, whole = query.last, query.whole
    parts = [
        ("Query", f"<code>{marks.text(row['query_text'])}</code><br>{pubmed_link(str(row['query_text']))}"),
        ("PubMed's translation", f"<code>{marks.text((whole or row)['query_translation'], 'none given')}</code>"),
    ]  # fmt: skip
    if whole is not row:
        translation = marks.text(row["query_translation"], "none given")
        parts.append(("Of the last search", f"<code>{translation}</code>"))
    parts.append(("Slices", _slice_words(row)))
    parts.append(("Searches so far", _search_words(query)))
    pairs = "".join(f"<dt>{name}</dt><dd>{words}</dd>" for name, words in parts)
    return (
        f"<details><summary>query and translation<span class=vw> of {escape(query.claims[0].label)}"
        f'</span></summary><dl class="pairs" style="grid-template-columns:minmax(0,1fr);gap:0">{pairs}</dl></details>'
    )


def _slice_words(row: Mapping[str, Any]) -> str:
    parts = slices_of(row["slices"])
    if not parts:
        return "none: it was sent whole"
    lines = [
        f"{escape(FIELD_WORDS.get(part.field, part.field))} {_span(part)}: {part.count:,}"
        for part in parts
    ]
    return "<br>".join(lines)


def _span(part: Slice) -> str:
    first = marks.day(part.first.replace("/", "-"))
    if part.last == "3000":
        return f"since {first}"
    return f"{first} to {marks.day(part.last.replace('/', '-'))}"


def _search_words(query: QuerySearches) -> str:
    lines = [
        f"{marks.day(row['run_at'])}, {marks.text(row['run_id'])}: "
        + ("everything" if figures.is_missing(row["date_from"]) else "new and changed")
        + f", {_records(_count(row['count_reported']))}"
        for row in query.searches
    ]
    return "<br>".join(lines)


def last_search_html(snapshot: Snapshot, claims: Sequence[ClaimRow]) -> str:
    """Return how old the last complete search is, for all claims and for the oldest of them."""
    manifest = snapshot.manifest
    searched = manifest.get("last_complete_search")
    asked = [row for row in claims if row.get("query")]
    done = [row for row in asked if row.get("last_complete_search")]
    said = [marks.age(searched)]
    if done:
        said.append(f"<b>{len(done)}</b> of {len(asked)} claims that can be asked have been")
        oldest = min(str(row["last_complete_search"])[:10] for row in done)
        said.append(f"oldest of them <b>{marks.day(oldest)}</b>")
    open_ones = [row.label for row in asked if not row.get("last_complete_search")]
    if done and open_ones:
        said.append(f"not yet: {escape(', '.join(open_ones[:20]))}{' …' if len(open_ones) > 20 else ''}")  # fmt: skip
    spans = "".join(f"<span>{words}</span>" for words in said)
    return (
        f'<div class="facts">{spans}</div><div class="note">Green under 90 days, yellow from 90, '
        "red from 180: <b>current</b>, <b>ageing</b>, <b>out of date</b>.</div>"
    )


def run_table(manifest: Mapping[str, Any], searches: pd.DataFrame) -> str:
    """Return every run that the data set rests on, newest first; nothing where there is none."""
    runs = manifest.get("runs") or {}
    if not runs:
        return ""
    body = [
        _run_cells(str(run_id), about, searches[searches["run_id"] == run_id])
        for run_id, about in sorted(runs.items(), reverse=True)
    ]
    heads = [Head("Run"), Head("Began"), Head("Took", "n"), Head("Queries", "n"),
             Head("Records fetched", "n"), Head("Requests", "n"), Head("Warnings")]  # fmt: skip
    return table(heads, body, "Runs")


def _run_cells(run_id: str, about: Mapping[str, Any], rows: pd.DataFrame) -> list[str]:
    warnings = list(about.get("warnings") or [])
    took = seconds_between(about.get("started_at"), about.get("finished_at"))
    return [
        f"<code>{escape(run_id)}</code>",
        moment(about.get("started_at")),
        "" if took is None else duration(took),
        f"{len(about.get('queries') or {}):,}",
        f"{int(rows['n_fetched'].fillna(0).sum()):,}",
        f"{int(about.get('requests') or 0):,}",
        "<br>".join(escape(str(w)) for w in warnings) or "none",
    ]


def question_words(claims: Sequence[ClaimRow]) -> dict[str, str]:
    """Return each question in words: the claims that ask it, and what the first one states."""
    asking: dict[str, list[ClaimRow]] = {}
    for row in claims:
        if row.get("question_id"):
            asking.setdefault(str(row["question_id"]), []).append(row)
    return {
        question: f"{', '.join(row.label for row in rows)} {rows[0]['statement']}"
        for question, rows in asking.items()
    }


def moment(iso: Cell) -> str:
    """Return a time as people write it.

    >>> moment("2026-11-24T08:12:03+00:00")
    '24 November 2026, 08:12 UTC'
    """
    text = "" if figures.is_missing(iso) else str(iso)
    clock = f", {text[11:16]} UTC" if len(text) > 16 else ""
    return f"{marks.day(iso)}{clock}"


def duration(seconds: float) -> str:
    """Return how long something took.

    >>> duration(3.4), duration(125), duration(7260)
    ('3 s', '2 min 5 s', '2 h 1 min')
    """
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def seconds_between(first: Cell, last: Cell) -> float | None:
    """Return the seconds between two ISO times, None where one is missing."""
    if figures.is_missing(first) or figures.is_missing(last):
        return None
    return (datetime.fromisoformat(str(last)) - datetime.fromisoformat(str(first))).total_seconds()
