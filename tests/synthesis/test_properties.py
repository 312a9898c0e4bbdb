"""What must hold for pooling, whatever the numbers."""

import json
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.errors import EvidenceError
from evidence.synthesis.interval_rules import pool_for_verdict
from evidence.synthesis.methods import POOLABLE_MEASURES, CiMethod, PoolingMethod
from evidence.synthesis.pooling import pool, pool_table
from evidence.synthesis.random_effects import pool_batch

RANDOM = [m for m in PoolingMethod if m.is_random]
INVERSE_VARIANCE = [*RANDOM, PoolingMethod.FIXED]
methods = st.sampled_from(INVERSE_VARIANCE)
intervals = st.sampled_from(list(CiMethod))
effects = st.floats(-20, 20).map(lambda x: round(x, 3))
variances = st.floats(0.01, 25).map(lambda x: round(x, 4))
studies = st.lists(st.tuples(effects, variances), min_size=2, max_size=12)
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def columns(pairs):
    y, v = zip(*pairs, strict=True)
    return np.array(y), np.array(v)


def near(a, b, scale):
    return math.isclose(a, b, rel_tol=1e-7, abs_tol=1e-7 * scale)


@quick
@given(studies, methods, intervals, st.randoms(use_true_random=False))
def test_the_order_of_studies_does_not_matter(pairs, method, ci, random):
    y, v = columns(pairs)
    order = list(range(len(y)))
    random.shuffle(order)
    one, other = pool(y, v, method, ci), pool(y[order], v[order], method, ci)
    scale = 1 + np.abs(y).max()
    for name in ("estimate", "se", "ci_low", "ci_high"):
        assert near(getattr(one, name), getattr(other, name), scale), name
    assert near(one.tau2, other.tau2, scale**2)


@quick
@given(studies, methods, intervals, st.integers(-50, 50))
def test_a_common_shift_carries_through(pairs, method, ci, shift):
    y, v = columns(pairs)
    one, other = pool(y, v, method, ci), pool(y + shift, v, method, ci)
    scale = 1 + np.abs(y).max() + abs(shift)
    for name in ("estimate", "ci_low", "ci_high"):
        assert near(getattr(one, name) + shift, getattr(other, name), scale), name
    assert near(one.se, other.se, scale)
    assert near(one.tau2, other.tau2, scale**2)


@quick
@given(studies, methods, intervals, st.sampled_from([0.001, 0.125, 3.0, 1000.0]))
def test_a_change_of_unit_carries_through(pairs, method, ci, factor):
    y, v = columns(pairs)
    one, other = pool(y, v, method, ci), pool(y * factor, v * factor**2, method, ci)
    scale = factor * (1 + np.abs(y).max())
    for name in ("estimate", "se", "ci_low", "ci_high"):
        assert near(getattr(one, name) * factor, getattr(other, name), scale), name
    assert near(one.tau2 * factor**2, other.tau2, scale**2)
    assert near(one.i2, other.i2, 100)


@quick
@given(studies, methods, intervals)
def test_turning_the_sign_turns_the_result(pairs, method, ci):
    y, v = columns(pairs)
    one, other = pool(y, v, method, ci), pool(-y, v, method, ci)
    scale = 1 + np.abs(y).max()
    assert near(one.estimate, -other.estimate, scale)
    assert near(one.ci_low, -other.ci_high, scale)


@quick
@given(effects, variances, methods, intervals)
def test_one_study_is_returned(y, v, method, ci):
    report = pool([y], [v], method, ci)
    assert report.estimate == y
    assert report.se == pytest.approx(math.sqrt(v), rel=1e-14)
    assert report.tau2 is None
    assert pool_for_verdict([y], [v]).estimate == y


@quick
@given(studies, st.sampled_from([PoolingMethod.FIXED, PoolingMethod.REML]))
def test_duplicates_narrow_the_interval(pairs, method):
    y, v = columns(pairs)
    one = pool(y, v, method, "z")
    doubled = pool(np.tile(y, 2), np.tile(v, 2), method, "z")
    if method is PoolingMethod.FIXED:
        assert doubled.se == pytest.approx(one.se / math.sqrt(2), rel=1e-9)
    else:
        # tau² may rise a little with the degrees of freedom: never by as much as k grows.
        assert doubled.se < one.se


@quick
@given(effects, st.lists(variances, min_size=2, max_size=12), methods, intervals)
def test_equal_effects_have_no_tau2(y, v, method, ci):
    report = pool([y] * len(v), v, method, ci)
    assert report.tau2 == 0.0
    assert report.q == 0.0
    assert report.i2 == 0.0
    assert report.estimate == pytest.approx(y, rel=1e-12, abs=1e-12)


@quick
@given(studies, intervals)
def test_the_modified_interval_is_never_narrower_than_wald(pairs, ci):
    y, v = columns(pairs)
    assert pool(y, v, "REML", "modified-hk").se >= pool(y, v, "REML", "z").se * (1 - 1e-12)
    report = pool(y, v, "REML", ci)
    assert report.ci_low <= report.estimate <= report.ci_high


@quick
@given(studies, st.sampled_from(RANDOM))
def test_paule_mandel_equals_empirical_bayes_and_solves_its_equation(pairs, method):
    y, v = columns(pairs)
    assert pool(y, v, "PM").tau2 == pool(y, v, "EB").tau2
    tau2 = pool(y, v, "PM").tau2
    if tau2 > 0:
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        assert (w * (y - mean) ** 2).sum() == pytest.approx(len(y) - 1, rel=1e-8)
    assert pool(y, v, method).tau2 >= 0


