"""The starter data judged once for all tests of the pipeline."""

from __future__ import annotations

import pytest

from evidence.pipeline.build import make_tables, read_inputs
from evidence.settings import read_settings


@pytest.fixture(scope="session")
def inputs(tmp_path_factory):
    return read_inputs(read_settings({}, workspace=tmp_path_factory.mktemp("workspace")))


@pytest.fixture(scope="session")
def tables(inputs):
    return make_tables(inputs)
