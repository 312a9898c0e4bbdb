"""Concept blocks and the syntax of a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.claims.queries import NodeKind, check_concept, query_sha256, read_query

CONCEPTS = {
    "bath": '("Baths"[Mesh] OR bath*[tiab] OR bathing[tiab])',
    "sleep": "(sleep[tiab])",
    "both": "({bath} AND {sleep})",
    "humans": "NOT (animals[Mesh] NOT humans[Mesh])",
    "round": "{trip}",
    "trip": "{round}",
}


def problems_of(query):
    return [problem.problem for problem in read_query(query, CONCEPTS).problems]


def test_concepts_are_put_in_and_white_space_is_made_one():
    query = read_query("{sleep}\n  AND  {bath}", CONCEPTS)
    assert query.is_sound
    assert query.text == '(sleep[tiab]) AND ("Baths"[Mesh] OR bath*[tiab] OR bathing[tiab])'
    assert query.concepts == ("sleep", "bath")
    assert query.warnings == ()


def test_a_concept_may_hold_concepts_and_begin_with_not():
    assert read_query("{both} {humans}", CONCEPTS).is_sound
    assert check_concept("humans", CONCEPTS) == ()


def test_concepts_in_a_circle_are_a_fault():
    assert problems_of("{round}") == ["a concept contains itself"]


def test_the_hash_does_not_depend_on_line_breaks():
    assert query_sha256("a  AND\nb") == query_sha256("a AND b")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{moss} AND {sleep}", "{moss} is not a concept"),
        ("{sleep", "a lone {"),
        ("(sleep[tiab]", "a parenthesis is not closed"),
        ("sleep[tiab])", "a parenthesis is closed that was not opened"),
        ('"sleep[tiab]', 'a quotation mark " has no partner'),
        ("sleep[tiab", "a bracket [ has no partner"),
        ("sleep tiab]", "a bracket ] has no partner"),
        ("sleep[]", "an empty field tag []"),
        ("sleep[ ]", "an empty field tag []"),
        ("sleep[tabi]", "[tabi] is not a field tag"),
        ("[tiab] AND sleep[tiab]", "[tiab] follows no term"),
        ("sleep[tiab][ti]", "a second field tag [ti]"),
        ("sleep[tiab] AND", "nothing stands after AND"),
        ("OR sleep[tiab]", "nothing stands before OR"),
        ("sleep[tiab] AND OR bath[tiab]", "nothing stands before OR"),
        ("(sleep[tiab] AND ) OR bath[tiab]", "nothing stands after AND"),
        ("sleep[tiab] AND ()", "nothing stands between the parentheses"),
        ('""[tiab]', "an empty phrase"),
        ("sle*[tiab]", "fewer than 4 characters before * in sle*"),
        ("sl*eping[tiab]", "* inside sl*eping"),
        ('"deep* sleep"[tiab]', '* inside "deep* sleep"'),
        ('"Sleep*"[Mesh]', "* in the MeSH term"),
        ("", "is empty"),
    ],
)
def test_each_fault_of_syntax_is_said(query, said):
    assert any(said in problem for problem in problems_of(query)), problems_of(query)


def test_several_faults_are_said_in_one_run():
    assert len(problems_of("(sle*[tiab] AND bath[]")) == 3


def test_a_fault_inside_a_concept_shows_in_the_query_that_uses_it():
    query = read_query("{broken} AND sleep[tiab]", {"broken": "(bath[tiab] OR"})
    assert any("not closed" in p.problem for p in query.problems)
    assert any("nothing stands before AND" in p.problem for p in query.problems)


def test_a_problem_says_where_it_is():
    problem = read_query("sleep[tiab] AND (bath[tiab]", CONCEPTS).problems[0]
    assert problem.position == 17
    assert "near" in problem.problem


@pytest.mark.parametrize(
    "query",
    [
        "randomized controlled trial[pt]",
        '"deep sleep*"[tiab]',
        '"sleep bath"[tiab:~3]',
        '"Baths"[Mesh:NoExp] AND sleep[Title/Abstract]',
        'sleep[tiab] AND ("2026/01/01"[crdt] : "3000"[crdt])',
        "sleep[tiab] AND 2020:2026[dp]",
        "sleep[tiab] NOT bath[tiab]",
        'systematic[sb] AND "adverse effects"[sh]',
    ],
)
def test_what_pubmed_allows_is_sound(query):
    assert problems_of(query) == []


def test_words_that_pubmed_would_map_by_itself_are_warned_of():
    assert any("has no field tag" in w for w in read_query("sleep AND bath[tiab]", {}).warnings)


def test_operators_in_small_letters_and_mixed_levels_are_warned_of():
    assert any("small letters" in w for w in read_query("a[ti] and b[ti]", {}).warnings)
    assert any("left to right" in w for w in read_query("a[ti] AND b[ti] OR c[ti]", {}).warnings)
    assert any("PubMed takes AND" in w for w in read_query("a[ti] b[ti]", {}).warnings)


def test_a_long_query_is_warned_of():
    long = " OR ".join(f"word{i:04d}[tiab]" for i in range(300))
    assert any("is long" in w for w in read_query(long, {}).warnings)


def test_a_query_without_end_is_a_fault():
    growing = {"a": "{b}{b}{b}{b}{b}{b}", "b": "{c}{c}{c}{c}{c}{c}", "c": "x" * 2000}
    assert "grow without end" in read_query("{a}", growing).problems[0].problem


def test_the_tree_holds_terms_with_their_tags():
    tree = read_query(
        '"deep sleep"[tiab] AND (bath[ti] OR randomized controlled trial[pt])', {}
    ).tree
    assert tree is not None
    phrase, operator, group = tree.children
    assert (phrase.text, phrase.tag) == ('"deep sleep"', "tiab")
    assert (operator.kind, operator.text) == (NodeKind.OPERATOR, "AND")
    assert [(n.text, n.tag) for n in group.children if n.kind is NodeKind.TERM] == [
        ("bath", "ti"),
        ("randomized controlled trial", "pt"),
    ]


@given(st.text(alphabet='ab "[](){}*AND ', max_size=60))
def test_any_text_is_read_without_failing(text):
    query = read_query(text, {"a": "b[tiab]"})
    assert query.is_sound or query.problems
    if query.is_sound:
        assert query.text.count("(") == query.text.count(")") or '"' in query.text
