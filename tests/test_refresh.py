"""A refresh: complete, incremental, and honest about what it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from evidence.errors import QueryRefusedError, SearchIncompleteError, SourceUnreachableError
from evidence.refresh import fetch_all, load_fetched, refresh_document
from evidence.refresh.holdings import Holdings
from evidence.refresh.registers import count_registered
from evidence.store.raw import verify_runs
from evidence.store.snapshots import current_id, open_snapshot
from evidence.tables import check_table, conform
from evidence.vocabulary import RunStatus
from tests.eutils.claims import QUERIES, invent_registry
from tests.eutils.faults import FaultKind, FaultPlan
from tests.eutils.records import invent_records
from tests.eutils.refreshing import QUICK, Case, table_bytes
from tests.eutils.server import LoopbackServer

ONE = {"needling-helps": QUERIES["needling-helps"]}


class NoRate:
    """Permits everything; the rate has tests of its own."""

    def __init__(self, *_: object) -> None:
        pass

    def wait(self, stop: object = None) -> None:
        del stop

    def arrived(self, ticket: object) -> None:
        del ticket


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait neither for the rate nor for the disk."""
    for module in ("entrez", "clinical_trials", "icite"):
        monkeypatch.setattr(f"evidence.sources.{module}.RateLimiter", NoRate)
    monkeypatch.setattr("evidence.store.raw.os.fsync", lambda _: None)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    """Return a workspace and a server with 900 records that does not mind the rate."""
    with LoopbackServer(invent_records(900), keeps_rate=False) as server:
        yield Case(server, tmp_path / "workspace")


def matching(case: Case, claim_id: str) -> tuple[str, ...]:
    return tuple(str(pmid) for pmid in sorted(case.server.corpus.find(case.queries[claim_id]).ids))


def revise(case: Case, pmid: int, day: date, **values: object) -> None:
    record = case.server.corpus.records[pmid]
    case.server.corpus.put([record.changed(mdat=day, **values)])


def test_a_first_refresh_holds_every_record_once(case: Case):
    fetched = case.refresh()
    assert fetched.status is RunStatus.COMPLETE
    assert fetched.run_id == "run-0001"
    for claim_id in case.queries:
        assert fetched.claim_records[claim_id] == matching(case, claim_id)
    pmids = fetched.tables["records"]["pmid"].to_pylist()
    assert pmids == sorted(set().union(*fetched.claim_records.values()), key=int)
    assert fetched.new == tuple(pmids)
    assert fetched.as_of == date(2026, 10, 1)
    assert fetched.unknown == {}


def test_its_searches_and_counts_fit_their_tables(case: Case):
    fetched = case.refresh()
    for name in ("searches", "prisma_counts"):
        frame = conform(name, list(getattr(fetched, name)))
        check_table(name, frame)
        assert len(frame) >= 3
    row = fetched.searches[0]
    assert (row["count_reported"], row["n_missing"]) == (row["n_fetched"], 0)
    assert row["query_translation"]


def test_nothing_new_takes_two_requests_a_query_and_says_so(case: Case):
    first = case.refresh()
    case.now += timedelta(days=2)
    before = case.server.n_requests()
    second = case.refresh()
    assert case.server.n_requests() - before == 2 * len(case.queries) == second.requests
    assert second.summary() == "0 new, 0 changed, as of 2026-10-03"
    assert second.tables["records"].equals(first.tables["records"])


def test_records_of_the_overlap_that_are_held_are_not_fetched_again(case: Case):
    day = date(2026, 9, 29)
    for pmid in (100_001, 100_004):
        revise(case, pmid, day, crdt=day)
    case.refresh()
    before = case.server.n_requests()
    second = case.refresh()
    assert case.server.n_requests() - before == 2 * len(case.queries)
    assert second.summary().startswith("0 new, 0 changed")


def test_a_record_of_the_overlap_that_changes_again_is_fetched_again(case: Case):
    revise(case, 100_001, date(2026, 9, 29))
    case.refresh()
    revise(case, 100_001, date(2026, 10, 2), title="Trial 0 of needling of the back, corrected")
    case.now += timedelta(days=3)
    second = case.refresh()
    assert second.changed == ("100001",)
    titles = dict(
        zip(
            *(second.tables["records"][name].to_pylist() for name in ("pmid", "title")), strict=True
        )
    )
    assert titles["100001"].endswith("corrected")


