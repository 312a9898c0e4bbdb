"""Whether a refresh can be killed at any moment: SIGKILL at random times, again and again.

    python -m benchmarks.refresh_killed [--kills 20] [--records 600]

The whole command runs against the loopback server, a fault in one of five replies, in a process
that is killed at a random moment of its usual time; the next run resumes. After every kill the
workspace must hold what ``evidence verify`` finds no fault in. A run that ends before its moment
must leave the tables of an undisturbed run, byte for byte; then a new workspace is begun.
It prints a line a kill or end, and exits with 1 where anything was not so.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from evidence.store.snapshots import current_id, open_snapshot
from evidence.store.verification import verify_workspace
from tests.eutils.claims import write_registry
from tests.eutils.faults import FaultPlan
from tests.eutils.records import invent_records
from tests.eutils.server import LoopbackServer
from tests.eutils.starting import QUERIES, Started, Starter


def content_of(workspace: Path) -> str | None:
    """Return the hash over the tables of the current snapshot, None where there is none."""
    if current_id(workspace) is None:
        return None
    return str(open_snapshot(workspace).manifest["content_sha256"])


def ran_to_its_end(run: Started, seconds: float) -> bool:
    """Return whether a run ended before its moment; else it is killed."""
    moment = time.monotonic() + seconds
    while run.is_running and time.monotonic() < moment:
        time.sleep(0.002)
    if not run.is_running:
        return True
    run.kill()
    return False


def kill_again_and_again(n_kills: int, n_records: int, folder: Path) -> bool:
    """Return whether every kill left a sound workspace and every end the same tables."""
    chance, n_killed, n_ended, is_well = random.Random(11), 0, 0, True
    registry = write_registry(folder / "registry", QUERIES)
    starter, records = Starter(), invent_records(n_records)
    with LoopbackServer(records, keeps_rate=False, faults=FaultPlan(0.2, seed=2)) as server:
        started = time.monotonic()
        calm = folder / "calm"
        starter.start(server, calm, command=True, environment=registry).finish()
        whole, expected = time.monotonic() - started, content_of(calm)
        print(f"undisturbed: {whole:.1f} s, tables {expected}", flush=True)
        while n_killed < n_kills or n_ended == 0:
            workspace = folder / f"killed-{n_ended}"
            run = starter.start(server, workspace, command=True, environment=registry)
            seconds = chance.uniform(0.0, whole) if n_killed < n_kills else 600.0
            if ran_to_its_end(run, seconds):
                n_ended += 1
                is_equal = content_of(workspace) == expected
                print(f"end {n_ended}: the same tables: {is_equal}", flush=True)
            else:
                n_killed += 1
                is_equal = content_of(workspace) in {None, expected}
                print(f"kill {n_killed} after {seconds:.2f} s, sound: ", end="", flush=True)
            faults = verify_workspace(workspace) if current_id(workspace) else []
            print(faults, flush=True)
            is_well &= is_equal and not faults
    starter.close()
    return is_well


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--records", type=int, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return 0 if kill_again_and_again(options.kills, options.records, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
