"""The index of claims: what a verdict rested on, so that its history is read and not made again.

One Arrow table a snapshot, a row a claim: its verdict, the hash of its words and of the paragraph
around them, the studies of its strata, those of them that are retracted, the hashes of what its
figures were made of, and the people in its main stratum. History compares these over all
snapshots of a workspace (``history.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from evidence.tables import row_dicts
from evidence.vocabulary import RetractionStatus

__all__ = ["CLAIM_INDEX", "COLUMNS", "claim_index", "is_retracted"]

CLAIM_INDEX = "index_claims"
VERDICT = ("claim_id", "verdict", "certainty", "index_review_id", "protocol_sha256", "review_state")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "claims": ("claim_id", "document_id", "sentence_id", "quote"),
    "sentences": ("sentence_id", "document_id", "paragraph", "char_start", "text"),
    "claim_verdicts": (*VERDICT, "stratum_ids", "main_stratum_id"),
    "reviews": ("review_id", "search_date"),
    "syntheses": ("stratum_id", "n", "since_review_n", "inputs_sha256"),
    "stratum_members": ("stratum_id", "study_id"),
    "studies": ("study_id", "retraction_status"),
    "retractions": ("status", "affected_studies", "affected_claims"),
}
"""What is read of each table."""
TEXTS = (*VERDICT, "text_sha256")
NUMBERS = ("index_review_year", "n", "since_review_n")


def claim_index(tables: Mapping[str, pd.DataFrame]) -> dict[str, pa.Table]:
    """Return the index of a snapshot's claims.

    Parameters
    ----------
    tables
        The tables of ``COLUMNS``, with at least these columns.
    """
    strata = {row["stratum_id"]: row for row in _rows(tables, "syntheses")}
    verdicts = _rows(tables, "claim_verdicts")
    wanted = {stratum for row in verdicts for stratum in row["stratum_ids"] or ()}
    studies = _studies_of(tables["stratum_members"], wanted)
    states = tables["studies"]
    bad = frozenset(states.loc[states["retraction_status"].map(is_retracted), "study_id"])
    touched = _retracted_of_claims(_rows(tables, "retractions"))
    texts, years = _texts(tables), _review_years(tables)
    rows = []
    for row in verdicts:
        ids = [s for s in (row["stratum_ids"] or ()) if s in strata]
        used = frozenset[str]().union(*(studies.get(s, frozenset()) for s in ids))
        main = strata.get(row["main_stratum_id"], {})
        rows.append(
            {
                **{name: row[name] for name in VERDICT},
                "index_review_year": years.get(row["index_review_id"]),
                "text_sha256": hashlib.sha256(texts[row["claim_id"]].encode()).hexdigest(),
                "studies": used,
                "retracted": (used & bad) | touched.get(row["claim_id"], frozenset()),
                "inputs": [str(strata[s]["inputs_sha256"]) for s in ids],
                "n": main.get("n"),
                "since_review_n": main.get("since_review_n"),
            }
        )
    return {CLAIM_INDEX: _as_arrow(rows)}


def _rows(tables: Mapping[str, pd.DataFrame], name: str) -> list[dict[str, Any]]:
    """Return the rows of a table; before a first refresh some tables are not there."""
    return row_dicts(tables[name][list(COLUMNS[name])]) if name in tables else []


def _texts(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return of each claim its quote and the paragraph around it, which may qualify it."""
    of_paragraph: dict[tuple[str, int], list[str]] = {}
    places: dict[str, tuple[str, int]] = {}
    for row in sorted(_rows(tables, "sentences"), key=lambda row: row["char_start"]):
        place = (row["document_id"], row["paragraph"])
        places[row["sentence_id"]] = place
        of_paragraph.setdefault(place, []).append(row["text"])
    found = {}
    for row in _rows(tables, "claims"):
        place = places.get(row["sentence_id"] or "", ("", -1))
        found[row["claim_id"]] = "\n".join([row["quote"], *of_paragraph.get(place, ())])
    return found


def _review_years(tables: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    """Return the year to which each review searched."""
    return {
        row["review_id"]: int(row["search_date"][:4])
        for row in _rows(tables, "reviews")
        if row["search_date"]
    }


def _studies_of(members: pd.DataFrame, wanted: set[str]) -> dict[str, frozenset[str]]:
    """Return the studies of each stratum that a verdict rests on."""
    mine = members[members["stratum_id"].isin(wanted)]
    return {str(key): frozenset(part) for key, part in mine.groupby("stratum_id")["study_id"]}


def is_retracted(states: object) -> bool:
    """Return whether a record's or a study's states say that it is retracted."""
    return isinstance(states, list) and RetractionStatus.RETRACTED in states


def _retracted_of_claims(rows: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """Return the retracted studies that each claim rested on; they stand in no stratum any more."""
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        if row["status"] == RetractionStatus.RETRACTED:
            for claim_id in row["affected_claims"] or ():
                studies = found.get(claim_id, frozenset())
                found[claim_id] = studies | frozenset(row["affected_studies"] or ())
    return found


def _as_arrow(rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as they are kept; ids of studies are numbers into one list of them."""
    ids = sorted(frozenset[str]().union(*(row["studies"] for row in rows)))
    place = {study: at for at, study in enumerate(ids)}
    offsets, held = [0], []
    for row in rows:
        held += [place[study] for study in sorted(row["studies"])]
        offsets.append(len(held))
    words = pa.DictionaryArray.from_arrays(pa.array(held, pa.int32()), pa.array(ids, pa.string()))
    return pa.table(
        {
            **{name: pa.array([row[name] for row in rows], pa.string()) for name in TEXTS},
            "studies": pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), words),
            "retracted": pa.array(
                [sorted(row["retracted"]) for row in rows], pa.list_(pa.string())
            ),
            "inputs": pa.array([row["inputs"] for row in rows], pa.list_(pa.string())),
            **{name: pa.array([row[name] for row in rows], pa.int64()) for name in NUMBERS},
        }
    )
