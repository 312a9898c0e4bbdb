"""The main paths in a real browser: every page in both themes, links, filters, downloads."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.dashboard.navigation import PAGES
from evidence.export.contents import Contents
from evidence.export.csv import table_csv
from evidence.store.snapshots import open_snapshot
from tests.browser.serving import LAPTOP, Reader, check_everywhere, n_printed
from tests.dashboard.sample import CLAIMS

pytestmark = pytest.mark.browser

ROWS = '[class*="st-key-row_"] a'


def patience() -> float:
    """Return by how much a computer that is busy with other work may be slower."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


PATHS = [url for _, _, url in PAGES] + [
    "claim?claim=highly-effective",
    "claim?claim=warms-joint",
    "claim?claim=deeply-renewed",
    "evidence?result=adler2011-sham-pain-decision",
]


@pytest.fixture(scope="module")
def walker(browser, address) -> Iterator[Reader]:
    """One reader who walks page after page, so that the program is loaded once."""
    reader = Reader(browser, address, viewport=LAPTOP)
    yield reader
    reader.context.close()


@pytest.mark.parametrize("path", PATHS)
def test_page_is_clean_in_light_in_dark_and_on_a_phone_and_asks_nobody(path, walker):
    check_everywhere(walker, path, path.replace("?", "-").replace("=", "-") or "board")


