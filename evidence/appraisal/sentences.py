"""A title and an abstract as sentences that know their section.

Every other module of the reader works on what this one gives; it knows nothing of trials. Lengths
are bounded here, once, so that no later pattern sees hostile input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import chain
from operator import itemgetter, or_
from sys import intern
from typing import TypeVar

from evidence.appraisal.lexicon import words_in
from evidence.appraisal.marks import NUMBER, forget_with, marks_of_chunk, marks_of_token

Made = TypeVar("Made")

MAX_TITLE = 1_000
MAX_ABSTRACT = 20_000
MAX_SENTENCE = 1_500
MAX_SENTENCES = 80

TITLE = "title"
AIM = "aim"
METHODS = "methods"
RESULTS = "results"
CONCLUSIONS = "conclusions"
UNLABELLED = "unlabelled"


_NONE: frozenset[str] = frozenset()


class Sentence:
    """One sentence as printed, in lower case, and where it stands.

    Its tokens are put together when somebody asks for them: of most sentences nobody does.
    """

    __slots__ = (
        "_stems",
        "_tokens",
        "_words",
        "chunks",
        "index",
        "lower",
        "marks",
        "section",
        "text",
    )

    text: str
    lower: str
    section: str
    index: int
    """0 is the title."""
    marks: int
    """The bits of the words of rules that stand in it; see ``marks``."""
    chunks: list[Chunk]
    """What stands between its spaces, each cut and known."""

    def __init__(self, text: str, section: str, index: int) -> None:
        self.text = text
        self.lower = lower = text.lower()
        self.section = section
        self.index = index
        self.chunks = chunks = list(map(_CHUNKS.__getitem__, lower.split()))
        self.marks = reduce(or_, filter(None, map(_MARKS_OF, chunks)), 0)
        self._tokens: tuple[str, ...] | None = None
        self._stems: tuple[str, ...] | None = None
        self._words: tuple[str, ...] | None = None

    @property
    def tokens(self) -> tuple[str, ...]:
        """Return words, numbers and signs of ``lower`` in order; see ``tokens_of``."""
        if self._tokens is None:
            self._tokens = tuple(chain.from_iterable(map(_TOKENS_OF, self.chunks)))
        return self._tokens

    @property
    def stems(self) -> tuple[str, ...]:
        """Return the stem of each token."""
        if self._stems is None:
            self._stems = tuple(chain.from_iterable(map(_STEMS_OF, self.chunks)))
        return self._stems

    def stems_among(self, wanted: frozenset[str]) -> frozenset[str]:
        """Return which of some stems stand here: few sentences even hold the letters of one."""
        lower = self.lower
        for word in wanted:
            if word in lower:
                return wanted.intersection(self.stems)
        return _NONE

    @property
    def words(self) -> tuple[str, ...]:
        """Return tokens without most signs; every number is ``#``."""
        if self._words is None:
            self._words = tuple(chain.from_iterable(map(_WORDS_OF, self.chunks)))
        return self._words

    @property
    def may_count(self) -> bool:
        """Return whether a number may stand here: one does, or signs that are no ASCII."""
        return self.marks & NUMBER != 0 or not self.lower.isascii()


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """The sentences of one record, and its text in lower case.

    A passage equals only itself, so that what is found in it can be kept by the passage.
    """

    sentences: tuple[Sentence, ...]
    lower: str
    title_lower: str
    is_labelled: bool
    """Whether the abstract prints its own section labels."""
    marks: int
    """The bits of the words of rules that stand in it; see ``marks``."""

    body_marks: int
    """The same of all but the title."""

    @property
    def title(self) -> Sentence:
        """Return the title, empty where there is none."""
        return self.sentences[0]

    def body_words(self) -> Iterator[str]:
        """Yield the words of the sentences after the title, a line's end between two of them."""
        chunks = chain.from_iterable([(*s.chunks, _LINE_END) for s in self.sentences[1:]])
        return chain.from_iterable(map(_WORDS_OF, chunks))

    @property
    def body(self) -> tuple[Sentence, ...]:
        """Return the sentences after the title."""
        return self.sentences[1:]


