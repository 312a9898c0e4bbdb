"""CSV: exact in one dialect, harmless in the other."""

import csv
import io
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.columns import Kind
from evidence.export.csv import Dialect, table_csv
from evidence.export.files import FILES
from evidence.tables import TABLES, conform

ANYTHING = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text(st.sampled_from("\r\n\",;|\t =+-@'é中\u2028 x"), max_size=8),
)
NUMBER = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
WHOLE = st.one_of(st.none(), st.integers(0, 2**53))
FLAG = st.one_of(st.none(), st.booleans())


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))


def events(**cells: list[object]) -> pd.DataFrame:
    n = len(next(iter(cells.values())))
    ids = [f"r{i:03}" for i in range(n)]
    return conform("adverse_events", pd.DataFrame({"result_id": ids, "study_id": ids, **cells}))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ANYTHING, NUMBER, WHOLE), min_size=1, max_size=6))
def test_what_is_written_reads_back_as_the_table(rows):
    texts, numbers, wholes = (list(column) for column in zip(*rows, strict=True))
    frame = pd.DataFrame(
        {
            "result_id": [f"r{i:03}" for i in range(len(rows))],
            "study_id": "s",
            "event": texts,
            "rate": numbers,
            "numerator": wholes,
        }
    )
    header, *body = lines(table_csv("adverse_events", frame, "data", "v"))
    assert len(body) == len(rows)
    read = [dict(zip(header, line, strict=True)) for line in body]
    assert [row["event"] for row in read] == [text or "" for text in texts]
    assert [float(row["rate"]) if row["rate"] else None for row in read] == numbers
    assert [int(row["numerator"]) if row["numerator"] else None for row in read] == wholes
    assert {row["dataset_version"] for row in read} == {"v"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(ANYTHING, FLAG), min_size=1, max_size=6))
def test_pandas_reads_back_texts_and_flags(rows):
    texts = [None if text is None else text.replace("\0", "") or None for text, _ in rows]
    frame = pd.DataFrame(
        {
            "review_id": [f"r{i:03}" for i in range(len(rows))],
            "pmid": texts,
            "grade_used": [flag for _, flag in rows],
        }
    )
    data = table_csv("reviews", frame, "data", "v")
    read = pd.read_csv(
        io.BytesIO(data),
        dtype={"pmid": "object", "grade_used": "boolean"},
        keep_default_na=False,
        na_values={"pmid": [""], "grade_used": [""]},
    )
    assert [None if pd.isna(cell) else cell for cell in read["pmid"]] == texts
    assert [None if pd.isna(c) else bool(c) for c in read["grade_used"]] == [f for _, f in rows]


def test_texts_are_quoted_and_numbers_are_not():
    data = table_csv(
        "studies",
        conform(
            "studies",
            [{"study_id": "7", "n_randomized": 30, "age_mean": 41.0, "full_text_read": True,
              "record_ids": ["1", "2"]}],
        ),
        "data",
        "v1",
    ).decode()  # fmt: skip
    row = data.splitlines()[1]
    assert row.startswith('"7","1 | 2",,')
    assert ",30," in row
    assert ",41," in row
    assert ",true," in row
    assert row.endswith(',"v1"')


def test_a_missing_value_is_an_empty_cell_and_no_word():
    row = table_csv("adverse_events", events(event=[None], rate=[math.nan]), "data", "v")
    assert row.decode().splitlines()[1] == '"r000","r000",,,,,,,,,,,,"v"'


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_finite_number_is_empty(value):
    frame = pd.DataFrame({"result_id": ["a"], "study_id": ["a"], "rate": [value]})
    assert b"nan" not in table_csv("adverse_events", frame).lower()
    assert b"inf" not in table_csv("adverse_events", frame).lower()


@pytest.mark.parametrize(
    ("value", "printed"),
    [(1.0, "1"), (0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"), (-0.0, "0"), (1e-7, "1e-7")],
)
def test_a_number_is_printed_in_the_fewest_digits_that_read_back(value, printed):
    frame = pd.DataFrame({"result_id": ["a"], "study_id": ["a"], "rate": [value]})
    header, row = lines(table_csv("adverse_events", frame))
    assert row[header.index("rate")] == printed


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_gets_no_formula(start):
    text = f'{start}HYPERLINK("x")'
    header, row = lines(table_csv("adverse_events", events(event=[text]), "spreadsheet")[3:])
    assert row[header.index("event")] == "'" + text


def test_a_spreadsheet_gets_no_formula_from_a_list():
    frame = conform("studies", [{"study_id": "a", "record_ids": ["=1", "b"]}])
    header, row = lines(table_csv("studies", frame, "spreadsheet")[3:])
    assert row[header.index("record_ids")] == "'=1 | b"


def test_a_text_in_a_column_of_lists_is_not_lost():
    frame = pd.DataFrame({"study_id": ["a", "b"], "record_ids": ["one; two", None]})
    rows = lines(table_csv("studies", frame))
    assert [row[1] for row in rows[1:]] == ["one; two", ""]


def test_numbers_below_zero_stay_numbers_in_a_spreadsheet():
    frame = pd.DataFrame({"stratum_id": ["s"], "estimate": [-3.25]})
    header, row = lines(table_csv("syntheses", frame, "spreadsheet")[3:])
    assert row[header.index("estimate")] == "-3.25"


def test_only_the_spreadsheet_has_a_byte_order_mark_and_prefixes():
    frame = events(event=["=1"])
    assert table_csv("adverse_events", frame, Dialect.SPREADSHEET).startswith(b"\xef\xbb\xbf")
    data = table_csv("adverse_events", frame, Dialect.DATA)
    assert data.startswith(b'"result_id"')
    assert b'"=1"' in data


def test_order_of_rows_and_internal_columns_do_not_matter():
    frame = events(event=["a", "b", "c"], note=["x", "y", "z"])
    shuffled = frame.iloc[[2, 0, 1]]
    assert table_csv("adverse_events", frame) == table_csv("adverse_events", shuffled)
    without = frame.drop(columns="note")
    assert table_csv("adverse_events", frame) == table_csv("adverse_events", without)


def test_an_empty_table_is_a_header():
    data = table_csv("searches", conform("searches", []), "data", "v")
    assert data.count(b"\n") == 1
    assert data.startswith(b'"run_id","claim_id","query_id"')


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_has_its_version_last_but_two(name):
    header = lines(table_csv(name, pd.DataFrame()))[0]
    assert (header[-1] == "dataset_version") == (
        name not in {"forest_input", "risk_of_bias_robvis"}
    )


@pytest.mark.parametrize("name", sorted(n for n, t in TABLES.items() if t.is_exported))
def test_every_table_renders_every_kind_of_column(name):
    cells = {Kind.NUMBER: 1.5, Kind.WHOLE: 2, Kind.FLAG: True, Kind.LIST: ["a", "b"]}
    row = {column.name: cells.get(column.kind, "t") for column in TABLES[name].columns}
    header, body = lines(table_csv(name, conform(name, [row]), "data", "v"))
    expected = {Kind.NUMBER: "1.5", Kind.WHOLE: "2", Kind.FLAG: "true", Kind.LIST: "a | b"}
    assert body == [*(expected.get(c.kind, "t") for c in FILES[name].columns), "v"]
    assert header == [*(column.name for column in TABLES[name].exported), "dataset_version"]
