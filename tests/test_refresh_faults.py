"""A refresh under fire: a fault in one of five replies, and a kill at any moment."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.refresh import cancel_refresh, load_fetched, read_progress
from evidence.refresh.progress import Stage
from evidence.settings import read_settings
from evidence.sources.entrez import MAX_BATCH
from evidence.store.lock import lock_holder
from evidence.store.raw import verify_runs
from evidence.store.snapshots import current_id, open_snapshot
from tests.eutils.faults import TRANSIENT, FaultKind, FaultPlan
from tests.eutils.records import Record, invent_records
from tests.eutils.refreshing import table_bytes
from tests.eutils.server import LoopbackServer
from tests.eutils.starting import Starter


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
        while n_killed < 20 or n_ended == 0:
            workspace = tmp_path / f"killed-{n_ended}" / "w"
            run = starter.start(server, workspace)
            moment = time.monotonic() + chance.uniform(0.0, 1.2)
            while run.is_running and (n_killed == 20 or time.monotonic() < moment):
                time.sleep(0.001)
            if run.is_running:
                run.kill()
                n_killed += 1
            if current_id(workspace) is None:
                continue  # killed before its end: the next one goes on from there
            assert current_id(workspace) == "after-run-0001"
            manifest = open_snapshot(workspace).manifest
            loaded = load_fetched(read_settings({}, workspace=workspace), manifest)
            assert loaded is not None
            assert table_bytes(loaded) == expected["tables"]
            assert verify_runs(workspace, manifest["runs"]) == []
            n_ended += 1


def asked_for(server: LoopbackServer) -> set[str]:
    """Return the ids of every EFetch that the server answered."""
    fetches = [a for a in server.arrivals if a.util == "efetch" and not a.is_over_rate]
    return {pmid for fetch in fetches for pmid in fetch.parameters.get("id", "").split(",")}


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
        before = asked_for(server)
        server.arrivals.clear()
        assert starter.start(server, workspace).finish()["status"] == "complete"
        after = asked_for(server)
        assert after
        assert before - after, "what was fetched before the end is not fetched again"


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
