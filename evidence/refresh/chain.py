"""The chain of runs behind a snapshot: read, checked, and continued by the next number."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evidence.errors import SnapshotDamagedError, SnapshotMissingError
from evidence.refresh.holdings import RunRecord
from evidence.refresh.plan import RunPlan
from evidence.store.raw import RECORD, RunFolder, list_run_folders, remove_run
from evidence.store.snapshots import list_snapshots, open_snapshot

__all__ = ["open_run", "plan_next_run", "read_runs", "run_summary", "runs_of_current", "tidy_run"]

PLAN = "plan.json"
STARTED = "started.json"
FAILED = "failed.json"
SEARCHES = "search-*.json"
RESUMABLE = timedelta(hours=24)


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


def open_run(
    workspace: Path, run_id: str, plan: Mapping[str, Any], now: datetime
) -> tuple[RunFolder, str]:
    """Return the folder of a run, and when it began.

    Where the same plan was interrupted, all that is kept is gone on from. Where the registry or
    the question was changed since, the searches are sent again and the records are kept. What is
    older than a day is removed: records may have changed, and the run would bear that old day.
    """
    folder = RunFolder(workspace, run_id)
    started = _started_at(folder, now)
    if started is None:
        remove_run(workspace, run_id)
        folder.create()
        started = now.astimezone(UTC).isoformat(timespec="seconds")
        folder.write_json(STARTED, {"started_at": started})
    elif not _has_plan(folder, plan):
        for pattern in (SEARCHES, RECORD, FAILED):
            folder.remove(pattern)
    folder.remove(".*")  # halves that a kill left
    folder.mend_journal()
    folder.write_json(PLAN, plan)
    return folder, started


def _started_at(folder: RunFolder, now: datetime) -> str | None:
    """Return when a run that can be gone on from began, None where there is none."""
    try:
        found = folder.read_json(STARTED)
    except SnapshotDamagedError:
        return None
    if found is None or now - datetime.fromisoformat(found["started_at"]) > RESUMABLE:
        return None
    return str(found["started_at"])


def _has_plan(folder: RunFolder, plan: Mapping[str, Any]) -> bool:
    """Return whether a folder was begun for a plan."""
    try:
        return bool(folder.read_json(PLAN) == json.loads(json.dumps(plan)))
    except SnapshotDamagedError:
        return False


def tidy_run(folder: RunFolder, record: RunRecord) -> None:
    """Remove what only an unfinished run needs, and raw files that did not come to count."""
    for pattern in (SEARCHES, FAILED, ".*"):
        folder.remove(pattern)
    folder.keep_xml({batch["sha256"] for batch in record["batches"]})


def plan_next_run(
    workspace: Path, parents: Sequence[str], plan_run: Callable[[str], RunPlan], now: datetime
) -> RunPlan:
    """Return the plan of the run after a chain's last.

    A number that another snapshot rests on is passed over, unless it is this very run: it was
    killed between its snapshot's renaming and the switch to it, and the same snapshot comes of it.

    Parameters
    ----------
    workspace
        Folder that holds ``raw``.
    parents
        Numbers of the chain's runs.
    plan_run
        Makes the plan of a run with a number.
    now
        The time.
    """
    number = max((int(run_id.rsplit("-", 1)[1]) for run_id in parents), default=0) + 1
    folders = set(list_run_folders(workspace))
    while True:
        plan = plan_run(f"run-{number:04d}")
        if plan.run_id not in folders or not _is_published(workspace, plan.run_id):
            return plan
        folder = RunFolder(workspace, plan.run_id)
        if _started_at(folder, now) is not None and _has_plan(folder, plan.document()):
            return plan
        number += 1


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
