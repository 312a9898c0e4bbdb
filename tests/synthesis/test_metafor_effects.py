"""Effect sizes, conversions and tables agree with R metafor and meta (validation/metafor)."""

import numpy as np
import pytest

from evidence.synthesis import effect_sizes as es
from evidence.synthesis.arms import (
    ContinuousArm,
    CountArm,
    design_effect,
    effective_counts,
    merge_arms,
)
from evidence.synthesis.conversions import (
    LogOddsScale,
    difference_per_1000,
    log_odds_ratio_from_smd,
    pooled_sd_from_se,
    read_interval,
    risk_from_odds_ratio,
    sd_from_ci,
    sd_from_se,
    se_from_ci,
    smd_from_log_odds_ratio,
)
from evidence.synthesis.directions import clopper_pearson_interval, sign_test_p, wilson_interval
from evidence.synthesis.effect_tables import effects_from_table
from evidence.synthesis.fixed_effect import cochran_mantel_haenszel
from evidence.synthesis.medians import (
    MeanMethod,
    Quantiles,
    SdMethod,
    check_skewness,
    mean_from_quantiles,
    sd_from_quantiles,
)
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.pooling import pool, pool_table
from evidence.vocabulary import EffectMeasure
from tests.synthesis.metafor_figures import SETS, disagreements, document, having, table

BY_MEASURE = {"RR": es.risk_ratio, "OR": es.odds_ratio, "RD": es.risk_difference}
PROPORTIONS = {
    "PR": es.raw_proportion,
    "PLN": es.log_proportion,
    "PLO": es.logit_proportion,
    "PAS": es.arcsine_proportion,
    "PFT": es.freeman_tukey_proportion,
}
CONVERSIONS = document()["conversions"]
SINGLE = CONVERSIONS["single"]


def _pairs(label, ours, theirs):
    missing = [None if value is None else float(value) for value in theirs]
    return {f"{label} {row + 1}": (float(ours[row]), missing[row]) for row in range(len(missing))}


def _counts(name):
    frame = table(name)
    return tuple(
        frame[column].to_numpy(dtype=float)
        for column in (
            "events_intervention", "n_intervention", "events_comparator", "n_comparator",
        )
    )  # fmt: skip


@pytest.mark.parametrize("name", list(SETS))
def test_effects_from_raw_columns_agree(name):
    data = SETS[name]
    found = effects_from_table(table(name), EffectMeasure(data["measure"]))
    pairs = _pairs(f"{name} yi", found.yi, data["yi"]) | _pairs(f"{name} vi", found.vi, data["vi"])
    if data["ni"] is not None and data["measure"] != "GEN":
        pairs |= _pairs(f"{name} ni", found.ni, data["ni"])
    assert disagreements(pairs) == []


@pytest.mark.parametrize("name", having("escalc"))
def test_zero_cells_are_treated_as_metafor_does(name):
    counts = _counts(name)
    a, _, c, _ = counts
    for call, figures in SETS[name]["escalc"].items():
        addition = 0.5 if "add0.5" in call else 0.0
        yi, vi = BY_MEASURE[call[:2]](*counts, addition=addition)
        if "drop00_TRUE" in call:
            yi, vi = (np.where((a == 0) & (c == 0), np.nan, column) for column in (yi, vi))
        for column, ours in (("yi", yi), ("vi", vi)):
            assert disagreements(_pairs(f"{name} {call} {column}", ours, figures[column])) == []
            if call.startswith(("OR", "RR")):
                theirs_missing = [value is None for value in figures[column]]
                assert np.isnan(ours).tolist() == theirs_missing, (call, column)


