"""The tables that PubMed XML is read into: every column once, with its type and its meaning.

The data dictionary is generated from these declarations and both engines of the parser build
their Arrow schemas from them. This module knows nothing about XML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import pyarrow as pa

TEXT = pa.string()
TEXTS = pa.list_(pa.string())
FLAG = pa.bool_()
COUNT = pa.int32()
SMALL = pa.int16()


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: its name, its Arrow type and what it holds."""

    name: str
    type: pa.DataType
    definition: str


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: its name, what a row is, and its columns in order."""

    name: str
    definition: str
    columns: tuple[ColumnSpec, ...]

    @property
    def schema(self) -> pa.Schema:
        """Return the Arrow schema of the table."""
        return _schema(self.name)


@dataclass(frozen=True, slots=True)
class ParsedRecords:
    """What a piece of PubMed XML holds: the tables, and what no table has a place for.

    Attributes
    ----------
    tables
        The tables of `PUBMED_TABLES` by name, empty ones too.
    unknown
        Path of each element that no declaration names, with how often it stood there. An
        unknown element inside a text keeps its text; the rest of it is left out.
    """

    tables: dict[str, pa.Table]
    unknown: Mapping[str, int] = field(default_factory=dict)


_PMID = ColumnSpec("pmid", TEXT, "PubMed's number of the record, as text")
_VERSION = ColumnSpec("version", SMALL, "version of the record (PMID/@Version), 1 if not given")
_KEY = (_PMID, _VERSION)


def _position(of_what: str) -> ColumnSpec:
    return ColumnSpec("position", COUNT, f"place of the {of_what} in the record, from 0")


def _text(name: str, definition: str) -> ColumnSpec:
    return ColumnSpec(name, TEXT, definition)


RECORDS = TableSpec(
    "records",
    "one row a record (article or book article)",
    (
        *_KEY,
        _text("record_kind", "article or book"),
        _text("status", "MedlineCitation/@Status: how far the indexing is"),
        _text("owner", "MedlineCitation/@Owner"),
        _text("indexing_method", "MedlineCitation/@IndexingMethod: empty means by a person"),
        _text("pub_model", "Article/@PubModel: print, electronic or both"),
        _text("title", "title, markup removed and text kept in order"),
        _text("vernacular_title", "title in the language of the article"),
        _text("journal", "full name of the journal"),
        _text("journal_abbreviation", "ISO abbreviation of the journal"),
        _text("medline_ta", "NLM's abbreviation of the journal"),
        _text("nlm_unique_id", "NLM's number of the journal"),
        _text("issn", "ISSN of the issue"),
        _text("issn_type", "print or electronic"),
        _text("issn_linking", "linking ISSN of the journal"),
        _text("cited_medium", "medium that was cited: print or internet"),
        _text("volume", "volume of the journal or book"),
        _text("issue", "issue of the journal"),
        _text("pages", "pages as MEDLINE prints them"),
        _text("start_page", "first page"),
        _text("end_page", "last page"),
        _text("pub_date", "date of the issue or book, ISO, as long as it is precise"),
        _text("pub_date_precision", "day, month, season, year, or text where no year was read"),
        _text("pub_date_text", "date of the issue as printed where it is more than numbers"),
        _text("epub_date", "date of electronic publication (first ArticleDate), ISO"),
        _text("crdt", "date the record was created (history: entrez), ISO"),
        _text("edat", "date the record was added to PubMed (history: pubmed), ISO"),
        _text("mdat", "date the record was last revised (DateRevised), ISO"),
        _text("country", "country of the journal's publisher"),
        _text("publication_status", "PubmedData/PublicationStatus"),
        ColumnSpec("languages", TEXTS, "three-letter codes of the languages"),
        ColumnSpec("citation_subsets", TEXTS, "NLM's subsets the record belongs to"),
        ColumnSpec("gene_symbols", TEXTS, "gene symbols (1991 to 1995 only)"),
        ColumnSpec("space_flight_missions", TEXTS, "space flight missions"),
        ColumnSpec("general_notes", TEXTS, "NLM's general notes"),
        ColumnSpec("n_references", COUNT, "references listed in the record"),
        ColumnSpec("n_references_stated", COUNT, "references the article says it has"),
        _text("copyright", "copyright statement of the abstract"),
        _text("coi_statement", "statement on conflicts of interest"),
        _text("book_title", "title of the book that a book article stands in"),
        _text("publisher", "publisher of the book"),
        _text("publisher_location", "place of the book's publisher"),
        _text("edition", "edition of the book"),
        _text("collection_title", "collection that the book belongs to"),
    ),
)

AUTHORS = TableSpec(
    "authors",
    "one row an author, editor, investigator, or person an article is about",
    (
        *_KEY,
        ColumnSpec("position", COUNT, "place among those of the same role, from 0"),
        _text("role", "author, editor, book author, book editor, investigator or subject"),
        _text("last_name", "family name"),
        _text("fore_name", "given names"),
        _text("initials", "initials of the given names"),
        _text("suffix", "such as Jr or 3rd"),
        _text("collective_name", "name of a group that is the author"),
        _text("orcid", "ORCID iD, sixteen characters in four groups"),
        _text("identifier", "identifier as printed"),
        _text("identifier_source", "who issued the identifier"),
        ColumnSpec("is_valid", FLAG, "whether the name is spelled right (@ValidYN)"),
        ColumnSpec("is_equal_contribution", FLAG, "whether marked as contributing equally"),
    ),
)

AFFILIATIONS = TableSpec(
    "affiliations",
    "one row an affiliation of one author",
    (
        *_KEY,
        _text("role", "role of the author (authors.role)"),
        ColumnSpec("author_position", COUNT, "the author's place (authors.position)"),
        ColumnSpec("position", COUNT, "place among the author's affiliations, from 0"),
        _text("affiliation", "affiliation as printed"),
        ColumnSpec("identifiers", TEXTS, "identifiers of the institution, as issuer:number"),
    ),
)

MESH = TableSpec(
    "mesh",
    "one row a heading and qualifier; a heading without qualifiers has one row",
    (
        *_KEY,
        _position("heading"),
        _text("kind", "heading or supplementary"),
        _text("type", "type of the descriptor or supplementary concept, if given"),
        _text("descriptor_ui", "MeSH identifier of the descriptor"),
        _text("descriptor", "MeSH descriptor"),
        ColumnSpec("is_major", FLAG, "whether the descriptor is a major topic"),
        _text("qualifier_ui", "MeSH identifier of the qualifier"),
        _text("qualifier", "MeSH qualifier"),
        ColumnSpec("qualifier_is_major", FLAG, "whether the qualifier is a major topic"),
    ),
)

PUBLICATION_TYPES = TableSpec(
    "publication_types",
    "one row a publication type",
    (
        *_KEY,
        _position("publication type"),
        _text("ui", "MeSH identifier of the publication type"),
        _text("publication_type", "publication type"),
    ),
)

ABSTRACT_SECTIONS = TableSpec(
    "abstract_sections",
    "one row a section of an abstract; an abstract without sections has one row",
    (
        *_KEY,
        ColumnSpec("position", COUNT, "place among the sections of its kind, from 0"),
        _text("kind", "abstract, or other abstract (another language or another source)"),
        _text("other_type", "OtherAbstract/@Type: whose abstract it is"),
        _text("language", "language of an other abstract"),
        _text("label", "label as printed"),
        _text("category", "NLM's category of the label"),
        _text("text", "text of the section, markup removed and text kept in order"),
    ),
)

IDS = TableSpec(
    "ids",
    "one row an identifier of the record",
    (
        *_KEY,
        ColumnSpec("position", COUNT, "place among the identifiers of its source, from 0"),
        _text("source", "article id, elocation, other id, book id or isbn"),
        _text("type", "kind of identifier: doi, pii, pmc, pubmed …"),
        _text("value", "identifier as printed"),
        ColumnSpec("is_valid", FLAG, "ELocationID/@ValidYN"),
    ),
)

DATES = TableSpec(
    "dates",
    "one row a date of the record",
    (
        *_KEY,
        _position("date"),
        _text("kind", "issue, electronic, completed, revised, a history status, beginning …"),
        ColumnSpec("year", SMALL, "year"),
        ColumnSpec("month", SMALL, "month, 1 to 12"),
        ColumnSpec("day", SMALL, "day of the month"),
        ColumnSpec("hour", SMALL, "hour of the day, history only"),
        ColumnSpec("minute", SMALL, "minute of the hour, history only"),
        _text("date", "ISO date, as long as it is precise: 2021, 2021-06 or 2021-06-07"),
        _text("precision", "day, month, season, year, or text where no year was read"),
        _text("text", "the date as printed where it is more than numbers"),
    ),
)

GRANTS = TableSpec(
    "grants",
    "one row a grant",
    (
        *_KEY,
        _position("grant"),
        _text("grant_id", "number of the grant"),
        _text("acronym", "acronym of the institute"),
        _text("agency", "agency that gave it"),
        _text("country", "country of the agency"),
    ),
)

DATABANKS = TableSpec(
    "databanks",
    "one row an accession number in a data bank or trial register",
    (
        *_KEY,
        _position("data bank"),
        _text("databank", "name of the data bank or register"),
        _text("accession", "number in it, such as NCT00000001"),
    ),
)

CORRECTIONS = TableSpec(
    "corrections",
    "one row a comment, correction, retraction or update that links two records",
    (
        *_KEY,
        _position("link"),
        _text("ref_type", "kind of link (CommentsCorrections/@RefType), as PubMed spells it"),
        _text("ref_source", "citation of the other record"),
        _text("ref_pmid", "PMID of the other record"),
        ColumnSpec("ref_version", SMALL, "version of the other record"),
        _text("note", "note on the link"),
    ),
)

KEYWORDS = TableSpec(
    "keywords",
    "one row a keyword",
    (
        *_KEY,
        _position("keyword"),
        _text("owner", "whose list it is (KeywordList/@Owner): NOTNLM are the authors' own"),
        _text("keyword", "keyword"),
        ColumnSpec("is_major", FLAG, "whether it is a major topic"),
    ),
)

CHEMICALS = TableSpec(
    "chemicals",
    "one row a chemical",
    (
        *_KEY,
        _position("chemical"),
        _text("registry_number", "CAS, UNII or EC number; 0 where there is none"),
        _text("ui", "MeSH identifier of the substance"),
        _text("substance", "name of the substance"),
    ),
)

DELETED = TableSpec("deleted", "one row a record that PubMed has deleted", _KEY)

PUBMED_TABLES: dict[str, TableSpec] = {
    spec.name: spec
    for spec in (
        RECORDS,
        AUTHORS,
        AFFILIATIONS,
        MESH,
        PUBLICATION_TYPES,
        ABSTRACT_SECTIONS,
        IDS,
        DATES,
        GRANTS,
        DATABANKS,
        CORRECTIONS,
        KEYWORDS,
        CHEMICALS,
        DELETED,
    )
}


@cache
def _schema(name: str) -> pa.Schema:
    """Return the schema of a table; it is asked for once a chunk."""
    return pa.schema([(column.name, column.type) for column in PUBMED_TABLES[name].columns])


def empty_table(name: str) -> pa.Table:
    """Return a table without rows (``Schema.empty_table`` would import pandas)."""
    return pa.Table.from_batches([], _schema(name))


def join_parsed(parts: list[ParsedRecords]) -> ParsedRecords:
    """Return the parts of one input as one, rows in the order of the parts."""
    if len(parts) == 1:
        return parts[0]
    unknown: dict[str, int] = {}
    for part in parts:
        for path, count in part.unknown.items():
            unknown[path] = unknown.get(path, 0) + count
    tables = {
        name: pa.concat_tables([part.tables[name] for part in parts])
        if parts
        else empty_table(name)
        for name in PUBMED_TABLES
    }
    return ParsedRecords(tables, dict(sorted(unknown.items())))
