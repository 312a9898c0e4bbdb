"""Judge one question: which rows answer it, its strata, and the verdict on each of its claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

import pandas as pd

from evidence.claims.eligibility import Candidates, judge_eligibility
from evidence.claims.registry import Claim
from evidence.judgements import CertaintyRating, StratumFinding, Verdict
from evidence.pipeline.other_kinds import decide_other_kind
from evidence.pipeline.questions import claim_question, question_rule
from evidence.protocol import Protocol
from evidence.synthesis.eligible import eligible_results
from evidence.synthesis.strata import BuiltStratum, Context, build_strata
from evidence.verdict.certainty import rate_certainty
from evidence.verdict.efficacy import decide_efficacy
from evidence.verdict.gates import find
from evidence.vocabulary import (
    ClaimKind,
    Design,
    ExclusionReason,
    OutcomeDomain,
    RetractionStatus,
)

__all__ = ["JudgedQuestion", "JudgedStratum", "Material", "judge_again", "judge_question"]

_TOUCHED = frozenset(
    {
        RetractionStatus.RETRACTED,
        RetractionStatus.PARTIALLY_RETRACTED,
        RetractionStatus.EXPRESSION_OF_CONCERN,
    }
)


@dataclass(frozen=True, slots=True)
class Material:
    """All that a question is judged from."""

    protocol: Protocol
    results: pd.DataFrame
    candidates: Candidates
    studies: pd.DataFrame
    adverse_events: pd.DataFrame
    context: Context
    signatures: Mapping[str, int]
    """Claim id → people who have signed."""
    found: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Claim id → studies whose records its search found."""


@dataclass(frozen=True, slots=True)
class JudgedStratum:
    """One stratum with its certainty and finding."""

    built: BuiltStratum
    rating: CertaintyRating
    finding: StratumFinding


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """One question: which rows fit, its strata, its claims' verdicts."""

    question_id: str
    claims: tuple[Claim, ...]
    eligibility: pd.DataFrame
    strata: tuple[JudgedStratum, ...]
    used: pd.DataFrame
    """Eligible rows of a question that has no strata of effects."""
    verdicts: tuple[Verdict, ...]


def judge_question(claims: Sequence[Claim], material: Material) -> JudgedQuestion:
    """Return the question that some claims share, judged."""
    first = claims[0]
    found = frozenset[str]().union(*(material.found.get(c.claim_id, frozenset()) for c in claims))
    eligibility = judge_eligibility(first, material.candidates, found)
    rows = _answering(eligibility, material.results)
    is_efficacy = first.kind is ClaimKind.EFFICACY
    strata = _judge_strata(first, rows, material) if is_efficacy else ()
    used = rows.iloc[0:0] if is_efficacy else rows
    gone = _retracted(eligibility)
    verdicts = tuple(_decide(claim, strata, used, gone, material) for claim in claims)
    return JudgedQuestion(
        str(first.question_id), tuple(claims), eligibility, strata, used, verdicts
    )


def judge_again(question: JudgedQuestion, material: Material) -> JudgedQuestion:
    """Return a question with the signatures that ``material`` now holds; its strata stay built.

    A stratum is shown as certain as the best-signed claim that rests on it.
    """
    signed: dict[str, int] = {}
    for verdict in question.verdicts:
        count = material.signatures.get(verdict.claim_id, 0)
        for stratum_id in verdict.stratum_ids:
            signed[stratum_id] = max(count, signed.get(stratum_id, 0))
    strata = _judge_built([s.built for s in question.strata], material.protocol, signed)
    gone = _retracted(question.eligibility)
    verdicts = tuple(_decide(c, strata, question.used, gone, material) for c in question.claims)
    return replace(question, strata=strata, verdicts=verdicts)


