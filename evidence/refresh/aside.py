"""Work beside the refresh that it can do without: when it fails, the refresh says so and goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from evidence.errors import QueryRefusedError, SourceError

__all__ = ["Aside"]


class Aside:
    """Does a piece of work in a thread of its own, at once."""

    def __init__(self, work: Callable[..., Mapping[str, Any]], *arguments: object) -> None:
        self._found: Mapping[str, Any] | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._do, args=(work, arguments), daemon=True)
        self._thread.start()

    def _do(self, work: Callable[..., Mapping[str, Any]], arguments: tuple[object, ...]) -> None:
        try:
            self._found = work(*arguments)
        except BaseException as error:  # noqa: BLE001 - it is raised, or told, by who waits for it
            self._error = error

    def result(self, warnings: list[str]) -> Mapping[str, Any] | None:
        """Wait, and return what was found; None, with a warning, where a source failed."""
        self._thread.join()
        if self._error is None:
            return self._found
        if isinstance(self._error, (SourceError, QueryRefusedError)):
            warnings.append(f"{self._error}; what is known of it stays as it was")
            return None
        raise self._error
