"""Comparator strip: specific against overall effect, one lane a comparator on one axis.

Sham answers for the treatment itself, usual care and no treatment for the whole encounter: they
stand apart and are never averaged. The numbers are those of ``syntheses``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import Ground, stacked

__all__ = ["draw_strip", "strip_table"]

COLUMNS = ["comparator", "estimate", "ci_low", "ci_high", "k", "n", "in_favour", "known",
           "not_reported", "method", "stratum_id"]  # fmt: skip


def strip_table(strata: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Return one row a comparator of ``syntheses`` (one outcome, one window), in order."""
    rows = []
    for comparator in order:
        part = strata[strata["comparator_class"] == comparator]
        for row in figures.records(part):
            counts = [row[name] for name in ("n_favours_i", "n_favours_c", "n_null")]
            known = sum(int(value) for value in counts if not figures.is_missing(value))
            rows.append(
                {
                    "comparator": comparator,
                    "estimate": row["estimate"],
                    "ci_low": row["ci_low"],
                    "ci_high": row["ci_high"],
                    "k": row["k"],
                    "n": row["n"],
                    "in_favour": row["n_favours_i"],
                    "known": known,
                    "not_reported": row["n_not_reported"],
                    "method": row["method"],
                    "stratum_id": row["stratum_id"],
                }
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def draw_strip(table: pd.DataFrame, unit: str, mid: float, ink: Ground) -> alt.LayerChart:
    """Return the strip of a table of :func:`strip_table`."""
    places = figures.decimals(unit)
    rows = table.reset_index(drop=True).copy()
    rows["y"] = range(len(rows))
    low, high = -1.5 * mid, 3.5 * mid
    rows["from"] = [
        max(low, float(x)) if not figures.is_missing(x) else None for x in rows["ci_low"]
    ]
    rows["to"] = [
        min(high, float(x)) if not figures.is_missing(x) else None for x in rows["ci_high"]
    ]
    x_scale = alt.Scale(domain=[low, high], nice=False, zero=False, clamp=True)
    y_scale = alt.Scale(domain=[len(rows) - 0.5, -0.5], nice=False, zero=False)
    right = [_said(row, places) for row in figures.records(rows)]

    def words(lines: list[str], orient: Literal["left", "right"]) -> alt.Axis:
        return alt.Axis(
            orient=orient, values=list(range(len(lines))), domain=False, ticks=False, grid=False,
            labelExpr=f"split({json.dumps(lines)}[datum.value], '|')", labelFontSize=13,
            labelLineHeight=16, labelPadding=10, labelLimit=230, labelColor=ink.ink,
            labelBaseline="middle",
        )  # fmt: skip

    axis = alt.Axis(
        values=[mid * step for step in (-1, 0, 1, 2, 3)], grid=False, labelColor=ink.ink,
        title=f"{unit} in favour", titleColor=ink.second, titleFontWeight="normal",
        labelExpr="replace(datum.label, '-', '−')", labelFontSize=13, titleFontSize=13,
        domainColor=ink.second, tickColor=ink.second,
    )  # fmt: skip
    sized = rows[rows["estimate"].notna()]
    band = pd.DataFrame([{"a": -mid, "b": mid}])
    lines = pd.DataFrame({"a": [-mid, mid]})
    x = alt.X("a:Q", scale=x_scale, axis=axis)
    layers = [
        alt.Chart(band).mark_rect(color=ink.zone).encode(x, x2="b"),
        alt.Chart(lines).mark_rule(strokeDash=[4, 3], color=ink.third).encode(x),
        alt.Chart(pd.DataFrame({"a": [0]})).mark_rule(color=ink.second).encode(x),
        alt.Chart(rows).mark_point(opacity=0).encode(alt.X(datum=0, type="quantitative", scale=x_scale, axis=axis), alt.Y("y:Q", scale=y_scale, axis=words([str(c) for c in rows["comparator"]], "left"), title=None)),
        alt.Chart(rows).mark_point(opacity=0).encode(alt.X(datum=0, type="quantitative", scale=x_scale, axis=axis), alt.Y("y:Q", scale=y_scale, axis=words(right, "right"), title=None)),
        alt.Chart(sized).mark_rule(strokeWidth=3, color=ink.ink).encode(alt.X("from:Q", scale=x_scale, axis=axis), alt.Y("y:Q", scale=y_scale, axis=None), x2="to"),
        alt.Chart(sized).mark_circle(size=150, opacity=1, color=ink.ink).encode(alt.X("estimate:Q", scale=x_scale, axis=axis), alt.Y("y:Q", scale=y_scale, axis=None)),
    ]  # fmt: skip
    drawn: alt.LayerChart = (
        stacked(layers).resolve_scale(y="independent").properties(height=46 * max(1, len(rows)))
    )
    return drawn


def _said(row: dict[str, object], places: int) -> str:
    """Return a lane's numbers in two lines."""
    effect = figures.effect(row["estimate"], row["ci_low"], row["ci_high"], places)  # type: ignore[arg-type]
    if effect:
        return f"{effect}|{figures.count(row['k'], '0')} studies, {figures.count(row['n'])} people"  # type: ignore[arg-type]
    if row["known"]:
        return f"{row['in_favour']} of {row['known']} in favour|no size"
    return "no study" if not row["not_reported"] else "direction not reported"
