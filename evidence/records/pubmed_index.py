"""Finds every tag of a piece of PubMed XML at once, and cuts out what the fast engine must not see.

The index says how often each element occurs, so that the fast engine can prove that it lost
none, and it refuses a piece that holds anything out of the ordinary: unknown elements, comments,
CDATA, markup that is not nested properly. It works on bytes and NumPy arrays only.

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
_MARKUP = 254
_INSTRUCTION = 253
_WORD = 8
_BLOCK = 1 << 19
_RECORD = "PubmedArticle"
_REFERENCES_END = b"</ReferenceList>"

#: Books, deletions and what only old DTDs have is left to the exact engine.
LEFT_TO_WALKER = frozenset(
    {"PubmedBookArticle", "DeleteCitation", "DeleteDocument", "FirstName", "MiddleName", "NameID"}
)
_IN_REFERENCES = frozenset(
    {"ReferenceList", "Reference", "Citation", "ArticleIdList", "ArticleId", "Title"}
)


class RefusedError(Exception):
    """The piece holds something that only the exact engine reads; it never leaves the package."""


@dataclass(frozen=True, slots=True)
class Index:
    """Where the tags of one piece stand.

    Attributes
    ----------
    piece
        The bytes that were indexed.
    tags
        Position of each ``<``, markup and references left out.
    names
        Number of the element's name for each tag (`name_id`); of closing tags 0.
    counts
        How many elements of each name there are outside the references.
    records
        Position of each record.
    n_references
        References of each record.
    cuts
        Start and end of what must be cut out: markup tags and reference lists, in order.
    """

    piece: bytes
    tags: Ints
    names: NDArray[np.uint8]
    counts: Ints
    records: Ints
    n_references: NDArray[np.int32]
    cuts: list[tuple[int, int]]

    def count(self, name: str) -> int:
        """Return how many elements of a name there are outside the references."""
        return int(self.counts[name_id(name)])

    def n_empty(self, name: str) -> int:
        """Return how many elements of a name hold nothing: no text, no child."""
        found = np.flatnonzero(self.names == name_id(name))
        octets = np.frombuffer(self.piece, np.uint8)
        start = self.tags[found]
        closes_itself = octets[start + 1 + len(name)] == ord("/")
        following = found + 1
        closed_at_once = (octets[self.tags[following] - 1] == ord(">")) & (
            self.names[following] == 0
        )
        # After a tag that closes itself comes its parent's end: only then both can hold.
        return int(np.count_nonzero(closes_itself | closed_at_once))

    def spans(self, name: str) -> tuple[Ints, Ints, Ints]:
        """Return record, start and end of the elements of a name that hold nothing but text.

        A span begins behind the ``<`` of the start tag and ends before the end tag.
        """
        found = np.flatnonzero(self.names == name_id(name))
        if found.size and self.names[found + 1].any():
            raise RefusedError(f"an element in {name}")
        start, end = self.tags[found] + 1, self.tags[found + 1]
        return np.searchsorted(self.records, start, "right") - 1, start, end

    def cut(self, before: bytes, after: bytes) -> bytes:
        """Return the piece without what must be cut out, between two other texts."""
        parts, position = [before], 0
        for start, end in self.cuts:
            parts.append(self.piece[position:start])
            position = end
        parts.append(self.piece[position:])
        parts.append(after)
        return b"".join(parts)


def index_piece(piece: bytes) -> Index:
    """Return the index of whole records.

    Raises
    ------
    RefusedError
        If the piece is one for the exact engine.
    """
    words = np.ndarray((len(piece) - _WORD + 1,), "<u8", buffer=piece, strides=(1,))
    tags, first, names = _find_tags(piece, words)
    closing = names == 0
    records = tags[names == name_id(_RECORD)]
    if not records.size or piece[: records[0]].strip():
        raise RefusedError("something before the first record")
    inside, regions = _reference_regions(piece, tags, names, closing, records)
    n_references = _count_references(names, tags, inside, records)
    outside = ~inside
    marked = _markup_tags(first, names, closing)
    cuts = _markup_cuts(piece, words, tags, np.flatnonzero(marked & outside), names)
    kept = outside & ~marked
    kept_names = names[kept]
    counts = np.bincount(kept_names, minlength=256)
    counts[0] = 0
    if counts[UNKNOWN]:
        raise RefusedError("an unknown element")
    return Index(
        piece,
        tags[kept],
        kept_names,
        counts,
        records,
        n_references,
        sorted(cuts + regions) if regions else cuts,
    )


def _find_tags(piece: bytes, words: Words) -> tuple[Ints, Words, NDArray[np.uint8]]:
    """Return where each tag stands, the eight bytes after its ``<``, and its name's number.

    It goes block by block: what is worked on then stays in the processor's cache. A piece with a
    character that XML forbids, or reads as another one (carriage return), is refused.
    """
    octets = np.frombuffer(piece, np.uint8)
    n_low = n_allowed = 0
    found = []
    for start in range(0, len(piece), _BLOCK):
        block = octets[start : start + _BLOCK]
        n_low += int(np.count_nonzero(block < 0x20))
        n_allowed += int(np.count_nonzero(block == ord("\n")))
        tags = np.flatnonzero(block == ord("<"))
        tags += start
        if len(tags) and tags[-1] + 1 >= len(words):
            raise RefusedError("a tag that does not end")
        first = words[tags + 1]
        closing = (first & np.uint64(0xFF)) == ord("/")
        found.append((tags, first, _name_all(words, tags, first, closing)))
    if n_low != n_allowed and n_low != n_allowed + piece.count(b"\t"):
        raise RefusedError("a control character")
    tags, first, names = (np.concatenate(part) for part in zip(*found, strict=True))
    return tags, first, names


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
    keys = _name_keys(words, starts, words[starts])
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


def _name_keys(words: Words, starts: Ints, first: Words) -> Words:
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
    keys = _name_keys(words, tags[opening] + 1, begins)
    places = (keys * known.multiplier) >> _SHIFT
    found = known.slots[places]
    missed = np.flatnonzero(known.keys[places] != keys)
    if missed.size:
        start = begins[missed]
        is_mathml = (start & np.uint64(0xFFFFFFFF)) == int.from_bytes(b"mml:", "little")
        is_instruction = (start & np.uint64(0xFF)) == ord("?")
        found[missed] = np.select(
            [is_mathml, is_instruction], [_MARKUP, _INSTRUCTION], default=UNKNOWN
        )
    names = np.zeros(tags.size, np.uint8)
    names[opening] = found
    return names


# --- markup --------------------------------------------------------------------------------------


@cache
def _markup_ids() -> NDArray[np.bool_]:
    marks = np.zeros(256, np.bool_)
    marks[[name_id(name) for name in INLINE] + [_MARKUP, _INSTRUCTION]] = True
    return marks


@cache
def _markup_beginnings() -> NDArray[np.bool_]:
    """Return for each two bytes after ``</`` whether they begin the end tag of markup."""
    marks = np.zeros(1 << 16, np.bool_)
    for name in (*INLINE, "mml:"):
        for end in b"> \t\n" if len(name) == 1 else name[1:2].encode():
            marks[ord(name[0]) | end << 8] = True
    return marks


def _markup_tags(first: Words, names: NDArray[np.uint8], closing: Bools) -> Bools:
    """Return which tags are markup; no other known name begins like a markup's end tag."""
    marked = _markup_ids()[names]
    ends = (first >> np.uint64(8)).astype(np.uint16)
    marked |= _markup_beginnings()[ends] & closing
    return marked


