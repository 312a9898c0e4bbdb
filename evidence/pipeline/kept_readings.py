"""Abstracts read once: readings as text under the hash of what was read, and back.

Generic over the dataclass of a reading: a field that is added to it is kept without a word here.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from evidence.appraisal.panel import NO_READERS, Panel
from evidence.appraisal.reader import read_many
from evidence.appraisal.reading import Reading
from evidence.store.readings import KeptReadings

__all__ = ["read_ahead", "read_once", "reading_from", "reading_text"]

Item = Mapping[str, Any]


def read_once(
    items: Sequence[Item],
    kept: KeptReadings | None,
    *,
    processes: Callable[[int], int],
    panel: Panel = NO_READERS,
) -> Iterator[Reading]:
    """Yield the reading of each item in order; only those that are not kept are read.

    Parameters
    ----------
    items
        Title, abstract and what else the reader takes, of each record.
    kept
        What earlier builds read; None reads everything.
    processes
        How many processes read so many abstracts.
    panel
        Readers that are asked beside the built-in one. A reading that one of them failed on is
        not kept, so that it is asked again.
    """
    if kept is None:
        yield from read_many(items, processes=processes(len(items)), panel=panel)
        return
    keys = [_key(item) for item in items]
    found = [_kept_reading(kept, key) for key in keys]
    wanted = [item for item, reading in zip(items, found, strict=True) if reading is None]
    new = read_many(wanted, processes=processes(len(wanted)), panel=panel)
    for place, key in enumerate(keys):
        reading, found[place] = found[place], None  # not all are held at once
        if reading is None:
            reading = next(new)
            _keep(kept, key, reading)
        yield reading


def read_ahead(
    items: Iterable[Item], kept: KeptReadings, *, processes: int, panel: Panel = NO_READERS
) -> None:
    """Read each item that is not kept, and keep it; items may come as slowly as they like."""
    keys: deque[str] = deque()

    def wanted() -> Iterator[Item]:
        for item in items:
            key = _key(item)
            if kept.get(key) is None:
                keys.append(key)
                yield item

    for reading in read_many(wanted(), processes=processes, panel=panel):
        _keep(kept, keys.popleft(), reading)


def _keep(kept: KeptReadings, key: str, reading: Reading) -> None:
    """Keep a reading, unless a reader failed on it: that one is asked again."""
    if all(answer.failure is None for answer in reading.plugged):
        kept.put(key, reading_text(reading))


def _key(item: Item) -> str:
    """Return the hash of everything that a reading depends on but the reader."""
    text = json.dumps(item, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _kept_reading(kept: KeptReadings, key: str) -> Reading | None:
    """Return a kept reading, None where there is none or it is no reading."""
    text = kept.get(key)
    if text is None:
        return None
    try:
        return reading_from(text)
    except ValueError:
        return None


def reading_text(reading: Reading) -> str:
    """Return a reading as text: its fields in their order, as JSON."""
    return _ENCODER.encode(reading)


def reading_from(text: str) -> Reading:
    """Return the reading that a text holds.

    Raises
    ------
    ValueError
        It holds none.
    """
    try:
        found: Reading = _decoder(Reading)(json.loads(text))
    except (TypeError, KeyError, IndexError) as error:
        raise ValueError("the text holds no reading") from error
    return found


def _plain(value: object) -> object:
    """Return what JSON does not know as it holds it: a dataclass as the list of its fields."""
    if isinstance(value, Enum):
        return value.value
    kind: Any = type(value)  # of any type: mypy finds no hash of type[object]
    return [getattr(value, name) for name in _field_names(kind)]


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass; found once a type."""
    return tuple(field.name for field in fields(kind))


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)


Decode = Callable[[Any], Any]


def _same(value: Any) -> Any:  # noqa: ANN401 - JSON is what it is
    return value


@cache
def _decoder(hint: Any) -> Decode:  # noqa: ANN401 - a type
    """Return what turns JSON into a value of a type; made once a type."""
    origin, parts = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return _dataclass_decoder(hint)
    if origin in (Union, UnionType):
        inner = [part for part in parts if part is not NoneType]
        if len(inner) > 1:
            return _same
        decode = _decoder(inner[0])
        return decode if decode is _same else lambda v: None if v is None else decode(v)
    if origin is tuple:
        one = _decoder(parts[0])
        return tuple if one is _same else lambda v: tuple([one(item) for item in v])
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {member.value: member for member in hint}.__getitem__
    return _same


def _dataclass_decoder(kind: Any) -> Decode:  # noqa: ANN401 - a type
    """Return what makes a dataclass of the list of its fields."""
    hints = get_type_hints(kind)
    decoders = [_decoder(hints[field.name]) for field in fields(kind)]
    n = len(decoders)
    changing = [(place, decode) for place, decode in enumerate(decoders) if decode is not _same]

    def decode(values: list[Any]) -> Any:  # noqa: ANN401 - an object of ``kind``
        if len(values) != n:
            raise ValueError(f"{kind.__name__} has {n} fields")
        for place, turn in changing:
            values[place] = turn(values[place])
        return kind(*values)

    return decode