def test_unbiased_variance_of_an_smd_agrees():
    data = SETS["dev_normand1999_SMD"]
    columns = table("dev_normand1999_SMD").to_numpy().T
    yi, vi = es.standardized_mean_difference(*columns, variance="UB")
    figures = data["escalc_SMD_UB"]
    assert disagreements(_pairs("SMD UB yi", yi, figures["yi"])) == []
    assert disagreements(_pairs("SMD UB vi", vi, figures["vi"])) == []
    yi, vi = es.ratio_of_means(*columns)
    assert disagreements(_pairs("ROM yi", yi, data["escalc_ROM"]["yi"])) == []
    assert disagreements(_pairs("ROM vi", vi, data["escalc_ROM"]["vi"])) == []


def test_bias_corrected_ratio_of_means_agrees_with_metafor_5():
    data = SETS["dev_curtis1998_ROM"]
    columns = table("dev_curtis1998_ROM").to_numpy().T
    yi, vi = es.ratio_of_means(*columns, is_bias_corrected=True)
    figures = data["escalc_metafor5_bias_corrected"]
    assert disagreements(_pairs("ROM corrected yi", yi, figures["yi"])) == []
    assert disagreements(_pairs("ROM corrected vi", vi, figures["vi"])) == []


MH = {
    "b": "estimate", "se": "se", "ci_lb": "ci_low", "ci_ub": "ci_high", "pval": "p_value",
    "QE": "q", "QEp": "q_p", "I2": "i2",
}  # fmt: skip


@pytest.mark.parametrize("name", having("mh"))
@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_mantel_haenszel_agrees(name, measure):
    figures = SETS[name]["mh"][measure]
    report = pool_table(table(name), measure, "MH").to_dict()
    pairs = {
        f"{name} MH {measure} {figure}": (report[ours], figures[figure])
        for figure, ours in MH.items()
    }
    if measure == "OR":
        chi2, p = cochran_mantel_haenszel(_counts(name))
        pairs[f"{name} CMH_MH"] = (chi2, figures["CMH_MH"])
        pairs[f"{name} MHp"] = (p, figures["MHp"])
    assert disagreements(pairs) == []


@pytest.mark.parametrize("name", having("peto"))
def test_peto_agrees(name):
    figures = SETS[name]["peto"]
    report = pool_table(table(name), "OR", "PETO").to_dict()
    pairs = {
        f"{name} Peto {figure}": (report[ours], figures[figure])
        for figure, ours in MH.items()
        if figure in figures
    }
    assert disagreements(pairs) == []
    by_studies = pool_table(table(name), "PETO", "FE", "z")
    assert by_studies.estimate == pytest.approx(report["estimate"], rel=1e-12)


@pytest.mark.parametrize("name", having("prop_escalc"))
@pytest.mark.parametrize("measure", list(PROPORTIONS))
def test_proportions_agree_and_turn_back(name, measure):
    data = SETS[name]
    events, n = np.array(data["raw"]["xi"]), np.array(data["raw"]["ni"])
    yi, vi = PROPORTIONS[measure](events, n)
    figures = data["prop_escalc"][measure]
    pairs = _pairs(f"{name} {measure} yi", yi, figures["yi"])
    pairs |= _pairs(f"{name} {measure} vi", vi, figures["vi"])
    back = {
        "PR": lambda y: y,
        "PLN": np.exp,
        "PLO": lambda y: 1 / (1 + np.exp(-y)),
        "PAS": es.proportion_from_arcsine,
        "PFT": lambda y: es.proportion_from_freeman_tukey(y, es.harmonic_mean(n)),
    }[measure]
    for method, pooled in data["prop_pooled"][measure].items():
        report = pool(yi, vi, method, "z")
        for figure, ours in (
            ("b", report.estimate), ("se", report.se), ("tau2", report.tau2),
            ("ci_lb", report.ci_low), ("ci_ub", report.ci_high),
        ):  # fmt: skip
            pairs[f"{name} {measure} {method} {figure}"] = (ours, pooled[figure])
        for figure, value in (
            ("est", report.estimate), ("lb", report.ci_low), ("ub", report.ci_high),
        ):  # fmt: skip
            label = f"{name} {measure} {method} back {figure}"
            pairs[label] = (float(back(value)), pooled["back"][figure])
        label = f"{name} {measure} {method} harmonic_mean_n"
        pairs[label] = (es.harmonic_mean(n), pooled["back"]["harmonic_mean_n"])
    assert disagreements(pairs) == []


