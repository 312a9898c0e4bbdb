"""Every result of a snapshot with its study, as columns that are mapped and shared, never copied.

Filters compare numbers over whole columns and hand on places; only the rows that are shown are
turned into words. So a page answers at a million rows, and what readers share is kept once.
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

from evidence.dashboard import state
from evidence.pipeline.result_index import (
    INDEXES,
    RESULT_COLUMNS,
    STUDY_COLUMNS,
    folded,
    result_index,
)
from evidence.store.snapshots import Snapshot

__all__ = ["FILTERED", "Positions", "Results", "n_studies_at", "results_with_studies", "select"]

Positions = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
FILTERED = ("comparator_class", "outcome_domain", "time_window", "design", "risk_of_bias", "direction")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Results:
    """Every result with its study, and what the filters of the table need of it."""

    studies: pa.Table
    results: pa.Table
    """Sorted by the label of the study; ``study`` is its place in ``studies``."""
    study: np.ndarray[Any, np.dtype[np.int32]]
    outcomes: Sequence[str]
    """The outcomes of the results, each once and folded for search."""
    choices: Mapping[str, Sequence[str]]
    """The words of each column that can be filtered, most frequent first."""

    @property
    def n_studies(self) -> int:
        """Return how many studies have results."""
        return int(self.studies.num_rows)

    @property
    def n_results(self) -> int:
        """Return how many results there are."""
        return int(self.results.num_rows)

    def ids(self, positions: Positions) -> list[str]:
        """Return the ids of the results at some places."""
        found: list[str] = self.results["result_id"].take(pa.array(positions)).to_pylist()
        return found

    def places(self, ids: Collection[str]) -> Positions:
        """Return where results stand, in the order of the table; an unknown id stands nowhere."""
        return np.flatnonzero(self._is_among(ids))

    def rows(self, positions: Positions, columns: Sequence[str]) -> pd.DataFrame:
        """Return some columns of the results at some places; a study's columns may be among them."""
        at, of = pa.array(positions), pa.array(self.study[positions])
        cells = {}
        for name in columns:
            mine = name in self.results.column_names
            column = (self.results if mine else self.studies)[name].take(at if mine else of)
            if pa.types.is_dictionary(column.type):
                column = pa.array(column.to_pylist(), pa.string())  # nothing is a word there too
            cells[name] = column.to_pandas()
        return pd.DataFrame(cells)

    def _is_among(self, ids: Collection[str]) -> Mask:
        wanted = pa.array(sorted(ids), pa.large_string())
        found = pc.is_in(self.results["result_id"], value_set=wanted)
        return np.asarray(found.to_numpy())

    def _is_word(self, column: str, values: Collection[str]) -> Mask:
        """Return for each result whether a column of it or of its study holds one of some words."""
        mine = column in self.results.column_names
        codes, words = _numbered((self.results if mine else self.studies)[column])
        is_wanted: Mask = np.array([word in values for word in words], dtype=bool)
        hit: Mask = is_wanted[codes]
        return hit if mine else hit[self.study]

    def _holds(self, part: str) -> Mask:
        """Return for each result whether its study or its outcome holds a piece of text."""
        in_study = pc.match_substring(self.studies["searched"], part).to_numpy()
        codes, _ = _numbered(self.results["outcome"])
        in_outcome = np.array([part in outcome for outcome in self.outcomes], dtype=bool)
        found: Mask = in_study[self.study] | in_outcome[codes]
        return found


def _numbered(column: pa.ChunkedArray) -> tuple[np.ndarray[Any, Any], list[str | None]]:
    """Return the numbers of a column of words, and the words; both without a copy of the rows."""
    if not column.num_chunks:
        return np.zeros(0, dtype="int16"), []
    chunk = column.chunk(0)
    return chunk.indices.to_numpy(), chunk.dictionary.to_pylist()


@st.cache_resource(max_entries=4, show_spinner=False)
def _results(folder: str, snapshot_id: str) -> Results:
    """Return the index of a snapshot; one that was written without it is made of its tables."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    studies, results = (snapshot.map_index(name) for name in INDEXES)
    if studies is None or results is None:
        columns = {"studies": STUDY_COLUMNS, "study_results": RESULT_COLUMNS}
        made = result_index({name: snapshot.read(name, columns[name]) for name in columns})
        studies, results = (made[name] for name in INDEXES)
    study = results["study"].to_numpy()
    choices = {name: _choices(studies, results, study, name) for name in FILTERED}
    outcomes = [folded(word or "") for word in _numbered(results["outcome"])[1]]
    return Results(studies, results, study, outcomes, choices)


def _choices(
    studies: pa.Table, results: pa.Table, study: np.ndarray[Any, Any], name: str
) -> list[str]:
    """Return the words of a column, those of most results first."""
    mine = name in results.column_names
    codes, words = _numbered((results if mine else studies)[name])
    counts = np.bincount(codes if mine else codes[study], minlength=len(words))
    known = [(-int(n), word) for n, word in zip(counts, words, strict=True) if word and n]
    return [word for _, word in sorted(known)]


def results_with_studies(snapshot: Snapshot) -> Results:
    """Return every result with its study, shared between sessions."""
    return _results(str(snapshot.folder), snapshot.snapshot_id)


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
    keep = np.ones(results.n_results, dtype=bool)
    for column, values in wanted.items():
        if values:
            keep &= results._is_word(column, values)
    if only is not None:
        keep &= results._is_among(only)
    for part in folded(find).split():
        keep &= results._holds(part)
    return np.flatnonzero(keep)


def n_studies_at(results: Results, positions: Positions) -> int:
    """Return how many studies the rows belong to."""
    seen = np.zeros(results.n_studies, dtype=bool)
    seen[results.study[positions]] = True
    return int(seen.sum())
