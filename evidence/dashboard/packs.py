"""Files of an export as the page offers them: one at a time, or several in one zip.

The bytes are those of the export command; a zip holds them with a fixed date, so that it is the
same whenever it is asked for.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

from evidence.export.contents import Contents
from evidence.export.csv import table_csv
from evidence.store.snapshots import Snapshot

__all__ = ["citation", "file_bytes", "zip_bytes"]

FIXED = (1980, 1, 1, 0, 0, 0)


def file_bytes(snapshot: Snapshot, name: str, dialect: str, claims: Sequence[str] | None) -> Callable[[], bytes]:  # fmt: skip
    """Return what makes one file when it is asked for."""

    def build() -> bytes:
        frame = Contents(snapshot, claims).rows(name)
        return table_csv(name, frame, dialect, snapshot.snapshot_id)

    return build


def zip_bytes(snapshot: Snapshot, names: Sequence[str], dialect: str, claims: Sequence[str] | None) -> Callable[[], bytes]:  # fmt: skip
    """Return what makes a zip of several files when it is asked for."""

    def build() -> bytes:
        contents = Contents(snapshot, claims)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
            for name in names:
                entry = zipfile.ZipInfo(f"{name}.csv", FIXED)
                entry.compress_type = zipfile.ZIP_DEFLATED
                frame = contents.rows(name)
                pack.writestr(entry, table_csv(name, frame, dialect, snapshot.snapshot_id))
        return out.getvalue()

    return build


def citation(snapshot: Snapshot) -> str:
    """Return how the data set is cited."""
    written = str(snapshot.manifest.get("written_at", ""))[:10]
    program = snapshot.manifest.get("program_version") or snapshot.manifest.get("version") or ""
    return (
        f"Evidence tracker {program}".strip()
        + f". Data set {snapshot.snapshot_id}, as of {snapshot.as_of}, written {written}; "
        f"protocol {snapshot.manifest.get('protocol_version', 'not recorded')}."
    )
