"""The report of one pool: its figures, and what surrounds them, computed when first asked for.

It knows what was pooled and how; how the estimate is made is in ``pooling``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Floats, single
from evidence.synthesis.fixed_effect import Counts, FixedPool, mantel_haenszel, peto
from evidence.synthesis.heterogeneity import q_profile
from evidence.synthesis.influence import leave_one_out
from evidence.synthesis.methods import TABLE_METHODS, CiMethod, PoolingMethod
from evidence.synthesis.small_study import FEWEST_FOR_POWER, RankTest, RegressionTest, begg, egger
from evidence.synthesis.trim_and_fill import TrimAndFill, trim_and_fill
from evidence.vocabulary import EffectMeasure


@dataclass(frozen=True, slots=True)
class PooledStudy:
    """One row of the input; None where the row has no effect."""

    yi: float | None
    vi: float | None
    weight_percent: float | None
    """Share of the pool's weight; a study that is left out has 0, or None without an effect."""


@dataclass(frozen=True, slots=True)
class PoolInput:
    """What a report was made from, for the parts that are computed on demand."""

    y: Floats
    v: Floats
    is_used: NDArray[np.bool_]
    counts: Counts | None
    measure: EffectMeasure
    method: PoolingMethod
    ci: CiMethod
    is_exponentiated: bool


@dataclass(frozen=True)
class PoolReport:
    """A pool with all its figures; None is not computable, and ``notes`` say why.

    Effects are on the scale of ``yi`` (ratios as logarithms) unless the report is exponentiated:
    then estimate, intervals, prediction, leave-one-out, the studies' effects and the estimate of
    trim and fill are ratios; standard errors, variances and tau² never are. I² is in per cent.
    """

    k: int
    estimate: float | None
    se: float
    ci_low: float | None
    ci_high: float | None
    p_value: float | None
    tau2: float | None
    i2: float | None
    i2_q: float | None
    h2: float | None
    q: float | None
    q_p: float | None
    prediction_low: float | None
    prediction_high: float | None
    method: PoolingMethod
    ci_method: CiMethod
    first_notes: tuple[str, ...] = ()
    """Notes on the pool itself; ``notes`` adds those on what surrounds it."""
    _input: PoolInput = field(repr=False, compare=False, kw_only=True)
    _weights: Floats = field(repr=False, compare=False, kw_only=True)

    @property
    def _y(self) -> Floats:
        return np.asarray(self._input.y[self._input.is_used])

    @property
    def _v(self) -> Floats:
        return np.asarray(self._input.v[self._input.is_used])

    @cached_property
    def studies(self) -> tuple[PooledStudy, ...]:
        """Return the rows of the input with their weights, in their order."""
        return _studies(self._input, self._weights)

    @cached_property
    def _tau2_interval(self) -> tuple[float | None, float | None]:
        if self.k < 2 or not self.method.is_random:
            return None, None
        low, high = q_profile(single(self._y, self._v))
        return known(low[0]), known(high[0])

    @property
    def tau2_ci_low(self) -> float | None:
        """Return the lower Q-profile limit of tau² (95 %)."""
        return self._tau2_interval[0]

    @property
    def tau2_ci_high(self) -> float | None:
        """Return the upper Q-profile limit of tau² (95 %)."""
        return self._tau2_interval[1]

    @cached_property
    def leave_one_out(self) -> tuple[float | None, ...]:
        """Return the estimate without each row; None for a row that was not in the pool."""
        if self.k < 2:
            return (None,) * self._input.y.size
        values = np.full(self._input.y.size, np.nan)
        values[self._input.is_used] = _estimates_without_each(self._input)
        return tuple(shown(value, self._input.is_exponentiated) for value in values)

    @cached_property
    def egger(self) -> RegressionTest:
        """Return Egger's test with its whole fit."""
        return egger(self._y, self._v)

    @property
    def egger_p(self) -> float | None:
        """Return Egger's p: weighted linear model on the standard error, t(k-2)."""
        return self.egger.p_value

    @cached_property
    def begg(self) -> RankTest:
        """Return Begg's test with its rank correlation."""
        return begg(self._y, self._v)

    @property
    def begg_p(self) -> float | None:
        """Return Begg's p: exact without ties, else normal."""
        return self.begg.p_value

    @cached_property
    def trimmed(self) -> TrimAndFill | None:
        """Return trim and fill (L0) by this report's method; None for Mantel-Haenszel and Peto."""
        if self.method in (PoolingMethod.MANTEL_HAENSZEL, PoolingMethod.PETO):
            return None
        return trim_and_fill(self._y, self._v, method=self.method)

    @property
    def trim_and_fill(self) -> dict[str, int | float | None]:
        """Return the number of missing studies and the estimate with them."""
        if self.trimmed is None or self.trimmed.estimate is None:
            return {"k0": None, "estimate": None}
        estimate = shown(self.trimmed.estimate, self._input.is_exponentiated)
        return {"k0": self.trimmed.k0, "estimate": estimate}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Return why figures are missing and what was done to the input."""
        found = [*self.first_notes, self.egger.reason, self.begg.reason]
        if self.trimmed is None:
            found.append(f"trim and fill does not apply to {self.method.value}")
        else:
            found.append(self.trimmed.reason)
        if self.egger.fit is not None and self.k < FEWEST_FOR_POWER:
            found.append(
                f"tests for small-study effects have little power with {self.k} studies "
                f"(below {FEWEST_FOR_POWER})"
            )
        return tuple(note for note in found if note)

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``pool --json`` prints; every number finite or None."""
        names = (
            "k", "estimate", "se", "ci_low", "ci_high", "p_value", "tau2", "tau2_ci_low",
            "tau2_ci_high", "i2", "i2_q", "h2", "q", "q_p", "prediction_low", "prediction_high",
        )  # fmt: skip
        document: dict[str, Any] = {name: getattr(self, name) for name in names}
        return document | {
            "method": self.method.value,
            "ci_method": self.ci_method.value,
            "studies": [
                {"yi": study.yi, "vi": study.vi, "weight_percent": study.weight_percent}
                for study in self.studies
            ],
            "leave_one_out": list(self.leave_one_out),
            "egger_p": self.egger_p,
            "begg_p": self.begg_p,
            "trim_and_fill": self.trim_and_fill,
            "notes": list(self.notes),
        }


