"""What claims stand on: the documents, concept blocks, codes and match defaults of a registry.

Read first, since every claim is checked against them.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from evidence.claims.documents import Document, parse_document
from evidence.claims.fields import SLUG, Faults, Fields, kind_of, shown, slug_of
from evidence.claims.matching import CODE_LISTS, parse_match
from evidence.claims.queries import check_concept
from evidence.claims.registry import Code

_DOCUMENT = ("id", "file", "title", "url", "publisher", "doc_type", "language", "retrieved_at")
_CONCEPT_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_URL = re.compile(r"https?://[^\s<>\"]+\Z")


class Basis:
    """Reads the basis of one registry; faults go to ``faults``."""

    def __init__(
        self,
        name: str,
        texts: Mapping[str, str],
        lines: Mapping[tuple[str, int], int],
        unreadable: Mapping[str, str],
        faults: Faults,
    ) -> None:
        self.name = name
        self.texts = texts
        self.lines = lines
        self.unreadable = unreadable
        self.faults = faults
        self.documents: dict[str, Document] = {}
        self.known_documents: dict[str, None] = {}
        self.concepts: dict[str, str] = {}
        self.codes: dict[str, dict[str, Code]] = {kind: {} for kind in CODE_LISTS}
        self.match_defaults: Mapping[str, object] = {}

    def read(self, top: Fields) -> None:
        """Read all of it."""
        self._read_documents(top)
        self._read_concepts(top)
        self._read_codes(top)
        if defaults := top.inner("match_defaults"):
            parse_match(defaults, self.codes)
            self.match_defaults = defaults.mapping

    def entries(self, top: Fields, name: str) -> list[Fields]:
        """Return the fields of each mapping in a list; all else in it is a fault."""
        found = []
        value = top.mapping.get(name)
        if value is not None and not isinstance(value, list | tuple):
            top.fault(name, f"is {kind_of(value)}", "a list")
            return []
        for number, item in enumerate(top.items(name)):
            line = self.lines.get((name, number))
            place = f"{self.name} line {line}" if line else f"{self.name} {name}[{number}]"
            if not isinstance(item, Mapping):
                self.faults.add(
                    place, f"{name}[{number}]", f"is {kind_of(item)}: {shown(item)}", "a mapping"
                )
                continue
            words = item.get("id")
            claim_id = words if name == "claims" and isinstance(words, str) else None
            where = f"{place} ({shown(words)[1:-1]})" if isinstance(words, str) else place
            found.append(Fields(item, where, self.faults, claim_id=claim_id))
        return found

    def _read_documents(self, top: Fields) -> None:
        if top.has("document"):
            file = top.text("document")
            title = top.text("title", required=True)
            if file is not None:
                self._add_document(slug_of(file), file, title, top, {})
        elif top.has("title"):
            top.fault("title", "stands without a document", "document: FILE beside it")
        for fields in self.entries(top, "documents"):
            fields.allow(_DOCUMENT)
            document_id = fields.slug("id", required=True)
            file = fields.text("file", required=True)
            title = fields.text("title", required=True)
            about = {
                "url": self._pattern(fields, "url", _URL, "an address with http:// or https://"),
                "publisher": fields.text("publisher"),
                "doc_type": fields.text("doc_type"),
                "language": self._pattern(fields, "language", _LANGUAGE, "a code such as en"),
                "retrieved_at": self._date(fields, "retrieved_at"),
            }
            if document_id is not None and file is not None:
                self._add_document(document_id, file, title, fields, about)
        if not self.known_documents and not top.items("documents") and not top.has("document"):
            top.fault("documents", "is missing", "a list of id, file, title")

    def _add_document(
        self,
        document_id: str,
        file: str,
        title: str | None,
        fields: Fields,
        about: Mapping[str, str | None],
    ) -> None:
        if document_id in self.known_documents:
            fields.fault("id", f"'{document_id}' is used twice", "one id a document")
            return
        self.known_documents[document_id] = None
        if file not in self.texts:
            why = self.unreadable.get(file, "is not among the documents")
            name = "document" if fields.has("document") and not fields.has("file") else "file"
            fields.fault(name, f"{shown(file)} {why}", "a UTF-8 text in the documents folder")
            return
        document = parse_document(document_id, self.texts[file], title=title, file=file, **about)
        if not document.sentences:
            fields.fault("file", f"{shown(file)} holds no sentence", "a text")
        self.documents[document_id] = document

    @staticmethod
    def _pattern(fields: Fields, name: str, pattern: re.Pattern[str], allowed: str) -> str | None:
        value = fields.text(name)
        if value is not None and not pattern.match(value):
            fields.fault(name, f"is {shown(value)}", allowed)
            return None
        return value

    @staticmethod
    def _date(fields: Fields, name: str) -> str | None:
        value = fields.text(name)
        if value is None:
            return None
        try:
            datetime.date.fromisoformat(value[:10])
        except ValueError:
            fields.fault(name, f"is {shown(value)}", "a date such as 2026-11-24")
            return None
        return value

    def _read_concepts(self, top: Fields) -> None:
        inner = top.inner("concepts")
        if inner is None:
            return
        for name in inner.mapping:
            if not isinstance(name, str) or not _CONCEPT_NAME.match(name):
                inner.fault(shown(name), "is not a concept's name", "small letters, digits and _")
                continue
            text = inner.text(name, required=True)
            if text is not None:
                self.concepts[name] = " ".join(text.split())
        for name in self.concepts:
            for problem in check_concept(name, self.concepts):
                top.fault(f"concepts.{name}", problem.problem, problem.allowed)

    def _read_codes(self, top: Fields) -> None:
        inner = top.inner("codes")
        if inner is None:
            return
        inner.allow(CODE_LISTS)
        for kind in CODE_LISTS:
            group = inner.inner(kind)
            for code, item in (group.mapping if group else {}).items():
                if group is not None:
                    self._add_code(kind, code, item, group)

    def _add_code(self, kind: str, code: object, item: object, group: Fields) -> None:
        if not isinstance(code, str) or not SLUG.match(code):
            group.fault(shown(code), "is not a code", "small letters and digits joined by hyphens")
            return
        if not isinstance(item, Mapping):
            group.fault(code, f"is {kind_of(item)}", "a mapping of label and words")
            return
        fields = group.within(item, f"{code}.")
        fields.allow(("label", "words"))
        label = fields.text("label", required=True)
        words = fields.texts("words")
        for word in words:
            if word != word.lower():
                fields.fault("words", f"{shown(word)} has capital letters", "small letters")
        if label is not None:
            self.codes[kind][code] = Code(code, label, words)
