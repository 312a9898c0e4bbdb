"""What a column of a table is: name, kind, unit, allowed values, definition.

Declarations themselves stand in ``table_columns`` and ``input_columns``; ``tables`` turns them
into schemas.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

__all__ = [
    "Column",
    "Kind",
    "date_column",
    "flag_column",
    "id_column",
    "list_column",
    "number_column",
    "text_column",
    "whole_column",
    "word_column",
]


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    WORD = "word"
    DATE = "date"
    NUMBER = "number"
    WHOLE = "whole number"
    FLAG = "true or false"
    LIST = "list of texts"


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column."""

    name: str
    kind: Kind
    definition: str
    unit: str | None = None
    allowed: type[StrEnum] | None = None
    low: float | None = None
    high: float | None = None
    is_required: bool = False
    internal: bool = False
    source_rule: str | None = None

    @property
    def allowed_text(self) -> str | None:
        """Return what is allowed, in words."""
        if self.allowed is not None:
            return ", ".join(str(word) for word in self.allowed)
        if self.low is None and self.high is None:
            return None
        if self.high is None:
            return f"at least {self.low:g}"
        return (
            f"{self.low:g} to {self.high:g}" if self.low is not None else f"at most {self.high:g}"
        )


def text_column(name: str, definition: str, **more: Any) -> Column:
    """Return a column of free text."""
    return Column(name, Kind.TEXT, definition, **more)


def word_column(name: str, words: type[StrEnum], definition: str, **more: Any) -> Column:
    """Return a column of words from a closed list."""
    return Column(name, Kind.WORD, definition, allowed=words, **more)


def date_column(name: str, definition: str, **more: Any) -> Column:
    """Return a column of ISO dates."""
    return Column(name, Kind.DATE, definition, unit="ISO 8601", **more)


def number_column(name: str, definition: str, **more: Any) -> Column:
    """Return a column of numbers."""
    return Column(name, Kind.NUMBER, definition, **more)


def whole_column(name: str, definition: str, **more: Any) -> Column:
    """Return a column of whole numbers, from 0 where nothing else is said."""
    return Column(name, Kind.WHOLE, definition, **{"low": 0, **more})


def flag_column(name: str, definition: str, **more: Any) -> Column:
    """Return a column of true or false."""
    return Column(name, Kind.FLAG, definition, **more)


def list_column(name: str, definition: str, **more: Any) -> Column:
    """Return a column whose cells are lists of texts."""
    return Column(name, Kind.LIST, definition, **more)


def id_column(name: str, definition: str, **more: Any) -> Column:
    """Return a column that names a thing and is never missing."""
    return Column(name, Kind.TEXT, definition, is_required=True, **more)
