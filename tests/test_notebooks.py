"""The notebooks run from top to bottom on a fresh workspace, and are kept with their outputs.

``python -m tests.test_notebooks`` executes them and writes their outputs anew.
"""

from __future__ import annotations

import ast
import os
import tempfile
import warnings
from pathlib import Path

import nbformat
import pytest

from evidence.pipeline import build
from evidence.settings import CHECKOUT, read_settings

NOTEBOOKS = sorted((CHECKOUT / "notebooks").glob("*.ipynb"))
LONGEST_DEFINITION = 5
SECONDS = 60


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    build(read_settings({}, workspace=folder))
    return folder


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def errors_of(notebook: nbformat.NotebookNode) -> list[str]:
    return [
        f"{output.ename}: {output.evalue}"
        for cell in code_cells(notebook)
        for output in cell.outputs
        if output.output_type == "error"
    ]


def executed(path: Path) -> nbformat.NotebookNode:
    """Return a notebook after a run from top to bottom, in the checkout; an error raises."""
    notebook = read(path)
    with warnings.catch_warnings():
        # The kernel's own housekeeping (event loops, sockets) warns; it is no matter of ours.
        warnings.simplefilter("ignore")
        from nbclient import NotebookClient

        NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(CHECKOUT)}},
        ).execute()
    notebook.metadata.pop("language_info", None)
    return notebook


def test_there_are_notebooks_and_they_are_numbered():
    assert [path.name[:3] for path in NOTEBOOKS] == [
        f"{i:02d}_" for i in range(1, len(NOTEBOOKS) + 1)
    ]
    assert len(NOTEBOOKS) >= 2


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path, workspace, monkeypatch):
    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(workspace))
    before = sorted(p.name for p in workspace.rglob("*"))
    assert errors_of(executed(path)) == []
    assert sorted(p.name for p in workspace.rglob("*")) == before, "a notebook only reads"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_with_its_outputs_and_without_errors(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert errors_of(notebook) == []
    assert [cell.execution_count for cell in code_cells(notebook)] == list(
        range(1, len(code_cells(notebook)) + 1)
    ), "execute it anew, from top to bottom"
    silent = [cell.source for cell in code_cells(notebook) if not cell.outputs]
    assert [source for source in silent if not source.startswith("import ")] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_evidence_and_defines_nothing_of_its_own(path):
    source = "\n".join(cell.source for cell in code_cells(read(path)))
    tree = ast.parse(source)
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert "evidence" in imported
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_DEFINITION
    ]
    assert long == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_names_no_place_of_the_computer_it_was_made_on(path):
    text = path.read_text(encoding="utf-8")
    for place in (CHECKOUT, Path.home(), tempfile.gettempdir()):
        assert f"{place}/" not in text


def write_outputs() -> None:
    """Execute every notebook on a workspace that is built for it, and keep the outputs."""
    with tempfile.TemporaryDirectory() as folder:
        build(read_settings({}, workspace=folder))
        os.environ["EVIDENCE_WORKSPACE"] = folder
        for path in NOTEBOOKS:
            nbformat.write(executed(path), path)


if __name__ == "__main__":
    write_outputs()
