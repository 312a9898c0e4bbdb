"""What stands where in a piece of PubMed XML, and what the fast engine must not see of it.

The index says how often each element occurs, so that the fast engine can prove that it lost
none, and it refuses a piece that holds anything out of the ordinary: unknown elements, comments,
CDATA, markup that is not nested properly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from evidence.records.pubmed_history import History, read_history
from evidence.records.pubmed_model import INLINE
from evidence.records.pubmed_tags import (
    INSTRUCTION,
    MATHML_TAG,
    UNKNOWN,
    Bools,
    Ints,
    RefusedError,
    Tags,
    Words,
    find_tags,
    name_id,
    name_keys,
)

_RECORD = "PubmedArticle"
_REFERENCES_END = b"</ReferenceList>"
_HISTORY_END = len(b"</History>")
_IN_REFERENCES = frozenset(
    {"ReferenceList", "Reference", "Citation", "ArticleIdList", "ArticleId", "Title"}
)


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
        How many elements of each name there are outside references and histories.
    records
        Position of each record.
    n_references
        References of each record.
    history
        Events of the records' histories.
    cuts
        Start and end of what must be cut out: markup tags, reference lists, histories, in order.
    """

    piece: bytes
    tags: Ints
    names: NDArray[np.uint8]
    counts: Ints
    records: Ints
    n_references: NDArray[np.int32]
    history: History
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

    def has_two(self, name: str) -> bool:
        """Return whether a record has more than one element of a name."""
        found = self.tags[self.names == name_id(name)]
        owners = np.searchsorted(self.records, found, "right")
        return bool((owners[1:] == owners[:-1]).any())

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
    tags = find_tags(piece)
    records = tags.positions[tags.names == name_id(_RECORD)]
    if not records.size or piece[: records[0]].strip():
        raise RefusedError("something before the first record")
    inside, regions = _reference_regions(piece, tags, records)
    n_references = _count_references(tags, inside, records)
    history, first, last = read_history(tags, records)
    _mark_between(inside, first, last)
    outside = ~inside
    marked = _markup_tags(tags)
    cuts = _markup_cuts(piece, tags, np.flatnonzero(marked & outside))
    regions += zip(
        tags.positions[first].tolist(),
        (tags.positions[last] + _HISTORY_END).tolist(),
        strict=True,
    )
    kept = outside & ~marked
    names = tags.names[kept]
    counts = np.bincount(names, minlength=256)
    counts[0] = 0
    if counts[UNKNOWN]:
        raise RefusedError("an unknown element")
    found = (tags.positions[kept], names, counts, records, n_references, history)
    return Index(piece, *found, sorted(cuts + regions))


def _mark_between(marks: Bools, first: Ints, last: Ints) -> None:
    """Mark the tags between each first and last one, both with them."""
    for start, end in zip(first.tolist(), last.tolist(), strict=True):
        marks[start : end + 1] = True


# --- markup --------------------------------------------------------------------------------------


@cache
def _markup_ids() -> NDArray[np.bool_]:
    marks = np.zeros(256, np.bool_)
    marks[[name_id(name) for name in INLINE] + [MATHML_TAG, INSTRUCTION]] = True
    return marks


@cache
def _markup_beginnings() -> NDArray[np.bool_]:
    """Return for each two bytes after ``</`` whether they begin the end tag of markup."""
    marks = np.zeros(1 << 16, np.bool_)
    for name in (*INLINE, "mml:"):
        for end in b"> \t\n" if len(name) == 1 else name[1:2].encode():
            marks[ord(name[0]) | end << 8] = True
    return marks


def _markup_tags(tags: Tags) -> Bools:
    """Return which tags are markup; no other known name begins like a markup's end tag."""
    marked = _markup_ids()[tags.names]
    # Names of markup are in small letters, but for the rare DispFormula.
    letters = (tags.first >> np.uint64(8)).astype(np.uint8)
    rows = np.flatnonzero((tags.names == 0) & ((letters >= ord("a")) | (letters == ord("D"))))
    ends = (tags.first[rows] >> np.uint64(8)).astype(np.uint16)
    marked[rows[_markup_beginnings()[ends]]] = True
    return marked


def _markup_cuts(piece: bytes, tags: Tags, marked: Ints) -> list[tuple[int, int]]:
    """Return start and end of the markup tags, all of them properly nested in one text."""
    starts, names = tags.positions[marked], tags.names[marked]
    ends = starts + _lengths_of_simple_tags(tags.first[marked])
    is_alone = names == INSTRUCTION
    for row in np.flatnonzero(ends == starts).tolist():
        start = int(starts[row])
        end = _end_of_tag(piece, start)
        ends[row] = end
        is_alone[row] |= names[row] > 0 and piece[end - 2] == ord("/")
    paired = ~is_alone
    is_end = names == 0
    begins = starts + 1 + is_end
    keys = name_keys(tags.words, begins[paired], tags.words[begins[paired]])
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
        for tag in _SIMPLE_TAGS:
            if len(tag) == size:
                lengths[cut == np.uint64(int.from_bytes(tag, "little"))] = size + 1
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
    piece: bytes, tags: Tags, records: Ints
) -> tuple[Bools, list[tuple[int, int]]]:
    """Return which tags lie in lists of references, and where these lists begin and end.

    Reference lists are a third of a file and only counted, so they are cut out whole. Of what
    is inside, the names and the balance of start and end tags are checked.
    """
    lists = np.flatnonzero(tags.names == name_id("ReferenceList"))
    if not lists.size:
        return np.zeros(tags.names.size, np.bool_), []
    owner = np.searchsorted(records, tags.positions[lists], "right") - 1
    is_first = np.concatenate(([True], owner[1:] != owner[:-1]))
    limits = np.concatenate((records[1:], [len(piece)]))
    begins = lists[is_first]
    regions = [
        (start, piece.rfind(_REFERENCES_END, start, limit) + len(_REFERENCES_END))
        for start, limit in zip(
            tags.positions[begins].tolist(), limits[owner[is_first]].tolist(), strict=True
        )
    ]
    ends = np.searchsorted(tags.positions, np.array([end for _, end in regions]))
    if (ends <= begins).any():
        raise RefusedError("references that do not end")
    within = np.zeros(tags.names.size, np.bool_)
    _mark_between(within, begins, ends - 1)
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if 2 * np.count_nonzero(tags.names[begin:end]) != end - begin:
            raise RefusedError("references that are not balanced")
    if not _allowed_in_references()[tags.names[within]].all():
        raise RefusedError("an unknown element in references")
    return within, regions


@cache
def _allowed_in_references() -> NDArray[np.bool_]:
    allowed = _markup_ids().copy()
    allowed[[0, *(name_id(name) for name in _IN_REFERENCES)]] = True
    return allowed


def _count_references(tags: Tags, inside: Bools, records: Ints) -> NDArray[np.int32]:
    found = tags.positions[(tags.names == name_id("Reference")) & inside]
    places = np.searchsorted(found, np.concatenate((records, [np.iinfo(np.int64).max])))
    return np.diff(places).astype(np.int32)
