"""A mark of a picture: what a pointer shows, and where a click leads; a link for a colleague."""

import pytest

from tests.browser.serving import LAPTOP

pytestmark = pytest.mark.browser

MARK = '[class*="_{}"] .vega-embed path[aria-label*="link: evidence"]'


@pytest.mark.parametrize(
    ("claim", "picture", "shown"),
    [
        ("highly-effective", "forest", ("study", "people", " to ", "source", "risk of bias")),
        ("warms-joint", "harvest", ("people", "source", "direction", "risk of bias")),
    ],
)
def test_a_pointer_shows_people_effect_and_source_and_a_click_opens_the_study(
    claim, picture, shown, open_reader
):
    reader = open_reader(viewport=LAPTOP)
    page = reader.open(f"claim?claim={claim}")
    mark = page.locator(MARK.format(picture)).first
    mark.scroll_into_view_if_needed()
    reader.settle()
    mark.hover(force=True)
    tip = page.locator("#vg-tooltip-element")
    tip.wait_for()
    assert [words for words in shown if words not in tip.inner_text()] == []
    mark.click(force=True)
    page.wait_for_url("**/evidence?result=*")
    page.wait_for_selector("text=Source note")
    assert reader.errors == []
    assert reader.outside == []


def test_a_link_opens_the_same_view_for_a_colleague(open_reader):
    first, second = open_reader(viewport=LAPTOP), open_reader(viewport=LAPTOP)
    page = first.open("?verdict=conflicting")
    page.get_by_text("by verdict", exact=True).click()
    page.wait_for_url("**order=by*")
    first.settle()
    other = second.open(page.url.removeprefix(first.address + "/"))
    rows = '[class*="st-key-row_"] a'
    assert other.locator(rows).all_inner_texts() == page.locator(rows).all_inner_texts()
    assert other.locator("h2.name").all_inner_texts() == page.locator("h2.name").all_inner_texts()
    assert "Conflicting" in other.locator("h2.name").first.inner_text()
