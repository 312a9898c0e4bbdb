"""What stages hand on about one study, stratum or claim: frozen objects that carry their reasons.

Bulk travels as tables (``evidence.tables``); what is *decided* travels as these. An effect here
is always turned so that **positive is favourable**, on the unit that its stratum names.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.protocol import Band
from evidence.vocabulary import (
    AgeBand,
    Ascertainment,
    Bound,
    Certainty,
    CertaintyDomain,
    ClaimForm,
    ClaimKind,
    ComparatorClass,
    DenominatorUnit,
    Direction,
    DirectionSource,
    EffectMeasure,
    Finding,
    Flag,
    IntervalMethod,
    Match,
    OutcomeDomain,
    ReportedTest,
    RiskOfBias,
    SampleKind,
    SizeBand,
    Species,
    SynthesisMethod,
    VerdictWord,
)

__all__ = [
    "AssertedFound",
    "AssociationEvidence",
    "Cell",
    "CertaintyRating",
    "ClaimQuestion",
    "Counted",
    "DomainRating",
    "ExperimentEvidence",
    "NumberEvidence",
    "Pooled",
    "RateEvidence",
    "ReusedReview",
    "Sentence",
    "StratumEvidence",
    "StratumFinding",
    "StratumKey",
    "StudyEffect",
    "UsageEvidence",
    "Verdict",
    "size_band",
]


def size_band(effect: float, band: Band) -> SizeBand:
    """Return the band of an effect's size, whichever its sign (docs/method.md, section 4)."""
    size = abs(effect)
    if size < band.small:
        return SizeBand.TRIVIAL
    if size < band.moderate:
        return SizeBand.SMALL
    return SizeBand.MODERATE if size < band.large else SizeBand.LARGE


@dataclass(frozen=True, slots=True)
class ClaimQuestion:
    """What one claim asserts and asks, as far as a verdict needs it."""

    claim_id: str
    kind: ClaimKind
    population: str
    """In words, as the sentence prints it: ``chronic nonspecific low back pain`` or ``adults``."""
    intervention: str
    outcomes: tuple[str, ...] = ()
    """In the claim's own words and order."""
    outcome_domains: tuple[OutcomeDomain, ...] = ()
    """The domains behind ``outcomes``, in the claim's order; the first with evidence decides."""
    comparators: tuple[ComparatorClass, ...] = ()
    strength: int | None = None
    """1 to 4, efficacy only."""
    words: str | None = None
    form: ClaimForm | None = None
    bound: Bound | None = None
    value_percent: float | None = None
    period: str | None = None
    """Denominator of a prevalence: ``lifetime``, ``point``, ``12-month`` …"""
    age_band: AgeBand | None = None
    exposures: tuple[str, ...] = ()
    is_duration_claim: bool = False
    asserts_cause: bool = False
    why_untestable: str | None = None


@dataclass(frozen=True, slots=True)
class StratumKey:
    """What is synthesised together: one question, comparator class, outcome domain and window."""

    question_id: str
    comparator_class: ComparatorClass
    outcome_domain: OutcomeDomain
    time_window: str
    """``decision``, or one of :class:`evidence.vocabulary.TimeWindow`."""

    @property
    def stratum_id(self) -> str:
        """Return the stable id: the four parts, joined by dots."""
        parts = (self.comparator_class, self.outcome_domain, self.time_window)
        return ".".join([self.question_id, *(str(part).replace(" ", "-") for part in parts)])


