"""The index of results holds what the tables hold, and is the same bytes whenever it is made."""

from __future__ import annotations

import pandas as pd
import pytest

from evidence.dashboard.results import n_studies_at, results_with_studies, select
from evidence.errors import SnapshotDamagedError
from evidence.pipeline.result_index import INDEXES, result_index
from evidence.store.snapshots import open_snapshot, verify_snapshot, write_snapshot
from evidence.tables import conform

ABOUT = {"as_of": "2026-11-01"}
STUDIES = pd.DataFrame(
    [
        {"study_id": "s2", "label": "Brandt 2014", "title": "Mud for Müller’s knee", "year": 2014,
         "design": "cohort", "risk_of_bias": "high"},
        {"study_id": "s1", "label": "Adler 2011", "title": "Warm wraps", "journal": "Knee Letters",
         "design": "randomized trial", "risk_of_bias": "low", "n_randomized": 40},
        {"study_id": "s3", "label": "No result of it", "title": "Nothing"},
    ]
)  # fmt: skip
RESULTS = pd.DataFrame(
    [
        {"result_id": "s2.b", "study_id": "s2", "outcome_domain": "pain", "outcome": "Schmerz, Größe",
         "direction": "favours intervention", "direction_status": "reported", "effect": 2.5},
        {"result_id": "s1.a", "study_id": "s1", "outcome_domain": "pain", "n_participants": 38},
        {"result_id": "s2.a", "study_id": "s2", "outcome_domain": "disability",
         "direction_status": "not applicable"},
        {"result_id": "x.a", "study_id": "gone", "outcome_domain": "pain"},
    ]
)  # fmt: skip


def tables():
    return {
        "studies": conform("studies", STUDIES),
        "study_results": conform("study_results", RESULTS),
    }


@pytest.fixture(scope="module", params=["written with it", "written without it"])
def snapshot(tmp_path_factory, request):
    made = tables()
    indexes = result_index(made) if request.param == "written with it" else None
    return write_snapshot(tmp_path_factory.mktemp("indexed"), made, ABOUT, indexes=indexes)[0]


def test_results_stand_by_the_label_of_their_study_and_unknown_studies_last(snapshot):
    results = results_with_studies(snapshot)
    everything = select(results, {}, "", None)
    assert results.ids(everything) == ["s1.a", "s2.a", "s2.b", "x.a"]
    assert (results.n_results, results.n_studies) == (4, 3)
    rows = results.rows(everything, ["result_id", "label", "direction", "effect", "n_participants"])
    assert rows["label"].tolist()[:3] == ["Adler 2011", "Brandt 2014", "Brandt 2014"]
    assert pd.isna(rows["label"].iloc[3])
    assert rows["direction"].tolist()[1:3] == ["not applicable", "favours intervention"]
    assert pd.isna(rows["direction"].iloc[0])
    assert rows["effect"].tolist()[2] == 2.5
    assert rows["n_participants"].tolist()[0] == 38


@pytest.mark.parametrize(
    ("wanted", "find", "only", "ids"),
    [
        ({"design": ["cohort"]}, "", None, ["s2.a", "s2.b"]),
        ({"outcome_domain": ["pain"], "risk_of_bias": ["high", "low"]}, "", None, ["s1.a", "s2.b"]),
        ({"direction": ["not applicable"]}, "", None, ["s2.a"]),
        ({"design": ["no such word"]}, "", None, []),
        ({}, "MULLER knee", None, ["s2.a", "s2.b"]),
        ({}, "grosse adler", None, []),
        ({}, "größe brandt", None, ["s2.b"]),
        ({}, "knee letters", None, ["s1.a"]),
        ({}, "", ["s2.b", "x.a", "nowhere"], ["s2.b", "x.a"]),
        ({}, "", [], []),
    ],
)
def test_filters_leave_what_they_name(snapshot, wanted, find, only, ids):
    results = results_with_studies(snapshot)
    kept = select(results, wanted, find, only)
    assert results.ids(kept) == ids
    assert n_studies_at(results, kept) == len({i.split(".")[0] for i in ids})


def test_words_to_choose_from_are_those_of_most_results_first(snapshot):
    choices = results_with_studies(snapshot).choices
    assert choices["outcome_domain"] == ["pain", "disability"]
    assert choices["design"] == ["cohort", "randomized trial"]


def test_an_index_is_the_same_bytes_in_two_workspaces_and_no_part_of_the_content(tmp_path):
    made = tables()
    with_it = [
        write_snapshot(tmp_path / name, made, ABOUT, indexes=result_index(tables()))[0]
        for name in ("one", "two")
    ]
    without, _ = write_snapshot(tmp_path / "three", made, ABOUT)
    for name in INDEXES:
        first, second = ((s.folder / f"{name}.arrow").read_bytes() for s in with_it)
        assert first == second
    assert with_it[0].manifest["content_sha256"] == without.manifest["content_sha256"]
    assert without.map_index(INDEXES[0]) is None


def test_a_damaged_or_missing_index_is_found(tmp_path):
    snapshot, _ = write_snapshot(tmp_path, tables(), ABOUT, indexes=result_index(tables()))
    assert verify_snapshot(snapshot) == []
    one, other = (snapshot.folder / f"{name}.arrow" for name in INDEXES)
    whole = bytearray(one.read_bytes())
    whole[len(whole) // 2] ^= 1
    one.write_bytes(whole)
    other.unlink()
    problems = {fault.file.rsplit("/", 1)[-1]: fault.problem for fault in verify_snapshot(snapshot)}
    assert problems == {one.name: "its SHA-256 is not the manifest's", other.name: "is missing"}
    with pytest.raises(SnapshotDamagedError, match="run verify"):
        open_snapshot(tmp_path).map_index(INDEXES[1])
