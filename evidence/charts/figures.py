"""Numbers as pages and pictures print them.

One place, so that a number in a plot, in its table and in a sentence is written alike: a true
minus sign, "3.2 to 9.5" and never "3.2–9.5", thousands by comma, a missing value as the words
that the caller gives. Nothing is computed here.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

__all__ = [
    "Cell",
    "count",
    "decimals",
    "effect",
    "figure",
    "interval",
    "is_missing",
    "is_true",
    "p_value",
    "plain",
    "records",
    "row_of",
]

Number = float | int | None
FINE_UNITS = ("SMD", "LOG", "RATIO", "OR", "RR", "HR", "ROM", "RD")
Cell = Any
"""A cell of a table: a value of the column's kind, or nothing."""


def is_missing(value: object) -> bool:
    """Return whether a cell holds nothing (None, NaN or pandas' NA)."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in {"NAType", "NaTType"}


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def row_of(frame: pd.DataFrame, key: object) -> dict[str, Any]:
    """Return one row of a table that is indexed by its id; an unknown id gives no cell."""
    if key not in frame.index:
        return {}
    place = frame.index.get_loc(key)
    at = place if isinstance(place, int) else int(frame.index.get_indexer_for(pd.Index([key]))[0])
    return {str(name): frame[name].array[at] for name in frame.columns}


def is_true(value: object) -> bool:
    """Return whether a cell holds true; a missing one does not."""
    return not is_missing(value) and bool(value)


def decimals(unit: object) -> int:
    """Return how many decimals a unit is printed with."""
    return 2 if isinstance(unit, str) and unit.upper().startswith(FINE_UNITS) else 1


def figure(value: Number, places: int = 1, missing: str = "") -> str:
    """Return a number with a true minus sign.

    >>> figure(-3.25)
    '−3.2'
    >>> figure(-0.04)
    '0.0'
    >>> figure(None, missing="not reported")
    'not reported'
    """
    if is_missing(value) or value is None:
        return missing
    text = f"{float(value):,.{places}f}"
    if text.startswith("-") and not text.strip("-0.,"):
        text = text[1:]
    return text.replace("-", "−")


def plain(value: Number, missing: str = "") -> str:
    """Return a number with as many digits as it has, at most four after the point."""
    if is_missing(value) or value is None:
        return missing
    return f"{round(float(value), 4):,.10g}".replace("-", "−")


def interval(low: Number, high: Number, places: int = 1) -> str:
    """Return an interval in words: ``3.2 to 9.5``."""
    if is_missing(low) or is_missing(high):
        return ""
    return f"{figure(low, places)} to {figure(high, places)}"


def effect(estimate: Number, low: Number, high: Number, places: int = 1) -> str:
    """Return an estimate with its interval.

    >>> effect(6.31, 3.2, 9.5)
    '6.3 (3.2 to 9.5)'
    """
    point = figure(estimate, places)
    limits = interval(low, high, places)
    return f"{point} ({limits})" if point and limits else point


def count(value: Number, missing: str = "not known") -> str:
    """Return a whole number with thousands."""
    if is_missing(value) or value is None:
        return missing
    return f"{int(value):,}"


def p_value(value: Number) -> str:
    """Return a p-value as printed in text.

    >>> p_value(0.0004)
    '< 0.001'
    """
    if is_missing(value) or value is None:
        return ""
    return "< 0.001" if float(value) < 0.001 else f"{float(value):.3f}"
