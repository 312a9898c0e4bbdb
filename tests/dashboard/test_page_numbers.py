"""Every number of a picture equals the number in its table and in the snapshot."""

import math
import re

import pytest

from evidence.charts import comparator_strip, figures, forest, harvest
from evidence.charts.palette import DARK, LIGHT
from evidence.dashboard import reading, strips
from evidence.store.snapshots import open_snapshot
from tests.dashboard.sample import CLAIMS
from tests.dashboard.walking import words_of


@pytest.fixture
def snapshot(sample_workspace, monkeypatch):
    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(sample_workspace))
    return open_snapshot(sample_workspace)


def drawn_values(spec, fields):
    """Return every value of some fields in the data of a chart."""
    out = set()
    for rows in spec["datasets"].values():
        for row in rows:
            out |= {round(float(row[f]), 6) for f in fields if isinstance(row.get(f), int | float)}
    return out


def test_every_number_of_every_plot_equals_its_table(snapshot):
    syntheses = snapshot.read("syntheses")
    members = snapshot.read("stratum_members")
    walked = 0
    for row in reading.claims(snapshot):
        for stratum in reading.strata(snapshot, row).to_dict("records"):
            mine = members[members["stratum_id"] == stratum["stratum_id"]]
            source = syntheses[syntheses["stratum_id"] == stratum["stratum_id"]].iloc[0]
            if figures.is_missing(stratum["unit"]):
                continue
            twin = forest.forest_table(stratum, mine)
            if twin.empty:
                continue
            spec = forest.draw_forest(twin, stratum, LIGHT).to_dict()
            expected = {round(float(v), 6) for v in twin["effect"].dropna()}
            assert expected <= drawn_values(spec, ["effect", "a"])
            studies = twin[twin["part"] == "study"]
            by_result = mine.set_index("result_id")
            for line in studies.to_dict("records"):
                cell = by_result.loc[line["result_id"]]
                assert (line["effect"], line["ci_low"], line["ci_high"]) == (
                    cell["effect"],
                    cell["ci_low"],
                    cell["ci_high"],
                )
            estimate = twin[twin["part"] == "estimate"]
            if len(estimate):
                assert estimate["effect"].iloc[0] == source["estimate"]
                assert estimate["ci_low"].iloc[0] == source["ci_low"]
            walked += 1
    assert walked >= 5


def test_strip_and_lanes_hold_the_cells_of_syntheses(snapshot):
    for row in reading.claims(snapshot):
        frame = reading.decision_strata(row, reading.strata(snapshot, row))
        table = comparator_strip.strip_table(frame, [str(x) for x in strips.LANES])
        cells = frame.set_index("comparator_class")
        for line in table.to_dict("records"):
            source = cells.loc[line["comparator"]]
            for name in ("estimate", "ci_low", "ci_high"):
                same = line[name] == source[name] or (
                    math.isnan(line[name]) and math.isnan(source[name])
                )
                assert same
        for lane in reading.lanes(row, frame):
            if lane.estimate is not None:
                assert lane.estimate == cells.loc[lane.comparator]["estimate"]


def test_harvest_never_hides_what_is_not_reported(snapshot):
    members = snapshot.read("stratum_members")
    part = members[members["stratum_id"] == "q-warm.none.mechanism.decision"]
    table = harvest.harvest_table(part)
    assert (table["direction"] == "not reported").sum() == 1
    spec = harvest.draw_harvest(table, DARK, is_dark=True).to_dict()
    names = [r["name"] for rows in spec["datasets"].values() for r in rows if "name" in r]
    assert [n.split("|")[0] for n in names] == list(harvest.COLUMNS.values())


@pytest.mark.parametrize("claim", ["highly-effective", "can-help", "mud-cures"])
def test_numbers_on_the_claim_page_are_those_of_the_tables(claim, snapshot, run_page):
    words = words_of(run_page("claim", claim=claim))
    row = next(r for r in reading.claims(snapshot) if r.claim_id == claim)
    frame = reading.decision_strata(row, reading.strata(snapshot, row))
    for stratum in frame.dropna(subset=["estimate"]).to_dict("records"):
        places = figures.decimals(stratum["unit"])
        head = figures.figure(stratum["estimate"], places)
        limits = figures.interval(stratum["ci_low"], stratum["ci_high"], places)
        assert f"<b>{head}</b> ({limits})" in words


def test_every_number_of_a_sentence_names_its_cell(snapshot, run_page):
    words = words_of(run_page("claim", claim="highly-effective"))
    cells = snapshot.read("verdict_cells")
    for printed in cells[cells["claim_id"] == "highly-effective"]["printed"]:
        assert f">{printed}<" in words


@pytest.mark.parametrize("claim", [row[0] for row in CLAIMS if row[3] != "untestable"])
def test_each_result_leads_to_its_note_and_its_record(claim, snapshot, run_page):
    words = words_of(run_page("claim", claim=claim))
    row = next(r for r in reading.claims(snapshot) if r.claim_id == claim)
    if reading.members(snapshot, row).empty:
        return
    links = re.findall(r'href="(https://[^"]+)"', words)
    assert links or "no link known" in words
    assert "source note" in words
