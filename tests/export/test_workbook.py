"""The workbook holds what the CSV holds, and no cell runs."""

import io
import zipfile

import openpyxl
import pandas as pd
import pytest

from evidence.export import workbook
from evidence.export.contents import Contents
from evidence.export.files import FILES
from evidence.export.workbook import Introduction, workbook_bytes

ABOUT = Introduction("=1+1", ["one line", "=2+2"])


def opened(files: dict[str, pd.DataFrame]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook_bytes(files, ABOUT, "v1")))


def cell_of(event: object) -> object:
    frame = pd.DataFrame({"result_id": ["r"], "study_id": ["s"], "event": [event]})
    return opened({"adverse_events": frame})["adverse_events"]["C2"]


def test_every_file_has_a_sheet_after_the_first(snapshot):
    contents = Contents(snapshot)
    names = [name for name in FILES if name != "manifest"]
    book = opened({name: contents.rows(name) for name in names})
    assert book.sheetnames == ["Read me", *names]
    for name in names:
        assert [cell.value for cell in book[name][1]] == list(FILES[name].header)
        assert book[name].max_row == len(contents.rows(name)) + 1
        assert book[name].freeze_panes == "B2"


def test_numbers_are_numbers_flags_are_flags_and_ids_are_text(snapshot):
    contents = Contents(snapshot)
    book = opened({"syntheses": contents.rows("syntheses"), "studies": contents.rows("studies")})
    sheet = book["syntheses"]
    row = dict(zip([c.value for c in sheet[1]], sheet[2], strict=True))
    assert row["estimate"].value == 6.3
    assert row["stratum_id"].number_format == "@"
    assert row["tau"].value is None
    studies = [c.value for c in book["studies"][2]]
    assert studies[:2] == ["alba", "pmid-1"]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x.invalid")', "#N/A", "+1", "@a"])
def test_no_text_is_a_formula_or_an_error(text):
    cell = cell_of(text)
    assert (cell.value, cell.data_type) == (text, "s")


def test_no_formula_stands_on_the_first_sheet():
    sheet = opened({})["Read me"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} <= {"s"}


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("a\x00b", "a�b"),
        ("a\x1fb\uffff", "a�b�"),
        ("line\nbreak", "line\nbreak"),
        ("é中😀", "é中😀"),
    ],
)
def test_what_xml_cannot_hold_is_replaced(text, held):
    assert cell_of(text).value == held


def test_a_text_that_looks_like_an_escape_stays_as_it_is_written():
    data = workbook_bytes(
        {"adverse_events": pd.DataFrame({"result_id": ["r"], "study_id": ["s"], "event": ["_x0041_"]})},
        ABOUT, "v",
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = b"".join(archive.read(n) for n in archive.namelist() if n.endswith(".xml"))
    assert b"_x005F_x0041_" in sheets


@pytest.mark.parametrize("text", ["x" * 40_000, "😀" * 20_000])
def test_a_text_that_is_too_long_is_cut_and_says_so(text):
    value = str(cell_of(text).value)
    assert len(value.encode("utf-16-le")) // 2 <= 32_767
    assert value.endswith("the CSV has all of it]")


def test_a_text_that_just_fits_is_not_cut():
    assert cell_of("x" * 32_767).value == "x" * 32_767


def test_a_table_that_is_too_long_goes_on_in_a_second_sheet(monkeypatch):
    monkeypatch.setattr(workbook, "MAX_ROWS", 4)
    frame = pd.DataFrame({"result_id": [f"r{i}" for i in range(7)], "study_id": "s"})
    book = opened({"adverse_events": frame})
    assert book.sheetnames[1:] == ["adverse_events", "adverse_events (2)", "adverse_events (3)"]
    ids = [
        book[n].cell(r, 1).value for n in book.sheetnames[1:] for r in range(2, book[n].max_row + 1)
    ]
    assert ids == [f"r{i}" for i in range(7)]


def test_the_same_rows_give_the_same_bytes(snapshot):
    files = {"studies": Contents(snapshot).rows("studies")}
    assert workbook_bytes(files, ABOUT, "v") == workbook_bytes(files, ABOUT, "v")


def test_sheet_names_fit():
    assert max(len(name) for name in FILES) <= workbook.NAME_LIMIT
