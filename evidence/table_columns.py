"""The columns of every table, declared once: name, kind, unit, allowed values, definition.

Names follow ``docs/glossary.md``: one quantity and one unit, one name everywhere. The order of
columns is the order in the exported file. ``source_rule`` names where the rule behind a column
stands in ``docs/method.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from evidence import vocabulary as v


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    WORD = "word"
    DATE = "date"
    NUMBER = "number"
    WHOLE = "whole number"
    FLAG = "true or false"
    LIST = "list of texts"


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column."""

    name: str
    kind: Kind
    definition: str
    unit: str | None = None
    allowed: type[StrEnum] | None = None
    low: float | None = None
    high: float | None = None
    is_required: bool = False
    internal: bool = False
    source_rule: str | None = None

    @property
    def allowed_text(self) -> str | None:
        """Return what is allowed, in words."""
        if self.allowed is not None:
            return ", ".join(str(word) for word in self.allowed)
        if self.low is None and self.high is None:
            return None
        if self.high is None:
            return f"at least {self.low:g}"
        return (
            f"{self.low:g} to {self.high:g}" if self.low is not None else f"at most {self.high:g}"
        )


def _text(name: str, definition: str, **more: Any) -> Column:
    return Column(name, Kind.TEXT, definition, **more)


def _word(name: str, words: type[StrEnum], definition: str, **more: Any) -> Column:
    return Column(name, Kind.WORD, definition, allowed=words, **more)


def _date(name: str, definition: str, **more: Any) -> Column:
    return Column(name, Kind.DATE, definition, unit="ISO 8601", **more)


def _number(name: str, definition: str, **more: Any) -> Column:
    return Column(name, Kind.NUMBER, definition, **more)


def _whole(name: str, definition: str, **more: Any) -> Column:
    return Column(name, Kind.WHOLE, definition, **{"low": 0, **more})


def _flag(name: str, definition: str, **more: Any) -> Column:
    return Column(name, Kind.FLAG, definition, **more)


def _list(name: str, definition: str, **more: Any) -> Column:
    return Column(name, Kind.LIST, definition, **more)


def _id(name: str, definition: str, **more: Any) -> Column:
    return Column(name, Kind.TEXT, definition, is_required=True, **more)


def _status(name: str) -> Column:
    return _word(f"{name}_status", v.ValueStatus, f"Why {name} is filled or empty.")


DOCUMENTS = (
    _id("document_id", "Stable id of the document."),
    _text("title", "Title as published."),
    _text("url", "Address of the document; empty where none is known."),
    _text("publisher", "Who published it."),
    _text("doc_type", "Kind of text, such as web page."),
    _text("language", "ISO 639-1 code."),
    _date("retrieved_at", "When the text was taken."),
    _text("snapshot_sha256", "SHA-256 of the stored text.", is_required=True),
    _whole("n_sentences", "Sentences of the text."),
    _whole("n_claims", "Claims registered in the text."),
    _whole("n_nonclaim", "Sentences that are no claim, with a coded reason."),
    _whole("n_unread", "Sentences that nobody has read yet."),
    _text("previous_snapshot_sha256", "SHA-256 of the text before it changed."),
    _flag("changed_since_last", "Whether the text changed since the last snapshot."),
)

SENTENCES = (
    _id("sentence_id", "Stable id of the sentence."),
    _id("document_id", "Document in which it stands."),
    _whole("char_start", "First character in the stored text.", unit="characters from 0"),
    _whole("char_end", "One past the last character.", unit="characters from 0"),
    _text("text", "The sentence as it stands."),
    _word("status", v.SentenceStatus, "Claim, not a claim, or unread.", is_required=True),
    _word("nonclaim_reason", v.NonClaimReason, "Why it is not a claim."),
)