def test_a_server_that_does_not_take_ids_as_terms_is_asked_without(case: Case):
    revise(case, 100_001, date(2026, 9, 29))
    case.server.knows_ids = False
    case.refresh()
    revise(case, 100_001, date(2026, 10, 1), title="Trial 0 of needling of the back, corrected")
    second = case.refresh()
    assert (second.new, second.changed) == ((), ("100001",))


def test_new_changed_and_retracted_records_are_told_apart(case: Case):
    case.refresh()
    day = date(2026, 10, 4)
    revise(case, 100_004, day, abstract="In study 3 it was needling of the back after all.")
    revise(
        case, 100_007, day, types=("Journal Article", "Retracted Publication"),
        links=(("RetractionIn", 777),),
    )  # fmt: skip
    case.server.corpus.put([
        r.changed(pmid=r.pmid + 500_000, crdt=day, mdat=day) for r in invent_records(3, seed=9)
    ])  # fmt: skip
    case.now += timedelta(days=5)
    second = case.refresh(claims=["needling-helps"])
    assert second.new == ("600001",)
    assert second.changed == ("100004", "100007")
    assert second.retracted == ("100007",)
    assert [(r["record_id"], r["status"], r["notice_id"]) for r in second.retractions] == [
        ("100007", "retracted", "777")
    ]
    assert second.retractions[0]["checked_at"] == "2026-10-06"
    assert second.dropped == ()
    assert second.claim_records["needling-helps"] == matching(case, "needling-helps")
    seen = second.seen.set_index("pmid")
    assert tuple(seen.loc["100004", ["first_seen_run", "last_seen_run"]]) == (
        "run-0001",
        "run-0002",
    )
    assert tuple(seen.loc["100001", ["first_seen_run", "last_seen_run"]]) == (
        "run-0001",
        "run-0001",
    )


def test_what_matches_no_longer_is_dropped_by_a_full_refresh(case: Case):
    case.refresh()
    revise(case, 100_001, date(2026, 10, 2), title="Trial 0 of nothing", abstract="Nothing.")
    case.now += timedelta(days=2)
    full = case.refresh(full=True)
    assert full.dropped == ("100001",)
    assert "100001" not in full.claim_records["needling-helps"]
    assert "100001" in full.tables["records"]["pmid"].to_pylist()


def test_an_edited_query_is_asked_in_full(case: Case):
    case.refresh()
    case.queries = {**QUERIES, "warmth-helps": '"warm packs"[ti]'}
    case.now += timedelta(days=2)
    second = case.refresh()
    assert second.claim_records["warmth-helps"] == matching(case, "warmth-helps")
    by_claim = {row["claim_id"]: row for row in second.searches if row["run_id"] == "run-0002"}
    assert by_claim["warmth-helps"]["date_from"] is None
    assert by_claim["needling-helps"]["date_from"] == "2026-09-24"


def test_claims_that_are_not_asked_for_keep_what_they_had(case: Case):
    first = case.refresh()
    case.now += timedelta(days=10)
    second = case.refresh(claims=["needling-helps"])
    assert second.claim_records == first.claim_records
    assert second.last_complete["needling-helps"] == date(2026, 10, 11)
    assert second.as_of == second.last_complete["warmth-helps"] == date(2026, 10, 1)
    assert len([row for row in second.searches if row["run_id"] == "run-0002"]) == 1


def test_a_search_since_a_day_that_leaves_a_gap_is_no_complete_search(case: Case):
    fetched = case.refresh(since=date(2026, 1, 1))
    assert fetched.as_of is None
    assert 0 < fetched.n_records < 200
    whole = case.refresh()
    assert whole.claim_records["needling-helps"] == matching(case, "needling-helps")