DIGITS = frozenset("0123456789")
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+(?:[.,\u00b7][0-9]+)*|[^\s\w]")
MAX_KEPT = 60_000
MAX_KEPT_LENGTH = 40
_SUFFIXES = (
    "ations", "ation", "ments", "ment", "ities", "ity", "ness", "ingly", "ings", "ing", "edly", "ies", "ied", "ely", "ed",
    "es", "ly", "s", "e", "al", "ic",
)  # fmt: skip


class Kept(dict[str, Made]):
    """What was made of strings seen before; emptied before it grows without bound.

    Words come again and again: looking one up is many times faster than matching a pattern.
    """

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, text: str) -> Made:
        made = self.make(text)
        if len(text) <= MAX_KEPT_LENGTH:
            if len(self) >= MAX_KEPT:
                self.clear()
            self[text] = made
        return made


def tokens_of(lower: str) -> tuple[str, ...]:
    """Return words, numbers (with their decimals) and single signs.

    >>> tokens_of("(n = 1,205; 12.5%)")
    ('(', 'n', '=', '1,205', ';', '12.5', '%', ')')
    """
    return tuple(_TOKEN.findall(lower))


def _stem(word: str) -> str:
    if len(word) < 4 or not word.isalpha():
        return word
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return intern(word[: -len(suffix)][:8])
    return intern(word[:8])


_STEMS = Kept(_stem)


def stem(word: str) -> str:
    """Return a crude stem that joins the usual endings of one word.

    >>> stem("bleeding") == stem("bleeds"), stem("survival"), stem("pain")
    (True, 'surviv', 'pain')
    """
    return _STEMS[word]


def stems_of(tokens: Iterable[str]) -> tuple[str, ...]:
    """Return the stem of each token."""
    return tuple(map(_STEMS.__getitem__, tokens))


_SIGNS = frozenset("%=<>\u00b1")


def _word_of(token: str) -> str | None:
    """Return a token as a word, None where it is a sign that says nothing."""
    if token[0] in DIGITS:
        return "#"
    return token if token[0].isalnum() or token in _SIGNS else None


Chunk = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], int]
"""The tokens, stems, words and marks of what stands between two spaces."""


def _know_token(token: str) -> tuple[str, str, str | None, int]:
    """Return a token, its stem, the word that it is, and its marks."""
    stem = _STEMS[token]
    return intern(token), stem, _word_of(token), marks_of_token(token, stem)


_TOKENS = Kept(_know_token)
forget_with(_TOKENS.clear)


_ONE_MARK: dict[int, int] = {}
"""One object of equal marks, so that those of common words stay in the processor's cache."""
forget_with(_ONE_MARK.clear)


def _cut_chunk(chunk: str) -> Chunk:
    """Cut what stands between two spaces; equal strings are one object."""
    cut = list(map(_TOKENS.__getitem__, _TOKEN.findall(chunk)))
    if not cut:
        return (), (), (), marks_of_chunk(chunk)
    tokens, stems, all_words, held = zip(*cut, strict=True)
    words = tuple(filter(None, all_words))
    return (
        tokens,
        tokens if stems == tokens else stems,
        tokens if words == tokens else words,
        _ONE_MARK.setdefault(marks := reduce(or_, held, marks_of_chunk(chunk)), marks),
    )


_CHUNKS = Kept(_cut_chunk)
forget_with(_CHUNKS.clear)
_LINE_END: Chunk = ((), (), ("\n",), 0)
_TOKENS_OF: Callable[[Chunk], tuple[str, ...]] = itemgetter(0)
_STEMS_OF: Callable[[Chunk], tuple[str, ...]] = itemgetter(1)
_WORDS_OF: Callable[[Chunk], tuple[str, ...]] = itemgetter(2)
_MARKS_OF: Callable[[Chunk], int] = itemgetter(3)

