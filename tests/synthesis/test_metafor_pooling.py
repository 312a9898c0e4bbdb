"""Pooling agrees with R metafor 3.8-1 on every figure of 20 data sets (validation/metafor)."""

import json

import numpy as np
import pandas as pd
import pytest

from evidence.synthesis.batches import single
from evidence.synthesis.heterogeneity import heterogeneity_intervals
from evidence.synthesis.influence import cumulative, leave_one_out
from evidence.synthesis.methods import CiMethod, PoolingMethod, PredictionMethod
from evidence.synthesis.pooling import pool, pool_table
from evidence.synthesis.random_effects import pool_batch, prediction_interval
from evidence.synthesis.tau2 import tau2_standard_error
from tests.synthesis.metafor_figures import (
    CI_WORDS,
    NULL_FOR_ONE_STUDY,
    SETS,
    SEVERAL,
    disagreements,
    having,
    table,
)

OURS = {
    "b": "estimate",
    "se": "se",
    "pval": "p_value",
    "ci_lb": "ci_low",
    "ci_ub": "ci_high",
    "tau2": "tau2",
    "I2": "i2",
    "H2": "h2",
    "QE": "q",
    "QEp": "q_p",
    "pi_t_km2_lb": "prediction_low",
    "pi_t_km2_ub": "prediction_high",
}
MODELS = [
    pytest.param(name, method, test, id=f"{name} {method} {test}")
    for name, data in SETS.items()
    for method, tests in data["models"].items()
    for test in tests
    if test in CI_WORDS
]


def _wanted(name: str, figures: dict[str, float | None]) -> dict[str, float | None]:
    if SETS[name]["k_used"] > 1:
        return figures
    return {figure: value for figure, value in figures.items() if figure not in NULL_FOR_ONE_STUDY}


@pytest.mark.parametrize(("name", "method", "test"), MODELS)
def test_every_model_figure_agrees(name, method, test):
    data = SETS[name]
    figures = _wanted(name, data["models"][method][test])
    pools = pool_batch(
        data["yi"], data["vi"], method=PoolingMethod(method), ci=CiMethod(CI_WORDS[test])
    )
    pairs = {
        f"{name} {method} {test} {figure}": (float(getattr(pools, ours)[0]), figures[figure])
        for figure, ours in OURS.items()
        if figure in figures
    }
    statistic = float(pools.estimate[0] / pools.se[0])
    pairs[f"{name} {method} {test} stat"] = (statistic, figures["stat"])
    assert disagreements(pairs) == []
    assert figures["k"] == pools.k[0]
    assert pools.is_converged.all()


@pytest.mark.parametrize(("name", "method", "test"), MODELS)
def test_all_three_prediction_intervals_agree(name, method, test):
    data = SETS[name]
    figures = data["models"][method][test]
    if data["k_used"] == 1 or method == "FE":
        pools = pool_batch(data["yi"], data["vi"], method=PoolingMethod(method))
        assert np.isnan(pools.prediction_low[0])  # none is defined
        return
    pools = pool_batch(
        data["yi"], data["vi"], method=PoolingMethod(method), ci=CiMethod(CI_WORDS[test])
    )
    predict = PredictionMethod.NORMAL if test == "z" else PredictionMethod.T_K_MINUS_1
    pairs = {}
    for kind, prefix in (
        (predict, "pi"),
        (PredictionMethod.T_K_MINUS_1, "pi_t_km1"),
        (PredictionMethod.T_K_MINUS_2, "pi_t_km2"),
    ):
        low, high = prediction_interval(pools.estimate, pools.se, pools.tau2, pools.k, kind)
        for side, value in (("lb", low), ("ub", high)):
            label = f"{name} {method} {test} {prefix}_{side}"
            pairs[label] = (float(value[0]), figures.get(f"{prefix}_{side}"))
    assert disagreements(pairs) == []


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("method", ["DL", "PM", "REML", "ML", "EB", "HE", "HS", "SJ"])
def test_standard_error_of_tau2_agrees(name, method):
    data = SETS[name]
    batch = single(np.array(data["yi"]), np.array(data["vi"]))
    tau2 = pool_batch(data["yi"], data["vi"], method=PoolingMethod(method)).tau2
    ours = float(tau2_standard_error(batch, tau2, method)[0])
    theirs = data["models"][method]["z"]["se_tau2"]
    assert disagreements({f"{name} {method} se_tau2": (ours, theirs)}) == []


@pytest.mark.parametrize("name", SEVERAL)
def test_q_profile_limits_agree(name):
    data = SETS[name]
    ours = heterogeneity_intervals(data["yi"], data["vi"])
    assert ours is not None
    for method, tests in data["models"].items():
        if "qprofile" not in tests:
            continue
        pairs = {
            f"{name} {method} qprofile {figure}": (
                getattr(ours, figure.lower())[side],
                tests["qprofile"][figure][1 + side],
            )
            for figure in ("tau2", "tau", "I2", "H2")
            for side in (0, 1)
        }
        assert disagreements(pairs) == []


