"""How fast the dashboard answers, and how much memory it takes, with many readers at once.

    python -m benchmarks.synthetic_workspace --out DIR
    python -m benchmarks.dashboard_load --workspace DIR [--sessions 20] [--port 8599] [--by cpu]
    python -m benchmarks.dashboard_load --workspace DIR --sessions 0 --pages evidence

Starts the program's own server on a workspace and talks to it as browsers do: a WebSocket a
reader, a message for every click, and the answer read to its end. First one reader, from the
first page that a new server shows; then all of them at once, each reading a while between clicks.
Prints a table and exits with 1 where a limit is missed. Times are of the server's answer; what a
browser needs to draw it comes on top. ``--by cpu`` judges one reader's times by the server's own
processor time, for a computer that others use as well.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

__all__ = ["main"]

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = ("claim", "safety", "evidence", "appraisal", "synthesis", "gaps", "search", "changes",
         "review", "text", "exports", "methods", "")  # fmt: skip
FINDS = {"evidence": "Find a study", "": "Find in claims and quotes"}
"""Fields to write in, by the page's address."""
WORDS = ("pain", "ada", "sham", "quality")
ROW_OF_A_CLAIM = 'class="h c-v"'
LIMITS = {"first paint": 2.5, "page switch": 1.0, "filter": 0.5, "memory": 1500.0}
"""Seconds, and MB of memory."""
MANY_STUDIES, MANY_FILTER = 1_000_000, 1.0
"""From so many studies on the evidence table may take as long as a page."""
AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
THINKING = (5.0, 20.0)
"""Seconds that a reader looks at a page before the next click."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answer of the server."""

    kind: str
    name: str
    seconds: float
    cpu: float


@dataclass(slots=True)
class Answer:
    """What came back for one message."""

    painted: float | None = None
    """Seconds until the first row of a claim stood there."""
    finished: float = 0.0
    failed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """One reader's connection: what the server said of pages and of fields."""

    socket: ClientConnection
    pages: dict[str, str] = field(default_factory=dict)
    """Script hash of each page's address."""
    fields: dict[str, str] = field(default_factory=dict)
    """Widget id of each text field's label."""
    typed: dict[str, str] = field(default_factory=dict)

    async def ask(self, page: str, query: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page as a click does, and read the answer to its end."""
        message = BackMsg()
        message.rerun_script.query_string = urlencode(query or {})
        message.rerun_script.page_script_hash = self.pages.get(page, "")
        for widget, words in self.typed.items():
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.string_value = widget, words
        begun = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        answer = Answer()
        while True:
            part = ForwardMsg.FromString(await self.socket.recv())
            self._note(part, answer, begun)
            if part.WhichOneof("type") == "script_finished" and part.script_finished != AGAIN:
                answer.finished = time.perf_counter() - begun
                return answer

    async def write(self, page: str, words: str) -> Answer:
        """Write into the page's field, as a filter."""
        self.typed = {self.fields[FINDS[page]]: words}
        return await self.ask(page)

    def _note(self, part: ForwardMsg, answer: Answer, begun: float) -> None:
        kind = part.WhichOneof("type")
        if kind == "navigation":
            self.pages = {p.url_pathname: p.page_script_hash for p in part.navigation.app_pages}
            self.pages[""] = next(p.page_script_hash for p in part.navigation.app_pages if p.is_default)  # fmt: skip
        if kind != "delta":
            return
        element = part.delta.new_element
        shown = element.WhichOneof("type")
        if shown == "text_input":
            self.fields[element.text_input.label] = element.text_input.id
        if shown == "exception":
            answer.failed.append(element.exception.message)
        if answer.painted is None and shown == "html" and ROW_OF_A_CLAIM in element.html.body:
            answer.painted = time.perf_counter() - begun


def tree_of(pid: int) -> Iterator[int]:
    """Return a process and all that it started."""
    yield pid
    children = Path(f"/proc/{pid}/task/{pid}/children")
    for child in children.read_text().split() if children.is_file() else []:
        yield from tree_of(int(child))


def cpu_of(pid: int) -> float:
    """Return the processor seconds that a process and its children have used."""
    ticks = 0
    for each in tree_of(pid):
        cells = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[-1].split()
        ticks += int(cells[11]) + int(cells[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int, name: str = "VmRSS") -> float:
    """Return a size of a process and its children, in MB."""
    total = 0
    for each in tree_of(pid):
        lines = Path(f"/proc/{each}/status").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith(name + ":"))
    return total / 1024


class Server:
    """The program's own server on a workspace, while the measurement runs."""

    def __init__(self, workspace: Path, port: int) -> None:
        self.port = port
        command = [sys.executable, "-m", "evidence", "dashboard", "--port", str(port), "--workspace", str(workspace)]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL)

    def __enter__(self) -> Server:
        until = time.monotonic() + 120
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=1):
                    return self
            except (URLError, OSError):
                time.sleep(0.2)
        self.__exit__()
        msg = f"no server answers on port {self.port}"
        raise SystemExit(msg)

    def __exit__(self, *_: object) -> None:
        for pid in reversed(list(tree_of(self.process.pid))):
            os.kill(pid, 15)
        self.process.wait()

    def meet(self) -> Any:
        """Connect as a browser does."""
        address = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        return connect(address, subprotocols=["streamlit"], max_size=None, open_timeout=60)  # type: ignore[list-item]


