"""What complete runs hold together: records, which query matches which, and up to which day.

A run's record (``run.json``) is a mapping:

- ``run_id``, ``parents`` (runs before it), ``started_at``, ``finished_at``, ``tool_version``
- ``active``: ids of the queries that the registry had, each with its ``claim_ids``
- ``queries``: by query id ``text``, ``sha256``, ``claim_ids``, ``question_ids``, ``since`` (None:
  all was asked for), ``is_gapless`` (nothing between the last complete search and ``since``) and
  ``searches``, each with ``field``, ``term``, ``count``, ``pmids``, ``translation``,
  ``warnings``, ``slices``
- ``batches``: ``sha256`` of each raw file and by PMID ``[digest of its bytes, mdat]``
- ``registered``, ``icite``: what the registers said, None where they were not reached
- ``requests``, ``warnings``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

__all__ = ["HeldRecord", "Holdings", "RunRecord", "hold_runs", "query_pmids", "started_on"]

RunRecord = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """One record as it was fetched last."""

    run_id: str
    raw_sha256: str
    digest: str
    mdat: str | None
    first_run_id: str


@dataclass(slots=True)
class Holdings:
    """What a chain of complete runs holds."""

    run_ids: list[str] = field(default_factory=list)
    records: dict[str, HeldRecord] = field(default_factory=dict)
    matching: dict[str, set[str]] = field(default_factory=dict)
    """Query id to the PMIDs that match it."""
    last_complete: dict[str, date] = field(default_factory=dict)
    """Query id to the day of its last complete search."""
    active: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Query id to its claims, as the registry had them at the last run."""
    registered: Mapping[str, Any] = field(default_factory=dict)
    registered_on: date | None = None
    icite: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """PMID to its citation figures, and ``asked_on``, the day of the run that asked last."""
    run_days: dict[str, date] = field(default_factory=dict)

    def matched(self) -> set[str]:
        """Return the PMIDs that match a query of the registry."""
        return set().union(*(self.matching.get(query_id, ()) for query_id in self.active))

    def checked_on(self) -> dict[str, date]:
        """Return the day on which each record was last known to be as PubMed has it.

        A record that a query matches is known by the query's last complete search, which would
        have shown a change; another one by the run that fetched it last.
        """
        days = {pmid: self.run_days[held.run_id] for pmid, held in self.records.items()}
        for query_id in self.active:
            day = self.last_complete.get(query_id)
            if day is not None:
                for pmid in self.matching[query_id]:
                    days[pmid] = max(days[pmid], day)
        return days

    def claim_queries(self) -> dict[str, str]:
        """Return the query of each claim."""
        return {claim: query for query, claims in self.active.items() for claim in claims}

    def add(self, run: RunRecord) -> None:
        """Add a complete run."""
        run_id = str(run["run_id"])
        self.run_ids.append(run_id)
        self.run_days[run_id] = started_on(run)
        for batch in run["batches"]:
            for pmid, (digest, mdat) in batch["records"].items():
                held = self.records.get(pmid)
                first = held.first_run_id if held else run_id
                self.records[pmid] = HeldRecord(run_id, batch["sha256"], digest, mdat, first)
        for query_id, query in run["queries"].items():
            found = query_pmids(query)
            if query["since"] is None:
                self.matching[query_id] = found
            else:
                self.matching.setdefault(query_id, set()).update(found)
            if query["is_gapless"]:
                self.last_complete[query_id] = started_on(run)
        self.active = run["active"]
        if run["registered"] is not None:
            self.registered, self.registered_on = run["registered"], started_on(run)
        if run["icite"] is not None:
            day = started_on(run).isoformat()
            self.icite.update({p: {**said, "asked_on": day} for p, said in run["icite"].items()})


def hold_runs(runs: Sequence[RunRecord]) -> Holdings:
    """Return what runs hold together, in their order."""
    holdings = Holdings()
    for run in runs:
        holdings.add(run)
    return holdings


def query_pmids(query: Mapping[str, Any]) -> set[str]:
    """Return every PMID that a query's searches listed."""
    return {pmid for search in query["searches"] for pmid in search["pmids"]}


def started_on(run: RunRecord) -> date:
    """Return the day on which a run began (UTC)."""
    return date.fromisoformat(str(run["started_at"])[:10])
