"""Retraction states of records, from what PubMed says of them: always a list, never a yes or no.

PubMed marks a state in two places: by publication types of the record itself, and by links
between records (CommentsCorrections). Either may be missing, so both are read; and a link stands
on both records, so a notice that was fetched tells of a record whose own links are older. This
module gets tables and gives tables; which studies and claims a state touches is not its business.

Notes
-----
The words are NLM's: https://www.nlm.nih.gov/bsd/policy/errata.html. NLM types an article as
"Retracted Publication" when it is retracted in whole or in part (MeSH D016441), so a link that
says "in part", or "and republished", says more than the type. The article that replaces another
is in force: it gets no state, the one it replaces does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence.vocabulary import RetractionStatus

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["RetractionState", "find_retractions", "retraction_states_table", "states_of"]

_ORDER = tuple(RetractionStatus)

#: Publication types that state something of the record itself.
_OF_TYPES: Mapping[str, RetractionStatus] = {
    "D016441": RetractionStatus.RETRACTED,  # Retracted Publication
    "D016440": RetractionStatus.NOTICE_ITSELF,  # Retraction of Publication
    "D016425": RetractionStatus.NOTICE_ITSELF,  # Published Erratum
    "D000075742": RetractionStatus.NOTICE_ITSELF,  # Expression of Concern
}
_OF_TYPE_NAMES: Mapping[str, RetractionStatus] = {
    "retracted publication": RetractionStatus.RETRACTED,
    "retraction of publication": RetractionStatus.NOTICE_ITSELF,
    "retraction notice": RetractionStatus.NOTICE_ITSELF,
    "published erratum": RetractionStatus.NOTICE_ITSELF,
    "expression of concern": RetractionStatus.NOTICE_ITSELF,
}

#: Links of an affected record to its notice.
_LINKS_TO_NOTICE: Mapping[str, RetractionStatus] = {
    "RetractionIn": RetractionStatus.RETRACTED,
    "PartialRetractionIn": RetractionStatus.PARTIALLY_RETRACTED,
    "RetractedandRepublishedIn": RetractionStatus.RETRACTED_REPUBLISHED,
    "ExpressionOfConcernIn": RetractionStatus.EXPRESSION_OF_CONCERN,
    "ErratumIn": RetractionStatus.CORRECTED,
    "CorrectedandRepublishedIn": RetractionStatus.CORRECTED,
}

#: Links of a notice to the record that it affects, and what they say of that record.
_LINKS_TO_AFFECTED: Mapping[str, RetractionStatus] = {
    "RetractionOf": RetractionStatus.RETRACTED,
    "PartialRetractionOf": RetractionStatus.PARTIALLY_RETRACTED,
    "ExpressionOfConcernFor": RetractionStatus.EXPRESSION_OF_CONCERN,
    "ErratumFor": RetractionStatus.CORRECTED,
}

#: Links of a republished article to the first one; the article that has the link is no notice.
_LINKS_TO_FIRST: Mapping[str, RetractionStatus] = {
    "RetractedandRepublishedFrom": RetractionStatus.RETRACTED_REPUBLISHED,
    "CorrectedandRepublishedFrom": RetractionStatus.CORRECTED,
}


@dataclass(frozen=True, slots=True)
class RetractionState:
    """One state of one record.

    Attributes
    ----------
    pmid
        The record.
    status
        Its state.
    notice_pmid
        PMID of the notice, None if PubMed gives none.
    notice_source
        Citation of the notice, None if PubMed gives none.
    notice_date
        ISO date of the notice if it was fetched too.
    reason
        Note on the link, None if there is none.
    said_by
        Where it stands: ``publication type …``, ``link … of this record`` or ``link … of PMID``.
    """

    pmid: str
    status: RetractionStatus
    notice_pmid: str | None
    notice_source: str | None
    notice_date: str | None
    reason: str | None
    said_by: str


def find_retractions(tables: Mapping[str, pa.Table]) -> list[RetractionState]:
    """Return every state that the tables of the parser hold.

    Parameters
    ----------
    tables
        The tables ``records``, ``publication_types`` and ``corrections`` of the parser.

    Returns
    -------
    list
        Sorted by PMID and state; a record without any state is not in it. A state that several
        places give is there once a notice, from the place that says most.
    """
    dates = _dates_of(tables["records"])
    found: dict[tuple[str, RetractionStatus, str | None], RetractionState] = {}
    for state in (*_from_links(tables["corrections"], dates), *_from_types(tables)):
        key = (state.pmid, state.status, state.notice_pmid)
        known = found.get(key)
        if known is None or _says_more(state, known):
            found[key] = state
    kept = [state for state in found.values() if not _is_told_by_another(state, found)]
    return sorted(kept, key=_place)


def states_of(
    pmids: Iterable[str], states: Iterable[RetractionState]
) -> dict[str, list[RetractionStatus]]:
    """Return the list of states of each record that was looked at; ``none`` if it has none.

    A record whose tables were never seen is not for this function: its state is *not checked*.

    >>> states_of(["1"], [])
    {'1': [<RetractionStatus.NONE: 'none'>]}
    """
    by_pmid: dict[str, set[RetractionStatus]] = {pmid: set() for pmid in pmids}
    for state in states:
        if state.pmid in by_pmid:
            by_pmid[state.pmid].add(state.status)
    return {
        pmid: sorted(found, key=_ORDER.index) or [RetractionStatus.NONE]
        for pmid, found in by_pmid.items()
    }


def retraction_states_table(states: Iterable[RetractionState]) -> pd.DataFrame:
    """Return the states as a table, a row a state and notice."""
    import pandas as pd

    columns = RetractionState.__dataclass_fields__
    rows = [{name: getattr(state, name) for name in columns} for state in states]
    return pd.DataFrame(rows, columns=list(columns))


def _from_types(tables: Mapping[str, pa.Table]) -> Iterable[RetractionState]:
    for row in _rows(tables["publication_types"], "pmid", "ui", "publication_type"):
        name = (row["publication_type"] or "").casefold()
        status = _OF_TYPES.get(row["ui"] or "") or _OF_TYPE_NAMES.get(name)
        if status is not None:
            said_by = f"publication type {row['publication_type']}"
            yield RetractionState(row["pmid"], status, None, None, None, None, said_by)


def _from_links(corrections: pa.Table, dates: Mapping[str, str]) -> Iterable[RetractionState]:
    """Return what links say, each of both records that it ties together."""
    for row in _rows(corrections, "pmid", "ref_type", "ref_source", "ref_pmid", "note"):
        pmid, other, kind = row["pmid"], row["ref_pmid"], row["ref_type"] or ""
        status = _LINKS_TO_NOTICE.get(kind)
        if status is not None:
            date = dates.get(other) if other else None
            said_by = f"link {kind} of this record"
            yield RetractionState(
                pmid, status, other, row["ref_source"], date, row["note"], said_by
            )
        of_other = _LINKS_TO_AFFECTED.get(kind) or _LINKS_TO_FIRST.get(kind)
        if of_other is not None and other:
            said_by = f"link {kind} of {pmid}"
            yield RetractionState(
                other, of_other, pmid, None, dates.get(pmid), row["note"], said_by
            )
        if kind in _LINKS_TO_AFFECTED:
            said_by = f"link {kind} of this record"
            notice = RetractionStatus.NOTICE_ITSELF
            yield RetractionState(pmid, notice, None, None, None, row["note"], said_by)


def _says_more(state: RetractionState, known: RetractionState) -> bool:
    """Return whether a state tells more than one with the same record, state and notice."""
    return _weight(state) > _weight(known)


def _weight(state: RetractionState) -> tuple[int, bool, str]:
    said = [state.notice_source, state.notice_date, state.reason]
    n_said = sum(part is not None for part in said)
    return n_said, state.said_by.endswith("of this record"), state.said_by


def _is_told_by_another(
    state: RetractionState,
    found: Mapping[tuple[str, RetractionStatus, str | None], RetractionState],
) -> bool:
    """Return whether a state without a notice is given with its notice as well.

    A publication type says that a record is retracted, a link says by which notice: one state. A
    link without a PMID stays where it names a notice of its own.
    """
    if state.notice_pmid is not None or state.notice_source is not None:
        return False
    return any(
        other.pmid == state.pmid and other is not state and _covers(other, state)
        for other in found.values()
    )


def _covers(other: RetractionState, state: RetractionState) -> bool:
    if other.notice_pmid is None and other.notice_source is None:
        return False
    covering = {state.status}
    if state.status is RetractionStatus.RETRACTED:
        covering |= {
            RetractionStatus.PARTIALLY_RETRACTED,
            RetractionStatus.RETRACTED_REPUBLISHED,
        }
    return other.status in covering


def _dates_of(records: pa.Table) -> dict[str, str]:
    return {
        row["pmid"]: row["epub_date"] or row["pub_date"]
        for row in _rows(records, "pmid", "epub_date", "pub_date")
        if row["epub_date"] or row["pub_date"]
    }


def _rows(table: pa.Table, *columns: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.select(list(columns)).to_pylist()
    return found


def _place(state: RetractionState) -> tuple[int, str, int, str]:
    number = state.notice_pmid or ""
    return len(state.pmid), state.pmid, _ORDER.index(state.status), number
