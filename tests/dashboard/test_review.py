"""The review page without a browser: who has signed, what waits, what is written once only."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from evidence.columns import Kind
from evidence.dashboard import building, decided, deciding, reading, review, review_forms
from evidence.dashboard.decided import Standing
from evidence.pipeline.confirmed import CONFIRMABLE, cell_value, pair_id
from evidence.pipeline.decisions import confirm_value, override, sign, withdraw
from evidence.settings import Settings, read_settings
from evidence.store.decisions import Event, read_events
from evidence.store.snapshots import Snapshot, write_snapshot
from evidence.tables import table
from evidence.vocabulary import VerdictWord
from tests.dashboard.sample import sample_tables, write_sample
from tests.dashboard.walking import words_of

HOSTILE = "<script>alert(1)</script>=cmd|' /C calc'!A0"
CLAIM = "can-help"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("EVIDENCE_DATABASE_URL", raising=False)
    write_sample(tmp_path)
    return tmp_path


@pytest.fixture
def settings(workspace: Path) -> Settings:
    return read_settings({}, workspace=workspace)


@pytest.fixture
def snapshot(workspace: Path) -> Snapshot:
    from evidence.store.snapshots import open_snapshot

    return open_snapshot(workspace)


def standing_of(settings: Settings, snapshot: Snapshot, claim_id: str = CLAIM) -> Standing:
    frame = snapshot.read("claim_verdicts", ["claim_id", "verdict_fingerprint"])
    seen = dict(zip(frame["claim_id"], frame["verdict_fingerprint"], strict=True))
    return decided.standings(read_events(settings.database_url), seen, 2)[claim_id]


def open_as(run_page, workspace: Path, who: str, **query: str):
    app = run_page("review", workspace=workspace, **query)
    app.text_input(key=deciding.WHO).set_value(who).run()
    assert not app.exception
    return app


def press(app, words: str):
    next(b for b in app.button if b.label.startswith(words)).click()
    app.run()
    assert not app.exception, [e.message for e in app.exception]
    return app


# --- who has signed ------------------------------------------------------------------------------


def test_two_different_people_make_a_signed_verdict(settings, snapshot):
    sign(settings, "Ann Smith", CLAIM, snapshot)
    assert not standing_of(settings, snapshot).is_signed
    sign(settings, "Bob Jones", CLAIM, snapshot)
    assert standing_of(settings, snapshot).is_signed


def test_an_override_counts_when_two_have_signed_it_not_when_it_is_proposed(settings, snapshot):
    event = override(settings, "Ann", CLAIM, VerdictWord.OVERSTATED, "why", snapshot)
    assert standing_of(settings, snapshot).word_by_hand is VerdictWord.OVERSTATED
    assert standing_of(settings, snapshot).n_signed == 0
    for who in ("Ann", "Bob"):
        sign(settings, who, CLAIM, snapshot, override_event=event.event_id)
    assert standing_of(settings, snapshot).is_by_hand


def test_a_signature_of_another_verdict_has_lapsed(settings, snapshot):
    event = sign(settings, "Ann", CLAIM, snapshot)
    found = decided.standings([event], {CLAIM: "Supported; protocol 0; inputs other"}, 2)[CLAIM]
    assert (found.by_rules, found.lapsed) == ((), (event,))


def test_a_signature_of_a_withdrawn_proposal_has_lapsed(settings, snapshot):
    proposal = override(settings, "Ann", CLAIM, VerdictWord.OVERSTATED, "why", snapshot)
    sign(settings, "Bob", CLAIM, snapshot, override_event=proposal.event_id)
    withdraw(settings, "Ann", proposal.event_id)
    found = standing_of(settings, snapshot)
    assert [event.who for event in found.lapsed] == ["Bob"]
    assert found.n_signed == 0


# --- the queue -----------------------------------------------------------------------------------


def items_of(settings, snapshot):
    frame = snapshot.read("claim_verdicts", ["claim_id", "verdict_fingerprint"])
    seen = dict(zip(frame["claim_id"], frame["verdict_fingerprint"], strict=True))
    events = read_events(settings.database_url)
    signed = decided.standings(events, seen, 2)
    verdicts = review.verdict_items(reading.claims(snapshot), signed)
    return [*verdicts, *review.other_items(snapshot, events)]


def test_untestable_claims_never_wait(settings, snapshot):
    assert "deeply-renewed" not in {item.item_id for item in items_of(settings, snapshot)}


def test_a_verdict_that_lacks_one_person_stands_first_and_a_signed_one_waits_no_more(settings, snapshot):  # fmt: skip
    sign(settings, "Ann", "is-safe", snapshot)
    for who in ("Ann", "Bob"):
        sign(settings, who, CLAIM, snapshot)
    waiting = review.select(items_of(settings, snapshot), ())
    assert waiting[0].item_id == "is-safe"
    assert "second" in waiting[0].reasons
    assert CLAIM not in {item.item_id for item in waiting}
    done = review.select(items_of(settings, snapshot), {review.DONE})
    assert [item.people for item in done] == [("Ann", "Bob")]


def test_a_result_somebody_answered_for_waits_no_more(settings, snapshot):
    silent = review.silent_trials(snapshot)["result_id"].iloc[0]
    assert f"result:{silent}" in {i.key for i in review.select(items_of(settings, snapshot), ())}
    confirm_value(settings, "Ann", "study_results", silent, "direction", "null", snapshot)
    assert f"result:{silent}" not in {
        i.key for i in review.select(items_of(settings, snapshot), ())
    }


def test_reports_that_look_alike_wait_as_a_pair(workspace, settings):
    tables = sample_tables()
    alike = {"report_a": "adler2011", "report_b": "brandt2014", "answer": "not answered"}
    tables["report_pairs"] = pd.DataFrame([alike])
    newer, _ = write_snapshot(workspace, tables, {"as_of": "2026-11-03"})
    pairs = [i for i in items_of(settings, newer) if i.kind is review.ItemKind.PAIR]
    assert [item.item_id for item in pairs] == [pair_id("adler2011", "brandt2014")]


def test_every_reason_of_the_queue_asks_the_person_something():
    from evidence.dashboard.review_item import ASKED

    assert set(ASKED) == set(review.REASONS)


def test_every_value_offered_can_be_confirmed():
    assert "study_results" in CONFIRMABLE
    for name in review_forms.VALUE_FIELDS:
        column = next(c for c in table("study_results").columns if c.name == name)
        value = str(next(iter(column.allowed))) if column.allowed else "true" if column.kind is Kind.FLAG else "1"  # fmt: skip
        assert cell_value("study_results", name, value) is not None


# --- the log and agreement -----------------------------------------------------------------------


def event(number: int, who: str, field: str, after: str | None, before: str | None = None, object_id: str = "r1") -> Event:  # fmt: skip
    return Event(number, "2026-11-24T08:00:00+00:00", who, "study_results", object_id, field, number, before, after, None)  # fmt: skip


def test_agreement_names_its_n_and_there_is_none_before_a_pair():
    assert decided.agreement_table([event(1, "Ann", "direction", "null")]) == ""
    two = [event(1, "Ann", "direction", "null"), event(2, "Bob", "direction", "null")]
    html = decided.agreement_table(two)
    assert ">1<" in html
    assert "not defined" in html  # κ of one pair alike


def test_machine_and_person_are_paired_by_cell_and_an_abstention_is_no_pair():
    events = [
        event(1, "Ann", "direction", "favours intervention", "null"),
        event(2, "Bob", "direction", "favours comparator", "favours intervention"),
        event(3, "Ann", "estimate", "4", None),
        event(4, "Ann", "direction", "null", "null", "curated"),
    ]
    pairs = decided.human_machine_pairs(events, {"r1": "machine-read"})
    assert pairs == {"direction": [("null", "favours comparator")]}


def test_a_very_long_reason_is_folded_and_escaped():
    html = decided.reason_html("<b>" + "x" * 10_000)
    assert "<b>" not in html
    assert "<details>" in html
    assert html.count("x") >= 10_000


# --- the page ------------------------------------------------------------------------------------


def test_the_name_is_typed_once_and_an_empty_one_decides_nothing(run_page, workspace, settings):
    app = run_page("review", workspace=workspace, item=f"verdict:{CLAIM}")
    press(app, "Sign: ")
    assert "a decision needs a name" in words_of(app)
    assert read_events(settings.database_url) == []


def test_signing_taking_back_and_signing_again_are_three_events(run_page, workspace, settings):
    app = open_as(run_page, workspace, "Ann Smith", item=f"verdict:{CLAIM}")
    press(app, "Sign: ")
    assert "1 of 2; 1 more needed" in words_of(app)
    press(app, "Take my signature back")
    press(app, "Sign: ")
    assert [e.after is None for e in read_events(settings.database_url)] == [False, True, False]


def test_the_same_decision_twice_is_written_once(settings, snapshot, monkeypatch):
    monkeypatch.setattr(deciding.st, "session_state", {deciding.WHO: " ann  SMITH ", "v": "null", "r": "table 2"})  # fmt: skip
    row = review.silent_trials(snapshot)["result_id"].iloc[0]
    for _ in range(3):
        deciding.confirm(row, "direction", snapshot, None, ("v", "r"))
        outcome = deciding.take_outcome()
        assert outcome is not None
        assert outcome.is_done, outcome.text
    assert len(read_events(settings.database_url)) == 1


def test_an_override_without_a_reason_is_refused(run_page, workspace, settings):
    app = open_as(run_page, workspace, "Ann", item=f"verdict:{CLAIM}")
    app.radio(key=f"word_{CLAIM}_0").set_value("Overstated")
    press(app, "Propose it")
    assert "the reason is missing" in words_of(app)
    assert read_events(settings.database_url) == []


def test_hostile_names_and_reasons_stay_text(run_page, workspace, settings):
    app = open_as(run_page, workspace, HOSTILE, item=f"verdict:{CLAIM}")
    app.radio(key=f"word_{CLAIM}_0").set_value("Overstated")
    app.text_area(key=f"why_{CLAIM}_0").set_value(HOSTILE)
    press(app, "Propose it")
    assert read_events(settings.database_url)[0].reason == HOSTILE
    assert "<script>" not in words_of(app)
    assert "&lt;script&gt;" in words_of(app)
    assert "<script>" not in words_of(run_page("review", workspace=workspace))


def test_what_was_decided_meanwhile_is_refused_and_can_be_loaded(run_page, workspace, settings, snapshot):  # fmt: skip
    app = open_as(run_page, workspace, "Ann", item=f"verdict:{CLAIM}")
    override(settings, "Bob", CLAIM, VerdictWord.CONFLICTING, "first", snapshot)
    app.radio(key=f"word_{CLAIM}_0").set_value("Overstated")
    app.text_area(key=f"why_{CLAIM}_0").set_value("second")
    press(app, "Propose it")
    assert "nothing was written" in words_of(app)
    assert len(read_events(settings.database_url)) == 1
    press(app, "Look again")
    assert "Is it rather" in words_of(app)


def test_a_value_is_confirmed_from_the_page(run_page, workspace, settings, snapshot):
    row = review.silent_trials(snapshot)["result_id"].iloc[0]
    app = open_as(run_page, workspace, "Ann", item=f"result:{row}")
    app.radio(key=f"value_{row}_direction_0").set_value("favours intervention")
    press(app, "Confirm this value")
    assert [e.after for e in read_events(settings.database_url)] == ["favours intervention"]
    assert "What have people said so far?" in words_of(app)


def test_decisions_newer_than_the_data_set_offer_a_build(run_page, workspace, settings, snapshot):
    assert "newer than this data set" not in words_of(run_page("review", workspace=workspace))
    sign(settings, "Ann", CLAIM, snapshot)
    app = run_page("review", workspace=workspace)
    assert "1 decision is newer than this data set" in words_of(app)
    assert "Build now" in [b.label for b in app.button]


def test_an_item_that_is_not_there_says_so(run_page, workspace):
    app = run_page("review", workspace=workspace, item="verdict:<b>none</b>")
    assert "There is no such item" in words_of(app)
    assert "<b>none</b>" not in words_of(app)


def test_what_a_build_moved_is_said_verdict_by_verdict(workspace, snapshot):
    tables = sample_tables()
    at = tables["claim_verdicts"]["claim_id"] == CLAIM
    tables["claim_verdicts"].loc[at, "review_state"] = "reviewed"
    newer, _ = write_snapshot(workspace, tables, {"as_of": "2026-11-04"})
    assert building.moved(snapshot, newer) == ["C03: provisional → reviewed"]
