"""Gap map: where is nothing? Claims by outcome and comparator; empty cells are drawn.

Size is people and the number is studies; neither means that a result is important. A click opens
exactly the studies of the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import Ground, stacked

__all__ = ["draw_gaps", "gap_table"]

COMPARATORS = ("sham", "usual care", "no treatment", "add-on", "active")
PLUSES = {"High": "⊕⊕⊕⊕", "Moderate": "⊕⊕⊕○", "Low": "⊕⊕○○", "Very low": "⊕○○○"}


def gap_table(strata: pd.DataFrame, rows: Mapping[str, tuple[str, str]], outcomes: list[str]) -> pd.DataFrame:  # fmt: skip
    """Return one row a cell, empty ones too.

    Parameters
    ----------
    strata
        Rows of ``syntheses`` in the decision window.
    rows
        Question id to the words of its row and the claim id behind it, in order.
    outcomes
        The outcomes to show, in order.
    """
    by_cell = {
        (str(s["question_id"]), str(s["outcome_domain"]), str(s["comparator_class"])): s
        for s in figures.records(strata)
    }
    cells = []
    for question, (words, claim_id) in rows.items():
        for outcome in outcomes:
            for comparator in COMPARATORS:
                stratum = by_cell.get((question, outcome, comparator))
                k = _studies(stratum)
                cells.append(
                    {
                        "claim": words,
                        "claim_id": claim_id,
                        "outcome": outcome,
                        "comparator": comparator,
                        "studies": k,
                        "people": None if stratum is None or figures.is_missing(stratum["n"]) else int(stratum["n"]),
                        "certainty": None if stratum is None or figures.is_missing(stratum["certainty"]) else stratum["certainty"],
                        "finding": None if stratum is None or figures.is_missing(stratum["finding"]) else stratum["finding"],
                    }
                )  # fmt: skip
    columns = ["claim", "claim_id", "outcome", "comparator", "studies", "people", "certainty", "finding"]  # fmt: skip
    return pd.DataFrame(cells, columns=columns)


def _studies(stratum: Mapping[str, object] | None) -> int:
    """Return the studies of a stratum: those of its estimate, else those counted or silent."""
    if stratum is None:
        return 0
    names = ("n_favours_i", "n_favours_c", "n_null")
    counted = sum(int(str(stratum[n])) for n in names if not figures.is_missing(stratum[n]))
    k = 0 if figures.is_missing(stratum["k"]) else int(str(stratum["k"]))
    silent = stratum["n_not_reported"]
    return max(k, counted) + (0 if figures.is_missing(silent) else int(str(silent)))


def draw_gaps(table: pd.DataFrame, ink: Ground) -> alt.LayerChart:
    """Return the map of a table of :func:`gap_table`."""
    rows = table.copy()
    rows["column"] = [f"{o}, {c}" for o, c in zip(rows["outcome"], rows["comparator"], strict=True)]
    rows["pluses"] = [PLUSES.get(str(c), "not rated") for c in rows["certainty"]]
    rows["size"] = [
        max(0.0, float(p)) if not figures.is_missing(p) else 0.0 for p in rows["people"]
    ]
    rows["link"] = [
        "evidence?" + urlencode({"for_claim": r["claim_id"], "comparator": r["comparator"], "outcome": r["outcome"]})
        for r in figures.records(rows)
    ]  # fmt: skip
    rows["people"] = rows["people"].astype("object").where(rows["people"].notna(), None)
    columns = list(dict.fromkeys(rows["column"]))
    claims = list(dict.fromkeys(rows["claim"]))
    axis: dict[str, Any] = {"labelColor": ink.ink, "labelFontSize": 13, "title": None, "domain": False, "ticks": False, "grid": False}  # fmt: skip
    x = alt.X("column:N", sort=columns, axis=alt.Axis(orient="top", labelAngle=-50, labelLimit=220, **axis))  # fmt: skip
    y = alt.Y("claim:N", sort=claims, axis=alt.Axis(labelLimit=330, **axis))
    tip = [
        alt.Tooltip("claim:N"), alt.Tooltip("outcome:N"), alt.Tooltip("comparator:N"),
        alt.Tooltip("studies:Q"), alt.Tooltip("people:Q", format=",.0f"),
        alt.Tooltip("pluses:N", title="certainty"), alt.Tooltip("finding:N"),
    ]  # fmt: skip
    nothing, something = rows[rows["studies"] == 0], rows[rows["studies"] > 0]
    most = max([float(s) for s in rows["size"]] + [1.0])
    size = alt.Size("size:Q", scale=alt.Scale(domain=[0, most], range=[220, 900]), legend=None)
    empty = alt.Chart(nothing).mark_point(shape="square", size=170, filled=False, opacity=1, stroke=ink.rule_strong, strokeDash=[2, 3]).encode(x, y, tooltip=tip)  # fmt: skip
    discs = alt.Chart(something).mark_point(shape="circle", filled=True, opacity=1, fill=ink.zone, stroke=ink.second).encode(x, y, size=size, href="link:N", tooltip=tip)  # fmt: skip
    numbers = alt.Chart(something).mark_text(fontSize=13, fontWeight="bold", color=ink.ink, baseline="middle").encode(x, y, text="studies:Q", href="link:N", tooltip=tip)  # fmt: skip
    return stacked([empty, discs, numbers]).properties(height=34 * max(1, len(claims)))
