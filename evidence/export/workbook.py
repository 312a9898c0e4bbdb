"""All files of an export as one Excel workbook, a sheet a file.

Cells hold what the CSV holds. Texts are stored as texts, so that none runs as a formula; what XML
cannot hold is replaced and what a cell cannot hold is cut, both visibly.

Notes
-----
Limits of a sheet: 1,048,576 rows, 32,767 UTF-16 units a cell, 31 characters a name (Microsoft,
"Excel specifications and limits"). Longer tables go on in a second sheet.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from evidence.columns import Column, Kind
from evidence.export.csv import joined_text
from evidence.export.files import VERSION, file_named

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

__all__ = ["Introduction", "workbook_bytes"]

MAX_ROWS = 1_048_576
MAX_UNITS = 32_767
CUT_NOTE = " … [cut here: longer than a cell can hold; the CSV has all of it]"
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
NAME_LIMIT = 31
WIDTH = {Kind.TEXT: 24, Kind.WORD: 20, Kind.DATE: 12, Kind.NUMBER: 12, Kind.WHOLE: 10,
         Kind.FLAG: 8, Kind.LIST: 28}  # fmt: skip
WIDE = frozenset({"quote", "text", "statement", "abstract", "title", "verdict_sentence", "reason",
                  "definition", "plain_sentence", "source_note", "query_text"})  # fmt: skip
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
FIXED_STAMP = b"1980-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Introduction:
    """What the first sheet says above the list of sheets."""

    title: str
    lines: Sequence[str]


def workbook_bytes(
    files: Mapping[str, pd.DataFrame], about: Introduction, dataset_version: str
) -> bytes:
    """Return files as a workbook, the same bytes for the same rows.

    Parameters
    ----------
    files
        Name of a file of ``files.FILES`` → its rows, in the order of the sheets.
    about
        Words of the first sheet.
    dataset_version
        Id of the snapshot, the last column of every sheet but those for other programs.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _write_introduction(book, files, about)
    for name, frame in files.items():
        _write_file(book, name, frame, dataset_version)
    buffer = io.BytesIO()
    book.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def _write_introduction(
    book: Workbook, files: Mapping[str, pd.DataFrame], about: Introduction
) -> None:
    """Write the sheet that says what this is."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    sheet = book.create_sheet("Read me")
    for letter, width in zip("ABC", (28, 10, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    title = WriteOnlyCell(sheet, value=None)
    title.value, title.data_type, title.font = clean(about.title), "s", Font(bold=True, size=14)
    sheet.append([title])
    for line in about.lines:
        sheet.append([_text_cell(sheet, line)])
    sheet.append([])
    sheet.append([_header_cell(sheet, words) for words in ("Sheet", "Rows", "What it holds")])
    for name, frame in files.items():
        definition = file_named(name).definition
        sheet.append([name[:NAME_LIMIT], len(frame), _text_cell(sheet, definition)])


def _write_file(book: Workbook, name: str, frame: pd.DataFrame, version: str) -> None:
    """Write one file, in as many sheets as its rows need."""
    file = file_named(name)
    key = [column for column in file.key if column in frame]
    rows = frame.sort_values(key, kind="stable") if key else frame
    columns = list(file.columns)
    if file.has_version:
        rows = rows.assign(**{VERSION.name: version})
        columns.append(VERSION)
    room = MAX_ROWS - 1
    for part, start in enumerate(range(0, max(1, len(rows)), room), start=1):
        suffix = "" if part == 1 else f" ({part})"
        sheet = book.create_sheet(name[: NAME_LIMIT - len(suffix)] + suffix)
        _write_rows(sheet, columns, rows.iloc[start : start + room])


def _write_rows(sheet: WriteOnlyWorksheet, columns: Sequence[Column], rows: pd.DataFrame) -> None:
    """Write the header, frozen, and the rows."""
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "B2"
    last = get_column_letter(len(columns))
    for position, column in enumerate(columns, start=1):
        width = 60 if column.name in WIDE else max(WIDTH[column.kind], len(column.name) + 3)
        sheet.column_dimensions[get_column_letter(position)].width = min(width, 60)
    sheet.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    sheet.append([_header_cell(sheet, column.name) for column in columns])
    cells = [list(_cells(sheet, column, rows)) for column in columns]
    for row in zip(*cells, strict=True):
        sheet.append(row)


def _cells(sheet: WriteOnlyWorksheet, column: Column, rows: pd.DataFrame) -> Iterator[Any]:
    """Yield a column's cells: numbers, flags, or texts that are texts to Excel too."""
    if column.name not in rows:
        yield from [None] * len(rows)
        return
    raw: Iterable[Any] = rows[column.name]
    if column.kind in {Kind.NUMBER, Kind.WHOLE}:
        whole = column.kind is Kind.WHOLE
        yield from (_number(value, is_whole=whole) for value in raw)
    elif column.kind is Kind.FLAG:
        yield from (None if pd.isna(value) else bool(value) for value in raw)
    elif column.kind is Kind.LIST:
        for value in raw:
            text = joined_text(value)
            yield None if text is None else _text_cell(sheet, text)
    else:
        is_id = column.name.endswith(("_id", "pmid", "doi", "issn"))
        for value in raw:
            yield _text_cell(sheet, value, is_id=is_id) if isinstance(value, str) else None


def _number(value: Any, *, is_whole: bool) -> float | int | None:  # noqa: ANN401 - any number
    """Return a number as a cell, None where it is missing or not finite."""
    if pd.isna(value):
        return None
    if is_whole:
        return int(value)
    number = float(value)
    return number if abs(number) != float("inf") else None


def _header_cell(sheet: WriteOnlyWorksheet, words: str) -> Any:  # noqa: ANN401 - openpyxl's cell
    """Return a bold cell on a tinted ground."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    cell = WriteOnlyCell(sheet, value=words)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF1")
    return cell


def _text_cell(sheet: WriteOnlyWorksheet, text: str, *, is_id: bool = False) -> Any:  # noqa: ANN401
    """Return a text as a cell; one that openpyxl would take for a formula or an error is forced."""
    cleaned = clean(text)
    if not is_id and not cleaned.startswith(("=", "#")):
        return cleaned
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=None)
    cell.value = cleaned
    cell.data_type = "s"
    if is_id:
        cell.number_format = "@"
    return cell


def clean(text: str) -> str:
    r"""Return a text that a cell can hold.

    >>> clean("a\x0bb")
    'a�b'
    """
    text = LOOKS_ESCAPED.sub("_x005F_", NOT_XML.sub("\ufffd", text))
    if len(text) <= MAX_UNITS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MAX_UNITS:
        return text
    kept = units[: 2 * (MAX_UNITS - len(CUT_NOTE))].decode("utf-16-le", errors="ignore")
    return kept + CUT_NOTE


def _with_fixed_times(data: bytes) -> bytes:
    """Return a workbook in which no byte tells when it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", FIXED_STAMP, content)
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()
