"""Effects from a table whose columns say what was measured, with every fault named.

It knows columns and their limits; formulas are in ``effect_sizes``, pooling is elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evidence.errors import Fault, StatisticsError, TableError
from evidence.synthesis import effect_sizes
from evidence.synthesis.batches import (
    LARGEST_EFFECT,
    LARGEST_VARIANCE,
    SMALLEST_VARIANCE,
    Floats,
)
from evidence.synthesis.methods import POOLABLE_MEASURES
from evidence.vocabulary import EffectMeasure

LARGEST_COUNT = 1e12
LARGEST_MEAN = 1e20


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures and what it may hold."""

    name: str
    low: float
    high: float
    allowed: str
    is_low_open: bool = False
    is_high_open: bool = False

    def is_faulty(self, values: Floats) -> NDArray[np.bool_]:
        """Return where a value that is there lies outside."""
        below = values <= self.low if self.is_low_open else values < self.low
        above = values >= self.high if self.is_high_open else values > self.high
        return np.asarray((below | above) & ~np.isnan(values))


def _n(name: str, low: float = 1.0) -> Column:
    return Column(name, low, LARGEST_COUNT, f"a number of people, {low:g} or more")


def _events(name: str) -> Column:
    return Column(name, 0.0, LARGEST_COUNT, "0 or more, and not more than n")


def _mean(name: str) -> Column:
    return Column(name, -LARGEST_MEAN, LARGEST_MEAN, f"a number up to {LARGEST_MEAN:g} in size")


def _sd(name: str) -> Column:
    return Column(name, 0.0, LARGEST_MEAN, f"0 or more, up to {LARGEST_MEAN:g}")


_MEANS = (
    _n("n_intervention"), _mean("mean_intervention"), _sd("sd_intervention"),
    _n("n_comparator"), _mean("mean_comparator"), _sd("sd_comparator"),
)  # fmt: skip
_TWO_BY_TWO = (
    _events("events_intervention"), _n("n_intervention"),
    _events("events_comparator"), _n("n_comparator"),
)  # fmt: skip
_PROPORTION = (_events("events"), _n("n"))
COLUMNS: dict[EffectMeasure, tuple[Column, ...]] = {
    EffectMeasure.MD: _MEANS,
    EffectMeasure.SMD: _MEANS,
    EffectMeasure.ROM: _MEANS,
    EffectMeasure.RR: _TWO_BY_TWO,
    EffectMeasure.OR: _TWO_BY_TWO,
    EffectMeasure.RD: _TWO_BY_TWO,
    EffectMeasure.PETO: _TWO_BY_TWO,
    EffectMeasure.PLO: _PROPORTION,
    EffectMeasure.PFT: _PROPORTION,
    EffectMeasure.MN: (_mean("mean"), _sd("sd"), _n("n")),
    EffectMeasure.ZCOR: (
        Column("ri", -1.0, 1.0, "between -1 and 1, without the ends", True, True),
        _n("ni", 4.0),
    ),
    EffectMeasure.GEN: (
        Column("yi", -LARGEST_EFFECT, LARGEST_EFFECT, f"a number up to {LARGEST_EFFECT:g} in size"),
        Column(
            "vi",
            SMALLEST_VARIANCE,
            LARGEST_VARIANCE,
            f"above 0: a number from {SMALLEST_VARIANCE:g} to {LARGEST_VARIANCE:g}",
        ),
    ),
}
_EVENT_PAIRS = (
    ("events_intervention", "n_intervention"),
    ("events_comparator", "n_comparator"),
    ("events", "n"),
)


@dataclass(frozen=True, slots=True)
class TableEffects:
    """Effects of a table, row by row; NaN in a row that has none, and why."""

    measure: EffectMeasure
    yi: Floats
    vi: Floats
    ni: Floats
    """People of each study; NaN where the table does not say."""
    counts: tuple[Floats, Floats, Floats, Floats] | None
    """Events and people of both arms, of two-by-two tables."""
    notes: tuple[str, ...]

    @property
    def is_used(self) -> NDArray[np.bool_]:
        """Whether a row has an effect and a variance."""
        return ~(np.isnan(self.yi) | np.isnan(self.vi))


def effects_from_table(
    table: pd.DataFrame, measure: EffectMeasure, name: str = "table"
) -> TableEffects:
    """Return the effect and variance of every row.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a study; the columns that the measure needs (``COLUMNS``), others are ignored.
    measure : EffectMeasure
        One of ``POOLABLE_MEASURES``.
    name : str
        What messages call the table.

    Raises
    ------
    TableError
        Columns are missing or values impossible: all of them, with row, column and what is allowed.
    StatisticsError
        The measure cannot be pooled, or no row is left.
    """
    if measure not in POOLABLE_MEASURES:
        allowed = ", ".join(m.value for m in POOLABLE_MEASURES)
        raise StatisticsError(f"measure {measure.value} cannot be pooled (allowed: {allowed})")
    columns = COLUMNS[measure]
    values = _read(table, columns, name)
    missing = np.asarray(np.isnan(np.column_stack(list(values.values()))).any(axis=1))
    rows = {column: np.where(missing, np.nan, cells) for column, cells in values.items()}
    yi, vi = _FORMULAS[measure](*(rows[column.name] for column in columns))
    _check_effects(yi, vi, missing, measure, rows, name)
    if (np.isnan(yi) | np.isnan(vi)).all():
        raise StatisticsError(
            f"{name}: no row of {len(yi)} has an effect and a variance (allowed: at least one)"
        )
    return TableEffects(
        measure, yi, vi, _people(rows), _counts(rows), _notes(rows, missing, yi, measure)
    )


