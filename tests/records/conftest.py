"""Invented PubMed XML, one file a quirk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def pubmed_xml() -> Callable[[str], bytes]:
    """Return the bytes of a fixture by its name."""

    def read(name: str) -> bytes:
        return (FIXTURES / f"{name}.xml").read_bytes()

    return read


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that asks for ``readable`` every fixture that is a whole document."""
    if "readable" in metafunc.fixturenames:
        names = sorted(path.stem for path in FIXTURES.glob("*.xml"))
        metafunc.parametrize("readable", [name for name in names if name not in BROKEN])


BROKEN = {
    "truncated",
    "not_well_formed",
    "inline_crosses_element",
    "unknown_entity",
    "entity_attack",
    "external_entity",
    "html_error",
    "eutils_error",
}
