"""Which elements PubMed XML has: the content model of every DTD year, as one declaration.

An element that stands where no DTD allows it is *unknown*: it is counted and reported, never
fatal. This module reads no XML; it only says what is known.
"""

from __future__ import annotations

_DAY = "Year Month Day"
_PERSON = (
    "LastName ForeName FirstName MiddleName Initials Suffix CollectiveName Identifier NameID "
    "AffiliationInfo Affiliation"
)

#: The element names that each container may hold. What is not a key holds text.
CHILDREN: dict[str, frozenset[str]] = {
    name: frozenset(children.split())
    for name, children in {
        "PubmedArticleSet": "PubmedArticle PubmedBookArticle DeleteCitation DeleteDocument",
        "PubmedBookArticleSet": "PubmedBookArticle DeleteDocument DeleteCitation",
        "PubmedArticle": "MedlineCitation PubmedData",
        "MedlineCitation": (
            "PMID DateCreated DateCompleted DateRevised Article MedlineJournalInfo ChemicalList "
            "SupplMeshList CitationSubset CommentsCorrectionsList GeneSymbolList MeshHeadingList "
            "NumberOfReferences PersonalNameSubjectList OtherID OtherAbstract KeywordList "
            "CoiStatement SpaceFlightMission InvestigatorList GeneralNote"
        ),
        "Article": (
            "Journal ArticleTitle Pagination ELocationID Abstract AuthorList Language "
            "DataBankList GrantList PublicationTypeList VernacularTitle ArticleDate"
        ),
        "Journal": "ISSN JournalIssue Title ISOAbbreviation",
        "JournalIssue": "Volume Issue PubDate",
        "PubDate": f"{_DAY} Season MedlineDate",
        "Pagination": "StartPage EndPage MedlinePgn",
        "Abstract": "AbstractText CopyrightInformation",
        "OtherAbstract": "AbstractText CopyrightInformation",
        "AuthorList": "Author",
        "Author": _PERSON,
        "InvestigatorList": "Investigator",
        "Investigator": _PERSON,
        "PersonalNameSubjectList": "PersonalNameSubject",
        "PersonalNameSubject": _PERSON,
        "AffiliationInfo": "Affiliation Identifier",
        "DataBankList": "DataBank",
        "DataBank": "DataBankName AccessionNumberList",
        "AccessionNumberList": "AccessionNumber",
        "GrantList": "Grant",
        "Grant": "GrantID Acronym Agency Country",
        "PublicationTypeList": "PublicationType",
        "MedlineJournalInfo": "Country MedlineTA NlmUniqueID ISSNLinking",
        "ChemicalList": "Chemical",
        "Chemical": "RegistryNumber NameOfSubstance",
        "SupplMeshList": "SupplMeshName",
        "CommentsCorrectionsList": "CommentsCorrections",
        "CommentsCorrections": "RefSource PMID Note",
        "GeneSymbolList": "GeneSymbol",
        "MeshHeadingList": "MeshHeading",
        "MeshHeading": "DescriptorName QualifierName",
        "KeywordList": "Keyword",
        "PubmedData": "History PublicationStatus ArticleIdList ObjectList ReferenceList",
        "PubmedBookData": "History PublicationStatus ArticleIdList ObjectList ReferenceList",
        "History": "PubMedPubDate",
        "PubMedPubDate": f"{_DAY} Hour Minute Second",
        "ArticleIdList": "ArticleId",
        "ObjectList": "Object",
        "Object": "Param",
        "ReferenceList": "Title Reference ReferenceList",
        "Reference": "Citation ArticleIdList",
        "DeleteCitation": "PMID",
        "DeleteDocument": "PMID",
        "PubmedBookArticle": "BookDocument PubmedBookData",
        "BookDocument": (
            "PMID ArticleIdList Book LocationLabel ArticleTitle VernacularTitle Pagination "
            "Language AuthorList InvestigatorList PublicationType Abstract Sections KeywordList "
            "ContributionDate DateRevised GrantList ItemList ReferenceList"
        ),
        "Book": (
            "Publisher BookTitle PubDate BeginningDate EndingDate AuthorList InvestigatorList "
            "Volume VolumeTitle Edition CollectionTitle Isbn ELocationID Medium ReportNumber"
        ),
        "Publisher": "PublisherName PublisherLocation",
        "Sections": "Section",
        "Section": "LocationLabel SectionTitle Section",
        "ItemList": "Item",
        "DateCreated": _DAY,
        "DateCompleted": _DAY,
        "DateRevised": _DAY,
        "ArticleDate": _DAY,
        "BeginningDate": f"{_DAY} Season",
        "EndingDate": f"{_DAY} Season",
        "ContributionDate": f"{_DAY} Season",
    }.items()
}

#: Markup inside a text; everything in MathML's namespace is markup too.
INLINE = frozenset({"b", "i", "u", "sup", "sub", "DispFormula"})
MATHML = "{http://www.w3.org/1998/Math/MathML}"

#: Known, and left out on purpose: what no table has a column for, and why.
LEFT_OUT: dict[str, str] = {
    "Reference": "references are counted (records.n_references); their texts are publishers'",
    "ObjectList": "links of the record to other databases, not facts about the study",
    "Second": "seconds of PubMed's own processing",
    "Sections": "table of contents of a book",
    "ItemList": "lists of a book's front matter",
    "LocationLabel": "place of a chapter in its book",
    "VolumeTitle": "title of one volume of a book",
    "Medium": "medium of a book",
    "ReportNumber": "number of a report among the publisher's",
}


def is_known(parent: str, child: str) -> bool:
    """Return whether an element may stand in another; texts may hold markup.

    >>> is_known("Journal", "ISSN"), is_known("Journal", "Novelty"), is_known("ArticleTitle", "i")
    (True, False, True)
    """
    allowed = CHILDREN.get(parent)
    if allowed is None:
        return child in INLINE or child.startswith(MATHML)
    return child in allowed
