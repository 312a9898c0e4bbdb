"""Builds the tables of PubMed records from the columns that the fast engine found.

Rows stand in the order of the records, and within a record in the order that the exact engine
gives them. This module knows Arrow columns, not XML.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from evidence.records.pubmed_columns import (
    MISSING,
    Bools,
    Ints,
    constant,
    in_order,
    integers,
    kept,
    kept_texts,
    lists_of,
    one_each,
    read_flags,
    read_unique,
    row_numbers,
    rows_of_texts,
    running_position,
    taken,
    texts,
    with_own_bytes,
)
from evidence.records.pubmed_dates import RecordDates, read_record_dates
from evidence.records.pubmed_fields import REFERENCES
from evidence.records.pubmed_refused import RefusedError
from evidence.records.pubmed_tables import COUNT, PUBMED_TABLES, SMALL, TEXT
from evidence.records.pubmed_values import read_count, read_orcid, read_small

if TYPE_CHECKING:
    from evidence.records.pubmed_fast import Columns

Sources = dict[str, "Columns"]
Part = tuple[Ints, list[pa.Array]]


@dataclass(frozen=True, slots=True)
class _Keys:
    """The key of each record of a piece."""

    pmids: pa.Array
    versions: Ints

    def columns(self, records: Ints) -> list[pa.Array]:
        """Return the key columns of rows that belong to these records."""
        return [rows_of_texts(self.pmids, records), integers(self.versions[records], SMALL)]


@dataclass(frozen=True, slots=True)
class _Part:
    """A table with a row for each child of an element of which each record has one.

    Attributes
    ----------
    table
        The rows.
    starts
        First row of each record, and the number of rows.
    """

    table: Columns
    starts: Ints

    def one(self, field: str) -> pa.Array:
        """Return the text of a field for each record, null where it has none or an empty one."""
        found = one_each(self.table.text(field), self.starts)
        if found is None:
            raise RefusedError(f"two of {field} in a record")
        return found

    def several(self, field: str) -> tuple[Ints, Ints, pa.Array]:
        """Return rows, records and texts of the rows that hold a field."""
        rows = np.flatnonzero(self.table.has(field))
        texts = kept_texts(self.table.text(field), rows)
        return rows, self.table.level("record")[rows], texts


def _part(table: Columns, n: int) -> _Part:
    starts = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(table.level("record"), minlength=n), out=starts[1:])
    return _Part(table, starts)


def assemble_tables(sources: Sources) -> dict[str, list[pa.Array]]:
    """Return the columns of each table that has rows; deletions stand elsewhere."""
    n = len(sources["records"])
    citation, article = _part(sources["citation"], n), _part(sources["article"], n)
    pmids = citation.one("pmid")
    if pmids.null_count:
        raise RefusedError("a record without a PMID")
    versions = read_unique(citation.one("version"), read_small)
    keys = _Keys(pmids, np.where(versions > 0, versions, 1))
    dates = read_record_dates(sources)
    parts = {
        name: read(sources)
        for name, (read, needed) in _readers().items()
        if any(len(sources[source]) for source in needed)
    }
    parts["dates"] = dates.table()
    parts["ids"] = _ids(sources["article_ids"], citation, article)
    tables = {
        name: keys.columns(owners) + columns
        for name, (owners, columns) in parts.items()
        if len(owners)
    }
    tables["records"] = [
        *keys.columns(np.arange(n)),
        *_record_columns(sources, citation, article, dates),
    ]
    return tables


# --- records -------------------------------------------------------------------------------------

_FROM_CITATION = [
    "status",
    "owner",
    "indexing_method",
    "medline_ta",
    "nlm_unique_id",
    "issn_linking",
    "country",
    "coi_statement",
]
_FROM_ARTICLE = [
    "pub_model",
    "title",
    "vernacular_title",
    "journal",
    "journal_abbreviation",
    "issn",
    "issn_type",
    "cited_medium",
    "volume",
    "issue",
    "pages",
    "start_page",
    "end_page",
]
_LISTS = {
    "languages": ("article", "language"),
    "citation_subsets": ("citation", "citation_subset"),
    "gene_symbols": ("genes", "symbol"),
    "space_flight_missions": ("citation", "space_flight_mission"),
    "general_notes": ("citation", "general_note"),
}


def _record_columns(
    sources: Sources, citation: _Part, article: _Part, dates: RecordDates
) -> list[pa.Array]:
    records = sources["records"]
    n = len(records)
    precision, printed = dates.issue_precision_and_text()
    cited = [sources[name].level("record")[sources[name].has("citation")] for name in REFERENCES]
    columns = {
        "record_kind": constant("article", n),
        **{name: citation.one(name) for name in _FROM_CITATION},
        **{name: article.one(name) for name in _FROM_ARTICLE},
        **{name: _listed(sources[table], field, n) for name, (table, field) in _LISTS.items()},
        "pub_date": dates.iso_of("issue"),
        "pub_date_precision": precision,
        "pub_date_text": printed,
        "epub_date": dates.iso_of("electronic"),
        "crdt": dates.first_in_history("entrez"),
        "edat": dates.first_in_history("pubmed"),
        "mdat": dates.iso_of("revised by NLM"),
        "publication_status": records.text("publication_status"),
        "n_references": integers(np.bincount(np.concatenate(cited), minlength=n), COUNT),
        "n_references_stated": integers(
            read_unique(citation.one("n_references_stated"), read_count), COUNT
        ),
        "copyright": _copyright(sources["abstract"], n),
    }
    return [
        columns[column.name] if column.name in columns else pa.nulls(n, column.type)
        for column in PUBMED_TABLES["records"].columns[2:]
    ]


def _listed(table: Columns, field: str, n: int) -> pa.Array:
    """Return the texts of a field as one list for each record."""
    rows = np.flatnonzero(table.has(field))
    values = with_own_bytes(kept_texts(table.text(field), rows))
    return lists_of(table.level("record")[rows], values, n)


def _copyright(abstract: Columns, n: int) -> pa.Array:
    rows = np.flatnonzero(abstract.has("copyright"))
    place = np.full(n, MISSING, np.int64)
    place[abstract.level("record")[rows][::-1]] = rows[::-1]
    return taken(abstract.text("copyright"), integers(place))


# --- people --------------------------------------------------------------------------------------

_ROLES = (("author", "authors"), ("investigator", "investigators"), ("subject", "subjects"))


def _authors(sources: Sources) -> Part:
    roles = _ROLES if any(len(sources[name]) for _, name in _ROLES[1:]) else _ROLES[:1]
    return in_order([_people(role, sources[name]) for role, name in roles])


def _people(role: str, people: Columns) -> Part:
    owners = people.level("record")
    names = ("last_name", "fore_name", "initials", "suffix", "collective_name")
    columns = [
        integers(running_position(owners), COUNT),
        constant(role, len(people)),
        *(people.text(field) for field in names),
        _orcids(people),
        people.text("identifier"),
        people.attribute("identifier_source"),
        read_flags(people.text("is_valid")),
        read_flags(people.text("is_equal_contribution")),
    ]
    return owners, columns


def _orcids(people: Columns) -> pa.Array:
    """Return the ORCID iDs among the identifiers, as `pubmed_values.read_orcid` spells them."""
    sources = people.attribute("identifier_source")
    rows = np.flatnonzero(read_unique(sources, lambda text: int(text == "ORCID")) == 1)
    if not len(rows):
        return pa.nulls(len(people), TEXT)
    place = np.full(len(people), MISSING, np.int64)
    place[rows] = np.arange(len(rows))
    printed = taken(people.text("identifier"), row_numbers(rows))
    return taken(texts([read_orcid(text) for text in printed.to_pylist()]), integers(place))


def _affiliations(sources: Sources) -> Part:
    parts = [_affiliations_of("author", sources["authors"], sources["author_affiliations"])]
    others = sources["investigator_affiliations"]
    if len(others):
        parts.append(_affiliations_of("investigator", sources["investigators"], others))
    return in_order(parts)


def _affiliations_of(role: str, people: Columns, found: Columns) -> Part:
    """Return the affiliations of one role; each begins with its text, identifiers follow."""
    person, row = found.level("person"), found.level("row")
    if (people.level("person") != running_position(people.level("record"))).any():
        raise RefusedError("people in more than one list")
    begins = row == 0
    if found.has("affiliation")[~begins].any() or found.has("identifier")[begins].any():
        raise RefusedError("an affiliation that does not come first")
    rows = np.flatnonzero(begins)
    owners, authors = found.level("record")[rows], person[rows]
    both = owners * (int(authors.max(initial=0)) + 1) + authors
    columns = [
        constant(role, len(rows)),
        integers(authors, COUNT),
        integers(running_position(both), COUNT),
        kept_texts(found.text("affiliation"), rows),
        _identifiers_of(found, begins),
    ]
    return owners, columns


def _identifiers_of(found: Columns, begins: Bools) -> pa.Array:
    rows = np.flatnonzero(~begins)
    if not len(rows):
        return lists_of(rows, texts([]), len(begins))
    owners = np.cumsum(begins) - 1
    picked = row_numbers(rows)
    issuers = taken(found.attribute("identifier_source"), picked).to_pylist()
    numbers = taken(found.text("identifier"), picked).to_pylist()
    joined = [
        f"{issuer or 'unknown'}:{number or ''}"
        for issuer, number in zip(issuers, numbers, strict=True)
    ]
    return lists_of(owners[rows], texts(joined), int(np.count_nonzero(begins)))


# --- topics --------------------------------------------------------------------------------------


def _mesh(sources: Sources) -> Part:
    found = sources["mesh"]
    begins = found.level("row") == 0
    if found.has("qualifier")[begins].any() or found.has("descriptor")[~begins].any():
        raise RefusedError("a heading that does not begin with its descriptor")
    is_last = np.concatenate((begins[1:], [True]))[: len(found)]
    # A heading has a row for each qualifier; its own row counts only if there is none.
    rows = np.flatnonzero(~begins | is_last)
    heads = np.flatnonzero(begins)[np.cumsum(begins)[rows] - 1]
    own, head = row_numbers(rows), row_numbers(heads)
    names = ("qualifier_ui", "qualifier")
    headings = [
        integers(found.level("heading")[rows], COUNT),
        constant("heading", len(rows)),
        taken(found.attribute("type"), head),
        taken(found.attribute("descriptor_ui"), head),
        taken(found.text("descriptor"), head),
        taken(read_flags(found.text("is_major")), head),
        *(taken(found.attribute(name), own) for name in names),
        taken(read_flags(found.text("qualifier_is_major")), own),
    ]
    owners = found.level("record")[rows]
    parts = [(owners, headings)]
    if len(sources["supplementary"]):
        parts.append(_supplementary(sources["supplementary"]))
    return in_order(parts)


def _supplementary(found: Columns) -> Part:
    n = len(found)
    nothing = pa.nulls(n, TEXT)
    columns = [
        integers(running_position(found.level("record")), COUNT),
        constant("supplementary", n),
        *(found.attribute(name) for name in ("type", "descriptor_ui", "descriptor")),
        pa.nulls(n, pa.bool_()),
        nothing,
        nothing,
        pa.nulls(n, pa.bool_()),
    ]
    return found.level("record"), columns


def _keywords(found: Columns) -> Part:
    owners = found.level("record")
    columns = [
        integers(running_position(owners), COUNT),
        _of_first_row(found, "owner"),
        found.text("keyword"),
        read_flags(found.text("is_major")),
    ]
    return owners, columns


def _of_first_row(found: Columns, field: str) -> pa.Array:
    """Return for each row the attribute of its list, which stands in the list's first row."""
    first = np.flatnonzero(found.level("row") == 0)
    places = np.cumsum(found.level("row") == 0) - 1
    return taken(found.attribute(field), row_numbers(first[places]))


