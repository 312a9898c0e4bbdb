"""What every service is sent and how it is waited for."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from evidence.sources.entrez import EntrezClient
from evidence.sources.http import Patience, _retry_after
from tests.eutils import server as loopback
from tests.eutils.faults import FaultKind, FaultPlan
from tests.eutils.records import invent_records
from tests.eutils.server import LoopbackServer
from tests.sources.conftest import QUICK

Connect = Callable[..., EntrezClient]


@pytest.mark.parametrize(("longest", "least"), [(0.5, 0.5), (120.0, 1.0)])
def test_a_service_that_says_when_to_come_again_is_not_asked_before(
    connect: Connect, longest: float, least: float
):
    plan = FaultPlan(1.0, (FaultKind.RATE_LIMITED,), most=1)  # says: Retry-After: 1
    patience: Patience = replace(QUICK, longest_retry_after=longest)
    with LoopbackServer(invent_records(3), keeps_rate=False, faults=plan) as running:
        assert connect(running, patience).search("needling[ti]").count > 0
        first, second = (arrival.at for arrival in running.arrivals)
    assert second - first >= least


def test_when_to_come_again_is_said_in_seconds_or_as_a_date():
    assert _retry_after("7") == 7.0
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert _retry_after(soon) == pytest.approx(30, abs=5)
    assert _retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert _retry_after("soon") is None
    assert _retry_after(None) is None


def test_long_replies_come_compressed(
    server: LoopbackServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
):
    sent: list[bytes] = []

    class Noted:
        @staticmethod
        def compress(body: bytes, *how: int, **more: int) -> bytes:
            sent.append(body)
            return gzip.compress(body, *how, **more)

    monkeypatch.setattr(loopback, "gzip", Noted)
    pmids = connect(server).search("needling[ti]").pmids[:50]
    sent.clear()
    assert set(connect(server).fetch(pmids).records) == set(pmids)
    (body,) = sent
    assert b"<PubmedArticle>" in body
