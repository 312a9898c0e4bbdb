"""Every table once: columns, types, allowed values, units, keys.

The pandera schema that checks a table, the Parquet types of a snapshot, the columns of an export
and the data dictionary all come from these declarations. A column that is ``internal`` stays in
the snapshot and is not exported.

This module knows no file and no stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from evidence import table_columns as c
from evidence.columns import Column, Kind
from evidence.errors import Fault, TableError
from evidence.input_columns import INPUT_COLUMNS, INPUT_KEYS

if TYPE_CHECKING:
    import pandera.pandas as pa
    import pyarrow

__all__ = [
    "INPUTS",
    "TABLES",
    "Column",
    "Kind",
    "Table",
    "arrow_schema",
    "check_table",
    "conform",
    "table",
]


@dataclass(frozen=True, slots=True)
class Table:
    """One declared table."""

    name: str
    definition: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    is_exported: bool = True

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def exported(self) -> tuple[Column, ...]:
        """Return the columns that leave the snapshot."""
        return tuple(column for column in self.columns if not column.internal)


TABLES: Mapping[str, Table] = {
    t.name: t
    for t in (
        Table("documents", "Texts whose claims are tracked.", ("document_id",), c.DOCUMENTS),
        Table("sentences", "Every sentence of every document.", ("sentence_id",), c.SENTENCES),
        Table("claims", "Every claim with its exact quote.", ("claim_id",), c.CLAIMS),
        Table("claim_verdicts", "One row a claim: its verdict.", ("claim_id",), c.CLAIM_VERDICTS),
        Table("searches", "Every query of every run.", ("run_id", "query_id"), c.SEARCHES),
        Table("records", "PubMed records fetched.", ("record_id",), c.RECORDS),
        Table(
            "screening", "Decisions in and out.", ("record_id", "question_id", "stage"), c.SCREENING
        ),
        Table("studies", "One row a study.", ("study_id",), c.STUDIES),
        Table("study_results", "One row a result of a study.", ("result_id",), c.STUDY_RESULTS),
        Table("risk_of_bias", "Judgements, a row a domain.", c.RISK_OF_BIAS_KEY, c.RISK_OF_BIAS),
        Table("reviews", "Systematic reviews among the studies.", ("review_id",), c.REVIEWS),
        Table(
            "review_study_matrix",
            "Which review holds which study.",
            ("review_id", "study_id"),
            c.REVIEW_STUDY_MATRIX,
        ),
        Table(
            "review_overlap", "Overlap of two reviews.", ("review_a", "review_b"), c.REVIEW_OVERLAP
        ),
        Table(
            "syntheses", "One row a stratum: its estimate or count.", ("stratum_id",), c.SYNTHESES
        ),
        Table(
            "certainty",
            "Certainty, a row a stratum and domain.",
            ("stratum_id", "domain"),
            c.CERTAINTY,
        ),
        Table(
            "guidelines",
            "What guidelines say: context, never evidence.",
            ("guideline_id",),
            c.GUIDELINES,
        ),
        Table("adverse_events", "Harms with their denominators.", ("result_id",), c.ADVERSE_EVENTS),
        Table(
            "retractions",
            "Retraction states and what they touch.",
            ("record_id", "status"),
            c.RETRACTIONS,
        ),
        Table(
            "prisma_counts",
            "Counts of the flow figure.",
            ("run_id", "question_id", "stage", "box", "reason"),
            c.PRISMA_COUNTS,
        ),
        Table(
            "automation_register",
            "What is automated, and its measured accuracy.",
            ("component", "metric"),
            c.AUTOMATION_REGISTER,
        ),
        Table(
            "summary_of_findings",
            "One row an outcome and comparator.",
            ("stratum_id",),
            c.SUMMARY_OF_FINDINGS,
        ),
        Table(
            "questions",
            "One row a question (PICO and kind).",
            ("question_id",),
            c.QUESTIONS,
            is_exported=False,
        ),
        Table(
            "record_changes",
            "What the last refresh brought, changed and found retracted or dropped.",
            ("run_id", "record_id", "change"),
            c.RECORD_CHANGES,
            is_exported=False,
        ),
        Table(
            "citations",
            "Citation figures of records: shown, and read by no rule.",
            ("record_id",),
            c.CITATIONS,
            is_exported=False,
        ),
        Table(
            "study_reports",
            "Reports of one study, where it has several.",
            ("study_id", "report_id"),
            c.STUDY_REPORTS,
            is_exported=False,
        ),
        Table(
            "report_pairs",
            "Pairs of reports that a person is asked about.",
            ("report_a", "report_b"),
            c.REPORT_PAIRS,
            is_exported=False,
        ),
        Table(
            "stratum_members",
            "Which result does what in which stratum.",
            ("stratum_id", "result_id"),
            c.STRATUM_MEMBERS,
            is_exported=False,
        ),
        Table(
            "eligibility",
            "Why a result is in or out for a question.",
            ("question_id", "result_id"),
            c.ELIGIBILITY,
            is_exported=False,
        ),
        Table(
            "asserted_found",
            "Asserted beside found, a row an element.",
            ("claim_id", "element"),
            c.ASSERTED_FOUND,
            is_exported=False,
        ),
        Table(
            "verdict_reasons",
            "Rules that fired and what would change a verdict.",
            ("claim_id", "part", "position"),
            c.VERDICT_REASONS,
            is_exported=False,
        ),
        Table(
            "verdict_cells",
            "Every number of a verdict's sentence and its cell.",
            ("claim_id", "placeholder"),
            c.VERDICT_CELLS,
            is_exported=False,
        ),
    )
}


INPUTS: Mapping[str, Table] = {
    f"starter_{name}": Table(
        f"starter_{name}", f"Curated facts: {name}.csv.", INPUT_KEYS[name], columns, False
    )
    for name, columns in INPUT_COLUMNS.items()
}


def table(name: str) -> Table:
    """Return a declared table, a snapshot's or an input; an unknown name is a programming error."""
    return TABLES[name] if name in TABLES else INPUTS[name]


