"""Subgroups, each with a tau² of its own, and the test between them.

It knows effects, variances and group names; it must not know what a group means. Source: Cochrane
Handbook, section 10.11.3.1. For one tau² in all groups see ``meta_regression.regress_on_groups``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from evidence.errors import StatisticsError
from evidence.synthesis.batches import checked_effects
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.random_effects import PooledStrata, pool_batch


@dataclass(frozen=True, slots=True)
class Subgroup:
    """One subgroup, pooled with a tau² of its own."""

    name: str
    k: int
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    tau2: float | None
    i2: float | None
    q: float | None


@dataclass(frozen=True, slots=True)
class SubgroupTest:
    """Whether subgroups differ, each with its own tau² (Cochrane Handbook, section 10.11.3.1)."""

    subgroups: tuple[Subgroup, ...]
    q_between: float
    df: int
    p_value: float


def subgroup_test(
    yi: ArrayLike,
    vi: ArrayLike,
    groups: Sequence[str],
    *,
    method: PoolingMethod = PoolingMethod.REML,
    ci: CiMethod = CiMethod.Z,
) -> SubgroupTest:
    """Return each subgroup's pool and the chi-squared test between them.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    groups : sequence of str, length k
        The group of each study; two groups or more.
    method, ci
        Estimator of tau² inside a group, and the interval shown; the test uses each group's
        normal standard error (``ci`` z) or the chosen one.
    """
    y, v = checked_effects(yi, vi)
    labels = np.asarray(groups)
    if labels.shape != y.shape:
        raise StatisticsError("a group for each study is needed")
    levels = np.unique(labels)
    if levels.size < 2:
        raise StatisticsError(f"two subgroups or more are needed, there is only {levels[0]}")
    order = np.argsort(labels, kind="stable")
    sizes = np.array([(labels == level).sum() for level in levels])
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    pools = pool_batch(y[order], v[order], offsets, method=method, ci=ci)
    weights = 1.0 / pools.se**2
    mean = (weights * pools.estimate).sum() / weights.sum()
    q = float((weights * (pools.estimate - mean) ** 2).sum())
    df = int(levels.size - 1)
    found = tuple(_subgroup(str(level), pools, i) for i, level in enumerate(levels))
    return SubgroupTest(found, q, df, float(special.chdtrc(df, q)))


def _subgroup(name: str, pools: PooledStrata, i: int) -> Subgroup:
    """Return the pool at one place as a named subgroup; what cannot be computed is None."""

    def known(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    return Subgroup(
        name,
        int(pools.k[i]),
        float(pools.estimate[i]),
        float(pools.se[i]),
        float(pools.ci_low[i]),
        float(pools.ci_high[i]),
        known(pools.tau2[i]),
        known(pools.i2[i]),
        known(pools.q[i]),
    )
