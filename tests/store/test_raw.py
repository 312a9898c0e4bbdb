"""What was fetched, kept once and found again."""

from __future__ import annotations

import errno
import gzip
from pathlib import Path

import pytest

from evidence.errors import SnapshotDamagedError, WorkspaceFullError
from evidence.store.raw import RunFolder, list_run_folders, remove_run, verify_runs

XML = b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>"


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path, "run-0001")
    made.create()
    return made


def test_equal_xml_is_one_file_of_equal_bytes(folder: RunFolder, tmp_path: Path):
    digest = folder.store_xml(XML)
    path = folder.path / f"{digest}.xml.gz"
    assert gzip.decompress(path.read_bytes()) == XML
    assert path.read_bytes()[4:8] == b"\0\0\0\0"  # no time (RFC 1952, MTIME)
    before = path.stat().st_mtime_ns
    assert folder.store_xml(XML) == digest
    assert path.stat().st_mtime_ns == before
    other = RunFolder(tmp_path, "run-0002")
    other.create()
    other.store_xml(XML)
    assert (other.path / path.name).read_bytes() == path.read_bytes()
    assert folder.read_xml(digest) == XML


@pytest.mark.parametrize("damage", ["cut", "other", "gone"])
def test_xml_that_is_not_what_its_name_says_is_refused(folder: RunFolder, damage: str):
    digest = folder.store_xml(XML)
    path = folder.path / f"{digest}.xml.gz"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif damage == "other":
        path.write_bytes(gzip.compress(b"<other/>", mtime=0))
    else:
        path.unlink()
    with pytest.raises(SnapshotDamagedError, match="--full"):
        folder.read_xml(digest)


def test_half_a_line_in_the_journal_is_skipped_and_ended(folder: RunFolder):
    folder.append_journal({"sha256": "a"})
    with (folder.path / "journal.jsonl").open("ab") as handle:
        handle.write(b'{"sha256": "b')
    folder.mend_journal()
    folder.append_journal({"sha256": "c"})
    assert [entry["sha256"] for entry in folder.journal()] == ["a", "c"]


def test_a_json_file_that_is_not_there_is_none_and_a_broken_one_is_damaged(folder: RunFolder):
    assert folder.read_json("x.json") is None
    folder.write_json("x.json", {"b": 1, "a": [1]})
    assert folder.read_json("x.json") == {"a": [1], "b": 1}
    (folder.path / "x.json").write_text("{")
    with pytest.raises(SnapshotDamagedError):
        folder.read_json("x.json")


def test_a_full_disk_leaves_no_half_file(folder: RunFolder, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("evidence.store.raw.os.fsync", full)
    with pytest.raises(WorkspaceFullError):
        folder.store_xml(XML)
    assert list(folder.path.iterdir()) == []


def test_every_fault_of_a_run_is_named(folder: RunFolder, tmp_path: Path):
    digest = folder.store_xml(XML)
    folder.write_json("run.json", {"run_id": "run-0001"})
    about = {"record_sha256": folder.json_sha256("run.json"), "raw_files": [digest]}
    assert verify_runs(tmp_path, {"run-0001": about}) == []
    folder.write_json("run.json", {"run_id": "run-0009"})
    (folder.path / f"{digest}.xml.gz").unlink()
    faults = verify_runs(tmp_path, {"run-0001": about, "run-0002": about})
    assert [(fault.file, fault.problem) for fault in faults] == [
        ("raw/run-0001/run.json", "its SHA-256 is not the manifest's"),
        (f"raw/run-0001/{digest}.xml.gz", "is missing"),
        ("raw/run-0002/run.json", "is missing"),
        (f"raw/run-0002/{digest}.xml.gz", "is missing"),
    ]


def test_a_run_is_removed_as_a_whole(folder: RunFolder, tmp_path: Path):
    folder.store_xml(XML)
    assert list_run_folders(tmp_path) == ["run-0001"]
    remove_run(tmp_path, "run-0001")
    remove_run(tmp_path, "run-0001")
    assert list_run_folders(tmp_path) == []
