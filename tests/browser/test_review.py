"""Two people review in two browsers: sign, propose another verdict, build, and see it counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from evidence.export.report import claim_summary_html
from evidence.settings import read_settings
from evidence.store.decisions import Event, read_events
from evidence.store.snapshots import open_snapshot
from tests.browser.serving import (
    LAPTOP,
    Reader,
    build,
    check_everywhere,
    environment_of,
    n_printed,
    serve,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = 240_000
SIGNED, OVERRIDDEN = "helps-sciatica", "helps-spinal-stenosis"
HOSTILE = "<script>alert(1)</script> =cmd|' /C calc'!A0"


@dataclass
class Served:
    """A dashboard on a data set built from the project's own curated facts."""

    url: str
    workspace: Path

    def events(self, claim_id: str) -> list[Event]:
        url = read_settings({}, workspace=self.workspace).database_url
        return [event for event in read_events(url) if event.object_id == claim_id]

    def verdict(self, claim_id: str) -> dict[str, object]:
        rows = open_snapshot(self.workspace).read("claim_verdicts").set_index("claim_id")
        return dict(rows.loc[claim_id])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("reviewed")
    environment = environment_of(folder)
    build(environment)
    with serve(environment, folder / "server.log") as url:
        yield Served(url, folder)


@pytest.fixture
def person(browser: Browser, served: Served) -> Iterator[Callable[..., Reader]]:
    opened: list[Reader] = []

    def sit_down(**context: object) -> Reader:
        reader = Reader(browser, served.url, **({"viewport": LAPTOP} | context))
        reader.page.set_default_timeout(LONG)
        opened.append(reader)
        return reader

    yield sit_down
    for reader in opened:
        reader.context.close()


def name_oneself(reader: Reader, name: str) -> Page:
    field = reader.page.get_by_label("Your name")
    field.fill(name)
    field.press("Enter")
    reader.settle()
    return reader.page


def propose_by_keyboard(reader: Reader, word: str, reason: str) -> None:
    """Propose another verdict without a mouse; an empty reason is refused first."""
    page = reader.page
    reader.follow("Propose another verdict")
    first = page.get_by_role("radio").first
    expect(first).to_be_visible()
    reader.tab_to("Supported")
    for _ in range(8):
        if page.get_by_role("radio", name=word, exact=True).is_checked():
            break
        page.keyboard.press("ArrowDown")
    else:
        pytest.fail(f"no arrow leads to {word!r}")
    reader.follow("Propose it")
    page.wait_for_selector("text=the reason is missing")
    reader.settle()
    page.get_by_label("Your reason").fill(reason)
    reader.follow("Propose it")
    page.wait_for_selector("text=Is it rather")
    reader.settle()


def press(reader: Reader, name: str, seen: str) -> None:
    reader.page.get_by_role("button", name=name).click()
    reader.page.wait_for_selector(f"text={seen}")
    reader.settle()


def test_two_people_sign_and_override_and_the_board_shows_it(person, served: Served):
    ann, bob = person(), person()
    ann.open(f"review?claim={SIGNED}")
    page = name_oneself(ann, "Ann Smith")
    page.get_by_role("button", name="Sign: ").dblclick()
    page.wait_for_selector("text=Signed, and in the log")
    ann.settle()
    assert len(served.events(SIGNED)) == 1  # the second click wrote nothing
    ann.open(f"review?item=verdict:{OVERRIDDEN}")
    name_oneself(ann, "Ann Smith")
    propose_by_keyboard(ann, "Insufficient evidence", HOSTILE)
    press(ann, "Sign the proposal", "Signed, and in the log")

    other = bob.open("review?why=second")
    assert other.get_by_label("Your name").input_value() == ""
    other.get_by_role("link", name="sciatica").click()
    other.wait_for_selector("text=Who has signed?")
    name_oneself(bob, "Bob Jones")
    press(bob, "Sign: ", "2 people signed what the rules say")
    bob.open(f"review?item=verdict:{OVERRIDDEN}")
    name_oneself(bob, "Bob Jones")
    assert other.locator("script", has_text="alert(1)").count() == 0
    assert other.get_by_text(HOSTILE).count() >= 1
    press(bob, "Sign the proposal", "2 people signed the proposal")
    bob.picture("review-override")
    press(bob, "Build now", "What moved:")
    assert "provisional → reviewed" in other.content()
    bob.picture("review-built")
    verdict = served.verdict(SIGNED)
    assert (verdict["review_state"], verdict["reviewer_1"], verdict["reviewer_2"]) == (
        "reviewed", "Ann Smith", "Bob Jones",
    )  # fmt: skip
    assert served.verdict(OVERRIDDEN)["verdict"] == "Insufficient evidence"
    board = person().open("?state=reviewed")
    expect(board.locator('[class*="st-key-row_"] a')).to_have_count(2)
    assert ann.errors == bob.errors == []
    assert ann.outside == bob.outside == []


def test_a_verdict_is_signed_by_keyboard_and_the_queue_kept(person, served: Served):
    reader = person()
    page = reader.open("review?why=conflict")
    page.get_by_label("Your name").focus()
    page.keyboard.type("Key Board")
    page.keyboard.press("Enter")
    reader.settle()
    page.locator('[class*="st-key-row_"] a').first.press("Enter")
    page.wait_for_selector("text=What are you asked?")
    reader.settle()
    claim = page.url.split("verdict")[1][-40:]
    reader.follow("Sign: ")
    page.wait_for_selector("text=Signed, and in the log")
    reader.settle()
    signed = page.url.partition("verdict%3A")[2] or page.url.partition("verdict:")[2]
    assert [event.who for event in served.events(signed.split("&")[0])] == ["Key Board"]
    page.get_by_role("link", name="Next: ").press("Enter")
    page.wait_for_function(f"!location.href.endsWith({claim!r})")
    reader.settle()
    assert page.get_by_label("Your name").input_value() == "Key Board"
    page.get_by_role("link", name="The queue").press("Enter")
    page.wait_for_selector("text=What waits?")
    reader.settle()
    assert "why=conflict" in page.url


def test_every_summary_for_the_file_is_one_sheet(browser: Browser, served: Served):
    snapshot = open_snapshot(served.workspace)
    page = browser.new_page()
    sheets = {}
    for claim_id in snapshot.read("claims", ["claim_id"])["claim_id"]:
        page.set_content(claim_summary_html(snapshot, claim_id))
        sheets[claim_id] = n_printed(page)
    page.close()
    assert len(sheets) > 30
    assert {claim: n for claim, n in sheets.items() if n != 1} == {}


@pytest.mark.parametrize("path", ["review", f"review?item=verdict:{OVERRIDDEN}"])
def test_the_queue_is_clean_everywhere_with_decisions_in_it(path, person):
    check_everywhere(person(), path, f"review-{'item' if '?' in path else 'queue'}-decided")
