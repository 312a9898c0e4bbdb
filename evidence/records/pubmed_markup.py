"""Where the markup of PubMed's texts stands: tags whose text is kept while they go.

Every tag of markup is proved to be nested in one text, in an element that holds texts: what stands
anywhere else is not markup but something unknown, and is refused. This module works on bytes.
"""

from __future__ import annotations

import re

from evidence.records.pubmed_model import CHILDREN, INLINE, MATHML
from evidence.records.pubmed_refused import RefusedError

FORMULA = b"<DispFormula"
_FORMULA = re.compile(FORMULA)
_TAG = re.compile(
    rb"<(/?)(" + "|".join(sorted(INLINE)).encode() + rb"|mml:[A-Za-z][\w.-]*)"
    rb"((?:\s+[\w:.-]+\s*=\s*\"[^\"<>]*\")*)\s*(/?)>"
)
_INSTRUCTION = re.compile(rb"<\?(?!xml[\s?])[A-Za-z_][^<>?]*\?>", re.I)
_NAMESPACE = re.compile(rb"xmlns[\w:.-]*\s*=\s*\"([^\"]*)\"")
_START = re.compile(rb"<([A-Za-z]+)[\s>]")
#: Plain text in tags without attributes, by far the most markup.
_PLAIN = re.compile(rb"(<(i|b|u|sup|sub)>)[^<]*(</\2>)")
_CONTAINERS = frozenset(name.encode() for name in CHILDREN)


def markup_cuts(piece: bytes, odd: list[int], *, with_formulas: bool = False) -> list[int]:
    """Return start and end of every tag of markup, and of instructions inside, one after another.

    Parameters
    ----------
    piece
        Whole records.
    odd
        Where a ``<`` stands before a small letter.
    with_formulas
        Look for DispFormula too, the only markup in capital letters, which is rare.

    Raises
    ------
    RefusedError
        If anything else stands there, or markup that is not nested in one text.
    """
    if with_formulas:
        odd = sorted({*odd, *(found.start() for found in _FORMULA.finditer(piece))})
    cuts: list[int] = []
    end, following = 0, -1
    for start in odd:
        if start < end:
            continue
        if start != following:
            _check_text_ends(piece, following)
            _check_text_begins(piece, start)
        plain = _PLAIN.match(piece, start)
        if plain is None:
            end = _append_nested(piece, start, cuts)
        else:
            end = plain.end()
            cuts += (start, plain.end(1), plain.start(3), end)
        following = _next_tag(piece, end)
    _check_text_ends(piece, following)
    return cuts


def _next_tag(piece: bytes, start: int) -> int:
    """Return where the next tag begins; instructions do not count."""
    following = piece.find(b"<", start)
    while piece.startswith(b"<?", following):
        following = piece.find(b"<", following + 1)
    return following


def _append_nested(piece: bytes, start: int, cuts: list[int]) -> int:
    """Add the tags of an element that holds further markup, or has attributes."""
    open_names: list[bytes] = []
    while start >= 0:
        tag = _TAG.match(piece, start)
        if tag is None:
            end = end_of_instruction(piece, start)
        else:
            end = tag.end()
            is_end, name, attributes, is_alone = tag.groups()
            if is_end and (attributes or is_alone or not open_names or open_names.pop() != name):
                raise RefusedError("markup that is not nested")
            if not is_end and not is_alone:
                open_names.append(name)
            if any(space.decode() != MATHML[1:-1] for space in _NAMESPACE.findall(attributes)):
                raise RefusedError("markup of another namespace")
        cuts += (start, end)
        if not open_names:
            return end
        start = piece.find(b"<", end)
    raise RefusedError("markup that does not end")


def end_of_instruction(text: bytes, start: int) -> int:
    """Return where the processing instruction ends that begins at a place.

    Raises
    ------
    RefusedError
        If none begins there, or one that is out of the ordinary.
    """
    found = _INSTRUCTION.match(text, start)
    if found is None:
        raise RefusedError("an unknown element, a comment or CDATA")
    return found.end()


def _check_text_begins(piece: bytes, start: int) -> None:
    """Refuse markup unless the tag before it begins an element that holds a text."""
    before = piece.rfind(b"<", 0, start)
    while piece.startswith(b"<?", before):
        before = piece.rfind(b"<", 0, before)
    tag = _START.match(piece, before) if before >= 0 else None
    if tag is None or tag[1] in _CONTAINERS or piece.find(b"/>", before, start) >= 0:
        raise RefusedError("markup outside a text")


def _check_text_ends(piece: bytes, following: int) -> None:
    """Refuse markup unless the tag behind it, if there is markup, ends an element."""
    if following >= 0 and not piece.startswith(b"</", following):
        raise RefusedError("an element beside markup")
