"""Builds the tables of PubMed records from the columns that the fast engine found.

Rows stand in the order of the records, and within a record in the order that the exact engine
gives them. This module knows Arrow columns, not XML.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
    read_flags,
    read_unique,
    row_numbers,
    running_position,
    texts,
)
from evidence.records.pubmed_dates import RecordDates, read_record_dates
from evidence.records.pubmed_fields import LIFTED
from evidence.records.pubmed_index import Index
from evidence.records.pubmed_lift import Lifted, lift
from evidence.records.pubmed_tables import COUNT, PUBMED_TABLES, SMALL, TEXT
from evidence.records.pubmed_tags import RefusedError
from evidence.records.pubmed_values import ORCID_PATTERN, read_count, read_small

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
        rows = row_numbers(records)
        return [self.pmids.take(rows), integers(self.versions[records], SMALL)]


def assemble_tables(index: Index, sources: Sources) -> dict[str, list[pa.Array]]:
    """Return the columns of each table, but of the one for deletions."""
    records = sources["records"]
    n = len(records)
    if records.n_filled("pmid") != n:
        raise RefusedError("a record without a PMID")
    versions = read_unique(records.attribute("version"), read_small)
    keys = _Keys(records.text("pmid"), np.where(versions > 0, versions, 1))
    lifted = {name: lift(index, name) for name in LIFTED}
    dates = read_record_dates(index, records)
    parts = {
        "authors": _authors(sources),
        "affiliations": _affiliations(sources),
        "mesh": _mesh(index, sources),
        "publication_types": _simple(sources["publication_types"], "publication_types"),
        "abstract_sections": _abstracts(index, sources),
        "ids": _ids(sources, lifted),
        "dates": dates.table(),
        "grants": _simple(sources["grants"], "grants"),
        "databanks": _databanks(sources),
        "corrections": _corrections(sources["corrections"]),
        "keywords": _keywords(index, sources["keywords"]),
        "chemicals": _simple(sources["chemicals"], "chemicals"),
    }
    tables = {name: keys.columns(owners) + columns for name, (owners, columns) in parts.items()}
    tables["records"] = [
        *keys.columns(np.arange(n)),
        *_record_columns(index, sources, lifted, dates),
    ]
    return tables


# --- records -------------------------------------------------------------------------------------


def _record_columns(
    index: Index, sources: Sources, lifted: dict[str, Lifted], dates: RecordDates
) -> list[pa.Array]:
    records = sources["records"]
    n = len(records)
    genes = sources["genes"]
    filled = np.flatnonzero(genes.has("symbol"))
    precision, printed = dates.issue_precision_and_text()
    columns = {
        "record_kind": constant("article", n),
        "pub_date": dates.iso_of("issue"),
        "pub_date_precision": precision,
        "pub_date_text": printed,
        "epub_date": dates.iso_of("electronic"),
        "crdt": dates.first_in_history("entrez"),
        "edat": dates.first_in_history("pubmed"),
        "mdat": dates.iso_of("revised by NLM"),
        "languages": lists_of(*lifted["Language"].filled(), n),
        "citation_subsets": lists_of(*lifted["CitationSubset"].filled(), n),
        "gene_symbols": lists_of(
            genes.level("record")[filled], genes.text("symbol").take(row_numbers(filled)), n
        ),
        "space_flight_missions": lists_of(*lifted["SpaceFlightMission"].filled(), n),
        "general_notes": lists_of(*lifted["GeneralNote"].filled(), n),
        "n_references": integers(index.n_references, COUNT),
        "n_references_stated": integers(
            read_unique(records.text("n_references_stated"), read_count), COUNT
        ),
        "copyright": _copyright(sources["abstract"], n),
    }
    fields = set(records.batch.schema.names)
    for column in PUBMED_TABLES["records"].columns[2:]:
        if column.name not in columns:
            is_field = column.name in fields
            columns[column.name] = (
                records.attribute(column.name) if is_field else pa.nulls(n, column.type)
            )
    return [columns[column.name] for column in PUBMED_TABLES["records"].columns[2:]]


def _copyright(abstract: Columns, n: int) -> pa.Array:
    rows = np.flatnonzero(abstract.has("copyright"))
    place = np.full(n, MISSING, np.int64)
    place[abstract.level("record")[rows][::-1]] = rows[::-1]
    return abstract.text("copyright").take(integers(place))


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
    printed = people.text("identifier").take(row_numbers(rows))
    parts = pc.extract_regex(printed, ORCID_PATTERN).flatten()
    found = pc.ascii_upper(pc.binary_join_element_wise(*parts, texts(["-"])[0]))
    return found.take(integers(place))


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
    issuers = found.attribute("identifier_source").take(picked).to_pylist()
    numbers = found.text("identifier").take(picked).to_pylist()
    joined = [
        f"{issuer or 'unknown'}:{number or ''}"
        for issuer, number in zip(issuers, numbers, strict=True)
    ]
    return lists_of(owners[rows], texts(joined), int(np.count_nonzero(begins)))


# --- topics --------------------------------------------------------------------------------------


def _mesh(index: Index, sources: Sources) -> Part:
    found = sources["mesh"]
    begins = found.level("row") == 0
    if np.count_nonzero(begins) != index.count("MeshHeading"):
        raise RefusedError("an empty heading")
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
        found.attribute("type").take(head),
        found.attribute("descriptor_ui").take(head),
        found.text("descriptor").take(head),
        read_flags(found.text("is_major")).take(head),
        *(found.attribute(name).take(own) for name in names),
        read_flags(found.text("qualifier_is_major")).take(own),
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


def _keywords(index: Index, found: Columns) -> Part:
    owners = found.level("record")
    if found.n_filled("owner") != index.count("KeywordList"):
        raise RefusedError("a list of keywords that is empty or has no owner")
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
    return found.attribute(field).take(row_numbers(first[places]))


# --- abstracts -----------------------------------------------------------------------------------


def _abstracts(index: Index, sources: Sources) -> Part:
    own, other = sources["abstract"], sources["other_abstract"]
    n_copyrights = own.n_filled("copyright") + other.n_filled("copyright")
    if index.count("CopyrightInformation") != n_copyrights:
        raise RefusedError("an empty copyright statement")
    if other.n_filled("other_type") != index.count("OtherAbstract"):
        raise RefusedError("an abstract of no type, or an empty one")
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


def _ids(sources: Sources, lifted: dict[str, Lifted]) -> Part:
    found = sources["article_ids"]
    owners = found.level("record")
    article_ids = [
        integers(running_position(owners), COUNT),
        constant("article id", len(found)),
        found.attribute("type"),
        found.text("value"),
        pa.nulls(len(found), pa.bool_()),
    ]
    parts = [(owners, article_ids)]
    for source, name in (("elocation", "ELocationID"), ("other id", "OtherID")):
        values = lifted[name]
        columns = [
            integers(running_position(values.owners), COUNT),
            constant(source, len(values.owners)),
            values.attribute(LIFTED[name] or ""),
            values.values,
            read_flags(values.attribute("ValidYN")),
        ]
        parts.append((values.owners, columns))
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
        banks.text("databank").take(row_numbers(rows)),
        numbers.text("accession").take(picked),
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
