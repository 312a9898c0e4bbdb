"""Where the fast engine finds its fields: the paths of PubmedArticle, declared once.

From these declarations come the configuration of xml2arrow and the number of elements that its
tables prove to be there (`pubmed_count`).

Notes
-----
xml2arrow gives one row for each child of a table's path. A field belongs to the innermost path
that is a table, and a field that stands twice in a row is an error, not a list. Therefore
MedlineCitation and Article are tables of their own, with a row for each of their children: what
may repeat in them is a list of rows, and what may not is a row of which each record has one.
"""

from __future__ import annotations

from dataclasses import dataclass

ROOT = "/PubmedArticleSet"
_CITATION = f"{ROOT}/PubmedArticle/MedlineCitation"
_ARTICLE = f"{_CITATION}/Article"
_DATA = f"{ROOT}/PubmedArticle/PubmedData"


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
        Names of the index columns: the record, each list around a row, and the row in its list.
    fields
        Path of each field, below the table's path.
    """

    name: str
    path: str
    levels: tuple[str, ...]
    fields: dict[str, str]

    @property
    def all_levels(self) -> tuple[str, ...]:
        """Return the levels with those of the tables of MedlineCitation and Article around it."""
        around = [path for path in (_CITATION, _ARTICLE) if self.path.startswith(f"{path}/")]
        return (self.levels[0], *around, *self.levels[1:])


def _dated(prefix: str, path: str, parts: str = "Year Month Day") -> dict[str, str]:
    return {f"{prefix}_{part.lower()}": f"{path}/{part}" for part in parts.split()}


_RECORD_FIELDS = {"publication_status": "PubmedArticle/PubmedData/PublicationStatus"}
_CITATION_FIELDS = {
    "pmid": "PMID",
    "version": "PMID/@Version",
    "status": "@Status",
    "owner": "@Owner",
    "indexing_method": "@IndexingMethod",
    "medline_ta": "MedlineJournalInfo/MedlineTA",
    "nlm_unique_id": "MedlineJournalInfo/NlmUniqueID",
    "issn_linking": "MedlineJournalInfo/ISSNLinking",
    "country": "MedlineJournalInfo/Country",
    "n_references_stated": "NumberOfReferences",
    "coi_statement": "CoiStatement",
    "citation_subset": "CitationSubset",
    "space_flight_mission": "SpaceFlightMission",
    "general_note": "GeneralNote",
    "other_id": "OtherID",
    "other_id_type": "OtherID/@Source",
    **_dated("created", "DateCreated"),
    **_dated("completed", "DateCompleted"),
    **_dated("revised", "DateRevised"),
}
_ARTICLE_FIELDS = {
    "pub_model": "@PubModel",
    "title": "ArticleTitle",
    "vernacular_title": "VernacularTitle",
    "journal": "Journal/Title",
    "journal_abbreviation": "Journal/ISOAbbreviation",
    "issn": "Journal/ISSN",
    "issn_type": "Journal/ISSN/@IssnType",
    "cited_medium": "Journal/JournalIssue/@CitedMedium",
    "volume": "Journal/JournalIssue/Volume",
    "issue": "Journal/JournalIssue/Issue",
    "pages": "Pagination/MedlinePgn",
    "start_page": "Pagination/StartPage",
    "end_page": "Pagination/EndPage",
    "language": "Language",
    "elocation": "ELocationID",
    "elocation_type": "ELocationID/@EIdType",
    "elocation_is_valid": "ELocationID/@ValidYN",
    **_dated("issued", "Journal/JournalIssue/PubDate", "Year Month Day Season MedlineDate"),
    **_dated("electronic", "ArticleDate"),
}

#: The dates of a record but its history: table and prefix of their fields, kind of the date.
RECORD_DATES = (
    ("article", "issued", "issue"),
    ("article", "electronic", "electronic"),
    ("citation", "created", "created"),
    ("citation", "completed", "completed"),
    ("citation", "revised", "revised by NLM"),
)

#: Elements that may hold nothing: the exact engine reads such a one as if it were missing.
EMPTY_FIELDS = frozenset(
    [
        "ArticleTitle",
        "VernacularTitle",
        "Title",
        "ISOAbbreviation",
        "Volume",
        "Issue",
        "MedlinePgn",
        "StartPage",
        "EndPage",
        "Country",
        "MedlineTA",
        "NlmUniqueID",
        "ISSNLinking",
        "NumberOfReferences",
        "CoiStatement",
        "CitationSubset",
        "SpaceFlightMission",
        "GeneralNote",
        "Language",
        "PublicationStatus",
        "GrantID",
        "Acronym",
        "Agency",
        "LastName",
        "ForeName",
        "Initials",
        "Suffix",
        "CollectiveName",
        "GeneSymbol",
    ]
)
#: Elements that are a row even if they hold nothing.
EMPTY_ROWS = frozenset(
    ["AbstractText", "Keyword", "PublicationType", "ArticleId", "AccessionNumber", "SupplMeshName"]
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
    return Source(name, path, ("record", "person"), fields)


def _affiliations(name: str, path: str) -> Source:
    fields = {
        "affiliation": "Affiliation",
        "identifier": "Identifier",
        "identifier_source": "Identifier/@Source",
    }
    return Source(name, path, ("record", "person", "row"), fields)


def _listed(name: str, path: str, fields: dict[str, str]) -> Source:
    return Source(name, path, ("record", "row"), fields)


#: Tables of references: those in a list, those in a list in a list.
REFERENCES = ("references", "nested_references")


def _references(depth: int) -> tuple[Source, Source]:
    """Return tables of references, which are counted: the rest is read to be accounted for."""
    name, path = REFERENCES[depth], _DATA + (depth + 1) * "/ReferenceList"
    levels = ("record", *("list" for _ in range(depth)), "reference")
    fields = {"title": "Title", "citation": "Reference/Citation"}
    numbers = f"{path}/Reference/ArticleIdList"
    return (
        Source(name, path, levels, fields),
        Source(f"{name}_ids", numbers, (*levels, "row"), {"value": "ArticleId"}),
    )


_TIMES = ("Year", "Month", "Day", "Hour", "Minute", "Second")

SOURCES: tuple[Source, ...] = (
    Source("records", ROOT, ("record",), _RECORD_FIELDS),
    _listed("citation", _CITATION, _CITATION_FIELDS),
    _listed("article", _ARTICLE, _ARTICLE_FIELDS),
    _people("authors", f"{_ARTICLE}/AuthorList", "Author"),
    _affiliations("author_affiliations", f"{_ARTICLE}/AuthorList/Author/AffiliationInfo"),
    _people("investigators", f"{_CITATION}/InvestigatorList", "Investigator"),
    _affiliations(
        "investigator_affiliations", f"{_CITATION}/InvestigatorList/Investigator/AffiliationInfo"
    ),
    _people("subjects", f"{_CITATION}/PersonalNameSubjectList", "PersonalNameSubject"),
    Source("headings", f"{_CITATION}/MeshHeadingList", ("record", "heading"), {}),
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
    ),
    _listed(
        "supplementary",
        f"{_CITATION}/SupplMeshList",
        {
            "descriptor": "SupplMeshName",
            "descriptor_ui": "SupplMeshName/@UI",
            "type": "SupplMeshName/@Type",
        },
    ),
    _listed(
        "publication_types",
        f"{_ARTICLE}/PublicationTypeList",
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
    ),
    _listed(
        "history",
        f"{_DATA}/History",
        {
            "kind": "PubMedPubDate/@PubStatus",
            **{part.lower(): f"PubMedPubDate/{part}" for part in _TIMES},
        },
    ),
    _listed(
        "article_ids",
        f"{_DATA}/ArticleIdList",
        {"type": "ArticleId/@IdType", "value": "ArticleId"},
    ),
    _listed(
        "grants",
        f"{_ARTICLE}/GrantList",
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
    ),
    Source(
        "accessions",
        f"{_ARTICLE}/DataBankList/DataBank/AccessionNumberList",
        ("record", "bank", "row"),
        {"accession": "AccessionNumber"},
    ),
    _listed(
        "corrections",
        f"{_CITATION}/CommentsCorrectionsList",
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
        {"owner": "@Owner", "keyword": "Keyword", "is_major": "Keyword/@MajorTopicYN"},
    ),
    _listed(
        "chemicals",
        f"{_CITATION}/ChemicalList",
        {
            "registry_number": "Chemical/RegistryNumber",
            "substance": "Chemical/NameOfSubstance",
            "ui": "Chemical/NameOfSubstance/@UI",
        },
    ),
    _listed("genes", f"{_CITATION}/GeneSymbolList", {"symbol": "GeneSymbol"}),
    # No table keeps the links to other databases; they are read to be accounted for.
    Source("object_lists", f"{_DATA}/ObjectList", ("record", "object"), {}),
    Source(
        "objects", f"{_DATA}/ObjectList/Object", ("record", "object", "row"), {"param": "Param"}
    ),
    *(source for depth in range(len(REFERENCES)) for source in _references(depth)),
)


def xml2arrow_configuration() -> dict[str, object]:
    """Return the configuration of xml2arrow: every field a nullable text, untrimmed."""
    return {
        "parser_options": {"trim_text": False},
        "tables": [
            {
                "name": source.name,
                "xml_path": source.path,
                "levels": list(source.all_levels),
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
