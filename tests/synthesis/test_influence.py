"""Influence agrees with metafor's ``influence`` (validation/metafor/more_figures.R)."""

import json

import numpy as np
import pytest

from evidence.errors import StatisticsError
from evidence.synthesis.influence import cumulative, influence, leave_one_out
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.pooling import pool
from evidence.synthesis.small_study import peters
from tests.synthesis.metafor_figures import FILE, disagreements

FIGURES = json.loads((FILE.parent / "more_figures.json").read_text(encoding="utf-8"))
CI = {"z": CiMethod.Z, "knha": CiMethod.HARTUNG_KNAPP}
OURS = {
    "rstudent": "rstudent", "dffits": "dffits", "cook.d": "cook", "cov.r": "covariance_ratio",
    "tau2.del": "tau2_without", "QE.del": "q_without", "hat": "hat", "weight": "weight_percent",
    "dfbs": "dfbetas",
}  # fmt: skip


@pytest.mark.parametrize(
    "case", FIGURES["influence"], ids=lambda case: f"{case['method']} {case['test']}"
)
def test_influence_of_each_bcg_trial_agrees(case):
    found = influence(
        FIGURES["yi"], FIGURES["vi"], method=PoolingMethod(case["method"]), ci=CI[case["test"]]
    )
    pairs = {
        f"{figure} {row + 1}": (float(getattr(found, ours)[row]), value)
        for figure, ours in OURS.items()
        for row, value in enumerate(case[figure])
    }
    assert disagreements(pairs, rel=1e-7) == []  # metafor's refits stop at its default tolerance
    assert found.is_influential.tolist() == case["is_influential"]


def test_peters_test_agrees_with_rs_linear_model():
    figures = FIGURES["peters"]
    fit = peters(FIGURES["yi"], figures["events"], figures["n"]).fit
    assert fit is not None
    pairs = {
        "slope": (fit.slope, figures["slope"]),
        "se": (fit.slope_se, figures["se"]),
        "t": (fit.statistic, figures["t"]),
        "p": (fit.p_value, figures["p"]),
    }
    assert disagreements(pairs) == []


def test_peters_test_says_why_it_has_no_answer():
    test = peters([0.1, 0.2, 0.3], [0, 4, 5], [20, 30, 40])
    assert test.p_value is None
    assert "no event" in test.reason


def test_leave_one_out_is_pooling_the_others():
    y, v = FIGURES["yi"], FIGURES["vi"]
    found = leave_one_out(y, v)
    for row in range(len(y)):
        others = pool(np.delete(y, row), np.delete(v, row))
        assert found.estimate[row] == pytest.approx(others.estimate, rel=1e-12)
        assert found.ci_low[row] == pytest.approx(others.ci_low, rel=1e-12)


def test_cumulative_ends_with_the_whole_pool():
    y, v = FIGURES["yi"], FIGURES["vi"]
    found = cumulative(y, v)
    assert found.k.tolist() == list(range(1, len(y) + 1))
    assert found.estimate[-1] == pytest.approx(pool(y, v).estimate, rel=1e-12)
    assert found.estimate[0] == y[0]


@pytest.mark.parametrize(("function", "y"), [(leave_one_out, [1.0]), (influence, [1.0, 2.0])])
def test_too_few_studies_are_refused_with_the_number(function, y):
    with pytest.raises(StatisticsError, match=f"studies, there (is|are) {len(y)}"):
        function(y, [1.0] * len(y))


def test_many_studies_are_left_out_in_blocks(monkeypatch):
    rng = np.random.default_rng(5)
    v = rng.gamma(1.0, 1.0, 40) + 0.05
    y = rng.normal(0, 2, 40)
    whole = leave_one_out(y, v)
    monkeypatch.setattr("evidence.synthesis.influence.MOST_CELLS", 100)
    blocks = leave_one_out(y, v)
    np.testing.assert_array_equal(blocks.estimate, whole.estimate)
    np.testing.assert_array_equal(blocks.ci_high, whole.ci_high)
