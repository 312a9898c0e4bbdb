"""Work beside the refresh, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from evidence.errors import QueryRefusedError, SourceError

__all__ = ["Aside"]

T = TypeVar("T")


class Aside(Generic[T]):
    """Does a piece of work in a thread, at once; the thread holds nobody up at the end."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._found: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._do, args=(work,), daemon=True)
        self._thread.start()

    def _do(self, work: Callable[[], T]) -> None:
        try:
            self._found.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised, or told, by who waits for it
            self._error = error

    def result(self) -> T:
        """Wait, and return what was found or raise what went wrong."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found[0]

    def result_or_warn(self, warnings: list[str], what: str, longest: float) -> T | None:
        """Wait some seconds, and return what was found; None, with a warning, where none came."""
        self._thread.join(longest)
        if self._thread.is_alive():
            warnings.append(f"{what}: no answer in time; what is known of it stays as it was")
            return None
        try:
            return self.result()
        except (SourceError, QueryRefusedError) as error:
            warnings.append(f"{error}; what is known of it stays as it was")
            return None
