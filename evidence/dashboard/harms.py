"""What the safety page shows: harms with their denominators, apart from benefit."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.dashboard import marks, reading, state
from evidence.dashboard.components import Head, table
from evidence.dashboard.navigation import address
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import Design

__all__ = ["DEFINITIONS", "UNITS", "case_table", "cases_of", "event_table", "ordered", "rate_words"]

UNITS = {"patients": "patients", "treatments": "treatments", "person_years": "person-years"}
DEFINITIONS = (
    ("adverse event", "Anything unwanted that happened during or after the treatment, caused by it or not."),
    ("serious", "Death, threat to life, stay in hospital, lasting damage; each study draws the line itself."),
    ("per patient", "How many of the people treated had at least one event, over a whole course."),
    ("per treatment", "How many single sessions were followed by an event; a far smaller number."),
    ("active", "People were asked about harms, all of them, at set times."),
    ("passive", "Only what was volunteered or written down was counted; harms are missed."),
    ("upper bound", "Where no event was seen among n, up to 3 in n may still be true (95 %)."),
)  # fmt: skip


def rate_words(rate: Cell) -> str:
    """Return a rate as people grasp it: per 100, per 1,000, per 10,000 or per million.

    >>> rate_words(0.00023)
    '2.3 in 10,000'
    """
    if figures.is_missing(rate):
        return ""
    value = float(rate)
    for base in (100, 1_000, 10_000, 100_000, 1_000_000):
        if value * base >= 1 or base == 1_000_000:
            return f"{figures.figure(value * base, 1)} in {base:,}"
    return ""


def _rate(row: Mapping[str, Any]) -> str:
    """Return a rate with its interval on the same base, or the upper bound where none was seen."""
    upper = row["zero_event_upper"]
    if not figures.is_missing(upper):
        return f"<b>none seen</b><br><small>up to {rate_words(upper)} may still be true</small>"
    rate = row["rate"]
    if figures.is_missing(rate):
        return '<span class="q">no rate reported</span>'
    said = rate_words(rate)
    base = int(said.rsplit(" ", 1)[-1].replace(",", ""))
    limits = ""
    if not figures.is_missing(row["ci_low"]) and not figures.is_missing(row["ci_high"]):
        limits = (
            f"<br><small>{figures.interval(row['ci_low'] * base, row['ci_high'] * base)}</small>"
        )
    return f"<b>{said}</b>{limits}"


def _count(row: Mapping[str, Any]) -> str:
    if figures.is_missing(row["numerator"]):
        status = row["numerator_status"]
        return f'<span class="q">{marks.text(status, "not reported")}</span>'
    if figures.is_missing(row["denominator"]):
        return f"{figures.count(row['numerator'])}<br><small>of how many is not reported</small>"
    return f"{figures.count(row['numerator'])} of {figures.count(row['denominator'])}"


def ordered(snapshot: Snapshot, frame: pd.DataFrame) -> pd.DataFrame:
    """Return harms in the order of their weight: those that a verdict names, then by people."""
    said = reading.said_rows(snapshot)
    return frame.assign(said=frame["result_id"].isin(said)).sort_values(
        ["said", "n_patients", "denominator"], ascending=False, na_position="last"
    )


def event_table(snapshot: Snapshot, frame: pd.DataFrame, caption: str) -> str:
    """Return harms of :func:`ordered`, a row a source: rate, count, how found, note and link."""
    studies = reading.rows_at(snapshot, "studies", set(frame["study_id"]), "label", "design", "pmid", "doi", "url")  # fmt: skip
    results = reading.rows_at(snapshot, "study_results", set(frame["result_id"]), "source_note", "source_url")  # fmt: skip
    body = []
    for row in figures.records(frame):
        answers = "<br><small>its number stands in the verdict</small>" if row["said"] else ""
        study = studies.get(row["study_id"], {})
        result = results.get(row["result_id"], {})
        found = [marks.text(row["ascertainment"], "not reported")]
        if row["is_prospective"] == "yes":
            found.append("prospective")
        if row["is_related"] in {"yes", "no"}:
            found.append("judged related" if row["is_related"] == "yes" else "any cause")
        shown = marks.text(study.get("label"), str(row["study_id"]))
        name = f'<a href="{address("evidence", result=str(row["result_id"]))}" target="_self">{shown}</a>'
        note = marks.text(result.get("source_note"), "no source note")
        place = marks.link(result.get("source_url"), "where the figure stands")
        body.append(
            [
                f"{name}<br><small>{marks.text(study.get('design'))}</small>",
                f"{marks.text(row['event'])}{answers}",
                _rate(row),
                _count(row),
                escape(", ".join(found)),
                f"{marks.record_link(study.get('pmid'), study.get('doi'), study.get('url'))}"
                f"<details><summary>source note</summary><small>{note}<br>{place}</small></details>",
            ]
        )
    heads = [Head("Source", width=170), Head("Event"), Head("Rate", width=190), Head("Count", width=130),
             Head("How it was found", width=150), Head("Record", cls="link", width=170)]  # fmt: skip
    return table(heads, body, caption)


@st.cache_resource(max_entries=4, show_spinner=False)
def _cases(folder: str, snapshot_id: str) -> pd.DataFrame:
    """Return the reports of single cases of a snapshot, newest first."""
    kinds = {str(Design.CASE_REPORT), str(Design.CASE_SERIES)}
    columns = ["study_id", "label", "title", "year", "design", "pmid", "doi", "url"]
    found = state.snapshot_in(folder, snapshot_id).read("studies", columns, {"design": kinds})
    return found.sort_values("year", ascending=False, kind="stable", ignore_index=True)


def cases_of(snapshot: Snapshot) -> pd.DataFrame:
    """Return reports of single cases: they show that a harm exists, never how often."""
    return _cases(str(snapshot.folder), snapshot.snapshot_id)


def case_table(cases: pd.DataFrame) -> str:
    """Return reports of single cases, a row a report."""
    body = [
        [
            marks.text(row["label"]),
            marks.text(row["title"], "title not recorded"),
            marks.text(row["design"]),
            marks.record_link(row["pmid"], row["doi"], row["url"]),
        ]
        for row in figures.records(cases)
    ]
    heads = [Head("Report", width=170), Head("Title"), Head("Design", width=120), Head("Record", cls="link", width=170)]  # fmt: skip
    return table(heads, body, "Case reports") if body else ""
