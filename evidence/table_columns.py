"""The columns of every table, declared once: name, kind, unit, allowed values, definition.

Names follow ``docs/glossary.md``: one quantity and one unit, one name everywhere. The order of
columns is the order in the exported file. ``source_rule`` names where the rule behind a column
stands in ``docs/method.md``.
"""

from __future__ import annotations

from evidence import vocabulary as v
from evidence.columns import (
    Column,
    date_column,
    flag_column,
    id_column,
    list_column,
    number_column,
    text_column,
    whole_column,
    word_column,
)


def _status(name: str) -> Column:
    return word_column(f"{name}_status", v.ValueStatus, f"Why {name} is filled or empty.")


DOCUMENTS = (
    id_column("document_id", "Stable id of the document."),
    text_column("title", "Title as published."),
    text_column("url", "Address of the document; empty where none is known."),
    text_column("publisher", "Who published it."),
    text_column("doc_type", "Kind of text, such as web page."),
    text_column("language", "ISO 639-1 code."),
    date_column("retrieved_at", "When the text was taken."),
    text_column("snapshot_sha256", "SHA-256 of the stored text.", is_required=True),
    whole_column("n_sentences", "Sentences of the text."),
    whole_column("n_claims", "Claims registered in the text."),
    whole_column("n_nonclaim", "Sentences that are no claim, with a coded reason."),
    whole_column("n_unread", "Sentences that nobody has read yet."),
    text_column("previous_snapshot_sha256", "SHA-256 of the text before it changed."),
    flag_column("changed_since_last", "Whether the text changed since the last snapshot."),
)

SENTENCES = (
    id_column("sentence_id", "Stable id of the sentence."),
    id_column("document_id", "Document in which it stands."),
    whole_column("char_start", "First character in the stored text.", unit="characters from 0"),
    whole_column("char_end", "One past the last character.", unit="characters from 0"),
    text_column("text", "The sentence as it stands."),
    word_column("status", v.SentenceStatus, "Claim, not a claim, or unread.", is_required=True),
    word_column("nonclaim_reason", v.NonClaimReason, "Why it is not a claim."),
    whole_column("paragraph", "Number of its block, from 0.", internal=True),
    text_column("block", "heading, paragraph or list item.", internal=True),
)

CLAIMS = (
    id_column("claim_id", "Stable id (slug) of the claim."),
    id_column("document_id", "Document in which it stands."),
    text_column("sentence_id", "Sentence in which its quote begins."),
    text_column("quote", "The words of the document, exactly.", is_required=True),
    whole_column("char_start", "First character of the quote.", unit="characters from 0"),
    whole_column("char_end", "One past the last character of the quote.", unit="characters from 0"),
    text_column("statement", "The claim in our words.", is_required=True),
    word_column(
        "kind", v.ClaimKind, "Kind of question.", is_required=True, source_rule="section 2"
    ),
    text_column("why_untestable", "Why no study could answer it."),
    whole_column(
        "strength", "Strength asserted by the words.", low=1, high=4, source_rule="section 10"
    ),
    text_column("words", "The words that set the strength."),
    text_column("population", "Whom the claim is about."),
    text_column("intervention", "Intervention or exposure."),
    list_column(
        "comparators", "Comparator classes that answer the claim.", source_rule="section 3"
    ),
    list_column("outcomes", "Outcomes in order; the first with evidence decides."),
    text_column("time_claimed", "Duration that the claim names."),
    text_column("generality", "How general the words are, such as most or typically."),
    number_column("claimed_value", "Number that the claim states."),
    text_column("claimed_unit", "Unit of that number."),
    text_column("claimed_denominator", "Of what the number is a share or rate."),
    text_column("cited_reference", "Reference that the document gives for it."),
    text_column("coder_1", "Who registered the claim."),
    text_column("coder_2", "Who checked it."),
    flag_column("agreed", "Whether the two agree."),
    text_column("question_id", "Question that it shares with claims of the same PICO."),
    text_column("label", "C01 … by order.", internal=True),
    word_column("asserted_direction", v.AssertedDirection, "What is asserted.", internal=True),
    word_column("bound", v.Bound, "How the number is asserted.", internal=True),
    list_column("topics", "Topics that propose rows.", internal=True),
    text_column("query", "PubMed query, concepts expanded.", internal=True),
    text_column("section", "Heading under which the quote stands.", internal=True),
    list_column("condition_codes", "Conditions whose studies answer it directly.", internal=True),
)

