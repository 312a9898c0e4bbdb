"""Refreshes a workspace against the loopback server, and writes the snapshot that follows."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from evidence.refresh import Fetched, fetch_all
from evidence.settings import Settings, read_settings
from evidence.sources.http import Patience
from evidence.store.snapshots import content_hash, switch_current
from tests.eutils.claims import QUERIES, invent_registry
from tests.eutils.server import LoopbackServer

QUICK = Patience(connect=2.0, read=2.0, whole=10.0, first_wait=0.01, longest_wait=0.2,
                 longest_retry_after=0.1, attempts_unreachable=1)  # fmt: skip


@dataclass(slots=True)
class Case:
    """A workspace, a server, and a clock that stands still."""

    server: LoopbackServer
    workspace: Path
    queries: Mapping[str, str] = None  # type: ignore[assignment]
    now: datetime = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)

    def __post_init__(self) -> None:
        if self.queries is None:
            self.queries = QUERIES

    @property
    def settings(self) -> Settings:
        environment = {**self.server.environment, "NCBI_API_KEY": "a-key"}
        return read_settings(environment, workspace=self.workspace)

    def fetch(self, **options: Any) -> Fetched:
        """Refresh, and return what came of it."""
        return fetch_all(
            self.settings,
            invent_registry(self.queries),
            patience=QUICK,
            now=lambda: self.now,
            **options,
        )

    def refresh(self, **options: Any) -> Fetched:
        """Refresh, and make a snapshot of it as the pipeline does."""
        fetched = self.fetch(**options)
        assert fetched.failure is None, fetched.failure
        publish(self.workspace, fetched)
        return fetched


def publish(workspace: Path, fetched: Fetched) -> None:
    """Make a snapshot current that rests on what was fetched; its tables are left out."""
    folder = workspace / "snapshots" / f"after-{fetched.run_id}"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {
        "as_of": str(fetched.as_of),
        "runs": fetched.runs,
        "tables": {},
        "content_sha256": content_hash({}),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    switch_current(workspace, folder.name)


def table_bytes(fetched: Fetched) -> dict[str, str]:
    """Return the hash of every table that comes of a refresh."""
    tables = dict(fetched.tables)
    tables["seen"] = pa.Table.from_pandas(fetched.seen, preserve_index=False)
    for name in ("searches", "prisma_counts", "icite", "registered_trials"):
        tables[name] = pa.Table.from_pylist([dict(row) for row in getattr(fetched, name)])
    out = {}
    for name, table in tables.items():
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table.combine_chunks())
        out[name] = hashlib.sha256(sink.getvalue()).hexdigest()
    return out
