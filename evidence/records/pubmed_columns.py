"""Arrow columns made and read with NumPy: what the fast engine of the parser counts with.

Everything goes through Arrow's buffers. ``pyarrow.array`` and ``pyarrow.scalar`` would import
pandas, which costs a third of a second that a short command need not spend; ``pyarrow.compute``
would make a function for each of its kernels, of which two are called here by their names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow._compute as kernels
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MISSING = -1
_MOST_RUNS = 64
_INT64 = pa.int64()
_DTYPES = {_INT64: np.int64, pa.int32(): np.int32, pa.int16(): np.int16}


# --- reading -------------------------------------------------------------------------------------


def is_valid(column: pa.Array) -> Bools:
    """Return which values are not null."""
    bitmap = column.buffers()[0]
    if bitmap is None or column.null_count == 0:
        return np.ones(len(column), np.bool_)
    bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")
    return bits[column.offset : column.offset + len(column)].view(np.bool_)


def any_valid(columns: Sequence[pa.Array]) -> Bools:
    """Return which rows hold something in any of several columns that are as long and whole."""
    n = len(columns[0])
    if not all(column.null_count for column in columns):
        return np.ones(n, np.bool_)
    found = np.zeros((n + 7) // 8, np.uint8)
    for column in columns:
        if column.null_count < n:
            found |= np.frombuffer(column.buffers()[0], np.uint8)[: found.size]
    bits: Bools = np.unpackbits(found, count=n, bitorder="little").view(np.bool_)
    return bits


def numbers_in(column: pa.Array, dtype: type[np.generic]) -> NDArray[Any]:
    """Return a fixed-width column without nulls as NumPy sees it."""
    values = np.frombuffer(column.buffers()[1], dtype)
    return values[column.offset : column.offset + len(column)]


def text_parts(column: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return the offsets and the bytes of a text column."""
    _, offsets, data = column.buffers()
    found = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1]
    octets = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return found, octets


def none_if_empty(column: pa.Array) -> pa.Array:
    """Return a text column with null where the text is empty."""
    offsets, _ = text_parts(column)
    filled = offsets[1:] > offsets[:-1]
    if filled.all() or np.count_nonzero(filled) == len(column) - column.null_count:
        return column
    return taken(column, integers(np.where(filled, np.arange(len(column)), MISSING)))


def taken(column: pa.Array, rows: pa.Array) -> pa.Array:
    """Return rows of a column, null where the row's number is null."""
    return kernels.call_function("array_take", [column, rows])


def encoded(column: pa.Array) -> pa.DictionaryArray:
    """Return a column as places in a list of its different values."""
    return kernels.call_function("dictionary_encode", [column])


def read_unique(column: pa.Array, read: Callable[[str], int | None]) -> Ints:
    """Return a number for each text, MISSING where there is none; each text is read once."""
    if column.null_count == len(column):
        return np.full(len(column), MISSING, np.int64)
    places = encoded(column)
    known = [read(text) for text in places.dictionary.to_pylist()]
    values = np.array([MISSING if n is None else n for n in known] + [MISSING], np.int64)
    rows = numbers_in(places.indices, np.int32)
    if column.null_count:
        rows = np.where(is_valid(places.indices), rows, len(known))
    found: Ints = values[rows]
    return found


def read_flags(column: pa.Array) -> pa.Array:
    """Return whether a text column says Y, null where it says nothing."""
    offsets, octets = text_parts(column)
    begins = octets[np.minimum(offsets[:-1], max(0, octets.size - 1))] if octets.size else 0
    length = np.diff(offsets)
    return flags((length == 1) & (begins == ord("Y")), length > 0)


# --- making --------------------------------------------------------------------------------------


def integers(values: NDArray[Any], type_: pa.DataType | None = None) -> pa.Array:
    """Return numbers as a column, null where they are MISSING."""
    arrow = type_ or _INT64
    typed = np.ascontiguousarray(values, _DTYPES[arrow])
    bitmap = _bitmap(values >= 0) if values.min(initial=0) < 0 else None
    return pa.Array.from_buffers(arrow, len(values), [bitmap, pa.py_buffer(typed)])


def row_numbers(rows: NDArray[Any]) -> pa.Array:
    """Return row numbers that are all there, to take rows with."""
    typed = np.ascontiguousarray(rows, np.int64)
    return pa.Array.from_buffers(_INT64, len(rows), [None, pa.py_buffer(typed)])


def rows_of_texts(column: pa.Array, rows: Ints) -> pa.Array:
    """Return rows of a text column without nulls; quickly if all texts are as long."""
    offsets, octets = text_parts(column)
    size = int(offsets[1] - offsets[0]) if len(column) else 0
    if not size or (np.diff(offsets) != size).any():
        return taken(column, row_numbers(rows))
    items = octets[offsets[0] : offsets[-1]].view(np.dtype((np.void, size)))[rows]
    ends = np.arange(len(rows) + 1, dtype=np.int32) * np.int32(size)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(items)]
    return pa.Array.from_buffers(pa.string(), len(rows), buffers)


def kept(column: pa.Array, rows: Ints) -> pa.Array:
    """Return some rows of a column, in order and none twice; the column itself if these are all."""
    return column if len(rows) == len(column) else taken(column, row_numbers(rows))


