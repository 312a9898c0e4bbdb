"""One writer a workspace: the lock says who holds it, and a dead holder's lock is free.

The operating system holds the lock for as long as the process lives, so a killed run leaves none
behind; the file's text only says who it is. Processes that a run forks do not hold it with it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from evidence.errors import (
    WorkspaceFullError,
    WorkspaceLockedError,
    WorkspaceNotWritableError,
)

__all__ = ["Holder", "hold_workspace", "lock_holder"]

LOCK_FILE = "lock"
_TRIES = 6
_PAUSE_SECONDS = 0.05
"""Someone who only asks who holds the lock holds it for a moment."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a workspace."""

    pid: int
    host: str
    since: str
    """ISO time, UTC."""
    doing: str

    def __str__(self) -> str:
        return f"{self.doing} (process {self.pid} on {self.host}, since {self.since})"


@dataclass(slots=True)
class _Held:
    pid: int
    thread: int
    depth: int
    handle: int


_held: dict[Path, _Held] = {}
_guard = threading.Lock()


@cache
def _keep_from_children() -> None:
    """See to it that a forked process holds no lock: one that outlives a killed run would keep it."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_close_all)


def _close_all() -> None:
    """Close the handles that a fork brought along; the lock stays with the process that took it."""
    for held in _held.values():
        os.close(held.handle)
    _held.clear()


@contextmanager
def hold_workspace(workspace: Path, doing: str) -> Iterator[None]:
    """Hold a workspace while the block runs; within the same thread it may be held again.

    Raises
    ------
    WorkspaceLockedError
        Someone else holds it; the message says who.
    WorkspaceNotWritableError
        The folder cannot be written.
    """
    path = workspace.resolve() / LOCK_FILE
    if _enter_again(path, workspace):
        try:
            yield
        finally:
            _held[path].depth -= 1
        return
    _keep_from_children()
    handle = _take(path, workspace)
    with _guard:
        _held[path] = _Held(os.getpid(), threading.get_ident(), 1, handle)
    try:
        _write(handle, Holder(os.getpid(), socket.gethostname(), _now(), doing))
        yield
    finally:
        with _guard:
            del _held[path]
        os.ftruncate(handle, 0)
        os.close(handle)  # which frees it


def lock_holder(workspace: Path) -> Holder | None:
    """Return who holds a workspace, None where nobody does."""
    path = workspace.resolve() / LOCK_FILE
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        return None if _lock(handle, shared=True) else _read(handle)
    finally:
        os.close(handle)


def _enter_again(path: Path, workspace: Path) -> bool:
    """Return whether this thread holds the lock already, and count it."""
    with _guard:
        held = _held.get(path)
        if held is None or held.pid != os.getpid():
            return False
        if held.thread != threading.get_ident():
            raise _locked(workspace, lock_holder(workspace))
        held.depth += 1
        return True


def _take(path: Path, workspace: Path) -> int:
    """Return the handle of the locked file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        if error.errno == 28:  # ENOSPC
            raise WorkspaceFullError(f"{workspace}: no space left; free some") from error
        raise WorkspaceNotWritableError(
            f"{path}: cannot be written ({error.strerror}); choose another with --workspace"
        ) from error
    for _ in range(_TRIES):
        if _lock(handle):
            return handle
        time.sleep(_PAUSE_SECONDS)
    holder = _read(handle)
    os.close(handle)
    raise _locked(workspace, holder)


def _locked(workspace: Path, holder: Holder | None) -> WorkspaceLockedError:
    who = str(holder) if holder else "another run"
    return WorkspaceLockedError(
        f"{workspace}: held by {who}; wait until it ends, or use another --workspace"
    )


def _write(handle: int, holder: Holder) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(asdict(holder)).encode(), 0)


def _read(handle: int) -> Holder | None:
    """Return who the file says, None where it does not say."""
    try:
        return Holder(**json.loads(os.pread(handle, 4096, 0)))
    except (ValueError, TypeError):
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, *, shared: bool = False) -> bool:  # noqa: ARG001 - Windows has one kind
        """Return whether the file could be locked at once."""
        try:
            os.lseek(handle, 1 << 20, os.SEEK_SET)  # far behind the text, which stays readable
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int, *, shared: bool = False) -> bool:
        """Return whether the file could be locked at once."""
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
