"""Bias tests, trim and fill, subgroups, regression and votes agree with R metafor."""

import numpy as np
import pytest

from evidence.synthesis.directions import votes_of_effects
from evidence.synthesis.meta_regression import (
    regress,
    regress_on_groups,
    weighted_linear_model,
)
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.small_study import begg, egger, sample_size_test
from evidence.synthesis.subgroups import subgroup_test
from evidence.synthesis.trim_and_fill import TrimEstimator, trim_and_fill
from tests.synthesis.metafor_figures import (
    RELATIVE,
    RELATIVE_TRIM_AND_FILL_REML,
    SETS,
    WITH_TESTS,
    disagreements,
    having,
)

# The one study left untrimmed lies exactly at the trimmed centre; R's rounding puts it above.
ROUNDING_IN_METAFOR = {("dev_k3_OR_tau0", method, "L0", "se_k0") for method in ("FE", "DL", "REML")}


def _linear(label, fit, figures):
    return {
        f"{label} stat": (fit.statistic, figures["stat"]),
        f"{label} pval": (fit.p_value, figures["pval"]),
        f"{label} slope": (fit.slope, figures["slope"]),
        f"{label} limit_est": (fit.intercept, figures["limit_est"]),
        f"{label} limit_ci_lb": (fit.intercept_low, figures["limit_ci_lb"]),
        f"{label} limit_ci_ub": (fit.intercept_high, figures["limit_ci_ub"]),
        f"{label} ddf": (float(fit.df), figures["ddf"]),
    }


@pytest.mark.parametrize("name", WITH_TESTS)
def test_egger_as_a_linear_model_agrees(name):
    data = SETS[name]
    test = egger(data["yi"], data["vi"])
    assert test.fit is not None
    figures = data["bias"]["egger_lm_sei"]
    assert disagreements(_linear(f"{name} egger_lm_sei", test.fit, figures)) == []


@pytest.mark.parametrize("name", WITH_TESTS)
@pytest.mark.parametrize("method", ["REML", "DL", "FE"])
def test_egger_as_a_meta_regression_agrees(name, method):
    data = SETS[name]
    figures = data["bias"][f"egger_rma_sei_{method}"]
    model = regress(
        data["yi"], data["vi"], np.sqrt(data["vi"]), method=PoolingMethod(method), ci=CiMethod.Z
    )
    intercept, slope = model.coefficients
    pairs = {
        "stat": (slope.statistic, figures["stat"]),
        "pval": (slope.p_value, figures["pval"]),
        "slope": (slope.estimate, figures["slope"]),
        "limit_est": (intercept.estimate, figures["limit_est"]),
        "limit_ci_lb": (intercept.ci_low, figures["limit_ci_lb"]),
        "limit_ci_ub": (intercept.ci_high, figures["limit_ci_ub"]),
        "fit_b 0": (intercept.estimate, figures["fit_b"][0]),
        "fit_b 1": (slope.estimate, figures["fit_b"][1]),
        "fit_se 0": (intercept.se, figures["fit_se"][0]),
        "fit_se 1": (slope.se, figures["fit_se"][1]),
    }
    labelled = {f"{name} egger_rma_sei_{method} {key}": pair for key, pair in pairs.items()}
    assert disagreements(labelled) == []


@pytest.mark.parametrize("name", WITH_TESTS)
def test_tests_on_sample_size_agree(name):
    data = SETS[name]
    figures = data["bias"]
    if data["ni"] is None:
        assert "error" in figures["lm_ni"]  # metafor refuses too: no sample sizes
        return
    inverse = sample_size_test(data["yi"], data["vi"], data["ni"])
    direct = weighted_linear_model(data["yi"], data["vi"], data["ni"])
    assert inverse.fit is not None
    assert direct is not None
    pairs = _linear(f"{name} ninv", inverse.fit, figures["lm_ninv_peters_like"])
    pairs |= _linear(f"{name} ni", direct, figures["lm_ni"])
    assert disagreements(pairs) == []


