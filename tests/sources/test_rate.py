"""The rate: never more in any second than allowed, whoever asks on this machine."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from evidence.errors import InterruptedRunError
from evidence.sources.rate import LATE_SECONDS, SILENT_SECONDS, RateLimiter

PERMITS = """
import sys, time
from pathlib import Path
from evidence.sources.rate import RateLimiter
limiter = RateLimiter("service", 10, Path(sys.argv[1]))
for _ in range(8):
    ticket = limiter.wait()
    print(ticket.granted, flush=True)
    limiter.arrived(ticket)
"""


def most_in_a_second(times: list[float]) -> int:
    times = sorted(times)
    return max(sum(t <= u < t + 1.0 for u in times) for t in times)


def test_threads_together_stay_under_the_rate(tmp_path: Path):
    limiter = RateLimiter("service", 10, tmp_path)
    granted: list[float] = []

    def ask() -> None:
        for _ in range(4):
            ticket = limiter.wait()
            granted.append(ticket.granted)
            limiter.arrived(ticket)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 24
    assert most_in_a_second(granted) <= 10
    assert max(granted) - min(granted) < 24 / 10 * 1.2


@pytest.mark.slow
def test_processes_together_stay_under_the_rate(tmp_path: Path):
    runs = [
        subprocess.Popen([sys.executable, "-c", PERMITS, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    granted = []
    for run in runs:
        out, _ = run.communicate(timeout=60)
        assert run.returncode == 0
        granted += [float(line) for line in out.split()]
    assert len(granted) == 24
    assert most_in_a_second(granted) <= 10


def test_a_permit_is_free_a_second_after_a_quick_reply():
    limiter = RateLimiter("service", 1)
    first = limiter.wait()
    time.sleep(0.1)
    limiter.arrived(first)
    replied = time.monotonic()
    assert replied + 1.0 <= limiter.wait().granted < replied + 1.0 + LATE_SECONDS


def test_a_reply_that_takes_longer_than_the_others_was_held_up_on_the_way():
    limiter = RateLimiter("service", 4)
    for ticket in [limiter.wait() for _ in range(3)]:
        limiter.arrived(ticket)
    late = limiter.wait()
    time.sleep(0.9)
    limiter.arrived(late)
    replied = time.monotonic()
    granted = sorted(limiter.wait().granted for _ in range(4))
    assert granted[-1] >= replied + 1.0


def test_a_service_that_takes_its_time_is_still_asked_at_its_rate():
    limiter, granted = RateLimiter("service", 10), []

    def ask() -> None:
        for _ in range(3):
            ticket = limiter.wait()
            granted.append(ticket.granted)
            time.sleep(0.7)
            limiter.arrived(ticket)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most_in_a_second(granted) <= 10
    assert (max(granted) - min(granted)) / len(granted) < 1.4 / 10


def test_while_no_reply_comes_nothing_more_is_sent():
    limiter = RateLimiter("service", 2)
    first = limiter.wait()
    limiter.wait()
    assert first.granted + SILENT_SECONDS <= limiter.wait().granted


def test_a_state_file_left_half_written_counts_as_full(tmp_path: Path):
    RateLimiter("service", 2, tmp_path).wait()
    (tmp_path / "service-2.json").write_text('[["1", 17.', encoding="utf-8")
    started = time.monotonic()
    RateLimiter("service", 2, tmp_path).wait()
    assert time.monotonic() - started >= 1.0


def test_stamps_from_before_a_reboot_do_not_hold_anyone_up(tmp_path: Path):
    limiter = RateLimiter("service", 1, tmp_path)
    far = time.monotonic() + 1e6
    (tmp_path / "service-1.json").write_text(f'[["1", {far}, {far}]]', encoding="utf-8")
    started = time.monotonic()
    limiter.wait()
    assert time.monotonic() - started < 0.5


def test_waiting_ends_when_the_run_is_stopped():
    limiter, stop = RateLimiter("service", 1), threading.Event()
    limiter.wait()
    stop.set()
    with pytest.raises(InterruptedRunError, match="resume"):
        limiter.wait(stop)


def test_a_folder_that_cannot_be_written_keeps_the_rate_in_this_process(tmp_path: Path):
    (tmp_path / "file").write_text("")
    limiter = RateLimiter("service", 1, tmp_path / "file")
    first = limiter.wait()
    limiter.arrived(first)
    assert limiter.wait().granted - first.granted >= 1.0
