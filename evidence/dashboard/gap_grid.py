"""The gap map as a page shows it: a table of discs that give way on a phone and can be tabbed to.

The numbers are those of ``gap_map.gap_table``; the same table is drawn as a file for print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from evidence.charts import figures, gap_map
from evidence.dashboard import components, reading, state
from evidence.dashboard.navigation import address
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import Certainty, ClaimKind, SynthesisMethod

__all__ = ["GapView", "disc", "grid_html", "legend", "view"]

LEAST, MOST = 12, 34
"""Diameters of a disc, in pixels: nobody known, and the most people of any cell."""


@dataclass(frozen=True, slots=True)
class GapView:
    """The map of one review state and some outcomes, ready to show."""

    table: pd.DataFrame
    n_claims: int
    n_questions: int
    strata: tuple[str, ...]
    """Strata of the decision window of all questions that are asked."""
    html: str
    twin: str


def view(snapshot: Snapshot, picked: str, outcomes: Sequence[str]) -> GapView:
    """Return the map of claims in a review state, made once for all readers."""
    return _view(str(snapshot.folder), snapshot.snapshot_id, picked, tuple(outcomes))


@st.cache_resource(max_entries=8, show_spinner=False)
def _view(folder: str, snapshot_id: str, picked: str, outcomes: tuple[str, ...]) -> GapView:
    """Return the map; the folder and id say of which snapshot."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    rows = [
        row
        for row in reading.in_state(reading.claims(snapshot), picked)
        if row.kind is ClaimKind.EFFICACY
    ]
    strata = state.rows(snapshot, "syntheses", "time_window", *gap_map.READ)
    decision = strata[strata["time_window"] == reading.DECISION]
    asked = _asked(rows)
    table = gap_map.gap_table(decision, asked, list(outcomes))
    ids = [str(s) for s in decision["stratum_id"] if str(s).split(".", maxsplit=1)[0] in asked]
    return GapView(
        table,
        len(rows),
        len(asked),
        tuple(ids),
        legend(table) + grid_html(table, outcomes),
        components.twin_table(table.drop(columns=["claim_id"]), "Gap map"),
    )


def _asked(rows: Sequence[reading.ClaimRow]) -> dict[str, tuple[str, str]]:
    """Return each question: the claims that ask it in words, and the first of them."""
    labels: dict[str, list[str]] = {}
    first: dict[str, reading.ClaimRow] = {}
    for row in rows:
        question = str(row.get("question_id"))
        labels.setdefault(question, []).append(row.label)
        first.setdefault(question, row)
    return {
        question: (f"{', '.join(codes)} {first[question]['statement']}", first[question].claim_id)
        for question, codes in labels.items()
    }


def disc(quarters: int, people: figures.Cell, most: float) -> str:
    """Return a disc: its area is people, its filled quarters are certainty."""
    is_known = not figures.is_missing(people)
    share = min(1.0, float(people) / most) if is_known and most > 0 else 0.0
    width = LEAST + (MOST - LEAST) * share**0.5
    cls = "hb" if is_known else "hb hb-u"
    return f'<i class="{cls}" style="--d:{width:.0f}px;--q:{quarters}" aria-hidden="true"></i>'


def _said(cell: Mapping[str, Any]) -> str:
    """Return a cell in words, its number first."""
    k = int(cell["studies"])
    people = figures.count(cell["people"], "number of people not known")
    unit = "" if figures.is_missing(cell["people"]) else " people"
    rated = (
        "not rated" if figures.is_missing(cell["certainty"]) else f"certainty {cell['certainty']}"
    )
    held = " in a review" if cell["method"] == str(SynthesisMethod.REUSED_REVIEW) else ""
    return f"{k} stud{'y' if k == 1 else 'ies'}{held}, {people}{unit}, {rated}"


def _cell(cell: Mapping[str, Any], most: float) -> str:
    """Return one cell: a disc that leads to its studies, or the drawn emptiness."""
    name = f"{cell['outcome']}, {cell['comparator']}"
    if not cell["studies"]:
        inner = (
            '<span class="gap" title="nothing found"><span class="vw">nothing found</span></span>'
        )
    else:
        said = _said(cell)
        held = "<small>in a review</small>" if cell["method"] == str(SynthesisMethod.REUSED_REVIEW) else ""  # fmt: skip
        inner = (
            f'<a href="{escape(gap_map.link_of(cell["claim_id"], cell["stratum_id"]))}" target="_self" '
            f'aria-label="{escape(said)}: {escape(name)}" title="{escape(said)}">'
            f"{disc(gap_map.quarters(cell['certainty']), cell['people'], most)}"
            f"<b>{int(cell['studies'])}</b>{held}</a>"
        )
    return f'<td data-l="{escape(name)}">{inner}</td>'


def grid_html(table: pd.DataFrame, outcomes: Sequence[str]) -> str:
    """Return the map of a table of ``gap_map.gap_table``, a row a question."""
    known = [float(p) for p in table["people"] if not figures.is_missing(p)]
    most = max([*known, 1.0])
    n = len(gap_map.COMPARATORS)
    over = "".join(
        f'<th scope="colgroup" colspan="{n}" class="go">{escape(o)}</th>' for o in outcomes
    )
    heads = "".join(f'<th scope="col">{escape(c)}</th>' for c in gap_map.COMPARATORS)
    by_claim: dict[str, list[dict[str, Any]]] = {}
    for cell in figures.records(table):
        by_claim.setdefault(str(cell["claim"]), []).append(cell)
    body = []
    for words, part in by_claim.items():
        cells = "".join(_cell(cell, most) for cell in part)
        link = address("claim", claim=str(part[0]["claim_id"]))
        body.append(
            f'<tr><th scope="row"><a href="{link}" target="_self">{escape(words)}</a></th>{cells}</tr>'
        )
    return (
        '<table class="gaps"><caption class="vw">Studies by claim, outcome and comparator</caption>'
        f'<thead><tr><td rowspan="2"></td>{over}</tr><tr>{heads * len(outcomes)}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def legend(table: pd.DataFrame) -> str:
    """Return what disc, quarters, number and square mean."""
    known = [float(p) for p in table["people"] if not figures.is_missing(p)]
    most = max([*known, 1.0])
    levels = [("not rated", 0), *((str(c), c.level) for c in reversed(list(Certainty)))]
    rated = "".join(
        f"<span>{disc(q, most * 0.3, most)} {escape(word)}</span>" for word, q in levels
    )
    sizes = "".join(
        f"<span>{disc(0, n, most)} {figures.count(n)}</span>" for n in (most * 0.05, most) if known
    )
    return (
        f'<div class="gl"><span><b>Filled quarters</b> certainty</span>{rated}</div>'
        f'<div class="gl"><span><b>Size</b> people</span>{sizes}'
        f"<span>{disc(0, None, most)} not known</span>"
        '<span><b>Number</b> studies</span><span><span class="gap"></span> nothing found</span></div>'
    )
