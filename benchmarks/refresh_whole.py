"""What the whole command costs: a full refresh of an invented PubMed, then one with nothing new.

    python -m benchmarks.refresh_whole [--records 25000] [--builds] [--faults 0.2] [--withhold] [--keyless]

Every claim of the delivered registry is asked of the loopback server, whose records have invented
abstracts of a usual length. Each command is a process of its own; a line says its CPU seconds
(those of processes that it started included), its wall seconds, its peak memory and what it said.
Then a line on what was sent: requests (retries included), the most in a second, the most ids in a
batch, and two ratios to requests / rate, of the time from the first request to E-utilities to the
last, and of the whole command from its start to its end. With ``--faults`` such a share of the
replies goes wrong; hangs are not among the faults. With ``--keyless`` the rate is 3 requests a
second, as without a key, else 10. With ``--withhold`` one record is never returned, and the first refresh must fail and name it.
It exits with 1 where a command failed, or where the second refresh or a build found anything new.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evidence.settings import CHECKOUT
from tests.eutils.faults import TRANSIENT, FaultPlan
from tests.eutils.records import Record, invent_records
from tests.eutils.server import LoopbackServer

RATES = {True: 3, False: 10}
"""Requests a second without a key, and with one."""
INCOMPLETE = 15
CONDITIONS = ("chronic low back pain", "neck pain", "knee osteoarthritis", "migraine", "sciatica")
CONTROLS = ("sham acupuncture", "usual care", "a waiting list", "exercise", "massage")
FINDINGS = (
    "Pain on a visual analogue scale was lower with {i} than with {c} (mean difference -{d}, 95% CI "
    "-{e} to -2.1, P = 0.01).",
    "There was no significant difference in pain between {i} and {c} (mean difference {d}, 95% CI "
    "-3.0 to {e}, P = 0.41).",
    "Disability scores improved in both groups; the difference favoured {i} (P < 0.05).",
)
ABSTRACT = (
    "BACKGROUND: People with {p} often ask for {i}, and whether it helps more than {c} is not "
    "clear. OBJECTIVE: To find out whether {i} eases pain in adults with {p}. METHODS: In this "
    "randomized controlled trial, {n} adults with {p} were randomly assigned to {i} (n = {h}) or to "
    "{c} (n = {h}) for {w} weeks, two sessions a week, at three outpatient clinics. The primary "
    "outcome was pain intensity on a visual analogue scale at {w} weeks; secondary outcomes were "
    "disability, quality of life and adverse events. Assessors were blinded to the assignment, and "
    "all analyses were by intention to treat. RESULTS: Of {n} participants, {m} completed the "
    "study (mean age {a} years, 61% women). {f} Quality of life did not differ at follow-up. Minor "
    "bruising was reported by {x} participants; no serious adverse event occurred. CONCLUSIONS: In "
    "adults with {p}, {i} was compared with {c}, and larger trials with longer follow-up are needed."
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost, and the JSON document that it printed."""

    cpu: float
    wall: float
    peak_mb: float
    code: int
    document: Mapping[str, Any]


def invent_trials(n: int) -> list[Record]:
    """Return records with abstracts of a usual length, the same each time."""
    chance = random.Random(7)
    return [record.changed(**_words(chance, i)) for i, record in enumerate(invent_records(n))]


def _words(chance: random.Random, number: int) -> dict[str, str]:
    """Return the title and abstract of one record."""
    condition, control = chance.choice(CONDITIONS), chance.choice(CONTROLS)
    needling = chance.choice(("acupuncture", "electroacupuncture", "dry needling", "a warm pack"))
    half, low = chance.randint(15, 300), chance.randint(3, 15)
    finding = chance.choice(FINDINGS).format(i=needling, c=control, d=low, e=low + 4)
    filled = ABSTRACT.format(
        p=condition, i=needling, c=control, n=2 * half, h=half, m=2 * half - 3, w=low,
        a=chance.randint(30, 70), x=chance.randint(1, 9), f=finding,
    )  # fmt: skip
    return {"title": f"Trial {number}: {needling} for {condition}", "abstract": filled}


def write_registry(folder: Path) -> dict[str, str]:
    """Write the delivered registry with queries that the server answers; return its settings."""
    source = yaml.safe_load((CHECKOUT / "data" / "claims.yaml").read_text(encoding="utf-8"))
    for place, claim in enumerate(source["claims"]):
        if claim.get("query"):
            claim["query"] = ("trial[ti]", "pain[tiab]", "needling[tiab]")[place % 3]
    path = folder / "claims.yaml"
    path.write_text(yaml.safe_dump(source, sort_keys=False), encoding="utf-8")
    return {"EVIDENCE_CLAIMS": str(path)}


