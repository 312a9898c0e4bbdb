"""Rows of other kinds of claim as evidence: what an interval may say, and what it may not."""

from __future__ import annotations

import pandas as pd
import pytest

from evidence.synthesis.other_kinds import association_evidence

ROW = {
    "result_id": "r-01",
    "study_id": "r",
    "label": "R 2001",
    "design": "cross-sectional",
    "intervention": "sitting",
    "reported_test": None,
    "found": None,
    "population_match": "direct",
    "estimate": 23.9,
    "ci_low": 16.5,
    "ci_high": 33.1,
    "n_participants": 100,
    "sample_kind": "population sample",
}


def association(**more: object):
    (found,) = association_evidence(pd.DataFrame([{**ROW, **more}]), {}, {})
    return found


@pytest.mark.parametrize("measure", ["RATE", "PROP", "OTHER", "MEAN"])
def test_an_interval_of_a_lone_figure_is_no_association(measure):
    found = association(outcome_domain="disability", measure=measure)
    assert (found.measure, found.estimate, found.ci_low, found.ci_high) == (None,) * 4


@pytest.mark.parametrize("measure", ["OR", "RR", "MD"])
def test_an_interval_of_a_contrast_is(measure):
    found = association(outcome_domain="disability", measure=measure)
    assert (found.ci_low, found.ci_high) == (16.5, 33.1)


def test_a_ratio_printed_the_other_way_round_is_turned():
    row = {"outcome_domain": "risk association", "measure": "RR", "is_inverted": True}
    found = association(**row, estimate=2.0, ci_low=1.0, ci_high=4.0)
    assert (found.estimate, found.ci_low, found.ci_high) == (0.5, 0.25, 1.0)