@pytest.mark.parametrize("name", WITH_TESTS)
def test_begg_agrees_exact_and_normal(name):
    data = SETS[name]
    figures, by_hand = data["bias"]["begg"], data["bias"]["begg_by_hand"]
    ours = begg(data["yi"], data["vi"])
    pairs = {
        "tau": (ours.tau, figures["tau"]),
        "pval": (ours.p_value, figures["pval"]),
        "by hand tau": (ours.tau, by_hand["tau"]),
        "p_exact": (ours.p_value, by_hand["p_exact"]),
        "p_normal": (ours.p_normal, by_hand["p_normal"]),
        "z_normal": (ours.z, by_hand["z_normal"]),
        "p_normal_continuity": (ours.p_normal_continuity, by_hand["p_normal_continuity"]),
    }
    if abs(by_hand["z_normal_continuity"]) > 1e-12:  # R prints -1e-17 for 0
        pairs["z_normal_continuity"] = (ours.z_continuity, by_hand["z_normal_continuity"])
    else:
        assert ours.z_continuity == 0
    assert disagreements({f"{name} begg {key}": pair for key, pair in pairs.items()}) == []
    assert ours.is_exact is ("warnings" not in figures)


TRIMS = [
    pytest.param(name, method, estimator, id=f"{name} {method} {estimator}")
    for name in WITH_TESTS
    for method in ("FE", "DL", "REML")
    for estimator in ("L0", "R0")
]


@pytest.mark.parametrize(("name", "method", "estimator"), TRIMS)
def test_trim_and_fill_agrees(name, method, estimator):
    data = SETS[name]
    figures = data["bias"]["trimfill"][f"{method}_{estimator}"]
    ours = trim_and_fill(
        data["yi"],
        data["vi"],
        method=PoolingMethod(method),
        ci=CiMethod.Z,
        estimator=TrimEstimator(estimator),
    )
    assert ours.k0 == figures["k0"]
    assert ours.side == figures["side"]
    assert ours.pooled is not None
    assert ours.pooled.k[0] == figures["k"]
    pairs = {"se_k0": (ours.se_k0, figures["se_k0"])}
    for row, value in enumerate(figures["filled_yi"]):
        pairs[f"filled_yi {row}"] = (float(ours.filled_yi[row]), value)
    for figure, column in (
        ("b", "estimate"), ("se", "se"), ("pval", "p_value"), ("ci_lb", "ci_low"),
        ("ci_ub", "ci_high"), ("tau2", "tau2"), ("I2", "i2"), ("H2", "h2"), ("QE", "q"),
        ("QEp", "q_p"),
    ):  # fmt: skip
        pairs[figure] = (float(getattr(ours.pooled, column)[0]), figures[figure])
    pairs["stat"] = (float(ours.pooled.estimate[0] / ours.pooled.se[0]), figures["stat"])
    labelled = {
        f"{name} {method} {estimator} {key}": pair
        for key, pair in pairs.items()
        if (name, method, estimator, key) not in ROUNDING_IN_METAFOR
    }
    rel = RELATIVE_TRIM_AND_FILL_REML if method == "REML" else RELATIVE
    assert disagreements(labelled, rel) == []


def test_a_study_at_the_trimmed_centre_counts_on_neither_side():
    data = SETS["dev_k3_OR_tau0"]
    ours = trim_and_fill(data["yi"], data["vi"], method=PoolingMethod.FIXED, ci=CiMethod.Z)
    # By hand: ranks 2 and 3 above the centre, S = 5, L0 = (20 - 12)/5 = 1.6.
    raw, k = 1.6, 3
    variance = (
        k * (k + 1) * (2 * k + 1) + 10 * raw**3 + 27 * raw**2 + 17 * raw
        - 18 * k * raw**2 - 18 * k * raw + 6 * k**2 * raw
    ) / 24  # fmt: skip
    assert ours.se_k0 == pytest.approx(4 * variance**0.5 / 5, rel=1e-12)


MODELS = (
    "rma_mods_FE_z",
    "rma_mods_DL_z",
    "rma_mods_DL_knha",
    "rma_mods_REML_z",
    "rma_mods_REML_knha",
)


@pytest.mark.parametrize("name", having("subgroup"))
@pytest.mark.parametrize("model", MODELS)
def test_subgroups_with_one_tau2_agree(name, model):
    data = SETS[name]
    figures = data["subgroup"][model]
    _, _, method, test = model.split("_")
    groups = data["raw"][data["subgroup"]["moderator"]]
    ci = CiMethod.Z if test == "z" else CiMethod.HARTUNG_KNAPP
    ours = regress_on_groups(data["yi"], data["vi"], groups, method=PoolingMethod(method), ci=ci)
    pairs = {
        "QM": (ours.q_moderators, figures["QM"]),
        "QMp": (ours.q_moderators_p, figures["QMp"]),
        "QE": (ours.q_residual, figures["QE"]),
        "QEp": (ours.q_residual_p, figures["QEp"]),
        "tau2": (ours.tau2, figures["tau2"]),
        "I2": (ours.i2, figures["I2"]),
        "R2": (0.0 if ours.r2 is None else ours.r2, figures["R2"]),
    }
    by_name = {c.name: c for c in ours.coefficients}
    levels = [str(level) for level in figures["levels_reference_first"]]
    # R sorts levels by its locale; ours by code point, so the reference may differ.
    if min(levels) == levels[0]:
        for row, level in enumerate(["intercept", *levels[1:]]):
            pairs[f"coef {row}"] = (by_name[level].estimate, figures["coef"][row])
            pairs[f"se {row}"] = (by_name[level].se, figures["se"][row])
    assert disagreements({f"{name} {model} {key}": pair for key, pair in pairs.items()}) == []
    assert list(ours.q_moderators_df) == figures["QMdf"]


