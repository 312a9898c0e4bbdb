"""The bracketed root search that finishes what Newton's method leaves."""

from __future__ import annotations

from collections.abc import Callable


def bracketed_root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return the root between two points of opposite sign, to the last digits (Brent 1973)."""
    from scipy.optimize import brentq  # half a second to import, and seldom needed

    return float(brentq(function, low, high, xtol=1e-300, rtol=1e-15))
