"""Reports of one study are one study: found by numbers, proposed to people, undone when taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from evidence.cli.app import run
from evidence.dashboard.drawer import drawer_html
from evidence.pipeline import decisions as decide
from evidence.pipeline.build import build
from evidence.pipeline.report_tables import pairs_table, reports_table
from evidence.pipeline.reports import find_reports, merge_reports
from evidence.settings import Settings, read_settings
from evidence.store.decisions import Event
from evidence.store.snapshots import Snapshot, open_snapshot
from evidence.tables import conform, row_dicts
from tests.eutils.claims import write_registry
from tests.eutils.server import LoopbackServer
from tests.pipeline.test_refreshing import trial

ONE, OTHER = "pmid-900001", "pmid-900002"
NOBODY = conform("records", pd.DataFrame())


def study(study_id: str, **cells: object) -> dict[str, object]:
    return {
        "study_id": study_id,
        "design": "randomized trial",
        "design_source": "machine-read",
        "first_author": "Pell",
        "year": 2020,
        "n_randomized": 80,
        "label": f"Label of {study_id}",
        "record_ids": [f"pmid:{study_id}"],
        **cells,
    }


def studies(*rows: dict[str, object]) -> pd.DataFrame:
    return conform("studies", rows)


def result(result_id: str, study_id: str, **cells: object) -> dict[str, object]:
    return {
        "result_id": result_id,
        "study_id": study_id,
        "comparator_class": "sham",
        "outcome_domain": "pain",
        "time_window": "short",
        "intervention_code": None,
        "direction": "favours intervention",
        "second_report_of": None,
        "label": study_id,
        "year": 2021,
        "risk_of_bias": "high",
        **cells,
    }


def answer(number: int, after: str | None, pair: str = "a | b") -> Event:
    at = f"2026-11-24T12:00:{number:02}+00:00"
    return Event(number, at, "Ann", "two reports", pair, "same study", number, None, after, "why")


def first_reports(frame: pd.DataFrame, *events: Event) -> dict[str, str]:
    return dict(find_reports(frame, NOBODY, None, events).first_of)


def test_a_shared_registration_makes_one_study_named_by_the_curated_report():
    frame = studies(
        study("z", design_source="curated", registry_id="NCT00000001"),
        study("a", registry_id="NCT00000001"),
    )
    assert first_reports(frame) == {"a": "z"}


def test_a_protocol_and_a_retracted_report_never_name_a_study_that_has_others():
    frame = studies(
        study("a", registry_id="NCT00000001", design="protocol", design_source="curated"),
        study("b", registry_id="NCT00000001", retraction_status=["retracted"]),
        study("c", registry_id="NCT00000001"),
    )
    assert first_reports(frame) == {"a": "c", "b": "c"}


def test_updates_of_a_review_stay_reviews_of_their_own():
    update = {"design": "systematic review", "registry_id": "NCT00000001"}
    assert first_reports(studies(study("a", **update), study("b", **update))) == {}


def test_reports_that_only_look_alike_wait_for_a_person_who_may_take_the_answer_back():
    frame = studies(study("a"), study("b"))
    assert first_reports(frame) == {}
    assert first_reports(frame, answer(1, "yes")) == {"b": "a"}
    assert first_reports(frame, answer(1, "yes"), answer(2, None)) == {}
    assert first_reports(frame, answer(1, "no")) == {}


def test_an_answer_on_a_record_holds_when_the_record_was_curated_since():
    frame = studies(study("a"), study("curated2020", pmid="77"))
    assert first_reports(frame, answer(1, "yes", "a | pmid-77")) == {"curated2020": "a"}
    assert first_reports(frame, answer(1, "yes", "a | pmid:77")) == {"curated2020": "a"}
    assert first_reports(frame, answer(1, "yes", "a | pmid-78")) == {}  # no such report any more


def test_a_study_speaks_once_and_further_reports_add_only_what_it_does_not_say():
    frame = studies(study("a", risk_of_bias="low"), study("b"))
    rows = [
        result("a-1", "a"),
        result("b-1", "b"),
        result("b-2", "b", time_window="unknown"),
        result("b-3", "b", time_window="long"),
        result("b-4", "b", outcome_domain="disability"),
        result("b-5", "b", outcome_domain="disability"),
        result("b-6", "b", comparator_class="usual care"),
    ]
    merged = merge_reports(frame, pd.DataFrame(rows), NOBODY, None, [answer(1, "yes")])
    found = {row["result_id"]: row for row in row_dicts(merged.working)}
    left_out = {name for name, row in found.items() if row["second_report_of"] == "a"}
    assert left_out == {"b-1", "b-2", "b-5"}
    assert merged.moved == dict.fromkeys(("b-3", "b-4", "b-6"), "b")
    moved = found["b-3"]
    assert (moved["study_id"], moved["label"]) == ("a", "Label of a")
    assert (moved["year"], moved["risk_of_bias"]) == (2020, "low")


def test_a_silent_first_report_does_not_silence_one_that_gives_a_direction():
    rows = [result("a-1", "a", direction="not reported"), result("b-1", "b")]
    frame = studies(study("a"), study("b"))
    merged = merge_reports(frame, pd.DataFrame(rows), NOBODY, None, [answer(1, "yes")])
    assert merged.moved == {"b-1": "b"}


def test_what_a_curator_named_a_second_report_adds_nothing():
    frame = studies(study("a"), study("b", second_report_of="a", design_source="curated"))
    rows = [result("a-1", "a"), result("b-1", "b", time_window="long", second_report_of="a")]
    merged = merge_reports(frame, pd.DataFrame(rows), NOBODY, None, [])
    assert merged.moved == {}
    assert list(merged.working["study_id"]) == ["a", "b"]


def test_a_report_of_two_trials_is_listed_with_both():
    both = study("both", second_report_of="back | knee")
    found = find_reports(studies(study("back"), study("knee", year=1999), both), NOBODY, None, [])
    rows = row_dicts(reports_table(studies(both), found))
    shared = [row["study_id"] for row in rows if row["report_id"] == "both"]
    assert shared == ["back", "knee"]
    assert {row["role"] for row in rows} == {"first report", "report of several studies"}


def test_only_pairs_that_stand_in_one_question_are_asked_about_and_answers_stay():
    found = find_reports(studies(study("a"), study("b"), study("c")), NOBODY, None,
                         [answer(1, "no", "a | c")])  # fmt: skip
    members = pd.DataFrame({"study_id": ["a", "b", "c"], "question_id": ["q", "q", "other"]})
    rows = row_dicts(pairs_table(members, found))
    said = {(row["report_a"], row["report_b"]): row["answer"] for row in rows}
    assert said == {("a", "b"): "not answered", ("a", "c"): "two studies"}


# From the answer of a person to the stratum, and back


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    day = date(2024, 6, 1)
    records = [trial(900_001), trial(900_002), trial(900_003, registered="NCT90000001"),
               trial(900_004, registered="NCT90000001", published=day, author="Quill")]  # fmt: skip
    with LoopbackServer(records, keeps_rate=False) as server:
        environment = {**server.environment, **write_registry(tmp_path)}
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        workspace = tmp_path / "workspace"
        assert run(["refresh", "--workspace", str(workspace), "--json"]) == 0
        yield read_settings(environment, workspace=workspace)


def standing(snapshot: Snapshot) -> set[str]:
    """Return the studies that stand in the stratum that decides."""
    rows = row_dicts(snapshot.read("stratum_members", ["stratum_id", "study_id"]))
    return {row["study_id"] for row in rows if row["stratum_id"].endswith(".decision")}


def test_two_reports_confirmed_as_one_study_are_counted_once_until_the_answer_is_taken_back(
    settings: Settings,
):
    before = open_snapshot(settings.workspace)
    assert standing(before) == {ONE, OTHER, "pmid-900003"}  # one registration is one study
    asked = {
        (row["report_a"], row["report_b"]): row["answer"]
        for row in row_dicts(before.read("report_pairs"))
    }
    assert asked[(ONE, OTHER)] == "not answered"
    event = decide.confirm_same_study(settings, "Ann", ONE, OTHER, True, before)
    after = build(settings).snapshot
    assert standing(after) == {ONE, "pmid-900003"}
    rows = {row["study_id"]: row for row in row_dicts(after.read("studies"))}
    assert rows[ONE]["record_ids"] == ["pmid:900001", "pmid:900002"]
    assert rows[OTHER]["second_report_of"] == ONE
    answered = {r["report_b"]: r["answered_by"] for r in row_dicts(after.read("report_pairs"))}
    assert answered[OTHER] == "Ann"
    screened = {row["record_id"]: row for row in row_dicts(after.read("screening"))}
    assert screened["pmid:900001"]["decision"] == "included"
    assert screened["pmid:900002"]["reason_code"].endswith("second report")
    listed = row_dicts(after.read("study_reports"))
    assert [r["report_id"] for r in listed if r["study_id"] == ONE] == [ONE, OTHER]
    shown = drawer_html(after, f"{ONE}-01")
    assert "Other reports" in shown
    assert "further report, confirmed by a person" in shown
    (cited,) = row_dicts(after.read("citations", where={"record_id": ["pmid:900001"]}))
    assert (cited["citation_count"], cited["source"]) == (900_001 % 50, "iCite")
    assert cited["asked_on"] == after.as_of
    assert f"{900_001 % 50} citations" in shown
    assert "never enter a verdict" in shown
    decide.withdraw(settings, "Ann", event.event_id)
    again = build(settings).snapshot
    assert again.manifest["content_sha256"] == before.manifest["content_sha256"]
