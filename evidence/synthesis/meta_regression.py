"""Meta-regression on one moderator, and the weighted linear model.

It knows effects, variances and one moderator (numbers, or groups as indicator columns); it must
not know what a moderator means. Sources: Cochrane Handbook sections 10.11.3 and 10.11.4; Knapp &
Hartung 2003 (doi:10.1002/sim.1482); Raudenbush 2009 for R².
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Floats, checked_effects
from evidence.synthesis.methods import CiMethod, PoolingMethod
from evidence.synthesis.random_effects import SMALLEST_RSS, Z_95, pool_batch, t_quantile
from evidence.synthesis.roots import bracketed_root

SCAN_POINTS = 48
SMALLEST_PIVOT = 1e-13
TOO_FAR_APART = (
    "a regression on these studies is beyond double precision: their variances lie too far apart "
    "(allowed: the largest up to about 10^24 times the smallest)"
)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient: the intercept, a slope, or a group against the reference."""

    name: str
    estimate: float
    se: float
    statistic: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class MetaRegression:
    """A mixed-effects (FE: fixed-effect) model of the effects."""

    coefficients: tuple[Coefficient, ...]
    tau2: float
    """Residual variance between studies."""
    q_moderators: float
    """Chi-squared, or F after Hartung-Knapp, of all coefficients but the intercept."""
    q_moderators_df: tuple[int, int | None]
    q_moderators_p: float
    q_residual: float
    q_residual_p: float
    r2: float | None
    """Share of tau² that the moderator explains, per cent; None where tau² is 0 without it."""
    i2: float
    """Residual I², per cent."""
    k: int


@dataclass(frozen=True, slots=True)
class LinearFit:
    """Weighted least squares of effects on an intercept and one predictor."""

    intercept: float
    intercept_low: float
    intercept_high: float
    slope: float
    slope_se: float
    statistic: float
    df: int
    p_value: float


class _Design:
    """Least squares at any weights, for one design matrix of full rank."""

    def __init__(self, y: Floats, v: Floats, x: Floats) -> None:
        self.y, self.v, self.x = y, v, x
        self.k, self.p = int(x.shape[0]), int(x.shape[1])
        # The projection depends on the columns' span only: an orthonormal basis keeps digits.
        self._basis = np.linalg.qr(x)[0]
        self._products = np.einsum("kp,kq->kpq", self._basis, self._basis).reshape(self.k, -1)

    def fit(self, w: Floats) -> tuple[Floats, Floats, Floats]:
        """Return coefficients, their unscaled covariance and residuals at weights ``w``."""
        root = np.sqrt(w)
        q, r = np.linalg.qr(root[:, None] * self.x)
        size = np.abs(np.diag(r))
        if not size.min() > SMALLEST_PIVOT * size.max():
            raise StatisticsError(TOO_FAR_APART)
        beta = np.linalg.solve(r, q.T @ (root * self.y))
        inverse = np.linalg.inv(r)
        return beta, inverse @ inverse.T, self.y - self.x @ beta

    def trace_p(self, w: Floats, covariance: Floats) -> float:
        """Return the trace of P = W - W X (X'WX)^-1 X'W."""
        weighted = self.x * w[:, None]
        return float(w.sum() - np.einsum("ij,jk,ik->", weighted, covariance, weighted))

    def likelihood_sides(self, tau2: Floats, is_restricted: bool) -> tuple[Floats, Floats, Floats]:
        """Return y'PPy, tr P (ML: tr W) and twice the log likelihood at each of many tau²."""
        w = 1.0 / (self.v + tau2[:, None])
        basis = self._basis
        shape = (tau2.size, self.p, self.p)
        gram = (w @ self._products).reshape(shape)
        try:
            beta = np.linalg.solve(gram, ((w * self.y) @ basis)[:, :, None])[:, :, 0]
            square = ((w * w) @ self._products).reshape(shape)
            leverage = np.trace(np.linalg.solve(gram, square), axis1=1, axis2=2)
        except np.linalg.LinAlgError as error:
            raise StatisticsError(TOO_FAR_APART) from error
        r = self.y - beta @ basis.T
        u = w * r
        height = np.log(w).sum(axis=1) - (u * r).sum(axis=1)
        trace = w.sum(axis=1)
        if is_restricted:
            trace = trace - leverage
            height = height - np.linalg.slogdet(gram)[1]
        return (u * u).sum(axis=1), trace, height

    def q(self, tau2: float) -> float:
        """Return the generalized Q at ``tau2``."""
        w = 1.0 / (self.v + tau2)
        _, _, r = self.fit(w)
        return float((w * r * r).sum())


