"""Both engines give the same tables, whatever well-formed XML they are given."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from evidence.errors import ReplyRefusedError
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


RECORD = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">90000099</PMID>
<Article><Journal><ISSN>0000-0000</ISSN><JournalIssue><PubDate><Year>2020</Year></PubDate>
</JournalIssue><Title>J</Title></Journal><ArticleTitle>A title</ArticleTitle>
<AuthorList><Author><LastName>Ng</LastName></Author></AuthorList><Language>eng</Language>
<GrantList><Grant><GrantID>1</GrantID></Grant></GrantList></Article></MedlineCitation>
<PubmedData><History><PubMedPubDate PubStatus="entrez"><Year>2020</Year></PubMedPubDate></History>
<ArticleIdList><ArticleId IdType="pubmed">90000099</ArticleId></ArticleIdList>
<ReferenceList><Reference><Citation>One.</Citation></Reference></ReferenceList></PubmedData>
</PubmedArticle>"""

#: Places where something stands that PubMed does not write there, or not often.
ODD = {
    "language in a journal": ("<Title>", "<Language>ger</Language><Title>"),
    "location in the citation": ("</Article>", "</Article><ELocationID>1</ELocationID>"),
    "other id in the article": ("<Language>", "<OtherID>1</OtherID><Language>"),
    "empty element elsewhere": ("<Language>", "<Country/><Language>"),
    "empty element beside others": ("</GrantID>", "</GrantID><Country/><Agency>A</Agency>"),
    "empty element alone": ("<GrantID>1</GrantID>", "<Country />"),
    "empty element of two tags": ("</GrantID>", "</GrantID><Agency></Agency>"),
    "empty unknown element": ("</GrantID>", "</GrantID><Purpose/>"),
    "empty history": ("</History>", "</History><History/>"),
    "markup between elements": ("<Author>", "<i>of</i><Author>"),
    "markup after an element": ("</Author>", "</Author><i>of</i>"),
    "markup alone in a list": ("<Author><LastName>Ng</LastName></Author>", "<i>of</i>"),
    "markup before an element": ("A title", "A <i>b</i><Agency>c</Agency>"),
    "markup in markup": ("A title", "A <b><i>b</i> <sub>2<sup>3</sup></sub></b> title"),
    "markup with attributes": ("A title", 'A <sup class="a>b">2</sup> title'),
    "empty markup": ("A title", "A <i/>title<b></b>"),
    "unknown in markup": ("A title", "A <i>b<strong>c</strong></i>"),
    "formula": ("A title", "A <DispFormula>x<sup>2</sup></DispFormula> title"),
    "MathML": ("A title", "A <mml:math><mml:mi>x</mml:mi></mml:math> title"),
    "not MathML": ("A title", 'A <mml:math xmlns:mml="urn:x">x</mml:math> title'),
    "MathML by its own name": (
        "A title",
        'A <math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math> title',
    ),
    "instruction in a text": ("A title", "A <?one <i>?> <i>b<?two?></i><?three?> title"),
    "instruction between elements": ("<ReferenceList>", "<?nihms ?><ReferenceList>"),
    "comment": ("A title", "A <!-- <i>no</i> --> title"),
    "CDATA": ("A title", "A <![CDATA[<i>yes</i>]]> title"),
    "prefix": ("<PMID Version", '<X:PMID xmlns:X="urn:x">1</X:PMID><PMID Version'),
    "prefix in small letters": ("<PMID", '<x:Language xmlns:x="urn:x">1</x:Language><PMID'),
    "colons in a text": ("A title", "Aim:The title (DOI:X), <i>in:</i>Vitro"),
    "slash before a bracket": ("A title", "A /> title"),
    "bracket in an attribute": ('IdType="pubmed"', 'IdType="a/>b"'),
    "references in references": (
        "<Reference>",
        "<Title>A</Title><ReferenceList><Title>B</Title><Reference><Citation>0</Citation>"
        "</Reference></ReferenceList><Reference>",
    ),
    "references in references in references": (
        "<Reference>",
        "<ReferenceList><ReferenceList><Reference><Citation>0</Citation></Reference>"
        "</ReferenceList></ReferenceList><Reference>",
    ),
    "reference without a citation": (
        "<Reference>",
        "<Reference><ArticleIdList><ArticleId>1</ArticleId></ArticleIdList></Reference><Reference>",
    ),
    "references elsewhere": (
        "<Language>",
        "<ReferenceList><Reference><Citation>x</Citation></Reference></ReferenceList><Language>",
    ),
    "unknown in references": ("</Citation>", "</Citation><Score>1</Score>"),
    "objects": (
        "<ReferenceList>",
        '<ObjectList><Object Type="a"><Param Name="b">c</Param></Object></ObjectList>'
        "<ReferenceList>",
    ),
    "two journals": ("</Journal>", "</Journal><Journal><Title>K</Title></Journal>"),
    "two articles": ("</Article>", "</Article><Article><Language>fre</Language></Article>"),
    "two citations": ("</MedlineCitation>", "</MedlineCitation><MedlineCitation/>"),
    "two issue dates": ("</PubDate>", "</PubDate><PubDate><Month>May</Month></PubDate>"),
    "two electronic dates": (
        "<Language>",
        "<ArticleDate><Year>2019</Year></ArticleDate><ArticleDate><Year>2018</Year></ArticleDate>"
        "<Language>",
    ),
    "two titles": ("<AuthorList>", "<ArticleTitle>B</ArticleTitle><AuthorList>"),
    "a date in words": ("<Year>2020</Year></PubMed", "<Year>soon</Year><Hour>x</Hour></PubMed"),
    "an event without a kind": ('<PubMedPubDate PubStatus="entrez">', "<PubMedPubDate>"),
    "no data": ("<Article>", '<Article><Journal xmlns=""/>'),
}
NOT_XML = {
    "prefix of nothing": ("<Language>", "<X:Language>eng</X:Language><Language>"),
    "markup across elements": ("A title</ArticleTitle>", "A <i>title</ArticleTitle></i>"),
    "markup in turn": ("A title", "A <i><b>title</i></b>"),
    "bracket in a value": ('IdType="pubmed"', 'IdType="a<b"'),
    "tag that does not end": ("A title", "A < title"),
    "control character": ("A title", "A \x01 title"),
    "second root": ("</PubmedArticle>", "</PubmedArticle></PubmedArticleSet><PubmedArticleSet>"),
}


