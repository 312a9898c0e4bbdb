"""The document's claims, judged from the starter data: what must hold of every verdict."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from evidence.pipeline.build import make_tables
from evidence.tables import TABLES, check_table, conform, row_dicts
from evidence.vocabulary import Certainty, ReviewState, VerdictWord

EFFECTS = ("estimate", "ci_low", "ci_high")


@pytest.fixture(scope="module")
def verdicts(tables):
    return {row["claim_id"]: row for row in row_dicts(tables["claim_verdicts"])}


@pytest.fixture(scope="module")
def strata(tables):
    return {row["stratum_id"]: row for row in row_dicts(tables["syntheses"])}


def test_every_claim_has_exactly_one_verdict(tables, verdicts):
    assert sorted(verdicts) == sorted(tables["claims"]["claim_id"])
    assert len(verdicts) == 39


def test_every_table_keeps_to_its_declaration(tables):
    for name in TABLES:
        check_table(name, conform(name, tables.get(name, pd.DataFrame())))


def test_the_two_untestable_claims_are_not_testable_with_their_reason(tables, verdicts):
    reasons = tables["claims"].set_index("claim_id")["why_untestable"].dropna()
    assert len(reasons) == 2
    for claim_id, reason in reasons.items():
        assert verdicts[claim_id]["verdict"] == VerdictWord.NOT_TESTABLE
        assert reason.split(";")[0].rstrip(".") in verdicts[claim_id]["verdict_sentence"]


def test_highly_effective_is_not_supported_and_can_help_differs(verdicts):
    strong = verdicts["chronic-low-back-pain-highly-effective"]
    weak = verdicts["helps-chronic-back-pain"]
    assert strong["verdict"] == VerdictWord.OVERSTATED
    assert weak["verdict"] == VerdictWord.SUPPORTED_WITH_LIMITS


def test_highly_effective_says_in_points_what_was_found_against_which_comparator(verdicts, strata):
    row = verdicts["chronic-low-back-pain-highly-effective"]
    assert row["effect_unit"] == "points of 100"
    for arm in ("sham", "usual_care", "no_treatment"):
        low, effect, high = (row[f"{arm}_{part}"] for part in ("ci_low", "effect", "ci_high"))
        assert low < effect < high
    assert strata[row["main_stratum_id"]]["comparator_class"] == "sham"
    assert strata[row["pragmatic_stratum_id"]]["comparator_class"] == "usual care"


def test_lifetime_prevalence_sets_the_figure_beside_those_of_the_same_denominator(tables, verdicts):
    row = verdicts["lifetime-prevalence"]
    assert row["verdict"] in (VerdictWord.SUPPORTED, VerdictWord.SUPPORTED_WITH_LIMITS)
    assert "lifetime" in row["verdict_sentence"].lower()
    question = tables["claims"].set_index("claim_id").at["lifetime-prevalence", "question_id"]
    members = tables["stratum_members"]
    used = set(members.loc[members["question_id"] == question, "result_id"])
    outcomes = tables["study_results"].set_index("result_id").loc[sorted(used), "outcome_code"]
    assert used
    assert all("lifetime" in str(code) for code in outcomes)


def test_safety_is_never_plainly_supported_and_gives_a_rate(verdicts):
    row = verdicts["generally-safe"]
    assert row["verdict"] == VerdictWord.SUPPORTED_WITH_LIMITS
    assert re.search(r"in 10,000 patients", row["verdict_sentence"])


def test_no_unreviewed_rating_is_shown_above_low(verdicts, tables):
    for row in verdicts.values():
        assert row["review_state"] == ReviewState.PROVISIONAL
        assert row["certainty"] in (None, Certainty.LOW, Certainty.VERY_LOW)
    shown = set(tables["syntheses"]["certainty"].dropna())
    assert shown <= {Certainty.LOW, Certainty.VERY_LOW}


def test_every_number_of_a_sentence_is_the_number_of_its_cell(tables):
    keys = {name: TABLES[name].key[0] for name in TABLES}
    by_table = {
        name: tables[name].set_index(keys[name]) for name in set(tables["verdict_cells"]["table"])
    }
    checked = 0
    for cell in row_dicts(tables["verdict_cells"]):
        value = by_table[cell["table"]].at[cell["row_id"], cell["column"]]
        if isinstance(value, str):
            assert cell["printed"] in value or str(cell["value"]).rstrip("0").rstrip(".") in value
        else:
            assert float(value) == pytest.approx(cell["value"], rel=1e-12)
        checked += 1
    assert checked > 50


def test_every_sentence_of_an_efficacy_verdict_names_its_comparator(verdicts):
    for row in verdicts.values():
        if row["kind"] == "efficacy":
            assert "compared with" in row["verdict_sentence"]


def test_a_review_and_its_trials_are_never_both_counted(tables):
    members = tables["stratum_members"]
    for _, part in members.groupby("stratum_id"):
        roles = set(part["role"])
        assert not {"index review", "pooled"} <= roles


def test_a_study_counts_once_in_a_stratum(tables):
    members = tables["stratum_members"]
    counted = members[
        members["role"].isin(["pooled", "in the index review", "since the index review"])
    ]
    assert not counted.duplicated(["stratum_id", "study_id"]).any()


def test_weights_of_a_pool_add_up_to_a_hundred(tables):
    pooled = tables["stratum_members"].query("role == 'pooled'")
    sums = pooled.groupby("stratum_id")["weight_percent"].sum()
    assert sums.round(6).eq(100).all()


def test_comparators_are_never_mixed_in_a_stratum(tables):
    classes = tables["study_results"].set_index("result_id")["comparator_class"]
    strata = tables["syntheses"].set_index("stratum_id")["comparator_class"]
    efficacy = set(tables["questions"].query("kind == 'efficacy'")["question_id"])
    members = tables["stratum_members"]
    members = members[members["question_id"].isin(efficacy)]
    found = members["result_id"].map(classes)
    wanted = members["stratum_id"].map(strata)
    assert (found == wanted).all()


def test_a_sham_arm_never_counts_for_the_intervention(tables):
    sham_arms = set(tables["study_results"].query("intervention_is_sham == True")["result_id"])
    assert sham_arms
    assert not sham_arms & set(tables["stratum_members"]["result_id"])


def test_the_sentences_of_the_document_add_up(tables):
    (row,) = row_dicts(tables["documents"])
    states = tables["sentences"]["status"].value_counts()
    assert states.sum() == row["n_sentences"]
    assert row["n_unread"] == 0


def test_from_a_number_one_gets_to_its_row_and_its_source(tables):
    results = tables["study_results"].set_index("result_id")
    used = results.loc[sorted(set(tables["stratum_members"]["result_id"]))]
    assert used["source_note"].notna().all()
    assert set(used["study_id"]) <= set(tables["studies"]["study_id"])


def test_the_same_inputs_give_the_same_tables(inputs, tables):
    again = make_tables(inputs)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, again[name])
