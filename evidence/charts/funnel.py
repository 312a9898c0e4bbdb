"""Funnel plot: are small negative trials missing? Only from 10 studies (Handbook, chapter 13).

Contours show where p would be below 0.1, 0.05 and 0.01, so that gaps where results were not
"significant" can be told from other gaps (Peters 2008, doi:10.1016/j.jclinepi.2007.11.010).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import Ground, stacked

__all__ = ["LEAST", "draw_funnel", "funnel_table"]

LEAST = 10
CONTOURS = ((1.645, "p 0.10"), (1.960, "p 0.05"), (2.576, "p 0.01"))


def funnel_table(members: pd.DataFrame) -> pd.DataFrame:
    """Return the studies of a stratum that have an effect and a standard error."""
    kept = members[
        members["effect"].notna() & members["se"].notna() & (members["role"] == "pooled")
    ]
    columns = ["label", "effect", "se", "n_participants", "risk_of_bias", "result_id"]
    return kept[columns].sort_values("se", ignore_index=True)


def draw_funnel(table: pd.DataFrame, stratum: Mapping[str, Any], ink: Ground) -> alt.LayerChart:
    """Return the funnel of a table of :func:`funnel_table`."""
    top = float(table["se"].max()) * 1.1
    reach = max(2.7 * top, float(table["effect"].abs().max()) * 1.1)
    rows = table.copy()
    rows["link"] = [f"evidence?result={i}" for i in rows["result_id"]]
    rows["n_participants"] = rows["n_participants"].astype("object").where(rows["n_participants"].notna(), None)  # fmt: skip
    axis: dict[str, Any] = {"labelColor": ink.ink, "titleColor": ink.second, "labelFontSize": 13, "titleFontSize": 13,
            "titleFontWeight": "normal", "domainColor": ink.second, "tickColor": ink.second, "grid": False}  # fmt: skip
    x_axis = alt.Axis(title=f"{stratum['unit']}, positive favourable", labelExpr="replace(datum.label, '-', '−')", **axis)  # fmt: skip
    y_axis = alt.Axis(title="standard error, large studies on top", **axis)
    x_scale = alt.Scale(domain=[-reach, reach], nice=False, zero=False)
    y_scale = alt.Scale(domain=[top, 0], nice=False)
    x = alt.X("effect:Q", scale=x_scale, axis=x_axis)
    y = alt.Y("se:Q", scale=y_scale, axis=y_axis)
    lines = pd.DataFrame(
        [
            {"effect": sign * z * se, "se": se, "line": f"{words}{sign}", "words": words}
            for z, words in CONTOURS
            for sign in (-1, 1)
            for se in (0.0, top)
        ]
    )
    layers: list[alt.Chart] = [
        alt.Chart(lines).mark_line(strokeDash=[3, 3], color=ink.third, strokeWidth=1).encode(x, y, detail="line:N"),
        alt.Chart(lines[(lines["se"] > 0) & (lines["effect"] > 0)]).mark_text(align="left", dx=3, dy=-6, fontSize=12, color=ink.second).encode(x, y, text="words:N"),
        alt.Chart(pd.DataFrame({"effect": [0]})).mark_rule(color=ink.second).encode(x),
    ]  # fmt: skip
    if not figures.is_missing(stratum["estimate"]):
        pooled = pd.DataFrame({"effect": [float(stratum["estimate"])]})
        layers.append(alt.Chart(pooled).mark_rule(color=ink.accent, strokeWidth=2).encode(x))
    layers.append(
        alt.Chart(rows).mark_circle(size=80, opacity=1, color=ink.ink, stroke=ink.page).encode(
            x, y, href="link:N",
            tooltip=[alt.Tooltip("label:N", title="study"), alt.Tooltip("effect:Q", format=".2f"), alt.Tooltip("se:Q", title="standard error", format=".2f"), alt.Tooltip("n_participants:Q", title="people")],
        )
    )  # fmt: skip
    return stacked(layers).properties(height=340)
