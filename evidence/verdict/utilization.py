"""Why people come, and how practitioners practise: ranks and shares (docs/method.md, section 10).

``decide_main_reason`` is pure over surveys; majorities go to ``numbers``. This module must not
count a survey twice: a vote a study.
"""

from __future__ import annotations

from collections.abc import Sequence

from evidence.judgements import (
    AssertedFound,
    CertaintyRating,
    ClaimQuestion,
    NumberEvidence,
    Sentence,
    UsageEvidence,
    Verdict,
)
from evidence.protocol import Protocol
from evidence.verdict.asserted import FALLS_SHORT, MATCHES, NOT_TESTED
from evidence.verdict.bodies import Body, assemble, certainty_words, people_words, rate_body
from evidence.verdict.decide import AFFIRMATIVE, Decision
from evidence.verdict.numbers import judge_numbers
from evidence.verdict.words import (
    Draft,
    out_of,
    plural,
    print_number,
    print_whole,
    unless_only_one_failed,
)
from evidence.vocabulary import ClaimForm, SampleKind, VerdictWord

__all__ = ["decide_main_reason", "decide_utilization"]

W = VerdictWord


def _is_wide(survey: UsageEvidence) -> bool:
    """Return whether a survey is of a population or of several practices."""
    return survey.sample_kind is not SampleKind.SINGLE_SITE


def reaches(survey: UsageEvidence, protocol: Protocol) -> bool:
    """Return whether a survey ranks the reason 1 to 3, or gives 10 % or more where unranked."""
    if survey.rank is not None:
        return survey.rank <= protocol.whole("utilization.main_rank_max")
    least = protocol.number("utilization.main_share_min_percent")
    return survey.share_percent is not None and survey.share_percent >= least


def _is_against(survey: UsageEvidence, protocol: Protocol) -> bool:
    """Return whether a survey ranks the reason below 5."""
    return survey.rank is not None and survey.rank > protocol.whole(
        "utilization.rank_against_above"
    )


def _votes(surveys: Sequence[UsageEvidence], protocol: Protocol) -> list[UsageEvidence]:
    """Return one survey a study, the one that speaks least for the claim."""
    votes: dict[str, UsageEvidence] = {}
    ordered = sorted(
        surveys, key=lambda s: (_is_against(s, protocol), not reaches(s, protocol), s.result_id)
    )
    for survey in ordered:
        if survey.rank is not None or survey.share_percent is not None:
            votes[survey.study_id] = survey
    return [votes[study] for study in sorted(votes)]


def decide_main_reason(surveys: Sequence[UsageEvidence], protocol: Protocol) -> Decision:
    """Judge "one of the main reasons" by ranks and shares, a vote a study."""
    votes = _votes(surveys, protocol)
    if not votes:
        return Decision(W.NO_ELIGIBLE, ("No eligible survey of reasons.",))
    wide = [s for s in votes if _is_wide(s)]
    if not wide:
        if any(reaches(s, protocol) for s in votes):
            rule = "Only a single clinic's or customers' survey: at most Supported with limits."
            return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
        return Decision(W.INSUFFICIENT, ("Only single clinics were asked: Insufficient evidence.",))
    reach = [s for s in wide if reaches(s, protocol)]
    against = [s for s in wide if _is_against(s, protocol)]
    if 2 * len(against) > len(wide):
        return Decision(W.CONTRADICTED, ("Ranked below fifth in most surveys: Contradicted.",))
    if not reach:
        rule = "No survey ranks it first to third or gives one in ten: Overstated."
        return Decision(W.OVERSTATED, (rule,))
    if len(reach) >= protocol.whole("utilization.surveys_min") and not against:
        rule = "Among the first three reasons, or one in ten, in two or more surveys: Supported."
        return Decision(W.SUPPORTED, (rule,))
    if against:
        rule = (
            "A main reason in some surveys, ranked below fifth in another: Supported with limits."
        )
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    return Decision(W.SUPPORTED_WITH_LIMITS, ("In one survey only: Supported with limits.",))


def decide_utilization(
    claim: ClaimQuestion,
    surveys: Sequence[UsageEvidence],
    numbers: Sequence[NumberEvidence],
    protocol: Protocol,
    *,
    signatures: int = 0,
    is_retraction_touched: bool = False,
) -> Verdict:
    """Return the verdict on a utilization claim: a main reason by ``surveys``, else by ``numbers``."""
    if claim.form is not ClaimForm.MAIN_REASON:
        return judge_numbers(
            claim,
            numbers,
            protocol,
            signatures=signatures,
            is_retraction_touched=is_retraction_touched,
        )
    votes = _votes(surveys, protocol)
    decision = decide_main_reason(surveys, protocol)
    rating = _rating(votes, protocol, signatures) if votes else None
    return assemble(
        claim,
        decision,
        _sentence(claim, votes, decision, rating, protocol),
        rating,
        [s.result_id for s in votes],
        grid=_grid(claim, votes, decision, protocol),
        changes=_changes(surveys, decision, protocol),
        is_retraction_touched=is_retraction_touched,
    )