CLAIM_VERDICTS = (
    id_column("claim_id", "Claim that is answered."),
    text_column("quote", "The words of the document."),
    text_column("document_title", "Title of the document."),
    text_column("url", "Address of the document."),
    word_column("kind", v.ClaimKind, "Kind of question.", is_required=True),
    whole_column("strength", "Strength asserted by the words.", low=1, high=4),
    word_column(
        "verdict", v.VerdictWord, "The answer.", is_required=True, source_rule="section 10"
    ),
    text_column("verdict_sentence", "The answer in one sentence.", source_rule="section 11"),
    word_column("certainty", v.Certainty, "Certainty as shown.", source_rule="section 7"),
    text_column("certainty_cap_reason", "Why certainty may not be shown higher."),
    word_column("main_finding", v.Finding, "Finding of the main stratum."),
    word_column("pragmatic_finding", v.Finding, "Finding against usual care or no treatment."),
    text_column("failed_element", "Element of the claim that falls short first."),
    word_column("certainty_rated", v.Certainty, "Certainty before the provisional cap."),
    *(
        number_column(
            f"{arm}_{part}", f"{words} against {arm.replace('_', ' ')}, positive favourable."
        )
        for arm in ("sham", "usual_care", "no_treatment", "add_on")
        for part, words in (
            ("effect", "Effect"),
            ("ci_low", "Lower limit"),
            ("ci_high", "Upper limit"),
        )
    ),
    text_column("effect_unit", "Unit of the effects."),
    number_column("mid_used", "Least difference that matters, on that unit."),
    flag_column("threshold_sensitive", "Whether the verdict flips at 1.5 times the MID."),
    whole_column("k_studies", "Studies that the verdict rests on."),
    whole_column("n_participants", "Their participants.", unit="people"),
    whole_column("n_direction_not_reported", "Eligible studies whose direction is not reported."),
    text_column("index_review_pmid", "PMID of the index review."),
    whole_column("since_review_k", "Trials since the index review."),
    flag_column("retraction_touch", "Whether a retracted report is among its studies."),
    flag_column("single_study", "Whether one study decides."),
    flag_column("reviews_disagree", "Whether reviews of the same PICO disagree."),
    word_column("review_state", v.ReviewState, "Signed by two people, or provisional."),
    text_column("reviewer_1", "First signature."),
    text_column("reviewer_2", "Second signature."),
    date_column("reviewed_at", "When the second signature was given."),
    date_column("last_complete_search", "Date of the last complete search."),
    _status("last_complete_search"),
    text_column("protocol_version", "Version of the protocol."),
    whole_column("verdict_version", "Number of this verdict in the claim's history.", low=1),
    list_column("flags", "Flags beside the verdict.", internal=True),
    list_column("stratum_ids", "Strata that it rests on.", internal=True),
    text_column("main_stratum_id", "Stratum that decides.", internal=True),
    text_column("index_review_id", "Study id of the index review.", internal=True),
    text_column(
        "pragmatic_stratum_id", "Stratum against usual care or no treatment.", internal=True
    ),
    text_column("protocol_sha256", "Hash of the protocol.", internal=True),
    text_column("verdict_fingerprint", "What a signature on this verdict names.", internal=True),
)

SEARCHES = (
    id_column("run_id", "Number of the run."),
    text_column("claim_id", "Claim that is asked about."),
    id_column("query_id", "Stable id of the query."),
    text_column("question_id", "Question of the claim."),
    text_column("database", "Database searched."),
    text_column("query_text", "Query as sent."),
    text_column("query_translation", "PubMed's translation of it."),
    text_column("date_field", "Date field of the slice."),
    date_column("date_from", "First date asked for."),
    date_column("date_to", "Last date asked for."),
    date_column("run_at", "When the run began."),
    whole_column("count_reported", "Records that the database reports."),
    whole_column("n_fetched", "Records fetched."),
    whole_column("n_missing", "Records reported and not returned."),
    list_column("missing_ids", "Their ids."),
    list_column("warnings", "Warnings of the database."),
    text_column("slices", "Date slices with their counts."),
    word_column("status", v.RunStatus, "Complete or failed."),
    text_column("tool_version", "Version of this program."),
    text_column("query_sha256", "SHA-256 of the query."),
)

