"""Where the fast engine finds its fields: the paths of PubmedArticle, declared once.

From these declarations come the configuration of xml2arrow and the count of each element that
must be found again in some table, which proves that the fast engine lost nothing.

Notes
-----
xml2arrow gives one row for each child of a table's path. A field belongs to the innermost path
that is a table, and a field that stands twice in a row is an error, not a list. Therefore what
may repeat in MedlineCitation or Article itself is lifted out of the index (`LIFTED`) instead, and
so is the history (`pubmed_history`).
"""

from __future__ import annotations

from dataclasses import dataclass

ROOT = "/PubmedArticleSet"
_CITATION = f"{ROOT}/PubmedArticle/MedlineCitation"
_ARTICLE = f"{_CITATION}/Article"
_DATA = f"{ROOT}/PubmedArticle/PubmedData"
_ISSUE = f"{_ARTICLE}/Journal/JournalIssue"

#: Elements read from the index: their text, and one attribute each.
LIFTED = {
    "Language": None,
    "CitationSubset": None,
    "SpaceFlightMission": None,
    "GeneralNote": None,
    "ELocationID": "EIdType",
    "OtherID": "Source",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One table of xml2arrow: a path whose children are rows.

    Attributes
    ----------
    name
        Name of the table.
    path
        Path of the element whose children are rows.
    levels
        Names of the index columns, one a table above, and one for the row.
    fields
        Path of each field, below the table's path.
    rows
        Names of the elements that are rows. Where a row's element is the field itself, rows are
        counted, not values: an empty element is a row as well.
    """

    name: str
    path: str
    levels: tuple[str, ...]
    fields: dict[str, str]
    rows: tuple[str, ...]


def _dated(prefix: str, path: str, parts: str = "Year Month Day") -> dict[str, str]:
    return {f"{prefix}_{part.lower()}": f"{path}/{part}" for part in parts.split()}


_CIT = "PubmedArticle/MedlineCitation"
_ART = f"{_CIT}/Article"
_RECORD_FIELDS = {
    "pmid": f"{_CIT}/PMID",
    "version": f"{_CIT}/PMID/@Version",
    "status": f"{_CIT}/@Status",
    "owner": f"{_CIT}/@Owner",
    "indexing_method": f"{_CIT}/@IndexingMethod",
    "pub_model": f"{_ART}/@PubModel",
    "title": f"{_ART}/ArticleTitle",
    "vernacular_title": f"{_ART}/VernacularTitle",
    "journal": f"{_ART}/Journal/Title",
    "journal_abbreviation": f"{_ART}/Journal/ISOAbbreviation",
    "medline_ta": f"{_CIT}/MedlineJournalInfo/MedlineTA",
    "nlm_unique_id": f"{_CIT}/MedlineJournalInfo/NlmUniqueID",
    "issn": f"{_ART}/Journal/ISSN",
    "issn_type": f"{_ART}/Journal/ISSN/@IssnType",
    "issn_linking": f"{_CIT}/MedlineJournalInfo/ISSNLinking",
    "cited_medium": f"{_ART}/Journal/JournalIssue/@CitedMedium",
    "volume": f"{_ART}/Journal/JournalIssue/Volume",
    "issue": f"{_ART}/Journal/JournalIssue/Issue",
    "pages": f"{_ART}/Pagination/MedlinePgn",
    "start_page": f"{_ART}/Pagination/StartPage",
    "end_page": f"{_ART}/Pagination/EndPage",
    "country": f"{_CIT}/MedlineJournalInfo/Country",
    "publication_status": "PubmedArticle/PubmedData/PublicationStatus",
    "n_references_stated": f"{_CIT}/NumberOfReferences",
    "coi_statement": f"{_CIT}/CoiStatement",
    **_dated("issued", f"{_ART}/Journal/JournalIssue/PubDate", "Year Month Day Season MedlineDate"),
    **_dated("electronic", f"{_ART}/ArticleDate"),
    **_dated("created", f"{_CIT}/DateCreated"),
    **_dated("completed", f"{_CIT}/DateCompleted"),
    **_dated("revised", f"{_CIT}/DateRevised"),
}

#: The dates of a record: prefix of their fields, kind in the dates table, element that holds them.
RECORD_DATES = (
    ("issued", "issue", "PubDate"),
    ("electronic", "electronic", "ArticleDate"),
    ("created", "created", "DateCreated"),
    ("completed", "completed", "DateCompleted"),
    ("revised", "revised by NLM", "DateRevised"),
)

_NAMES = {
    name: f"{{person}}/{element}"
    for name, element in (
        ("last_name", "LastName"),
        ("fore_name", "ForeName"),
        ("initials", "Initials"),
        ("suffix", "Suffix"),
        ("collective_name", "CollectiveName"),
        ("identifier", "Identifier"),
        ("identifier_source", "Identifier/@Source"),
        ("is_valid", "@ValidYN"),
        ("is_equal_contribution", "@EqualContrib"),
    )
}


def _people(name: str, path: str, person: str) -> Source:
    fields = {field: below.format(person=person) for field, below in _NAMES.items()}
    return Source(name, path, ("record", "person"), fields, (person,))


def _affiliations(name: str, path: str) -> Source:
    fields = {
        "affiliation": "Affiliation",
        "identifier": "Identifier",
        "identifier_source": "Identifier/@Source",
    }
    return Source(name, path, ("record", "person", "row"), fields, ("Affiliation", "Identifier"))


def _listed(name: str, path: str, element: str, fields: dict[str, str]) -> Source:
    return Source(name, path, ("record", "row"), fields, (element,))


SOURCES: tuple[Source, ...] = (
    Source("records", ROOT, ("record",), _RECORD_FIELDS, ("PubmedArticle",)),
    _people("authors", f"{_ARTICLE}/AuthorList", "Author"),
    _affiliations("author_affiliations", f"{_ARTICLE}/AuthorList/Author/AffiliationInfo"),
    _people("investigators", f"{_CITATION}/InvestigatorList", "Investigator"),
    _affiliations(
        "investigator_affiliations", f"{_CITATION}/InvestigatorList/Investigator/AffiliationInfo"
    ),
    _people("subjects", f"{_CITATION}/PersonalNameSubjectList", "PersonalNameSubject"),
    Source("headings", f"{_CITATION}/MeshHeadingList", ("record", "heading"), {}, ("MeshHeading",)),
    Source(
        "mesh",
        f"{_CITATION}/MeshHeadingList/MeshHeading",
        ("record", "heading", "row"),
        {
            "descriptor": "DescriptorName",
            "descriptor_ui": "DescriptorName/@UI",
            "is_major": "DescriptorName/@MajorTopicYN",
            "type": "DescriptorName/@Type",
            "qualifier": "QualifierName",
            "qualifier_ui": "QualifierName/@UI",
            "qualifier_is_major": "QualifierName/@MajorTopicYN",
        },
        ("DescriptorName", "QualifierName"),
    ),
    _listed(
        "supplementary",
        f"{_CITATION}/SupplMeshList",
        "SupplMeshName",
        {
            "descriptor": "SupplMeshName",
            "descriptor_ui": "SupplMeshName/@UI",
            "type": "SupplMeshName/@Type",
        },
    ),
    _listed(
        "publication_types",
        f"{_ARTICLE}/PublicationTypeList",
        "PublicationType",
        {"ui": "PublicationType/@UI", "publication_type": "PublicationType"},
    ),
    Source(
        "abstract",
        f"{_ARTICLE}/Abstract",
        ("record", "row"),
        {
            "label": "AbstractText/@Label",
            "category": "AbstractText/@NlmCategory",
            "text": "AbstractText",
            "copyright": "CopyrightInformation",
        },
        ("AbstractText", "CopyrightInformation"),
    ),
    Source(
        "other_abstract",
        f"{_CITATION}/OtherAbstract",
        ("record", "row"),
        {
            "other_type": "@Type",
            "language": "@Language",
            "label": "AbstractText/@Label",
            "category": "AbstractText/@NlmCategory",
            "text": "AbstractText",
            "copyright": "CopyrightInformation",
        },
        ("AbstractText", "CopyrightInformation"),
    ),
    _listed(
        "article_ids",
        f"{_DATA}/ArticleIdList",
        "ArticleId",
        {"type": "ArticleId/@IdType", "value": "ArticleId"},
    ),
    _listed(
        "grants",
        f"{_ARTICLE}/GrantList",
        "Grant",
        {
            "grant_id": "Grant/GrantID",
            "acronym": "Grant/Acronym",
            "agency": "Grant/Agency",
            "country": "Grant/Country",
        },
    ),
    Source(
        "databanks",
        f"{_ARTICLE}/DataBankList",
        ("record", "bank"),
        {"databank": "DataBank/DataBankName"},
        ("DataBank",),
    ),
    Source(
        "accessions",
        f"{_ARTICLE}/DataBankList/DataBank/AccessionNumberList",
        ("record", "bank", "row"),
        {"accession": "AccessionNumber"},
        ("AccessionNumber",),
    ),
    _listed(
        "corrections",
        f"{_CITATION}/CommentsCorrectionsList",
        "CommentsCorrections",
        {
            "ref_type": "CommentsCorrections/@RefType",
            "ref_source": "CommentsCorrections/RefSource",
            "ref_pmid": "CommentsCorrections/PMID",
            "ref_version": "CommentsCorrections/PMID/@Version",
            "note": "CommentsCorrections/Note",
        },
    ),
    _listed(
        "keywords",
        f"{_CITATION}/KeywordList",
        "Keyword",
        {"owner": "@Owner", "keyword": "Keyword", "is_major": "Keyword/@MajorTopicYN"},
    ),
    _listed(
        "chemicals",
        f"{_CITATION}/ChemicalList",
        "Chemical",
        {
            "registry_number": "Chemical/RegistryNumber",
            "substance": "Chemical/NameOfSubstance",
            "ui": "Chemical/NameOfSubstance/@UI",
        },
    ),
    _listed("genes", f"{_CITATION}/GeneSymbolList", "GeneSymbol", {"symbol": "GeneSymbol"}),
)


def counted_fields() -> dict[str, list[tuple[str, str]]]:
    """Return for each element that holds a value the tables and fields where it must be found.

    Elements that are rows themselves are left out: their rows are counted.
    """
    places: dict[str, list[tuple[str, str]]] = {}
    for source in SOURCES:
        for field, path in source.fields.items():
            element = path.rpartition("/")[2]
            if not element.startswith("@") and path not in source.rows:
                places.setdefault(element, []).append((source.name, field))
    return places


def counted_rows() -> dict[tuple[str, ...], list[str]]:
    """Return for each set of elements that are rows the tables where they must be found."""
    tables: dict[tuple[str, ...], list[str]] = {}
    for source in SOURCES:
        if source.fields:
            tables.setdefault(source.rows, []).append(source.name)
    return tables


def xml2arrow_configuration() -> dict[str, object]:
    """Return the configuration of xml2arrow: every field a nullable text, untrimmed."""
    return {
        "parser_options": {"trim_text": False},
        "tables": [
            {
                "name": source.name,
                "xml_path": source.path,
                "levels": list(source.levels),
                "fields": [
                    {
                        "name": field,
                        "xml_path": f"{source.path}/{path}",
                        "data_type": "Utf8",
                        "nullable": True,
                    }
                    for field, path in source.fields.items()
                ],
            }
            for source in SOURCES
        ],
    }
