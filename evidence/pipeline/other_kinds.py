"""Verdicts on claims that no stratum of effects answers, kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import pandas as pd

from evidence.claims.registry import Claim
from evidence.judgements import Verdict
from evidence.pipeline.questions import claim_question
from evidence.synthesis.other_kinds import (
    association_evidence,
    experiment_evidence,
    number_evidence,
    rate_evidence,
    usage_evidence,
)
from evidence.verdict.mechanism import decide_doctrine, decide_mechanism
from evidence.verdict.numbers import decide_prevalence
from evidence.verdict.risk_factors import decide_risk_factor
from evidence.verdict.safety import decide_safety
from evidence.verdict.utilization import decide_utilization
from evidence.vocabulary import ClaimKind, Match

if TYPE_CHECKING:
    from evidence.pipeline.judging import Material

__all__ = ["decide_other_kind"]


class _Flags(TypedDict):
    """What every kind is told beside its evidence."""

    signatures: int
    is_retraction_touched: bool


def decide_other_kind(
    claim: Claim,
    used: pd.DataFrame,
    material: Material,
    *,
    signatures: int,
    is_retraction_touched: bool,
) -> Verdict:
    """Return the verdict on a testable claim of any kind but efficacy.

    Parameters
    ----------
    used
        Eligible rows of the claim's question.
    """
    question, protocol = claim_question(claim), material.protocol
    bias = material.context.risk_of_bias
    touched = is_retraction_touched
    if claim.kind is ClaimKind.MECHANISM:
        return decide_mechanism(
            question, experiment_evidence(used), protocol, is_retraction_touched=touched
        )
    if claim.kind is ClaimKind.DOCTRINE:
        return decide_doctrine(
            question, experiment_evidence(used), protocol, is_retraction_touched=touched
        )
    more: _Flags = {"signatures": signatures, "is_retraction_touched": touched}
    if claim.kind is ClaimKind.PREVALENCE:
        return decide_prevalence(question, number_evidence(used, bias), protocol, **more)
    if claim.kind is ClaimKind.UTILIZATION:
        surveys, numbers = usage_evidence(used, bias), number_evidence(used, bias)
        return decide_utilization(question, surveys, numbers, protocol, **more)
    if claim.kind is ClaimKind.SAFETY:
        events = material.adverse_events
        events = events[events["result_id"].isin(set(used["result_id"]))]
        rates = rate_evidence(events, material.studies, bias)
        return decide_safety(question, rates, protocol, **more)
    # An exposure that fits only indirectly is listed and never votes: obesity is not a diet.
    direct = used[used["intervention_match"] == Match.DIRECT]
    parts = dict(zip(direct["result_id"], direct["exposure"], strict=True))
    associations = association_evidence(direct, parts, bias)
    return decide_risk_factor(question, associations, protocol, **more)
