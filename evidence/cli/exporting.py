"""The export command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from evidence.cli.options import Claim, Json, Out, Workspace, settings_of
from evidence.cli.output import emit_json, emit_table, log

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    out: Out,
    formats: Annotated[
        str, typer.Option("--format", help="csv,xlsx,ris,bib,html,pdf,fhir or all, by commas.")
    ] = "csv",
    files: Annotated[str, typer.Option("--files", help="all, or the team's pack.")] = "all",
    dialect: Annotated[str, typer.Option("--dialect", help="data or spreadsheet.")] = "data",
    claim: Claim = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Write the files of an export with dictionary and manifest."""
    from evidence.export.pack import export_files
    from evidence.pipeline.decisions import decisions_log
    from evidence.pipeline.history import history_table
    from evidence.protocol import parse_protocol
    from evidence.store.automation import read_gold_eval
    from evidence.store.registry import read_text_file
    from evidence.store.snapshots import open_snapshot

    settings = settings_of(workspace)
    snapshot = open_snapshot(settings.workspace)
    protocol = parse_protocol(read_text_file(settings.protocol))
    exported = export_files(
        snapshot,
        out,
        [part.strip() for part in formats.split(",") if part.strip()],
        files,
        dialect,
        claim,
        history=history_table(settings.workspace, protocol),
        decisions=decisions_log(settings),
        gold=read_gold_eval(settings.models, settings.workspace),
        progress=log if sys.stderr.isatty() and not json else None,
    )
    rows = [{"file": f.file, "rows": f.rows, "sha256": f.sha256} for f in exported]
    if json:
        emit_json({"files": rows})
    else:
        emit_table(["file", "rows", "sha256"], rows)
