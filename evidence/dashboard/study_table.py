"""The rows of the evidence table: results with what their studies are, filtered and paged.

Filters work on whole columns and only the page that is shown is turned into words, so the table
answers at a million rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from evidence.charts import figures, gap_map
from evidence.dashboard import reading, state
from evidence.dashboard.board import folded
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import ValueStatus

__all__ = ["COLUMNS", "DEFAULT", "FILTERED", "Results", "n_studies_at", "page_of", "result_text",
           "results_with_studies", "select"]  # fmt: skip

Positions = np.ndarray[Any, np.dtype[np.int64]]
RESULT_COLUMNS = (
    "result_id", "study_id", "outcome_domain", "outcome", "scale", "comparator_class", "comparator",
    "time_window", "weeks", "measure", "estimate", "ci_low", "ci_high", "effect", "effect_ci_low",
    "effect_ci_high", "effect_unit", "direction", "direction_status", "direction_source", "n_participants", "origin",
    "usable_for_pooling", "intervention", "intervention_is_sham",
)  # fmt: skip
STUDY_COLUMNS = (
    "study_id", "label", "title", "first_author", "year", "journal", "design", "country", "pmid",
    "doi", "url", "population", "risk_of_bias", "n_randomized",
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
FILTERED = ("comparator_class", "outcome_domain", "time_window", "design", "risk_of_bias", "direction")  # fmt: skip
DEFAULT = ["label", "design", "comparator_class", "outcome_domain", "time_window", "people",
           "effect_words", "direction", "risk_of_bias", "link"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Results:
    """Every result with its study, and what the filters of the table need of it."""

    frame: pd.DataFrame
    searched: pa.ChunkedArray | pa.Array
    """Title, authors, journal and outcome in one folded text a row."""
    study_code: np.ndarray[Any, np.dtype[np.int64]]
    choices: Mapping[str, Sequence[str]]
    """The words of each column that can be filtered, most frequent first."""

    @property
    def n_studies(self) -> int:
        """Return how many studies there are."""
        return int(self.study_code.max()) + 1 if len(self.study_code) else 0


@st.cache_resource(max_entries=4, show_spinner=False)
def _joined(folder: str, snapshot_id: str) -> Results:
    """Return results with their studies, sorted by study; only the columns of the table."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    results = snapshot.read("study_results", list(RESULT_COLUMNS))
    studies = snapshot.read("studies", list(STUDY_COLUMNS))
    frame = results.merge(studies, on="study_id", how="left")
    frame = frame.sort_values(["label", "result_id"], ignore_index=True)
    # What compares no intervention has no direction: that is not "not reported".
    has_none = frame["direction_status"] == str(ValueStatus.NOT_APPLICABLE)
    frame["direction"] = frame["direction"].mask(has_none, str(ValueStatus.NOT_APPLICABLE))
    words = frame["label"].fillna("")
    for column in ("title", "first_author", "journal", "outcome", "population"):
        words = words + " " + frame[column].fillna("")
    codes, _ = pd.factorize(frame["study_id"])
    choices = {
        column: [str(value) for value in frame[column].dropna().value_counts().index]
        for column in FILTERED
    }
    return Results(frame, _folded(words), codes, choices)


def _folded(words: pd.Series) -> pa.Array:
    """Return texts without accents and case; plain ones at once, the others one by one."""
    lower = pc.utf8_lower(pa.array(words, type=pa.large_string()))
    is_plain = pc.string_is_ascii(lower).to_numpy(zero_copy_only=False)
    if is_plain.all():
        return lower
    texts = lower.to_numpy(zero_copy_only=False)
    for at in np.flatnonzero(~is_plain):
        texts[at] = folded(texts[at])
    return pa.array(texts, type=pa.large_string())


def results_with_studies(snapshot: Snapshot) -> Results:
    """Return every result with its study, shared between sessions."""
    return _joined(str(snapshot.folder), snapshot.snapshot_id)


def select(
    results: Results,
    wanted: Mapping[str, Collection[str]],
    find: str,
    only: Collection[str] | None,
) -> Positions:
    """Return where the rows stand that every filter leaves.

    ``only`` names result ids, None all of them. Places and not rows are handed on: a page of a
    hundred is all that is ever turned into words.
    """
    keep = np.ones(len(results.frame), dtype=bool)
    for column, values in wanted.items():
        if values:
            keep &= results.frame[column].isin(list(values)).to_numpy()
    if only is not None:
        keep &= results.frame["result_id"].isin(list(only)).to_numpy()
    for part in folded(find).split():
        keep &= pc.match_substring(results.searched, part).to_numpy(zero_copy_only=False)
    return np.flatnonzero(keep)


def n_studies_at(results: Results, positions: Positions) -> int:
    """Return how many studies the rows belong to."""
    return len(np.unique(results.study_code[positions]))


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
    part = results.frame.iloc[positions[(page - 1) * size : page * size]].copy()
    records = figures.records(part)
    part["people"] = part["n_participants"].fillna(part["n_randomized"])
    part["effect_words"] = [result_text(row) for row in records]
    part["printed"] = [
        f"{row['measure']} {figures.effect(row['estimate'], row['ci_low'], row['ci_high'], 2)}".strip()
        for row in records
    ]
    part["link"] = [_link(row) for row in records]
    return part.reset_index(drop=True)


def result_ids_of(snapshot: Snapshot, claim: reading.ClaimRow, stratum_id: str = "") -> set[str]:
    """Return the results that stand in a claim's strata, or what makes up one of them.

    Other reviews of the question and what is only shown stand in a stratum and do not make it up.
    """
    mine = reading.members(snapshot, claim)
    if stratum_id:
        mine = gap_map.makes_up(mine[mine["stratum_id"] == stratum_id])
    return set(mine["result_id"])


def ids_in_state(snapshot: Snapshot, picked: str) -> set[str] | None:
    """Return the results behind claims in a review state, None for all."""
    if picked == "all":
        return None
    rows = reading.in_state(reading.claims(snapshot), picked)
    return set().union(*(result_ids_of(snapshot, row) for row in rows)) if rows else set()
