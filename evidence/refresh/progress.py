"""How far a refresh is: a file that a page reads, and a signal that ends it.

The refresh itself is another process (``python -m evidence refresh``); the page starts it, reads
``raw/<run>/progress.json`` and sends the signal. It can be resumed by starting it again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from evidence.errors import SnapshotDamagedError
from evidence.refresh.chain import FAILED
from evidence.settings import CHECKOUT
from evidence.store.lock import lock_holder
from evidence.store.raw import PROGRESS, RunFolder, list_run_folders

__all__ = [
    "Failure",
    "Progress",
    "Report",
    "Stage",
    "cancel_refresh",
    "read_failure",
    "read_progress",
    "start_refresh",
]

_EVERY_SECONDS = 0.3


class Stage(StrEnum):
    """What a refresh is doing."""

    SEARCHING = "searching"
    FETCHING = "fetching"
    READING = "reading"
    FETCHED = "fetched"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    run_id: str
    stage: Stage
    done: int
    total: int
    """Queries while searching, records while fetching."""
    requests: int
    started_at: str
    updated_at: str
    pid: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run failed."""

    run_id: str
    error: str
    """Name of the error."""
    message: str
    missing: tuple[str, ...]
    """PMIDs that PubMed listed and did not return."""


class Report:
    """Tells a run's progress to whoever called, and to the file that a page reads."""

    def __init__(
        self,
        folder: RunFolder,
        started_at: str,
        count_requests: Callable[[], int],
        callback: Callable[[Progress], None] | None = None,
    ) -> None:
        self._folder = folder
        self._count = count_requests
        self._callback = callback
        self._last_written = 0.0
        self._state = Progress(
            folder.run_id, Stage.SEARCHING, 0, 0, 0, started_at, started_at, os.getpid()
        )

    def tell(self, stage: Stage, done: int = 0, total: int = 0, message: str = "") -> None:
        """Say how far the run is; the file is written a few times a second at most."""
        is_news = stage is not self._state.stage or done == total
        self._state = replace(
            self._state,
            stage=stage,
            done=done,
            total=total,
            message=message,
            requests=self._count(),
            updated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        if self._callback is not None:
            self._callback(self._state)
        if is_news or time.monotonic() - self._last_written > _EVERY_SECONDS:
            self._folder.write_json(PROGRESS, asdict(self._state), is_lasting=False)
            self._last_written = time.monotonic()


def read_progress(workspace: Path, run_id: str | None = None) -> Progress | None:
    """Return how far the newest run is, or the one asked for; None where there is none.

    A run whose process has died without a word is interrupted.
    """
    for name in [run_id] if run_id else reversed(list_run_folders(workspace)):
        try:
            found = RunFolder(workspace, name).read_json(PROGRESS)
        except SnapshotDamagedError:
            continue
        if found is None:
            continue
        progress = Progress(**{**found, "stage": Stage(found["stage"])})
        is_at_work = progress.stage in (Stage.SEARCHING, Stage.FETCHING, Stage.READING)
        holder = lock_holder(workspace) if is_at_work else None
        if is_at_work and (holder is None or holder.pid != progress.pid):
            return replace(progress, stage=Stage.INTERRUPTED)
        return progress
    return None


def read_failure(workspace: Path, run_id: str) -> Failure | None:
    """Return why a run failed, None where it has not, or has been gone on from since."""
    try:
        found = RunFolder(workspace, run_id).read_json(FAILED)
    except SnapshotDamagedError:
        return None
    if found is None:
        return None
    return Failure(run_id, found["error"], found["message"], tuple(found["missing"]))


def start_refresh(
    workspace: Path,
    arguments: Sequence[str] = (),
    log: Path | None = None,
    messages: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a refresh as a process of its own and return it.

    Parameters
    ----------
    workspace
        The workspace to refresh.
    arguments
        Further arguments of the command, such as ``--full``.
    log
        File for the JSON document that it prints; nowhere if not given.
    messages
        File for what it tells people, errors among it; nowhere if not given.
    """
    command = [sys.executable, "-m", "evidence", "refresh", "--json", "--workspace"]
    command += [str(workspace.resolve()), *arguments]
    with ExitStack() as files:
        out, said = (files.enter_context(p.open("wb")) if p else None for p in (log, messages))
        return subprocess.Popen(
            command,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=out or subprocess.DEVNULL,
            stderr=said or subprocess.DEVNULL,
            start_new_session=True,  # closing the page's terminal does not end it
        )


def cancel_refresh(workspace: Path) -> bool:
    """Ask the refresh that holds a workspace to end; return whether there was one.

    What it has fetched stays; the next refresh goes on from there.
    """
    holder = lock_holder(workspace)
    if holder is None or not holder.doing.startswith("refresh") or holder.host != _host():
        return False
    try:
        os.kill(holder.pid, signal.SIGTERM)
    except ProcessLookupError:
        return False
    return True


def _host() -> str:
    import socket

    return socket.gethostname()