RECORDS = (
    id_column("record_id", "Stable id of the record."),
    text_column("pmid", "PubMed id."),
    text_column("pmcid", "PubMed Central id."),
    text_column("doi", "DOI."),
    list_column("registry_ids", "Registry numbers such as NCT."),
    text_column("title", "Title."),
    text_column("abstract", "Abstract, in the user's own refresh only."),
    list_column("authors", "Authors in order."),
    list_column("collective_authors", "Groups among the authors."),
    text_column("journal", "Journal."),
    text_column("issn", "ISSN."),
    date_column("pub_date", "Date of publication."),
    text_column("pub_date_precision", "Day, month, season or year."),
    date_column("epub_date", "Date of electronic publication."),
    date_column("crdt", "When the record was added."),
    date_column("edat", "Entrez date."),
    date_column("mdat", "When the record was last changed."),
    list_column("publication_types", "PubMed's publication types."),
    list_column("mesh_terms", "MeSH headings."),
    list_column("keywords", "Keywords."),
    text_column("language", "Language of the text."),
    text_column("country", "Country of the journal."),
    text_column("record_kind", "Article or book."),
    list_column(
        "retraction_status", "States of retraction and correction.", source_rule="section 13"
    ),
    text_column("retraction_source", "Where the states are from."),
    text_column("retraction_notice_pmid", "PMID of the notice."),
    date_column("retraction_checked_at", "When the states were checked."),
    flag_column("free_full_text", "Whether a free full text is known."),
    text_column("first_seen_run", "Run that first fetched it."),
    text_column("last_seen_run", "Run that last fetched it."),
    text_column("raw_sha256", "SHA-256 of the raw reply it was read from."),
)

RECORD_CHANGES = (
    id_column("run_id", "Number of the run."),
    id_column("record_id", "Record."),
    word_column("change", v.RecordChange, "What the run did to it.", is_required=True),
)

CITATIONS = (
    id_column("record_id", "Record."),
    whole_column("citation_count", "Articles that cite it."),
    number_column("citations_per_year", "Citations a year since publication.", low=0),
    number_column("relative_citation_ratio", "Citations a year against those of its field.", low=0),
    number_column("nih_percentile", "Percentile of that ratio.", low=0, high=100),
    text_column("source", "Who counted."),
    date_column("asked_on", "When it was asked."),
)

SCREENING = (
    id_column("record_id", "Record or study that is decided on."),
    id_column("question_id", "Question for which."),
    id_column("stage", "Stage of screening."),
    text_column("decision", "included or excluded."),
    word_column(
        "reason_code", v.ExclusionReason, "First rule that fails.", source_rule="section 3"
    ),
    text_column("decided_by", "Person or rule."),
    number_column("score", "Confidence of a machine decision.", low=0, high=1),
    word_column("operating_point", v.OperatingPoint, "How readily the reader decides."),
    date_column("decided_at", "When a person decided."),
    text_column("second_decision", "Decision of the second person."),
    text_column("second_by", "Second person."),
    flag_column("conflict", "Whether the two differ."),
    text_column("adjudicated_by", "Who settled it."),
    text_column("note", "Note."),
)

STUDIES = (
    id_column("study_id", "Stable id of the study."),
    list_column("record_ids", "Records that report it."),
    text_column("registry_id", "Registry number."),
    word_column("design", v.Design, "Kind of study."),
    word_column("design_source", v.ValueOrigin, "Who says so."),
    text_column("country", "Country."),
    whole_column("n_centres", "Centres."),
    whole_column("n_randomized", "People randomized; for reviews, participants.", unit="people"),
    whole_column("n_analyzed", "People analysed.", unit="people"),
    _status("n_analyzed"),
    text_column("population", "Whom it studied."),
    text_column("pain_duration_class", "acute, subacute, chronic or mixed."),
    number_column("age_mean", "Mean age.", unit="years", low=0, high=120),
    number_column("pct_female", "Share of women.", unit="per cent", low=0, high=100),
    text_column("intervention_style", "Style of the intervention."),
    whole_column("sessions", "Sessions planned."),
    number_column("weeks", "Length of the course.", unit="weeks", low=0),
    list_column("comparator_class", "Comparator classes of its results."),
    text_column("comparator_text", "Comparators in the source's words."),
    text_column("blinding", "Who was blinded."),
    text_column(
        "funding", "Who paid, by PubMed's record: agencies and grants, or kinds of support."
    ),
    text_column("coi", "What the authors declare, by PubMed's record."),
    flag_column("full_text_read", "Whether the full text was read."),
    whole_column(
        "stricta_reported_of_17",
        "STRICTA items reported; where full_text_read is false, in the abstract alone.",
        high=17,
    ),
    list_column("study_flags", "Flags of the study."),
    word_column(
        "funding_status",
        v.ValueStatus,
        "Why funding is filled or empty; not reported: "
        "PubMed's record gives none; not found: no record is held.",
        internal=True,
    ),
    word_column(
        "coi_status", v.ValueStatus, "Why coi is filled or empty, likewise.", internal=True
    ),
    list_column(
        "reporting_items",
        "Items of the checklist of reporting that the abstract names, by the "
        "registry's words; the abstract alone was read.",
        internal=True,
    ),
    text_column("pmid", "PubMed id.", internal=True),
    text_column("doi", "DOI.", internal=True),
    text_column("pmcid", "PubMed Central id.", internal=True),
    text_column("title", "Title.", internal=True),
    text_column("first_author", "First author.", internal=True),
    whole_column("year", "Year of publication.", internal=True),
    text_column("journal", "Journal.", internal=True),
    text_column("url", "Link to the source; empty where none is known.", internal=True),
    text_column("label", "First author and year, as pictures print it.", internal=True),
    list_column("population_codes", "Coded conditions.", internal=True),
    text_column("special_population", "Population of its own, such as pregnancy.", internal=True),
    whole_column("n_included_studies", "Studies that a review includes.", internal=True),
    word_column("risk_of_bias", v.RiskOfBias, "Overall judgement.", internal=True),
    text_column("second_report_of", "Study of which it is a second report.", internal=True),
    list_column("retraction_status", "States of retraction, or not checked.", internal=True),
    list_column("claim_ids", "Claims that it answers.", internal=True),
    text_column("search_date", "Last search of a review.", internal=True),
)

