"""Which coded rows answer a claim."""

from __future__ import annotations

import pytest

from evidence.claims.matching import (
    CodeMatch,
    DurationMatch,
    ExposurePart,
    MatchRule,
    OutcomeRule,
    worse_match,
)
from evidence.vocabulary import Match, OutcomeDomain, PainDuration, SpecialPopulation

RULE = MatchRule(
    populations=CodeMatch(("poor-sleep",), ("snoring",)),
    durations=DurationMatch((PainDuration.CHRONIC,), (PainDuration.MIXED,)),
    interventions=CodeMatch(("river-bathing",), ("footbath",)),
    outcomes=(
        OutcomeRule(OutcomeDomain.PAIN, ("leg-pain",)),
        OutcomeRule(OutcomeDomain.PAIN),
        OutcomeRule(OutcomeDomain.DISABILITY),
    ),
    elsewhere=("sore-knees",),
)


@pytest.mark.parametrize(
    ("codes", "duration", "special", "fit"),
    [
        (["poor-sleep"], PainDuration.CHRONIC, None, Match.DIRECT),
        (["snoring"], PainDuration.CHRONIC, None, Match.INDIRECT),
        (["snoring", "poor-sleep"], PainDuration.CHRONIC, None, Match.DIRECT),
        (["poor-sleep", "sore-knees"], PainDuration.CHRONIC, None, Match.INDIRECT),
        (["sore-knees"], PainDuration.CHRONIC, None, Match.NONE),
        (["hay-fever"], PainDuration.CHRONIC, None, Match.NONE),
        ([], PainDuration.CHRONIC, None, Match.NONE),
        (["poor-sleep"], PainDuration.MIXED, None, Match.INDIRECT),
        (["poor-sleep"], None, None, Match.INDIRECT),
        (["poor-sleep"], PainDuration.ACUTE, None, Match.NONE),
        (["poor-sleep"], PainDuration.CHRONIC, SpecialPopulation.PREGNANCY, Match.NONE),
    ],
)
def test_people_fit_by_condition_duration_and_place(codes, duration, special, fit):
    assert RULE.match_population(codes, duration, special) is fit


def test_a_special_population_counts_where_the_claim_is_about_it():
    rule = MatchRule(special_populations=(SpecialPopulation.PREGNANCY,))
    assert rule.match_population(["any"], None, SpecialPopulation.PREGNANCY) is Match.DIRECT
    assert rule.match_population(["any"], None, SpecialPopulation.CANCER) is Match.NONE


def test_a_rule_that_names_nothing_takes_everything_but_elsewhere():
    rule = MatchRule(elsewhere=("sore-knees",))
    assert rule.match_population(["poor-sleep"]) is Match.DIRECT
    assert rule.match_population([]) is Match.DIRECT
    assert rule.match_population(["sore-knees"]) is Match.NONE
    assert rule.is_elsewhere(["sore-knees"])
    assert not rule.is_elsewhere(["poor-sleep"])


@pytest.mark.parametrize(
    ("code", "fit"),
    [
        ("river-bathing", Match.DIRECT),
        ("footbath", Match.INDIRECT),
        ("laser", Match.NONE),
        (None, Match.NONE),
    ],
)
def test_interventions_fit_by_code(code, fit):
    assert RULE.match_intervention(code) is fit


def test_the_first_outcome_that_fits_gives_the_rank():
    assert RULE.outcome_rank(OutcomeDomain.PAIN, "leg-pain") == 0
    assert RULE.outcome_rank(OutcomeDomain.PAIN, "pain-intensity") == 1
    assert RULE.outcome_rank(OutcomeDomain.DISABILITY) == 2
    assert RULE.outcome_rank(OutcomeDomain.COST) is None


def test_a_compound_exposure_is_told_by_its_parts_the_direct_first():
    sitting = ExposurePart("sitting", CodeMatch(("sitting",), ("driving",)))
    driving = ExposurePart("driving", CodeMatch(("driving",)))
    rule = MatchRule(exposures=(sitting, driving))
    assert rule.match_exposure("sitting") == (sitting, Match.DIRECT)
    assert rule.match_exposure("driving") == (driving, Match.DIRECT)
    assert rule.match_exposure("moss") is None
    assert rule.match_exposure(None) is None


def test_the_worse_of_two_fits_holds():
    assert worse_match(Match.DIRECT, Match.INDIRECT) is Match.INDIRECT
    assert worse_match(Match.NONE, Match.INDIRECT) is Match.NONE