@pytest.mark.parametrize("name", having("ipft_individual"))
def test_each_double_arcsine_turns_back_to_its_proportion(name):
    data = SETS[name]
    events, n = np.array(data["raw"]["xi"]), np.array(data["raw"]["ni"])
    ours = es.proportion_from_freeman_tukey(es.freeman_tukey_proportion(events, n)[0], n)
    assert disagreements(_pairs(f"{name} ipft", ours, data["ipft_individual"])) == []


@pytest.mark.parametrize("name", having("single_study_ci"))
def test_intervals_of_single_proportions_agree(name):
    for row, figures in enumerate(SETS[name]["single_study_ci"]):
        pairs = _interval_pairs(f"{name} study {row + 1}", figures)
        assert disagreements(pairs) == []


def _interval_pairs(label, figures):
    x, n = figures["x"], figures["n"]
    ours = {
        "clopper_pearson": clopper_pearson_interval(x, n),
        "wilson": wilson_interval(x, n),
        "wilson_cc": wilson_interval(x, n, is_continuity_corrected=True),
    }
    return {
        f"{label} {kind} {side}": (ours[kind][side], figures[kind][side])
        for kind in ours
        if kind in figures
        for side in (0, 1)
    }


@pytest.mark.parametrize("case", list(CONVERSIONS["binomial_ci"]))
def test_binomial_intervals_agree(case):
    figures = CONVERSIONS["binomial_ci"][case]
    pairs = _interval_pairs(case, figures)
    pairs[f"{case} sign"] = (sign_test_p(figures["x"], figures["n"]), figures["sign_test_p"])
    assert disagreements(pairs) == []


@pytest.mark.parametrize("case", list(CONVERSIONS["five_number"]))
def test_means_and_sds_from_quantiles_agree(case):
    figures = CONVERSIONS["five_number"][case]
    given = figures["input"]
    quantiles = Quantiles(
        given["n"], given["median"], given["min"], given["q1"], given["q3"], given["max"]
    )
    luo = mean_from_quantiles(quantiles, MeanMethod.LUO)
    wan = mean_from_quantiles(quantiles, MeanMethod.WAN)
    sd = sd_from_quantiles(quantiles)
    check = check_skewness(quantiles)
    skew = figures["skewness_test_shi2023"]
    pairs = {
        "metafor mean": (luo, figures["metafor_default"]["mean"]),
        "metafor sd": (sd, figures["metafor_default"]["sd"]),
        "meta Luo mean": (luo, figures["meta_Luo"]["mean"]),
        "hand wan mean": (wan, figures["hand"]["wan_mean"]),
        "hand luo mean": (luo, figures["hand"]["luo_mean"]),
        "hand wan sd": (sd_from_quantiles(quantiles, SdMethod.WAN), figures["hand"]["wan_sd"]),
        "tval": (check.statistic, skew["tval"]),
        "crit": (check.critical, skew["crit"]),
    }
    tables = sd_from_quantiles(quantiles, SdMethod.WAN_TABLE)
    shi = figures["meta_Luo"]["sd_method"] == "Shi"
    pairs["meta sd"] = (sd if shi else tables, figures["meta_Luo"]["sd"])
    pairs["meta Wan method sd"] = (sd if shi else tables, figures["meta_Wan"]["sd"])
    if "meta_sd_Wan" in figures:
        pairs["meta sd Wan"] = (tables, figures["meta_sd_Wan"])
    if "cochrane_sd" in figures["hand"]:
        by_handbook = sd_from_quantiles(quantiles, SdMethod.COCHRANE)
        pairs["cochrane sd"] = (by_handbook, figures["hand"]["cochrane_sd"])
    if "shi_sd" in figures["hand"]:
        pairs["hand shi sd"] = (sd, figures["hand"]["shi_sd"])
    assert disagreements({f"{case} {label}": pair for label, pair in pairs.items()}) == []
    assert check.is_skewed is skew["skewed"]


