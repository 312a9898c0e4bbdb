"""JSON lines on disk: read one by one, written beside and renamed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from evidence.errors import Fault, TableError, UsageError, WorkspaceNotWritableError

__all__ = ["read_lines", "write_lines"]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-lines file; empty lines are passed over.

    Raises
    ------
    UsageError
        There is no such file.
    TableError
        A line is no JSON object; the line is named.
    """
    if not path.is_file():
        raise UsageError(f"{path} is not there")
    with path.open(encoding="utf-8") as handle:
        for number, line in enumerate(handle, start=1):
            if line.strip():
                yield _object(line, f"{path.name} line {number}")


def _object(line: str, where: str) -> dict[str, Any]:
    """Return one line's object."""
    try:
        found = json.loads(line)
    except ValueError as error:
        fault = Fault(where, "line", f"is no JSON: {error}", "an object")
        raise TableError(where, [fault]) from error
    if not isinstance(found, dict):
        raise TableError(where, [Fault(where, "line", "is no object", "an object")])
    return found


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write lines beside a file, rename them into place, and return their number.

    Raises
    ------
    WorkspaceNotWritableError
        The folder cannot be written; nothing is left behind.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    n = 0
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as handle:
            for line in lines:
                handle.write(f"{line}\n")
                n += 1
        beside.replace(path)
    except OSError as error:
        raise WorkspaceNotWritableError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        beside.unlink(missing_ok=True)
    return n
