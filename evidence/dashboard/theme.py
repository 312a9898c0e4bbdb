"""Pictures follow the reader's theme at once, not at the next click.

What CSS draws follows the theme by itself. A picture is drawn in colours that the server chose,
and Streamlit does not tell the server when the reader's computer or the menu turns light or dark
(https://github.com/streamlit/streamlit/issues/15287): dark ink would stand on a dark page. So a
listener without a face compares the page's background with the theme that the server drew for,
and asks for the page again where they differ.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import streamlit as st

from evidence.dashboard.components import is_dark

__all__ = ["follow_theme"]

_JS = """
const asked = { for: null };
function isDark() {
  const ink = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
  const [red, green, blue] = ink.match(/[\\d.]+/g).map(Number);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}
export default function ({ data, parentElement, setTriggerValue }) {
  const compare = () => {
    const now = isDark();
    if (now === data.is_dark) { asked.for = null; return; }
    if (asked.for === now) return;  // asked once; a server that does not follow is not asked again
    asked.for = now;
    setTriggerValue("turned", now);
  };
  const watch = new MutationObserver(compare);
  watch.observe(document.querySelector(".stApp"), { attributes: true, attributeFilter: ["class", "style"] });
  const light = window.matchMedia("(prefers-color-scheme: dark)");
  const later = () => setTimeout(compare, 100);  // after the page has taken its new colours
  light.addEventListener("change", later);
  compare();
  return () => { watch.disconnect(); light.removeEventListener("change", later); };
}
"""


@cache
def _listener() -> Callable[..., object]:
    """Return the listener; it is registered when first shown."""
    return st.components.v2.component("evidence_theme", html="<i hidden></i>", js=_JS)


def follow_theme() -> None:
    """Draw the page again when the reader's theme turns light or dark."""
    with st.container(key="theme"):
        _listener()(key="theme_listener", data={"is_dark": is_dark()}, on_turned_change=_turned)


def _turned() -> None:
    """Do nothing: the page is drawn again, and reads the theme as it does."""
