"""Traffic lights: why the certainty is low, study by study and domain by domain.

A letter stands in every mark, so the picture is read without colour; "not assessable" is a state
of its own and never grey among greens. A dot stands where a study was not judged with the tool
that has the domain: a disc there would look like a judgement. Tools keep their own words.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.charts.palette import RISK_FILL, RISK_LETTER, Ground, stacked
from evidence.vocabulary import JudgedBy, RiskOfBias

__all__ = ["draw_lights", "level_of", "lights_table"]

WORDS = {
    "low": RiskOfBias.LOW,
    "yes": RiskOfBias.LOW,
    "some concerns": RiskOfBias.SOME_CONCERNS,
    "unclear": RiskOfBias.SOME_CONCERNS,
    "moderate": RiskOfBias.SOME_CONCERNS,
    "high": RiskOfBias.HIGH,
    "serious": RiskOfBias.HIGH,
    "critical": RiskOfBias.HIGH,
    "no": RiskOfBias.HIGH,
    "not assessed": RiskOfBias.NOT_ASSESSED,
    "no information": RiskOfBias.NOT_ASSESSED,
}
"""Which mark a tool's own word gets."""
OVERALL = "overall"


def level_of(judgement: Cell) -> RiskOfBias | None:
    """Return the mark of a tool's word; None for a score such as 5/10."""
    if figures.is_missing(judgement):
        return RiskOfBias.NOT_ASSESSED
    return WORDS.get(
        str(judgement).strip().lower().removesuffix(" risk").removesuffix(" risk of bias")
    )


def lights_table(members: pd.DataFrame, judgements: pd.DataFrame) -> pd.DataFrame:
    """Return one row a study and domain; the overall judgement by the protocol's map comes last.

    Parameters
    ----------
    members
        Rows of ``stratum_members``: the studies, their labels and overall judgement.
    judgements
        Rows of ``risk_of_bias`` for them.
    """
    rows = []
    judgements = judgements[judgements["method"] != JudgedBy.AUTOMATIC]  # signals are no judgements
    once = judgements.drop_duplicates(["study_id", "tool", "domain"])
    by_study: dict[str, list[dict[str, Any]]] = {}
    for judgement in figures.records(once[["study_id", "tool", "domain", "judgement"]]):
        by_study.setdefault(str(judgement["study_id"]), []).append(judgement)
    few = members.drop_duplicates("study_id")[["study_id", "label", "risk_of_bias"]]
    for member in figures.records(few):
        rows += [
            {
                "study": member["label"],
                "tool": row["tool"],
                "domain": row["domain"],
                "judgement": row["judgement"],
            }
            for row in by_study.get(str(member["study_id"]), [])
            if str(row["domain"]).lower() != OVERALL
        ]
        overall = member["risk_of_bias"]
        word = str(RiskOfBias.NOT_ASSESSED) if figures.is_missing(overall) else overall
        rows.append({"study": member["label"], "tool": "protocol", "domain": OVERALL, "judgement": word})  # fmt: skip
    return pd.DataFrame(rows, columns=["study", "tool", "domain", "judgement"])


NOT_WITH_TOOL = "not assessable: not judged with this tool"


def _cells(table: pd.DataFrame, domains: list[str], ink: Ground, *, is_dark: bool) -> pd.DataFrame:
    """Return a place for every study and domain: its mark, its words, its inks."""
    known = {(r["study"], r["domain"]): r for r in figures.records(table)}
    with_tool = set(zip(table["study"], table["tool"], strict=True))
    tools = {d: set(table.loc[table["domain"] == d, "tool"]) for d in domains}
    cells = []
    for study in dict.fromkeys(table["study"]):
        for domain in domains:
            row = known.get((study, domain))
            level = RiskOfBias.NOT_ASSESSED if row is None else level_of(row["judgement"])
            is_judged = row is not None or any((study, tool) in with_tool for tool in tools[domain])
            said = "not assessable" if row is None else row["judgement"]
            said = "not assessed" if figures.is_missing(said) else str(said)
            letter = said if level is None else RISK_LETTER[level]
            dark_letter = level not in {None, RiskOfBias.NOT_ASSESSED}
            cells.append(
                {
                    "study": study,
                    "domain": domain,
                    "said": said if is_judged else NOT_WITH_TOOL,
                    "tool": "" if row is None else row["tool"],
                    "letter": letter if is_judged else "·",
                    "fill": ink.page if level is None else RISK_FILL[level][int(is_dark)],
                    "ink": "#1B1F24" if dark_letter else ink.ink if is_judged else ink.third,
                    "is_judged": is_judged,
                }
            )
    return pd.DataFrame(cells)


def draw_lights(table: pd.DataFrame, ink: Ground, *, is_dark: bool = False) -> alt.LayerChart:
    """Return the lights of a table of :func:`lights_table`; a domain without judgement is "?"."""
    domains = [d for d in dict.fromkeys(table["domain"]) if d != OVERALL] + [OVERALL]
    studies = list(dict.fromkeys(table["study"]))
    cells = _cells(table, domains, ink, is_dark=is_dark)
    axis: dict[str, Any] = {"domain": False, "ticks": False, "labelColor": ink.ink, "labelFontSize": 13, "title": None}  # fmt: skip
    x = alt.X("domain:N", sort=domains, axis=alt.Axis(orient="top", labelAngle=-40, labelLimit=230, **axis))  # fmt: skip
    y = alt.Y("study:N", sort=studies, axis=alt.Axis(labelLimit=170, **axis))
    tip = [alt.Tooltip("study:N"), alt.Tooltip("domain:N"), alt.Tooltip("said:N", title="judgement"), alt.Tooltip("tool:N")]  # fmt: skip
    judged = cells[cells["is_judged"]]
    discs = alt.Chart(judged).mark_point(shape="circle", size=420, filled=True, opacity=1, stroke=ink.second, strokeWidth=1).encode(
        x, y, fill=alt.Fill("fill:N", scale=None), tooltip=tip
    )  # fmt: skip
    letters = alt.Chart(cells).mark_text(fontSize=14, fontWeight="bold", baseline="middle").encode(
        x, y, text="letter:N", color=alt.Color("ink:N", scale=None), tooltip=tip
    )  # fmt: skip
    return stacked([discs, letters]).properties(height=30 * max(1, len(studies)))