async def measured(server: Server, kind: str, name: str, asked: Any) -> Step:
    """Return how long an answer took; an exception on the page is a failure of the run."""
    before = cpu_of(server.process.pid)
    answer: Answer = await asked
    if answer.failed:
        msg = f"{name}: {answer.failed[0]}"
        raise SystemExit(msg)
    is_paint = kind == "first paint" and answer.painted is not None
    seconds = answer.painted if is_paint and answer.painted else answer.finished
    return Step(kind, name, seconds, cpu_of(server.process.pid) - before)


def query_of(page: str, claims: Sequence[str], chance: random.Random) -> dict[str, str]:
    """Return the address that a click leads to: some claim where a page is of one."""
    return {"claim": chance.choice(claims)} if page in {"claim", "appraisal", "synthesis"} else {}


async def read_alone(server: Server, claims: Sequence[str], pages: Sequence[str]) -> list[Step]:
    """Walk some pages as the first reader of a new server, then once more."""
    steps = []
    chance = random.Random(1)
    async with server.meet() as socket:
        reader = Reader(socket)
        steps.append(await measured(server, "first paint", "board, new server", reader.ask("")))
        await asyncio.sleep(THINKING[0])
        for turn in ("first time", "again"):
            for page in pages:
                query = query_of(page, claims, chance)
                asked = reader.ask(page, query)
                steps.append(await measured(server, "page switch", f"{page or 'board'}, {turn}", asked))  # fmt: skip
                for words in WORDS if page in FINDS else ():
                    asked = reader.write(page, words)
                    steps.append(await measured(server, "filter", f"{page or 'board'}, {turn}", asked))  # fmt: skip
                reader.typed = {}
    return steps


async def read_together(server: Server, claims: Sequence[str], n: int, turns: int) -> tuple[list[Step], float]:  # fmt: skip
    """Let many readers walk at once; return their steps and the most memory seen, in MB."""
    most = [memory_of(server.process.pid)]

    async def watch() -> None:
        while True:
            most.append(memory_of(server.process.pid))
            await asyncio.sleep(0.25)

    async def walk(seed: int) -> list[Step]:
        chance, steps = random.Random(seed), []
        async with server.meet() as socket:
            reader = Reader(socket)
            await asyncio.sleep(chance.uniform(0, THINKING[1]))
            steps.append(await measured(server, "first paint", "board", reader.ask("")))
            for _ in range(turns):
                await asyncio.sleep(chance.uniform(*THINKING))
                page = chance.choice(PAGES)
                reader.typed = {}
                asked = reader.ask(page, query_of(page, claims, chance))
                steps.append(await measured(server, "page switch", page or "board", asked))
                if page in FINDS:
                    await asyncio.sleep(chance.uniform(*THINKING))
                    asked = reader.write(page, chance.choice(WORDS))
                    steps.append(await measured(server, "filter", page or "board", asked))
            await asyncio.sleep(THINKING[1])  # nobody leaves before all have been counted
        return steps

    watching = asyncio.create_task(watch())
    try:
        found = await asyncio.gather(*(walk(seed) for seed in range(n)))
    finally:
        watching.cancel()
    return [step for steps in found for step in steps], max(most)


