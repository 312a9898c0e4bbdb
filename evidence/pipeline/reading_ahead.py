"""Abstracts are read while others are still being fetched; the build then finds them kept.

The reading goes on in a thread of its own, which has other processes read. What is read stands
under the hash of all that the reader takes, and the build asks by the same hash: a record that it
sees otherwise, because another batch brought it again, is simply read again.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Iterator
from typing import Any

from evidence.appraisal.panel import NO_READERS, Panel
from evidence.pipeline.fetched import reader_rows
from evidence.pipeline.kept_readings import read_ahead
from evidence.pipeline.machine_read import n_processes, reader_item
from evidence.records.pubmed_tables import ParsedRecords
from evidence.refresh.aside import Aside
from evidence.store.readings import KeptReadings

__all__ = ["ReadingAhead"]

_NICENESS = 10
"""Fetching goes first: a request that is not sent when the rate permits it is time lost."""


class ReadingAhead:
    """Reads the abstracts of batches as they come; a context, after which nothing is read.

    Parameters
    ----------
    kept
        Readings of earlier builds; what is new is added to them.
    panel
        Readers that are asked beside the built-in one.
    """

    def __init__(self, kept: KeptReadings, panel: Panel = NO_READERS) -> None:
        self._kept, self._panel = kept, panel
        self._batches: queue.SimpleQueue[ParsedRecords | None] = queue.SimpleQueue()
        self._work: Aside[None] | None = None
        self._is_stopped = False

    def __enter__(self) -> ReadingAhead:
        """Return itself; nothing is started before a first batch comes."""
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what is not read yet."""
        self._is_stopped = True
        self._batches.put(None)

    def take(self, batch: ParsedRecords) -> None:
        """Have the abstracts of a batch read; returns at once."""
        if self._work is None:
            self._work = Aside(self._read)
        self._batches.put(batch)

    def finish(self) -> None:
        """Wait until every abstract that was taken is read, and raise what went wrong."""
        self._batches.put(None)
        if self._work is not None:
            self._work.result()

    def _read(self) -> None:
        if (
            sys.platform == "linux"
        ):  # where a thread and what it starts have a niceness of their own
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        read_ahead(self._items(), self._kept, processes=n_processes(), panel=self._panel)

    def _items(self) -> Iterator[dict[str, Any]]:
        while (batch := self._batches.get()) is not None:
            for row in reader_rows(batch.tables):
                if self._is_stopped:
                    return
                yield reader_item(row)
