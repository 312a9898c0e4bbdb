"""Timeline: what changed, when, and why: a mark is a version of a claim's verdict.

Shape and word carry the verdict, colour only repeats them; the line behind a mark is the time for
which that version stood.
"""

from __future__ import annotations

from typing import Any, Literal

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
    VerdictWord.INSUFFICIENT: "wedge",
    VerdictWord.NO_ELIGIBLE: "triangle-left",
    VerdictWord.NOT_TESTABLE: "triangle-right",
}
ROW = 62
"""Pixels a claim: its name, its marks, and their words."""
WORD_SHARE = 0.3
"""Of the time shown: a mark whose successor is nearer goes without its word."""

SHORT_DAYS = 4
WORD_PLACES: tuple[tuple[str, Literal["left", "right"], int], ...] = (
    ("right", "left", -8),
    ("left", "right", 8),
)
"""On which side of its mark a word stands, how it is aligned, and by how much it is moved."""


def timeline_table(
    versions: pd.DataFrame, labels: dict[str, str], until: str | None = None
) -> pd.DataFrame:
    """Return one row a version of each claim's verdict, in the order of the claims.

    Parameters
    ----------
    versions
        Rows of ``verdict_history``.
    labels
        Claim to its name; other claims are left out.
    until
        When the newest data set was written: the last version stands until then.
    """
    kept = versions[versions["claim_id"].isin(list(labels))].copy()
    order = {claim: place for place, claim in enumerate(labels)}
    kept["place"] = [order[str(c)] for c in kept["claim_id"]]
    kept = kept.sort_values(["place", "verdict_version"], kind="stable", ignore_index=True)
    following = kept.groupby("claim_id", sort=False)["changed_at"].shift(-1)
    return pd.DataFrame(
        {
            "claim": [labels[str(c)] for c in kept["claim_id"]],
            "version": kept["verdict_version"],
            "changed_at": kept["changed_at"],
            "stands_until": following.where(following.notna(), until or kept["changed_at"]),
            "verdict": kept["verdict"],
            "certainty": kept["certainty"],
            "because": kept["trigger"],
            "studies_added": [_n(cell) for cell in kept["studies_added"]],
            "studies_removed": [_n(cell) for cell in kept["studies_removed"]],
        }
    )


def _n(cell: Any) -> int:  # noqa: ANN401 - a list or nothing
    return len(cell) if isinstance(cell, list) else 0


def _drawn(table: pd.DataFrame, *, is_dark: bool) -> pd.DataFrame:
    """Return the table with inks, and where each word stands: right, left, or nowhere."""
    rows = table.copy()
    looks = [VERDICT_LOOK[VerdictWord(w)] for w in rows["verdict"]]
    rows["ink"] = [look.dark if is_dark else look.light for look in looks]
    at, until = (pd.to_datetime(rows[c], utc=True) for c in ("changed_at", "stands_until"))
    first, last = at.min(), until.max()
    span = max((last - first).total_seconds(), 1.0) if len(rows) else 1.0
    room = (until - at).dt.total_seconds() / span
    is_last = ~rows["claim"].duplicated(keep="last")
    is_right = (at - first).dt.total_seconds() / span > 1 - WORD_SHARE
    rows["side"] = ["left" if right else "right" for right in is_right]
    shown = is_last | (room >= WORD_SHARE)
    rows["word"] = rows["verdict"].where(shown, "")
    return rows


def _day_format(rows: pd.DataFrame) -> str:
    """Return how days are written under the time; within a few days the hours are told too."""
    at, until = (pd.to_datetime(rows[c], utc=True) for c in ("changed_at", "stands_until"))
    is_short = len(rows) > 0 and (until.max() - at.min()).days < SHORT_DAYS
    return "%-d %b, %H:%M" if is_short else "%-d %b %Y"


def draw_timeline(table: pd.DataFrame, ink: Ground, *, is_dark: bool = False) -> alt.LayerChart:
    """Return the timeline of a table of :func:`timeline_table`."""
    rows = _drawn(table, is_dark=is_dark)
    claims = list(dict.fromkeys(rows["claim"]))
    axis: dict[str, Any] = {"labelColor": ink.ink, "labelFontSize": 13, "title": None, "grid": False, "domainColor": ink.second}  # fmt: skip
    x = alt.X(
        "changed_at:T",
        axis=alt.Axis(format=_day_format(rows), tickCount=4, labelOverlap=True, **axis),
    )
    y = alt.Y("claim:N", sort=claims, axis=None)
    colour = alt.Color("ink:N", scale=None)
    shape = alt.Shape("verdict:N", scale=alt.Scale(domain=[str(w) for w in SHAPES], range=list(SHAPES.values())), legend=None)  # fmt: skip
    names = [
        "claim",
        "version",
        "verdict",
        "certainty",
        "because",
        "studies_added",
        "studies_removed",
    ]
    tip = [alt.Tooltip(name, title=name.replace("_", " ")) for name in names]
    base = alt.Chart(rows)
    layers = [
        base.mark_rule(strokeWidth=2, opacity=0.55).encode(x, y, x2="stands_until:T", color=colour),
        base.mark_point(size=120, filled=True, opacity=1).encode(x, y, shape=shape, color=colour, tooltip=tip),
        alt.Chart(rows.drop_duplicates("claim")).mark_text(
            align="left", baseline="middle", dy=-22, fontSize=13, color=ink.ink,
            limit=alt.ExprRef(expr="width"),
        ).encode(x=alt.value(0), y=y, text="claim:N"),
    ]  # fmt: skip
    for side, align, dx in WORD_PLACES:
        part = rows[(rows["side"] == side) & (rows["word"] != "")]
        if len(part):
            layers.append(
                alt.Chart(part)
                .mark_text(align=align, dx=dx, dy=17, fontSize=12, baseline="middle")
                .encode(x, y, text="word:N", color=colour)
            )
    return stacked(layers).properties(height=ROW * max(1, len(claims)))
