"""What the parser reads from each quirk of PubMed XML; every case runs on both engines."""

from __future__ import annotations

import gzip

import pytest

from benchmarks.entrez_fields import differences
from evidence.errors import ReplyRefusedError, ReplyTruncatedError
from evidence.records.pubmed_deleted import parse_deleted
from evidence.records.pubmed_tables import PUBMED_TABLES
from evidence.records.pubmed_xml import parse_chunks, parse_pubmed


@pytest.fixture(params=[False, True], ids=["fast", "exact"])
def rows(request, pubmed_xml):
    """Return the rows of one table of one fixture as dicts."""

    def read(name, table, **where):
        parsed = parse_pubmed(pubmed_xml(name), exact=request.param)
        found = parsed.tables[table].to_pylist()
        return [row for row in found if all(row[key] == value for key, value in where.items())]

    return read


def values(found, *columns):
    return [tuple(row[column] for column in columns) for row in found]


def test_the_doi_is_kept_whether_it_stands_before_or_after_the_pii(rows):
    found = rows("doi_before_pii", "ids", source="elocation")
    assert values(found, "pmid", "position", "type", "value", "is_valid") == [
        ("90000001", 0, "doi", "10.9999/first.1", True),
        ("90000001", 1, "pii", "S0001", True),
        ("90000002", 0, "pii", "S0002", False),
        ("90000002", 1, "doi", "10.9999/second.2", True),
    ]


def test_ids_of_the_record_stand_beside_those_of_the_article(rows):
    found = rows("doi_before_pii", "ids", source="article id", pmid="90000002")
    assert values(found, "type", "value") == [
        ("pubmed", "90000002"),
        ("doi", "10.9999/second.2"),
        ("pmc", "PMC0000002"),
    ]


def test_a_structured_abstract_keeps_labels_and_categories(rows):
    found = rows("structured_abstract", "abstract_sections")
    assert values(found, "position", "kind", "label", "category", "text") == [
        (0, "abstract", "AIMS & SCOPE", "OBJECTIVE", "We asked whether rest helps."),
        (1, "abstract", "RESULTS", "RESULTS", "It did in 12 of 20 people."),
        (2, "abstract", None, None, "A last line without a label."),
    ]
    (record,) = rows("structured_abstract", "records")
    assert record["copyright"] == "Copyright of nobody, 2021."


def test_an_abstract_in_another_language_is_kept_with_its_type_and_language(rows):
    found = rows("no_abstract_other_abstract", "abstract_sections")
    assert values(found, "position", "kind", "other_type", "language", "label", "text") == [
        (0, "other abstract", "Publisher", "ger", "ZIEL", "Hilft Ruhe?"),
        (1, "other abstract", "Publisher", "ger", None, "Ja, etwas."),
        (2, "other abstract", "plain-language-summary", "eng", None, "Rest helped a little."),
    ]
    (record,) = rows("no_abstract_other_abstract", "records")
    assert record["vernacular_title"] == "Ein Versuch mit Nadeln und Ruhe"
    assert record["copyright"] is None


def test_text_inside_markup_is_kept_in_order_and_references_are_resolved(rows):
    (record,) = rows("mixed_content_title", "records")
    assert record["title"] == "Salix bark, H2O and 103 nested words: a café trial"
    (section,) = rows("mixed_content_title", "abstract_sections")
    assert section["text"] == (
        "Levels of CO2 fell by 10-n with p < 0.05 & α = 5\u202f%, x>1 at the end."
    )
    (keyword,) = rows("mixed_content_title", "keywords")
    assert (keyword["keyword"], keyword["owner"]) == ("in vivo study", "NOTNLM")


def test_a_date_is_as_precise_as_it_was_printed(rows):
    found = rows("medline_date", "records")
    assert values(found, "pub_date", "pub_date_precision", "pub_date_text") == [
        ("1998-12", "month", "1998 Dec-1999 Jan"),
        ("1999", "season", "1999 Spring"),
        ("2020-03-01", "day", None),
        (None, "text", "in the summer of that year"),
    ]
    assert values(found, "epub_date", "mdat") == [
        (None, None),
        (None, None),
        ("2020-02-29", "2020-05-06"),
        (None, None),
    ]


