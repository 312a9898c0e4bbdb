"""Harvest plot: which way studies point where nothing can be pooled (SWiM, BMJ 2020;368:l6890).

Height is people, fill and letter are risk of bias, and the column "direction not reported" is
never hidden. Each bar is one row of ``stratum_members``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import RISK_FILL, RISK_LETTER, Ground, stacked
from evidence.vocabulary import Direction, DirectionSource, ReportedTest, RiskOfBias

__all__ = ["COLUMNS", "TESTED", "draw_harvest", "harvest_table", "tested_table"]

COLUMNS = {
    Direction.FAVOURS_COMPARATOR: "against",
    Direction.NULL: "exactly no difference",
    Direction.FAVOURS_INTERVENTION: "in favour",
    Direction.NOT_REPORTED: "not reported",
}
TESTED = {
    Direction.FAVOURS_COMPARATOR: "the other way",
    Direction.NULL: "no clear difference",
    Direction.FAVOURS_INTERVENTION: "found it",
    Direction.NOT_REPORTED: "no test reported",
}
"""Columns where the source's own test decides: mechanisms, doctrines, associations."""
SIDE_OF_TEST = {
    ReportedTest.FAVOURS_INTERVENTION: Direction.FAVOURS_INTERVENTION,
    ReportedTest.HIGHER_RISK: Direction.FAVOURS_INTERVENTION,
    ReportedTest.FAVOURS_COMPARATOR: Direction.FAVOURS_COMPARATOR,
    ReportedTest.LOWER_RISK: Direction.FAVOURS_COMPARATOR,
    ReportedTest.NO_CLEAR_DIFFERENCE: Direction.NULL,
    ReportedTest.NO_ASSOCIATION: Direction.NULL,
}
LEAST_SLOTS = 3
NOWHERE: Mapping[str, str] = {}
READ = ("label", "direction", "direction_source", "n_participants", "risk_of_bias", "result_id")


def harvest_table(members: pd.DataFrame) -> pd.DataFrame:
    """Return one row a study of a stratum: direction, people, risk of bias."""
    kept = members.drop_duplicates("study_id")
    rows = [
        {
            "label": row["label"],
            "direction": row["direction"] if not figures.is_missing(row["direction"]) else str(Direction.NOT_REPORTED),
            "in_words": row["direction_source"] == str(DirectionSource.WORDS),
            "people": row["n_participants"],
            "risk_of_bias": row["risk_of_bias"] if not figures.is_missing(row["risk_of_bias"]) else str(RiskOfBias.NOT_ASSESSED),
            "result_id": row["result_id"],
        }
        for row in figures.records(kept[list(READ)])
    ]  # fmt: skip
    columns = ["label", "direction", "in_words", "people", "risk_of_bias", "result_id"]
    return pd.DataFrame(rows, columns=columns)


def tested_table(members: pd.DataFrame, tests: Mapping[str, object]) -> pd.DataFrame:
    """Return one row a result of a stratum, by the source's own test.

    ``tests`` gives the ``reported_test`` of each result id.
    """
    found = [tests.get(str(result_id)) for result_id in members["result_id"]]
    silent = str(Direction.NOT_REPORTED)
    sides = [
        silent if figures.is_missing(test) else str(SIDE_OF_TEST[ReportedTest(str(test))])
        for test in found
    ]
    return pd.DataFrame(
        {
            "label": list(members["label"]),
            "direction": sides,
            "in_words": False,
            "people": list(members["n_participants"]),
            "risk_of_bias": list(members["risk_of_bias"].fillna(str(RiskOfBias.NOT_ASSESSED))),
            "result_id": list(members["result_id"]),
        }
    )


