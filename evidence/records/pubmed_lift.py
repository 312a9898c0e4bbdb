"""Elements that may repeat in a record itself, read straight from the bytes of a piece.

The fast engine's XML reader takes a field once a row only; languages, electronic locations and
their like are found by the index instead, and their tags are parsed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evidence.records.pubmed_columns import Ints, is_valid, row_numbers, spans_of, text_parts, texts
from evidence.records.pubmed_index import Index
from evidence.records.pubmed_tables import TEXT
from evidence.records.pubmed_tags import RefusedError

_TAG = re.compile(r"[\w:.-]+((?:\s+[\w:.-]+\s*=\s*\"[^\"<>&]*\")*)\s*")
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*\"([^\"]*)\"")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));|&")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


@dataclass(frozen=True, slots=True)
class Lifted:
    """The elements of one name.

    Attributes
    ----------
    owners
        Record of each element, in order.
    values
        Text of each element, null where it is empty.
    attributes
        Attributes by name, null where an element has none.
    """

    owners: Ints
    values: pa.Array
    attributes: dict[str, pa.Array]

    def attribute(self, name: str) -> pa.Array:
        """Return an attribute of each element."""
        found = self.attributes.get(name)
        return pa.nulls(len(self.owners), TEXT) if found is None else found

    def filled(self) -> tuple[Ints, pa.Array]:
        """Return record and text of the elements that are not empty."""
        if not self.values.null_count:
            return self.owners, self.values
        rows = np.flatnonzero(is_valid(self.values))
        return self.owners[rows], self.values.take(row_numbers(rows))


def lift(index: Index, name: str) -> Lifted:
    """Return the elements of a name.

    Raises
    ------
    RefusedError
        If one holds more than plain text, or its tag is out of the ordinary.
    """
    owners, starts, ends = index.spans(name)
    if not len(owners):
        return Lifted(owners, texts([]), {})
    halves = pc.split_pattern(spans_of(index.piece, starts, ends), ">", max_splits=1).values
    if len(halves) != 2 * len(owners):
        raise RefusedError(f"a tag of {name}")
    rows = np.arange(0, len(halves), 2)
    encoded = halves.take(row_numbers(rows)).dictionary_encode()
    found = [attributes_in(tag) for tag in encoded.dictionary.to_pylist()]
    names = sorted({attribute for tag in found for attribute in tag})
    attributes = {
        attribute: texts([tag.get(attribute) for tag in found]).take(encoded.indices)
        for attribute in names
    }
    return Lifted(owners, _resolved(halves.take(row_numbers(rows + 1))), attributes)


def attributes_in(tag: str) -> dict[str, str | None]:
    """Return the attributes of a start tag without its angle brackets, None where empty."""
    found = _TAG.fullmatch(tag)
    if found is None:
        raise RefusedError("attributes out of the ordinary")
    return {name: value or None for name, value in _ATTRIBUTE.findall(found[1])}


def _resolved(column: pa.Array) -> pa.Array:
    """Return texts with their entities resolved, null where nothing is left."""
    offsets, octets = text_parts(column)
    if (octets == ord("<")).any():
        raise RefusedError("markup in a plain text")
    if (octets == ord("&")).any() or (offsets[1:] == offsets[:-1]).any():
        found = column.to_pylist()
        return texts([_REFERENCE.sub(_character, text) or None for text in found])
    return column


def _character(reference: re.Match[str]) -> str:
    decimal, hexadecimal, name = reference.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal or "0", 16)
    if not (0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF):
        raise RefusedError("a reference to no character")
    return chr(code)
