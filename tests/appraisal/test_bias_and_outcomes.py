"""Signals of bias, outcomes, time points and dose; every text is invented."""

import pytest

from evidence.appraisal.bias import find_bias_signals
from evidence.appraisal.outcomes import classify_outcome, find_weeks, primary_outcome
from evidence.appraisal.sentences import split_passage
from evidence.vocabulary import HigherIs, OutcomeDomain, SignalState


def signals(text):
    return {s.signal: s.state for s in find_bias_signals(split_passage("T", text))}


def test_silence_is_not_assessable_and_never_absent():
    assert set(signals("We asked bakers.").values()) == {SignalState.NOT_ASSESSABLE}


def test_stated_signals_are_stated():
    found = signals(
        "A double-blind trial with computer-generated randomization and sealed opaque envelopes (NCT01234567). "
        "Analysis was by intention to treat. Three patients were lost to follow-up."
    )
    assert set(found.values()) == {SignalState.STATED}


def test_an_open_label_trial_states_that_blinding_is_absent():
    assert signals("An open-label trial.")["blinding of participants"] == SignalState.STATED_ABSENT


@pytest.mark.parametrize(
    ("text", "domain", "scale", "runs"),
    [
        ("visual analogue scale", OutcomeDomain.PAIN, "VAS", HigherIs.WORSE),
        ("Oswestry Disability Index", OutcomeDomain.DISABILITY, "ODI", HigherIs.WORSE),
        ("SF-36 physical component", OutcomeDomain.QUALITY_OF_LIFE, "SF", HigherIs.BETTER),
        ("serious adverse events", OutcomeDomain.SERIOUS_ADVERSE_EVENT, None, HigherIs.WORSE),
        ("colour of the balloon", OutcomeDomain.OTHER, None, HigherIs.NOT_APPLICABLE),
    ],
)
def test_outcomes_have_domain_scale_and_direction(text, domain, scale, runs):
    assert classify_outcome(text) == (domain, scale, runs)


def test_time_points_become_weeks():
    assert find_weeks("at 6 months, after 12 weeks and at 2 years") == [26.0, 12.0, 104.0]


def test_ages_are_no_time_points():
    assert find_weeks("a 45 year old man") == []


def test_the_primary_outcome_is_found_in_both_orders():
    assert (
        primary_outcome(split_passage("T", "The primary outcome was pain at 12 weeks."))[0]
        == "pain at 12 weeks"
    )
    assert (
        primary_outcome(split_passage("T", "Pain at 12 weeks was the primary endpoint."))[0]
        == "pain at 12 weeks"
    )