CLAIMS = (
    _id("claim_id", "Stable id (slug) of the claim."),
    _id("document_id", "Document in which it stands."),
    _text("sentence_id", "Sentence in which its quote begins."),
    _text("quote", "The words of the document, exactly.", is_required=True),
    _whole("char_start", "First character of the quote.", unit="characters from 0"),
    _whole("char_end", "One past the last character of the quote.", unit="characters from 0"),
    _text("statement", "The claim in our words.", is_required=True),
    _word("kind", v.ClaimKind, "Kind of question.", is_required=True, source_rule="section 2"),
    _text("why_untestable", "Why no study could answer it."),
    _whole("strength", "Strength asserted by the words.", low=1, high=4, source_rule="section 10"),
    _text("words", "The words that set the strength."),
    _text("population", "Whom the claim is about."),
    _text("intervention", "Intervention or exposure."),
    _list("comparators", "Comparator classes that answer the claim.", source_rule="section 3"),
    _list("outcomes", "Outcomes in order; the first with evidence decides."),
    _text("time_claimed", "Duration that the claim names."),
    _text("generality", "How general the words are, such as most or typically."),
    _number("claimed_value", "Number that the claim states."),
    _text("claimed_unit", "Unit of that number."),
    _text("claimed_denominator", "Of what the number is a share or rate."),
    _text("cited_reference", "Reference that the document gives for it."),
    _text("coder_1", "Who registered the claim."),
    _text("coder_2", "Who checked it."),
    _flag("agreed", "Whether the two agree."),
    _text("question_id", "Question that it shares with claims of the same PICO."),
    _text("label", "C01 … by order.", internal=True),
    _word("asserted_direction", v.AssertedDirection, "What is asserted.", internal=True),
    _word("bound", v.Bound, "How the number is asserted.", internal=True),
    _list("topics", "Topics that propose rows.", internal=True),
    _text("query", "PubMed query, concepts expanded.", internal=True),
    _text("section", "Heading under which the quote stands.", internal=True),
    _list("condition_codes", "Conditions whose studies answer it directly.", internal=True),
)

CLAIM_VERDICTS = (
    _id("claim_id", "Claim that is answered."),
    _text("quote", "The words of the document."),
    _text("document_title", "Title of the document."),
    _text("url", "Address of the document."),
    _word("kind", v.ClaimKind, "Kind of question.", is_required=True),
    _whole("strength", "Strength asserted by the words.", low=1, high=4),
    _word("verdict", v.VerdictWord, "The answer.", is_required=True, source_rule="section 10"),
    _text("verdict_sentence", "The answer in one sentence.", source_rule="section 11"),
    _word("certainty", v.Certainty, "Certainty as shown.", source_rule="section 7"),
    _text("certainty_cap_reason", "Why certainty may not be shown higher."),
    _word("main_finding", v.Finding, "Finding of the main stratum."),
    _word("pragmatic_finding", v.Finding, "Finding against usual care or no treatment."),
    _text("failed_element", "Element of the claim that falls short first."),
    _word("certainty_rated", v.Certainty, "Certainty before the provisional cap."),
    *(
        _number(f"{arm}_{part}", f"{words} against {arm.replace('_', ' ')}, positive favourable.")
        for arm in ("sham", "usual_care", "no_treatment", "add_on")
        for part, words in (
            ("effect", "Effect"),
            ("ci_low", "Lower limit"),
            ("ci_high", "Upper limit"),
        )
    ),
    _text("effect_unit", "Unit of the effects."),
    _number("mid_used", "Least difference that matters, on that unit."),
    _flag("threshold_sensitive", "Whether the verdict flips at 1.5 times the MID."),
    _whole("k_studies", "Studies that the verdict rests on."),
    _whole("n_participants", "Their participants.", unit="people"),
    _whole("n_direction_not_reported", "Eligible studies whose direction is not reported."),
    _text("index_review_pmid", "PMID of the index review."),
    _whole("since_review_k", "Trials since the index review."),
    _flag("retraction_touch", "Whether a retracted report is among its studies."),
    _flag("single_study", "Whether one study decides."),
    _flag("reviews_disagree", "Whether reviews of the same PICO disagree."),
    _word("review_state", v.ReviewState, "Signed by two people, or provisional."),
    _text("reviewer_1", "First signature."),
    _text("reviewer_2", "Second signature."),
    _date("reviewed_at", "When the second signature was given."),
    _date("last_complete_search", "Date of the last complete search."),
    _status("last_complete_search"),
    _text("protocol_version", "Version of the protocol."),
    _whole("verdict_version", "Number of this verdict in the claim's history.", low=1),
    _list("flags", "Flags beside the verdict.", internal=True),
    _list("stratum_ids", "Strata that it rests on.", internal=True),
    _text("main_stratum_id", "Stratum that decides.", internal=True),
    _text("pragmatic_stratum_id", "Stratum against usual care or no treatment.", internal=True),
    _text("protocol_sha256", "Hash of the protocol.", internal=True),
)