def test_history_gives_the_dates_of_creation_and_entry(rows):
    (record, *_) = rows("medline_date", "records")
    assert (record["crdt"], record["edat"]) == ("2021-06-07", "2021-06-08")
    found = rows("medline_date", "dates", pmid="90000010")
    assert values(found, "position", "kind", "date", "hour", "minute") == [
        (0, "issue", "2020-03-01", None, None),
        (1, "electronic", "2020-02-29", None, None),
        (2, "completed", "2020-04-02", None, None),
        (3, "revised by NLM", "2020-05-06", None, None),
        (4, "received", "2021-01-03", None, None),
        (5, "entrez", "2021-06-07", 6, 0),
        (6, "pubmed", "2021-06-08", 6, 5),
    ]


def test_groups_investigators_and_subjects_stand_beside_authors(rows):
    found = rows("collective_author", "authors")
    assert values(found, "role", "position", "last_name", "collective_name", "is_valid") == [
        ("author", 0, "Murphy", None, True),
        ("author", 1, "Ng", None, False),
        ("author", 2, None, "The Invented Trials Group", True),
        ("investigator", 0, "Sato", None, True),
        ("subject", 0, "Hahn", None, None),
    ]
    assert found[0]["orcid"] == "0000-0002-1825-0097"
    assert found[0]["is_equal_contribution"] is True
    assert (found[0]["fore_name"], found[0]["initials"], found[0]["suffix"]) == (
        "Ann B",
        "AB",
        "3rd",
    )


def test_an_author_has_every_affiliation_with_its_identifiers(rows):
    found = rows("collective_author", "affiliations")
    assert values(found, "role", "author_position", "position", "affiliation", "identifiers") == [
        ("author", 0, 0, "Dept A, Cork.", ["ROR:https://ror.org/00000", "GRID:grid.0"]),
        ("author", 0, 1, "Dept B, Galway.", []),
        ("investigator", 0, 0, "Clinic C.", []),
    ]


def test_accession_numbers_of_a_trial_register_are_read(rows):
    found = rows("registered_trial", "databanks")
    assert values(found, "position", "databank", "accession") == [
        (0, "ClinicalTrials.gov", "NCT00000001"),
        (0, "ClinicalTrials.gov", "NCT00000002"),
        (1, "ISRCTN", None),
    ]


def test_a_heading_has_a_row_a_qualifier_and_one_if_it_has_none(rows):
    found = rows("registered_trial", "mesh")
    columns = ("position", "kind", "type", "descriptor", "is_major", "qualifier")
    assert values(found, *columns, "qualifier_is_major") == [
        (0, "heading", None, "Aged", False, None, None),
        (1, "heading", None, "Low Back Pain", False, "therapy", True),
        (1, "heading", None, "Low Back Pain", False, "complications", False),
        (2, "heading", "Geographic", "Ireland", True, None, None),
        (0, "supplementary", "Protocol", "made up protocol", None, None, None),
    ]


def test_what_a_record_lists_stays_a_list(rows):
    (record,) = rows("registered_trial", "records")
    assert record["languages"] == ["eng"]
    assert record["citation_subsets"] == ["AIM", "IM"]
    assert record["gene_symbols"] == ["abc1"]
    assert record["space_flight_missions"] == ["Flight One"]
    assert record["general_notes"] == ["A note."]


def test_references_are_counted_at_every_depth_and_across_lists(rows):
    (record,) = rows("registered_trial", "records")
    assert (record["n_references"], record["n_references_stated"]) == (4, 31)


