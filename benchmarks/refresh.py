"""How long a refresh takes against the loopback server, and how near to the permitted rate.

    python -m benchmarks.refresh [--records 25000] [--share 0.2] [--runs 3]

Prints one line a run: requests sent (retries included), the most in any second, seconds without
the server's hangs, their ratio to the time that the rate alone asks for (the goal is at most
1.3), and how many of the records came. It exits with 1 where a run was not complete or went over
the rate.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from evidence.refresh import fetch_all
from evidence.settings import read_settings
from evidence.sources.http import Patience
from tests.eutils.claims import invent_registry
from tests.eutils.faults import TRANSIENT, FaultKind, FaultPlan
from tests.eutils.records import Record, invent_records
from tests.eutils.server import LoopbackServer

RATE = 10


def refresh_once(records: list[Record], share: float, seed: int) -> bool:
    """Refresh an empty workspace and print how it went; return whether all is as it must be."""
    plan = FaultPlan(share, (*TRANSIENT, FaultKind.HANG), seed=seed, hang_seconds=2.5)
    with LoopbackServer(records, faults=plan) as server, tempfile.TemporaryDirectory() as folder:
        environment = {**server.environment, "NCBI_API_KEY": "a-key"}
        settings = read_settings(environment, workspace=Path(folder) / "workspace")
        registry = invent_registry({"all": "trial[ti]"})
        fetched = fetch_all(settings, registry, patience=Patience(read=2.0))
        sent, most = server.n_requests(), server.most_in_a_second()
    seconds = fetched.seconds - server.hung
    print(
        f"seed {seed}: {fetched.status}, {sent} requests ({sum(plan.drawn.values())} went wrong), "
        f"at most {most} in a second, {seconds:.1f} s without hangs, "
        f"{seconds / (sent / RATE):.2f} times requests/rate, {len(fetched.new)} records"
    )
    return fetched.is_complete and most <= RATE and len(fetched.new) == len(records)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=25_000)
    parser.add_argument("--share", type=float, default=0.2, help="share of replies that go wrong")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    records = invent_records(options.records)
    results = [refresh_once(records, options.share, seed) for seed in range(1, options.runs + 1)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