SEARCHES = (
    _id("run_id", "Number of the run."),
    _text("claim_id", "Claim that is asked about."),
    _id("query_id", "Stable id of the query."),
    _text("question_id", "Question of the claim."),
    _text("database", "Database searched."),
    _text("query_text", "Query as sent."),
    _text("query_translation", "PubMed's translation of it."),
    _text("date_field", "Date field of the slice."),
    _date("date_from", "First date asked for."),
    _date("date_to", "Last date asked for."),
    _date("run_at", "When the run began."),
    _whole("count_reported", "Records that the database reports."),
    _whole("n_fetched", "Records fetched."),
    _whole("n_missing", "Records reported and not returned."),
    _list("missing_ids", "Their ids."),
    _list("warnings", "Warnings of the database."),
    _text("slices", "Date slices with their counts."),
    _word("status", v.RunStatus, "Complete or failed."),
    _text("tool_version", "Version of this program."),
    _text("query_sha256", "SHA-256 of the query."),
)

RECORDS = (
    _id("record_id", "Stable id of the record."),
    _text("pmid", "PubMed id."),
    _text("pmcid", "PubMed Central id."),
    _text("doi", "DOI."),
    _list("registry_ids", "Registry numbers such as NCT."),
    _text("title", "Title."),
    _text("abstract", "Abstract, in the user's own refresh only."),
    _list("authors", "Authors in order."),
    _list("collective_authors", "Groups among the authors."),
    _text("journal", "Journal."),
    _text("issn", "ISSN."),
    _date("pub_date", "Date of publication."),
    _text("pub_date_precision", "Day, month, season or year."),
    _date("epub_date", "Date of electronic publication."),
    _date("crdt", "When the record was added."),
    _date("edat", "Entrez date."),
    _date("mdat", "When the record was last changed."),
    _list("publication_types", "PubMed's publication types."),
    _list("mesh_terms", "MeSH headings."),
    _list("keywords", "Keywords."),
    _text("language", "Language of the text."),
    _text("country", "Country of the journal."),
    _text("record_kind", "Article or book."),
    _list("retraction_status", "States of retraction and correction.", source_rule="section 13"),
    _text("retraction_source", "Where the states are from."),
    _text("retraction_notice_pmid", "PMID of the notice."),
    _date("retraction_checked_at", "When the states were checked."),
    _flag("free_full_text", "Whether a free full text is known."),
    _text("first_seen_run", "Run that first fetched it."),
    _text("last_seen_run", "Run that last fetched it."),
    _text("raw_sha256", "SHA-256 of the raw reply it was read from."),
)

SCREENING = (
    _id("record_id", "Record or study that is decided on."),
    _id("question_id", "Question for which."),
    _id("stage", "Stage of screening."),
    _text("decision", "included or excluded."),
    _word("reason_code", v.ExclusionReason, "First rule that fails.", source_rule="section 3"),
    _text("decided_by", "Person or rule."),
    _number("score", "Confidence of a machine decision.", low=0, high=1),
    _word("operating_point", v.OperatingPoint, "How readily the reader decides."),
    _date("decided_at", "When a person decided."),
    _text("second_decision", "Decision of the second person."),
    _text("second_by", "Second person."),
    _flag("conflict", "Whether the two differ."),
    _text("adjudicated_by", "Who settled it."),
    _text("note", "Note."),
)

