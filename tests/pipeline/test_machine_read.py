"""What is read of records beside results: signals, reporting, and PubMed's word on money."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from evidence.charts.traffic_lights import lights_table
from evidence.export.derived import robvis_rows
from evidence.pipeline.abstract_signals import TOOL, with_signals
from evidence.pipeline.fetched import NOTHING_FETCHED
from evidence.pipeline.funding import MAX_GRANTS, with_funding
from evidence.pipeline.machine_read import read_studies
from evidence.tables import check_table, conform

TRIAL = (
    "We randomly assigned 80 bakers to manual acupuncture at ashi points, twice weekly for 10 sessions, "
    "or to sham acupuncture. Allocation was concealed. Assessors were not blinded."
)
SURVEY = "We asked 80 bakers whether they had ever had acupuncture for back pain."


def read(inputs, *abstracts):
    rows = [
        {"record_id": f"pmid:{n}", "pmid": str(n), "title": "Needles for bakers", "abstract": text}
        for n, text in enumerate(abstracts, start=1)
    ]
    records = replace(NOTHING_FETCHED, table=conform("records", rows))
    return read_studies(records, inputs.registry)


def test_a_trials_signals_are_told_with_their_sentence_and_judge_nothing(inputs, tables):
    found = read(inputs, TRIAL)
    table = with_signals(tables["risk_of_bias"], found.signals)
    check_table("risk_of_bias", table, "risk_of_bias")
    mine = table[table["study_id"] == "pmid-1"].set_index("domain")
    assert mine.loc["concealment", "judgement"] == "stated"
    assert mine.loc["concealment", "source_note"] == "Allocation was concealed."
    assert mine.loc["blinding of assessors", "judgement"] == "stated absent"
    assert mine.loc["registration", "judgement"] == "not assessable from the abstract"
    assert mine.loc["registration", "judgement_status"] == "not assessable"
    assert set(mine["overall"]) == {"not assessed"}
    assert set(mine["method"]) == {"automatic"}


def test_signals_stand_in_no_picture_of_judgements(inputs, tables):
    table = with_signals(tables["risk_of_bias"], read(inputs, TRIAL).signals)
    members = tables["stratum_members"].head(1).assign(study_id="pmid-1", label="Baker 2026")
    assert TOOL not in set(lights_table(members, table)["tool"])
    studies = tables["studies"]
    assert len(robvis_rows(table, studies)) == len(robvis_rows(tables["risk_of_bias"], studies))


def test_what_is_no_trial_has_no_signals(inputs):
    assert read(inputs, SURVEY).signals == []


def test_reporting_is_counted_by_the_registrys_words_with_the_sentence(inputs):
    (study,) = read(inputs, TRIAL).studies
    items = {item.split(":")[0]: item.split(": ", 1)[1] for item in study["reporting_items"]}
    assert {name.split(" ")[0] for name in items} == {
        "stricta-2b",
        "stricta-3a",
        "stricta-3b",
        "stricta-6b",
    }
    assert study["stricta_reported_of_17"] == len(items)
    assert set(items.values()) == {TRIAL.split(" Allocation")[0]}


def test_reporting_is_asked_only_of_what_the_registry_follows(inputs):
    (study,) = read(inputs, "We assigned 80 bakers to a warm pack, twice weekly.").studies
    assert "stricta_reported_of_17" not in study


def test_reporting_is_asked_only_of_trials(inputs):
    (study,) = read(inputs, SURVEY).studies
    assert "stricta_reported_of_17" not in study


# --- funding ----------------------------------------------------------------------------------


def parsed(grants=(), types=(), statements=()):
    def table(names, rows):
        columns = list(zip(*rows, strict=True)) or [[] for _ in names]
        return pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})

    return {
        "grants": table(("pmid", "agency", "grant_id"), grants),
        "publication_types": table(("pmid", "publication_type"), types),
        "records": table(("pmid", "coi_statement"), statements),
    }


def studies_of(*pmids):
    rows = [{"study_id": f"s{n}", "pmid": pmid} for n, pmid in enumerate(pmids)]
    return conform("studies", rows)


@pytest.mark.parametrize(
    ("grants", "types", "funding", "status"),
    [
        (
            [("1", "Oven Fund", "A1"), ("1", "Oven Fund", "A2"), ("1", None, "B")],
            [],
            "Oven Fund (A1); Oven Fund (A2); B",
            "reported",
        ),
        ([("1", "Oven Fund", None)], [("1", "Research Support, N.I.H.")], "Oven Fund", "reported"),
        ([], [("1", "Research Support, Non-U.S. Gov't")], "Non-U.S. Gov't", "reported"),
        ([("2", "Oven Fund", "A1")], [("1", "Journal Article")], None, "not reported"),
    ],
)
def test_funding_is_what_pubmeds_record_says(grants, types, funding, status):
    tables = parsed(grants, types, [("1", None)])
    (row,) = with_funding(studies_of("1"), tables).to_dict("records")
    assert (row["funding"] if row["funding"] == row["funding"] else None) == funding
    assert row["funding_status"] == status


def test_silence_of_a_record_is_not_absence_of_a_record():
    tables = parsed(statements=[("1", "The authors bake."), ("2", None)])
    found = with_funding(studies_of("1", "2", "3", None), tables)
    assert found["coi_status"].tolist() == ["reported", "not reported", "not found", "not found"]
    assert found["coi"].tolist()[0] == "The authors bake."
    before = with_funding(studies_of("1"), None)
    assert before["funding_status"].tolist() == ["not found"]


def test_a_very_long_list_of_grants_is_cut_and_says_so():
    grants = [("1", "Oven Fund", str(number)) for number in range(MAX_GRANTS + 3)]
    found = with_funding(studies_of("1"), parsed(grants, statements=[("1", None)]))
    assert found["funding"].tolist()[0].endswith("; and 3 more")
