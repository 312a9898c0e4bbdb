"""The verdict on an association: exposures one by one, predictors, "can impair".

Rules live in ``risk_rules``; a compound claim takes the middle verdict of its exposures and names
the parts. This module must not pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evidence.judgements import (
    AssertedFound,
    AssociationEvidence,
    CertaintyRating,
    ClaimQuestion,
    Sentence,
    Verdict,
)
from evidence.protocol import Protocol
from evidence.verdict.asserted import FALLS_SHORT, MATCHES, NOT_APPLICABLE, NOT_TESTED
from evidence.verdict.bodies import Body, assemble, certainty_words, people_words, rate_body
from evidence.verdict.decide import AFFIRMATIVE, Decision
from evidence.verdict.risk_rules import (
    RATIOS,
    Shown,
    cap_indirect,
    decide_can_impair,
    decide_depends,
    decide_exposure,
    middle,
    shown_by,
    votes_of,
)
from evidence.verdict.words import (
    Draft,
    capitalised,
    listed,
    number_word,
    out_of,
    plural,
    print_number,
    unless_only_one_failed,
)
from evidence.vocabulary import ClaimForm, EffectMeasure, ReportedTest, VerdictWord

__all__ = ["decide_risk_factor"]

W = VerdictWord
MEASURES = {
    EffectMeasure.RR: "risk ratio",
    EffectMeasure.OR: "odds ratio",
    EffectMeasure.HR: "hazard ratio",
    EffectMeasure.ROM: "ratio of means",
    EffectMeasure.ZCOR: "correlation",
    EffectMeasure.SMD: "standardised difference",
    EffectMeasure.MD: "difference",
}


def decide_risk_factor(
    claim: ClaimQuestion,
    associations: Sequence[AssociationEvidence],
    protocol: Protocol,
    *,
    signatures: int = 0,
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the verdict on a risk-factor claim.

    Parameters
    ----------
    claim
        Its ``form`` says whether it is an association (default), "depends on factors" or
        "can impair"; ``exposures`` are judged one by one.
    associations
        What studies found; ``exposure`` holds one of the claim's exposures.
    protocol, signatures, is_retraction_touched
        As everywhere.
    """
    parts = _parts(claim, associations, protocol)
    decision = _decide(claim, associations, protocol)
    used = _used(claim, associations, protocol)
    rating = _rate(claim, used, protocol, signatures) if used else None
    return assemble(
        claim,
        decision,
        _sentence(claim, used, decision, rating, protocol),
        rating,
        [a.result_id for a in used],
        grid=_grid(claim, parts, used, decision),
        changes=_changes(claim, associations, decision, protocol),
        is_retraction_touched=is_retraction_touched,
    )


def _exposures(claim: ClaimQuestion, associations: Sequence[AssociationEvidence]) -> list[str]:
    """Return the exposures to judge: the claim's, else those that were studied."""
    return list(claim.exposures) or sorted({a.exposure for a in associations})


def _parts(
    claim: ClaimQuestion, associations: Sequence[AssociationEvidence], protocol: Protocol
) -> dict[str, Decision]:
    """Return the decision of each exposure."""
    return {
        exposure: decide_exposure(
            [a for a in associations if a.exposure == exposure],
            protocol,
            asserts_cause=claim.asserts_cause,
        )
        for exposure in _exposures(claim, associations)
    }


def _decide(
    claim: ClaimQuestion, associations: Sequence[AssociationEvidence], protocol: Protocol
) -> Decision:
    """Return the decision by the rule of the claim's form, lowered where all of it is indirect."""
    return cap_indirect(_by_form(claim, associations, protocol), associations, protocol)


def _by_form(
    claim: ClaimQuestion, associations: Sequence[AssociationEvidence], protocol: Protocol
) -> Decision:
    """Return the decision by the rule of the claim's form."""
    if claim.form is ClaimForm.DEPENDS_ON_FACTORS:
        return decide_depends(associations, protocol)
    if claim.form is ClaimForm.CAN_IMPAIR:
        return decide_can_impair(associations, protocol)
    parts = _parts(claim, associations, protocol)
    if not parts:
        return decide_exposure((), protocol)
    word = middle([part.word for part in parts.values()])
    if len(parts) == 1:
        return next(iter(parts.values()))
    rules = [f"{capitalised(name)}: {part.rules[0]}" for name, part in parts.items()]
    return Decision(word, (*rules, f"The middle of {number_word(len(parts))} exposures: {word}."))


