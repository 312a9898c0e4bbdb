"""Text of a document: its paragraphs, its sentences with offsets, and where a quote stands in it.

Offsets count characters of the text exactly as it is stored: ``text[char_start:char_end]`` is
always the sentence or the quote, whatever its alphabet. This module opens no file, and knows
nothing of what a document is about.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_HEADING_WORDS = 12

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_SYMBOL_BULLET = re.compile(r"[\s\ufeff]*[•‣◦▪●○·∙*\-–—+][^\S\r\n]+(?=\S)")
_NUMBER_BULLET = re.compile(r"[\s\ufeff]*\(?(?:(?:\d{1,3}|[a-z])[.)]|[A-Z]\))[^\S\r\n]+(?=\S)")
_HASH_HEADING = re.compile(r"[\s\ufeff]*#{1,6}[^\S\r\n]+(?=\S)")
_ENDS = ".!?…。！？"
_CLOSERS = "\"'”’»)]}"
_OPENERS = "\"'“‘«([{¿¡"
_BREAK = re.compile(rf"[.!?…]+[{re.escape(_CLOSERS)}]*(?=\s)|[。！？]+[{re.escape(_CLOSERS)}」』]*")
_ABBREVIATION_WORDS = (
    "al approx ca cf co dr e.g eg etc ex fig figs i.e ie inc jr ltd mr mrs ms no nos p pp prof ref "
    "resp sr st vol vs viz u.s u.k a.m p.m ph.d m.d d.c l.ac"
)
_ABBREVIATIONS = frozenset(_ABBREVIATION_WORDS.split())
_LEAD_IN_ENDINGS = re.compile(
    r"(?:[:,]|\b(?:including|include|includes|included|such as|like|for example|are|is|can|may|"
    r"following|of|for|to|by|with))\s*\Z",
    re.IGNORECASE,
)


class BlockKind(StrEnum):
    """What a run of lines is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "list item"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, heading or list item, and where it stands."""

    sentence_id: str
    """Made of the document's id and the sentence's own words, so that text added before it
    does not rename it."""
    document_id: str
    char_start: int
    char_end: int
    text: str
    paragraph: int
    """Number of its block, from 0."""
    kind: BlockKind
    lead_in_id: str | None
    """For a list item, the sentence that opens the list and whose words it inherits."""


@dataclass(frozen=True, slots=True)
class Document:
    """A registered text and its sentences."""

    document_id: str
    title: str
    text: str
    sha256: str
    sentences: tuple[Sentence, ...]
    file: str | None = None
    url: str | None = None
    publisher: str | None = None
    doc_type: str | None = None
    language: str | None = None
    retrieved_at: str | None = None

    def sentences_between(self, char_start: int, char_end: int) -> tuple[Sentence, ...]:
        """Return the sentences that share at least one character with a span."""
        return tuple(
            s for s in self.sentences if s.char_start < char_end and char_start < s.char_end
        )

    def text_with_lead_in(self, sentence: Sentence) -> str:
        """Return a sentence's words, after those of the lead-in that it inherits."""
        by_id = {other.sentence_id: other.text for other in self.sentences}
        lead_in = by_id.get(sentence.lead_in_id or "")
        return f"{lead_in} {sentence.text}" if lead_in else sentence.text


@dataclass(frozen=True, slots=True)
class _Block:
    kind: BlockKind
    start: int
    end: int


def parse_document(
    document_id: str,
    text: str,
    *,
    title: str | None = None,
    file: str | None = None,
    url: str | None = None,
    publisher: str | None = None,
    doc_type: str | None = None,
    language: str | None = None,
    retrieved_at: str | None = None,
) -> Document:
    """Split a text into sentences with offsets; the title is its first line where none is given.

    >>> [s.text for s in parse_document("d", "A first. And a second!").sentences]
    ['A first.', 'And a second!']
    """
    sentences = tuple(_sentences(document_id, text))
    first = sentences[0].text if sentences else document_id
    return Document(
        document_id=document_id,
        title=title or first,
        text=text,
        sha256=text_sha256(text),
        sentences=sentences,
        file=file,
        url=url,
        publisher=publisher,
        doc_type=doc_type,
        language=language,
        retrieved_at=retrieved_at,
    )


