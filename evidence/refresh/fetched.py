"""All that complete runs hold, put together: the same object after a refresh and offline.

It is made from runs' records and raw files alone, so equal raw gives equal tables.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from evidence.errors import EvidenceError
from evidence.protocol import Protocol, parse_protocol
from evidence.records.pubmed_xml import parse_pubmed
from evidence.records.retractions import RetractionState, find_retractions
from evidence.refresh.chain import read_runs, run_summary
from evidence.refresh.holdings import Holdings, RunRecord, hold_runs
from evidence.refresh.joined import ParsedFile, join_files
from evidence.refresh.registers import RegisteredCount, count_registered
from evidence.refresh.rows import (
    found_records,
    prisma_rows,
    retracted_pmids,
    retraction_rows,
    search_rows,
)
from evidence.settings import Settings
from evidence.sources.icite import FIGURES
from evidence.store.raw import RunFolder
from evidence.store.registry import read_text_file
from evidence.vocabulary import RunStatus

__all__ = ["Fetched", "RegisteredCount", "build_fetched", "load_fetched"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a chain of runs holds together, and what its last run changed.

    Attributes
    ----------
    tables
        The parser's tables of every record held, each PMID once, by the order of PMIDs.
    unknown
        Elements that no declaration names, with how often they stood there.
    seen
        One row a record: ``pmid, first_seen_run, last_seen_run, raw_sha256, checked_on``.
    claim_records
        Claim to the PMIDs that match its query now.
    query_records
        Query to the PMIDs that match it now.
    query_claims
        Query of the last run to the claims that ask it.
    last_complete
        Claim to the day of its query's last complete search, None where there was none.
    searches, prisma_counts
        Rows of the tables of these names, of every run; of the flow its first boxes only.
    question_records
        Run, or cumulative, and question to the PMIDs that its searches listed.
    retractions
        Rows of the table of this name; ``record_id`` is the PMID, and what a state touches is
        not said yet.
    retraction_states
        The states behind them, those of records that are not held included.
    registered
        Question to its count of registered trials; empty where no register was reached.
    registered_trials
        The trials behind the counts, a row a question and trial.
    icite
        One row a record with its citation figures; shown, never used.
    runs
        What the manifest says of each run.
    new, changed, retracted, dropped
        PMIDs: fetched for the first time; held and now different (those newly retracted too);
        newly retracted; matched by some query before and by none now.
    failure
        Why the run failed; None for a complete one. Then the rest is what was held before it,
        with the failed run's searches.
    """

    run_id: str
    status: RunStatus
    tables: Mapping[str, pa.Table] = field(repr=False)
    unknown: Mapping[str, int]
    seen: pd.DataFrame = field(repr=False)
    claim_records: Mapping[str, tuple[str, ...]] = field(repr=False)
    query_records: Mapping[str, tuple[str, ...]] = field(repr=False)
    query_claims: Mapping[str, tuple[str, ...]] = field(repr=False)
    last_complete: Mapping[str, date | None]
    searches: Sequence[Mapping[str, Any]] = field(repr=False)
    prisma_counts: Sequence[Mapping[str, Any]] = field(repr=False)
    question_records: Mapping[tuple[str, str], frozenset[str]] = field(repr=False)
    retractions: Sequence[Mapping[str, Any]] = field(repr=False)
    retraction_states: Sequence[RetractionState] = field(repr=False)
    registered: Mapping[str, RegisteredCount]
    registered_trials: Sequence[Mapping[str, Any]] = field(repr=False)
    icite: Sequence[Mapping[str, Any]] = field(repr=False)
    runs: Mapping[str, Mapping[str, Any]] = field(repr=False)
    requests: int
    seconds: float
    new: tuple[str, ...] = field(repr=False)
    changed: tuple[str, ...] = field(repr=False)
    retracted: tuple[str, ...]
    dropped: tuple[str, ...] = field(repr=False)
    warnings: tuple[str, ...] = ()
    failure: EvidenceError | None = None

    @property
    def is_complete(self) -> bool:
        """Return whether the last run is complete."""
        return self.status is RunStatus.COMPLETE

    @property
    def as_of(self) -> date | None:
        """Return the day to which every claim is searched, None where one never was."""
        return _searched_to(self.last_complete.values())

    @property
    def n_records(self) -> int:
        """Return how many records are held."""
        return len(self.seen)

    def summary(self) -> str:
        """Return the run in a line."""
        if self.failure is not None:
            return f"failed: {self.failure}"
        counts = f"{len(self.new)} new, {len(self.changed)} changed"
        if self.retracted:
            counts += f", {len(self.retracted)} retracted"
        if self.dropped:
            counts += f", {len(self.dropped)} dropped"
        return f"{counts}, as of {self.as_of or 'no complete search yet'}"


def load_fetched(settings: Settings, manifest: Mapping[str, Any]) -> Fetched | None:
    """Return what the runs of a snapshot's manifest hold, read from disk; None without runs.

    Raises
    ------
    SnapshotDamagedError
        A raw file is missing or is not what its name says.
    """
    runs = manifest.get("runs") or {}
    if not runs:
        return None
    records = read_runs(settings.workspace, runs)
    return build_fetched(settings, records, read_files(settings.workspace, records))


