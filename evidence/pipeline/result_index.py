"""The index of results: what pages need of every result and its study, ready to be mapped.

Two Arrow tables, made once for a snapshot: results in the order of the evidence table, each with
the place of its study, and the studies that have results. Words that repeat are numbers with a
list beside them, so a filter compares numbers. Nothing is computed that is not in the tables; an
old snapshot without the index gets the same one made of its tables.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from evidence.vocabulary import ValueStatus

__all__ = ["INDEXES", "RESULT_COLUMNS", "STUDY_COLUMNS", "folded", "result_index"]

STUDY_INDEX, RESULT_INDEX = INDEXES = ("index_studies", "index_results")
"""Names of the files. With other columns they take other names: a snapshot of before keeps its own,
and has the new ones made of its tables."""
STUDY_TEXTS = ("study_id", "label", "title", "first_author", "pmid", "doi", "url", "population")
STUDY_WORDS = ("journal", "design", "country", "risk_of_bias")
STUDY_NUMBERS = ("year", "n_randomized")
STUDY_COLUMNS = (*STUDY_TEXTS, *STUDY_WORDS, *STUDY_NUMBERS)
RESULT_TEXTS = ("result_id",)
RESULT_WORDS = (
    "outcome_domain", "outcome", "scale", "comparator_class", "comparator", "time_window", "measure",
    "effect_unit", "direction", "direction_source", "origin", "intervention", "reported_test",
)  # fmt: skip
RESULT_NUMBERS = (
    "weeks", "estimate", "ci_low", "ci_high", "effect", "effect_ci_low", "effect_ci_high",
    "n_participants",
)  # fmt: skip
RESULT_COLUMNS = ("study_id", *RESULT_TEXTS, *RESULT_WORDS, *RESULT_NUMBERS, "direction_status")
SEARCHED = ("label", "title", "first_author", "journal", "population")


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The columns of an index by how they are kept."""

    texts: Sequence[str]
    words: Sequence[str]
    numbers: Sequence[str]


def folded(words: str) -> str:
    """Return words without accents and case, so that Müller is found by muller.

    >>> folded("Müller–Weiß")
    'muller–weiss'
    """
    split = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def result_index(tables: Mapping[str, pd.DataFrame]) -> dict[str, pa.Table]:
    """Return the index of a snapshot's ``study_results`` and ``studies``.

    Parameters
    ----------
    tables
        Both tables, with at least ``RESULT_COLUMNS`` and ``STUDY_COLUMNS``.
    """
    results = tables["study_results"]
    studies = _with_results(tables["studies"], results["study_id"])
    place = pd.Index(studies["study_id"]).get_indexer(pd.Index(results["study_id"]))
    rank, _ = pd.factorize(studies["label"], use_na_sentinel=False)  # alike labels stand together
    by_id = results["result_id"].argsort(kind="stable").to_numpy()
    order = by_id[np.argsort(rank[place[by_id]], kind="stable")]
    ordered = results.iloc[order]
    # What compares no intervention has no direction: that is not "not reported".
    none = ordered["direction_status"] == str(ValueStatus.NOT_APPLICABLE)
    ordered = ordered.assign(
        direction=ordered["direction"].mask(none, str(ValueStatus.NOT_APPLICABLE))
    )
    return {
        STUDY_INDEX: _columns(
            studies,
            _Kinds(STUDY_TEXTS, STUDY_WORDS, STUDY_NUMBERS),
            {"searched": _searched(studies)},
        ),
        RESULT_INDEX: _columns(
            ordered,
            _Kinds(RESULT_TEXTS, RESULT_WORDS, RESULT_NUMBERS),
            {"study": pa.array(place[order].astype("int32"))},
        ),
    }


def _with_results(studies: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Return the studies that have results, by label; one that is not known has only its id."""
    wanted = pd.DataFrame({"study_id": ids.drop_duplicates()})
    frame = wanted.merge(studies[list(STUDY_COLUMNS)], on="study_id", how="left")
    return frame.sort_values(["label", "study_id"], ignore_index=True)


def _columns(frame: pd.DataFrame, kinds: _Kinds, more: Mapping[str, pa.Array]) -> pa.Table:
    """Return a table as it is kept: one part, texts, numbered words, plain numbers."""
    arrays = {name: pa.array(frame[name], pa.large_string()) for name in kinds.texts}
    arrays |= {name: _numbered(frame[name]) for name in kinds.words}
    arrays |= {
        name: pa.array(frame[name].to_numpy("float64", na_value=np.nan)) for name in kinds.numbers
    }
    return pa.table({**arrays, **more}).combine_chunks()


def _numbered(column: pd.Series) -> pa.DictionaryArray:
    """Return words as numbers into the list of them, most frequent first; nothing is a word too."""
    array = pa.array(column, pa.string())
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    found = pc.dictionary_encode(array, null_encoding="encode")
    words = pa.array(found.dictionary.to_pylist(), pa.string())
    codes = found.indices.to_numpy()
    counts = np.bincount(codes, minlength=len(words))
    order = sorted(range(len(words)), key=lambda at: (-counts[at], words[at].as_py() or ""))
    rank = np.empty(len(words), dtype="int32")
    rank[order] = np.arange(len(words))
    kind = "int16" if len(words) < 2**15 else "int32"
    return pa.DictionaryArray.from_arrays(
        pa.array(rank[codes].astype(kind)), words.take(pa.array(order, pa.int64()))
    )


def _searched(studies: pd.DataFrame) -> pa.Array:
    """Return title, author, journal and people of each study in one folded text."""
    words = studies[SEARCHED[0]].fillna("")
    for column in SEARCHED[1:]:
        words = words + " " + studies[column].fillna("")
    lower = pc.utf8_lower(pa.array(words, pa.large_string()))
    is_plain = pc.string_is_ascii(lower).to_numpy(zero_copy_only=False)
    if is_plain.all():
        return lower
    texts = lower.to_numpy(zero_copy_only=False)
    for at in np.flatnonzero(~is_plain):
        texts[at] = folded(texts[at])
    return pa.array(texts, pa.large_string())