def say_alone(steps: Sequence[Step], limits: Mapping[str, float], by: str) -> bool:
    """Print one reader's steps and return whether every limit holds."""
    holds = True
    print(f"{'one reader':12} {'what':26} {'seconds':>8} {'cpu':>6} {'limit':>6}")
    for step in steps:
        judged = step.cpu if by == "cpu" else step.seconds
        is_kept = judged <= limits[step.kind]
        holds = holds and is_kept
        print(
            f"{step.kind:12} {step.name:26} {step.seconds:8.2f} {step.cpu:6.2f} "
            f"{limits[step.kind]:6.1f}{'' if is_kept else '  MISSED'}"
        )
    return holds


def say_together(steps: Sequence[Step], memory: float, n: int, by: str) -> bool:
    """Print what all readers met and return whether the limits hold."""
    print(f"\n{n} readers at once, {THINKING[0]:g} to {THINKING[1]:g} s between clicks")
    print(f"{'':12} {'answers':>8} {'median':>8} {'95 %':>8} {'limit':>6}")
    holds = memory <= LIMITS["memory"]
    for kind in ("first paint", "page switch", "filter"):
        times = sorted(step.seconds for step in steps if step.kind == kind)
        if not times:
            continue
        middle, late = statistics.median(times), times[min(len(times) - 1, int(0.95 * len(times)))]
        is_kept = middle <= LIMITS[kind]
        holds = holds and (is_kept or by == "cpu")
        print(f"{kind:12} {len(times):8} {middle:8.2f} {late:8.2f} {LIMITS[kind]:6.1f}{'' if is_kept else '  MISSED'}")  # fmt: skip
    is_kept = memory <= LIMITS["memory"]
    print(f"most memory of the server {memory:,.0f} MB, limit {LIMITS['memory']:,.0f} MB{'' if is_kept else '  MISSED'}")  # fmt: skip
    return holds


async def run(asked: argparse.Namespace) -> bool:
    """Measure, print, and return whether every limit holds."""
    from evidence.store.snapshots import list_snapshots, open_snapshot

    workspace, n, by = asked.workspace.resolve(), asked.sessions, asked.by
    snapshot = open_snapshot(workspace)
    claims = list(snapshot.read("claims", ["claim_id"])["claim_id"])
    rows = {name: about["rows"] for name, about in snapshot.manifest["tables"].items()}
    print(
        f"{workspace}: {rows['studies']:,} studies, {rows['study_results']:,} results, "
        f"{len(claims):,} claims, {len(list_snapshots(workspace))} snapshots; load of the computer "
        f"before {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; judged by {by}"
    )
    limits = LIMITS | ({"filter": MANY_FILTER} if rows["studies"] >= MANY_STUDIES else {})
    with Server(workspace, asked.port) as server:
        print(f"a new server holds {memory_of(server.process.pid):,.0f} MB\n")
        alone = say_alone(await read_alone(server, claims, asked.pages), limits, by)
        print(f"after one reader {memory_of(server.process.pid):,.0f} MB")
        if not n:
            return alone
        steps, memory = await read_together(server, claims, n, asked.turns)
        return say_together(steps, memory, n, by) and alone


def main() -> int:
    """Measure and return 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8599)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--turns", type=int, default=5, help="clicks of each reader")
    parser.add_argument("--by", choices=["seconds", "cpu"], default="seconds")
    parser.add_argument("--pages", nargs="*", choices=PAGES, default=PAGES, help="of one reader")
    return 0 if asyncio.run(run(parser.parse_args())) else 1


if __name__ == "__main__":
    raise SystemExit(main())
