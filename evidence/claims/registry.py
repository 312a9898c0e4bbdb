"""The registry: every document, every claim in it, and what is wrong with either.

It is made from what the store hands on (the YAML as a mapping, the texts as text), opens no file,
and finds all faults in one run. It must not know what any document is about: the words of a topic
stand in the registry's own ``concepts`` and ``codes``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evidence.claims.documents import Document, Sentence
from evidence.claims.fields import ClaimFault
from evidence.claims.matching import MatchRule
from evidence.claims.queries import Query
from evidence.errors import RegistryError, UsageError
from evidence.vocabulary import (
    AssertedDirection,
    Bound,
    ClaimForm,
    ClaimKind,
    ComparatorClass,
    NonClaimReason,
    SentenceStatus,
)


@dataclass(frozen=True, slots=True)
class Code:
    """A word by which rows are chosen, and the words by which it is known in a text."""

    code: str
    label: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asserts:
    """What the words of a claim assert."""

    direction: AssertedDirection
    strength: int | None = None
    """1 "may, can help" to 4 "cures, fixes the cause"; claims of efficacy only."""
    words: str | None = None
    value_percent: float | None = None
    bound: Bound | None = None
    denominator: str | None = None
    form: ClaimForm | None = None
    """What a claim of prevalence, utilization or risk says; None for the other kinds."""
    is_cause: bool = False
    """The words say that the exposure causes the outcome, not only that they go together."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement, where it stands and what would answer it."""

    claim_id: str
    label: str
    """C01, C02 … by order in the registry."""
    document_id: str
    quote: str
    occurrence: int | None
    char_start: int
    char_end: int
    sentence_ids: tuple[str, ...]
    statement: str
    kind: ClaimKind
    why_untestable: str | None
    asserts: Asserts | None
    population: str | None
    intervention: str | None
    exposure: str | None
    comparators: tuple[ComparatorClass, ...]
    outcomes: tuple[str, ...]
    time_claimed: str | None
    generality: str | None
    topics: tuple[str, ...]
    query: Query | None
    match: MatchRule
    cited_reference: str | None
    question_id: str | None

    @property
    def sentence_id(self) -> str:
        """Return the sentence in which the quote begins."""
        return self.sentence_ids[0]

    @property
    def is_testable(self) -> bool:
        """Tell whether studies could answer it."""
        return self.kind is not ClaimKind.UNTESTABLE

    @property
    def strength(self) -> int | None:
        """Return how strongly it asserts, where that is asked."""
        return self.asserts.strength if self.asserts else None

    @property
    def query_id(self) -> str | None:
        """Return the identity of its search: equal texts are one search."""
        return f"q-{self.query.sha256[:12]}" if self.query else None


@dataclass(frozen=True, slots=True)
class NotClaim:
    """Words of a document that claim nothing, and why."""

    document_id: str
    quote: str
    reason: NonClaimReason
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class SentenceState:
    """What one sentence is, and the claims that it carries."""

    sentence: Sentence
    status: SentenceStatus
    reason: NonClaimReason | None
    claim_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many sentences are claims, not claims, and unread."""

    n_claim: int
    n_non_claim: int
    n_unread: int

    @property
    def n_sentences(self) -> int:
        """Return all of them."""
        return self.n_claim + self.n_non_claim + self.n_unread

    def percent(self) -> dict[str, float]:
        """Return the three shares in per cent; they add up to 100 where there is a sentence.

        One unread sentence never rounds to none: what is lost in rounding is taken off the
        largest share.
        """
        counts = {
            SentenceStatus.CLAIM: self.n_claim,
            SentenceStatus.NON_CLAIM: self.n_non_claim,
            SentenceStatus.UNREAD: self.n_unread,
        }
        total = self.n_sentences
        if not total:
            return {status.value: 0.0 for status in counts}
        cents = {s: max(round(10_000 * n / total), 1) if n else 0 for s, n in counts.items()}
        largest = max(cents, key=lambda status: cents[status])
        cents[largest] += 10_000 - sum(cents.values())
        return {status.value: cents[status] / 100 for status in counts}


@dataclass(frozen=True, slots=True)
class Registry:
    """All that the tracker follows."""

    documents: tuple[Document, ...]
    concepts: Mapping[str, str]
    codes: Mapping[str, Mapping[str, Code]]
    """conditions, interventions, exposures, outcomes, reporting: code to its words."""
    claims: tuple[Claim, ...]
    not_claims: tuple[NotClaim, ...]

    def claim(self, claim_id: str) -> Claim:
        """Return one claim by its id or label; an unknown one is a usage error."""
        for claim in self.claims:
            if claim_id in (claim.claim_id, claim.label):
                return claim
        known = ", ".join(claim.claim_id for claim in self.claims)
        raise UsageError(f"unknown claim '{claim_id}' (allowed: {known})")

    def document(self, document_id: str) -> Document:
        """Return one document."""
        for document in self.documents:
            if document.document_id == document_id:
                return document
        known = ", ".join(document.document_id for document in self.documents)
        raise UsageError(f"unknown document '{document_id}' (allowed: {known})")

    def sentence_states(self, document_id: str | None = None) -> list[SentenceState]:
        """Return every sentence, in order, with what it is."""
        return [
            self._state(sentence)
            for document in self.documents
            if document_id in (None, document.document_id)
            for sentence in document.sentences
        ]

    def _state(self, sentence: Sentence) -> SentenceState:
        claim_ids = tuple(
            claim.claim_id for claim in self.claims if sentence.sentence_id in claim.sentence_ids
        )
        if claim_ids:
            return SentenceState(sentence, SentenceStatus.CLAIM, None, claim_ids)
        for item in self.not_claims:
            if item.document_id == sentence.document_id and (
                item.char_start < sentence.char_end and sentence.char_start < item.char_end
            ):
                return SentenceState(sentence, SentenceStatus.NON_CLAIM, item.reason, ())
        return SentenceState(sentence, SentenceStatus.UNREAD, None, ())

    def coverage(self, document_id: str | None = None) -> Coverage:
        """Count what the sentences are, of one document or of all."""
        found = [state.status for state in self.sentence_states(document_id)]
        return Coverage(
            found.count(SentenceStatus.CLAIM),
            found.count(SentenceStatus.NON_CLAIM),
            found.count(SentenceStatus.UNREAD),
        )


@dataclass(frozen=True, slots=True)
class CheckedRegistry:
    """What a check found; the registry holds the parts that are sound."""

    registry: Registry
    n_claims: int
    """Entries under ``claims``, sound or not."""
    faults: tuple[ClaimFault, ...]
    warnings: tuple[str, ...] = field(default=())

    @property
    def is_ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.faults

    def sound(self, name: str) -> Registry:
        """Return the registry, or raise all of its faults at once."""
        if self.faults:
            raise RegistryError(name, self.faults)
        return self.registry

    def document(self) -> dict[str, object]:
        """Return the document that ``claims check --json`` prints."""
        return {
            "ok": self.is_ok,
            "claims": self.n_claims,
            "coverage": self.registry.coverage().percent(),
            "faults": fault_rows(self.faults),
        }


def fault_rows(faults: Sequence[ClaimFault]) -> list[dict[str, str | None]]:
    """Return faults as rows of claim_id, field, problem, allowed."""
    return [
        {
            "claim_id": fault.claim_id,
            "field": fault.field,
            "problem": fault.problem,
            "allowed": fault.allowed,
        }
        for fault in faults
    ]
