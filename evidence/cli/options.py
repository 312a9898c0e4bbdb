"""Options that several commands share, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evidence.settings import Settings, read_settings

__all__ = ["Claim", "Claims", "Documents", "Json", "Out", "Workspace", "settings_of"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Workspace = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        help="Folder that the program writes to (EVIDENCE_WORKSPACE; default: data/).",
        show_default=False,
    ),
]
Claims = Annotated[
    Path | None,
    typer.Option(
        "--claims",
        help="The registry (EVIDENCE_CLAIMS; default: data/claims.yaml).",
        show_default=False,
    ),
]
Documents = Annotated[
    Path | None,
    typer.Option(
        "--documents",
        help="Folder of the documents (EVIDENCE_DOCUMENTS; default: data/documents).",
        show_default=False,
    ),
]
Claim = Annotated[
    list[str] | None,
    typer.Option("--claim", help="Only this claim; may be given again.", show_default=False),
]
Out = Annotated[Path, typer.Option("--out", help="Folder or file that is written.")]


def settings_of(
    workspace: Path | None = None, claims: Path | None = None, documents: Path | None = None
) -> Settings:
    """Return the settings of a command; an option beats the environment beats the default."""
    return read_settings(workspace=workspace, claims=claims, documents=documents)