STUDIES = (
    _id("study_id", "Stable id of the study."),
    _list("record_ids", "Records that report it."),
    _text("registry_id", "Registry number."),
    _word("design", v.Design, "Kind of study."),
    _word("design_source", v.ValueOrigin, "Who says so."),
    _text("country", "Country."),
    _whole("n_centres", "Centres."),
    _whole("n_randomized", "People randomized; for reviews, participants.", unit="people"),
    _whole("n_analyzed", "People analysed.", unit="people"),
    _status("n_analyzed"),
    _text("population", "Whom it studied."),
    _text("pain_duration_class", "acute, subacute, chronic or mixed."),
    _number("age_mean", "Mean age.", unit="years", low=0, high=120),
    _number("pct_female", "Share of women.", unit="per cent", low=0, high=100),
    _text("intervention_style", "Style of the intervention."),
    _whole("sessions", "Sessions planned."),
    _number("weeks", "Length of the course.", unit="weeks", low=0),
    _list("comparator_class", "Comparator classes of its results."),
    _text("comparator_text", "Comparators in the source's words."),
    _text("blinding", "Who was blinded."),
    _text("funding", "Funding."),
    _text("coi", "Conflicts of interest."),
    _flag("full_text_read", "Whether the full text was read."),
    _whole("stricta_reported_of_17", "STRICTA items reported.", high=17),
    _list("study_flags", "Flags of the study."),
    _text("pmid", "PubMed id.", internal=True),
    _text("doi", "DOI.", internal=True),
    _text("pmcid", "PubMed Central id.", internal=True),
    _text("title", "Title.", internal=True),
    _text("first_author", "First author.", internal=True),
    _whole("year", "Year of publication.", internal=True),
    _text("journal", "Journal.", internal=True),
    _text("url", "Link to the source; empty where none is known.", internal=True),
    _text("label", "First author and year, as pictures print it.", internal=True),
    _list("population_codes", "Coded conditions.", internal=True),
    _text("special_population", "Population of its own, such as pregnancy.", internal=True),
    _whole("n_included_studies", "Studies that a review includes.", internal=True),
    _word("risk_of_bias", v.RiskOfBias, "Overall judgement.", internal=True),
    _text("second_report_of", "Study of which it is a second report.", internal=True),
    _list("retraction_status", "States of retraction, or not checked.", internal=True),
    _list("claim_ids", "Claims that it answers.", internal=True),
    _text("search_date", "Last search of a review.", internal=True),
)

