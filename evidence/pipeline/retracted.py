"""What a retraction touches: studies, reviews, strata, claims, documents.

A retracted study stands in no stratum any more, so what it stood in is told from its results' own
codes as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evidence.claims.registry import Claim
from evidence.judgements import StratumKey
from evidence.pipeline.rows import shown_stratum_id
from evidence.synthesis.strata import DECISION, WINDOWS_APART
from evidence.tables import conform, row_dicts
from evidence.vocabulary import (
    ClaimKind,
    ComparatorClass,
    ExclusionReason,
    OutcomeDomain,
    RetractionStatus,
)

__all__ = ["retracted_from", "retraction_table"]


def retraction_table(
    retractions: Sequence[Mapping[str, Any]],
    studies: pd.DataFrame,
    members: pd.DataFrame,
    inclusions: Mapping[str, frozenset[str]],
    verdicts: pd.DataFrame,
    claims: pd.DataFrame,
    left: Sequence[Mapping[str, Any]] = (),
) -> pd.DataFrame:
    """Return the table ``retractions``: each state, and what it touches.

    Parameters
    ----------
    left
        Rows of :func:`retracted_from`: a retracted study stands in no stratum any more.
    """
    by_pmid = _grouped(studies, "pmid", "study_id")
    named = studies.dropna(subset=["second_report_of"])
    first_of = _grouped(named, "study_id", "second_report_of")
    strata = _grouped(members, "study_id", "stratum_id")
    asked: dict[str, set[str]] = {}
    for gone in left:
        strata.setdefault(gone["study_id"], set()).update(gone["stratum_ids"])
        asked.setdefault(gone["study_id"], set()).update(gone["claim_ids"])
    resting = _claims_on(verdicts)
    document_of = dict(zip(claims["claim_id"], claims["document_id"], strict=True))
    rows = []
    for state in retractions:
        found = by_pmid.get(str(state["record_id"]), set())
        touched = sorted(found.union(*(first_of.get(study, ()) for study in found)))
        at = sorted({stratum for study in touched for stratum in strata.get(study, ())})
        holding = [review for review, held in inclusions.items() if held & set(touched)]
        said = {c for s in at for c in resting.get(s, ())}
        said |= {c for study in touched for c in asked.get(study, ())}
        rows.append(
            {
                **state,
                "record_id": f"pmid:{state['record_id']}",
                "affected_studies": touched or None,
                "affected_reviews": sorted(holding) or None,
                "affected_strata": at or None,
                "affected_claims": sorted(said) or None,
                "affected_documents": sorted({document_of[c] for c in said}) or None,
                "action": "left out of every stratum" if _is_out(state) else "shown",
            }
        )
    return conform("retractions", rows)


def _claims_on(verdicts: pd.DataFrame) -> dict[str, set[str]]:
    """Return the claims that rest on each stratum."""
    found: dict[str, set[str]] = {}
    for row in row_dicts(verdicts[["claim_id", "stratum_ids"]]):
        for stratum_id in row["stratum_ids"] or ():
            found.setdefault(stratum_id, set()).add(row["claim_id"])
    return found


def _grouped(frame: pd.DataFrame, key: str, value: str) -> dict[str, set[str]]:
    """Return the values that stand beside each key."""
    found: dict[str, set[str]] = {}
    for row in row_dicts(frame[[key, value]]):
        if row[key] is not None:
            found.setdefault(row[key], set()).add(row[value])
    return found


def retracted_from(
    eligibility: pd.DataFrame,
    results: pd.DataFrame,
    syntheses: pd.DataFrame,
    question_claims: Mapping[str, Sequence[Claim]],
) -> list[dict[str, Any]]:
    """Return what each result would stand in, had its report not been retracted.

    Returns
    -------
    list
        A row a question and result: ``study_id``, the ``stratum_ids`` of its comparator and
        outcome, those that fell away with it included, and the ``claim_ids`` that ask the question.
    """
    strata: dict[tuple[str, str, str], list[str]] = {}
    names = ["question_id", "comparator_class", "outcome_domain", "stratum_id"]
    for row in row_dicts(syntheses[names]):
        at = (row["question_id"], row["comparator_class"], row["outcome_domain"])
        strata.setdefault(at, []).append(row["stratum_id"])
    out = eligibility[eligibility["reason"] == str(ExclusionReason.RETRACTED)]
    columns = ["result_id", "comparator_class", "outcome_domain", "time_window"]
    wanted = results["result_id"].isin(set(out["result_id"]))
    coded = {row["result_id"]: row for row in row_dicts(results.loc[wanted, columns])}
    found = []
    for row in row_dicts(out[["question_id", "study_id", "result_id"]]):
        question, result = row["question_id"], coded[row["result_id"]]
        asking = question_claims.get(question, ())
        group, domain = str(result["comparator_class"]), str(result["outcome_domain"])
        is_effect = any(claim.kind is ClaimKind.EFFICACY for claim in asking)
        lost = _own_strata(question, group, domain, result["time_window"], is_effect=is_effect)
        found.append(
            {
                "study_id": row["study_id"],
                "stratum_ids": sorted({*strata.get((question, group, domain), ()), *lost}),
                "claim_ids": [claim.claim_id for claim in asking],
            }
        )
    return found


def _own_strata(
    question_id: str, group: str, domain: str, window: str | None, *, is_effect: bool
) -> list[str]:
    """Return the strata in which a result stands by its own codes, whether they stand or not."""
    if not is_effect:
        return [shown_stratum_id(question_id, domain)]
    windows = [DECISION, *([window] if window in WINDOWS_APART else [])]
    cells = ComparatorClass(group), OutcomeDomain(domain)
    return [StratumKey(question_id, *cells, str(word)).stratum_id for word in windows]


def _is_out(state: Mapping[str, Any]) -> bool:
    """Return whether a state takes a record out of every stratum."""
    return state["status"] in {str(RetractionStatus.RETRACTED), str(RetractionStatus.NOTICE_ITSELF)}
