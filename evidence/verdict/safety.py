"""How often is serious harm seen? The verdict on "safe" (docs/method.md, section 10).

One rate answers, per patient; plain *Supported* is not available. Where no event was seen the
upper limit is 3/n (Hanley 1983, doi 10.1001/jama.1983.03330370053031). The sentence always gives
a rate. This module must not pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evidence.judgements import (
    AssertedFound,
    CertaintyRating,
    ClaimQuestion,
    RateEvidence,
    Sentence,
    Verdict,
)
from evidence.protocol import Protocol
from evidence.verdict.asserted import FALLS_SHORT, MATCHES, NOT_TESTED
from evidence.verdict.bodies import Body, assemble, certainty_words, rate_body
from evidence.verdict.decide import AFFIRMATIVE, Decision
from evidence.verdict.words import Draft, print_number, print_whole
from evidence.vocabulary import Ascertainment, DenominatorUnit, VerdictWord

__all__ = ["answering_rate", "decide_rate", "decide_safety", "zero_event_upper"]

W = VerdictWord
UNITS = {
    DenominatorUnit.PATIENTS: "patients",
    DenominatorUnit.TREATMENTS: "treatments",
    DenominatorUnit.PERSON_YEARS: "person-years",
}


def zero_event_upper(n: int) -> float:
    """Return the upper 95 % limit of a rate where no event was seen among n: 3/n."""
    return 3 / n


def high_of(rate: RateEvidence) -> float | None:
    """Return the upper limit; for no event among n it is 3/n."""
    if rate.ci_high is not None:
        return rate.ci_high
    if rate.numerator == 0 and rate.denominator:
        return zero_event_upper(rate.denominator)
    return None


def answering_rate(rates: Sequence[RateEvidence], protocol: Protocol) -> RateEvidence | None:
    """Return the one rate that answers: serious, judged related, per patient.

    The index review's, else the pooled rate of prospective cohorts, else the largest prospective
    cohort of at least 1,000 patients; smaller series never answer.
    """
    least = protocol.whole("safety.cohort_min_patients")
    eligible = [
        r
        for r in rates
        if r.is_serious
        and r.is_related
        and r.unit is DenominatorUnit.PATIENTS
        and high_of(r) is not None
        and not r.is_case_report
    ]
    tiers = (
        [r for r in eligible if r.is_index_review],
        [r for r in eligible if r.is_pooled_cohorts],
        [r for r in eligible if r.is_prospective_cohort and (r.n_patients or 0) >= least],
    )
    chosen: list[RateEvidence] = next((tier for tier in tiers if tier), [])
    return max(chosen, key=lambda r: (r.n_patients or 0, r.result_id)) if chosen else None


def decide_rate(rate: RateEvidence | None, has_any: bool, protocol: Protocol) -> Decision:
    """Return what one rate says of "safe"."""
    if rate is None:
        if has_any:
            rule = "Harms are reported, but no eligible rate: Insufficient evidence."
            return Decision(W.INSUFFICIENT, (rule,))
        return Decision(W.NO_ELIGIBLE, ("No eligible report of harms.",))
    low, high = rate.ci_low or 0.0, high_of(rate)
    if low > protocol.number("safety.contradicted_above"):
        return Decision(W.CONTRADICTED, ("The lower limit is above one in a hundred.",))
    if low > protocol.number("safety.overstated_above"):
        return Decision(W.OVERSTATED, ("The lower limit is above one in a thousand.",))
    if high is not None and high < protocol.number("safety.supported_below"):
        rule = "The upper limit is below one in a thousand patients: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    return Decision(W.INSUFFICIENT, ("The interval includes one in a thousand patients.",))


def decide_safety(
    claim: ClaimQuestion,
    rates: Sequence[RateEvidence],
    protocol: Protocol,
    *,
    signatures: int = 0,
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the verdict on a safety claim; plain *Supported* is not available."""
    rate = answering_rate(rates, protocol)
    decision = decide_rate(rate, bool(rates), protocol)
    rating = _rating(rate, protocol, signatures) if rate is not None else None
    beside = _beside(rate, rates)
    used = [r for r in (rate, *beside) if r is not None]
    return assemble(
        claim,
        decision,
        _sentence(claim, rate, beside, rates, decision, rating),
        rating,
        [r.result_id for r in used],
        grid=_grid(claim, rate, decision),
        changes=_changes(rate, rates, decision, protocol),
        is_retraction_touched=is_retraction_touched,
    )


def _rating(rate: RateEvidence, protocol: Protocol, signatures: int) -> CertaintyRating:
    """Return the certainty of the rate that answers."""
    return rate_body(
        Body(
            start="safety",
            bias=(rate.risk_of_bias,),
            n_people=rate.n_patients if rate.n_patients is not None else rate.denominator,
            is_passive=rate.ascertainment is Ascertainment.PASSIVE,
            k=rate.k,
        ),
        protocol,
        signatures=signatures,
    )


def _beside(
    rate: RateEvidence | None, rates: Sequence[RateEvidence]
) -> tuple[RateEvidence | None, RateEvidence | None]:
    """Return the serious rate per treatment and the rate of minor events that stand beside it."""

    def largest(chosen: list[RateEvidence]) -> RateEvidence | None:
        """Return the one with the largest denominator."""
        ordered = sorted(chosen, key=lambda r: (-(r.denominator or 0), r.result_id))
        return ordered[0] if ordered else None

    usable = [r for r in rates if r.rate is not None and not r.is_case_report and r is not rate]
    treatments = [
        r for r in usable if r.is_serious and r.is_related and r.unit is DenominatorUnit.TREATMENTS
    ]
    minor = [r for r in usable if not r.is_serious and r.unit is DenominatorUnit.PATIENTS]
    pooled = [r for r in minor if r.is_index_review or r.is_pooled_cohorts]
    return largest(treatments), largest(pooled or minor)


