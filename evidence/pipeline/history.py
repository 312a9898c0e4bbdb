"""Verdicts over snapshots: what each claim's verdict was, when it changed, and why.

History is never stored: it comes from comparing the snapshots of a workspace, oldest first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from evidence.errors import UsageError
from evidence.pipeline.claim_index import CLAIM_INDEX, claim_index, is_retracted
from evidence.pipeline.claim_index import COLUMNS as INDEXED
from evidence.protocol import Protocol
from evidence.store.snapshots import Snapshot, list_snapshots, open_snapshot
from evidence.tables import row_dicts
from evidence.verdict.living import ClaimState, triggers
from evidence.vocabulary import Certainty, VerdictWord

__all__ = ["Change", "claim_history", "compare_snapshots", "history_table"]

FIRST = "first computation"
VERDICT_COLUMNS = (
    "claim_id",
    "quote",
    "verdict",
    "certainty",
    "index_review_id",
    "protocol_sha256",
    "review_state",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a claim's verdict: the snapshot that brought it, and why."""

    claim_id: str
    version: int
    snapshot_id: str
    changed_at: str
    verdict: str
    certainty: str | None
    because: tuple[str, ...]
    studies_added: tuple[str, ...]
    studies_removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """One claim in one snapshot."""

    state: ClaimState
    held: pa.ListScalar
    """The studies of its strata as the index holds them; few are ever asked for."""
    inputs: tuple[str, ...]
    protocol: str | None
    review_state: str | None

    @property
    def studies(self) -> frozenset[str]:
        """Return the studies of its strata."""
        return frozenset(self.held.as_py())


