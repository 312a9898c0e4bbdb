"""The back button leads to the page as it was left, its filters with it.

Streamlit empties the address of the page that a reader leaves before it writes the address of the
next one, as an entry of its own in the browser's history: Back would lead to the page without its
filters. So such an emptying is held for a moment, and dropped if another page follows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import streamlit as st

__all__ = ["keep_filters_on_back"]

_JS = """
const HELD_MS = 800;
const key = Symbol.for("evidence-tracker.back");
export default function () {
  if (window[key]) return;
  window[key] = true;
  const push = window.history.pushState.bind(window.history);
  let held;
  window.history.pushState = (state, title, url) => {
    clearTimeout(held);
    const here = window.location, next = new URL(url, here.href);
    const isEmptied = next.pathname === here.pathname && here.search && !next.search;
    if (!isEmptied) { push(state, title, url); return; }
    held = setTimeout(() => { if (here.pathname === next.pathname) push(state, title, url); }, HELD_MS);
  };
}
"""


@cache
def _keeper() -> Callable[..., object]:
    """Return the component; it is registered when first shown."""
    return st.components.v2.component("evidence_back", html="<i hidden></i>", js=_JS)


def keep_filters_on_back() -> None:
    """Let Back return to the filters of the page that was left."""
    with st.container(key="back"):
        _keeper()(key="back_keeper")