def regress(
    yi: ArrayLike,
    vi: ArrayLike,
    moderator: ArrayLike,
    *,
    name: str = "moderator",
    method: PoolingMethod = PoolingMethod.REML,
    ci: CiMethod = CiMethod.MODIFIED_HARTUNG_KNAPP,
) -> MetaRegression:
    """Return the meta-regression of effects on one number a study.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    moderator : array_like, shape (k,)
        A number a study, in its own unit; the slope is an effect a unit.
    name : str
        What the slope is called.
    method, ci
        Estimator of the residual tau², and the test.
    """
    y, v = checked_effects(yi, vi)
    x = np.asarray(moderator, dtype=float)
    if x.shape != y.shape or not np.isfinite(x).all():
        raise StatisticsError(f"{name}: one finite number a study is needed ({y.size} studies)")
    return _regress(y, v, np.column_stack([np.ones(y.size), x]), ("intercept", name), method, ci)


def regress_on_groups(
    yi: ArrayLike,
    vi: ArrayLike,
    groups: Sequence[str],
    *,
    method: PoolingMethod = PoolingMethod.REML,
    ci: CiMethod = CiMethod.MODIFIED_HARTUNG_KNAPP,
) -> MetaRegression:
    """Return the model with one tau² for all groups; the first group by name is the reference.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances.
    groups : sequence of str, length k
        The group of each study; two groups or more.
    method, ci
        Estimator of the residual tau², and the test.
    """
    y, v = checked_effects(yi, vi)
    labels = np.asarray(groups)
    levels = np.unique(labels)
    if labels.shape != y.shape or levels.size < 2:
        raise StatisticsError("a group for each study, and two groups or more, are needed")
    columns = [np.ones(y.size), *((labels == level).astype(float) for level in levels[1:])]
    names = ("intercept", *(str(level) for level in levels[1:]))
    return _regress(y, v, np.column_stack(columns), names, method, ci)


def _regress(
    y: Floats,
    v: Floats,
    x: Floats,
    names: tuple[str, ...],
    method: PoolingMethod,
    ci: CiMethod,
) -> MetaRegression:
    design = _Design(y, v, x)
    if np.linalg.matrix_rank(x) < design.p or design.k <= design.p:
        raise StatisticsError(
            f"{', '.join(names[1:])}: {design.k} studies do not determine {design.p} coefficients "
            "(allowed: more studies than coefficients, and a moderator that varies)"
        )
    tau2 = residual_tau2(y, v, x, method)
    w = 1.0 / (v + tau2)
    beta, covariance, r = design.fit(w)
    is_t = ci is not CiMethod.Z and method.is_random
    spare = design.k - design.p
    if is_t:
        covariance = covariance * _hartung_knapp_factor(float((w * r * r).sum()), spare, ci)
    q_moderators, df, p = _moderator_test(beta, covariance, design, is_t)
    q = design.q(0.0)
    return MetaRegression(
        coefficients=_coefficients(beta, covariance, names, spare if is_t else None),
        tau2=tau2,
        q_moderators=q_moderators,
        q_moderators_df=df,
        q_moderators_p=p,
        q_residual=q,
        q_residual_p=float(special.chdtrc(spare, q)),
        r2=_r2(design, tau2, method),
        i2=_residual_i2(design, tau2) if method.is_random else _i2_of_q(q, spare),
        k=design.k,
    )


