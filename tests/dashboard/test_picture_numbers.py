"""One walk over all claims: what is drawn, what stands in the twin table, and what the CSV says."""

import csv
import io

import pytest

from evidence.charts import (
    claim_card,
    comparator_strip,
    figures,
    forest,
    funnel,
    gap_map,
    harvest,
    overlap,
    prisma,
    share_strip,
    timeline,
    traffic_lights,
)
from evidence.charts.palette import LIGHT
from evidence.dashboard import reading, strips
from evidence.export.contents import Contents
from evidence.export.csv import table_csv
from evidence.export.files import FILES
from evidence.pipeline.history import history_table
from evidence.protocol import parse_protocol
from evidence.settings import read_settings
from evidence.store.registry import read_text_file
from evidence.store.snapshots import open_snapshot
from tests.dashboard.sample import CLAIMS


@pytest.fixture(scope="module")
def snapshot(sample_workspace):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVIDENCE_WORKSPACE", str(sample_workspace))
        yield open_snapshot(sample_workspace)


@pytest.fixture(scope="module")
def exported(snapshot):
    """Return what gives the rows of an exported file, read back from its bytes, by their key."""
    rules = parse_protocol(read_text_file(read_settings({}).protocol))
    history = history_table(snapshot.folder.parent.parent, rules)
    contents = Contents(snapshot, history=history)
    read = {}

    def rows(name, key=None):
        if name not in read:
            if name in FILES:
                text = table_csv(name, contents.rows(name), "data", snapshot.snapshot_id).decode()
            else:  # stratum_members is exported as forest_input only
                text = contents.rows(name).to_csv(index=False)
            read[name] = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
        return read[name] if key is None else {row[key]: row for row in read[name]}

    return rows


def said(cell):
    """Return a cell of a CSV as a number, None where it is empty."""
    return None if cell == "" else float(cell)


def number(value):
    return None if figures.is_missing(value) else float(value)


def same(twin, source, names):
    """Assert that a row of a twin holds the cells of a row of a CSV; names are twin → column."""
    for mine, theirs in names.items():
        assert number(twin[mine]) == said(source[theirs]), (mine, twin, source[theirs])


def drawn(chart, field):
    """Return every number that a chart draws under one name."""
    rows = [row for data in chart.to_dict()["datasets"].values() for row in data]
    found = (row.get(field) for row in rows)
    return {float(v) for v in found if isinstance(v, int | float) and not isinstance(v, bool)}


def held(table, field):
    return {float(v) for v in table[field].dropna()}


INTERVAL = {"ci_low": "ci_low", "ci_high": "ci_high"}


def check_strip(frame, exported):
    table = comparator_strip.strip_table(frame, [str(x) for x in strips.LANES])
    source = exported("syntheses", "stratum_id")
    names = INTERVAL | {
        "estimate": "estimate", "k": "k", "n": "n", "in_favour": "n_favours_i", "not_reported": "n_not_reported",
    }  # fmt: skip
    for line in table.to_dict("records"):
        same(line, source[line["stratum_id"]], names)
    assert drawn(comparator_strip.draw_strip(table, "points", 10.0, LIGHT), "estimate") == held(table, "estimate")  # fmt: skip
    return len(table)


def check_shares(snapshot, row, exported):
    shares = reading.board_shares(snapshot, row)
    if not shares:
        return 0
    table = share_strip.shares_table([(s.label, s.percent, s.is_main) for s in shares])
    results = {said(r["estimate"]) for r in exported("study_results")}
    rates = {said(r["rate"]) for r in exported("adverse_events")} - {None}
    known = results | {rate * 100 for rate in rates}
    assert held(table, "percent") <= known
    chart = share_strip.draw_shares(table, row.get("claimed_value"), "of people", LIGHT)
    claimed = {float(row["claimed_value"])} if row.get("claimed_value") is not None else set()
    assert drawn(chart, "percent") == held(table, "percent") | claimed
    return len(table)


def check_forest(stratum, mine, exported):
    if figures.is_missing(stratum["unit"]):
        return 0
    table = forest.forest_table(stratum, mine)
    if table.empty:
        return 0
    pooled = exported("syntheses", "stratum_id")[stratum["stratum_id"]]
    members = {r["result_id"]: r for r in exported("stratum_members") if r["stratum_id"] == stratum["stratum_id"]}  # fmt: skip
    inputs = {(r["stratum_id"], r["study"]): r for r in exported("forest_input")}
    for line in table.to_dict("records"):
        if line["part"] == "study":
            names = INTERVAL | {"effect": "effect", "weight_percent": "weight_percent", "people": "n_participants"}  # fmt: skip
            same(line, members[line["result_id"]], names)
            source = inputs.get((stratum["stratum_id"], members[line["result_id"]]["study_id"]))
            if line["role"] == "pooled" and source is not None:  # a file for pools alone
                same(line, source, {"effect": "yi", "weight_percent": "weight"})
        elif line["part"] == "estimate":
            same(line, pooled, INTERVAL | {"effect": "estimate", "people": "n"})
        else:
            same(line, pooled, {"ci_low": "prediction_low", "ci_high": "prediction_high"})
    chart = forest.draw_forest(table, stratum, LIGHT)
    assert held(table, "effect") <= drawn(chart, "effect") | drawn(chart, "a")
    return len(table)


