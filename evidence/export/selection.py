"""What belongs to some claims: their sentences, strata, studies, results and records.

``export --claim ID`` keeps whole rows and never changes a cell. Nothing here reads a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from evidence.errors import UsageError

__all__ = ["Scope", "find_scope", "keep_scope"]

Read = Callable[[str], pd.DataFrame]
MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Scope:
    """Ids of all that belongs to some claims."""

    claim_ids: frozenset[str]
    document_ids: frozenset[str]
    question_ids: frozenset[str]
    result_ids: frozenset[str]
    study_ids: frozenset[str]
    record_ids: frozenset[str]
    stratum_ids: frozenset[str]
    condition_codes: frozenset[str]
    quotes: tuple[tuple[str, int, int], ...] = field(default=())
    """Document, first character and end of each quote."""

    @property
    def object_ids(self) -> frozenset[str]:
        """Return every id on which a person may have decided."""
        return (
            self.claim_ids
            | self.document_ids
            | self.question_ids
            | self.result_ids
            | self.study_ids
            | self.record_ids
            | self.stratum_ids
        )


def find_scope(claims: Sequence[str], read: Read) -> Scope:
    """Return what belongs to claims.

    Parameters
    ----------
    claims
        Ids of claims.
    read
        Gives a table of the snapshot by name.

    Raises
    ------
    UsageError
        An id is not that of a claim; all such ids are named.
    """
    table = read("claims")
    known = set(table["claim_id"])
    unknown = sorted(set(claims) - known)
    if unknown:
        shown = ", ".join(sorted(known)[:MAX_SHOWN])
        more = f" and {len(known) - MAX_SHOWN} more" if len(known) > MAX_SHOWN else ""
        raise UsageError(f"no claim {', '.join(map(repr, unknown))} (there is: {shown}{more})")
    chosen = table[table["claim_id"].isin(set(claims))]
    questions = _ids(chosen["question_id"])
    members = read("stratum_members")
    members = members[members["question_id"].isin(questions)]
    studies = _ids(members["study_id"])
    reports = read("studies")
    reports = reports[reports["study_id"].isin(studies)]
    strata = read("syntheses")
    strata = strata[strata["question_id"].isin(questions)]
    quotes = chosen[["document_id", "char_start", "char_end"]].dropna()
    return Scope(
        claim_ids=frozenset(claims),
        document_ids=_ids(chosen["document_id"]),
        question_ids=questions,
        result_ids=_ids(members["result_id"]),
        study_ids=studies,
        record_ids=_parts(reports["record_ids"]),
        stratum_ids=_ids(strata["stratum_id"]) | _ids(members["stratum_id"]),
        condition_codes=_parts(chosen["condition_codes"]),
        quotes=tuple((str(d), int(a), int(b)) for d, a, b in quotes.itertuples(index=False)),
    )


def _ids(column: Iterable[object]) -> frozenset[str]:
    """Return the ids of a column, without missing ones."""
    return frozenset(str(cell) for cell in column if isinstance(cell, str))


def _parts(column: Iterable[object]) -> frozenset[str]:
    """Return the parts of all lists of a column."""
    return frozenset(str(part) for cell in column if isinstance(cell, list) for part in cell)


def keep_scope(name: str, frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Return the rows of a table or file that belong to the claims."""
    if name == "sentences":
        return frame[_overlapping(frame, scope.quotes)]
    if name == "searches":
        return frame[
            frame["claim_id"].isin(scope.claim_ids) | frame["question_id"].isin(scope.question_ids)
        ]
    if name == "guidelines":
        return frame[_touching(frame["population_codes"], scope.condition_codes)]
    if name == "retractions":
        touched = _touching(frame["affected_claims"], scope.claim_ids)
        return frame[touched | frame["record_id"].isin(scope.record_ids | scope.study_ids)]
    if name == "review_overlap":
        return frame[
            frame["review_a"].isin(scope.study_ids) & frame["review_b"].isin(scope.study_ids)
        ]
    rule = RULES.get(name)
    return frame if rule is None else frame[frame[rule[0]].isin(rule[1](scope))]


# File → the column that decides, and the ids that stay; a file that is not here is kept whole.
RULES: dict[str, tuple[str, Callable[[Scope], frozenset[str]]]] = {
    "documents": ("document_id", lambda s: s.document_ids),
    "claims": ("claim_id", lambda s: s.claim_ids),
    "claim_verdicts": ("claim_id", lambda s: s.claim_ids),
    "asserted_found": ("claim_id", lambda s: s.claim_ids),
    "verdict_reasons": ("claim_id", lambda s: s.claim_ids),
    "verdict_cells": ("claim_id", lambda s: s.claim_ids),
    "verdict_history": ("claim_id", lambda s: s.claim_ids),
    "decisions_log": ("object_id", lambda s: s.object_ids),
    "records": ("record_id", lambda s: s.record_ids),
    "screening": ("question_id", lambda s: s.question_ids),
    "prisma_counts": ("question_id", lambda s: s.question_ids),
    "questions": ("question_id", lambda s: s.question_ids),
    "eligibility": ("question_id", lambda s: s.question_ids),
    "stratum_members": ("question_id", lambda s: s.question_ids),
    "studies": ("study_id", lambda s: s.study_ids),
    "risk_of_bias": ("study_id", lambda s: s.study_ids),
    "adverse_events": ("study_id", lambda s: s.study_ids),
    "reviews": ("review_id", lambda s: s.study_ids),
    "review_study_matrix": ("review_id", lambda s: s.study_ids),
    "study_results": ("result_id", lambda s: s.result_ids),
    "syntheses": ("stratum_id", lambda s: s.stratum_ids),
    "certainty": ("stratum_id", lambda s: s.stratum_ids),
    "summary_of_findings": ("stratum_id", lambda s: s.stratum_ids),
}


def _touching(column: pd.Series, wanted: frozenset[str]) -> pd.Series:
    """Return whether each list holds one of the wanted parts."""
    return pd.Series(
        [isinstance(cell, list) and not wanted.isdisjoint(cell) for cell in column],
        index=column.index,
        dtype="bool",
    )


def _overlapping(sentences: pd.DataFrame, quotes: Iterable[tuple[str, int, int]]) -> pd.Series:
    """Return whether each sentence shares a character with a quote."""
    hit = pd.Series(data=False, index=sentences.index, dtype="bool")
    start, end = sentences["char_start"], sentences["char_end"]
    for document, first, last in quotes:
        same = sentences["document_id"] == document
        hit |= (same & (start < last) & (end > first)).fillna(value=False).astype("bool")
    return hit