def kept_texts(column: pa.Array, rows: Ints) -> pa.Array:
    """Return rows of a text column of which all others are empty, without copying any text."""
    if len(rows) == len(column):
        return column
    offsets, _ = text_parts(column)
    # An empty text begins where the next one does, so the offsets of the others still hold.
    typed = np.append(offsets[rows], offsets[-1])
    bitmap = _bitmap(is_valid(column)[rows]) if column.null_count else None
    buffers = [bitmap, pa.py_buffer(typed), column.buffers()[2]]
    return pa.Array.from_buffers(pa.string(), len(rows), buffers)


def flags(values: Bools, valid: Bools) -> pa.Array:
    """Return truth values as a column, null where they are not valid."""
    bitmap = None if valid.all() else _bitmap(valid)
    return pa.Array.from_buffers(pa.bool_(), len(values), [bitmap, _bitmap(values)])


def _bitmap(bits: Bools) -> pa.Buffer:
    return pa.py_buffer(np.packbits(bits, bitorder="little"))


def texts(values: Sequence[str | None]) -> pa.Array:
    """Return texts as a column."""
    octets = [b"" if value is None else value.encode() for value in values]
    lengths = np.fromiter(map(len, octets), np.int32, len(octets))
    valid = np.fromiter((value is not None for value in values), np.bool_, len(octets))
    return text_column(lengths, b"".join(octets), valid)


def text_column(lengths: NDArray[Any], data: object, valid: Bools | None = None) -> pa.Array:
    """Return a text column from the length of each text and all their bytes."""
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    bitmap = None if valid is None or valid.all() else _bitmap(valid)
    buffers = [bitmap, pa.py_buffer(offsets), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), len(lengths), buffers)


def constant(value: str, n: int) -> pa.Array:
    """Return a column that says the same in every row."""
    octets = value.encode()
    return text_column(np.full(n, len(octets), np.int32), octets * n)


def one_each(column: pa.Array, starts: Ints) -> pa.Array | None:
    """Return the one text that each group of rows has, null where it has none.

    Parameters
    ----------
    column
        Texts, most of them null.
    starts
        First row of each group, and the number of rows.

    Returns
    -------
    pyarrow.Array or None
        What is null takes no room, so the text of a group begins where that of its first row
        does. None if a group has two.
    """
    offsets, _ = text_parts(column)
    found = offsets[starts]
    filled = found[1:] > found[:-1]
    n_filled = np.count_nonzero(filled)
    # An attribute may be there and empty; then what is not empty is counted.
    if n_filled != len(column) - column.null_count and n_filled != np.count_nonzero(
        offsets[1:] > offsets[:-1]
    ):
        return None
    bitmap = None if filled.all() else _bitmap(filled)
    buffers = [bitmap, pa.py_buffer(found), _own_bytes(column)]
    return pa.Array.from_buffers(pa.string(), len(starts) - 1, buffers)


def with_own_bytes(column: pa.Array) -> pa.Array:
    """Return a text column that keeps nothing else in memory.

    The columns that the XML reader gives keep all columns of their table.
    """
    validity, offsets, _ = column.buffers()
    buffers = [validity, offsets, _own_bytes(column)]
    return pa.Array.from_buffers(column.type, len(column), buffers, offset=column.offset)


def _own_bytes(column: pa.Array) -> pa.Buffer | None:
    data = column.buffers()[2]
    return None if data is None else pa.py_buffer(data.to_pybytes())


def lists_of(owners: Ints, values: pa.Array, n: int) -> pa.Array:
    """Return one list for each of n owners; the owners of the values are sorted."""
    offsets = np.searchsorted(owners, np.arange(n + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(integers(offsets, pa.int32()), values)


def running_position(owners: Ints) -> Ints:
    """Return the place of each row among the rows of its owner; the owners are sorted.

    >>> running_position(np.array([0, 0, 3, 3, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    rows = np.arange(len(owners))
    begins = np.concatenate(([True], owners[1:] != owners[:-1]))[: len(owners)]
    return rows - np.maximum.accumulate(np.where(begins, rows, 0))


def in_order(parts: Sequence[tuple[Ints, list[pa.Array]]]) -> tuple[Ints, list[pa.Array]]:
    """Return rows of several sources sorted by their owner, and by source within it."""
    filled = [part for part in parts if len(part[0])] or [parts[0]]
    if len(filled) == 1:
        return filled[0]
    owners = np.concatenate([part[0] for part in filled])
    order = np.argsort(owners, kind="stable")
    # Where rows stay together, they are copied together.
    breaks = np.flatnonzero(np.diff(order) != 1) + 1
    together = len(breaks) < _MOST_RUNS
    edges = np.concatenate(([0], breaks, [len(order)]))
    runs = list(zip(order[edges[:-1]].tolist(), np.diff(edges).tolist(), strict=True))
    rows = row_numbers(order)
    columns = []
    for parts in zip(*(part[1] for part in filled), strict=True):
        column = pa.concat_arrays(list(parts))
        if together:
            columns.append(pa.concat_arrays([column.slice(*run) for run in runs]))
        else:
            columns.append(taken(column, rows))
    return owners[order], columns
