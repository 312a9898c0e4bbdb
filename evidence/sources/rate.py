"""One rate for everybody: threads of a process and processes of a machine share one limit.

A service counts the requests that *arrive* in a second, and a request arrives some time after it
was permitted: either side may be held up. When its reply begins it has arrived for certain. A
service that answers quickly is therefore counted by its replies. One that takes its time is
counted ``LATE_SECONDS`` after the permit, for else its own slowness would slow the requests down;
but a reply that takes much longer than the others tells that its request was held up, and while no
reply comes at all, nothing more is sent. A full second after its arrival a permit is free again.

Nothing here knows what is sent.
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from evidence.errors import InterruptedRunError

__all__ = ["LATE_SECONDS", "SILENT_SECONDS", "RateLimiter", "Ticket", "shared_folder"]

LATE_SECONDS = 0.25
"""How much later than permitted a request arrives at most, where nobody is held up."""
SILENT_SECONDS = 3.0
"""After so long without any reply, requests are sent all the same."""
_WINDOW_SECONDS = 1.0
_AFTER_REBOOT_SECONDS = 60.0
_CROWD = 0.8
"""Share of an even pace that two permits keep apart, so that no crowd starts at once."""
_POLL_SECONDS = 0.002
_LOOK_SECONDS = 0.01
_LATENCIES = 16
_FIRST_LATENCY = 0.6
"""Seconds that a reply is thought to take before one has come."""

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
    arrived: float


_Change = Callable[[list[_Stamp]], list[_Stamp]]


class _Replies:
    """How long this process's replies take, and which are still to come."""

    def __init__(self) -> None:
        self._waited_for: dict[str, float] = {}
        self._latencies: deque[float] = deque(maxlen=_LATENCIES)
        self._last = 0.0

    @property
    def long_seconds(self) -> float:
        """Return after how long a reply is later than the others."""
        typical = statistics.median(self._latencies) if self._latencies else _FIRST_LATENCY
        return max(LATE_SECONDS, 1.5 * typical + 0.1)

    def sent(self, ticket: Ticket) -> None:
        """Note a request."""
        self._waited_for[ticket.number] = ticket.granted

    def came(self, ticket: Ticket, now: float) -> float:
        """Note a reply, and return when its request has arrived."""
        latency = now - ticket.granted
        is_held_up = latency > self.long_seconds
        self._latencies.append(latency)
        self._waited_for.pop(ticket.number, None)
        self._last = now
        return now if is_held_up else min(now, ticket.granted + LATE_SECONDS)

    def is_silent(self, now: float) -> bool:
        """Return whether replies are due and none comes."""
        if not self._waited_for:
            return False
        since = max(self._last, min(self._waited_for.values()))
        return self.long_seconds < now - since < SILENT_SECONDS


def shared_folder() -> Path:
    """Return this user's folder for state that processes of one machine share."""
    owner = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(tempfile.gettempdir()) / f"evidence-rate-{owner}"


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
        self._replies = _Replies()
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
            arrived = self._replies.came(ticket, time.monotonic())
            self._locked(lambda stamps: _with_arrival(stamps, ticket.number, arrived))

    def _try(self) -> tuple[Ticket | None, float]:
        """Return a permit, or how long to wait before asking again."""
        found: tuple[Ticket | None, float] = (None, _LOOK_SECONDS)

        def decide(stamps: list[_Stamp]) -> list[_Stamp]:
            nonlocal found
            now = time.monotonic()
            known = [s for s in stamps if s.granted < now + _AFTER_REBOOT_SECONDS]
            busy = [s for s in known if s.arrived + _WINDOW_SECONDS > now]
            due = max((s.granted for s in known), default=0.0) + _CROWD / self.per_second
            if len(busy) >= self.per_second:
                # A reply can put an arrival off or bring it forward: look again soon.
                due = max(due, now + _LOOK_SECONDS)
            if due > now:
                found = None, due - now
                return known
            self._count += 1
            ticket = Ticket(f"{os.getpid()}-{id(self)}-{self._count}", now)
            found = ticket, 0.0
            self._replies.sent(ticket)
            return [*busy, _Stamp(ticket.number, now, now + LATE_SECONDS)]

        with self._guard:
            if not self._replies.is_silent(time.monotonic()):
                self._locked(decide)
        return found

    def _locked(self, change: _Change) -> None:
        """Change the stamps, those of the shared file where there is one."""
        if self._file_lock is None or self._path is None:
            self._memory = change(self._memory)
            return
        with self._file_lock.acquire(poll_interval=_POLL_SECONDS):
            stamps = _read(self._path, self.per_second)
            rows = [[s.number, s.granted, s.arrived] for s in change(stamps)]
            self._path.write_text(json.dumps(rows), encoding="utf-8")


def _with_arrival(stamps: list[_Stamp], number: str, arrived: float) -> list[_Stamp]:
    for stamp in stamps:
        if stamp.number == number:
            stamp.arrived = arrived
    return stamps


def _read(path: Path, per_second: int) -> list[_Stamp]:
    """Return the shared stamps; a file that a killed process left half-written counts as full."""
    text = path.read_text(encoding="utf-8")
    if not text:
        return []
    try:
        return [_Stamp(str(n), float(g), float(a)) for n, g, a in json.loads(text)]
    except (ValueError, TypeError):
        now = time.monotonic()
        return [_Stamp("unknown", now, now + LATE_SECONDS) for _ in range(per_second)]


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in ".-" else "_" for c in name)
