"""Why a verdict has a new version: what is compared of a claim between two snapshots."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from evidence.pipeline.build import Inputs
from evidence.pipeline.history import compare_snapshots
from evidence.pipeline.retracted import retracted_from
from evidence.protocol import Protocol
from evidence.store.snapshots import Snapshot, write_snapshot


@pytest.fixture(scope="session")
def protocol(inputs: Inputs) -> Protocol:
    return inputs.protocol


def snapshot(folder: Path, *, around: str = "It is said so.", year: str = "2015", review: str = "r1") -> Snapshot:  # fmt: skip
    tables = {
        "claims": pd.DataFrame(
            [
                {
                    "claim_id": "c",
                    "document_id": "d",
                    "sentence_id": "s1",
                    "quote": "Needles help.",
                    "statement": "They help.",
                    "kind": "efficacy",
                }
            ]
        ),
        "sentences": pd.DataFrame(
            [
                sentence("s1", 0, "Needles help."),
                sentence("s2", 14, around),
                sentence("s3", 90, "Another paragraph.", paragraph=2),
            ]
        ),
        "claim_verdicts": pd.DataFrame(
            [
                {
                    "claim_id": "c",
                    "quote": "Needles help.",
                    "kind": "efficacy",
                    "verdict": "Supported",
                    "index_review_id": review,
                }
            ]
        ),
        "reviews": pd.DataFrame([{"review_id": review, "search_date": year}]),
    }
    return write_snapshot(folder, tables, {"as_of": "2026-11-24"})[0]


def sentence(sentence_id: str, start: int, text: str, paragraph: int = 1) -> dict[str, object]:
    return {
        "sentence_id": sentence_id,
        "document_id": "d",
        "char_start": start,
        "text": text,
        "status": "claim",
        "paragraph": paragraph,
    }


def because(before: Snapshot, after: Snapshot, protocol: Protocol) -> list[str]:
    return [
        reason
        for row in compare_snapshots(before, after, protocol)["verdicts"]
        for reason in row["because"]
    ]


def test_words_beside_the_quote_open_its_claim_again(tmp_path: Path, protocol: Protocol):
    one = snapshot(tmp_path / "one")
    other = snapshot(tmp_path / "other", around="It is no longer said so.")
    assert because(one, other, protocol) == ["the document's text changed"]
    assert because(one, one, protocol) == []


def test_only_a_review_that_searched_no_earlier_is_a_newer_one(tmp_path: Path, protocol: Protocol):
    old = snapshot(tmp_path / "old", review="r1", year="2015-03")
    new = snapshot(tmp_path / "new", review="r2", year="2020")
    assert because(old, new, protocol) == ["index review r2"]
    assert because(new, old, protocol) == []


def test_a_retracted_result_names_the_strata_that_fell_away_with_it(inputs: Inputs):
    claim = next(c for c in inputs.registry.claims if c.kind == "efficacy")
    question = str(claim.question_id)
    eligibility = pd.DataFrame(
        [{"question_id": question, "study_id": "s", "result_id": "r", "reason": "retracted"}]
    )
    coded = {"comparator_class": "sham", "outcome_domain": "pain", "time_window": "long"}
    results = pd.DataFrame([{"result_id": "r", **coded}])
    none = pd.DataFrame(
        columns=["question_id", "comparator_class", "outcome_domain", "stratum_id"], dtype="str"
    )
    (row,) = retracted_from(eligibility, results, none, {question: [claim]})
    assert row["stratum_ids"] == [f"{question}.sham.pain.decision", f"{question}.sham.pain.long"]
    assert row["claim_ids"] == [claim.claim_id]
