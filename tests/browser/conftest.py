"""A served dashboard on the invented sample, and a real Chromium to walk it.

Without Chromium these tests are skipped, with the reason; under ``EVIDENCE_REQUIRE_ALL=1`` its
absence fails them.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.serving import Reader, environment_of, serve
from tests.dashboard.sample import write_sample

CHROMIUM = next(
    (str(p) for p in (shutil.which("chromium"), "/usr/bin/chromium") if p and Path(p).exists()),
    None,
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "no Chromium on this computer"
        if os.environ.get("EVIDENCE_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def served_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    write_sample(folder)
    return folder


@pytest.fixture(scope="session")
def address(served_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("log") / "server.log"
    with serve(environment_of(served_workspace), log) as url:
        yield url


@pytest.fixture
def open_reader(browser: Browser, address: str):
    readers: list[Reader] = []

    def opened(**context: object) -> Reader:
        readers.append(Reader(browser, address, **context))
        return readers[-1]

    yield opened
    for reader in readers:
        reader.context.close()
