"""The columns of the curated facts in ``data/starter/``, declared once like every other table.

Facts (``studies``, ``results``, ``review_inclusions``, ``risk_of_bias``) keep the source's words
and figures; ``result_coding`` holds what a person coded on top of them, so that rows are chosen
by PICO and window; ``corrections`` says what was changed in the facts as delivered, and why.
"""

from __future__ import annotations

from enum import StrEnum

from evidence import vocabulary as v
from evidence.columns import (
    Column,
    flag_column,
    id_column,
    list_column,
    number_column,
    text_column,
    whole_column,
    word_column,
)

__all__ = ["INPUT_COLUMNS", "INPUT_KEYS"]


class WeeksFrom(StrEnum):
    """From when a source counts weeks."""

    START = "start"
    END = "end"
    UNKNOWN = "unknown"


class Trilean(StrEnum):
    """What a source says of a yes-or-no question."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class DesignNote(StrEnum):
    """What of a design matters for the figures."""

    CROSSOVER = "crossover"
    CLUSTER = "cluster"
    FIRST_PERIOD = "first period"


class Basis(StrEnum):
    """Where the direction column of the facts is from."""

    REPORTED = "reported"
    COMPUTED = "computed"


STUDIES: tuple[Column, ...] = (
    id_column("study_id", "Stable id of the study."),
    text_column("pmid", "PubMed id."),
    text_column("doi", "DOI."),
    text_column("pmcid", "PubMed Central id."),
    text_column("title", "Title."),
    text_column("first_author", "First author."),
    whole_column("year", "Year of publication.", low=1900, high=2100),
    text_column("journal", "Journal."),
    word_column("design", v.Design, "Kind of study.", is_required=True),
    text_column("country", "Country."),
    text_column("registry_id", "Registry number."),
    text_column("population", "Whom it studied, in words.", is_required=True),
    whole_column("n_randomized", "People randomized; for reviews, participants.", unit="people"),
    whole_column("n_analyzed", "People analysed.", unit="people"),
    whole_column("n_included_studies", "Studies that a review includes."),
    text_column("intervention", "Intervention in words."),
    text_column("comparators", "Comparators in words."),
    text_column("url", "Link."),
    list_column("population_codes", "Coded conditions."),
    word_column("pain_duration_class", v.PainDuration, "How long the condition lasts."),
    word_column("special_population", v.SpecialPopulation, "Population of its own."),
    whole_column("sessions", "Sessions planned, of a range the most."),
    number_column("course_weeks", "Length of the course.", unit="weeks", low=0),
    text_column("intervention_style", "Style of the intervention."),
    word_column("species", v.Species, "On whom."),
    word_column("sample_kind", v.SampleKind, "Where the people come from."),
    text_column("region", "Country or region of the sample."),
    text_column("search_date", "Last search of a review, as precise as seen."),
    list_column("databases", "Databases that a review searched."),
    text_column("second_report_of", "Study of which it is a second report."),
    text_column("coding_note", "Why it is coded so."),
)

RESULTS: tuple[Column, ...] = (
    id_column("result_id", "Stable id of the result."),
    id_column("study_id", "Study of which."),
    list_column("topics", "Topics that propose it."),
    text_column("intervention", "Intervention or exposure in words."),
    word_column("comparator_class", v.ComparatorClass, "Comparator class.", is_required=True),
    text_column("comparator", "Comparator in words."),
    word_column("outcome_domain", v.OutcomeDomain, "What was measured.", is_required=True),
    text_column("outcome", "Outcome in words."),
    text_column("scale", "Scale."),
    number_column("scale_min", "Lowest value of the scale."),
    number_column("scale_max", "Highest value of the scale."),
    word_column("higher_is", v.HigherIs, "Which way the scale runs.", is_required=True),
    number_column("weeks", "Time as the source counts.", unit="weeks", low=0),
    word_column("measure", v.EffectMeasure, "How the effect is expressed.", is_required=True),
    number_column("effect", "Effect as printed, intervention against comparator."),
    number_column("ci_low", "Lower limit."),
    number_column("ci_high", "Upper limit."),
    text_column("p_value", "p-value as printed."),
    whole_column("n_intervention", "People.", unit="people"),
    number_column("mean_intervention", "Mean."),
    number_column("sd_intervention", "SD.", low=0),
    number_column("events_intervention", "Events.", low=0),
    number_column("percent_intervention", "Per cent.", low=0, high=100),
    whole_column("n_comparator", "People.", unit="people"),
    number_column("mean_comparator", "Mean."),
    number_column("sd_comparator", "SD.", low=0),
    number_column("events_comparator", "Events.", low=0),
    number_column("percent_comparator", "Per cent.", low=0, high=100),
    word_column("direction", v.ReportedTest, "The source's own test."),
    text_column("source_url", "Link to the place."),
    text_column("source_note", "Where the figures stand.", is_required=True),
    flag_column("intervention_is_sham", "Whether the intervention arm is a sham."),
    word_column("direction_basis", Basis, "Where direction is from."),
)

RESULT_CODING: tuple[Column, ...] = (
    id_column("result_id", "Result that is coded."),
    text_column("intervention_code", "Coded intervention or exposure."),
    whole_column("intervention_sessions", "Sessions planned in the arm, of a range the most."),
    number_column("course_weeks", "Length of the course.", unit="weeks", low=0),
    word_column("weeks_from", WeeksFrom, "From when weeks are counted."),
    number_column("weeks_after_end", "Weeks after the last session.", unit="weeks", low=0),
    word_column("window", v.TimeWindow, "Window after the last session."),
    flag_column("is_window_approximate", "Whether the course length is unknown."),
    word_column("sham_kind", v.ShamKind, "What the sham did."),
    list_column("population_codes", "Coded conditions of the row."),
    word_column("pain_duration_class", v.PainDuration, "How long the condition lasts."),
    word_column("is_special_population", v.SpecialPopulation, "Population of its own."),
    text_column("outcome_code", "Coded outcome."),
    word_column("score_kind", v.ScoreKind, "Adjusted, end or change score."),
    flag_column("is_primary", "The trial's primary outcome and time."),
    word_column("design_note", DesignNote, "What of the design matters."),
    text_column("n_basis", "People of both arms where the row has none, as 140+70."),
    whole_column("row_k", "Trials behind a review's row."),
    whole_column("row_n", "Participants behind a review's row.", unit="people"),
    number_column("row_i2", "I² of a review's row.", unit="per cent", low=0, high=100),
    word_column("row_certainty", v.Certainty, "Published certainty of the row."),
    list_column("row_trial_ids", "Trials behind the row that have rows of their own."),
    text_column("duplicate_of", "Result that it repeats."),
    text_column("period", "Period of a prevalence."),
    word_column("age_band", v.AgeBand, "Ages of a prevalence."),
    word_column("sample_kind", v.SampleKind, "Where the people come from."),
    text_column("region", "Country or region of the sample."),
    whole_column("rank", "Rank among reasons."),
    flag_column("is_longitudinal", "Whether exposure comes before the outcome."),
    word_column("species", v.Species, "On whom."),
    flag_column("is_controlled", "Whether there is a control condition."),
    flag_column("is_first_outcome", "The study's first outcome for that question."),
    word_column("found", Trilean, "Whether the asserted thing was found, by the source's test."),
    flag_column("blocks", "Whether the row tests blocking the mechanism."),
    word_column("is_related", Trilean, "Whether serious events are judged related."),
    word_column("denominator_unit", v.DenominatorUnit, "Of what a rate is."),
    number_column("rate_per", "The rate is per so many.", low=1),
    word_column("ascertainment", v.Ascertainment, "How harms were found."),
    number_column("numerator", "Events or people with the outcome.", low=0),
    number_column("denominator", "Of how many.", low=0),
    flag_column("is_inverted", "Whether the ratio is of the unexposed against the exposed."),
    flag_column("is_per_unit", "Whether the ratio is per unit of exposure, not exposed or not."),
    flag_column("is_range_only", "Whether only a range is given, without an estimate."),
    number_column("range_low", "Lower end of the range."),
    number_column("range_high", "Upper end of the range."),
    text_column("coding_note", "Why it is coded so."),
)

REVIEW_INCLUSIONS: tuple[Column, ...] = (
    id_column("review_id", "Review."),
    text_column("study_id", "Trial, where it has a row."),
    text_column("title", "Trial as listed, where it has none."),
    text_column("pmid", "PubMed id."),
    text_column("doi", "DOI."),
    text_column("source_url", "Link to the list."),
)

RISK_OF_BIAS: tuple[Column, ...] = (
    id_column("study_id", "Study."),
    id_column("tool", "Tool."),
    id_column("assessed_by", "Who judged."),
    id_column("domain", "Domain in the tool's words."),
    text_column("judgement", "Judgement in the tool's words.", is_required=True),
    text_column("source_url", "Link."),
    text_column("source_note", "Where it stands."),
)

GUIDELINES: tuple[Column, ...] = (
    id_column("guideline_id", "Stable id."),
    text_column("study_id", "Row of studies."),
    text_column("body", "Who issued it."),
    text_column("title", "Title."),
    whole_column("year", "Year.", low=1900, high=2100),
    text_column("url", "Link."),
    text_column("statement", "What it says, in our words."),
    text_column("source_seen", "guideline, abstract or second hand."),
    text_column("direction", "for, against, neither or not covered."),
    text_column("strength", "strong, weak or not stated."),
    text_column("certainty_stated", "Certainty that it states."),
    text_column("status", "current, superseded or not known."),
    text_column("supersedes", "Guideline that it replaces."),
    list_column("population_codes", "Coded conditions."),
    word_column("pain_duration_class", v.PainDuration, "How long the condition lasts."),
    text_column("intervention_code", "Coded intervention."),
)

ADVERSE_EVENTS: tuple[Column, ...] = (
    id_column("result_id", "Result."),
    id_column("study_id", "Study."),
    text_column("event", "What happened.", is_required=True),
    text_column("seriousness", "serious, not serious or any."),
    word_column("is_related", Trilean, "Judged related."),
    number_column("numerator", "Events.", low=0),
    number_column("denominator", "Of how many.", low=0),
    word_column("denominator_unit", v.DenominatorUnit, "Of what the rate is."),
    word_column("ascertainment", v.Ascertainment, "How harms were found."),
    number_column("rate", "Events per unit.", low=0),
    number_column("ci_low", "Lower limit.", low=0),
    number_column("ci_high", "Upper limit.", low=0),
    word_column("is_prospective", Trilean, "Whether the cohort was followed forward."),
    whole_column("n_patients", "Patients of the cohort."),
    text_column("note", "Note."),
)

SCALES: tuple[Column, ...] = (
    text_column("scale", "One name of the scale.", is_required=True),
    id_column("written_as", "As the facts write it."),
    id_column("outcome_domain", "What it measures."),
    number_column("scale_min", "Lowest value."),
    number_column("scale_max", "Highest value."),
    word_column("higher_is", v.HigherIs, "Which way it runs."),
)

CORRECTIONS: tuple[Column, ...] = (
    id_column("file", "File that was corrected."),
    id_column("id", "Row."),
    id_column("column", "Column."),
    text_column("before", "As delivered."),
    text_column("after", "As it stands."),
    text_column("why", "Reason.", is_required=True),
)

INPUT_COLUMNS: dict[str, tuple[Column, ...]] = {
    "studies": STUDIES,
    "results": RESULTS,
    "result_coding": RESULT_CODING,
    "review_inclusions": REVIEW_INCLUSIONS,
    "risk_of_bias": RISK_OF_BIAS,
    "guidelines": GUIDELINES,
    "adverse_events": ADVERSE_EVENTS,
    "scales": SCALES,
    "corrections": CORRECTIONS,
}
INPUT_KEYS: dict[str, tuple[str, ...]] = {
    "studies": ("study_id",),
    "results": ("result_id",),
    "result_coding": ("result_id",),
    "review_inclusions": (),
    "risk_of_bias": ("study_id", "tool", "assessed_by", "domain"),
    "guidelines": ("guideline_id",),
    "adverse_events": ("result_id",),
    "scales": ("written_as", "outcome_domain"),
    "corrections": (),
}
