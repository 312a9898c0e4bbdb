"""The rows of the evidence table in words, and which results stand behind a claim."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from evidence.charts import figures, gap_map
from evidence.dashboard import reading, state
from evidence.dashboard.results import Positions, Results
from evidence.store.snapshots import Snapshot

__all__ = ["COLUMNS", "DEFAULT", "ids_in_state", "page_of", "result_ids_of", "result_text"]

READ = (
    "result_id", "label", "title", "year", "journal", "design", "country", "population", "intervention",
    "comparator_class", "comparator", "outcome_domain", "outcome", "scale", "time_window", "weeks",
    "measure", "estimate", "ci_low", "ci_high", "effect", "effect_ci_low", "effect_ci_high",
    "effect_unit", "direction", "risk_of_bias", "origin", "n_participants", "n_randomized", "pmid",
    "doi", "url",
)  # fmt: skip
COLUMNS = {
    "label": "Study",
    "title": "Title",
    "year": "Year",
    "journal": "Journal",
    "design": "Design",
    "country": "Country",
    "population": "Population",
    "intervention": "Intervention",
    "comparator_class": "Compared with",
    "comparator": "Comparator, as the source says",
    "outcome_domain": "Outcome",
    "outcome": "Outcome, as the source says",
    "scale": "Scale",
    "time_window": "Window",
    "weeks": "Weeks",
    "people": "People",
    "effect_words": "Effect (positive favourable) or figure",
    "printed": "As printed",
    "direction": "Direction",
    "risk_of_bias": "Risk of bias",
    "origin": "Value from",
    "link": "Record",
}
DEFAULT = ["label", "design", "comparator_class", "outcome_domain", "time_window", "people",
           "effect_words", "direction", "risk_of_bias", "link"]  # fmt: skip


def _link(row: Mapping[str, Any]) -> str | None:
    if not figures.is_missing(row["pmid"]):
        return f"https://pubmed.ncbi.nlm.nih.gov/{row['pmid']}/"
    if not figures.is_missing(row["doi"]):
        return f"https://doi.org/{row['doi']}"
    url = row["url"]
    is_web = not figures.is_missing(url) and str(url).startswith(("https://", "http://"))
    return str(url) if is_web else None


def result_text(row: Mapping[str, Any]) -> str:
    """Return a result on its stratum's unit, with the unit; empty where there is no size."""
    unit = row["effect_unit"]
    shown = figures.effect(row["effect"], row["effect_ci_low"], row["effect_ci_high"], figures.decimals(unit))  # fmt: skip
    if not shown:
        return ""
    return f"{shown} %" if reading.is_percent(unit) else f"{shown} {unit}"


def page_of(results: Results, positions: Positions, page: int, size: int) -> pd.DataFrame:
    """Return one page of rows in words."""
    part = results.rows(positions[(page - 1) * size : page * size], READ)
    records = figures.records(part)
    people = part["n_participants"].fillna(part["n_randomized"])
    part["year"], part["people"] = part["year"].astype("Int64"), people.astype("Int64")
    part["effect_words"] = [result_text(row) for row in records]
    part["printed"] = [
        f"{row['measure']} {figures.effect(row['estimate'], row['ci_low'], row['ci_high'], 2)}".strip()
        for row in records
    ]
    part["link"] = [_link(row) for row in records]
    return part


def result_ids_of(
    snapshot: Snapshot, claim: reading.ClaimRow, stratum_id: str = ""
) -> frozenset[str]:
    """Return the results that stand in a claim's strata, or what makes up one of them.

    Other reviews of the question and what is only shown stand in a stratum and do not make it up.
    """
    mine = reading.members(snapshot, claim)
    if stratum_id:
        mine = gap_map.makes_up(mine[mine["stratum_id"] == stratum_id])
    return frozenset(mine["result_id"])


@st.cache_resource(max_entries=8, show_spinner=False)
def _ids_in_state(folder: str, snapshot_id: str, picked: str) -> frozenset[str]:
    """Return the results behind the claims of a snapshot in a review state."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    rows = reading.in_state(reading.claims(snapshot), picked)
    questions = [str(row["question_id"]) for row in rows if row.get("question_id")]
    members = snapshot.read("stratum_members", ["result_id"], {"question_id": questions})
    return frozenset(members["result_id"])


def ids_in_state(snapshot: Snapshot, picked: str) -> frozenset[str] | None:
    """Return the results behind claims in a review state, None for all."""
    if picked == "all":
        return None
    return _ids_in_state(str(snapshot.folder), snapshot.snapshot_id, picked)
