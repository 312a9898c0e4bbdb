"""A refresh under fire: a fault in one of five replies, and a kill at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from evidence.sources.entrez import MAX_BATCH
from evidence.store.raw import verify_runs
from evidence.store.snapshots import current_id
from tests.eutils.faults import TRANSIENT, FaultKind, FaultPlan
from tests.eutils.records import invent_records
from tests.eutils.server import LoopbackServer

CHECKOUT = Path(__file__).parent.parent
QUERIES = {
    "needling-helps": '"needling of the back"[tiab]',
    "stretching-helps": '"stretching of the neck"[tiab]',
    "everything-helps": "trial[ti]",
}


def start(
    server: LoopbackServer, workspace: Path, *arguments: str, queries: Mapping[str, str] = QUERIES
) -> subprocess.Popen[str]:
    """Start a refresh in a process of its own."""
    environment = {
        **os.environ,
        **server.environment,
        "NCBI_API_KEY": "a-key",
        "TMPDIR": str(workspace.parent),
        "QUERIES": json.dumps(dict(queries)),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.eutils.run", str(workspace), *arguments],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(run: subprocess.Popen[str]) -> dict[str, object]:
    """Wait for a refresh and return what it printed."""
    out, error = run.communicate(timeout=240)
    assert run.returncode == 0, error[-3000:]
    return json.loads(out.splitlines()[-1])


@pytest.fixture(scope="module")
def many() -> list[object]:
    return invent_records(25_000)


@pytest.mark.slow
def test_25000_records_with_a_fault_in_one_of_five_replies(many: list, tmp_path: Path):
    plan = FaultPlan(0.2, (*TRANSIENT, FaultKind.HANG), seed=20, hang_seconds=2.5, most_hangs=2)
    with LoopbackServer(many, faults=plan) as server:
        found = finish(start(server, tmp_path / "w", queries={"all": "trial[ti]"}))
    assert found["status"] == "complete"
    assert found["pmids"] == [str(record.pmid) for record in many]
    assert server.most_in_a_second() <= 10
    batches = [a.parameters["id"].split(",") for a in server.arrivals if a.util == "efetch"]
    assert max(map(len, batches)) == MAX_BATCH
    sent = server.n_requests()
    assert sum(plan.drawn.values()) >= sent * 0.12
    assert found["requests"] == sent
    assert found["seconds"] - server.hung <= 1.3 * sent / 10


@pytest.mark.slow
def test_with_one_id_withheld_it_fails_by_name_and_current_stays(many: list, tmp_path: Path):
    with LoopbackServer(many[:3_000]) as server:
        workspace = tmp_path / "w"
        finish(start(server, workspace))
        standing = current_id(workspace)
        server.withheld.add(101_234)
        found = finish(start(server, workspace, "--full"))
    assert found["status"] == "failed"
    assert "101234" in str(found["error"])
    assert found["exit_code"] == 15
    assert current_id(workspace) == standing


@pytest.fixture
def few() -> Iterator[LoopbackServer]:
    with LoopbackServer(invent_records(3_000), faults=FaultPlan(0.2, seed=5)) as server:
        yield server


@pytest.mark.slow
def test_killed_at_20_moments_the_run_ends_with_the_same_bytes(tmp_path: Path):
    records = invent_records(3_000)
    with LoopbackServer(records, keeps_rate=False) as server:
        expected = finish(start(server, tmp_path / "calm" / "w"))
    chance = random.Random(7)
    with LoopbackServer(records, keeps_rate=False, faults=FaultPlan(0.2, seed=5)) as server:
        workspace = tmp_path / "killed" / "w"
        killed = 0
        while killed < 20:
            run = start(server, workspace)
            moment = time.monotonic() + chance.uniform(0.0, 3.0)
            while run.poll() is None and time.monotonic() < moment:
                time.sleep(0.01)
            if run.poll() is not None:
                break
            run.send_signal(signal.SIGKILL)
            run.communicate()
            killed += 1
            assert current_id(workspace) is None
        found = finish(start(server, workspace))
    assert found["tables"] == expected["tables"]
    assert verify_runs(workspace, found["runs"]) == []
