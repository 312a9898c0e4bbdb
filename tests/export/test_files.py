"""Every file holds the columns that the project's list of exports promises, in their order."""

import pytest

from evidence.columns import Kind
from evidence.export.files import FILES, TEAM
from evidence.tables import TABLES

# The list of exports, by its numbers; `_status` columns say why the value before them is missing.
PROMISED = {
    "1 documents": "document_id title url publisher doc_type language retrieved_at snapshot_sha256 n_sentences n_claims n_nonclaim n_unread previous_snapshot_sha256 changed_since_last",
    "2 sentences": "sentence_id document_id char_start char_end text status nonclaim_reason",
    "3 claims": "claim_id document_id sentence_id quote char_start char_end statement kind why_untestable strength words population intervention comparators outcomes time_claimed generality claimed_value claimed_unit claimed_denominator cited_reference coder_1 coder_2 agreed question_id",
    "4 claim_verdicts": "claim_id quote document_title url kind strength verdict verdict_sentence certainty certainty_cap_reason main_finding pragmatic_finding failed_element certainty_rated sham_effect sham_ci_low sham_ci_high usual_care_effect usual_care_ci_low usual_care_ci_high no_treatment_effect no_treatment_ci_low no_treatment_ci_high add_on_effect add_on_ci_low add_on_ci_high effect_unit mid_used threshold_sensitive k_studies n_participants n_direction_not_reported index_review_pmid since_review_k retraction_touch single_study reviews_disagree review_state reviewer_1 reviewer_2 reviewed_at last_complete_search last_complete_search_status protocol_version verdict_version",
    "5 verdict_history": "claim_id verdict_version verdict certainty changed_at trigger studies_added studies_removed changed_inputs changed_by",
    "6 searches": "run_id claim_id query_id question_id database query_text query_translation date_field date_from date_to run_at count_reported n_fetched n_missing missing_ids warnings slices status tool_version query_sha256",
    "7 records": "record_id pmid pmcid doi registry_ids title abstract authors collective_authors journal issn pub_date pub_date_precision epub_date crdt edat mdat publication_types mesh_terms keywords language country record_kind retraction_status retraction_source retraction_notice_pmid retraction_checked_at free_full_text first_seen_run last_seen_run raw_sha256",
    "8 screening": "record_id question_id stage decision reason_code decided_by score operating_point decided_at second_decision second_by conflict adjudicated_by note",
    "9 studies": "study_id record_ids registry_id design design_source country n_centres n_randomized n_analyzed n_analyzed_status population pain_duration_class age_mean pct_female intervention_style sessions weeks comparator_class comparator_text blinding funding coi full_text_read stricta_reported_of_17 study_flags",
    "10 study_results": "result_id study_id question_id stratum_id outcome_domain scale scale_min scale_max higher_is time_window weeks n_intervention mean_intervention sd_intervention n_comparator mean_comparator sd_comparator events_intervention events_comparator measure estimate estimate_status se ci_low ci_high effect_0_100 direction direction_status direction_source size_band source_note source_url exact_sentence char_start char_end extracted_by extractor_version verified_by verified_at usable_for_pooling",
    "11 risk_of_bias": "study_id tool domain judgement judgement_status overall weight result_id support_d1 support_d2 support_d3 support_d4 support_d5 assessed_from assessed_by method model_version confidence",
    "11 risk_of_bias_robvis": "Study D1 D2 D3 D4 D5 Overall Weight",
    "12 reviews": "review_id pmid search_date databases protocol_id grade_used rob_tool k_included included_list_available amstar2_items_1_16 amstar2_overall is_index_for contains_retracted",
    "13 review_study_matrix": "review_id study_id included source",
    "13 review_overlap": "review_a review_b shared union cca_pairwise cca_overall",
    "14 syntheses": "stratum_id question_id comparator_class outcome_domain time_window method k n estimate ci_low ci_high ci_method wald_low wald_high prediction_low prediction_high tau i2 i2_low i2_high q n_favours_i n_favours_c n_null n_not_reported prop_favours wilson_low wilson_high sign_p loo_min loo_max low_rob_effect egger_p inputs_sha256",
    "15 certainty": "stratum_id domain rating downgrade rule_id input_values reason source author date",
    "16 guidelines": "guideline_id body title year url statement source_seen direction strength certainty_stated status supersedes",
    "17 adverse_events": "result_id study_id event seriousness numerator numerator_status denominator denominator_unit ascertainment rate ci_low ci_high zero_event_upper",
    "18 retractions": "record_id status source notice_id notice_date reason checked_at affected_studies affected_reviews affected_strata affected_claims affected_documents action dismissed_by dismissal_reason",
    "19 prisma_counts": "run_id question_id stage box n reason",
    "20 decisions_log": "event_id at who object_type object_id field before after reason",
    "21 automation_register": "component version purpose trained_on metric value ci_low ci_high n_gold gold_set measured_at human_check",
    "22 gold_eval": "item_id gold_source field gold predicted match",
    "23 data_dictionary": "file column type allowed_values unit definition source_rule",
    "24 manifest": "file rows sha256 built_at code_commit protocol_sha256",
    "and forest_input": "study yi sei weight stratum_id",
    "and summary_of_findings": "stratum_id outcome comparison k n design risk_of_bias inconsistency indirectness imprecision publication_bias effect certainty plain_sentence footnotes",
    "and prisma2020": "data node box description boxtext tooltips url n question_id",
}  # fmt: skip
WITHOUT_VERSION = {"forest_input", "risk_of_bias_robvis"}
STATUS_OF = {
    "direction": "study_results",
    "estimate": "study_results",
    "n_analyzed": "studies",
    "judgement": "risk_of_bias",
    "numerator": "adverse_events",
    "last_complete_search": "claim_verdicts",
}


@pytest.mark.parametrize("promise", PROMISED)
def test_a_file_has_the_promised_columns_in_order(promise):
    name = promise.split()[1]
    expected = PROMISED[promise].split()
    if name not in WITHOUT_VERSION:
        expected.append("dataset_version")
    assert list(FILES[name].header) == expected


def test_no_file_is_undeclared_and_none_is_forgotten():
    assert {promise.split()[1] for promise in PROMISED} == set(FILES)
    assert {name for name, table in TABLES.items() if table.is_exported} <= set(FILES)


def test_the_team_pack_is_4_14_15_the_summary_6_18_23_and_24():
    numbers = {promise.split()[1]: promise.split()[0] for promise in PROMISED}
    assert [numbers[name] for name in TEAM] == ["4", "14", "15", "and", "6", "18", "23", "24"]


@pytest.mark.parametrize(("column", "name"), STATUS_OF.items())
def test_why_a_value_is_missing_has_a_column_of_its_own(column, name):
    header = FILES[name].header
    assert header.index(f"{column}_status") == header.index(column) + 1


@pytest.mark.parametrize("name", sorted(FILES))
def test_ids_and_pmids_are_text(name):
    for column in FILES[name].columns:
        if column.name.endswith(("pmid", "doi", "issn", "pmcid")) or column.name == "record_id":
            assert column.kind is Kind.TEXT