# --- abstracts -----------------------------------------------------------------------------------


def _abstracts(sources: Sources) -> Part:
    own, other = sources["abstract"], sources["other_abstract"]
    parts = [_sections(own, "abstract")]
    if len(other):
        parts.append(_sections(other, "other abstract"))
    return in_order(parts)


def _sections(found: Columns, kind: str) -> Part:
    # A copyright statement has a row of its own, where every other field is empty.
    rows = np.flatnonzero(~found.has("copyright"))
    owners = found.level("record")[rows]
    if kind == "abstract":
        about = [pa.nulls(len(rows), TEXT)] * 2
    else:
        about = [kept(_of_first_row(found, field), rows) for field in ("other_type", "language")]
    columns = [
        integers(running_position(owners), COUNT),
        constant(kind, len(rows)),
        *about,
        *(kept_texts(found.attribute(field), rows) for field in ("label", "category")),
        kept_texts(found.text("text"), rows),
    ]
    return owners, columns


# --- the rest ------------------------------------------------------------------------------------


def _simple(found: Columns, table: str) -> Part:
    """Return a table whose columns are fields of the same name."""
    names = [column.name for column in PUBMED_TABLES[table].columns[3:]]
    position = integers(running_position(found.level("record")), COUNT)
    return found.level("record"), [position, *(found.attribute(name) for name in names)]


