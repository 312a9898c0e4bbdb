"""Small working tables of results, as the appraisal hands them on: invented, one row a line."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pandas as pd

from evidence.claims.eligibility import candidates, judge_eligibility
from evidence.claims.matching import CodeMatch, DurationMatch, MatchRule, OutcomeRule
from evidence.claims.registry import Asserts, Claim
from evidence.synthesis.eligible import EligibleResult
from evidence.vocabulary import (
    AssertedDirection,
    ClaimKind,
    ComparatorClass,
    Design,
    Direction,
    DirectionSource,
    Match,
    OutcomeDomain,
    RiskOfBias,
    TimeWindow,
)

ROW: dict[str, Any] = {
    "result_id": "trial-01",
    "study_id": "trial",
    "label": "Trial 2001",
    "topics": ["warm-socks"],
    "design": "randomized trial",
    "year": 2001,
    "search_date": None,
    "species": "human",
    "second_report_of": None,
    "retraction_status": ["not checked"],
    "population_codes": ["cold-feet"],
    "pain_duration_class": "chronic",
    "special_population": None,
    "intervention": "warm socks",
    "intervention_code": "warm-socks",
    "intervention_is_sham": False,
    "intervention_sessions": None,
    "comparator_class": "sham",
    "comparator": "thin socks",
    "sham_kind": "non-penetrating",
    "outcome_domain": "pain",
    "outcome_code": "pain-intensity",
    "weeks_after_end": 0.0,
    "duplicate_of": None,
    "direction": "favours intervention",
    "reported_test": None,
    "measure": "MD",
    "higher_is": "worse",
    "scale": "VAS",
    "scale_min": 0.0,
    "scale_max": 100.0,
    "estimate": None,
    "ci_low": None,
    "ci_high": None,
    **{
        f"{part}_{arm}": None
        for part in ("n", "mean", "sd", "events", "percent")
        for arm in ("intervention", "comparator")
    },
}


def working(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return a working table of results that differ from a plain one as given."""
    named = [{**ROW, "result_id": f"trial-{i:02d}", **row} for i, row in enumerate(rows, start=1)]
    return pd.DataFrame(named).astype("object")


RULE = MatchRule(
    populations=CodeMatch(direct=("cold-feet",), indirect=("cold-hands",)),
    durations=DurationMatch(),
    interventions=CodeMatch(direct=("warm-socks",), indirect=("warm-boots",)),
    outcomes=(OutcomeRule(OutcomeDomain.PAIN), OutcomeRule(OutcomeDomain.DISABILITY)),
    elsewhere=("cold-nose",),
)


def claim(rule: MatchRule = RULE, kind: ClaimKind = ClaimKind.EFFICACY, **more: Any) -> Claim:
    """Return a claim about warm socks."""
    given: dict[str, Any] = {
        "claim_id": "warm-socks-help",
        "label": "C01",
        "document_id": "leaflet",
        "quote": "Warm socks help cold feet.",
        "occurrence": None,
        "char_start": 0,
        "char_end": 26,
        "sentence_ids": ("s1",),
        "statement": "Warm socks help cold feet.",
        "kind": kind,
        "why_untestable": None,
        "asserts": Asserts(AssertedDirection.BENEFIT, strength=2, words="help"),
        "population": "people with cold feet",
        "intervention": "warm socks",
        "exposure": None,
        "comparators": (ComparatorClass.SHAM,),
        "outcomes": ("pain intensity",),
        "time_claimed": None,
        "generality": None,
        "topics": ("warm-socks",),
        "query": None,
        "match": rule,
        "cited_reference": None,
        "question_id": "warm-socks",
        **more,
    }
    return Claim(**given)


def judged(*rows: dict[str, Any], asked: Claim | None = None) -> pd.DataFrame:
    """Return eligibility of some rows for the claim, by result id."""
    found = judge_eligibility(asked or claim(), candidates(working(*rows)))
    return found.set_index("result_id")


def eligible(**more: Any) -> EligibleResult:
    """Return one eligible result: 50 people, 12 points better, SE 3."""
    given: dict[str, Any] = dict.fromkeys(field.name for field in fields(EligibleResult))
    given |= {
        "result_id": "trial-01",
        "study_id": "trial",
        "label": "Trial 2001",
        "design": Design.RANDOMIZED_TRIAL,
        "comparator_class": ComparatorClass.SHAM,
        "outcome_domain": OutcomeDomain.PAIN,
        "outcome_rank": 0,
        "time_window": TimeWindow.IMMEDIATE,
        "is_window_approximate": False,
        "direction": Direction.FAVOURS_INTERVENTION,
        "direction_source": DirectionSource.EFFECT,
        "population_match": Match.DIRECT,
        "intervention_match": Match.DIRECT,
        "risk_of_bias": RiskOfBias.NOT_ASSESSED,
        "usable_for_pooling": True,
        "is_about": False,
        "is_primary": False,
        "year": 2001,
        "effect": 12.0,
        "effect_se": 3.0,
        "effect_ci_low": 6.12,
        "effect_ci_high": 17.88,
        "effect_unit": "points of 100",
        "n_participants": 50,
    }
    return EligibleResult(**(given | more))
