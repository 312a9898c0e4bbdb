"""History read from the index of claims is the history made of the tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from evidence.pipeline.claim_index import CLAIM_INDEX, claim_index
from evidence.pipeline.history import history_table
from evidence.store.snapshots import write_snapshot
from evidence.tables import conform

DAYS = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))


def tables(studies: list[str], verdict: str) -> dict[str, pd.DataFrame]:
    """Return a claim whose stratum holds some studies, and one that no study can test."""
    verdicts = [
        {"claim_id": "c", "quote": "Needles help.", "kind": "efficacy", "verdict": verdict,
         "stratum_ids": ["q.a", "q.gone"], "main_stratum_id": "q.a"},
        {"claim_id": "praise", "quote": "Lovely.", "kind": "untestable", "verdict": "Not testable"},
    ]  # fmt: skip
    claims = [
        {"claim_id": row["claim_id"], "document_id": "d", "quote": row["quote"], "kind": row["kind"]}
        for row in verdicts
    ]  # fmt: skip
    states = {study: ["retracted"] if study == "s2" else ["none"] for study in studies}
    raw = {
        "claims": claims,
        "claim_verdicts": verdicts,
        "syntheses": [{"stratum_id": "q.a", "question_id": "q", "n": 40, "inputs_sha256": "".join(studies)}],
        "stratum_members": [{"stratum_id": "q.a", "result_id": f"{s}.r", "study_id": s} for s in studies],
        "studies": [{"study_id": s, "retraction_status": states[s]} for s in studies],
        "retractions": [{"record_id": "pmid:9", "status": "retracted", "affected_studies": ["s9"], "affected_claims": ["c"]}],
    }  # fmt: skip
    return {name: conform(name, rows) for name, rows in raw.items()}


def test_the_index_holds_what_each_verdict_rested_on():
    first, praise = claim_index(tables(["s1", "s2"], "Supported"))[CLAIM_INDEX].to_pylist()
    assert first["studies"] == ["s1", "s2"]
    assert first["retracted"] == ["s2", "s9"]
    assert first["inputs"] == ["s1s2"]
    assert (first["n"], first["since_review_n"]) == (40, None)
    assert (first["verdict"], praise["verdict"]) == ("Supported", "Not testable")
    assert [praise[name] for name in ("studies", "retracted", "inputs")] == [[], [], []]


def test_tables_that_come_with_a_refresh_may_be_missing():
    made = tables(["s1"], "Supported")
    del made["retractions"]
    assert claim_index(made)[CLAIM_INDEX]["retracted"].to_pylist() == [[], []]


def test_history_is_the_same_with_the_index_and_without(tmp_path, inputs):
    found = {}
    for name, is_indexed in (("with", True), ("without", False)):
        for day, made in zip(
            DAYS,
            (tables(["s1", "s3"], "Supported"), tables(["s1", "s2"], "Overstated")),
            strict=True,
        ):
            indexes = claim_index(made) if is_indexed else None
            about = {"as_of": f"{day:%Y-%m-%d}"}
            write_snapshot(tmp_path / name, made, about, indexes=indexes, now=day)
        found[name] = history_table(tmp_path / name, inputs.protocol)
    pd.testing.assert_frame_equal(found["with"], found["without"])
    last = found["with"].set_index(["claim_id", "verdict_version"]).loc[("c", 2)]
    assert (last["studies_added"], last["studies_removed"]) == (["s2"], ["s3"])
    assert "s2" in last["trigger"]


@pytest.mark.parametrize("missing", ["claim_verdicts", "syntheses"])
def test_a_snapshot_without_claims_or_strata_has_an_index_of_what_there_is(missing):
    made = tables(["s1"], "Supported") | {missing: conform(missing, pd.DataFrame())}
    index = claim_index(made)[CLAIM_INDEX]
    assert index.num_rows == (0 if missing == "claim_verdicts" else 2)
    assert index.schema == claim_index(tables(["s1"], "Supported"))[CLAIM_INDEX].schema
