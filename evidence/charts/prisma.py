"""PRISMA 2020 flow: can the search be trusted? Every count is a row of ``prisma_counts``.

Boxes carry the names of the PRISMA 2020 statement (Page 2021, doi:10.1136/bmj.n71; the flow by
Haddaway 2022, doi:10.1002/cl2.1230). What a machine left out stands apart; a box without a count
says so and is not drawn as zero.
"""

from __future__ import annotations

import textwrap

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import Ground, stacked

__all__ = ["draw_flow", "flow_table"]

# name of the count: words, column of the figure, row of the figure
BOXES: dict[str, tuple[str, int, int]] = {
    "database_results": ("Records from databases", 0, 0),
    "register_results": ("Records from registers", 0, 0),
    "citations_results": ("Records from lists and citations", 0, 0),
    "website_results": ("Records from websites", 0, 0),
    "organisation_results": ("Records from organisations", 0, 0),
    "previous_studies": ("Studies of the version before", 0, 0),
    "duplicates": ("Duplicates removed", 1, 0),
    "excluded_automatic": ("Left out by machine", 1, 0),
    "excluded_other": ("Removed for other reasons", 1, 0),
    "records_screened": ("Records screened", 0, 1),
    "records_excluded": ("Records excluded", 1, 1),
    "dbr_sought_reports": ("Reports sought", 0, 2),
    "dbr_notretrieved_reports": ("Reports not retrieved", 1, 2),
    "dbr_assessed": ("Reports assessed", 0, 3),
    "dbr_excluded": ("Reports excluded", 1, 3),
    "new_studies": ("Studies included", 0, 4),
    "new_reports": ("Reports of them", 0, 4),
    "total_studies": ("Studies in all", 0, 4),
    "total_reports": ("Reports in all", 0, 4),
}
LINE = 17
LINE_LENGTH = 20
"""Characters that a box holds beside another on a screen of 320 pixels."""
GAP = 26


def flow_table(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of one run and question, in the order of the figure.

    A box that the figure does not know keeps its own name and stands at the end.
    """
    rows = []
    for row in figures.records(counts):
        words, column, place = BOXES.get(str(row["box"]), (str(row["box"]), _side(str(row["box"])), _stage(str(row["stage"]))))  # fmt: skip
        reason = row["reason"]
        rows.append(
            {
                "box": words,
                "n": row["n"],
                "reason": None if reason in {None, "none", ""} or reason != reason else str(reason),
                "stage": row["stage"],
                "column": column,
                "row": place,
            }
        )
    columns = ["box", "n", "reason", "stage", "column", "row"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["row", "column"], kind="stable", ignore_index=True)


def _side(box: str) -> int:
    return 1 if any(word in box for word in ("exclu", "remov", "not ", "duplic")) else 0


def _stage(stage: str) -> int:
    return {"identification": 0, "screening": 1, "eligibility": 3, "included": 4}.get(stage, 3)


def _lines(part: pd.DataFrame) -> list[str]:
    """Return the lines of one box of the figure: each count once, its reasons under it."""
    out = []
    for box, rows in part.groupby("box", sort=False):
        total = int(rows["n"].fillna(0).sum())
        out += _wrapped(f"{box} (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{total:,})")
        for reason, n in zip(rows["reason"], rows["n"], strict=True):
            if isinstance(reason, str):
                out += _wrapped(f"{reason}: {int(n):,}", indent="– ")
    return out


def _wrapped(words: str, indent: str = "") -> list[str]:
    """Return words in lines that a box on a phone holds; a count is not torn from its n."""
    return [
        line.replace("\N{NO-BREAK SPACE}", " ")
        for line in textwrap.wrap(
            words, LINE_LENGTH, initial_indent=indent, subsequent_indent="  " if indent else ""
        )
    ]


def draw_flow(table: pd.DataFrame, ink: Ground) -> alt.LayerChart:
    """Return the flow figure of a table of :func:`flow_table`."""
    boxes, arrows, y = [], [], 0.0
    previous: float | None = None
    for place in sorted(set(table["row"])):
        parts = {c: _lines(table[(table["row"] == place) & (table["column"] == c)]) for c in (0, 1)}
        height = max(len(lines) for lines in parts.values()) * LINE + 16
        for column, lines in parts.items():
            if lines:
                own = len(lines) * LINE + 16
                boxes.append({"x": column * 50.0, "x2": column * 50.0 + 44, "y": y, "y2": y + own, "words": "|".join(lines)})  # fmt: skip
        if parts[0]:
            if previous is not None:
                arrows.append({"x": 22.0, "x2": 22.0, "y": previous, "y2": y})
            previous = y + len(parts[0]) * LINE + 16
            if parts[1]:
                arrows.append({"x": 44.0, "x2": 50.0, "y": y + 16, "y2": y + 16})
        y += height + GAP
    x_scale = alt.Scale(domain=[0, 94], nice=False)
    y_scale = alt.Scale(domain=[max(1.0, y - GAP), 0], nice=False)
    x, y_axis = alt.X("x:Q", scale=x_scale, axis=None), alt.Y("y:Q", scale=y_scale, axis=None)
    frame = pd.DataFrame(boxes, columns=["x", "x2", "y", "y2", "words"])
    layers: list[alt.Chart] = [
        alt.Chart(frame).mark_rect(fill=ink.page, stroke=ink.second, strokeWidth=1.2).encode(x, y_axis, x2="x2", y2="y2"),
        alt.Chart(frame).mark_text(align="left", baseline="top", dx=6, dy=9, fontSize=12.5, lineBreak="|", lineHeight=LINE, color=ink.ink).encode(x, y_axis, text="words:N"),
    ]  # fmt: skip
    if arrows:
        drawn = pd.DataFrame(arrows)
        layers.append(alt.Chart(drawn).mark_rule(color=ink.second, strokeWidth=1.5).encode(x, y_axis, x2="x2", y2="y2"))  # fmt: skip
        down, right = drawn[drawn["x"] == drawn["x2"]], drawn[drawn["y"] == drawn["y2"]]
        for part, shape in ((down, "triangle-down"), (right, "triangle-right")):
            layers.append(alt.Chart(part).mark_point(shape=shape, filled=True, size=60, opacity=1, color=ink.second).encode(alt.X("x2:Q", scale=x_scale, axis=None), alt.Y("y2:Q", scale=y_scale, axis=None)))  # fmt: skip
    return stacked(layers).properties(height=max(60.0, y - GAP))