def _ids(article_ids: Columns, citation: _Part, article: _Part) -> Part:
    owners = article_ids.level("record")
    columns = [
        integers(running_position(owners), COUNT),
        constant("article id", len(owners)),
        article_ids.attribute("type"),
        article_ids.text("value"),
        pa.nulls(len(owners), pa.bool_()),
    ]
    parts = [(owners, columns)]
    for source, part, field in (
        ("elocation", article, "elocation"),
        ("other id", citation, "other_id"),
    ):
        rows, owners, values = part.several(field)
        if not len(rows):
            continue
        kinds = kept_texts(part.table.attribute(f"{field}_type"), rows)
        if source == "elocation":
            is_valid = read_flags(kept_texts(part.table.text(f"{field}_is_valid"), rows))
        else:
            is_valid = pa.nulls(len(rows), pa.bool_())
        position = integers(running_position(owners), COUNT)
        parts.append((owners, [position, constant(source, len(rows)), kinds, values, is_valid]))
    return in_order(parts)


def _databanks(sources: Sources) -> Part:
    """Return a row for each accession number, and one for a data bank without any."""
    banks, numbers = sources["databanks"], sources["accessions"]
    owners, place = banks.level("record"), banks.level("bank")
    width = int(place.max(initial=0)) + 1
    bank_keys = owners * width + place
    number_keys = numbers.level("record") * width + numbers.level("bank")
    if (np.diff(bank_keys) <= 0).any():
        raise RefusedError("data banks in more than one list")
    bare = np.flatnonzero(~np.isin(bank_keys, number_keys))
    bank_of = np.concatenate((np.searchsorted(bank_keys, number_keys), bare))
    number_of = np.concatenate((np.arange(len(numbers)), np.full(len(bare), MISSING)))
    order = np.argsort(bank_of, kind="stable")
    rows, picked = bank_of[order], integers(number_of[order])
    columns = [
        integers(running_position(owners)[rows], COUNT),
        taken(banks.text("databank"), row_numbers(rows)),
        taken(numbers.text("accession"), picked),
    ]
    return owners[rows], columns


