"""The pages and their addresses, once; links between pages are made of these names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

__all__ = ["ADDRESS", "PAGES", "address", "pages"]

FOLDER = Path(__file__).resolve().parent / "pages"

# file, title in the navigation, address
PAGES = (
    ("board", "Claims", ""),
    ("claim", "One claim", "claim"),
    ("reader", "Text", "text"),
    ("safety", "Safety", "safety"),
    ("evidence", "Evidence", "evidence"),
    ("appraisal", "Appraisal", "appraisal"),
    ("synthesis", "Synthesis", "synthesis"),
    ("gaps", "Gaps", "gaps"),
    ("search", "Search", "search"),
    ("review", "Review", "review"),
    ("changes", "Changes", "changes"),
    ("exports", "Exports", "exports"),
    ("methods", "Methods", "methods"),
)
ADDRESS = {name: url for name, _, url in PAGES}


def page_file(name: str) -> str:
    """Return the file of a page, as page links take it."""
    return str(FOLDER / f"{name}.py")


def pages() -> list[Any]:
    """Return all pages in their order; the claim board is the first."""
    return [
        st.Page(page_file(name), title=title, url_path=url or None, default=name == "board")
        for name, title, url in PAGES
    ]


def address(name: str, **query: str) -> str:
    """Return a relative link to a page, for links inside HTML."""
    from urllib.parse import urlencode

    url = ADDRESS[name] or "."
    return f"{url}?{urlencode(query)}" if query else url
