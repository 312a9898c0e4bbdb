"""Two people review in two browsers: sign, build, and see what the other signed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from evidence.settings import read_settings
from evidence.store.decisions import Event, read_events
from evidence.store.snapshots import open_snapshot
from tests.browser.conftest import Reader, _wait, free_port
from tests.dashboard.walking import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = 240_000
LAPTOP = {"width": 1366, "height": 900}
SIGNED = "helps-sciatica"


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
    log, port = folder / "server.log", free_port()
    environment = os.environ | {"EVIDENCE_WORKSPACE": str(folder)}
    environment.pop("EVIDENCE_DATABASE_URL", None)
    subprocess.run([sys.executable, "-m", "evidence", "build"], cwd=ROOT, env=environment,
                   check=True, capture_output=True)  # fmt: skip
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url + "/_stcore/health", server, log)
        yield Served(url, folder)
    finally:
        server.terminate()
        server.wait(timeout=20)


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


def violations(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found]


def build_now(reader: Reader) -> None:
    reader.page.get_by_role("button", name="Build now").click()
    reader.page.wait_for_selector("text=What moved:")
    reader.settle()


def test_two_people_sign_and_the_board_shows_it_reviewed(person, served: Served):
    ann, bob = person(), person()
    ann.open(f"review?claim={SIGNED}")
    page = name_oneself(ann, "Ann Smith")
    page.get_by_role("button", name="Sign: ").dblclick()
    page.wait_for_selector("text=Signed, and in the log")
    ann.settle()
    assert len(served.events(SIGNED)) == 1  # the second click wrote nothing

    other = bob.open("review?why=second")
    assert other.get_by_label("Your name").input_value() == ""
    other.get_by_role("link", name="sciatica").click()
    other.wait_for_selector("text=Who has signed?")
    name_oneself(bob, "Bob Jones")
    other.get_by_role("button", name="Sign: ").click()
    other.wait_for_selector("text=2 people signed what the rules say")
    bob.settle()
    build_now(bob)
    assert "provisional → reviewed" in other.content()
    bob.picture("review-built")
    verdict = served.verdict(SIGNED)
    assert (verdict["review_state"], verdict["reviewer_1"], verdict["reviewer_2"]) == (
        "reviewed", "Ann Smith", "Bob Jones",
    )  # fmt: skip
    board = person().open("?state=reviewed")
    expect(board.locator('[class*="st-key-row_"] a')).to_have_count(1)
    assert ann.errors == bob.errors == []
    assert ann.outside == bob.outside == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["review", f"review?item=verdict:{SIGNED}"])
def test_the_queue_is_clean_for_axe_with_decisions_in_it(path, theme, person):
    reader = person(color_scheme=theme)
    page = reader.open(path)
    page.wait_for_timeout(400)
    assert violations(page) == []
    assert reader.errors == []
    reader.picture(f"review-decided-{theme}")
