"""The registry as tables: documents, sentences and claims, with the columns of ``evidence.tables``.

Missing is missing: never an empty text, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import pandas as pd

from evidence.claims.documents import BlockKind, Document
from evidence.claims.registry import Claim, Registry

UNIT_OF_VALUE = "per cent"


def registry_tables(
    registry: Registry, previous: Mapping[str, str] | None = None
) -> dict[str, pd.DataFrame]:
    """Return the tables ``documents``, ``sentences`` and ``claims`` by name.

    Parameters
    ----------
    registry
        A sound registry.
    previous
        Hash of each document in the snapshot before, by document id; without it nothing is said
        about change.
    """
    return {
        "documents": _frame(_document_row(registry, d, previous or {}) for d in registry.documents),
        "sentences": _frame(
            {
                "sentence_id": state.sentence.sentence_id,
                "document_id": state.sentence.document_id,
                "char_start": state.sentence.char_start,
                "char_end": state.sentence.char_end,
                "text": state.sentence.text,
                "status": state.status.value,
                "nonclaim_reason": state.reason.value if state.reason else None,
                "paragraph": state.sentence.paragraph,
                "block": state.sentence.kind.value,
            }
            for state in registry.sentence_states()
        ),
        "claims": _frame(_claim_row(registry, claim) for claim in registry.claims),
    }


def _frame(rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def _document_row(
    registry: Registry, document: Document, previous: Mapping[str, str]
) -> dict[str, object]:
    coverage = registry.coverage(document.document_id)
    before = previous.get(document.document_id)
    return {
        "document_id": document.document_id,
        "title": document.title,
        "url": document.url,
        "publisher": document.publisher,
        "doc_type": document.doc_type,
        "language": document.language,
        "retrieved_at": document.retrieved_at,
        "snapshot_sha256": document.sha256,
        "n_sentences": coverage.n_sentences,
        "n_claims": sum(c.document_id == document.document_id for c in registry.claims),
        "n_nonclaim": coverage.n_non_claim,
        "n_unread": coverage.n_unread,
        "previous_snapshot_sha256": before,
        "changed_since_last": None if before is None else before != document.sha256,
    }


def _claim_row(registry: Registry, claim: Claim) -> dict[str, object]:
    asserts = claim.asserts
    value = asserts.value_percent if asserts else None
    return {
        "claim_id": claim.claim_id,
        "document_id": claim.document_id,
        "sentence_id": claim.sentence_id,
        "quote": claim.quote,
        "char_start": claim.char_start,
        "char_end": claim.char_end,
        "statement": claim.statement,
        "kind": claim.kind.value,
        "why_untestable": claim.why_untestable,
        "strength": claim.strength,
        "words": asserts.words if asserts else None,
        "population": claim.population,
        "intervention": claim.intervention or claim.exposure,
        "comparators": [comparator.value for comparator in claim.comparators] or None,
        "outcomes": list(claim.outcomes) or None,
        "time_claimed": claim.time_claimed,
        "generality": claim.generality,
        "claimed_value": value,
        "claimed_unit": None if value is None else UNIT_OF_VALUE,
        "claimed_denominator": asserts.denominator if asserts else None,
        "cited_reference": claim.cited_reference,
        "coder_1": None,
        "coder_2": None,
        "agreed": None,
        "question_id": claim.question_id,
        "label": claim.label,
        "asserted_direction": asserts.direction.value if asserts else None,
        "bound": asserts.bound.value if asserts and asserts.bound else None,
        "topics": list(claim.topics) or None,
        "query": claim.query.text if claim.query else None,
        "section": section_of(registry.document(claim.document_id), claim.char_start),
        "condition_codes": list(claim.match.populations.direct) or None,
    }


def section_of(document: Document, char_start: int) -> str | None:
    """Return the nearest heading above a place; the title itself is no section."""
    heading: str | None = None
    for before, sentence in pairwise((None, *document.sentences)):
        if sentence is None or sentence.char_start > char_start:
            break
        if sentence.kind is BlockKind.HEADING and before is not None:
            heading = sentence.text
    return heading
