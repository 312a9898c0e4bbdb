"""Cuts a stream of PubMed XML into pieces of whole records, and says what is not PubMed XML.

A piece is as large as its target, whatever the size of the file, so memory is bounded by pieces.
Nothing here reads an element: it knows only where records end. It gets blocks of bytes from
whoever opened them and opens nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import cast

from evidence.errors import ReplyRefusedError, ReplyTruncatedError

PIECE_BYTES = 16 << 20
_PACKED_BYTES = 1 << 18
_UNPACKED_BYTES = 1 << 22
_MAX_PROLOG_BYTES = 1 << 16
_ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet")
_ENDS = (b"</PubmedArticle>", b"</PubmedBookArticle>")
_MISC = re.compile(rb"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.S)
_DECLARATION = re.compile(rb"<\?xml\b[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+[\w:.-]+(?:\s+(?:PUBLIC|SYSTEM|\"[^\"]*\"|'[^']*'))*\s*>")
_ROOT = re.compile(rb"<([A-Za-z_][\w:.-]*)(?:\s[^<>]*?)?(/?)>")
_EUTILS_ERROR = re.compile(rb"<ERROR>(.*?)</ERROR>", re.S | re.I)
_MATHML = b' xmlns:mml="http://www.w3.org/1998/Math/MathML"'
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole records of one document.

    Attributes
    ----------
    root
        The start tag of the document, with its namespaces.
    body
        The records between the root's tags.
    """

    root: bytes
    body: bytes

    @property
    def is_plain(self) -> bool:
        """Return whether the document declares no namespace but MathML's."""
        return b"xmlns" not in self.root.replace(_MATHML, b"")

    @property
    def document(self) -> bytes:
        """Return the piece as a document of its own, without a DOCTYPE."""
        name = _ROOT.match(self.root)
        assert name is not None
        return b"".join((self.root, self.body, b"</", name[1], b">"))


