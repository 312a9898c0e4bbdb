"""Pool one set of studies and say everything about it: what the command ``pool`` prints.

``pool`` takes effects and variances, ``pool_table`` a table of any measure. The estimate and its
intervals are computed at once; what surrounds them when the report is first asked. It must not know claims, strata or verdict rules.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from evidence.errors import StatisticsError
from evidence.synthesis.batches import Floats, checked_effects, single
from evidence.synthesis.effect_tables import TableEffects, effects_from_table
from evidence.synthesis.methods import LOG_MEASURES, TABLE_METHODS, CiMethod, PoolingMethod
from evidence.synthesis.pool_report import (
    PoolInput,
    PoolReport,
    complete_counts,
    fixed_pool,
    known,
    shown,
)
from evidence.synthesis.random_effects import Z_95, PooledStrata, pool_rows, z_p_value
from evidence.vocabulary import EffectMeasure

__all__ = ["PoolReport", "pool", "pool_table"]

Word = TypeVar("Word", bound=StrEnum)


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
    given = PoolInput(
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
    given = PoolInput(
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


def _check_pair(measure: EffectMeasure, method: PoolingMethod) -> None:
    allowed = TABLE_METHODS.get(method)
    if allowed is not None and measure not in allowed:
        names = ", ".join(each.value for each in allowed)
        raise StatisticsError(
            f"method {method.value} does not pool {measure.value} (allowed: measure {names})"
        )


def _report(given: PoolInput, notes: tuple[str, ...]) -> PoolReport:
    y, v = given.y[given.is_used], given.v[given.is_used]
    one = pool_rows(single(y, v), given.method, given.ci)
    k = y.size
    is_z = k == 1 or not given.method.is_random
    ci = CiMethod.Z if is_z else given.ci
    tau2 = known(one.tau2[0])
    weights = 1.0 / (v + (tau2 or 0.0))
    return _assembled(
        given,
        one,
        ci,
        weights,
        (*notes, *_why(given, k, one)),
        p_value=known(one.p_value[0]),
        tau2=tau2,
    )


def _assembled(
    given: PoolInput,
    one: PooledStrata,
    ci: CiMethod,
    weights: Floats,
    notes: tuple[str, ...],
    *,
    p_value: float | None,
    tau2: float | None,
) -> PoolReport:
    turn = given.is_exponentiated
    printed = {
        name: shown(float(getattr(one, name)[0]), turn)
        for name in ("estimate", "ci_low", "ci_high", "prediction_low", "prediction_high")
    }
    too_large = [name for name, value in printed.items() if value is None and _is_there(one, name)]
    if too_large:
        notes = (*notes, f"{', '.join(too_large)}: too large to exponentiate")
    return PoolReport(
        k=int(one.k[0]),
        se=float(one.se[0]),
        p_value=p_value,
        tau2=tau2,
        i2=known(one.i2[0]),
        i2_q=known(one.i2_q[0]),
        h2=known(one.h2[0]),
        q=known(one.q[0]),
        q_p=known(one.q_p[0]),
        method=given.method,
        ci_method=ci,
        first_notes=notes,
        _input=given,
        _weights=weights,
        **printed,
    )


def _is_there(one: PooledStrata, name: str) -> bool:
    return bool(np.isfinite(getattr(one, name)[0]))


def _why(given: PoolInput, k: int, one: PooledStrata) -> list[str]:
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


def _counts_report(given: PoolInput, notes: tuple[str, ...], effects: TableEffects) -> PoolReport:
    """Return the report of a pool of two-by-two tables.

    Notes
    -----
    Studies with no event, or only events, in both arms take no part in Q and its degrees of
    freedom (metafor's ``drop00`` for the study effects), though they count in k.
    """
    counts = complete_counts(given)
    found = fixed_pool(counts, given)
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
        p_value=known(one.p_value[0]), tau2=0.0 if k > 1 else None,
    )  # fmt: skip


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
