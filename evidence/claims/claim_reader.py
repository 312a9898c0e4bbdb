"""Reads one claim after another, and says what is wrong with each.

The rules are those of ``docs/commands.md`` (what each kind of claim needs).
"""

from __future__ import annotations

from collections.abc import Mapping

from evidence.claims.basis import Basis
from evidence.claims.documents import Document
from evidence.claims.fields import Faults, Fields, shown
from evidence.claims.matching import MatchRule, parse_match, with_defaults
from evidence.claims.queries import Query, read_query
from evidence.claims.questions import question_id
from evidence.claims.quotes import NotLocated, find_quote
from evidence.claims.registry import Asserts, Claim, NotClaim
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
_PICO_WORDS = ("population", "intervention", "exposure")
_FREE_WORDS = ("why_untestable", "time_claimed", "generality", "cited_reference")
_LISTS = frozenset({"comparators", "outcomes"})
_NOT_CLAIM = ("document", "quote", "occurrence", "reason", "note")


class ClaimReader:
    """Reads the claims, and what is no claim, of one registry."""

    def __init__(self, basis: Basis, faults: Faults) -> None:
        self.basis = basis
        self.faults = faults
        self.warnings: list[str] = []

    def claims(self, entries: list[Fields]) -> list[Claim]:
        """Return the sound claims, in order; an id may stand once."""
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
        pico = {name: _text_or_none(fields, name) for name in _PICO_WORDS}
        comparators = fields.choices("comparators", ComparatorClass)
        outcomes = fields.texts("outcomes")
        asserts = self._asserts(fields, kind)
        query = self._query(fields, kind)
        match = self._match(fields, has_intervention=pico["intervention"] is not None)
        words = {name: fields.text(name) for name in _FREE_WORDS}
        topics = fields.texts("topics")
        if kind is not None:
            self._check_needed(fields, kind)
        if place is None or kind is None or statement is None:
            return None
        document, quote, occurrence, start, end = place
        is_testable = kind is not ClaimKind.UNTESTABLE
        question = question_id(kind, pico, comparators, outcomes, match)
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
            asserts=asserts,
            comparators=comparators,
            outcomes=outcomes,
            topics=topics,
            query=query,
            match=match,
            question_id=question if is_testable else None,
            **pico,
            **words,
        )

    def _match(self, fields: Fields, *, has_intervention: bool) -> MatchRule:
        own = fields.inner("match")
        if own is None:
            return MatchRule()
        parse_match(own, self.basis.codes)
        filled = with_defaults(
            own.mapping, self.basis.match_defaults, has_intervention=has_intervention
        )
        # Faults of either part are noted already, each at its own place.
        return parse_match(Fields(filled, fields.where, Faults()), self.basis.codes)

    def _check_needed(self, fields: Fields, kind: ClaimKind) -> None:
        needed = NEEDED[kind]
        for name in needed:
            value = fields.mapping.get(name)
            is_none = name != "comparators" and value == "none"
            is_empty = name in _LISTS and value == []
            if value is None or is_none or is_empty:
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
            document_id = next(iter(self.basis.known_documents), None)
        if document_id is None:
            return None  # no document at all: a fault of its own
        if document_id not in self.basis.known_documents:
            fields.fault(
                "document",
                f"{shown(document_id)} is not registered",
                ", ".join(sorted(self.basis.known_documents)),
            )
            return None
        document = self.basis.documents.get(document_id)
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
        query = read_query(template, self.basis.concepts)
        for problem in query.problems:
            fields.fault("query", problem.problem, problem.allowed)
        self.warnings.extend(f"{fields.where}, query: {warning}" for warning in query.warnings)
        return query

    def not_claim(self, fields: Fields) -> NotClaim | None:
        """Return one entry of words that claim nothing."""
        fields.prefix = "not_claims."
        fields.allow(_NOT_CLAIM)
        reason = fields.choice("reason", NonClaimReason, required=True)
        place = self._place(fields)
        if place is None or reason is None:
            return None
        document, quote, _, start, end = place
        return NotClaim(document.document_id, quote, reason, start, end)

    def check_overlaps(self, claims: list[Claim], not_claims: tuple[NotClaim, ...]) -> None:
        """Note words that are said to be a claim and no claim."""
        for item in not_claims:
            for claim in claims:
                if item.document_id == claim.document_id and (
                    item.char_start < claim.char_end and claim.char_start < item.char_end
                ):
                    self.faults.add(
                        self.basis.name,
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
