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
from evidence.charts.figures import Cell
from evidence.columns import date_column, id_column, text_column, word_column
from evidence.dashboard import marks, state
from evidence.dashboard.components import Head, table
from evidence.export.csv import Dialect, columns_csv
from evidence.pipeline.history import compare_snapshots
from evidence.protocol import Protocol
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import RecordChange, VerdictWord

__all__ = [
    "Refreshed",
    "brought",
    "last_refreshed",
    "moved_table",
    "named",
    "record_table",
    "records_csv",
]

KINDS = {
    "new": "New records",
    "changed": "Changed records",
    "retracted": "Newly retracted records",
    "dropped": "Records that no query matches any more",
}
CHANGE_WORDS = {
    "new": "new",
    "changed": "changed",
    "retracted": "newly retracted",
    "dropped": "dropped",
}
SHOWN = ("pmid", "title", "journal", "pub_date")
COLUMNS = (
    word_column("change", RecordChange, "What the refresh did to it."),
    id_column("pmid", "Record."),
    text_column("title", "Title."),
    text_column("journal", "Journal."),
    date_column("pub_date", "Published."),
)


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
    )


def _runs(snapshot: Snapshot) -> set[str]:
    return set(snapshot.manifest.get("runs") or {})


def _parent(snapshot: Snapshot, held: set[str]) -> Snapshot | None:
    parent = snapshot.manifest.get("parent_id")
    return state.snapshot_of(str(parent)) if parent in held else None


def brought(found: Refreshed, kind: str | None = None) -> pd.DataFrame:
    """Return what was done to which record, a row each; of one kind only where it is given."""
    rows = [
        (what, pmid)
        for what in KINDS
        if kind in (None, what)
        for pmid in sorted(found.records[what], key=int)
    ]
    return pd.DataFrame(rows, columns=["change", "pmid"], dtype="str")


def named(found: Refreshed, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows of :func:`brought` with title, journal and date, as far as they are known.

    A dropped record may stand in the older data set only.
    """
    known: dict[str, tuple[Cell, Cell, Cell]] = {}
    for snapshot_id in (found.before_id, found.after_id):
        if snapshot_id is not None and len(frame):
            rows = state.snapshot_of(snapshot_id).read(
                "records", list(SHOWN), where={"pmid": list(frame["pmid"])}
            )
            known |= {row[0]: row[1:] for row in rows.itertuples(index=False, name=None)}
    about = [known.get(pmid, (None, None, None)) for pmid in frame["pmid"]]
    return frame.assign(
        **{
            name: pd.Series([cells[place] for cells in about], index=frame.index, dtype="object")
            for place, name in enumerate(SHOWN[1:])
        }
    )


def record_table(rows: pd.DataFrame) -> str:
    """Return records as a table: what was done to each, the link to it, and what it is."""
    body = [
        [
            CHANGE_WORDS[str(row["change"])],
            marks.record_link(row["pmid"], None, None),
            marks.text(row["title"], "title not known"),
            marks.text(row["journal"], "not known"),
            marks.text(row["pub_date"], "not known"),
        ]
        for row in figures.records(rows)
    ]
    heads = [Head("What", width=150), Head("Record", width=150), Head("Title"),
             Head("Journal", width=180), Head("Published", width=110)]  # fmt: skip
    return table(heads, body, "Records of the last refresh")


def records_csv(found: Refreshed, kind: str | None) -> bytes:
    """Return every record of :func:`brought` as CSV, for a spreadsheet."""
    return columns_csv(COLUMNS, named(found, brought(found, kind)), Dialect.SPREADSHEET)


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
    figures_of = [(f"{len(found.records[kind]):,}", said) for kind, said in CHANGE_WORDS.items()]
    moved = len(found.verdicts)
    return [*figures_of, (figures.count(moved, "0"), "verdicts moved" if moved != 1 else "verdict moved")]  # fmt: skip
