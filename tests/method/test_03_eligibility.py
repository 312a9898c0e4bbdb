"""Section 3: which study results answer a claim, and the first rule that fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.claims.matching import MatchRule
from evidence.vocabulary import ClaimKind, ExclusionReason, Match, ShamKind
from tests.method.rows import RULE, claim, judged


def reason(row: dict, **more: object) -> object:
    found = judged(row, **more)
    return None if found.empty else found["reason"].iloc[0]


def test_a_trial_of_the_claims_people_intervention_and_outcome_is_eligible():
    row = judged({}).iloc[0]
    assert row["is_eligible"]
    assert row["population_match"] == Match.DIRECT


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"design": "case report"}, ExclusionReason.DESIGN),
        ({"design": "narrative review"}, ExclusionReason.DESIGN),
        ({"design": "network meta-analysis"}, ExclusionReason.DESIGN),
        ({"design": "guideline"}, ExclusionReason.DESIGN),
        ({"comparator_class": None}, ExclusionReason.COMPARATOR),
        ({"comparator_class": "none"}, ExclusionReason.COMPARATOR),
        ({"outcome_domain": "cost"}, ExclusionReason.OUTCOME),
        ({"direction": "not reported"}, ExclusionReason.NO_RESULT),
        ({"retraction_status": ["retracted"]}, ExclusionReason.RETRACTED),
        ({"second_report_of": "another"}, ExclusionReason.REPORT_KIND),
        ({"duplicate_of": "another-01"}, ExclusionReason.REPORT_KIND),
    ],
)
def test_the_first_rule_that_fails_is_the_coded_reason(row, expected):
    assert reason(row) == expected


def test_the_first_failing_rule_wins_over_later_ones():
    row = {"design": "case report", "outcome_domain": "cost", "direction": "not reported"}
    assert reason(row) == ExclusionReason.DESIGN


@pytest.mark.parametrize(
    "row",
    [
        {"population_codes": ["warts"]},
        {"intervention_code": "cold-socks"},
        {"intervention_is_sham": True},
        {"species": "animal"},
    ],
)
def test_other_people_and_other_interventions_are_left_out_altogether(row):
    assert judged(row).empty


def test_a_neighbouring_population_is_indirect_never_excluded():
    row = judged({"population_codes": ["cold-hands"]}).iloc[0]
    assert row["is_eligible"]
    assert row["population_match"] == Match.INDIRECT


def test_another_part_of_the_body_is_shown_and_never_eligible():
    row = judged({"population_codes": ["cold-nose"]}).iloc[0]
    assert row["is_elsewhere"]
    assert not row["is_eligible"]


def test_people_of_a_special_population_never_answer_another_claim():
    assert judged({"special_population": "pregnancy"}).empty


def test_language_is_never_a_reason():
    assert all("language" not in str(word) for word in ExclusionReason)


def test_no_retraction_data_is_not_checked_and_never_excludes():
    assert reason({"retraction_status": ["not checked"]}) is None


def test_a_claim_on_points_is_answered_only_by_its_kind_of_sham():
    asked = claim(replace(RULE, sham_kinds=(ShamKind.NEEDLE_NON_POINT,)))
    assert reason({"sham_kind": "non-penetrating"}, asked=asked) == ExclusionReason.COMPARATOR
    assert reason({"sham_kind": "needle non-point"}, asked=asked) is None


def test_a_claim_on_few_sessions_takes_short_courses_and_a_week():
    asked = claim(replace(RULE, max_sessions=5, max_weeks_after=1.0))
    assert reason({"intervention_sessions": 3}, asked=asked) is None
    assert judged({"intervention_sessions": 8}, asked=asked).empty
    assert judged({"intervention_sessions": None}, asked=asked).empty
    assert judged({"intervention_sessions": 3, "weeks_after_end": 4.0}, asked=asked).empty


def test_animals_answer_claims_of_mechanism():
    asked = claim(kind=ClaimKind.MECHANISM)
    assert reason({"species": "animal", "design": "animal"}, asked=asked) is None


def test_a_topic_only_proposes_and_every_fit_is_then_indirect():
    asked = claim(MatchRule())
    row = judged({"population_codes": ["warts"]}, asked=asked).iloc[0]
    assert row["is_eligible"]
    assert row["population_match"] == Match.INDIRECT
    assert "a person confirms" in row["note"]
    assert judged({"topics": ["something-else"]}, asked=asked).empty


def test_one_study_in_several_codes_is_judged_once_a_row():
    found = judged({}, {"outcome_domain": "disability"}, {"outcome_domain": "cost"})
    assert found["outcome_rank"].tolist() == [0, 1, None]
