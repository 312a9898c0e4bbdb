"""Compares the parser field by field with what Bio.Entrez reads from the same PubMed XML.

Used by a test on invented records, and by ``benchmarks/parsing.py compare FILE`` on real ones.
"""

from __future__ import annotations

import gzip
import html
import io
import re
from collections.abc import Iterator
from typing import Any

from evidence.records.pubmed_tables import ParsedRecords
from evidence.records.pubmed_values import read_date, read_orcid

# With escape=True a bare "<" of Bio.Entrez is markup, never text.
_MARKUP = re.compile(r"<[^<>]*>")


def differences(data: bytes, parsed: ParsedRecords) -> list[str]:
    """Return every field that Bio.Entrez.read finds and that the tables do not hold, or reverse.

    Parameters
    ----------
    data
        PubMed XML, plain or gzipped.
    parsed
        The tables of the same XML.
    """
    from Bio import Entrez

    plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    # Files before 2021 name their DTD by http, which Bio.Entrez does not know; it is the same DTD.
    plain = plain.replace(b'"http://dtd.nlm.nih.gov/', b'"https://dtd.nlm.nih.gov/', 1)
    read = Entrez.read(io.BytesIO(plain), escape=True)
    theirs: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _COLUMNS}
    for article in read["PubmedArticle"]:
        for name, row in _article_rows(article):
            theirs[name].append(row)
    found = []
    for name, columns in _COLUMNS.items():
        ours = _our_rows(parsed, name, columns)
        found += _row_differences(name, ours, theirs[name])
    return found


_COLUMNS: dict[str, list[str]] = {
    "records": [
        "pmid",
        "version",
        "status",
        "owner",
        "pub_model",
        "title",
        "vernacular_title",
        "journal",
        "journal_abbreviation",
        "medline_ta",
        "nlm_unique_id",
        "issn",
        "issn_type",
        "issn_linking",
        "cited_medium",
        "volume",
        "issue",
        "pages",
        "start_page",
        "end_page",
        "pub_date",
        "pub_date_precision",
        "epub_date",
        "crdt",
        "edat",
        "mdat",
        "country",
        "publication_status",
        "languages",
        "citation_subsets",
        "gene_symbols",
        "space_flight_missions",
        "general_notes",
        "n_references",
        "n_references_stated",
        "copyright",
        "coi_statement",
    ],
    "authors": [
        "pmid",
        "position",
        "role",
        "last_name",
        "fore_name",
        "initials",
        "suffix",
        "collective_name",
        "orcid",
        "identifier",
        "identifier_source",
        "is_valid",
    ],
    "affiliations": ["pmid", "role", "author_position", "position", "affiliation", "identifiers"],
    "mesh": [
        "pmid",
        "position",
        "kind",
        "descriptor_ui",
        "descriptor",
        "is_major",
        "qualifier_ui",
        "qualifier",
        "qualifier_is_major",
    ],
    "publication_types": ["pmid", "position", "ui", "publication_type"],
    "abstract_sections": ["pmid", "kind", "other_type", "language", "label", "category", "text"],
    "ids": ["pmid", "source", "type", "value", "is_valid"],
    "dates": ["pmid", "kind", "date"],
    "grants": ["pmid", "position", "grant_id", "acronym", "agency", "country"],
    "databanks": ["pmid", "position", "databank", "accession"],
    "corrections": [
        "pmid",
        "position",
        "ref_type",
        "ref_source",
        "ref_pmid",
        "ref_version",
        "note",
    ],
    "keywords": ["pmid", "owner", "keyword", "is_major"],
    "chemicals": ["pmid", "position", "registry_number", "ui", "substance"],
}


def n_compared(parsed: ParsedRecords) -> int:
    """Return how many fields of the articles are compared."""
    return sum(
        len(columns) * len(_our_rows(parsed, name, columns)) for name, columns in _COLUMNS.items()
    )


def _our_rows(parsed: ParsedRecords, name: str, columns: list[str]) -> list[tuple[Any, ...]]:
    table = parsed.tables[name]
    if name == "records":
        table = table.filter(_is_article(parsed))
    lists = [
        [tuple(v) if isinstance(v, list) else v for v in table.column(c).to_pylist()]
        for c in columns
    ]
    rows = list(zip(*lists, strict=True))
    articles = {
        row["pmid"]
        for row in parsed.tables["records"].filter(_is_article(parsed)).select(["pmid"]).to_pylist()
    }
    return [row for row in rows if row[0] in articles]


def _is_article(parsed: ParsedRecords) -> Any:
    import pyarrow.compute as pc

    return pc.equal(parsed.tables["records"].column("record_kind"), "article")


