"""Small builders of evidence, so that each test of the method reads as a sentence.

A stratum is pain on a 0 to 100 scale against sham, measured in the decision window, unless a test
says otherwise; positive numbers favour the intervention.
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from pathlib import Path

from evidence.judgements import (
    CertaintyRating,
    ClaimQuestion,
    Counted,
    Pooled,
    ReusedReview,
    StratumEvidence,
    StratumKey,
    StudyEffect,
)
from evidence.protocol import Protocol, parse_protocol
from evidence.vocabulary import (
    Certainty,
    ClaimKind,
    ComparatorClass,
    Direction,
    DirectionSource,
    IntervalMethod,
    Match,
    OutcomeDomain,
    RiskOfBias,
    SynthesisMethod,
)

SHAM, USUAL_CARE, NO_TREATMENT = (
    ComparatorClass.SHAM,
    ComparatorClass.USUAL_CARE,
    ComparatorClass.NO_TREATMENT,
)
PROTOCOL_FILE = Path(__file__).parents[2] / "data" / "protocol.yaml"


@cache
def the_protocol() -> Protocol:
    """The numbers of the method, from the file that the product uses."""
    return parse_protocol(PROTOCOL_FILE.read_text(encoding="utf-8"))


def a_trial(
    name: str = "trial",
    effect: float | None = 8.0,
    *,
    n: int | None = 200,
    se: float | None = 2.0,
    bias: RiskOfBias = RiskOfBias.LOW,
    direction: Direction | None = None,
    weight: float | None = None,
    population: Match = Match.DIRECT,
    intervention: Match = Match.DIRECT,
    approximate_window: bool = False,
    blinded: bool = True,
    randomized: bool = True,
    events: int | None = None,
    sd: float | None = None,
) -> StudyEffect:
    """One trial; its direction follows from its effect unless given."""
    if direction is None:
        if effect is None:
            direction = Direction.NOT_REPORTED
        elif effect == 0:
            direction = Direction.NULL
        else:
            favours = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR
            direction = favours[effect < 0]
    has_interval = effect is not None and se is not None
    return StudyEffect(
        result_id=f"{name}-01",
        study_id=name,
        label=name,
        effect=effect,
        se=se if effect is not None else None,
        ci_low=effect - 1.96 * se if has_interval else None,
        ci_high=effect + 1.96 * se if has_interval else None,
        direction=direction,
        direction_source=DirectionSource.EFFECT if effect is not None else DirectionSource.WORDS,
        n_participants=n,
        risk_of_bias=bias,
        population_match=population,
        intervention_match=intervention,
        is_window_approximate=approximate_window,
        is_randomized=randomized,
        is_low_risk_possible=blinded,
        weight_percent=weight,
        comparator_sd=sd,
        n_events=events,
    )


def trials(k: int, effect: float = 8.0, **kinds: object) -> tuple[StudyEffect, ...]:
    """Several trials alike, of equal weight."""
    return tuple(a_trial(f"trial{i}", effect, weight=100 / k, **kinds) for i in range(k))


def a_stratum(
    pooled: Pooled | None,
    members: tuple[StudyEffect, ...],
    *,
    comparator: ComparatorClass = SHAM,
    outcome: OutcomeDomain = OutcomeDomain.PAIN,
    unit: str = "points of 100",
    counted: Counted | None = None,
    review: ReusedReview | None = None,
    method: SynthesisMethod | None = None,
    **rest: object,
) -> StratumEvidence:
    """One stratum; its method follows from what it holds."""
    bands = {
        "points of 100": "points_0_100",
        "RMDQ points": "RMDQ",
        "SMD": "SMD",
        "percentage points": "percentage_points",
    }
    sds = {"points of 100": 22.0, "RMDQ points": 4.6, "SMD": 1.0, "percentage points": None}
    if method is None:
        if review is not None:
            method = SynthesisMethod.REUSED_REVIEW
        elif pooled is not None:
            method = SynthesisMethod.SINGLE_STUDY if pooled.k == 1 else SynthesisMethod.POOLED
        elif counted is not None and counted.n_known:
            method = SynthesisMethod.DIRECTION_COUNT
        else:
            method = SynthesisMethod.NONE
    return StratumEvidence(
        key=StratumKey("back-pain", comparator, outcome, "decision"),
        kind=ClaimKind.EFFICACY,
        band=the_protocol().band(bands[unit]),
        unit=unit,
        reference_sd=sds[unit],
        method=method,
        members=members,
        pooled=pooled,
        counted=counted,
        review=review,
        **rest,
    )


def an_estimate(
    effect: float,
    low: float,
    high: float,
    *,
    k: int | None = 6,
    n: int | None = 1200,
    i2: float | None = 20.0,
    prediction: tuple[float, float] | None = None,
    without_high_risk: float | None = None,
    egger_p: float | None = None,
) -> Pooled:
    """A pooled estimate with its interval."""
    return Pooled(
        estimate=effect,
        ci_low=low,
        ci_high=high,
        ci_method=IntervalMethod.MODIFIED_HARTUNG_KNAPP,
        k=k,
        n_participants=n,
        prediction_low=prediction[0] if prediction else None,
        prediction_high=prediction[1] if prediction else None,
        i2=i2 if (k or 0) >= 3 else None,
        without_high_risk_effect=without_high_risk,
        egger_p=egger_p,
        egger_towards_benefit=None if egger_p is None else True,
        is_few_studies=2 <= (k or 0) <= 4,
    )


def pooled(
    effect: float,
    low: float,
    high: float,
    *,
    k: int = 6,
    n: int | None = 1200,
    i2: float | None = 20.0,
    prediction: tuple[float, float] | None = None,
    bias: RiskOfBias = RiskOfBias.LOW,
    opposite: bool = False,
    **rest: object,
) -> StratumEvidence:
    """A pooled stratum of k trials alike; ``opposite`` turns one of them round."""
    members = list(trials(k, effect or 0.1, bias=bias, n=None if n is None else n // k))
    if opposite:
        weight = members[0].weight_percent
        members[0] = a_trial("contrary", -effect, bias=bias, weight=weight)
    estimate = an_estimate(effect, low, high, k=k, n=n, i2=i2, prediction=prediction)
    return a_stratum(estimate, tuple(members), **rest)


def a_count(favours: int, against: int, silent: int = 0, *, null: int = 0) -> Counted:
    """A count of directions, with Wilson's interval (Wilson 1927, doi 10.2307/2276774)."""
    n = favours + against + null

    def wilson(u: int, of: int) -> tuple[float | None, float | None]:
        if of == 0:
            return None, None
        z, p = 1.959964, u / of
        centre, half = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
        return (centre - half) / (1 + z * z / of), (centre + half) / (1 + z * z / of)

    low, high = wilson(favours, n)
    worst = n + silent
    return Counted(
        n_favours_intervention=favours,
        n_favours_comparator=against,
        n_null=null,
        n_not_reported=silent,
        n_in_words=0,
        share=favours / n if n else None,
        wilson_low=low,
        wilson_high=high,
        sign_p=None,
        worst_share=favours / worst if worst else None,
        worst_wilson_low=wilson(favours, worst)[0],
    )


