"""What an address names that is not there: said, never passed over in silence."""

import pytest

from tests.dashboard.walking import words_of


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("board", {"verdict": "splendid"}),
        ("board", {"kind": "splendid"}),
        ("claim", {"claim": "highly-effective", "stratum": "splendid"}),
        ("evidence", {"direction": "splendid"}),
        ("evidence", {"for_claim": "splendid"}),
        ("evidence", {"columns": "label,splendid"}),
        ("synthesis", {"stratum": "splendid"}),
    ],
)
def test_an_unknown_word_in_the_address_is_named(page, query, run_page):
    words = words_of(run_page(page, **query))
    assert "splendid”, which is not here" in words
    assert 'role="status"' in words


@pytest.mark.parametrize(
    ("page", "query", "said"),
    [
        ("claim", {"claim": "splendid"}, "No claim has the id &#x27;splendid&#x27;."),
        ("evidence", {"result": "splendid"}, "There is no result &#x27;splendid&#x27;"),
        ("review", {"item": "splendid"}, "Nothing in this data set is called &#x27;splendid&#x27;"),
    ],
)
def test_an_unknown_thing_is_said_to_be_unknown(page, query, said, run_page):
    assert said in words_of(run_page(page, **query))


def test_an_address_of_known_words_is_passed_without_a_word(run_page):
    words = words_of(run_page("evidence", direction="null", for_claim="highly-effective"))
    assert "which is not here" not in words


def test_a_link_to_a_result_shows_it_before_the_table(run_page):
    app = run_page("evidence", result="adler2011-sham-pain-decision")
    kinds = [
        "drawer" if "Source note" in str(getattr(e.proto, "body", "")) else e.type
        for e in app.main
        if e.type in {"html", "arrow_data_frame", "dataframe"}
    ]
    assert kinds.index("drawer") < next(i for i, k in enumerate(kinds) if "frame" in k)


def test_a_filter_that_is_a_word_of_the_method_says_what_it_means(run_page):
    app = run_page("evidence")
    helps = {box.label: box.help for box in app.multiselect}
    assert helps["Risk of bias"].startswith("risk of bias: ")
    assert helps["Direction"].startswith("direction: ")
    slider = run_page("synthesis", claim="highly-effective").slider[0]
    assert slider.help.startswith("MID: Minimal important difference")