def history_table(workspace: Path, protocol: Protocol) -> pd.DataFrame:
    """Return ``verdict_history``: a row a version of every claim's verdict, oldest first."""
    rows: list[dict[str, Any]] = []
    for change in _changes(_snapshots(workspace), protocol):
        rows.append(
            {
                "claim_id": change.claim_id,
                "verdict_version": change.version,
                "verdict": change.verdict,
                "certainty": change.certainty,
                "changed_at": change.changed_at,
                "trigger": "; ".join(change.because),
                "studies_added": list(change.studies_added),
                "studies_removed": list(change.studies_removed),
                "changed_inputs": list(change.because[1:]) or None,
                "changed_by": "rules",
            }
        )
    columns = ["claim_id", "verdict_version", "verdict", "certainty", "changed_at", "trigger",
               "studies_added", "studies_removed", "changed_inputs", "changed_by"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values(
        ["claim_id", "verdict_version"], ignore_index=True
    )


def claim_history(workspace: Path, claim_id: str, protocol: Protocol) -> list[dict[str, Any]]:
    """Return what ``history CLAIM`` prints, oldest first.

    Raises
    ------
    UsageError
        No snapshot holds the claim.
    """
    found = [c for c in _changes(_snapshots(workspace), protocol) if c.claim_id == claim_id]
    if not found:
        raise UsageError(f"no snapshot in {workspace} holds the claim {claim_id!r}")
    return [
        {
            "snapshot_id": change.snapshot_id,
            "verdict": change.verdict,
            "certainty": change.certainty,
            "because": list(change.because),
        }
        for change in found
    ]


def compare_snapshots(before: Snapshot, after: Snapshot, protocol: Protocol) -> dict[str, Any]:
    """Return what ``diff A B`` prints: verdicts, studies and records that differ."""
    then = {seen.state.claim_id: seen for seen in _seen(before)}
    verdicts = []
    for seen in _seen(after):
        old = then.get(seen.state.claim_id)
        because = _because(old, seen, protocol)
        if because:
            verdicts.append(
                {
                    "claim_id": seen.state.claim_id,
                    "before": None if old is None else str(old.state.word),
                    "after": str(seen.state.word),
                    "because": list(because),
                }
            )
    studies = [set(s.read("studies", ["study_id"])["study_id"]) for s in (before, after)]
    return {
        "verdicts": verdicts,
        "studies": {
            "added": sorted(studies[1] - studies[0]),
            "removed": sorted(studies[0] - studies[1]),
        },
        "records": record_changes(before, after),
    }


def record_changes(before: Snapshot, after: Snapshot) -> dict[str, list[str]]:
    """Return PMIDs that are new, changed, retracted or dropped between two snapshots."""
    then, now = (_records(snapshot) for snapshot in (before, after))
    both = now.keys() & then.keys()
    retracted = {pmid for pmid, row in now.items() if is_retracted(row["retraction_status"])}
    was = {pmid for pmid in both if is_retracted(then[pmid]["retraction_status"])}
    return {
        "new": sorted(now.keys() - then.keys()),
        "changed": sorted(pmid for pmid in both if now[pmid]["mdat"] != then[pmid]["mdat"]),
        "retracted": sorted(retracted - was),
        "dropped": sorted(then.keys() - now.keys()),
    }


def _records(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """Return what is compared of each record, by PMID."""
    rows = row_dicts(snapshot.read("records", ["pmid", "mdat", "retraction_status"]))
    return {row["pmid"]: row for row in rows if row["pmid"] is not None}


def _snapshots(workspace: Path) -> list[Snapshot]:
    """Return every snapshot of a workspace, oldest first."""
    return [open_snapshot(workspace, snapshot_id) for snapshot_id in list_snapshots(workspace)]


def _changes(snapshots: Sequence[Snapshot], protocol: Protocol) -> list[Change]:
    """Return each version of every claim's verdict over some snapshots, oldest first."""
    found: list[Change] = []
    last: dict[str, tuple[_Seen, int]] = {}
    for snapshot in snapshots:
        for seen in _seen(snapshot):
            claim_id = seen.state.claim_id
            before, version = last.get(claim_id, (None, 0))
            because = _because(before, seen, protocol)
            if because:
                version += 1
                found.append(_change(snapshot, before, seen, version, because))
            last[claim_id] = (seen, version)
    return found


def _change(
    snapshot: Snapshot, before: _Seen | None, seen: _Seen, version: int, because: tuple[str, ...]
) -> Change:
    """Return one version."""
    then = frozenset[str]() if before is None else before.studies
    now = frozenset[str]() if before is None else seen.studies
    return Change(
        claim_id=seen.state.claim_id,
        version=version,
        snapshot_id=snapshot.snapshot_id,
        changed_at=str(snapshot.manifest["written_at"]),
        verdict=str(seen.state.word),
        certainty=None if seen.state.certainty is None else str(seen.state.certainty),
        because=because,
        studies_added=tuple(sorted(now - then)),
        studies_removed=tuple(sorted(then - now)),
    )


def _because(before: _Seen | None, seen: _Seen, protocol: Protocol) -> tuple[str, ...]:
    """Return why a verdict has a new version, nothing where it has none."""
    if before is None:
        return (FIRST,)
    reasons = [trigger.reason for trigger in triggers(before.state, seen.state, protocol)]
    if before.review_state != seen.review_state:
        reasons.append(f"{before.review_state} became {seen.review_state}")
    if not reasons:
        return ()
    if before.protocol != seen.protocol:
        reasons.append("the protocol changed")
    if before.inputs != seen.inputs:
        reasons.append("the figures of its strata changed")
    return tuple(reasons)


def _texts(snapshot: Snapshot) -> dict[str, str]:
    """Return of each claim its quote and the paragraph around it, which may qualify it."""
    claims = snapshot.read("claims", ["claim_id", "document_id", "sentence_id", "quote"])
    columns = ["sentence_id", "document_id", "paragraph", "char_start", "text"]
    sentences = snapshot.read("sentences", columns).sort_values("char_start", kind="stable")
    of_paragraph: dict[tuple[str, int], list[str]] = {}
    places: dict[str, tuple[str, int]] = {}
    for row in row_dicts(sentences):
        place = (row["document_id"], row["paragraph"])
        places[row["sentence_id"]] = place
        of_paragraph.setdefault(place, []).append(row["text"])
    found = {}
    for row in row_dicts(claims):
        place = places.get(row["sentence_id"] or "", ("", -1))
        found[row["claim_id"]] = "\n".join([row["quote"], *of_paragraph.get(place, ())])
    return found


def _review_years(snapshot: Snapshot, ids: Collection[str]) -> dict[str, int]:
    """Return the year to which each of some reviews searched."""
    found = snapshot.read("reviews", ["review_id", "search_date"], {"review_id": ids})
    return {
        row["review_id"]: int(row["search_date"][:4])
        for row in row_dicts(found)
        if row["search_date"]
    }


def _index(snapshot: Snapshot) -> pa.Table:
    """Return the index of a snapshot's claims; one written without it is made of its tables."""
    mapped = snapshot.map_index(CLAIM_INDEX)
    if mapped is not None:
        return mapped
    tables = {name: snapshot.read(name, columns) for name, columns in INDEXED.items()}
    return claim_index(tables)[CLAIM_INDEX]


def _seen(snapshot: Snapshot) -> list[_Seen]:
    """Return every claim of a snapshot as triggers look at it."""
    verdicts = row_dicts(snapshot.read("claim_verdicts", VERDICT_COLUMNS))
    texts = _texts(snapshot)
    years = _review_years(snapshot, {row["index_review_id"] for row in verdicts} - {None})
    index = _index(snapshot)
    names = ("claim_id", "retracted", "inputs", "n", "since_review_n")
    rested = dict(zip(names, (index[name].to_pylist() for name in names), strict=True))
    at = {claim_id: place for place, claim_id in enumerate(rested["claim_id"])}
    found = []
    for row in verdicts:
        place = at[row["claim_id"]]
        certainty = row["certainty"]
        state = ClaimState(
            claim_id=row["claim_id"],
            word=VerdictWord(row["verdict"]),
            certainty=None if certainty is None else Certainty(certainty),
            retracted_study_ids=tuple(rested["retracted"][place]),
            index_review_id=row["index_review_id"],
            index_review_year=years.get(row["index_review_id"]),
            review_participants=rested["n"][place],
            since_review_participants=rested["since_review_n"][place] or 0,
            text_sha256=hashlib.sha256(texts[row["claim_id"]].encode()).hexdigest(),
        )
        found.append(
            _Seen(
                state,
                index["studies"][place],
                tuple(rested["inputs"][place]),
                row["protocol_sha256"],
                row["review_state"],
            )
        )
    return found
