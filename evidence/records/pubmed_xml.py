"""PubMed XML (EFetch replies and baseline files) to tables, piece by piece.

Two engines give the same tables: a fast one on Arrow columns, and an exact one that walks the
elements. A piece that holds anything out of the ordinary goes to the exact one, cut down to the
records that need it. This module gets bytes; it opens no file and no connection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from evidence.records.pubmed_stream import PIECE_BYTES, Piece, gunzip, split_pieces
from evidence.records.pubmed_tables import ParsedRecords, join_parsed

if TYPE_CHECKING:
    from concurrent.futures import Future

_WALKED_BYTES = 1 << 16
_LARGEST_KEPT = (32 << 20) - (1 << 13)
_RECORD_END = b"</PubmedArticle>"

__all__ = ["ParsedRecords", "parse_chunks", "parse_pubmed"]


def parse_pubmed(data: bytes, *, exact: bool = False) -> ParsedRecords:
    """Return the tables of one PubMed XML document.

    Parameters
    ----------
    data
        The document, plain or gzipped: a PubmedArticleSet or PubmedBookArticleSet.
    exact
        Walk every element instead of taking the fast way; the tables are the same.

    Raises
    ------
    ReplyTruncatedError
        If the document ends in the middle.
    ReplyRefusedError
        If it is not PubMed XML, is not well formed, or declares entities.
    """
    return join_parsed(list(parse_chunks([data], exact=exact)))


def parse_chunks(
    blocks: Iterable[bytes],
    *,
    exact: bool = False,
    piece_bytes: int = PIECE_BYTES,
    threads: int = 1,
) -> Iterator[ParsedRecords]:
    """Return the tables of a stream piece by piece; memory is bounded by the pieces.

    Parameters
    ----------
    blocks
        The document in blocks of any size, plain or gzipped.
    exact
        Walk every element.
    piece_bytes
        How many bytes of XML are parsed at once.
    threads
        How many pieces are parsed at the same time; their order is kept.

    Notes
    -----
    Pieces that were returned before an error was found are right, but not the whole document.
    """
    _keep_freed_memory()
    pieces = split_pieces(_in_blocks(gunzip(blocks), piece_bytes), piece_bytes)
    if threads <= 1:
        for piece in pieces:
            yield _parse_piece(piece, exact)
        return
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[Future[ParsedRecords]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for piece in pieces:
            waiting.append(pool.submit(_parse_piece, piece, exact))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@cache
def _keep_freed_memory() -> None:
    """Let memory of pieces be used again instead of going back to the system and being cleared.

    The C library of Linux keeps what is smaller than the largest block that was freed so far, up
    to 32 MB (mallopt(3), M_MMAP_THRESHOLD). This block is never touched, so it takes no memory;
    a second one would, as it is kept and has to be cleared, so it is made once a process.
    """
    bytes(_LARGEST_KEPT)


def _in_blocks(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Return blocks no larger than a piece, so that one large block is streamed as well."""
    for block in blocks:
        if len(block) <= size:
            yield block
        else:
            for start in range(0, len(block), size):
                yield block[start : start + size]


def _parse_piece(piece: Piece, exact: bool) -> ParsedRecords:
    if exact or not piece.is_plain:
        return _walk(piece)
    return join_parsed(list(_parse_body(piece)))


def _walk(piece: Piece) -> ParsedRecords:
    from evidence.records.pubmed_walk import walk_records  # lxml is loaded only where it is needed

    return walk_records(piece.document)


def _parse_body(piece: Piece) -> Iterator[ParsedRecords]:
    """Return the tables of a piece, halving it until what the fast engine refuses is small."""
    from evidence.records.pubmed_deleted import parse_deleted
    from evidence.records.pubmed_fast import parse_fast

    parsed = parse_deleted(piece.body) or parse_fast(piece.body)
    if parsed is not None:
        yield parsed
        return
    middle = _middle(piece.body)
    if middle is None:
        yield _walk(piece)
        return
    for half in (piece.body[:middle], piece.body[middle:]):
        yield from _parse_body(Piece(piece.root, half))


def _middle(body: bytes) -> int | None:
    """Return where a record ends near the middle of a body that is worth halving."""
    if len(body) < _WALKED_BYTES:
        return None
    end = body.find(_RECORD_END, len(body) // 2) + len(_RECORD_END)
    if end < len(_RECORD_END) or not body[end:].strip():
        end = body.rfind(_RECORD_END, 0, len(body) // 2) + len(_RECORD_END)
    return end if end >= len(_RECORD_END) and b"<!" not in body else None