STUDY_REPORTS = (
    id_column("study_id", "Study, by the id of its first report."),
    id_column("report_id", "Row of studies that holds the report."),
    word_column(
        "role", v.ReportRole, "What it is to the study.", is_required=True, source_rule="section 8"
    ),
    text_column("record_id", "Record of the report."),
    text_column("reason", "What says that they are of one study."),
)

REPORT_PAIRS = (
    id_column("report_a", "One report."),
    id_column("report_b", "The other report."),
    text_column("reason", "Why they may be of one study; of an answer, the reason given."),
    word_column("answer", v.PairAnswer, "What a person said.", is_required=True),
    text_column("answered_by", "Who said so."),
)

STUDY_RESULTS = (
    id_column("result_id", "Stable id of the result."),
    id_column("study_id", "Study of which."),
    list_column("question_id", "Questions that it answers."),
    list_column("stratum_id", "Strata in which it stands."),
    word_column("outcome_domain", v.OutcomeDomain, "What was measured."),
    text_column("scale", "Scale, by its one name."),
    number_column("scale_min", "Lowest value of the scale."),
    number_column("scale_max", "Highest value of the scale."),
    word_column("higher_is", v.HigherIs, "Which way the scale runs."),
    word_column(
        "time_window", v.TimeWindow, "Window after the last session.", source_rule="section 3"
    ),
    number_column("weeks", "Time of measurement as the source counts.", unit="weeks", low=0),
    whole_column("n_intervention", "People in the intervention arm.", unit="people"),
    number_column("mean_intervention", "Mean of the intervention arm.", unit="scale"),
    number_column("sd_intervention", "SD of the intervention arm.", unit="scale", low=0),
    whole_column("n_comparator", "People in the comparator arm.", unit="people"),
    number_column("mean_comparator", "Mean of the comparator arm.", unit="scale"),
    number_column("sd_comparator", "SD of the comparator arm.", unit="scale", low=0),
    whole_column("events_intervention", "Events in the intervention arm."),
    whole_column("events_comparator", "Events in the comparator arm."),
    word_column("measure", v.EffectMeasure, "How the effect is expressed."),
    number_column(
        "estimate", "Effect as printed, intervention against comparator.", unit="measure"
    ),
    _status("estimate"),
    number_column("se", "Standard error; of ratios on the log scale.", low=0),
    number_column("ci_low", "Lower limit of the interval as printed."),
    number_column("ci_high", "Upper limit of the interval as printed."),
    number_column("effect_0_100", "Effect on 0 to 100, positive favourable.", unit="points of 100"),
    word_column("direction", v.Direction, "Side of the number.", source_rule="section 4"),
    _status("direction"),
    word_column("direction_source", v.DirectionSource, "From what the direction was taken."),
    word_column("size_band", v.SizeBand, "Size of the effect."),
    text_column("source_note", "Where the figures stand in the source."),
    text_column("source_url", "Link to that place."),
    text_column("exact_sentence", "Sentence of the user's own refresh."),
    whole_column("char_start", "First character of that sentence."),
    whole_column("char_end", "One past its last character."),
    text_column("extracted_by", "Person or reader."),
    text_column("extractor_version", "Version of the reader."),
    text_column("verified_by", "Who checked it."),
    date_column("verified_at", "When it was checked."),
    flag_column("usable_for_pooling", "Whether it has an estimate and an SE that may be pooled."),
    word_column("origin", v.ValueOrigin, "Curated, confirmed or machine-read.", internal=True),
    text_column("intervention", "Intervention in the source's words.", internal=True),
    text_column("intervention_code", "Coded intervention or exposure.", internal=True),
    flag_column("intervention_is_sham", "Whether the intervention arm is a sham.", internal=True),
    word_column("comparator_class", v.ComparatorClass, "Comparator class.", internal=True),
    text_column("comparator", "Comparator in the source's words.", internal=True),
    word_column("sham_kind", v.ShamKind, "What the sham did.", internal=True),
    text_column("outcome", "Outcome in the source's words.", internal=True),
    text_column("outcome_code", "Coded outcome.", internal=True),
    list_column("population_codes", "Coded conditions of the row.", internal=True),
    text_column("pain_duration_class", "acute, subacute, chronic or mixed.", internal=True),
    text_column("special_population", "Population of its own.", internal=True),
    number_column("weeks_after_end", "Weeks after the last session.", unit="weeks", internal=True),
    flag_column("is_window_approximate", "Whether the course length is unknown.", internal=True),
    word_column("score_kind", v.ScoreKind, "Adjusted, end or change score.", internal=True),
    flag_column("is_primary", "The trial's primary outcome and time.", internal=True),
    whole_column("n_participants", "People behind the result.", unit="people", internal=True),
    number_column("effect", "Effect on the stratum's unit, positive favourable.", internal=True),
    number_column("effect_se", "Its standard error.", internal=True, low=0),
    number_column("effect_ci_low", "Its lower limit.", internal=True),
    number_column("effect_ci_high", "Its upper limit.", internal=True),
    text_column("effect_unit", "Unit of effect.", internal=True),
    flag_column("is_about", "Whether the effect was turned from an SMD.", internal=True),
    text_column("p_value", "p-value as printed.", internal=True),
    word_column("reported_test", v.ReportedTest, "The source's own test.", internal=True),
    number_column("percent_intervention", "Per cent in the intervention arm.", internal=True),
    number_column("percent_comparator", "Per cent in the comparator arm.", internal=True),
    whole_column("row_k", "Trials behind a review's row.", internal=True),
    whole_column("row_n", "Participants behind a review's row.", unit="people", internal=True),
    number_column(
        "row_i2", "I² of a review's row.", unit="per cent", low=0, high=100, internal=True
    ),
    word_column(
        "row_certainty", v.Certainty, "Published certainty of a review's row.", internal=True
    ),
    text_column("duplicate_of", "Result that it repeats.", internal=True),
    list_column("topics", "Topics that propose it.", internal=True),
    text_column("why_unusable", "Why it cannot be pooled.", internal=True),
    text_column("period", "Period of a prevalence.", internal=True),
    whole_column("rank", "Rank among reasons for use.", internal=True),
)