STUDY_RESULTS = (
    _id("result_id", "Stable id of the result."),
    _id("study_id", "Study of which."),
    _list("question_id", "Questions that it answers."),
    _list("stratum_id", "Strata in which it stands."),
    _word("outcome_domain", v.OutcomeDomain, "What was measured."),
    _text("scale", "Scale, by its one name."),
    _number("scale_min", "Lowest value of the scale."),
    _number("scale_max", "Highest value of the scale."),
    _word("higher_is", v.HigherIs, "Which way the scale runs."),
    _word("time_window", v.TimeWindow, "Window after the last session.", source_rule="section 3"),
    _number("weeks", "Time of measurement as the source counts.", unit="weeks", low=0),
    _whole("n_intervention", "People in the intervention arm.", unit="people"),
    _number("mean_intervention", "Mean of the intervention arm.", unit="scale"),
    _number("sd_intervention", "SD of the intervention arm.", unit="scale", low=0),
    _whole("n_comparator", "People in the comparator arm.", unit="people"),
    _number("mean_comparator", "Mean of the comparator arm.", unit="scale"),
    _number("sd_comparator", "SD of the comparator arm.", unit="scale", low=0),
    _whole("events_intervention", "Events in the intervention arm."),
    _whole("events_comparator", "Events in the comparator arm."),
    _word("measure", v.EffectMeasure, "How the effect is expressed."),
    _number("estimate", "Effect as printed, intervention against comparator.", unit="measure"),
    _status("estimate"),
    _number("se", "Standard error; of ratios on the log scale.", low=0),
    _number("ci_low", "Lower limit of the interval as printed."),
    _number("ci_high", "Upper limit of the interval as printed."),
    _number("effect_0_100", "Effect on 0 to 100, positive favourable.", unit="points of 100"),
    _word("direction", v.Direction, "Side of the number.", source_rule="section 4"),
    _status("direction"),
    _word("direction_source", v.DirectionSource, "From what the direction was taken."),
    _word("size_band", v.SizeBand, "Size of the effect."),
    _text("source_note", "Where the figures stand in the source."),
    _text("source_url", "Link to that place."),
    _text("exact_sentence", "Sentence of the user's own refresh."),
    _whole("char_start", "First character of that sentence."),
    _whole("char_end", "One past its last character."),
    _text("extracted_by", "Person or reader."),
    _text("extractor_version", "Version of the reader."),
    _text("verified_by", "Who checked it."),
    _date("verified_at", "When it was checked."),
    _flag("usable_for_pooling", "Whether it has an estimate and an SE that may be pooled."),
    _word("origin", v.ValueOrigin, "Curated, confirmed or machine-read.", internal=True),
    _text("intervention", "Intervention in the source's words.", internal=True),
    _text("intervention_code", "Coded intervention or exposure.", internal=True),
    _flag("intervention_is_sham", "Whether the intervention arm is a sham.", internal=True),
    _word("comparator_class", v.ComparatorClass, "Comparator class.", internal=True),
    _text("comparator", "Comparator in the source's words.", internal=True),
    _word("sham_kind", v.ShamKind, "What the sham did.", internal=True),
    _text("outcome", "Outcome in the source's words.", internal=True),
    _text("outcome_code", "Coded outcome.", internal=True),
    _list("population_codes", "Coded conditions of the row.", internal=True),
    _text("pain_duration_class", "acute, subacute, chronic or mixed.", internal=True),
    _text("special_population", "Population of its own.", internal=True),
    _number("weeks_after_end", "Weeks after the last session.", unit="weeks", internal=True),
    _flag("is_window_approximate", "Whether the course length is unknown.", internal=True),
    _word("score_kind", v.ScoreKind, "Adjusted, end or change score.", internal=True),
    _flag("is_primary", "The trial's primary outcome and time.", internal=True),
    _whole("n_participants", "People behind the result.", unit="people", internal=True),
    _number("effect", "Effect on the stratum's unit, positive favourable.", internal=True),
    _number("effect_se", "Its standard error.", internal=True, low=0),
    _number("effect_ci_low", "Its lower limit.", internal=True),
    _number("effect_ci_high", "Its upper limit.", internal=True),
    _text("effect_unit", "Unit of effect.", internal=True),
    _flag("is_about", "Whether the effect was turned from an SMD.", internal=True),
    _text("p_value", "p-value as printed.", internal=True),
    _word("reported_test", v.ReportedTest, "The source's own test.", internal=True),
    _number("percent_intervention", "Per cent in the intervention arm.", internal=True),
    _number("percent_comparator", "Per cent in the comparator arm.", internal=True),
    _whole("row_k", "Trials behind a review's row.", internal=True),
    _whole("row_n", "Participants behind a review's row.", unit="people", internal=True),
    _number("row_i2", "I² of a review's row.", unit="per cent", low=0, high=100, internal=True),
    _word("row_certainty", v.Certainty, "Published certainty of a review's row.", internal=True),
    _text("duplicate_of", "Result that it repeats.", internal=True),
    _list("topics", "Topics that propose it.", internal=True),
    _text("why_unusable", "Why it cannot be pooled.", internal=True),
)

RISK_OF_BIAS_KEY = ("study_id", "tool", "domain", "assessed_by")
RISK_OF_BIAS = (
    _id("study_id", "Study that is judged."),
    _id("tool", "Tool of the judgement."),
    _id("domain", "Domain in the tool's words."),
    _text("judgement", "Judgement in the tool's words."),
    _status("judgement"),
    _word("overall", v.RiskOfBias, "Overall judgement by the protocol's map."),
    _number("weight", "Weight of the study in its main stratum.", unit="per cent"),
    _text("result_id", "Result that is judged, where known."),
    *(_text(f"support_d{i}", f"Support for domain {i}.") for i in range(1, 6)),
    _text("assessed_from", "abstract or full_text."),
    _text("assessed_by", "Who judged.", is_required=True),
    _text("method", "person or automatic."),
    _text("model_version", "Version of the model."),
    _number("confidence", "Confidence of an automatic judgement.", low=0, high=1),
    _text("source_url", "Link to the judgement.", internal=True),
    _text("source_note", "Where it stands.", internal=True),
)

