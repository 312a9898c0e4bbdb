"""The chain of runs behind a snapshot: read, checked, and continued by the next number."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evidence.errors import SnapshotDamagedError, SnapshotMissingError
from evidence.refresh.holdings import RunRecord
from evidence.store.raw import RECORD, RunFolder, list_run_folders, remove_run
from evidence.store.snapshots import list_snapshots, open_snapshot

__all__ = ["open_run", "read_runs", "run_summary", "runs_of_current"]

PLAN = "plan.json"


def runs_of_current(workspace: Path) -> Mapping[str, Any]:
    """Return what the current snapshot's manifest says of its runs; nothing where there is none."""
    try:
        found = open_snapshot(workspace).manifest.get("runs", {})
    except SnapshotMissingError:
        return {}
    return found if isinstance(found, Mapping) else {}


def read_runs(workspace: Path, runs: Mapping[str, Any]) -> list[RunRecord]:
    """Return the records of a manifest's runs, in order.

    Raises
    ------
    SnapshotDamagedError
        A run's record is missing or is not what the manifest says.
    """
    records = []
    for run_id, about in sorted(runs.items()):
        folder = RunFolder(workspace, run_id)
        record = folder.read_json(RECORD)
        if record is None or folder.json_sha256(RECORD) != about["record_sha256"]:
            problem = "is missing" if record is None else "is not what the snapshot says"
            raise SnapshotDamagedError(
                f"{folder.path / RECORD}: {problem}; run 'python -m evidence refresh --full'"
            )
        records.append(record)
    return records


def open_run(workspace: Path, run_id: str, plan: Mapping[str, Any]) -> RunFolder:
    """Return the folder of a run: its own, half full, where it was interrupted; else an empty one.

    A folder of the same number and another plan is a run that no snapshot came of: the registry
    or the question was changed since. It is removed.
    """
    folder = RunFolder(workspace, run_id)
    try:
        is_same = folder.read_json(PLAN) == json.loads(json.dumps(plan))
    except SnapshotDamagedError:
        is_same = False
    if is_same:
        folder.remove(".*")  # halves that a kill left
        folder.mend_journal()
        return folder
    remove_run(workspace, run_id)
    folder.create()
    folder.write_json(PLAN, plan)
    return folder


def next_run_id(workspace: Path, parents: Sequence[str]) -> str:
    """Return the number after a chain's last; one that another snapshot rests on is passed over.

    >>> next_run_id(Path("nowhere"), ["run-0001", "run-0002"])
    'run-0003'
    """
    number = max((int(run_id.rsplit("-", 1)[1]) for run_id in parents), default=0) + 1
    folders = set(list_run_folders(workspace))
    while f"run-{number:04d}" in folders and _is_published(workspace, f"run-{number:04d}"):
        number += 1
    return f"run-{number:04d}"


def _is_published(workspace: Path, run_id: str) -> bool:
    """Return whether any snapshot rests on a run."""
    for snapshot_id in list_snapshots(workspace):
        try:
            if run_id in open_snapshot(workspace, snapshot_id).manifest.get("runs", {}):
                return True
        except SnapshotDamagedError:
            continue
    return False


def run_summary(workspace: Path, record: RunRecord) -> dict[str, Any]:
    """Return what a manifest says of a run."""
    return {
        "record_sha256": RunFolder(workspace, str(record["run_id"])).json_sha256(RECORD),
        "started_at": record["started_at"],
        "finished_at": record["finished_at"],
        "tool_version": record["tool_version"],
        "requests": record["requests"],
        "warnings": list(record["warnings"]),
        "raw_files": sorted({batch["sha256"] for batch in record["batches"]}),
        "queries": {
            query_id: {
                "text": query["text"],
                "since": query["since"],
                "counts": {search["field"]: search["count"] for search in query["searches"]},
                "translations": {
                    search["field"]: search["translation"] for search in query["searches"]
                },
            }
            for query_id, query in record["queries"].items()
        },
    }
