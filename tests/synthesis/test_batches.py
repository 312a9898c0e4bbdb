"""Strata laid out for one pass: by offsets, by an index in any order, padded."""

import numpy as np
import pytest

from evidence.errors import StatisticsError
from evidence.synthesis.batches import padded, single, sorted_by_stratum
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.random_effects import pool_batch, pool_rows


def test_an_index_in_any_order_puts_strata_together():
    order, offsets, names = sorted_by_stratum(["b", "a", "b", "a", "c"])
    assert order.tolist() == [1, 3, 0, 2, 4]
    assert offsets.tolist() == [0, 2, 4, 5]
    assert names.tolist() == ["a", "b", "c"]
    y, v = np.array([5.0, 1.0, 7.0, 2.0, 9.0]), np.ones(5)
    pools = pool_batch(y[order], v[order], offsets, method=PoolingMethod.FIXED)
    assert pools.estimate.tolist() == [1.5, 6.0, 9.0]
    assert pools.k.tolist() == [2, 2, 1]


@pytest.mark.parametrize("offsets", [[1, 3], [0, 2], [0], [[0, 3]]])
def test_offsets_that_do_not_cover_the_effects_are_refused(offsets):
    with pytest.raises(StatisticsError, match="from 0 to the number of effects, 3"):
        pool_batch([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], offsets)


def test_an_empty_stratum_is_refused():
    with pytest.raises(StatisticsError, match="at least one study"):
        pool_batch([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [0, 2, 2, 3])


@pytest.mark.parametrize("method", [m for m in PoolingMethod if m.is_random])
def test_padding_changes_no_figure(method):
    rng = np.random.default_rng(4)
    groups = [(rng.normal(0, 2, k), rng.gamma(1, 1, k) + 0.1) for k in (1, 2, 3, 9)]
    together = pool_rows(padded(groups), method, CiMethod.HARTUNG_KNAPP)
    for row, (y, v) in enumerate(groups):
        alone = pool_rows(single(y, v), method, CiMethod.HARTUNG_KNAPP)
        for name in ("estimate", "se", "tau2", "q", "i2", "ci_low", "prediction_high"):
            ours, expected = getattr(together, name)[row], getattr(alone, name)[0]
            assert ours == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True), name


def test_a_stratum_begins_with_its_most_precise_study():
    batch = single(np.array([3.0, 1.0, 2.0]), np.array([0.5, 0.1, 0.2]))
    assert batch.smallest_variance == 0.1
    assert batch.origin == 1.0
    assert batch.y[0, 0] == 0.0
    assert sorted(batch.y[0]) == [0.0, 1.0, 2.0]
