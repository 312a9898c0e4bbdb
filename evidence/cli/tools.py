"""Commands on one's own files: pool, parse, read."""

from __future__ import annotations

import json as jsonlib
import os
from pathlib import Path
from typing import Annotated

import typer

from evidence.cli.options import Json, Out
from evidence.cli.output import Counting, emit_json, emit_table, emit_text, log
from evidence.errors import InputsSkippedError, UsageError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(pool)
    app.command()(parse)
    app.command()(read)


def pool(
    file: Annotated[Path, typer.Argument(help="A CSV table, one study a row.")],
    measure: Annotated[
        str, typer.Option("--measure", help="MD SMD ROM RR OR RD PETO PLO PFT MN ZCOR GEN.")
    ],
    method: Annotated[
        str, typer.Option("--method", help="FE MH PETO DL PM REML ML EB HE HS SJ.")
    ] = "REML",
    ci: Annotated[str, typer.Option("--ci", help="z, hk or modified-hk.")] = "modified-hk",
    exponentiate: Annotated[
        bool, typer.Option("--exponentiate", help="Turn log ratios back.")
    ] = False,
    json: Json = False,
) -> None:
    """Pool the effects of any table."""
    from evidence.store.tables_in import read_csv_table
    from evidence.synthesis.pooling import pool_table

    table = read_csv_table(file)
    report = pool_table(table, measure, method, ci, exponentiate=exponentiate, name=file.name)
    found = report.to_dict()
    if json:
        emit_json(found)
        return
    plain = {k: v for k, v in found.items() if k not in {"studies", "leave_one_out", "notes"}}
    emit_table(["figure", "value"], [{"figure": k, "value": v} for k, v in plain.items()])
    emit_table(["yi", "vi", "weight_percent"], found["studies"])
    for text in found["notes"]:
        emit_text(f"note: {text}")


def parse(
    files: Annotated[list[Path], typer.Argument(help="PubMed XML, gzipped or not.")],
    out: Out,
    json: Json = False,
) -> None:
    """Read PubMed XML into one Parquet file a table."""
    from evidence.parsing import parse_files

    with Counting("records", is_shown=not json) as counting:
        summary = parse_files(files, out, progress=counting.of_file)
    skipped = [{"file": str(s.path), "problem": s.reason} for s in summary.skipped]
    if json:
        emit_json(
            {"tables": dict(summary.rows), "unknown": dict(summary.unknown), "skipped": skipped}
        )
    else:
        emit_table(["table", "rows"], [{"table": k, "rows": v} for k, v in summary.rows.items()])
        for element, n in summary.unknown.items():
            log(f"unknown element {element}: {n}")
        for item in skipped:
            log(f"skipped {item['file']}: {item['problem']}")
    if skipped:
        raise typer.Exit(InputsSkippedError.exit_code)


def read(
    file: Annotated[Path, typer.Argument(help="JSON lines with title and abstract.")],
    out: Out,
    operating_point: Annotated[
        str, typer.Option("--operating-point", help="sensitive, balanced or precise.")
    ] = "balanced",
    json: Json = False,
) -> None:
    """Read abstracts: design, people, comparator, effects and direction, each with its sentence."""
    from evidence.appraisal.panel import Tally, load_readers
    from evidence.appraisal.reader import read_many
    from evidence.store.lines import read_lines, write_lines
    from evidence.vocabulary import OperatingPoint

    allowed = [str(point) for point in OperatingPoint]
    if operating_point not in allowed:
        raise UsageError(
            f"--operating-point {operating_point!r} is unknown (allowed: {', '.join(allowed)})"
        )
    processes = min(os.cpu_count() or 1, 8)
    tally = Tally(load_readers())
    with Counting("abstracts", is_shown=not json) as counting:
        items = counting.each(read_lines(file))
        readings = tally.each(
            read_many(
                items, operating_point=operating_point, processes=processes, panel=tally.panel
            )
        )
        n = write_lines(out, (jsonlib.dumps(r.to_dict(), ensure_ascii=False) for r in readings))
    for warning in tally.warnings():
        log(warning)
    if json:
        readers = {"readers": tally.rows()} if tally.panel.readers else {}
        emit_json({"file": str(out), "read": n, **readers})
    else:
        emit_text(f"read {n} abstracts into {out}")