def document(old, new, root="<PubmedArticleSet>"):
    assert old in RECORD
    return (root + RECORD.replace(old, new, 1) + "</PubmedArticleSet>").encode()


@pytest.mark.parametrize("name", ODD)
def test_both_engines_agree_on_what_stands_in_an_odd_place(name):
    data = document(*ODD[name])
    assert_equal(parse_pubmed(data), parse_pubmed(data, exact=True))


@pytest.mark.parametrize("name", NOT_XML)
def test_both_engines_refuse_what_is_not_well_formed(name):
    for exact in (False, True):
        with pytest.raises(ReplyRefusedError):
            parse_pubmed(document(*NOT_XML[name]), exact=exact)


@pytest.mark.parametrize(
    "root",
    [
        '<PubmedArticleSet xmlns="urn:x">',
        '<PubmedArticleSet xmlns:mml="urn:x">',
        '<PubmedArticleSet xmlns:mml="http://www.w3.org/1998/Math/MathML">',
    ],
)
def test_both_engines_agree_on_the_namespaces_of_the_document(root):
    data = document("A title", "A <mml:math>x</mml:math>", root)
    assert_equal(parse_pubmed(data), parse_pubmed(data, exact=True))


FAST = {
    "a date in words",
    "colons in a text",
    "empty element beside others",
    "formula",
    "instruction between elements",
    "markup in markup",
    "MathML",
    "objects",
    "references in references",
    "slash before a bracket",
    "two electronic dates",
}


@pytest.mark.parametrize("name", sorted(FAST))
def test_the_fast_engine_reads_rare_things_that_are_plain_without_help(name):
    body = RECORD.replace(*ODD[name], 1).encode()
    assert pubmed_fast.parse_fast(body) is not None
