"""The report that ``pool`` prints: its keys, its notes, its refusals."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from evidence.errors import StatisticsError, TableError
from evidence.synthesis import tau2
from evidence.synthesis.batches import single
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.pooling import PoolReport, pool, pool_table
from evidence.synthesis.random_effects import pool_batch

KEYS = [
    "k",
    "estimate",
    "se",
    "ci_low",
    "ci_high",
    "p_value",
    "tau2",
    "tau2_ci_low",
    "tau2_ci_high",
    "i2",
    "i2_q",
    "h2",
    "q",
    "q_p",
    "prediction_low",
    "prediction_high",
    "method",
    "ci_method",
    "studies",
    "leave_one_out",
    "egger_p",
    "begg_p",
    "trim_and_fill",
    "notes",
]
Y, V = [0.1, 0.5, -0.2, 0.9, 0.3], [0.04, 0.09, 0.05, 0.2, 0.1]
GENERIC = pd.DataFrame({"study": list("abcde"), "yi": Y, "vi": V})
COUNTS = pd.DataFrame(
    {
        "events_intervention": [0, 3, 5, 0],
        "n_intervention": [20, 30, 40, 25],
        "events_comparator": [2, 6, 9, 0],
        "n_comparator": [20, 31, 39, 26],
    }
)


def test_the_document_has_exactly_the_keys_of_the_command():
    document = pool(Y, V).to_dict()
    assert list(document) == KEYS
    assert list(document["studies"][0]) == ["yi", "vi", "weight_percent"]
    assert list(document["trim_and_fill"]) == ["k0", "estimate"]
    json.dumps(document, allow_nan=False)


def test_every_key_is_an_attribute_of_the_object():
    report = pool(Y, V)
    for key in KEYS:
        assert getattr(report, key) is not None or key in ("tau2_ci_low",)


def test_words_and_enums_are_the_same():
    assert pool(Y, V, "DL", "hk") == pool(Y, V, PoolingMethod.DERSIMONIAN_LAIRD, CiMethod("hk"))
    assert pool(Y, V) == pool(Y, V, method="REML", ci="modified-hk")


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        ({"method": "BAYES"}, "allowed: FE, MH, PETO, DL"),
        ({"ci": "t"}, "allowed: z, hk, modified-hk"),
        ({"method": "MH"}, "allowed here: FE, DL"),
    ],
)
def test_an_unknown_word_is_refused_with_those_allowed(arguments, allowed):
    with pytest.raises(StatisticsError, match=allowed):
        pool(Y, V, **arguments)


def test_bad_numbers_are_all_named():
    with pytest.raises(StatisticsError) as caught:
        pool([0.1, math.nan, math.inf], [0.1, 0.2, -1.0])
    for text in ("row 2, yi: is nan", "row 3, yi: is inf", "row 3, vi: is -1", "allowed"):
        assert text in caught.value.message


def test_no_study_is_refused():
    with pytest.raises(StatisticsError, match="nothing to pool"):
        pool([], [])
    with pytest.raises(StatisticsError, match="shapes"):
        pool([1.0, 2.0], [1.0])


def test_missing_columns_are_all_named():
    with pytest.raises(TableError) as caught:
        pool_table(pd.DataFrame({"yi": [1.0]}), "MD")
    assert len(caught.value.faults) == 6
    assert "sd_comparator: is missing" in caught.value.message
    assert caught.value.exit_code == 10


def test_every_impossible_cell_is_named_with_row_column_value_and_what_is_allowed():
    table = pd.DataFrame(
        {
            "events_intervention": [5, -1, 3],
            "n_intervention": [4, 10, "ten"],
            "events_comparator": [1, 1, 1],
            "n_comparator": [10, 10, 0],
        }
    )
    with pytest.raises(TableError) as caught:
        pool_table(table, "RR", name="trials.csv")
    found = [(fault.where, fault.field, fault.problem) for fault in caught.value.faults]
    assert found == [
        ("trials.csv row 2", "events_intervention", "is -1"),
        ("trials.csv row 3", "n_intervention", "is ten"),
        ("trials.csv row 3", "n_comparator", "is 0"),
        ("trials.csv row 1", "events_intervention", "is 5, above n_intervention 4"),
        ("trials.csv row 3", "events_comparator", "is 1, above n_comparator 0"),
    ]
    assert all(fault.allowed for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("measure", "row", "needed"),
    [
        ("MD", [5, 1.0, 0.0, 5, 2.0, 0.0], "an sd above 0"),
        ("SMD", [1, 1.0, 1.0, 2, 2.0, 1.0], "4 people"),
        ("ROM", [5, -1.0, 1.0, 5, 2.0, 1.0], "two means of one sign"),
    ],
)
def test_figures_that_give_no_effect_are_named(measure, row, needed):
    columns = [
        f"{what}_{arm}" for arm in ("intervention", "comparator") for what in ("n", "mean", "sd")
    ]
    with pytest.raises(TableError, match=needed):
        pool_table(pd.DataFrame([row], columns=columns), measure)


def test_a_row_with_a_missing_figure_is_left_out_and_said_so():
    table = GENERIC.copy()
    table.loc[1, "vi"] = np.nan
    document = pool_table(table, "GEN").to_dict()
    assert document["k"] == 4
    assert document["studies"][1] == {"yi": None, "vi": None, "weight_percent": None}
    assert document["leave_one_out"][1] is None
    assert document["leave_one_out"][0] is not None
    assert "row 2 left out: a figure is missing" in document["notes"]


def test_a_table_without_a_usable_row_is_refused():
    with pytest.raises(StatisticsError, match="no row of 1"):
        pool_table(pd.DataFrame({"yi": [1.0], "vi": [np.nan]}), "GEN")
    with pytest.raises(StatisticsError, match="has no rows"):
        pool_table(GENERIC.iloc[:0], "GEN")


def test_measure_and_method_must_go_together():
    with pytest.raises(StatisticsError, match="method MH does not pool GEN"):
        pool_table(GENERIC, "GEN", "MH")
    with pytest.raises(StatisticsError, match="method PETO does not pool RD"):
        pool_table(COUNTS, "RD", "PETO")
    with pytest.raises(StatisticsError, match="HR cannot be pooled"):
        pool_table(GENERIC, "HR")


def test_exponentiate_turns_effects_and_never_errors():
    plain = pool_table(GENERIC, "GEN").to_dict()
    turned = pool_table(GENERIC, "GEN", exponentiate=True).to_dict()
    for key in ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high"):
        assert turned[key] == pytest.approx(math.exp(plain[key]), rel=1e-14)
    for key in ("se", "p_value", "tau2", "tau2_ci_high", "i2", "q", "egger_p", "begg_p"):
        assert turned[key] == plain[key]
    assert turned["leave_one_out"] == pytest.approx(np.exp(plain["leave_one_out"]), rel=1e-14)
    for one, other in zip(plain["studies"], turned["studies"], strict=True):
        assert other["yi"] == pytest.approx(math.exp(one["yi"]), rel=1e-14)
        assert other["vi"] == one["vi"]
    assert turned["trim_and_fill"]["estimate"] == pytest.approx(
        math.exp(plain["trim_and_fill"]["estimate"]), rel=1e-14
    )


def test_what_is_too_large_to_exponentiate_is_null_with_a_note():
    table = pd.DataFrame({"yi": [900.0, 901.0, 902.0], "vi": [1.0, 1.0, 1.0]})
    document = pool_table(table, "GEN", exponentiate=True).to_dict()
    assert document["estimate"] is None
    assert any("too large to exponentiate" in note for note in document["notes"])
    json.dumps(document, allow_nan=False)


def test_exponentiating_what_is_no_logarithm_is_noted():
    table = pd.DataFrame({"mean": [1.0, 2.0], "sd": [1.0, 1.0], "n": [10, 12]})
    notes = pool_table(table, "MN", exponentiate=True).notes
    assert any("not a logarithm" in note for note in notes)


@pytest.mark.parametrize("method", ["FE", "MH", "PETO"])
def test_without_random_effects_z_is_used_and_said_so(method):
    report = pool_table(COUNTS, "OR", method, "hk")
    assert report.ci_method is CiMethod.Z
    assert report.tau2 == 0.0
    assert (report.tau2_ci_low, report.prediction_low) == (None, None)
    assert any("z in place of hk" in note for note in report.notes)
    assert any("no prediction interval" in note for note in report.notes)


def test_two_studies_have_no_prediction_interval_and_it_says_why():
    report = pool(Y[:2], V[:2])
    assert report.prediction_low is None
    assert any("prediction interval needs 3 studies" in note for note in report.notes)
    assert any("Egger's test needs 3 studies" in note for note in report.notes)


def test_a_hartung_knapp_interval_narrower_than_z_is_noted():
    y, v = [1.0, 1.01, 0.99, 1.0], [0.5, 0.4, 0.6, 0.5]
    assert any("narrower than z" in note for note in pool(y, v, ci="hk").notes)
    assert pool(y, v, ci="hk").se < pool(y, v, ci="z").se


def test_equal_effects_of_zero_have_no_p_under_hartung_knapp():
    report = pool([0.0, 0.0, 0.0], [1.0, 2.0, 3.0], ci="hk")
    assert report.p_value is None
    assert any("p_value" in note for note in report.notes)


def test_zero_cells_get_a_half_only_where_needed_and_it_is_noted():
    report = pool_table(COUNTS, "OR")
    assert "rows 1, 4: ½ added to each cell, for a cell is 0" in report.notes
    by_hand = math.log((0.5 / 20.5) / (2.5 / 18.5))
    assert report.studies[0].yi == pytest.approx(by_hand, rel=1e-14)
    assert report.studies[1].yi == pytest.approx(math.log((3 / 27) / (6 / 25)), rel=1e-14)


def test_a_study_without_events_says_nothing_to_mantel_haenszel_and_peto():
    report = pool_table(COUNTS, "OR", "MH")
    assert report.k == 4
    assert report.studies[3].weight_percent == 0.0
    assert any("take no part in Q" in note for note in report.notes)
    peto = pool_table(COUNTS, "OR", "PETO")
    assert peto.k == 3
    assert peto.studies[3].yi is None
    assert any("row 4 left out" in note for note in peto.notes)
    assert peto.estimate == pool_table(COUNTS.iloc[:3], "OR", "PETO").estimate


def test_a_ratio_that_would_be_infinite_is_refused():
    table = COUNTS.assign(events_intervention=0)
    with pytest.raises(StatisticsError, match="the ratio is 0 or infinite"):
        pool_table(table, "RR", "MH")


def test_leaving_out_the_only_study_with_events_gives_null():
    table = COUNTS.assign(events_intervention=[0, 3, 0, 0])
    assert pool_table(table, "RR", "MH").leave_one_out[1] is None


def test_fractional_counts_after_a_correction_are_taken():
    table = pd.DataFrame({"events": [3.5, 8.25], "n": [20.5, 33.1]})
    assert pool_table(table, "PLO").k == 2


def test_other_columns_are_ignored_and_text_numbers_read():
    table = GENERIC.astype({"yi": str, "vi": str})
    assert pool_table(table, "GEN").estimate == pool(Y, V).estimate


def test_strata_converge_even_where_newton_is_stopped(monkeypatch):
    rng = np.random.default_rng(3)
    offsets = np.arange(51) * 8
    v = rng.gamma(1.0, 1.0, 400) + 0.05
    y = rng.normal(0, 2, 400)
    methods = (PoolingMethod.REML, PoolingMethod.MAXIMUM_LIKELIHOOD, PoolingMethod.PAULE_MANDEL)
    full = [pool_batch(y, v, offsets, method=method).tau2 for method in methods]
    monkeypatch.setattr(tau2, "NEWTON_STEPS", 1)
    for method, expected in zip(methods, full, strict=True):
        bracketed = pool_batch(y, v, offsets, method=method)
        assert bracketed.is_converged.all()
        np.testing.assert_allclose(bracketed.tau2, expected, rtol=1e-9, atol=1e-12)


def test_the_higher_of_two_likelihood_maxima_is_taken():
    # Two precise studies agree, two vague ones lie far off: one maximum at 0, one beyond.
    y, v = np.array([0.0, 0.02, 8.0, -7.0]), np.array([0.001, 0.001, 1.0, 1.0])
    batch = single(y, v)
    found = float(tau2.maximum_likelihood(batch).value[0])

    def height(t):
        w = 1 / (v + t)
        mean = (w * y).sum() / w.sum()
        return np.log(w).sum() - (w * (y - mean) ** 2).sum()

    grid = np.concatenate([[0.0], np.geomspace(1e-5, 1e3, 4000)])
    best = max(grid, key=height)
    assert found == pytest.approx(best, rel=0.01)
    assert height(found) >= height(best)


def test_a_study_that_outweighs_all_others_costs_no_digits():
    # By hand, the heavy weight going to infinity: Q = 1 + 4, and DL's divisor is 2 (1 + 1).
    y, v = [0.0, 1.0, 2.0], [1e-20, 1.0, 1.0]
    report = pool(y, v, "FE", "z")
    assert report.q == pytest.approx(5.0, rel=1e-12)
    assert pool(y, v, "DL").tau2 == pytest.approx((5.0 - 2.0) / 4.0, rel=1e-12)


def test_a_report_is_frozen():
    report = pool(Y, V)
    assert isinstance(report, PoolReport)
    with pytest.raises(AttributeError):
        report.estimate = 0.0


def test_a_stratum_at_the_boundary_costs_no_search(monkeypatch):
    calls = []
    slopes = tau2._pull_and_slopes
    monkeypatch.setattr(tau2, "_pull_and_slopes", lambda *given: calls.append(1) or slopes(*given))
    assert pool([0.10, 0.11, 0.12], [1.0, 1.1, 1.2]).tau2 == 0.0
    assert calls == []
    assert pool([0.0, 5.0, 9.0], [1.0, 1.1, 1.2]).tau2 > 0.0
    assert 0 < len(calls) < 10
