"""Inverse-variance pooling of many strata at once: estimate, interval, prediction interval.

It knows arrays, methods and intervals; it must not know measures, tables or verdict rules.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from evidence.errors import StatisticsError
from evidence.synthesis import tau2 as estimators
from evidence.synthesis.batches import (
    Batch,
    Floats,
    Integers,
    checked_effects,
    chunks,
    offsets_of,
)
from evidence.synthesis.heterogeneity import h2_from_tau2, i2_from_tau2, spread
from evidence.synthesis.methods import CiMethod, PoolingMethod, PredictionMethod
from evidence.synthesis.tau2 import Tau2, weighted_residuals

Z_95 = float(special.ndtri(0.975))
SMALLEST_RSS = float(np.finfo(float).eps)

ESTIMATORS: dict[PoolingMethod, Callable[[Batch], Tau2]] = {
    PoolingMethod.DERSIMONIAN_LAIRD: estimators.dersimonian_laird,
    PoolingMethod.PAULE_MANDEL: estimators.paule_mandel,
    PoolingMethod.EMPIRICAL_BAYES: estimators.paule_mandel,
    PoolingMethod.REML: estimators.restricted_maximum_likelihood,
    PoolingMethod.MAXIMUM_LIKELIHOOD: estimators.maximum_likelihood,
    PoolingMethod.HEDGES: estimators.hedges,
    PoolingMethod.HUNTER_SCHMIDT: estimators.hunter_schmidt,
    PoolingMethod.SIDIK_JONKMAN: estimators.sidik_jonkman,
}


@dataclass(frozen=True, slots=True)
class PooledStrata:
    """One number a stratum, on the scale of ``yi``; NaN where a number is not defined.

    Not defined are: heterogeneity for k = 1, prediction for k < 3 or without random effects.
    """

    k: Integers
    estimate: Floats
    se: Floats
    """Of the chosen interval."""
    ci_low: Floats
    ci_high: Floats
    p_value: Floats
    """Two-sided, of an estimate of 0; by t(k-1) after Hartung-Knapp."""
    tau2: Floats
    """0 without random effects."""
    q: Floats
    q_p: Floats
    i2: Floats
    """Over tau², per cent (without random effects: over Q)."""
    i2_q: Floats
    """Over Q, per cent."""
    h2: Floats
    prediction_low: Floats
    prediction_high: Floats
    """By t(k-2), with ``se``."""
    hk_factor: Floats
    """Hartung and Knapp's factor on the variance, before any floor; NaN for k = 1."""
    is_converged: NDArray[np.bool_]


def t_quantile(df: ArrayLike, p: float = 0.975) -> Floats:
    """Return Student's quantile for each number of degrees of freedom; NaN below 1."""
    degrees = np.asarray(df, dtype=float)
    if degrees.ndim == 0 or degrees.min() == degrees.max():  # one size, as in every chunk
        one = float(degrees.flat[0])
        value = float(special.stdtrit(one, p)) if one >= 1 else np.nan
        return np.full(degrees.shape, value)
    distinct, inverse = np.unique(degrees, return_inverse=True)
    values = np.where(distinct >= 1, special.stdtrit(np.maximum(distinct, 1.0), p), np.nan)
    return np.asarray(values[inverse].reshape(degrees.shape))


def t_p_value(t: Floats, df: Floats) -> Floats:
    """Return the two-sided p of Student's t."""
    return np.asarray(2.0 * special.stdtr(df, -np.abs(t)))


def z_p_value(z: Floats) -> Floats:
    """Return the two-sided p of a standard normal."""
    return np.asarray(2.0 * special.ndtr(-np.abs(z)))


def estimate_tau2(batch: Batch, method: PoolingMethod) -> Tau2:
    """Return tau² of each stratum; 0 for the fixed-effect method."""
    if method is PoolingMethod.FIXED:
        return Tau2(np.zeros(batch.k.shape), np.ones(batch.k.shape, dtype=bool))
    if method not in ESTIMATORS:
        raise StatisticsError(
            f"{method.value} pools two-by-two tables, not effects and variances (allowed here: "
            f"FE, {', '.join(name.value for name in ESTIMATORS)})"
        )
    return ESTIMATORS[method](batch)


