"""Claims that no study could test: they leave every denominator, with their reason."""

from __future__ import annotations

from evidence.judgements import ClaimQuestion, Verdict
from evidence.verdict.bodies import assemble
from evidence.verdict.decide import Decision
from evidence.verdict.words import Draft
from evidence.vocabulary import VerdictWord

__all__ = ["decide_untestable"]


def decide_untestable(claim: ClaimQuestion) -> Verdict:
    """Return *Not testable* with the reason that the registry gives."""
    reason = claim.why_untestable or "It names no outcome that a study could measure."
    decision = Decision(VerdictWord.NOT_TESTABLE, (reason,))
    draft = Draft()
    why = draft.quote(reason, "claims", claim.claim_id, "why_untestable")
    sentence = draft.sentence(f"No study could test this statement. {why}")
    return assemble(claim, decision, sentence, None, ())