def test_a_query_beyond_9999_records_is_sliced_and_adds_up(tmp_path: Path):
    with LoopbackServer(invent_records(24_000), keeps_rate=False) as server:
        case = Case(server, tmp_path, {"all": "trial[ti]"})
        fetched = case.fetch(max_records=23_999)
        assert isinstance(fetched.failure, SearchIncompleteError)
        assert server.n_requests("efetch") == 0
        found = [a for a in server.arrivals if a.util == "esearch"]
        assert max(int(a.parameters["retmax"]) for a in found) <= 9_999
        assert 5 <= len(found) <= 12


@pytest.mark.parametrize("kind", [FaultKind.MISSING, FaultKind.REORDERED, FaultKind.CUT_XML])
def test_whatever_goes_wrong_on_the_way_the_tables_are_the_same(tmp_path: Path, kind: FaultKind):
    tables = []
    for most in (0, 3):
        plan = FaultPlan(1.0, (kind,), most=most)
        with LoopbackServer(invent_records(900), keeps_rate=False, faults=plan) as server:
            case = Case(server, tmp_path / str(most), ONE)
            tables.append(table_bytes(case.refresh()))
            assert (plan.drawn[kind] > 0) == (most > 0)
    assert tables[0] == tables[1]


def test_a_record_that_never_comes_fails_the_run_by_its_name(case: Case):
    case.refresh()
    standing = current_id(case.workspace)
    case.server.withheld.add(100_004)
    case.now += timedelta(days=3)
    failed = case.fetch(full=True)
    assert failed.status is RunStatus.FAILED
    assert isinstance(failed.failure, SearchIncompleteError)
    assert "100004" in str(failed.failure)
    row = next(r for r in failed.searches if r["run_id"] == "run-0002" and r["n_missing"])
    assert (row["claim_id"], row["missing_ids"], row["status"]) == (
        "needling-helps", ["100004"], RunStatus.FAILED,
    )  # fmt: skip
    assert row["n_fetched"] == row["count_reported"] - 1
    document = refresh_document(failed, standing, standing)
    assert (document["status"], document["snapshot_id"]) == ("failed", standing)
    assert document["error"]["exit_code"] == 15
    assert current_id(case.workspace) == standing
    assert list(failed.runs) == ["run-0001"]


def test_after_a_failure_the_next_run_fetches_only_what_is_missing(case: Case):
    case.server.withheld.add(100_004)
    assert case.fetch().failure is not None
    before = case.server.n_requests("efetch")
    case.server.withheld.clear()
    fetched = case.refresh()
    assert fetched.run_id == "run-0001"
    assert case.server.n_requests("efetch") - before == 1
    assert fetched.claim_records["needling-helps"] == matching(case, "needling-helps")


def test_a_source_that_is_down_fails_the_run_and_keeps_what_there_was(case: Case):
    case.refresh()
    case.server.faults = FaultPlan(1.0, (FaultKind.RESET,))
    failed = case.fetch()
    assert isinstance(failed.failure, SourceUnreachableError)
    assert failed.n_records > 100
    assert failed.new == failed.changed == failed.dropped == ()


def test_a_query_that_pubmed_refuses_names_its_claim(case: Case):
    case.queries = ONE
    case.server.faults = FaultPlan(1.0, (FaultKind.REFUSED,))
    failed = case.fetch()
    assert isinstance(failed.failure, QueryRefusedError)
    assert "needling-helps" in str(failed.failure)


def test_what_was_fetched_is_put_together_again_offline(case: Case):
    case.refresh()
    revise(case, 100_004, date(2026, 10, 4), title="Needling of the back, again")
    case.now += timedelta(days=5)
    second = case.refresh()
    manifest = open_snapshot(case.workspace).manifest
    loaded = load_fetched(case.settings, manifest)
    assert loaded is not None
    assert table_bytes(loaded) == table_bytes(second)
    assert loaded.claim_records == second.claim_records
    assert (loaded.new, loaded.changed) == (second.new, second.changed)
    assert loaded.registered == second.registered
    assert verify_runs(case.workspace, manifest["runs"]) == []


def test_a_snapshot_without_runs_has_nothing_to_load(case: Case):
    assert load_fetched(case.settings, {"as_of": "2026-11-01"}) is None


