"""What a page hands out is, byte for byte, what the export command writes."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from evidence.cli.app import run
from evidence.dashboard import components, packs
from evidence.export.pack import FileSet
from evidence.pipeline.decisions import sign
from evidence.settings import read_settings
from evidence.store.snapshots import open_snapshot, write_snapshot
from tests.dashboard.sample import sample_tables, write_sample

SEEN = "Conflicting; certainty rated Low; protocol 0; inputs 0"


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace of two data sets that differ in a verdict, with one decision."""
    folder = tmp_path_factory.mktemp("lived-in")
    write_sample(folder)
    tables = sample_tables()
    verdicts = tables["claim_verdicts"]
    verdicts["verdict_fingerprint"] = SEEN
    verdicts.loc[verdicts["claim_id"] == "warms-joint", "verdict"] = "Supported"
    about = {"as_of": "2026-11-20", "protocol_version": "1.0"}
    newer, _ = write_snapshot(folder, tables, about, now=datetime(2026, 11, 21, tzinfo=UTC))
    sign(read_settings({}, workspace=folder), "Ann Smith", "warms-joint", newer)
    return folder


@pytest.fixture
def workspace(lived_in: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(lived_in))
    monkeypatch.delenv("EVIDENCE_DATABASE_URL", raising=False)
    return lived_in


def exported(out: Path, dialect: str, *more: str) -> Path:
    assert run(["export", "--out", str(out), "--dialect", dialect, *more, "--json"]) == 0
    return out


@pytest.mark.parametrize("dialect", ["data", "spreadsheet"])
def test_files_of_the_page_are_those_of_the_command(dialect, workspace, tmp_path):
    snapshot = open_snapshot(workspace)
    written = exported(tmp_path / "out", dialect)
    for name in ("claim_verdicts", "verdict_history", "decisions_log", "study_results"):
        made = packs.file_bytes(snapshot, name, dialect, None)()
        assert made == (written / f"{name}.csv").read_bytes()
    assert b"Ann Smith" in (written / "decisions_log.csv").read_bytes()
    history = (written / "verdict_history.csv").read_bytes()
    assert history.count(b"warms-joint") == 2


def test_filtered_table_of_the_page_is_that_of_the_command(workspace, tmp_path, monkeypatch):
    made: dict[str, bytes] = {}

    def offer(_label: str, *, data, key: str, **_: object) -> None:
        made[key] = data()

    monkeypatch.setattr(components.st, "download_button", offer)
    components.download_table(
        open_snapshot(workspace), "claim_verdicts", {"claim_id": ["warms-joint"]}, [], 1
    )
    written = exported(tmp_path / "out", "spreadsheet", "--claim", "warms-joint")
    assert made["download_claim_verdicts_spreadsheet"] == (written / "claim_verdicts.csv").read_bytes()  # fmt: skip


def test_pack_of_the_page_holds_the_files_of_the_command(workspace, tmp_path):
    written = exported(tmp_path / "out", "spreadsheet", "--files", "team")
    made = packs.zip_bytes(open_snapshot(workspace), FileSet.TEAM, ["csv"], "spreadsheet", None)()
    with zipfile.ZipFile(BytesIO(made)) as pack:
        inside = {Path(name).name: pack.read(name) for name in pack.namelist()}
    assert inside == {path.name: path.read_bytes() for path in written.iterdir()}
