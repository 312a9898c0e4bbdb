"""What would change a verdict: one thing at a time is changed, and the case judged again.

Each line names the change, how much of it (people, share of the weight, effect) and the word that
would follow. Computed, never composed by hand. This module must not decide: it asks ``judge_case``.
"""

from __future__ import annotations

from collections.abc import Iterator
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


def what_would_change(
    case: EfficacyCase, judged: JudgedCase, protocol: Protocol, *, signatures: int = 0
) -> tuple[str, ...]:
    """Return, a sentence each, what would lift a domain and which word would follow."""
    if case.main is None:
        against = comparator_words(next(iter(case.claim.comparators), ComparatorClass.SHAM))
        return (f"One eligible study against {against} would give this claim evidence.",)
    lines: list[str] = []
    for text, changed in _changes(case, case.main, judged, protocol):
        if changed is None:
            lines.append(f"{text}.")
            continue
        after = judge_case(changed, protocol, signatures=signatures).decision.word
        lines.append(f"{text}: {_consequence(judged.decision.word, after)}.")
    lines.append(_signatures(case, judged, protocol))
    return tuple(line for line in lines if line)


def _consequence(before: VerdictWord, after: VerdictWord) -> str:
    """Return what follows for the word."""
    return f"the verdict would stay {before}" if after is before else f"it would become {after}"


def _changes(
    case: EfficacyCase, main: StratumEvidence, judged: JudgedCase, protocol: Protocol
) -> Iterator[tuple[str, EfficacyCase | None]]:
    """Yield each change in words, with the case that it makes (None where it cannot be judged)."""
    rating = judged.main_rating
    lost = {r.domain: r.downgrade for r in rating.domains} if rating is not None else {}
    if lost.get(CertaintyDomain.IMPRECISION):
        yield _more_people(case, main, protocol)
    if lost.get(CertaintyDomain.RISK_OF_BIAS):
        yield _low_risk(case, main, protocol)
    if lost.get(CertaintyDomain.INDIRECTNESS):
        yield _direct(case, main)
    if lost.get(CertaintyDomain.PUBLICATION_BIAS):
        text = "Results of the trials that report nothing on this outcome would lift reporting bias"
        yield text, replace(case, main=replace(main, silent_participants=0, registered_silent=0))
    if main.pooled is not None and main.pooled.estimate < main.band.mid:
        yield _important(case, main, main.pooled)
    if main.pooled is None:
        yield _more_directions(main, protocol)
    if case.sham is None and ComparatorClass.SHAM in case.claim.comparators:
        yield "An eligible trial against sham treatment would become the main comparison", None


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


def _more_people(
    case: EfficacyCase, main: StratumEvidence, protocol: Protocol
) -> tuple[str, EfficacyCase | None]:
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
        at = f" ({size} {main.unit})"
    text = (
        f"{print_whole(more)} more {plural(more, 'person', 'people')} at the same effect{at} "
        "would lift imprecision by a level or more"
    )
    return text, replace(case, main=larger)


def _decimals(evidence: StratumEvidence) -> int:
    """Return how many decimals the unit is printed with."""
    return 2 if evidence.unit == "SMD" else 1


def _low_risk(
    case: EfficacyCase, main: StratumEvidence, protocol: Protocol
) -> tuple[str, EfficacyCase | None]:
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
    return text, replace(case, main=replace(main, members=members))


def _direct(case: EfficacyCase, main: StratumEvidence) -> tuple[str, EfficacyCase | None]:
    """Return what direct evidence would do."""
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
    direct = replace(main, members=members, is_other_window_only=False, has_long_window=True)
    text = "The same results from the very people, treatment and time of the claim"
    return text, replace(case, main=direct)


def _important(
    case: EfficacyCase, main: StratumEvidence, pooled: Pooled
) -> tuple[str, EfficacyCase | None]:
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
    return text, replace(case, main=replace(main, pooled=moved))


def _more_directions(main: StratumEvidence, protocol: Protocol) -> tuple[str, EfficacyCase | None]:
    """Return how many more studies a count needs, or that it needs numbers."""
    known = trials_of(main) or 0
    missing = protocol.whole("counting.min_n") - known
    if missing > 0:
        words = plural(missing, "study", "studies")
        return f"{missing} more {words} that report a direction would allow a count", None
    return "Effects with intervals, in place of directions, would allow an estimate", None


def _signatures(case: EfficacyCase, judged: JudgedCase, protocol: Protocol) -> str:
    """Return what two signatures would do, nothing where they would do nothing."""
    rating = judged.main_rating
    if rating is None or rating.shown is rating.rated:
        return ""
    signed = judge_case(case, protocol, signatures=protocol.whole("certainty.signatures_needed"))
    consequence = _consequence(judged.decision.word, signed.decision.word)
    return f"Two signatures would show certainty {rating.rated}: {consequence}."
