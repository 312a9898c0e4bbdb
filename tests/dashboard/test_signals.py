"""What was read from an abstract never looks like what a person judged, nor like what is missing."""

from __future__ import annotations

import pytest

from evidence.store.snapshots import write_snapshot
from evidence.tables import conform
from tests.dashboard.sample import sample_tables
from tests.dashboard.walking import words_of

SENTENCE = "Assessors knew who had mud."


@pytest.fixture(scope="module")
def read_workspace(tmp_path_factory):
    """Write the sample after a reading: signals and items of one abstract, an unknown report."""
    tables = sample_tables()
    signal = {"study_id": "egede2020", "tool": "signals in the abstract", "domain": "blinding of assessors",
              "judgement": "stated absent", "judgement_status": "reported", "overall": "not assessed",
              "assessed_from": "abstract", "assessed_by": "reader of abstracts", "method": "automatic",
              "source_note": SENTENCE}  # fmt: skip
    bias = tables["risk_of_bias"]
    tables["risk_of_bias"] = conform("risk_of_bias", [*bias.to_dict("records"), signal])
    studies = tables["studies"]
    is_read, is_whole = (studies["study_id"] == name for name in ("egede2020", "adler2011"))
    studies.loc[is_read, ["stricta_reported_of_17", "full_text_read"]] = [4, False]
    studies.loc[is_whole, ["stricta_reported_of_17", "full_text_read"]] = [12, True]
    tables["studies"] = conform("studies", studies)
    tables["study_reports"] = conform(
        "study_reports",
        [
            {"study_id": "egede2020", "report_id": "egede2020", "role": "first report"},
            {"study_id": "egede2020", "report_id": "gone2021", "role": "further report"},
        ],
    )
    folder = tmp_path_factory.mktemp("read")
    write_snapshot(folder, tables, {"as_of": "2026-11-01", "search_words": "none yet"})
    return folder


@pytest.fixture
def result_of_egede():
    results = sample_tables()["study_results"]
    return str(results.loc[results["study_id"] == "egede2020", "result_id"].iloc[0])


def test_signals_stand_apart_from_judgements_on_the_page_of_appraisal(read_workspace, run_page):
    app = run_page("appraisal", workspace=read_workspace, claim="highly-effective")
    labels = [expander.label for expander in app.expander]
    n_judged = len(sample_tables()["risk_of_bias"])
    assert f"{n_judged} judgements, each with its source" in labels
    words = words_of(app)
    judged = words.split("Who judged, and on what?")[1].split("What do abstracts say")[0]
    assert SENTENCE not in judged
    assert SENTENCE in words.split("What do abstracts say of how the trials were run?")[1]


def test_an_abstract_is_never_short_of_items(read_workspace, run_page):
    words = words_of(run_page("appraisal", workspace=read_workspace))
    rows = words.split("How completely is the treatment reported?")[1].split("<tr")
    read, whole = (next(r for r in rows if name in r) for name in ("Egede", "Adler"))
    assert "the abstract names 4; the rest is not assessed" in read
    assert "of 17" not in read
    assert "c-non" not in read
    assert "12 of 17" in whole


def test_the_drawer_calls_a_signal_no_judgement(read_workspace, run_page, result_of_egede):
    words = words_of(run_page("evidence", workspace=read_workspace, result=result_of_egede))
    assert "No judgement domain by domain is known." in words
    told = words.split("Said in the abstract: no judgement")[1]
    assert SENTENCE in told
    assert "stated absent" in told


def test_a_report_that_has_no_row_of_its_own_is_named_by_its_id(
    read_workspace, run_page, result_of_egede
):
    words = words_of(run_page("evidence", workspace=read_workspace, result=result_of_egede))
    assert "gone2021" in words.split("Other reports")[1].split("</dd>")[0]
