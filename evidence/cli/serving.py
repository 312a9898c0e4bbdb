"""The dashboard command: builds a first snapshot if there is none, and serves on localhost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from evidence.cli.options import Claims, Documents, Workspace, settings_of
from evidence.cli.output import emit_text, log
from evidence.errors import PortInUseError
from evidence.settings import CHECKOUT, DEFAULT_PORT, Settings

__all__ = ["register"]

ADDRESS = "127.0.0.1"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(dashboard)


def dashboard(
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = DEFAULT_PORT,
    workspace: Workspace = None,
    claims: Claims = None,
    documents: Documents = None,
) -> None:
    """Serve the dashboard on this machine; builds the first snapshot if there is none."""
    from evidence.pipeline import build
    from evidence.store.snapshots import current_id

    settings = settings_of(workspace, claims, documents)
    check_port(port)
    if current_id(settings.workspace) is None:
        log("no snapshot yet: building the first one from the starter data …")
        log(f"built {build(settings).snapshot.snapshot_id}")
    emit_text(f"http://localhost:{port}")
    sys.stdout.flush()
    raise typer.Exit(serve(settings, port))


def check_port(port: int) -> None:
    """Raise PortInUseError where another program listens on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise PortInUseError(
                f"port {port} is in use ({error.strerror}); choose another with --port"
            ) from error


def serve(settings: Settings, port: int) -> int:
    """Run Streamlit until it is stopped, and return its exit code."""
    environment = {
        **os.environ,
        "EVIDENCE_WORKSPACE": str(Path(settings.workspace).resolve()),
        "EVIDENCE_CLAIMS": str(Path(settings.claims).resolve()),
        "EVIDENCE_DOCUMENTS": str(Path(settings.documents).resolve()),
    }
    command = [sys.executable, "-m", "streamlit", "run", str(CHECKOUT / "app.py")]
    command += ["--server.port", str(port), "--server.address", ADDRESS]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 0
