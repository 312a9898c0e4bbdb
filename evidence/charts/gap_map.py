"""Gap map: where is nothing? Claims by outcome and comparator; empty cells are drawn.

Size is people, the filled quarters are certainty and the number is studies; none of them means
that a result is important. A click opens exactly the studies of the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import Ground, stacked
from evidence.vocabulary import Certainty, MemberRole

__all__ = ["COMPARATORS", "draw_gaps", "gap_table", "link_of", "makes_up", "quarters"]

COMPARATORS = ("sham", "usual care", "no treatment", "add-on", "active")
PLUSES = {"High": "⊕⊕⊕⊕", "Moderate": "⊕⊕⊕○", "Low": "⊕⊕○○", "Very low": "⊕○○○"}
QUARTERS = (
    "",
    "M0,0L0,-1A1,1,0,0,1,1,0Z",
    "M0,0L0,-1A1,1,0,0,1,0,1Z",
    "M0,0L0,-1A1,1,0,1,1,-1,0Z",
    "M0,-1A1,1,0,1,1,0,1A1,1,0,1,1,0,-1Z",
)
"""A disc filled by quarters, as paths in the unit circle: one a level of certainty."""
BESIDE = (str(MemberRole.OTHER_REVIEW), str(MemberRole.SHOWN))
OWN = (str(MemberRole.POOLED), str(MemberRole.COUNTED))


READ = ("question_id", "stratum_id", "outcome_domain", "comparator_class", "method", "k", "n", "n_favours_i",
        "n_favours_c", "n_null", "n_not_reported", "certainty", "finding")  # fmt: skip
"""What the map needs of a stratum."""


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
        for s in figures.records(strata[list(READ)])
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
                        "stratum_id": None if stratum is None else str(stratum["stratum_id"]),
                        "outcome": outcome,
                        "comparator": comparator,
                        "studies": k,
                        "method": None if stratum is None else str(stratum["method"]),
                        "people": None if stratum is None or figures.is_missing(stratum["n"]) else int(stratum["n"]),
                        "certainty": None if stratum is None or figures.is_missing(stratum["certainty"]) else stratum["certainty"],
                        "finding": None if stratum is None or figures.is_missing(stratum["finding"]) else stratum["finding"],
                    }
                )  # fmt: skip
    columns = ["claim", "claim_id", "stratum_id", "outcome", "comparator", "studies", "method",
               "people", "certainty", "finding"]  # fmt: skip
    return pd.DataFrame(cells, columns=columns)


def _studies(stratum: Mapping[str, object] | None) -> int:
    """Return the studies of a stratum: those of its estimate, else those counted or silent."""
    if stratum is None:
        return 0
    names = ("n_favours_i", "n_favours_c", "n_null")
    counted = sum(int(float(str(stratum[n]))) for n in names if not figures.is_missing(stratum[n]))
    k = 0 if figures.is_missing(stratum["k"]) else int(float(str(stratum["k"])))
    silent = stratum["n_not_reported"]
    return max(k, counted) + (0 if figures.is_missing(silent) else int(float(str(silent))))


def makes_up(members: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a stratum that make up its number of studies.

    Reviews of the same question stand beside them, and so does what is only shown; the index
    review answers itself where no trial is pooled or counted.
    """
    roles = members["role"]
    beside = [*BESIDE, str(MemberRole.INDEX_REVIEW)] if roles.isin(OWN).any() else list(BESIDE)
    return members[~roles.isin(beside)]


def quarters(certainty: figures.Cell) -> int:
    """Return how many quarters of a disc are filled; none where nothing is rated.

    >>> quarters("Moderate")
    3
    """
    return 0 if figures.is_missing(certainty) else Certainty(certainty).level


def link_of(claim_id: str, stratum_id: str) -> str:
    """Return the address of exactly the results of a stratum in the evidence table."""
    return "evidence?" + urlencode({"for_claim": claim_id, "stratum": stratum_id})


def draw_gaps(table: pd.DataFrame, ink: Ground) -> alt.LayerChart:
    """Return the map of a table of :func:`gap_table`."""
    rows = _drawn(table)
    axis: dict[str, Any] = {"labelColor": ink.ink, "labelFontSize": 13, "title": None, "domain": False, "ticks": False, "grid": False}  # fmt: skip
    x = alt.X("column:N", sort=list(dict.fromkeys(rows["column"])), axis=alt.Axis(orient="top", labelAngle=-50, labelLimit=220, **axis))  # fmt: skip
    claims = list(dict.fromkeys(rows["claim"]))
    y = alt.Y("claim:N", sort=claims, axis=alt.Axis(labelLimit=330, **axis))
    tip = [
        alt.Tooltip("claim:N"), alt.Tooltip("outcome:N"), alt.Tooltip("comparator:N"),
        alt.Tooltip("studies:Q"), alt.Tooltip("people_words:N", title="people"),
        alt.Tooltip("pluses:N", title="certainty"), alt.Tooltip("finding:N"),
    ]  # fmt: skip
    nothing, something = rows[rows["studies"] == 0], rows[rows["studies"] > 0]
    most = max([float(s) for s in rows["size"]] + [1.0])
    size = alt.Size("size:Q", scale=alt.Scale(domain=[0, most], range=[90, 760]), legend=None)
    point: dict[str, Any] = {"filled": True, "opacity": 1}
    empty = alt.Chart(nothing).mark_point(shape="square", size=170, filled=False, opacity=1, stroke=ink.rule_strong, strokeDash=[2, 3]).encode(x, y, tooltip=tip)  # fmt: skip
    rings = alt.Chart(something).mark_point(shape="circle", fill=ink.page, stroke=ink.ink, strokeWidth=1.5, **point).encode(x, y, size=size, href="link:N", tooltip=tip)  # fmt: skip
    fills = [
        alt.Chart(something[something["quarters"] == level]).mark_point(shape=path, fill=ink.second, stroke=None, **point).encode(x, y, size=size, href="link:N", tooltip=tip)
        for level, path in enumerate(QUARTERS) if level
    ]  # fmt: skip
    numbers = alt.Chart(something).mark_text(fontSize=13, fontWeight="bold", color=ink.ink, baseline="middle", align="left", dx=17).encode(x, y, text="studies:Q", href="link:N", tooltip=tip)  # fmt: skip
    return stacked([empty, rings, *fills, numbers]).properties(height=36 * max(1, len(claims)))


def _drawn(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with what only the picture needs: places, sizes, words, links."""
    rows = table.copy()
    rows["column"] = [f"{o}, {c}" for o, c in zip(rows["outcome"], rows["comparator"], strict=True)]
    rows["pluses"] = [PLUSES.get(str(c), "not rated") for c in rows["certainty"]]
    rows["quarters"] = [quarters(c) for c in rows["certainty"]]
    rows["size"] = [0.0 if figures.is_missing(p) else float(p) for p in rows["people"]]
    rows["people_words"] = [figures.count(p) for p in rows["people"]]
    rows["link"] = [
        None if r["stratum_id"] is None else link_of(r["claim_id"], r["stratum_id"])
        for r in figures.records(rows)
    ]
    rows["people"] = rows["people"].astype("object").where(rows["people"].notna(), None)
    return rows