def _answering(eligibility: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Return eligible rows and those whose direction is not reported, with how they fit."""
    kept = eligibility[
        eligibility["is_eligible"] | (eligibility["reason"] == ExclusionReason.NO_RESULT)
    ]
    fits = kept.drop(columns=["study_id", "question_id", "note", "reason", "is_eligible"])
    rows = fits.merge(results, on="result_id", how="left", validate="one_to_one")
    return rows[~_is_barred(rows)]


def _is_barred(rows: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows a later rule of eligibility bars, though a silent one failed before it.

    The first rule that fails is the reason that is printed; a retracted trial or a second report
    without a direction is still no silent trial (docs/method.md, sections 3 and 7, R5).
    """
    is_retracted = rows["retraction_status"].map(
        lambda cell: isinstance(cell, list) and RetractionStatus.RETRACTED in cell
    )
    barred: pd.Series[bool] = (
        is_retracted.astype(bool) | rows["second_report_of"].notna() | rows["duplicate_of"].notna()
    )
    return barred


def _judge_strata(
    claim: Claim, rows: pd.DataFrame, material: Material
) -> tuple[JudgedStratum, ...]:
    """Return every stratum of an efficacy question, rated and found."""
    results = eligible_results(_without_nonrandomized(rows))
    built = build_strata(question_rule(claim), results, material.context)
    return _judge_built(built, material.protocol, {})


def _judge_built(
    built: Sequence[BuiltStratum], protocol: Protocol, signed: Mapping[str, int]
) -> tuple[JudgedStratum, ...]:
    """Return strata rated and found; a large effect on pain asks for disability beside it."""
    disability = {
        (s.evidence.key.comparator_class, s.evidence.key.time_window): s.evidence
        for s in built
        if s.evidence.key.outcome_domain is OutcomeDomain.DISABILITY
    }
    judged = []
    for stratum in built:
        evidence, key = stratum.evidence, stratum.evidence.key
        rating = rate_certainty(evidence, protocol, signatures=signed.get(key.stratum_id, 0))
        beside = disability.get((key.comparator_class, key.time_window))
        finding = find(evidence, rating, protocol, disability=beside)
        judged.append(JudgedStratum(stratum, rating, finding))
    return tuple(judged)


def _without_nonrandomized(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows without nonrandomized studies wherever a trial answers the same contrast.

    Non-randomized studies count only where no trial exists (docs/method.md, section 2).
    """
    nonrandomized = rows["design"] == Design.NONRANDOMIZED_TRIAL
    contrast = rows["comparator_class"] + "\n" + rows["outcome_domain"]
    tried = set(contrast[~nonrandomized])
    return rows[~(nonrandomized & contrast.isin(tried))]


def _retracted(eligibility: pd.DataFrame) -> frozenset[str]:
    """Return the studies that would answer a question, had they not been retracted."""
    is_out = eligibility["reason"] == ExclusionReason.RETRACTED
    return frozenset(eligibility.loc[is_out, "study_id"])


def _decide(
    claim: Claim,
    strata: Sequence[JudgedStratum],
    used: pd.DataFrame,
    gone: frozenset[str],
    material: Material,
) -> Verdict:
    """Return the verdict on one claim by its kind; ``gone`` are studies that are retracted."""
    signatures = material.signatures.get(claim.claim_id, 0)
    if claim.kind is not ClaimKind.EFFICACY:
        touched = _is_touched(gone | set(used["study_id"]), material.studies)
        return decide_other_kind(
            claim,
            used,
            material,
            signatures=signatures,
            is_retraction_touched=touched,
        )
    ids = {member.result.study_id for s in strata for member in s.built.members}
    return decide_efficacy(
        claim_question(claim),
        [stratum.built.evidence for stratum in strata],
        material.protocol,
        signatures=signatures,
        is_retraction_touched=_is_touched(gone | ids, material.studies),
    )


def _is_touched(study_ids: AbstractSet[str], studies: pd.DataFrame) -> bool:
    """Return whether a report of these studies is retracted or under concern."""
    is_report = studies["study_id"].isin(study_ids) | studies["second_report_of"].isin(study_ids)
    states = studies.loc[is_report, "retraction_status"]
    return any(isinstance(cell, list) and bool(_TOUCHED & set(cell)) for cell in states)
