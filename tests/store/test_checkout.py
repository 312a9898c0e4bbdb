"""The commit of a checkout is read from git's own files, where there are any."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.store.checkout import read_commit

COMMIT = "a" * 40


@pytest.fixture
def git(tmp_path: Path) -> Path:
    folder = tmp_path / ".git"
    (folder / "refs" / "heads").mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    return folder


def test_the_commit_of_a_branch_is_found(git: Path, tmp_path: Path):
    (git / "refs" / "heads" / "main").write_text(f"{COMMIT}\n")
    assert read_commit(tmp_path) == COMMIT


def test_a_branch_that_git_has_packed_is_found(git: Path, tmp_path: Path):
    (git / "packed-refs").write_text(
        f"# pack-refs\n{'b' * 40} refs/heads/other\n{COMMIT} refs/heads/main\n"
    )
    assert read_commit(tmp_path) == COMMIT


def test_a_commit_without_a_branch_is_found(git: Path, tmp_path: Path):
    (git / "HEAD").write_text(f"{COMMIT}\n")
    assert read_commit(tmp_path) == COMMIT


def test_a_linked_working_tree_is_followed(git: Path, tmp_path: Path):
    linked = git / "worktrees" / "beside"
    linked.mkdir(parents=True)
    (linked / "HEAD").write_text("ref: refs/heads/main\n")
    (linked / "commondir").write_text("../..\n")
    (git / "refs" / "heads" / "main").write_text(f"{COMMIT}\n")
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / ".git").write_text(f"gitdir: {linked}\n")
    assert read_commit(beside) == COMMIT


@pytest.mark.usefixtures("git")
def test_without_a_repository_or_a_first_commit_there_is_none(tmp_path: Path):
    assert read_commit(tmp_path) is None
    assert read_commit(tmp_path / "elsewhere") is None
