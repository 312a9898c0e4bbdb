"""An invented document whose claims ask the loopback server, as a registry and as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from evidence.claims.registry import Registry
from evidence.claims.registry_check import check_registry

FILE = "aches.txt"
QUERIES = {
    "needling-helps": '"needling of the back"[tiab]',
    "stretching-helps": '"stretching of the neck"[tiab] AND randomized controlled trial[pt]',
    "warmth-helps": '"warm packs"[ti] AND (gardeners[tiab] OR dancers[ti])',
}


def invent_source(queries: Mapping[str, str] = QUERIES) -> dict[str, Any]:
    """Return a registry with one claim a query, as the values of its YAML."""
    return {
        "documents": [{"id": "aches", "file": FILE, "title": "Aches", "language": "en"}],
        "concepts": {},
        "codes": {
            "conditions": {
                "back-ache": {"label": "back ache", "words": ["back ache", "sore back"]}
            },
            "interventions": {"needling": {"label": "needling", "words": ["needling"]}},
            "exposures": {},
            "outcomes": {},
        },
        "match_defaults": {"interventions": {"direct": ["needling"]}},
        "claims": [
            {
                "id": claim_id,
                "document": "aches",
                "quote": f"Claim {claim_id} helps.",
                "statement": f"{claim_id} is helpful.",
                "kind": "efficacy",
                "asserts": {"direction": "benefit", "strength": 2, "words": "helps"},
                "population": f"people of {claim_id}",
                "intervention": "needling",
                "comparators": ["sham"],
                "outcomes": ["ache"],
                "query": query,
                "match": {
                    "populations": {"direct": ["back-ache"]},
                    "outcomes": [{"domain": "pain"}],
                },
            }
            for claim_id, query in queries.items()
        ],
    }


def invent_text(queries: Mapping[str, str] = QUERIES) -> str:
    """Return the document."""
    return "Aches\n\n" + "\n".join(f"Claim {claim_id} helps." for claim_id in queries) + "\n"


def invent_registry(queries: Mapping[str, str] = QUERIES) -> Registry:
    """Return the registry, checked."""
    return check_registry(invent_source(queries), {FILE: invent_text(queries)}).sound("aches")


def write_registry(folder: Path, queries: Mapping[str, str] = QUERIES) -> dict[str, str]:
    """Write the registry and its document, and return the settings that point there."""
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / FILE).write_text(invent_text(queries), encoding="utf-8")
    text = yaml.safe_dump(invent_source(queries), sort_keys=False)
    (folder / "claims.yaml").write_text(text, encoding="utf-8")
    return {
        "EVIDENCE_CLAIMS": str(folder / "claims.yaml"),
        "EVIDENCE_DOCUMENTS": str(folder / "documents"),
    }
