"""Reads a PubMed query as PubMed does and finds the records: tags, phrases, *, dates, Booleans.

Operators are in capitals and go from left to right without precedence; what stands side by side
is joined by AND. A field tag that PubMed does not know is reported and its term is searched
everywhere; a phrase that is nowhere is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.eutils.records import Record

Ids = frozenset[int]
DATE_TAGS = {
    "crdt": "crdt",
    "date - create": "crdt",
    "edat": "edat",
    "date - entry": "edat",
    "mdat": "mdat",
    "lr": "mdat",
    "date - modification": "mdat",
    "dp": "published",
    "pdat": "published",
    "date - publication": "published",
}
TEXT_TAGS = {
    "ti": "title", "title": "title", "ab": "abstract", "abstract": "abstract", "tiab": "tiab",
    "title/abstract": "tiab", "tw": "all", "text word": "all", "all": "all", "all fields": "all",
}  # fmt: skip
LIST_TAGS = {
    "mesh": "mesh", "mh": "mesh", "mesh terms": "mesh", "majr": "mesh", "pt": "types",
    "publication type": "types", "sb": "subset", "filter": "subset", "sh": "mesh",
    "la": "language", "lang": "language", "au": "author", "ta": "journal",
}  # fmt: skip
_TOKEN = re.compile(
    r'\s*(?:(\()|(\))|(:)|("[^"]*"|[^\s()\[\]":]+)((?:\s*)\[[^\]]*\])?|(\[[^\]]*\])|(.))'
)


@dataclass(slots=True)
class Found:
    """What a query finds, and what PubMed says of it."""

    ids: Ids
    translation: str
    phrases_not_found: list[str] = field(default_factory=list)
    fields_not_found: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


class Corpus:
    """The records, searchable."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records: dict[int, Record] = {}
        self._texts: dict[str, dict[int, str]] = {}
        self._terms: dict[tuple[str, str], Ids] = {}
        self.put(records)

    def put(self, records: Iterable[Record]) -> None:
        """Add records, or replace those of the same PMID."""
        for record in records:
            self.records[record.pmid] = record
            title, abstract = record.title.lower(), record.abstract.lower()
            mesh = " ".join(record.mesh).lower()
            for name, text in (
                ("title", title),
                ("abstract", abstract),
                ("tiab", f"{title} | {abstract}"),
                ("all", f"{title} | {abstract} | {mesh}"),
            ):
                self._texts.setdefault(name, {})[record.pmid] = text
        self._terms.clear()

    def remove(self, pmid: int) -> None:
        """Take a record out."""
        del self.records[pmid]
        for texts in self._texts.values():
            texts.pop(pmid, None)
        self._terms.clear()

    def find(self, term: str) -> Found:
        """Return what a query finds."""
        return _Reader(self, term).read()

    def with_term(self, words: str, tag: str) -> Ids | None:
        """Return the records of one term, None where the tag is unknown."""
        key = (words, tag)
        if key not in self._terms:
            found = self._look(words.strip('"').lower(), tag)
            if found is None:
                return None
            self._terms[key] = found
        return self._terms[key]

    def between(self, name: str, low: date, high: date) -> Ids:
        """Return the records whose date lies in a range, both ends included."""
        return frozenset(
            pmid for pmid, record in self.records.items() if low <= getattr(record, name) <= high
        )

    def _look(self, words: str, tag: str) -> Ids | None:
        if tag in ("uid", "pmid"):
            pmid = int(words) if words.isdigit() else -1
            return frozenset({pmid} & set(self.records))
        if tag in DATE_TAGS:
            low, high = read_day(words)
            return self.between(DATE_TAGS[tag], low, high)
        if tag in LIST_TAGS:
            return self._listed(words, LIST_TAGS[tag])
        if tag not in TEXT_TAGS:
            return None
        stem = words.rstrip("*")
        end = "" if words.endswith("*") else r"\b"
        find = re.compile(rf"\b{re.escape(stem)}{end}").search
        texts = self._texts[TEXT_TAGS[tag]]
        return frozenset(p for p, text in texts.items() if stem in text and find(text))

    def _listed(self, words: str, name: str) -> Ids:
        if name == "subset":
            return frozenset(
                pmid
                for pmid, record in self.records.items()
                if any(words in kind.lower() for kind in record.types)
            )
        found = set()
        for pmid, record in self.records.items():
            value = getattr(record, name)
            values = value if isinstance(value, tuple) else (value,)
            if any(v.lower() == words or v.lower().startswith(words + " ") for v in values):
                found.add(pmid)
        return frozenset(found)