REVIEWS = (
    _id("review_id", "Study id of the review."),
    _text("pmid", "PubMed id."),
    _date("search_date", "Last search; empty where not seen."),
    _list("databases", "Databases searched."),
    _text("protocol_id", "Registered protocol."),
    _flag("grade_used", "Whether it rates certainty."),
    _text("rob_tool", "Tool for risk of bias."),
    _whole("k_included", "Studies included."),
    _flag("included_list_available", "Whether the list is known here."),
    _list("amstar2_items_1_16", "AMSTAR 2 items, where judged."),
    _text("amstar2_overall", "AMSTAR 2 overall, where judged."),
    _list("is_index_for", "Strata for which it is the index review."),
    _flag("contains_retracted", "Whether it holds a retracted trial."),
    _flag(
        "is_search_date_approximate",
        "Whether the date is the year before publication.",
        internal=True,
    ),
)

REVIEW_STUDY_MATRIX = (
    _id("review_id", "Review."),
    _id("study_id", "Study that it includes, or the trial as listed."),
    _flag("included", "Whether it is included."),
    _text("source", "Where that stands."),
)

REVIEW_OVERLAP = (
    _id("review_a", "First review."),
    _id("review_b", "Second review."),
    _whole("shared", "Studies in both."),
    _whole("union", "Studies in either."),
    _number(
        "cca_pairwise", "Corrected covered area of the two.", low=0, high=1, source_rule="section 8"
    ),
    _number(
        "cca_overall", "Corrected covered area of all.", low=0, high=1, source_rule="section 8"
    ),
)

SYNTHESES = (
    _id("stratum_id", "Stratum."),
    _id("question_id", "Question."),
    _word("comparator_class", v.ComparatorClass, "Comparator class.", is_required=True),
    _word("outcome_domain", v.OutcomeDomain, "Outcome domain.", is_required=True),
    _text("time_window", "Window, or decision.", is_required=True),
    _word("method", v.SynthesisMethod, "How the estimate came about.", is_required=True),
    _whole("k", "Studies behind the estimate or count."),
    _whole("n", "Their participants.", unit="people"),
    _number("estimate", "Estimate, positive favourable.", unit="unit"),
    _number("ci_low", "Lower limit."),
    _number("ci_high", "Upper limit."),
    _word("ci_method", v.IntervalMethod, "How the interval came about.", source_rule="section 5"),
    _number("wald_low", "Lower limit by z."),
    _number("wald_high", "Upper limit by z."),
    _number("prediction_low", "Lower limit of the prediction interval."),
    _number("prediction_high", "Upper limit of the prediction interval."),
    _number("tau", "Between-study SD.", low=0),
    _number("i2", "I², tau²-based.", unit="per cent", low=0, high=100),
    _number("i2_low", "Its lower limit.", unit="per cent"),
    _number("i2_high", "Its upper limit.", unit="per cent"),
    _number("q", "Cochran's Q.", low=0),
    _whole("n_favours_i", "Studies favouring the intervention."),
    _whole("n_favours_c", "Studies favouring the comparator."),
    _whole("n_null", "Studies with exactly no difference."),
    _whole("n_not_reported", "Studies whose direction is not reported."),
    _number(
        "prop_favours",
        "Share of known directions in favour.",
        low=0,
        high=1,
        source_rule="section 6",
    ),
    _number("wilson_low", "Lower Wilson limit of that share.", low=0, high=1),
    _number("wilson_high", "Upper Wilson limit of that share.", low=0, high=1),
    _number("sign_p", "Exact two-sided sign test, from 6 studies.", low=0, high=1),
    _number("loo_min", "Least estimate leaving one study out."),
    _number("loo_max", "Greatest estimate leaving one study out."),
    _number("low_rob_effect", "Estimate of the low-risk studies."),
    _number("egger_p", "Egger's test, from 10 studies.", low=0, high=1),
    _text("inputs_sha256", "Hash of what went in."),
    _text("unit", "Unit of the estimate.", internal=True),
    _number("mid", "Least difference that matters on that unit.", internal=True),
    _word("finding", v.Finding, "Finding of the stratum.", internal=True),
    _text("finding_reason", "Rule behind the finding.", internal=True),
    _word("size_band", v.SizeBand, "Size of the estimate.", internal=True),
    _word("certainty_rated", v.Certainty, "Certainty by the rules.", internal=True),
    _word("certainty", v.Certainty, "Certainty as shown.", internal=True),
    _text("cap_reason", "Why it may not be shown higher.", internal=True),
    _flag("is_few_studies", "Whether 2 to 4 studies decide.", internal=True),
    _flag("is_about", "Whether the unit was turned from an SMD.", internal=True),
    _flag("is_other_window", "Whether only another window has evidence.", internal=True),
    _text("index_review_id", "Index review.", internal=True),
    _whole("since_review_k", "Trials since the index review.", internal=True),
    _whole("since_review_n", "Their participants.", internal=True),
    _whole("n_in_words", "Directions known in words only.", internal=True),
    _number("worst_share", "Share in favour if none of the silent studies is.", internal=True),
    _flag("decides", "Whether the claim lists the comparator.", internal=True),
    _number("i2_q", "I², Q-based.", unit="per cent", internal=True),
    _whole("silent_participants", "People in eligible trials without result.", internal=True),
)