def known(value: float) -> float | None:
    """Return a number, None where it is not finite."""
    return float(value) if np.isfinite(value) else None


def shown(value: float, is_exponentiated: bool) -> float | None:
    """Return an effect as it is shown, None where it is not finite."""
    if not is_exponentiated:
        return known(value)
    with np.errstate(over="ignore"):
        return known(np.exp(value))


def _studies(given: PoolInput, weights: Floats) -> tuple[PooledStudy, ...]:
    share = np.full(given.y.size, np.nan)
    share[given.is_used] = 100.0 * weights / weights.sum()
    return tuple(
        PooledStudy(shown(y, given.is_exponentiated), known(v), known(part))
        for y, v, part in zip(given.y, given.v, share, strict=True)
    )


def _estimates_without_each(given: PoolInput) -> Floats:
    y, v = given.y[given.is_used], given.v[given.is_used]
    if given.method not in TABLE_METHODS:
        return leave_one_out(y, v, method=given.method, ci=CiMethod.Z).estimate
    counts = complete_counts(given)
    values = np.full(y.size, np.nan)
    for row in range(y.size):
        a, n1, c, n2 = (np.delete(part, row) for part in counts)
        try:
            values[row] = fixed_pool((a, n1, c, n2), given).estimate
        except StatisticsError:
            values[row] = np.nan  # the others alone give no ratio: shown as None
    return values


def complete_counts(given: PoolInput) -> Counts:
    """Return the two-by-two tables of the rows that are used."""
    if given.counts is None:
        raise StatisticsError(f"{given.method.value} pools two-by-two tables only")
    a, n1, c, n2 = (part[given.is_used] for part in given.counts)
    return a, n1, c, n2


def fixed_pool(counts: Counts, given: PoolInput) -> FixedPool:
    """Return the Mantel-Haenszel or Peto pool of these tables."""
    if given.method is PoolingMethod.PETO:
        return peto(counts)
    return mantel_haenszel(counts, given.measure)
