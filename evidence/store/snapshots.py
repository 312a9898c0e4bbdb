"""Snapshots: written once, checked, switched to by renaming one small file.

A snapshot is ``snapshots/<UTC time>-<12 hex>/`` with one Parquet file a table, index files made
of the tables, and ``manifest.json``. The hex is the start of the hash over its tables, so equal
content has an equal hash. An index is an Arrow file that is mapped into memory and not read, so
all readers of a computer share its pages. ``snapshots/current`` holds the id. Nothing here knows
what a table or an index means.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import ipc

from evidence.errors import (
    SnapshotDamagedError,
    SnapshotMissingError,
    WorkspaceFullError,
    WorkspaceNotWritableError,
)
from evidence.tables import TABLES, arrow_schema, conform

__all__ = [
    "FileFault",
    "Snapshot",
    "current_id",
    "list_snapshots",
    "open_snapshot",
    "verify_snapshot",
    "write_snapshot",
]

MANIFEST = "manifest.json"
ROW_GROUP = 20_000
"""Rows of a Parquet file that are read together: what is asked for by key reads few of them."""

Where = Mapping[str, Collection[str]]
"""Columns of text, and the values of each that are wanted."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot on disk; tables are read when asked for."""

    snapshot_id: str
    folder: Path
    manifest: Mapping[str, Any]

    def read(
        self, name: str, columns: Sequence[str] | None = None, where: Where | None = None
    ) -> pd.DataFrame:
        """Return a table, or only some columns or some rows of it.

        Parameters
        ----------
        columns
            The columns wanted; all of them where not given.
        where
            Only rows whose cells are among the given values. What the file says of its parts
            decides which of them are read at all, so rows asked for by key cost little.

        Raises
        ------
        SnapshotDamagedError
            The file is missing or is no Parquet file.
        """
        path = self.folder / f"{name}.parquet"
        wanted = list(columns) if columns else None
        try:
            if not where:
                return from_arrow(pq.read_table(path, columns=wanted))
            return from_arrow(_rows_where(path, wanted, where))
        except (OSError, pyarrow.ArrowException) as error:
            raise SnapshotDamagedError(f"{path}: cannot be read; run verify") from error

    def keys_with(self, name: str, key: str, column: str, word: str) -> set[str]:
        """Return the keys of the rows whose list in a column holds a word.

        Raises
        ------
        SnapshotDamagedError
            The file is missing or is no Parquet file.
        """
        path = self.folder / f"{name}.parquet"
        try:
            arrow = pq.read_table(path, columns=[key, column]).combine_chunks()
        except (OSError, pyarrow.ArrowException) as error:
            raise SnapshotDamagedError(f"{path}: cannot be read; run verify") from error
        hit = pc.equal(pc.list_flatten(arrow[column]), word)
        rows = pc.list_parent_indices(arrow[column]).filter(hit)
        return {cell for cell in arrow[key].take(rows).to_pylist() if cell is not None}

    def map_index(self, name: str) -> pyarrow.Table | None:
        """Return an index, mapped from its file; None where the snapshot was written without it.

        Raises
        ------
        SnapshotDamagedError
            The manifest names it, and the file is missing or is no Arrow file.
        """
        if name not in self.manifest.get("indexes", {}):
            return None
        path = self.folder / f"{name}.arrow"
        try:
            with pyarrow.memory_map(str(path)) as source:
                return ipc.open_file(source).read_all()
        except (OSError, pyarrow.ArrowException) as error:
            raise SnapshotDamagedError(f"{path}: cannot be read; run verify") from error

    @property
    def as_of(self) -> str:
        """Return the date to which ages are counted (ISO)."""
        return str(self.manifest["as_of"])


@dataclass(frozen=True, slots=True)
class FileFault:
    """One file that is not what its manifest says."""

    file: str
    problem: str


def _rows_where(path: Path, columns: list[str] | None, where: Where) -> pyarrow.Table:
    """Return the rows of a file whose cells are among those wanted, in the file's order."""
    with pq.ParquetFile(path) as file:
        names = columns or file.schema_arrow.names
        sets = {
            name: pyarrow.array(sorted(cells), pyarrow.string()) for name, cells in where.items()
        }
        parts = []
        for group in range(file.num_row_groups):
            if not _may_hold(file.metadata.row_group(group), sets):
                continue
            keys = file.read_row_group(group, columns=list(sets))
            keep = _is_wanted(keys, sets)
            if pc.any(keep).as_py():
                parts.append(file.read_row_group(group, columns=names).filter(keep))
        empty = pyarrow.schema([file.schema_arrow.field(name) for name in names]).empty_table()
    return pyarrow.concat_tables(parts or [empty]).select(names)


def _is_wanted(keys: pyarrow.Table, sets: Mapping[str, pyarrow.Array]) -> pyarrow.ChunkedArray:
    """Return for each row whether all its cells are among those wanted."""
    keep = None
    for name, cells in sets.items():
        hit = pc.is_in(keys[name], value_set=cells)
        keep = hit if keep is None else pc.and_(keep, hit)
    return keep


