"""The exact engine: walks a piece of PubMed XML element by element with lxml.

It reads everything the fast engine must refuse (books, comments, CDATA, unknown elements) and is
the reference that the fast engine is tested against. It never expands an entity, never loads a
DTD and never opens a connection. It gets bytes and gives tables; it knows no file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from evidence.errors import ReplyRefusedError
from evidence.records.pubmed_model import INLINE, MATHML, is_known
from evidence.records.pubmed_tables import PUBMED_TABLES, ParsedRecords, empty_table
from evidence.records.pubmed_values import (
    NO_DATE,
    PartialDate,
    read_count,
    read_date,
    read_flag,
    read_orcid,
    read_small,
)

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Key = tuple[str | None, int]
Rows = dict[str, list[tuple[Any, ...]]]


def walk_records(xml: bytes) -> ParsedRecords:
    """Return the tables of one well-formed PubmedArticleSet without a DOCTYPE.

    Raises
    ------
    ReplyRefusedError
        If the XML is not well formed, or holds an entity that XML itself does not define.
    """
    root = parse_tree(xml)
    rows: Rows = {name: [] for name in PUBMED_TABLES}
    for element in root:
        reader = _RECORD_READERS.get(element.tag)
        if reader is not None:
            reader(element, rows)
    unknown: Counter[str] = Counter()
    _count_unknown(root, "", unknown)
    tables = {name: _table(name, found) for name, found in rows.items()}
    return ParsedRecords(tables, dict(sorted(unknown.items())))


def parse_tree(xml: bytes) -> Element:
    """Return the root element; entities stay unexpanded and nothing is loaded."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise ReplyRefusedError(
            f"PubMed XML: not well formed ({error.msg}); fetch or download it again"
        ) from error