@dataclass(frozen=True, slots=True)
class StudyEffect:
    """One study in one stratum; ``effect`` is None where only a direction is known."""

    result_id: str
    study_id: str
    label: str
    effect: float | None
    se: float | None
    ci_low: float | None
    ci_high: float | None
    direction: Direction
    direction_source: DirectionSource
    n_participants: int | None
    risk_of_bias: RiskOfBias
    population_match: Match = Match.DIRECT
    intervention_match: Match = Match.DIRECT
    is_window_approximate: bool = False
    is_other_window: bool = False
    is_randomized: bool = True
    is_low_risk_possible: bool = True
    """False for a patient-reported outcome against an unblinded comparator."""
    weight_percent: float | None = None
    comparator_sd: float | None = None
    """End-score SD of the comparator arm on the stratum's unit."""
    n_events: int | None = None


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled, reused or single estimate of one stratum, on its unit, positive favourable."""

    estimate: float
    ci_low: float
    ci_high: float
    ci_method: IntervalMethod
    k: int | None
    n_participants: int | None
    wald_low: float | None = None
    wald_high: float | None = None
    prediction_low: float | None = None
    prediction_high: float | None = None
    tau: float | None = None
    i2: float | None = None
    """Per cent, tau²-based."""
    i2_low: float | None = None
    i2_high: float | None = None
    q: float | None = None
    loo_min: float | None = None
    loo_max: float | None = None
    low_risk_effect: float | None = None
    without_high_risk_effect: float | None = None
    egger_p: float | None = None
    egger_towards_benefit: bool | None = None
    is_few_studies: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """Directions of one stratum, counted one vote a study (SWiM)."""

    n_favours_intervention: int
    n_favours_comparator: int
    n_null: int
    n_not_reported: int
    n_in_words: int
    share: float | None
    wilson_low: float | None
    wilson_high: float | None
    sign_p: float | None
    worst_share: float | None
    worst_wilson_low: float | None

    @property
    def n_known(self) -> int:
        """Return how many studies have a known direction."""
        return self.n_favours_intervention + self.n_favours_comparator + self.n_null


@dataclass(frozen=True, slots=True)
class ReusedReview:
    """The index review's row that stands in for its trials."""

    review_id: str
    result_id: str
    label: str
    k: int | None
    n_participants: int | None
    i2: float | None
    certainty: Certainty | None
    search_year: int | None
    is_search_approximate: bool
    since_k: int
    since_n: int
    since_against: int
    is_old_search: bool
    is_outdated: bool
    disagrees_with: tuple[str, ...] = ()
    lowest_certainty_of_disagreeing: Certainty | None = None
    disagreement: str | None = None
    """What the reviews say differently, in a sentence; None where they agree."""


@dataclass(frozen=True, slots=True)
class StratumEvidence:
    """Everything that certainty and finding of one stratum rest on."""

    key: StratumKey
    kind: ClaimKind
    band: Band
    unit: str
    """As printed: ``points of 100``, ``RMDQ points``, ``percentage points``, ``SMD``."""
    reference_sd: float | None
    method: SynthesisMethod
    members: tuple[StudyEffect, ...]
    """The studies that the estimate or the count rests on, and those not reported."""
    pooled: Pooled | None
    counted: Counted | None
    review: ReusedReview | None = None
    silent_participants: int = 0
    """Participants of eligible trials with neither number nor direction, in any window."""
    all_participants: int = 0
    registered_trials: int | None = None
    registered_finished_long: int | None = None
    registered_silent: int | None = None
    is_other_window_only: bool = False
    is_duration_claim: bool = False
    has_long_window: bool = False
    actual_window: str | None = None
    """The window that the results are really from, where it is not the one asked for."""


@dataclass(frozen=True, slots=True)
class NumberEvidence:
    """One prevalence or share, in per cent: a sample's, a pool's or a review's."""

    result_id: str
    study_id: str
    label: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    sample_kind: SampleKind
    region: str | None
    """Country or region of the sample."""
    period: str | None = None
    age_band: AgeBand | None = None
    n_participants: int | None = None
    k: int | None = 1
    prediction_low: float | None = None
    prediction_high: float | None = None
    range_low: float | None = None
    range_high: float | None = None
    is_range_only: bool = False
    """A range without an estimate: shown, never counted."""
    is_pooled: bool = False
    is_index_review: bool = False
    risk_of_bias: RiskOfBias = RiskOfBias.NOT_ASSESSED
    cell_table: str = "study_results"
    cell_columns: tuple[str, str, str] = ("estimate", "ci_low", "ci_high")
    """Where estimate and limits stand, for the sentence's cells; the row is ``result_id``."""


@dataclass(frozen=True, slots=True)
class RateEvidence:
    """One rate of harm, as a proportion of its unit (0.0001 is 1 in 10,000)."""

    result_id: str
    study_id: str
    label: str
    event: str
    is_serious: bool
    is_related: bool | None
    """Judged related, or the difference to the comparator; None where not said."""
    unit: DenominatorUnit
    rate: float | None
    ci_low: float | None
    ci_high: float | None
    """For no event in n: 3/n."""
    numerator: int | None = None
    denominator: int | None = None
    n_patients: int | None = None
    ascertainment: Ascertainment = Ascertainment.UNKNOWN
    is_prospective_cohort: bool = False
    is_pooled_cohorts: bool = False
    is_index_review: bool = False
    is_case_report: bool = False
    k: int | None = 1
    risk_of_bias: RiskOfBias = RiskOfBias.NOT_ASSESSED
    cell_table: str = "adverse_events"
    cell_columns: tuple[str, str, str] = ("rate", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True)
