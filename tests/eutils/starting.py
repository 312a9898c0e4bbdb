"""Starts refreshes in processes of their own, without importing everything each time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.eutils.server import LoopbackServer

CHECKOUT = Path(__file__).parents[2]
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
        command: bool = False, queries: Mapping[str, str] = QUERIES,
        environment: Mapping[str, str] | None = None,
    ) -> Started:  # fmt: skip
        """Start a refresh; with ``command``, to the snapshot and the verdicts."""
        workspace.mkdir(parents=True, exist_ok=True)
        out = workspace.parent / f"out-{time.monotonic_ns()}.json"
        order = {
            "workspace": str(workspace),
            "environment": {**server.environment, "NCBI_API_KEY": "a-key", **(environment or {})},
            "queries": dict(queries),
            "full": full,
            "out": str(out),
            "command": command,
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
