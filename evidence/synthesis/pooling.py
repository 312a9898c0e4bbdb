"""Pool one set of studies and say everything about it: what the command ``pool`` prints.

``pool`` takes effects and variances, ``pool_table`` a table of any measure. The estimate and its
intervals are computed at once; what surrounds them (leave-one-out, tests, trim and fill) when it
is first asked for. It must not know claims, strata or verdict rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import special

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Floats, checked_effects, single
from evidence.synthesis.effect_tables import TableEffects, effects_from_table
from evidence.synthesis.fixed_effect import Counts, FixedPool, mantel_haenszel, peto
from evidence.synthesis.heterogeneity import q_profile
from evidence.synthesis.influence import leave_one_out
from evidence.synthesis.methods import LOG_MEASURES, CiMethod, PoolingMethod
from evidence.synthesis.random_effects import Z_95, PooledStrata, pool_rows, z_p_value
from evidence.synthesis.small_study import FEWEST_FOR_POWER, RankTest, RegressionTest, begg, egger
from evidence.synthesis.trim_and_fill import TrimAndFill, trim_and_fill
from evidence.vocabulary import EffectMeasure

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class PooledStudy:
    """One row of the input; None where the row has no effect."""

    yi: float | None
    vi: float | None
    weight_percent: float | None
    """Share of the pool's weight; a study that is left out has 0, or None without an effect."""


@dataclass(frozen=True, slots=True)
class _Input:
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
    _input: _Input = field(repr=False, compare=False, kw_only=True)
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
        return _number(low[0]), _number(high[0])

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
        return tuple(_shown(value, self._input.is_exponentiated) for value in values)

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
        estimate = _shown(self.trimmed.estimate, self._input.is_exponentiated)
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


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    method: PoolingMethod | str = PoolingMethod.REML,
    ci: CiMethod | str = CiMethod.MODIFIED_HARTUNG_KNAPP,
) -> PoolReport:
    """Pool effects with known sampling variances.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects (ratios as natural logarithms) and sampling variances (squared standard errors).
    method : PoolingMethod or str
        FE, DL, PM, REML, ML, EB, HE, HS or SJ.
    ci : CiMethod or str
        z, hk or modified-hk.

    Examples
    --------
    >>> pool([-0.5, -0.2, -0.3], [0.04, 0.01, 0.02]).k
    3
    """
    y, v = checked_effects(yi, vi)
    given = _Input(
        y,
        v,
        np.ones(y.size, dtype=bool),
        None,
        EffectMeasure.GEN,
        _word(PoolingMethod, method, "method"),
        _word(CiMethod, ci, "interval"),
        is_exponentiated=False,
    )
    return _report(given, ())


def pool_table(
    table: pd.DataFrame,
    measure: EffectMeasure | str,
    method: PoolingMethod | str = PoolingMethod.REML,
    ci: CiMethod | str = CiMethod.MODIFIED_HARTUNG_KNAPP,
    *,
    exponentiate: bool = False,
    name: str = "table",
) -> PoolReport:
    """Pool a table whose columns belong to a measure.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a study; columns as in ``effect_tables.COLUMNS``, others are ignored.
    measure : EffectMeasure or str
        MD, SMD, ROM, RR, OR, RD, PETO, PLO, PFT, MN, ZCOR or GEN.
    method : PoolingMethod or str
        As in :func:`pool`, or MH (RR, OR, RD) or PETO (OR, PETO) on two-by-two tables.
    ci : CiMethod or str
        z, hk or modified-hk; without random effects, and for one study, z is used.
    exponentiate : bool
        Whether effects are shown as ratios.
    name : str
        What messages call the table: the file's name.

    Raises
    ------
    TableError
        Columns or cells are faulty: all of them.
    StatisticsError
        Measure and method do not go together, or nothing is left to pool.
    """
    chosen = _word(EffectMeasure, measure, "measure")
    how = _word(PoolingMethod, method, "method")
    _check_pair(chosen, how)
    # Peto's method pools Peto's odds ratios: the studies are shown, and their Q made, as such.
    effects = effects_from_table(
        table, EffectMeasure.PETO if how is PoolingMethod.PETO else chosen, name
    )
    given = _Input(
        effects.yi,
        effects.vi,
        effects.is_used,
        effects.counts,
        chosen,
        how,
        _word(CiMethod, ci, "interval"),
        exponentiate,
    )
    notes = effects.notes
    if exponentiate and chosen not in (*LOG_MEASURES, EffectMeasure.GEN):
        notes = (*notes, f"exponentiated as asked, though {chosen.value} is not a logarithm")
    if how in (PoolingMethod.MANTEL_HAENSZEL, PoolingMethod.PETO):
        return _counts_report(given, notes, effects)
    return _report(given, notes)


