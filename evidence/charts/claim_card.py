"""Claim card: what may I say? One picture to hand on: quote, verdict, certainty, date, limits.

There is no meter and no score: the words carry it, and k and N stand with them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from evidence.charts import figures
from evidence.charts.palette import VERDICT_LOOK, Ground, stacked
from evidence.vocabulary import VerdictWord

__all__ = ["card_table", "draw_card"]

CIRCLES = {"High": "⊕⊕⊕⊕", "Moderate": "⊕⊕⊕○", "Low": "⊕⊕○○", "Very low": "⊕○○○"}
WIDTH = 86
"""Letters of 16 px that fit the card."""
CARD_HEIGHT = 330


def card_table(claim: Mapping[str, Any], searched: str, data_set: str) -> pd.DataFrame:
    """Return what a card says, a row a line: part and words."""
    certainty = claim.get("certainty")
    rated = "not rated" if figures.is_missing(certainty) else str(certainty)
    k, n = claim.get("k_studies"), claim.get("n_participants")
    rests = "no study" if figures.is_missing(k) else f"{figures.count(k)} studies"
    people = "" if figures.is_missing(n) else f", {figures.count(n)} people"
    answer = claim.get("verdict_sentence")
    said = claim.get("why_untestable") if figures.is_missing(answer) else answer
    parts = [
        ("quote", f"“{claim['quote']}”"),
        ("verdict", str(claim["verdict"])),
        ("answer", "" if figures.is_missing(said) else str(said)),
        ("certainty", f"{CIRCLES.get(rated, '')} {rated} certainty · {rests}{people}".strip()),
        ("state", f"{claim.get('review_state')} · {searched} · data set {data_set}"),
        ("limits", "Judges a sentence, not a clinic. Not medical advice."),
    ]
    return pd.DataFrame(parts, columns=["part", "words"])


def draw_card(table: pd.DataFrame, ink: Ground, *, is_dark: bool = False) -> alt.LayerChart:
    """Return the card of a table of :func:`card_table`."""
    words = dict(zip(table["part"], table["words"], strict=True))
    look = VERDICT_LOOK[VerdictWord(words["verdict"])]
    colour = look.dark if is_dark else look.light
    style: dict[str, tuple[int, str, Any]] = {
        "quote": (17, ink.second, "normal"),
        "verdict": (24, colour, "bold"),
        "answer": (17, ink.ink, "normal"),
        "certainty": (15, ink.ink, "bold"),
        "state": (13, ink.second, "normal"),
        "limits": (13, ink.second, "normal"),
    }
    layers, y = [], 12.0
    for part, (size, fill, weight) in style.items():
        wide = int(WIDTH * 16 / size)
        lines = textwrap.wrap(words[part], wide) or [""]
        frame = pd.DataFrame([{"x": 0, "y": y, "words": "|".join(lines)}])
        layers.append(
            alt.Chart(frame).mark_text(align="left", baseline="top", fontSize=size, fontWeight=weight, color=fill, lineBreak="|", lineHeight=size * 1.35).encode(
                alt.X("x:Q", scale=alt.Scale(domain=[0, 100]), axis=None),
                alt.Y("y:Q", scale=alt.Scale(domain=[CARD_HEIGHT, 0], nice=False), axis=None),
                text="words:N",
            )
        )  # fmt: skip
        y += len(lines) * size * 1.35 + 12
    return stacked(layers).properties(height=CARD_HEIGHT, width=720)
