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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evidence.refresh import cancel_refresh, read_progress
from evidence.refresh.progress import Stage
from evidence.sources.entrez import MAX_BATCH
from evidence.store.lock import lock_holder
from evidence.store.raw import verify_runs
from evidence.store.snapshots import current_id
from tests.eutils.faults import TRANSIENT, FaultKind, FaultPlan
from tests.eutils.records import Record, invent_records
from tests.eutils.server import LoopbackServer

CHECKOUT = Path(__file__).parent.parent
QUERIES = {
    "needling-helps": '"needling of the back"[tiab]',
    "stretching-helps": '"stretching of the neck"[tiab]',
    "everything-helps": "trial[ti]",
}


class Starter:
    """A process that has everything imported and starts refreshes, each in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.eutils.run"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self, server: LoopbackServer, workspace: Path, *, full: bool = False,
        queries: Mapping[str, str] = QUERIES,
    ) -> Started:  # fmt: skip
        """Start a refresh."""
        workspace.mkdir(parents=True, exist_ok=True)
        out = workspace.parent / f"out-{time.monotonic_ns()}.json"
        order = {
            "workspace": str(workspace),
            "environment": {**server.environment, "NCBI_API_KEY": "a-key"},
            "queries": dict(queries),
            "full": full,
            "out": str(out),
            "rate_folder": str(workspace.parent / "rate"),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Started(int(self._process.stdout.readline()), out)

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)


@dataclass(frozen=True)
class Started:
    """A refresh that was started."""

    pid: int
    out: Path

    @property
    def is_running(self) -> bool:
        return Path(f"/proc/{self.pid}").exists()

    def finish(self) -> dict[str, Any]:
        """Wait for the refresh and return what it wrote."""
        end = time.monotonic() + 240
        while self.is_running and time.monotonic() < end:
            time.sleep(0.02)
        return json.loads(self.out.read_text())

    def kill(self) -> None:
        """Kill the refresh, and wait until it is gone."""
        os.kill(self.pid, signal.SIGKILL)
        while self.is_running:
            time.sleep(0.002)


@pytest.fixture(scope="module")
def starter() -> Iterator[Starter]:
    """Return a process that starts refreshes without importing everything each time."""
    running = Starter()
    yield running
    running.close()


@pytest.fixture(scope="module")
def many() -> list[Record]:
    """Return 25,000 invented records."""
    return invent_records(25_000)


@pytest.mark.slow
def test_25000_records_with_a_fault_in_one_of_five_replies(
    starter: Starter, many: list[Record], tmp_path: Path
):
    plan = FaultPlan(0.2, (*TRANSIENT, FaultKind.HANG), seed=20, hang_seconds=2.5, most_hangs=2)
    with LoopbackServer(many, faults=plan) as server:
        found = starter.start(server, tmp_path / "w", queries={"all": "trial[ti]"}).finish()
    assert found["status"] == "complete"
    assert found["pmids"] == [str(record.pmid) for record in many]
    assert server.most_in_a_second() <= 10
    batches = [a.parameters["id"].split(",") for a in server.arrivals if a.util == "efetch"]
    assert max(map(len, batches)) == MAX_BATCH
    sent = server.n_requests()
    assert found["requests"] == sent
    assert sum(plan.drawn.values()) >= sent * 0.12
    # On a machine with more to do than processors, everything takes longer by that much.
    crowd = min(2.0, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))
    assert found["seconds"] - server.hung <= 1.3 * sent / 10 * crowd


@pytest.mark.slow
def test_with_one_id_withheld_it_fails_by_name_and_current_stays(
    starter: Starter, many: list[Record], tmp_path: Path
):
    with LoopbackServer(many[:3_000], keeps_rate=False) as server:
        workspace = tmp_path / "w"
        starter.start(server, workspace).finish()
        standing = current_id(workspace)
        server.withheld.add(101_234)
        found = starter.start(server, workspace, full=True).finish()
    assert (found["status"], found["exit_code"]) == ("failed", 15)
    assert "101234" in found["error"]
    assert current_id(workspace) == standing == "after-run-0001"


@pytest.mark.slow
def test_killed_at_20_moments_runs_end_with_the_same_bytes(
    starter: Starter, many: list[Record], tmp_path: Path
):
    with LoopbackServer(many[:2_000], keeps_rate=False) as server:
        expected = starter.start(server, tmp_path / "calm" / "w").finish()
    chance, n_killed, n_ended = random.Random(7), 0, 0
    plan = FaultPlan(0.2, seed=5)
    with LoopbackServer(many[:2_000], keeps_rate=False, faults=plan) as server:
        while n_killed < 20:
            workspace = tmp_path / f"killed-{n_ended}" / "w"
            run = starter.start(server, workspace)
            moment = time.monotonic() + chance.uniform(0.0, 1.2)
            while run.is_running and time.monotonic() < moment:
                time.sleep(0.001)
            if run.is_running:
                run.kill()
                n_killed += 1
                assert current_id(workspace) in (None, "after-run-0001")
            if run.out.exists() or n_killed == 20:
                found = (
                    run.finish() if run.out.exists() else starter.start(server, workspace).finish()
                )
                assert found["tables"] == expected["tables"]
                assert verify_runs(workspace, found["runs"]) == []
                n_ended += 1
    assert n_ended >= 1


@pytest.mark.slow
def test_a_run_that_is_told_to_end_can_be_resumed(starter: Starter, tmp_path: Path):
    with LoopbackServer(invent_records(3_000)) as server:
        workspace = tmp_path / "w"
        run = starter.start(server, workspace)
        while (progress := read_progress(workspace)) is None or (
            progress.stage is not Stage.FETCHING or progress.done == 0
        ):
            time.sleep(0.01)
        assert (progress.pid, progress.run_id) == (run.pid, "run-0001")
        holder = lock_holder(workspace)
        assert holder is not None
        assert holder.pid == run.pid
        assert cancel_refresh(workspace)
        found = run.finish()
        assert found["exit_code"] == 130
        assert "resume" in found["error"]
        assert read_progress(workspace).stage is Stage.INTERRUPTED
        assert not cancel_refresh(workspace)
        sent = server.n_requests("efetch")
        assert starter.start(server, workspace).finish()["status"] == "complete"
        assert 0 < server.n_requests("efetch") - sent < 15


@pytest.mark.slow
def test_of_two_refreshes_the_second_says_who_holds_the_lock(starter: Starter, tmp_path: Path):
    with LoopbackServer(invent_records(2_000)) as server:
        workspace = tmp_path / "w"
        first = starter.start(server, workspace)
        while lock_holder(workspace) is None:
            time.sleep(0.01)
        second = starter.start(server, workspace).finish()
        assert second["exit_code"] == 17
        assert f"process {first.pid}" in second["error"]
        first.kill()
        assert lock_holder(workspace) is None
        assert read_progress(workspace).stage is Stage.INTERRUPTED
        assert starter.start(server, workspace).finish()["status"] == "complete"