def _word(words: type[Word], value: Word | str, what: str) -> Word:
    try:
        return words(value)
    except ValueError as error:
        allowed = ", ".join(word.value for word in words)
        raise StatisticsError(f"{what} {value} is unknown (allowed: {allowed})") from error


_TABLE_METHODS: dict[PoolingMethod, Sequence[EffectMeasure]] = {
    PoolingMethod.MANTEL_HAENSZEL: (EffectMeasure.RR, EffectMeasure.OR, EffectMeasure.RD),
    PoolingMethod.PETO: (EffectMeasure.OR, EffectMeasure.PETO),
}


def _check_pair(measure: EffectMeasure, method: PoolingMethod) -> None:
    allowed = _TABLE_METHODS.get(method)
    if allowed is not None and measure not in allowed:
        names = ", ".join(each.value for each in allowed)
        raise StatisticsError(
            f"method {method.value} does not pool {measure.value} (allowed: measure {names})"
        )


def _report(given: _Input, notes: tuple[str, ...]) -> PoolReport:
    y, v = given.y[given.is_used], given.v[given.is_used]
    one = pool_rows(single(y, v), given.method, given.ci)
    k = y.size
    is_z = k == 1 or not given.method.is_random
    ci = CiMethod.Z if is_z else given.ci
    tau2 = _number(one.tau2[0])
    weights = 1.0 / (v + (tau2 or 0.0))
    return _assembled(
        given,
        one,
        ci,
        weights,
        (*notes, *_why(given, k, one)),
        p_value=_number(one.p_value[0]),
        tau2=tau2,
    )


def _assembled(
    given: _Input,
    one: PooledStrata,
    ci: CiMethod,
    weights: Floats,
    notes: tuple[str, ...],
    *,
    p_value: float | None,
    tau2: float | None,
) -> PoolReport:
    turn = given.is_exponentiated
    shown = {
        name: _shown(float(getattr(one, name)[0]), turn)
        for name in ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high")
    }
    too_large = [name for name, value in shown.items() if value is None and _is_there(one, name)]
    if too_large:
        notes = (*notes, f"{', '.join(too_large)}: too large to exponentiate")
    return PoolReport(
        k=int(one.k[0]),
        se=float(one.se[0]),
        p_value=p_value,
        tau2=tau2,
        i2=_number(one.i2[0]),
        i2_q=_number(one.i2_q[0]),
        h2=_number(one.h2[0]),
        q=_number(one.q[0]),
        q_p=_number(one.q_p[0]),
        method=given.method,
        ci_method=ci,
        first_notes=notes,
        _input=given,
        _weights=weights,
        **shown,
    )


def _is_there(one: PooledStrata, name: str) -> bool:
    return bool(np.isfinite(getattr(one, name)[0]))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _shown(value: float, is_exponentiated: bool) -> float | None:
    if not is_exponentiated:
        return _number(value)
    with np.errstate(over="ignore"):
        return _number(np.exp(value))


def _studies(given: _Input, weights: Floats) -> tuple[PooledStudy, ...]:
    share = np.full(given.y.size, np.nan)
    share[given.is_used] = 100.0 * weights / weights.sum()
    return tuple(
        PooledStudy(_shown(y, given.is_exponentiated), _number(v), _number(part))
        for y, v, part in zip(given.y, given.v, share, strict=True)
    )


