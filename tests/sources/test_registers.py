"""ClinicalTrials.gov and iCite: paging, what is read, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from evidence.errors import QueryRefusedError, ReplyRefusedError, ReplyTruncatedError
from evidence.settings import Settings, read_settings
from evidence.sources import clinical_trials
from evidence.sources.clinical_trials import RegisteredTrial, trials_client
from evidence.sources.http import Reply
from evidence.sources.icite import _read_rows, icite_client
from tests.eutils.server import LoopbackServer
from tests.sources.conftest import QUICK


def study(number: int, **more: object) -> dict[str, object]:
    protocol = {"identificationModule": {"nctId": f"NCT{number:08}"}, **more}
    return {
        "condition": "back ache",
        "intervention": "needling",
        "study": {"protocolSection": protocol, "hasResults": number == 3},
    }


@pytest.fixture
def settings(server: LoopbackServer) -> Settings:
    return read_settings(server.environment)


def test_every_page_is_read_and_each_trial_comes_once(
    server: LoopbackServer, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clinical_trials, "_PAGE", 2)
    server.trials = [study(n) for n in (5, 1, 3, 3, 2)]
    client = trials_client(settings, patience=QUICK, rate_folder=tmp_path)
    trials = client.search(["back ache", "sore back"], ["needling"])
    assert [trial.nct_id for trial in trials] == [f"NCT{n:08}" for n in (1, 2, 3, 5)]
    assert [trial.has_results for trial in trials] == [False, False, True, False]
    asked = [a.parameters for a in server.arrivals]
    assert [p.get("pageToken") for p in asked] == [None, "2", "4"]
    assert asked[0]["query.cond"] == '"back ache" OR "sore back"'


def test_observational_studies_are_left_out(
    server: LoopbackServer, settings: Settings, tmp_path: Path
):
    server.trials = [
        study(1, designModule={"studyType": "OBSERVATIONAL"}),
        study(
            2,
            designModule={"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": 80}},
            statusModule={
                "overallStatus": "COMPLETED",
                "primaryCompletionDateStruct": {"date": "2020-02"},
            },
            referencesModule={
                "references": [
                    {"type": "DERIVED", "pmid": "9"},
                    {"type": "BACKGROUND", "pmid": "8"},
                    {"type": "RESULT"},
                ]
            },
        ),
    ]
    client = trials_client(settings, patience=QUICK, rate_folder=tmp_path)
    assert client.search(["back ache"], ["needling"]) == [
        RegisteredTrial("NCT00000002", "COMPLETED", date(2020, 2, 29), 80, False, ("9",))
    ]


@pytest.mark.parametrize(
    ("status", "is_finished"),
    [("COMPLETED", True), ("TERMINATED", True), ("RECRUITING", False), ("UNKNOWN", False)],
)
def test_a_trial_is_finished_only_where_the_register_says_so(status: str, is_finished: bool):
    trial = RegisteredTrial("NCT1", status, date(2020, 1, 1), None, False, ())
    assert trial.is_finished_before(date(2024, 1, 1)) is is_finished
    assert not trial.is_finished_before(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("read", "reply", "error"),
    [
        (clinical_trials._read_page, Reply(200, "", b"<html></html>"), ReplyRefusedError),
        (clinical_trials._read_page, Reply(200, "", b'{"studies": 1}'), ReplyRefusedError),
        (clinical_trials._read_page, Reply(400, "", b"bad field"), QueryRefusedError),
        (_read_rows, Reply(200, "", b"[]"), ReplyRefusedError),
        (_read_rows, Reply(404, "", b"gone"), QueryRefusedError),
    ],
)
def test_what_is_no_answer_is_refused(
    read: Callable[[Reply], object], reply: Reply, error: type[Exception]
):
    with pytest.raises(error):
        read(reply)


def test_pages_that_do_not_add_up_are_refused(
    server: LoopbackServer, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    server.trials = [study(1)]
    client = trials_client(settings, patience=QUICK, rate_folder=tmp_path)
    real = json.loads
    monkeypatch.setattr(clinical_trials.json, "loads", lambda body: {**real(body), "totalCount": 7})
    with pytest.raises(ReplyTruncatedError, match="counts 7 trials and sent 1"):
        client.search(["back ache"], ["needling"])


def test_figures_come_by_pmid_and_unknown_records_have_none(settings: Settings, tmp_path: Path):
    client = icite_client(settings, patience=QUICK, rate_folder=tmp_path)
    figures = client.figures(["100001", "5"])
    assert set(figures) == {"100001"}
    assert figures["100001"]["citation_count"] == 100_001 % 50
    assert figures["100001"]["citations_per_year"] is None