def test_grants_chemicals_and_keywords_keep_their_parts(rows):
    grants = rows("registered_trial", "grants")
    assert values(grants, "grant_id", "acronym", "agency", "country") == [
        ("R01 1", "AT", "NCCIH NIH HHS", "United States"),
        (None, None, "A charity", None),
    ]
    chemicals = rows("registered_trial", "chemicals")
    assert values(chemicals, "registry_number", "ui", "substance") == [
        ("0", "D000700", "Analgesics")
    ]
    keywords = rows("registered_trial", "keywords")
    assert values(keywords, "position", "owner", "keyword", "is_major") == [
        (0, "NOTNLM", "acupuncture", True),
        (1, "NOTNLM", "rest", False),
        (2, "KIE", "ethics", False),
    ]


def test_links_between_records_are_read_with_their_notes(rows):
    found = rows("retracted", "corrections")
    assert values(found, "pmid", "position", "ref_type", "ref_pmid", "ref_version", "note") == [
        ("90000004", 0, "RetractionIn", "90000005", 1, None),
        ("90000004", 1, "ErratumIn", None, None, "table 2"),
        ("90000005", 0, "RetractionOf", "90000004", 1, None),
    ]


def test_a_book_article_is_a_record_among_articles(rows):
    book, article = rows("book", "records")
    assert (book["record_kind"], article["record_kind"]) == ("book", "article")
    assert book["title"] == "Rest for backs"
    assert book["book_title"] == "Reviews of invented care"
    assert (book["publisher"], book["publisher_location"]) == ("Invented Press", "Cork (IE)")
    assert (book["pub_date"], book["edat"], book["mdat"]) == ("2019-05", "2019-06-01", "2020-01-02")
    assert book["journal"] is None
    assert book["n_references"] == 1


def test_the_people_and_numbers_of_a_book_keep_their_roles(rows):
    authors = rows("book", "authors")
    assert values(authors, "role", "position", "last_name") == [
        ("author", 0, "Daly"),
        ("book editor", 0, "Byrne"),
    ]
    ids = rows("book", "ids", pmid="90000030")
    assert values(ids, "source", "type", "value") == [
        ("article id", "pubmed", "90000030"),
        ("book id", "bookaccession", "NBK000001"),
        ("elocation", "doi", "10.9999/book.30"),
        ("isbn", "isbn", "9780000000002"),
    ]


def test_deleted_records_are_listed_with_their_versions(rows):
    assert values(rows("deleted", "deleted"), "pmid", "version") == [
        ("80000001", 1),
        ("80000002", 2),
    ]
    assert values(rows("only_deleted", "deleted"), "pmid") == [("80000003",)]


def test_two_versions_of_a_record_are_two_rows(rows):
    found = rows("two_versions", "records")
    assert values(found, "pmid", "version") == [("90000029", 1), ("90000029", 2)]


def test_comments_are_skipped_and_cdata_is_text(rows):
    (section,) = rows("comment_and_cdata", "abstract_sections")
    assert section["text"] == "Before after a < b </PubmedArticle> & c end."
    assert len(rows("comment_and_cdata", "records")) == 2


def test_records_of_old_dtds_are_read_in_full(rows):
    (author,) = rows("dtd_of_2008", "authors")
    assert (author["last_name"], author["fore_name"]) == ("Old", "Ada B")
    assert (author["identifier"], author["identifier_source"]) == ("12", "NCBI")
    assert values(rows("dtd_of_2008", "affiliations"), "affiliation") == [("Institute D.",)]
    assert values(rows("dtd_of_2008", "dates", kind="created"), "date") == [("2008-01-02",)]


def test_a_dtd_of_a_future_year_needs_no_network(rows):
    assert len(rows("dtd_of_2031", "records")) == 1


def test_an_empty_set_gives_empty_tables_with_their_columns(pubmed_xml):
    parsed = parse_pubmed(pubmed_xml("empty"))
    for name, spec in PUBMED_TABLES.items():
        assert parsed.tables[name].num_rows == 0
        assert parsed.tables[name].schema == spec.schema


def test_a_self_closing_set_is_empty_too():
    assert parse_pubmed(b'<?xml version="1.0"?><PubmedArticleSet/>').tables["records"].num_rows == 0


def test_the_first_title_that_is_not_empty_counts(rows):
    (record,) = rows("repeated_single_field", "records")
    assert record["title"] == "A second title"


