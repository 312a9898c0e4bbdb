"""The command line: parses arguments, prints results, maps errors to exit codes.

The one place with a broad except: whatever is not an :class:`~evidence.errors.EvidenceError` is
said in one line and exits with 1; ``--debug`` shows the traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from evidence.cli.app import run

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    raise SystemExit(run(list(sys.argv[1:] if arguments is None else arguments)))
