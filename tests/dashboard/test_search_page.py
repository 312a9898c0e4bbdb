"""The page of searches: certificates in words, the panel, what a refresh brought, failures by id."""

import os
import socket
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from evidence.dashboard import refresh_outcome, refresh_panel, refreshed, search, state
from evidence.dashboard.reading import ClaimRow
from evidence.dashboard.refresh_panel import Phase
from evidence.refresh import Failure
from evidence.refresh.progress import Progress, Stage
from evidence.settings import read_settings
from evidence.store.lock import hold_workspace
from evidence.store.raw import PROGRESS, RunFolder
from evidence.store.refresh_log import clear_refresh_log, read_refresh_log, refresh_log_files
from evidence.store.snapshots import write_snapshot
from evidence.tables import conform
from tests.dashboard.sample import sample_tables, write_sample
from tests.dashboard.walking import words_of

QUERY = '"mud"[tiab] AND knee[tiab] AND can-help'
SLICES = (
    '("1900/01/01"[edat] : "2015/06/30"[edat]): 7000; ("2015/07/01"[edat] : "3000"[edat]): 5345'
)


def searched(**cells):
    return {
        "run_id": "run-0001",
        "claim_id": "can-help",
        "query_id": "q-1",
        "question_id": "q-knee",
        "database": "PubMed",
        "query_text": QUERY,
        "query_translation": "mud translated",
        "date_from": None,
        "date_to": "2026-11-20",
        "run_at": "2026-11-20",
        "count_reported": 12345,
        "n_fetched": 12345,
        "n_missing": 0,
        "slices": SLICES,
        "status": "complete",
        "tool_version": "0.1.0",
        "query_sha256": "0" * 64,
    } | cells


def claim(**cells):
    return ClaimRow(
        {
            "claim_id": "can-help",
            "label": "C03",
            "statement": "They can help.",
            "query": QUERY,
            "question_id": "q-knee",
            "last_complete_search": "2026-11-20",
        }
        | cells
    )


def query_of(*rows, claims=None):
    return search.query_searches(conform("searches", rows), claims or [claim()])[0]


def at_work(workspace, stage=Stage.FETCHING, pid=1, **more):
    """Write how far a run is."""
    folder = RunFolder(workspace, "run-0001")
    folder.create()
    now = "2026-11-24T08:00:00+00:00"
    progress = Progress("run-0001", stage, 34, 254, 17, now, now, pid, **more)
    folder.write_json(PROGRESS, {n: getattr(progress, n) for n in progress.__slots__})
    return progress


# --- certificates ---


def test_a_sliced_search_is_complete_where_its_slices_add_up():
    found = search.certificate(query_of(searched()))
    assert found.is_complete
    assert "2 slices by date; their counts add up to 12,345." in found.lines
    assert "All 12,345 arrived." in found.lines


@pytest.mark.parametrize(
    "cells",
    [
        {"slices": SLICES.replace("5345", "5344")},
        {"n_missing": 1, "n_fetched": 12344},
        {"status": "failed"},
    ],
)
def test_what_does_not_add_up_is_not_complete(cells):
    assert not search.certificate(query_of(searched(**cells))).is_complete


def test_a_search_that_left_days_out_is_not_complete():
    query = query_of(searched(), claims=[claim(last_complete_search=None)])
    found = search.certificate(query)
    assert not found.is_complete
    assert "left out" in found.lines[-1]


def test_a_later_search_says_what_was_added_and_changed_and_when_all_was_asked_for():
    later = searched(
        run_id="run-0002", date_from="2026-11-13", run_at="2026-11-24", count_reported=3, n_fetched=3,
        slices='("2026/11/13"[crdt] : "3000"[crdt]): 1; ("2026/11/13"[mdat] : "3000"[mdat]): 2',
    )  # fmt: skip
    found = search.certificate(query_of(searched(), later))
    assert found.is_complete
    assert found.lines == (
        "What is new since 13 November 2026: 1 added and 2 changed.",
        "Everything was asked for on 20 November 2026 (run-0001): 12,345 records.",
        "All 3 arrived.",
    )