CERTAINTY = (
    _id("stratum_id", "Stratum."),
    _word("domain", v.CertaintyDomain, "Domain, or overall.", is_required=True),
    _text("rating", "Rating after the rule."),
    _whole("downgrade", "Levels taken off.", high=4),
    _text("rule_id", "Rule of the protocol.", source_rule="section 7"),
    _text("input_values", "What went in, as name = value."),
    _text("reason", "Why, in a sentence."),
    _text("source", "automatic or person."),
    _text("author", "Who."),
    _date("date", "When a person judged."),
)

GUIDELINES = (
    _id("guideline_id", "Stable id."),
    _text("body", "Who issued it."),
    _text("title", "Title."),
    _whole("year", "Year."),
    _text("url", "Link."),
    _text("statement", "What it says, in our words."),
    _text("source_seen", "guideline, abstract or second hand."),
    _text("direction", "for, against, neither or not covered."),
    _text("strength", "strong, weak or not stated."),
    _text("certainty_stated", "Certainty that it states."),
    _text("status", "current, superseded or not known."),
    _text("supersedes", "Guideline that it replaces."),
    _text("study_id", "Row of studies.", internal=True),
    _list("population_codes", "Coded conditions.", internal=True),
    _text("pain_duration_class", "acute, subacute, chronic or mixed.", internal=True),
    _text("intervention_code", "Coded intervention.", internal=True),
)

ADVERSE_EVENTS = (
    _id("result_id", "Result."),
    _id("study_id", "Study."),
    _text("event", "What happened."),
    _text("seriousness", "serious, not serious or any."),
    _whole("numerator", "Events."),
    _status("numerator"),
    _whole("denominator", "Of how many."),
    _word("denominator_unit", v.DenominatorUnit, "Patients, treatments or person-years."),
    _word("ascertainment", v.Ascertainment, "How harms were found."),
    _number("rate", "Events per unit of the denominator.", low=0),
    _number("ci_low", "Lower limit.", low=0),
    _number("ci_high", "Upper limit.", low=0),
    _number("zero_event_upper", "3/n where none was seen.", low=0, source_rule="section 2"),
    _text("is_related", "yes, no or unclear: judged related.", internal=True),
    _text("is_prospective", "yes, no or unclear.", internal=True),
    _whole("n_patients", "Patients of the cohort.", internal=True),
    _text("note", "Note.", internal=True),
)

RETRACTIONS = (
    _id("record_id", "Record or study."),
    _word("status", v.RetractionStatus, "State.", is_required=True),
    _text("source", "Where the state is from."),
    _text("notice_id", "PMID of the notice."),
    _date("notice_date", "Date of the notice."),
    _text("reason", "Reason given."),
    _date("checked_at", "When it was checked."),
    _list("affected_studies", "Studies touched."),
    _list("affected_reviews", "Reviews touched."),
    _list("affected_strata", "Strata touched."),
    _list("affected_claims", "Claims touched."),
    _text("action", "What was done."),
    _text("dismissed_by", "Who dismissed it."),
    _text("dismissal_reason", "Why."),
)

PRISMA_COUNTS = (
    _id("run_id", "Run, or cumulative."),
    _id("question_id", "Question."),
    _id("stage", "Stage of the flow."),
    _id("box", "Box of the figure."),
    _whole("n", "Count."),
    _text("reason", "Reason of exclusion."),
)

