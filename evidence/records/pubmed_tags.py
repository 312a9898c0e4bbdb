"""Finds every tag of a piece of PubMed XML at once, and knows each start tag by its name.

It works on bytes and NumPy arrays only, block by block, so that what is worked on stays in the
processor's cache.

Notes
-----
A tag is recognised by its name, hashed from up to 24 bytes after ``<``. The hash is perfect on
the known names, and the hashed value is compared, so another name is taken for a known one only
if 64 bits agree by chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from evidence.records.pubmed_model import CHILDREN, INLINE

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Bools = NDArray[np.bool_]

UNKNOWN = 255
MATHML_TAG = 254
INSTRUCTION = 253
_WORD = 8
_BLOCK = 1 << 20

#: Books, deletions and what only old DTDs have is left to the exact engine.
LEFT_TO_WALKER = frozenset(
    {"PubmedBookArticle", "DeleteCitation", "DeleteDocument", "FirstName", "MiddleName", "NameID"}
)


class RefusedError(Exception):
    """The piece holds something that only the exact engine reads; it never leaves the package."""


@dataclass(frozen=True, slots=True)
class Tags:
    """All tags of one piece.

    Attributes
    ----------
    octets
        The piece as numbers.
    words
        The eight bytes that begin at each byte, as one number.
    positions
        Where each ``<`` stands.
    first
        The eight bytes after each ``<``.
    names
        Number of the element's name for each start tag (`name_id`); 0 for end tags.
    """

    octets: NDArray[np.uint8]
    words: Words
    positions: Ints
    first: Words
    names: NDArray[np.uint8]


def find_tags(piece: bytes) -> Tags:
    """Return all tags of a piece.

    Raises
    ------
    RefusedError
        If it holds a character that XML forbids, or reads as another one (carriage return).
    """
    octets = np.frombuffer(piece, np.uint8)
    words = np.ndarray((max(0, len(piece) - _WORD + 1),), "<u8", buffer=piece, strides=(1,))
    # No two tags begin within three bytes of each other; what is not used is never touched.
    room = len(piece) // 3 + 1
    positions, first = np.empty(room, np.int64), np.empty(room, np.uint64)
    names = np.empty(room, np.uint8)
    n = n_low = n_allowed = 0
    for start in range(0, len(piece), _BLOCK):
        block = octets[start : start + _BLOCK]
        n_low += int(np.count_nonzero(block < 0x20))
        n_allowed += int(np.count_nonzero(block == ord("\n")))
        found = np.flatnonzero(block == ord("<"))
        if not len(found):
            continue
        found += start
        if found[-1] + 1 >= len(words):
            raise RefusedError("a tag that does not end")
        end = n + len(found)
        if end > room:
            raise RefusedError("more tags than there can be")
        positions[n:end] = found
        first[n:end] = begins = words[found + 1]
        closing = (begins & np.uint64(0xFF)) == ord("/")
        names[n:end] = _name_all(words, found, begins, closing)
        n = end
    if n_low != n_allowed and n_low != n_allowed + piece.count(b"\t"):
        raise RefusedError("a control character")
    positions, first, names = positions[:n], first[:n], names[:n]
    return Tags(octets, words, positions, first, names)


# --- names ---------------------------------------------------------------------------------------

_HIGH = np.uint64(0x8080808080808080)
_ONES = np.uint64(0x0101010101010101)
_ONE = np.uint64(1)
_SEVEN = np.uint64(7)
_END_TAG = np.uint64(0x3E3E3E3E3E3E3E3E)
_SLASH = np.uint64(0x2F2F2F2F2F2F2F2F)
_BELOW_NAMES = np.uint64(0x2D2D2D2D2D2D2D2D)
_FACTORS = tuple(np.uint64(f) for f in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9))
_HASH_BITS = 12
_SHIFT = np.uint64(64 - _HASH_BITS)


@dataclass(frozen=True, slots=True)
class _Names:
    """The perfect hash of the known names."""

    ids: dict[str, int]
    multiplier: np.uint64
    slots: NDArray[np.uint8]
    keys: Words


@cache
def _known_names() -> _Names:
    """Return the numbers of all names that the fast engine knows, and their hash."""
    names = sorted(
        (frozenset(CHILDREN) | frozenset().union(*CHILDREN.values()) | INLINE) - LEFT_TO_WALKER
    )
    ids = {name: number for number, name in enumerate(names, start=1)}
    padded = b"".join((name.encode() + b">").ljust(4 * _WORD, b"\0") for name in names)
    words = np.ndarray((len(padded) - _WORD + 1,), "<u8", buffer=padded, strides=(1,))
    starts = np.arange(len(names), dtype=np.int64) * 4 * _WORD
    keys = name_keys(words, starts, words[starts])
    for odd in range(1, 1 << 16, 2):
        multiplier = np.uint64((0xD6E8FEB86659FD93 * odd) & 0xFFFFFFFFFFFFFFFF)
        places = (keys * multiplier) >> _SHIFT
        if np.unique(places).size == keys.size:
            break
    slots = np.full(1 << _HASH_BITS, UNKNOWN, np.uint8)
    table = np.zeros(1 << _HASH_BITS, np.uint64)
    slots[places] = list(ids.values())
    table[places] = keys
    return _Names(ids, multiplier, slots, table)


def name_id(name: str) -> int:
    """Return the number of a known name."""
    return _known_names().ids[name]


def _mask_name(word: Words) -> tuple[Words, Bools]:
    """Return the part of each word that belongs to a name, and whether the name goes on.

    A name ends before the first byte that is ``>``, ``/`` or below ``-`` (white space). The
    lowest bit set by the usual zero-byte test is exact; those above it do not matter.
    """
    ends = (word - _BELOW_NAMES) & ~word
    for stop in (_END_TAG, _SLASH):
        differs = word ^ stop
        ends |= (differs - _ONES) & ~differs
    ends &= _HIGH
    lowest = ends & (~ends + _ONE)
    return word & ((lowest >> _SEVEN) - _ONE), ends == 0


def name_keys(words: Words, starts: Ints, first: Words) -> Words:
    """Return the hash key of the names that begin at the starts."""
    part, goes_on = _mask_name(first)
    keys = part * _FACTORS[0]
    rows = np.flatnonzero(goes_on)
    for depth in (1, 2):
        at = np.minimum(starts[rows] + depth * _WORD, words.size - 1)
        part, goes_on = _mask_name(words[at])
        keys[rows] ^= part * _FACTORS[depth]
        rows = rows[goes_on]
    return keys


def _name_all(words: Words, tags: Ints, first: Words, closing: Bools) -> NDArray[np.uint8]:
    """Return the number of each start tag's name; 0 for end tags, UNKNOWN for the unknown."""
    known = _known_names()
    opening = np.flatnonzero(~closing)
    begins = first[opening]
    keys = name_keys(words, tags[opening] + 1, begins)
    places = (keys * known.multiplier) >> _SHIFT
    found = known.slots[places]
    missed = np.flatnonzero(known.keys[places] != keys)
    if missed.size:
        start = begins[missed]
        is_mathml = (start & np.uint64(0xFFFFFFFF)) == int.from_bytes(b"mml:", "little")
        is_instruction = (start & np.uint64(0xFF)) == ord("?")
        found[missed] = np.select(
            [is_mathml, is_instruction], [MATHML_TAG, INSTRUCTION], default=UNKNOWN
        )
    names = np.zeros(tags.size, np.uint8)
    names[opening] = found
    return names