PANDAS_TYPE: Mapping[Kind, str] = {
    Kind.TEXT: "str",
    Kind.WORD: "str",
    Kind.DATE: "str",
    Kind.NUMBER: "float64",
    Kind.WHOLE: "Int64",
    Kind.FLAG: "boolean",
    Kind.LIST: "object",
}


def conform(
    name: str, rows: pd.DataFrame | Iterable[Mapping[str, Any]], *, sort: bool = True
) -> pd.DataFrame:
    """Return rows as the declared table: its columns, types and, if sorted, order of rows by key.

    Columns that are missing are filled with missing values; others are an error of the program.
    """
    declared = table(name)
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    unknown = [column for column in frame.columns if column not in declared.column_names]
    if unknown:
        msg = f"table {name} has no column {', '.join(unknown)}"
        raise KeyError(msg)
    frame = frame.reset_index(drop=True)
    columns = {
        column.name: _typed(column, frame.get(column.name), len(frame))
        for column in declared.columns
    }
    out = pd.DataFrame(columns, index=range(len(frame)), copy=False)
    if not (sort and declared.key):
        return out
    return out.sort_values(list(declared.key), kind="stable", ignore_index=True)


def _typed(column: Column, raw: pd.Series[Any] | None, n: int) -> pd.Series[Any]:
    """Return one column in its declared type, missing where it is missing."""
    kind: Any = PANDAS_TYPE[column.kind]
    if raw is None:
        return pd.Series([None] * n, dtype=kind)
    if column.kind is not Kind.LIST and raw.dtype == kind:
        return raw  # already as declared: a large table is not gone through cell by cell
    if column.kind is Kind.LIST:
        return _lists(raw)
    if column.kind in {Kind.TEXT, Kind.WORD, Kind.DATE}:
        return _texts(raw)
    typed: pd.Series[Any] = raw.astype("object").where(raw.notna(), None).astype(kind)
    return typed