def _used(
    claim: ClaimQuestion, associations: Sequence[AssociationEvidence], protocol: Protocol
) -> list[AssociationEvidence]:
    """Return the associations that the verdict rests on."""
    if claim.form in {ClaimForm.DEPENDS_ON_FACTORS, ClaimForm.CAN_IMPAIR}:
        return [a for a in associations if shown_by(a, protocol) is not None]
    used = []
    for exposure in _exposures(claim, associations):
        of_one = [a for a in associations if a.exposure == exposure]
        for over_time in (True, False):
            used += votes_of([a for a in of_one if a.is_longitudinal is over_time], protocol)
    return used


def _rate(
    claim: ClaimQuestion, used: Sequence[AssociationEvidence], protocol: Protocol, signatures: int
) -> CertaintyRating:
    """Return the certainty of the associations: High for association, Low for cause [GRADE 28]."""
    over_time = [a for a in used if a.is_longitudinal]
    body = over_time or list(used)
    people = [a.n_participants for a in body if a.n_participants is not None]
    needs_time = claim.form in {None, ClaimForm.ASSOCIATION}
    indirect = "only cross-sectional studies" if needs_time and not over_time else None
    ratios = [a for a in body if a.measure in RATIOS]
    return rate_body(
        Body(
            start="cause" if claim.asserts_cause else "association",
            bias=tuple(a.risk_of_bias for a in body),
            intervals=tuple(
                (a.ci_low, a.ci_high)
                for a in ratios
                if a.ci_low is not None and a.ci_high is not None
            )
            if len({a.exposure for a in ratios}) == 1
            else (),
            n_people=sum(people) if people else None,
            indirect=indirect,
            k=sum(a.k or 1 for a in body),
        ),
        protocol,
        signatures=signatures,
    )


def _sentence(
    claim: ClaimQuestion,
    used: Sequence[AssociationEvidence],
    decision: Decision,
    rating: CertaintyRating | None,
    protocol: Protocol,
) -> Sentence:
    """Return the associations in words, exposure by exposure, against people without it."""
    draft = Draft()
    outcome = claim.outcomes[0] if claim.outcomes else "the outcome"
    what = draft.quote(outcome, "claims", claim.claim_id, "outcomes")
    people = people_words(claim, draft)
    if rating is None or not used:
        names = listed(list(claim.exposures)) or "these factors"
        factors = draft.quote(names, "claims", claim.claim_id, "intervention")
        return draft.sentence(
            f"No eligible study of {factors} and {what} among {people} was found."
        )
    inside, behind = certainty_words(rating)
    if claim.form is ClaimForm.DEPENDS_ON_FACTORS:
        text = _depends_text(claim, used, what.removeprefix("predictors of "), protocol, draft)
    elif claim.form is ClaimForm.CAN_IMPAIR:
        text = _impair_text(used, what, people, draft, protocol)
    else:
        with_size = decision.word is not W.INSUFFICIENT
        texts = [
            _exposure_text(name, claim.claim_id, used, what, protocol, draft, with_size=with_size)
            for name in _exposures(claim, used)
        ]
        text = capitalised("; ".join(texts))
    return draft.sentence(f"{text} ({inside}){behind}.")


def _exposure_text(
    exposure: str,
    claim_id: str,
    used: Sequence[AssociationEvidence],
    outcome: str,
    protocol: Protocol,
    draft: Draft,
    *,
    with_size: bool,
) -> str:
    """Return what longitudinal, else cross-sectional, studies say of one exposure."""
    of_one = [a for a in used if a.exposure == exposure]
    name = draft.quote(exposure, "claims", claim_id, "intervention")
    if not of_one:
        return f"for {name}, no eligible study was found"
    over_time = [a for a in of_one if a.is_longitudinal]
    votes, kind = (over_time, "over time") if over_time else (of_one, "at one time only")
    higher = sum(shown_by(a, protocol) is Shown.HIGHER for a in votes)
    n = len(votes)
    went = unless_only_one_failed(higher, n, "went", "did not go")
    against = (
        "compared with people without it"
        if all(a.is_exposed_against_unexposed for a in votes)
        else "compared with less of it"
    )
    text = (
        f"{name}, {against}, {went} with more {outcome} {kind} in "
        f"{out_of(higher, n)} {plural(n, 'result', 'results')}"
    )
    if not with_size:
        return f"the evidence does not settle whether {name} goes with more {outcome}"
    best = next((a for a in votes if a.is_pooled), None) or max(
        votes, key=lambda a: (a.n_participants or 0, a.result_id)
    )
    size = _size(best, draft)
    return text + (f" ({size})" if size else "")