def draw_harvest(table: pd.DataFrame, ink: Ground, *, is_dark: bool = False, names: Mapping[Direction, str] = COLUMNS, noun: tuple[str, str] = ("study", "studies"), sources: Mapping[str, str] = NOWHERE) -> alt.LayerChart:  # fmt: skip
    """Return the harvest plot of a table of :func:`harvest_table` or :func:`tested_table`.

    ``sources`` says, by result id, where a study is recorded; a pointer shows it.
    """
    rows, groups = _placed(table, names, noun, is_dark=is_dark)
    rows["record"] = [sources.get(str(result_id), "") for result_id in rows["result_id"]]
    width = float(groups["end"].max())
    most = max([float(p) for p in table["people"] if not figures.is_missing(p)] + [1.0])
    x = alt.Scale(domain=[0, width], nice=False, zero=False)
    y = alt.Scale(domain=[0, most * 1.25], nice=False)
    tip = [
        alt.Tooltip("label:N", title="study"),
        alt.Tooltip("people_words:N", title="people"),
        alt.Tooltip("side:N", title="direction"),
        alt.Tooltip("risk_of_bias:N", title="risk of bias"),
        alt.Tooltip("source:N", title="taken from"),
        alt.Tooltip("record:N", title="source"),
    ]
    bars = alt.Chart(rows).mark_bar(strokeWidth=1.5).encode(
        alt.X("from:Q", scale=x, axis=None),
        alt.Y("height:Q", scale=y, axis=None),
        x2="to",
        y2=alt.datum(0),
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.value(ink.second),
        strokeDash=alt.StrokeDash("dash:N", scale=alt.Scale(domain=["known", "unknown"], range=[[1, 0], [3, 3]]), legend=None),
        href=alt.Href("link:N"),
        tooltip=tip,
    )  # fmt: skip
    style: dict[str, Any] = {"fontSize": 13, "baseline": "bottom"}
    letters = alt.Chart(rows).mark_text(dy=-3, color=ink.ink, fontWeight="bold", **style).encode(
        alt.X("middle:Q", scale=x, axis=None), alt.Y("height:Q", scale=y), text="letter:N", tooltip=tip
    )  # fmt: skip
    floor = alt.Chart(groups).mark_rule(color=ink.second).encode(
        alt.X("start:Q", scale=x, axis=None), x2="stop", y=alt.datum(0)
    )  # fmt: skip
    words = alt.Chart(groups).mark_text(
        align="left", baseline="top", dy=8, fontSize=13, lineBreak="|", lineHeight=17, color=ink.ink
    ).encode(alt.X("start:Q", scale=x, axis=None), y=alt.datum(0), text="name:N")  # fmt: skip
    layers = [bars, letters, floor, words]
    return stacked(layers).properties(
        height=170, padding={"left": 2, "right": 2, "top": 4, "bottom": 48}
    )


def _taken_from(row: Mapping[str, Any], *, is_tested: bool) -> str:
    """Return from what the side of a result was taken."""
    if row["direction"] == str(Direction.NOT_REPORTED):
        return "nothing: none is reported"
    if is_tested:
        return "its own test"
    return "words only" if row["in_words"] else "a number"


def _placed(table: pd.DataFrame, names: Mapping[Direction, str], noun: tuple[str, str], *, is_dark: bool) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Return bars with their places, and the columns with their names."""
    bars, groups, at = [], [], 0.0
    people_known = [float(p) for p in table["people"] if not figures.is_missing(p)]
    least = max([*people_known, 1.0]) * 0.06
    for direction, words in names.items():
        part = table[table["direction"] == str(direction)].sort_values(["people", "label"], ascending=[False, True])  # fmt: skip
        slots = max(LEAST_SLOTS, len(part))
        for position, row in enumerate(figures.records(part)):
            risk = RiskOfBias(row["risk_of_bias"])
            is_known = not figures.is_missing(row["people"])
            bars.append(
                row
                | {
                    "from": at + position + 0.12,
                    "to": at + position + 0.88,
                    "middle": at + position + 0.5,
                    "height": max(least, float(row["people"])) if is_known else least,
                    "dash": "known" if is_known else "unknown",
                    "people": float(row["people"]) if is_known else None,
                    "people_words": figures.count(row["people"]),
                    "fill": RISK_FILL[risk][int(is_dark)],
                    "letter": RISK_LETTER[risk],
                    "side": words,
                    "source": _taken_from(row, is_tested=names is TESTED),
                    "link": f"evidence?result={row['result_id']}",
                }
            )
        n = len(part)
        groups.append(
            {
                "start": at + 0.06,
                "stop": at + slots - 0.06,
                "end": at + slots + 0.6,
                "name": f"{words}|{n} {noun[n != 1]}",
            }
        )
        at += slots + 0.6
    columns = ["from", "to", "middle", "height", "dash", "people", "people_words", "fill", "letter",
               "side", "source", "link", "label", "direction", "risk_of_bias", "result_id"]  # fmt: skip
    return pd.DataFrame(bars, columns=columns), pd.DataFrame(groups)
