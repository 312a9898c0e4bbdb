"""Every fault of a registry, all in one run; and what a sound one holds."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.claims.claim_reader import NEEDED
from evidence.claims.fields import slug_of
from evidence.claims.registry import Coverage
from evidence.claims.registry_check import check_registry, parse_registry
from evidence.errors import RegistryError, UsageError
from evidence.vocabulary import Bound, ClaimForm, ClaimKind, SentenceStatus
from tests.claims.river import FILE, TEXT, claim_of, make_source


def faults_of(source, texts=None):
    return check_registry(source, {FILE: TEXT} if texts is None else texts).faults


def only_fault(source):
    faults = faults_of(source)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def test_a_sound_registry_has_no_fault_and_full_coverage(source, check):
    checked = check(source)
    assert checked.is_ok
    assert checked.document() == {
        "ok": True,
        "claims": 7,
        "coverage": {"claim": 60.0, "non_claim": 40.0, "unread": 0.0},
        "faults": [],
    }


def test_every_quote_is_its_span(source, check):
    registry = check(source).registry
    for claim in registry.claims:
        text = registry.document(claim.document_id).text
        assert text[claim.char_start : claim.char_end] == claim.quote


def test_claims_are_labelled_by_order_and_found_by_id_or_label(source, check):
    registry = check(source).registry
    assert [claim.label for claim in registry.claims][:2] == ["C01", "C02"]
    assert registry.claim("C02") is registry.claim("helps-sleep")


def test_an_unknown_claim_is_a_usage_error_that_names_the_known(source, check):
    with pytest.raises(
        UsageError, match=r"unknown claim 'moss' \(allowed: prevalence, helps-sleep"
    ):
        check(source).registry.claim("moss")


def test_a_sentence_may_carry_two_claims(source, check):
    states = check(source).registry.sentence_states()
    assert ("helps-sleep", "is-safe") in [state.claim_ids for state in states]


def test_a_quote_may_span_two_sentences(source, check):
    claim_of(source, "helps-sleep")["quote"] = "sleep badly. River bathing may help poor sleep"
    claim = check(source).registry.claim("helps-sleep")
    assert len(claim.sentence_ids) == 2
    assert claim.sentence_id == claim.sentence_ids[0]


def test_a_sentence_that_nobody_named_is_unread(source, check):
    source["not_claims"].pop()
    states = check(source).registry.sentence_states()
    assert [s.sentence.text for s in states if s.status is SentenceStatus.UNREAD] == [
        "Call us today."
    ]


def test_numbers_and_forms_are_taken_from_the_words_where_nothing_is_said(source, check):
    del claim_of(source, "prevalence")["asserts"]["bound"]
    registry = check(source).registry
    asserts = registry.claim("prevalence").asserts
    assert (asserts.form, asserts.bound) == (ClaimForm.NUMBER, Bound.POINT)
    assert registry.claim("sitting").asserts.form is ClaimForm.ASSOCIATION
    assert registry.claim("helps-sleep").asserts.form is None


def test_a_match_block_is_filled_from_the_defaults(source, check):
    registry = check(source).registry
    rule = registry.claim("helps-sleep").match
    assert rule.interventions.direct == ("river-bathing",)
    assert rule.elsewhere == ("sore-knees",)
    # A claim that names no intervention gets none.
    assert registry.claim("sitting").match.interventions.is_any


def test_claims_of_one_pico_share_a_question_whatever_their_strength(source, check):
    twin = copy.deepcopy(claim_of(source, "helps-sleep"))
    twin |= {"id": "cures-sleep", "quote": "Sitting indoors"}
    twin["asserts"] = {"direction": "benefit", "strength": 4}
    source["claims"].append(twin)
    registry = check(source).registry
    first, second = registry.claim("helps-sleep"), registry.claim("cures-sleep")
    assert first.question_id == second.question_id
    assert first.query_id == second.query_id


def test_another_population_is_another_question(source, check):
    registry = check(source).registry
    ids = [
        registry.claim(name).question_id for name in ("helps-knees", "helps-feet", "helps-sleep")
    ]
    assert len(set(ids)) == 3
    assert registry.claim("experts").question_id is None


def test_the_order_of_codes_does_not_change_a_question(source, check):
    rule = claim_of(source, "helps-sleep")["match"]
    rule["populations"] = {"direct": ["poor-sleep", "sore-knees"]}
    first = check(source).registry.claim("helps-sleep").question_id
    rule["populations"] = {"direct": ["sore-knees", "poor-sleep"]}
    assert check(source).registry.claim("helps-sleep").question_id == first


def test_the_form_with_one_document_at_the_top_is_read(source):
    del source["documents"], source["codes"], source["not_claims"], source["match_defaults"]
    source |= {"document": FILE, "title": "River Bathing and You"}
    for claim in source["claims"]:
        claim.pop("document")
        claim.pop("match", None)
    registry = parse_registry(source, {FILE: TEXT})
    assert registry.documents[0].document_id == "river-bathing"
    assert {claim.document_id for claim in registry.claims} == {"river-bathing"}


def test_two_documents_have_claims_of_their_own(source):
    source["documents"].append({"id": "moss", "file": "moss.txt", "title": "Moss"})
    claim_of(source, "sitting")["document"] = "moss"
    claim_of(source, "sitting")["quote"] = "Sitting on moss"
    registry = parse_registry(source, {FILE: TEXT, "moss.txt": "Sitting on moss. It is soft."})
    assert registry.coverage("moss") == Coverage(1, 0, 1)


BREAKS = {
    "a quote of other words": ("is-safe", {"quote": "it is harmless"}, "quote", "word for word"),
    "a quote with straight marks": (
        "prevalence",
        {"quote": "up to 30%"},
        "quote",
        "capital letters",
    ),
    "a quote that stands twice": ("is-safe", {"quote": "poor sleep"}, "quote", "stands 2 times"),
    "an occurrence too far": (
        "is-safe",
        {"quote": "poor sleep", "occurrence": 9},
        "occurrence",
        "occurrence 9",
    ),
    "an empty quote": ("is-safe", {"quote": ""}, "quote", "is empty"),
    "no quote": ("is-safe", {"quote": None}, "quote", "is missing"),
    "a quote that is a list": ("is-safe", {"quote": ["it is safe"]}, "quote", "is a list"),
    "an unknown document": (
        "is-safe",
        {"document": "moss"},
        "document",
        "'moss' is not registered",
    ),
    "an unknown concept": (
        "is-safe",
        {"query": "{moss} AND a[ti]"},
        "query",
        "{moss} is not a concept",
    ),
    "an open parenthesis": ("is-safe", {"query": "({bathing} AND a[ti]"}, "query", "not closed"),
    "an open quotation mark": (
        "is-safe",
        {"query": '{bathing} AND "safe[ti]'},
        "query",
        "no partner",
    ),
    "an empty field tag": ("is-safe", {"query": "safe[]"}, "query", "empty field tag"),
    "a dangling operator": ("is-safe", {"query": "{bathing} AND"}, "query", "after AND"),
    "no query": ("is-safe", {"query": None}, "query", "is missing"),
    "no statement": ("is-safe", {"statement": None}, "statement", "is missing"),
    "an unknown kind": ("experts", {"kind": "miracle"}, "kind", "'miracle' is not known"),
    "an unknown comparator": (
        "is-safe",
        {"comparators": ["sham", "tea"]},
        "comparators",
        "'tea' is not known",
    ),
    "an unknown bound": (
        "prevalence",
        {"asserts": {"direction": "present", "value_percent": 3, "bound": "roughly"}},
        "asserts.bound",
        "'roughly' is not known",
    ),
    "a bound without its number": (
        "prevalence",
        {"asserts": {"direction": "present", "bound": "upper"}},
        "asserts.value_percent",
        "bound upper needs it",
    ),
    "a share over 100": (
        "prevalence",
        {"asserts": {"direction": "present", "value_percent": 130}},
        "asserts.value_percent",
        "130",
    ),
    "a strength of 5": (
        "helps-sleep",
        {"asserts": {"direction": "benefit", "strength": 5}},
        "asserts.strength",
        "is 5",
    ),
    "a strength of true": (
        "helps-sleep",
        {"asserts": {"direction": "benefit", "strength": True}},
        "asserts.strength",
        "is True",
    ),
    "no strength": (
        "helps-sleep",
        {"asserts": {"direction": "benefit"}},
        "asserts.strength",
        "missing",
    ),
    "a strength where none is": (
        "is-safe",
        {"asserts": {"direction": "safe", "strength": 2}},
        "asserts.strength",
        "kind safety",
    ),
    "a form of another kind": (
        "sitting",
        {"asserts": {"direction": "present", "form": "all ages"}},
        "asserts.form",
        "does not fit",
    ),
    "a cause where none is": (
        "is-safe",
        {"asserts": {"direction": "safe", "is_cause": True}},
        "asserts.is_cause",
        "kind safety",
    ),
    "no direction": ("is-safe", {"asserts": {"words": "safe"}}, "asserts.direction", "is missing"),
    "nothing asserted": ("is-safe", {"asserts": None}, "asserts", "is missing"),
    "an unknown code": (
        "helps-sleep",
        {"match": {"populations": {"direct": ["moss"]}}},
        "match.populations.direct",
        "'moss' is not a code",
    ),
    "an unknown exposure": (
        "sitting",
        {
            "match": {
                "exposures": [
                    {"label": "x", "direct": ["moss"]},
                    {"label": "y", "direct": ["sitting"]},
                ]
            }
        },
        "match.exposures[0].direct",
        "'moss' is not a code",
    ),
    "an unknown outcome domain": (
        "helps-sleep",
        {"match": {"outcomes": ["joy"]}},
        "match.outcomes[0].domain",
        "'joy' is not known",
    ),
    "an unknown duration": (
        "helps-sleep",
        {"match": {"durations": ["forever"]}},
        "match.durations",
        "'forever' is not known",
    ),
    "an unknown field of a match block": (
        "helps-sleep",
        {"match": {"moon": "full"}},
        "match.'moon'",
        "is not a field",
    ),
    "a match block of text": ("helps-sleep", {"match": "all"}, "match", "is text"),
    "sessions of half a day": (
        "helps-sleep",
        {"match": {"max_sessions": 0.5}},
        "match.max_sessions",
        "0.5",
    ),
    "an unknown field": ("is-safe", {"colour": "red"}, "'colour'", "is not a field"),
    "a reason on a testable claim": (
        "is-safe",
        {"why_untestable": "no"},
        "why_untestable",
        "kind safety",
    ),
    "outcomes that are a mapping": ("is-safe", {"outcomes": {"a": 1}}, "outcomes", "is a mapping"),
    "an outcome twice": ("is-safe", {"outcomes": ["a", "a"]}, "outcomes", "stands twice"),
    "a topic that is a number of true": ("is-safe", {"topics": [True]}, "topics", "yes or no"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_each_fault_of_a_claim_is_said_where_it_is(source, name):
    claim_id, change, field, said = BREAKS[name]
    claim_of(source, claim_id).update(change)
    faults = [fault for fault in faults_of(source) if fault.field == field]
    assert len(faults) == 1, [str(fault) for fault in faults_of(source)]
    assert said in faults[0].problem
    assert faults[0].claim_id == claim_id
    assert claim_id in faults[0].where


@pytest.mark.parametrize(
    ("claim_id", "missing"),
    [
        ("helps-sleep", "population"),
        ("helps-sleep", "intervention"),
        ("helps-sleep", "comparators"),
        ("helps-sleep", "outcomes"),
        ("is-safe", "comparators"),
        ("prevalence", "population"),
        ("prevalence", "outcomes"),
        ("sitting", "exposure"),
        ("experts", "why_untestable"),
    ],
)
@pytest.mark.parametrize("value", [None, "nothing"])
def test_a_missing_element_is_said_by_kind(source, claim_id, missing, value):
    # A list that is empty, and the word `none`, say as little as a field that is left out.
    empty = [] if missing in {"comparators", "outcomes"} else "none"
    claim_of(source, claim_id)[missing] = None if value is None else empty
    fault = next(f for f in faults_of(source) if f.field == missing)
    kind = claim_of(source, claim_id)["kind"]
    assert "needs it" in fault.problem
    assert fault.allowed == ", ".join(NEEDED[ClaimKind(kind)])


def test_every_kind_says_what_it_needs():
    assert set(NEEDED) == set(ClaimKind)


def test_a_doctrine_needs_outcomes_only(source):
    claim = claim_of(source, "helps-sleep")
    for name in ("population", "intervention", "comparators"):
        del claim[name]
    claim |= {"kind": "doctrine", "asserts": {"direction": "present"}}
    assert faults_of(source) == ()


def test_an_id_used_twice_is_a_fault(source):
    claim_of(source, "is-safe")["id"] = "helps-sleep"
    fault = only_fault(source)
    assert (fault.field, fault.claim_id) == ("id", "helps-sleep")
    assert "used twice" in fault.problem


@pytest.mark.parametrize("bad", ["Is Safe", "is_safe", "-safe", "sicher-für-alle", "a" * 30 + "!"])
def test_an_id_that_is_no_slug_is_a_fault(source, bad):
    claim_of(source, "is-safe")["id"] = bad
    fault = only_fault(source)
    assert fault.field == "id"
    assert "is not an identifier" in fault.problem


def test_all_faults_come_in_one_run_with_the_line(source):
    claim_of(source, "is-safe")["quote"] = "it is harmless"
    claim_of(source, "helps-sleep")["query"] = "({bathing}"
    claim_of(source, "sitting").pop("exposure")
    checked = check_registry(source, {FILE: TEXT}, lines={("claims", 2): 41})
    assert [fault.field for fault in checked.faults] == ["query", "quote", "exposure"]
    assert checked.faults[1].where == "claims.yaml line 41 (is-safe)"
    with pytest.raises(RegistryError) as caught:
        checked.sound("claims.yaml")
    assert caught.value.exit_code == 11
    assert str(caught.value).endswith("claims.yaml: 3 faults")


def test_the_check_document_lists_faults_by_claim(source, check):
    claim_of(source, "is-safe")["comparators"] = ["tea"]
    document = check(source).document()
    assert document["ok"] is False
    assert document["claims"] == 7
    assert document["faults"] == [
        {
            "claim_id": "is-safe",
            "field": "comparators",
            "problem": "'tea' is not known",
            "allowed": "sham, no treatment, usual care, add-on, active, dose or style, mixed, none",
        }
    ]
    assert sum(document["coverage"].values()) == pytest.approx(100)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"file": "lost.txt"}, "file", "'lost.txt' is not among the documents"),
        ({"file": None}, "file", "is missing"),
        ({"title": None}, "title", "is missing"),
        ({"id": "The River"}, "id", "is not an identifier"),
        ({"url": "javascript:alert(1)"}, "url", "javascript"),
        ({"language": "english please"}, "language", "english please"),
        ({"retrieved_at": "last week"}, "retrieved_at", "last week"),
        ({"colour": "red"}, "'colour'", "is not a field"),
    ],
)
def test_each_fault_of_a_document_is_said(source, change, field, said):
    source["documents"][0].update(change)
    faults = [fault for fault in faults_of(source) if fault.field == field]
    assert [said in fault.problem for fault in faults] == [True]


def test_why_a_text_could_not_be_had_is_passed_on(source):
    checked = check_registry(source, {}, unreadable={FILE: "is not UTF-8 text (byte 3)"})
    assert "is not UTF-8 text (byte 3)" in checked.faults[0].problem
    # Its claims are not reported one by one: the remedy is one.
    assert len(checked.faults) == 1


def test_a_document_id_used_twice_is_a_fault(source):
    source["documents"].append(dict(source["documents"][0]))
    assert "used twice" in only_fault(source).problem


def test_a_text_without_a_sentence_is_a_fault(source):
    faults = faults_of(source, {FILE: "  \n"})
    assert any("holds no sentence" in fault.problem for fault in faults)


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"reason": "boring"}, "not_claims.reason", "'boring' is not known"),
        ({"reason": None}, "not_claims.reason", "is missing"),
        ({"quote": "Call us never."}, "not_claims.quote", "word for word"),
        ({"quote": "Sitting indoors"}, "not_claims.quote", "overlaps the quote of sitting"),
        ({"who": "me"}, "not_claims.'who'", "is not a field"),
    ],
)
def test_each_fault_of_what_is_no_claim_is_said(source, change, field, said):
    source["not_claims"][-1].update(change)
    fault = only_fault(source)
    assert fault.field == field
    assert said in fault.problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"concepts": {"bathing": "(bath[tiab]", "sleep": "a[ti]"}}, "not closed"),
        (
            {"concepts": {"Bathing": "x[ti]", "bathing": "x[ti]", "sleep": "a[ti]"}},
            "not a concept's name",
        ),
        ({"concepts": ["bathing"]}, "is a list"),
        ({"codes": {"moons": {}}}, "is not a field"),
        ({"codes": {"conditions": {"Poor Sleep": {"label": "x"}}}}, "is not a code"),
        ({"codes": {"conditions": {"poor-sleep": "x"}}}, "is text"),
        (
            {"codes": {"conditions": {"poor-sleep": {"label": "x", "words": ["Poor"]}}}},
            "capital letters",
        ),
        ({"claims": "none"}, "is text"),
        ({"claims": ["none"]}, "is text"),
        ({"claims": None}, "is missing"),
        ({"documents": None}, "is missing"),
        ({"moon": "full"}, "is not a field"),
        ({"match_defaults": {"moon": "full"}}, "is not a field"),
        ({"title": "alone"}, "stands without a document"),
    ],
)
def test_each_fault_at_the_top_is_said(source, change, said):
    source.update(change)
    if source.get("claims") is None:
        source.pop("claims")
    assert any(said in fault.problem for fault in faults_of(source))


@pytest.mark.parametrize(
    "hostile", [None, [], "text", 3, {}, {"claims": {"a": 1}}, {"documents": 3}]
)
def test_a_file_of_any_other_shape_is_faults_not_a_traceback(hostile):
    assert faults_of(hostile)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
def test_any_value_in_any_field_is_a_fault_or_sound_and_never_a_crash(data):
    source = make_source()
    entry = data.draw(
        st.sampled_from([*source["claims"], *source["documents"], *source["not_claims"]])
    )
    entry[data.draw(st.sampled_from([*entry, "match", "asserts", "occurrence", "topics"]))] = (
        data.draw(JSON)
    )
    checked = check_registry(source, {FILE: TEXT})
    shares = checked.document()["coverage"]
    assert sum(shares.values()) == pytest.approx(100) or not checked.registry.documents
    for claim in checked.registry.claims:
        assert TEXT[claim.char_start : claim.char_end] == claim.quote
    for fault in checked.faults:
        assert "\n" not in str(fault)


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_coverage_adds_up_to_a_hundred_and_one_unread_sentence_shows(claim, non_claim, unread):
    shares = Coverage(claim, non_claim, unread).percent()
    total = claim + non_claim + unread
    assert sum(shares.values()) == pytest.approx(100 if total else 0)
    assert (shares["unread"] > 0) == (unread > 0)
    assert min(shares.values()) >= 0


def test_a_slug_is_made_of_any_name():
    assert slug_of("What Helps: a Guide.txt") == "what-helps-a-guide"
    assert slug_of("川.txt").startswith("document-")
