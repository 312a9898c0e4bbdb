"""Builds the tables of PubMed records from the columns that the fast engine found.

Rows stand in the order of the records, and within a record in the order that the exact engine
gives them. This module knows Arrow columns, not XML.
"""

from __future__ import annotations

import re
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
    lists_of,
    read_flags,
    read_unique,
    running_position,
    spans_of,
    texts,
)
from evidence.records.pubmed_dates import Dates, join_dates, read_dates
from evidence.records.pubmed_fields import LIFTED, RECORD_DATES
from evidence.records.pubmed_index import Index, RefusedError
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
        rows = integers(records)
        return [self.pmids.take(rows), integers(self.versions[records], SMALL)]


def assemble_tables(index: Index, sources: Sources) -> dict[str, list[pa.Array]]:
    """Return the columns of each table, but of the one for deletions."""
    records = sources["records"]
    n = len(records)
    if records.n_filled("pmid") != n:
        raise RefusedError("a record without a PMID")
    versions = read_unique(records.attribute("version"), read_small)
    keys = _Keys(records.text("pmid"), np.where(versions > 0, versions, 1))
    lifted = {name: _lift(index, name) for name in LIFTED}
    dates, dates_of_records = _dates(index, sources)
    parts = {
        "authors": _authors(sources),
        "affiliations": _affiliations(sources),
        "mesh": _mesh(sources),
        "publication_types": _simple(sources["publication_types"], "publication_types"),
        "abstract_sections": _abstracts(index, sources),
        "ids": _ids(sources, lifted),
        "dates": dates,
        "grants": _simple(sources["grants"], "grants"),
        "databanks": _databanks(sources),
        "corrections": _corrections(sources["corrections"]),
        "keywords": _keywords(index, sources["keywords"]),
        "chemicals": _simple(sources["chemicals"], "chemicals"),
    }
    tables = {name: keys.columns(owners) + columns for name, (owners, columns) in parts.items()}
    tables["records"] = [
        *keys.columns(np.arange(n)),
        *_record_columns(index, sources, lifted, dates_of_records),
    ]
    return tables


# --- what is read from the index -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Lifted:
    """Elements that may repeat in a record itself: whose they are, their texts and attributes."""

    owners: Ints
    texts: pa.Array
    attributes: dict[str, pa.Array]


_TAG = re.compile(r"[\w:.-]+((?:\s+[\w:.-]+\s*=\s*\"[^\"<>&]*\")*)\s*")
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*\"([^\"]*)\"")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));|&")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def _lift(index: Index, name: str) -> _Lifted:
    """Return the elements of a name, straight from the bytes."""
    owners, starts, ends = index.spans(name)
    if not len(owners):
        return _Lifted(owners, texts([]), {})
    halves = pc.split_pattern(spans_of(index.piece, starts, ends), ">", max_splits=1).values
    if len(halves) != 2 * len(owners):
        raise RefusedError(f"a tag of {name}")
    rows = np.arange(0, len(halves), 2)
    encoded = halves.take(integers(rows)).dictionary_encode()
    found = [_attributes_in(tag) for tag in encoded.dictionary.to_pylist()]
    names = sorted({attribute for tag in found for attribute in tag})
    attributes = {
        attribute: texts([tag.get(attribute) for tag in found]).take(encoded.indices)
        for attribute in names
    }
    return _Lifted(owners, _resolved(halves.take(integers(rows + 1))), attributes)


def _attributes_in(tag: str) -> dict[str, str | None]:
    found = _TAG.fullmatch(tag)
    if found is None:
        raise RefusedError("attributes out of the ordinary")
    return {name: value or None for name, value in _ATTRIBUTE.findall(found[1])}


def _resolved(column: pa.Array) -> pa.Array:
    """Return texts with their entities resolved, null where nothing is left."""
    found = column.to_pylist()
    if any("&" in text or not text for text in found):
        return texts([_REFERENCE.sub(_character, text) or None for text in found])
    return column


def _character(reference: re.Match[str]) -> str:
    decimal, hexadecimal, name = reference.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal or "0", 16)
    if not (0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF):
        raise RefusedError("a reference to no character")
    return chr(code)


def _lifted_attribute(lifted: _Lifted, name: str) -> pa.Array:
    return lifted.attributes.get(name, pa.nulls(len(lifted.owners), TEXT))


# --- records -------------------------------------------------------------------------------------


