"""Kept readings: a cache that is checked when read, and that may be lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import WorkspaceNotWritableError
from evidence.settings import CHECKOUT
from evidence.store import readings
from evidence.store.readings import KeptReadings, hash_reader


def files(workspace: Path) -> list[Path]:
    return sorted((workspace / "readings").rglob("*.parquet"))


def test_what_was_kept_is_found_again(tmp_path: Path):
    kept = KeptReadings(tmp_path, "v1")
    kept.put("a", "one")
    kept.put("b", "two")
    kept.save()
    again = KeptReadings(tmp_path, "v1")
    assert (again.get("a"), again.get("b"), again.get("c"), len(again)) == ("one", "two", None, 2)


def test_nothing_new_writes_nothing(tmp_path: Path):
    KeptReadings(tmp_path, "v1").save()
    assert not (tmp_path / "readings").exists()


def test_another_reader_sees_nothing_and_removes_what_the_old_one_read(tmp_path: Path):
    old = KeptReadings(tmp_path, "v1")
    old.put("a", "one")
    old.save()
    new = KeptReadings(tmp_path, "v2")
    assert new.get("a") is None
    new.put("a", "other")
    new.save()
    assert [path.parent.name for path in files(tmp_path)] == ["v2"]


@pytest.mark.parametrize("damage", [b"", b"PAR1 nonsense PAR1", None])
def test_a_damaged_file_is_removed_with_a_warning_and_is_never_fatal(
    tmp_path: Path, damage: bytes | None
):
    kept = KeptReadings(tmp_path, "v1")
    kept.put("a", "one")
    kept.save()
    (path,) = files(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[:-9] + b"x" + data[-8:] if damage is None else damage)
    again = KeptReadings(tmp_path, "v1")
    assert again.get("a") is None
    assert len(again.warnings) == 1
    assert path.name in again.warnings[0]
    assert files(tmp_path) == []


def test_many_files_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readings, "MOST_FILES", 3)
    for number in range(4):
        kept = KeptReadings(tmp_path, "v1")
        kept.put(f"key-{number}", f"text {number}")
        kept.save()
    assert len(files(tmp_path)) == 1
    again = KeptReadings(tmp_path, "v1")
    assert [again.get(f"key-{number}") for number in range(4)] == [f"text {n}" for n in range(4)]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "readings").write_text("a file where the folder should be")
    kept = KeptReadings(tmp_path, "v1")
    kept.put("a", "one")
    with pytest.raises(WorkspaceNotWritableError):
        kept.save()


def test_the_version_is_of_the_weights_and_of_readers_plugged_in(tmp_path: Path):
    (tmp_path / "rules.json").write_text("{}")
    plain = hash_reader(tmp_path)
    assert hash_reader(tmp_path) == plain
    assert hash_reader(tmp_path, ["another reader 2.0"]) != plain
    (tmp_path / "accuracy.json").write_text("[]")
    assert hash_reader(tmp_path) == plain  # what was measured of a reader changes no reading
    (tmp_path / "rules.json").write_text('{"a": 1}')
    assert hash_reader(tmp_path) != plain


def test_the_version_is_of_the_program_of_the_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    before = hash_reader(tmp_path)
    program = tmp_path / "evidence"
    (program / "appraisal").mkdir(parents=True)
    (program / "store").mkdir()
    for name in ("vocabulary.py", "store/models.py", "appraisal/reader.py"):
        (program / name).write_bytes((CHECKOUT / "evidence" / name).read_bytes())
    monkeypatch.setattr(readings, "CHECKOUT", tmp_path)
    copied = hash_reader(tmp_path)
    (program / "appraisal" / "reader.py").write_text("# another reader\n")
    assert len({before, copied, hash_reader(tmp_path)}) == 3
