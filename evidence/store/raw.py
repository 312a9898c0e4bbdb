"""What was fetched, kept once: raw XML by its hash, the run's journal, and its record.

``raw/<run>/<sha256>.xml.gz`` holds a reply's XML (gzip without a time, so equal XML is an equal
file); ``journal.jsonl`` says what has been fetched so far, so that a killed run resumes;
``run.json`` is written last and makes the run complete. Nothing here knows what a record means.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import threading
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from evidence.errors import (
    SnapshotDamagedError,
    WorkspaceFullError,
    WorkspaceNotWritableError,
)
from evidence.store.snapshots import FileFault

__all__ = ["RunFolder", "list_run_folders", "remove_run", "verify_runs"]

RECORD = "run.json"
JOURNAL = "journal.jsonl"
PROGRESS = "progress.json"
_GZIP_LEVEL = 6


class RunFolder:
    """The folder of one run; threads may store XML at the same time."""

    def __init__(self, workspace: Path, run_id: str) -> None:
        self.run_id = run_id
        self.path = workspace / "raw" / run_id

    def create(self) -> None:
        """Make the folder."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _workspace_error(self.path, error) from error

    def store_xml(self, data: bytes) -> str:
        """Keep XML and return its hash; what is kept already is not written again."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._xml_path(digest)
        if not path.exists():
            self._replace(path, gzip.compress(data, _GZIP_LEVEL, mtime=0))
        return digest

    def read_xml(self, digest: str) -> bytes:
        """Return kept XML, checked by its hash.

        Raises
        ------
        SnapshotDamagedError
            The file is missing or is not what its name says.
        """
        path = self._xml_path(digest)
        try:
            data = gzip.decompress(path.read_bytes())
        except (OSError, EOFError, zlib.error) as error:
            raise _damaged(path, "cannot be read") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise _damaged(path, "is not what its name says")
        return data

    def write_json(
        self, name: str, value: object, *, compact: bool = False, is_lasting: bool = True
    ) -> None:
        """Write a JSON file in one step; wait until it is on disk if it is to last."""
        indent = None if compact else 1
        text = json.dumps(value, ensure_ascii=False, indent=indent, sort_keys=True) + "\n"
        self._replace(self.path / name, text.encode(), is_lasting=is_lasting)

    def read_json(self, name: str) -> Any | None:  # noqa: ANN401 - JSON is what it is
        """Return a JSON file's value, None where there is no such file.

        Raises
        ------
        SnapshotDamagedError
            It is no JSON.
        """
        path = self.path / name
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise _damaged(path, "cannot be read") from error

    def json_sha256(self, name: str) -> str:
        """Return the hash of a JSON file."""
        return hashlib.sha256((self.path / name).read_bytes()).hexdigest()

    def remove(self, pattern: str) -> None:
        """Remove files by a pattern of their names."""
        for path in self.path.glob(pattern):
            path.unlink(missing_ok=True)

    def keep_xml(self, digests: Collection[str]) -> None:
        """Remove every kept XML but that of some hashes."""
        for path in self.path.glob("*.xml.gz"):
            if path.name.removesuffix(".xml.gz") not in digests:
                path.unlink(missing_ok=True)

    def append_journal(self, entry: Mapping[str, object]) -> None:
        """Add one line to the journal and wait until it is on disk."""
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
        try:
            with (self.path / JOURNAL).open("ab") as handle:
                handle.write(line.encode())
                handle.flush()
                os.fsync(handle.fileno())
        except OSError as error:
            raise _workspace_error(self.path, error) from error

    def journal(self) -> Iterator[dict[str, Any]]:
        """Return the journal's whole lines; a kill can leave half a line, which is skipped."""
        try:
            lines = (self.path / JOURNAL).read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                yield entry

    def mend_journal(self) -> None:
        """End a line that a kill cut short, so that the next one stands by itself."""
        path = self.path / JOURNAL
        data = path.read_bytes() if path.exists() else b""
        if data and not data.endswith(b"\n"):
            with path.open("ab") as handle:
                handle.write(b"\n")

    def _xml_path(self, digest: str) -> Path:
        return self.path / f"{digest}.xml.gz"

    def _replace(self, path: Path, data: bytes, *, is_lasting: bool = True) -> None:
        """Write a file beside, wait until it is on disk, and rename it into place."""
        beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            with beside.open("wb") as handle:
                handle.write(data)
                handle.flush()
                if is_lasting:
                    os.fsync(handle.fileno())
            beside.replace(path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise _workspace_error(self.path, error) from error


def list_run_folders(workspace: Path) -> list[str]:
    """Return the numbers of all runs that have a folder, in order."""
    folder = workspace / "raw"
    return sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []


def remove_run(workspace: Path, run_id: str) -> None:
    """Remove what a run has fetched."""
    try:
        shutil.rmtree(workspace / "raw" / run_id)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _workspace_error(workspace / "raw" / run_id, error) from error


def verify_runs(workspace: Path, runs: Mapping[str, Mapping[str, Any]]) -> list[FileFault]:
    """Return every raw file of a manifest's runs that is missing or not what it should be.

    Parameters
    ----------
    workspace
        Folder that holds ``raw``.
    runs
        The manifest's ``runs``: each with ``record_sha256`` and ``raw_files``.
    """
    faults = []
    for run_id, about in sorted(runs.items()):
        folder = RunFolder(workspace, run_id)
        record = folder.path / RECORD
        if not record.is_file():
            faults.append(FileFault(f"raw/{run_id}/{RECORD}", "is missing"))
        elif folder.json_sha256(RECORD) != about["record_sha256"]:
            faults.append(FileFault(f"raw/{run_id}/{RECORD}", "its SHA-256 is not the manifest's"))
        for digest in about["raw_files"]:
            try:
                folder.read_xml(digest)
            except SnapshotDamagedError as error:
                problem = "is missing" if not folder._xml_path(digest).exists() else str(error)
                faults.append(FileFault(f"raw/{run_id}/{digest}.xml.gz", problem))
    return faults


def _damaged(path: Path, problem: str) -> SnapshotDamagedError:
    return SnapshotDamagedError(f"{path}: {problem}; run 'python -m evidence refresh --full'")


def _workspace_error(folder: Path, error: OSError) -> Exception:
    """Return the typed error behind a failed write."""
    if error.errno == 28:  # ENOSPC
        return WorkspaceFullError(f"{folder}: no space left; free some and run again")
    return WorkspaceNotWritableError(
        f"{error.filename or folder}: cannot be written ({error.strerror}); "
        "choose another folder with --workspace"
    )
