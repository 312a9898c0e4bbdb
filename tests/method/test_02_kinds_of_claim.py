"""Section 2: what each kind of claim can be answered with, and what it can never be."""

from __future__ import annotations

import pytest

from evidence.verdict.bodies import Body, rate_body
from evidence.vocabulary import Certainty, RiskOfBias
from tests.method.builders import the_protocol

P = the_protocol()


@pytest.mark.parametrize(
    ("start", "level"),
    [
        ("randomized", Certainty.HIGH),
        ("nonrandomized", Certainty.LOW),
        ("safety", Certainty.HIGH),
        ("prevalence", Certainty.HIGH),
        ("utilization", Certainty.HIGH),
        ("association", Certainty.HIGH),
        ("cause", Certainty.LOW),
    ],
)
def test_each_kind_starts_at_its_own_certainty(start, level):
    assert Certainty.from_level(P.whole(f"certainty.start.{start}")) is level


def rated(**changes) -> Certainty:
    fields = {"start": "prevalence", "bias": (RiskOfBias.LOW,) * 4, "n_people": 2000}
    return rate_body(Body(**(fields | changes)), P, signatures=2).rated


def test_good_samples_of_enough_people_are_high():
    assert rated() is Certainty.HIGH


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"intervals": ((10.0, 20.0), (30.0, 40.0))}, Certainty.MODERATE),
        ({"intervals": ((10.0, 20.0), (15.0, 40.0))}, Certainty.HIGH),
        ({"indirect": "a single clinic"}, Certainty.MODERATE),
        ({"n_people": 399}, Certainty.MODERATE),
        ({"n_people": 199}, Certainty.LOW),
        ({"n_people": None}, Certainty.MODERATE),
        ({"bias": (RiskOfBias.HIGH,) * 4}, Certainty.MODERATE),
        ({"bias": (RiskOfBias.NOT_ASSESSED,) * 4}, Certainty.LOW),
        ({"is_passive": True}, Certainty.MODERATE),
        ({"k": 1}, Certainty.MODERATE),
    ],
)
def test_each_shortcoming_of_observational_studies_costs_its_levels(change, expected):
    assert rated(**change) is expected