def text_sha256(text: str) -> str:
    """Return the hash of a text's UTF-8 bytes (those of its file)."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def _sentences(document_id: str, text: str) -> Iterator[Sentence]:
    seen: Counter[str] = Counter()
    last_id: str | None = None
    last_text = ""
    lead_in: str | None = None
    previous: BlockKind | None = None
    for number, block in enumerate(_blocks(text)):
        if block.kind is not BlockKind.ITEM:
            lead_in = None
        elif previous is not BlockKind.ITEM and last_id and is_lead_in(last_text):
            lead_in = last_id
        for start, end in _split(text, block):
            words = text[start:end]
            key = " ".join(words.split())
            seen[key] += 1
            last_id, last_text = _sentence_id(document_id, key, seen[key]), words
            yield Sentence(
                sentence_id=last_id,
                document_id=document_id,
                char_start=start,
                char_end=end,
                text=words,
                paragraph=number,
                kind=block.kind,
                lead_in_id=lead_in if block.kind is BlockKind.ITEM else None,
            )
        previous = block.kind


def is_lead_in(text: str) -> bool:
    """Tell whether a sentence only opens a list: it ends in a colon, or without a full stop."""
    stripped = text.rstrip().rstrip(_CLOSERS)
    return bool(_LEAD_IN_ENDINGS.search(stripped)) or stripped[-1:] not in _ENDS


def _sentence_id(document_id: str, key: str, nth: int) -> str:
    digest = hashlib.sha256(f"{document_id}\n{key}\n{nth}".encode("utf-8", "surrogatepass"))
    return f"{document_id}-{digest.hexdigest()[:10]}"


def _blocks(text: str) -> Iterator[_Block]:
    """Yield headings, paragraphs and list items in order; blank lines part them."""
    run: list[tuple[int, int]] = []
    kind = BlockKind.PARAGRAPH
    previous_line = ""
    for match in _LINE.finditer(text):
        line = match.group()
        marker = _marker(line, starts_block=not run, kind=kind, previous_line=previous_line)
        if not _has_words(line):
            if run:
                yield _close(text, run, kind)
            run, kind = [], BlockKind.PARAGRAPH
        elif marker is not None:
            if run:
                yield _close(text, run, kind)
            kind, length = marker
            run = [(match.start() + length, match.end())]
            if kind is BlockKind.HEADING:
                yield _close(text, run, kind)
                run, kind = [], BlockKind.PARAGRAPH
        else:
            run.append((match.start(), match.end()))
        previous_line = line.rstrip()
    if run:
        yield _close(text, run, kind)


def _marker(
    line: str, *, starts_block: bool, kind: BlockKind, previous_line: str
) -> tuple[BlockKind, int] | None:
    if match := _HASH_HEADING.match(line):
        return BlockKind.HEADING, match.end()
    if match := _SYMBOL_BULLET.match(line):
        return BlockKind.ITEM, match.end()
    # A wrapped line may begin with "80. The": a number opens an item only where a list can start.
    may_number = starts_block or kind is BlockKind.ITEM or previous_line.endswith(":")
    if may_number and (match := _NUMBER_BULLET.match(line)):
        return BlockKind.ITEM, match.end()
    return None


def _close(text: str, run: list[tuple[int, int]], kind: BlockKind) -> _Block:
    start, end = run[0][0], run[-1][1]
    words = text[start:end].strip()
    is_heading = (
        kind is BlockKind.PARAGRAPH
        and len(run) == 1
        and len(words.split()) <= MAX_HEADING_WORDS
        and words.rstrip(_CLOSERS)[-1:] not in _ENDS
        and not _LEAD_IN_ENDINGS.search(words)
    )
    return _Block(BlockKind.HEADING if is_heading else kind, start, end)


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _split(text: str, block: _Block) -> Iterator[tuple[int, int]]:
    """Yield the spans of a block's sentences, without the white space around them."""
    start = block.start
    pending: tuple[int, int] | None = None
    for match in _BREAK.finditer(text, block.start, block.end):
        if not _ends_sentence(text, start, match, block.end):
            continue
        span = _trim(text, start, match.end())
        start = match.end()
        if not _has_words(text[span[0] : span[1]]):
            continue
        if pending:
            yield pending
        pending = span
    rest = _trim(text, start, block.end)
    if rest[0] < rest[1] and _has_words(text[rest[0] : rest[1]]):
        if pending:
            yield pending
        pending = rest
    if pending:
        yield pending


def _ends_sentence(text: str, start: int, match: re.Match[str], end: int) -> bool:
    stop = match.group()
    if stop[0] in "。！？":
        return True
    following = text[match.end() : end].lstrip().lstrip(_OPENERS)
    if not following:
        return True
    if following[0].islower():
        return False
    if stop[0] != ".":
        return True
    words = text[start : match.start()].split()
    word = words[-1].lstrip(_OPENERS).lower() if words else ""
    is_initial = len(word) == 1 and word.isalpha() and word != "i"
    return not (word in _ABBREVIATIONS or is_initial)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == "\ufeff"):
        end -= 1
    return start, end