_BREAK = re.compile(
    r"[.?!](?:[\"'\)\]]{0,2}[ \t\u2009\u00a0]+(?=[\"'(\[]?[A-Z0-9\u2265\u2264])|(?<=[a-z)\]][a-z)\]]\.)(?=[A-Z][a-z]))"
)
_NO_BREAK = frozenset(
    words_in(
        "vs e.g i.e al fig approx dr st no nos sp spp cf ca resp mr mrs ms prof inc ltd co et "
        "v eq ref refs p dept etc. q.d b.i.d t.i.d u.s wk min"
    )
)
_LABEL = re.compile(
    r"(?P<word>[A-Z][A-Za-z]+(?:(?: |/|, | & )[A-Za-z()]+){0,6}?) ?(?::|\u2014| -(?= ))"
    r"|(?P<caps>[A-Z]{4,}(?:(?: |/|, | & )[A-Z]{2,}){0,5})(?= [A-Z0-9])"
)
_SECTION_WORDS = (
    ("result", RESULTS),
    ("finding", RESULTS),
    ("outcomes and", RESULTS),
    ("conclusion", CONCLUSIONS),
    ("interpretation", CONCLUSIONS),
    ("discussion", CONCLUSIONS),
    ("implication", CONCLUSIONS),
    ("relevance", CONCLUSIONS),
    ("significance", CONCLUSIONS),
    ("summary", CONCLUSIONS),
    ("method", METHODS),
    ("design", METHODS),
    ("setting", METHODS),
    ("participant", METHODS),
    ("patients", METHODS),
    ("subjects", METHODS),
    ("materials", METHODS),
    ("intervention", METHODS),
    ("measure", METHODS),
    ("outcome", METHODS),
    ("procedure", METHODS),
    ("registration", METHODS),
    ("randomi", METHODS),
    ("data sources", METHODS),
    ("background", AIM),
    ("objective", AIM),
    ("aim", AIM),
    ("purpose", AIM),
    ("introduction", AIM),
    ("context", AIM),
    ("hypothesis", AIM),
    ("rationale", AIM),
)


@lru_cache(maxsize=512)
def _section_of_label(label: str) -> str | None:
    """Return the section that a printed label stands for, None where it is no label."""
    lower = label.lower()
    for word, section in _SECTION_WORDS:
        if word in lower:
            return section
    return None


def _may_be_label(piece: str) -> bool:
    head = piece[:64]
    return ":" in head or "\u2014" in head or " - " in head or head[:4].isupper()


def _pieces(text: str) -> list[str]:
    """Cut at sentence ends, but not after abbreviations and initials."""
    pieces: list[str] = []
    for line in text.split("\n"):
        pieces.extend(_cut(line))
    return pieces


def _cut(text: str) -> list[str]:
    """Cut one line."""
    pieces: list[str] = []
    start = 0
    for found in _BREAK.finditer(text):
        head = text[start : found.start()]
        if text[found.start()] == ".":
            last = head[-12:].rpartition(" ")[2].lstrip("([").lower()
            if last in _NO_BREAK:
                continue
        pieces.append(text[start : found.end()].strip())
        start = found.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def split_passage(title: str, abstract: str) -> Passage:
    """Return the sentences of a title and an abstract with their sections.

    >>> [
    ...     s.section
    ...     for s in split_passage("A trial.", "METHODS: We drew lots. RESULTS: None.").sentences
    ... ]
    ['title', 'methods', 'results']
    """
    title = " ".join(title[:MAX_TITLE].split())
    abstract = abstract[:MAX_ABSTRACT].strip()
    if title and abstract.startswith(title):
        abstract = abstract[len(title) :].lstrip(" .\n")
    placed = [(title, TITLE)]
    section = UNLABELLED
    is_labelled = False
    for piece in _pieces(abstract)[:MAX_SENTENCES]:
        label = _LABEL.match(piece) if _may_be_label(piece) else None
        if label is not None:
            named = _section_of_label(label["word"] or label["caps"])
            if named is not None:
                section = named
                is_labelled = True
        placed.append((" ".join(piece[:MAX_SENTENCE].split()), section))
    if not is_labelled:
        _guess_sections(placed)
    sentences = tuple([Sentence(*part, index) for index, part in enumerate(placed)])
    lower = "\n".join([sentence.lower for sentence in sentences])
    first, *others = [sentence.marks for sentence in sentences]
    of_body = reduce(or_, others, 0)
    return Passage(sentences, lower, sentences[0].lower, is_labelled, first | of_body, of_body)


def _guess_sections(placed: list[tuple[str, str]]) -> None:
    """Name the last sentence of an unlabelled abstract a conclusion; the rest stays unlabelled."""
    if len(placed) >= 4:
        placed[-1] = placed[-1][0], CONCLUSIONS