def _record_columns(
    index: Index, sources: Sources, lifted: dict[str, _Lifted], dates: dict[str, Dates]
) -> list[pa.Array]:
    records = sources["records"]
    n = len(records)
    genes = sources["genes"]
    filled = np.flatnonzero(genes.has("symbol"))
    columns = {
        "record_kind": constant("article", n),
        "pub_date": dates["issue"].iso(),
        "pub_date_precision": dates["issue"].precisions(),
        "pub_date_text": dates["issue"].texts(),
        "epub_date": dates["electronic"].iso(),
        "crdt": dates["entrez"].iso(),
        "edat": dates["pubmed"].iso(),
        "mdat": dates["revised by NLM"].iso(),
        "languages": _list_of(lifted["Language"], n),
        "citation_subsets": _list_of(lifted["CitationSubset"], n),
        "gene_symbols": lists_of(
            genes.level("record")[filled], genes.text("symbol").take(integers(filled)), n
        ),
        "space_flight_missions": _list_of(lifted["SpaceFlightMission"], n),
        "general_notes": _list_of(lifted["GeneralNote"], n),
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


def _list_of(lifted: _Lifted, n: int) -> pa.Array:
    if lifted.texts.null_count:
        filled = integers(np.flatnonzero(~np.array(lifted.texts.is_null().to_pylist())))
        owners = lifted.owners[np.array(filled.to_pylist(), np.int64)]
        return lists_of(owners, lifted.texts.take(filled), n)
    return lists_of(lifted.owners, lifted.texts, n)


def _copyright(abstract: Columns, n: int) -> pa.Array:
    rows = np.flatnonzero(abstract.has("copyright"))
    place = np.full(n, MISSING, np.int64)
    place[abstract.level("record")[rows][::-1]] = rows[::-1]
    return abstract.text("copyright").take(integers(place))


# --- dates ---------------------------------------------------------------------------------------


def _dates(index: Index, sources: Sources) -> tuple[Part, dict[str, Dates]]:
    """Return the rows of the dates, and for each record those that stand in its own row."""
    records, history = sources["records"], sources["history"]
    of_records: dict[str, Dates] = {}
    owners, kinds, found = [], [], []
    for prefix, kind, element in RECORD_DATES:
        fields = [name for name in records.batch.schema.names if name.startswith(f"{prefix}_")]
        given = np.logical_or.reduce([records.has(name) for name in fields])
        rows = np.flatnonzero(given)
        if index.count(element) != len(rows):
            raise RefusedError(f"an empty {element}")
        columns = {name.removeprefix(f"{prefix}_"): records.text(name) for name in fields}
        of_records[kind] = read_dates(columns)
        owners.append(rows)
        kinds.append(constant(kind, len(rows)))
        found.append(of_records[kind].take(rows))
    events = read_dates({name: history.text(name) for name in ("year", "month", "day")})
    event_owners, event_kinds = history.level("record"), history.attribute("kind")
    for kind in ("entrez", "pubmed"):
        of_records[kind] = events.take(_first_of_kind(event_owners, event_kinds, kind, records))
    all_dates = join_dates([*found, events])
    all_owners = np.concatenate([*owners, event_owners])
    order = np.argsort(all_owners, kind="stable")
    before_events = np.full(len(all_owners) - len(history), MISSING)
    clock = [
        np.concatenate([before_events, read_unique(history.text(name), read_small)])[order]
        for name in ("hour", "minute")
    ]
    ordered, sorted_owners = all_dates.take(order), all_owners[order]
    numbers = (ordered.year, ordered.month, ordered.day, *clock)
    table = [
        integers(running_position(sorted_owners), COUNT),
        pa.concat_arrays([*kinds, event_kinds]).take(integers(order)),
        *(integers(part, SMALL) for part in numbers),
        ordered.iso(),
        ordered.precisions(),
        ordered.texts(),
    ]
    return (sorted_owners, table), of_records


def _first_of_kind(owners: Ints, kinds: pa.Array, kind: str, records: Columns) -> Ints:
    is_kind = read_unique(kinds, lambda text: int(text == kind)) == 1
    rows = np.flatnonzero(is_kind)
    place = np.full(len(records), MISSING, np.int64)
    place[owners[rows][::-1]] = rows[::-1]
    return place


# --- people --------------------------------------------------------------------------------------

_ROLES = (("author", "authors"), ("investigator", "investigators"), ("subject", "subjects"))


def _authors(sources: Sources) -> Part:
    parts = []
    for role, name in _ROLES:
        people = sources[name]
        owners = people.level("record")
        columns = [
            integers(running_position(owners), COUNT),
            constant(role, len(people)),
            *(people.text(field) for field in ("last_name", "fore_name", "initials", "suffix")),
            people.text("collective_name"),
            _orcids(people),
            people.text("identifier"),
            people.attribute("identifier_source"),
            read_flags(people.attribute("is_valid")),
            read_flags(people.attribute("is_equal_contribution")),
        ]
        parts.append((owners, columns))
    return in_order(parts)


def _orcids(people: Columns) -> pa.Array:
    """Return the ORCID iDs among the identifiers."""
    sources = people.attribute("identifier_source")
    rows = np.flatnonzero(read_unique(sources, lambda text: int(text == "ORCID")) == 1)
    if not len(rows):
        return pa.nulls(len(people), TEXT)
    place = np.full(len(people), MISSING, np.int64)
    place[rows] = np.arange(len(rows))
    printed = people.text("identifier").take(integers(rows)).to_pylist()
    return texts([read_orcid(text) for text in printed]).take(integers(place))


def _affiliations(sources: Sources) -> Part:
    parts = [
        _affiliations_of("author", sources["authors"], sources["author_affiliations"]),
        _affiliations_of(
            "investigator", sources["investigators"], sources["investigator_affiliations"]
        ),
    ]
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
        found.text("affiliation").take(integers(rows)),
        _identifiers_of(found, begins),
    ]
    return owners, columns


