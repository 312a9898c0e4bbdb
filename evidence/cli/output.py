"""What goes where: results to standard output, logs and progress to standard error."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

__all__ = ["Counting", "emit_json", "emit_table", "emit_text", "log", "write_bytes"]


def emit_json(document: object) -> None:
    """Print one JSON document on standard output, and nothing else."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")


def emit_text(text: str) -> None:
    """Print a line of a result."""
    sys.stdout.write(f"{text}\n")


def write_bytes(data: bytes) -> None:
    """Print bytes as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def log(text: str) -> None:
    """Print a line for people on standard error."""
    sys.stderr.write(f"{text}\n")


def emit_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows as a table on a terminal, as tab-separated lines otherwise."""
    if not sys.stdout.isatty():
        emit_text("\t".join(columns))
        for row in rows:
            emit_text("\t".join(_plain(row.get(name)) for name in columns))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_edge=False, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        # Text, not markup: a document's words may hold square brackets.
        table.add_row(*(Text(_plain(row.get(name))) for name in columns))
    Console().print(table)


class Counting:
    """A line that counts on a terminal's standard error; silent elsewhere."""

    def __init__(self, what: str, *, is_shown: bool = True) -> None:
        self.what = what
        self.is_shown = is_shown and sys.stderr.isatty()
        self._next = 0.0

    def __enter__(self) -> Counting:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the line."""
        if self.is_shown:
            sys.stderr.write("\r\033[K")

    def of_file(self, path: Path, n: int) -> None:
        """Say how many of a file were read so far."""
        self._say(f"{path.name}: {n:,} {self.what}")

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """Yield items and say how many were taken."""
        for n, item in enumerate(items, start=1):
            self._say(f"{n:,} {self.what}")
            yield item

    def _say(self, text: str) -> None:
        """Write the line, at most ten times a second."""
        now = time.monotonic()
        if self.is_shown and now >= self._next:
            self._next = now + 0.1
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()


def _plain(value: object) -> str:
    """Return a cell for people: missing as nothing, one line, no control characters."""
    if value is None or (isinstance(value, float) and value != value) or str(value) == "<NA>":
        return ""
    text = " | ".join(map(str, value)) if isinstance(value, list) else str(value)
    return "".join(c if c.isprintable() else " " for c in text)
