"""Snapshots: written once, equal bytes for equal content, and a flipped byte is found."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from evidence.errors import (
    SnapshotDamagedError,
    SnapshotMissingError,
    WorkspaceNotWritableError,
)
from evidence.store.snapshots import (
    current_id,
    list_snapshots,
    open_snapshot,
    verify_snapshot,
    write_snapshot,
)
from evidence.store.verification import verify_workspace
from evidence.tables import conform

ABOUT = {"as_of": "2026-11-01", "runs": {}}
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def documents(title: str = "A leaflet") -> dict[str, pd.DataFrame]:
    row = {"document_id": "leaflet", "title": title, "snapshot_sha256": "0" * 64}
    return {"documents": pd.DataFrame([row])}


def test_a_snapshot_reads_back_what_was_written(tmp_path):
    studies = pd.DataFrame(
        [
            {"study_id": "b", "record_ids": ["pmid:1", "pmid:2"], "year": 2001},
            {"study_id": "a", "record_ids": None, "full_text_read": True},
        ]
    )
    snapshot, created = write_snapshot(tmp_path, {"studies": studies}, ABOUT, now=NOON)
    assert created
    read = snapshot.read("studies")
    assert list(read["study_id"]) == ["a", "b"]
    assert read["record_ids"].tolist() == [None, ["pmid:1", "pmid:2"]]
    assert read["year"].isna().tolist() == [True, False]
    assert bool(read["full_text_read"].iloc[0])


def test_only_the_columns_asked_for_are_read(tmp_path):
    snapshot, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    assert list(snapshot.read("documents", ["title"]).columns) == ["title"]


def test_equal_content_writes_nothing_and_keeps_the_snapshot_that_stands(tmp_path):
    first, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    later = datetime(2026, 11, 25, tzinfo=UTC)
    second, created = write_snapshot(tmp_path, documents(), ABOUT, now=later)
    assert not created
    assert second.snapshot_id == first.snapshot_id
    assert list_snapshots(tmp_path) == [first.snapshot_id]


def test_two_workspaces_hold_equal_bytes_but_for_the_manifest(tmp_path):
    folders = []
    for name, moment in (("one", NOON), ("two", datetime(2027, 1, 1, tzinfo=UTC))):
        snapshot, _ = write_snapshot(tmp_path / name, documents(), ABOUT, now=moment)
        folders.append(snapshot.folder)
    names = sorted(path.name for path in folders[0].glob("*.parquet"))
    assert names == sorted(path.name for path in folders[1].glob("*.parquet"))
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes()


def test_changed_content_makes_a_child_and_keeps_its_parent(tmp_path):
    first, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    second, _ = write_snapshot(tmp_path, documents("Another title"), ABOUT)
    assert second.manifest["parent_id"] == first.snapshot_id
    assert current_id(tmp_path) == second.snapshot_id
    assert open_snapshot(tmp_path, first.snapshot_id).read("documents")["title"][0] == "A leaflet"


def test_a_flipped_byte_is_found_and_named(tmp_path):
    snapshot, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    path = snapshot.folder / "documents.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    faults = verify_snapshot(snapshot)
    assert [fault.file for fault in faults] == [f"{snapshot.snapshot_id}/documents.parquet"]


def test_a_damaged_snapshot_is_written_again_rather_than_kept(tmp_path):
    snapshot, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    (snapshot.folder / "claims.parquet").unlink()
    again, created = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    assert created
    assert verify_snapshot(again) == []


def test_a_file_that_nobody_declared_is_found(tmp_path):
    snapshot, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    (snapshot.folder / "stray.txt").write_text("?", encoding="utf-8")
    assert [fault.problem for fault in verify_snapshot(snapshot)] == ["is not in the manifest"]


def test_a_missing_parent_is_found(tmp_path):
    import shutil

    first, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    write_snapshot(tmp_path, documents("Another title"), ABOUT)
    shutil.rmtree(first.folder)
    assert any("parent" in fault.problem for fault in verify_workspace(tmp_path))


def test_no_snapshot_says_what_to_run(tmp_path):
    with pytest.raises(SnapshotMissingError, match="python -m evidence build"):
        open_snapshot(tmp_path)


def test_an_id_cannot_leave_the_snapshots_folder(tmp_path):
    write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    with pytest.raises(SnapshotMissingError):
        open_snapshot(tmp_path, "../../etc")


def test_a_manifest_that_is_no_manifest_is_damaged(tmp_path):
    snapshot, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    (snapshot.folder / "manifest.json").write_text(json.dumps([1]), encoding="utf-8")
    with pytest.raises(SnapshotDamagedError, match="not a manifest"):
        open_snapshot(tmp_path)


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "snapshots").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(WorkspaceNotWritableError, match="--workspace"):
        write_snapshot(tmp_path, documents(), ABOUT, now=NOON)


def test_a_run_killed_while_writing_leaves_the_current_snapshot(tmp_path):
    snapshot, _ = write_snapshot(tmp_path, documents(), ABOUT, now=NOON)
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        import pandas as pd
        from evidence.store import snapshots
        snapshots._settle = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        row = {{"document_id": "x", "title": "half", "snapshot_sha256": "1"}}
        snapshots.write_snapshot(
            Path({str(tmp_path)!r}), {{"documents": pd.DataFrame([row])}}, {{"as_of": "2026-11-01"}}
        )
        """
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, env={**os.environ}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert current_id(tmp_path) == snapshot.snapshot_id
    assert list((tmp_path / "snapshots").glob(".writing-*"))
    write_snapshot(tmp_path, documents("Another title"), ABOUT)
    assert not list((tmp_path / "snapshots").glob(".writing-*"))
    assert verify_workspace(tmp_path) == []


