"""From the registry to what is asked: questions, and each claim as the verdict stage sees it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from evidence.claims.registry import Claim
from evidence.judgements import ClaimQuestion
from evidence.synthesis.strata import QuestionRule
from evidence.tables import conform

__all__ = ["by_question", "claim_question", "question_rule", "questions_table"]


def by_question(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Return the testable claims of each question, in the order of the registry."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.question_id is not None and claim.is_testable:
            found.setdefault(claim.question_id, []).append(claim)
    return found


def question_rule(claim: Claim) -> QuestionRule:
    """Return what a claim's question asks of its strata."""
    if claim.question_id is None:
        msg = f"claim {claim.claim_id} asks no question"
        raise ValueError(msg)
    return QuestionRule(
        question_id=claim.question_id,
        kind=claim.kind,
        windows=claim.match.windows,
        is_duration_claim=claim.match.is_duration_claim,
        max_weeks_after=claim.match.max_weeks_after,
    )


def claim_question(claim: Claim) -> ClaimQuestion:
    """Return one claim as the verdict stage sees it."""
    asserts, rule = claim.asserts, claim.match
    return ClaimQuestion(
        claim_id=claim.claim_id,
        kind=claim.kind,
        population=claim.population or "",
        intervention=claim.intervention or claim.exposure or "",
        outcomes=claim.outcomes,
        outcome_domains=tuple(dict.fromkeys(outcome.domain for outcome in rule.outcomes)),
        comparators=claim.comparators,
        strength=asserts.strength if asserts else None,
        words=asserts.words if asserts else None,
        form=asserts.form if asserts else None,
        bound=asserts.bound if asserts else None,
        value_percent=asserts.value_percent if asserts else None,
        period=rule.periods[0] if rule.periods else None,
        age_band=rule.age_bands[0] if len(rule.age_bands) == 1 else None,
        exposures=tuple(part.label for part in rule.exposures),
        is_duration_claim=rule.is_duration_claim,
        asserts_cause=bool(asserts and asserts.is_cause),
        why_untestable=claim.why_untestable,
    )


def questions_table(questions: dict[str, list[Claim]]) -> pd.DataFrame:
    """Return the table ``questions``."""
    return conform(
        "questions",
        [
            {
                "question_id": question_id,
                "kind": str(claims[0].kind),
                "population": claims[0].population,
                "intervention": claims[0].intervention or claims[0].exposure,
                "comparators": [str(word) for word in claims[0].comparators],
                "outcomes": list(claims[0].outcomes),
                "claim_ids": [claim.claim_id for claim in claims],
            }
            for question_id, claims in questions.items()
        ],
    )