def counted(
    favours: int,
    against: int,
    silent: int = 0,
    *,
    n_each: int | None = 100,
    bias: RiskOfBias = RiskOfBias.LOW,
    **rest: object,
) -> StratumEvidence:
    """A stratum in which directions were counted."""
    up, down = Direction.FAVOURS_INTERVENTION, Direction.FAVOURS_COMPARATOR
    directions = [up] * favours + [down] * against + [Direction.NOT_REPORTED] * silent
    members = tuple(
        a_trial(f"trial{i}", None, n=n_each, bias=bias, direction=direction)
        for i, direction in enumerate(directions)
    )
    return a_stratum(None, members, counted=a_count(favours, against, silent), **rest)


def a_review(
    certainty: Certainty | None = Certainty.MODERATE,
    *,
    k: int | None = 8,
    n: int | None = 1200,
    i2: float | None = 30.0,
    since_against: int = 0,
    disagreeing: Certainty | None = None,
    old: bool = False,
) -> ReusedReview:
    """The index review's row."""
    return ReusedReview(
        review_id="review",
        result_id="review-01",
        label="A review",
        k=k,
        n_participants=n,
        i2=i2,
        certainty=certainty,
        search_year=2020,
        is_search_approximate=False,
        since_k=since_against,
        since_n=0,
        since_against=since_against,
        is_old_search=old,
        is_outdated=False,
        disagrees_with=("another review",) if disagreeing else (),
        lowest_certainty_of_disagreeing=disagreeing,
    )


def reused(
    effect: float,
    low: float,
    high: float,
    review: ReusedReview | None = None,
    **rest: object,
) -> StratumEvidence:
    """A stratum that reuses the index review's row."""
    row = review or a_review()
    estimate = an_estimate(effect, low, high, k=row.k, n=row.n_participants, i2=row.i2)
    member = a_trial("review", effect, se=None, n=row.n_participants, weight=100.0)
    return a_stratum(estimate, (member,), review=row, **rest)


def a_claim(strength: int = 2, **rest: object) -> ClaimQuestion:
    """An efficacy claim on back pain, against sham, no treatment and usual care."""
    fields: dict[str, object] = {
        "claim_id": "helps-back-pain",
        "kind": ClaimKind.EFFICACY,
        "population": "adults with back pain",
        "intervention": "acupuncture",
        "outcomes": ("pain intensity", "disability"),
        "outcome_domains": (OutcomeDomain.PAIN, OutcomeDomain.DISABILITY),
        "comparators": (SHAM, NO_TREATMENT, USUAL_CARE),
        "strength": strength,
    }
    return ClaimQuestion(**(fields | rest))


def downgrade(rating: CertaintyRating, domain: str) -> int:
    """How many levels one domain took off."""
    return sum(judged.downgrade for judged in rating.domains if judged.domain == domain)


def rule(rating: CertaintyRating, domain: str) -> str:
    """The id of the rule that one domain was judged by."""
    return next(judged.rule_id for judged in rating.domains if judged.domain == domain)
