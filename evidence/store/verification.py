"""Whether everything in a workspace is what its manifests say: bytes, raw files, links."""

from __future__ import annotations

from pathlib import Path

from evidence.errors import SnapshotError, SnapshotMissingError
from evidence.store.raw import verify_runs
from evidence.store.snapshots import (
    FileFault,
    current_id,
    list_snapshots,
    open_snapshot,
    verify_snapshot,
)

__all__ = ["verify_workspace"]


def verify_workspace(workspace: Path) -> list[FileFault]:
    """Return every fault of a workspace; an empty list where all is well.

    Raises
    ------
    SnapshotMissingError
        There is no snapshot to verify.
    """
    current, known = current_id(workspace), list_snapshots(workspace)
    if current is None and not known:
        raise SnapshotMissingError(f"no snapshot in {workspace}: run 'python -m evidence build'")
    faults = []
    if current is None or current not in known:
        faults.append(FileFault("current", f"names {current!r}, which is not there"))
    for snapshot_id in known:
        try:
            snapshot = open_snapshot(workspace, snapshot_id)
            faults += verify_snapshot(snapshot)
            faults += verify_runs(workspace, snapshot.manifest.get("runs") or {})
        except SnapshotError as error:
            faults.append(FileFault(f"{snapshot_id}/manifest.json", error.message))
            continue
        parent = snapshot.manifest.get("parent_id")
        if parent is not None and parent not in known:
            faults.append(FileFault(f"{snapshot_id}/manifest.json", f"parent {parent} is missing"))
    return sorted(set(faults), key=lambda fault: (fault.file, fault.problem))