def _rating(votes: Sequence[UsageEvidence], protocol: Protocol, signatures: int) -> CertaintyRating:
    """Return the certainty of the surveys that vote."""
    wide = [s for s in votes if _is_wide(s)]
    body = wide or list(votes)
    people = [s.n_participants for s in body if s.n_participants is not None]
    return rate_body(
        Body(
            start="utilization",
            bias=tuple(s.risk_of_bias for s in body),
            n_people=sum(people) if people else None,
            indirect=None if wide else "only a single clinic or its customers were asked",
        ),
        protocol,
        signatures=signatures,
    )


def _sentence(
    claim: ClaimQuestion,
    votes: Sequence[UsageEvidence],
    decision: Decision,
    rating: CertaintyRating | None,
    protocol: Protocol,
) -> Sentence:
    """Return how many surveys name the reason, with the ranks and shares of the best and worst."""
    draft = Draft()
    people = people_words(claim, draft)
    if rating is None or not votes:
        return draft.sentence(f"No eligible survey of reasons among {people} was found.")
    inside, behind = certainty_words(rating)
    wide = [s for s in votes if _is_wide(s)] or list(votes)
    kind = "population or multi-practice" if _is_wide(wide[0]) else "single-clinic"
    n, reach = len(wide), [s for s in wide if reaches(s, protocol)]
    surveys = plural(n, "survey", "surveys")
    names = unless_only_one_failed(
        len(reach), n, "names" if n == 1 else plural(len(reach), "names", "name"), "does not name"
    )
    head = (
        f"Among {people}, {out_of(len(reach), n)} {kind} {surveys} {names} it as one of the main "
        "reasons"
    )
    if decision.word is W.INSUFFICIENT:
        return draft.sentence(f"{head} ({inside}){behind}.")
    ordered = sorted(wide, key=lambda s: (s.rank or 0, -(s.share_percent or 0.0), s.result_id))
    shown = [ordered[0]] if n == 1 else [ordered[0], ordered[-1]]
    details = "; ".join(_one(s, draft) for s in shown)
    return draft.sentence(f"{head}: {details} ({inside}){behind}.")


def _one(survey: UsageEvidence, draft: Draft) -> str:
    """Return rank and share of one survey."""
    parts = []
    if survey.rank is not None:
        text = print_whole(survey.rank)
        parts.append(
            f"rank {draft.bind(survey.rank, text, 'study_results', survey.result_id, 'rank')}"
        )
    if survey.share_percent is not None:
        table, column = survey.share_cell
        text = print_number(survey.share_percent)
        parts.append(f"{draft.bind(survey.share_percent, text, table, survey.result_id, column)} %")
    where = (
        draft.quote(survey.region, "studies", survey.study_id, "country") if survey.region else ""
    )
    article = "the " if (survey.region or "").startswith("United ") else ""
    return ", ".join(parts) + (f" in {article}{where}" if where else "")


def _grid(
    claim: ClaimQuestion, votes: Sequence[UsageEvidence], decision: Decision, protocol: Protocol
) -> tuple[AssertedFound, ...]:
    """Return rank and sample: asserted beside found."""
    state = MATCHES if decision.word in AFFIRMATIVE else FALLS_SHORT
    if decision.word in {W.NO_ELIGIBLE, W.INSUFFICIENT}:
        state = NOT_TESTED
    reach = sum(reaches(s, protocol) for s in votes)
    found = f"{reach} of {len(votes)} surveys" if votes else "nothing eligible"
    wide = sum(_is_wide(s) for s in votes)
    return (
        AssertedFound(
            "rank", claim.words or "one of the main reasons", found, state, decision.rules[0]
        ),
        AssertedFound(
            "population",
            claim.population,
            f"{wide} of {len(votes)} surveys reach beyond one clinic" if votes else "nobody",
            MATCHES if wide else NOT_TESTED,
            "a single clinic's customers stand for themselves",
        ),
    )


def _changes(
    surveys: Sequence[UsageEvidence], decision: Decision, protocol: Protocol
) -> tuple[str, ...]:
    """Return which one more survey would change the word, by deciding again with it."""
    lines = []
    for text, rank in (("that ranks it first to third", 1), ("that ranks it below fifth", 6)):
        extra = UsageEvidence("new", "new", "new", rank, None, None, SampleKind.POPULATION)
        after = decide_main_reason([*surveys, extra], protocol).word
        if after is not decision.word:
            lines.append(f"One more population survey {text} would make it {after}.")
    return tuple(lines)