AUTOMATION_REGISTER = (
    _id("component", "What is automated."),
    _text("version", "Version."),
    _text("purpose", "What for."),
    _text("trained_on", "On what it was built."),
    _id("metric", "Measure of accuracy."),
    _number("value", "Value."),
    _number("ci_low", "Lower limit.", unit="95 % interval"),
    _number("ci_high", "Upper limit.", unit="95 % interval"),
    _whole("n_gold", "Cases."),
    _text("gold_set", "Set of labels."),
    _date("measured_at", "When it was measured."),
    _text("human_check", "Who checks its output."),
)

SUMMARY_OF_FINDINGS = (
    _id("stratum_id", "Stratum."),
    _text("outcome", "Outcome."),
    _text("comparison", "Intervention against comparator."),
    _whole("k", "Studies."),
    _whole("n", "Participants.", unit="people"),
    _text("design", "Design of the studies."),
    *(
        _text(domain, f"Downgrade for {domain.replace('_', ' ')}, with its reason.")
        for domain in (
            "risk_of_bias",
            "inconsistency",
            "indirectness",
            "imprecision",
            "publication_bias",
        )
    ),
    _text("effect", "Effect with its interval, or the count."),
    _word("certainty", v.Certainty, "Certainty as shown."),
    _text("plain_sentence", "The row in a sentence."),
    _text("footnotes", "Notes."),
)

QUESTIONS = (
    _id("question_id", "Question."),
    _word("kind", v.ClaimKind, "Kind.", is_required=True),
    _text("population", "Population."),
    _text("intervention", "Intervention or exposure."),
    _list("comparators", "Comparator classes that answer it."),
    _list("outcomes", "Outcomes in order."),
    _list("claim_ids", "Claims that ask it."),
)

STRATUM_MEMBERS = (
    _id("stratum_id", "Stratum."),
    _id("question_id", "Question."),
    _id("result_id", "Result."),
    _id("study_id", "Study."),
    _text("label", "First author and year."),
    _word("role", v.MemberRole, "What it does there.", is_required=True),
    _number("effect", "Effect on the stratum's unit, positive favourable."),
    _number("se", "Its standard error.", low=0),
    _number("ci_low", "Its lower limit."),
    _number("ci_high", "Its upper limit."),
    _text("unit", "Unit."),
    _flag("is_about", "Whether it was turned from an SMD."),
    _word("direction", v.Direction, "Side of the number."),
    _word("direction_source", v.DirectionSource, "From what it was taken."),
    _whole("n_participants", "People.", unit="people"),
    _word("risk_of_bias", v.RiskOfBias, "Overall judgement."),
    _number("weight_percent", "Weight.", unit="per cent", low=0, high=100),
    _word("population_match", v.Match, "How the population fits."),
    _word("intervention_match", v.Match, "How the intervention fits."),
    _flag("is_window_approximate", "Whether the window is approximate."),
    _word("time_window", v.TimeWindow, "Window of the result."),
    _text("note", "Why it stands as it does."),
)

ELIGIBILITY = (
    _id("question_id", "Question."),
    _id("result_id", "Result."),
    _id("study_id", "Study."),
    _flag("is_eligible", "Whether all rules hold.", is_required=True),
    _word("reason", v.ExclusionReason, "First rule that fails.", source_rule="section 3"),
    _word("population_match", v.Match, "How the population fits."),
    _word("intervention_match", v.Match, "How the intervention fits."),
    _flag("is_elsewhere", "Whether it is shown as elsewhere in the body."),
    _text("note", "Detail."),
)

ASSERTED_FOUND = (
    _id("claim_id", "Claim."),
    _whole("position", "Order on the page."),
    _id("element", "Element: strength, population, comparator, outcome, duration."),
    _text("asserted", "What the words assert."),
    _text("found", "What was found."),
    _text("match", "matches, falls short, not tested or not applicable."),
    _text("reason", "Why."),
)

VERDICT_REASONS = (
    _id("claim_id", "Claim."),
    _id("part", "rule, change or note."),
    _whole("position", "Order.", is_required=True),
    _text("text", "The reason in a sentence.", is_required=True),
)

VERDICT_CELLS = (
    _id("claim_id", "Claim."),
    _id("placeholder", "Where it stands in the sentence."),
    _id("table", "Table of the cell."),
    _text("row_id", "Key of its row."),
    _text("column", "Column."),
    _number("value", "Value of the cell."),
    _text("printed", "As printed."),
)
