"""Numbers found for a claim on 0 to 100 per cent, one line a source, beside the claimed number.

Sources ask different people about different times; they stand apart and are never averaged.
"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from evidence.charts.palette import Ground, stacked

__all__ = ["COLUMNS", "draw_shares", "shares_table"]

COLUMNS = ["source", "percent", "decides"]
CLAIMED = "#E69F00"
LONGEST = 60


def shares_table(found: Sequence[tuple[str, float, bool]]) -> pd.DataFrame:
    """Return one row a source, the highest number first.

    Parameters
    ----------
    found
        Label, per cent, and whether the number stands in the verdict's sentence.
    """
    frame = pd.DataFrame(found, columns=COLUMNS)
    order = ["percent", "source"]
    return frame.sort_values(order, ascending=[False, True], ignore_index=True, kind="stable")


def draw_shares(table: pd.DataFrame, claimed: float | None, of: str, ink: Ground) -> alt.LayerChart:
    """Return the picture of a table of :func:`shares_table`.

    Parameters
    ----------
    claimed
        The number that the document asserts, in per cent; None where it asserts none.
    of
        Of whom, as printed under the axis.
    """
    rows = table.copy()
    rows["line"] = range(len(rows))
    x_scale = alt.Scale(domain=[0, 100], nice=False, zero=False)
    axis = alt.Axis(
        values=[0, 20, 40, 60, 80, 100], grid=False, title=f"per cent {of}", titleColor=ink.second,
        titleFontWeight="normal", labelFontSize=13, titleFontSize=13, labelColor=ink.ink,
        domainColor=ink.second, tickColor=ink.second,
    )  # fmt: skip
    names = [str(name) for name in rows["source"]]
    y_axis = alt.Axis(
        title=None, domain=False, ticks=False, grid=False, values=list(range(len(rows))),
        labelExpr=_labels(names), labelFontSize=13, labelColor=ink.ink, labelLimit=400,
    )  # fmt: skip
    x = alt.X("percent:Q", scale=x_scale, axis=axis)
    y_scale = alt.Scale(domain=[len(rows) - 0.5, -0.5], nice=False, zero=False)
    y = alt.Y("line:Q", scale=y_scale, axis=y_axis)
    tip = [alt.Tooltip("source", title="source"), alt.Tooltip("percent", title="per cent")]
    start = alt.X2(datum=0)
    layers = [
        alt.Chart(rows).mark_rule(color=ink.rule_strong).encode(x, start, y),
        alt.Chart(rows).transform_filter("datum.decides").mark_point(filled=True, size=110, opacity=1, color=ink.accent).encode(x, y, tooltip=tip),
        alt.Chart(rows).transform_filter("!datum.decides").mark_point(filled=False, size=90, strokeWidth=2, opacity=1, color=ink.ink).encode(x, y, tooltip=tip),
    ]  # fmt: skip
    if claimed is not None:
        mark = pd.DataFrame([{"percent": float(claimed), "said": f"claimed {claimed:g} %"}])
        is_right = claimed > 50
        layers += [
            alt.Chart(mark).mark_rule(strokeWidth=3, color=CLAIMED).encode(x),
            alt.Chart(mark).mark_text(align="right" if is_right else "left", dx=-7 if is_right else 7, dy=-9, baseline="bottom", fontSize=13, color=ink.ink).encode(x, alt.Y(value=0), text="said"),
        ]  # fmt: skip
    drawn: alt.LayerChart = stacked(layers).properties(height=max(60, 26 * len(rows)))
    return drawn


def _labels(names: Sequence[str]) -> str:
    """Return the expression that writes a line's source beside it, cut where it is long."""
    short = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    quoted = ", ".join("'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'" for name in short)
    return f"[{quoted}][datum.value]"
