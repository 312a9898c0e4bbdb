"""What reviews of a claim's question counted, beside the tracker's own count.

A review is a container of trials: it is listed with its own numbers and never counted as a study
(docs/method.md, section 8). Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.dashboard import claim, marks, reading
from evidence.dashboard.components import Head, table
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import MemberRole

__all__ = ["is_review", "review_table"]

ROLES = (MemberRole.INDEX_REVIEW, MemberRole.OTHER_REVIEW)
MOST = 60
STUDY_CELLS = ("title", "design", "pmid", "doi", "url", "search_date")
RESULT_CELLS = ("outcome", "source_note", "source_url", "estimate", "ci_low", "ci_high", "measure",
                "scale", "reported_test", "row_k", "row_n", "row_i2", "row_certainty")  # fmt: skip


def is_review(members: pd.DataFrame) -> pd.Series:
    """Return which rows of ``stratum_members`` are a review's."""
    return members["role"].isin([str(role) for role in ROLES])


def review_table(snapshot: Snapshot, members: pd.DataFrame, caption: str) -> str:
    """Return rows of reviews: what each looked at, how much it holds, what it says of it."""
    rows = sorted(figures.records(members), key=lambda m: (m["role"] != str(ROLES[0]), str(m["label"])))  # fmt: skip
    shown = rows[:MOST]
    studies = reading.rows_at(snapshot, "studies", {m["study_id"] for m in shown}, *STUDY_CELLS)
    results = reading.rows_at(snapshot, "study_results", {m["result_id"] for m in shown}, *RESULT_CELLS)  # fmt: skip
    body = [
        _cells(m, studies.get(m["study_id"], {}), results.get(m["result_id"], {})) for m in shown
    ]
    heads = [Head("Review", width=170), Head("Looked at"), Head("Holds", width=120), Head("Result"),
             Head("What its authors count or say", label=""), Head("Source", cls="link", width=150)]  # fmt: skip
    more = f'<div class="note">{MOST} of {len(rows)} rows are shown.</div>' if len(rows) > MOST else ""  # fmt: skip
    return table(heads, body, caption) + more


def _cells(member: Mapping[str, Any], study: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:  # fmt: skip
    """Return the cells of one row of a review."""
    anchor = f"evidence?result={escape(str(member['result_id']))}"
    searched = study.get("search_date")
    when = "" if figures.is_missing(searched) else f"<br><small>searched {marks.day(searched)}</small>"  # fmt: skip
    where = marks.link(result.get("source_url"), "where it stands")
    record = marks.record_link(study.get("pmid"), study.get("doi"), study.get("url"))
    return [
        f'<a href="{anchor}" target="_self">{marks.text(member["label"], "review")}</a>{when}',
        marks.text(result.get("outcome"), "not recorded"),
        _holds(result),
        f"{escape(claim.result_words(member, result))}<br><small>{marks.text(member['role'])}</small>",
        marks.text(result.get("source_note"), "no source note") + _rating(result),
        f"{record}<br><small>{where}</small>" if where else record,
    ]


def _holds(result: Mapping[str, Any]) -> str:
    """Return how many studies and people stand behind a row of a review."""
    k, n, i2 = (result.get(name) for name in ("row_k", "row_n", "row_i2"))
    parts = []
    if not figures.is_missing(k):
        parts.append(f"<b>{figures.count(k)}</b> stud{'y' if int(str(k)) == 1 else 'ies'}")
    if not figures.is_missing(n):
        parts.append(f"{figures.count(n)} people")
    if not figures.is_missing(i2):
        parts.append(f"I² {figures.figure(i2, 0)} %")
    return "<br>".join(parts) or '<span class="q">not known</span>'


def _rating(result: Mapping[str, Any]) -> str:
    """Return the certainty that a review states itself."""
    rated = result.get("row_certainty")
    return "" if figures.is_missing(rated) else f"<br><small>its own certainty: {marks.text(rated)}</small>"  # fmt: skip
