"""A refresh from its page, in a real browser, against the loopback server: run, cancel, go on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from evidence.store.snapshots import current_id, open_snapshot
from evidence.store.verification import verify_workspace
from tests.browser.serving import (
    LAPTOP,
    Reader,
    build,
    check_everywhere,
    environment_of,
    serve,
    violations,
)
from tests.dashboard.walking import ROOT
from tests.eutils.claims import write_registry
from tests.eutils.records import NOUNS, VERBS, invent_records
from tests.eutils.server import LoopbackServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# So many that three requests a second leave the time to look and to cancel.
QUERIES = {
    f"{noun}-{verb}": f'{noun}[tiab] AND {verb}[tiab] AND "needling of the back"[tiab]'
    for noun in NOUNS[:6]
    for verb in VERBS
}
LONG = 120_000


@dataclass
class Served:
    """A dashboard whose PubMed is the loopback server."""

    url: str
    workspace: Path
    pubmed: LoopbackServer


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("refreshed")
    workspace, log = folder / "w", folder / "server.log"
    with LoopbackServer(invent_records(90, last=date(2026, 9, 1))) as pubmed:
        registry = write_registry(folder / "reg", QUERIES)
        environment = environment_of(workspace, **pubmed.environment, **registry)
        build(environment)
        with serve(environment, log) as url:
            yield Served(url, workspace, pubmed)


@pytest.fixture
def reader(browser: Browser, served: Served) -> Iterator[Reader]:
    opened = Reader(browser, served.url, viewport=LAPTOP)
    yield opened
    opened.context.close()


def run_refresh(page: Page, label: str = "Run refresh") -> None:
    """Press the button, and agree."""
    page.get_by_role("button", name=label).click()
    page.get_by_role("button", name="Yes, run it").click()


def test_a_refresh_is_run_cancelled_and_gone_on_with_from_its_page(reader: Reader, served: Served):
    first = current_id(served.workspace)
    page = reader.open("search")
    page.wait_for_selector("text=no systematic search yet")
    page.wait_for_selector("text=No refresh has brought a data set.")
    run_refresh(page)
    page.wait_for_selector("text=Asking PubMed what there is", timeout=LONG)
    page.wait_for_selector(f"text=of {len(QUERIES)} queries", timeout=LONG)
    page.wait_for_selector("text=started from this dashboard", timeout=LONG)
    reader.picture("refresh-running")
    assert violations(page) == []
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("text=was interrupted", timeout=LONG)
    assert current_id(served.workspace) == first
    reader.settle()
    reader.picture("refresh-interrupted")
    sent = served.pubmed.n_requests("esearch")
    assert 0 < sent < len(QUERIES)

    run_refresh(page, "Go on with the refresh")
    page.wait_for_selector("text=Beside the data set before", timeout=LONG)
    reader.settle()
    reader.picture("refresh-done")
    newest = current_id(served.workspace)
    assert newest != first
    n_records = len(open_snapshot(served.workspace).read("records", ["pmid"]))
    assert n_records > 0
    assert f"<b>{n_records}</b><span>new</span>" in page.content()
    assert page.get_by_text("✓ complete").count() == len(QUERIES)
    # What was asked before the cancelling was not asked again.
    assert served.pubmed.n_requests("esearch") < len(QUERIES) + sent
    assert reader.errors == []
    assert reader.outside == []
    assert verify_workspace(served.workspace) == []


def test_a_record_that_never_comes_is_named_with_what_to_do(reader: Reader, served: Served):
    before = current_id(served.workspace)
    held = set(open_snapshot(served.workspace).read("records", ["pmid"])["pmid"])
    withheld = sorted(held)[0]
    served.pubmed.withheld.add(int(withheld))
    try:
        page = reader.open("search")
        page.get_by_role("radio", name="Everything again").click()
        page.wait_for_selector("text=--full")
        run_refresh(page)
        page.wait_for_selector("text=could not be proved complete", timeout=LONG)
        reader.settle()
    finally:
        served.pubmed.withheld.clear()
    reader.picture("refresh-failed")
    assert page.get_by_role("link", name=f"PubMed {withheld}").count() >= 1
    assert "did not return it" in page.content()
    assert current_id(served.workspace) == before
    assert violations(page) == []
    assert reader.errors == []


def test_a_refresh_of_someone_else_is_shown_with_its_holder(reader: Reader, served: Served):
    environment = os.environ | served.pubmed.environment
    environment |= {
        "EVIDENCE_CLAIMS": str(served.workspace.parent / "reg" / "claims.yaml"),
        "EVIDENCE_DOCUMENTS": str(served.workspace.parent / "reg" / "documents"),
    }
    command = [sys.executable, "-m", "evidence", "refresh", "--full", "--json", "--workspace",
               str(served.workspace)]  # fmt: skip
    other = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    try:
        while not (served.workspace / "lock").read_bytes() and other.poll() is None:
            time.sleep(0.05)
        page = reader.open("search")
        page.wait_for_selector("text=started elsewhere, not from this dashboard", timeout=LONG)
        page.wait_for_selector(f"text=process {other.pid} on")
        page.wait_for_selector(f"text=of {len(QUERIES)} queries", timeout=LONG)
        assert page.get_by_role("button", name="Run refresh").count() == 0
        page.get_by_role("button", name="Cancel").click()
        out, _ = other.communicate(timeout=120)
    finally:
        other.kill()
        other.wait()
    assert other.returncode == 130
    assert json.loads(out)["error"]["exit_code"] == 130
    page.wait_for_selector("text=was interrupted", timeout=LONG)


def test_the_refreshed_page_is_clean_everywhere(reader: Reader):
    check_everywhere(reader, "search", "search-refreshed")


def test_a_refresh_can_be_asked_for_by_keyboard(reader: Reader):
    page = reader.open("search")
    reader.tab_to("Go on with the refresh")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="No", exact=True).press("Enter")
    page.wait_for_selector("text=Yes, run it", state="detached")
