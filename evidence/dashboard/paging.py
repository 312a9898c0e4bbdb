"""Long tables and large pictures, a part at a time, so that a page answers whatever its size.

Tables are shown by pages and lose no row. A picture shows the results with most weight and says
how many it leaves out; its estimate is of all.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from evidence.charts import figures
from evidence.dashboard import components

__all__ = ["MOST_DRAWN", "MOST_ROWS", "left_out_words", "most_weighed", "page_of", "say_left_out"]

MOST_ROWS = 100
"""Rows of a table on one page."""
MOST_DRAWN = 100
"""Studies in one picture: more cannot be told apart."""


def page_of(frame: pd.DataFrame, noun: str, key: str) -> pd.DataFrame:
    """Return the page of a table that the reader asks for; a short table is whole."""
    if len(frame) <= MOST_ROWS:
        return frame
    n_pages = -(-len(frame) // MOST_ROWS)
    words = f"{figures.count(len(frame))} {noun}, page of {n_pages}"
    page = int(st.number_input(words, 1, n_pages, key=f"page_of_{key}", width=260))
    return frame.iloc[(page - 1) * MOST_ROWS : page * MOST_ROWS]


def most_weighed(members: pd.DataFrame) -> pd.DataFrame:
    """Return the members of a stratum that a picture shows: those of most weight, then people."""
    if len(members) <= MOST_DRAWN:
        return members
    ranked = members.sort_values(
        ["weight_percent", "n_participants", "result_id"],
        ascending=[False, False, True],
        na_position="last",
        kind="stable",
    )
    return members[members.index.isin(ranked.index[:MOST_DRAWN])]


def left_out_words(n_drawn: int, n: int) -> str:
    """Return what a picture does not show, as HTML; nothing where it shows all.

    >>> left_out_words(4, 4)
    ''
    """
    if n_drawn >= n:
        return ""
    return (
        f'<div class="note">The picture and its numbers show {figures.count(n_drawn)} of '
        f"{figures.count(n)} results, those of most weight; the estimate is of all. The download "
        "holds every result.</div>"
    )


def say_left_out(n_drawn: int, n: int) -> None:
    """Show what a picture does not show; nothing where it shows all."""
    words = left_out_words(n_drawn, n)
    if words:
        components.show(words)