def test_a_query_that_was_edited_since_is_not_taken_for_the_one_that_was_sent():
    edited = [claim(query="another query")]
    assert search.query_searches(conform("searches", [searched()]), edited) == []


def test_claims_of_one_query_share_a_row():
    both = [claim(), claim(claim_id="highly-effective", label="C02")]
    assert [row.label for row in query_of(searched(), claims=both).claims] == ["C03", "C02"]


def test_the_link_to_pubmed_holds_the_query_and_a_long_one_is_not_linked():
    assert "pubmed.ncbi.nlm.nih.gov/?term=%22mud%22%5Btiab%5D" in search.pubmed_link(QUERY)
    assert "<a " not in search.pubmed_link("x" * 5_000)


# --- the page ---


@pytest.fixture
def refreshed_workspace(tmp_path):
    """Return a workspace whose second data set came of a run: one new record, one verdict moved."""
    write_sample(tmp_path, runs={})
    tables = sample_tables()
    verdicts = tables["claim_verdicts"]
    mine = verdicts["claim_id"] == "can-help"
    verdicts.loc[mine, "verdict"] = "Insufficient evidence"
    verdicts.loc[mine, "last_complete_search"] = "2026-11-20"
    tables["claims"].loc[tables["claims"]["claim_id"] == "can-help", "query"] = QUERY
    tables["searches"] = conform("searches", [searched(warnings=["phrase not found: <mud>"])])
    tables["records"] = conform(
        "records", [{"record_id": "pmid:9000100", "pmid": "9000100", "title": "A <new> trial"}]
    )
    run = {
        "started_at": "2026-11-20T08:00:00+00:00",
        "finished_at": "2026-11-20T08:02:05+00:00",
        "queries": {"q-1": {}},
        "requests": 70,
        "warnings": ["iCite was not reached"],
    }
    about = {"as_of": "2026-11-20", "last_complete_search": "2026-11-20", "runs": {"run-0001": run}}
    write_snapshot(tmp_path, tables, about, now=datetime(2026, 11, 21, tzinfo=UTC))
    return tmp_path


def test_before_any_refresh_it_says_so_and_how_to_run_one(run_page):
    words = words_of(run_page("search"))
    assert "Curated list of November 2026, no systematic search yet." in words
    assert "python -m evidence refresh" in words
    assert "No refresh has brought a data set." in words


def test_without_an_address_it_says_exactly_what_to_set(run_page):
    app = run_page("search")
    assert "export NCBI_EMAIL=you@example.org" in words_of(app)
    assert app.button(key="refresh_run").disabled
    assert "NCBI_EMAIL=you@example.org python -m evidence refresh" in app.code[0].value


def test_a_query_is_shown_with_translation_certificate_warnings_and_link(
    run_page, refreshed_workspace
):
    words = words_of(run_page("search", workspace=refreshed_workspace))
    assert "mud translated" in words
    assert "✓ complete" in words
    assert "their counts add up to 12,345" in words
    assert "phrase not found: &lt;mud&gt;" in words
    assert "pubmed.ncbi.nlm.nih.gov/?term=" in words
    assert "2 min 5 s" in words
    assert "iCite was not reached" in words


def test_what_the_last_refresh_brought_is_listed(run_page, refreshed_workspace):
    words = words_of(run_page("search", workspace=refreshed_workspace))
    assert "<b>1</b><span>new</span>" in words
    assert "<b>1</b><span>verdict moved</span>" in words
    assert "Supported with limits became Insufficient evidence" in words
    assert "PubMed 9000100" in words
    assert "A &lt;new&gt; trial" in words


def test_a_build_after_the_refresh_hides_nothing_of_it(refreshed_workspace, run_page):
    tables = sample_tables()
    tables["searches"] = conform("searches", [searched()])
    runs = {"run-0001": {"started_at": "2026-11-20T08:00:00+00:00", "queries": {}}}
    about = {"as_of": "2026-11-20", "last_complete_search": "2026-11-20", "runs": runs}
    write_snapshot(refreshed_workspace, tables, about, now=datetime(2026, 11, 22, tzinfo=UTC))
    words = words_of(run_page("search", workspace=refreshed_workspace))
    assert "<b>1</b><span>new</span>" in words


