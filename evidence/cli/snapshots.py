"""Commands on snapshots: build, verdicts, status, history, diff, verify."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from evidence.cli.options import Claim, Claims, Documents, Json, Workspace, settings_of
from evidence.cli.output import emit_json, emit_table, emit_text, log, write_bytes
from evidence.errors import SnapshotDamagedError
from evidence.tables import row_dicts

__all__ = ["register"]


class Format(StrEnum):
    """How verdicts are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(build)
    app.command()(verdicts)
    app.command()(status)
    app.command()(history)
    app.command()(diff)
    app.command()(verify)


def build(
    workspace: Workspace = None,
    claims: Claims = None,
    documents: Documents = None,
    json: Json = False,
) -> None:
    """Build a snapshot from the starter data, the registry and decisions."""
    from evidence.pipeline import build as build_snapshot

    result = build_snapshot(settings_of(workspace, claims, documents))
    for warning in result.warnings:
        log(f"warning: {warning}")
    if json:
        emit_json(result.to_dict())
        return
    if result.is_created:
        rows = result.to_dict()["tables"]
        emit_text(
            f"built {result.snapshot.snapshot_id}: {rows['claims']} claims, "
            f"{rows['studies']} studies, {rows['study_results']} results"
        )
    else:
        emit_text(f"nothing changed: {result.snapshot.snapshot_id} stands")


def verdicts(
    claim: Claim = None,
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Print one row a claim: its verdict, certainty and sentence."""
    from evidence.export.contents import Contents
    from evidence.export.csv import table_csv
    from evidence.pipeline.history import history_table
    from evidence.protocol import parse_protocol
    from evidence.store.registry import read_text_file
    from evidence.store.snapshots import open_snapshot

    settings = settings_of(workspace)
    snapshot = open_snapshot(settings.workspace)
    protocol = parse_protocol(read_text_file(settings.protocol))
    history = history_table(settings.workspace, protocol)
    frame = Contents(snapshot, claim, history=history).rows("claim_verdicts")
    if json or form is Format.JSON:
        emit_json(_records(frame, snapshot.snapshot_id))
    elif form is Format.CSV:
        write_bytes(table_csv("claim_verdicts", frame, "data", snapshot.snapshot_id))
    else:
        shown = ["claim_id", "verdict", "certainty", "review_state", "verdict_sentence"]
        emit_table(shown, row_dicts(frame[shown]))


def _records(frame: Any, snapshot_id: str) -> list[dict[str, Any]]:  # noqa: ANN401 - a DataFrame
    """Return rows with the columns of the exported file, missing as null."""
    from evidence.export.files import file_named

    names = [column.name for column in file_named("claim_verdicts").columns]
    rows = row_dicts(frame.reindex(columns=names))
    return [{**row, "dataset_version": snapshot_id} for row in rows]


def status(workspace: Workspace = None, json: Json = False) -> None:
    """Print what there is: snapshot, its tables, settings with secrets masked, who holds the lock."""
    from evidence.store.lock import lock_holder
    from evidence.store.snapshots import current_id, open_snapshot

    settings = settings_of(workspace)
    has_one = current_id(settings.workspace) is not None
    snapshot = open_snapshot(settings.workspace) if has_one else None
    tables = {} if snapshot is None else snapshot.manifest["tables"]
    holder = lock_holder(settings.workspace)
    document = {
        "snapshot_id": None if snapshot is None else snapshot.snapshot_id,
        "as_of": None if snapshot is None else snapshot.as_of,
        "tables": {name: entry["rows"] for name, entry in tables.items()},
        "settings": settings.shown(),
        "locked_by": None if holder is None else str(holder),
    }
    if json:
        emit_json(document)
        return
    if snapshot is None:
        emit_text(f"no snapshot in {settings.workspace}: run 'python -m evidence build'")
    else:
        words = snapshot.manifest.get("search_words") or "searched"
        emit_text(f"snapshot {snapshot.snapshot_id}, as of {snapshot.as_of} ({words})")
        emit_table(["table", "rows"], [{"table": k, "rows": v["rows"]} for k, v in tables.items()])
    rows = [{"setting": k, "value": v} for k, v in settings.shown().items()]
    emit_table(["setting", "value"], rows)
    if holder is not None:
        emit_text(f"locked by {holder}")


def history(claim: str, workspace: Workspace = None, json: Json = False) -> None:
    """Print a claim's verdicts over time, oldest first."""
    from evidence.pipeline.history import claim_history
    from evidence.protocol import parse_protocol
    from evidence.store.registry import read_text_file
    from evidence.store.snapshots import open_snapshot

    settings = settings_of(workspace)
    open_snapshot(settings.workspace)
    protocol = parse_protocol(read_text_file(settings.protocol))
    rows = claim_history(settings.workspace, claim, protocol)
    if json:
        emit_json(rows)
    else:
        emit_table(["snapshot_id", "verdict", "certainty", "because"], rows)


def diff(before: str, after: str, workspace: Workspace = None, json: Json = False) -> None:
    """Print what differs between two snapshots: verdicts, studies, records."""
    from evidence.pipeline.history import compare_snapshots
    from evidence.protocol import parse_protocol
    from evidence.store.registry import read_text_file
    from evidence.store.snapshots import open_snapshot

    settings = settings_of(workspace)
    protocol = parse_protocol(read_text_file(settings.protocol))
    old, new = (open_snapshot(settings.workspace, name) for name in (before, after))
    found = compare_snapshots(old, new, protocol)
    if json:
        emit_json(found)
        return
    emit_table(["claim_id", "before", "after", "because"], found["verdicts"])
    for part in ("studies", "records"):
        for what, ids in found[part].items():
            emit_text(f"{part} {what}: {len(ids)}")


def verify(workspace: Workspace = None, json: Json = False) -> None:
    """Check every snapshot and raw file against its checksum, and the links between them."""
    from evidence.store.verification import verify_workspace

    settings = settings_of(workspace)
    faults = verify_workspace(settings.workspace)
    document = {
        "ok": not faults,
        "faults": [{"file": f.file, "problem": f.problem} for f in faults],
    }
    if json:
        emit_json(document)
    elif not faults:
        emit_text("every file is what its manifest says")
    if faults and json:
        raise typer.Exit(SnapshotDamagedError.exit_code)
    if faults:
        lines = [f"{fault.file}: {fault.problem}" for fault in faults]
        count = f"{len(faults)} fault{'s' if len(faults) != 1 else ''}; build or refresh again"
        raise SnapshotDamagedError("\n".join([*lines, count]))
