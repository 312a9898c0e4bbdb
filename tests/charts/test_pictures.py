"""Every picture draws, renders offline, and shows its table's numbers; empty states included."""

import pandas as pd
import pytest
import vl_convert

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
from evidence.charts.palette import DARK, LIGHT, VERDICT_LOOK, configured, ground
from evidence.vocabulary import VerdictWord
from tests.dashboard.sample import sample_tables

SHAM = "q-knee.sham.pain.decision"


@pytest.fixture(scope="module")
def tables():
    return sample_tables()


@pytest.fixture(scope="module")
def stratum(tables):
    frame = tables["syntheses"]
    return figures.records(frame[frame["stratum_id"] == SHAM])[0]


@pytest.fixture(scope="module")
def members(tables):
    frame = tables["stratum_members"]
    return frame[frame["stratum_id"] == SHAM]


def numbers_of(chart):
    """Return every number in the data of a chart."""
    spec = configured(chart).to_dict()
    return {
        round(float(value), 6)
        for rows in spec["datasets"].values()
        for row in rows
        for value in row.values()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


def many(members):
    """Return a stratum with twelve pooled studies."""
    part = members[members["role"] == "pooled"]
    frame = pd.concat([part] * 3, ignore_index=True).head(12)
    frame["result_id"] = [f"r{i}" for i in range(len(frame))]
    frame["label"] = [f"Study {i}" for i in range(len(frame))]
    return frame


def pictures(tables, stratum, members, ink, is_dark):
    """Return every kind of picture, drawn from the sample."""
    syntheses = tables["syntheses"]
    decision = syntheses[
        (syntheses["question_id"] == "q-knee") & (syntheses["time_window"] == "decision")
    ]
    pain = decision[decision["outcome_domain"] == "pain"]
    order = ["sham", "usual care", "no treatment", "active"]
    lights = traffic_lights.lights_table(members, tables["risk_of_bias"])
    gaps = gap_map.gap_table(decision, {"q-knee": ("C02", "highly-effective")}, ["pain"])
    flow = prisma.flow_table(tables["prisma_counts"])
    history = tables["claim_verdicts"][["claim_id", "verdict", "certainty"]].assign(
        verdict_version=1,
        changed_at="2026-11-02T00:00:00+00:00",
        trigger="first computation",
        studies_added=None,
        studies_removed=None,
    )
    claim = figures.records(tables["claim_verdicts"])[0]
    times = timeline.timeline_table(history, {"can-help": "C03", "is-safe": "C04"})
    return {
        "forest": forest.draw_forest(
            forest.forest_table(stratum, members), stratum, ink, is_dark=is_dark
        ),
        "harvest": harvest.draw_harvest(harvest.harvest_table(members), ink, is_dark=is_dark),
        "strip": comparator_strip.draw_strip(
            comparator_strip.strip_table(pain, order), "points of 100", 10, ink
        ),
        "shares": share_strip.draw_shares(
            share_strip.shares_table(
                [("Survey 2017's \\ people", 31.0, True), ("Survey 2022", 9, False)]
            ),
            80.0,
            "of people",
            ink,
        ),
        "funnel": funnel.draw_funnel(funnel.funnel_table(many(members)), stratum, ink),
        "lights": traffic_lights.draw_lights(lights, ink, is_dark=is_dark),
        "overlap": overlap.draw_overlap(
            overlap.overlap_table(tables["review_overlap"], {"review2019": "Review 2019"}), ink
        ),
        "gaps": gap_map.draw_gaps(gaps, ink),
        "prisma": prisma.draw_flow(flow, ink),
        "timeline": timeline.draw_timeline(times, ink, is_dark=is_dark),
        "card": claim_card.draw_card(
            claim_card.card_table(claim, "no search yet", "one"), ink, is_dark=is_dark
        ),
    }


@pytest.mark.parametrize("is_dark", [False, True])
def test_every_picture_renders_as_svg_without_a_network(is_dark, tables, stratum, members):
    ink = ground(is_dark=is_dark)
    drawn = pictures(tables, stratum, members, ink, is_dark)
    assert len(drawn) == 11
    for name, chart in drawn.items():
        spec = configured(chart, ink.page).to_dict(validate=True)
        spec.setdefault("width", 720)
        svg = vl_convert.vegalite_to_svg(spec)
        assert svg.startswith("<svg"), name


def test_forest_shows_the_cells_of_its_stratum(stratum, members):
    table = forest.forest_table(stratum, members)
    shown = numbers_of(forest.draw_forest(table, stratum, LIGHT))
    for column in ("effect", "ci_low", "ci_high"):
        assert {round(float(v), 6) for v in table[column].dropna()} <= shown
    estimate = table[table["part"] == "estimate"].iloc[0]
    assert (estimate["effect"], estimate["ci_low"]) == (stratum["estimate"], stratum["ci_low"])


def test_forest_keeps_reviews_out_of_the_pool(stratum, members):
    table = forest.forest_table(stratum, members)
    reviews = table[table["role"].isin(["index review", "other review"])]
    assert len(reviews) == 2
    assert reviews["weight_percent"].isna().all()


def test_forest_cuts_a_far_prediction_interval_but_prints_it(stratum, members):
    wide = stratum | {"prediction_low": -300.0, "prediction_high": 300.0}
    table = forest.forest_table(wide, members)
    spec = str(configured(forest.draw_forest(table, wide, LIGHT)).to_dict())
    assert "−300.0 to 300.0" in spec
    assert "triangle-right" in spec


def test_harvest_by_the_sources_own_test(members):
    tests = {str(i): "no clear difference" for i in members["result_id"]}
    table = harvest.tested_table(members, tests)
    assert set(table["direction"]) == {"null"}
    assert len(table) == len(members)


def test_gap_map_draws_empty_cells(tables):
    decision = tables["syntheses"]
    table = gap_map.gap_table(decision, {"q-none": ("C11", "after-sprains")}, ["pain"])
    assert list(table["studies"]) == [0] * len(gap_map.COMPARATORS)
    assert len(configured(gap_map.draw_gaps(table, DARK)).to_dict()["layer"]) == 1


def test_flow_counts_once_and_keeps_reasons(tables):
    table = prisma.flow_table(tables["prisma_counts"])
    assert set(table["n"]) == {14, 2, 12}
    assert "other population" in set(table["reason"].dropna())


def test_the_lines_of_a_flow_fit_a_phone_and_tear_no_count(tables):
    counts = tables["prisma_counts"].copy()
    counts["n"] = 12_345
    counts["reason"] = "no comparator that the claim asks about"
    spec = configured(prisma.draw_flow(prisma.flow_table(counts), LIGHT)).to_dict()
    lines = [
        line
        for rows in spec["datasets"].values()
        for row in rows
        for line in str(row.get("words", "")).split("|")
    ]
    assert max(map(len, lines)) <= prisma.LINE_LENGTH
    assert any("(n = 12,345)" in line for line in lines)


def test_a_pointer_on_a_bar_says_its_side_as_the_column_does_and_where_it_is_recorded():
    table = pd.DataFrame(
        {
            "label": ["A 2010", "B 2011"],
            "direction": ["null", "not reported"],
            "in_words": [False, False],
            "people": [40, None],
            "risk_of_bias": ["low", "not assessed"],
            "result_id": ["a", "b"],
        }
    )
    bars = harvest.draw_harvest(table, LIGHT, names=harvest.TESTED, sources={"a": "PubMed 1"})
    cells = bars.layer[0].data[["side", "source", "record"]].to_numpy().tolist()
    assert cells == [
        ["no clear difference", "its own test", "PubMed 1"],
        ["no test reported", "nothing: none is reported", ""],
    ]
    assert harvest.draw_harvest(table, LIGHT).layer[0].data["side"][0] == "exactly no difference"


def test_lights_name_what_is_not_assessable(members, tables):
    table = traffic_lights.lights_table(members, tables["risk_of_bias"])
    spec = str(configured(traffic_lights.draw_lights(table, LIGHT)).to_dict())
    assert "not assessable" in spec


def test_a_domain_of_another_tool_is_no_disc_and_a_gap_in_the_own_tool_is():
    rows = [("A 2010", "RoB 2", "blinding", "low"), ("A 2010", "RoB 2", "outcome", "high"),
            ("B 2011", "RoB 2", "blinding", "low"), ("C 2012", "PEDro", "allocation", "yes")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["study", "tool", "domain", "judgement"])
    letters = traffic_lights.draw_lights(table, LIGHT).layer[1].data
    marks = letters.set_index(["study", "domain"])["letter"]
    assert marks["B 2011", "outcome"] == "?"
    assert marks["A 2010", "allocation"] == "·"
    assert marks["C 2012", "blinding"] == "·"
    discs = traffic_lights.draw_lights(table, LIGHT).layer[0].data
    assert len(discs) == 5  # four judgements and the gap of B 2011


@pytest.mark.parametrize("word", list(VerdictWord))
def test_words_of_verdicts_are_readable_on_their_ground(word):
    look = VERDICT_LOOK[word]
    assert contrast(look.light, LIGHT.page) >= 4.5
    assert contrast(look.dark, DARK.page) >= 4.5


@pytest.mark.parametrize("ink", [LIGHT, DARK])
def test_inks_are_readable_on_every_ground(ink):
    for text in (ink.ink, ink.second, ink.third, ink.accent):
        for under in (ink.page, ink.surface, ink.zone):
            assert contrast(text, under) >= 4.5


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
