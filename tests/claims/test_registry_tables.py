"""The registry as tables."""

from __future__ import annotations

import pandas as pd

from evidence.claims.registry_tables import registry_tables
from evidence.tables import check_table, conform, table


def test_the_tables_have_the_declared_columns_and_pass_their_schema(source, check):
    tables = registry_tables(check(source).registry)
    assert set(tables) == {"documents", "sentences", "claims"}
    for name, frame in tables.items():
        assert list(frame.columns) == list(table(name).column_names)
        check_table(name, conform(name, frame))


def test_every_sentence_has_its_row_and_its_reason(source, check):
    sentences = registry_tables(check(source).registry)["sentences"].set_index("text")
    assert sentences.loc["Call us today.", "nonclaim_reason"] == "advice"
    assert sentences.loc["Cold feet", "status"] == "claim"


def test_the_counts_of_a_document_add_up(source, check):
    row = registry_tables(check(source).registry)["documents"].iloc[0]
    assert (row.n_sentences, row.n_claims, row.n_nonclaim, row.n_unread) == (10, 7, 4, 0)
    assert pd.isna(row.url)
    assert pd.isna(row.changed_since_last)


def test_a_changed_text_is_seen_against_the_snapshot_before(source, check):
    registry = check(source).registry
    same = registry_tables(registry, {"river": registry.documents[0].sha256})["documents"].iloc[0]
    other = registry_tables(registry, {"river": "0" * 64})["documents"].iloc[0]
    assert (same.changed_since_last, other.changed_since_last) == (False, True)


def test_a_claim_carries_its_number_with_unit_and_what_is_missing_is_missing(source, check):
    claims = registry_tables(check(source).registry)["claims"].set_index("claim_id")
    assert (claims.loc["prevalence", "claimed_value"], claims.loc["prevalence", "bound"]) == (
        30,
        "upper",
    )
    assert claims.loc["prevalence", "claimed_unit"] == "per cent"
    assert pd.isna(claims.loc["is-safe", "claimed_value"])
    assert pd.isna(claims.loc["experts", "question_id"])
    assert claims.loc["sitting", "intervention"] == "sitting"


def test_the_section_is_the_heading_above(source, check):
    claims = registry_tables(check(source).registry)["claims"].set_index("claim_id")
    assert pd.isna(claims.loc["prevalence", "section"])