def log_likelihood(y, v, tau2, is_restricted):
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    value = np.log(w).sum() - (w * (y - mean) ** 2).sum()
    return value - np.log(w.sum()) if is_restricted else value


@quick
@given(studies, st.booleans())
def test_no_tau2_is_likelier_than_the_one_found(pairs, is_restricted):
    y, v = columns(pairs)
    found = pool(y, v, "REML" if is_restricted else "ML").tau2
    best = log_likelihood(y, v, found, is_restricted)
    for tau2 in np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 400)]):
        assert log_likelihood(y, v, tau2, is_restricted) <= best + 1e-9 * (1 + abs(best))


def _answer(ask):
    """Return the document, or the typed refusal."""
    try:
        return ask(), None
    except EvidenceError as error:
        return None, error


wild = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(wild, wild), min_size=1, max_size=8), methods, intervals)
def test_no_finite_numbers_give_nan_without_a_reason(pairs, method, ci):
    y, v = columns(pairs)
    document, refusal = _answer(lambda: pool(y, v, method, ci).to_dict())
    if refusal is not None:
        assert "allowed" in refusal.message
        return
    _holds_no_silent_gap(document)


extreme = st.tuples(
    st.sampled_from([0.0, 1.0, -1.0, 1e-40, 1e40, 3.3e49, -7e20, 5e-324]),
    st.sampled_from([1e-50, 1e-20, 0.3, 1.0, 1e20, 1e50]),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(extreme, min_size=1, max_size=6), methods, intervals)
def test_extreme_but_allowed_numbers_give_an_answer_or_a_reason(pairs, method, ci):
    y, v = columns(pairs)
    _holds_no_silent_gap(pool(y, v, method, ci).to_dict())


def _holds_no_silent_gap(document):
    json.dumps(document, allow_nan=False)
    may_be_missing = {
        "tau2", "tau2_ci_low", "tau2_ci_high", "i2", "i2_q", "h2", "q", "q_p", "prediction_low",
        "prediction_high", "egger_p", "begg_p", "p_value",
    }  # fmt: skip
    missing = {key for key, value in document.items() if value is None}
    assert missing <= may_be_missing
    if missing:
        assert document["notes"]


cells = st.one_of(st.integers(0, 40), st.floats(-5, 60), st.none(), st.just("many"))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    st.sampled_from(POOLABLE_MEASURES),
    st.lists(st.tuples(*[cells] * 6), min_size=1, max_size=5),
    st.sampled_from(list(PoolingMethod)),
    st.booleans(),
)
def test_any_table_gives_an_answer_or_names_its_faults(measure, rows, method, exponentiate):
    names = {
        "MD": "n_intervention mean_intervention sd_intervention n_comparator mean_comparator "
        "sd_comparator",
        "RR": "events_intervention n_intervention events_comparator n_comparator",
        "PLO": "events n",
        "MN": "mean sd n",
        "ZCOR": "ri ni",
        "GEN": "yi vi",
    }
    like = {"SMD": "MD", "ROM": "MD", "OR": "RR", "RD": "RR", "PETO": "RR", "PFT": "PLO"}
    columns_ = names[like.get(measure.value, measure.value)].split()
    table = pd.DataFrame([row[: len(columns_)] for row in rows], columns=columns_, dtype=object)
    document, refusal = _answer(
        lambda: pool_table(table, measure, method, "z", exponentiate=exponentiate).to_dict()
    )
    if refusal is not None:
        assert refusal.exit_code in (10, 16)
        assert refusal.message
        return
    json.dumps(document, allow_nan=False)


@quick
@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(20, 60), st.integers(0, 20), st.integers(20, 60)),
        min_size=2,
        max_size=8,
    ),
    st.sampled_from(["RR", "OR", "RD"]),
    st.sampled_from(["REML", "FE", "MH"]),
)
def test_swapping_the_arms_flips_the_sign(rows, measure, method):
    names = ["events_intervention", "n_intervention", "events_comparator", "n_comparator"]
    table = pd.DataFrame(rows, columns=names)
    swapped = pd.DataFrame([(c, n2, a, n1) for a, n1, c, n2 in rows], columns=names)
    try:
        one = pool_table(table, measure, method, "z")
    except EvidenceError:
        with pytest.raises(EvidenceError):
            pool_table(swapped, measure, method, "z")
        return
    other = pool_table(swapped, measure, method, "z")
    assert near(one.estimate, -other.estimate, 1.0)
    assert near(one.se, other.se, 1.0)


@quick
@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(0, 10_000), methods)
def test_strata_pooled_together_equal_strata_pooled_alone(sizes, seed, method):
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    v = rng.gamma(1.0, 1.0, offsets[-1]) + 0.01
    y = rng.normal(0, 2, offsets[-1])
    together = pool_batch(y, v, offsets, method=method)
    for i, (a, b) in enumerate(pairwise(offsets)):
        alone = pool_batch(y[a:b], v[a:b], method=method)
        for name in ("estimate", "se", "ci_low", "ci_high", "tau2", "i2", "prediction_low"):
            np.testing.assert_array_equal(getattr(together, name)[i], getattr(alone, name)[0])
