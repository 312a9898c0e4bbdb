"""A folder or a zip holds all files of an export or none, and nobody else's are lost."""

import csv
import errno
import hashlib
import io
import os
import zipfile

import pandas as pd
import pytest

from evidence.errors import UsageError, WorkspaceFullError, WorkspaceNotWritableError
from evidence.export import pack
from evidence.export.contents import Contents
from evidence.export.csv import table_csv
from evidence.export.derived import robvis_rows
from evidence.export.files import FILES, TEAM
from evidence.export.pack import export_files, summary_pack_zip


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_all_files_are_written_with_the_manifest_last(snapshot, tmp_path):
    out = tmp_path / "out"
    exported = export_files(snapshot, out)
    assert [file.file for file in exported] == [f"{name}.csv" for name in FILES]
    assert sorted(path.name for path in out.iterdir()) == sorted(file.file for file in exported)
    for file in exported:
        data = (out / file.file).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file.sha256
        assert len(rows_of(out / file.file)) == file.rows


def test_the_manifest_lists_every_file_but_itself(snapshot, tmp_path):
    exported = export_files(snapshot, tmp_path, ["all"])
    listed = rows_of(tmp_path / "manifest.csv")
    assert {row["file"] for row in listed} == {f.file for f in exported} - {"manifest.csv"}
    for row in listed:
        data = (tmp_path / row["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert row["dataset_version"] == snapshot.snapshot_id
        assert row["built_at"] == "2026-11-24T05:00:00+00:00"
        assert row["code_commit"] == "0.1.0"
        assert row["protocol_sha256"] == "p" * 64


def test_every_format_is_there_when_all_are_asked_for(snapshot, tmp_path):
    names = {file.file for file in export_files(snapshot, tmp_path, ["all"])}
    others = {"evidence.xlsx", "references.ris", "references.bib", "report.html", "report.pdf"}
    assert names == {f"{name}.csv" for name in FILES} | others | {"evidence.fhir.json"}


def test_dictionary_and_manifest_come_with_every_format(snapshot, tmp_path):
    names = [file.file for file in export_files(snapshot, tmp_path, ["ris"])]
    assert names == ["data_dictionary.csv", "references.ris", "manifest.csv"]


def test_the_team_pack_holds_its_files(snapshot, tmp_path):
    exported = export_files(snapshot, tmp_path, files="team")
    assert {file.file for file in exported} == {f"{name}.csv" for name in TEAM}


@pytest.mark.parametrize("formats", [["csv"], ["all"]])
def test_the_same_snapshot_gives_the_same_bytes(snapshot, tmp_path, formats):
    first = export_files(snapshot, tmp_path / "one", formats)
    second = export_files(snapshot, tmp_path / "two", formats)
    assert first == second


def test_the_command_and_the_browser_give_the_same_bytes(snapshot, tmp_path):
    export_files(snapshot, tmp_path, dialect="spreadsheet")
    for name in TEAM[:4]:
        shown = snapshot.read(name).sample(frac=1, random_state=3)
        from_page = table_csv(name, shown, "spreadsheet", snapshot.snapshot_id)
        if name != "claim_verdicts":
            assert from_page == (tmp_path / f"{name}.csv").read_bytes()
    page = Contents(snapshot).rows("claim_verdicts")
    data = table_csv("claim_verdicts", page, "spreadsheet", snapshot.snapshot_id)
    assert data == (tmp_path / "claim_verdicts.csv").read_bytes()


def test_the_zip_holds_the_bytes_of_the_folder_and_is_the_same_each_time(snapshot, tmp_path):
    exported = export_files(snapshot, tmp_path, files="team", dialect="spreadsheet")
    data = summary_pack_zip(snapshot)
    assert data == summary_pack_zip(snapshot)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [file.file for file in exported]
        for file in exported:
            assert archive.read(file.file) == (tmp_path / file.file).read_bytes()


def test_before_a_refresh_what_a_search_fills_is_a_header(snapshot, tmp_path):
    export_files(snapshot, tmp_path)
    for name in ("screening", "retractions", "decisions_log", "verdict_history", "gold_eval"):
        assert (tmp_path / f"{name}.csv").read_bytes().count(b"\n") == 1


def test_what_the_caller_knows_is_written(snapshot, tmp_path, history):
    export_files(snapshot, tmp_path, history=history)
    rows = rows_of(tmp_path / "verdict_history.csv")
    assert [row["claim_id"] for row in rows] == ["bites-back", "helps-back"]
    assert rows[1]["studies_added"] == "alba | bona"
    assert rows[1]["changed_at"] == "2026-11-24"


def test_a_verdict_has_its_number_in_the_history(snapshot, history):
    later = history.assign(verdict_version=2, changed_at="2027-01-01")
    both = pd.concat([history, later])
    rows = Contents(snapshot, history=both).rows("claim_verdicts").set_index("claim_id")
    assert rows["verdict_version"]["helps-back"] == 1
    assert pd.isna(rows["verdict_version"]["beyond-test"])


def test_times_come_from_the_manifest(snapshot, tmp_path):
    export_files(snapshot, tmp_path)
    at = "2026-10-02"
    assert [row["run_at"] for row in rows_of(tmp_path / "searches.csv")] == [at]
    assert [row["retraction_checked_at"] for row in rows_of(tmp_path / "records.csv")] == [at]


def test_progress_names_each_file(snapshot, tmp_path):
    told: list[str] = []
    exported = export_files(snapshot, tmp_path, files="team", progress=told.append)
    assert told == [file.file for file in exported]


# Claims


def test_a_claim_takes_what_belongs_to_it(snapshot, tmp_path, history):
    export_files(snapshot, tmp_path, claims=["helps-back"], history=history)

    def ids(name: str, column: str) -> list[str]:
        return [row[column] for row in rows_of(tmp_path / f"{name}.csv")]

    assert ids("claims", "claim_id") == ["helps-back"]
    assert ids("claim_verdicts", "claim_id") == ["helps-back"]
    assert ids("verdict_history", "claim_id") == ["helps-back"]
    assert ids("documents", "document_id") == ["doc-1"]
    assert ids("sentences", "sentence_id") == ["doc-1.0"]
    assert ids("studies", "study_id") == ["alba", "bona"]
    assert ids("study_results", "result_id") == ["alba-01", "bona-01"]
    assert len(ids("syntheses", "stratum_id")) == 2
    assert ids("guidelines", "guideline_id") == ["g1"]
    assert ids("records", "record_id") == ["pmid-1"]


def test_a_claim_without_evidence_takes_its_own_rows_only(snapshot, tmp_path):
    export_files(snapshot, tmp_path, ["all"], claims=["beyond-test"])
    assert len(rows_of(tmp_path / "claims.csv")) == 1
    for name in ("studies", "study_results", "syntheses", "certainty", "guidelines", "searches"):
        assert rows_of(tmp_path / f"{name}.csv") == []


def test_an_unknown_claim_is_named_and_nothing_is_written(snapshot, tmp_path):
    with pytest.raises(UsageError, match="'no-such'"):
        export_files(snapshot, tmp_path / "out", claims=["helps-back", "no-such"])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"formats": ["doc"]}, "unknown format 'doc'.*csv, xlsx"),
        ({"files": "some"}, "unknown files 'some'.*all, team"),
        ({"dialect": "tsv"}, "unknown dialect 'tsv'.*data, spreadsheet"),
    ],
)
def test_an_unknown_choice_says_what_is_allowed(snapshot, tmp_path, choice, said):
    with pytest.raises(UsageError, match=said):
        export_files(snapshot, tmp_path / "out", **choice)


