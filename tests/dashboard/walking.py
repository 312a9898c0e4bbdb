"""What tests of pages share: where the pages are, and what a page says."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "evidence" / "dashboard" / "pages").glob("*.py"))


def words_of(app: AppTest) -> str:
    """Return everything that a page says, as HTML."""
    return "\n".join(str(element.proto.body) for element in app.get("html"))
