"""The whole command: refreshed, killed, started by a page; nothing it leaves is faulty."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.refresh import read_progress, start_refresh
from evidence.refresh.progress import Stage
from evidence.store.snapshots import current_id, open_snapshot
from evidence.store.verification import verify_workspace
from tests.eutils.claims import write_registry
from tests.eutils.faults import FaultPlan
from tests.eutils.records import invent_records
from tests.eutils.server import LoopbackServer
from tests.eutils.starting import Starter

QUERIES = {"needling-helps": '"needling of the back"[tiab]', "warmth-helps": "dancers[ti]"}


@pytest.fixture
def starter() -> Iterator[Starter]:
    """Return a process that starts refreshes."""
    running = Starter()
    yield running
    running.close()


@pytest.mark.slow
def test_no_kill_of_the_command_leaves_a_snapshot_that_verify_faults(
    starter: Starter, tmp_path: Path
):
    records, registry = invent_records(600), write_registry(tmp_path / "registry", QUERIES)
    chance, n_killed = random.Random(3), 0
    with LoopbackServer(records, keeps_rate=False, faults=FaultPlan(0.2, seed=2)) as server:
        started = time.monotonic()
        calm = starter.start(server, tmp_path / "calm", command=True, environment=registry).finish()
        whole = time.monotonic() - started
        expected = open_snapshot(tmp_path / "calm").manifest["content_sha256"]
        assert calm["snapshot_id"] == current_id(tmp_path / "calm")
        workspace = tmp_path / "killed"
        while n_killed < 5:
            run = starter.start(server, workspace, command=True, environment=registry)
            moment = time.monotonic() + chance.uniform(0.0, whole)
            while run.is_running and time.monotonic() < moment:
                time.sleep(0.002)
            if not run.is_running:
                break
            run.kill()
            n_killed += 1
            if current_id(workspace) is not None:
                break
        if current_id(workspace) is None:
            starter.start(server, workspace, command=True, environment=registry).finish()
    assert n_killed >= 1
    assert verify_workspace(workspace) == []
    assert open_snapshot(workspace).manifest["content_sha256"] == expected


@pytest.mark.slow
def test_a_page_starts_a_refresh_and_reads_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    workspace, log = tmp_path / "w", tmp_path / "refresh.json"
    with LoopbackServer(invent_records(600), keeps_rate=False) as server:
        settings = {**server.environment, **write_registry(tmp_path / "registry", QUERIES)}
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        run = start_refresh(workspace, log=log)
        assert run.wait(120) == 0
        document = json.loads(log.read_text())
        assert document["snapshot_id"] == current_id(workspace)
        assert document["records"]["new"] > 200
        progress = read_progress(workspace)
        assert progress is not None
        assert (progress.stage, progress.pid) == (Stage.FETCHED, run.pid)
        server.withheld.add(100_004)
        assert start_refresh(workspace, ["--full"], log=log).wait(120) == 15
        failed = json.loads(log.read_text())
        assert (failed["status"], failed["snapshot_id"]) == ("failed", document["snapshot_id"])
        assert failed["searches"][0]["missing"] == ["100004"]
        assert read_progress(workspace).stage is Stage.FAILED
    assert verify_workspace(workspace) == []
