"""What the last refresh brought: records new, changed, retracted, dropped; verdicts that moved.

It comes from two data sets beside each other, whoever started the refresh; nothing is kept of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from evidence.charts import figures
from evidence.dashboard import marks, state
from evidence.dashboard.components import Head, table
from evidence.pipeline.history import compare_snapshots
from evidence.protocol import Protocol
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import VerdictWord

__all__ = ["Refreshed", "last_refreshed", "moved_table", "record_table"]

KINDS = {
    "new": "New records",
    "changed": "Changed records",
    "retracted": "Newly retracted records",
    "dropped": "Records that no query matches any more",
}
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The newest run behind a data set, and how that differs from the data set before it."""

    before_id: str | None
    """None where the data set before is gone, or the run was the first thing ever done."""
    after_id: str
    run_ids: tuple[str, ...]
    verdicts: Sequence[Mapping[str, Any]]
    """claim_id, before, after, because."""
    records: Mapping[str, Sequence[str]]
    """PMIDs that are new, changed, retracted, dropped."""
    titles: Mapping[str, str]
    """Of the records shown, by PMID."""


def last_refreshed(snapshot: Snapshot, protocol: Protocol) -> Refreshed | None:
    """Return what the newest run behind a data set brought, None where it rests on no run."""
    if not snapshot.manifest.get("runs"):
        return None
    folder = str(snapshot.folder.parent.parent)
    return _last_refreshed(folder, snapshot.snapshot_id, protocol.sha256, protocol)


@st.cache_resource(max_entries=8, show_spinner=False)
def _last_refreshed(
    folder: str,
    snapshot_id: str,
    protocol_sha256: str,  # noqa: ARG001 - part of the cache's key
    _protocol: Protocol,
) -> Refreshed:
    """Return it; folder, id and protocol say of which state."""
    held = set(state.versions(Path(folder)))
    after = state.snapshot_of(snapshot_id)
    before = _parent(after, held)
    while before is not None and _runs(before) == _runs(after):
        after, before = before, _parent(before, held)
    if before is None:
        pmids = after.read("records", ["pmid"])["pmid"].dropna()
        records: dict[str, list[str]] = {kind: [] for kind in KINDS}
        records["new"] = sorted(map(str, pmids), key=int)
        verdicts: list[Mapping[str, Any]] = []
    else:
        found = compare_snapshots(before, after, _protocol)
        records, verdicts = found["records"], found["verdicts"]
    new_runs = _runs(after) - (set() if before is None else _runs(before))
    return Refreshed(
        before_id=None if before is None else before.snapshot_id,
        after_id=after.snapshot_id,
        run_ids=tuple(sorted(new_runs)),
        verdicts=verdicts,
        records=records,
        titles=_titles(records, after, before),
    )


def _runs(snapshot: Snapshot) -> set[str]:
    return set(snapshot.manifest.get("runs") or {})


def _parent(snapshot: Snapshot, held: set[str]) -> Snapshot | None:
    parent = snapshot.manifest.get("parent_id")
    return state.snapshot_of(str(parent)) if parent in held else None


def _titles(
    records: Mapping[str, Sequence[str]], after: Snapshot, before: Snapshot | None
) -> dict[str, str]:
    """Return the titles of the records that are shown; a dropped one is in the older data set."""
    wanted = {pmid for pmids in records.values() for pmid in pmids[:MOST_SHOWN]}
    titles: dict[str, str] = {}
    for snapshot in (before, after):
        if snapshot is not None and wanted:
            frame = snapshot.read("records", ["pmid", "title"])
            frame = frame[frame["pmid"].isin(wanted) & frame["title"].notna()]
            titles |= dict(zip(frame["pmid"], frame["title"], strict=True))
    return titles


def record_table(pmids: Sequence[str], titles: Mapping[str, str], caption: str) -> str:
    """Return records as a table: the link to each, and its title."""
    body = [
        [marks.record_link(pmid, None, None), marks.text(titles.get(pmid), "title not known")]
        for pmid in pmids[:MOST_SHOWN]
    ]
    more = len(pmids) - MOST_SHOWN
    note = f'<div class="note">and {more:,} more</div>' if more > 0 else ""
    return table([Head("Record", width=150), Head("Title")], body, caption) + note


def moved_table(verdicts: Sequence[Mapping[str, Any]], labels: Mapping[str, str]) -> str:
    """Return verdicts that moved: claim, before, after, and why."""
    body = [
        [
            escape(labels.get(str(row["claim_id"]), str(row["claim_id"]))),
            said_word(row["before"]),
            said_word(row["after"]),
            "<br>".join(escape(str(reason)) for reason in row["because"]),
        ]
        for row in verdicts
    ]
    heads = [Head("Claim"), Head("Before", width=190), Head("After", width=190),
             Head("Because", width=300)]  # fmt: skip
    return table(heads, body, "Verdicts that moved")


def said_word(word: object) -> str:
    """Return a verdict's word with its symbol; a claim that was not there says so."""
    if word is None or (isinstance(word, float) and pd.isna(word)):
        return '<span class="q">not there</span>'
    return marks.verdict(VerdictWord(str(word)), 15)


def counts_row(found: Refreshed) -> list[tuple[str, str]]:
    """Return the large figures of a refresh, each with what it counts."""
    words = {"new": "new", "changed": "changed", "retracted": "newly retracted",
             "dropped": "dropped"}  # fmt: skip
    figures_of = [(f"{len(found.records[kind]):,}", said) for kind, said in words.items()]
    moved = len(found.verdicts)
    return [*figures_of, (figures.count(moved, "0"), "verdicts moved" if moved != 1 else "verdict moved")]  # fmt: skip
