"""From a refresh to the snapshot: records, machine-read studies, retractions, what is said of it."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from evidence.appraisal.reader import read_many
from evidence.cli.app import run
from evidence.pipeline import kept_readings
from evidence.records.attach import FEW_WORDS
from evidence.settings import read_settings
from evidence.store.snapshots import current_id, open_snapshot
from evidence.store.starter import read_starter
from evidence.tables import check_table, row_dicts
from tests.eutils.claims import write_registry
from tests.eutils.records import Record, invent_records
from tests.eutils.server import LoopbackServer

DAY = date(2024, 5, 1)
ABSTRACT = (
    "BACKGROUND: People with back ache seek needling of the back. METHODS: In this randomized "
    "trial 80 adults with chronic back ache were randomly assigned to needling (n = 40) or to "
    "sham needling (n = 40). RESULTS: Pain on a visual analogue scale was significantly lower "
    "with needling than with sham needling (mean difference -12, 95% CI -18 to -6, p = 0.001). "
    "CONCLUSIONS: Needling reduced pain."
)


def trial(pmid: int, **more: object) -> Record:
    record = Record(
        pmid=pmid,
        title="Needling of the back for chronic back ache: a randomized sham-controlled trial",
        abstract=ABSTRACT,
        crdt=DAY,
        edat=DAY,
        mdat=DAY,
        published=DAY,
        types=("Journal Article", "Randomized Controlled Trial"),
    )
    return record.changed(**more)


class Place:
    """A workspace with a registry of its own, and a server."""

    def __init__(self, server: LoopbackServer, folder: Path) -> None:
        self.server, self.workspace = server, folder / "workspace"

    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, object]:
        capsys.readouterr()
        code = run([*arguments, "--workspace", str(self.workspace), "--json"])
        return code, json.loads(capsys.readouterr().out)

    def table(self, name: str) -> list[dict]:
        frame = open_snapshot(self.workspace).read(name)
        check_table(name, frame)
        return row_dicts(frame)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    records = [*invent_records(60), trial(900_001)]
    with LoopbackServer(records, keeps_rate=False) as server:
        for name, value in {**server.environment, **write_registry(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        yield Place(server, tmp_path)


def test_a_refresh_reads_what_nobody_curated_and_counts_it_only(place, capsys):
    code, document = place.run(capsys, "refresh")
    assert code == 0
    assert document["status"] == "complete"
    assert document["records"]["total"] > 1
    study = next(s for s in place.table("studies") if s["study_id"] == "pmid-900001")
    assert study["design"] == "randomized trial"
    assert study["design_source"] == "machine-read"
    assert study["n_randomized"] == 80
    (result,) = (r for r in place.table("study_results") if r["study_id"] == "pmid-900001")
    assert result["origin"] == "machine-read"
    assert result["usable_for_pooling"] is False
    assert result["exact_sentence"] in ABSTRACT
    assert ABSTRACT[result["char_start"] : result["char_end"]] == result["exact_sentence"]
    roles = {m["role"] for m in place.table("stratum_members") if m["study_id"] == "pmid-900001"}
    assert roles <= {"counted", "direction not reported"}
    assert roles


def test_every_record_found_is_screened_with_its_reason(place, capsys):
    place.run(capsys, "refresh")
    rows = place.table("screening")
    found = {r["record_id"] for r in place.table("records")}
    assert {row["record_id"] for row in rows} == found
    for row in rows:
        assert (row["decision"] == "included") == (row["reason_code"] is None)


def test_the_flow_adds_up_from_records_found_to_records_included(place, capsys):
    place.server.corpus.put([trial(900_002, abstract="")])
    place.run(capsys, "refresh")
    place.run(capsys, "refresh", "--full")
    rows = place.table("prisma_counts")
    assert {row["run_id"] for row in rows} == {"run-0001", "run-0002", "cumulative"}
    screening = place.table("screening")
    for run_id, question_id in {(row["run_id"], row["question_id"]) for row in rows}:
        n: dict[str, int] = {}
        for row in rows:
            if (row["run_id"], row["question_id"]) == (run_id, question_id):
                n[row["box"]] = n.get(row["box"], 0) + row["n"]
        assert n["database_results"] - n["duplicates"] == (
            n["excluded_automatic"] + n["records_screened"]
        )
        assert n["records_screened"] == n["dbr_assessed"] == n["dbr_excluded"] + n["new_reports"]
        kept = [r for r in screening if r["question_id"] == question_id]
        assert n["new_reports"] == sum(r["decision"] == "included" for r in kept)
    reasons = {row["reason"] for row in rows if row["box"] == "excluded_automatic"}
    assert "no abstract to read" in reasons
    assert len(reasons) > 1


def test_building_after_a_refresh_keeps_what_it_brought(place, capsys):
    place.run(capsys, "refresh")
    before = current_id(place.workspace)
    code, document = place.run(capsys, "build")
    assert (code, document["created"]) == (0, False)
    assert current_id(place.workspace) == before


def test_the_last_complete_search_dates_claims_and_snapshot(place, capsys):
    place.run(capsys, "refresh")
    manifest = open_snapshot(place.workspace).manifest
    assert manifest["search_words"] is None
    assert manifest["as_of"] == manifest["last_complete_search"]
    for row in place.table("claim_verdicts"):
        assert row["last_complete_search"] == manifest["as_of"]
        assert row["last_complete_search_status"] == "reported"


def test_a_retracted_trial_leaves_every_stratum_and_is_listed(place, capsys):
    place.run(capsys, "refresh")
    gone = trial(900_001, mdat=datetime.now(UTC).date(), types=("Journal Article", "Retracted Publication",
                                                        "Randomized Controlled Trial"))  # fmt: skip
    place.server.corpus.put([gone])
    code, document = place.run(capsys, "refresh")
    assert code == 0
    assert document["records"]["retracted"] == 1
    used = [m for m in place.table("stratum_members") if m["study_id"] == "pmid-900001"]
    assert used == []
    (state,) = (s for s in place.table("retractions") if s["record_id"] == "pmid:900001")
    assert state["status"] == "retracted"
    assert state["affected_studies"] == ["pmid-900001"]


def test_a_build_gives_the_same_bytes_whether_readings_are_kept_lost_or_damaged(place, capsys):
    place.run(capsys, "refresh")
    expected = open_snapshot(place.workspace).manifest["content_sha256"]
    folder = place.workspace / "readings"
    (kept,) = folder.rglob("*.parquet")
    for harm in (None, "damage", "lose"):
        if harm == "damage":
            kept.write_bytes(kept.read_bytes()[:-20])
        elif harm == "lose":
            shutil.rmtree(folder)
        capsys.readouterr()
        code = run(["build", "--workspace", str(place.workspace), "--json"])
        printed = capsys.readouterr()
        assert (code, json.loads(printed.out)["created"]) == (0, False)
        assert ("read again" in printed.err) == (harm == "damage")
        assert open_snapshot(place.workspace).manifest["content_sha256"] == expected
        assert [path.name for path in folder.rglob("*.parquet")] == [kept.name]
    assert place.run(capsys, "verify")[0] == 0


def test_abstracts_are_read_while_others_are_fetched_and_not_again_in_the_build(
    place, capsys, monkeypatch
):
    trials = [trial(pmid) for pmid in range(910_000, 910_450)]
    place.server.corpus.put([trial(900_002, abstract=""), *trials])
    read: list[tuple[str, int]] = []

    def counted(items, **more):
        given = list(items)
        read.append((threading.current_thread().name, len(given)))
        return read_many(given, **{**more, "processes": 1})

    monkeypatch.setattr(kept_readings, "read_many", counted)
    assert place.run(capsys, "refresh")[0] == 0
    n = sum(1 for row in place.table("records") if row["abstract"])
    assert n > 450
    (thread, n_ahead), in_the_build = read
    assert (n_ahead, in_the_build) == (n, ("MainThread", 0))
    assert thread != "MainThread"


def test_a_curated_study_without_a_pmid_gets_that_of_the_record_with_its_title(place, capsys):
    studies = read_starter(read_settings({}).starter).studies
    unnamed = studies[studies["pmid"].isna() & studies["doi"].isna() & studies["year"].notna()]
    row = next(r for r in unnamed.itertuples() if len(r.title.split()) > FEW_WORDS)
    published = date(int(row.year), 5, 1)
    place.server.corpus.put([trial(900_003, title=f"{row.title}.", published=published)])
    assert place.run(capsys, "refresh")[0] == 0
    found = {study["study_id"]: study for study in place.table("studies")}
    study = found[row.study_id]
    assert (study["pmid"], study["record_ids"]) == ("900003", ["pmid:900003"])
    assert study["retraction_status"] == ["none"]  # before, it was not checked
    assert "pmid-900003" not in found  # it is that study, and is not read a second time


def test_a_failed_refresh_leaves_the_current_snapshot_and_says_which_record(place, capsys):
    place.run(capsys, "build")
    before = current_id(place.workspace)
    place.server.withheld = {900_001}
    code, document = place.run(capsys, "refresh")
    assert code == 15
    assert document["status"] == "failed"
    assert "900001" in document["error"]["message"]
    assert current_id(place.workspace) == before


def test_nothing_new_says_so(place, capsys):
    place.run(capsys, "refresh")
    _, document = place.run(capsys, "refresh")
    assert document["records"]["new"] == 0
    assert document["verdicts_changed"] == []


def test_the_workspace_is_what_its_manifests_say(place, capsys):
    place.run(capsys, "refresh")
    code, document = place.run(capsys, "verify")
    assert (code, document) == (0, {"ok": True, "faults": []})
