"""Rules for associations: exposures, predictors, "can impair" (docs/method.md, section 10).

Pure over associations. Longitudinal evidence decides; cross-sectional evidence alone shows an
association only. This module must not rate certainty or write sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from evidence.judgements import AssociationEvidence
from evidence.protocol import Protocol
from evidence.verdict.decide import Decision, rank
from evidence.vocabulary import EffectMeasure, Match, ReportedTest, SampleKind, VerdictWord

__all__ = [
    "Shown",
    "cap_indirect",
    "decide_can_impair",
    "decide_depends",
    "decide_exposure",
    "middle",
    "shown_by",
    "votes_of",
]

W = VerdictWord
RATIOS = frozenset({EffectMeasure.RR, EffectMeasure.OR, EffectMeasure.HR, EffectMeasure.ROM})
NOTHING = Decision(W.NO_ELIGIBLE, ("No eligible study of this association.",))


class Shown(StrEnum):
    """What one association shows."""

    HIGHER = "association"
    LOWER = "reverse association"
    EQUAL = "no important association"
    UNCLEAR = "no association shown"


def shown_by(association: AssociationEvidence, protocol: Protocol) -> Shown | None:
    """Return what an association shows: by its interval, else by the source's own test.

    An interval that excludes the null decides first: an interval inside 0.80 to 1.25 speaks against
    an association only where it includes the null, else a more precise study could rate worse.
    """
    low, high = association.ci_low, association.ci_high
    is_ratio = association.measure in RATIOS
    null = 1.0 if is_ratio else 0.0
    if low is not None and high is not None:
        if low > null:
            return Shown.HIGHER
        if high < null:
            return Shown.LOWER
        bounds = protocol.number("risk_factor.null_low"), protocol.number("risk_factor.null_high")
        inside = bounds[0] <= low and high <= bounds[1]
        if is_ratio and inside and association.is_exposed_against_unexposed:
            return Shown.EQUAL
        return Shown.UNCLEAR
    tests = {
        ReportedTest.HIGHER_RISK: Shown.HIGHER,
        ReportedTest.LOWER_RISK: Shown.LOWER,
        ReportedTest.NO_ASSOCIATION: Shown.UNCLEAR,
        # Of a predictor a source says whom it favours; having looked and found none is a vote.
        ReportedTest.FAVOURS_INTERVENTION: Shown.HIGHER,
        ReportedTest.FAVOURS_COMPARATOR: Shown.LOWER,
        ReportedTest.NO_CLEAR_DIFFERENCE: Shown.UNCLEAR,
    }
    return tests.get(association.found) if association.found is not None else None


def votes_of(
    associations: Sequence[AssociationEvidence], protocol: Protocol
) -> list[AssociationEvidence]:
    """Return one association a study; pooled ones, where there are any, answer for all.

    Of several results of one study the one that speaks least for the claim votes.
    """
    known = [a for a in associations if shown_by(a, protocol) is not None]
    pooled = [a for a in known if a.is_pooled]
    votes: dict[str, AssociationEvidence] = {}
    ordered = sorted(
        pooled or known,
        key=lambda a: (shown_by(a, protocol) is not Shown.HIGHER, a.result_id),
    )
    for association in ordered:
        votes[association.study_id] = association
    return [votes[study] for study in sorted(votes)]


def decide_exposure(
    associations: Sequence[AssociationEvidence], protocol: Protocol, *, asserts_cause: bool = False
) -> Decision:
    """Judge one exposure: longitudinal evidence where there is any, else cross-sectional."""
    over_time = votes_of([a for a in associations if a.is_longitudinal], protocol)
    at_once = votes_of([a for a in associations if not a.is_longitudinal], protocol)
    if not over_time and not at_once:
        return NOTHING
    if not over_time:
        return _cross_sectional(at_once, protocol, asserts_cause)
    share = _share(over_time, protocol)
    if share == 1:
        if asserts_cause:
            rule = "Longitudinal association; a cause is not shown by it: Supported with limits."
            return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
        return Decision(W.SUPPORTED, ("Longitudinal evidence shows an association: Supported.",))
    if share >= protocol.number("mechanism.share_for"):
        rule = "Most longitudinal studies show an association: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    if share > protocol.number("mechanism.share_against"):
        return Decision(W.CONFLICTING, ("Longitudinal studies disagree: Conflicting.",))
    return _not_over_time(over_time, at_once, protocol, asserts_cause)


def _share(votes: Sequence[AssociationEvidence], protocol: Protocol) -> float:
    """Return the share of votes that show the association."""
    return sum(shown_by(a, protocol) is Shown.HIGHER for a in votes) / len(votes)


def _not_over_time(
    over_time: Sequence[AssociationEvidence],
    at_once: Sequence[AssociationEvidence],
    protocol: Protocol,
    asserts_cause: bool,
) -> Decision:
    """Judge where longitudinal studies do not show the association."""
    if any(shown_by(a, protocol) is Shown.HIGHER for a in at_once):
        rule = "Seen at one time, not over time"
        word = W.CONTRADICTED if asserts_cause else W.CONFLICTING
        return Decision(word, (f"{rule}: {word}.",))
    return _against(over_time, protocol)


def _against(votes: Sequence[AssociationEvidence], protocol: Protocol) -> Decision:
    """Judge where nothing shows the association: contradicted only by intervals.

    A single study with a reverse association does not contradict: it may be its sample.
    """
    states = {shown_by(a, protocol) for a in votes}
    enough = len(votes) >= protocol.whole("risk_factor.predictor_studies_min")
    if states <= {Shown.EQUAL, Shown.LOWER} and (enough or Shown.EQUAL in states):
        rule = "The interval leaves no important association: Contradicted."
        return Decision(W.CONTRADICTED, (rule,))
    return Decision(W.INSUFFICIENT, ("No association is shown, none is excluded.",))


def _cross_sectional(
    votes: Sequence[AssociationEvidence], protocol: Protocol, asserts_cause: bool
) -> Decision:
    """Judge by cross-sectional studies alone: association only."""
    share = _share(votes, protocol)
    if share >= protocol.number("mechanism.share_for"):
        word = W.OVERSTATED if asserts_cause else W.SUPPORTED_WITH_LIMITS
        return Decision(word, (f"Cross-sectional only, an association and no more: {word}.",))
    if share > protocol.number("mechanism.share_against"):
        return Decision(W.CONFLICTING, ("Cross-sectional studies disagree: Conflicting.",))
    return _against(votes, protocol)


def middle(words: Sequence[VerdictWord]) -> VerdictWord:
    """Return the middle of the parts' words; of two middle ones the worse."""
    ordered = sorted(words, key=lambda word: (rank(word), list(VerdictWord).index(word)))
    return ordered[(len(ordered) - 1) // 2]


def cap_indirect(
    decision: Decision, associations: Sequence[AssociationEvidence], protocol: Protocol
) -> Decision:
    """Return the decision, at most with limits where only other people than the claim's show it."""
    shown = {Shown.HIGHER, Shown.LOWER}
    showing = [a for a in associations if shown_by(a, protocol) in shown]
    if decision.word is not W.SUPPORTED or any(a.population_match is Match.DIRECT for a in showing):
        return decision
    rule = "Seen only in other people than the claim's: at most Supported with limits."
    return Decision(W.SUPPORTED_WITH_LIMITS, (*decision.rules, rule))


def decide_depends(associations: Sequence[AssociationEvidence], protocol: Protocol) -> Decision:
    """Judge "depends on factors": a predictor or interaction in two studies, or in one."""
    known = [a for a in associations if shown_by(a, protocol) is not None]
    if not known:
        return Decision(W.NO_ELIGIBLE, ("No eligible study of predictors.",))
    found = {a.study_id for a in known if shown_by(a, protocol) in {Shown.HIGHER, Shown.LOWER}}
    if len(found) >= protocol.whole("risk_factor.predictor_studies_min"):
        rule = "A predictor or interaction in two or more studies: Supported."
        return Decision(W.SUPPORTED, (rule,))
    if found:
        rule = "A predictor or interaction in one study: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    return Decision(W.INSUFFICIENT, ("Predictors were studied and none was shown.",))


def decide_can_impair(associations: Sequence[AssociationEvidence], protocol: Protocol) -> Decision:
    """Judge "can impair": one population sample that shows it suffices."""
    known = [a for a in associations if shown_by(a, protocol) is not None]
    if not known:
        return NOTHING
    found = [a for a in known if shown_by(a, protocol) is Shown.HIGHER]
    if any(a.sample_kind is not SampleKind.SINGLE_SITE for a in found):
        return Decision(W.SUPPORTED, ("Shown in a population sample: Supported.",))
    if found:
        rule = "Shown in single clinics only: Supported with limits."
        return Decision(W.SUPPORTED_WITH_LIMITS, (rule,))
    return Decision(W.INSUFFICIENT, ("Studied, and not shown.",))
