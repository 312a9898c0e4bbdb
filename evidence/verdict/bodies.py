"""Certainty and assembly of verdicts that have no stratum: numbers, rates, associations.

R1 to R5 of docs/method.md, section 7, read for a body of observational studies, one vote a study.
This module must not know which kind of claim it serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.judgements import (
    AssertedFound,
    CertaintyRating,
    ClaimQuestion,
    DomainRating,
    Sentence,
    Verdict,
)
from evidence.protocol import Protocol
from evidence.verdict.asserted import failed_element
from evidence.verdict.decide import AFFIRMATIVE, Decision
from evidence.verdict.levels import combine, note
from evidence.verdict.words import Draft
from evidence.vocabulary import CertaintyDomain, Flag, RiskOfBias

__all__ = ["Body", "assemble", "certainty_words", "people_words", "rate_body"]


@dataclass(frozen=True, slots=True)
class Body:
    """What the certainty of a body of observational studies depends on."""

    start: str
    """Name under ``certainty.start`` in the protocol."""
    bias: tuple[RiskOfBias, ...]
    """One judgement a study."""
    intervals: tuple[tuple[float, float], ...] = ()
    n_people: int | None = None
    indirect: str | None = None
    """Why the body does not fit the question, None where it does."""
    is_passive: bool = False
    k: int | None = None
    """Studies behind it where a review stands for several; else the number of judgements."""


def rate_body(body: Body, protocol: Protocol, *, signatures: int = 0) -> CertaintyRating:
    """Return the certainty of a body of studies: one vote a study, the caps of section 7."""
    start = protocol.whole(f"certainty.start.{body.start}")
    if body.is_passive:
        start -= protocol.whole("certainty.passive_ascertainment_downgrade")
    ceilings: list[tuple[str, int, str]] = []
    unassessed = _percent(body, RiskOfBias.NOT_ASSESSED)
    if unassessed > protocol.number("certainty.r1_unassessed_max_percent"):
        cap = protocol.whole("certainty.cap_unassessed")
        ceilings.append(("cap-unassessed", cap, "risk of bias is not assessed for most of it"))
    if (body.k if body.k is not None else len(body.bias)) == 1:
        cap = protocol.whole("certainty.cap_single_study")
        ceilings.append(("cap-single", cap, "it rests on a single study"))
    domains = (
        _bias(body, protocol, unassessed),
        _spread(body),
        _directness(body),
        _precision(body, protocol),
        note(
            CertaintyDomain.PUBLICATION_BIAS,
            0,
            "R5-none",
            "no sign of results kept back was looked for among observational studies",
        ),
    )
    return combine(start, domains, ceilings, protocol, signatures)


def _percent(body: Body, judgement: RiskOfBias) -> float:
    """Return the per cent of studies at one judgement."""
    return 100 * body.bias.count(judgement) / len(body.bias) if body.bias else 0.0


def _bias(body: Body, protocol: Protocol, unassessed: float) -> DomainRating:
    """Return R1, one vote a study."""
    domain, low = CertaintyDomain.RISK_OF_BIAS, _percent(body, RiskOfBias.LOW)
    if unassessed > protocol.number("certainty.r1_unassessed_max_percent"):
        reason = f"risk of bias is not assessed for {unassessed:.0f} % of the studies"
        return note(domain, 1, "R1-unassessed", reason, not_assessed_percent=round(unassessed, 1))
    reason = f"{low:.0f} % of the studies are at low risk of bias"
    if low < protocol.number("certainty.r1_low_weight_min_percent"):
        return note(domain, 1, "R1-low-share", reason, low_risk_percent=round(low, 1))
    return note(domain, 0, "R1-none", reason, low_risk_percent=round(low, 1))


def _spread(body: Body) -> DomainRating:
    """Return R2: one level where two studies' intervals do not overlap."""
    domain, n = CertaintyDomain.INCONSISTENCY, len(body.intervals)
    if n >= 2:
        apart = max(low for low, _ in body.intervals) > min(high for _, high in body.intervals)
        if apart:
            return note(domain, 1, "R2-apart", "intervals of studies do not overlap", n=n)
        return note(domain, 0, "R2-none", "intervals of all studies overlap", n=n)
    return note(domain, 0, "R2-few", "fewer than two intervals to compare", n=n)


def _directness(body: Body) -> DomainRating:
    """Return R3: one level where the body is from other people or another denominator."""
    domain = CertaintyDomain.INDIRECTNESS
    if body.indirect is None:
        return note(domain, 0, "R3-none", "the studies fit the question")
    return note(domain, 1, "R3-one", body.indirect)


def _precision(body: Body, protocol: Protocol) -> DomainRating:
    """Return R4 by people alone: a number has no difference that matters."""
    domain, needed = CertaintyDomain.IMPRECISION, protocol.number("certainty.r4_ois_min_people")
    n = body.n_people
    if n is None:
        return note(domain, 1, "R4-unknown", "the number of people is not reported", n=None)
    if n < needed / 2:
        return note(domain, 2, "R4-half", f"{n} people, less than half of {needed:.0f}", n=n)
    if n < needed:
        return note(domain, 1, "R4-few", f"{n} people, fewer than {needed:.0f}", n=n)
    return note(domain, 0, "R4-none", f"{n} people, at least {needed:.0f}", n=n)


def people_words(claim: ClaimQuestion, draft: Draft) -> str:
    """Return the claim's people as a sentence names them: "the general population"."""
    words = draft.quote(claim.population, "claims", claim.claim_id, "population")
    return f"the {words}" if words.startswith("general ") else words


def certainty_words(rating: CertaintyRating | None) -> tuple[str, str]:
    """Return what stands inside and behind the parentheses about certainty."""
    if rating is None:
        return "", ""
    review = "" if rating.shown is rating.rated else " (not yet reviewed by two people)"
    return f"certainty {rating.shown}", review


def assemble(
    claim: ClaimQuestion,
    decision: Decision,
    sentence: Sentence,
    rating: CertaintyRating | None,
    result_ids: Sequence[str],
    *,
    grid: tuple[AssertedFound, ...] = (),
    changes: tuple[str, ...] = (),
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the whole verdict of a claim without strata."""
    present = {
        Flag.SINGLE_STUDY: len(set(result_ids)) == 1,
        Flag.RETRACTION_TOUCHED: is_retraction_touched,
    }
    return Verdict(
        claim_id=claim.claim_id,
        word=decision.word,
        sentence=sentence,
        certainty_rated=rating.rated if rating is not None else None,
        certainty_shown=rating.shown if rating is not None else None,
        main=None,
        pragmatic=None,
        failed_element=None if decision.word in AFFIRMATIVE else failed_element(grid),
        rules_fired=decision.rules,
        flags=tuple(flag for flag in Flag if present.get(flag, False)),
        asserted_found=grid,
        what_would_change=changes,
        is_threshold_sensitive=False,
        stratum_ids=(),
        result_ids=tuple(dict.fromkeys(result_ids)),
        certainty=rating,
    )