def test_choosing_claims_and_everything_changes_the_line_to_copy(run_page, monkeypatch):
    monkeypatch.setenv("NCBI_EMAIL", "researcher@example.org")
    app = run_page("search")
    app.multiselect(key="refresh_claims").set_value(["can-help"]).run()
    app.button_group(key="refresh_how").set_value("full").run()
    assert app.code[0].value.endswith("--claim can-help --full")
    assert app.code[0].value.startswith("python -m evidence refresh --workspace ")


def test_it_asks_once_more_before_it_runs(run_page, monkeypatch):
    monkeypatch.setenv("NCBI_EMAIL", "researcher@example.org")
    app = run_page("search")
    app.button(key="refresh_run").click().run()
    words = words_of(app)
    assert "under the operator's e-mail address, at most 3 requests a second" in words
    assert "researcher@example.org" not in words
    app.button(key="refresh_no").click().run()
    assert "at most 3 requests a second" not in words_of(app)


# --- who is doing what ---


def test_what_another_run_does_is_shown_with_its_holder(run_page, tmp_path):
    write_sample(tmp_path)
    with hold_workspace(tmp_path, "build"):
        words = words_of(run_page("search", workspace=tmp_path))
    assert f"build (process {os.getpid()} on {socket.gethostname()}" in words


def test_a_running_refresh_is_shown_with_its_progress(run_page, tmp_path):
    write_sample(tmp_path)
    at_work(tmp_path, pid=os.getpid())
    with hold_workspace(tmp_path, "refresh"):
        assert refresh_panel.stands(tmp_path).phase is Phase.RUNNING
        app = run_page("search", workspace=tmp_path)
        words = words_of(app)
    assert "Fetching records" in words
    assert "<b>34</b> of 254 records" in words
    assert "<b>17</b> requests" in words
    assert "started elsewhere, not from this dashboard" in words
    assert not app.button(key="refresh_cancel").disabled


def test_progress_of_an_earlier_run_is_not_taken_for_this_ones(tmp_path):
    at_work(tmp_path, stage=Stage.FETCHED, pid=1)
    with hold_workspace(tmp_path, "refresh"):
        assert refresh_panel.stands(tmp_path).progress is None


def test_an_interrupted_run_can_be_gone_on_with(run_page, tmp_path, monkeypatch):
    monkeypatch.setenv("NCBI_EMAIL", "researcher@example.org")
    write_sample(tmp_path)
    at_work(tmp_path, stage=Stage.INTERRUPTED)
    app = run_page("search", workspace=tmp_path)
    assert "run-0001 was interrupted at 34 of 254" in words_of(app)
    assert app.button(key="refresh_run").label == "Go on with the refresh"


def test_a_failed_run_names_each_missing_record_and_who_asked_for_it(run_page, tmp_path):
    write_sample(tmp_path)
    at_work(tmp_path, stage=Stage.FAILED)
    about = {"error": "SearchIncompleteError", "message": "1 of 3 did not come", "missing": ["901"]}
    RunFolder(tmp_path, "run-0001").write_json("failed.json", about)
    clear_refresh_log(tmp_path)
    document, messages = refresh_log_files(tmp_path)
    document.write_text('{"searches": [{"claim_id": "can-help", "missing": ["901"]}]}')
    messages.write_text("warning: the register was silent\n")
    words = words_of(run_page("search", workspace=tmp_path))
    assert "1 of 3 did not come" in words
    assert "PubMed 901" in words
    assert "can-help" in words
    assert "Run it again later" in words
    assert "warning: the register was silent" in words


def test_every_remedy_belongs_to_an_error_of_the_program():
    import evidence.errors

    for name in refresh_outcome.REMEDIES:
        assert issubclass(getattr(evidence.errors, name), evidence.errors.EvidenceError)


def test_a_failure_without_missing_records_shows_no_table():
    failure = Failure("run-0002", "BackEndFailedError", "PubMed is down", ())
    said = refresh_outcome._failure_html(failure, {})
    assert "<table" not in said
    assert "kept for a day" in said


# --- what it prints ---


