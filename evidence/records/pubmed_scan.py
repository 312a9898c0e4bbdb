"""Prepares a piece of PubMed XML for the fast engine's XML reader, which reads plain elements.

The reader loses the text inside markup, so the tags of markup are taken out. All other tags are only
counted: see `pubmed_count` for what their number proves. This module works on bytes, block by
block, so that what is worked on stays in the processor's cache.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidence.records.pubmed_markup import markup_cuts
from evidence.records.pubmed_refused import RefusedError

Octets = NDArray[np.uint8]

_BLOCK = 1 << 17
_BEFORE, _AFTER = b"<PubmedArticleSet>", b"</PubmedArticleSet>"
_FIRST = re.compile(rb"\s*<PubmedArticle[\s>]")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A piece as a document for the XML reader.

    Attributes
    ----------
    document
        The records without the tags of markup.
    n_tags
        How often ``<`` stands between the root's tags.
    """

    document: bytes
    n_tags: int


def prepare(piece: bytes, *, with_formulas: bool = False) -> Prepared:
    """Return whole records as a document of plain elements.

    Raises
    ------
    RefusedError
        If the piece is one for the exact engine: it holds comments or CDATA, a character that
        XML forbids, names with a prefix, or markup that is not nested in one text.
    """
    if _FIRST.match(piece) is None:
        raise RefusedError("something before the first record")
    octets = np.frombuffer(piece, np.uint8)
    _check_characters(octets)
    n_tags, odd = _find_odd_tags(octets)
    cuts = markup_cuts(piece, odd, with_formulas=with_formulas)
    # A view copies no text: it is copied once, when the parts are joined.
    view, position = memoryview(piece), 0
    parts: list[bytes | memoryview] = [_BEFORE]
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        parts.append(view[position:start])
        position = end
    parts += (view[position:], _AFTER)
    return Prepared(b"".join(parts), n_tags - len(cuts) // 2)


# --- what is out of the ordinary -----------------------------------------------------------------


def _check_characters(octets: Octets) -> None:
    """Refuse control characters that XML forbids, and carriage returns, which it changes.

    Less 11, a line feed wraps to 255 and only what is forbidden is small; what is smaller than a
    tab is seen directly.
    """
    scratch = np.empty(_BLOCK, np.uint8)
    for start in range(0, octets.size, _BLOCK):
        block = octets[start : start + _BLOCK]
        lowered = np.subtract(block, np.uint8(11), out=scratch[: block.size])
        if int(block.min()) < ord("\t") or int(lowered.min()) < 0x20 - 11:
            raise RefusedError("a control character")


def _find_odd_tags(octets: Octets) -> tuple[int, list[int]]:
    """Return how many ``<`` there are, and where one stands before a small letter.

    All elements of PubMed but those of markup begin with a capital letter. What else stands
    there, a comment or an instruction, makes a tag too many.
    """
    begins, marks = np.empty(_BLOCK, np.bool_), np.empty(_BLOCK, np.bool_)
    n_tags = 0
    odd: list[int] = []
    for start in range(0, octets.size - 1, _BLOCK):
        following = octets[start + 1 : start + 1 + _BLOCK]
        block = octets[start : start + following.size]
        found, mark = begins[: following.size], marks[: following.size]
        np.equal(block, _OPENS, out=found)
        n_tags += int(np.count_nonzero(found))
        np.greater(following, _CAPITAL_Z, out=mark)
        np.logical_and(found, mark, out=found)
        odd += (found.nonzero()[0] + start).tolist()
        np.equal(block, _COLON, out=found)
        colons = found.nonzero()[0]
        capital = following[colons] - _CAPITAL_A <= _CAPITAL_Z - _CAPITAL_A
        if capital.any():
            _check_prefixes(octets, (colons[capital] + start).tolist())
    if octets[-1] == _OPENS:
        raise RefusedError("a tag that does not end")
    return n_tags, odd


_OPENS, _COLON, _CAPITAL_A, _CAPITAL_Z = (np.uint8(ord(letter)) for letter in "<:AZ")
_LONGEST_PREFIX = 64
_OPEN_NAME = re.compile(rb"(?:</?|\A)[^\s<>/=\"';:,]+\Z")


def _check_prefixes(octets: Octets, colons: list[int]) -> None:
    """Refuse a prefix before a name in capital letters: the XML reader would overlook it."""
    for colon in colons:
        before = octets[max(0, colon - _LONGEST_PREFIX) : colon].tobytes()
        if _OPEN_NAME.search(before):
            raise RefusedError("a name with a prefix")