def _row_differences(
    name: str, ours: list[tuple[Any, ...]], theirs: list[tuple[Any, ...]]
) -> list[str]:
    found = []
    if len(ours) != len(theirs):
        found.append(f"{name}: {len(ours)} rows, Bio.Entrez {len(theirs)}")
    columns = _COLUMNS[name]
    for mine, other in zip(ours, theirs, strict=False):
        for column, left, right in zip(columns, mine, other, strict=True):
            if left != right:
                found.append(f"{name} {mine[0]}, {column}: {left!r}, Bio.Entrez {right!r}")
    return found


def _text(value: Any) -> str | None:
    """Return a text of Bio.Entrez without markup; entities are resolved."""
    if value is None:
        return None
    return html.unescape(_MARKUP.sub("", str(value))) or None


def _attribute(value: Any, name: str) -> str | None:
    return html.unescape(getattr(value, "attributes", {}).get(name, "")) or None


def _flag(value: Any, name: str) -> bool | None:
    found = _attribute(value, name)
    return None if found is None else found == "Y"


def _iso(value: Any) -> str | None:
    parts = (_text(value.get(n)) for n in ("Year", "Month", "Day", "Season", "MedlineDate"))
    return read_date(*parts).iso


def _article_rows(article: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    citation, data = article["MedlineCitation"], article.get("PubmedData", {})
    body = citation["Article"]
    pmid = _text(citation["PMID"])
    yield "records", _record_row(citation, body, data)
    groups = (
        ("author", body.get("AuthorList", [])),
        ("investigator", _flatten(citation.get("InvestigatorList", []))),
        ("subject", citation.get("PersonalNameSubjectList", [])),
    )
    for role, people in groups:
        for position, person in enumerate(people):
            yield "authors", _author_row(pmid, position, role, person)
            for place, info in enumerate(person.get("AffiliationInfo", [])):
                names = tuple(
                    f"{_attribute(i, 'Source')}:{_text(i)}" for i in info.get("Identifier", [])
                )
                text = _text(info.get("Affiliation"))
                yield "affiliations", (pmid, role, position, place, text, names)
    yield from _mesh_rows(pmid, citation)
    for place, kind in enumerate(body.get("PublicationTypeList", [])):
        yield "publication_types", (pmid, place, _attribute(kind, "UI"), _text(kind))
    yield from _abstract_rows(pmid, citation, body)
    yield from _id_rows(pmid, citation, body, data)
    yield from _date_rows(pmid, citation, body, data)
    yield from _small_rows(pmid, citation, body)


def _flatten(lists: Any) -> list[Any]:
    return [item for one in lists for item in (one if isinstance(one, list) else [one])]


def _record_row(citation: Any, body: Any, data: Any) -> tuple[Any, ...]:
    journal, info = body["Journal"], citation["MedlineJournalInfo"]
    issue, pages = journal["JournalIssue"], body.get("Pagination", {})
    issued = read_date(
        *(_text(issue["PubDate"].get(n)) for n in ("Year", "Month", "Day", "Season", "MedlineDate"))
    )
    history = {}
    for event in data.get("History", []):
        history.setdefault(_attribute(event, "PubStatus"), _iso(event))
    electronic = [_iso(date) for date in body.get("ArticleDate", [])]
    stated = _text(citation.get("NumberOfReferences"))
    values = (
        [_text(citation["PMID"]), int(_attribute(citation["PMID"], "Version") or 1)]
        + [_attribute(citation, "Status"), _attribute(citation, "Owner")]
        + [_attribute(body, "PubModel"), _text(body.get("ArticleTitle"))]
        + [_text(body.get("VernacularTitle")), _text(journal.get("Title"))]
        + [_text(journal.get("ISOAbbreviation")), _text(info.get("MedlineTA"))]
        + [_text(info.get("NlmUniqueID")), _text(journal.get("ISSN"))]
        + [_attribute(journal.get("ISSN"), "IssnType"), _text(info.get("ISSNLinking"))]
        + [_attribute(issue, "CitedMedium"), _text(issue.get("Volume")), _text(issue.get("Issue"))]
        + [_text(pages.get(name)) for name in ("MedlinePgn", "StartPage", "EndPage")]
        + [issued.iso, issued.precision, electronic[0] if electronic else None]
        + [history.get("entrez"), history.get("pubmed")]
        + [_iso(citation.get("DateRevised", {})), _text(info.get("Country"))]
        + [_text(data.get("PublicationStatus"))]
        + [_texts(body.get("Language", [])), _texts(citation.get("CitationSubset", []))]
        + [_texts(citation.get("GeneSymbolList", []))]
        + [_texts(citation.get("SpaceFlightMission", [])), _texts(citation.get("GeneralNote", []))]
        + [_n_references(data.get("ReferenceList", [])), int(stated) if stated else None]
        + [_text(body.get("Abstract", {}).get("CopyrightInformation"))]
        + [_text(citation.get("CoiStatement"))]
    )
    return tuple(values)


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(text for value in values if (text := _text(value)) is not None)


def _n_references(lists: Any) -> int:
    return sum(
        len(one.get("Reference", [])) + _n_references(one.get("ReferenceList", [])) for one in lists
    )


def _author_row(pmid: str | None, position: int, role: str, person: Any) -> tuple[Any, ...]:
    identifiers = person.get("Identifier", [])
    identifier = identifiers[0] if identifiers else None
    source, printed = _attribute(identifier, "Source"), _text(identifier)
    names = [
        _text(person.get(name))
        for name in ("LastName", "ForeName", "Initials", "Suffix", "CollectiveName")
    ]
    orcid = read_orcid(printed) if source == "ORCID" else None
    return (pmid, position, role, *names, orcid, printed, source, _flag(person, "ValidYN"))


def _mesh_rows(pmid: str | None, citation: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for position, heading in enumerate(citation.get("MeshHeadingList", [])):
        name = heading["DescriptorName"]
        about = (pmid, position, "heading", _attribute(name, "UI"), _text(name))
        major = _flag(name, "MajorTopicYN")
        for qualifier in heading.get("QualifierName", []) or [None]:
            marked = _flag(qualifier, "MajorTopicYN")
            row = (*about, major, _attribute(qualifier, "UI"), _text(qualifier), marked)
            yield "mesh", row
    for position, name in enumerate(citation.get("SupplMeshList", [])):
        about = (pmid, position, "supplementary", _attribute(name, "UI"), _text(name))
        yield "mesh", (*about, None, None, None, None)


def _abstract_rows(
    pmid: str | None, citation: Any, body: Any
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    groups = [("abstract", None, None, body.get("Abstract", {}))] + [
        ("other abstract", _attribute(other, "Type"), _attribute(other, "Language"), other)
        for other in citation.get("OtherAbstract", [])
    ]
    for kind, whose, language, abstract in groups:
        for section in abstract.get("AbstractText", []):
            label = (_attribute(section, "Label"), _attribute(section, "NlmCategory"))
            yield "abstract_sections", (pmid, kind, whose, language, *label, _text(section))


def _id_rows(
    pmid: str | None, citation: Any, body: Any, data: Any
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    groups = (
        ("article id", data.get("ArticleIdList", []), "IdType"),
        ("elocation", body.get("ELocationID", []), "EIdType"),
        ("other id", citation.get("OtherID", []), "Source"),
    )
    for source, found, attribute in groups:
        for value in found:
            kind = _attribute(value, attribute)
            yield "ids", (pmid, source, kind, _text(value), _flag(value, "ValidYN"))


def _date_rows(
    pmid: str | None, citation: Any, body: Any, data: Any
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    dates = [("issue", body["Journal"]["JournalIssue"].get("PubDate"))]
    dates += [("electronic", date) for date in body.get("ArticleDate", [])]
    dates += [("created", citation.get("DateCreated"))]
    dates += [("completed", citation.get("DateCompleted"))]
    dates += [("revised by NLM", citation.get("DateRevised"))]
    dates += [(_attribute(event, "PubStatus"), event) for event in data.get("History", [])]
    for kind, value in dates:
        if value is not None:
            yield "dates", (pmid, kind, _iso(value))


def _small_rows(
    pmid: str | None, citation: Any, body: Any
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for position, grant in enumerate(body.get("GrantList", [])):
        values = (_text(grant.get(n)) for n in ("GrantID", "Acronym", "Agency", "Country"))
        yield "grants", (pmid, position, *values)
    for position, bank in enumerate(body.get("DataBankList", [])):
        for number in bank.get("AccessionNumberList", []) or [None]:
            yield "databanks", (pmid, position, _text(bank.get("DataBankName")), _text(number))
    for position, link in enumerate(citation.get("CommentsCorrectionsList", [])):
        other = link.get("PMID")
        version = _attribute(other, "Version")
        about = (_attribute(link, "RefType"), _text(link.get("RefSource")), _text(other))
        note = _text(link.get("Note"))
        yield "corrections", (pmid, position, *about, int(version) if version else None, note)
    for listed in citation.get("KeywordList", []):
        for keyword in listed:
            major = _flag(keyword, "MajorTopicYN")
            yield "keywords", (pmid, _attribute(listed, "Owner"), _text(keyword), major)
    for position, chemical in enumerate(citation.get("ChemicalList", [])):
        name = chemical["NameOfSubstance"]
        number = _text(chemical.get("RegistryNumber"))
        yield "chemicals", (pmid, position, number, _attribute(name, "UI"), _text(name))
