"""A served dashboard and its readers, as the browser tests share them."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.dashboard.walking import ROOT

SCREENSHOTS = ROOT / "screenshots"
LAPTOP = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 700}
MOST_TABS = 120
NAME_OF_FOCUS = """(() => {
  const e = document.activeElement;
  if (["MAIN", "BODY"].includes(e.tagName)) return "";  // they hold every word of the page
  return e.getAttribute("aria-label") || e.innerText || e.closest("label")?.innerText || "";
})()"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def build(environment: Mapping[str, str]) -> None:
    """Build the workspace that an environment names."""
    command = [sys.executable, "-m", "evidence", "build"]
    subprocess.run(command, cwd=ROOT, env=dict(environment), check=True, capture_output=True)


@contextmanager
def serve(environment: Mapping[str, str], log: Path) -> Iterator[str]:
    """Serve the dashboard in an environment of its own; give its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url + "/_stcore/health", server, log)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:
                if reply.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not come up: {log.read_text(errors='replace')}")


def environment_of(workspace: Path, **more: str) -> dict[str, str]:
    """Return this computer's environment with a workspace of its own, decisions in it."""
    found = os.environ | {"EVIDENCE_WORKSPACE": str(workspace)} | more
    found.pop("EVIDENCE_DATABASE_URL", None)
    return found


class Reader:
    """One reader with a browser of their own, and what went wrong while reading."""

    def __init__(self, browser: Browser, address: str, **context: object) -> None:
        self.context = browser.new_context(**context)
        self.page: Page = self.context.new_page()
        self.address = address
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("request", self._request)

    def _request(self, request) -> None:
        is_own = request.url.startswith((self.address, "data:", "blob:"))
        if not is_own and not request.url.startswith(self.address.replace("http", "ws")):
            self.outside.append(request.url)

    def open(self, path: str = "") -> Page:
        self.page.goto(f"{self.address}/{path}")
        self.settle()
        return self.page

    def settle(self) -> None:
        self.page.wait_for_selector(".frame", timeout=60_000)
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000
        )
        self.page.wait_for_timeout(250)

    def picture(self, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def tab_to(self, words: str) -> None:
        """Press Tab until a thing that is called so has the focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            named = self.page.evaluate(NAME_OF_FOCUS)
            if any(line.strip().startswith(words) for line in named.splitlines()):
                return
        pytest.fail(f"no Tab leads to {words!r}")

    def follow(self, words: str) -> None:
        """Go where a link leads, by keyboard alone."""
        self.tab_to(words)
        self.page.keyboard.press("Enter")


COLOUR_RULES = ["color-contrast", "link-in-text-block"]
"""The rules of axe-core whose outcome a change of theme alone can change."""


def violations(page: Page, rules: list[str] | None = None) -> list[tuple[str, list[str]]]:
    """Return what axe-core finds on a page, by all its rules or by some."""
    options: dict[str, object] = {"resultTypes": ["violations"]}  # a third of the time
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found]


ALL_DARK = """[...document.querySelectorAll("canvas")].every(c => {
  const [red, green, blue, shown] = c.getContext("2d").getImageData(0, 0, 1, 1).data;
  return shown === 0 || red + green + blue < 3 * 128;
})"""


def check_everywhere(reader: Reader, path: str, name: str) -> None:
    """Open a page once; check it in light, in dark and on two phones, with a picture of each.

    axe finds nothing, pictures follow the theme, nothing is cut off, no error, no request leaves.
    """
    reader.errors.clear()
    reader.page.emulate_media(color_scheme="light")
    reader.page.set_viewport_size(LAPTOP)
    page = reader.open(path)
    page.wait_for_timeout(400)
    reader.picture(f"{name}-light-laptop")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(ALL_DARK)
    reader.settle()
    reader.picture(f"{name}-dark-laptop")
    assert violations(page, COLOUR_RULES) == []
    for size in (PHONE, NARROW):
        page.set_viewport_size(size)
        page.wait_for_timeout(250)
        reader.picture(f"{name}-{size['width']}")
        assert overflow(page) <= 0, size
    assert reader.errors == []
    assert reader.outside == []


def n_printed(page: Page) -> int:
    """Return on how many sheets a page is printed, by its own style."""
    return max(map(int, re.findall(rb"/Count (\d+)", page.pdf(prefer_css_page_size=True))))


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(
        page.evaluate(
            "(() => {const m = document.querySelector('[data-testid=stMain]');"
            " return m.scrollWidth - m.clientWidth})()"
        )
    )