def test_meta_adds_hozos_term_to_wans_mean_of_a_range():
    # R's meta takes equation 2 of Wan 2014 with Hozo's last term; ours, as metafor, without it.
    for case in ("range_n30", "range_n9"):
        figures = CONVERSIONS["five_number"][case]
        given = figures["input"]
        last = (given["min"] - 2 * given["median"] + given["max"]) / (4 * given["n"])
        quantiles = Quantiles(given["n"], given["median"], low=given["min"], high=given["max"])
        ours = mean_from_quantiles(quantiles, MeanMethod.WAN)
        assert ours + last == pytest.approx(figures["meta_Wan"]["mean"], rel=1e-8)


@pytest.mark.parametrize("case", ["sd_from_ci_mean_n25", "sd_from_ci_mean_n400"])
def test_sd_of_one_arm_from_its_interval_agrees(case):
    given, figures = SINGLE[case]["input"], SINGLE[case]["output"]
    low, high, n = given["lo"], given["hi"], given["n"]
    pairs = {
        f"{case} sd_z": (sd_from_ci(low, high, n), figures["sd_z"]),
        f"{case} sd_t": (sd_from_ci(low, high, n, df=n - 1), figures["sd_t"]),
        f"{case} 3.92": (sd_from_se((high - low) / 3.92, n), figures["cochrane_3.92"]),
    }
    assert disagreements(pairs) == []


def test_se_and_sd_of_a_difference_from_its_interval_agree():
    given, figures = SINGLE["md_ci_to_se_sd"]["input"], SINGLE["md_ci_to_se_sd"]["output"]
    n1, n2 = given["n1"], given["n2"]
    z = se_from_ci(given["lo"], given["hi"])
    t = se_from_ci(given["lo"], given["hi"], df=n1 + n2 - 2)
    pairs = {
        "se_z": (z, figures["se_z"]),
        "se_t": (t, figures["se_t"]),
        "sd_z": (pooled_sd_from_se(z, n1, n2), figures["sd_pooled_z"]),
        "sd_t": (pooled_sd_from_se(t, n1, n2), figures["sd_pooled_t"]),
    }
    assert disagreements(pairs) == []


def test_log_ratio_and_se_from_its_interval_agree():
    given, figures = SINGLE["ratio_ci_to_log"]["input"], SINGLE["ratio_ci_to_log"]["output"]
    found = read_interval(given["rr"], given["lo"], given["hi"], is_ratio=True)
    width = np.log(given["hi"]) - np.log(given["lo"])
    pairs = {
        "yi": (found.yi, figures["yi"]),
        "sei": (found.se, figures["sei"]),
        # the pinned check is the difference of the two half-widths
        "asymmetry": (2 * found.off_centre * width, figures["asymmetry_check"]),
    }
    assert disagreements(pairs) == []


@pytest.mark.parametrize("case", ["smd_to_logor_-0.6", "smd_to_logor_1.1"])
def test_smd_to_log_odds_ratio_agrees(case):
    given, figures = SINGLE[case]["input"], SINGLE[case]["output"]
    for scale, name in ((LogOddsScale.LOGISTIC, "logistic"), (LogOddsScale.COX, "cox")):
        yi, vi = log_odds_ratio_from_smd(given["d"], given["vd"], scale)
        pairs = {"yi": (yi, figures[f"logor_{name}"]), "vi": (vi, figures[f"var_{name}"])}
        assert disagreements(pairs) == []