def _identifiers_of(found: Columns, begins: Bools) -> pa.Array:
    owners = np.cumsum(begins) - 1
    rows = np.flatnonzero(~begins)
    picked = integers(rows)
    issuers = found.attribute("identifier_source").take(picked).to_pylist()
    numbers = found.text("identifier").take(picked).to_pylist()
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
    own, head = integers(rows), integers(heads)
    names = ("qualifier_ui", "qualifier")
    headings = [
        integers(found.level("heading")[rows], COUNT),
        constant("heading", len(rows)),
        found.attribute("type").take(head),
        found.attribute("descriptor_ui").take(head),
        found.text("descriptor").take(head),
        read_flags(found.attribute("is_major")).take(head),
        *(found.attribute(name).take(own) for name in names),
        read_flags(found.attribute("qualifier_is_major")).take(own),
    ]
    owners = found.level("record")[rows]
    return in_order([(owners, headings), _supplementary(sources["supplementary"])])


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
        read_flags(found.attribute("is_major")),
    ]
    return owners, columns


def _of_first_row(found: Columns, field: str) -> pa.Array:
    """Return for each row the attribute of its list, which stands in the list's first row."""
    first = np.flatnonzero(found.level("row") == 0)
    places = np.cumsum(found.level("row") == 0) - 1
    return found.attribute(field).take(integers(first[places]))


# --- abstracts -----------------------------------------------------------------------------------


def _abstracts(index: Index, sources: Sources) -> Part:
    own, other = sources["abstract"], sources["other_abstract"]
    n_copyrights = own.n_filled("copyright") + other.n_filled("copyright")
    if index.count("CopyrightInformation") != n_copyrights:
        raise RefusedError("an empty copyright statement")
    if other.n_filled("other_type") != index.count("OtherAbstract"):
        raise RefusedError("an abstract of no type, or an empty one")
    return in_order([_sections(own, "abstract"), _sections(other, "other abstract")])


def _sections(found: Columns, kind: str) -> Part:
    rows = np.flatnonzero(~found.has("copyright"))
    picked = integers(rows)
    owners = found.level("record")[rows]
    if kind == "abstract":
        about = [pa.nulls(len(rows), TEXT)] * 2
    else:
        about = [_of_first_row(found, field).take(picked) for field in ("other_type", "language")]
    columns = [
        integers(running_position(owners), COUNT),
        constant(kind, len(rows)),
        *about,
        *(found.attribute(field).take(picked) for field in ("label", "category")),
        found.text("text").take(picked),
    ]
    return owners, columns


# --- the rest ------------------------------------------------------------------------------------


def _simple(found: Columns, table: str) -> Part:
    """Return a table whose columns are fields of the same name."""
    names = [column.name for column in PUBMED_TABLES[table].columns[3:]]
    position = integers(running_position(found.level("record")), COUNT)
    return found.level("record"), [position, *(found.attribute(name) for name in names)]


def _ids(sources: Sources, lifted: dict[str, _Lifted]) -> Part:
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
            _lifted_attribute(values, LIFTED[name] or ""),
            values.texts,
            read_flags(_lifted_attribute(values, "ValidYN")),
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
        banks.text("databank").take(integers(rows)),
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
