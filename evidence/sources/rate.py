"""One rate for everybody: threads of a process and processes of a machine share one limit.

A service counts the requests that *arrive* in a second, and a request arrives some time after it
was permitted: both sides may be held up. So a request counts as arrived when its reply begins, or
when any other reply comes ``LATE_SECONDS`` or more after its permit, which shows that nobody is
held up; a full second after that its permit is free again. Nothing here knows what is sent.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from evidence.errors import InterruptedRunError

__all__ = ["RateLimiter", "Ticket", "shared_folder"]

LATE_SECONDS = 0.2
"""How much later than permitted a request may arrive where replies keep coming."""
SILENT_SECONDS = 3.0
"""After so long without any reply a request counts as arrived all the same."""
_WINDOW_SECONDS = 1.0
_AFTER_REBOOT_SECONDS = 60.0
_CROWD = 0.8
"""Share of an even pace that two permits keep apart, so that no crowd starts at once."""
_POLL_SECONDS = 0.002
_LOOK_SECONDS = 0.01

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The permit of one request."""

    number: str
    granted: float


@dataclass(slots=True)
class _Stamp:
    number: str
    granted: float
    arrived: float | None = None


def shared_folder() -> Path:
    """Return this user's folder for state that processes of one machine share."""
    owner = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"evidence-rate-{owner}"


_Change = Callable[[list[_Stamp]], list[_Stamp]]


class RateLimiter:
    """Permits at most ``per_second`` requests in any second.

    Parameters
    ----------
    name
        Whose limit it is, such as host and port; limiters of one name share it.
    per_second
        Requests that may arrive in one second.
    folder
        Where the shared state lies; None keeps it to this process.
    """

    def __init__(self, name: str, per_second: int, folder: Path | None = None) -> None:
        if per_second < 1:
            msg = f"a rate of {per_second} requests a second lets nothing pass"
            raise ValueError(msg)
        self.per_second = per_second
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._memory: list[_Stamp] = []
        self._count = 0
        self._path: Path | None = None
        self._file_lock: FileLock | None = None
        if folder is not None:
            self._share(folder, f"{_file_name(name)}-{per_second}")

    def _share(self, folder: Path, name: str) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / f"{name}.json").touch()
        except OSError as error:
            log.warning("the rate is kept by this process alone: %s (%s)", folder, error.strerror)
            return
        self._path = folder / f"{name}.json"
        self._file_lock = FileLock(str(folder / f"{name}.lock"), thread_local=False)

    def wait(self, stop: threading.Event | None = None) -> Ticket:
        """Wait until a request may be sent, and return its permit.

        Raises
        ------
        InterruptedRunError
            ``stop`` was set meanwhile.
        """
        pause = stop or threading.Event()
        with self._turn:  # one thread waits for the clock, the others for their turn
            while True:
                ticket, seconds = self._try()
                if ticket is not None:
                    return ticket
                if pause.wait(seconds):
                    raise InterruptedRunError("interrupted; run the same command to resume")

    def arrived(self, ticket: Ticket) -> None:
        """Note that the reply to a request begins, or that it ended without one."""
        with self._guard:
            self._locked(lambda stamps: _note_arrival(stamps, ticket.number, time.monotonic()))

    def _try(self) -> tuple[Ticket | None, float]:
        """Return a permit, or how long to wait before asking again."""
        found: tuple[Ticket | None, float] = (None, 0.0)

        def decide(stamps: list[_Stamp]) -> list[_Stamp]:
            nonlocal found
            now = time.monotonic()
            known = [s for s in stamps if s.granted < now + _AFTER_REBOOT_SECONDS]
            busy = [s for s in known if _free_at(s) > now]
            due = self._due(known, busy, now)
            if due > now:
                found = None, due - now
                return known
            self._count += 1
            ticket = Ticket(f"{os.getpid()}-{id(self)}-{self._count}", now)
            found = ticket, 0.0
            return [*busy, _Stamp(ticket.number, now)]

        with self._guard:
            self._locked(decide)
        return found

    def _due(self, known: list[_Stamp], busy: list[_Stamp], now: float) -> float:
        """Return when the next request may be sent, or when to look again."""
        due = max((s.granted for s in known), default=0.0) + _CROWD / self.per_second
        if len(busy) < self.per_second:
            return due
        free = min(_free_at(s) for s in busy)
        if any(s.arrived is None for s in busy):
            free = min(free, now + _LOOK_SECONDS)
        return max(due, free)

    def _locked(self, change: _Change) -> None:
        """Change the stamps, those of the shared file where there is one."""
        if self._file_lock is None or self._path is None:
            self._memory = change(self._memory)
            return
        with self._file_lock.acquire(poll_interval=_POLL_SECONDS):
            stamps = _read(self._path, self.per_second)
            rows = [[s.number, s.granted, s.arrived] for s in change(stamps)]
            self._path.write_text(json.dumps(rows), encoding="utf-8")


def _free_at(stamp: _Stamp) -> float:
    """Return when a permit may be given again."""
    arrived = stamp.granted + SILENT_SECONDS if stamp.arrived is None else stamp.arrived
    return arrived + _WINDOW_SECONDS


def _note_arrival(stamps: list[_Stamp], number: str, now: float) -> list[_Stamp]:
    for stamp in stamps:
        is_late = now >= stamp.granted + LATE_SECONDS
        if stamp.arrived is None and (stamp.number == number or is_late):
            stamp.arrived = now
    return stamps


def _read(path: Path, per_second: int) -> list[_Stamp]:
    """Return the shared stamps; a file that a killed process left half-written counts as full."""
    text = path.read_text(encoding="utf-8")
    if not text:
        return []
    try:
        return [
            _Stamp(str(n), float(g), None if a is None else float(a))
            for n, g, a in json.loads(text)
        ]
    except (ValueError, TypeError):
        now = time.monotonic()
        return [_Stamp("unknown", now, now) for _ in range(per_second)]


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in ".-" else "_" for c in name)
