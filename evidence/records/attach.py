"""Attaches curated facts to fetched records: by PMID, by DOI, or by title and year.

A row that was curated without a PMID gets one that way. Where two records fit, none is taken: a
person decides. This module compares names; it fetches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from evidence.records.names import clean_doi, name_key, title_key

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Attachment",
    "Attachments",
    "CuratedReport",
    "MatchedBy",
    "RecordName",
    "Unattached",
    "attach_records",
    "record_names",
]

#: A title this short ("Acupuncture for back pain") names many articles: the author must fit too.
FEW_WORDS = 5


class MatchedBy(StrEnum):
    """What a curated row and a record share."""

    PMID = "pmid"
    DOI = "doi"
    TITLE = "title and year"


@dataclass(frozen=True, slots=True)
class CuratedReport:
    """What a curated row knows of its report."""

    study_id: str
    pmid: str | None = None
    doi: str | None = None
    title: str | None = None
    year: int | None = None
    first_author: str | None = None


@dataclass(frozen=True, slots=True)
class RecordName:
    """What names a fetched record.

    Attributes
    ----------
    pmid
        Its PMID.
    dois
        Its DOIs, as `clean_doi` spells them.
    titles
        Its title and its title in the language of the article, as `title_key` spells them.
    years
        Years of its issue and of its electronic publication.
    first_author
        Family name of its first author, as `name_key` spells it.
    """

    pmid: str
    dois: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    first_author: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A curated row with its record; ``is_filled`` if the row had no PMID before."""

    study_id: str
    pmid: str
    matched_by: MatchedBy
    is_filled: bool


@dataclass(frozen=True, slots=True)
class Unattached:
    """A curated row without a record, with why, and the records that a person may choose from."""

    study_id: str
    reason: str
    pmids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachments:
    """All curated rows, attached or not, sorted by study."""

    attached: tuple[Attachment, ...]
    unattached: tuple[Unattached, ...]

    @property
    def filled_pmids(self) -> dict[str, str]:
        """Return the PMIDs that curated rows did not have, by study."""
        return {found.study_id: found.pmid for found in self.attached if found.is_filled}


def attach_records(curated: Iterable[CuratedReport], records: Iterable[RecordName]) -> Attachments:
    """Return which record each curated row is of; the order of neither matters."""
    names = sorted(records, key=lambda name: (len(name.pmid), name.pmid))
    by_pmid = {name.pmid: name for name in names}
    by_doi = _index((doi, name) for name in names for doi in name.dois)
    by_title = _index((title, name) for name in names for title in name.titles)
    attached: list[Attachment] = []
    unattached: list[Unattached] = []
    for row in sorted(curated, key=lambda row: row.study_id):
        found = _attach(row, by_pmid, by_doi, by_title)
        if isinstance(found, Attachment):
            attached.append(found)
        else:
            unattached.append(found)
    return Attachments(tuple(attached), tuple(unattached))


def record_names(tables: Mapping[str, pa.Table]) -> list[RecordName]:
    """Return what names each record of the parser's tables; the last version counts."""
    dois: dict[str, set[str]] = {}
    for row in tables["ids"].select(["pmid", "type", "value", "is_valid"]).to_pylist():
        doi = clean_doi(row["value"]) if row["type"] == "doi" else None
        if doi and row["is_valid"] is not False:
            dois.setdefault(row["pmid"], set()).add(doi)
    authors: dict[str, str | None] = {}
    people = tables["authors"].select(["pmid", "role", "position", "last_name"])
    for row in people.to_pylist():
        if row["role"] == "author" and row["position"] == 0:
            authors[row["pmid"]] = name_key(row["last_name"])
    columns = ["pmid", "title", "vernacular_title", "pub_date", "epub_date"]
    return list(
        {
            row["pmid"]: RecordName(
                row["pmid"],
                frozenset(dois.get(row["pmid"], ())),
                _known(title_key(row[name]) for name in ("title", "vernacular_title")),
                _years(row["pub_date"], row["epub_date"]),
                authors.get(row["pmid"]),
            )
            for row in tables["records"].select(columns).to_pylist()
        }.values()
    )


def _known(values: Iterable[str | None]) -> frozenset[str]:
    return frozenset(value for value in values if value)


def _years(*dates: str | None) -> frozenset[int]:
    return frozenset(int(date[:4]) for date in dates if date)


def _index(pairs: Iterable[tuple[str, RecordName]]) -> dict[str, list[RecordName]]:
    found: dict[str, list[RecordName]] = {}
    for key, name in pairs:
        found.setdefault(key, []).append(name)
    return found


def _attach(
    row: CuratedReport,
    by_pmid: Mapping[str, RecordName],
    by_doi: Mapping[str, list[RecordName]],
    by_title: Mapping[str, list[RecordName]],
) -> Attachment | Unattached:
    if row.pmid and row.pmid in by_pmid:
        return Attachment(row.study_id, row.pmid, MatchedBy.PMID, is_filled=False)
    doi = clean_doi(row.doi)
    ways = (
        (MatchedBy.DOI, by_doi.get(doi, []) if doi else []),
        (MatchedBy.TITLE, _same_title(row, by_title)),
    )
    for way, found in ways:
        pmids = tuple(name.pmid for name in found)
        if row.pmid and pmids:
            reason = f"its PMID {row.pmid} was not fetched, another record has its {way}"
            return Unattached(row.study_id, reason, pmids)
        if len(pmids) == 1:
            return Attachment(row.study_id, pmids[0], way, is_filled=True)
        if pmids:
            return Unattached(row.study_id, f"several records have its {way}", pmids)
    return Unattached(row.study_id, "no record has its PMID, DOI, or title and year")


def _same_title(row: CuratedReport, by_title: Mapping[str, list[RecordName]]) -> list[RecordName]:
    title = title_key(row.title)
    if title is None or row.year is None:
        return []
    found = [name for name in by_title.get(title, []) if row.year in name.years]
    if len(title.split()) < FEW_WORDS:
        author = name_key(row.first_author)
        found = [name for name in found if author and author == name.first_author]
    return found
