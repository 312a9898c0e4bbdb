"""Tables of the appraisal page: judgements with their sources, reviews, reporting, agreement."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from evidence.charts import figures
from evidence.dashboard import decided, drawer, marks, methods, paging, reading, state
from evidence.dashboard.components import Head, table
from evidence.store.decisions import Event
from evidence.store.snapshots import Snapshot
from evidence.synthesis.agreement import agreement
from evidence.vocabulary import ValueOrigin

__all__ = [
    "accuracy_table",
    "agreement_table",
    "judgement_table",
    "review_table",
    "reviews_of",
    "signal_table",
    "stricta_table",
]

STRICTA_ITEMS = 17
MOST_REPORTS = 60
"""So many reports are shown, those that tell least first; all are in studies.csv."""
READ_BY_MACHINE = (ValueOrigin.MACHINE_READ, ValueOrigin.CONFIRMED)
RIGHT, ANSWERS = "right among not abstained", "coverage"
"""Names of measures in ``automation_register``."""


def judgement_table(snapshot: Snapshot, frame: pd.DataFrame) -> str:
    """Return judgements with who made them and where they stand."""
    studies = reading.rows_at(snapshot, "studies", set(frame["study_id"]), "label")
    body = []
    for row in figures.records(frame):
        label = studies.get(row["study_id"], {}).get("label", row["study_id"])
        note = marks.text(row["source_note"])
        body.append(
            [
                marks.text(label),
                marks.text(row["domain"]),
                drawer.light(row["judgement"]),
                f"{marks.text(row['tool'])}<br><small>{marks.text(row['assessed_by'])}</small>",
                f"{marks.link(row['source_url'], 'source') or 'no link known'}<br><small>{note}</small>",
            ]
        )
    heads = [Head("Study", width=170), Head("Domain"), Head("Judgement", width=170),
             Head("Tool, who", width=170), Head("Source")]  # fmt: skip
    return table(heads, body, "Judgements") if body else ""


def signal_table(snapshot: Snapshot, frame: pd.DataFrame) -> str:
    """Return what abstracts say of how their trials were run, a row a signal."""
    studies = reading.rows_at(snapshot, "studies", set(frame["study_id"]), "label")
    body = [
        [
            marks.text(studies.get(row["study_id"], {}).get("label"), str(row["study_id"])),
            marks.text(row["domain"]),
            marks.text(row["judgement"]),
            marks.text(row["source_note"], "no sentence"),
        ]
        for row in figures.records(frame)
    ]
    heads = [Head("Study", width=160), Head("Signal", width=200), Head("Read by machine", width=200),
             Head("Sentence")]  # fmt: skip
    return table(heads, body, "Signals in abstracts")


def reviews_of(snapshot: Snapshot) -> pd.DataFrame:
    """Return the systematic reviews, those first that stand for the trials of most strata."""
    frame = state.rows(snapshot, "reviews")
    if len(frame) <= paging.MOST_ROWS:
        return frame
    n = [len(ids) if isinstance(ids, list) else 0 for ids in frame["is_index_for"]]
    return frame.assign(n_strata=n).sort_values("n_strata", ascending=False, kind="stable")


def review_table(snapshot: Snapshot, frame: pd.DataFrame) -> str:
    """Return reviews: search, studies held, quality, what they are index for."""
    studies = reading.rows_at(snapshot, "studies", set(frame["review_id"]), "label", "doi", "url")
    body = []
    for row in figures.records(frame):
        study = studies.get(row["review_id"])
        about = " (the year before publication)" if figures.is_true(row["is_search_date_approximate"]) else ""  # fmt: skip
        index_for = list(row["is_index_for"] or [])
        quality = marks.text(row["amstar2_overall"], "not assessed")
        link = marks.record_link(row["pmid"], None if study is None else study["doi"], None if study is None else study["url"])  # fmt: skip
        body.append(
            [
                marks.text(None if study is None else study["label"], str(row["review_id"])),
                f"{marks.text(row['search_date'], 'not seen')}{about}",
                figures.count(row["k_included"]),
                "known here" if figures.is_true(row["included_list_available"]) else "not known",
                quality,
                f"{len(index_for)} strata" if index_for else "",
                link,
            ]
        )
    heads = [Head("Review", width=170), Head("Last search"), Head("Studies held", "n"), Head("Their list"),
             Head("AMSTAR 2"), Head("Index review for"), Head("Record", cls="link", width=160)]  # fmt: skip
    return table(heads, body, "Reviews") if body else ""


def stricta_table(snapshot: Snapshot) -> str:
    """Return which part of the 17 STRICTA items each report gives, or its abstract names.

    Only a full text can be short of items: an abstract gets no bar and no share.
    """
    frame = state.rows(snapshot, "studies", "label", "stricta_reported_of_17", "full_text_read")
    known = frame[frame["stricta_reported_of_17"].notna()]
    known = known.sort_values("stricta_reported_of_17", kind="stable").head(MOST_REPORTS)
    body = []
    for row in figures.records(known):
        n = int(row["stricta_reported_of_17"])
        is_whole = figures.is_true(row["full_text_read"])
        bar = (
            f'<span class="cov" aria-hidden="true" style="max-width:200px"><i class="c-claim" style="flex:{n}"></i>'
            f'<i class="c-non" style="flex:{STRICTA_ITEMS - n}"></i></span>'
        )
        said = (
            f"{n} of {STRICTA_ITEMS}"
            if is_whole
            else f"the abstract names {n}; the rest is not assessed"
        )
        body.append([marks.text(row["label"]), said, bar if is_whole else ""])
    heads = [Head("Study", width=200), Head("Reported", width=300), Head("Share", label="")]
    return table(heads, body, "STRICTA") if body else ""


def agreement_table(snapshot: Snapshot, events: Sequence[Event]) -> str:
    """Return how far people said what the machine had read, field by field; "" before a pair."""
    if not events:
        return ""
    machine = {"origin": [str(origin) for origin in READ_BY_MACHINE]}
    read = snapshot.read("study_results", ["result_id", "origin"], machine)
    rows = dict(zip(read["result_id"], read["origin"], strict=True))
    pairs = decided.human_machine_pairs(events, rows)
    lines = [(field.replace("_", " "), agreement(pairs[field])) for field in sorted(pairs)]
    if len(lines) > 1:
        every = [pair for field in sorted(pairs) for pair in pairs[field]]
        lines.insert(0, ("everything compared", agreement(every)))
    return decided.agreement_lines(lines, "Agreement of people and the machine")


def accuracy_table(snapshot: Snapshot) -> str:
    """Return how often each reading is right where it answers, and how often it answers."""
    frame = state.rows(snapshot, "automation_register")
    body = []
    for component, mine in frame.groupby("component", observed=True, sort=True):
        by_metric = {str(row["metric"]): row for row in figures.records(mine)}
        right, answers = by_metric.get(RIGHT), by_metric.get(ANSWERS)
        if right is None:
            continue
        limits = figures.interval(right["ci_low"], right["ci_high"], 3)
        body.append(
            [
                methods.read_words(component),
                figures.figure(right["value"], 3) + (f" ({limits})" if limits else ""),
                figures.count(right["n_gold"], ""),
                "" if answers is None else figures.figure(answers["value"], 3),
            ]
        )
    heads = [Head("What is read", width=260), Head("Right where it answers (95 %)", "n"), Head("Cases", "n"),
             Head("Share it answers", "n")]  # fmt: skip
    return table(heads, body, "Accuracy of reading") if body else ""