def _hartung_knapp_factor(rss: float, spare: int, ci: CiMethod) -> float:
    """Return the factor on the covariance (Knapp & Hartung 2003); modified: at least 1."""
    factor = 0.0 if rss <= SMALLEST_RSS else rss / spare
    return max(1.0, factor) if ci is CiMethod.MODIFIED_HARTUNG_KNAPP else factor


def _residual_i2(design: _Design, tau2: float) -> float:
    """Return I² of the residual variance, per cent, by the typical sampling variance."""
    w = 1.0 / design.v
    typical = (design.k - design.p) / design.trace_p(w, design.fit(w)[1])
    return 100.0 * tau2 / (tau2 + typical)


def _i2_of_q(q: float, spare: int) -> float:
    """Return I² of a generalized Q, per cent."""
    return 100.0 * max(0.0, (q - spare) / q) if q > 0 else 0.0


def _moderator_test(
    beta: Floats, covariance: Floats, design: _Design, is_t: bool
) -> tuple[float, tuple[int, int | None], float]:
    slopes = beta[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        try:
            q = float(slopes @ np.linalg.solve(covariance[1:, 1:], slopes))
        except np.linalg.LinAlgError:
            q = float("inf")  # a perfect fit after Hartung-Knapp: no variance is left
    m = slopes.size
    if not is_t:
        return q, (m, None), float(special.chdtrc(m, q))
    spare = design.k - design.p
    return q / m, (m, spare), float(special.fdtrc(m, spare, q / m))


def _coefficients(
    beta: Floats, covariance: Floats, names: tuple[str, ...], df: int | None
) -> tuple[Coefficient, ...]:
    se = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = beta / se
    tail = special.ndtr(-np.abs(statistic)) if df is None else special.stdtr(df, -np.abs(statistic))
    half = (Z_95 if df is None else float(t_quantile(df))) * se
    return tuple(
        Coefficient(
            name,
            float(beta[i]),
            float(se[i]),
            float(statistic[i]),
            float(2.0 * tail[i]),
            float(beta[i] - half[i]),
            float(beta[i] + half[i]),
        )
        for i, name in enumerate(names)
    )


def _r2(design: _Design, tau2: float, method: PoolingMethod) -> float | None:
    """Return the share of tau² explained, per cent; for FE the adjusted R² of the linear model."""
    if not method.is_random:
        w = 1.0 / design.v
        r = design.fit(w)[2]
        mean = float((w * design.y).sum() / w.sum())
        total = float((w * (design.y - mean) ** 2).sum())
        if total == 0:
            return None
        unexplained = float((w * r * r).sum()) / total
        adjusted = 1.0 - unexplained * (design.k - 1) / (design.k - design.p)
        return max(0.0, 100.0 * adjusted)
    without = float(pool_batch(design.y, design.v, method=method).tau2[0])
    if without == 0:
        return None
    return max(0.0, 100.0 * (without - tau2) / without)


def residual_tau2(y: Floats, v: Floats, x: Floats, method: PoolingMethod) -> float:
    """Return the residual variance between studies under a design matrix of full rank.

    Parameters
    ----------
    y, v : array, shape (k,)
        Effects and sampling variances.
    x : array, shape (k, p)
        Design matrix, intercept first.
    method : PoolingMethod
        The estimators of ``tau2.py``, extended to moderators (Viechtbauer 2005 and 2015).
    """
    design = _Design(y, v, x)
    if not method.is_random:
        return 0.0
    if method in (PoolingMethod.REML, PoolingMethod.MAXIMUM_LIKELIHOOD):
        return _likelihood_tau2(design, method is PoolingMethod.REML)
    if method in (PoolingMethod.PAULE_MANDEL, PoolingMethod.EMPIRICAL_BAYES):
        return _q_root(design, design.k - design.p)
    return max(0.0, _closed_tau2(design, method))


def _closed_tau2(design: _Design, method: PoolingMethod) -> float:
    k, p, v = design.k, design.p, design.v
    if method is PoolingMethod.HEDGES:
        _, covariance, r = design.fit(np.ones(k))
        leverage = np.einsum("ij,jk,ik->i", design.x, covariance, design.x)
        return float(((r * r).sum() - (v * (1 - leverage)).sum()) / (k - p))
    if method is PoolingMethod.SIDIK_JONKMAN:
        first = float(np.var(design.y))
        return first * design.q(first) / (k - p)
    w = 1.0 / v
    _, covariance, r = design.fit(w)
    rss = float((w * r * r).sum())
    if method is PoolingMethod.HUNTER_SCHMIDT:
        return (rss - k) / float(w.sum())
    return (rss - (k - p)) / design.trace_p(w, covariance)


def _q_root(design: _Design, target: float) -> float:
    if design.q(0.0) <= target:
        return 0.0
    high = float(design.v.max())
    while design.q(high) > target:
        high *= 2.0
    return bracketed_root(lambda t: design.q(t) - target, 0.0, high)


def _likelihood_tau2(design: _Design, is_restricted: bool) -> float:
    """Return the highest maximum of the (restricted) likelihood; bounds as in ``tau2.py``."""

    def slope(t: float) -> float:
        pull, trace, _ = design.likelihood_sides(np.array([t]), is_restricted)
        return float(pull[0] - trace[0])

    residual = design.fit(np.ones(design.k))[2]
    s = float((residual * residual).sum()) / (design.k - design.p)
    low_v, high_v = float(design.v.min()), float(design.v.max())
    upper = max(0.0, 0.5 * (s + np.sqrt(s * s + 4 * s * (high_v - low_v))) * (1 + 1e-9) - low_v)
    if upper == 0.0:
        return 0.0
    grid = low_v * np.expm1(np.log1p(upper / low_v) * np.linspace(0.0, 1.0, SCAN_POINTS))
    pull, trace, _ = design.likelihood_sides(grid, is_restricted)
    rises = pull > trace
    tops = [0.0]
    for i in np.flatnonzero(rises[:-1] & ~rises[1:]):
        tops.append(bracketed_root(slope, float(grid[i]), float(grid[i + 1])))
    if len(tops) == 1:
        return 0.0
    heights = design.likelihood_sides(np.array(tops), is_restricted)[2]
    return tops[int(np.argmax(heights))]


def weighted_linear_model(yi: ArrayLike, vi: ArrayLike, predictor: ArrayLike) -> LinearFit | None:
    """Return weighted least squares of effects on one predictor, weights 1/vi, tested by t(k-2).

    None where fewer than three studies, a predictor that does not vary, or a perfect fit leave
    nothing to test.
    """
    y, v = checked_effects(yi, vi)
    z = np.asarray(predictor, dtype=float)
    if y.size < 3 or not np.ptp(z) > 1e-12 * np.abs(z).max():
        return None
    w = 1.0 / v
    origin = float(y[v.argmin()])  # a shift costs the heaviest study no digits
    y = y - origin
    beta, covariance, r = _Design(y, v, np.column_stack([np.ones(y.size), z])).fit(w)
    df = y.size - 2
    rss = float((w * r * r).sum())
    if rss <= 1e-24 * float((w * y * y).sum()):
        return None
    se = np.sqrt(np.diag(covariance) * rss / df)
    statistic = float(beta[1] / se[1])
    half = float(t_quantile(df)) * float(se[0])
    intercept = float(beta[0]) + origin
    return LinearFit(
        intercept=intercept,
        intercept_low=intercept - half,
        intercept_high=intercept + half,
        slope=float(beta[1]),
        slope_se=float(se[1]),
        statistic=statistic,
        df=df,
        p_value=float(2.0 * special.stdtr(df, -abs(statistic))),
    )
