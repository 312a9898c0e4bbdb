"""One sentence of every kind that the program writes, for the tests of wording."""

from __future__ import annotations

import itertools
from dataclasses import replace

from evidence.judgements import (
    AssociationEvidence,
    ExperimentEvidence,
    NumberEvidence,
    RateEvidence,
    Sentence,
    UsageEvidence,
    Verdict,
)
from evidence.verdict.efficacy import decide_efficacy
from evidence.verdict.mechanism import decide_doctrine, decide_mechanism
from evidence.verdict.numbers import decide_prevalence
from evidence.verdict.risk_factors import decide_risk_factor
from evidence.verdict.safety import decide_safety
from evidence.verdict.untestable import decide_untestable
from evidence.verdict.utilization import decide_utilization
from evidence.vocabulary import (
    AgeBand,
    Ascertainment,
    Bound,
    Certainty,
    ClaimForm,
    ClaimKind,
    DenominatorUnit,
    EffectMeasure,
    OutcomeDomain,
    ReportedTest,
    SampleKind,
    Species,
)
from tests.method.builders import (
    NO_TREATMENT,
    USUAL_CARE,
    a_claim,
    a_review,
    counted,
    pooled,
    reused,
    the_protocol,
)

P = the_protocol()


def every_sentence() -> list[Sentence]:
    """Distinct sentences over all kinds of claim."""
    verdicts = [
        *efficacy_verdicts(),
        *number_verdicts(),
        *safety_verdicts(),
        *utilization_verdicts(),
        *risk_verdicts(),
        *mechanism_verdicts(),
    ]
    return list({v.sentence.text: v.sentence for v in verdicts}.values())


def efficacy_verdicts() -> list[Verdict]:
    """Sham by usual care over intervals, counts and reviews."""
    intervals = ((24, 16, 32), (12, 10.5, 14), (7, 5.5, 8.5), (2, 1, 3), (1, -3, 5), (4, -2, 12))
    bodies = [pooled(*interval) for interval in (*intervals, (-6, -9, -3))]
    bodies += [counted(9, 1), counted(5, 5), counted(2, 1), counted(6, 0)]
    bodies += [reused(12, 10.5, 14, a_review(c, k=1)) for c in Certainty]
    bodies += [reused(-1, -14, 12, a_review(None, k=None, n=None, i2=None))]
    bodies += [pooled(12, 10.5, 14, i2=80, opposite=True), pooled(0.6, 0.5, 0.7, unit="SMD")]
    bodies += [pooled(2.5, 2.1, 2.9, unit="RMDQ points", outcome=OutcomeDomain.DISABILITY)]
    beside = [None, pooled(14, 11, 17, comparator=USUAL_CARE), counted(9, 1, comparator=USUAL_CARE)]
    beside += [pooled(1, -3, 5, comparator=NO_TREATMENT)]
    found = [
        decide_efficacy(a_claim(strength), [s for s in (body, usual) if s], P, signatures=signed)
        for body, usual, strength, signed in itertools.product(bodies, beside, (1, 3), (0, 2))
    ]
    return [*found, decide_efficacy(a_claim(2, intervention="SF-36 guided care"), [], P)]


def number_verdicts() -> list[Verdict]:
    """Prevalence by bound, with none, one and several figures."""

    def figure(name: str, estimate: float, **rest: object) -> NumberEvidence:
        fields = {"sample_kind": SampleKind.POPULATION, "region": "Canada"} | rest
        limits = estimate - 3, estimate + 3
        return NumberEvidence(name, name, name, estimate, *limits, period="lifetime", **fields)

    one, two = figure("a", 84.1), figure("b", 79.4, region="204 countries and territories")
    pool = figure("c", 39.9, is_pooled=True, k=12, region=None)
    figures = ([], [one], [one, two], [one, two, pool], [pool], [replace(one, ci_low=None)])
    claims = [
        a_claim(kind=ClaimKind.PREVALENCE, bound=bound, value_percent=80.0, period="lifetime")
        for bound in Bound
    ]
    found = [decide_prevalence(c, f, P) for c in claims for f in figures]
    ages = [figure("d", 40.5, age_band=AgeBand.CHILDREN), figure("e", 3.0, age_band=AgeBand.OLDER)]
    all_ages = a_claim(kind=ClaimKind.PREVALENCE, form=ClaimForm.ALL_AGES)
    return [*found, *(decide_prevalence(all_ages, f, P) for f in (ages, ages[:1], ages[1:], []))]


