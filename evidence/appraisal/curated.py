"""Curated facts as studies and results: coded, dated, with their participants.

Joins what a source says with what a person coded on top of it. Knows no question, no effect size
and no file: the starter tables come in, ``studies`` and a working table of results go out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from evidence.tables import conform, table
from evidence.vocabulary import (
    ComparatorClass,
    Design,
    RetractionStatus,
    TimeWindow,
    ValueOrigin,
    ValueStatus,
)

__all__ = ["curated_events", "curated_results", "curated_studies"]

REVIEWS = (
    Design.SYSTEMATIC_REVIEW,
    Design.META_ANALYSIS,
    Design.NETWORK_META_ANALYSIS,
    Design.UMBRELLA_REVIEW,
)
STUDY_FACTS = ("design", "year", "label", "search_date", "second_report_of", "retraction_status")


def curated_studies(facts: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``studies`` of the curated facts."""
    classes = (
        results[results["comparator_class"] != ComparatorClass.NONE]
        .groupby("study_id")["comparator_class"]
        .agg(lambda cells: sorted(set(cells)))
    )
    out = facts.rename(columns={"course_weeks": "weeks", "comparators": "comparator_text"})
    out = out.assign(
        record_ids=_objects(
            [f"pmid:{pmid}"] if isinstance(pmid, str) else None for pmid in facts["pmid"]
        ),
        design_source=str(ValueOrigin.CURATED),
        comparator_class=facts["study_id"].map(classes),
        full_text_read=None,
        label=[_label(row) for row in facts.itertuples(index=False)],
        retraction_status=_objects([str(RetractionStatus.NOT_CHECKED)] for _ in facts.index),
    )
    reported = out["n_analyzed"].notna()
    out["n_analyzed_status"] = reported.map(
        {True: str(ValueStatus.REPORTED), False: str(ValueStatus.NOT_FOUND)}
    )
    known = [name for name in table("studies").column_names if name in out]
    return conform("studies", out[known])


def _objects(cells: Iterable[object]) -> pd.Series[Any]:
    """Return lists as cells of a column."""
    return pd.Series(list(cells), dtype="object")


def _label(row: object) -> str:
    """Return first author and year as pictures print them; the title's start where none is known."""
    author, year = getattr(row, "first_author", None), getattr(row, "year", None)
    title = getattr(row, "title", None)
    if isinstance(author, str):
        name = author
    elif isinstance(title, str):
        words = title.split()
        name = " ".join(words[:4]) + (" …" if len(words) > 4 else "")
    else:
        name = str(getattr(row, "study_id", ""))
    return name if pd.isna(year) else f"{name} {int(year)}"


def curated_events(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``adverse_events`` of the curated facts."""
    status = (
        facts["numerator"]
        .notna()
        .map({True: str(ValueStatus.REPORTED), False: str(ValueStatus.NOT_REPORTED)})
    )
    return conform("adverse_events", facts.assign(numerator_status=status))


def with_scale_names(facts: pd.DataFrame, scales: pd.DataFrame) -> pd.DataFrame:
    """Return results with one name a scale, and its ends where the row does not give them."""
    key = ["written_as", "outcome_domain"]
    names = scales.set_index(key)
    asked = pd.MultiIndex.from_arrays([facts["scale"], facts["outcome_domain"]], names=key)
    found = names.reindex(asked).reset_index(drop=True)
    out = facts.copy()
    for column in ("scale", "scale_min", "scale_max"):
        other = found[column].set_axis(out.index)
        out[column] = (
            other.where(other.notna(), out[column])
            if column == "scale"
            else out[column].where(out[column].notna(), other)
        )
    return out


def curated_results(
    facts: pd.DataFrame, coding: pd.DataFrame, studies: pd.DataFrame, study_facts: pd.DataFrame
) -> pd.DataFrame:
    """Return the working table of results: facts, coding and what is asked of their study.

    Parameters
    ----------
    facts, coding
        ``results`` and ``result_coding`` of the curated data.
    studies
        The table ``studies``.
    study_facts
        ``studies`` of the curated data, for what only it holds (species).
    """
    coded = coding.rename(columns={"is_special_population": "special_population"})
    rows = facts.merge(coded, on="result_id", how="left", validate="one_to_one")
    about = studies.set_index("study_id")[list(STUDY_FACTS)]
    rows = rows.join(about, on="study_id")
    sample = study_facts.set_index("study_id")
    for name in ("population_codes", "pain_duration_class", "special_population", "species",
                 "sample_kind", "region"):  # fmt: skip
        rows[name] = rows[name].where(rows[name].notna(), rows["study_id"].map(sample[name]))
    rows = rows.rename(columns={"effect": "estimate", "direction": "reported_test",
                                "window": "time_window"})  # fmt: skip
    rows["intervention_is_sham"] = rows["intervention_is_sham"].fillna(value=False).astype(bool)
    rows["time_window"] = rows["time_window"].fillna(str(TimeWindow.UNKNOWN))
    rows["is_window_approximate"] = rows["is_window_approximate"].fillna(value=True).astype(
        bool
    ) | (rows["time_window"] == TimeWindow.UNKNOWN)
    rows["n_participants"] = _participants(rows, study_facts)
    rows["estimate_status"] = (
        rows["estimate"]
        .notna()
        .map({True: str(ValueStatus.REPORTED), False: str(ValueStatus.NOT_REPORTED)})
    )
    rows["origin"] = str(ValueOrigin.CURATED)
    rows["extracted_by"] = "curated"
    return rows


def _participants(rows: pd.DataFrame, study_facts: pd.DataFrame) -> pd.Series:
    """Return the people behind each result: of its arms, its coding, its row, else its study."""
    arms = rows["n_intervention"] + rows["n_comparator"]
    single = rows["n_intervention"].where(rows["comparator_class"] == ComparatorClass.NONE)
    coded = rows["n_basis"].map(_sum_of_parts).astype("Int64")
    people = study_facts.set_index("study_id")
    study = people["n_analyzed"].fillna(people["n_randomized"])
    is_review = rows["design"].isin(REVIEWS)
    of_study = rows["study_id"].map(study).where(~is_review)
    return arms.fillna(coded).fillna(rows["row_n"]).fillna(single).fillna(of_study).astype("Int64")


def _sum_of_parts(text: object) -> int | None:
    """Return the people of both arms, written as ``140+70``."""
    if not isinstance(text, str):
        return None
    parts = [part.strip() for part in text.split("+")]
    return sum(int(part) for part in parts) if all(part.isdigit() for part in parts) else None