def _size(association: AssociationEvidence, draft: Draft) -> str:
    """Return one association with its interval, nothing where none is printed."""
    if association.estimate is None or association.measure is None:
        return ""
    name = MEASURES.get(association.measure, "estimate")
    if not association.is_exposed_against_unexposed:
        name = f"{name} per unit of exposure"
    table, row = association.cell_table, association.result_id
    estimate, low, high = association.cell_columns
    value = association.estimate
    text = f"{name} {draft.bind(value, print_number(value, 2), table, row, estimate)}"
    if association.ci_low is None or association.ci_high is None:
        return text
    low_text = draft.bind(association.ci_low, print_number(association.ci_low, 2), table, row, low)
    high_text = draft.bind(
        association.ci_high, print_number(association.ci_high, 2), table, row, high
    )
    return f"{text}, interval {low_text} to {high_text}"


def _depends_text(
    claim: ClaimQuestion,
    used: Sequence[AssociationEvidence],
    outcome: str,
    protocol: Protocol,
    draft: Draft,
) -> str:
    """Return which factors predicted the outcome, in how many studies."""
    found = [a for a in used if shown_by(a, protocol) in {Shown.HIGHER, Shown.LOWER}]
    studies, all_studies = {a.study_id for a in found}, {a.study_id for a in used}
    was = unless_only_one_failed(len(studies), len(all_studies), "was", "was not")
    head = (
        f"A factor of patient or treatment {was} tied to {outcome} in "
        f"{out_of(len(studies), len(all_studies))} "
        f"{plural(len(all_studies), 'study', 'studies')} that looked for one"
    )
    names = listed(sorted({a.exposure for a in found}), "and")
    text = draft.quote(names, "claims", claim.claim_id, "intervention")
    return f"{head}: {text}" if text else head


def _impair_text(
    used: Sequence[AssociationEvidence],
    outcome: str,
    people: str,
    draft: Draft,
    protocol: Protocol,
) -> str:
    """Return in how many samples the impairment was shown, with the largest one's size."""
    found = [a for a in used if shown_by(a, protocol) is Shown.HIGHER]
    studies, all_studies = {a.study_id for a in found}, {a.study_id for a in used}
    was = unless_only_one_failed(len(studies), len(all_studies), "was", "was not")
    text = (
        f"{capitalised(outcome)} {was} found in {people} in "
        f"{out_of(len(studies), len(all_studies))} {plural(len(all_studies), 'study', 'studies')}"
    )
    best = max(found, key=lambda a: (a.n_participants or 0, a.result_id), default=None)
    size = _size(best, draft) if best is not None else ""
    return text + (f" ({size})" if size else "")


def _grid(
    claim: ClaimQuestion,
    parts: dict[str, Decision],
    used: Sequence[AssociationEvidence],
    decision: Decision,
) -> tuple[AssertedFound, ...]:
    """Return association (a row an exposure), time order and cause: asserted beside found."""
    rows = []
    if claim.form in {ClaimForm.DEPENDS_ON_FACTORS, ClaimForm.CAN_IMPAIR}:
        parts = {"association": decision}
    for name, part in parts.items():
        state = MATCHES if part.word in AFFIRMATIVE else FALLS_SHORT
        if part.word in {W.NO_ELIGIBLE, W.INSUFFICIENT}:
            state = NOT_TESTED
        asserted = claim.words or "goes with the outcome"
        rows.append(AssertedFound(name, asserted, str(part.word), state, part.rules[0]))
    over_time = any(a.is_longitudinal for a in used)
    rows.append(
        AssertedFound(
            "time order",
            "exposure before outcome" if claim.asserts_cause else "not named",
            "longitudinal studies" if over_time else "cross-sectional studies only",
            (MATCHES if over_time else NOT_TESTED) if claim.asserts_cause else NOT_APPLICABLE,
            "a cause comes before its effect",
        )
    )
    return tuple(rows)


def _changes(
    claim: ClaimQuestion,
    associations: Sequence[AssociationEvidence],
    decision: Decision,
    protocol: Protocol,
) -> tuple[str, ...]:
    """Return which one more cohort would change the word, by deciding again with it."""
    lines = []
    for exposure in _exposures(claim, associations) or ["the exposure"]:
        blank = AssociationEvidence(
            result_id="new",
            study_id="new",
            label="one more cohort",
            exposure=exposure,
            is_longitudinal=True,
            measure=EffectMeasure.RR,
            estimate=1.5,
            ci_low=1.3,
            ci_high=1.7,
            found=ReportedTest.HIGHER_RISK,
        )
        none = replace(blank, estimate=1.0, ci_low=0.9, ci_high=1.1)
        for text, extra in (("that shows it", blank), ("that excludes it", none)):
            after = _decide(claim, [*associations, extra], protocol).word
            if after is not decision.word:
                lines.append(f"One more cohort of {exposure} {text} would make it {after}.")
    return tuple(lines)