def _markup_cuts(
    piece: bytes, words: Words, tags: Ints, marked: Ints, names: NDArray[np.uint8]
) -> list[tuple[int, int]]:
    """Return start and end of the markup tags, all of them properly nested in one text."""
    starts = tags[marked]
    ends = starts + _lengths_of_simple_tags(words[starts + 1])
    is_alone = names[marked] == _INSTRUCTION
    for row in np.flatnonzero(ends == starts).tolist():
        start = int(starts[row])
        end = _end_of_tag(piece, start)
        ends[row] = end
        is_alone[row] |= names[marked[row]] > 0 and piece[end - 2] == ord("/")
    paired = ~is_alone
    is_end = names[marked] == 0
    begins = starts + 1 + is_end
    keys = _name_keys(words, begins[paired], words[begins[paired]])
    # Tags with no element between them have the same number of other tags before them.
    before = marked[paired] - np.flatnonzero(paired)
    _check_nesting(keys, is_end[paired], before)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


_SIMPLE_TAGS = (b"i>", b"b>", b"u>", b"/i>", b"/b>", b"/u>", b"sub>", b"sup>", b"/sub>", b"/sup>")


def _lengths_of_simple_tags(words: Words) -> Ints:
    """Return the length of tags without attributes or blanks, 0 of all others."""
    lengths = np.zeros(words.size, np.int64)
    for size in (2, 3, 4, 5):
        cut = words & np.uint64((1 << 8 * size) - 1)
        simple = [int.from_bytes(tag, "little") for tag in _SIMPLE_TAGS if len(tag) == size]
        lengths[np.isin(cut, np.array(simple, np.uint64))] = size + 1
    return lengths


