"""The identity of a question: claims of equal PICO and kind share one, and one synthesis."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from evidence.claims.matching import MatchRule
from evidence.vocabulary import ClaimKind, ComparatorClass


def question_id(
    kind: ClaimKind,
    pico: Mapping[str, str | None],
    comparators: tuple[ComparatorClass, ...],
    outcomes: tuple[str, ...],
    match: MatchRule,
) -> str:
    """Return the identity of a question: equal PICO and kind, equal question.

    Quote, wording and strength do not enter: claims that differ in these only share a synthesis.
    Where a match block says how rows are chosen, that is the PICO; else its words are.
    """
    parts: dict[str, object] = {"kind": kind, "comparators": sorted(comparators)}
    if match == MatchRule():
        parts |= {name: " ".join((words or "").lower().split()) for name, words in pico.items()}
        parts["outcomes"] = [" ".join(outcome.lower().split()) for outcome in outcomes]
    else:
        parts["match"] = _sorted_codes(asdict(match))
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    return f"{kind}-{digest.hexdigest()[:10]}"


def _sorted_codes(value: object, name: str = "") -> object:
    """Put lists in order, but for those whose order decides."""
    if isinstance(value, dict):
        return {key: _sorted_codes(inner, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        items = [_sorted_codes(item) for item in value]
        return items if name in {"outcomes", "windows"} else sorted(items, key=json.dumps)
    return value