def run(command: str, environment: Mapping[str, str], *options: str) -> Cost:
    """Run one command of the program, and return what it cost."""
    words = [sys.executable, "-m", "evidence", command, "--json", *options]
    start = time.monotonic()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            words, cwd=CHECKOUT, env={**os.environ, **environment}, stdout=out
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        out.seek(0)
        text = out.read()
    process.returncode = os.waitstatus_to_exitcode(status)
    document = json.loads(text) if text.strip() else {}
    cpu = used.ru_utime + used.ru_stime
    return Cost(cpu, wall, used.ru_maxrss / 1024, process.returncode, document)


def say(name: str, cost: Cost) -> None:
    """Print one line on one command."""
    found = cost.document.get("records", {"created": cost.document.get("created")})
    print(
        f"{name}: {cost.cpu:.1f} s CPU, {cost.wall:.1f} s, peak {cost.peak_mb:,.0f} MB, "
        f"exit {cost.code}, {json.dumps(found)}",
        flush=True,
    )


def _fails_by_name(cost: Cost, pmid: int) -> bool:
    """Return whether a refresh failed for want of one record, and said which."""
    missing = {number for search in cost.document["searches"] for number in search["missing"]}
    print(f"  missing: {sorted(missing)}, snapshot: {cost.document['snapshot_id']}", flush=True)
    return cost.code == INCOMPLETE and missing == {str(pmid)}


def say_sent(server: LoopbackServer, rate: int, wall: float) -> None:
    """Print what was sent so far, and how long that took against the rate; then forget it."""
    asked = [a for a in server.arrivals if a.util.startswith("e")]
    span = asked[-1].at - asked[0].at
    by_util = Counter(a.util for a in asked)
    batches = [a.parameters["id"].count(",") + 1 for a in asked if "id" in a.parameters]
    wrong = sum(server.faults.drawn.values())
    sent, by_rate = len(asked), len(asked) / rate
    print(
        f"  sent: {sent} requests {dict(by_util)}, retries of {wrong} replies that went wrong "
        f"included; {server.hung:.1f} s of hangs; at most {server.most_in_a_second()} in a second, "
        f"at most {max(batches, default=0)} ids in a batch\n"
        f"  rate {rate}/s, requests/rate {by_rate:.1f} s: first to last request {span:.1f} s, "
        f"{span / by_rate:.2f} times; whole command {wall:.1f} s, {wall / by_rate:.2f} times",
        flush=True,
    )
    server.arrivals.clear()
    server.faults.drawn.clear()


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=25_000)
    parser.add_argument("--builds", action="store_true", help="build as well, warm and cold")
    parser.add_argument(
        "--keep", type=Path, help="folder for the workspace; a passing one if not given"
    )
    parser.add_argument("--faults", type=float, default=0.0, help="share of replies that go wrong")
    parser.add_argument("--withhold", action="store_true", help="never return one of the records")
    parser.add_argument("--keyless", action="store_true", help="3 requests a second, not 10")
    options = parser.parse_args()
    records = invent_trials(options.records)
    plan = FaultPlan(options.faults, TRANSIENT, seed=20)
    withheld = [records[len(records) // 2].pmid] if options.withhold else []
    with (
        LoopbackServer(records, faults=plan, withheld=withheld) as server,
        tempfile.TemporaryDirectory() as passing,
    ):
        folder = options.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **server.environment,
            **write_registry(folder),
            "NCBI_API_KEY": "" if options.keyless else "a-key",
            "EVIDENCE_WORKSPACE": str(folder / "workspace"),
        }
        costs = []
        for name in ("full", "nothing new"):
            costs.append(run("refresh", environment))
            say(name, costs[-1])
            say_sent(server, RATES[options.keyless], costs[-1].wall)
            if withheld:
                return 0 if _fails_by_name(costs[-1], withheld[0]) else 1
        if options.builds:
            costs.append(run("build", environment))
            say("build", costs[-1])
    new = [c.document.get("records", {}).get("new", 0) for c in costs[1:]]
    return 0 if all(c.code == 0 for c in costs) and not any(new) else 1


if __name__ == "__main__":
    sys.exit(main())
