"""A sound registry of the invented text, to be broken by each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from evidence.claims.registry import CheckedRegistry
from evidence.claims.registry_check import check_registry
from tests.claims.river import FILE, TEXT, make_source


@pytest.fixture
def source() -> dict[str, Any]:
    return make_source()


@pytest.fixture
def check() -> Callable[[object], CheckedRegistry]:
    return lambda source: check_registry(source, {FILE: TEXT})