def gunzip(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Return the content of blocks that may be gzipped; plain blocks pass as they are.

    Raises
    ------
    ReplyTruncatedError
        If the gzip data end in the middle.
    ReplyRefusedError
        If the gzip data are damaged.
    """
    remaining = iter(blocks)
    first = next(remaining, b"")
    while 0 < len(first) < 2:
        more = next(remaining, None)
        if more is None:
            break
        first += more
    if first[:2] != b"\x1f\x8b":
        yield first
        yield from remaining
        return
    yield from _gunzip_members(first, remaining)


def _gunzip_members(first: bytes, remaining: Iterator[bytes]) -> Iterator[bytes]:
    from isal import igzip_lib, isal_zlib

    damaged = cast("type[Exception]", igzip_lib.error)  # isal's stubs call it an instance
    member = isal_zlib.decompressobj(31)
    try:
        for block in _small_blocks(first, remaining):
            data = block
            while data:
                if member.eof:
                    # Padding may follow the last member; anything else is a further member.
                    data = data.lstrip(b"\0")
                    if not data:
                        break
                    member = isal_zlib.decompressobj(31)
                yield member.decompress(data, _UNPACKED_BYTES)
                data = member.unused_data if member.eof else member.unconsumed_tail
        # What fits no more into a bounded read can be left inside the decompressor.
        while not member.eof and (rest := member.decompress(b"", _UNPACKED_BYTES)):
            yield rest
    except damaged as error:
        raise ReplyRefusedError(f"gzip: damaged data ({error}); download the file again") from error
    if not member.eof:
        raise ReplyTruncatedError("gzip: the data end in the middle; download the file again")


def _small_blocks(first: bytes, remaining: Iterator[bytes]) -> Iterator[bytes]:
    """Return blocks so small that what a bounded read leaves over is quickly copied."""
    for block in chain([first], remaining):
        for start in range(0, len(block), _PACKED_BYTES):
            yield block[start : start + _PACKED_BYTES]


def split_pieces(blocks: Iterable[bytes], piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """Cut blocks of PubMed XML into pieces that end where a record ends.

    Raises
    ------
    ReplyTruncatedError
        If the document ends before its root element does.
    ReplyRefusedError
        If it is something else than PubMed XML, or declares entities of its own.
    """
    source = iter(_as_utf8(blocks))
    root, is_empty, buffer = _read_prolog(source)
    if is_empty:
        _check_end(b"".join((buffer, *source)))
        return
    parts, size, wanted = [buffer], len(buffer), piece_bytes
    for block in source:
        parts.append(block)
        size += len(block)
        if size < wanted:
            continue
        body, rest = _cut_parts(parts)
        if body:
            yield Piece(root, body)
        # A record larger than a piece: look again only when there is twice as much.
        wanted = piece_bytes if body else 2 * size
        parts, size = [rest], len(rest)
    yield from _last_pieces(root, b"".join(parts))


def _cut_parts(parts: list[bytes]) -> tuple[bytes, bytes]:
    """Return the whole records in parts of a text, and what follows them."""
    newest = parts[-1]
    end = _last_end(newest)
    if end:
        # The usual case: a record ends in the newest part, and the text is copied once only.
        body = b"".join((*parts[:-1], memoryview(newest)[:end]))
        if not _ends_inside_markup(body, len(body)):
            return body, newest[end:]
    whole = b"".join(parts)
    end = _last_end(whole)
    if end and _ends_inside_markup(whole, end):
        end = 0
    return whole[:end], whole[end:]


def _last_pieces(root: bytes, buffer: bytes) -> Iterator[Piece]:
    """Return the records and deletions between the last cut and the root's end tag."""
    name = _ROOT.match(root)
    assert name is not None
    start = buffer.rfind(b"</" + name[1])
    closing = re.compile(rb"</" + re.escape(name[1]) + rb"\s*>").match(buffer, max(0, start))
    if start < 0 or closing is None:
        raise ReplyTruncatedError(
            f"PubMed XML: it ends before </{name[1].decode()}>; fetch or download it again"
        )
    _check_end(buffer[closing.end() :])
    body = buffer[:start]
    end = _last_end(body)
    if end and _ends_inside_markup(body, end):
        end = 0
    if end:
        yield Piece(root, body[:end])
    if body[end:].strip():
        yield Piece(root, body[end:])


def _last_end(buffer: bytes) -> int:
    """Return where the last whole record of a buffer ends, 0 if it holds none."""
    end = 0
    for tag in _ENDS:
        found = buffer.rfind(tag, end)
        if found >= 0:
            end = found + len(tag)
    return end


def _ends_inside_markup(buffer: bytes, end: int) -> bool:
    """Return whether a position lies in a comment or a CDATA section."""
    position = _find_declaration(buffer, 0, end)
    while position >= 0:
        closing = b"]]>" if buffer.startswith(b"<![CDATA[", position) else b"-->"
        found = buffer.find(closing, position, end)
        if found < 0:
            return True
        position = _find_declaration(buffer, found + len(closing), end)
    return False


def _find_declaration(buffer: bytes, start: int, end: int) -> int:
    """Return where the next ``<!`` stands; an exclamation mark alone is found much faster."""
    mark = buffer.find(b"!", start, end)
    while mark > 0 and buffer[mark - 1] != ord("<"):
        mark = buffer.find(b"!", mark + 1, end)
    return mark - 1 if mark > 0 else -1


def _check_end(rest: bytes) -> None:
    found = _MISC.match(rest)
    if found is None or found.end() != len(rest):
        raise ReplyRefusedError("PubMed XML: something follows the end of the document")


def _read_prolog(source: Iterator[bytes]) -> tuple[bytes, bool, bytes]:
    """Return the root's start tag, whether it closes itself, and what follows it."""
    head = b""
    for block in source:
        head += block
        root = _find_root(head)
        if root is not None:
            return root[0], root[1], head[root[2] :]
        if len(head) > _MAX_PROLOG_BYTES:
            break
    if not head.strip():
        raise ReplyTruncatedError("PubMed XML: it is empty; fetch or download it again")
    if head.lstrip().startswith(b"<") and len(head) <= _MAX_PROLOG_BYTES:
        raise ReplyTruncatedError("PubMed XML: it ends before its first record; fetch it again")
    raise _refused(head)


def _find_root(head: bytes) -> tuple[bytes, bool, int] | None:
    """Return the root's start tag if the head holds all of it, and check what precedes it."""
    position = _skip_misc(head, 0)
    if head.startswith(b"<!DOCTYPE", position):
        doctype = _DOCTYPE.match(head, position)
        if doctype is None:
            if b"[" in head[position:] or b">" in head[position:]:
                raise ReplyRefusedError(
                    "PubMed XML: its DOCTYPE declares entities or elements of its own, which "
                    "PubMed never does; it is not read"
                )
            return None
        position = _skip_misc(head, doctype.end())
    if position == len(head) or head.startswith(b"<!", position):
        return None
    found = _ROOT.match(head, position)
    if found is None:
        if not head.startswith(b"<", position):
            raise _refused(head)
        return None
    if found[1].decode("ascii", "replace") not in _ROOTS:
        raise _refused(head)
    return _root_tag(found), bool(found[2]), found.end()


def _skip_misc(head: bytes, position: int) -> int:
    found = _MISC.match(head, position)
    return found.end() if found else position


def _root_tag(found: re.Match[bytes]) -> bytes:
    """Return the start tag with MathML's prefix, which PubMed's DTD would have declared."""
    tag = found[0].rstrip(b">").rstrip(b"/")
    if b"xmlns:mml" not in tag:
        tag += _MATHML
    return tag + b">"


def _refused(head: bytes) -> ReplyRefusedError:
    """Return what to say of something that is not PubMed XML."""
    error = _EUTILS_ERROR.search(head)
    said = (error[1] if error else head[:120]).decode("utf-8", "replace")
    return ReplyRefusedError(
        f"not PubMed XML (allowed: {' or '.join(_ROOTS)}): it says {' '.join(said.split())!r}"
    )


def _as_utf8(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Return the blocks in UTF-8, whatever encoding the document declares."""
    source = iter(blocks)
    first = b""
    for block in source:
        first += block
        if len(first) >= 200:
            break
    encoding = _encoding_of(first)
    if encoding == "utf-8":
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from source
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    yield decoder.decode(first).encode()
    for block in source:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def _encoding_of(first: bytes) -> str:
    for bom, encoding in _BOMS:
        if first.startswith(bom):
            return encoding
    declared = _DECLARATION.match(first.lstrip())
    if declared is None:
        return "utf-8"
    name = declared[1].decode("ascii")
    try:
        found = codecs.lookup(name).name
    except LookupError as error:
        raise ReplyRefusedError(f"PubMed XML: unknown encoding {name!r}; use UTF-8") from error
    return "utf-8" if found in ("utf-8", "ascii") else found