def _may_hold(group: pq.RowGroupMetaData, sets: Mapping[str, pyarrow.Array]) -> bool:
    """Return whether a part of a file can hold a wanted row, by its least and greatest cells."""
    for at in range(group.num_columns):
        column = group.column(at)
        cells = sets.get(column.path_in_schema)
        if cells is None or column.statistics is None or not column.statistics.has_min_max:
            continue
        low, high = column.statistics.min, column.statistics.max
        between = pc.and_(pc.greater_equal(cells, low), pc.less_equal(cells, high))
        if not pc.any(between, min_count=0).as_py():
            return False
    return True


def from_arrow(arrow: pyarrow.Table) -> pd.DataFrame:
    """Return an Arrow table in the declared pandas types; lists become lists again."""
    frame: pd.DataFrame = arrow.to_pandas(
        types_mapper={pyarrow.int64(): pd.Int64Dtype(), pyarrow.bool_(): pd.BooleanDtype()}.get
    )
    for field in arrow.schema:
        if pyarrow.types.is_list(field.type):
            frame[field.name] = pd.Series(
                arrow[field.name].to_pylist(),
                dtype="object",
                index=frame.index,
            )
    return frame


def to_arrow(name: str, frame: pd.DataFrame) -> pyarrow.Table:
    """Return a conformed table in its Parquet schema, without pandas' own metadata."""
    schema = arrow_schema(name)
    arrays = []
    for field in schema:
        column = frame[field.name]
        if pyarrow.types.is_list(field.type):
            arrays.append(pyarrow.array(list(column), type=field.type))
        else:
            arrays.append(pyarrow.array(column, type=field.type, from_pandas=True))
    return pyarrow.Table.from_arrays(arrays, schema=schema)


def list_snapshots(workspace: Path) -> list[str]:
    """Return the ids of all snapshots, oldest first."""
    folder = workspace / "snapshots"
    if not folder.is_dir():
        return []
    return sorted(p.name for p in folder.iterdir() if (p / MANIFEST).is_file())


def current_id(workspace: Path) -> str | None:
    """Return the id of the current snapshot, None where there is none."""
    pointer = workspace / "snapshots" / "current"
    try:
        return pointer.read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _workspace_error(pointer, error) from error


def open_snapshot(workspace: Path, snapshot_id: str | None = None) -> Snapshot:
    """Return the current snapshot, or the one asked for.

    Raises
    ------
    SnapshotMissingError
        There is none; the message says what to run.
    SnapshotDamagedError
        Its manifest cannot be read.
    """
    wanted = snapshot_id or current_id(workspace)
    if wanted is None:
        raise SnapshotMissingError(
            f"no snapshot in {workspace}: run 'python -m evidence build' first"
        )
    folder = workspace / "snapshots" / wanted
    if Path(wanted).name != wanted or not folder.is_dir():
        known = ", ".join(list_snapshots(workspace)[-5:]) or "none"
        raise SnapshotMissingError(f"no snapshot {wanted!r} in {workspace} (there is: {known})")
    return Snapshot(wanted, folder, _read_manifest(folder))


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Return a snapshot's manifest."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SnapshotDamagedError(f"{path}: cannot be read; build again") from error
    if not isinstance(manifest, dict) or not {"tables", "content_sha256", "as_of"} <= set(manifest):
        raise SnapshotDamagedError(f"{path}: is not a manifest; build again")
    return manifest