@pytest.mark.parametrize("name", having("subgroup"))
@pytest.mark.parametrize("method", ["FE", "DL", "REML"])
def test_subgroups_with_their_own_tau2_agree(name, method):
    data = SETS[name]
    figures = data["subgroup"][f"separate_tau2_{method}"]
    groups = data["raw"][data["subgroup"]["moderator"]]
    ours = subgroup_test(data["yi"], data["vi"], groups, method=PoolingMethod(method))
    by_name = {group.name: group for group in ours.subgroups}
    pairs = {
        "Q_between": (ours.q_between, figures["Q_between"]),
        "p_between": (ours.p_value, figures["p_between"]),
    }
    for row, level in enumerate(figures["levels"]):
        group = by_name[str(level)]
        assert group.k == figures["k"][row]
        pairs[f"{level} b"] = (group.estimate, figures["b"][row])
        pairs[f"{level} se"] = (group.se, figures["se"][row])
        if group.k > 1:
            pairs[f"{level} tau2"] = (group.tau2, figures["tau2"][row])
            pairs[f"{level} I2"] = (group.i2, figures["I2"][row])
            pairs[f"{level} QE"] = (group.q, figures["QE"][row])
    assert disagreements({f"{name} {method} {key}": pair for key, pair in pairs.items()}) == []
    assert ours.df == figures["df"]


@pytest.mark.parametrize("name", having("metareg"))
@pytest.mark.parametrize("test", ["z", "knha"])
def test_meta_regression_agrees(name, test):
    data = SETS[name]
    figures = data["metareg"][test]
    moderator = np.array(data["raw"][figures["moderator"]], dtype=float)
    if name == "dev_raudenbush1985_GIV":
        moderator = np.minimum(moderator, 3)  # the set's note
    ci = CiMethod.Z if test == "z" else CiMethod.HARTUNG_KNAPP
    ours = regress(data["yi"], data["vi"], moderator, ci=ci)
    pairs = {
        "QM": (ours.q_moderators, figures["QM"]),
        "QMp": (ours.q_moderators_p, figures["QMp"]),
        "QE": (ours.q_residual, figures["QE"]),
        "tau2": (ours.tau2, figures["tau2"]),
        "R2": (ours.r2, figures["R2"]),
    }
    for row, coefficient in enumerate(ours.coefficients):
        pairs[f"coef {row}"] = (coefficient.estimate, figures["coef"][row])
        pairs[f"se {row}"] = (coefficient.se, figures["se"][row])
        pairs[f"pval {row}"] = (coefficient.p_value, figures["pval"][row])
    assert disagreements({f"{name} {test} {key}": pair for key, pair in pairs.items()}) == []


@pytest.mark.parametrize("name", having("votes"))
def test_votes_and_combined_p_agree(name):
    data = SETS[name]
    figures = data["votes"]
    ours = votes_of_effects(data["yi"], data["vi"])
    assert (ours.positive, ours.negative, ours.zero) == (
        figures["positive"], figures["negative"], figures["zero"],
    )  # fmt: skip
    pairs = {
        "sign_test_p": (ours.sign_p, figures["sign_test_p"]),
        "fisher_chi2": (ours.fisher_chi2, figures["fisher_chi2_onesided_pos"]),
        "fisher_p": (ours.fisher_p, figures["fisher_p"]),
        "stouffer_z": (ours.stouffer_z, figures["stouffer_z"]),
        "stouffer_p": (ours.stouffer_p, figures["stouffer_p_onesided"]),
    }
    for kind in ("clopper_pearson", "wilson"):
        for side in (0, 1):
            pairs[f"{kind} {side}"] = (getattr(ours, kind)[side], figures[kind][side])
    for side in (0, 1):
        pairs[f"wilson_continuity {side}"] = (
            ours.wilson_continuity[side],
            figures["wilson_continuity"][side],
        )
    assert disagreements({f"{name} {key}": pair for key, pair in pairs.items()}) == []
