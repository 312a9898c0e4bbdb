"""All commands together, and how errors leave the program."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise

import typer

from evidence.cli import exporting, refreshing, registry, serving, snapshots, tools
from evidence.cli.output import emit_json, log
from evidence.errors import EvidenceError, FaultsError

__all__ = ["app", "run"]

# Typer carries its own copy of click; its base is found through a public name.
ClickException: type[Exception] = typer.BadParameter.__mro__[2]

HELP = """What a health document claims, beside what the evidence carries.

Exit codes: 0 done, 1 unexpected, 2 usage, 10 table or setting faulty, 11 registry or document
faulty, 12 snapshot missing or damaged, 13 query refused, 14 source failing, 15 search incomplete,
16 statistics impossible, 17 workspace not writable or locked, 18 port in use, 19 some inputs
skipped, 130 interrupted.
"""

app = typer.Typer(
    help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
for part in (serving, snapshots, refreshing, exporting, registry, tools):
    part.register(app)


@app.callback()
def _root() -> None:
    """Let options of the program itself stand before the command."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every failure is said in one line."""
    is_debug = "--debug" in arguments
    given = [argument for argument in arguments if argument != "--debug"]
    is_json = _wants_json(given)
    try:
        code = typer.main.get_command(app).main(given, prog_name="evidence", standalone_mode=False)
    except EvidenceError as error:
        return _failed(
            error, type(error).__name__, error.message, error.exit_code, is_json, is_debug
        )
    except typer.Exit as error:
        return error.exit_code
    except ClickException as error:
        return _failed(
            error, "UsageError", str(getattr(error, "message", error)), 2, is_json, is_debug
        )
    except (KeyboardInterrupt, typer.Abort) as error:
        message = "interrupted; run the same command again"
        return _failed(error, "InterruptedRunError", message, 130, is_json, is_debug)
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:  # noqa: BLE001 - the command line's edge: nothing ends in a traceback
        message = f"{type(error).__name__}: {error}; run again with --debug and report it"
        return _failed(error, "UnexpectedError", message, 1, is_json, is_debug)
    return code if isinstance(code, int) else 0


def _wants_json(arguments: Sequence[str]) -> bool:
    """Return whether the caller reads JSON, known before the arguments are parsed."""
    pairs = list(pairwise(arguments))
    return "--json" in arguments or ("--format", "json") in pairs or "--format=json" in arguments


def _failed(
    error: BaseException, name: str, message: str, code: int, is_json: bool, is_debug: bool
) -> int:
    """Say what went wrong where the caller reads it, and return the exit code."""
    if is_debug:
        log("".join(traceback.format_exception(error)))
    document = getattr(error, "document", None)
    if is_json and isinstance(document, dict):
        emit_json(document)
    elif is_json:
        emit_json({"error": {"name": name, "message": message, "exit_code": code}})
    else:
        lines = message.splitlines() or [name]
        first = "" if isinstance(error, FaultsError) else "error: "
        log("\n".join([first + lines[0], *lines[1:]]))
    return code