def _uncertainty(
    se_z: Floats, factor: Floats, k: Integers, ci: CiMethod
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the standard error and quantile of an interval, and where t was used."""
    is_t = (k > 1) & (ci is not CiMethod.Z)
    if ci is CiMethod.Z:
        return se_z, np.full(se_z.shape, Z_95), is_t
    used = np.maximum(factor, 1.0) if ci is CiMethod.MODIFIED_HARTUNG_KNAPP else factor
    se = np.where(is_t, se_z * np.sqrt(np.where(is_t, used, 1.0)), se_z)
    return se, np.where(is_t, t_quantile(k - 1), Z_95), is_t


def pool_rows(batch: Batch, method: PoolingMethod, ci: CiMethod) -> PooledStrata:
    """Pool every stratum of a batch.

    Notes
    -----
    Hartung & Knapp 2001 (doi:10.1002/sim.1009); the modified interval floors their factor at 1
    (Knapp & Hartung 2003, doi:10.1002/sim.1482; Roever et al. 2015,
    doi:10.1186/s12874-015-0091-1). A single study keeps its normal interval. The fixed-effect
    method always takes z: Hartung-Knapp estimates a variance that it holds to be known.
    """
    with np.errstate(over="ignore", divide="ignore", invalid="ignore", under="ignore"):
        return _pool_rows(batch, method, ci)


def _pool_rows(batch: Batch, method: PoolingMethod, ci: CiMethod) -> PooledStrata:
    found = estimate_tau2(batch, method)
    ci = ci if method.is_random else CiMethod.Z
    w = 1.0 / (batch.v + found.value[:, None])
    total, mean, r = weighted_residuals(batch.y, w)
    df = np.where(batch.k > 1, batch.k - 1.0, np.nan)
    rss = np.einsum("ij,ij,ij->i", w, r, r)
    factor = np.where(rss <= SMALLEST_RSS, 0.0, rss) / df
    se, quantile, is_t = _uncertainty(1.0 / np.sqrt(total), factor, batch.k, ci)
    estimate = mean + batch.origin
    statistic = estimate / se
    p = np.where(is_t, t_p_value(statistic, np.where(is_t, df, 1.0)), z_p_value(statistic))
    prediction = prediction_interval(
        estimate, se, found.value if method.is_random else np.full(se.shape, np.nan), batch.k
    )
    seen = spread(batch)
    s2 = seen.typical_variance
    is_random = method.is_random
    return PooledStrata(
        k=batch.k,
        estimate=estimate,
        se=se,
        ci_low=estimate - quantile * se,
        ci_high=estimate + quantile * se,
        p_value=p,
        tau2=np.where(batch.k > 1, found.value, np.nan),
        q=seen.q,
        q_p=seen.q_p,
        i2=i2_from_tau2(found.value, s2) if is_random else seen.i2_q,
        i2_q=seen.i2_q,
        h2=h2_from_tau2(found.value, s2) if is_random else seen.q / df,
        prediction_low=prediction[0],
        prediction_high=prediction[1],
        hk_factor=factor,
        is_converged=found.is_converged,
    )


def joined(parts: Sequence[PooledStrata]) -> PooledStrata:
    """Return the pools of several batches as one, in their order."""
    names = [field.name for field in fields(PooledStrata)]
    return PooledStrata(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )


def prediction_interval(
    estimate: Floats,
    se: Floats,
    tau2: Floats,
    k: Integers,
    method: PredictionMethod = PredictionMethod.T_K_MINUS_2,
) -> tuple[Floats, Floats]:
    """Return the 95 % prediction interval for the effect in a new study, by its name.

    Parameters
    ----------
    estimate, se : array, shape (strata,)
        Pooled estimate and the standard error of its interval.
    tau2 : array, shape (strata,)
        Variance between studies.
    k : array of int, shape (strata,)
        Studies in each stratum.
    method : PredictionMethod
        Which quantile: normal, t(k-1), or t(k-2), which needs three studies.

    Returns
    -------
    tuple of array
        Lower and upper limits; NaN where the quantile has no degrees of freedom.
    """
    if method is PredictionMethod.NORMAL:
        quantile = np.where(k > 1, Z_95, np.nan)
    else:
        quantile = t_quantile(k - (1 if method is PredictionMethod.T_K_MINUS_1 else 2))
    half = quantile * np.sqrt(tau2 + se * se)
    return estimate - half, estimate + half


def pool_batch(
    yi: ArrayLike,
    vi: ArrayLike,
    offsets: ArrayLike | None = None,
    *,
    method: PoolingMethod = PoolingMethod.REML,
    ci: CiMethod = CiMethod.MODIFIED_HARTUNG_KNAPP,
) -> PooledStrata:
    """Pool many strata in one pass.

    Parameters
    ----------
    yi, vi : array_like, shape (n,)
        Effects (ratios as logarithms) and sampling variances, stratum after stratum.
    offsets : array_like of int, shape (strata + 1,), optional
        Where each stratum begins, with n last; strata may differ in size. None: one stratum.
    method, ci
        Estimator of tau² and interval.

    Returns
    -------
    PooledStrata
        Equal to pooling the strata one by one.
    """
    y, v = checked_effects(yi, vi)
    starts = offsets_of(offsets, y.size)
    size = starts.size - 1
    out: dict[str, NDArray[np.generic]] = {}
    for where, batch in chunks(y, v, starts):
        part = pool_rows(batch, method, ci)
        for field in fields(PooledStrata):
            column = getattr(part, field.name)
            if field.name not in out:
                out[field.name] = np.empty(size, dtype=column.dtype)
            out[field.name][where] = column
    return PooledStrata(**out)  # type: ignore[arg-type]
