"""Forest plot: how large the effects are, and how much they differ.

Every number drawn is a cell of the table that :func:`forest_table` returns, and that table holds
cells of ``syntheses`` and ``stratum_members`` unchanged: plot, twin and export cannot drift apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import RISK_FILL, RISK_LETTER, Ground, stacked
from evidence.vocabulary import MemberRole, RiskOfBias, SynthesisMethod

__all__ = ["draw_forest", "forest_table"]

STUDY = "study"
ESTIMATE = "estimate"
PREDICTION = "prediction"
ROW_HEIGHT = 44
NOWHERE: Mapping[str, str] = {}
TRIALS = (MemberRole.POOLED, MemberRole.IN_REVIEW, MemberRole.SINCE_REVIEW, MemberRole.COUNTED,
          MemberRole.SHOWN)  # fmt: skip
REVIEWS = (MemberRole.INDEX_REVIEW, MemberRole.OTHER_REVIEW)
ESTIMATE_WORDS = {
    SynthesisMethod.POOLED: "All studies pooled",
    SynthesisMethod.REUSED_REVIEW: "Index review",
}


def forest_table(stratum: Mapping[str, Any], members: pd.DataFrame) -> pd.DataFrame:
    """Return what a forest plot shows, a row a line: studies, reviews, estimate, prediction.

    Parameters
    ----------
    stratum
        One row of ``syntheses``.
    members
        Its rows of ``stratum_members``, on the stratum's unit.
    """
    has_size = members[members["effect"].notna() & members["ci_low"].notna()]
    has_size = has_size[has_size["unit"] == stratum["unit"]]
    rows = []
    for roles in (TRIALS, REVIEWS):
        part = has_size[has_size["role"].isin([str(role) for role in roles])]
        part = part.sort_values(["weight_percent", "label"], ascending=[False, True])
        rows += [_member_row(member) for member in figures.records(part)]
    method = SynthesisMethod(stratum["method"])
    if method in ESTIMATE_WORDS and not figures.is_missing(stratum["estimate"]):
        rows.append(
            {
                "label": ESTIMATE_WORDS[method],
                "part": ESTIMATE,
                "role": str(method),
                "people": stratum["n"],
                "effect": stratum["estimate"],
                "ci_low": stratum["ci_low"],
                "ci_high": stratum["ci_high"],
            }
        )
    if not figures.is_missing(stratum["prediction_low"]):
        rows.append(
            {
                "label": "The next study",
                "part": PREDICTION,
                "role": "95 % prediction interval",
                "ci_low": stratum["prediction_low"],
                "ci_high": stratum["prediction_high"],
            }
        )
    columns = ["label", "part", "role", "people", "effect", "ci_low", "ci_high", "weight_percent",
               "risk_of_bias", "result_id"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _member_row(member: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": member["label"],
        "part": STUDY,
        "role": member["role"],
        "people": member["n_participants"],
        "effect": member["effect"],
        "ci_low": member["ci_low"],
        "ci_high": member["ci_high"],
        "weight_percent": member["weight_percent"],
        "risk_of_bias": member["risk_of_bias"],
        "result_id": member["result_id"],
    }


def draw_forest(table: pd.DataFrame, stratum: Mapping[str, Any], ink: Ground, *, is_dark: bool = False, sources: Mapping[str, str] = NOWHERE) -> alt.LayerChart:  # fmt: skip
    """Return the forest plot of a table of :func:`forest_table`.

    ``sources`` says, by result id, where a study is recorded; a pointer shows it.
    """
    unit = str(stratum["unit"])
    places = figures.decimals(unit)
    mid = None if figures.is_missing(stratum["mid"]) else float(stratum["mid"])
    low, high = _domain(table, mid, is_share=is_share(unit))
    found = [sources.get(str(result_id), "") for result_id in table["result_id"]]
    plot = _Plot(table.assign(source=found), unit, places, mid, low, high, ink, is_dark)
    return plot.chart()


def is_share(unit: str) -> bool:
    """Return whether a unit is a share of a hundred, which favours nobody."""
    return unit.lower().startswith(("per cent", "percent", "%"))


def _domain(
    table: pd.DataFrame, mid: float | None, *, is_share: bool = False
) -> tuple[float, float]:
    """Return the ends of the axis: all intervals, but a far prediction is cut with arrows."""
    solid = table[table["part"] != PREDICTION]
    if is_share:
        return 0.0, min(100.0, float(table["ci_high"].max()) * 1.15)
    span = mid or 1.0
    low = min([-1.5 * span, *solid["ci_low"].astype(float)])
    high = max([2.5 * span, *solid["ci_high"].astype(float)])
    wide = table[table["part"] == PREDICTION]
    if len(wide):
        low = min(low, max(float(wide["ci_low"].iloc[0]), low - span))
        high = max(high, min(float(wide["ci_high"].iloc[0]), high + span))
    room = (high - low) * 0.03
    return low - room, high + room


class _Plot:
    """One forest plot in the making: the table, the axis and the inks."""

    def __init__(self, table: pd.DataFrame, unit: str, places: int, mid: float | None, low: float, high: float, ink: Ground, is_dark: bool) -> None:  # fmt: skip
        self.unit, self.places, self.mid, self.low, self.high, self.ink = (
            unit, places, mid, low, high, ink,
        )  # fmt: skip
        self.is_dark = is_dark
        self.rows = self._prepared(table)

    def _prepared(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the table with its place, its texts and the ends that fit the axis."""
        rows = table.reset_index(drop=True).copy()
        rows["y"] = range(len(rows))
        rows["from"] = [max(self.low, float(x)) for x in rows["ci_low"]]
        rows["to"] = [min(self.high, float(x)) for x in rows["ci_high"]]
        rows["text"] = [
            figures.effect(e, lo, hi, self.places) or figures.interval(lo, hi, self.places)
            for e, lo, hi in zip(rows["effect"], rows["ci_low"], rows["ci_high"], strict=True)
        ]
        rows["letter"] = [
            "" if figures.is_missing(risk) else RISK_LETTER[RiskOfBias(risk)]
            for risk in rows["risk_of_bias"]
        ]
        rows["size"] = [
            40.0 if figures.is_missing(w) else 40 + 5.2 * float(w) for w in rows["weight_percent"]
        ]
        rows["link"] = [
            None if figures.is_missing(i) else f"evidence?result={i}" for i in rows["result_id"]
        ]
        rows["people"] = rows["people"].astype("object").where(rows["people"].notna(), None)
        rows["weight_percent"] = rows["weight_percent"].astype("object").where(rows["weight_percent"].notna(), None)  # fmt: skip
        return rows

    def x(self, field: str) -> alt.X:
        """Return the common axis; every layer names it, since one that does not would hide it."""
        axis = alt.Axis(
            title=self.title(),
            grid=False,
            tickCount=7,
            labelExpr="replace(datum.label, '-', '−')",
            tickColor=self.ink.second,
            domainColor=self.ink.second,
            labelColor=self.ink.ink,
            titleColor=self.ink.second,
            titleFontWeight="normal",
            labelFontSize=13,
            titleFontSize=13,
            titlePadding=8,
        )
        scale = alt.Scale(domain=[self.low, self.high], nice=False, zero=False, clamp=True)
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    def title(self) -> str:
        """Return what the axis says; a share favours nobody."""
        if is_share(self.unit):
            return self.unit
        return f"← favours the comparator   ·   {self.unit}   ·   favours the intervention →"

    def y(self, axis: alt.Axis | None = None) -> alt.Y:
        """Return the place of a line."""
        scale = alt.Scale(domain=[len(self.rows) - 0.5, -0.5], nice=False, zero=False)
        return alt.Y("y:Q", scale=scale, axis=axis, title=None)

    def words(self, lines: list[str], orient: Literal["left", "right"]) -> alt.Axis:
        """Return a column of two-line words beside the plot."""
        return alt.Axis(
            orient=orient,
            values=list(range(len(lines))),
            labelExpr=f"split({json.dumps(lines)}[datum.value], '|')",
            domain=False,
            ticks=False,
            grid=False,
            labelFontSize=13,
            labelLineHeight=16,
            labelLimit=220,
            labelPadding=12,
            labelBaseline="middle",
            labelColor=self.ink.ink,
        )

    def left(self) -> list[str]:
        """Return the words at the left: study, people, risk of bias."""
        lines = []
        for row in figures.records(self.rows):
            if row["part"] == STUDY:
                people = figures.count(row["people"], "people not known")
                unit = "" if row["people"] is None else " people"
                below = f"{people}{unit}"
                if row["role"] in {str(role) for role in REVIEWS}:
                    below = f"{row['role']}"
            else:
                below = str(row["role"]) if row["part"] == PREDICTION else f"{figures.count(row['people'], '')} people"  # fmt: skip
            lines.append(f"{row['label']}|{below}".replace("||", "|"))
        return lines

    def right(self) -> list[str]:
        """Return the words at the right: effect with interval, weight."""
        lines = []
        for row in figures.records(self.rows):
            weight = row["weight_percent"]
            if row["part"] == STUDY and weight is not None:
                below = f"{figures.figure(weight, 0)} % weight"
            elif row["part"] == STUDY and row["role"] != str(MemberRole.POOLED):
                below = "not in the pool"
            else:
                below = ""
            lines.append(f"{row['text']}|{below}" if below else str(row["text"]))
        return lines

    def ground_layers(self) -> list[alt.Chart]:
        """Return the line of no difference, and the band that is too small to matter."""
        layers = []
        if self.mid is not None:
            band = pd.DataFrame([{"a": -self.mid, "b": self.mid}])
            layers.append(alt.Chart(band).mark_rect(color=self.ink.zone).encode(self.x("a"), x2="b"))  # fmt: skip
            edges = pd.DataFrame({"a": [-self.mid, self.mid]})
            layers.append(alt.Chart(edges).mark_rule(strokeDash=[4, 3], color=self.ink.third).encode(self.x("a")))  # fmt: skip
        zero = pd.DataFrame({"a": [0]})
        layers.append(alt.Chart(zero).mark_rule(color=self.ink.second).encode(self.x("a")))
        return layers

    def tooltip(self) -> list[alt.Tooltip]:
        """Return what a pointer shows."""
        return [
            alt.Tooltip("label:N", title="study"),
            alt.Tooltip("text:N", title=self.unit),
            alt.Tooltip("people:Q", title="people", format=",.0f"),
            alt.Tooltip("weight_percent:Q", title="weight, %", format=".1f"),
            alt.Tooltip("risk_of_bias:N", title="risk of bias"),
            alt.Tooltip("role:N", title="role"),
            alt.Tooltip("source:N", title="source"),
        ]

    def chart(self) -> alt.LayerChart:
        """Return all layers together."""
        rows, ink = self.rows, self.ink
        studies = rows[rows["part"] == STUDY]
        pooled = studies[studies["role"] == str(MemberRole.POOLED)]
        beside = studies[studies["role"] != str(MemberRole.POOLED)]
        base = alt.Chart(studies)
        intervals = base.mark_rule(strokeWidth=2, color=ink.ink).encode(
            self.x("from"), self.y(self.words(self.left(), "left")), x2="to"
        )
        click: dict[str, Any] = {"tooltip": self.tooltip(), "href": alt.Href("link:N")}
        squares = alt.Chart(pooled).mark_square(opacity=1, color=ink.ink).encode(
            self.x("effect"), self.y(), size=alt.Size("size:Q", scale=None, legend=None), **click
        )  # fmt: skip
        hollow = alt.Chart(beside).mark_square(opacity=1, filled=True, fill=ink.page, stroke=ink.ink, strokeWidth=2).encode(
            self.x("effect"), self.y(), size=alt.Size("size:Q", scale=None, legend=None), **click
        )  # fmt: skip
        right = alt.Chart(rows).mark_point(opacity=0, size=1).encode(
            self.x("from"), self.y(self.words(self.right(), "right"))
        )  # fmt: skip
        layers = [*self.ground_layers(), intervals, squares, hollow, right, *self.cut_arrows()]
        layers += [*self.risk_layers(), *self.estimate_layers()]
        drawn: alt.LayerChart = (
            stacked(layers)
            .resolve_scale(y="independent")
            .properties(height=ROW_HEIGHT * max(2, len(rows)))
        )
        return drawn

    def risk_layers(self) -> list[alt.Chart]:
        """Return the risk-of-bias column: a letter in a disc at the left edge of the plot."""
        judged = self.rows[self.rows["letter"] != ""].copy()
        if judged.empty:
            return []
        judged["fill"] = [RISK_FILL[RiskOfBias(r)][int(self.is_dark)] for r in judged["risk_of_bias"]]  # fmt: skip
        judged["letter_ink"] = [
            self.ink.ink if RiskOfBias(r) is RiskOfBias.NOT_ASSESSED else "#1B1F24"
            for r in judged["risk_of_bias"]
        ]
        judged["edge"] = self.low
        discs = alt.Chart(judged).mark_point(
            shape="circle", size=260, filled=True, opacity=1, stroke=self.ink.second, strokeWidth=1
        ).encode(self.x("edge"), self.y(), fill=alt.Fill("fill:N", scale=None), tooltip=self.tooltip())  # fmt: skip
        letters = alt.Chart(judged).mark_text(fontSize=13, fontWeight="bold", baseline="middle").encode(
            self.x("edge"), self.y(), text="letter:N", color=alt.Color("letter_ink:N", scale=None), tooltip=self.tooltip()
        )  # fmt: skip
        return [discs, letters]

    def cut_arrows(self) -> list[alt.Chart]:
        """Return arrows where an interval leaves the axis; its numbers stand at the right."""
        layers = []
        for field, limit, shape in (
            ("to", self.rows["ci_high"].astype(float) > self.high, "triangle-right"),
            ("from", self.rows["ci_low"].astype(float) < self.low, "triangle-left"),
        ):
            cut = self.rows[limit]
            if len(cut):
                colour = self.ink.accent
                layers.append(alt.Chart(cut).mark_point(shape=shape, filled=True, size=120, opacity=1, color=colour).encode(self.x(field), self.y()))  # fmt: skip
        return layers

    def estimate_layers(self) -> list[alt.Chart]:
        """Return the diamond of the estimate and the bar of the prediction interval."""
        layers = []
        estimate = self.rows[self.rows["part"] == ESTIMATE]
        for row in figures.records(estimate):
            corners = pd.DataFrame(
                [
                    {"order": 0, "a": row["from"], "y": row["y"]},
                    {"order": 1, "a": row["effect"], "y": row["y"] - 0.26},
                    {"order": 2, "a": row["to"], "y": row["y"]},
                    {"order": 3, "a": row["effect"], "y": row["y"] + 0.26},
                ]
            )
            layers.append(alt.Chart(corners).mark_line(interpolate="linear-closed", fill=self.ink.accent, fillOpacity=1, stroke=self.ink.accent).encode(self.x("a"), self.y(), order="order:O"))  # fmt: skip
        bar = self.rows[self.rows["part"] == PREDICTION]
        if len(bar):
            layers.append(alt.Chart(bar).mark_rule(strokeWidth=5, color=self.ink.accent).encode(self.x("from"), self.y(), x2="to"))  # fmt: skip
        return layers