RISK_OF_BIAS_KEY = ("study_id", "tool", "domain", "assessed_by")
RISK_OF_BIAS = (
    id_column("study_id", "Study that is judged."),
    id_column("tool", "Tool of the judgement."),
    id_column("domain", "Domain in the tool's words."),
    text_column("judgement", "Judgement in the tool's words."),
    _status("judgement"),
    word_column("overall", v.RiskOfBias, "Overall judgement by the protocol's map."),
    number_column("weight", "Weight of the study in its main stratum.", unit="per cent"),
    text_column("result_id", "Result that is judged, where known."),
    *(text_column(f"support_d{i}", f"Support for domain {i}.") for i in range(1, 6)),
    text_column("assessed_from", "abstract or full_text."),
    text_column("assessed_by", "Who judged.", is_required=True),
    word_column("method", v.JudgedBy, "Who made the row."),
    text_column("model_version", "Version of the model."),
    number_column("confidence", "Confidence of an automatic judgement.", low=0, high=1),
    text_column("source_url", "Link to the judgement.", internal=True),
    text_column("source_note", "Where it stands.", internal=True),
)

REVIEWS = (
    id_column("review_id", "Study id of the review."),
    text_column("pmid", "PubMed id."),
    date_column("search_date", "Last search; empty where not seen."),
    list_column("databases", "Databases searched."),
    text_column("protocol_id", "Registered protocol."),
    flag_column("grade_used", "Whether it rates certainty."),
    text_column("rob_tool", "Tool for risk of bias."),
    whole_column("k_included", "Studies included."),
    flag_column("included_list_available", "Whether the list is known here."),
    list_column("amstar2_items_1_16", "AMSTAR 2 items, where judged."),
    text_column("amstar2_overall", "AMSTAR 2 overall, where judged."),
    list_column("is_index_for", "Strata for which it is the index review."),
    flag_column("contains_retracted", "Whether it holds a retracted trial."),
    flag_column(
        "is_search_date_approximate",
        "Whether the date is the year before publication.",
        internal=True,
    ),
)

