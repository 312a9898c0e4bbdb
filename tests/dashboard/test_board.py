"""The claim board: counts, filters, and no score."""

import pytest

from evidence.dashboard import board
from tests.dashboard.sample import CLAIMS
from tests.dashboard.walking import words_of


def shown(app):
    return [row[0] for row in CLAIMS if f"{row[2].split()[0]}" and _has_row(app, row[0])]


def _has_row(app, claim):
    links = app.get("page_link")
    return any(f"claim={claim}" in str(link.proto) for link in links)


def test_board_lists_every_claim_with_verdict_and_certainty(run_page):
    app = run_page()
    assert len(shown(app)) == len(CLAIMS)
    assert "13 claims" in words_of(app)


def test_board_says_how_many_are_untestable_and_unreviewed(run_page):
    words = words_of(run_page())
    assert "12 of them testable" in words
    assert "11 not yet reviewed by two people" in words


def test_board_has_no_score(run_page):
    words = words_of(run_page()).lower()
    assert "score" not in words.split("</style>", 1)[1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"verdict": "overstated"}, {"highly-effective"}),
        ({"state": "reviewed"}, {"knee-prevalence"}),
        ({"find": "sprain"}, {"after-sprains"}),
        ({"find": "sprians"}, {"after-sprains"}),
        ({"kind": "doctrine"}, {"seven-lines"}),
        ({"flag": "old search"}, {"can-help"}),
        ({"strength": "a cure"}, {"mud-cures"}),
    ],
)
def test_filter_in_the_address_is_applied(query, expected, run_page):
    assert set(shown(run_page(**query))) == expected


def test_filters_are_of_one_session_only(run_page):
    first = run_page(find="sprain")
    second = run_page()
    assert len(shown(first)) == 1
    assert len(shown(second)) == len(CLAIMS)


def test_empty_result_says_what_to_do(run_page):
    assert "No claim matches." in words_of(run_page(find="zzzzzz"))


def test_download_name_carries_filter_and_rows(run_page):
    app = run_page(verdict="conflicting")
    label = [b.proto.label for b in app.get("download_button")]
    assert label == ["Download these claims (2, CSV)"]


@pytest.mark.parametrize(
    ("text", "wanted", "is_found"),
    [
        ("Müller and Weiß on sciatica", "muller", True),
        ("Müller and Weiß on sciatica", "WEISS", True),
        ("Acupuncture for sciatica", "siatica", True),
        ("Acupuncture for sciatica", "migraine", False),
        ("Acupuncture for sciatica", "for xyz", False),
    ],
)
def test_search_folds_accents_and_forgives_typing_errors(text, wanted, is_found):
    assert board.is_found(text, wanted) is is_found


def test_markdown_of_a_document_stays_text():
    assert board.plain_label("**bold** [x](y) $a$") == r"\*\*bold\*\* \[x\]\(y\) \$a\$"