def _read(table: pd.DataFrame, columns: tuple[Column, ...], name: str) -> dict[str, Floats]:
    faults = [
        Fault(name, column.name, "is missing", f"columns {', '.join(c.name for c in columns)}")
        for column in columns
        if column.name not in table.columns
    ]
    faults += [
        Fault(name, column.name, "stands more than once", "each column once")
        for column in columns
        if list(table.columns).count(column.name) > 1
    ]
    if faults:
        raise TableError(name, faults)
    if table.empty:
        raise StatisticsError(f"{name} has no rows (allowed: at least one study)")
    values = {}
    for column in columns:
        raw = table[column.name]
        numbers = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        is_text = np.isnan(numbers) & raw.notna().to_numpy()
        faulty = column.is_faulty(numbers) | is_text
        faults += [
            Fault(f"{name} row {i + 1}", column.name, f"is {raw.iloc[i]}", column.allowed)
            for i in np.flatnonzero(faulty)
        ]
        values[column.name] = numbers
    faults += _too_many_events(values, name)
    if faults:
        raise TableError(name, faults)
    return values


def _too_many_events(values: dict[str, Floats], name: str) -> list[Fault]:
    return [
        Fault(
            f"{name} row {i + 1}", e, f"is {values[e][i]:g}, above {n} {values[n][i]:g}", "0 to n"
        )
        for e, n in _EVENT_PAIRS
        if e in values and n in values
        for i in np.flatnonzero(values[e] > values[n])
    ]


def _check_effects(
    yi: Floats,
    vi: Floats,
    missing: NDArray[np.bool_],
    measure: EffectMeasure,
    rows: dict[str, Floats],
    name: str,
) -> None:
    """Raise on rows that are complete and still have no effect or no positive variance."""
    if measure is EffectMeasure.PETO:
        return
    with np.errstate(invalid="ignore"):
        bad = ~missing & ~((np.abs(yi) <= LARGEST_EFFECT) & (vi >= SMALLEST_VARIANCE))
    faults = [
        Fault(
            f"{name} row {i + 1}",
            ", ".join(rows),
            f"{', '.join(f'{cells[i]:g}' for cells in rows.values())} give effect {yi[i]:g} with "
            f"variance {vi[i]:g}",
            _WHAT_IS_NEEDED.get(measure, "figures that give a positive variance"),
        )
        for i in np.flatnonzero(bad)
    ]
    if faults:
        raise TableError(name, faults)


_WHAT_IS_NEEDED = {
    EffectMeasure.MD: "an sd above 0 in at least one arm",
    EffectMeasure.SMD: "4 people or more in all, and an sd above 0",
    EffectMeasure.ROM: "two means of one sign, none 0, and an sd above 0",
    EffectMeasure.MN: "an sd above 0",
}


def _people(rows: dict[str, Floats]) -> Floats:
    if "n_intervention" in rows:
        return rows["n_intervention"] + rows["n_comparator"]
    for name in ("n", "ni"):
        if name in rows:
            return rows[name]
    return np.full(len(next(iter(rows.values()))), np.nan)


def _counts(rows: dict[str, Floats]) -> tuple[Floats, Floats, Floats, Floats] | None:
    if "events_intervention" not in rows:
        return None
    return (
        rows["events_intervention"],
        rows["n_intervention"],
        rows["events_comparator"],
        rows["n_comparator"],
    )


def _notes(
    rows: dict[str, Floats], missing: NDArray[np.bool_], yi: Floats, measure: EffectMeasure
) -> tuple[str, ...]:
    notes = []
    if missing.any():
        notes.append(f"{_rows(missing)} left out: a figure is missing")
    without = ~missing & np.isnan(yi)
    if without.any():
        notes.append(f"{_rows(without)} left out: no event, or only events, in both arms")
    corrected = _has_zero_cell(rows) & ~missing
    if corrected.any() and measure is not EffectMeasure.PETO and measure is not EffectMeasure.PFT:
        notes.append(f"{_rows(corrected)}: ½ added to each cell, for a cell is 0")
    return tuple(notes)


def _has_zero_cell(rows: dict[str, Floats]) -> NDArray[np.bool_]:
    is_zero = np.zeros(len(next(iter(rows.values()))), dtype=bool)
    for events, n in _EVENT_PAIRS:
        if events in rows:
            is_zero |= (rows[events] == 0) | (rows[events] == rows[n])
    return is_zero


def _rows(which: NDArray[np.bool_]) -> str:
    numbers = [str(i + 1) for i in np.flatnonzero(which)]
    if len(numbers) > 10:
        numbers = [*numbers[:10], f"and {len(numbers) - 10} more"]
    return f"row {numbers[0]}" if len(numbers) == 1 else f"rows {', '.join(numbers)}"


_FORMULAS: dict[EffectMeasure, Callable[..., tuple[Floats, Floats]]] = {
    EffectMeasure.MD: effect_sizes.mean_difference,
    EffectMeasure.SMD: effect_sizes.standardized_mean_difference,
    EffectMeasure.ROM: effect_sizes.ratio_of_means,
    EffectMeasure.RR: effect_sizes.risk_ratio,
    EffectMeasure.OR: effect_sizes.odds_ratio,
    EffectMeasure.RD: effect_sizes.risk_difference,
    EffectMeasure.PETO: effect_sizes.peto_odds_ratio,
    EffectMeasure.PLO: effect_sizes.logit_proportion,
    EffectMeasure.PFT: effect_sizes.freeman_tukey_proportion,
    EffectMeasure.MN: lambda mean, sd, n: effect_sizes.single_mean(n, mean, sd),
    EffectMeasure.ZCOR: effect_sizes.fisher_z,
    EffectMeasure.GEN: lambda yi, vi: (yi.copy(), vi.copy()),
}