REVIEW_STUDY_MATRIX = (
    id_column("review_id", "Review."),
    id_column("study_id", "Study that it includes, or the trial as listed."),
    flag_column("included", "Whether it is included."),
    text_column("source", "Where that stands."),
)

REVIEW_OVERLAP = (
    id_column("review_a", "First review."),
    id_column("review_b", "Second review."),
    whole_column("shared", "Studies in both."),
    whole_column("union", "Studies in either."),
    number_column(
        "cca_pairwise", "Corrected covered area of the two.", low=0, high=1, source_rule="section 8"
    ),
    number_column(
        "cca_overall", "Corrected covered area of all.", low=0, high=1, source_rule="section 8"
    ),
)

SYNTHESES = (
    id_column("stratum_id", "Stratum."),
    id_column("question_id", "Question."),
    word_column("comparator_class", v.ComparatorClass, "Comparator class.", is_required=True),
    word_column("outcome_domain", v.OutcomeDomain, "Outcome domain.", is_required=True),
    text_column("time_window", "Window, or decision.", is_required=True),
    word_column("method", v.SynthesisMethod, "How the estimate came about.", is_required=True),
    whole_column("k", "Studies behind the estimate or count."),
    whole_column("n", "Their participants.", unit="people"),
    number_column("estimate", "Estimate, positive favourable.", unit="unit"),
    number_column("ci_low", "Lower limit."),
    number_column("ci_high", "Upper limit."),
    word_column(
        "ci_method", v.IntervalMethod, "How the interval came about.", source_rule="section 5"
    ),
    number_column("wald_low", "Lower limit by z."),
    number_column("wald_high", "Upper limit by z."),
    number_column("prediction_low", "Lower limit of the prediction interval."),
    number_column("prediction_high", "Upper limit of the prediction interval."),
    number_column("tau", "Between-study SD.", low=0),
    number_column("i2", "I², tau²-based.", unit="per cent", low=0, high=100),
    number_column("i2_low", "Its lower limit.", unit="per cent"),
    number_column("i2_high", "Its upper limit.", unit="per cent"),
    number_column("q", "Cochran's Q.", low=0),
    whole_column("n_favours_i", "Studies favouring the intervention."),
    whole_column("n_favours_c", "Studies favouring the comparator."),
    whole_column("n_null", "Studies with exactly no difference."),
    whole_column("n_not_reported", "Studies whose direction is not reported."),
    number_column(
        "prop_favours",
        "Share of known directions in favour.",
        low=0,
        high=1,
        source_rule="section 6",
    ),
    number_column("wilson_low", "Lower Wilson limit of that share.", low=0, high=1),
    number_column("wilson_high", "Upper Wilson limit of that share.", low=0, high=1),
    number_column("sign_p", "Exact two-sided sign test, from 6 studies.", low=0, high=1),
    number_column("loo_min", "Least estimate leaving one study out."),
    number_column("loo_max", "Greatest estimate leaving one study out."),
    number_column("low_rob_effect", "Estimate of the low-risk studies."),
    number_column("egger_p", "Egger's test, from 10 studies.", low=0, high=1),
    text_column("inputs_sha256", "Hash of what went in."),
    text_column("unit", "Unit of the estimate.", internal=True),
    number_column("mid", "Least difference that matters on that unit.", internal=True),
    word_column("finding", v.Finding, "Finding of the stratum.", internal=True),
    text_column("finding_reason", "Rule behind the finding.", internal=True),
    word_column("size_band", v.SizeBand, "Size of the estimate.", internal=True),
    word_column("certainty_rated", v.Certainty, "Certainty by the rules.", internal=True),
    word_column("certainty", v.Certainty, "Certainty as shown.", internal=True),
    text_column("cap_reason", "Why it may not be shown higher.", internal=True),
    flag_column("is_few_studies", "Whether 2 to 4 studies decide.", internal=True),
    flag_column("is_about", "Whether the unit was turned from an SMD.", internal=True),
    flag_column("is_other_window", "Whether only another window has evidence.", internal=True),
    text_column("index_review_id", "Index review.", internal=True),
    whole_column("since_review_k", "Trials since the index review.", internal=True),
    whole_column("since_review_n", "Their participants.", internal=True),
    whole_column("n_in_words", "Directions known in words only.", internal=True),
    number_column(
        "worst_share", "Share in favour if none of the silent studies is.", internal=True
    ),
    flag_column("decides", "Whether the claim lists the comparator.", internal=True),
    number_column("i2_q", "I², Q-based.", unit="per cent", internal=True),
    whole_column("silent_participants", "People in eligible trials without result.", internal=True),
)

