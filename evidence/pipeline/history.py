"""Verdicts over snapshots: what each claim's verdict was, when it changed, and why.

History is never stored: it comes from comparing the snapshots of a workspace, oldest first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from evidence.errors import UsageError
from evidence.pipeline.claim_index import CLAIM_INDEX, claim_index
from evidence.pipeline.claim_index import COLUMNS as INDEXED
from evidence.protocol import Protocol
from evidence.store.snapshots import Snapshot, list_snapshots, open_snapshot
from evidence.verdict.living import ClaimState, triggers
from evidence.vocabulary import Certainty, RetractionStatus, VerdictWord

__all__ = ["Change", "claim_history", "compare_snapshots", "history_table"]

FIRST = "first computation"


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
    row: Mapping[str, Any]
    """The claim's row of the index: inputs, protocol, review state."""

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
    then, now = (_changed_at(snapshot) for snapshot in (before, after))
    was, retracted = (
        snapshot.keys_with("records", "pmid", "retraction_status", RetractionStatus.RETRACTED)
        for snapshot in (before, after)
    )
    return {
        "new": sorted(now.keys() - then.keys()),
        "changed": sorted(pmid for pmid in now.keys() & then.keys() if now[pmid] != then[pmid]),
        "retracted": sorted(retracted - was),
        "dropped": sorted(then.keys() - now.keys()),
    }


def _changed_at(snapshot: Snapshot) -> dict[str, str]:
    """Return when each record was changed last, "" where it does not say, by PMID."""
    rows = snapshot.read("records", ["pmid", "mdat"]).dropna(subset=["pmid"])
    return dict(zip(rows["pmid"], rows["mdat"].fillna(""), strict=True))


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
    if before.row["review_state"] != seen.row["review_state"]:
        reasons.append(f"{before.row['review_state']} became {seen.row['review_state']}")
    if not reasons:
        return ()
    if before.row["protocol_sha256"] != seen.row["protocol_sha256"]:
        reasons.append("the protocol changed")
    if before.row["inputs"] != seen.row["inputs"]:
        reasons.append("the figures of its strata changed")
    return tuple(reasons)


def _index(snapshot: Snapshot) -> pa.Table:
    """Return the index of a snapshot's claims; one written without it is made of its tables."""
    mapped = snapshot.map_index(CLAIM_INDEX)
    if mapped is not None:
        return mapped
    tables = {name: snapshot.read(name, columns) for name, columns in INDEXED.items()}
    return claim_index(tables)[CLAIM_INDEX]


def _seen(snapshot: Snapshot) -> list[_Seen]:
    """Return every claim of a snapshot as triggers look at it."""
    index = _index(snapshot)
    rows = index.drop_columns(["studies"]).to_pylist()
    held = index["studies"]
    return [_Seen(_state(row), held[at], row) for at, row in enumerate(rows)]


def _state(row: Mapping[str, Any]) -> ClaimState:
    """Return a claim's row of the index as triggers look at it."""
    return ClaimState(
        claim_id=row["claim_id"],
        word=VerdictWord(row["verdict"]),
        certainty=None if row["certainty"] is None else Certainty(row["certainty"]),
        retracted_study_ids=tuple(row["retracted"]),
        index_review_id=row["index_review_id"],
        index_review_year=row["index_review_year"],
        review_participants=row["n"],
        since_review_participants=row["since_review_n"] or 0,
        text_sha256=row["text_sha256"],
    )
