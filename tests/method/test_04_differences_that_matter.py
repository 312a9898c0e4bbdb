"""Section 4: which difference matters, on which scale."""

from __future__ import annotations

import pytest

from evidence.verdict.domains import size_band
from evidence.vocabulary import SizeBand
from tests.method.builders import pooled, the_protocol

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
    assert size_band(effect, pooled(effect, effect - 1, effect + 1, unit=unit)) is band


def test_every_verdict_is_also_computed_at_one_and_a_half_times_that_difference():
    assert P.number("mid.sensitivity_factor") == 1.5
