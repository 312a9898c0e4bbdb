"""Curated facts to fetched records, and the PMIDs that are filled that way."""

from __future__ import annotations

from evidence.records.attach import (
    CuratedReport,
    MatchedBy,
    RecordName,
    attach_records,
    record_names,
)
from evidence.records.names import title_key
from evidence.records.pubmed_xml import parse_pubmed

LONG = "Needles and rest for sore backs: an invented trial"
SHORT = "Needles for backs"


def record(pmid, title=LONG, year=2020, author="ng", dois=()):
    return RecordName(
        pmid, frozenset(dois), frozenset({title_key(title)}), frozenset({year}), author
    )


def test_the_pmid_goes_first_and_fills_nothing():
    found = attach_records([CuratedReport("s", pmid="1", doi="10.1000/x")], [record("1")])
    assert [(a.pmid, a.matched_by, a.is_filled) for a in found.attached] == [
        ("1", MatchedBy.PMID, False)
    ]
    assert found.filled_pmids == {}


def test_a_doi_matches_whatever_its_case_and_resolver_and_fills_the_pmid():
    curated = [CuratedReport("s", doi="https://doi.org/10.1000/ABC")]
    found = attach_records(curated, [record("7", dois=["10.1000/abc"])])
    assert found.filled_pmids == {"s": "7"}
    assert found.attached[0].matched_by is MatchedBy.DOI


def test_a_title_matches_without_case_accents_and_punctuation_in_the_same_year():
    curated = [
        CuratedReport("s", title="[NEEDLES & rest for sore backs - an invented trial].", year=2020)
    ]
    assert attach_records(curated, [record("7")]).filled_pmids == {"s": "7"}
    other_year = attach_records(curated, [record("7", year=2018)])
    assert other_year.filled_pmids == {}


def test_a_short_title_needs_the_first_author_too():
    curated = [CuratedReport("s", title=SHORT, year=2020, first_author="Ng")]
    assert attach_records(curated, [record("7", SHORT)]).filled_pmids == {"s": "7"}
    assert attach_records(curated, [record("7", SHORT, author="oh")]).filled_pmids == {}


def test_where_two_records_fit_a_person_decides():
    curated = [CuratedReport("s", title=LONG, year=2020)]
    found = attach_records(curated, [record("8"), record("7")])
    assert found.attached == ()
    assert found.unattached[0].pmids == ("7", "8")
    assert "several records" in found.unattached[0].reason


def test_a_curated_pmid_that_contradicts_the_doi_is_named_not_replaced():
    curated = [CuratedReport("s", pmid="1", doi="10.1000/x")]
    found = attach_records(curated, [record("7", dois=["10.1000/x"])])
    assert found.attached == ()
    assert found.unattached[0].pmids == ("7",)


def test_a_row_that_no_record_fits_says_so():
    found = attach_records([CuratedReport("s", title=LONG)], [record("7")])
    assert found.unattached[0].reason == "no record has its PMID, DOI, or title and year"


def test_names_come_from_the_parsed_tables(pubmed_xml):
    names = {n.pmid: n for n in record_names(parse_pubmed(pubmed_xml("doi_before_pii")).tables)}
    assert names["90000001"].dois == {"10.9999/first.1"}
    assert names["90000002"].dois == {"10.9999/second.2"}
    assert names["90000001"].years == {2021}


def test_a_title_in_the_language_of_the_article_names_it_as_well(pubmed_xml):
    tables = parse_pubmed(pubmed_xml("no_abstract_other_abstract")).tables
    curated = [CuratedReport("s", title="Ein Versuch mit Nadeln und Ruhe", year=2021)]
    assert attach_records(curated, record_names(tables)).filled_pmids == {"s": "90000006"}