def content_hash(files: Mapping[str, str]) -> str:
    """Return the hash over all tables' hashes, by name."""
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(files.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def write_snapshot(
    workspace: Path,
    tables: Mapping[str, pd.DataFrame],
    about: Mapping[str, Any],
    *,
    indexes: Mapping[str, pyarrow.Table] | None = None,
    now: datetime | None = None,
) -> tuple[Snapshot, bool]:
    """Write the tables as a snapshot and make it current.

    Parameters
    ----------
    workspace
        Folder that holds ``snapshots``.
    tables
        Every declared table by name; a missing one is written empty.
    about
        What the manifest says beside rows and hashes: as_of, runs, protocol hash, parent, version.
    indexes
        What is made of the tables for pages that need it at once. The content's hash is over the
        tables alone.
    now
        Time of writing; the clock's where not given.

    Returns
    -------
    tuple
        The snapshot that stands, and whether it was written. Content equal to the current
        snapshot's writes nothing.

    Raises
    ------
    WorkspaceNotWritableError, WorkspaceFullError
        The folder cannot be written; nothing is left behind.
    """
    folder = workspace / "snapshots"
    # The name says whose it is: a run that was killed leaves a folder that the next one removes.
    writing = folder / f".writing-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder)
        writing.mkdir()
        rows = _write_tables(writing, tables)
        whole = {**about, "indexes": _write_indexes(writing, indexes or {})}
        snapshot, created = _settle(workspace, writing, rows, whole, now or datetime.now(UTC))
    except OSError as error:
        raise _workspace_error(folder, error) from error
    finally:
        shutil.rmtree(writing, ignore_errors=True)
    return snapshot, created


def _settle(
    workspace: Path, writing: Path, rows: dict[str, int], about: Mapping[str, Any], now: datetime
) -> tuple[Snapshot, bool]:
    """Rename what was written into place, unless the current snapshot holds the same."""
    files = {name: _sha256(writing / f"{name}.parquet") for name in rows}
    digest = content_hash(files)
    standing = current_id(workspace)
    if standing is not None and (workspace / "snapshots" / standing / MANIFEST).is_file():
        snapshot = open_snapshot(workspace, standing)
        same = snapshot.manifest["content_sha256"] == digest
        if same and not verify_snapshot(snapshot):
            return snapshot, False
    snapshot_id = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:12]}"
    manifest = {
        **about,
        "snapshot_id": snapshot_id,
        "parent_id": standing,
        "written_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "content_sha256": digest,
        "tables": {name: {"rows": rows[name], "sha256": files[name]} for name in sorted(rows)},
    }
    _write_synced(writing / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    target = workspace / "snapshots" / snapshot_id
    if target.exists():  # same second, same content, but damaged: the whole folder is replaced
        shutil.rmtree(target)
    writing.rename(target)
    switch_current(workspace, snapshot_id)
    return Snapshot(snapshot_id, target, manifest), True


def switch_current(workspace: Path, snapshot_id: str) -> None:
    """Point ``current`` at a snapshot, by renaming a file that is already on disk."""
    folder = workspace / "snapshots"
    beside = folder / f".current-{os.getpid()}"
    _write_synced(beside, snapshot_id + "\n")
    beside.rename(folder / "current")
    _sync_folder(folder)


def _write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Write every declared table and return its rows."""
    unknown = set(tables) - set(TABLES)
    if unknown:
        msg = f"undeclared tables: {', '.join(sorted(unknown))}"
        raise KeyError(msg)
    rows = {}
    for name in TABLES:
        frame = conform(name, tables.get(name, pd.DataFrame()))
        rows[name] = len(frame)
        path = folder / f"{name}.parquet"
        pq.write_table(
            to_arrow(name, frame), path, compression="zstd", row_group_size=ROW_GROUP, version="2.6"
        )
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
    return rows


def _write_indexes(folder: Path, indexes: Mapping[str, pyarrow.Table]) -> dict[str, Any]:
    """Write every index and return what the manifest says of it."""
    about = {}
    for name, arrow in sorted(indexes.items()):
        path = folder / f"{name}.arrow"
        with ipc.new_file(str(path), arrow.schema) as writer:
            writer.write_table(arrow)
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
        about[name] = {"rows": arrow.num_rows, "sha256": _sha256(path)}
    return about


def _write_synced(path: Path, text: str) -> None:
    """Write a text and wait until it is on disk."""
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    """Wait until a rename in a folder is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed run left half-written."""
    for path in folder.glob(".writing-*"):
        if not _is_running(path.name.rsplit("-", 1)[-1]):
            shutil.rmtree(path, ignore_errors=True)


def _is_running(pid: str) -> bool:
    """Return whether a process of this machine has the number."""
    if not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sha256(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def verify_snapshot(snapshot: Snapshot) -> list[FileFault]:
    """Return every file that is not what the manifest says; an empty list where all is well."""
    declared, indexes = snapshot.manifest["tables"], snapshot.manifest.get("indexes", {})
    files = {f"{name}.parquet": entry for name, entry in declared.items()}
    files |= {f"{name}.arrow": entry for name, entry in indexes.items()}
    faults = []
    for name, entry in files.items():
        path = snapshot.folder / name
        if not path.is_file():
            faults.append(FileFault(f"{snapshot.snapshot_id}/{name}", "is missing"))
        elif _sha256(path) != entry["sha256"]:
            faults.append(
                FileFault(f"{snapshot.snapshot_id}/{name}", "its SHA-256 is not the manifest's")
            )
    hashes = {name: entry["sha256"] for name, entry in declared.items()}
    if content_hash(hashes) != snapshot.manifest["content_sha256"]:
        faults.append(FileFault(f"{snapshot.snapshot_id}/{MANIFEST}", "its hashes do not add up"))
    expected = set(files) | {MANIFEST}
    faults.extend(
        FileFault(f"{snapshot.snapshot_id}/{path.name}", "is not in the manifest")
        for path in sorted(snapshot.folder.iterdir())
        if path.name not in expected
    )
    return faults


def _workspace_error(folder: Path, error: OSError) -> Exception:
    """Return the typed error behind a failed write."""
    if error.errno == 28:  # ENOSPC
        return WorkspaceFullError(f"{folder}: no space left; free some and run again")
    return WorkspaceNotWritableError(
        f"{error.filename or folder}: cannot be read or written ({error.strerror}); "
        "choose another folder with --workspace"
    )