def per(value: float) -> tuple[float, int]:
    """Return a proportion as events in a round number of people that a reader can picture."""
    for base in (100, 1_000, 10_000, 100_000):
        if value * base >= 1:
            return value * base, base
    return value * 1_000_000, 1_000_000


def _print_rate(value: float, base: int) -> str:
    """Return events in a base, with one decimal under ten."""
    events = value * base
    return print_number(events, 1 if events < 10 else 0)


def _rate_text(rate: RateEvidence, draft: Draft) -> str:
    """Return a rate with its interval on one base."""
    table, row = rate.cell_table, rate.result_id
    column, low_column, high_column = rate.cell_columns
    high = high_of(rate)
    value = rate.rate if rate.rate is not None else 0.0
    _, base = per(value if value > 0 else (high or 0.0))
    if rate.numerator == 0 and high is not None:
        column = high_column if rate.ci_high is not None else "zero_event_upper"
        text = f"{_print_rate(high, base)} in {print_whole(base)}"
        return (
            f"no event, upper limit {draft.bind(high, text, table, row, column)} {UNITS[rate.unit]}"
        )
    text = draft.bind(
        value, f"{_print_rate(value, base)} in {print_whole(base)}", table, row, column
    )
    interval = ""
    if rate.ci_low is not None and high is not None:
        low_text = draft.bind(rate.ci_low, _print_rate(rate.ci_low, base), table, row, low_column)
        high_text = draft.bind(high, _print_rate(high, base), table, row, high_column)
        interval = f", interval {low_text} to {high_text}"
    return f"{text} {UNITS[rate.unit]}{interval}"


def _sentence(
    claim: ClaimQuestion,
    rate: RateEvidence | None,
    beside: tuple[RateEvidence | None, RateEvidence | None],
    rates: Sequence[RateEvidence],
    decision: Decision,
    rating: CertaintyRating | None,
) -> Sentence:
    """Return the rate in words, per patient, with what stands beside it."""
    draft = Draft()
    what = draft.quote(claim.intervention, "claims", claim.claim_id, "intervention")
    if rate is None or rating is None:
        if not rates:
            return draft.sentence(f"No eligible report of harms from {what} was found.")
        text = f"Harms from {what} are reported, but no eligible rate per patient was found."
        return draft.sentence(text)
    inside, behind = certainty_words(rating)
    if decision.word is W.INSUFFICIENT:
        text = f"The evidence does not settle how often {what} causes serious harm"
        return draft.sentence(f"{text} ({inside}){behind}.")
    parts = [
        f"Serious adverse events judged related to {what}: {_rate_text(rate, draft)} "
        f"({inside}){behind}."
    ]
    treatments, minor = beside
    if treatments is not None:
        parts.append(f"Per treatment: {_rate_text(treatments, draft)}.")
    if minor is not None:
        parts.append(f"Adverse events of any kind or severity: {_rate_text(minor, draft)}.")
    return draft.sentence(" ".join(parts))


def _grid(
    claim: ClaimQuestion, rate: RateEvidence | None, decision: Decision
) -> tuple[AssertedFound, ...]:
    """Return rate and how harms were found: asserted beside found."""
    state = MATCHES if decision.word in AFFIRMATIVE else FALLS_SHORT
    if decision.word in {W.NO_ELIGIBLE, W.INSUFFICIENT}:
        state = NOT_TESTED
    high = high_of(rate) if rate is not None else None
    found = "no eligible rate"
    if high is not None:
        events, base = per(high)
        found = f"upper limit {print_number(events)} in {print_whole(base)} patients"
    kinds = str(rate.ascertainment) if rate is not None else "not reported"
    is_active = rate is not None and rate.ascertainment is Ascertainment.ACTIVE
    return (
        AssertedFound(
            "rate", claim.words or "generally without harm", found, state, decision.rules[0]
        ),
        AssertedFound(
            "ascertainment",
            "harms were looked for",
            kinds,
            MATCHES if is_active else NOT_TESTED,
            "a passive report misses harms",
        ),
    )


def _changes(
    rate: RateEvidence | None,
    rates: Sequence[RateEvidence],
    decision: Decision,
    protocol: Protocol,
) -> tuple[str, ...]:
    """Return what would change the word: patients without an event, or an event rate."""
    least = protocol.whole("safety.cohort_min_patients")
    below = protocol.number("safety.supported_below")
    if rate is None:
        need = max(least, int(3 / below) + 1)
        return (
            f"A prospective cohort of {print_whole(need)} patients without a related serious event "
            f"would make it {W.SUPPORTED_WITH_LIMITS}.",
        )
    lines = []
    limits = ((1.1 * protocol.number("safety.overstated_above"), "one in a thousand"),)
    for limit, words in limits:
        worse = replace(rate, rate=limit * 2, ci_low=limit, ci_high=limit * 3, numerator=None)
        after = decide_rate(worse, has_any=bool(rates), protocol=protocol).word
        if after is not decision.word:
            lines.append(f"A lower limit above {words} patients would make it {after}.")
    if decision.word is W.INSUFFICIENT:
        lines.append(
            f"An upper limit below one in a thousand patients would make it "
            f"{W.SUPPORTED_WITH_LIMITS}."
        )
    return tuple(lines)
