"""One walk over all claims: what is drawn, what stands in the twin table, and what the CSV says."""

import csv
import io
from collections import Counter
from dataclasses import asdict
from functools import cache

import pandas as pd
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
from evidence.dashboard import board, claim, reading, state, strips
from evidence.export.contents import Contents
from evidence.export.csv import table_csv
from evidence.export.files import FILES
from evidence.export.report_model import read_report
from evidence.pipeline.history import history_table
from evidence.protocol import parse_protocol
from evidence.settings import read_settings
from evidence.store.registry import read_text_file
from evidence.store.snapshots import open_snapshot
from evidence.vocabulary import ClaimKind, Direction, ReportedTest


@pytest.fixture(scope="module", params=["sample_workspace", "starter_workspace"])
def snapshot(request):
    """Return the invented sample, then what is built from the data that comes with the program."""
    folder = request.getfixturevalue(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVIDENCE_WORKSPACE", str(folder))
        yield open_snapshot(folder)


@pytest.fixture(scope="module")
def exported(snapshot):
    """Return what gives the rows of an exported file, read back from its bytes, by their key."""
    rules = parse_protocol(read_text_file(read_settings({}).protocol))
    history = history_table(snapshot.folder.parent.parent, rules)
    contents = Contents(snapshot, history=history)

    @cache
    def lines(name):
        if name in FILES:
            text = table_csv(name, contents.rows(name), "data", snapshot.snapshot_id).decode()
        else:  # stratum_members is exported as forest_input only
            text = contents.rows(name).to_csv(index=False)
        return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))

    @cache
    def rows(name, *keys):
        if not keys:
            return lines(name)
        cells = [tuple(row[key] for key in keys) for row in lines(name)]
        return dict(
            zip(cells if len(keys) > 1 else [c for (c,) in cells], lines(name), strict=True)
        )

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


def rows_of(chart):
    """Return every row that a chart draws; tests of each picture hold it to the schema."""
    held = [] if not isinstance(chart.data, pd.DataFrame) else figures.records(chart.data)
    return held + [row for layer in getattr(chart, "layer", ()) for row in rows_of(layer)]


def drawn(chart, *fields):
    """Return every number that a chart draws under some names."""
    found = [row.get(field) for row in rows_of(chart) for field in fields]
    numbers = [v for v in found if isinstance(v, int | float) and not isinstance(v, bool)]
    return {float(v) for v in numbers if not figures.is_missing(v)}


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


def check_lanes(row, frame, exported):
    """Hold the strip of the board to the same strata, and every lane to the row that it shows."""
    if row.kind is not ClaimKind.EFFICACY:
        return 0
    part = reading.decision_strata(row, frame)
    source = {r["comparator_class"]: r["stratum_id"] for r in figures.records(part)}
    strata = exported("syntheses", "stratum_id")
    names = {"estimate": "estimate", "low": "ci_low", "high": "ci_high", "n": "n", "silent": "n_not_reported"}  # fmt: skip
    lanes = [asdict(lane) for lane in reading.lanes(row, part)]
    for lane in lanes:
        if lane["comparator"] in source:
            same(lane, strata[source[lane["comparator"]]], names)
    return len(lanes)


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


def check_forest(stratum, mine, exported, *, is_drawn):
    if figures.is_missing(stratum["unit"]):
        return 0
    table = forest.forest_table(stratum, mine)
    if table.empty:
        return 0
    pooled = exported("syntheses", "stratum_id")[stratum["stratum_id"]]
    members = exported("stratum_members", "stratum_id", "result_id")
    inputs = exported("forest_input", "stratum_id", "study")
    for line in table.to_dict("records"):
        if line["part"] == "study":
            names = INTERVAL | {"effect": "effect", "weight_percent": "weight_percent", "people": "n_participants"}  # fmt: skip
            member = members[stratum["stratum_id"], line["result_id"]]
            same(line, member, names)
            source = inputs.get((stratum["stratum_id"], member["study_id"]))
            if line["role"] == "pooled" and source is not None:  # a file for pools alone
                same(line, source, {"effect": "yi", "weight_percent": "weight"})
        elif line["part"] == "estimate":
            same(line, pooled, INTERVAL | {"effect": "estimate", "people": "n"})
        else:
            same(line, pooled, {"ci_low": "prediction_low", "ci_high": "prediction_high"})
    if is_drawn:
        chart = forest.draw_forest(table, stratum, LIGHT)
        assert held(table, "effect") <= drawn(chart, "effect", "a")
    return len(table)