def test_log_odds_ratio_to_smd_agrees():
    given, figures = SINGLE["or_to_smd_1.8"]["input"], SINGLE["or_to_smd_1.8"]["output"]
    for scale, name in ((LogOddsScale.LOGISTIC, "logistic"), (LogOddsScale.COX, "cox")):
        yi, vi = smd_from_log_odds_ratio(np.log(given["or"]), given["v"], scale)
        pairs = {"yi": (yi, figures[f"d_{name}"]), "vi": (vi, figures[f"var_{name}"])}
        assert disagreements(pairs) == []


def test_escalc_conversions_of_whole_data_sets_agree():
    yi, vi = es.odds_ratio(*_counts("dev_bcg_RR"))
    scaled = smd_from_log_odds_ratio(yi, vi, LogOddsScale.COX)
    figures = SINGLE["escalc_OR2DN"]["output"]
    assert disagreements(_pairs("OR2DN yi", scaled[0], figures["yi"])) == []
    assert disagreements(_pairs("OR2DN vi", scaled[1], figures["vi"])) == []
    n1, mean1, sd1, n2, mean2, sd2 = table("dev_normand1999_SMD").to_numpy().T
    sd = np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))
    d = (mean1 - mean2) / sd  # D2ORL takes Cohen's d, without Hedges's correction
    variance = 1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))
    scaled = log_odds_ratio_from_smd(d, variance)
    figures = SINGLE["escalc_D2ORL"]["output"]
    assert disagreements(_pairs("D2ORL yi", scaled[0], figures["yi"])) == []
    assert disagreements(_pairs("D2ORL vi", scaled[1], figures["vi"])) == []


def test_merged_arms_agree():
    given, figures = SINGLE["combine_groups"]["input"], SINGLE["combine_groups"]["output"]
    arms = [ContinuousArm(given[f"n{i}"], given[f"m{i}"], given[f"sd{i}"]) for i in (1, 2)]
    merged = merge_arms(arms)
    ours = {"n": merged.n, "mean": merged.mean, "sd": merged.sd}
    assert disagreements({key: (ours[key], figures[key]) for key in ours}) == []


def test_cluster_correction_agrees():
    given, figures = (SINGLE["cluster_design_effect"][key] for key in ("input", "output"))
    arm = effective_counts(CountArm(given["events"], given["n"]), given["m"], given["icc"])
    pairs = {
        "design effect": (design_effect(given["m"], given["icc"]), figures["design_effect"]),
        "n": (arm.n, figures["n_eff"]),
        "events": (arm.events, figures["events_eff"]),
    }
    assert disagreements(pairs) == []


def test_smd_from_t_agrees():
    given, figures = SINGLE["t_to_smd_escalc"]["input"], SINGLE["t_to_smd_escalc"]["output"]
    yi, vi = es.smd_from_t(given["t"], given["n1"], given["n2"])
    assert disagreements({"yi": (float(yi), figures["yi"]), "vi": (float(vi), figures["vi"])}) == []


def test_absolute_effect_from_an_odds_ratio_agrees():
    case = SINGLE["absolute_effect_per_1000_or"]
    risk = risk_from_odds_ratio(case["input"]["or"], case["input"]["acr"])
    pairs = {
        "risk": (risk, case["output"]["risk"]),
        "diff": (difference_per_1000(risk, case["input"]["acr"]), case["output"]["diff"]),
    }
    assert disagreements(pairs) == []


def test_one_table_with_a_zero_cell_agrees():
    given, figures = SINGLE["zero_cell_OR"]["input"], SINGLE["zero_cell_OR"]["output"]
    yi, vi = es.odds_ratio([given["ai"]], [given["n1"]], [given["ci"]], [given["n2"]])
    pairs = {"yi": (float(yi[0]), figures["yi"]), "vi": (float(vi[0]), figures["vi"])}
    assert disagreements(pairs) == []


def test_the_closed_lists_are_those_of_the_command():
    assert [m.value for m in PoolingMethod] == (
        ["FE", "MH", "PETO", "DL", "PM", "REML", "ML", "EB", "HE", "HS", "SJ"]
    )
    assert [m.value for m in CiMethod] == ["z", "hk", "modified-hk"]
