"""No column of any file is undocumented, and the page is what the declarations say."""

from pathlib import Path

from evidence.export.dictionary import dictionary_rows, dictionary_text
from evidence.export.files import FILES
from evidence.tables import INPUTS, TABLES

PAGE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_page_is_what_the_declarations_say():
    said = "run: python -m evidence.export.dictionary > docs/data-dictionary.md"
    assert PAGE.read_text(encoding="utf-8") == dictionary_text(), said


def test_every_column_of_every_file_has_a_row_with_a_definition():
    rows = dictionary_rows()
    listed = list(zip(rows["file"], rows["column"], strict=True))
    assert listed == [(f"{name}.csv", c) for name, file in FILES.items() for c in file.header]
    assert rows["definition"].str.len().min() > 3


def test_every_table_has_its_heading_for_links_from_messages():
    text = dictionary_text()
    for name in (*TABLES, *INPUTS, *FILES):
        assert f"\n### {name}\n" in text


def test_closed_lists_are_given_in_full():
    rows = dictionary_rows().set_index(["file", "column"])
    allowed = rows.loc[("claim_verdicts.csv", "certainty"), "allowed_values"]
    assert allowed == "High | Moderate | Low | Very low"
