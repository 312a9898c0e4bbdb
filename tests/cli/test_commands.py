"""Every command as a user runs it: what it prints, its exit code, one clear line for a failure."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from evidence.cli.app import run
from evidence.settings import CHECKOUT


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workspace")
    assert run(["build", "--workspace", str(folder)]) == 0
    return folder


def document(capsys) -> object:
    return json.loads(capsys.readouterr().out)


def error_of(capsys) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


def test_build_says_what_stands_and_building_again_writes_nothing(workspace, capsys):
    capsys.readouterr()
    before = sorted(path.name for path in (workspace / "snapshots").iterdir())
    assert run(["build", "--workspace", str(workspace), "--json"]) == 0
    found = document(capsys)
    assert found["created"] is False
    assert found["tables"]["claims"] == 39
    assert sorted(path.name for path in (workspace / "snapshots").iterdir()) == before


def test_status_masks_secrets(workspace, capsys, monkeypatch):
    monkeypatch.setenv("NCBI_API_KEY", "very-secret")
    assert run(["status", "--workspace", str(workspace), "--json"]) == 0
    out = capsys.readouterr().out
    assert "very-secret" not in out
    found = json.loads(out)
    assert set(found) == {"snapshot_id", "as_of", "tables", "settings", "locked_by"}
    assert found["as_of"] == "2026-11-01"


def test_verify_finds_a_flipped_byte(workspace, tmp_path, capsys):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(workspace, copy)
    assert run(["verify", "--workspace", str(copy), "--json"]) == 0
    assert document(capsys) == {"ok": True, "faults": []}
    path = next((copy / "snapshots").glob("*/studies.parquet"))
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(bytes(data))
    assert run(["verify", "--workspace", str(copy), "--json"]) == 12
    found = document(capsys)
    assert found["ok"] is False
    assert "studies.parquet" in found["faults"][0]["file"]
    assert run(["verify", "--workspace", str(copy)]) == 12
    assert "studies.parquet" in error_of(capsys)


def test_verdicts_are_the_rows_of_the_exported_file(workspace, tmp_path, capsys):
    assert run(["verdicts", "--workspace", str(workspace), "--format", "csv"]) == 0
    printed = capsys.readouterr().out
    assert run(["export", "--workspace", str(workspace), "--out", str(tmp_path / "out")]) == 0
    assert printed.encode() == (tmp_path / "out" / "claim_verdicts.csv").read_bytes()


def test_verdicts_of_one_claim_as_json(workspace, capsys):
    assert (
        run(["verdicts", "--workspace", str(workspace), "--claim", "generally-safe", "--json"]) == 0
    )
    (row,) = document(capsys)
    assert row["claim_id"] == "generally-safe"
    assert row["verdict"] == "Supported with limits"
    assert list(row)[-1] == "dataset_version"


def test_an_unknown_claim_is_a_usage_error(workspace, capsys):
    assert run(["verdicts", "--workspace", str(workspace), "--claim", "nope"]) == 2
    assert "nope" in error_of(capsys)


def test_history_begins_with_the_first_computation(workspace, capsys):
    assert run(["history", "generally-safe", "--workspace", str(workspace), "--json"]) == 0
    rows = document(capsys)
    assert rows[0]["because"] == ["first computation"]
    assert set(rows[0]) == {"snapshot_id", "verdict", "certainty", "because"}


def test_a_snapshot_does_not_differ_from_itself(workspace, capsys):
    name = (workspace / "snapshots" / "current").read_text(encoding="utf-8").strip()
    assert run(["diff", name, name, "--workspace", str(workspace), "--json"]) == 0
    found = document(capsys)
    assert found["verdicts"] == []
    assert found["records"] == {"new": [], "changed": [], "retracted": [], "dropped": []}


def test_claims_check_says_that_nothing_is_wrong(capsys):
    assert run(["claims", "check", "--json"]) == 0
    found = document(capsys)
    assert found["ok"] is True
    assert found["claims"] == 39
    assert sum(found["coverage"].values()) == pytest.approx(100)


def test_claims_check_says_all_faults_in_one_run(tmp_path, capsys):
    text = (CHECKOUT / "data" / "claims.yaml").read_text(encoding="utf-8")
    broken = text.replace("strength: 3", "strength: 9", 1).replace(
        "kind: safety", "kind: danger", 1
    )
    path = tmp_path / "claims.yaml"
    path.write_text(broken, encoding="utf-8")
    assert run(["claims", "check", "--claims", str(path)]) == 11
    said = error_of(capsys)
    assert "'danger'" in said
    assert "9" in said


def test_a_missing_document_is_one_line_and_nothing_is_written(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    command = ["build", "--workspace", str(tmp_path / "w"), "--documents", str(tmp_path / "empty")]
    assert run(command) == 11
    assert "acupuncture-for-relief-of-back-pain.txt" in error_of(capsys)
    assert not (tmp_path / "w").exists()


def test_a_workspace_that_is_a_file_is_one_line(tmp_path, capsys):
    (tmp_path / "w").write_text("", encoding="utf-8")
    assert run(["build", "--workspace", str(tmp_path / "w")]) == 17
    assert "--workspace" in error_of(capsys)


def test_a_failure_is_a_document_where_json_is_asked_for(tmp_path, capsys):
    assert run(["verify", "--workspace", str(tmp_path), "--json"]) == 12
    found = document(capsys)["error"]
    assert found["name"] == "SnapshotMissingError"
    assert found["exit_code"] == 12


@pytest.mark.parametrize(
    "arguments", [["no-such-command"], ["build", "--no-such-option"], ["diff", "a"]]
)
def test_what_the_command_line_does_not_know_is_a_usage_error(arguments, capsys):
    assert run(arguments) == 2
    assert error_of(capsys).startswith("error: ")


def test_a_port_in_use_is_one_line(workspace, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert run(["dashboard", "--port", port, "--workspace", str(workspace)]) == 18
    assert f"port {port}" in error_of(capsys)


def test_pool_prints_the_figures_of_any_table(tmp_path, capsys):
    path = tmp_path / "effects.csv"
    path.write_text("yi,vi\n-0.5,0.04\n-0.2,0.01\n-0.3,0.02\n", encoding="utf-8")
    assert (
        run(["pool", str(path), "--measure", "GEN", "--method", "FE", "--ci", "z", "--json"]) == 0
    )
    found = document(capsys)
    # Inverse variance by hand: (-0.5*25 - 0.2*100 - 0.3*50) / 175.
    assert found["estimate"] == pytest.approx(-47.5 / 175)
    assert found["k"] == 3


def test_pool_names_every_faulty_cell(tmp_path, capsys):
    path = tmp_path / "effects.csv"
    path.write_text("yi,vi\n-0.5,x\n-0.2,-1\n", encoding="utf-8")
    assert run(["pool", str(path), "--measure", "GEN"]) == 10
    said = error_of(capsys)
    assert "row 1, vi" in said
    assert "row 2, vi" in said


def test_pool_of_a_file_that_is_not_there_is_a_usage_error(tmp_path, capsys):
    assert run(["pool", str(tmp_path / "none.csv"), "--measure", "GEN"]) == 2
    assert "none.csv" in error_of(capsys)


def test_read_gives_a_line_for_each_abstract(tmp_path, capsys):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    item = {
        "pmid": "1",
        "title": "Warm socks for cold feet: a randomized controlled trial",
        "abstract": "We randomized 60 adults to warm socks or to usual socks. Feet were warmer with "
        "warm socks (mean difference 2.1, 95% CI 1.0 to 3.2).",
    }
    path.write_text(json.dumps(item) + "\n\n", encoding="utf-8")
    assert run(["read", str(path), "--out", str(out), "--json"]) == 0
    assert document(capsys) == {"file": str(out), "read": 1}
    reading = json.loads(out.read_text(encoding="utf-8"))
    assert reading["id"] == "1"
    assert reading["is_rct"]["value"] is True
    assert reading["n_participants"]["value"] == 60


def test_read_names_the_line_that_is_no_json(tmp_path, capsys):
    path = tmp_path / "in.jsonl"
    path.write_text("{}\nnot json\n", encoding="utf-8")
    assert run(["read", str(path), "--out", str(tmp_path / "out.jsonl")]) == 10
    assert "line 2" in error_of(capsys)
    assert not (tmp_path / "out.jsonl").exists()


def test_an_unknown_operating_point_says_what_is_allowed(tmp_path, capsys):
    (tmp_path / "in.jsonl").write_text("", encoding="utf-8")
    command = [
        "read",
        str(tmp_path / "in.jsonl"),
        "--out",
        str(tmp_path / "o"),
        "--operating-point",
        "wild",
    ]
    assert run(command) == 2
    assert "sensitive, balanced, precise" in error_of(capsys)


def test_document_add_and_propose_leave_the_rest_of_the_registry_as_it_is(tmp_path, capsys):
    claims = tmp_path / "claims.yaml"
    before = (CHECKOUT / "data" / "claims.yaml").read_text(encoding="utf-8")
    claims.write_text(before, encoding="utf-8")
    documents = tmp_path / "documents"
    documents.mkdir()
    for path in (CHECKOUT / "data" / "documents").glob("*.txt"):
        (documents / path.name).write_bytes(path.read_bytes())
    text = tmp_path / "Warm socks.txt"
    text.write_text("Warm socks\n\nWarm socks cure cold feet.\n", encoding="utf-8")
    options = ["--claims", str(claims), "--documents", str(documents)]
    assert run(["document", "propose", str(text), *options, "--json"]) == 0
    assert any("cure" in proposal["quote"] for proposal in document(capsys))
    assert run(["document", "add", str(text), *options, "--json"]) == 0
    assert document(capsys)["document_id"] == "warm-socks"
    after = claims.read_text(encoding="utf-8")
    assert [line for line in before.splitlines() if line not in after.splitlines()] == []
    assert (documents / "warm-socks.txt").is_file()


def test_help_names_every_command(capsys):
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    for command in ("dashboard", "build", "verdicts", "status", "history", "diff", "verify", "export",
                    "claims", "document", "parse", "read", "pool"):  # fmt: skip
        assert command in said


def test_nothing_is_written_into_the_checkout_by_a_run_elsewhere(workspace):
    assert (workspace / "snapshots").is_dir()
    assert Path(workspace).resolve() != (CHECKOUT / "data").resolve()
