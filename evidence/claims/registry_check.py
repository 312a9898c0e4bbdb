"""Makes a registry of a mapping and texts, and finds every fault of theirs in one run.

The rules are those of ``docs/commands.md`` (what each kind of claim needs); nothing is repaired
and nothing is guessed, but for what the older form with one document at the top leaves out.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict

from evidence.claims.documents import Document, parse_document
from evidence.claims.fields import SLUG, Faults, Fields, kind_of, shown
from evidence.claims.matching import CODE_LISTS, MatchRule, parse_match, with_defaults
from evidence.claims.queries import Query, check_concept, read_query
from evidence.claims.quotes import NotLocated, find_quote
from evidence.claims.registry import Asserts, CheckedRegistry, Claim, Code, NotClaim, Registry
from evidence.vocabulary import (
    AssertedDirection,
    Bound,
    ClaimForm,
    ClaimKind,
    ComparatorClass,
    NonClaimReason,
)

_PICO = ("population", "intervention", "comparators", "outcomes")
NEEDED: Mapping[ClaimKind, tuple[str, ...]] = {
    ClaimKind.EFFICACY: _PICO,
    ClaimKind.SAFETY: _PICO,
    ClaimKind.MECHANISM: _PICO,
    ClaimKind.RISK_FACTOR: ("population", "exposure", "outcomes"),
    ClaimKind.PREVALENCE: ("population", "outcomes"),
    ClaimKind.UTILIZATION: ("population", "outcomes"),
    ClaimKind.DOCTRINE: ("outcomes",),
    ClaimKind.UNTESTABLE: ("why_untestable",),
}
"""What a claim of each kind must say, beside its quote, statement and query."""

FORMS: Mapping[ClaimKind, tuple[ClaimForm, ...]] = {
    ClaimKind.PREVALENCE: (ClaimForm.ALL_AGES, ClaimForm.NUMBER),
    ClaimKind.UTILIZATION: (ClaimForm.MAIN_REASON, ClaimForm.NUMBER),
    ClaimKind.RISK_FACTOR: (
        ClaimForm.ASSOCIATION,
        ClaimForm.DEPENDS_ON_FACTORS,
        ClaimForm.CAN_IMPAIR,
    ),
}
"""What a claim of these kinds can assert; the first is taken where nothing says another."""

_TOP = (
    "documents", "document", "title", "concepts", "codes", "match_defaults", "claims", "not_claims",
)  # fmt: skip
_DOCUMENT = ("id", "file", "title", "url", "publisher", "doc_type", "language", "retrieved_at")
_ASSERTS = (
    "direction",
    "strength",
    "words",
    "value_percent",
    "bound",
    "denominator",
    "form",
    "is_cause",
)
_CLAIM = (
    "id", "document", "quote", "occurrence", "statement", "kind", "why_untestable", "asserts",
    "population", "intervention", "exposure", "comparators", "outcomes", "time_claimed",
    "generality", "topics", "query", "match", "cited_reference", "note",
)  # fmt: skip
_NOT_CLAIM = ("document", "quote", "occurrence", "reason", "note")
_CONCEPT_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_URL = re.compile(r"https?://[^\s<>\"]+\Z")


def check_registry(
    source: object,
    texts: Mapping[str, str],
    *,
    name: str = "claims.yaml",
    lines: Mapping[tuple[str, int], int] | None = None,
    unreadable: Mapping[str, str] | None = None,
) -> CheckedRegistry:
    """Read and check a registry.

    Parameters
    ----------
    source
        What stands in the YAML file.
    texts
        The text of each document, by file name.
    name
        How messages call the file.
    lines
        Line of each entry, by list and place: ``("claims", 0) -> 57``.
    unreadable
        Why the text of a file could not be had, by file name.
    """
    return _Checker(name, texts, lines or {}, unreadable or {}).check(source)


def parse_registry(
    source: object,
    texts: Mapping[str, str],
    *,
    name: str = "claims.yaml",
    lines: Mapping[tuple[str, int], int] | None = None,
    unreadable: Mapping[str, str] | None = None,
) -> Registry:
    """Return the registry, or raise ``RegistryError`` with every fault of it."""
    checked = check_registry(source, texts, name=name, lines=lines, unreadable=unreadable)
    return checked.sound(name)


class _Checker:
    """One run over one registry."""

    def __init__(
        self,
        name: str,
        texts: Mapping[str, str],
        lines: Mapping[tuple[str, int], int],
        unreadable: Mapping[str, str],
    ) -> None:
        self.name = name
        self.texts = texts
        self.lines = lines
        self.unreadable = unreadable
        self.faults = Faults()
        self.warnings: list[str] = []
        self.documents: dict[str, Document] = {}
        self.known_documents: dict[str, None] = {}
        self.concepts: dict[str, str] = {}
        self.codes: dict[str, dict[str, Code]] = {kind: {} for kind in CODE_LISTS}
        self.match_defaults: Mapping[str, object] = {}

    def check(self, source: object) -> CheckedRegistry:
        if not isinstance(source, Mapping):
            self.faults.add(
                self.name, "file", f"is {kind_of(source)}", "a mapping with documents and claims"
            )
            source = {}
        top = Fields(source, self.name, self.faults)
        top.allow(_TOP)
        self._read_documents(top)
        self._read_concepts(top)
        self._read_codes(top)
        if defaults := top.inner("match_defaults"):
            parse_match(defaults, self.codes)
            self.match_defaults = defaults.mapping
        entries = self._entries(top, "claims")
        if not entries and "claims" not in source:
            top.fault("claims", "is missing", "a list of claims")
        claims = self._read_claims(entries)
        not_claims = [self._not_claim(fields) for fields in self._entries(top, "not_claims")]
        sound = tuple(item for item in not_claims if item is not None)
        self._check_overlaps(claims, sound)
        registry = Registry(
            tuple(self.documents.values()), self.concepts, self.codes, tuple(claims), sound
        )
        n_claims = len(source.get("claims") or ()) if entries else 0
        return CheckedRegistry(
            registry, n_claims, tuple(self.faults.found), tuple(dict.fromkeys(self.warnings))
        )

    # --- documents, concepts, codes

    def _entries(self, top: Fields, name: str) -> list[Fields]:
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
        for fields in self._entries(top, "documents"):
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

    # --- claims

    def _read_claims(self, entries: list[Fields]) -> list[Claim]:
        seen: dict[str, str] = {}
        claims = []
        for number, fields in enumerate(entries):
            before = len(self.faults.found)
            fields.allow(_CLAIM)
            claim_id = fields.slug("id", required=True)
            if claim_id in seen:
                fields.fault(
                    "id", f"'{claim_id}' is used twice", f"one id a claim ({seen[claim_id]})"
                )
            elif claim_id is not None:
                seen[claim_id] = fields.where
            claim = self._claim(fields, claim_id or "", f"C{number + 1:02d}")
            if claim is not None and len(self.faults.found) == before:
                claims.append(claim)
        return claims

    def _claim(self, fields: Fields, claim_id: str, label: str) -> Claim | None:
        kind = fields.choice("kind", ClaimKind, required=True)
        statement = fields.text("statement", required=True)
        place = self._place(fields)
        pico = {
            name: _text_or_none(fields, name) for name in ("population", "intervention", "exposure")
        }
        comparators = fields.choices("comparators", ComparatorClass)
        outcomes = fields.texts("outcomes")
        why = fields.text("why_untestable")
        asserts = self._asserts(fields, kind)
        query = self._query(fields, kind)
        match = self._match(fields, has_intervention=pico["intervention"] is not None)
        rest = {
            name: fields.text(name) for name in ("time_claimed", "generality", "cited_reference")
        }
        topics = fields.texts("topics")
        if kind is not None:
            self._check_needed(fields, kind)
        if place is None or kind is None or statement is None:
            return None
        document, quote, occurrence, start, end = place
        testable = kind is not ClaimKind.UNTESTABLE
        return Claim(
            claim_id=claim_id,
            label=label,
            document_id=document.document_id,
            quote=quote,
            occurrence=occurrence,
            char_start=start,
            char_end=end,
            sentence_ids=tuple(s.sentence_id for s in document.sentences_between(start, end)),
            statement=statement,
            kind=kind,
            why_untestable=why,
            asserts=asserts,
            population=pico["population"],
            intervention=pico["intervention"],
            exposure=pico["exposure"],
            comparators=comparators,
            outcomes=outcomes,
            time_claimed=rest["time_claimed"],
            generality=rest["generality"],
            topics=topics,
            query=query,
            match=match,
            cited_reference=rest["cited_reference"],
            question_id=question_id(kind, pico, comparators, outcomes, match) if testable else None,
        )

    def _match(self, fields: Fields, *, has_intervention: bool) -> MatchRule:
        own = fields.inner("match")
        if own is None:
            return MatchRule()
        parse_match(own, self.codes)
        filled = with_defaults(own.mapping, self.match_defaults, has_intervention=has_intervention)
        # Faults of either part are noted already, each at its own place.
        return parse_match(Fields(filled, fields.where, Faults()), self.codes)

    def _check_needed(self, fields: Fields, kind: ClaimKind) -> None:
        needed = NEEDED[kind]
        for name in needed:
            value = fields.mapping.get(name)
            is_none = name != "comparators" and value == "none"
            if value is None or is_none or value == [] or value == "":
                fields.fault(
                    name, f"is missing, and a claim of kind {kind} needs it", ", ".join(needed)
                )
        if kind is not ClaimKind.UNTESTABLE and fields.has("why_untestable"):
            fields.fault("why_untestable", f"stands on a claim of kind {kind}", "kind: untestable")

    def _place(self, fields: Fields) -> tuple[Document, str, int | None, int, int] | None:
        """Return document, quote, occurrence and offsets, where the quote has one place."""
        quote = fields.exact_text("quote")
        occurrence = fields.integer("occurrence", low=1, high=10_000)
        document_id = fields.text("document")
        if document_id is None:
            # In the form with one document at the top claims name none: it is the first.
            document_id = next(iter(self.known_documents), None)
        if document_id is None:
            return None  # no document at all: a fault of its own
        if document_id not in self.known_documents:
            fields.fault(
                "document",
                f"{shown(document_id)} is not registered",
                ", ".join(sorted(self.known_documents)),
            )
            return None
        document = self.documents.get(document_id)
        if document is None or quote is None:
            return None
        found = find_quote(document, quote, occurrence)
        if isinstance(found, NotLocated):
            fields.fault(found.field, found.problem, found.allowed)
            return None
        if not document.sentences_between(found.char_start, found.char_end):
            fields.fault("quote", "holds no word of a sentence", "words of the document")
            return None
        return document, quote, occurrence, found.char_start, found.char_end

    def _asserts(self, fields: Fields, kind: ClaimKind | None) -> Asserts | None:
        inner = fields.inner("asserts")
        if inner is None:
            if kind not in (None, ClaimKind.UNTESTABLE) and not fields.has("asserts"):
                fields.fault("asserts", "is missing", "direction, and strength for efficacy")
            return None
        inner.allow(_ASSERTS)
        direction = inner.choice("direction", AssertedDirection, required=True)
        strength = inner.integer("strength", low=1, high=4)
        value = inner.number("value_percent", low=0, high=100)
        bound = inner.choice("bound", Bound)
        form = inner.choice("form", ClaimForm)
        if kind is ClaimKind.EFFICACY and not inner.has("strength"):
            inner.fault("strength", "is missing, and a claim of kind efficacy needs it", "1 to 4")
        if kind not in (None, ClaimKind.EFFICACY) and inner.has("strength"):
            inner.fault("strength", f"stands on a claim of kind {kind}", "kind: efficacy")
        if value is None and bound not in (None, Bound.MAJORITY) and not inner.has("value_percent"):
            inner.fault("value_percent", f"is missing, and bound {bound} needs it", "0 to 100")
        if value is not None and bound is Bound.MAJORITY:
            inner.fault("bound", "is majority beside a number", "point, upper, lower")
        bound = Bound.POINT if value is not None and bound is None else bound
        allowed = FORMS.get(kind, ()) if kind else tuple(ClaimForm)
        if form is not None and form not in allowed:
            inner.fault("form", f"'{form}' does not fit kind {kind}", ", ".join(allowed) or "none")
        is_cause = inner.flag("is_cause")
        if is_cause and kind not in (None, ClaimKind.RISK_FACTOR):
            inner.fault("is_cause", f"stands on a claim of kind {kind}", "kind: risk-factor")
        if direction is None:
            return None
        return Asserts(
            direction=direction,
            strength=strength,
            words=inner.text("words"),
            value_percent=value,
            bound=bound,
            denominator=inner.text("denominator"),
            form=form or _default_form(kind, bound),
            is_cause=is_cause,
        )

    def _query(self, fields: Fields, kind: ClaimKind | None) -> Query | None:
        template = fields.text("query")
        if template is None:
            if kind not in (None, ClaimKind.UNTESTABLE) and not fields.has("query"):
                fields.fault("query", "is missing", "a search for PubMed")
            return None
        query = read_query(template, self.concepts)
        for problem in query.problems:
            fields.fault("query", problem.problem, problem.allowed)
        self.warnings.extend(f"{fields.where}, query: {warning}" for warning in query.warnings)
        return query

    # --- what is not a claim

    def _not_claim(self, fields: Fields) -> NotClaim | None:
        fields.allow(_NOT_CLAIM)
        fields.prefix = "not_claims."
        reason = fields.choice("reason", NonClaimReason, required=True)
        place = self._place(fields)
        if place is None or reason is None:
            return None
        document, quote, _, start, end = place
        return NotClaim(document.document_id, quote, reason, start, end)

    def _check_overlaps(self, claims: list[Claim], not_claims: tuple[NotClaim, ...]) -> None:
        for item in not_claims:
            for claim in claims:
                if item.document_id == claim.document_id and (
                    item.char_start < claim.char_end and claim.char_start < item.char_end
                ):
                    self.faults.add(
                        self.name,
                        "not_claims.quote",
                        f"{shown(item.quote)} overlaps the quote of {claim.claim_id}",
                        "a claim, or not a claim",
                        claim.claim_id,
                    )


def _text_or_none(fields: Fields, name: str) -> str | None:
    """Return a text; the word ``none`` says that there is nothing."""
    value = fields.text(name)
    return None if value == "none" else value


def _default_form(kind: ClaimKind | None, bound: Bound | None) -> ClaimForm | None:
    """Return what a claim asserts where it does not say so: a number where it has a bound."""
    if kind is None or kind not in FORMS:
        return None
    if bound is not None and ClaimForm.NUMBER in FORMS[kind]:
        return ClaimForm.NUMBER
    return FORMS[kind][0]


def slug_of(words: str) -> str:
    """Return an identifier made of a file's name or a title.

    >>> slug_of("What Helps: a Guide.txt")
    'what-helps-a-guide'
    """
    stem = re.sub(r"\.[A-Za-z]{1,4}\Z", "", words)
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")
    return slug or "document-" + hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:8]


def question_id(
    kind: ClaimKind,
    pico: Mapping[str, str | None],
    comparators: tuple[ComparatorClass, ...],
    outcomes: tuple[str, ...],
    match: MatchRule,
) -> str:
    """Return the identity of a question: equal PICO and kind, equal question.

    Quote, wording and strength do not enter: claims that differ in these only share a synthesis.
    Where a match block says how rows are chosen, that is the PICO; else its words are.
    """
    parts: dict[str, object] = {"kind": kind, "comparators": sorted(comparators)}
    if match == MatchRule():
        parts |= {name: " ".join((words or "").lower().split()) for name, words in pico.items()}
        parts["outcomes"] = [" ".join(outcome.lower().split()) for outcome in outcomes]
    else:
        parts["match"] = _sorted_codes(asdict(match))
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    return f"{kind}-{digest.hexdigest()[:10]}"


def _sorted_codes(value: object, name: str = "") -> object:
    """Put lists in order, but for those whose order decides."""
    if isinstance(value, dict):
        return {key: _sorted_codes(inner, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        items = [_sorted_codes(item) for item in value]
        return items if name in {"outcomes", "windows"} else sorted(items, key=json.dumps)
    return value
