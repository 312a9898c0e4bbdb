"""Retraction states: a list a record, from types and links, with the notice."""

from __future__ import annotations

import pyarrow as pa
import pytest

from evidence.records.pubmed_tables import PUBMED_TABLES
from evidence.records.pubmed_xml import parse_pubmed
from evidence.records.retractions import find_retractions, retraction_states_table, states_of
from evidence.vocabulary import RetractionStatus as R


def table(name, *rows):
    schema = PUBMED_TABLES[name].schema
    return pa.Table.from_pylist([{"version": 1, **row} for row in rows], schema=schema)


def tables(*, types=(), links=(), records=()):
    return {
        "records": table("records", *records),
        "publication_types": table("publication_types", *types),
        "corrections": table("corrections", *links),
    }


def link(pmid, kind, other=None, **more):
    return {"pmid": pmid, "ref_type": kind, "ref_pmid": other, **more}


def shown(states):
    return [(state.pmid, state.status, state.notice_pmid) for state in states]


def test_a_retracted_article_and_its_notice_are_read_from_types_and_links(pubmed_xml):
    states = find_retractions(parse_pubmed(pubmed_xml("retracted")).tables)
    assert shown(states) == [
        ("90000004", R.RETRACTED, "90000005"),
        ("90000004", R.CORRECTED, None),
        ("90000005", R.NOTICE_ITSELF, None),
    ]
    assert states[0].notice_source == "J Invent Trials. 2022 Jan;4(1):1"
    assert states[0].notice_date == "2021-06"
    assert states[1].reason == "table 2"


def test_the_states_of_a_record_are_a_list_and_none_is_one_of_them(pubmed_xml):
    states = find_retractions(parse_pubmed(pubmed_xml("retracted")).tables)
    assert states_of(["90000005", "90000004", "1"], states) == {
        "90000005": [R.NOTICE_ITSELF],
        "90000004": [R.RETRACTED, R.CORRECTED],
        "1": [R.NONE],
    }


def test_the_type_alone_is_enough_where_no_link_names_the_notice():
    types = [{"pmid": "1", "ui": "D016441", "publication_type": "Retracted Publication"}]
    assert shown(find_retractions(tables(types=types))) == [("1", R.RETRACTED, None)]


def test_the_type_counts_by_its_name_where_its_identifier_is_missing():
    types = [{"pmid": "1", "ui": None, "publication_type": "retracted publication"}]
    assert shown(find_retractions(tables(types=types))) == [("1", R.RETRACTED, None)]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("RetractionIn", R.RETRACTED),
        ("PartialRetractionIn", R.PARTIALLY_RETRACTED),
        ("RetractedandRepublishedIn", R.RETRACTED_REPUBLISHED),
        ("ExpressionOfConcernIn", R.EXPRESSION_OF_CONCERN),
        ("ErratumIn", R.CORRECTED),
        ("CorrectedandRepublishedIn", R.CORRECTED),
    ],
)
def test_each_link_to_a_notice_is_a_state_of_the_record_that_has_it(kind, status):
    assert shown(find_retractions(tables(links=[link("1", kind, "2")]))) == [("1", status, "2")]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("RetractionOf", R.RETRACTED),
        ("PartialRetractionOf", R.PARTIALLY_RETRACTED),
        ("ExpressionOfConcernFor", R.EXPRESSION_OF_CONCERN),
        ("ErratumFor", R.CORRECTED),
    ],
)
def test_a_notice_tells_of_a_record_that_does_not_link_to_it_yet(kind, status):
    states = find_retractions(tables(links=[link("2", kind, "1")]))
    assert shown(states) == [("1", status, "2"), ("2", R.NOTICE_ITSELF, None)]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("RetractedandRepublishedFrom", R.RETRACTED_REPUBLISHED),
        ("CorrectedandRepublishedFrom", R.CORRECTED),
    ],
)
def test_the_article_that_replaces_another_is_in_force_and_has_no_state(kind, status):
    assert shown(find_retractions(tables(links=[link("2", kind, "1")]))) == [("1", status, "2")]


@pytest.mark.parametrize("kind", ["CommentIn", "CommentOn", "UpdateOf", "UpdateIn", "Cites", None])
def test_other_links_are_no_state(kind):
    assert find_retractions(tables(links=[link("1", kind, "2")])) == []


def test_a_link_from_both_sides_is_one_state_with_what_each_side_knows():
    links = [
        link("1", "RetractionIn", "2", ref_source="J. 2022"),
        link("2", "RetractionOf", "1"),
    ]
    states = find_retractions(
        tables(links=links, records=[{"pmid": "2", "pub_date": "2022-03-01"}])
    )
    assert shown(states) == [("1", R.RETRACTED, "2"), ("2", R.NOTICE_ITSELF, None)]
    assert (states[0].notice_source, states[0].notice_date) == ("J. 2022", "2022-03-01")


def test_two_notices_are_two_rows():
    links = [link("1", "ErratumIn", "3"), link("1", "ErratumIn", "2")]
    assert shown(find_retractions(tables(links=links))) == [
        ("1", R.CORRECTED, "2"),
        ("1", R.CORRECTED, "3"),
    ]


@pytest.mark.parametrize("kind", ["PartialRetractionIn", "RetractedandRepublishedIn"])
def test_a_link_that_says_more_than_the_type_stands_alone(kind):
    types = [{"pmid": "1", "ui": "D016441", "publication_type": "Retracted Publication"}]
    (state,) = find_retractions(tables(types=types, links=[link("1", kind, "2")]))
    assert state.status is not R.RETRACTED


def test_the_order_of_the_rows_does_not_matter():
    links = [
        link("1", "ErratumIn", "3"),
        link("1", "RetractionIn", "2", ref_source="J. 2022"),
        link("2", "RetractionOf", "1", note="data"),
    ]
    forward = find_retractions(tables(links=links))
    assert find_retractions(tables(links=links[::-1])) == forward


def test_the_table_of_states_has_a_row_a_state():
    frame = retraction_states_table(find_retractions(tables(links=[link("1", "ErratumIn", "2")])))
    assert frame[["pmid", "status", "notice_pmid"]].to_numpy().tolist() == [["1", "corrected", "2"]]
