"""Which snapshot a page shows, and its tables, read once and shared.

The pointer file is read at every run, so a new snapshot shows at the next click. What is read
from a snapshot is kept by (folder, snapshot id) and never by time: a snapshot does not change.
Frames from here are shared between sessions and must not be changed in place. What a reader
picked lives in the address and in the session, never here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from evidence.export.contents import Contents
from evidence.pipeline.decisions import decisions_log
from evidence.pipeline.history import history_table
from evidence.protocol import Protocol, parse_protocol
from evidence.settings import read_settings
from evidence.store.automation import read_gold_eval
from evidence.store.registry import read_text_file
from evidence.store.snapshots import Snapshot, current_id, list_snapshots, open_snapshot

__all__ = ["contents", "current_snapshot", "decisions", "history", "note_page", "page_before",
           "protocol", "rows", "verdict_versions", "versions", "workspace"]  # fmt: skip


def workspace() -> Path:
    """Return the folder whose snapshots are shown."""
    return read_settings().workspace


@st.cache_resource(max_entries=32, show_spinner=False)
def _opened(folder: str, snapshot_id: str) -> Snapshot:
    """Return a snapshot with its manifest read."""
    return open_snapshot(Path(folder), snapshot_id)


def current_snapshot() -> Snapshot | None:
    """Return the current snapshot, None where nothing has been built yet.

    Raises
    ------
    SnapshotError, WorkspaceError
        The pointer or the manifest cannot be read; ``app.py`` says so on the page.
    """
    folder = workspace()
    snapshot_id = current_id(folder)
    return None if snapshot_id is None else _opened(str(folder), snapshot_id)


def snapshot_of(snapshot_id: str) -> Snapshot:
    """Return one snapshot of the workspace by its id."""
    return _opened(str(workspace()), snapshot_id)


def snapshot_in(folder: str, snapshot_id: str) -> Snapshot:
    """Return the snapshot in a folder, as functions with a cache of their own ask for it."""
    return _opened(str(Path(folder).parent.parent), snapshot_id)


@st.cache_resource(max_entries=96, show_spinner=False)
def _rows(folder: str, snapshot_id: str, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return columns of a table; the folder and id say of which snapshot."""
    return _opened(folder, snapshot_id).read(name, list(columns) or None)


def rows(snapshot: Snapshot, name: str, *columns: str) -> pd.DataFrame:
    """Return a table, or only some of its columns, shared between sessions."""
    return _rows(str(snapshot.folder.parent.parent), snapshot.snapshot_id, name, columns)


@st.cache_resource(max_entries=4, show_spinner=False)
def _protocol(path: str, changed: int) -> Protocol:  # noqa: ARG001 - part of the cache's key
    """Return the protocol of a file; the time of its last change says of which."""
    return parse_protocol(read_text_file(Path(path)))


def protocol() -> Protocol:
    """Return the protocol that the program would use now."""
    path = read_settings().protocol
    return _protocol(str(path), path.stat().st_mtime_ns)


def versions(folder: Path) -> list[str]:
    """Return the ids of all snapshots, oldest first."""
    return list_snapshots(folder)


@st.cache_resource(max_entries=8, show_spinner=False)
def _history(folder: str, ids: tuple[str, ...]) -> pd.DataFrame:
    """Return claim, verdict and certainty of every snapshot, oldest first."""
    parts = []
    for snapshot_id in ids:
        snapshot = _opened(folder, snapshot_id)
        part = snapshot.read("claim_verdicts", ["claim_id", "verdict", "certainty"])
        part["snapshot_id"] = snapshot_id
        part["written_at"] = str(snapshot.manifest.get("written_at", ""))
        parts.append(part)
    if not parts:
        return pd.DataFrame(
            columns=["claim_id", "verdict", "certainty", "snapshot_id", "written_at"]
        )
    return pd.concat(parts, ignore_index=True)


def history() -> pd.DataFrame:
    """Return the verdict of every claim in every snapshot of the workspace, oldest first."""
    folder = workspace()
    return _history(str(folder), tuple(versions(folder)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _verdict_versions(
    folder: str,
    ids: tuple[str, ...],  # noqa: ARG001 - part of the cache's key
    protocol_sha256: str,  # noqa: ARG001 - part of the cache's key
    _protocol: Protocol,
) -> pd.DataFrame:
    """Return every version of every verdict; ids and protocol say of which state of the folder."""
    return history_table(Path(folder), _protocol)


def verdict_versions() -> pd.DataFrame:
    """Return ``verdict_history``: each version of every verdict, and why it came."""
    folder, rules = workspace(), protocol()
    return _verdict_versions(str(folder), tuple(versions(folder)), rules.sha256, rules)


def decisions() -> pd.DataFrame:
    """Return ``decisions_log`` as it stands now; others may decide at any moment."""
    return decisions_log(read_settings())


def gold_eval() -> pd.DataFrame:
    """Return ``gold_eval``: each label beside what the reader read in its place."""
    settings = read_settings()
    return read_gold_eval(settings.models, settings.workspace)


def contents(snapshot: Snapshot, claims: Sequence[str] | None = None) -> Contents:
    """Return the rows of every file, from what the export command makes them of."""
    return Contents(
        snapshot, claims, history=verdict_versions(), decisions=decisions(), gold=gold_eval()
    )


def note_page(name: str) -> None:
    """Keep which page this run of the script draws, and which one the run before drew."""
    st.session_state["page_before"] = st.session_state.get("page_now")
    st.session_state["page_now"] = name


def page_before() -> str | None:
    """Return the path of the page that this reader's run before drew; None at the first."""
    before: str | None = st.session_state.get("page_before")
    return before
