"""Every closed list of words, once: the only spelling that tables, code and pages use.

A word here is printed as it stands. What a word means is in ``docs/glossary.md`` and
``docs/method.md``; a test holds the two together.
"""

from __future__ import annotations

from enum import StrEnum


class ClaimKind(StrEnum):
    """What kind of question a claim asks (docs/method.md, section 2)."""

    EFFICACY = "efficacy"
    SAFETY = "safety"
    MECHANISM = "mechanism"
    PREVALENCE = "prevalence"
    UTILIZATION = "utilization"
    RISK_FACTOR = "risk-factor"
    DOCTRINE = "doctrine"
    UNTESTABLE = "untestable"


class SentenceStatus(StrEnum):
    """What a sentence of a document is; the three add up to 100 %."""

    CLAIM = "claim"
    NON_CLAIM = "non_claim"
    UNREAD = "unread"


class NonClaimReason(StrEnum):
    """Why a sentence is not a claim."""

    HEADING = "heading"
    LEAD_IN = "lead-in"
    ADVERTISEMENT = "advertisement"
    DEFINITION = "definition"
    ADVICE = "advice"
    HEDGE = "hedge without content"


class AssertedDirection(StrEnum):
    """What a claim says of its outcome."""

    BENEFIT = "benefit"
    SAFE = "safe"
    PRESENT = "present"


class Bound(StrEnum):
    """How a number is asserted: "80 %", "as much as", "at least", "most"."""

    POINT = "point"
    UPPER = "upper"
    LOWER = "lower"
    MAJORITY = "majority"


class ClaimForm(StrEnum):
    """What a claim without a size asks of numbers or associations (docs/method.md, section 10)."""

    NUMBER = "number"
    ALL_AGES = "all ages"
    MAIN_REASON = "one of the main reasons"
    ASSOCIATION = "association"
    DEPENDS_ON_FACTORS = "depends on factors"
    CAN_IMPAIR = "can impair"


class Design(StrEnum):
    """Kind of study, as the record or its text shows it."""

    RANDOMIZED_TRIAL = "randomized trial"
    NONRANDOMIZED_TRIAL = "nonrandomized trial"
    PROTOCOL = "protocol"
    SECONDARY_ANALYSIS = "secondary analysis"
    SYSTEMATIC_REVIEW = "systematic review"
    META_ANALYSIS = "meta-analysis"
    NETWORK_META_ANALYSIS = "network meta-analysis"
    UMBRELLA_REVIEW = "umbrella review"
    NARRATIVE_REVIEW = "narrative review"
    GUIDELINE = "guideline"
    COHORT = "cohort"
    CASE_CONTROL = "case-control"
    CROSS_SECTIONAL = "cross-sectional"
    CASE_SERIES = "case series"
    CASE_REPORT = "case report"
    QUALITATIVE = "qualitative"
    LABORATORY = "laboratory"
    ANIMAL = "animal"
    IN_VITRO = "in vitro"
    EDITORIAL = "editorial"
    RETRACTION_NOTICE = "retraction notice"
    OTHER = "other"


class ComparatorClass(StrEnum):
    """What an intervention is compared with; classes are never pooled together."""

    SHAM = "sham"
    NO_TREATMENT = "no treatment"
    USUAL_CARE = "usual care"
    ADD_ON = "add-on"
    ACTIVE = "active"
    DOSE_OR_STYLE = "dose or style"
    MIXED = "mixed"
    NONE = "none"


class ShamKind(StrEnum):
    """What a sham did."""

    NEEDLE_NON_POINT = "needle non-point"
    NON_PENETRATING = "non-penetrating"
    NO_NEEDLE = "no needle"


class OutcomeDomain(StrEnum):
    """What was measured, whatever the scale."""

    PAIN = "pain"
    DISABILITY = "disability"
    RESPONSE = "response"
    QUALITY_OF_LIFE = "quality of life"
    RECOVERY = "recovery"
    ADVERSE_EVENT = "adverse event"
    SERIOUS_ADVERSE_EVENT = "serious adverse event"
    MECHANISM = "mechanism"
    PREVALENCE = "prevalence"
    UTILIZATION = "utilization"
    RISK_ASSOCIATION = "risk association"
    COST = "cost"
    RECOMMENDATION = "recommendation"
    CERTAINTY_OF_EVIDENCE = "certainty of evidence"
    OTHER = "other"