def check_directions(mine, exported):
    if mine.empty:
        return 0
    table = harvest.harvest_table(mine)
    people = {(r["stratum_id"], r["result_id"]): r for r in exported("stratum_members")}
    stratum = mine["stratum_id"].iloc[0]
    for line in table.to_dict("records"):
        source = people[(stratum, line["result_id"])]
        same(line, source, {"people": "n_participants"})
        assert line["direction"] == source["direction"]
    assert held(table, "people") <= drawn(harvest.draw_harvest(table, LIGHT), "people")
    return len(table)


def check_funnel(stratum, mine, exported):
    table = funnel.funnel_table(mine)
    if table.empty:
        return 0
    source = {(r["stratum_id"], r["result_id"]): r for r in exported("stratum_members")}
    for line in table.to_dict("records"):
        names = {name: name for name in ("effect", "se", "n_participants")}
        same(line, source[(stratum["stratum_id"], line["result_id"])], names)
    chart = funnel.draw_funnel(table, stratum, LIGHT)
    assert held(table, "effect") <= drawn(chart, "effect")
    assert held(table, "se") <= drawn(chart, "se")
    return len(table)


def check_lights(snapshot, mine, exported):
    judged = snapshot.read("risk_of_bias")
    judged = judged[judged["study_id"].isin(set(mine["study_id"]))]
    table = traffic_lights.lights_table(mine, judged)
    labels = dict(zip(mine["study_id"], mine["label"], strict=True))
    rows = exported("risk_of_bias")
    source = {(labels.get(r["study_id"]), r["domain"], r["judgement"]) for r in rows}
    own = table[(table["judgement"] != "not assessed") & (table["domain"] != "overall")]
    assert {(r["study"], r["domain"], r["judgement"]) for r in own.to_dict("records")} <= source
    return len(own)


def test_every_number_of_every_picture_is_that_of_its_table_and_of_the_csv(snapshot, exported):
    walked = dict.fromkeys(("strip", "shares", "forest", "harvest", "funnel", "lights"), 0)
    claims = reading.claims(snapshot)
    assert len(claims) == len(CLAIMS)
    for row in claims:
        frame = reading.strata(snapshot, row)
        walked["strip"] += check_strip(reading.decision_strata(row, frame), exported)
        walked["shares"] += check_shares(snapshot, row, exported)
        members = reading.members(snapshot, row)
        for stratum in figures.records(frame):
            mine = members[members["stratum_id"] == stratum["stratum_id"]]
            walked["forest"] += check_forest(stratum, mine, exported)
            walked["harvest"] += check_directions(mine, exported)
            walked["funnel"] += check_funnel(stratum, mine, exported)
            walked["lights"] += check_lights(snapshot, mine, exported)
    assert min(walked.values()) > 0, walked


def test_pictures_of_the_whole_data_set_hold_the_numbers_of_the_csv(snapshot, exported):
    source = exported("syntheses", "stratum_id")
    gaps = gap_map.gap_table(snapshot.read("syntheses"), {"q-knee": ("C02", "x")}, ["pain"])
    filled = gaps[gaps["stratum_id"].notna()]
    for line in filled.to_dict("records"):
        same(line, source[line["stratum_id"]], {"people": "n"})
    assert held(filled, "people") <= drawn(gap_map.draw_gaps(gaps, LIGHT), "people")
    pairs = overlap.overlap_table(snapshot.read("review_overlap"), {})
    assert held(pairs, "cca_pairwise") == {said(r["cca_pairwise"]) for r in exported("review_overlap")}  # fmt: skip
    assert held(pairs, "cca_pairwise") <= drawn(overlap.draw_overlap(pairs, LIGHT), "cca_pairwise")
    flow = prisma.flow_table(snapshot.read("prisma_counts"))
    assert sorted(flow["n"]) == sorted(int(r["n"]) for r in exported("prisma_counts"))
    words = str(prisma.draw_flow(flow, LIGHT).to_dict()["datasets"])
    assert all(f"{n:,}" in words for n in flow["n"])


def test_timeline_and_card_hold_the_cells_of_the_csv(snapshot, exported):
    rows = exported("verdict_history")
    history = Contents(snapshot, history=history_of(snapshot)).rows("verdict_history")
    table = timeline.timeline_table(history, {row[0]: row[0] for row in CLAIMS})
    assert sorted(table["verdict"]) == sorted(r["verdict"] for r in rows)
    verdicts = exported("claim_verdicts", "claim_id")
    for row in reading.claims(snapshot):
        card = claim_card.card_table(row.cells, "no search yet", "one")
        words = " ".join(map(str, card.to_numpy().ravel()))
        assert verdicts[row.claim_id]["verdict"] in words


def history_of(snapshot):
    rules = parse_protocol(read_text_file(read_settings({}).protocol))
    return history_table(snapshot.folder.parent.parent, rules)
