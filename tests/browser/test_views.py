"""Saved views and the tour, kept in the reader's own browser."""

import pytest

from tests.browser.serving import LAPTOP
from tests.browser.test_walks import ROWS

pytestmark = pytest.mark.browser


def save(page, name):
    page.get_by_role("button", name="Saved views").click()
    page.get_by_label("Name of this view").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text(f"Saved: {name}").wait_for()


def test_saved_view_survives_a_new_session_and_stays_with_its_reader(open_reader):
    first = open_reader(viewport=LAPTOP)
    save(first.open("?verdict=conflicting"), "To discuss")
    kept = first.context.storage_state()
    assert first.errors == []
    later = open_reader(viewport=LAPTOP, storage_state=kept)
    page = later.open("evidence")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("link", name="To discuss").click()
    page.wait_for_url("**/?verdict=conflicting")
    later.settle()
    assert page.locator(ROWS).count() == 2
    other = open_reader(viewport=LAPTOP).open()
    other.get_by_role("button", name="Saved views").click()
    other.get_by_label("Name of this view").wait_for()
    assert other.get_by_role("link", name="To discuss").count() == 0


def test_removed_view_is_gone(open_reader):
    page = open_reader(viewport=LAPTOP).open("evidence?direction=null")
    save(page, "Nothing either way")
    page.get_by_role("button", name="Remove Nothing either way").click()
    page.get_by_text("Removed: Nothing either way").wait_for()
    assert page.get_by_role("link", name="Nothing either way").count() == 0


def test_dismissed_tour_stays_away(open_reader):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open()
    page.get_by_role("button", name="Got it").click()
    page.reload()
    reader.settle()
    assert page.get_by_role("button", name="Got it").count() == 0
    open_reader(viewport=LAPTOP).open().get_by_role("button", name="Got it").wait_for()
