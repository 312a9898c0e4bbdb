"""Reviews as tables: what each searched and holds, and how far two of them overlap."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from evidence.protocol import Protocol
from evidence.store.starter import StarterData
from evidence.synthesis.eligible import REVIEWS
from evidence.synthesis.reviews import overlap_rows, search_year
from evidence.tables import conform, row_dicts
from evidence.vocabulary import RetractionStatus, SynthesisMethod

__all__ = [
    "inclusion_lists",
    "matrix_table",
    "overlap_table",
    "reviews_holding_retracted",
    "reviews_table",
]


def inclusion_lists(rows: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the studies that each review is known to include.

    A trial without a row of its own keeps its PMID, DOI or name as listed, so that it counts in
    the overlap.
    """
    found: dict[str, set[str]] = {}
    for row in row_dicts(rows):
        member = _member(row)
        if member is not None:
            found.setdefault(row["review_id"], set()).add(member)
    return {review: frozenset(found[review]) for review in sorted(found)}


def _member(row: Mapping[str, Any]) -> str | None:
    """Return by what a trial in a review's list is known."""
    for name, prefix in (
        ("study_id", ""),
        ("pmid", "pmid:"),
        ("doi", "doi:"),
        ("title", "listed:"),
    ):
        value = row[name]
        if value is not None:
            return f"{prefix}{value}"
    return None


def reviews_holding_retracted(
    inclusions: Mapping[str, frozenset[str]],
    studies: pd.DataFrame,
    retracted_pmids: Collection[str],
) -> frozenset[str]:
    """Return the reviews whose list holds a retracted trial, by the trial's study or its PMID.

    A list says what a review includes, not in which of its rows: the whole review stands aside.
    """
    out = {f"pmid:{pmid}" for pmid in retracted_pmids}
    for row in row_dicts(studies[["study_id", "retraction_status"]]):
        if RetractionStatus.RETRACTED in (row["retraction_status"] or ()):
            out.add(row["study_id"])
    return frozenset(review for review, held in inclusions.items() if held & out)


def matrix_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``review_study_matrix``."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for row in row_dicts(rows):
        member = _member(row)
        if member is not None:
            seen.setdefault(
                (row["review_id"], member),
                {
                    "review_id": row["review_id"],
                    "study_id": member,
                    "included": True,
                    "source": row["source_url"],
                },
            )
    return conform("review_study_matrix", seen.values())


def overlap_table(inclusions: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    """Return the table ``review_overlap``."""
    return conform("review_overlap", overlap_rows(inclusions))


def reviews_table(
    starter: StarterData,
    studies: pd.DataFrame,
    syntheses: pd.DataFrame,
    inclusions: Mapping[str, frozenset[str]],
    holding: frozenset[str] | None,
    protocol: Protocol,
) -> pd.DataFrame:
    """Return the table ``reviews``: systematic reviews, and the strata that each stands for.

    Parameters
    ----------
    holding
        Reviews that hold a retracted trial; None where retractions were not checked.
    """
    facts = {row["study_id"]: row for row in row_dicts(starter.studies)}
    reused = syntheses[syntheses["method"] == SynthesisMethod.REUSED_REVIEW]
    index_for: dict[str, list[str]] = {}
    for row in row_dicts(reused[["index_review_id", "stratum_id"]]):
        index_for.setdefault(row["index_review_id"], []).append(row["stratum_id"])
    rows = []
    for study in row_dicts(studies[studies["design"].isin([str(word) for word in REVIEWS])]):
        fact = facts.get(study["study_id"], {})
        searched = study["search_date"]
        year, is_approximate = search_year(searched, study["year"], protocol)
        rows.append(
            {
                "review_id": study["study_id"],
                "pmid": study["pmid"],
                "search_date": _year(year) if is_approximate else searched,
                "is_search_date_approximate": is_approximate,
                "databases": fact.get("databases"),
                "protocol_id": study["registry_id"],
                "k_included": study["n_included_studies"],
                "included_list_available": study["study_id"] in inclusions,
                "is_index_for": index_for.get(study["study_id"]),
                "contains_retracted": _contains(study["study_id"], inclusions, holding),
            }
        )
    return conform("reviews", rows)


def _contains(
    review: str, inclusions: Mapping[str, frozenset[str]], holding: frozenset[str] | None
) -> bool | None:
    """Return whether a review holds a retracted trial; None where no list says or none checked."""
    return None if holding is None or review not in inclusions else review in holding


def _year(year: int | None) -> str | None:
    """Return a year as an ISO date of that precision."""
    return None if year is None else str(year)
