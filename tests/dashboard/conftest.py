"""A workspace with the invented sample, and pages run as a reader would see them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from evidence.pipeline.build import build
from evidence.settings import read_settings
from tests.dashboard.sample import write_sample
from tests.dashboard.walking import ROOT

Run = Callable[..., AppTest]


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    write_sample(folder)
    return folder


@pytest.fixture(scope="session")
def starter_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with the snapshot of the data that comes with the program."""
    folder = tmp_path_factory.mktemp("starter")
    build(read_settings({}, workspace=folder))
    return folder


@pytest.fixture
def run_page(sample_workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(page: str = "board", workspace: Path | None = None, **query: str) -> AppTest:
        monkeypatch.setenv("EVIDENCE_WORKSPACE", str(workspace or sample_workspace))
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if page != "board":
            app.switch_page(f"evidence/dashboard/pages/{page}.py")
        app.run()
        assert not app.exception, [e.message for e in app.exception]
        return app

    return run
