"""Curated facts: every fault of a file in one report, by row, column, value and what is allowed."""

from __future__ import annotations

import csv
import io

import pytest

from evidence.errors import TableError
from evidence.settings import CHECKOUT
from evidence.store.starter import parse_table, read_starter
from evidence.tables import INPUTS

STARTER = CHECKOUT / "data" / "starter"


def study_row(**cells: str) -> dict[str, str]:
    empty = dict.fromkeys(INPUTS["starter_studies"].column_names, "")
    row = {"study_id": "smith2001", "design": "cohort", "population": "adults"}
    return {**empty, **row, **cells}


def as_csv(*rows: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def faults_of(text: str, name: str = "studies") -> list[str]:
    with pytest.raises(TableError) as caught:
        parse_table(name, text)
    return [str(fault) for fault in caught.value.faults]


def test_the_starter_data_are_sound():
    data = read_starter(STARTER)
    assert len(data.studies) == 388
    assert len(data.results) == 1028
    assert set(data.result_coding["result_id"]) == set(data.results["result_id"])


def test_a_word_that_is_not_allowed_is_named_with_row_column_and_what_is():
    (fault,) = faults_of(as_csv(study_row(design="double-blind trial")))
    assert fault.startswith("studies.csv row 2 (smith2001), design: 'double-blind trial'")
    assert "randomized trial" in fault


def test_every_fault_of_a_file_is_in_one_report():
    text = as_csv(
        study_row(year="MMI"),
        study_row(study_id="lee2002", population="", n_randomized="12.5"),
        study_row(study_id="", year="1066"),
    )
    found = "\n".join(faults_of(text))
    for part in ("'MMI'", "population: is missing", "'12.5'", "study_id: is missing", "1066"):
        assert part in found


def test_the_row_number_is_that_of_the_file_whatever_the_order_of_ids():
    text = as_csv(study_row(study_id="z"), study_row(study_id="a", design="?"))
    assert faults_of(text)[0].startswith("studies.csv row 3 (a), design")


def test_a_doubled_id_is_a_fault():
    assert any("more than once" in fault for fault in faults_of(as_csv(study_row(), study_row())))


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e400", "12,5", "twelve"])
def test_what_is_no_finite_number_is_refused(number):
    assert faults_of(as_csv(study_row(course_weeks=number)))


def test_an_unknown_column_and_a_missing_one_are_named():
    row = study_row()
    del row["doi"]
    row["colour"] = "blue"
    found = faults_of(as_csv(row))
    assert any("doi: column is missing" in fault for fault in found)
    assert any("colour: unknown column" in fault for fault in found)


def test_a_row_with_too_few_cells_is_named():
    text = as_csv(study_row()) + "short,row\n"
    assert any("row 3" in fault and "2 cells" in fault for fault in faults_of(text))


def test_an_empty_file_says_what_its_first_line_should_be():
    assert "first line names the columns" in faults_of("")[0]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TableError, match=r"results\.csv is missing"):
        read_starter(tmp_path)


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    for path in STARTER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "scales.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TableError, match=r"scales\.csv.*UTF-8"):
        read_starter(tmp_path)


def test_a_result_of_a_study_that_is_not_there_is_a_fault(tmp_path):
    for path in STARTER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (tmp_path / "review_inclusions.csv").read_text(encoding="utf-8").splitlines()
    lines.append(",".join(["nobody2099", *[""] * (lines[0].count(","))]))
    (tmp_path / "review_inclusions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(TableError, match="'nobody2099' is not known"):
        read_starter(tmp_path)


def test_every_correction_names_its_reason():
    text = (STARTER / "corrections.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) > 300
    assert all(row["why"].strip() for row in rows)
