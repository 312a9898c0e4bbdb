"""Makes a registry of a mapping and texts, and finds every fault of theirs in one run.

The rules are those of ``docs/commands.md`` (what each kind of claim needs); nothing is repaired
and nothing is guessed, but for what the older form with one document at the top leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping

from evidence.claims.basis import Basis
from evidence.claims.claim_reader import ClaimReader
from evidence.claims.fields import Faults, Fields, kind_of
from evidence.claims.registry import CheckedRegistry, Registry

_TOP = (
    "documents", "document", "title", "concepts", "codes", "match_defaults", "claims", "not_claims",
)  # fmt: skip


def check_registry(
    source: object,
    texts: Mapping[str, str],
    *,
    name: str = "claims.yaml",
    lines: Mapping[tuple[str, int], int] | None = None,
    unreadable: Mapping[str, str] | None = None,
) -> CheckedRegistry:
    """Read and check a registry.

    ``source`` is what stands in the YAML file; ``texts`` and ``unreadable`` go by file name;
    ``lines`` holds the line of each entry, by list and place: ``("claims", 0) -> 57``.
    """
    faults = Faults()
    if not isinstance(source, Mapping):
        faults.add(name, "file", f"is {kind_of(source)}", "a mapping with documents and claims")
        source = {}
    top = Fields(source, name, faults)
    top.allow(_TOP)
    basis = Basis(name, texts, lines or {}, unreadable or {}, faults)
    basis.read(top)
    reader = ClaimReader(basis, faults)
    entries = basis.entries(top, "claims")
    if "claims" not in source:
        top.fault("claims", "is missing", "a list of claims")
    claims = reader.claims(entries)
    found = [reader.not_claim(fields) for fields in basis.entries(top, "not_claims")]
    not_claims = tuple(item for item in found if item is not None)
    reader.check_overlaps(claims, not_claims)
    documents = tuple(basis.documents.values())
    registry = Registry(documents, basis.concepts, basis.codes, tuple(claims), not_claims)
    warnings = tuple(dict.fromkeys(reader.warnings))
    return CheckedRegistry(registry, len(entries), tuple(faults.found), warnings)


def parse_registry(
    source: object,
    texts: Mapping[str, str],
    *,
    name: str = "claims.yaml",
    lines: Mapping[tuple[str, int], int] | None = None,
    unreadable: Mapping[str, str] | None = None,
) -> Registry:
    """Return the registry, or raise ``RegistryError`` with every fault of it."""
    checked = check_registry(source, texts, name=name, lines=lines, unreadable=unreadable)
    return checked.sound(name)
