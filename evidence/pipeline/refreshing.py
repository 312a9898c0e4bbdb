"""A refresh: ask PubMed for every claim, write the next snapshot, say which verdicts moved.

A run that could not be proved complete writes no snapshot: the current one stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from evidence.errors import EvidenceError
from evidence.pipeline.build import build, kept_readings, read_inputs
from evidence.pipeline.history import compare_snapshots
from evidence.pipeline.reading_ahead import ReadingAhead
from evidence.refresh import Progress, fetch_all, refresh_document
from evidence.refresh.fetched import Fetched
from evidence.settings import Settings
from evidence.store.lock import hold_workspace
from evidence.store.snapshots import current_id, open_snapshot

__all__ = ["RefreshResult", "refresh"]


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh did: its document, a line for people, and why it failed if it did."""

    document: dict[str, Any]
    summary: str
    warnings: tuple[str, ...]
    failure: EvidenceError | None


def refresh(
    settings: Settings,
    *,
    claims: Sequence[str] | None = None,
    full: bool = False,
    since: date | None = None,
    max_records: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> RefreshResult:
    """Refresh the data set of a workspace.

    Raises
    ------
    WorkspaceLockedError
        Another run holds the workspace.
    SettingError
        NCBI asks for an e-mail address, and none is set.
    InterruptedRunError
        Interrupted; the next run resumes.
    """
    with hold_workspace(settings.workspace, "refresh"):
        inputs = read_inputs(settings, with_fetched=False)
        before = current_id(settings.workspace)
        kept = kept_readings(settings, inputs.readers)
        with ReadingAhead(kept, inputs.readers) as ahead:
            fetched = fetch_all(
                settings,
                inputs.registry,
                claims=claims,
                full=full,
                since=since,
                max_records=max_records,
                progress=progress,
                on_batch=ahead.take,
            )
            if fetched.failure is not None:
                return _result(fetched, before, before, [])
            ahead.finish()
        kept.save()  # before the build, which may be killed
        built = build(settings, replace(inputs, fetched=fetched), kept)
        after = built.snapshot
        moved = []
        if before is not None and before != after.snapshot_id:
            old = open_snapshot(settings.workspace, before)
            moved = compare_snapshots(old, after, inputs.protocol)["verdicts"]
        return _result(fetched, before, after.snapshot_id, moved, built.warnings)


def _result(
    fetched: Fetched,
    before: str | None,
    after: str | None,
    moved: list[dict[str, Any]],
    warnings: tuple[str, ...] = (),
) -> RefreshResult:
    """Return what is said of a run."""
    return RefreshResult(
        document=refresh_document(fetched, before, after, moved),
        summary=fetched.summary(),
        warnings=(*fetched.warnings, *warnings),
        failure=fetched.failure,
    )
