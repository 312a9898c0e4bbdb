"""What an efficacy claim asserts beside what was found, an element a row.

Strength, population, comparator, outcome and duration; each matches, falls short, was not tested
or does not apply. This module must not decide: it reads a judged case.
"""

from __future__ import annotations

from evidence.judgements import AssertedFound, StratumEvidence
from evidence.verdict.cases import EfficacyCase, JudgedCase
from evidence.verdict.decide import AFFIRMATIVE
from evidence.verdict.domains import weighted
from evidence.verdict.sentences import comparator_words, window_words
from evidence.verdict.words import listed
from evidence.vocabulary import ComparatorClass, Match, VerdictWord

__all__ = ["FALLS_SHORT", "MATCHES", "NOT_APPLICABLE", "NOT_TESTED", "compare", "failed_element"]

MATCHES, FALLS_SHORT = "matches", "falls short"
NOT_TESTED, NOT_APPLICABLE = "not tested", "not applicable"
STRENGTHS = {
    1: "it may or can help",
    2: "it helps or is effective",
    3: "its effect is large",
    4: "it cures or removes the cause",
}


def compare(case: EfficacyCase, judged: JudgedCase) -> tuple[AssertedFound, ...]:
    """Return the five elements of an efficacy claim beside what was found."""
    return (
        _strength(case, judged),
        _population(case),
        _comparator(case),
        _outcome(case),
        _duration(case),
    )


def failed_element(grid: tuple[AssertedFound, ...]) -> str | None:
    """Return the first element that falls short, else the first that was not tested."""
    for state in (FALLS_SHORT, NOT_TESTED):
        for row in grid:
            if row.match == state:
                return row.element
    return None


def _strength(case: EfficacyCase, judged: JudgedCase) -> AssertedFound:
    """Compare how strong the words are with the finding."""
    claim, word = case.claim, judged.decision.word
    asserted = claim.words or STRENGTHS[claim.strength or 1]
    if judged.main is None:
        return AssertedFound(
            "strength", asserted, "nothing eligible", NOT_TESTED, "no eligible result"
        )
    finding = f"{judged.main.finding} against {comparator_words(judged.main.key.comparator_class)}"
    beside = judged.pragmatic
    if beside is not None and beside.key != judged.main.key:
        finding += f", {beside.finding} against {comparator_words(beside.key.comparator_class)}"
    if word in AFFIRMATIVE:
        match = MATCHES
    else:
        short = {VerdictWord.OVERSTATED, VerdictWord.CONTRADICTED}
        match = FALLS_SHORT if word in short else NOT_TESTED
    return AssertedFound("strength", asserted, finding, match, judged.main.reason)


def _population(case: EfficacyCase) -> AssertedFound:
    """Compare the people that the claim means with those who were studied."""
    name, asserted = "population", case.claim.population
    if case.main is None:
        return AssertedFound(name, asserted, "nobody", NOT_TESTED, "no eligible result")
    indirect = _indirect_percent(case.main, "population_match")
    if indirect <= 0:
        return AssertedFound(name, asserted, "the same people", MATCHES, "all studies are direct")
    reason = f"{indirect:.0f} % of the weight is from other people"
    match = FALLS_SHORT if indirect >= 50 else MATCHES
    return AssertedFound(name, asserted, "partly other people", match, reason)


def _indirect_percent(evidence: StratumEvidence, element: str) -> float:
    """Return the per cent of the weight that fits one element only indirectly."""
    pairs = weighted(evidence)
    return sum(weight for m, weight in pairs if getattr(m, element) is not Match.DIRECT)


def _comparator(case: EfficacyCase) -> AssertedFound:
    """Compare the comparators that answer the claim with those that were tested."""
    listed_classes = case.claim.comparators
    asserted = f"better than {listed([comparator_words(c) for c in listed_classes])}"
    if case.main is None:
        return AssertedFound("comparator", asserted, "none", NOT_TESTED, "no eligible result")
    tested = {s.key.comparator_class for s in (case.main, case.pragmatic) if s is not None}
    found = listed([comparator_words(c) for c in ComparatorClass if c in tested], "and")
    if ComparatorClass.SHAM in listed_classes and ComparatorClass.SHAM not in tested:
        return AssertedFound("comparator", asserted, found, NOT_TESTED, "never tested against sham")
    return AssertedFound("comparator", asserted, found, MATCHES, "the main comparison was tested")


def _outcome(case: EfficacyCase) -> AssertedFound:
    """Compare the first outcome that the claim names with the one that decides."""
    claim = case.claim
    asserted = claim.outcomes[0] if claim.outcomes else "not named"
    if case.main is None:
        return AssertedFound("outcome", asserted, "none", NOT_TESTED, "no eligible result")
    found = case.main.key.outcome_domain
    first = claim.outcome_domains[0] if claim.outcome_domains else found
    if found is first:
        return AssertedFound("outcome", asserted, str(found), MATCHES, "its first outcome decides")
    return AssertedFound("outcome", asserted, str(found), NOT_TESTED, f"{first} has no result")


def _duration(case: EfficacyCase) -> AssertedFound:
    """Compare how long an effect is said to last with when it was measured."""
    if not case.claim.is_duration_claim:
        found = window_words(case.main) if case.main is not None else "nothing eligible"
        reason = "the claim names no duration"
        return AssertedFound("duration", "not named", found, NOT_APPLICABLE, reason)
    asserted = "a lasting effect"
    if case.main is None:
        return AssertedFound("duration", asserted, "none", NOT_TESTED, "no eligible result")
    if case.main.has_long_window:
        reason = "measured a year or more after treatment"
        return AssertedFound("duration", asserted, "a year or more", MATCHES, reason)
    reason = "nothing was measured a year or more after treatment"
    return AssertedFound("duration", asserted, window_words(case.main), NOT_TESTED, reason)