def safety_verdicts() -> list[Verdict]:
    """Rates per patient and per treatment, no event, and no rate."""

    def rate(name: str, value: float, low: float, high: float, **rest: object) -> RateEvidence:
        fields = {"is_serious": True, "is_related": True, "unit": DenominatorUnit.PATIENTS} | rest
        fields = {"is_index_review": True, "ascertainment": Ascertainment.PASSIVE} | fields
        return RateEvidence(
            name, name, name, "event", rate=value, ci_low=low, ci_high=high, **fields
        )

    rare = rate("a", 1.01e-5, 2e-6, 5e-5, n_patients=300_000)
    none = replace(
        rare, rate=0.0, ci_low=None, ci_high=None, numerator=0, denominator=40_000, result_id="n"
    )
    minor = rate("b", 0.093, 0.07, 0.12, is_serious=False, denominator=9000)
    treatments = rate("c", 8e-6, 1e-6, 9e-6, unit=DenominatorUnit.TREATMENTS)
    often = rate("d", 0.03, 0.02, 0.04)
    bodies = ([], [rare], [none, minor], [rare, minor, treatments], [often], [minor])
    claim = a_claim(kind=ClaimKind.SAFETY, strength=None)
    return [decide_safety(claim, body, P) for body in bodies]


def utilization_verdicts() -> list[Verdict]:
    """Ranks and shares, and a claim that no study could test."""
    claim = a_claim(kind=ClaimKind.UTILIZATION, form=ClaimForm.MAIN_REASON)
    surveys = [
        UsageEvidence("a", "a", "a", 1, 34.2, None, SampleKind.POPULATION, region="Norway"),
        UsageEvidence("b", "b", "b", None, 11.0, None, SampleKind.MULTI_PRACTICE),
        UsageEvidence("c", "c", "c", 7, None, None, SampleKind.POPULATION),
        UsageEvidence("d", "d", "d", 5, None, None, SampleKind.SINGLE_SITE),
    ]
    bodies = ([], surveys[:1], surveys[:2], surveys[:3], surveys[2:3], surveys[3:], surveys)
    untestable = a_claim(kind=ClaimKind.UNTESTABLE, why_untestable="Praise, named in 2 places.")
    return [decide_utilization(claim, b, [], P) for b in bodies] + [decide_untestable(untestable)]


def risk_verdicts() -> list[Verdict]:
    """Exposures, predictors and impairments."""

    def association(name: str, low: float, high: float, **rest: object) -> AssociationEvidence:
        fields = {"is_longitudinal": True, "exposure": "sitting over 8 hours"} | rest
        fields |= {"estimate": (low * high) ** 0.5, "ci_low": low, "ci_high": high}
        return AssociationEvidence(name, name, name, measure=EffectMeasure.OR, found=None, **fields)

    yes, no = association("a", 1.1, 1.6), association("b", 0.8, 1.6)
    survey = association("c", 1.1, 1.6, is_longitudinal=False)
    words = replace(yes, estimate=None, ci_low=None, ci_high=None, measure=None, result_id="w")
    words = replace(words, found=ReportedTest.HIGHER_RISK)
    bodies = ([], [yes], [no], [yes, no], [survey], [no, survey], [words])
    claims = [
        a_claim(
            kind=ClaimKind.RISK_FACTOR,
            form=form,
            exposures=("sitting over 8 hours", "inactivity"),
            outcomes=("back pain",),
        )
        for form in (ClaimForm.ASSOCIATION, ClaimForm.DEPENDS_ON_FACTORS, ClaimForm.CAN_IMPAIR)
    ]
    return [decide_risk_factor(claim, body, P) for claim in claims for body in bodies]


def mechanism_verdicts() -> list[Verdict]:
    """Experiments on people and animals, and a doctrine."""

    def experiment(name: str, found: bool, **rest: object) -> ExperimentEvidence:
        fields = {"species": Species.HUMAN, "is_controlled": True} | rest
        return ExperimentEvidence(name, name, name, found=found, **fields)

    human = [experiment(f"h{i}", i < 2) for i in range(3)]
    animal = [experiment("rat", True, species=Species.ANIMAL)]
    blocking = experiment("naloxone", True, tests_blocking=True)
    bodies = ([], human, human[:1], human[2:], animal, [*human, blocking])
    claim = a_claim(kind=ClaimKind.MECHANISM, outcomes=("opioid peptides",))
    own = [experiment(f"p{i}", False, is_own_prediction=True) for i in range(3)]
    found = [decide_mechanism(claim, body, P) for body in bodies]
    return found + [decide_doctrine(claim, body, P) for body in ([], human, own)]
