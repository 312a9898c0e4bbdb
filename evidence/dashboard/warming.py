"""Make ready, while somebody reads the first page, what others of a large snapshot wait for.

The history of verdicts, the list of what waits for people and the comparison of the last two
data sets are the same for all readers and kept for all of them. In a small snapshot nobody waits
for them; in a large one a thread makes them once, after the first page has been answered.
"""

from __future__ import annotations

import contextlib
from threading import Thread

import streamlit as st

from evidence.dashboard import changes, reading, review, state
from evidence.errors import EvidenceError
from evidence.store.snapshots import Snapshot

__all__ = ["warm"]

LARGE = 20_000
"""Studies from which on a reader would notice."""
VERY_LARGE = 300_000
"""From here on the thread itself would slow the pages; what is asked for is made then."""


def warm(snapshot: Snapshot) -> None:
    """Start to make a large snapshot ready; once, whoever reads it."""
    if LARGE <= int(snapshot.manifest["tables"]["studies"]["rows"]) < VERY_LARGE:
        _warmed(str(snapshot.folder), snapshot.snapshot_id)


@st.cache_resource(max_entries=8, show_spinner=False)
def _warmed(folder: str, snapshot_id: str) -> Thread:
    """Start the thread of a snapshot and return it."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    thread = Thread(target=_make_ready, args=(snapshot,), name=f"warm {snapshot_id}", daemon=True)
    thread.start()
    return thread


def _make_ready(snapshot: Snapshot) -> None:
    """Ask for everything once; a faulty snapshot is named by the page that needs it."""
    with contextlib.suppress(EvidenceError):
        state.verdict_versions()
        reading.member_counts(snapshot)
        ids = state.versions(state.workspace())
        if len(ids) > 1:
            before, after = (state.snapshot_of(snapshot_id) for snapshot_id in ids[-2:])
            changes.compare(before, after, state.protocol())
        review.other_items(snapshot, ())