def test_a_damaged_raw_file_is_named(case: Case):
    fetched = case.refresh()
    victim = next((case.workspace / "raw" / "run-0001").glob("*.xml.gz"))
    victim.write_bytes(victim.read_bytes()[:-50])
    faults = verify_runs(case.workspace, fetched.runs)
    assert [fault.file for fault in faults] == [f"raw/run-0001/{victim.name}"]


def test_registered_trials_are_counted_and_silent_ones_among_them(case: Case):
    def trial(number: int, status: str, completed: str, **more: object) -> dict[str, object]:
        return {
            "condition": "back ache",
            "intervention": "needling",
            "study": {
                "protocolSection": {
                    "identificationModule": {"nctId": f"NCT{number:08}"},
                    "statusModule": {
                        "overallStatus": status,
                        "completionDateStruct": {"date": completed},
                    },
                    "designModule": {"studyType": "INTERVENTIONAL"},
                    "referencesModule": {"references": more.get("references", [])},
                },
                "hasResults": more.get("results", False),
            },
        }

    case.server.trials = [
        trial(1, "COMPLETED", "2020-03"),  # silent
        trial(2, "COMPLETED", "2020-03", results=True),
        trial(3, "COMPLETED", "2019", references=[{"type": "RESULT", "pmid": "55"}]),
        trial(4, "TERMINATED", "2021-01-01", references=[{"type": "BACKGROUND", "pmid": "56"}]),
        trial(5, "COMPLETED", "2025-06-01"),  # not long ago
        trial(6, "RECRUITING", "2020-01-01"),
        trial(90_000_000, "COMPLETED", "2018-01-01"),  # a fetched record names it
    ]
    fetched = case.refresh()
    count = fetched.registered[fetched.searches[0]["question_id"]]
    assert (count.n_registered, count.n_finished, count.n_silent) == (7, 5, 2)
    silent = {t["nct_id"] for t in fetched.registered_trials if t["is_silent"]}
    assert silent == {"NCT00000001", "NCT00000004"}


@pytest.mark.parametrize(("months", "day", "n_silent"), [
    (24, date(2026, 10, 1), 0), (12, date(2026, 10, 1), 1), (12, date(2026, 4, 1), 0),
])  # fmt: skip
def test_how_long_ago_is_the_protocols_and_counts_from_the_last_complete_search(
    months: int, day: date, n_silent: int
):
    trial = {"nct_id": "NCT00000005", "status": "COMPLETED", "completed": "2025-06-01",
             "n_enrolled": 9, "has_results": False, "publications": []}  # fmt: skip
    holdings = Holdings(registered={"q": [trial]}, registered_on=date(2026, 11, 1))
    tables = {"databanks": pa.table({"accession": pa.array([], pa.string())})}
    counts, _ = count_registered(holdings, tables, months=months, as_of=day)
    assert counts["q"].n_silent == n_silent


def test_citation_figures_are_asked_by_the_thousand_and_kept(tmp_path: Path):
    with LoopbackServer(invent_records(2_400), keeps_rate=False) as server:
        case = Case(server, tmp_path, {"all": "trial[ti]"})
        fetched = case.refresh()
        asked = [a for a in server.arrivals if a.util == "icite"]
        assert [a.parameters["pmids"].count(",") + 1 for a in asked] == [1_000, 1_000, 400]
        assert len(fetched.icite) == 2_400
        assert fetched.icite[0]["citation_count"] == 100_001 % 50
        case.now += timedelta(days=2)
        assert case.refresh().icite == fetched.icite


def test_registers_that_are_down_are_a_warning_and_what_was_known_stays(case: Case):
    settings = case.settings
    gone = dict.fromkeys(("ctgov_url", "icite_url"), "http://127.0.0.1:9/")
    fetched = fetch_all(
        replace(settings, **gone), invent_registry(), patience=QUICK, now=lambda: case.now
    )
    assert fetched.failure is None
    assert len(fetched.warnings) == 2
    assert "ClinicalTrials.gov" in fetched.warnings[0]
    assert fetched.registered == {}