def _corrections(found: Columns) -> Part:
    owners = found.level("record")
    version = read_unique(found.attribute("ref_version"), read_small)
    columns = [
        integers(running_position(owners), COUNT),
        found.attribute("ref_type"),
        *(found.text(field) for field in ("ref_source", "ref_pmid")),
        integers(version, SMALL),
        found.text("note"),
    ]
    return owners, columns


@cache
def _readers() -> dict[str, tuple[Callable[[Sources], Part], tuple[str, ...]]]:
    """Return how tables are made of sources, and of which; if all are empty, so is the table."""
    simple = {
        name: (lambda sources, name=name: _simple(sources[name], name), (name,))
        for name in ("publication_types", "grants", "chemicals")
    }
    return {
        "authors": (_authors, ("authors", "investigators", "subjects")),
        "affiliations": (_affiliations, ("author_affiliations", "investigator_affiliations")),
        "mesh": (_mesh, ("mesh", "supplementary")),
        "abstract_sections": (_abstracts, ("abstract", "other_abstract")),
        "databanks": (_databanks, ("databanks",)),
        "corrections": (lambda sources: _corrections(sources["corrections"]), ("corrections",)),
        "keywords": (lambda sources: _keywords(sources["keywords"]), ("keywords",)),
        **simple,
    }