# Folders


def test_files_that_no_export_wrote_are_not_written_over(snapshot, tmp_path):
    (tmp_path / "studies.csv").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine too")
    with pytest.raises(UsageError, match=r"studies\.csv.*--out"):
        export_files(snapshot, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["notes.txt", "studies.csv"]
    assert (tmp_path / "studies.csv").read_text() == "mine"


def test_an_earlier_export_is_written_over_and_other_files_stay(snapshot, tmp_path):
    export_files(snapshot, tmp_path, ["all"])
    (tmp_path / "notes.txt").write_text("mine")
    export_files(snapshot, tmp_path, files="team", dialect="spreadsheet")
    export_files(snapshot, tmp_path, ["all"])
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_in_place_of_the_folder_is_said_in_one_line(snapshot, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(WorkspaceNotWritableError, match=r"cannot be written.*--out"):
        export_files(snapshot, tmp_path / "out")


def failing(number: int, at_call: int):
    calls = []

    def fsync(handle: int) -> None:
        calls.append(handle)
        if len(calls) == at_call:
            raise OSError(number, os.strerror(number))

    return fsync


@pytest.mark.parametrize(
    ("number", "error"),
    [(errno.ENOSPC, WorkspaceFullError), (errno.EROFS, WorkspaceNotWritableError)],
)
def test_a_write_that_fails_midway_leaves_the_folder_as_it_was(
    snapshot, tmp_path, monkeypatch, number, error
):
    out = tmp_path / "out"
    export_files(snapshot, out, files="team")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    monkeypatch.setattr(pack.os, "fsync", failing(number, at_call=5))
    with pytest.raises(error):
        export_files(snapshot, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_folder_made_for_an_export_that_fails_is_gone(snapshot, tmp_path, monkeypatch):
    monkeypatch.setattr(pack.os, "fsync", failing(errno.ENOSPC, at_call=3))
    with pytest.raises(WorkspaceFullError):
        export_files(snapshot, tmp_path / "out")
    assert not (tmp_path / "out").exists()


# Files for other programs


def test_the_forest_input_is_what_was_pooled(snapshot):
    rows = Contents(snapshot).rows("forest_input")
    assert rows.to_dict("records") == [
        {"study": "alba", "yi": 7.0, "sei": 2.0, "weight": 60.0, "stratum_id": "q-back.sham.pain.decision"},
        {"study": "bona", "yi": 5.0, "sei": 2.5, "weight": 40.0, "stratum_id": "q-back.sham.pain.decision"},
    ]  # fmt: skip


def test_robvis_gets_the_worst_of_the_domains_that_ask_the_same(snapshot):
    (row,) = Contents(snapshot).rows("risk_of_bias_robvis").to_dict("records")
    assert row == {
        "Study": "Alba 2011", "D1": "Some concerns", "D2": "No information", "D3": "No information",
        "D4": "High", "D5": "No information", "Overall": "High", "Weight": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize(("weights", "printed"), [([60.0, 40.0], [60, 40]), ([60.0, None], [1, 1])])
def test_robvis_weighs_all_studies_alike_or_not_at_all(weights, printed):
    bias = pd.DataFrame(
        {"study_id": ["a", "b"], "tool": "RoB 2", "domain": "D1", "judgement": "low",
         "overall": "low", "assessed_by": "x", "weight": weights}
    )  # fmt: skip
    studies = pd.DataFrame({"study_id": ["a", "b"], "label": ["Same 2001", "Same 2001"]})
    rows = robvis_rows(bias, studies)
    assert rows["Weight"].tolist() == printed
    assert rows["Study"].tolist() == ["Same 2001 (a)", "Same 2001 (b)"]
    assert rows["D1"].tolist() == ["Low", "Low"]


def test_the_flow_figure_has_its_counts_under_the_package_s_names(snapshot):
    rows = Contents(snapshot).rows("prisma2020").set_index("data")["n"]
    assert rows["records_screened"] == "12"
    assert rows["dbr_excluded"] == "other outcome, 2; other population, 3"
    assert pd.isna(rows["duplicates"])


def test_the_flow_figure_is_a_header_where_nothing_was_counted(snapshot, tmp_path):
    export_files(snapshot, tmp_path, claims=["beyond-test"])
    assert (tmp_path / "prisma2020.csv").read_bytes().count(b"\n") == 1
