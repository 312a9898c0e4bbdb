"""Which commit of the program's own repository a run came from, where there is a repository."""

from __future__ import annotations

from pathlib import Path

__all__ = ["read_commit"]


def read_commit(checkout: Path) -> str | None:
    """Return the commit that a checkout stands on; None where it is no checkout of git.

    Read from git's own files, so that git need not be installed. It says nothing of what was
    changed and not committed.
    """
    folder = _git_folder(checkout)
    head = _first_line(folder / "HEAD")
    if head is None or not head.startswith("ref: "):
        return head  # a commit by itself, or nothing
    name = head.removeprefix("ref: ")
    common = _first_line(folder / "commondir")  # of a linked working tree
    shared = folder if common is None else (folder / common)
    return _first_line(folder / name) or _first_line(shared / name) or _packed(shared, name)


def _git_folder(checkout: Path) -> Path:
    """Return where git keeps a checkout's state: a folder, or the one that a file names."""
    place = checkout / ".git"
    named = _first_line(place) if place.is_file() else None
    return place if named is None else checkout / named.removeprefix("gitdir: ")


def _first_line(path: Path) -> str | None:
    """Return a file's first line, None where there is no such file."""
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].strip() or None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError):
        return None


def _packed(folder: Path, name: str) -> str | None:
    """Return the commit of a branch among those that git has packed into one file."""
    try:
        lines = (folder / "packed-refs").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    return next((line.partition(" ")[0] for line in lines if line.endswith(f" {name}")), None)