def read_files(workspace: Path, records: Sequence[RunRecord]) -> list[ParsedFile]:
    """Return every raw file of runs, parsed, in the order of runs and batches."""
    files = []
    for record in records:
        folder = RunFolder(workspace, str(record["run_id"]))
        for batch in record["batches"]:
            digest = str(batch["sha256"])
            files.append((folder.run_id, digest, parse_pubmed(folder.read_xml(digest))))
    return files


def build_fetched(
    settings: Settings,
    records: Sequence[RunRecord],
    files: Sequence[ParsedFile],
    *,
    seconds: float = 0.0,
    requests: int | None = None,
    failed: RunRecord | None = None,
    failure: EvidenceError | None = None,
) -> Fetched:
    """Return what runs hold together.

    Parameters
    ----------
    settings
        Where ``raw`` and the protocol are.
    records, files
        The complete runs and all their raw files, in order.
    seconds, requests
        Of this very run; the requests of the last run's record if not given.
    failed, failure
        The record of a run that failed after them, and why.
    """
    before, now = hold_runs(records[:-1]), hold_runs(records)
    if failed is not None:
        before = now
    joined = join_files(files, now)
    last = failed or (records[-1] if records else None)
    shown = [*records, failed] if failed is not None else records
    queries = now.claim_queries()
    last_complete = {claim: now.last_complete.get(q) for claim, q in queries.items()}
    registered, trials = count_registered(
        now,
        joined.tables,
        months=_protocol(settings).whole("certainty.r5_registered_months"),
        as_of=_searched_to(last_complete.values()),
    )
    states = find_retractions(joined.tables)
    matching = {q: _in_order(pmids) for q, pmids in now.matching.items()}
    found = found_records(records, now)
    assert last is not None
    return Fetched(
        run_id=str(last["run_id"]),
        status=RunStatus.COMPLETE if failed is None else RunStatus.FAILED,
        tables=joined.tables,
        unknown=joined.unknown,
        seen=_seen(now),
        claim_records={c: matching.get(q, ()) for c, q in queries.items()},
        query_records={q: matching.get(q, ()) for q in now.active},
        query_claims={q: tuple(query["claim_ids"]) for q, query in last["queries"].items()},
        last_complete=last_complete,
        searches=search_rows(shown, failed),
        prisma_counts=prisma_rows(found),
        question_records={place: frozenset[str]().union(*lists) for place, lists in found.items()},
        retractions=retraction_rows(states, now.checked_on()),
        retraction_states=states,
        registered=registered,
        registered_trials=trials,
        icite=[
            {"pmid": pmid, **{name: now.icite[pmid].get(name) for name in (*FIGURES, "asked_on")}}
            for pmid in _in_order(now.icite)
        ],
        runs={str(r["run_id"]): run_summary(settings.workspace, r) for r in records},
        requests=int(last["requests"]) if requests is None else requests,
        seconds=seconds,
        new=_in_order(set(now.records) - set(before.records)),
        changed=_in_order(_changed(before, now)),
        retracted=_in_order(_newly_retracted(before, now, states, files)),
        dropped=_in_order(before.matched() - now.matched()),
        warnings=tuple(last["warnings"]),
        failure=failure,
    )


def _protocol(settings: Settings) -> Protocol:
    return parse_protocol(read_text_file(settings.protocol))


def _searched_to(days: Collection[date | None]) -> date | None:
    """Return the day to which every claim is searched, None where one never was."""
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _in_order(pmids: Any) -> tuple[str, ...]:  # noqa: ANN401 - any collection
    return tuple(sorted(pmids, key=int))


def _seen(holdings: Holdings) -> pd.DataFrame:
    checked = holdings.checked_on()
    rows = [
        (pmid, held.first_run_id, held.run_id, held.raw_sha256, checked[pmid].isoformat())
        for pmid, held in sorted(holdings.records.items(), key=lambda item: int(item[0]))
    ]
    columns = ["pmid", "first_seen_run", "last_seen_run", "raw_sha256", "checked_on"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _changed(before: Holdings, now: Holdings) -> set[str]:
    return {
        pmid
        for pmid, held in before.records.items()
        if pmid in now.records and now.records[pmid].digest != held.digest
    }


def _newly_retracted(
    before: Holdings,
    now: Holdings,
    states: Sequence[RetractionState],
    files: Sequence[ParsedFile],
) -> set[str]:
    """Return records that were held before the last run, and are retracted only since."""
    candidates = retracted_pmids(states) & set(before.records)
    if not candidates or before.run_ids == now.run_ids:
        return set()
    # A notice that was fetched later tells of a record that itself has not changed.
    last = now.run_ids[-1]
    earlier = join_files([file for file in files if file[0] != last], before)
    return candidates - retracted_pmids(find_retractions(earlier.tables))
