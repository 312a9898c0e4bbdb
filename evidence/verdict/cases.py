"""Choose the strata that decide an efficacy claim, and judge them (docs/method.md, section 10).

A case is kept apart from its judgement, so that the same case can be judged again: at another
multiple of the MID, with signatures, or with one thing changed. It must not write sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.judgements import (
    CertaintyRating,
    ClaimQuestion,
    StratumEvidence,
    StratumFinding,
)
from evidence.protocol import Protocol
from evidence.verdict.certainty import rate_certainty
from evidence.verdict.decide import Decision, EfficacyFacts, decide_word
from evidence.verdict.gates import find, has_evidence, is_wholly_unfavourable
from evidence.vocabulary import (
    CertaintyDomain,
    ComparatorClass,
    Finding,
    OutcomeDomain,
)

__all__ = [
    "DECISION",
    "EfficacyCase",
    "JudgedCase",
    "JudgedStratum",
    "choose_case",
    "gather_facts",
    "judge_case",
    "judge_stratum",
]

DECISION = "decision"
MAIN_ORDER = (ComparatorClass.SHAM, ComparatorClass.USUAL_CARE, ComparatorClass.NO_TREATMENT)
PRAGMATIC_ORDER = MAIN_ORDER[1:]


@dataclass(frozen=True, slots=True)
class EfficacyCase:
    """The claim and the strata that decide it; None where a stratum has no evidence."""

    claim: ClaimQuestion
    main: StratumEvidence | None
    pragmatic: StratumEvidence | None
    sham: StratumEvidence | None
    disability: tuple[StratumEvidence, ...]
    """Disability strata of the deciding comparators; *large* asks them to agree."""
    other_outcomes: tuple[StratumEvidence, ...]
    """Other outcomes of the claim against the main comparator."""


@dataclass(frozen=True, slots=True)
class JudgedStratum:
    """One stratum with its certainty and finding."""

    evidence: StratumEvidence
    rating: CertaintyRating
    finding: StratumFinding


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case with its ratings, findings and word."""

    main: StratumFinding | None
    pragmatic: StratumFinding | None
    main_rating: CertaintyRating | None
    pragmatic_rating: CertaintyRating | None
    facts: EfficacyFacts
    decision: Decision


def choose_case(claim: ClaimQuestion, strata: Sequence[StratumEvidence]) -> EfficacyCase:
    """Return the strata that decide: the claim's comparators, its first outcome with evidence.

    Only strata of the decision window take part. Main is sham where it has any eligible result,
    else usual care, else no treatment; pragmatic is usual care, else no treatment.
    """
    deciding = [
        s
        for s in strata
        if s.key.time_window == DECISION
        and s.key.comparator_class in claim.comparators
        and s.key.comparator_class in MAIN_ORDER
        and has_evidence(s)
    ]
    domain = _first_domain(claim, deciding)
    by_class = {s.key.comparator_class: s for s in deciding if s.key.outcome_domain is domain}
    main = next((by_class[c] for c in MAIN_ORDER if c in by_class), None)
    pragmatic = next((by_class[c] for c in PRAGMATIC_ORDER if c in by_class), None)
    comparator = main.key.comparator_class if main is not None else None
    return EfficacyCase(
        claim=claim,
        main=main,
        pragmatic=pragmatic,
        sham=by_class.get(ComparatorClass.SHAM),
        disability=tuple(s for s in deciding if s.key.outcome_domain is OutcomeDomain.DISABILITY),
        other_outcomes=tuple(
            s
            for s in deciding
            if s.key.comparator_class is comparator
            and s.key.outcome_domain is not domain
            and s.key.outcome_domain in claim.outcome_domains
        ),
    )


def _first_domain(
    claim: ClaimQuestion, deciding: Sequence[StratumEvidence]
) -> OutcomeDomain | None:
    """Return the first outcome of the claim for which any deciding stratum has evidence."""
    present = {s.key.outcome_domain for s in deciding}
    order = claim.outcome_domains or tuple(OutcomeDomain)
    return next((domain for domain in order if domain in present), None)


def judge_case(
    case: EfficacyCase, protocol: Protocol, *, signatures: int = 0, mid_factor: float = 1.0
) -> JudgedCase:
    """Return ratings, findings and the word of a case at one multiple of the MID."""

    def judge(evidence: StratumEvidence | None) -> JudgedStratum | None:
        """Return one stratum judged, None for one that is not there."""
        if evidence is None:
            return None
        agreeing = _disability_beside(case, evidence)
        return judge_stratum(
            evidence, protocol, signatures=signatures, mid_factor=mid_factor, disability=agreeing
        )

    main, pragmatic, sham = judge(case.main), judge(case.pragmatic), judge(case.sham)
    others = any(is_wholly_unfavourable(s) for s in case.other_outcomes)
    facts = gather_facts(
        case.claim.strength or 1, main, pragmatic, sham, is_other_outcome_unfavourable=others
    )
    return JudgedCase(
        main=main.finding if main is not None else None,
        pragmatic=pragmatic.finding if pragmatic is not None else None,
        main_rating=main.rating if main is not None else None,
        pragmatic_rating=pragmatic.rating if pragmatic is not None else None,
        facts=facts,
        decision=decide_word(facts),
    )


def judge_stratum(
    evidence: StratumEvidence,
    protocol: Protocol,
    *,
    signatures: int = 0,
    mid_factor: float = 1.0,
    disability: StratumEvidence | None = None,
) -> JudgedStratum:
    """Return certainty and finding of one stratum."""
    rating = rate_certainty(evidence, protocol, signatures=signatures, mid_factor=mid_factor)
    finding = find(evidence, rating, protocol, mid_factor, disability=disability)
    return JudgedStratum(evidence, rating, finding)


def gather_facts(
    strength: int,
    main: JudgedStratum | None,
    pragmatic: JudgedStratum | None,
    sham: JudgedStratum | None,
    *,
    is_other_outcome_unfavourable: bool = False,
) -> EfficacyFacts:
    """Return all that the verdict depends on, from the judged strata."""
    return EfficacyFacts(
        strength=strength,
        main=main.finding.finding if main is not None else Finding.ABSENT,
        rated=main.rating.rated if main is not None else None,
        shown=main.rating.shown if main is not None else None,
        main_comparator=main.evidence.key.comparator_class if main is not None else None,
        pragmatic=pragmatic.finding.finding if pragmatic is not None else Finding.ABSENT,
        is_sham_mixed=sham is not None and sham.finding.finding is Finding.MIXED,
        is_sham_unfavourable=sham is not None and is_wholly_unfavourable(sham.evidence),
        is_indirect=main is not None and _downgrade(main.rating, CertaintyDomain.INDIRECTNESS) > 0,
        is_other_window=main is not None and main.evidence.is_other_window_only,
        is_other_outcome_unfavourable=is_other_outcome_unfavourable,
    )


def _disability_beside(case: EfficacyCase, evidence: StratumEvidence) -> StratumEvidence | None:
    """Return the disability stratum of the same comparator."""
    comparator = evidence.key.comparator_class
    return next((s for s in case.disability if s.key.comparator_class is comparator), None)


def _downgrade(rating: CertaintyRating, domain: CertaintyDomain) -> int:
    """Return how many levels one domain took off."""
    return sum(judged.downgrade for judged in rating.domains if judged.domain is domain)
