"""Who paid for a study and what its authors declare, where PubMed's record of it says so.

Grants come from the record's list, else from its publication types ("Research Support, ..."); the
declaration is the record's own. A record that is silent is *not reported*: many journals send
neither. A study without a record is *not found*, which says nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from evidence.tables import conform
from evidence.vocabulary import ValueStatus

__all__ = ["declared_interests", "funding_by_pmid", "with_funding"]

MAX_GRANTS = 12
SUPPORT = "Research Support, "


def funding_by_pmid(tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Return who paid, by PMID: agencies with their grant numbers, else the kinds of support."""
    grants: dict[str, dict[str, None]] = {}
    for pmid, agency, number in _rows(tables["grants"], "pmid", "agency", "grant_id"):
        if agency or number:
            said = f"{agency} ({number})" if agency and number else agency or number
            grants.setdefault(pmid, {})[said] = None
    found = {pmid: _listed(list(names)) for pmid, names in grants.items()}
    kinds: dict[str, dict[str, None]] = {}
    for pmid, word in _rows(tables["publication_types"], "pmid", "publication_type"):
        if word and word.startswith(SUPPORT) and pmid not in found:
            kinds.setdefault(pmid, {})[word.removeprefix(SUPPORT)] = None
    return found | {pmid: "; ".join(words) for pmid, words in kinds.items()}


def declared_interests(tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Return what authors declare, by PMID."""
    rows = _rows(tables["records"], "pmid", "coi_statement")
    return {pmid: statement for pmid, statement in rows if statement}


def with_funding(studies: pd.DataFrame, tables: Mapping[str, pa.Table] | None) -> pd.DataFrame:
    """Return ``studies`` with funding and declared interests, and why each is filled or empty.

    Parameters
    ----------
    tables
        The parser's tables of every record held; None before a first refresh.
    """
    tables = tables or {}
    held = set(tables["records"]["pmid"].to_pylist()) if tables else set()
    found = {
        "funding": funding_by_pmid(tables) if tables else {},
        "coi": declared_interests(tables) if tables else {},
    }
    changed: dict[str, Any] = {}
    for name, by_pmid in found.items():
        cells = [
            own if isinstance(own, str) else by_pmid.get(pmid)
            for own, pmid in zip(studies[name], studies["pmid"], strict=True)
        ]
        changed[name] = pd.Series(cells, index=studies.index, dtype="object")
        changed[f"{name}_status"] = [
            _status(cell, is_held=pmid in held)
            for cell, pmid in zip(cells, studies["pmid"], strict=True)
        ]
    return conform("studies", studies.assign(**changed))


def _status(cell: str | None, *, is_held: bool) -> str:
    """Return why a cell is filled or empty."""
    if cell is not None:
        return str(ValueStatus.REPORTED)
    return str(ValueStatus.NOT_REPORTED if is_held else ValueStatus.NOT_FOUND)


def _listed(names: list[str]) -> str:
    """Return grants as one text; very long lists are cut, and say so."""
    more = len(names) - MAX_GRANTS
    return "; ".join(names[:MAX_GRANTS]) + (f"; and {more} more" if more > 0 else "")


def _rows(table: pa.Table, *names: str) -> Any:  # noqa: ANN401 - rows of as many cells
    """Return some columns of a table, row by row."""
    return zip(*(table[name].to_pylist() for name in names), strict=True)