def test_the_document_of_a_refresh_is_the_one_promised(case: Case):
    fetched = case.refresh()
    document = refresh_document(fetched, None, "20261001T120000Z-0123456789ab")
    assert set(document) == {
        "snapshot_id", "parent_id", "status", "searches", "records", "verdicts_changed",
        "requests", "seconds",
    }  # fmt: skip
    assert document["records"] == {
        "total": fetched.n_records, "new": fetched.n_records, "changed": 0, "retracted": 0,
        "dropped": 0,
    }  # fmt: skip
    assert set(document["searches"][0]) == {
        "claim_id", "query_id", "count", "fetched", "missing", "slices", "translation", "warnings",
    }  # fmt: skip


def test_claims_that_ask_the_same_are_asked_once_and_each_told(case: Case):
    case.queries = {**ONE, "needling-soothes": QUERIES["needling-helps"]}
    fetched = case.refresh()
    assert case.server.n_requests("esearch") == len(fetched.searches) == 1
    entries = refresh_document(fetched, None, "x")["searches"]
    assert [entry["claim_id"] for entry in entries] == ["needling-helps", "needling-soothes"]
    assert fetched.claim_records["needling-soothes"] == fetched.claim_records["needling-helps"]


def test_equal_raw_gives_equal_tables_in_two_workspaces(case: Case, tmp_path: Path):
    first = case.refresh()
    other = Case(case.server, tmp_path / "other", now=case.now + timedelta(hours=3))
    assert table_bytes(other.refresh()) == table_bytes(first)


def test_a_count_that_changes_while_slices_are_asked_for_is_asked_again(tmp_path: Path):
    records = invent_records(12_000)
    with LoopbackServer(records[:-1], keeps_rate=False) as server:
        server.appears_after = (2, records[-1])
        case = Case(server, tmp_path, {"all": "trial[ti]"})
        fetched = case.fetch(max_records=1)
        assert "12000 records would" in str(fetched.failure)


def test_a_run_resumed_within_a_day_bears_the_day_of_its_first_start(case: Case):
    case.server.withheld.add(100_004)
    case.fetch()
    case.server.withheld.clear()
    started, before = case.now, case.server.n_requests("efetch")
    case.now += timedelta(hours=20)
    assert case.refresh().as_of == started.date()
    assert case.server.n_requests("efetch") == before + 1


def test_what_is_older_than_a_day_is_not_resumed(case: Case):
    case.server.withheld.add(100_004)
    case.fetch()
    case.server.withheld.clear()
    before = case.server.n_requests("efetch")
    case.now += timedelta(hours=25)
    assert case.refresh().as_of == case.now.date()
    assert case.server.n_requests("efetch") == before + 5


def test_a_registry_edited_in_between_keeps_the_records_that_were_fetched(case: Case):
    case.server.withheld.add(100_004)
    assert case.fetch().failure is not None
    case.server.withheld.clear()
    case.queries = {**QUERIES, "warmth-helps": '"warm packs"[ti] AND gardeners[tiab]'}
    before = case.server.n_requests("efetch")
    fetched = case.refresh()
    assert case.server.n_requests("efetch") - before == 1
    assert fetched.claim_records["warmth-helps"] == matching(case, "warmth-helps")
    held = set(fetched.tables["records"]["pmid"].to_pylist())
    assert held == set().union(*fetched.claim_records.values())


def test_a_complete_run_without_a_snapshot_is_not_asked_again(case: Case):
    first = case.fetch()
    before = case.server.n_requests()
    again = case.fetch()
    assert case.server.n_requests() == before
    assert (again.run_id, again.requests) == ("run-0001", 0)
    assert table_bytes(again) == table_bytes(first)


def test_a_run_that_another_snapshot_rests_on_keeps_its_number(case: Case):
    first = case.refresh()
    (case.workspace / "snapshots" / "current").unlink()
    second = case.refresh(since=date(2026, 1, 1))
    assert second.run_id == "run-0002"
    assert verify_runs(case.workspace, first.runs) == []


def test_killed_before_the_switch_to_its_snapshot_a_run_ends_as_it_would_have(case: Case):
    first = case.refresh()
    (case.workspace / "snapshots" / "current").unlink()
    again = case.refresh()
    assert (again.run_id, again.requests) == ("run-0001", 0)
    assert table_bytes(again) == table_bytes(first)