class TimeWindow(StrEnum):
    """When an outcome was measured, from the last session (Cochrane CD013814, 2020)."""

    IMMEDIATE = "immediate"
    SHORT = "short"
    INTERMEDIATE = "intermediate"
    LONG = "long"
    UNKNOWN = "unknown"


class EffectMeasure(StrEnum):
    """How an effect is expressed; RR, OR, HR and ROM are ratios."""

    MD = "MD"
    SMD = "SMD"
    ROM = "ROM"
    RR = "RR"
    OR = "OR"
    HR = "HR"
    RD = "RD"
    PETO = "PETO"
    PLO = "PLO"
    PFT = "PFT"
    MN = "MN"
    ZCOR = "ZCOR"
    GEN = "GEN"
    MEAN = "MEAN"
    PROP = "PROP"
    RATE = "RATE"
    OTHER = "OTHER"


class ScoreKind(StrEnum):
    """What kind of score a difference of means is made of."""

    ADJUSTED = "adjusted"
    END = "end score"
    CHANGE = "change score"


class HigherIs(StrEnum):
    """Which way a scale runs."""

    BETTER = "better"
    WORSE = "worse"
    NOT_APPLICABLE = "n/a"


class Direction(StrEnum):
    """Side on which a number lies, whatever its p-value."""

    FAVOURS_INTERVENTION = "favours intervention"
    FAVOURS_COMPARATOR = "favours comparator"
    NULL = "null"
    NOT_REPORTED = "not reported"


class ReportedTest(StrEnum):
    """The source's own test, as the curated rows record it."""

    FAVOURS_INTERVENTION = "favours intervention"
    NO_CLEAR_DIFFERENCE = "no clear difference"
    FAVOURS_COMPARATOR = "favours comparator"
    HIGHER_RISK = "higher risk"
    LOWER_RISK = "lower risk"
    NO_ASSOCIATION = "no association"


class DirectionSource(StrEnum):
    """From what a direction was taken."""

    EFFECT = "effect"
    INTERVAL = "midpoint of the interval"
    MEANS = "means"
    PERCENTAGES = "percentages"
    EVENTS = "events"
    WORDS = "in words"
    NONE = "none"


class ReadDirection(StrEnum):
    """Change of an outcome under the intervention, as an abstract says it."""

    INCREASED = "increased"
    DECREASED = "decreased"
    NO_DIFFERENCE = "no difference"
    NOT_REPORTED = "not reported"


class Favours(StrEnum):
    """Whom a reading favours."""

    INTERVENTION = "intervention"
    COMPARATOR = "comparator"
    NEITHER = "neither"
    NOT_REPORTED = "not reported"


class PrimaryEndpoint(StrEnum):
    """Whether a primary end point was met."""

    MET = "met"
    NOT_MET = "not met"
    NOT_STATED = "not stated"


class OperatingPoint(StrEnum):
    """How readily a reader decides."""

    SENSITIVE = "sensitive"
    BALANCED = "balanced"
    PRECISE = "precise"


class JudgedBy(StrEnum):
    """Who made a row of ``risk_of_bias``: a judgement of people, or a signal that was read."""

    PERSON = "person"
    AUTOMATIC = "automatic"


class SignalState(StrEnum):
    """What an abstract says of a risk-of-bias signal."""

    STATED = "stated"
    STATED_ABSENT = "stated absent"
    NOT_ASSESSABLE = "not assessable from the abstract"


class ValueStatus(StrEnum):
    """Why a cell is filled or empty."""

    REPORTED = "reported"
    NOT_REPORTED = "not reported"
    NOT_ASSESSABLE = "not assessable"
    NOT_APPLICABLE = "not applicable"
    NOT_FOUND = "not found"


class ValueOrigin(StrEnum):
    """Who a value is from; curated beats confirmed beats machine-read."""

    CURATED = "curated"
    CONFIRMED = "confirmed"
    MACHINE_READ = "machine-read"


