"""The sentence of an efficacy verdict (docs/method.md, section 11).

Wording after GRADE guidance 26 (doi 10.1016/j.jclinepi.2019.10.014). A sentence names its comparator and takes each number from a cell; *Insufficient* prints no size.
This module must not decide anything.
"""

from __future__ import annotations

from evidence.judgements import Pooled, Sentence, StratumEvidence
from evidence.verdict.cases import EfficacyCase, JudgedCase
from evidence.verdict.domains import people_of
from evidence.verdict.words import (
    Draft,
    agreeing,
    capitalised,
    listed,
    plural,
    print_number,
    print_whole,
)
from evidence.vocabulary import (
    Certainty,
    ComparatorClass,
    Finding,
    OutcomeDomain,
    SynthesisMethod,
    TimeWindow,
    VerdictWord,
)

__all__ = ["comparator_words", "trials_of", "window_words", "write_efficacy_sentence"]

WINDOWS = {
    "decision": "up to three months after treatment",
    TimeWindow.IMMEDIATE.value: "within a week of the last session",
    TimeWindow.SHORT.value: "up to three months after treatment",
    TimeWindow.INTERMEDIATE.value: "three to twelve months after treatment",
    TimeWindow.LONG.value: "a year or more after treatment",
    "later": "three months or more after treatment",
    TimeWindow.UNKNOWN.value: "at a time that is not reported",
}
COMPARATORS = {
    ComparatorClass.SHAM: "sham treatment",
    ComparatorClass.NO_TREATMENT: "no treatment",
    ComparatorClass.USUAL_CARE: "usual care",
    ComparatorClass.ADD_ON: "the other treatment alone",
    ComparatorClass.ACTIVE: "another treatment",
    ComparatorClass.DOSE_OR_STYLE: "another dose or style",
    ComparatorClass.MIXED: "several kinds of comparator together",
    ComparatorClass.NONE: "nothing",
}
BETTER = {
    OutcomeDomain.RESPONSE: ("increases", "increase"),
    OutcomeDomain.QUALITY_OF_LIFE: ("improves", "improve"),
    OutcomeDomain.RECOVERY: ("improves", "improve"),
}
WORSE = {
    OutcomeDomain.RESPONSE: ("reduces", "reduce"),
    OutcomeDomain.QUALITY_OF_LIFE: ("worsens", "worsen"),
    OutcomeDomain.RECOVERY: ("worsens", "worsen"),
}
SIZES = {
    Finding.LARGE: " by a large amount",
    Finding.IMPORTANT: " by an important amount",
    Finding.SMALL: " slightly",
}
UNITS = {"SMD": "standard deviations"}
MATTERS_BESIDE_MAIN = frozenset(
    {Finding.LARGE, Finding.IMPORTANT, Finding.SMALL, Finding.TRIVIAL, Finding.NONE, Finding.HARM}
)


def window_words(evidence: StratumEvidence) -> str:
    """Return when the outcome was measured, in words without digits."""
    return WINDOWS[evidence.actual_window or evidence.key.time_window]


def comparator_words(comparator: ComparatorClass) -> str:
    """Return how a comparator class is named in a sentence."""
    return COMPARATORS[comparator]


def trials_of(evidence: StratumEvidence) -> int | None:
    """Return how many studies the result rests on, None where a review does not say."""
    if evidence.review is not None and evidence.method is SynthesisMethod.REUSED_REVIEW:
        return evidence.review.k
    if evidence.pooled is not None:
        return evidence.pooled.k
    return evidence.counted.n_known if evidence.counted is not None else 0


def write_efficacy_sentence(case: EfficacyCase, judged: JudgedCase) -> Sentence:
    """Return the verdict of an efficacy claim in words: the main comparison, then the pragmatic one."""
    draft = Draft()
    if case.main is None or judged.main is None or judged.main_rating is None:
        return draft.sentence(_absent(case, draft))
    finding = judged.main.finding
    shown, rated = judged.main_rating.shown, judged.main_rating.rated
    may_size = judged.decision.word is not VerdictWord.INSUFFICIENT
    parts = [_one(case, case.main, finding, shown, rated, draft, may_size=may_size)]
    beside = judged.pragmatic
    if (
        beside is not None
        and case.pragmatic is not None
        and judged.pragmatic_rating is not None
        and case.pragmatic.key != case.main.key
        and beside.finding in MATTERS_BESIDE_MAIN
        and may_size
    ):
        rating = judged.pragmatic_rating
        parts.append(
            _one(
                case,
                case.pragmatic,
                beside.finding,
                rating.shown,
                rating.rated,
                draft,
                may_size=True,
            )
        )
    if case.sham is None and ComparatorClass.SHAM in case.claim.comparators:
        parts.append("No eligible trial compared it with sham treatment.")
    return draft.sentence(" ".join(parts))


def _absent(case: EfficacyCase, draft: Draft) -> str:
    """Return the sentence for a claim without any eligible result."""
    claim = case.claim
    intervention = draft.quote(claim.intervention, "claims", claim.claim_id, "intervention")
    population = draft.quote(claim.population, "claims", claim.claim_id, "population")
    against = listed([comparator_words(c) for c in claim.comparators])
    return f"No eligible study of {intervention} in {population} compared with {against} was found."