def test_tables_read_at_400_percent(open_reader):
    zoomed = {"width": 1280 // 4, "height": 900 // 4}
    reader = open_reader(viewport=zoomed)
    for path in ("claim?claim=highly-effective", "safety", "methods", "exports"):
        page = reader.open(path)
        reader.picture(f"{path.partition('?')[0]}-400-percent")
        widths = page.evaluate(
            "[...document.querySelectorAll('table.t')].filter(t => t.checkVisibility())"
            ".map(t => t.getBoundingClientRect().right)"
        )
        assert widths
        assert max(widths) <= zoomed["width"], path


def test_first_table_stands_within_three_seconds(open_reader):
    open_reader().open()  # the first reader of a server waits for its caches
    times = []
    for _ in range(2):
        reader = open_reader(viewport=LAPTOP)
        begun = time.monotonic()
        reader.page.goto(reader.address)
        reader.page.wait_for_selector('[class*="st-key-row_"] a')
        times.append(time.monotonic() - begun)
    assert min(times) < 3 * patience()


def test_filter_answers_within_half_a_second(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open()
    times = []
    for wanted in (1, len(CLAIMS), 1, len(CLAIMS)):
        begun = time.monotonic()
        page.get_by_role("button", name="Overstated").first.click()
        page.wait_for_function(f"document.querySelectorAll('{ROWS}').length === {wanted}")
        times.append(time.monotonic() - begun)
    assert min(times) < 0.5 * patience()


def test_clinician_reaches_safety_in_three_clicks(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open()
    page.get_by_role("link", name="Mud wraps are highly effective").click()  # 1
    page.wait_for_selector(".found")
    reader.settle()
    assert "claim=highly-effective" in page.url
    reader.picture("path-clinician-claim")
    assert n_printed(page) > 1  # the whole page, not what stands in the window
    page.get_by_role("link", name="Safety", exact=True).click()  # 2
    page.wait_for_selector("text=How often does harm occur?")
    reader.settle()
    reader.picture("path-clinician-safety")
    assert reader.errors == []


def test_researcher_walks_from_search_to_synthesis_by_keyboard(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open("search")
    for link, heading in (
        ("Review", "What needs a person?"),
        ("Evidence", "What did each study find?"),
        ("Synthesis", "What if it is pooled another way?"),
    ):
        reader.follow(link)
        page.wait_for_selector(f"text={heading}")
        reader.settle()
        reader.picture(f"path-researcher-{link.lower()}")
    assert reader.errors == []


def test_team_takes_a_file_and_walks_to_the_changes_by_keyboard(open_reader, served_workspace):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open("exports?dialect=data&file=syntheses")
    reader.picture("path-team-exports")
    reader.tab_to("Download syntheses.csv")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    got = Path(download.value.path()).read_bytes()
    snapshot = open_snapshot(served_workspace)
    frame = Contents(snapshot).rows("syntheses")
    assert got == table_csv("syntheses", frame, "data", snapshot.snapshot_id)
    reader.settle()
    page.get_by_role("link", name="Changes", exact=True).press("Enter")
    page.wait_for_selector("text=What has changed, and why?")
    reader.settle()
    reader.picture("path-team-changes")
    assert reader.errors == []


def test_download_holds_the_bytes_of_the_export(open_reader, served_workspace):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open("?verdict=conflicting")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download these claims").click()
    assert download.value.suggested_filename == "claim_verdicts_conflicting_2-rows.csv"
    got = Path(download.value.path()).read_bytes()
    snapshot = open_snapshot(served_workspace)
    frame = Contents(snapshot).rows("claim_verdicts")
    frame = frame[frame["claim_id"].isin(["warms-joint", "sitting-risk"])]
    assert got == table_csv("claim_verdicts", frame, "spreadsheet", snapshot.snapshot_id)
    assert "verdict=conflicting" in page.url


def test_reload_keeps_filters_and_readers_do_not_share_them(open_reader):
    first, second = open_reader(viewport=LAPTOP), open_reader(viewport=LAPTOP)
    page = first.open()
    page.get_by_role("button", name="Conflicting").first.click()
    page.wait_for_function(f"document.querySelectorAll('{ROWS}').length === 2")
    page.reload()
    first.settle()
    assert page.locator(ROWS).count() == 2
    other = second.open()
    other.wait_for_function(f"document.querySelectorAll('{ROWS}').length === {len(CLAIMS)}")


def test_back_button_returns_to_the_filtered_board(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open("?verdict=conflicting")
    page.locator(ROWS).first.click()
    page.wait_for_selector(".found")
    reader.settle()
    page.go_back()
    page.wait_for_selector(".vstrip")
    reader.settle()
    assert page.locator(ROWS).count() == 2


def test_back_button_returns_to_what_was_typed_before_another_page_was_opened(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open()
    words = page.get_by_label("Find in claims and quotes")
    words.fill("sprains")
    words.press("Enter")
    page.wait_for_url("**/?find=sprains")
    page.get_by_role("link", name="Methods", exact=True).click()
    page.wait_for_url("**/methods")
    reader.settle()
    page.go_back()
    page.wait_for_url("**/?find=sprains")
    page.wait_for_function(f"document.querySelectorAll('{ROWS}').length === 1")
    assert words.input_value() == "sprains"


def test_next_claim_stands_in_the_address_and_back_leads_to_the_last(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open(f"claim?claim={CLAIMS[0][0]}")
    for label, _ in enumerate(CLAIMS[1:3], start=1):
        page.get_by_role("link", name="Next, ").click()
        page.wait_for_url(f"**/claim?claim={CLAIMS[label][0]}")
        reader.settle()
    page.go_back()
    page.wait_for_url(f"**/claim?claim={CLAIMS[1][0]}")
    page.wait_for_selector(f"h1:has-text({CLAIMS[1][2]!r})")


def test_clinician_walks_to_safety_by_keyboard_and_a_word_explains_itself(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open("?verdict=overstated")
    reader.follow("Mud wraps are highly effective")
    page.wait_for_selector(".found")
    reader.settle()
    assert "claim=highly-effective" in page.url
    reader.tab_to("provisional")
    meaning = page.locator("#word-provisional")
    assert not meaning.is_visible()
    page.keyboard.press("Enter")
    meaning.wait_for()
    reader.picture("word-explained")
    page.keyboard.press("Escape")
    assert not meaning.is_visible()
    page.get_by_role("link", name="Safety", exact=True).press("Enter")
    page.wait_for_selector("text=How often does harm occur?")
    assert reader.errors == []


def test_card_in_the_text_opens_by_keyboard(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open("text")
    page.locator(".cm").first.focus()
    page.wait_for_timeout(300)
    assert page.locator(".cm .card").first.is_visible()
    reader.picture("reader-card")


def test_number_leads_to_its_row_and_source_in_two_clicks(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open("claim?claim=highly-effective")
    page.get_by_role("link", name="Adler 2011").first.click()  # 1: the row
    page.wait_for_selector("text=Source note")
    reader.settle()
    assert page.get_by_role("link", name="doi 10.9999/invented.0").count() >= 1  # 2 would follow it
    assert "table 2 of an invented report" in page.content()