CERTAINTY = (
    id_column("stratum_id", "Stratum."),
    word_column("domain", v.CertaintyDomain, "Domain, or overall.", is_required=True),
    text_column("rating", "Rating after the rule."),
    whole_column("downgrade", "Levels taken off.", high=4),
    text_column("rule_id", "Rule of the protocol.", source_rule="section 7"),
    text_column("input_values", "What went in, as name = value."),
    text_column("reason", "Why, in a sentence."),
    text_column("source", "automatic or person."),
    text_column("author", "Who."),
    date_column("date", "When a person judged."),
)

GUIDELINES = (
    id_column("guideline_id", "Stable id."),
    text_column("body", "Who issued it."),
    text_column("title", "Title."),
    whole_column("year", "Year."),
    text_column("url", "Link."),
    text_column("statement", "What it says, in our words."),
    text_column("source_seen", "guideline, abstract or second hand."),
    text_column("direction", "for, against, neither or not covered."),
    text_column("strength", "strong, weak or not stated."),
    text_column("certainty_stated", "Certainty that it states."),
    text_column("status", "current, superseded or not known."),
    text_column("supersedes", "Guideline that it replaces."),
    text_column("study_id", "Row of studies.", internal=True),
    list_column("population_codes", "Coded conditions.", internal=True),
    text_column("pain_duration_class", "acute, subacute, chronic or mixed.", internal=True),
    text_column("intervention_code", "Coded intervention.", internal=True),
)

ADVERSE_EVENTS = (
    id_column("result_id", "Result."),
    id_column("study_id", "Study."),
    text_column("event", "What happened."),
    text_column("seriousness", "serious, not serious or any."),
    whole_column("numerator", "Events."),
    _status("numerator"),
    whole_column("denominator", "Of how many."),
    word_column("denominator_unit", v.DenominatorUnit, "Patients, treatments or person-years."),
    word_column("ascertainment", v.Ascertainment, "How harms were found."),
    number_column("rate", "Events per unit of the denominator.", low=0),
    number_column("ci_low", "Lower limit.", low=0),
    number_column("ci_high", "Upper limit.", low=0),
    number_column("zero_event_upper", "3/n where none was seen.", low=0, source_rule="section 2"),
    text_column("is_related", "yes, no or unclear: judged related.", internal=True),
    text_column("is_prospective", "yes, no or unclear.", internal=True),
    whole_column("n_patients", "Patients of the cohort.", internal=True),
    text_column("note", "Note.", internal=True),
)

RETRACTIONS = (
    id_column("record_id", "Record or study."),
    word_column("status", v.RetractionStatus, "State.", is_required=True),
    text_column("source", "Where the state is from."),
    text_column("notice_id", "PMID of the notice."),
    date_column("notice_date", "Date of the notice."),
    text_column("reason", "Reason given."),
    date_column("checked_at", "When it was checked."),
    list_column("affected_studies", "Studies touched."),
    list_column("affected_reviews", "Reviews touched."),
    list_column("affected_strata", "Strata touched."),
    list_column("affected_claims", "Claims touched."),
    list_column("affected_documents", "Documents in which these claims stand."),
    text_column("action", "What was done."),
    text_column("dismissed_by", "Who dismissed it."),
    text_column("dismissal_reason", "Why."),
)

PRISMA_COUNTS = (
    id_column("run_id", "Run, or cumulative."),
    id_column("question_id", "Question."),
    id_column("stage", "Stage of the flow."),
    id_column("box", "Box of the figure."),
    whole_column("n", "Count."),
    text_column("reason", "Reason of exclusion."),
)

