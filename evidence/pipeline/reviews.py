"""Reviews as tables: what each searched and holds, and how far two of them overlap."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from evidence.protocol import Protocol
from evidence.store.starter import StarterData
from evidence.synthesis.eligible import REVIEWS
from evidence.synthesis.reviews import overlap_rows, search_year
from evidence.tables import conform

__all__ = ["inclusion_lists", "matrix_table", "overlap_table", "reviews_table"]


def inclusion_lists(rows: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the studies that each review is known to include.

    A trial without a row of its own keeps its PMID, DOI or name as listed, so that it counts in
    the overlap.
    """
    named = rows.assign(member=[_member(row) for row in rows.itertuples(index=False)])
    return {
        str(review): frozenset(part["member"].dropna())
        for review, part in named.groupby("review_id", sort=True)
    }


def _member(row: object) -> str | None:
    """Return by what a trial in a review's list is known."""
    for name, prefix in (
        ("study_id", ""),
        ("pmid", "pmid:"),
        ("doi", "doi:"),
        ("title", "listed:"),
    ):
        value = getattr(row, name)
        if isinstance(value, str):
            return f"{prefix}{value}"
    return None


def matrix_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``review_study_matrix``."""
    frame = pd.DataFrame(
        {
            "review_id": rows["review_id"],
            "study_id": [_member(row) for row in rows.itertuples(index=False)],
            "included": True,
            "source": rows["source_url"],
        }
    )
    kept = frame.dropna(subset=["study_id"]).drop_duplicates(["review_id", "study_id"])
    return conform("review_study_matrix", kept)


def overlap_table(inclusions: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    """Return the table ``review_overlap``."""
    return conform("review_overlap", overlap_rows(inclusions))


def reviews_table(
    starter: StarterData,
    studies: pd.DataFrame,
    syntheses: pd.DataFrame,
    inclusions: Mapping[str, frozenset[str]],
    protocol: Protocol,
) -> pd.DataFrame:
    """Return the table ``reviews``: systematic reviews, and the strata that each stands for."""
    facts = starter.studies.set_index("study_id")
    reused = syntheses[syntheses["method"] == "reused review"]
    index_for = reused.groupby("index_review_id")["stratum_id"].agg(
        lambda cells: sorted(set(cells))
    )
    rows = []
    for study in studies[studies["design"].isin(REVIEWS)].itertuples(index=False):
        fact = facts.loc[study.study_id]
        searched = fact["search_date"] if isinstance(fact["search_date"], str) else None
        published = None if pd.isna(fact["year"]) else int(fact["year"])
        year, approximate = search_year(searched, published, protocol)
        rows.append(
            {
                "review_id": study.study_id,
                "pmid": study.pmid,
                "search_date": fact["search_date"] if not approximate else _year(year),
                "is_search_date_approximate": approximate,
                "databases": fact["databases"] if isinstance(fact["databases"], list) else None,
                "protocol_id": study.registry_id,
                "k_included": study.n_included_studies,
                "included_list_available": study.study_id in inclusions,
                "is_index_for": index_for.get(study.study_id),
                "contains_retracted": None,
            }
        )
    return conform("reviews", rows)


def _year(year: int | None) -> str | None:
    """Return a year as an ISO date of that precision."""
    return None if year is None else str(year)