@pytest.mark.parametrize("exact", [False, True])
def test_unknown_elements_are_counted_by_their_path_and_are_not_fatal(pubmed_xml, exact):
    parsed = parse_pubmed(pubmed_xml("unknown_element"), exact=exact)
    citation = "PubmedArticle/MedlineCitation"
    assert parsed.unknown == {
        f"{citation}/Article/ArticleTitle/strong": 1,
        f"{citation}/Article/Novelty": 2,
        f"{citation}/MeshHeadingList/MeshHeading/Weight": 1,
        "PubmedArticle/PubmedData/ReferenceList/Reference/Score": 1,
        "PubmedCorrection": 1,
    }
    (record,) = parsed.tables["records"].to_pylist()
    assert record["title"] == "Words kept in order"


@pytest.mark.parametrize("exact", [False, True])
def test_a_known_element_in_another_place_is_unknown_there(pubmed_xml, exact):
    parsed = parse_pubmed(pubmed_xml("known_element_in_another_place"), exact=exact)
    assert parsed.unknown == {"PubmedArticle/MedlineCitation/Country": 1}
    assert parsed.tables["records"].column("country").to_pylist() == ["Ireland"]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("name", ["entity_attack", "external_entity"])
def test_a_document_that_declares_entities_is_refused_before_any_is_expanded(
    pubmed_xml, name, exact
):
    with pytest.raises(ReplyRefusedError, match="declares entities"):
        parse_pubmed(pubmed_xml(name), exact=exact)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("name", ["unknown_entity", "not_well_formed", "inline_crosses_element"])
def test_xml_that_is_not_well_formed_is_refused(pubmed_xml, name, exact):
    with pytest.raises(ReplyRefusedError, match="not well formed"):
        parse_pubmed(pubmed_xml(name), exact=exact)


@pytest.mark.parametrize("exact", [False, True])
def test_a_document_that_ends_in_the_middle_is_truncated(pubmed_xml, exact):
    with pytest.raises(ReplyTruncatedError, match="</PubmedArticleSet>"):
        parse_pubmed(pubmed_xml("truncated"), exact=exact)


def test_a_document_cut_at_any_byte_is_truncated_and_never_half_read(pubmed_xml):
    whole = pubmed_xml("retracted").rstrip()
    for end in range(0, len(whole), 7):
        with pytest.raises(ReplyTruncatedError):
            parse_pubmed(whole[:end])


@pytest.mark.parametrize(
    ("name", "said"), [("html_error", "502 Bad Gateway"), ("eutils_error", "Unable to obtain")]
)
def test_something_else_than_pubmed_xml_is_refused_with_what_it_says(pubmed_xml, name, said):
    with pytest.raises(ReplyRefusedError, match=said):
        parse_pubmed(pubmed_xml(name))


def test_text_after_the_document_is_refused(pubmed_xml):
    with pytest.raises(ReplyRefusedError, match="follows the end"):
        parse_pubmed(pubmed_xml("deleted") + b"<PubmedArticleSet>")


def test_gzipped_and_plain_bytes_give_the_same_tables(pubmed_xml):
    plain = pubmed_xml("registered_trial")
    assert parse_pubmed(gzip.compress(plain)).tables == parse_pubmed(plain).tables


def test_gzip_that_ends_in_the_middle_is_truncated(pubmed_xml):
    packed = gzip.compress(pubmed_xml("registered_trial"))
    with pytest.raises(ReplyTruncatedError, match="gzip"):
        parse_pubmed(packed[:-20])


def test_damaged_gzip_is_refused(pubmed_xml):
    packed = bytearray(gzip.compress(pubmed_xml("registered_trial")))
    packed[-6] ^= 0xFF
    with pytest.raises(ReplyRefusedError, match="gzip"):
        parse_pubmed(bytes(packed))