AUTOMATION_REGISTER = (
    id_column("component", "What is automated."),
    text_column("version", "Version."),
    text_column("purpose", "What for."),
    text_column("trained_on", "On what it was built."),
    id_column("metric", "Measure of accuracy."),
    number_column("value", "Value."),
    number_column("ci_low", "Lower limit.", unit="95 % interval"),
    number_column("ci_high", "Upper limit.", unit="95 % interval"),
    whole_column("n_gold", "Cases."),
    text_column("gold_set", "Set of labels."),
    date_column("measured_at", "When it was measured."),
    text_column("human_check", "Who checks its output."),
)

SUMMARY_OF_FINDINGS = (
    id_column("stratum_id", "Stratum."),
    text_column("outcome", "Outcome."),
    text_column("comparison", "Intervention against comparator."),
    whole_column("k", "Studies."),
    whole_column("n", "Participants.", unit="people"),
    text_column("design", "Design of the studies."),
    *(
        text_column(domain, f"Downgrade for {domain.replace('_', ' ')}, with its reason.")
        for domain in (
            "risk_of_bias",
            "inconsistency",
            "indirectness",
            "imprecision",
            "publication_bias",
        )
    ),
    text_column("effect", "Effect with its interval, or the count."),
    word_column("certainty", v.Certainty, "Certainty as shown."),
    text_column("plain_sentence", "The row in a sentence."),
    text_column("footnotes", "Notes."),
)

QUESTIONS = (
    id_column("question_id", "Question."),
    word_column("kind", v.ClaimKind, "Kind.", is_required=True),
    text_column("population", "Population."),
    text_column("intervention", "Intervention or exposure."),
    list_column("comparators", "Comparator classes that answer it."),
    list_column("outcomes", "Outcomes in order."),
    list_column("claim_ids", "Claims that ask it."),
)

STRATUM_MEMBERS = (
    id_column("stratum_id", "Stratum."),
    id_column("question_id", "Question."),
    id_column("result_id", "Result."),
    id_column("study_id", "Study."),
    text_column("label", "First author and year."),
    word_column("role", v.MemberRole, "What it does there.", is_required=True),
    number_column("effect", "Effect on the stratum's unit, positive favourable."),
    number_column("se", "Its standard error.", low=0),
    number_column("ci_low", "Its lower limit."),
    number_column("ci_high", "Its upper limit."),
    text_column("unit", "Unit."),
    flag_column("is_about", "Whether it was turned from an SMD."),
    word_column("direction", v.Direction, "Side of the number."),
    word_column("direction_source", v.DirectionSource, "From what it was taken."),
    whole_column("n_participants", "People.", unit="people"),
    word_column("risk_of_bias", v.RiskOfBias, "Overall judgement."),
    number_column("weight_percent", "Weight.", unit="per cent", low=0, high=100),
    word_column("population_match", v.Match, "How the population fits."),
    word_column("intervention_match", v.Match, "How the intervention fits."),
    flag_column("is_window_approximate", "Whether the window is approximate."),
    word_column("time_window", v.TimeWindow, "Window of the result."),
    text_column("note", "Why it stands as it does."),
)

ELIGIBILITY = (
    id_column("question_id", "Question."),
    id_column("result_id", "Result."),
    id_column("study_id", "Study."),
    flag_column("is_eligible", "Whether all rules hold.", is_required=True),
    word_column("reason", v.ExclusionReason, "First rule that fails.", source_rule="section 3"),
    word_column("population_match", v.Match, "How the population fits."),
    word_column("intervention_match", v.Match, "How the intervention fits."),
    flag_column("is_elsewhere", "Whether it is shown as elsewhere in the body."),
    text_column("note", "Detail."),
)

ASSERTED_FOUND = (
    id_column("claim_id", "Claim."),
    whole_column("position", "Order on the page."),
    id_column("element", "Element: strength, population, comparator, outcome, duration."),
    text_column("asserted", "What the words assert."),
    text_column("found", "What was found."),
    text_column("match", "matches, falls short, not tested or not applicable."),
    text_column("reason", "Why."),
)

VERDICT_REASONS = (
    id_column("claim_id", "Claim."),
    id_column("part", "rule, change or note."),
    whole_column("position", "Order.", is_required=True),
    text_column("text", "The reason in a sentence.", is_required=True),
)

VERDICT_CELLS = (
    id_column("claim_id", "Claim."),
    id_column("placeholder", "Where it stands in the sentence."),
    id_column("table", "Table of the cell."),
    text_column("row_id", "Key of its row."),
    text_column("column", "Column."),
    number_column("value", "Value of the cell."),
    text_column("printed", "As printed."),
)