def many_questions(n: int = 60_000) -> dict[str, pd.DataFrame]:
    """Return eligibility of three questions in more rows than are kept together."""
    rows = pd.DataFrame(
        {
            "question_id": [f"q{3 * i // n}" for i in range(n)],
            "result_id": [f"r{i:06d}" for i in range(n)],
            "is_eligible": [i % 2 == 0 for i in range(n)],
        }
    )
    return {"eligibility": conform("eligibility", rows)}


def test_rows_asked_for_by_their_cells_are_those_of_the_whole_table(tmp_path):
    snapshot, _ = write_snapshot(tmp_path, many_questions(), ABOUT, now=NOON)
    whole = snapshot.read("eligibility")
    wanted = {"question_id": ["q1"], "result_id": ["r019999", "r020000", "r039998", "r900000"]}
    found = snapshot.read("eligibility", ["result_id", "is_eligible"], wanted)
    keep = whole["question_id"].isin(wanted["question_id"]) & whole["result_id"].isin(
        wanted["result_id"]
    )
    expected = whole.loc[keep, ["result_id", "is_eligible"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, expected)
    assert list(found["result_id"]) == ["r020000", "r039998"]


@pytest.mark.parametrize("wanted", [["no such question"], []])
def test_cells_that_stand_nowhere_give_no_row_and_every_column(tmp_path, wanted):
    snapshot, _ = write_snapshot(tmp_path, many_questions(9), ABOUT, now=NOON)
    found = snapshot.read("eligibility", where={"question_id": wanted})
    assert len(found) == 0
    pd.testing.assert_series_equal(found.dtypes, snapshot.read("eligibility").dtypes)


def test_parts_of_a_file_that_cannot_hold_a_row_are_not_read(tmp_path, monkeypatch):
    snapshot, _ = write_snapshot(tmp_path, many_questions(), ABOUT, now=NOON)
    read: list[int] = []
    original = pq.ParquetFile.read_row_group

    def counted(self, group, **options):
        read.append(group)
        return original(self, group, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", counted)
    assert len(snapshot.read("eligibility", where={"result_id": ["r045000"]})) == 1
    assert set(read) == {2}