def test_gzip_in_several_members_is_read_to_its_end(pubmed_xml):
    plain = pubmed_xml("registered_trial")
    packed = gzip.compress(plain[:700]) + gzip.compress(plain[700:])
    assert parse_pubmed(packed).tables == parse_pubmed(plain).tables


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings_are_read_as_declared(pubmed_xml, encoding):
    plain = pubmed_xml("dtd_of_2031").decode()
    text = plain.replace("A trial", "Café trial").replace(
        '<?xml version="1.0" ?>', f'<?xml version="1.0" encoding="{encoding}"?>'
    )
    parsed = parse_pubmed(text.encode(encoding))
    assert parsed.tables["records"].column("title").to_pylist() == [
        "Café trial of needles and rest"
    ]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("size", [1, 7, 100, 4096])
def test_blocks_of_any_size_give_the_same_tables(pubmed_xml, size, exact):
    data = pubmed_xml("comment_and_cdata")
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    found = [
        part.tables["records"]
        for part in parse_chunks(blocks, exact=exact, piece_bytes=max(size, 64))
    ]
    titles = [title for table in found for title in table.column("pmid").to_pylist()]
    assert titles == ["90000017", "90000018"]


def test_threads_keep_the_order_of_the_records(pubmed_xml):
    data = pubmed_xml("medline_date")
    parts = parse_chunks([data], piece_bytes=600, threads=3)
    found = [pmid for part in parts for pmid in part.tables["records"].column("pmid").to_pylist()]
    assert found == ["90000008", "90000009", "90000010", "90000011"]


@pytest.mark.parametrize("exact", [False, True])
def test_bio_entrez_reads_no_field_differently(pubmed_xml, readable, exact):
    if readable in (
        "dtd_of_2008",
        "dtd_of_2031",
        "unknown_element",
        "known_element_in_another_place",
    ):
        return  # Bio.Entrez cannot read these at all: elements or DTDs it does not know
    data = pubmed_xml(readable)
    assert differences(data, parse_pubmed(data, exact=exact)) == []


def test_the_comparison_with_bio_entrez_sees_a_difference(pubmed_xml):
    parsed = parse_pubmed(pubmed_xml("retracted"))
    other = pubmed_xml("retracted").replace(b"table 2", b"table 3")
    assert differences(other, parsed) == [
        "corrections 90000004, note: 'table 2', Bio.Entrez 'table 3'"
    ]


def test_every_column_has_a_definition_and_every_table_its_key():
    for name, spec in PUBMED_TABLES.items():
        assert spec.name == name
        assert [column.name for column in spec.columns[:2]] == ["pmid", "version"]
        assert all(column.definition for column in spec.columns)


@pytest.mark.parametrize(
    "body",
    [
        "<DeleteCitation><PMID Version='1'>1</PMID></DeleteCitation>",
        "<DeleteCitation><PMID>1<!-- one --></PMID></DeleteCitation>",
        "<DeleteCitation><PMID>1</PMID><Reason>twice</Reason></DeleteCitation>",
        "<DeleteCitation><PMID Version=''>1</PMID><PMID/></DeleteCitation>",
        "<DeleteDocument><PMID> 1 </PMID></DeleteDocument>\n<DeleteCitation/>",
        "<DeleteCitation/>",
    ],
)
def test_a_list_of_deleted_records_that_is_not_plain_is_left_to_the_exact_engine(body):
    assert parse_deleted(body.encode()) is None
    data = f"<PubmedArticleSet>{body}</PubmedArticleSet>".encode()
    assert parse_pubmed(data) == parse_pubmed(data, exact=True)


def test_plain_lists_of_deleted_records_are_read_as_the_exact_engine_reads_them():
    body = (
        '\n<DeleteCitation>\n<PMID Version="1">1</PMID><PMID>2</PMID>\n</DeleteCitation>'
        '<DeleteDocument><PMID Version="99999">3</PMID></DeleteDocument>\n'
    )
    parsed = parse_deleted(body.encode())
    data = f"<PubmedArticleSet>{body}</PubmedArticleSet>".encode()
    assert parsed == parse_pubmed(data, exact=True)
    assert parsed.tables["deleted"].column("pmid").to_pylist() == ["1", "2", "3"]
