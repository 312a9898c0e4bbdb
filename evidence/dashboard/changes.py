"""What the page of changes shows: verdicts that moved, two data sets beside each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.dashboard import causes, marks, reading, state
from evidence.dashboard.components import Head, table
from evidence.dashboard.navigation import address
from evidence.pipeline.history import compare_snapshots
from evidence.protocol import Protocol
from evidence.store.snapshots import Snapshot

__all__ = [
    "Difference",
    "Radius",
    "compare",
    "found_studies",
    "move_table",
    "moves",
    "pair_table",
    "radius",
    "radius_html",
    "retraction_table",
    "strata_table",
]

STRATUM_COLUMNS = ("stratum_id", "k", "estimate", "ci_low", "ci_high", "unit")
MOST_ROWS = 200
MOST_FOUND = 40
ONE = {
    "studies": "study",
    "reviews": "review",
    "strata": "stratum",
    "claims": "claim",
    "documents": "document",
}


def moves(versions: pd.DataFrame) -> pd.DataFrame:
    """Return each version of a claim's verdict after its first, newest first.

    Parameters
    ----------
    versions
        Rows of ``verdict_history``.
    """
    ordered = versions.sort_values(["claim_id", "verdict_version"], ignore_index=True)
    before = ordered.groupby("claim_id", sort=False)[["verdict", "certainty"]].shift()
    out = ordered.assign(verdict_before=before["verdict"], certainty_before=before["certainty"])
    later = out[out["verdict_version"] > 1]
    return later.sort_values(["changed_at", "claim_id"], ascending=[False, True], ignore_index=True)


def _said(verdict: Cell, certainty: Cell) -> str:
    return f"{marks.verdict(verdict, 15)}<br><small>certainty {marks.text(certainty, 'not rated')}</small>"


def move_table(
    frame: pd.DataFrame,
    labels: Mapping[str, str],
    deciders: causes.Deciders,
    touched: Mapping[str, frozenset[str]],
) -> str:
    """Return the versions as a table: when, claim, before, after, why.

    Parameters
    ----------
    deciders, touched
        Who decided what between data sets, and the ids that each claim rests on.
    """
    body = [
        [
            f"{marks.day(r['changed_at'])}<br><small>version {int(r['verdict_version'])}</small>",
            escape(labels[r["claim_id"]]),
            _said(r["verdict_before"], r["certainty_before"]),
            _said(r["verdict"], r["certainty"]),
            causes.cause_html(
                r, deciders.behind(r["claim_id"], str(r["changed_at"]), touched[r["claim_id"]])
            ),
        ]
        for r in figures.records(frame)
    ]
    heads = [Head("When", width=140), Head("Claim"), Head("Before", width=190), Head("After", width=190), Head("Why", width=300)]  # fmt: skip
    return table(heads, body, "Verdicts that moved")


@dataclass(frozen=True, slots=True)
class Difference:
    """Two data sets beside each other."""

    verdicts: pd.DataFrame
    """Claims whose verdict or certainty differs, with ``because``."""
    studies_added: Sequence[str]
    studies_removed: Sequence[str]
    strata: pd.DataFrame
    """Strata whose estimate or number of studies differs, or that stand on one side only."""
    records: Mapping[str, Sequence[str]]
    """PMIDs new, changed, retracted, dropped."""


def compare(before: Snapshot, after: Snapshot, protocol: Protocol) -> Difference:
    """Return what differs between two data sets, and why a verdict does."""
    folder = str(after.folder.parent.parent)
    return _compare(folder, before.snapshot_id, after.snapshot_id, protocol.sha256, protocol)


@st.cache_resource(max_entries=16, show_spinner=False)
def _compare(
    folder: str,  # noqa: ARG001 - part of the cache's key
    before_id: str,
    after_id: str,
    protocol_sha256: str,  # noqa: ARG001 - part of the cache's key
    _protocol: Protocol,
) -> Difference:
    before, after = state.snapshot_of(before_id), state.snapshot_of(after_id)
    found = compare_snapshots(before, after, _protocol)
    because = {row["claim_id"]: "; ".join(row["because"]) for row in found["verdicts"]}
    columns = ["claim_id", "verdict", "certainty"]
    verdicts = _differing(before, after, "claim_verdicts", columns)
    return Difference(
        verdicts=verdicts.assign(because=verdicts["claim_id"].map(because)),
        studies_added=found["studies"]["added"],
        studies_removed=found["studies"]["removed"],
        strata=_differing(before, after, "syntheses", list(STRATUM_COLUMNS)),
        records=found["records"],
    )


def _differing(before: Snapshot, after: Snapshot, name: str, columns: list[str]) -> pd.DataFrame:
    """Return the rows of a table that differ in some columns, or stand on one side only."""
    key, *values = columns
    sides = [snapshot.read(name, columns) for snapshot in (before, after)]
    joined = sides[0].merge(sides[1], on=key, how="outer", suffixes=("_before", "_after"))
    differs = pd.Series(False, index=joined.index)
    for value in values:
        one, other = joined[f"{value}_before"], joined[f"{value}_after"]
        is_same = (one == other).fillna(False) | (one.isna() & other.isna())
        differs |= ~is_same.astype(bool)
    return joined[differs].reset_index(drop=True)


def pair_table(frame: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Return the verdicts that differ between two data sets, and why."""
    body = []
    for r in figures.records(frame):
        sides = [
            _said(r[f"verdict_{side}"], r[f"certainty_{side}"])
            if not figures.is_missing(r[f"verdict_{side}"])
            else "not there"
            for side in ("before", "after")
        ]
        why = marks.text(r["because"], "the claim is on one side only").replace("; ", "<br>")
        body.append([escape(labels.get(r["claim_id"], str(r["claim_id"]))), *sides, why])
    heads = [Head("Claim"), Head("Before", width=200), Head("After", width=200), Head("Why", width=260)]  # fmt: skip
    return table(heads, body, "Verdicts that differ")


