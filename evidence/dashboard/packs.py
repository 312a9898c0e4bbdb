"""Files of an export as the page offers them: one at a time, or several in one zip.

The bytes are those of the export command.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evidence.dashboard import state
from evidence.export import report_model
from evidence.export.csv import table_csv
from evidence.export.pack import FileSet, summary_pack_zip
from evidence.export.report import claim_summary_html
from evidence.store.snapshots import Snapshot

__all__ = ["citation", "file_bytes", "summary_bytes", "zip_bytes"]


def file_bytes(snapshot: Snapshot, name: str, dialect: str, claims: Sequence[str] | None) -> Callable[[], bytes]:  # fmt: skip
    """Return what makes one file when it is asked for."""

    def build() -> bytes:
        frame = state.contents(snapshot, claims).rows(name)
        return table_csv(name, frame, dialect, snapshot.snapshot_id)

    return build


def zip_bytes(snapshot: Snapshot, files: FileSet, formats: Sequence[str], dialect: str, claims: Sequence[str] | None) -> Callable[[], bytes]:  # fmt: skip
    """Return what makes a pack of files when it is asked for."""

    def build() -> bytes:
        return summary_pack_zip(
            snapshot,
            formats=formats,
            files=files,
            dialect=dialect,
            claims=claims,
            history=state.verdict_versions(),
            decisions=state.decisions(),
            gold=state.gold_eval(),
        )

    return build


def summary_bytes(snapshot: Snapshot, claim_id: str) -> Callable[[], bytes]:
    """Return what makes the page for print of one claim when it is asked for."""

    def build() -> bytes:
        return claim_summary_html(snapshot, claim_id).encode()

    return build


def citation(snapshot: Snapshot) -> str:
    """Return how the data set is cited, as the report says it."""
    return report_model.citation(state.contents(snapshot, None).about)
