"""Starts refreshes, each in a forked process, for tests that kill them.

Reads one order a line (JSON), prints the process's number; the refresh writes a JSON document.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from evidence.errors import EvidenceError
from evidence.pipeline.refreshing import refresh as pipeline_refresh
from evidence.refresh import fetch_all
from evidence.settings import Settings, read_settings
from evidence.sources.http import Patience
from tests.eutils.claims import invent_registry
from tests.eutils.refreshing import publish, table_bytes

PATIENCE = Patience(connect=5.0, read=2.0)


def main() -> None:
    """Start a refresh for each order."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            refresh(json.loads(line))
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 - the answer


def refresh(order: dict[str, Any]) -> None:
    """Refresh, make the snapshot, write what came of it in one step."""
    workspace = Path(order["workspace"])
    settings = read_settings(order["environment"], workspace=workspace)
    registry = invent_registry(order["queries"])
    if order["command"]:
        found = command(settings)
        write(Path(order["out"]), found)
        return
    try:
        fetched = fetch_all(settings, registry, full=order["full"], patience=PATIENCE)
    except EvidenceError as error:
        found: dict[str, Any] = {"error": str(error), "exit_code": error.exit_code}
    else:
        if fetched.failure is None:
            publish(workspace, fetched)
        found = {
            "status": fetched.status,
            "error": str(fetched.failure) if fetched.failure else None,
            "exit_code": fetched.failure.exit_code if fetched.failure else 0,
            "pmids": fetched.tables["records"]["pmid"].to_pylist(),
            "tables": table_bytes(fetched),
            "runs": fetched.runs,
            "requests": fetched.requests,
            "seconds": fetched.seconds,
        }
    write(Path(order["out"]), found)


def command(settings: Settings) -> dict[str, Any]:
    """Refresh as the command does, to the snapshot and the verdicts."""
    result = pipeline_refresh(settings)
    return {"exit_code": result.failure.exit_code if result.failure else 0, **result.document}


def write(path: Path, found: dict[str, Any]) -> None:
    """Write a document in one step."""
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(found), encoding="utf-8")
    beside.rename(path)


if __name__ == "__main__":
    main()
