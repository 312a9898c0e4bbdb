"""Section 4: which difference matters, on which scale."""

from __future__ import annotations

import pandas as pd
import pytest

from evidence.judgements import size_band
from evidence.synthesis.study_effects import add_effects
from evidence.vocabulary import SizeBand
from tests.method.builders import pooled, the_protocol
from tests.method.rows import working

P = the_protocol()


@pytest.mark.parametrize(
    ("unit", "mid"), [("points_0_100", 10), ("RMDQ", 2), ("SMD", 0.5), ("percentage_points", 10)]
)
def test_the_least_difference_that_matters_has_a_source(unit, mid):
    band = P.band(unit)
    assert band.mid == mid
    assert band.mid_source


@pytest.mark.parametrize(
    ("effect", "unit", "band"),
    [
        (4.9, "points of 100", SizeBand.TRIVIAL),
        (5.0, "points of 100", SizeBand.SMALL),
        (10.0, "points of 100", SizeBand.MODERATE),
        (-20.0, "points of 100", SizeBand.LARGE),
        (1.0, "RMDQ points", SizeBand.SMALL),
        (5.0, "RMDQ points", SizeBand.LARGE),
        (0.19, "SMD", SizeBand.TRIVIAL),
        (0.8, "SMD", SizeBand.LARGE),
    ],
)
def test_sizes_have_names(effect, unit, band):
    assert size_band(effect, pooled(effect, effect - 1, effect + 1, unit=unit).band) is band


def test_every_verdict_is_also_computed_at_one_and_a_half_times_that_difference():
    assert P.number("mid.sensitivity_factor") == 1.5


@pytest.mark.parametrize(
    ("row", "band"),
    [
        ({"estimate": -12.0, "ci_low": -18.0, "ci_high": -6.0}, "moderate"),
        ({"estimate": 4.0, "ci_low": -2.0, "ci_high": 10.0}, "trivial"),
        # The RMDQ keeps its own bands: 2 of 24 points are moderate there, 8.3 of 100 would be small.
        ({"estimate": -2.0, "scale": "RMDQ", "scale_max": 24.0}, "moderate"),
        ({"measure": "SMD", "estimate": -0.5, "ci_low": -0.7, "ci_high": -0.3}, "moderate"),
        ({"estimate": -2.4, "scale_max": None}, None),
    ],
)
def test_each_result_says_how_large_its_effect_is(row, band):
    size = add_effects(working(row), P)["size_band"].iloc[0]
    assert (None if pd.isna(size) else size) == band
