"""The verdict on a number: prevalence, a share, all ages (docs/method.md, section 10).

Rules live in ``number_rules``; here they meet certainty, words and what would change them. This
module must not pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evidence.judgements import (
    AssertedFound,
    CertaintyRating,
    ClaimQuestion,
    NumberEvidence,
    Sentence,
    Verdict,
)
from evidence.protocol import Protocol
from evidence.verdict.asserted import FALLS_SHORT, MATCHES, NOT_TESTED
from evidence.verdict.bodies import Body, assemble, certainty_words, people_words, rate_body
from evidence.verdict.decide import AFFIRMATIVE, Decision
from evidence.verdict.number_rules import (
    AGE_WORDS,
    AGES,
    comparable,
    decide_all_ages,
    decide_number,
    deciding_number,
    high_of,
    is_single_site,
)
from evidence.verdict.words import Draft, capitalised, listed, number_word, plural, print_number
from evidence.vocabulary import Bound, ClaimForm, ClaimKind, SampleKind, VerdictWord

__all__ = ["decide_prevalence", "judge_numbers"]

W = VerdictWord


def decide_prevalence(
    claim: ClaimQuestion,
    numbers: Sequence[NumberEvidence],
    protocol: Protocol,
    *,
    signatures: int = 0,
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the verdict on a prevalence claim: a number, or "all ages"."""
    return judge_numbers(
        claim,
        numbers,
        protocol,
        signatures=signatures,
        is_retraction_touched=is_retraction_touched,
    )


