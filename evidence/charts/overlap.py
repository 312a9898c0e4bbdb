"""Overlap of reviews: how far two of them rest on the same trials.

The corrected covered area of each pair stands in its cell (Pieper 2014,
doi:10.1016/j.jclinepi.2013.11.007); the numbers are those of ``review_overlap``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from evidence.charts.palette import Ground, stacked

__all__ = ["draw_overlap", "overlap_table"]

MIDDLE = 0.5


def overlap_table(overlap: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return one row a pair of reviews: shared trials, all trials, corrected covered area."""
    out = overlap[["review_a", "review_b", "shared", "union", "cca_pairwise"]].copy()
    out["review_a"] = [labels.get(str(r), str(r)) for r in out["review_a"]]
    out["review_b"] = [labels.get(str(r), str(r)) for r in out["review_b"]]
    return out.reset_index(drop=True)


def draw_overlap(table: pd.DataFrame, ink: Ground) -> alt.LayerChart:
    """Return the heat map of a table of :func:`overlap_table`; an empty cell is no overlap known."""
    order = sorted({*table["review_a"], *table["review_b"]})
    axis: dict[str, Any] = {"labelColor": ink.ink, "labelFontSize": 13, "title": None, "labelLimit": 180, "domain": False, "ticks": False}  # fmt: skip
    rows = table.copy()
    rows["percent"] = rows["cca_pairwise"] * 100
    rows["said"] = [
        f"{shared} of {union}" for shared, union in zip(rows["shared"], rows["union"], strict=True)
    ]
    x = alt.X("review_b:N", sort=order, axis=alt.Axis(orient="top", labelAngle=-40, **axis))
    y = alt.Y("review_a:N", sort=order, axis=alt.Axis(**axis))
    tip = [alt.Tooltip("review_a:N", title="review"), alt.Tooltip("review_b:N", title="and"), alt.Tooltip("said:N", title="shared trials"), alt.Tooltip("percent:Q", title="CCA, %", format=".0f")]  # fmt: skip
    colour = alt.Color(
        "cca_pairwise:Q", scale=alt.Scale(domain=[0, 1], range=[ink.zone, ink.accent]), legend=None
    )
    cells = (
        alt.Chart(rows).mark_rect(stroke=ink.rule_strong).encode(x, y, color=colour, tooltip=tip)
    )
    words = alt.Chart(rows).mark_text(fontSize=13).encode(
        x, y, text=alt.Text("percent:Q", format=".0f"),
        color=alt.condition(alt.datum.cca_pairwise > MIDDLE, alt.value(ink.page), alt.value(ink.ink)),
    )  # fmt: skip
    return stacked([cells, words]).properties(height=32 * max(2, len(order)))