def read_day(text: str) -> tuple[date, date]:
    """Return the first and last day of 2020, 2020/06 or 2020/06/07."""
    parts = [int(part) for part in text.split("/")]
    year = min(parts[0], 9998)
    if len(parts) == 1:
        return date(year, 1, 1), date(year, 12, 31)
    if len(parts) == 2:
        following = date(year + parts[1] // 12, parts[1] % 12 + 1, 1)
        return date(year, parts[1], 1), following - timedelta(days=1)
    day = date(year, parts[1], parts[2])
    return day, day


class _Reader:
    def __init__(self, corpus: Corpus, term: str) -> None:
        self.corpus = corpus
        self.tokens = [m for m in _TOKEN.finditer(term) if m[0].strip()]
        self.at = 0
        self.found = Found(frozenset(), "")

    def read(self) -> Found:
        ids, words = self._group()
        self.found.ids, self.found.translation = ids, words
        return self.found

    def _group(self) -> tuple[Ids, str]:
        result: Ids | None = None
        printed: list[str] = []
        operator = "AND"
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token[2]:
                break
            if token[4] in ("AND", "OR", "NOT") and not token[5]:
                operator = token[4]
                self.at += 1
                continue
            ids, words = self._operand()
            result = ids if result is None else _join(operator, result, ids)
            printed.append(words if not printed else f"{operator} {words}")
            operator = "AND"
        return result if result is not None else frozenset(), " ".join(printed)

    def _operand(self) -> tuple[Ids, str]:
        token = self.tokens[self.at]
        self.at += 1
        if token[1]:
            ids, words = self._group()
            self.at += 1  # the closing parenthesis
            return ids, f"({words})"
        words, tag = self._words(token)
        if self.at < len(self.tokens) and self.tokens[self.at][3]:
            self.at += 1
            upper, _ = self._words(self.tokens[self.at])
            self.at += 1
            low, high = read_day(words.strip('"'))[0], read_day(upper.strip('"'))[1]
            ids = self.corpus.between(DATE_TAGS[tag], low, high)
            return ids, f"{low:%Y/%m/%d}:{high:%Y/%m/%d}[Date - {tag}]"
        return self._term(words, tag)

    def _words(self, token: re.Match[str]) -> tuple[str, str]:
        words = token[4] or token[0].strip()
        tag = (token[5] or "").strip()[1:-1].strip().lower()
        # A run of bare words before a tag is one term: randomized controlled trial[pt].
        while not tag and words[:1] != '"' and self.at < len(self.tokens):
            following = self.tokens[self.at]
            if not following[4] or following[4] in ("AND", "OR", "NOT") or following[4][0] == '"':
                break
            if not any(t[5] for t in self.tokens[self.at : self.at + 5]):
                break
            words += " " + following[4]
            tag = (following[5] or "").strip()[1:-1].strip().lower()
            self.at += 1
        return words, tag or "all fields"

    def _term(self, words: str, tag: str) -> tuple[Ids, str]:
        ids = self.corpus.with_term(words, tag)
        if ids is None:
            self.found.fields_not_found.append(tag)
            ids = self.corpus.with_term(words, "all fields") or frozenset()
        if not ids and tag not in DATE_TAGS:
            self.found.phrases_not_found.append(words.strip('"'))
        return ids, f"{words}[{tag.title()}]"


def _join(operator: str, left: Ids, right: Ids) -> Ids:
    if operator == "OR":
        return left | right
    return left - right if operator == "NOT" else left & right
