"""Every combination of facts and of evidence has one verdict, and the verdicts obey their order.

Better: Supported > Supported with limits > Overstated > Conflicting = Insufficient evidence =
No eligible evidence found > Contradicted (docs/method.md, section 10).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace

import pytest

from evidence.judgements import (
    AssociationEvidence,
    NumberEvidence,
    RateEvidence,
    StratumEvidence,
    UsageEvidence,
)
from evidence.verdict.cases import JudgedStratum, gather_facts, judge_stratum
from evidence.verdict.decide import AFFIRMATIVE, EfficacyFacts, decide_word, rank
from evidence.verdict.mechanism import Tally, decide_mechanism_word
from evidence.verdict.number_rules import decide_number
from evidence.verdict.risk_rules import decide_exposure
from evidence.verdict.safety import decide_rate
from evidence.verdict.utilization import decide_main_reason
from evidence.vocabulary import (
    Bound,
    Certainty,
    ComparatorClass,
    DenominatorUnit,
    EffectMeasure,
    Finding,
    Match,
    RiskOfBias,
    SampleKind,
    VerdictWord,
)
from tests.method.builders import (
    NO_TREATMENT,
    SHAM,
    USUAL_CARE,
    a_stratum,
    counted,
    pooled,
    the_protocol,
)

W = VerdictWord
LEVELS = [
    (rated, shown) for rated in Certainty for shown in Certainty if shown.level <= rated.level
]
STRENGTHS = (1, 2, 3, 4)


def all_facts() -> Iterator[EfficacyFacts]:
    """Every combination of facts, also those that no evidence could bring together."""
    flags = itertools.product((False, True), repeat=5)
    for main, pragmatic, (rated, shown), comparator, flag in itertools.product(
        Finding, Finding, LEVELS, (SHAM, USUAL_CARE), flags
    ):
        yield EfficacyFacts(1, main, rated, shown, comparator, pragmatic, *flag)


@pytest.fixture(scope="module")
def words_of_all_facts() -> dict[tuple[object, ...], tuple[VerdictWord, ...]]:
    """The words at the four strengths for every combination of facts."""
    return {
        astuple(facts)[1:]: tuple(decide_word(replace(facts, strength=s)).word for s in STRENGTHS)
        for facts in all_facts()
    }


def test_every_combination_of_facts_has_exactly_one_verdict(words_of_all_facts):
    assert 4 * len(words_of_all_facts) >= 100_000
    assert all(type(word) is VerdictWord for words in words_of_all_facts.values() for word in words)


def test_stronger_wording_is_never_better_whatever_the_facts(words_of_all_facts):
    for words in set(words_of_all_facts.values()):
        ranks = [rank(word) for word in words]
        assert ranks == sorted(ranks, reverse=True)


def one_level_lower(rated: Certainty, shown: Certainty) -> list[tuple[Certainty, Certainty]]:
    """The next lower pairs; lower ones follow, since the rule chains."""
    pairs = ((rated.level - 1, shown.level), (rated.level, shown.level - 1))
    found = [(Certainty.from_level(r), Certainty.from_level(s)) for r, s in pairs if s <= r and s]
    return [pair for pair in found if pair != (rated, shown)]


def test_lower_certainty_never_leads_into_support_whatever_the_facts(words_of_all_facts):
    steps = {
        (words, words_of_all_facts[main, rated, shown, *rest])
        for (main, high, high_shown, *rest), words in words_of_all_facts.items()
        for rated, shown in one_level_lower(high, high_shown)
    }
    for words, lower in steps:
        for before, after in zip(words, lower, strict=True):
            assert after is not W.SUPPORTED or before is W.SUPPORTED
            assert after is not W.SUPPORTED_WITH_LIMITS or before in AFFIRMATIVE


def test_strength_four_is_never_supported_whatever_the_facts(words_of_all_facts):
    assert all(words[3] not in AFFIRMATIVE for words in words_of_all_facts.values())


def test_no_verdict_contradicts_another_strength_of_the_same_facts(words_of_all_facts):
    for words in set(words_of_all_facts.values()):
        for weak, strong in itertools.combinations(words, 2):
            if weak in AFFIRMATIVE:
                assert strong in {*AFFIRMATIVE, W.OVERSTATED}
            if weak is W.CONTRADICTED:
                assert strong is W.CONTRADICTED


# --- evidence: intervals and counts, certainty and inconsistency, sham and usual care


@dataclass(frozen=True)
class Option:
    """One body of evidence; ``series`` is what stays the same while certainty differs."""

    series: str
    judged: JudgedStratum


INTERVALS = (
    (25.0, 15.0, 35.0),
    (22.0, 4.0, 40.0),
    (12.0, 10.5, 13.5),
    (12.0, 6.0, 18.0),
    (7.0, 5.5, 8.5),
    (7.0, 1.0, 13.0),
    (3.0, 1.0, 5.0),
    (1.0, -2.0, 4.0),
    (1.0, -12.0, 14.0),
    (-1.0, -15.0, 8.0),
    (-6.0, -9.0, -3.0),
)
COUNTS = ((12, 0, 0), (9, 1, 0), (6, 0, 0), (8, 2, 4), (5, 5, 0), (4, 1, 0), (1, 9, 0))


def evidence_options(comparator: ComparatorClass, signatures: int) -> list[Option]:
    """Intervals and counts at many certainties, with and without disagreement."""
    disability = a_stratum(pooled(14, 11, 17).pooled, (), comparator=comparator)
    options = []
    for (effect, low, high), bias, n, (i2, opposite) in itertools.product(
        INTERVALS,
        (RiskOfBias.LOW, RiskOfBias.SOME_CONCERNS, RiskOfBias.NOT_ASSESSED),
        (1200, 300, 150),
        ((20.0, False), (80.0, False), (80.0, True)),
    ):
        prediction = (low / 2, high * 2) if low > 0 else (low * 2, high * 2)
        body = pooled(
            effect,
            low,
            high,
            n=n,
            i2=i2,
            opposite=opposite,
            bias=bias,
            prediction=prediction,
            comparator=comparator,
        )
        judged = judge_stratum(body, the_protocol(), signatures=signatures, disability=disability)
        options.append(Option(f"{effect} {low} {high}", judged))
    for (favours, against, silent), bias, n_each in itertools.product(
        COUNTS, (RiskOfBias.LOW, RiskOfBias.NOT_ASSESSED), (100, 20)
    ):
        body = counted(favours, against, silent, bias=bias, n_each=n_each, comparator=comparator)
        judged = judge_stratum(body, the_protocol(), signatures=signatures)
        options.append(Option(f"{favours} of {favours + against}", judged))
    return options


def word_of(strength: int, sham: JudgedStratum | None, usual: JudgedStratum | None) -> VerdictWord:
    """The word for a sham stratum and a usual-care stratum, either of which may be missing."""
    return decide_word(gather_facts(strength, sham or usual, usual, sham)).word


@pytest.fixture(scope="module", params=[0, 2], ids=["unsigned", "signed"])
def bodies(request) -> tuple[list[Option], list[Option]]:
    """Options against sham and against usual care."""
    return evidence_options(SHAM, request.param), evidence_options(USUAL_CARE, request.param)


def kind_of(judged: JudgedStratum | None) -> EfficacyFacts | None:
    """All of a stratum that a verdict can tell apart."""
    return gather_facts(1, judged, judged, judged) if judged is not None else None


def distinct(options: list[Option]) -> list[JudgedStratum | None]:
    """No stratum, and one of each kind that a verdict can tell apart."""
    return [None, *{kind_of(option.judged): option.judged for option in options}.values()]


def how_many(options: list[Option]) -> Counter[EfficacyFacts | None]:
    """How many bodies are of each kind, no stratum at all being one."""
    return Counter([None, *(kind_of(option.judged) for option in options)])


def test_sham_by_usual_care_evidence_has_one_verdict_and_stronger_words_are_never_better(bodies):
    shams, usuals = bodies
    n_shams, n_usuals = how_many(shams), how_many(usuals)
    seen: Counter[VerdictWord] = Counter()
    for sham, usual in itertools.product(distinct(shams), distinct(usuals)):
        words = [word_of(strength, sham, usual) for strength in STRENGTHS]
        ranks = [rank(word) for word in words]
        assert ranks == sorted(ranks, reverse=True)
        for word in words:
            seen[word] += n_shams[kind_of(sham)] * n_usuals[kind_of(usual)]
    assert sum(seen.values()) >= 100_000
    expected = {
        W.SUPPORTED,
        W.SUPPORTED_WITH_LIMITS,
        W.OVERSTATED,
        W.CONTRADICTED,
        W.CONFLICTING,
        W.INSUFFICIENT,
        W.NO_ELIGIBLE,
    }
    assert set(seen) == expected


def is_lower(one: JudgedStratum, other: JudgedStratum) -> bool:
    """Whether the second has lower certainty, and no domain in which it is the better one."""
    pairs = zip(one.rating.domains, other.rating.domains, strict=True)
    is_worse_everywhere = all(b.downgrade >= a.downgrade for a, b in pairs)
    return is_worse_everywhere and other.rating.rated.level < one.rating.rated.level


def lower_pairs(options: list[Option]) -> list[tuple[JudgedStratum, JudgedStratum]]:
    """Two bodies with the same figures of which the second has lower certainty."""
    pairs = {}
    by_series: dict[str, list[JudgedStratum]] = {}
    for option in options:
        by_series.setdefault(option.series, []).append(option.judged)
    for one, other in itertools.chain(
        *(itertools.permutations(alike, 2) for alike in by_series.values())
    ):
        if is_lower(one, other):
            pairs[kind_of(one), kind_of(other)] = one, other
    return list(pairs.values())


def test_lower_certainty_of_evidence_never_leads_into_support(bodies):
    shams, usuals = bodies
    steps = [
        (gather_facts(s, high, usual, high), gather_facts(s, low, usual, low))
        for high, low in lower_pairs(shams)
        for usual in distinct(usuals)
        for s in STRENGTHS
    ]
    steps += [
        (gather_facts(s, sham or high, high, sham), gather_facts(s, sham or low, low, sham))
        for high, low in lower_pairs(usuals)
        for sham in distinct(shams)
        for s in STRENGTHS
    ]
    for high, low in set(steps):
        before, after = decide_word(high).word, decide_word(low).word
        assert after is not W.SUPPORTED or before is W.SUPPORTED
        assert after is not W.SUPPORTED_WITH_LIMITS or before in AFFIRMATIVE


def narrowed(body: StratumEvidence, factor: float) -> StratumEvidence:
    """The same estimate with a narrower interval, nothing else changed."""
    estimate = body.pooled
    return replace(
        body,
        pooled=replace(
            estimate,
            ci_low=estimate.estimate + (estimate.ci_low - estimate.estimate) * factor,
            ci_high=estimate.estimate + (estimate.ci_high - estimate.estimate) * factor,
        ),
    )


def narrowing(judged: JudgedStratum) -> list[JudgedStratum]:
    """A stratum whose interval lies above 0, and the same with ever narrower intervals."""
    body = judged.evidence
    if body.pooled is None or body.pooled.ci_low <= 0:
        return []
    is_provisional = any(cap.rule_id == "cap-provisional" for cap in judged.rating.caps)
    signatures = 0 if is_provisional else 2
    disability = a_stratum(pooled(14, 11, 17).pooled, (), comparator=body.key.comparator_class)
    return [
        judge_stratum(
            narrowed(body, factor), the_protocol(), signatures=signatures, disability=disability
        )
        for factor in (1.0, 0.8, 0.6, 0.4, 0.2, 0.05, 0.01)
    ]


def test_narrowing_the_interval_of_an_effect_that_passes_its_gate_never_makes_a_verdict_worse(
    bodies,
):
    shams, usuals = bodies
    for options, others, is_sham in ((shams, usuals, True), (usuals, shams, False)):
        chains = {
            tuple(kind_of(step) for step in chain): chain
            for option in options
            if (chain := narrowing(option.judged))
        }
        assert len(chains) > 10
        for chain, other, strength in itertools.product(
            chains.values(), distinct(others), STRENGTHS
        ):
            words = [
                word_of(strength, step, other) if is_sham else word_of(strength, other, step)
                for step in chain
            ]
            ranks = [rank(word) for word in words]
            assert ranks == sorted(ranks), (chain[0].evidence.pooled, strength, words)


def test_only_no_treatment_as_comparator_is_judged_too():
    for strength in STRENGTHS:
        judged = judge_stratum(pooled(12, 10.5, 14, comparator=NO_TREATMENT), the_protocol())
        word = decide_word(gather_facts(strength, judged, judged, None)).word
        assert word is not W.SUPPORTED


def test_indirect_evidence_is_never_plainly_supported():
    for effect, low, high in INTERVALS:
        body = pooled(effect, low, high)
        members = tuple(replace(m, population_match=Match.INDIRECT) for m in body.members)
        judged = judge_stratum(replace(body, members=members), the_protocol(), signatures=2)
        words = {word_of(strength, judged, None) for strength in STRENGTHS}
        assert W.SUPPORTED not in words


# --- numbers


def a_number(i: int, estimate: float, half: float, region: str | None, kind: SampleKind):
    """One figure with a symmetric interval."""
    return NumberEvidence(
        f"r{i}",
        f"s{i}",
        f"sample {i}",
        estimate,
        max(0.0, estimate - half),
        min(100.0, estimate + half),
        kind,
        region,
        n_participants=1000,
    )


def number_bodies() -> list[list[NumberEvidence]]:
    """No figure, one, two or three figures from one or several regions."""
    kinds = SampleKind.POPULATION, SampleKind.SINGLE_SITE
    singles = [
        (estimate, half, region, kind)
        for estimate, half in itertools.product((10.0, 48.0, 55.0, 80.0, 90.0), (1.0, 8.0))
        for region, kind in itertools.product(("Canada", "Ghana"), kinds)
    ]
    found = [[a_number(0, *one)] for one in singles]
    found += [
        [a_number(i, *one) for i, one in enumerate(pair)]
        for pair in itertools.combinations(singles, 2)
    ]
    with_pool = [
        [*body, replace(a_number(9, 60.0, 5.0, None, kinds[0]), is_pooled=True, k=6)]
        for body in found
    ]
    return [[], *found, *with_pool]


def test_every_asserted_number_has_one_verdict_and_a_larger_one_is_never_better():
    combinations = 0
    for body, bound in itertools.product(number_bodies(), Bound):
        words = [
            decide_number(bound, value, body, the_protocol()).word for value in range(0, 101, 5)
        ]
        combinations += len(words)
        if bound in {Bound.UPPER, Bound.LOWER}:
            ranks = [rank(word) for word in words]
            assert ranks == sorted(ranks, reverse=True)
        if not body:
            assert set(words) == {W.NO_ELIGIBLE}
    assert combinations >= 100_000


def test_narrowing_a_figure_that_reaches_its_number_never_makes_a_verdict_worse():
    def passes(bound: Bound, value: float, number: NumberEvidence) -> bool:
        if bound is Bound.MAJORITY:
            return number.ci_low > 50
        if bound is Bound.POINT:
            return number.estimate == value
        return number.estimate >= value

    for body, bound, value in itertools.product(number_bodies(), Bound, (48.0, 60.0, 80.0, 90.0)):
        before = rank(decide_number(bound, value, body, the_protocol()).word)
        for i, number in enumerate(body):
            if not passes(bound, value, number):
                continue
            tight = replace(
                number,
                ci_low=number.estimate - (number.estimate - number.ci_low) / 4,
                ci_high=number.estimate + (number.ci_high - number.estimate) / 4,
            )
            after = decide_number(bound, value, [*body[:i], tight, *body[i + 1 :]], the_protocol())
            assert rank(after.word) >= before, (bound, value, body, number)


def test_every_rate_of_harm_has_one_verdict_and_a_higher_rate_is_never_better():
    def word(low: float, high: float) -> VerdictWord:
        rate = RateEvidence(
            "r", "s", "cohort", "serious", True, True, DenominatorUnit.PATIENTS, low, low, high
        )
        return decide_rate(rate, True, the_protocol()).word

    steps = [0.0, 1e-5, 1e-4, 5e-4, 9e-4, 2e-3, 5e-3, 9e-3, 2e-2, 0.1]
    for width in (1e-6, 1e-4, 1e-3, 1e-2):
        ranks = [rank(word(low, low + width)) for low in steps]
        safer = [r for r in ranks if r != rank(W.INSUFFICIENT)]
        assert safer == sorted(safer, reverse=True)
        assert W.SUPPORTED not in {word(low, low + width) for low in steps}


def test_every_set_of_surveys_has_one_verdict_and_a_worse_rank_is_never_better():
    def survey(i: int, reason_rank: int) -> UsageEvidence:
        return UsageEvidence(
            f"r{i}", f"s{i}", "survey", reason_rank, None, None, SampleKind.POPULATION
        )

    for ranks in itertools.product(range(1, 9), repeat=3):
        word = decide_main_reason([survey(i, r) for i, r in enumerate(ranks)], the_protocol()).word
        worse = [survey(i, r + (i == 0)) for i, r in enumerate(ranks)]
        assert rank(decide_main_reason(worse, the_protocol()).word) <= rank(word)


def associations() -> list[AssociationEvidence]:
    """Intervals above, around and below the null, longitudinal or not."""
    limits = ((1.2, 1.8), (1.05, 1.35), (1.05, 1.2), (0.9, 1.1), (0.6, 1.9), (0.5, 0.8))
    return [
        AssociationEvidence(
            f"r{i}{over_time}",
            f"s{i}{over_time}",
            "study",
            "sitting",
            over_time,
            EffectMeasure.RR,
            (low * high) ** 0.5,
            low,
            high,
            None,
        )
        for i, (low, high) in enumerate(limits)
        for over_time in (True, False)
    ]


def test_a_cause_is_never_better_supported_than_an_association():
    bodies = [list(body) for n in range(5) for body in itertools.combinations(associations(), n)]
    for body in bodies:
        association = decide_exposure(body, the_protocol()).word
        cause = decide_exposure(body, the_protocol(), asserts_cause=True).word
        assert rank(cause) <= rank(association)


def test_narrowing_an_association_that_excludes_the_null_never_makes_a_verdict_worse():
    for body in itertools.combinations(associations(), 3):
        before = rank(decide_exposure(body, the_protocol()).word)
        for i, one in enumerate(body):
            if one.ci_low <= 1:
                continue
            tight = replace(
                one,
                ci_low=one.estimate - (one.estimate - one.ci_low) / 5,
                ci_high=one.estimate + (one.ci_high - one.estimate) / 5,
            )
            after = decide_exposure([*body[:i], tight, *body[i + 1 :]], the_protocol()).word
            assert rank(after) >= before


def test_every_tally_of_experiments_has_one_verdict_and_more_votes_against_are_never_better():
    for human_found, human_not, other_found, other_not, whole in itertools.product(
        range(6), range(6), range(4), range(4), (0, 1)
    ):
        n = human_found + human_not + other_found + other_not
        votes = Tally(human_found, human_not, other_found, other_not, 0, whole, 0, n)
        word = decide_mechanism_word(votes, the_protocol()).word
        against = replace(votes, human_not=human_not + 1, n_known=n + 1)
        if votes.n_human >= 1:
            assert rank(decide_mechanism_word(against, the_protocol()).word) <= rank(word)
        assert (word is W.NO_ELIGIBLE) == (n == 0)