def test_the_log_of_a_refresh_is_its_own(tmp_path):
    assert read_refresh_log(tmp_path).document is None
    clear_refresh_log(tmp_path)
    document, messages = refresh_log_files(tmp_path)
    document.write_text('{"status": "comp')
    assert read_refresh_log(tmp_path).document is None  # half a document is none
    document.write_text('{"status": "complete"}')
    messages.write_text("".join(f"line {i}\n" for i in range(100)))
    found = read_refresh_log(tmp_path)
    assert found.document == {"status": "complete"}
    assert found.messages[-1] == "line 99"
    assert len(found.messages) == 40
    clear_refresh_log(tmp_path)
    assert read_refresh_log(tmp_path).messages == ()


def test_a_workspace_that_cannot_be_written_says_so(tmp_path):
    from evidence.errors import WorkspaceNotWritableError

    (tmp_path / "raw").write_text("a file where the folder should be")
    with pytest.raises(WorkspaceNotWritableError):
        clear_refresh_log(tmp_path)


def test_the_line_to_copy_is_safe_to_paste(tmp_path):
    settings = replace(read_settings({}), ncbi_email="a@example.org")
    line = refresh_panel.command_line(tmp_path / "a b; c", ["--full"], settings)
    assert line.endswith("'" + str(tmp_path / "a b; c") + "' --full")


def test_every_record_of_the_last_refresh_is_paged_and_in_the_download(
    run_page, refreshed_workspace
):
    records = [
        {"record_id": f"pmid:{n}", "pmid": str(n), "title": f"=Trial {n}"}
        for n in range(9_000_100, 9_000_350)
    ]
    tables = sample_tables()
    tables["searches"] = conform("searches", [searched()])
    tables["records"] = conform("records", records[1:])
    runs = {
        run: {"started_at": "2026-11-23T08:00:00+00:00", "queries": {}}
        for run in ("run-0001", "run-0002")
    }
    about = {"as_of": "2026-11-23", "last_complete_search": "2026-11-23", "runs": runs}
    snapshot, _ = write_snapshot(
        refreshed_workspace, tables, about, now=datetime(2026, 11, 23, tzinfo=UTC)
    )
    app = run_page("search", workspace=refreshed_workspace)
    words = words_of(app)
    assert not app.exception
    assert "PubMed 9000101" in words
    assert "PubMed 9000349" not in words
    app.number_input(key="page_of_brought_all").set_value(3).run()
    words = words_of(app)
    assert "PubMed 9000349" in words
    assert "=Trial 9000349" in words
    found = refreshed.last_refreshed(snapshot, state.protocol())
    lines = refreshed.records_csv(found, None).decode("utf-8-sig").splitlines()
    assert lines[0] == '"change","pmid","title","journal","pub_date"'
    assert len(lines) == 1 + 249 + 1
    assert lines[1] == '"new","9000101","\'=Trial 9000101",,'
    assert lines[-1] == '"dropped","9000100","A <new> trial",,'  # as the data set before has it


def test_a_refresh_that_brought_nothing_says_so(run_page, refreshed_workspace):
    tables = sample_tables()
    tables["searches"] = conform("searches", [searched()])
    tables["records"] = conform(
        "records", [{"record_id": "pmid:9000100", "pmid": "9000100", "title": "A <new> trial"}]
    )
    runs = {
        run: {"started_at": "2026-11-23T08:00:00+00:00", "queries": {}}
        for run in ("run-0001", "run-0002")
    }
    about = {"as_of": "2026-11-23", "last_complete_search": "2026-11-23", "runs": runs}
    write_snapshot(refreshed_workspace, tables, about, now=datetime(2026, 11, 23, tzinfo=UTC))
    words = words_of(run_page("search", workspace=refreshed_workspace))
    assert "No record came, changed, was retracted or dropped." in words


def test_searches_of_no_claim_of_the_page_are_left_out():
    frame = conform("searches", [searched(), searched(query_id="q-2", query_text="gone")])
    assert isinstance(frame, pd.DataFrame)
    assert [q.query_id for q in search.query_searches(frame, [claim()])] == ["q-1"]