def _lists(raw: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column whose cells are lists, or None."""
    cells = raw.tolist()
    if raw.dtype == "object" and all(cell is None or type(cell) is list for cell in cells):
        return raw
    return pd.Series([None if _is_missing(v) else list(v) for v in cells], dtype="object")


def _texts(raw: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column of texts, whatever says what its cells hold."""
    import pyarrow

    cells = raw.tolist()
    try:
        texts = pyarrow.array(cells, type=pyarrow.large_string(), from_pandas=True)
    except pyarrow.ArrowTypeError:  # numbers or other objects among them
        return pd.Series([None if _is_missing(v) else str(v) for v in cells], dtype="str")
    return pd.Series(pd.array(texts, dtype="str"))


def row_dicts(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings, missing cells as None."""
    names = [str(name) for name in frame.columns]
    columns = [_cells(frame[name]) for name in frame.columns]
    if not names:
        return [{} for _ in range(len(frame))]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]


def _cells(series: pd.Series[Any]) -> list[Any]:
    """Return a column's cells as Python's own objects, missing ones as None."""
    cells = series.astype("object")
    found: list[Any] = cells.where(cells.notna(), None).tolist()
    if series.dtype == "object":  # anything may stand there, numpy's numbers too
        return [cell.item() if isinstance(cell, np.generic) else cell for cell in found]
    return found


def _is_missing(value: object) -> bool:
    """Return whether a cell holds nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def arrow_schema(name: str) -> pyarrow.Schema:
    """Return the Parquet schema of a table."""
    import pyarrow

    types = {
        Kind.TEXT: pyarrow.string(),
        Kind.WORD: pyarrow.string(),
        Kind.DATE: pyarrow.string(),
        Kind.NUMBER: pyarrow.float64(),
        Kind.WHOLE: pyarrow.int64(),
        Kind.FLAG: pyarrow.bool_(),
        Kind.LIST: pyarrow.list_(pyarrow.string()),
    }
    return pyarrow.schema([(col.name, types[col.kind]) for col in table(name).columns])


@cache
def pandera_schema(name: str) -> pa.DataFrameSchema:
    """Return the pandera schema of a table, built on first use."""
    import pandera.pandas as pa

    declared = table(name)
    columns = {}
    for column in declared.columns:
        checks = []
        if column.allowed is not None:
            checks.append(pa.Check.isin([str(value) for value in column.allowed]))
        if column.low is not None:
            checks.append(pa.Check.ge(column.low))
        if column.high is not None:
            checks.append(pa.Check.le(column.high))
        dtype = None if column.kind is Kind.LIST else PANDAS_TYPE[column.kind]
        columns[column.name] = pa.Column(dtype, checks, nullable=not column.is_required)
    unique = list(declared.key) or None
    return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=unique, name=name)


def check_table(name: str, frame: pd.DataFrame, where: str | None = None) -> pd.DataFrame:
    """Return the table if it holds to its declaration.

    Raises
    ------
    TableError
        All faults at once: row, column, value, what is allowed.
    """
    import pandera.errors

    try:
        return pandera_schema(name).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise TableError(where or name, _faults(name, frame, error.failure_cases, where)) from error


def _faults(name: str, frame: pd.DataFrame, cases: pd.DataFrame, where: str | None) -> list[Fault]:
    """Turn pandera's failure cases into faults that name row, id, column, value and allowed."""
    by_name = {column.name: column for column in table(name).columns}
    key = (table(name).key or table(name).column_names)[0]
    faults = []
    for case in cases.itertuples(index=False):
        column = by_name.get(str(case.column))
        place = where or name
        if case.index is not None and not _is_missing(case.index):
            row = int(str(case.index))
            place += (
                f" row {row + 2} ({frame[key].iloc[row]})" if key in frame else f" row {row + 2}"
            )
        problem = _problem(str(case.check), case.failure_case)
        allowed = column.allowed_text if column else None
        faults.append(Fault(place, str(case.column), problem, allowed))
    return faults


def _problem(check: str, value: object) -> str:
    """Return what is wrong with a value, in words."""
    if check == "not_nullable":
        return "is missing"
    if check == "field_uniqueness" or check.startswith("multiple_fields_uniqueness"):
        return f"{value!r} occurs more than once"
    return f"{value!r} is not allowed"


def enum_values(words: type[StrEnum]) -> str:
    """Return an enum's words as the data dictionary prints them."""
    return " | ".join(str(word) for word in words)
