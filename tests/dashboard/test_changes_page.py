"""The page of changes: every move with its cause, people named, and what a retraction touches."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from evidence.charts import timeline
from evidence.dashboard import causes, changes, state
from evidence.dashboard.causes import Deciders
from evidence.store.snapshots import open_snapshot, write_snapshot
from evidence.tables import conform
from tests.dashboard.sample import sample_tables, write_sample
from tests.dashboard.walking import words_of

LATER = datetime(2026, 11, 21, tzinfo=UTC)
RETRACTED = {
    "record_id": "pmid:9000001",
    "status": "retracted",
    "source": "PubMed: an invented link",
    "notice_id": "9000999",
    "notice_date": "2026-11-19",
    "reason": "invented data",
    "affected_studies": ["brandt2014"],
    "affected_reviews": ["review2019"],
    "affected_strata": ["q-knee.sham.pain.decision"],
    "affected_claims": ["can-help", "highly-effective"],
    "action": "left out of every stratum",
}


@pytest.fixture
def two_data_sets(tmp_path):
    """Return a workspace in which one verdict moved, a study went and one was retracted."""
    write_sample(tmp_path)
    tables = sample_tables()
    verdicts = tables["claim_verdicts"]
    at = verdicts.index[verdicts["claim_id"] == "can-help"][0]
    verdicts.loc[at, ["verdict", "certainty"]] = ["Insufficient evidence", "Very low"]
    members = tables["stratum_members"]
    tables["stratum_members"] = members[members["study_id"] != "brandt2014"]
    tables["studies"] = tables["studies"][tables["studies"]["study_id"] != "brandt2014"]
    tables["retractions"] = conform("retractions", [RETRACTED])
    about = {"as_of": "2026-11-20", "protocol_version": "1.0", "runs": {}, "decisions_up_to": 3}
    write_snapshot(tmp_path, tables, about, now=LATER)
    return tmp_path


def version(number=2, **cells):
    return {
        "claim_id": "can-help",
        "verdict_version": number,
        "verdict": "Overstated",
        "certainty": "Low",
        "changed_at": "2026-11-21T00:00:00+00:00",
        "trigger": "Supported became Overstated",
        "studies_added": [],
        "studies_removed": [],
        "changed_inputs": None,
        "changed_by": "rules",
    } | cells


def test_a_move_is_told_with_before_after_and_its_causes(run_page, two_data_sets):
    words = words_of(run_page("changes", workspace=two_data_sets))
    assert "by rules: Supported with limits became Insufficient evidence" in words
    assert "studies out: <code>brandt2014</code>" in words
    assert "21 November 2026" in words
    assert "version 2" in words


def test_two_data_sets_are_compared_with_reasons_studies_and_strata(run_page, two_data_sets):
    app = run_page("changes", workspace=two_data_sets)
    words = words_of(app)
    assert "<b>1</b><span>verdicts differ</span>" in words
    assert "<b>1</b><span>studies gone</span>" in words
    assert "brandt2014" in words


def test_the_radius_of_a_retraction_names_all_it_touches(run_page, two_data_sets):
    words = words_of(run_page("changes", workspace=two_data_sets))
    for said in ("1 study", "1 review", "1 stratum", "2 claims", "1 document"):
        assert f"<dt>{said}</dt>" in words, said
    assert "<code>mud</code>" in words  # the document
    assert "invented data" in words
    assert "PubMed 9000999" in words
    assert "left out of every stratum" in words
    assert "No retraction or notice is known" not in words


def test_without_a_notice_it_says_that_unchecked_is_not_none(run_page):
    assert "which is not “none”" in words_of(run_page("changes"))


def test_the_radius_of_any_study_can_be_asked_for(run_page):
    words = words_of(run_page("changes", study="adler"))
    assert "<code>adler2011</code>" in words
    assert "<code>q-knee.sham.pain.decision</code>" in words
    assert "claim?claim=can-help" in words


def test_an_unknown_study_says_so(run_page):
    assert "is called so" in words_of(run_page("changes", study="no such name"))


def test_the_radius_comes_from_members_reviews_and_verdicts(sample_workspace, monkeypatch):
    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(sample_workspace))
    found = changes.radius(open_snapshot(sample_workspace), ["adler2011"])
    snapshot = open_snapshot(sample_workspace)
    members = snapshot.read("stratum_members")
    assert found.strata == sorted(
        set(members.loc[members["study_id"] == "adler2011", "stratum_id"])
    )
    assert found.documents == ["mud"]
    assert set(found.claims) == {"can-help", "highly-effective"}


def test_first_versions_are_no_moves_and_the_newest_stands_first():
    frame = pd.DataFrame(
        [
            version(1, changed_at="2026-11-01", verdict="Supported"),
            version(2),
            version(3, changed_at="2026-11-24", verdict="Contradicted"),
        ]
    )
    found = changes.moves(frame)
    assert list(found["verdict_version"]) == [3, 2]
    assert list(found["verdict_before"]) == ["Overstated", "Supported"]


def test_people_who_decided_between_two_data_sets_are_named_and_others_are_not():
    manifests = [
        {"written_at": "2026-11-02", "decisions_up_to": None},
        {"written_at": "2026-11-21", "decisions_up_to": 2},
    ]
    log = pd.DataFrame(
        [
            [1, "Ann Pell", "claim", "can-help", "signature of ann pell", None, "abc", None],
            [2, "Bo Rey", "study_results", "result-1", "estimate", "1", "2", "misread"],
            [3, "Cy Lund", "claim", "can-help", "signature of cy lund", None, "abc", None],
        ],
        columns=["event_id", "who", "object_type", "object_id", "field", "before", "after", "reason"],
    )  # fmt: skip
    deciders = Deciders(manifests, log)
    said = deciders.behind("can-help", "2026-11-21", frozenset({"result-1"}))
    assert said == ["Ann Pell signed it", "Bo Rey set estimate of result-1 to 2: misread"]
    assert deciders.behind("is-safe", "2026-11-21", frozenset()) == []
    assert deciders.behind("can-help", "2026-11-02", frozenset({"result-1"})) == []


def test_a_move_with_unchanged_inputs_is_laid_to_the_program():
    assert causes.UNCHANGED in causes.cause_html(version())
    assert causes.UNCHANGED not in causes.cause_html(version(studies_added=["a"]))
    assert causes.UNCHANGED not in causes.cause_html(version(1, trigger="first computation"))


def test_the_claim_page_tells_its_history_with_causes(run_page, two_data_sets):
    words = words_of(run_page("claim", workspace=two_data_sets, claim="can-help"))
    assert "version 2" in words
    assert "by rules: first computation" in words
    assert "by rules: Supported with limits became Insufficient evidence" in words


def test_a_version_stands_until_the_next_and_the_last_until_the_newest_data_set():
    frame = pd.DataFrame([version(2, changed_at="2026-11-05"), version(1, changed_at="2026-11-01")])
    table = timeline.timeline_table(frame, {"can-help": "C03"}, "2026-11-24")
    assert list(table["changed_at"]) == ["2026-11-01", "2026-11-05"]
    assert list(table["stands_until"]) == ["2026-11-05", "2026-11-24"]
    assert list(table["because"]) == ["Supported became Overstated"] * 2


def test_the_timeline_shows_what_the_history_holds(two_data_sets, monkeypatch):
    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(two_data_sets))
    versions = state.verdict_versions()
    mine = versions[versions["claim_id"] == "can-help"]
    table = timeline.timeline_table(versions, {"can-help": "C03"}, "2026-11-24")
    assert list(table["verdict"]) == list(mine["verdict"])
    assert table["studies_removed"].iloc[-1] == 1