def judge_numbers(
    claim: ClaimQuestion,
    numbers: Sequence[NumberEvidence],
    protocol: Protocol,
    *,
    signatures: int = 0,
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the verdict on a claim about a number or a share."""
    is_ages = claim.form is ClaimForm.ALL_AGES
    used = _of_ages(claim, numbers) if is_ages else comparable(claim, numbers)
    decision = _decide(claim, used, protocol)
    rating = _rate(claim, used, protocol, signatures) if used else None
    return assemble(
        claim,
        decision,
        _sentence(claim, used, decision, rating),
        rating,
        [n.result_id for n in used],
        grid=_grid(claim, used, decision),
        changes=_changes(claim, used, decision, protocol),
        is_retraction_touched=is_retraction_touched,
    )


def _of_ages(claim: ClaimQuestion, numbers: Sequence[NumberEvidence]) -> list[NumberEvidence]:
    """Return the figures that belong to one age band, of the claim's period where it names one."""
    return [
        n
        for n in numbers
        if n.age_band in AGES
        and n.estimate is not None
        and not n.is_range_only
        and (claim.period is None or n.period == claim.period)
    ]


def _decide(claim: ClaimQuestion, used: Sequence[NumberEvidence], protocol: Protocol) -> Decision:
    """Return the decision of whichever rule the claim's form asks for."""
    if claim.form is ClaimForm.ALL_AGES:
        return decide_all_ages(used, protocol)
    bound = claim.bound or Bound.MAJORITY
    return decide_number(bound, claim.value_percent or 0.0, used, protocol)


def _rate(
    claim: ClaimQuestion, used: Sequence[NumberEvidence], protocol: Protocol, signatures: int
) -> CertaintyRating:
    """Return the certainty of the figures that decide."""
    is_ages, is_upper = claim.form is ClaimForm.ALL_AGES, claim.bound is Bound.UPPER
    decider = None if is_ages or is_upper else deciding_number(used)
    body = [decider] if decider is not None else list(used)
    people = [n.n_participants for n in body if n.n_participants is not None]
    single = all(is_single_site(n) for n in body)
    start = "prevalence" if claim.kind is ClaimKind.PREVALENCE else "utilization"
    return rate_body(
        Body(
            start=start,
            bias=tuple(n.risk_of_bias for n in body),
            intervals=() if is_ages or is_upper else _intervals(body),
            n_people=sum(people) if people else None,
            indirect="only a single clinic or its customers were asked" if single else None,
            k=decider.k if decider is not None else len(body),
        ),
        protocol,
        signatures=signatures,
    )


def _intervals(body: Sequence[NumberEvidence]) -> tuple[tuple[float, float], ...]:
    """Return the intervals of the figures that have one."""
    return tuple(
        (n.ci_low, n.ci_high) for n in body if n.ci_low is not None and n.ci_high is not None
    )


def _sentence(
    claim: ClaimQuestion,
    used: Sequence[NumberEvidence],
    decision: Decision,
    rating: CertaintyRating | None,
) -> Sentence:
    """Return the answer in words, each figure with its region and from its cell."""
    draft = Draft()
    outcome = claim.outcomes[0] if claim.outcomes else "the share asked about"
    what = draft.quote(outcome, "claims", claim.claim_id, "outcomes")
    people = people_words(claim, draft)
    if not used or rating is None:
        return draft.sentence(f"No eligible figure for {what} among {people} was found.")
    inside, behind = certainty_words(rating)
    if decision.word is W.INSUFFICIENT:
        text = f"The evidence does not settle {what} among {people} ({inside}){behind}."
        return draft.sentence(text)
    is_ages = claim.form is ClaimForm.ALL_AGES
    is_upper = claim.bound is Bound.UPPER
    body = _ages_text(used, draft) if is_ages else _range_text(used, draft, is_upper=is_upper)
    tail = _reach_text(claim, used, draft)
    return draft.sentence(f"{capitalised(what)} among {people}: {body}{tail} ({inside}){behind}.")


def figure(number: NumberEvidence, draft: Draft) -> str:
    """Return one figure with its interval and where it is from."""
    estimate, low, high = number.cell_columns
    table, row = number.cell_table, number.result_id
    value = number.estimate if number.estimate is not None else 0.0
    printed = draft.bind(value, print_number(value), table, row, estimate)
    parts = []
    if number.ci_low is not None and number.ci_high is not None:
        ends = (
            draft.bind(number.ci_low, print_number(number.ci_low), table, row, low),
            draft.bind(number.ci_high, print_number(number.ci_high), table, row, high),
        )
        parts.append(f"interval {ends[0]} to {ends[1]}")
    if number.region:
        parts.append(draft.quote(number.region, "studies", number.study_id, "country"))
    return f"{printed} %" + (f" ({', '.join(parts)})" if parts else "")


def _range_text(used: Sequence[NumberEvidence], draft: Draft, *, is_upper: bool) -> str:
    """Return the figure that decides, and the span of single figures."""
    # "As much as X" is judged by the samples that reach it, never by one pooled figure.
    decider = None if is_upper else deciding_number(used)
    singles = sorted(
        (n for n in used if n is not decider), key=lambda n: (n.estimate or 0.0, n.result_id)
    )
    parts = []
    if decider is not None:
        kind = "pooled, " if decider.is_pooled or decider.is_index_review else ""
        parts.append(f"{kind}{figure(decider, draft)}")
    if len(singles) == 1:
        head = "another figure, " if parts else ""
        parts.append(f"{head}{figure(singles[0], draft)}")
    elif singles:
        low, high = figure(singles[0], draft), figure(singles[-1], draft)
        parts.append(f"{'other figures' if parts else 'figures'} from {low} to {high}")
    return "; ".join(parts)


def _ages_text(used: Sequence[NumberEvidence], draft: Draft) -> str:
    """Return one figure an age band with its period, or that there is none."""
    parts = []
    for age in AGES:
        of_age = [n for n in used if n.age_band is age]
        label = AGE_WORDS[age]
        if not of_age:
            parts.append(f"{label}, no figure found")
            continue
        best = max(
            of_age,
            key=lambda n: (
                n.ci_low is not None,
                n.is_index_review,
                n.is_pooled,
                n.n_participants or 0,
            ),
        )
        period = ""
        if best.period:
            words = draft.quote(best.period, best.cell_table, best.result_id, "period")
            period = f" {words} prevalence"
        parts.append(f"{label},{period} {figure(best, draft)}")
    return "; ".join(parts)


def _reach_text(claim: ClaimQuestion, used: Sequence[NumberEvidence], draft: Draft) -> str:
    """Return how the asserted number compares, for a claim that asserts one."""
    if claim.value_percent is None or claim.form is ClaimForm.ALL_AGES:
        return ""
    value = claim.value_percent
    printed = draft.bind(
        value, print_number(value, 0), "claims", claim.claim_id, "claimed_value", "asserted"
    )
    if claim.bound is Bound.UPPER:
        reach = {n.region for n in used if high_of(n) >= value and n.region}
        if not any(high_of(n) >= value for n in used):
            return f"; no sample reaches {printed} %"
        if not reach:
            return f"; a sample reaches {printed} %"
        countries = plural(len(reach), "country or region", "countries or regions")
        return f"; samples of {number_word(len(reach))} {countries} reach {printed} %"
    return f"; {printed} % is claimed"


def _grid(
    claim: ClaimQuestion, used: Sequence[NumberEvidence], decision: Decision
) -> tuple[AssertedFound, ...]:
    """Return number, denominator and sample: asserted beside found."""
    state = MATCHES if decision.word in AFFIRMATIVE else FALLS_SHORT
    if decision.word in {W.NO_ELIGIBLE, W.INSUFFICIENT}:
        state = NOT_TESTED
    asserted = claim.words or (
        f"{print_number(claim.value_percent, 0)} %" if claim.value_percent is not None else "most"
    )
    figures = [f"{print_number(n.estimate)} %" for n in used if n.estimate is not None]
    span = "nothing eligible"
    if figures:
        ordered = sorted(figures, key=lambda text: float(text.split()[0].replace(",", "")))
        span = ordered[0] if len(ordered) == 1 else f"{ordered[0]} to {ordered[-1]}"
    kinds = sorted({str(n.sample_kind) for n in used})
    clinics = bool(used) and all(is_single_site(n) for n in used)
    return (
        AssertedFound("number", asserted, span, state, decision.rules[0]),
        AssertedFound(
            "denominator",
            claim.period or "not named",
            listed(sorted({n.period for n in used if n.period}), "and") or "none",
            MATCHES if used else NOT_TESTED,
            "only figures of the same denominator are compared",
        ),
        AssertedFound(
            "population",
            claim.population,
            listed(kinds, "and") or "nobody",
            NOT_TESTED if not used else (FALLS_SHORT if clinics else MATCHES),
            "a single clinic's customers stand for themselves" if clinics else "who was asked",
        ),
    )


def _changes(
    claim: ClaimQuestion,
    used: Sequence[NumberEvidence],
    decision: Decision,
    protocol: Protocol,
) -> tuple[str, ...]:
    """Return which one more figure would change the word, by deciding again with it."""
    lines = []
    for text, extra in _extras(claim):
        after = _decide(claim, [*used, extra], protocol).word
        if after is not decision.word:
            lines.append(f"{text} would make it {after}.")
    for number in used:
        rest = [n for n in used if n is not number]
        after = _decide(claim, rest, protocol).word
        if after is not decision.word and rest:
            lines.append(f"Without {number.label} it would be {after}.")
    return tuple(dict.fromkeys(lines))


def _extras(claim: ClaimQuestion) -> list[tuple[str, NumberEvidence]]:
    """Return invented figures that one more study could bring."""
    blank = NumberEvidence(
        result_id="new",
        study_id="new",
        label="one more study",
        estimate=50.0,
        ci_low=45.0,
        ci_high=55.0,
        sample_kind=SampleKind.POPULATION,
        region="another country",
        period=claim.period,
        age_band=claim.age_band,
        n_participants=1000,
    )
    if claim.form is ClaimForm.ALL_AGES:
        return [(f"A figure for {AGE_WORDS[age]}", replace(blank, age_band=age)) for age in AGES]
    if claim.value_percent is None:
        return [
            ("A survey wholly above one half", replace(blank, estimate=70, ci_low=65, ci_high=75)),
            ("A survey wholly below one half", replace(blank, estimate=30, ci_low=25, ci_high=35)),
        ]
    value = claim.value_percent
    reach = replace(blank, estimate=value, ci_low=max(0, value - 3), ci_high=min(100, value + 3))
    far = max(0.0, value - 20)
    below = replace(blank, estimate=far, ci_low=max(0, far - 3), ci_high=far + 3)
    return [
        ("A sample of another country that reaches the number", reach),
        ("A sample of another region wholly below the number", below),
    ]
