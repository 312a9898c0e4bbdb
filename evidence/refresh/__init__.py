"""Refresh: ask PubMed and the registers for every claim, completely, and keep what they sent.

The steps stand in `evidence.refresh.run`; what a run leaves behind is put together, online and
offline alike, in `evidence.refresh.fetched`. Nothing here judges a record.
"""

from __future__ import annotations

from evidence.refresh.document import refresh_document
from evidence.refresh.fetched import Fetched, RegisteredCount, load_fetched
from evidence.refresh.progress import (
    Failure,
    Progress,
    cancel_refresh,
    read_failure,
    read_progress,
    start_refresh,
)
from evidence.refresh.run import fetch_all

__all__ = [
    "Failure",
    "Fetched",
    "Progress",
    "RegisteredCount",
    "cancel_refresh",
    "fetch_all",
    "load_fetched",
    "read_failure",
    "read_progress",
    "refresh_document",
    "start_refresh",
]
