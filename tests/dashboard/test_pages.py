"""Every page file runs, says what it is for, and survives what is missing."""

from datetime import UTC, datetime

import pytest

from evidence.dashboard import drawer
from evidence.store.snapshots import write_snapshot
from tests.dashboard.sample import CLAIMS, sample_tables, write_sample
from tests.dashboard.walking import PAGES, words_of

NAMES = [page.stem for page in PAGES]


def test_there_are_thirteen_pages():
    assert len(NAMES) == 13


@pytest.mark.parametrize("name", NAMES)
def test_page_runs_and_carries_the_frame(name, run_page):
    app = run_page(name)
    words = words_of(app)
    assert 'class="h frame"' in words
    assert "curated list of November 2026, no systematic search yet" in words
    assert "Judges sentences, not clinics. Not medical advice." in words
    assert "1</b> of 12 verdicts signed by two people" in words
    assert words.count("<h1") == 1


@pytest.mark.parametrize("name", NAMES)
def test_page_without_a_snapshot_says_what_to_run(name, run_page, tmp_path):
    words = words_of(run_page(name, workspace=tmp_path))
    assert "python -m evidence build" in words


@pytest.mark.parametrize("name", NAMES)
def test_page_survives_a_snapshot_without_any_row(name, run_page, tmp_path):
    write_snapshot(tmp_path, {}, {"as_of": "2026-11-01"})
    run_page(name, workspace=tmp_path)


@pytest.mark.parametrize("claim", [row[0] for row in CLAIMS])
def test_claim_page_works_for_every_kind_and_verdict(claim, run_page):
    words = words_of(run_page("claim", claim=claim))
    verdict = next(row[6] for row in CLAIMS if row[0] == claim)
    assert f"<b>{verdict}</b>" in words


def test_unknown_claim_says_so_and_leads_back(run_page):
    assert "There is no such claim" in words_of(run_page("claim", claim="no-such-claim"))


def test_columns_of_the_evidence_table_stand_in_the_address_by_their_ids(run_page):
    app = run_page("evidence", columns="label,year,people,no-such-column")
    assert app.multiselect(key="pick_columns").value == ["label", "year", "people"]
    app.multiselect(key="pick_columns").set_value(["label", "journal"]).run()
    assert app.query_params["columns"] == "label,journal"
    app.multiselect(key="pick_columns").set_value([]).run()
    assert "columns" not in app.query_params


def test_damaged_manifest_names_the_remedy(run_page, tmp_path):
    snapshot = write_sample(tmp_path)
    (snapshot.folder / "manifest.json").write_text("{", encoding="utf-8")
    assert "python -m evidence verify" in words_of(run_page("board", workspace=tmp_path))


def test_damaged_table_names_the_remedy(run_page, tmp_path):
    snapshot = write_sample(tmp_path)
    (snapshot.folder / "claims.parquet").write_bytes(b"not parquet")
    assert "python -m evidence verify" in words_of(run_page("board", workspace=tmp_path))


def test_new_snapshot_shows_at_the_next_run(run_page, tmp_path):
    write_sample(tmp_path)
    app = run_page("board", workspace=tmp_path)
    tables = sample_tables()
    tables["claim_verdicts"].loc[0, "verdict"] = "Supported"
    about = {"as_of": "2026-11-20", "protocol_version": "1.0"}
    newer, _ = write_snapshot(tmp_path, tables, about, now=datetime(2026, 11, 21, tzinfo=UTC))
    app.run()
    assert newer.snapshot_id.rsplit("-", 1)[-1] in words_of(app)


def test_age_of_a_complete_search_is_said_in_words(run_page, tmp_path):
    write_sample(tmp_path, search_words=None, as_of="2020-01-01")
    assert "out of date" in words_of(run_page("board", workspace=tmp_path))


def test_after_a_complete_search_its_own_date_counts(run_page, tmp_path):
    write_sample(tmp_path, last_complete_search="2020-01-01T00:00:00+00:00")
    words = words_of(run_page("board", workspace=tmp_path))
    assert "out of date" in words
    assert "no systematic search yet, " not in words


@pytest.mark.parametrize("name", ["board", "claim", "reader", "evidence"])
def test_text_from_outside_is_escaped(name, run_page):
    query = {"claim": "can-help"} if name == "claim" else {}
    query = {"result": "adler2011-sham-pain-decision"} if name == "evidence" else query
    words = words_of(run_page(name, **query))
    assert "<b>of all kinds</b>" not in words
    assert "<adler>" not in words


def test_a_study_of_an_older_data_set_says_that_its_funding_is_not_known():
    said = drawer.by_pubmed({"study_id": "adler2011"}, "funding")
    assert said == "not found: no PubMed record is held"
