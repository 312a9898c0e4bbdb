"""What a refresh that a page started has printed: its JSON document and its messages.

The two files stand in ``raw`` beside the runs and are written anew by the next refresh that a page
starts. They are for people to read; nothing is built from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.errors import WorkspaceNotWritableError

__all__ = ["RefreshLog", "clear_refresh_log", "read_refresh_log", "refresh_log_files"]

DOCUMENT = "refresh.json"
MESSAGES = "refresh.log"
_TAIL_BYTES = 16_384
_TAIL_LINES = 40


@dataclass(frozen=True, slots=True)
class RefreshLog:
    """What a refresh printed."""

    document: Mapping[str, Any] | None
    """Its JSON document; None while it runs, and where it was killed before it printed one."""
    messages: tuple[str, ...]
    """The last lines of what it told people."""


def refresh_log_files(workspace: Path) -> tuple[Path, Path]:
    """Return where a refresh's document and its messages go."""
    return workspace / "raw" / DOCUMENT, workspace / "raw" / MESSAGES


def clear_refresh_log(workspace: Path) -> None:
    """Empty both files, so that nothing of an earlier refresh is taken for this one's.

    Raises
    ------
    WorkspaceNotWritableError
        The workspace cannot be written.
    """
    try:
        for path in refresh_log_files(workspace):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
    except OSError as error:
        raise WorkspaceNotWritableError(
            f"{error.filename or workspace}: cannot be written ({error.strerror}); "
            "choose another folder with EVIDENCE_WORKSPACE"
        ) from error


def read_refresh_log(workspace: Path) -> RefreshLog:
    """Return what the last refresh that a page started printed; nothing where there was none."""
    document, messages = refresh_log_files(workspace)
    return RefreshLog(_document(document), _tail(messages))


def _document(path: Path) -> Mapping[str, Any] | None:
    """Return a JSON document, None where there is none or only half of one."""
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _tail(path: Path) -> tuple[str, ...]:
    """Return the last lines of a file."""
    try:
        with path.open("rb") as handle:
            size = handle.seek(0, 2)
            handle.seek(max(0, size - _TAIL_BYTES))
            text = handle.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ()
    return tuple(line for line in text.splitlines() if line.strip())[-_TAIL_LINES:]
