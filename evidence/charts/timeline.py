"""Timeline: what changed, when, and from what to what.

A mark is a verdict of a claim in a data set. Shape and word carry the verdict; the line between two
marks is drawn only where the verdict stayed the same.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from evidence.charts.palette import VERDICT_LOOK, Ground, stacked
from evidence.vocabulary import VerdictWord

__all__ = ["SHAPES", "draw_timeline", "timeline_table"]

SHAPES = {
    VerdictWord.SUPPORTED: "circle",
    VerdictWord.SUPPORTED_WITH_LIMITS: "diamond",
    VerdictWord.OVERSTATED: "triangle-up",
    VerdictWord.UNDERSTATED: "triangle-down",
    VerdictWord.CONTRADICTED: "square",
    VerdictWord.CONFLICTING: "cross",
    VerdictWord.INSUFFICIENT: "stroke",
    VerdictWord.NO_ELIGIBLE: "triangle-left",
    VerdictWord.NOT_TESTABLE: "triangle-right",
}


def timeline_table(history: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Return one row a claim and data set, in time order.

    ``history`` holds claim_id, verdict, certainty, snapshot_id and written_at, oldest first.
    """
    kept = history[history["claim_id"].isin(list(labels))].copy()
    kept["claim"] = [labels[str(c)] for c in kept["claim_id"]]
    return kept[["claim", "written_at", "verdict", "certainty", "snapshot_id"]].reset_index(
        drop=True
    )


def draw_timeline(table: pd.DataFrame, ink: Ground, *, is_dark: bool = False) -> alt.LayerChart:
    """Return the timeline of a table of :func:`timeline_table`."""
    rows = table.copy()
    rows["ink"] = [
        VERDICT_LOOK[VerdictWord(w)].dark if is_dark else VERDICT_LOOK[VerdictWord(w)].light
        for w in rows["verdict"]
    ]
    claims = list(dict.fromkeys(rows["claim"]))
    axis: dict[str, Any] = {"labelColor": ink.ink, "titleColor": ink.second, "labelFontSize": 13, "title": None, "grid": False, "domainColor": ink.second}  # fmt: skip
    x = alt.X("written_at:T", axis=alt.Axis(format="%-d %b %Y", tickCount=5, **axis))
    y = alt.Y("claim:N", sort=claims, axis=alt.Axis(labelLimit=260, ticks=False, domain=False, **{k: v for k, v in axis.items() if k != "domainColor"}))  # fmt: skip
    shape = alt.Shape("verdict:N", scale=alt.Scale(domain=[str(w) for w in SHAPES], range=list(SHAPES.values())), legend=None)  # fmt: skip
    tip = [alt.Tooltip("claim:N"), alt.Tooltip("verdict:N"), alt.Tooltip("certainty:N"), alt.Tooltip("snapshot_id:N", title="data set")]  # fmt: skip
    points = alt.Chart(rows).mark_point(size=120, filled=True, opacity=1).encode(
        x, y, shape=shape, color=alt.Color("ink:N", scale=None), tooltip=tip
    )  # fmt: skip
    words = alt.Chart(rows).mark_text(align="left", dx=10, fontSize=12, baseline="middle").encode(
        x, y, text="verdict:N", color=alt.Color("ink:N", scale=None)
    )  # fmt: skip
    return stacked([points, words]).properties(height=30 * max(1, len(claims)))
