"""A refresh brings the retraction of a curated trial: everything that rests on it says so."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from evidence.cli.app import run
from evidence.settings import CHECKOUT
from evidence.store.snapshots import open_snapshot
from evidence.tables import row_dicts
from tests.eutils.records import Record
from tests.eutils.server import LoopbackServer

DAY = date(2024, 5, 1)
QUERY = "trial[ti]"


def use_delivered_registry(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask the server one short query for every claim of the delivered registry."""
    source = yaml.safe_load((CHECKOUT / "data" / "claims.yaml").read_text(encoding="utf-8"))
    for claim in source["claims"]:
        if claim.get("query"):
            claim["query"] = QUERY
    path = folder / "claims.yaml"
    path.write_text(yaml.safe_dump(source, sort_keys=False), encoding="utf-8")
    monkeypatch.setenv("EVIDENCE_CLAIMS", str(path))


@pytest.mark.slow
def test_a_retracted_curated_trial_leaves_its_strata_and_opens_its_claims_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    use_delivered_registry(tmp_path, monkeypatch)
    workspace = tmp_path / "workspace"
    options = ["--workspace", str(workspace), "--json"]
    assert run(["build", *options]) == 0
    study, pmid, strata = pooled_trial(workspace)
    report = Record(int(pmid), "A trial that was curated", "", DAY, DAY, DAY, DAY)
    with LoopbackServer([report], keeps_rate=False) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        assert run(["refresh", *options]) == 0
        assert members(workspace, study) >= strata
        today = datetime.now(UTC).date()
        gone = report.changed(mdat=today, types=("Journal Article", "Retracted Publication"))
        server.corpus.put([gone])
        capsys.readouterr()
        assert run(["refresh", *options]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["records"]["retracted"] == 1
    assert members(workspace, study) == set()
    (state,) = row_dicts(open_snapshot(workspace).read("retractions"))
    assert (state["record_id"], state["status"]) == (f"pmid:{pmid}", "retracted")
    assert state["affected_studies"] == [study]
    assert state["checked_at"] is not None
    assert state["affected_documents"]
    changes = row_dicts(open_snapshot(workspace).read("record_changes"))
    assert [(r["record_id"], r["change"]) for r in changes] == [
        (f"pmid:{pmid}", "changed"),
        (f"pmid:{pmid}", "retracted"),
    ]
    left = set(open_snapshot(workspace).read("syntheses", ["stratum_id"])["stratum_id"])
    assert strata & left
    assert set(state["affected_strata"]) >= strata  # those that fell away with it too
    moved = {row["claim_id"]: row["because"] for row in document["verdicts_changed"]}
    touched = set(state["affected_claims"])
    assert touched
    assert {c for c, why in moved.items() if f"retracted: {study}" in why} == touched
    verdicts = row_dicts(open_snapshot(workspace).read("claim_verdicts"))
    assert {v["claim_id"] for v in verdicts if v["retraction_touch"]} >= touched


def pooled_trial(workspace: Path) -> tuple[str, str, set[str]]:
    """Return a curated trial that is pooled somewhere, its PMID and its strata."""
    snapshot = open_snapshot(workspace)
    rows = row_dicts(snapshot.read("stratum_members", ["stratum_id", "study_id", "role"]))
    studies = row_dicts(snapshot.read("studies", ["study_id", "pmid", "claim_ids"]))
    deciding = {
        stratum
        for row in row_dicts(snapshot.read("claim_verdicts", ["stratum_ids"]))
        for stratum in row["stratum_ids"] or ()
    }
    pooled = Counter(row["stratum_id"] for row in rows if row["role"] == "pooled")
    pmids = {row["study_id"]: row["pmid"] for row in studies if row["pmid"]}
    study = next(
        r["study_id"]
        for r in rows
        if r["role"] == "pooled"
        and r["study_id"] in pmids
        and pooled[r["stratum_id"]] > 2
        and r["stratum_id"] in deciding
    )
    return study, pmids[study], members(workspace, study)


def members(workspace: Path, study: str) -> set[str]:
    """Return the strata in which a study stands."""
    rows = row_dicts(open_snapshot(workspace).read("stratum_members", ["stratum_id", "study_id"]))
    return {row["stratum_id"] for row in rows if row["study_id"] == study}
