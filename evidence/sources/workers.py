"""Threads that do what they are given and hand the results back in the order of arrival.

They are daemons: an interrupted run does not wait for a server that is silent.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Job", "run_jobs"]

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Job(Generic[R]):
    """Something to do in a thread, and what to do with its result in the caller's thread."""

    work: Callable[[], R]
    take: Callable[[R], Iterable[Job[R]]]
    """Gets the result; what it returns is done next."""


def run_jobs(jobs: Iterable[Job[R]], n_threads: int, stop: threading.Event) -> None:
    """Do jobs in threads until none is left; the first error ends all and is raised here.

    Parameters
    ----------
    jobs
        The first jobs; each may lead to others.
    n_threads
        How many are done at the same time.
    stop
        Set when an error ends the work, so that whatever waits wakes up.
    """
    waiting: queue.SimpleQueue[Job[R] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[Job[R], R | None, BaseException | None]] = queue.SimpleQueue()
    n_open = 0
    for job in jobs:
        waiting.put(job)
        n_open += 1
    threads = [
        threading.Thread(target=_serve, args=(waiting, done), daemon=True) for _ in range(n_threads)
    ]
    for thread in threads:
        thread.start()
    try:
        while n_open:
            job, result, error = done.get()
            n_open -= 1
            if error is not None:
                raise error
            for following in job.take(result):  # type: ignore[arg-type]
                waiting.put(following)
                n_open += 1
    except BaseException:
        stop.set()
        raise
    finally:
        for _ in threads:
            waiting.put(None)


def _serve(
    waiting: queue.SimpleQueue[Job[R] | None],
    done: queue.SimpleQueue[tuple[Job[R], R | None, BaseException | None]],
) -> None:
    while (job := waiting.get()) is not None:
        try:
            done.put((job, job.work(), None))
        except BaseException as error:  # noqa: BLE001 - it is raised again by who waits for it
            done.put((job, None, error))
