"""Refreshes a workspace as the command does, for tests that kill it: prints a JSON document."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from evidence.refresh import fetch_all
from evidence.settings import read_settings
from evidence.sources.http import Patience
from tests.eutils.claims import invent_registry
from tests.eutils.refreshing import publish, table_bytes

PATIENCE = Patience(connect=5.0, read=2.0)


def main() -> None:
    """Refresh, write the snapshot, print what came of it."""
    workspace = Path(sys.argv[1])
    settings = read_settings(workspace=workspace)
    fetched = fetch_all(
        settings,
        invent_registry(json.loads(os.environ["QUERIES"])),
        full="--full" in sys.argv,
        patience=PATIENCE,
    )
    if fetched.failure is None:
        publish(workspace, fetched)
    print(  # noqa: T201 - what it is for
        json.dumps(
            {
                "status": fetched.status,
                "error": str(fetched.failure) if fetched.failure else None,
                "exit_code": fetched.failure.exit_code if fetched.failure else 0,
                "pmids": fetched.tables["records"]["pmid"].to_pylist(),
                "tables": table_bytes(fetched),
                "runs": fetched.runs,
                "requests": fetched.requests,
                "seconds": fetched.seconds,
            }
        )
    )


if __name__ == "__main__":
    main()
