"""What the page of changes shows: verdicts that moved, two data sets beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.dashboard import marks, state
from evidence.dashboard.components import Head, table
from evidence.store.snapshots import Snapshot

__all__ = ["compare", "move_table", "moves", "pair_table", "retraction_table"]


def moves(history: pd.DataFrame) -> pd.DataFrame:
    """Return each change of a claim's verdict or certainty, newest first."""
    ordered = history.reset_index(drop=True)
    before = ordered.groupby("claim_id", sort=False)[["verdict", "certainty"]].shift()
    is_later = before["verdict"].notna()
    changed = is_later & (
        (ordered["verdict"] != before["verdict"])
        | (ordered["certainty"].fillna("") != before["certainty"].fillna(""))
    )
    out = ordered[changed].copy()
    out["verdict_before"] = before["verdict"][changed]
    out["certainty_before"] = before["certainty"][changed]
    return out.iloc[::-1].reset_index(drop=True)


def _said(verdict: Cell, certainty: Cell) -> str:
    return f"{marks.verdict(verdict, 15)}<br><small>certainty {marks.text(certainty, 'not rated')}</small>"


def move_table(frame: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Return the changes as a table: when, claim, before, after."""
    body = [
        [
            marks.day(r["written_at"]),
            escape(labels[r["claim_id"]]),
            _said(r["verdict_before"], r["certainty_before"]),
            _said(r["verdict"], r["certainty"]),
            f"<code>{marks.text(r['snapshot_id'])}</code>",
        ]
        for r in figures.records(frame)
    ]
    heads = [Head("When", width=140), Head("Claim"), Head("Before", width=210), Head("After", width=210), Head("Data set")]  # fmt: skip
    return table(heads, body, "Verdicts that moved")


def compare(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """Return verdicts that differ between two data sets, and studies new and gone."""
    columns = ["claim_id", "verdict", "certainty"]
    a, b = before.read("claim_verdicts", columns), after.read("claim_verdicts", columns)
    joined = a.merge(b, on="claim_id", how="outer", suffixes=("_before", "_after"))
    same = (joined["verdict_before"].fillna("") == joined["verdict_after"].fillna("")) & (
        joined["certainty_before"].fillna("") == joined["certainty_after"].fillna("")
    )
    old = set(before.read("studies", ["study_id"])["study_id"])
    new = set(after.read("studies", ["study_id"])["study_id"])
    return {
        "verdicts": joined[~same],
        "added": sorted(new - old),
        "removed": sorted(old - new),
    }


def pair_table(frame: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Return the verdicts that differ between two data sets."""
    body = []
    for r in figures.records(frame):
        sides = [
            _said(r[f"verdict_{side}"], r[f"certainty_{side}"])
            if not figures.is_missing(r[f"verdict_{side}"])
            else "not there"
            for side in ("before", "after")
        ]
        body.append([escape(labels.get(r["claim_id"], str(r["claim_id"]))), *sides])
    return table([Head("Claim"), Head("Before", width=230), Head("After", width=230)], body, "Verdicts that differ")  # fmt: skip


def retraction_table(snapshot: Snapshot) -> str:
    """Return reports with a notice, and everything that rests on them."""
    frame = state.rows(snapshot, "retractions")
    kept = frame[~frame["status"].isin(["none", "not checked"])]
    body = []
    for r in figures.records(kept):
        touched = [
            f"{len(r[f'affected_{what}'] or [])} {what}: {escape(', '.join(r[f'affected_{what}'] or [])) or 'none'}"
            for what in ("studies", "reviews", "strata", "claims")
        ]
        notice = marks.record_link(r["notice_id"], None, None)
        body.append(
            [
                f"<code>{marks.text(r['record_id'])}</code>",
                escape(str(r["status"]).replace("_", " ")),
                f"{marks.text(r['reason'], 'no reason given')}<br>{notice}",
                "<br>".join(touched),
                marks.text(r["action"], "none yet"),
            ]
        )
    heads = [Head("Report"), Head("State", width=150), Head("Reason, notice"), Head("What it touches"), Head("What was done")]  # fmt: skip
    return table(heads, body, "Retractions") if body else ""
