"""The curated facts: read from CSV, checked by their declared schema, every fault in one report.

A file is read as text first, so that a fault names the value as it stands in the file. Nothing
here decides what a fact means.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from evidence.columns import Column, Kind
from evidence.errors import Fault, TableError
from evidence.tables import INPUTS, check_table, conform

__all__ = ["StarterData", "parse_table", "read_starter"]

LIST_SEPARATOR = " | "
LARGEST = 2.0**53  # beyond it a float no longer holds every whole number
YES_NO = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class StarterData:
    """Every curated table, conformed and checked."""

    studies: pd.DataFrame
    results: pd.DataFrame
    result_coding: pd.DataFrame
    review_inclusions: pd.DataFrame
    risk_of_bias: pd.DataFrame
    guidelines: pd.DataFrame
    adverse_events: pd.DataFrame
    scales: pd.DataFrame


def read_starter(folder: Path) -> StarterData:
    """Return the curated facts of a folder.

    Raises
    ------
    TableError
        A file is missing, is no UTF-8, or breaks its schema; every fault of every file at once.
    """
    faults: list[Fault] = []
    tables: dict[str, pd.DataFrame] = {}
    for field in StarterData.__slots__:
        try:
            tables[field] = parse_table(field, _read_text(folder / f"{field}.csv"))
        except TableError as error:
            faults.extend(error.faults)
    if not faults:
        faults = _broken_references(tables)
    if faults:
        raise TableError(f"starter data in {folder}", faults)
    return StarterData(**tables)


def _read_text(path: Path) -> str:
    """Return a file's text, a byte-order mark taken off."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise TableError(path.name, [Fault(path.name, "file", f"{path} is missing")]) from error
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(path.name, "file", f"{path} cannot be read as UTF-8 text: {error}")
        raise TableError(path.name, [fault]) from error


def parse_table(name: str, text: str) -> pd.DataFrame:
    """Return one curated table from the text of its CSV file.

    Raises
    ------
    TableError
        Unknown or missing columns, cells that are no number, words that are not allowed, missing
        and doubled ids: all at once, by row and column.
    """
    declared, where = INPUTS[f"starter_{name}"], f"{name}.csv"
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=False))
    if not rows:
        raise TableError(
            where, [Fault(where, "file", "is empty; its first line names the columns")]
        )
    header, body = rows[0], [row for row in rows[1:] if row]
    faults = _header_faults(where, header, [column.name for column in declared.columns])
    faults += [
        Fault(f"{where} row {i}", "row", f"has {len(row)} cells, the header {len(header)}")
        for i, row in enumerate(body, start=2)
        if len(row) != len(header)
    ]
    if faults:
        raise TableError(where, faults)
    columns: dict[str, list[Any]] = {}
    for column in declared.columns:
        at = header.index(column.name)
        columns[column.name], wrong = _cells(column, where, body, at)
        faults.extend(wrong)
    frame = pd.DataFrame(columns)
    in_file_order = conform(f"starter_{name}", frame, sort=False)
    try:
        check_table(f"starter_{name}", in_file_order, where)
    except TableError as error:
        faults.extend(error.faults)
    if faults:
        raise TableError(where, faults)
    return conform(f"starter_{name}", in_file_order)


def _header_faults(where: str, header: Sequence[str], names: Sequence[str]) -> list[Fault]:
    """Return what is wrong with the first line."""
    faults = [Fault(where, name, "column is missing") for name in names if name not in header]
    allowed = ", ".join(names)
    faults += [Fault(where, h, "unknown column", allowed) for h in header if h not in names]
    doubled = sorted({h for h in header if header.count(h) > 1})
    return faults + [Fault(where, name, "column occurs more than once") for name in doubled]


def _cells(
    column: Column, where: str, body: Sequence[Sequence[str]], at: int
) -> tuple[list[Any], list[Fault]]:
    """Return the cells of one column in their kind, and the faults among them."""
    values: list[Any] = []
    faults = []
    for i, row in enumerate(body, start=2):
        text = row[at].strip()
        try:
            values.append(_cell(column, text) if text else None)
        except ValueError:
            allowed = "yes, no" if column.kind is Kind.FLAG else f"a {column.kind.value}"
            faults.append(Fault(f"{where} row {i} ({row[0]})", column.name, f"{text!r}", allowed))
            values.append(None)
    return values, faults


def _cell(column: Column, text: str) -> Any:  # noqa: ANN401 - a cell of any kind
    """Return one cell in its kind; ValueError where it is not of that kind."""
    if column.kind is Kind.NUMBER:
        return _finite(text)
    if column.kind is Kind.WHOLE:
        number = _finite(text)
        if number != int(number):
            raise ValueError(text)
        return int(number)
    if column.kind is Kind.FLAG:
        if text.lower() not in YES_NO:
            raise ValueError(text)
        return YES_NO[text.lower()]
    if column.kind is Kind.LIST:
        return [part.strip() for part in text.split(LIST_SEPARATOR.strip()) if part.strip()]
    return text


def _finite(text: str) -> float:
    """Return a finite number; ValueError for nan, inf, words and what no study has."""
    number = float(text)
    if number - number != 0 or abs(number) > LARGEST:
        raise ValueError(text)
    return number


def _broken_references(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """Return rows that name a study or result that is not there."""
    studies = set(tables["studies"]["study_id"])
    results = set(tables["results"]["result_id"])
    checks = (
        ("results", "study_id", studies),
        ("risk_of_bias", "study_id", studies),
        ("review_inclusions", "review_id", studies),
        ("review_inclusions", "study_id", studies),
        ("result_coding", "result_id", results),
        ("adverse_events", "result_id", results),
        ("adverse_events", "study_id", studies),
    )
    faults = []
    for name, column, known in checks:
        frame = tables[name]
        key = INPUTS[f"starter_{name}"].columns[0].name
        for row in frame[[key, column]].dropna().itertuples(index=False):
            if row[1] not in known:
                faults.append(Fault(f"{name}.csv ({row[0]})", column, f"{row[1]!r} is not known"))
    return faults