def strata_table(frame: pd.DataFrame) -> str:
    """Return the strata that differ between two data sets: estimate and studies of each side."""
    body = [
        [
            f"<code>{escape(str(r['stratum_id']))}</code>",
            _stratum(r, "before"),
            _stratum(r, "after"),
        ]
        for r in figures.records(frame.head(MOST_ROWS))
    ]
    heads = [Head("Stratum"), Head("Before", width=280), Head("After", width=280)]
    return table(heads, body, "Strata that differ")


def _stratum(row: Mapping[str, Any], side: str) -> str:
    """Return one side of a stratum."""
    k = row[f"k_{side}"]
    if figures.is_missing(k):
        return "not there"
    unit = row[f"unit_{side}"]
    point, low, high = (row[f"{name}_{side}"] for name in ("estimate", "ci_low", "ci_high"))
    said = figures.effect(point, low, high, figures.decimals(unit))
    effect = f"{said} {marks.text(unit)}" if said else "no estimate"
    return f"{effect}<br><small>{int(k)} stud{'ies' if int(k) != 1 else 'y'}</small>"


@dataclass(frozen=True, slots=True)
class Radius:
    """What rests on some studies."""

    studies: Sequence[str]
    reviews: Sequence[str]
    strata: Sequence[str]
    claims: Sequence[str]
    documents: Sequence[str]


def radius(snapshot: Snapshot, studies: Collection[str]) -> Radius:
    """Return everything that would be touched if studies were taken out."""
    wanted = list(studies)
    members = state.rows(snapshot, "stratum_members", "stratum_id", "study_id")
    strata = set(members.loc[members["study_id"].isin(wanted), "stratum_id"])
    matrix = state.rows(snapshot, "review_study_matrix", "review_id", "study_id")
    verdicts = state.rows(snapshot, "claim_verdicts", "claim_id", "stratum_ids")
    claims = [
        str(claim)
        for claim, ids in zip(verdicts["claim_id"], verdicts["stratum_ids"], strict=True)
        if isinstance(ids, list) and not strata.isdisjoint(ids)
    ]
    return Radius(
        studies=sorted(wanted),
        reviews=sorted(set(matrix.loc[matrix["study_id"].isin(wanted), "review_id"])),
        strata=sorted(strata),
        claims=sorted(claims),
        documents=documents_of(snapshot, claims),
    )


