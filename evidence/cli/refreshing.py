"""The refresh command."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from evidence.cli.options import Claim, Claims, Documents, Json, Workspace, settings_of
from evidence.cli.output import emit_json, emit_table, emit_text, log

if TYPE_CHECKING:
    from evidence.pipeline.refreshing import RefreshResult
    from evidence.refresh import Progress

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(refresh)


def refresh(
    claim: Claim = None,
    full: Annotated[bool, typer.Option("--full", help="Fetch everything anew.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Ask for what was added since."),
    ] = None,
    max_records: Annotated[
        int | None, typer.Option("--max-records", min=1, help="Fail before fetching more.")
    ] = None,
    workspace: Workspace = None,
    claims: Claims = None,
    documents: Documents = None,
    json: Json = False,
) -> None:
    """Ask PubMed, ClinicalTrials.gov and iCite for every claim, and write the next snapshot."""
    from evidence.pipeline.refreshing import refresh as run_refresh

    result = run_refresh(
        settings_of(workspace, claims, documents),
        claims=claim,
        full=full,
        since=None if since is None else since.date(),
        max_records=max_records,
        progress=None if json else _Line().say,
    )
    for warning in result.warnings:
        log(f"warning: {warning}")
    if json:
        emit_json(result.document)
        if result.failure is not None:
            raise typer.Exit(result.failure.exit_code)
    else:
        _say(result)


def _say(result: RefreshResult) -> None:
    """Print what a refresh brought, or raise why it failed."""
    if result.failure is not None:
        raise result.failure
    emit_text(result.summary)
    emit_text(f"snapshot {result.document['snapshot_id']}")
    moved = result.document["verdicts_changed"]
    if moved:
        emit_table(["claim_id", "before", "after", "because"], moved)
    else:
        emit_text("no verdict moved")


class _Line:
    """One line of progress a stage: rewritten on a terminal, a new line elsewhere."""

    def __init__(self) -> None:
        self._stage: str | None = None

    def say(self, progress: Progress) -> None:
        """Say how far the run is."""
        of = f" of {progress.total:,}" if progress.total else ""
        text = f"{progress.stage}: {progress.done:,}{of}, {progress.requests:,} requests"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()
        elif progress.stage != self._stage:
            log(text)
        self._stage = str(progress.stage)
