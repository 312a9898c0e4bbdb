"""Writes entries for ``claims.yaml``: a document's, and a proposal's for a person to complete.

Text always stands between double quotes, so that no title is read as a number or a date.
"""

from __future__ import annotations

from collections.abc import Sequence

from evidence.claims.propose import Proposal
from evidence.vocabulary import ClaimKind


def document_stanza(
    document_id: str,
    file: str,
    title: str,
    *,
    url: str | None = None,
    publisher: str | None = None,
    doc_type: str | None = None,
    language: str | None = None,
    retrieved_at: str | None = None,
) -> str:
    """Return the entry of ``documents`` in claims.yaml for a text, two spaces in."""
    fields = {
        "id": document_id,
        "file": file,
        "title": title,
        "url": url,
        "publisher": publisher,
        "doc_type": doc_type,
        "language": language,
        "retrieved_at": retrieved_at,
    }
    lines = [f"{name}: {_quoted(value)}" for name, value in fields.items() if value]
    return "".join(f"  {'- ' if not i else '  '}{line}\n" for i, line in enumerate(lines))


def claim_stanza(proposal: Proposal, document_id: str) -> str:
    """Return the entry for claims.yaml to which a person adds what only a person can say."""
    if not proposal.is_claim:
        reason = proposal.nonclaim_reason
        return _entry(
            [
                ("document", document_id),
                ("quote", proposal.quote),
                ("occurrence", proposal.occurrence),
                ("reason", reason.value if reason else None),
            ]
        )
    asserts: list[tuple[str, object]] = [("direction", _direction(proposal.kind))]
    asserts += [("strength", proposal.strength), ("words", proposal.words)]
    asserts += [("value_percent", proposal.value_percent), ("bound", proposal.bound)]
    inner = ", ".join(f"{name}: {_quoted(value)}" for name, value in asserts if value is not None)
    return _entry(
        [
            ("id", proposal.claim_id),
            ("document", document_id),
            ("quote", proposal.quote),
            ("occurrence", proposal.occurrence),
            ("statement", proposal.quote),
            ("kind", proposal.kind.value if proposal.kind else None),
            ("population", ", ".join(proposal.population) or None),
            ("intervention", ", ".join(proposal.intervention) or None),
            ("exposure", ", ".join(proposal.exposure) or None),
        ],
        last=f"    asserts: {{{inner}}}\n",
    )


def _direction(kind: ClaimKind | None) -> str:
    if kind is ClaimKind.EFFICACY:
        return "benefit"
    return "safe" if kind is ClaimKind.SAFETY else "present"


def _entry(fields: Sequence[tuple[str, object]], last: str = "") -> str:
    lines = [f"{name}: {_quoted(value)}" for name, value in fields if value is not None]
    return "".join(f"  {'- ' if not i else '  '}{line}\n" for i, line in enumerate(lines)) + last


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _quoted(value: object) -> str:
    """Return a value as YAML; text always between double quotes, so that nothing is a number."""
    if isinstance(value, bool | int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    escaped = "".join(_ESCAPES.get(c) or (c if c.isprintable() else _escape(c)) for c in str(value))
    return f'"{escaped}"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