def _why(given: _Input, k: int, one: PooledStrata) -> list[str]:
    """Return why figures of an inverse-variance pool are missing or are not what was asked."""
    if k == 1:
        return [
            "one study: its own normal interval (z); tau², I², H², Q and prediction are not defined"
        ]
    notes = []
    if not given.method.is_random:
        notes.append(
            "no random effects: tau² is 0 by assumption, without interval, and there is no "
            "prediction interval"
        )
        if given.ci is not CiMethod.Z:
            notes.append(f"z in place of {given.ci.value}, which needs random effects")
        return notes
    if k < 3:
        notes.append("prediction interval needs 3 studies: t(k-2) has no degrees of freedom")
    if given.ci is CiMethod.HARTUNG_KNAPP and one.hk_factor[0] < 1:
        notes.append("Hartung-Knapp's factor is below 1: this interval is narrower than z")
    if not np.isfinite(one.p_value[0]):
        notes.append("p_value: estimate and standard error are both 0")
    if not one.is_converged[0]:
        notes.append("tau²: no maximum of the likelihood was found, 0 is used")
    lost = [name for name in ("q", "q_p", "i2", "h2") if not np.isfinite(getattr(one, name)[0])]
    if lost:
        notes.append(f"{', '.join(lost)}: the variances lie too far apart for double precision")
    return notes


def _counts_report(given: _Input, notes: tuple[str, ...], effects: TableEffects) -> PoolReport:
    """Return the report of a pool of two-by-two tables.

    Notes
    -----
    Studies with no event, or only events, in both arms take no part in Q and its degrees of
    freedom (metafor's ``drop00`` for the study effects), though they count in k.
    """
    counts = _complete(given)
    found = _fixed_pool(counts, given)
    a, n1, c, n2 = counts
    is_informative = ~(((a == 0) & (c == 0)) | ((a == n1) & (c == n2)))
    y, v = effects.yi[given.is_used][is_informative], effects.vi[given.is_used][is_informative]
    k, k_q = int(a.size), int(is_informative.sum())
    half = Z_95 * found.se
    one = PooledStrata(
        k=np.array([k]),
        estimate=np.array([found.estimate]),
        se=np.array([found.se]),
        ci_low=np.array([found.estimate - half]),
        ci_high=np.array([found.estimate + half]),
        p_value=z_p_value(np.array([found.estimate / found.se])),
        **_q_of_counts(y, v, found.estimate, k_q),
        **{name: np.array([np.nan]) for name in ("prediction_low", "prediction_high", "hk_factor")},
        is_converged=np.array([True]),
    )
    why = _why(given, k, one)
    if k_q < k:
        why.append(
            f"{k - k_q} of {k} studies have no event, or only events, in both arms: they take no "
            "part in Q and I²"
        )
    return _assembled(
        given, one, CiMethod.Z, found.weights, (*notes, *why),
        p_value=_number(one.p_value[0]), tau2=0.0 if k > 1 else None,
    )  # fmt: skip


def _complete(given: _Input) -> Counts:
    if given.counts is None:
        raise StatisticsError(f"{given.method.value} pools two-by-two tables only")
    a, n1, c, n2 = (part[given.is_used] for part in given.counts)
    return a, n1, c, n2


def _fixed_pool(counts: Counts, given: _Input) -> FixedPool:
    if given.method is PoolingMethod.PETO:
        return peto(counts)
    return mantel_haenszel(counts, given.measure)


def _q_of_counts(y: Floats, v: Floats, centre: float, k: int) -> dict[str, Floats]:
    nan = np.array([np.nan])
    if k < 2:
        return {"tau2": nan, "q": nan, "q_p": nan, "i2": nan, "i2_q": nan, "h2": nan}
    q = float(((y - centre) ** 2 / v).sum())
    i2 = np.array([100.0 * max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0])
    return {
        "tau2": np.array([0.0]),
        "q": np.array([q]),
        "q_p": np.array([float(special.chdtrc(k - 1, q))]),
        "i2": i2,
        "i2_q": i2,
        "h2": np.array([q / (k - 1)]),
    }


def _estimates_without_each(given: _Input) -> Floats:
    y, v = given.y[given.is_used], given.v[given.is_used]
    if given.method not in _TABLE_METHODS:
        return leave_one_out(y, v, method=given.method, ci=CiMethod.Z).estimate
    counts = _complete(given)
    values = np.full(y.size, np.nan)
    for row in range(y.size):
        a, n1, c, n2 = (np.delete(part, row) for part in counts)
        try:
            values[row] = _fixed_pool((a, n1, c, n2), given).estimate
        except StatisticsError:
            values[row] = np.nan  # the others alone give no ratio: shown as None
    return values
