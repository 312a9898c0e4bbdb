"""The words of the method: one list, explained on every page and in docs/glossary.md."""

import re

import pytest

from evidence.dashboard import claim, glossary, methods
from evidence.vocabulary import CertaintyDomain, Flag
from tests.dashboard.walking import PAGES, ROOT, words_of


def test_every_word_has_a_place_of_its_own():
    anchors = [t.anchor for t in glossary.TERMS]
    assert len(set(anchors)) == len(anchors)
    assert all(re.fullmatch(r"word-[a-z0-9-]+", anchor) for anchor in anchors)


def test_docs_explain_the_same_words_in_the_same_way():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert glossary.as_markdown() in text, (
        "write evidence.dashboard.glossary.as_markdown() into docs/glossary.md"
    )


@pytest.mark.parametrize("flag", [str(flag) for flag in Flag])
def test_every_flag_beside_a_verdict_explains_itself(flag):
    assert "popovertarget" in glossary.explained(flag)


def test_every_domain_of_certainty_explains_itself():
    shown = [words for domain, words in claim.DOMAIN_WORDS.items() if domain is not CertaintyDomain.OVERALL]  # fmt: skip
    assert [w for w in shown if "popovertarget" not in glossary.explained(w)] == []


def test_a_word_is_explained_once_and_never_inside_a_link_or_a_heading():
    said = glossary.explained("MID, MID, <a href='x'>sham</a> <h2>certainty</h2>, shameful")
    assert said.count("<button") == 1
    assert "<a href='x'>sham</a> <h2>certainty</h2>, shameful" in said


@pytest.mark.parametrize("name", ["claim", "methods"])
def test_every_word_that_a_page_underlines_is_explained_on_that_page(name, run_page):
    words = words_of(run_page(name))
    asked = set(re.findall(r'popovertarget="([^"]+)"', words))
    assert asked
    assert asked <= set(re.findall(r'popover id="([^"]+)"', words))
    assert words.count('popover id="word-mid"') == 1


def test_no_raw_name_of_an_input_stands_on_a_claim_page(run_page):
    assert len(PAGES) == 13
    words = words_of(run_page("claim", claim="highly-effective"))
    cells = re.findall(r'data-l="What went in:">(.*?)</td>', words)
    assert cells
    assert [cell for cell in cells if "_" in re.sub(r"<[^>]+>", "", cell)] == []


def test_reviews_stand_beside_the_studies_with_what_their_authors_count(run_page):
    words = words_of(run_page("claim", claim="can-help"))
    reviews = words.split("What did reviews of the same question count?")[1].split("<h2")[0]
    assert "Review 2021" in reviews
    assert "Adler 2011" not in reviews
    studies = words.split("Which studies? (")[1].split("<h2")[0]
    assert "Adler 2011" in studies
    assert "Review 2021" not in studies


def test_inputs_of_a_rule_are_words_with_their_units():
    said = claim.input_words("low_risk_percent = 0; i2 = 39.01; ci_low = -2; egger_p = not known")
    assert said == "weight at low risk 0\xa0%; I² 39.01\xa0%; lower limit −2; Egger p not known"
    assert claim.input_words(None) == ""


def test_a_reading_without_a_name_of_its_own_loses_its_underscores():
    assert methods.read_words("new_reading") == "New reading"
