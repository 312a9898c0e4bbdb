"""What would change a verdict: one thing at a time is changed, and the case judged again.

Each line names the change, how much of it (people, share of the weight, effect) and the word that
would follow. Computed, never composed by hand. This module must not decide: it asks ``judge_case``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil

from evidence.judgements import Pooled, StratumEvidence
from evidence.protocol import Protocol
from evidence.verdict.cases import EfficacyCase, JudgedCase, judge_case
from evidence.verdict.domains import optimal_information_size, people_of, rate_imprecision
from evidence.verdict.sentences import comparator_words, trials_of
from evidence.verdict.words import plural, print_number, print_whole
from evidence.vocabulary import (
    CertaintyDomain,
    ComparatorClass,
    Match,
    RiskOfBias,
    SynthesisMethod,
    VerdictWord,
)

__all__ = ["people_to_lift_imprecision", "what_would_change"]

Lift = Callable[[StratumEvidence, Protocol], tuple[str, StratumEvidence | None]]


def what_would_change(
    case: EfficacyCase, judged: JudgedCase, protocol: Protocol, *, signatures: int = 0
) -> tuple[str, ...]:
    """Return, a sentence each, what would lift a domain and which word would follow."""
    if case.main is None:
        against = comparator_words(next(iter(case.claim.comparators), ComparatorClass.SHAM))
        return (f"One eligible study against {against} would give this claim evidence.",)
    before = judged.decision.word

    def word_with(main: StratumEvidence) -> VerdictWord:
        """Return the word that the case would get with another main stratum."""
        changed = _with_main(case, main)
        return judge_case(changed, protocol, signatures=signatures).decision.word

    lifts = _lifts(judged)
    changes = [lift(case.main, protocol) for lift in lifts]
    lines = [
        _line(text, word_with(main) if main is not None else None, before) for text, main in changes
    ]
    together = _together(lifts, case.main, protocol)
    is_alone = any(main is not None and word_with(main) is not before for _, main in changes)
    if together is not None and not is_alone and word_with(together) is not before:
        lines.append(_line("All of these together", word_with(together), before))
    if case.main.pooled is not None and case.main.pooled.estimate < case.main.band.mid:
        text, main = _important(case.main, case.main.pooled)
        lines.append(_line(text, word_with(main), before))
    if case.main.pooled is None:
        lines.append(_line(_more_directions(case.main, protocol), None, before))
    if case.sham is None and ComparatorClass.SHAM in case.claim.comparators:
        text = "An eligible trial against sham treatment would become the main comparison"
        lines.append(_line(text, None, before))
    signed = _signatures(case, judged, protocol)
    return (*lines, signed) if signed else tuple(lines)


def _line(text: str, after: VerdictWord | None, before: VerdictWord) -> str:
    """Return one change as a sentence, with the word that follows where it could be judged."""
    return f"{text}." if after is None else f"{text}: {_consequence(before, after)}."


def _consequence(before: VerdictWord, after: VerdictWord) -> str:
    """Return what follows for the word."""
    return f"the verdict would stay {before}" if after is before else f"it would become {after}"


def _with_main(case: EfficacyCase, main: StratumEvidence) -> EfficacyCase:
    """Return the case with another main stratum, wherever that stratum stands in it."""
    old = case.main
    return replace(
        case,
        main=main,
        sham=main if case.sham is old else case.sham,
        pragmatic=main if case.pragmatic is old else case.pragmatic,
    )


def _lifts(judged: JudgedCase) -> list[Lift]:
    """Return what could lift each domain that has lost a level."""
    rating = judged.main_rating
    lost = {r.domain for r in rating.domains if r.downgrade} if rating is not None else set()
    return [lift for domain, lift in LIFTS.items() if domain in lost]


def _together(
    lifts: list[Lift], main: StratumEvidence, protocol: Protocol
) -> StratumEvidence | None:
    """Return the stratum after all changes, None where fewer than two can be made."""
    made = 0
    for lift in lifts:
        _, changed = lift(main, protocol)
        if changed is not None:
            main, made = changed, made + 1
    return main if made > 1 else None


def people_to_lift_imprecision(
    evidence: StratumEvidence, protocol: Protocol
) -> tuple[int, StratumEvidence] | None:
    """Return how many more people at the same effect lift imprecision by a level, and that stratum.

    The interval narrows with the square root of the people; None where no number of them helps
    (the estimate lies on a threshold) or nobody says how many there are.
    """
    n = people_of(evidence)
    before = rate_imprecision(evidence, protocol).downgrade
    if not n or not before:
        return None
    needed = optimal_information_size(evidence, protocol)
    totals = {needed / 2, needed, *_totals_to_clear(evidence, n)}
    for total in sorted(total for total in totals if total > n):
        larger = with_people(evidence, ceil(total))
        if rate_imprecision(larger, protocol).downgrade < before:
            return ceil(total) - n, larger
    return None


def _totals_to_clear(evidence: StratumEvidence, n: int) -> Iterator[float]:
    """Yield the people at which the interval would no longer reach each threshold."""
    pooled, mid = evidence.pooled, evidence.band.mid
    if pooled is None:
        return
    for threshold in (0.0, mid, -mid):
        distance = abs(pooled.estimate - threshold)
        side = pooled.ci_low if threshold < pooled.estimate else pooled.ci_high
        reach = abs(side - pooled.estimate)
        if distance > 0 and reach >= distance:
            cleared = ceil(n * (reach / distance) ** 2)
            yield from (cleared, cleared + 1)


def with_people(evidence: StratumEvidence, total: int) -> StratumEvidence:
    """Return the stratum with more people at the same effect and a narrower interval."""
    n = people_of(evidence)
    pooled = evidence.pooled
    if pooled is None or not n:
        members = tuple(replace(m, n_participants=None) for m in evidence.members)
        first = members[:1]
        grown = tuple(replace(m, n_participants=total) for m in first) + members[1:]
        return replace(evidence, members=grown)
    shrink = (n / total) ** 0.5
    narrow = replace(
        pooled,
        ci_low=pooled.estimate + (pooled.ci_low - pooled.estimate) * shrink,
        ci_high=pooled.estimate + (pooled.ci_high - pooled.estimate) * shrink,
        n_participants=total,
    )
    review = evidence.review
    if review is not None and evidence.method is SynthesisMethod.REUSED_REVIEW:
        return replace(evidence, pooled=narrow, review=replace(review, n_participants=total))
    factor = total / n
    members = tuple(
        replace(m, n_events=None if m.n_events is None else ceil(m.n_events * factor))
        for m in evidence.members
    )
    return replace(evidence, pooled=narrow, members=members)


def _more_people(main: StratumEvidence, protocol: Protocol) -> tuple[str, StratumEvidence | None]:
    """Return how many more people would lift imprecision."""
    found = people_to_lift_imprecision(main, protocol)
    if found is None:
        if people_of(main) is None:
            return (
                "The number of people would have to be reported before imprecision can lift",
                None,
            )
        return "More people at the same effect would not lift imprecision", None
    more, larger = found
    at = ""
    if main.pooled is not None:
        size = print_number(main.pooled.estimate, _decimals(main))
        at = f" at the same effect ({size} {main.unit})"
    people = plural(more, "person", "people")
    text = f"{print_whole(more)} more {people}{at} would lift imprecision by a level or more"
    return text, larger


def _decimals(evidence: StratumEvidence) -> int:
    """Return how many decimals the unit is printed with."""
    return 2 if evidence.unit == "SMD" else 1


def _low_risk(main: StratumEvidence, protocol: Protocol) -> tuple[str, StratumEvidence | None]:
    """Return what low-risk trials would do: all of the weight at low risk, the same effect."""
    percent = protocol.number("certainty.r1_low_weight_min_percent")
    if main.review is not None and main.method is SynthesisMethod.REUSED_REVIEW:
        text = "The review's own rating, once found, would replace the ceiling for unassessed bias"
        return text, None
    if main.members and not any(m.is_low_risk_possible for m in main.members):
        text = (
            "An outcome judged by people who do not know the treatment could be at low risk of bias"
        )
        return text, None
    members = tuple(replace(m, risk_of_bias=RiskOfBias.LOW) for m in main.members)
    text = f"Low-risk trials holding {percent:.0f} % of the weight, at the same effect"
    return text, replace(main, members=members)


def _direct(main: StratumEvidence, protocol: Protocol) -> tuple[str, StratumEvidence | None]:
    """Return what direct evidence would do."""
    del protocol
    members = tuple(
        replace(
            m,
            population_match=Match.DIRECT,
            intervention_match=Match.DIRECT,
            is_window_approximate=False,
            is_other_window=False,
        )
        for m in main.members
    )
    text = "The same results from the very people, treatment and time of the claim"
    return text, replace(main, members=members, is_other_window_only=False, has_long_window=True)


def _all_reported(main: StratumEvidence, protocol: Protocol) -> tuple[str, StratumEvidence | None]:
    """Return what reports of the silent trials would do."""
    del protocol
    text = (
        "Results of the trials that give neither a number nor a direction would lift reporting bias"
    )
    return text, replace(main, silent_participants=0, registered_silent=0)


def _important(main: StratumEvidence, pooled: Pooled) -> tuple[str, StratumEvidence]:
    """Return which effect as many people again would have to show for an important effect."""
    mid = main.band.mid
    needed = 2 * mid - pooled.estimate
    half = (pooled.ci_high - pooled.ci_low) / 2 / 2**0.5
    n = None if pooled.n_participants is None else 2 * pooled.n_participants
    moved = replace(pooled, estimate=mid, ci_low=mid - half, ci_high=mid + half, n_participants=n)
    text = (
        f"As many people again with an effect of {print_number(needed, _decimals(main))} "
        f"{main.unit} would bring the estimate to the least difference that matters"
    )
    return text, replace(main, pooled=moved)


def _more_directions(main: StratumEvidence, protocol: Protocol) -> str:
    """Return how many more studies a count needs, or that it needs numbers."""
    known = trials_of(main) or 0
    missing = protocol.whole("counting.min_n") - known
    if missing > 0:
        words = plural(missing, "study that reports", "studies that report")
        return f"{missing} more {words} a direction would allow a count"
    return "Effects with intervals, in place of directions, would allow an estimate"


def _signatures(case: EfficacyCase, judged: JudgedCase, protocol: Protocol) -> str:
    """Return what two signatures would do, nothing where they would do nothing."""
    rating = judged.main_rating
    if rating is None or rating.shown is rating.rated:
        return ""
    signed = judge_case(case, protocol, signatures=protocol.whole("certainty.signatures_needed"))
    consequence = _consequence(judged.decision.word, signed.decision.word)
    return f"Two signatures would show certainty {rating.rated}: {consequence}."


LIFTS: dict[CertaintyDomain, Lift] = {
    CertaintyDomain.IMPRECISION: _more_people,
    CertaintyDomain.RISK_OF_BIAS: _low_risk,
    CertaintyDomain.INDIRECTNESS: _direct,
    CertaintyDomain.PUBLICATION_BIAS: _all_reported,
}