class ExclusionReason(StrEnum):
    """First rule of eligibility that fails (docs/method.md, section 3)."""

    NOT_PEOPLE = "not people"
    DESIGN = "design does not answer this kind of claim"
    POPULATION = "other population"
    INTERVENTION = "other intervention"
    COMPARATOR = "comparator cannot be classed"
    OUTCOME = "other outcome"
    NO_RESULT = "direction not reported"
    RETRACTED = "retracted"
    REPORT_KIND = "protocol, comment, erratum or second report"


class Match(StrEnum):
    """How well one element of a study fits a question."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    NONE = "none"


class MemberRole(StrEnum):
    """What a study result does in a stratum."""

    POOLED = "pooled"
    COUNTED = "counted"
    NOT_REPORTED = "direction not reported"
    INDEX_REVIEW = "index review"
    OTHER_REVIEW = "other review"
    IN_REVIEW = "in the index review"
    SINCE_REVIEW = "since the index review"
    SHOWN = "shown, not counted"


class RiskOfBias(StrEnum):
    """Overall judgement of one result (RoB 2 words; RoB 1 and PEDro are mapped by protocol)."""

    LOW = "low"
    SOME_CONCERNS = "some concerns"
    HIGH = "high"
    NOT_ASSESSED = "not assessed"


class RobinsI(StrEnum):
    """Overall judgement of a nonrandomized result (ROBINS-I)."""

    LOW = "low"
    MODERATE = "moderate"
    SERIOUS = "serious"
    CRITICAL = "critical"
    NO_INFORMATION = "no information"


class SynthesisMethod(StrEnum):
    """How a stratum's estimate came about."""

    REUSED_REVIEW = "reused review"
    POOLED = "pooled"
    SINGLE_STUDY = "single study"
    DIRECTION_COUNT = "direction count"
    NONE = "none"


class IntervalMethod(StrEnum):
    """How an interval of a pooled estimate came about."""

    Z = "z"
    HARTUNG_KNAPP = "hk"
    MODIFIED_HARTUNG_KNAPP = "modified-hk"
    HULL = "hull of the studies' intervals"
    SINGLE_STUDY = "single study"
    AS_PUBLISHED = "as published"


class Certainty(StrEnum):
    """Certainty of a body of evidence (GRADE words)."""

    HIGH = "High"
    MODERATE = "Moderate"
    LOW = "Low"
    VERY_LOW = "Very low"

    @property
    def level(self) -> int:
        """Return 4 for High down to 1 for Very low."""
        return 4 - list(Certainty).index(self)

    @classmethod
    def from_level(cls, level: int) -> Certainty:
        """Return the word for a level, held between 1 and 4."""
        return list(cls)[4 - min(4, max(1, level))]


class CertaintyDomain(StrEnum):
    """Where certainty can be lost."""

    OVERALL = "overall"
    RISK_OF_BIAS = "risk_of_bias"
    INCONSISTENCY = "inconsistency"
    INDIRECTNESS = "indirectness"
    IMPRECISION = "imprecision"
    PUBLICATION_BIAS = "publication_bias"


class SizeBand(StrEnum):
    """Size of an effect by the protocol's bands."""

    TRIVIAL = "trivial"
    SMALL = "small"
    MODERATE = "moderate"
    LARGE = "large"


class Finding(StrEnum):
    """What one stratum says (docs/method.md, section 10)."""

    ABSENT = "absent"
    MIXED = "mixed"
    UNKNOWN = "unknown"
    DIRECTION_ONLY = "direction only"
    HARM = "harm"
    NONE = "none"
    LARGE = "large"
    IMPORTANT = "important"
    SMALL = "small"
    TRIVIAL = "trivial"


class MechanismLevel(StrEnum):
    """How well a mechanism is shown (docs/method.md, section 9)."""

    M4 = "M4"
    M3 = "M3"
    M2 = "M2"
    M1 = "M1"
    M0 = "M0"


