"""Both engines give the same tables, whatever well-formed XML they are given."""

from __future__ import annotations

import copy
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from evidence.records import pubmed_fast
from evidence.records.pubmed_xml import parse_pubmed

FIXTURES = Path(__file__).parent / "fixtures"
SOURCES = (
    "registered_trial",
    "collective_author",
    "mixed_content_title",
    "structured_abstract",
    "no_abstract_other_abstract",
    "retracted",
    "medline_date",
    "doi_before_pii",
)

texts = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Cn"), blacklist_characters="\ufffe\uffff"),
    max_size=12,
)
changes = st.lists(
    st.tuples(
        st.sampled_from(["remove", "repeat", "text", "wrap", "rename", "empty", "attribute"]),
        st.integers(0, 10_000),
        texts,
    ),
    max_size=4,
)


def changed(name, steps):  # noqa: C901 - one branch a kind of change
    """Return a fixture after some changes to its elements, well formed all the same."""
    root = etree.fromstring((FIXTURES / f"{name}.xml").read_bytes())
    for step, number, text in steps:
        elements = [e for e in root.iter() if e is not root and e.getparent() is not root]
        if not elements:
            break
        element = elements[number % len(elements)]
        parent = element.getparent()
        if step == "remove":
            parent.remove(element)
        elif step == "repeat":
            parent.insert(parent.index(element), copy.deepcopy(element))
        elif step == "text" and not len(element):
            element.text = text
        elif step == "wrap" and not len(element):
            inner = etree.SubElement(element, ("i", "sup", "b")[number % 3])
            inner.text, element.text, inner.tail = element.text, text, text
        elif step == "rename":
            element.tag = "Renamed"
        elif step == "empty":
            for child in list(element):
                element.remove(child)
            element.text = None
        elif step == "attribute" and element.attrib:
            key = sorted(element.attrib)[number % len(element.attrib)]
            element.set(key, text)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def assert_equal(one, other):
    assert dict(one.unknown) == dict(other.unknown)
    for name, table in one.tables.items():
        assert table.to_pylist() == other.tables[name].to_pylist(), name


def test_both_engines_agree_on_every_fixture(pubmed_xml, readable):
    data = pubmed_xml(readable)
    assert_equal(parse_pubmed(data), parse_pubmed(data, exact=True))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SOURCES), changes)
def test_both_engines_agree_on_changed_records(name, steps):
    data = changed(name, steps)
    assert_equal(parse_pubmed(data), parse_pubmed(data, exact=True))


def test_the_fast_engine_reads_what_pubmed_writes_without_help(pubmed_xml):
    for name in SOURCES:
        body = pubmed_xml(name).partition(b"<PubmedArticleSet>")[2]
        records = body.rpartition(b"</PubmedArticleSet>")[0].strip()
        parsed = pubmed_fast.parse_fast(records)
        assert parsed is not None, name