@pytest.mark.parametrize("name", having("Q_based"))
def test_q_based_figures_agree(name):
    data = SETS[name]
    figures = data["Q_based"]
    report = pool(data["yi"], data["vi"])
    fixed = pool(data["yi"], data["vi"], method="FE", ci="z")
    pairs = {
        f"{name} Q": (report.q, figures["Q"]),
        f"{name} I2_higgins": (report.i2_q, figures["I2_higgins"]),
        f"{name} H2_higgins": (fixed.h2, figures["H2_higgins"]),
    }
    assert disagreements(pairs) == []
    assert figures["df"] == report.k - 1


@pytest.mark.parametrize("name", having("leave1out"))
@pytest.mark.parametrize("method", ["FE", "DL", "REML"])
def test_leave_one_out_agrees(name, method):
    data = SETS[name]
    figures = data["leave1out"][method]
    ours = leave_one_out(data["yi"], data["vi"], method=PoolingMethod(method), ci=CiMethod.Z)
    columns = {
        "estimate": ours.estimate, "se": ours.se, "pval": ours.p_value, "ci_lb": ours.ci_low,
        "ci_ub": ours.ci_high,
    }  # fmt: skip
    if data["k_used"] > 2:  # without one of two studies, one is left: no heterogeneity
        columns |= {"Q": ours.q, "I2": ours.i2, "H2": ours.h2}
        columns |= {} if method == "FE" else {"tau2": ours.tau2}
    pairs = {
        f"{name} {method} without {row + 1} {figure}": (float(column[row]), figures[figure][row])
        for figure, column in columns.items()
        for row in range(data["k_used"])
    }
    assert disagreements(pairs) == []


@pytest.mark.parametrize("name", having("cumul"))
@pytest.mark.parametrize("method", ["FE", "DL", "REML"])
def test_cumulative_agrees(name, method):
    data = SETS[name]
    figures = data["cumul"][method]
    key = figures["order_by"]
    order = data["raw"].get(key) if key in data["raw"] else None
    ours = cumulative(data["yi"], data["vi"], order, method=PoolingMethod(method), ci=CiMethod.Z)
    columns = {
        "estimate": ours.estimate, "se": ours.se, "pval": ours.p_value, "ci_lb": ours.ci_low,
        "ci_ub": ours.ci_high, "QE": ours.q, "I2": ours.i2,
    }  # fmt: skip
    columns |= {} if method == "FE" else {"tau2": ours.tau2}
    pairs = {
        f"{name} {method} first {row + 1} {figure}": (float(column[row]), figures[figure][row])
        for figure, column in columns.items()
        for row in range(data["k_used"])
        if row > 0 or figure not in ("QE", "I2", "tau2")  # one study: ours is missing
    }
    assert disagreements(pairs) == []


@pytest.mark.parametrize("name", list(SETS))
@pytest.mark.parametrize("ci", ["z", "hk", "modified-hk"])
def test_pool_table_gives_the_same_from_raw_columns(name, ci):
    data = SETS[name]
    test = {"z": "z", "hk": "knha", "modified-hk": "adhoc"}[ci]
    report = pool_table(table(name), data["measure"], "REML", ci).to_dict()
    figures = _wanted(name, data["models"]["REML"][test])
    pairs = {
        f"{name} {test} {figure}": (report[ours], figures[figure])
        for figure, ours in OURS.items()
        if figure in figures
    }
    pairs |= {
        f"{name} study {row + 1} {column}": (report["studies"][row][column], data[column][row])
        for column in ("yi", "vi")
        for row in range(data["k_used"])
    }
    assert disagreements(pairs) == []
    json.dumps(report, allow_nan=False)


@pytest.mark.parametrize("name", [n for n in SETS if SETS[n]["k_used"] == 1])
@pytest.mark.parametrize("ci", ["z", "hk", "modified-hk"])
def test_one_study_has_no_heterogeneity_and_no_prediction(name, ci):
    data = SETS[name]
    report = pool_table(pd.DataFrame({"yi": data["yi"], "vi": data["vi"]}), "GEN", ci=ci).to_dict()
    nothing = (
        "tau2", "tau2_ci_low", "tau2_ci_high", "i2", "i2_q", "h2", "q", "q_p", "prediction_low",
        "prediction_high", "egger_p", "begg_p",
    )  # fmt: skip
    assert {key: report[key] for key in nothing} == dict.fromkeys(nothing)
    assert report["ci_method"] == "z"
    assert report["trim_and_fill"] == {"k0": None, "estimate": None}
    assert report["leave_one_out"] == [None]
    assert any("one study" in note for note in report["notes"])