def _one(
    case: EfficacyCase,
    evidence: StratumEvidence,
    finding: Finding,
    shown: Certainty,
    rated: Certainty,
    draft: Draft,
    *,
    may_size: bool,
) -> str:
    """Return one comparison as a sentence."""
    claim = case.claim
    subject = draft.quote(claim.intervention, "claims", claim.claim_id, "intervention")
    outcome = str(evidence.key.outcome_domain)
    against = comparator_words(evidence.key.comparator_class)
    tail = f"compared with {against} {window_words(evidence)}"
    review = "" if shown is rated else " (not yet reviewed by two people)"
    core = _core(subject, outcome, evidence, finding, shown)
    has_size = may_size and finding not in {Finding.UNKNOWN, Finding.MIXED, Finding.DIRECTION_ONLY}
    facts = _facts(evidence, finding, draft, against, with_size=has_size)
    return f"{capitalised(core)} {tail} ({facts}; certainty {shown}){review}."


def _core(
    subject: str, outcome: str, evidence: StratumEvidence, finding: Finding, shown: Certainty
) -> str:
    """Return subject, verb by certainty, outcome and size."""
    domain = evidence.key.outcome_domain
    better = BETTER.get(domain, ("reduces", "reduce"))
    improves = agreeing(subject, *better)
    if finding is Finding.UNKNOWN and shown is Certainty.VERY_LOW:
        return f"the evidence is very uncertain about whether {subject} {improves} {outcome}"
    if finding is Finding.UNKNOWN:
        return f"the evidence does not settle whether {subject} {improves} {outcome}"
    if finding is Finding.MIXED:
        return f"studies disagree about whether {subject} {improves} {outcome}"
    if finding is Finding.DIRECTION_ONLY:
        return f"most studies point to {subject} being better for {outcome}, by an unknown amount,"
    if finding in {Finding.TRIVIAL, Finding.NONE}:
        verb = _verb(agreeing(subject, "makes", "make"), "make", shown)
        return f"{subject} {verb} little to no difference to {outcome}"
    pair = WORSE.get(domain, ("increases", "increase")) if finding is Finding.HARM else better
    verb = _verb(agreeing(subject, *pair), pair[1], shown)
    return f"{subject} {verb} {outcome}{SIZES.get(finding, '')}"


def _verb(certain: str, base: str, shown: Certainty) -> str:
    """Return the verb as certainty allows it [GRADE 26]."""
    if shown is Certainty.HIGH:
        return certain
    return f"probably {certain}" if shown is Certainty.MODERATE else f"may {base}"


def _facts(
    evidence: StratumEvidence, finding: Finding, draft: Draft, against: str, *, with_size: bool
) -> str:
    """Return effect and interval, how many trials and people: what stands in parentheses."""
    row, parts = evidence.key.stratum_id, []
    if with_size and evidence.pooled is not None:
        parts.append(_effect(evidence, evidence.pooled, draft, against))
    if finding is Finding.DIRECTION_ONLY and evidence.counted is not None:
        counted = evidence.counted
        u = draft.bind(
            counted.n_favours_intervention,
            print_whole(counted.n_favours_intervention),
            "syntheses",
            row,
            "n_favours_i",
        )
        parts.append(f"{u} of")
    parts.append(f"{_trials(evidence, draft)}, {_people(evidence, draft)}")
    return "; ".join(parts).replace(" of; ", " of ")


def _effect(evidence: StratumEvidence, pooled: Pooled, draft: Draft, against: str) -> str:
    """Return the effect with its unit and interval."""
    row = evidence.key.stratum_id
    decimals = 2 if evidence.unit == "SMD" else 1
    printed = {
        name: draft.bind(value, print_number(value, decimals), "syntheses", row, name)
        for name, value in (
            ("estimate", pooled.estimate),
            ("ci_low", pooled.ci_low),
            ("ci_high", pooled.ci_high),
        )
    }
    unit = draft.quote(UNITS.get(evidence.unit, evidence.unit), "syntheses", row, "unit")
    sense = f", minus favouring {against}" if "−" in "".join(printed.values()) else ""
    return (
        f"{printed['estimate']} {unit}, interval {printed['ci_low']} to {printed['ci_high']}{sense}"
    )


def _trials(evidence: StratumEvidence, draft: Draft) -> str:
    """Return how many trials, or that the number is not reported."""
    k = trials_of(evidence)
    if k is None:
        return "number of trials not reported"
    randomized = all(m.is_randomized for m in evidence.members)
    one, many = ("trial", "trials") if randomized else ("study", "studies")
    printed = draft.bind(k, print_whole(k), "syntheses", evidence.key.stratum_id, "k")
    return f"{printed} {plural(k, one, many)}"


def _people(evidence: StratumEvidence, draft: Draft) -> str:
    """Return how many people, or that the number is not reported."""
    n = people_of(evidence)
    if n is None:
        return "number of people not reported"
    printed = draft.bind(n, print_whole(n), "syntheses", evidence.key.stratum_id, "n")
    return f"{printed} {plural(n, 'person', 'people')}"