def _check_nesting(keys: Words, is_end: Bools, before: Ints) -> None:
    """Refuse markup that is not nested: take out pairs that touch until none is left."""
    while keys.size:
        pairs = ~is_end[:-1] & is_end[1:]
        pairs &= (keys[:-1] == keys[1:]) & (before[:-1] == before[1:])
        if not pairs.any():
            raise RefusedError("markup that is not nested")
        kept = np.ones(keys.size, np.bool_)
        kept[:-1] &= ~pairs
        kept[1:] &= ~pairs
        keys, is_end, before = keys[kept], is_end[kept], before[kept]


def _end_of_tag(piece: bytes, start: int) -> int:
    """Return where a tag of markup or a processing instruction ends."""
    if piece.startswith(b"<?", start):
        return _end_of_instruction(piece, start)
    end = piece.find(b">", start) + 1
    content = piece[start:end]
    if content.count(b'"') % 2 or b"'" in content:
        raise RefusedError("an attribute of markup")
    return end


def _end_of_instruction(piece: bytes, start: int) -> int:
    """Return where a processing instruction ends; one that holds a ``<`` is refused."""
    end = piece.find(b"?>", start) + 2
    if end < 2 or b"<" in piece[start + 1 : end] or piece.startswith(b"<?xml ", start):
        raise RefusedError("a processing instruction")
    return end


# --- references ----------------------------------------------------------------------------------


def _reference_regions(
    piece: bytes, tags: Ints, names: NDArray[np.uint8], closing: Bools, records: Ints
) -> tuple[Bools, list[tuple[int, int]]]:
    """Return which tags lie in lists of references, and where these lists begin and end.

    Reference lists are a third of a file and only counted, so they are cut out whole. Of what
    is inside, the names and the balance of start and end tags are checked.
    """
    inside = np.zeros(tags.size + 1, np.int8)
    lists = np.flatnonzero(names == name_id("ReferenceList"))
    if not lists.size:
        return inside[:-1].view(np.bool_), []
    owner = np.searchsorted(records, tags[lists], "right") - 1
    is_first = np.concatenate(([True], owner[1:] != owner[:-1]))
    limits = np.concatenate((records[1:], [len(piece)]))
    begins = lists[is_first]
    regions = [
        (start, piece.rfind(_REFERENCES_END, start, limit) + len(_REFERENCES_END))
        for start, limit in zip(
            tags[begins].tolist(), limits[owner[is_first]].tolist(), strict=True
        )
    ]
    ends = np.searchsorted(tags, np.array([end for _, end in regions]))
    if (ends <= begins).any():
        raise RefusedError("references that do not end")
    inside[begins] = 1
    inside[ends] -= 1
    within = np.cumsum(inside[:-1], dtype=np.int8).view(np.bool_)
    n_closing = np.concatenate(([0], np.cumsum(closing)))
    if (2 * (n_closing[ends] - n_closing[begins]) != ends - begins).any():
        raise RefusedError("references that are not balanced")
    if not _allowed_in_references()[names[within]].all():
        raise RefusedError("an unknown element in references")
    return within, regions


@cache
def _allowed_in_references() -> NDArray[np.bool_]:
    allowed = _markup_ids().copy()
    allowed[[0, *(name_id(name) for name in _IN_REFERENCES)]] = True
    return allowed


def _count_references(
    names: NDArray[np.uint8], tags: Ints, inside: Bools, records: Ints
) -> NDArray[np.int32]:
    found = tags[(names == name_id("Reference")) & inside]
    places = np.searchsorted(found, np.concatenate((records, [np.iinfo(np.int64).max])))
    return np.diff(places).astype(np.int32)