def _table(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    schema = PUBMED_TABLES[name].schema
    if not rows:
        return empty_table(name)
    columns = zip(*rows, strict=True)
    arrays = [
        pa.array(list(column), type=field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _count_unknown(element: Element, path: str, unknown: Counter[str]) -> None:
    """Count the topmost unknown elements below an element, by their path."""
    for child in element:
        tag = _name(child.tag)
        here = f"{path}/{tag}" if path else tag
        if is_known(element.tag, child.tag):
            if len(child) and not child.tag.startswith(MATHML) and child.tag not in INLINE:
                _count_unknown(child, here, unknown)
            elif child.tag in INLINE:
                _count_unknown_markup(child, here, unknown)
        else:
            unknown[here] += 1


def _count_unknown_markup(element: Element, path: str, unknown: Counter[str]) -> None:
    for child in element.iter():
        if child is not element and child.tag not in INLINE and not child.tag.startswith(MATHML):
            unknown[f"{path}/{_name(child.tag)}"] += 1


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


# --- reading single values ---------------------------------------------------------------------


def _text_of(element: Element | None) -> str | None:
    """Return all text below an element in order; markup is dropped, empty is None."""
    if element is None:
        return None
    text = "".join(element.itertext()) if len(element) else element.text
    return text or None


def _text(parent: Element | None, path: str) -> str | None:
    """Return the first text that is not empty at a path."""
    for text in _texts(parent, path):
        return text
    return None


def _attribute(element: Element | None, name: str) -> str | None:
    return None if element is None else element.get(name) or None


def _texts(parent: Element | None, path: str) -> Iterator[str]:
    if parent is not None:
        for found in parent.iterfind(path):
            text = _text_of(found)
            if text is not None:
                yield text


def _children(parent: Element | None, path: str) -> Iterator[tuple[int, Element]]:
    return enumerate(() if parent is None else parent.iterfind(path))


def _date(element: Element | None) -> PartialDate:
    if element is None:
        return NO_DATE
    return read_date(
        *(_text(element, name) for name in ("Year", "Month", "Day", "Season", "MedlineDate"))
    )


def _pmid_key(parent: Element) -> Key:
    pmid = parent.find("PMID")
    return _text_of(pmid), read_small(_attribute(pmid, "Version")) or 1


# --- records -------------------------------------------------------------------------------------


def _read_article(element: Element, rows: Rows) -> None:
    citation = element.find("MedlineCitation")
    if citation is None:
        return
    article, data = citation.find("Article"), element.find("PubmedData")
    key = _pmid_key(citation)
    dates = _article_dates(citation, article, data)
    rows["records"].append(_article_record(key, citation, article, data, dates))
    _add_dates(rows, key, dates)
    _add_authors(rows, key, "author", article, "AuthorList/Author")
    _add_authors(rows, key, "investigator", citation, "InvestigatorList/Investigator")
    _add_authors(rows, key, "subject", citation, "PersonalNameSubjectList/PersonalNameSubject")
    _add_mesh(rows, key, citation)
    _add_publication_types(rows, key, article, "PublicationTypeList/PublicationType")
    _add_abstract(rows, key, article)
    _add_other_abstracts(rows, key, citation)
    _add_ids(rows, key, "article id", data, "ArticleIdList/ArticleId", "IdType")
    _add_ids(rows, key, "elocation", article, "ELocationID", "EIdType")
    _add_ids(rows, key, "other id", citation, "OtherID", "Source")
    _add_grants(rows, key, article)
    _add_databanks(rows, key, article)
    _add_corrections(rows, key, citation)
    _add_keywords(rows, key, citation)
    _add_chemicals(rows, key, citation)


def _article_record(
    key: Key,
    citation: Element,
    article: Element | None,
    data: Element | None,
    dates: list[tuple[str | None, PartialDate, Element]],
) -> tuple[Any, ...]:
    journal = article.find("Journal") if article is not None else None
    issue = journal.find("JournalIssue") if journal is not None else None
    info = citation.find("MedlineJournalInfo")
    issn = journal.find("ISSN") if journal is not None else None
    issued = _date(issue.find("PubDate") if issue is not None else None)
    values: dict[str, Any] = {
        "record_kind": "article",
        "status": _attribute(citation, "Status"),
        "owner": _attribute(citation, "Owner"),
        "indexing_method": _attribute(citation, "IndexingMethod"),
        "pub_model": _attribute(article, "PubModel"),
        "title": _text(article, "ArticleTitle"),
        "vernacular_title": _text(article, "VernacularTitle"),
        "journal": _text(journal, "Title"),
        "journal_abbreviation": _text(journal, "ISOAbbreviation"),
        "medline_ta": _text(info, "MedlineTA"),
        "nlm_unique_id": _text(info, "NlmUniqueID"),
        "issn": _text_of(issn),
        "issn_type": _attribute(issn, "IssnType"),
        "issn_linking": _text(info, "ISSNLinking"),
        "cited_medium": _attribute(issue, "CitedMedium"),
        "volume": _text(issue, "Volume"),
        "issue": _text(issue, "Issue"),
        "country": _text(info, "Country"),
        "languages": list(_texts(article, "Language")),
        "citation_subsets": list(_texts(citation, "CitationSubset")),
        "gene_symbols": list(_texts(citation, "GeneSymbolList/GeneSymbol")),
        "space_flight_missions": list(_texts(citation, "SpaceFlightMission")),
        "general_notes": list(_texts(citation, "GeneralNote")),
        "n_references_stated": read_count(_text(citation, "NumberOfReferences")),
        "copyright": _text(article, "Abstract/CopyrightInformation"),
        "coi_statement": _text(citation, "CoiStatement"),
        **_issued_values(issued),
        **_history_values(dates),
        **_shared_values(article, data, citation),
    }
    return _record_row(key, values)


def _shared_values(
    described: Element | None, data: Element | None, revised: Element
) -> dict[str, Any]:
    """Return what articles and book articles record alike."""
    return {
        "pages": _text(described, "Pagination/MedlinePgn"),
        "start_page": _text(described, "Pagination/StartPage"),
        "end_page": _text(described, "Pagination/EndPage"),
        "mdat": _date(revised.find("DateRevised")).iso,
        "publication_status": _text(data, "PublicationStatus"),
        "n_references": 0 if data is None else _n_references(data),
    }


def _n_references(parent: Element) -> int:
    return sum(1 for listed in parent.iterfind("ReferenceList") for _ in listed.iter("Reference"))


def _issued_values(issued: PartialDate) -> dict[str, Any]:
    return {
        "pub_date": issued.iso,
        "pub_date_precision": issued.precision,
        "pub_date_text": issued.text,
    }


def _history_values(dates: list[tuple[str | None, PartialDate, Element]]) -> dict[str, Any]:
    first: dict[str | None, str | None] = {}
    for kind, value, _ in dates:
        first.setdefault(kind, value.iso)
    return {
        "epub_date": first.get("electronic"),
        "crdt": first.get("entrez"),
        "edat": first.get("pubmed"),
    }


def _record_row(key: Key, values: dict[str, Any]) -> tuple[Any, ...]:
    columns = PUBMED_TABLES["records"].columns[2:]
    return (*key, *(values.get(column.name, _ABSENT.get(column.name)) for column in columns))


_ABSENT: dict[str, Any] = {
    name: []
    for name in (
        "languages",
        "citation_subsets",
        "gene_symbols",
        "space_flight_missions",
        "general_notes",
    )
}


# --- the other tables ----------------------------------------------------------------------------


def _article_dates(
    citation: Element, article: Element | None, data: Element | None
) -> list[tuple[str | None, PartialDate, Element]]:
    places = (
        ("issue", article, "Journal/JournalIssue/PubDate"),
        ("electronic", article, "ArticleDate"),
        ("created", citation, "DateCreated"),
        ("completed", citation, "DateCompleted"),
        ("revised by NLM", citation, "DateRevised"),
    )
    dates: list[tuple[str | None, PartialDate, Element]] = [
        (kind, _date(found), found)
        for kind, parent, path in places
        for _, found in _children(parent, path)
    ]
    return dates + _history_dates(data)


def _history_dates(data: Element | None) -> list[tuple[str | None, PartialDate, Element]]:
    return [
        (_attribute(found, "PubStatus"), _date(found), found)
        for _, found in _children(data, "History/PubMedPubDate")
    ]


def _add_dates(rows: Rows, key: Key, dates: list[tuple[str | None, PartialDate, Element]]) -> None:
    for position, (kind, value, element) in enumerate(dates):
        hour, minute = read_small(_text(element, "Hour")), read_small(_text(element, "Minute"))
        rows["dates"].append(
            (*key, position, kind, *value[:3], hour, minute, *value[3:]),
        )


def _add_authors(
    rows: Rows, key: Key, role: str, parent: Element | None, path: str, start: int = 0
) -> int:
    position = start - 1
    for offset, person in _children(parent, path):
        position = start + offset
        identifier = person.find("Identifier")
        if identifier is None:
            identifier = person.find("NameID")
        printed, source = _text_of(identifier), _attribute(identifier, "Source")
        names = (
            _text(person, "LastName"),
            _fore_name(person),
            *(_text(person, name) for name in ("Initials", "Suffix", "CollectiveName")),
        )
        orcid = read_orcid(printed) if source == "ORCID" else None
        flags = (read_flag(_attribute(person, name)) for name in ("ValidYN", "EqualContrib"))
        rows["authors"].append((*key, position, role, *names, orcid, printed, source, *flags))
        _add_affiliations(rows, key, role, position, person)
    return position + 1


def _fore_name(person: Element) -> str | None:
    """Return the given names; before 2003 they stood in two elements."""
    given = _text(person, "ForeName")
    if given is None:
        old = [_text(person, "FirstName"), _text(person, "MiddleName")]
        given = " ".join(name for name in old if name) or None
    return given


def _add_affiliations(rows: Rows, key: Key, role: str, author: int, person: Element) -> None:
    # Until 2014 the affiliation stood in the author itself.
    found = [(None, element) for element in person.iterfind("Affiliation")] + [
        (info, element)
        for info in person.iterfind("AffiliationInfo")
        for element in info.iterfind("Affiliation")
    ]
    for position, (info, element) in enumerate(found):
        identifiers = [
            f"{_attribute(identifier, 'Source') or 'unknown'}:{_text_of(identifier) or ''}"
            for _, identifier in _children(info, "Identifier")
        ]
        row = (*key, role, author, position, _text_of(element), identifiers)
        rows["affiliations"].append(row)


def _add_mesh(rows: Rows, key: Key, citation: Element) -> None:
    add = rows["mesh"].append
    for position, heading in _children(citation, "MeshHeadingList/MeshHeading"):
        descriptor = heading.find("DescriptorName")
        about = (
            *key,
            position,
            "heading",
            _attribute(descriptor, "Type"),
            _attribute(descriptor, "UI"),
            _text_of(descriptor),
            read_flag(_attribute(descriptor, "MajorTopicYN")),
        )
        qualifiers = heading.findall("QualifierName")
        for qualifier in qualifiers:
            major = read_flag(_attribute(qualifier, "MajorTopicYN"))
            add((*about, _attribute(qualifier, "UI"), _text_of(qualifier), major))
        if not qualifiers:
            add((*about, None, None, None))
    for position, name in _children(citation, "SupplMeshList/SupplMeshName"):
        kind, ui = _attribute(name, "Type"), _attribute(name, "UI")
        about = (*key, position, "supplementary", kind, ui, _text_of(name), None)
        add((*about, None, None, None))


def _add_publication_types(rows: Rows, key: Key, parent: Element | None, path: str) -> None:
    for position, found in _children(parent, path):
        row = (*key, position, _attribute(found, "UI"), _text_of(found))
        rows["publication_types"].append(row)


def _add_abstract(rows: Rows, key: Key, parent: Element | None) -> None:
    for position, section in _children(parent, "Abstract/AbstractText"):
        rows["abstract_sections"].append(
            (*key, position, "abstract", None, None, *_section(section)),
        )


def _add_other_abstracts(rows: Rows, key: Key, citation: Element) -> None:
    position = 0
    for _, other in _children(citation, "OtherAbstract"):
        about = (_attribute(other, "Type"), _attribute(other, "Language"))
        for section in other.iterfind("AbstractText"):
            row = (*key, position, "other abstract", *about, *_section(section))
            rows["abstract_sections"].append(row)
            position += 1


def _section(section: Element) -> tuple[str | None, str | None, str | None]:
    return _attribute(section, "Label"), _attribute(section, "NlmCategory"), _text_of(section)


def _add_ids(
    rows: Rows, key: Key, source: str, parent: Element | None, path: str, attribute: str | None
) -> None:
    for position, found in _children(parent, path):
        kind = _attribute(found, attribute) if attribute else source
        valid = read_flag(_attribute(found, "ValidYN"))
        rows["ids"].append((*key, position, source, kind, _text_of(found), valid))


def _add_grants(rows: Rows, key: Key, parent: Element | None) -> None:
    for position, grant in _children(parent, "GrantList/Grant"):
        values = (_text(grant, name) for name in ("GrantID", "Acronym", "Agency", "Country"))
        rows["grants"].append((*key, position, *values))


def _add_databanks(rows: Rows, key: Key, article: Element | None) -> None:
    for position, bank in _children(article, "DataBankList/DataBank"):
        name = _text(bank, "DataBankName")
        numbers = [_text_of(e) for e in bank.iterfind("AccessionNumberList/AccessionNumber")]
        rows["databanks"].extend((*key, position, name, number) for number in numbers or [None])


def _add_corrections(rows: Rows, key: Key, citation: Element) -> None:
    path = "CommentsCorrectionsList/CommentsCorrections"
    for position, link in _children(citation, path):
        pmid = link.find("PMID")
        version = read_small(_attribute(pmid, "Version"))
        other = (_text(link, "RefSource"), _text_of(pmid), version, _text(link, "Note"))
        rows["corrections"].append((*key, position, _attribute(link, "RefType"), *other))


def _add_keywords(rows: Rows, key: Key, parent: Element) -> None:
    position = 0
    for _, listed in _children(parent, "KeywordList"):
        owner = _attribute(listed, "Owner")
        for keyword in listed.iterfind("Keyword"):
            major = read_flag(_attribute(keyword, "MajorTopicYN"))
            rows["keywords"].append((*key, position, owner, _text_of(keyword), major))
            position += 1


def _add_chemicals(rows: Rows, key: Key, citation: Element) -> None:
    for position, chemical in _children(citation, "ChemicalList/Chemical"):
        substance = chemical.find("NameOfSubstance")
        values = (_text(chemical, "RegistryNumber"), _attribute(substance, "UI"))
        rows["chemicals"].append((*key, position, *values, _text_of(substance)))


# --- books and deletions -------------------------------------------------------------------------


def _read_book(element: Element, rows: Rows) -> None:
    document = element.find("BookDocument")
    if document is None:
        return
    book, data = document.find("Book"), element.find("PubmedBookData")
    key = _pmid_key(document)
    dates = _book_dates(document, book, data)
    rows["records"].append(_book_record(key, document, book, data, dates))
    _add_dates(rows, key, dates)
    _add_book_authors(rows, key, "", document)
    _add_book_authors(rows, key, "book ", book)
    people = "InvestigatorList/Investigator"
    start = _add_authors(rows, key, "investigator", document, people)
    _add_authors(rows, key, "investigator", book, people, start)
    _add_publication_types(rows, key, document, "PublicationType")
    _add_abstract(rows, key, document)
    _add_ids(rows, key, "article id", data, "ArticleIdList/ArticleId", "IdType")
    _add_ids(rows, key, "book id", document, "ArticleIdList/ArticleId", "IdType")
    _add_ids(rows, key, "elocation", book, "ELocationID", "EIdType")
    _add_ids(rows, key, "isbn", book, "Isbn", None)
    _add_grants(rows, key, document)
    _add_keywords(rows, key, document)


def _book_record(
    key: Key,
    document: Element,
    book: Element | None,
    data: Element | None,
    dates: list[tuple[str | None, PartialDate, Element]],
) -> tuple[Any, ...]:
    issued = _date(book.find("PubDate") if book is not None else None)
    values: dict[str, Any] = {
        "record_kind": "book",
        "title": _text(document, "ArticleTitle") or _text(book, "BookTitle"),
        "vernacular_title": _text(document, "VernacularTitle"),
        "volume": _text(book, "Volume"),
        "languages": list(_texts(document, "Language")),
        "copyright": _text(document, "Abstract/CopyrightInformation"),
        "book_title": _text(book, "BookTitle"),
        "publisher": _text(book, "Publisher/PublisherName"),
        "publisher_location": _text(book, "Publisher/PublisherLocation"),
        "edition": _text(book, "Edition"),
        "collection_title": _text(book, "CollectionTitle"),
        **_issued_values(issued),
        **_history_values(dates),
        **_shared_values(document, data, document),
    }
    values["n_references"] += _n_references(document)
    return _record_row(key, values)


def _book_dates(
    document: Element, book: Element | None, data: Element | None
) -> list[tuple[str | None, PartialDate, Element]]:
    places = (
        ("issue", book, "PubDate"),
        ("beginning", book, "BeginningDate"),
        ("ending", book, "EndingDate"),
        ("contribution", document, "ContributionDate"),
        ("revised by NLM", document, "DateRevised"),
    )
    dates: list[tuple[str | None, PartialDate, Element]] = [
        (kind, _date(found), found)
        for kind, parent, path in places
        for _, found in _children(parent, path)
    ]
    return dates + _history_dates(data)


def _add_book_authors(rows: Rows, key: Key, prefix: str, parent: Element | None) -> None:
    """Add the authors and editors of a chapter or a book; each role is counted from 0."""
    starts: Counter[str] = Counter()
    for _, listed in _children(parent, "AuthorList"):
        role = prefix + ("editor" if listed.get("Type") == "editors" else "author")
        starts[role] = _add_authors(rows, key, role, listed, "Author", starts[role])


def _read_deleted(element: Element, rows: Rows) -> None:
    for pmid in element.iterfind("PMID"):
        version = read_small(_attribute(pmid, "Version")) or 1
        rows["deleted"].append((_text_of(pmid), version))


_RECORD_READERS: dict[str, Callable[[Element, Rows], None]] = {
    "PubmedArticle": _read_article,
    "PubmedBookArticle": _read_book,
    "DeleteCitation": _read_deleted,
    "DeleteDocument": _read_deleted,
}
