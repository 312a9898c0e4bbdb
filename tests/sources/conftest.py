"""A loopback server for each test, and clients without the usual patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evidence.settings import read_settings
from evidence.sources.entrez import EntrezClient, entrez_client
from evidence.sources.http import Patience
from tests.eutils.records import invent_records
from tests.eutils.server import LoopbackServer

QUICK = Patience(connect=2.0, read=1.0, whole=5.0, attempts=6, first_wait=0.01, longest_wait=0.1,
                 longest_retry_after=0.1)  # fmt: skip


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """Return a server with 600 invented records that does not mind the rate."""
    with LoopbackServer(invent_records(600), keeps_rate=False) as running:
        yield running


@pytest.fixture
def connect(tmp_path: Path) -> Callable[[LoopbackServer], EntrezClient]:
    """Return how to make a client of a server; its rate is its own."""

    def make(running: LoopbackServer, patience: Patience = QUICK) -> EntrezClient:
        environment = {**running.environment, "NCBI_API_KEY": "a-key"}
        settings = read_settings(environment)
        return entrez_client(settings, patience=patience, rate_folder=tmp_path / "rate")

    return make
