"""Judge, see who signed, judge again: where people's signatures meet the rules' verdicts.

There is no way round in a circle: a fingerprint is taken of the verdict that nobody signed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evidence.claims.registry import Claim
from evidence.judgements import Verdict
from evidence.pipeline.judging import JudgedQuestion, Material, judge_again
from evidence.pipeline.signatures import Review, apply_override, fingerprint, signatures
from evidence.protocol import Protocol
from evidence.store.decisions import Event

__all__ = ["ReviewedVerdicts", "review_verdicts", "with_signatures"]


@dataclass(frozen=True, slots=True)
class ReviewedVerdicts:
    """Who signed what the rules say today."""

    fingerprints: Mapping[str, str]
    """Claim id → what a signature on its verdict names."""
    by_claim: Mapping[str, Review]


def review_verdicts(
    judged: Sequence[JudgedQuestion],
    untestable: Sequence[tuple[Claim, Verdict]],
    events: Sequence[Event],
    protocol: Protocol,
) -> ReviewedVerdicts:
    """Return the fingerprint of every verdict without signatures, and who signed it."""
    fingerprints = {
        claim.claim_id: fingerprint(claim, verdict, question, protocol)
        for question in judged
        for claim, verdict in zip(question.claims, question.verdicts, strict=True)
    }
    for claim, verdict in untestable:
        fingerprints[claim.claim_id] = fingerprint(claim, verdict, None, protocol)
    needed = protocol.whole("certainty.signatures_needed")
    return ReviewedVerdicts(fingerprints, signatures(events, fingerprints, needed))


def with_signatures(
    question: JudgedQuestion, material: Material, reviews: ReviewedVerdicts
) -> JudgedQuestion:
    """Return the question as it stands signed; one that nobody signed stays as it is."""
    signed = {
        claim.claim_id: len(reviews.by_claim[claim.claim_id].people)
        for claim in question.claims
        if claim.claim_id in reviews.by_claim
    }
    if not signed:
        return question
    again = judge_again(question, replace(material, signatures=signed))
    verdicts = tuple(_with_override(verdict, reviews) for verdict in again.verdicts)
    return replace(again, verdicts=verdicts)


def _with_override(verdict: Verdict, reviews: ReviewedVerdicts) -> Verdict:
    """Return the verdict with the word that people signed by hand, where they did."""
    review = reviews.by_claim.get(verdict.claim_id)
    if review is None:
        return verdict
    return apply_override(verdict, reviews.fingerprints[verdict.claim_id], review)
