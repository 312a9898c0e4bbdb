"""Commands on the registry: claims check, document add, document propose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evidence.cli.options import Claims, Documents, Json, settings_of
from evidence.cli.output import emit_json, emit_text, log
from evidence.errors import RegistryError
from evidence.settings import Settings

if TYPE_CHECKING:
    from evidence.claims.registry import CheckedRegistry

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    claims = typer.Typer(help="The claims of the registry.", no_args_is_help=True)
    claims.command("check")(check)
    app.add_typer(claims, name="claims")
    document = typer.Typer(help="Documents whose claims are tracked.", no_args_is_help=True)
    document.command("add")(add)
    document.command("propose")(propose)
    app.add_typer(document, name="document")


def check(claims: Claims = None, documents: Documents = None, json: Json = False) -> None:
    """Say what is wrong with the registry, and where: all faults in one run."""
    checked = _checked(settings_of(None, claims, documents))
    if json:
        emit_json(checked.document())
        if not checked.is_ok:
            raise typer.Exit(RegistryError.exit_code)
        return
    for warning in checked.warnings:
        log(f"note: {warning}")
    if not checked.is_ok:
        raise RegistryError("claims.yaml", checked.faults)
    coverage = checked.registry.coverage().percent()
    parts = ", ".join(f"{name} {share:g} %" for name, share in coverage.items())
    emit_text(f"{checked.n_claims} claims, nothing wrong; sentences: {parts}")


def _checked(settings: Settings) -> CheckedRegistry:
    """Return the registry with its faults."""
    from evidence.claims.registry_check import check_registry
    from evidence.store.registry import read_registry_files

    files = read_registry_files(settings.claims, settings.documents)
    return check_registry(
        files.source, files.texts, name=files.name, lines=files.lines, unreadable=files.unreadable
    )


def add(
    file: Annotated[Path, typer.Argument(help="A UTF-8 text.")],
    title: Annotated[str | None, typer.Option("--title", help="Default: its first line.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where it was found.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher")] = None,
    language: Annotated[str, typer.Option("--language", help="ISO 639-1.")] = "en",
    claims: Claims = None,
    documents: Documents = None,
    json: Json = False,
) -> None:
    """Register a document: keep its text and add it to the registry."""
    from evidence.claims.fields import slug_of
    from evidence.claims.stanzas import document_stanza
    from evidence.store.registry import append_document, read_text_file, store_document

    settings = settings_of(None, claims, documents)
    text = read_text_file(file)
    document_id = slug_of(file.stem)
    name = f"{document_id}.txt"
    first_line = next((line.strip() for line in text.splitlines() if line.strip()), document_id)
    stored = store_document(settings.documents, name, text.encode())
    stanza = document_stanza(
        document_id, name, title or first_line, url=url, publisher=publisher, language=language
    )
    append_document(settings.claims, stanza)
    n = len(_checked(settings).registry.document(document_id).sentences)
    if json:
        emit_json({"document_id": document_id, "file": str(stored), "sentences": n})
        return
    emit_text(f"added {document_id}: {n} sentences, all unread")
    emit_text(f"next: python -m evidence document propose {stored}")


def propose(
    file: Annotated[Path, typer.Argument(help="A UTF-8 text.")],
    claims: Claims = None,
    documents: Documents = None,
    json: Json = False,
) -> None:
    """Propose the claims of a text, for a person to accept into claims.yaml."""
    from dataclasses import asdict

    from evidence.claims.documents import parse_document
    from evidence.claims.fields import slug_of
    from evidence.claims.propose import propose_claims
    from evidence.claims.stanzas import claim_stanza
    from evidence.store.registry import read_text_file

    settings = settings_of(None, claims, documents)
    document_id = slug_of(file.stem)
    text = read_text_file(file)
    document = parse_document(document_id, text, title=file.stem, file=file.name)
    codes = _checked(settings).registry.codes
    proposals = propose_claims(document, codes)
    if json:
        emit_json([asdict(proposal) for proposal in proposals])
        return
    for proposal in proposals:
        emit_text(claim_stanza(proposal, document_id).rstrip("\n"))
    log(f"{len(proposals)} proposed; a person accepts each into {settings.claims}")
