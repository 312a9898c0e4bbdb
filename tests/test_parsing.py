"""``evidence parse``: files to Parquet, whole or not at all; damaged inputs are named."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evidence.errors import InputsSkippedError, UsageError, WorkspaceNotWritableError
from evidence.parsing import parse_files
from evidence.records.pubmed_tables import PUBMED_TABLES
from evidence.records.pubmed_xml import parse_pubmed

FIXTURES = Path(__file__).parent / "records" / "fixtures"


def fixture(name):
    return FIXTURES / f"{name}.xml"


def pmids(out):
    return pq.read_table(out / "records.parquet").column("pmid").to_pylist()


def test_every_table_is_written_as_one_parquet_file_with_its_columns(tmp_path):
    summary = parse_files([fixture("registered_trial"), fixture("book")], tmp_path / "out")
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == sorted(PUBMED_TABLES)
    for name, spec in PUBMED_TABLES.items():
        table = pq.read_table(tmp_path / "out" / f"{name}.parquet")
        assert table.schema.equals(spec.schema)
        assert table.num_rows == summary.rows[name]
    assert summary.skipped == ()


def test_what_is_written_is_what_the_parser_read(tmp_path):
    parse_files([fixture("registered_trial")], tmp_path)
    parsed = parse_pubmed(fixture("registered_trial").read_bytes())
    for name, table in parsed.tables.items():
        assert pq.read_table(tmp_path / f"{name}.parquet").to_pylist() == table.to_pylist()


def test_inputs_stand_in_the_order_they_were_given(tmp_path):
    parse_files([fixture("two_versions"), fixture("dtd_of_2031")], tmp_path)
    assert pmids(tmp_path) == ["90000029", "90000029", "90000020"]


def test_gzipped_files_are_read_whatever_their_name(tmp_path):
    packed = tmp_path / "data"
    packed.write_bytes(gzip.compress(fixture("dtd_of_2031").read_bytes()))
    parse_files([packed], tmp_path / "out")
    assert pmids(tmp_path / "out") == ["90000020"]


def test_a_damaged_input_is_skipped_and_named_and_the_others_are_written(tmp_path):
    inputs = [fixture("truncated"), fixture("dtd_of_2031"), fixture("html_error")]
    summary = parse_files(inputs, tmp_path)
    assert pmids(tmp_path) == ["90000020"]
    assert summary.parsed == (fixture("dtd_of_2031"),)
    with pytest.raises(InputsSkippedError, match="2 of 3 inputs skipped") as caught:
        summary.raise_if_skipped()
    assert caught.value.exit_code == 19
    assert str(fixture("truncated")) in caught.value.message
    assert "502 Bad Gateway" in caught.value.message


def test_nothing_of_a_damaged_input_is_left_behind(tmp_path):
    whole = fixture("registered_trial").read_bytes()
    damaged = tmp_path / "damaged.xml"
    damaged.write_bytes(whole.replace(b"</PubmedArticleSet>", b""))
    parse_files([damaged, fixture("dtd_of_2031")], tmp_path / "out")
    assert pmids(tmp_path / "out") == ["90000020"]
    assert pq.read_table(tmp_path / "out" / "mesh.parquet").num_rows == 0


def test_if_every_input_is_damaged_the_folder_stays_as_it_was(tmp_path):
    out = tmp_path / "out"
    parse_files([fixture("dtd_of_2031")], out)
    parse_files([fixture("truncated")], out)
    assert pmids(out) == ["90000020"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_second_run_replaces_the_tables_and_leaves_other_files_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    parse_files([fixture("dtd_of_2031")], tmp_path)
    parse_files([fixture("two_versions")], tmp_path)
    assert pmids(tmp_path) == ["90000029", "90000029"]
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_input_that_is_not_there_is_a_usage_error_before_anything_is_written(tmp_path):
    missing = tmp_path / "nowhere.xml"
    with pytest.raises(UsageError, match=r"nowhere\.xml"):
        parse_files([fixture("book"), missing], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_a_typed_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkspaceNotWritableError, match="choose another --out"):
        parse_files([fixture("book")], tmp_path / "file" / "out")


def test_progress_tells_the_records_so_far(tmp_path):
    seen = []
    parse_files([fixture("medline_date")], tmp_path, lambda path, n: seen.append((path.name, n)))
    assert seen[-1] == ("medline_date.xml", 4)


def test_unknown_elements_of_all_inputs_are_summed(tmp_path):
    inputs = [fixture("known_element_in_another_place"), fixture("known_element_in_another_place")]
    assert parse_files(inputs, tmp_path).unknown == {"PubmedArticle/MedlineCitation/Country": 2}