def check_directions(mine, exported, *, is_drawn):
    """Hold the plot of counted directions to the rows of one stratum."""
    table = harvest.harvest_table(mine)
    people = exported("stratum_members", "stratum_id", "result_id")
    stratum = mine["stratum_id"].iloc[0]
    for line in table.to_dict("records"):
        source = people[stratum, line["result_id"]]
        same(line, source, {"people": "n_participants"})
        assert line["direction"] == source["direction"]
    if is_drawn:
        assert held(table, "people") <= drawn(harvest.draw_harvest(table, LIGHT), "people")
    return len(table)


def check_tests(snapshot, mine, exported, *, is_drawn):
    """Hold the plot by the source's own test to the printed tests of the same results."""
    table = reading.tested(snapshot, mine)
    tests = snapshot.read("study_results", ["result_id", "reported_test"]).set_index("result_id")
    people = exported("stratum_members", "stratum_id", "result_id")
    for line, stratum in zip(table.to_dict("records"), mine["stratum_id"], strict=True):
        same(line, people[stratum, line["result_id"]], {"people": "n_participants"})
        test = tests["reported_test"][line["result_id"]]
        is_silent = figures.is_missing(test)
        side = Direction.NOT_REPORTED if is_silent else harvest.SIDE_OF_TEST[ReportedTest(test)]
        assert line["direction"] == side
    if is_drawn:
        chart = harvest.draw_harvest(table, LIGHT, names=harvest.TESTED)
        assert held(table, "people") <= drawn(chart, "people")
    return len(table)


def check_funnel(stratum, mine, exported, *, is_drawn):
    table = funnel.funnel_table(mine)
    if table.empty:
        return 0
    source = exported("stratum_members", "stratum_id", "result_id")
    for line in table.to_dict("records"):
        names = {name: name for name in ("effect", "se", "n_participants")}
        same(line, source[(stratum["stratum_id"], line["result_id"])], names)
    if is_drawn:
        chart = funnel.draw_funnel(table, stratum, LIGHT)
        assert held(table, "effect") <= drawn(chart, "effect")
        assert held(table, "se") <= drawn(chart, "se")
    return len(table)


def check_lights(snapshot, mine, exported):
    judged = state.rows(snapshot, "risk_of_bias")
    judged = judged[judged["study_id"].isin(set(mine["study_id"]))]
    table = traffic_lights.lights_table(mine, judged)
    labels = dict(zip(mine["study_id"], mine["label"], strict=True))
    rows = exported("risk_of_bias", "study_id", "domain", "judgement")
    source = {(labels.get(study), domain, word) for study, domain, word in rows}
    own = table[(table["judgement"] != "not assessed") & (table["domain"] != "overall")]
    assert {(r["study"], r["domain"], r["judgement"]) for r in own.to_dict("records")} <= source
    return len(own)


def check_claim(snapshot, row, exported, seen):
    """Return how many rows of each picture of a claim were compared.

    Claims that ask the same question share its strata, and these their pictures: once is enough.
    All twins are compared; drawn are the strata with which the page opens, since each picture is
    drawn from its twin by one function and drawing hundreds takes minutes.
    """
    frame, members = reading.strata(snapshot, row), reading.members(snapshot, row)
    found = Counter(shares=check_shares(snapshot, row, exported))
    if row.get("main_stratum_id") not in seen:
        found["strip"] += check_strip(reading.decision_strata(row, frame), exported)
        found["lanes"] += check_lanes(row, frame, exported)
    opens = {row.get("main_stratum_id")} | {s["stratum_id"] for s in claim.strata_with_members(frame, members)[:1]}  # fmt: skip
    for stratum in figures.records(frame):
        mine = members[members["stratum_id"] == stratum["stratum_id"]]
        if mine.empty or stratum["stratum_id"] in seen:
            continue
        seen.add(stratum["stratum_id"])
        is_drawn = stratum["stratum_id"] in opens
        found["forest"] += check_forest(stratum, mine, exported, is_drawn=is_drawn)
        if row.kind in board.TESTED_KINDS:
            found["tests"] += check_tests(snapshot, mine, exported, is_drawn=is_drawn)
        else:
            found["harvest"] += check_directions(mine, exported, is_drawn=is_drawn)
        found["funnel"] += check_funnel(stratum, mine, exported, is_drawn=is_drawn)
        if stratum["time_window"] == reading.DECISION:  # the same studies stand in every window
            found["lights"] += check_lights(snapshot, mine, exported)
    return found


