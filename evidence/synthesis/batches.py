"""Strata of unequal size as padded arrays, so that thousands are pooled in one pass.

It knows how effects are laid out in memory; it must not know any estimator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evidence.errors import Fault, StatisticsError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SMALLEST_VARIANCE, LARGEST_VARIANCE = 1e-50, 1e50
LARGEST_EFFECT = 1e50
CELLS_A_CHUNK = 16_384  # 128 kB an array: a chunk's working set stays in the cache of one core
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Strata with one row each; the most precise study of each stands first.

    Effects are stored as their distance to that study: equal effects are then exactly 0, a common
    shift costs no digits, and neither does a study that outweighs all others. A padded cell has
    effect 0 and variance infinity, so that its weight is 0 and no mask is needed.
    """

    y: Floats
    """Effects minus ``origin``; shape (strata, most studies)."""
    v: Floats
    """Sampling variances; same shape, infinite where padded."""
    k: Integers
    """Studies in each stratum."""
    origin: Floats
    """What was taken off the effects of each stratum."""

    @property
    def smallest_variance(self) -> Floats:
        """Return the smallest sampling variance of each stratum."""
        return np.asarray(self.v[:, 0])

    @property
    def largest_variance(self) -> Floats:
        """Return the largest sampling variance of each stratum."""
        return np.asarray(np.where(np.isfinite(self.v), self.v, 0.0).max(axis=1))

    def rows(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Batch:
        """Return the strata at these positions."""
        return Batch(self.y[which], self.v[which], self.k[which], self.origin[which])


def checked_effects(yi: ArrayLike, vi: ArrayLike) -> tuple[Floats, Floats]:
    """Return effects and sampling variances as float arrays, or say everything wrong with them.

    Parameters
    ----------
    yi, vi : array_like, shape (n,)
        Effects (ratios as logarithms) and their sampling variances (squared standard errors).

    Raises
    ------
    StatisticsError
        A length differs, nothing is there, or a value is not finite, not positive (variance), or
        outside the range in which double precision can square it three times.
    """
    y = np.atleast_1d(np.asarray(yi, dtype=float))
    v = np.atleast_1d(np.asarray(vi, dtype=float))
    if y.ndim != 1 or y.shape != v.shape:
        raise StatisticsError(
            f"yi and vi must be two lists of one length, not of shapes {y.shape} and {v.shape}"
        )
    if y.size == 0:
        raise StatisticsError("nothing to pool: no study is left (allowed: at least one)")
    bad_y = ~(np.abs(y) <= LARGEST_EFFECT)
    bad_v = ~((v >= SMALLEST_VARIANCE) & (v <= LARGEST_VARIANCE))
    if bad_y.any() or bad_v.any():
        raise StatisticsError(_faults(y, v, bad_y, bad_v))
    return y, v


def _faults(y: Floats, v: Floats, bad_y: NDArray[np.bool_], bad_v: NDArray[np.bool_]) -> str:
    allowed_y = f"a finite number up to {LARGEST_EFFECT:g} in size"
    allowed_v = f"a number from {SMALLEST_VARIANCE:g} to {LARGEST_VARIANCE:g}"
    faults = [
        *(Fault(f"row {i + 1}", "yi", f"is {y[i]:g}", allowed_y) for i in np.flatnonzero(bad_y)),
        *(Fault(f"row {i + 1}", "vi", f"is {v[i]:g}", allowed_v) for i in np.flatnonzero(bad_v)),
    ]
    lines = [str(fault) for fault in faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        lines.append(f"and {len(faults) - MOST_FAULTS} more")
    return "\n".join(lines)


def single(y: Floats, v: Floats) -> Batch:
    """Return one stratum as a batch."""
    return packed(y[None, :], v[None, :])


def packed(y: Floats, v: Floats, k: Integers | None = None) -> Batch:
    """Return strata, one a row, as a batch.

    Parameters
    ----------
    y, v : array, shape (strata, most studies)
        Effects and variances; the variance is infinite where a stratum has no more studies.
    k : array of int, shape (strata,), optional
        Studies of each stratum; None: all have as many as there are columns.
    """
    if k is None:
        k = np.full(y.shape[0], y.shape[1], dtype=np.int64)
    rows, first = np.arange(y.shape[0]), v.argmin(axis=1)
    y, v = y.copy(), v.copy()
    y[rows, first], y[:, 0] = y[:, 0], y[rows, first]
    v[rows, first], v[:, 0] = v[:, 0], v[rows, first]
    origin = y[:, 0].copy()
    y -= origin[:, None]
    y[np.isinf(v)] = 0.0
    return Batch(y, v, k, origin)


def offsets_of(strata: ArrayLike | None, n: int) -> Integers:
    """Return where each stratum begins, with ``n`` at the end.

    Parameters
    ----------
    strata : array_like, shape (n_strata + 1,)
        Offsets into the effects: 0, rising, and ``n`` last. None is one stratum.
    n : int
        How many effects there are.
    """
    if strata is None:
        return np.array([0, n], dtype=np.int64)
    offsets = np.asarray(strata, dtype=np.int64)
    if offsets.ndim != 1 or offsets.size < 2 or offsets[0] != 0 or offsets[-1] != n:
        raise StatisticsError(f"offsets must run from 0 to the number of effects, {n}")
    if (np.diff(offsets) < 1).any():
        raise StatisticsError("each stratum needs at least one study: offsets must rise")
    return offsets


def sorted_by_stratum(index: ArrayLike) -> tuple[NDArray[np.intp], Integers, NDArray[np.generic]]:
    """Return the order that puts strata together, their offsets, and the name of each.

    Parameters
    ----------
    index : array_like, shape (n,)
        The stratum of each effect, in any order and of any sortable kind.
    """
    names, inverse, counts = np.unique(np.asarray(index), return_inverse=True, return_counts=True)
    order = np.argsort(inverse, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return order, offsets, names


def chunks(y: Floats, v: Floats, offsets: Integers) -> Iterator[tuple[NDArray[np.intp], Batch]]:
    """Yield positions of strata with their batch; strata of like size go together.

    The order of studies inside a stratum is kept, so that a stratum gives the same bits whatever
    stands beside it.
    """
    k = np.diff(offsets)
    order = np.argsort(k, kind="stable")
    start = 0
    while start < order.size:
        rows = max(1, CELLS_A_CHUNK // int(k[order[start]]))
        stop = min(order.size, start + rows)
        # Padding changes the order of summation, and with it the last bit: one size a chunk.
        stop = start + int(np.searchsorted(k[order[start:stop]], k[order[start]], side="right"))
        where = order[start:stop]
        cells = offsets[where][:, None] + np.arange(int(k[order[start]]))
        yield where, packed(y[cells], v[cells])
        start = stop


def padded(groups: Sequence[tuple[Floats, Floats]]) -> Batch:
    """Return groups of (effects, variances) of unequal size as one padded batch."""
    k = np.array([group[0].size for group in groups], dtype=np.int64)
    y = np.zeros((k.size, int(k.max())))
    v = np.full(y.shape, np.inf)
    for row, (effects, variances) in enumerate(groups):
        y[row, : effects.size] = effects
        v[row, : variances.size] = variances
    return packed(y, v, k)
