"""A title and an abstract as sentences that know their section.

Every other module of the reader works on what this one gives; it knows nothing of trials. Lengths
are bounded here, once, so that no later pattern sees hostile input.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from sys import intern
from typing import TypeVar

from evidence.appraisal.lexicon import words_in

Made = TypeVar("Made")

MAX_TITLE = 1_000
MAX_ABSTRACT = 20_000
MAX_SENTENCE = 1_500
MAX_SENTENCES = 80
BEGINNING = 4

TITLE = "title"
AIM = "aim"
METHODS = "methods"
RESULTS = "results"
CONCLUSIONS = "conclusions"
UNLABELLED = "unlabelled"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as printed, in lower case, and where it stands."""

    text: str
    lower: str
    section: str
    index: int
    """0 is the title."""
    tokens: tuple[str, ...]
    """Words, numbers and signs of ``lower`` in order; see ``tokens_of``."""
    stems: tuple[str, ...]
    """The stem of each token."""
    heads: tuple[str, ...]
    """The first ``BEGINNING`` letters of each token."""
    words: tuple[str, ...]
    """Tokens without most signs; every number is ``#``."""

    @property
    def may_count(self) -> bool:
        """Return whether a number may stand here: one does, or signs that are no ASCII."""
        return "#" in self.words or not self.lower.isascii()


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

    No token holds a space, so what stands between two spaces is cut once and then known.

    >>> tokens_of("(n = 1,205; 12.5%)")
    ('(', 'n', '=', '1,205', ';', '12.5', '%', ')')
    """
    chunks = map(_CHUNKS.__getitem__, lower.split())
    return tuple(chain.from_iterable(map(itemgetter(0), chunks)))


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


def _cut_chunk(chunk: str) -> tuple[tuple[str, ...], ...]:
    """Return the tokens, stems, heads and words of what stands between two spaces.

    Equal strings are one object; plain tuples are what the collector of garbage passes over.
    """
    tokens = tuple(map(intern, _TOKEN.findall(chunk)))
    stems = tuple([_STEMS[token] for token in tokens])
    heads = tuple([intern(token[:BEGINNING]) for token in tokens])
    words = tuple([word for word in map(_word_of, tokens) if word is not None])
    same = {tokens: tokens}
    return tokens, *(same.setdefault(part, part) for part in (stems, heads, words))


_CHUNKS = Kept(_cut_chunk)

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
    sentences = [_sentence(title, TITLE, 0)]
    section = UNLABELLED
    is_labelled = False
    for piece in _pieces(abstract)[:MAX_SENTENCES]:
        label = _LABEL.match(piece) if _may_be_label(piece) else None
        if label is not None:
            named = _section_of_label(label["word"] or label["caps"])
            if named is not None:
                section = named
                is_labelled = True
        text = " ".join(piece[:MAX_SENTENCE].split())
        sentences.append(_sentence(text, section, len(sentences)))
    if not is_labelled:
        sentences = _guess_sections(sentences)
    lower = "\n".join(sentence.lower for sentence in sentences)
    return Passage(tuple(sentences), lower, sentences[0].lower, is_labelled)


def _guess_sections(sentences: list[Sentence]) -> list[Sentence]:
    """Name the last sentence of an unlabelled abstract a conclusion; the rest stays unlabelled."""
    if len(sentences) < 4:
        return sentences
    last = sentences[-1]
    return [*sentences[:-1], replace(last, section=CONCLUSIONS)]


def _sentence(text: str, section: str, index: int) -> Sentence:
    lower = text.lower()
    chunks = list(map(_CHUNKS.__getitem__, lower.split()))
    tokens, stems, heads, words = (
        [tuple(chain.from_iterable(part)) for part in zip(*chunks, strict=True)]
        if chunks
        else ((), (), (), ())
    )
    return Sentence(text, lower, section, index, tokens, stems, heads, words)