def documents_of(snapshot: Snapshot, claims: Collection[str]) -> list[str]:
    """Return the documents in which claims stand."""
    of_claim = {row.claim_id: str(row["document_id"]) for row in reading.claims(snapshot)}
    return sorted({of_claim[claim] for claim in claims if claim in of_claim})


def radius_html(found: Radius, labels: Mapping[str, str]) -> str:
    """Return what is touched, a line a kind: how many, and which."""
    named = {
        "studies": [f"<code>{escape(i)}</code>" for i in found.studies],
        "reviews": [f"<code>{escape(i)}</code>" for i in found.reviews],
        "strata": [f"<code>{escape(i)}</code>" for i in found.strata],
        "claims": [
            f'<a href="{escape(address("claim", claim=i))}" target="_self">{escape(labels.get(i, i))}</a>'
            for i in found.claims
        ],
        "documents": [f"<code>{escape(i)}</code>" for i in found.documents],
    }
    lines = [
        f"<dt>{len(items)} {kind if len(items) != 1 else ONE[kind]}</dt>"
        f"<dd>{', '.join(items[:MOST_ROWS]) or 'none'}</dd>"
        for kind, items in named.items()
    ]
    return f'<dl class="pairs">{"".join(lines)}</dl>'


def retraction_table(snapshot: Snapshot, labels: Mapping[str, str]) -> str:
    """Return reports with a notice, and everything that rests on them."""
    frame = state.rows(snapshot, "retractions")
    kept = frame[~frame["status"].isin(["none", "not checked"])]
    body = []
    for r in figures.records(kept.head(MOST_ROWS)):
        lists = {
            what: list(r[f"affected_{what}"]) if isinstance(r[f"affected_{what}"], list) else []
            for what in ("studies", "reviews", "strata", "claims")
        }
        found = Radius(**lists, documents=documents_of(snapshot, lists["claims"]))
        notice = (
            marks.record_link(r["notice_id"], None, None)
            if not figures.is_missing(r["notice_id"])
            else "no notice known"
        )
        dated = (
            f", {marks.day(r['notice_date'])}" if not figures.is_missing(r["notice_date"]) else ""
        )
        body.append(
            [
                f"<code>{marks.text(r['record_id'])}</code>",
                escape(str(r["status"]).replace("_", " ")),
                f"{marks.text(r['reason'], 'no reason given')}<br>{notice}{dated}",
                radius_html(found, labels),
                marks.text(r["action"], "none yet"),
            ]
        )
    heads = [Head("Report", width=150), Head("State", width=120), Head("Reason, notice", width=190), Head("What it touches"), Head("What was done", width=150)]  # fmt: skip
    more = len(kept) - MOST_ROWS
    note = f'<div class="note">and {more:,} more in the download</div>' if more > 0 else ""
    return table(heads, body, "Retractions") + note if body else ""


def found_studies(snapshot: Snapshot, words: str) -> pd.DataFrame:
    """Return studies of some stratum or review whose id, label, title, PMID or DOI holds words."""
    frame = reading.studies_of(snapshot)
    used = set(state.rows(snapshot, "stratum_members", "study_id")["study_id"])
    used |= set(state.rows(snapshot, "review_study_matrix", "study_id")["study_id"])
    frame = frame[frame.index.isin(used)]
    hit = pd.Series(False, index=frame.index)
    for column in ("study_id", "label", "title", "pmid", "doi"):
        hit |= frame[column].astype("string").str.contains(words.strip(), case=False, regex=False).fillna(False).astype(bool)  # fmt: skip
    return frame[hit].head(MOST_FOUND)
