"""How the parts of the fast engine say that a piece is for the exact engine."""

from __future__ import annotations


class RefusedError(Exception):
    """The piece holds something that only the exact engine reads; it never leaves the package."""