class VerdictWord(StrEnum):
    """The answer to a claim."""

    SUPPORTED = "Supported"
    SUPPORTED_WITH_LIMITS = "Supported with limits"
    OVERSTATED = "Overstated"
    UNDERSTATED = "Understated"
    CONTRADICTED = "Contradicted"
    CONFLICTING = "Conflicting"
    INSUFFICIENT = "Insufficient evidence"
    NO_ELIGIBLE = "No eligible evidence found"
    NOT_TESTABLE = "Not testable"


class ReviewState(StrEnum):
    """Whether two people have signed a verdict."""

    PROVISIONAL = "provisional"
    REVIEWED = "reviewed"


class Flag(StrEnum):
    """What stands beside a verdict."""

    OLD_SEARCH = "old search"
    OUTDATED = "outdated"
    DEPENDS_ON_THRESHOLD = "depends on the threshold"
    FEW_STUDIES = "few studies"
    SINGLE_STUDY = "single study"
    APPROXIMATE_WINDOW = "approximate window"
    RETRACTION_TOUCHED = "retraction touched"
    REVIEWS_DISAGREE = "reviews disagree"


class RecordChange(StrEnum):
    """What the last refresh did to a record."""

    NEW = "new"
    CHANGED = "changed"
    RETRACTED = "retracted"
    DROPPED = "dropped"


class ReportRole(StrEnum):
    """What a report is to its study."""

    FIRST = "first report"
    FURTHER = "further report"
    SHARED = "report of several studies"


class PairAnswer(StrEnum):
    """What a person said of two reports that look like one study."""

    OPEN = "not answered"
    ONE = "one study"
    TWO = "two studies"


class RetractionStatus(StrEnum):
    """State of a report after publication; a record may have several."""

    NONE = "none"
    RETRACTED = "retracted"
    PARTIALLY_RETRACTED = "partially_retracted"
    RETRACTED_REPUBLISHED = "retracted_republished"
    EXPRESSION_OF_CONCERN = "expression_of_concern"
    CORRECTED = "corrected"
    NOTICE_ITSELF = "notice_itself"
    NOT_CHECKED = "not checked"


class SampleKind(StrEnum):
    """Where the people of an observational study come from."""

    POPULATION = "population sample"
    MULTI_PRACTICE = "multi-practice survey"
    SINGLE_SITE = "single clinic or customers"
    REVIEW = "review"


class AgeBand(StrEnum):
    """Ages that a prevalence is for."""

    CHILDREN = "under 18"
    ADULTS = "18 to 64"
    OLDER = "65 and over"
    ALL = "all ages"


class DenominatorUnit(StrEnum):
    """What a rate of harm is counted on."""

    PATIENTS = "patients"
    TREATMENTS = "treatments"
    PERSON_YEARS = "person_years"


class Ascertainment(StrEnum):
    """How harms were found."""

    ACTIVE = "active"
    PASSIVE = "passive"
    UNKNOWN = "not reported"


class Species(StrEnum):
    """On whom an experiment was done."""

    HUMAN = "human"
    ANIMAL = "animal"
    TISSUE = "tissue"


class RunStatus(StrEnum):
    """How a search or run ended."""

    COMPLETE = "complete"
    FAILED = "failed"


class DocumentChange(StrEnum):
    """What changed in a snapshot comparison."""

    NEW = "new"
    CHANGED = "changed"
    RETRACTED = "retracted"
    DROPPED = "dropped"


class PainDuration(StrEnum):
    """How long the people of a study had had their pain."""

    ACUTE = "acute"
    SUBACUTE = "subacute"
    CHRONIC = "chronic"
    MIXED = "mixed"


class SpecialPopulation(StrEnum):
    """People who are a population of their own, never part of another claim's."""

    PREGNANCY = "pregnancy"
    POST_SURGERY = "post-surgery"
    CANCER = "cancer"
    INFLAMMATORY = "inflammatory disease"


class PrevalencePeriod(StrEnum):
    """Time to which a prevalence belongs; only equal periods are compared."""

    LIFETIME = "lifetime"
    POINT = "point"
    ONE_MONTH = "1-month"
    TWELVE_MONTHS = "12-month"
    OTHER = "other"