def test_every_number_of_every_picture_is_that_of_its_table_and_of_the_csv(snapshot, exported):
    claims = reading.claims(snapshot)
    assert {row.claim_id for row in claims} == set(exported("claim_verdicts", "claim_id"))
    seen = set()
    walked = sum((check_claim(snapshot, row, exported, seen) for row in claims), Counter())
    drawn_kinds = {"strip", "lanes", "shares", "forest", "harvest", "tests", "funnel", "lights"}
    assert drawn_kinds <= set(walked), walked


def test_pictures_of_the_whole_data_set_hold_the_numbers_of_the_csv(snapshot, exported):
    source = exported("syntheses", "stratum_id")
    rows = {str(row["question_id"]): (row.label, row.claim_id) for row in reading.claims(snapshot)}
    strata = snapshot.read("syntheses")
    gaps = gap_map.gap_table(strata[strata["time_window"] == "decision"], rows, ["pain"])
    filled = gaps[gaps["stratum_id"].notna()]
    assert len(filled)
    rated = exported("certainty", "stratum_id", "domain")
    for line in filled.to_dict("records"):
        same(line, source[line["stratum_id"]], {"people": "n"})
        if (line["stratum_id"], "overall") in rated:
            assert line["certainty"] == rated[line["stratum_id"], "overall"]["rating"]
    assert held(filled, "people") <= drawn(gap_map.draw_gaps(gaps, LIGHT), "people")
    pairs = overlap.overlap_table(snapshot.read("review_overlap"), {})
    assert held(pairs, "cca_pairwise") == {said(r["cca_pairwise"]) for r in exported("review_overlap")}  # fmt: skip
    assert held(pairs, "cca_pairwise") <= drawn(overlap.draw_overlap(pairs, LIGHT), "cca_pairwise")
    flow = prisma.flow_table(snapshot.read("prisma_counts"))
    assert sorted(flow["n"]) == sorted(int(r["n"]) for r in exported("prisma_counts"))
    if len(flow):  # nothing has been searched for the data that come with the program
        words = str(rows_of(prisma.draw_flow(flow, LIGHT)))
        assert all(f"{n:,}" in words for n in flow["n"])


def test_timeline_and_card_hold_the_cells_of_the_csv(snapshot, exported):
    rows = exported("verdict_history")
    claims = reading.claims(snapshot)
    history = Contents(snapshot, history=history_of(snapshot)).rows("verdict_history")
    table = timeline.timeline_table(history, {row.claim_id: row.label for row in claims})
    assert sorted(table["verdict"]) == sorted(r["verdict"] for r in rows)
    verdicts = exported("claim_verdicts", "claim_id")
    for row in claims:
        card = claim_card.card_table(row.cells, "no search yet", "one")
        words = " ".join(map(str, card.to_numpy().ravel()))
        assert verdicts[row.claim_id]["verdict"] in words
        assert verdicts[row.claim_id]["verdict_sentence"] in words


def test_a_result_without_a_number_is_told_in_words_and_not_by_its_code(snapshot):
    pages = read_report(Contents(snapshot, history=history_of(snapshot))).claims
    results = Counter(line.result for page in pages for line in page.studies)
    assert results
    assert results["null"] == 0
    tested = sum(n for words, n in results.items() if words.endswith("(its own test)"))
    assert tested or not (snapshot.read("study_results", ["reported_test"])["reported_test"].notna().any())  # fmt: skip


def history_of(snapshot):
    rules = parse_protocol(read_text_file(read_settings({}).protocol))
    return history_table(snapshot.folder.parent.parent, rules)
