"""CSV in two dialects, with the same bytes wherever they are asked for.

Every column is turned into quoted cells by Arrow, a column at a time, and the columns are joined
into lines: a table of 100,000 rows takes about a second. Nothing here knows what a table means,
or where its bytes go.

Notes
-----
Text is always quoted and numbers never are. A missing value is an empty cell without quotes, a
text that is empty is ``""``. An unquoted lone carriage return would break its row on re-reading,
and a spreadsheet runs a text that begins with ``=`` as a formula: the dialect ``spreadsheet`` puts
an apostrophe before it (OWASP, "CSV Injection").
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from evidence.columns import Column, Kind
from evidence.export.files import VERSION, file_named

__all__ = ["Dialect", "columns_csv", "table_csv"]

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LIST_SEPARATOR = " | "
RUNS_AS_FORMULA = r"^[=+\-@\t\r]"


class Dialect(StrEnum):
    """For a program, exactly; or for a spreadsheet, with byte-order mark and defused formulas."""

    DATA = "data"
    SPREADSHEET = "spreadsheet"


def table_csv(
    name: str,
    frame: pd.DataFrame,
    dialect: Dialect | str = Dialect.DATA,
    dataset_version: str = "",
) -> bytes:
    """Return a file of ``files.FILES`` as CSV.

    Parameters
    ----------
    name
        Name of the file without its ending; a table's is the table's.
    frame
        Its rows, filtered as the reader wants them, in any order and with any columns more: what
        is not exported is left out, what is absent becomes empty cells, rows are sorted by id.
    dialect
        ``data`` or ``spreadsheet``.
    dataset_version
        Id of the snapshot, written into the last column of every row.

    Examples
    --------
    >>> rows = pd.DataFrame({"review_a": ["a"], "review_b": ["b"], "shared": [2]})
    >>> print(table_csv("review_overlap", rows, "data", "v1").decode().splitlines()[1])
    "a","b",2,,,,"v1"
    """
    file = file_named(name)
    key = [column for column in file.key if column in frame]
    ordered = frame.sort_values(key, kind="stable") if key else frame
    columns = list(file.columns)
    if file.has_version:
        ordered = ordered.assign(**{VERSION.name: dataset_version})
        columns.append(VERSION)
    return _render(columns, ordered, Dialect(dialect))


def columns_csv(
    columns: Sequence[Column], frame: pd.DataFrame, dialect: Dialect | str = Dialect.DATA
) -> bytes:
    """Return rows as CSV whose columns are declared with them: header and rows as bytes."""
    return _render(columns, frame, Dialect(dialect))


def _render(columns: Sequence[Column], frame: pd.DataFrame, dialect: Dialect) -> bytes:
    """Return header and rows as bytes."""
    header = ",".join(f'"{column.name}"' for column in columns) + "\n"
    start = BYTE_ORDER_MARK if dialect is Dialect.SPREADSHEET else b""
    body = b""
    if len(frame):
        cells = [_cells(column, frame, dialect) for column in columns]
        lines = pc.binary_join_element_wise(*cells, pa.scalar(",", pa.large_string()))
        body = "\n".join([*lines.to_pylist(), ""]).encode()
    return start + header.encode() + body


def _cells(column: Column, frame: pd.DataFrame, dialect: Dialect) -> pa.Array:
    """Return one column as the cells of the file, an empty one where a value is missing."""
    if column.name not in frame:
        return pa.array([""] * len(frame), type=pa.large_string())
    raw = frame[column.name]
    if column.kind is Kind.NUMBER:
        cells = numbers(raw)
    elif column.kind is Kind.WHOLE:
        cells = pc.cast(_plain(raw.astype("Int64")), pa.large_string())
    elif column.kind is Kind.FLAG:
        cells = pc.cast(_plain(raw.astype("boolean")), pa.large_string())
    else:
        cells = _quoted(texts(raw, is_list=column.kind is Kind.LIST), dialect)
    return pc.fill_null(cells, "")


def numbers(raw: pd.Series[Any]) -> pa.Array:
    """Return numbers in the fewest digits that read back as the same number.

    A value that is no finite number is missing: no reader agrees on how to spell infinity.
    """
    values = raw.to_numpy(dtype="float64", na_value=np.nan) + 0.0  # −0.0 becomes 0.0
    return pc.cast(pa.array(values, mask=~np.isfinite(values)), pa.large_string())


def texts(raw: pd.Series[Any], *, is_list: bool = False) -> pa.Array:
    """Return texts as Arrow holds them; the parts of a list joined by a bar."""
    if is_list:
        joined = [joined_text(cell) for cell in raw]
        return pa.array(joined, type=pa.large_string())
    if isinstance(raw.dtype, pd.CategoricalDtype):
        raw = raw.astype("object")
    return _plain(raw, pa.large_string())


def joined_text(cell: object) -> str | None:
    """Return a list as one text; a text is one already, and what is neither is missing."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Sequence | np.ndarray):
        return LIST_SEPARATOR.join(str(part) for part in cell)
    return None


def _plain(raw: pd.Series[Any], kind: pa.DataType | None = None) -> pa.Array:
    """Return a column as one Arrow array."""
    array = pa.array(raw, type=kind, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _quoted(cells: pa.Array, dialect: Dialect) -> pa.Array:
    """Return texts in quotes, with the quotes in them doubled."""
    if dialect is Dialect.SPREADSHEET:
        runs = pc.match_substring_regex(cells, RUNS_AS_FORMULA)
        cells = pc.if_else(runs, _between("'", cells, ""), cells)
    return _between('"', pc.replace_substring(cells, '"', '""'), '"')


def _between(before: str, cells: pa.Array, after: str) -> pa.Array:
    """Return each text between two others; a missing one stays missing."""
    ends = [pa.scalar(end, pa.large_string()) for end in (before, after, "")]
    return pc.binary_join_element_wise(ends[0], cells, ends[1], ends[2])