class UsageEvidence:
    """One survey's rank or share of a reason for use."""

    result_id: str
    study_id: str
    label: str
    rank: int | None
    share_percent: float | None
    ci_low: float | None
    sample_kind: SampleKind
    n_participants: int | None = None
    region: str | None = None
    risk_of_bias: RiskOfBias = RiskOfBias.NOT_ASSESSED
    share_cell: tuple[str, str] = ("study_results", "estimate")
    """Table and column of ``share_percent``; the row is ``result_id``."""


@dataclass(frozen=True, slots=True)
class AssociationEvidence:
    """One association of an exposure with the outcome; for ratios 1 is the null."""

    result_id: str
    study_id: str
    label: str
    exposure: str
    is_longitudinal: bool
    measure: EffectMeasure | None
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    found: ReportedTest | None
    """The source's own test; used where no interval is printed."""
    is_exposed_against_unexposed: bool = True
    is_pooled: bool = False
    """A review's or a pool's estimate: it answers for its exposure instead of single studies."""
    k: int | None = 1
    n_participants: int | None = None
    population_match: Match = Match.DIRECT
    sample_kind: SampleKind = SampleKind.POPULATION
    risk_of_bias: RiskOfBias = RiskOfBias.NOT_ASSESSED
    cell_table: str = "study_results"
    cell_columns: tuple[str, str, str] = ("estimate", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True)
class ExperimentEvidence:
    """One experiment on a mechanism or a doctrine: one vote, its first outcome."""

    result_id: str
    study_id: str
    label: str
    species: Species
    is_controlled: bool
    found: bool | None
    """Whether the source's test found what the claim says; None where unclear."""
    tests_blocking: bool = False
    """Blocks the mechanism: ``found`` then says whether that altered the outcome."""
    is_whole_statement: bool = False
    is_own_prediction: bool = False
    """Doctrine only: tests a prediction of the doctrine itself, not a correlate."""
    n_participants: int | None = None


@dataclass(frozen=True, slots=True)
class DomainRating:
    """One domain of certainty: what went in, which rule, what came off, and why."""

    domain: CertaintyDomain
    downgrade: int
    rule_id: str
    inputs: tuple[tuple[str, float | int | str | None], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class CertaintyRating:
    """Certainty of one stratum: as rated by the rules, and as it may be shown."""

    start: Certainty
    domains: tuple[DomainRating, ...]
    caps: tuple[DomainRating, ...]
    rated: Certainty
    shown: Certainty
    cap_reason: str | None


@dataclass(frozen=True, slots=True)
class StratumFinding:
    """What one stratum says, and the rule by which it says it."""

    key: StratumKey
    finding: Finding
    certainty: CertaintyRating | None
    reason: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a printed number stands: table, row, column, and the value as printed."""

    placeholder: str
    table: str
    row_id: str
    column: str
    value: float | int
    printed: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence for people; every digit in it is one of its cells'."""

    text: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class AssertedFound:
    """One element of what is asserted beside what was found."""

    element: str
    asserted: str
    found: str
    match: str
    """``matches``, ``falls short``, ``not tested`` or ``not applicable``."""
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one claim with all that it rests on."""

    claim_id: str
    word: VerdictWord
    sentence: Sentence
    certainty_rated: Certainty | None
    certainty_shown: Certainty | None
    main: StratumFinding | None
    pragmatic: StratumFinding | None
    failed_element: str | None
    rules_fired: tuple[str, ...]
    """Table row and after-rules in the order in which they applied, a sentence each."""
    flags: tuple[Flag, ...]
    asserted_found: tuple[AssertedFound, ...]
    what_would_change: tuple[str, ...]
    is_threshold_sensitive: bool
    stratum_ids: tuple[str, ...]
    result_ids: tuple[str, ...] = ()
    """Rows that a verdict without strata rests on (numbers, rates, associations, experiments)."""
    certainty: CertaintyRating | None = None
    """The whole rating behind ``certainty_rated`` and ``certainty_shown``."""
