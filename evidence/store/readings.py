"""Readings of abstracts, kept in the workspace so that each abstract is read once.

``readings/<version>/<sha256>.parquet`` holds what one build read anew: a row an abstract, under the
hash of its text. The version is a hash over the reader's own files, so that another reader reads
everything again. It is a cache and nothing rests on it: a file that is not what its name says is
removed, with a warning, and its abstracts are read again; the whole folder may be removed at any
time. No manifest names it, and ``verify`` does not look at it.

Nothing here knows what a reading is: it is a text under a key.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import WorkspaceFullError, WorkspaceNotWritableError
from evidence.settings import CHECKOUT

if TYPE_CHECKING:
    import pyarrow

__all__ = ["KeptReadings", "hash_reader"]

FOLDER = "readings"
MOST_FILES = 32
"""From so many files on, they are written anew as one."""
_VERSION_LENGTH = 16


class KeptReadings:
    """What was read before, by key, and what is read now.

    Parameters
    ----------
    workspace
        Folder that holds ``readings``.
    version
        Of whatever makes readings; those of other versions are not seen.
    """

    def __init__(self, workspace: Path, version: str) -> None:
        self._folder = workspace / FOLDER / version
        self._rows: dict[str, tuple[pyarrow.Array, int]] = {}
        self._new: dict[str, str] = {}
        self._n_files = 0
        self.warnings: list[str] = []
        """What was damaged, and is read again."""
        for path in sorted(self._folder.glob("*.parquet")):
            self._take(path)

    def __len__(self) -> int:
        return len(self._rows) + len(self._new)

    def get(self, key: str) -> str | None:
        """Return what is kept under a key, None where nothing is."""
        found = self._rows.get(key)
        if found is None:
            return self._new.get(key)
        texts, row = found
        text: str = texts[row].as_py()
        return text

    def put(self, key: str, text: str) -> None:
        """Keep a text under a key from the next :meth:`save` on."""
        self._rows.pop(key, None)
        self._new[key] = text

    def save(self) -> None:
        """Write what is new to disk, in one step; readings of other versions are removed.

        Raises
        ------
        WorkspaceNotWritableError, WorkspaceFullError
            The folder cannot be written.
        """
        if not self._new:
            return
        rows = dict(self._new)
        is_compacted = self._n_files >= MOST_FILES
        if is_compacted:
            rows |= {key: str(self.get(key)) for key in self._rows}
        before = list(self._folder.glob("*.parquet")) if is_compacted else []
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            kept = _write(self._folder, rows)
            for path in before:
                if path != kept:
                    path.unlink(missing_ok=True)
            self._remove_others()
        except OSError as error:
            raise _workspace_error(self._folder, error) from error
        self._new = {}
        self._take(kept)

    def _take(self, path: Path) -> None:
        """Read one file; one that is damaged is removed, and said."""
        import pyarrow

        try:
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != path.stem:
                raise _DamagedError("is not what its name says")
            table = _read(data)
        except (OSError, _DamagedError, pyarrow.ArrowException) as error:
            self.warnings.append(f"{path}: {error}; its abstracts are read again")
            path.unlink(missing_ok=True)
            return
        self._n_files += 1
        texts = table["reading"].combine_chunks()
        for row, key in enumerate(table["key"].to_pylist()):
            self._rows[key] = (texts, row)

    def _remove_others(self) -> None:
        """Remove what other readers read, and what a killed run left half-written."""
        for path in self._folder.parent.iterdir():
            if path != self._folder:
                shutil.rmtree(path, ignore_errors=True)
        for path in self._folder.glob(".*"):
            path.unlink(missing_ok=True)


class _DamagedError(Exception):
    """A file of readings is not what it should be; never leaves this module."""


def _read(data: bytes) -> pyarrow.Table:
    """Return a file's table."""
    import pyarrow
    import pyarrow.parquet as pq

    table = pq.read_table(pyarrow.BufferReader(data))
    if table.schema.names != ["key", "reading"] or table.num_rows == 0:
        raise _DamagedError("is no file of readings")
    return table


def _write(folder: Path, rows: Mapping[str, str]) -> Path:
    """Write rows under the hash of their bytes, and return the file."""
    import pyarrow
    import pyarrow.parquet as pq

    keys = sorted(rows)
    table = pyarrow.table(
        {
            "key": pyarrow.array(keys, pyarrow.string()),
            # Texts may come to more than two gigabytes in all.
            "reading": pyarrow.array([rows[key] for key in keys], pyarrow.large_string()),
        }
    )
    beside = folder / f".writing-{os.getpid()}"
    pq.write_table(table, beside, compression="zstd", use_dictionary=False)
    with beside.open("rb+") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        os.fsync(handle.fileno())
    path = folder / f"{digest}.parquet"
    beside.replace(path)
    return path


def hash_reader(models: Path, names: Iterable[str] = ()) -> str:
    """Return the version of the reader: a hash over its program and the weights of its models.

    Taken from the files themselves, it cannot be forgotten when one of them is changed.

    Parameters
    ----------
    models
        Folder of the weights.
    names
        What else makes a reading, such as the name and version of a reader that is plugged in.
    """
    program = CHECKOUT / "evidence"
    files = [
        *sorted((program / "appraisal").glob("*.py")),
        program / "vocabulary.py",
        program / "store" / "models.py",
        *(path for path in sorted(models.glob("*.json")) if path.name != "accuracy.json"),
    ]
    found = hashlib.sha256()
    for path in files:
        found.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    for name in names:
        found.update(f"{name}\n".encode())
    return found.hexdigest()[:_VERSION_LENGTH]


def _workspace_error(folder: Path, error: OSError) -> Exception:
    """Return the typed error behind a failed write."""
    if error.errno == 28:  # ENOSPC
        return WorkspaceFullError(f"{folder}: no space left; free some and run again")
    return WorkspaceNotWritableError(
        f"{error.filename or folder}: cannot be written ({error.strerror}); "
        "choose another folder with --workspace"
    )
