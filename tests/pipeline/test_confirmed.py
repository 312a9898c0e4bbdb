"""Curated beats confirmed beats machine-read."""

from __future__ import annotations

import pandas as pd
import pytest

from evidence.errors import UsageError
from evidence.pipeline.confirmed import (
    cell_value,
    judged_twice,
    pair_answers,
    with_confirmed_values,
    with_dismissals,
)
from evidence.store.decisions import Event


def event(number, who, thing, field, after, *, kind="study_results", reason=None):
    return Event(number, f"2026-11-24T12:00:{number:02}+00:00", who, kind, thing, field, number,
                 None, after, reason)  # fmt: skip


@pytest.fixture
def results():
    return pd.DataFrame(
        {
            "result_id": ["curated-1", "read-1", "read-2"],
            "origin": ["curated", "machine-read", "machine-read"],
            "estimate": [1.5, 2.5, 3.5],
            "direction": ["null", "not reported", None],
            "scale": [None, None, None],
        }
    )


def confirmed(results, *events):
    return with_confirmed_values("study_results", results, events).set_index("result_id")


def test_a_confirmed_value_replaces_what_a_machine_read(results):
    out = confirmed(results, event(1, "Ann", "read-1", "estimate", "2.75"))
    row = out.loc["read-1"]
    assert (row["estimate"], row["origin"], row["verified_by"]) == (2.75, "confirmed", "Ann")
    assert row["verified_at"] == "2026-11-24T12:00:01+00:00"
    assert out.loc["read-2", "origin"] == "machine-read"


def test_a_curated_value_stays_whatever_is_confirmed(results):
    out = confirmed(results, event(1, "Ann", "curated-1", "estimate", "9"))
    assert (out.loc["curated-1", "estimate"], out.loc["curated-1", "origin"]) == (1.5, "curated")
    assert pd.isna(out.loc["curated-1", "verified_by"])  # for Ann disagrees


def test_a_curated_value_that_a_person_finds_right_is_verified(results):
    out = confirmed(results, event(1, "Ann", "curated-1", "estimate", "1.50"))
    assert out.loc["curated-1", "verified_by"] == "Ann"


def test_the_last_word_on_a_cell_stands(results):
    events = [
        event(1, "Ann", "read-1", "direction", "favours intervention"),
        event(2, "Bob", "read-1", "direction", "null"),
    ]
    out = confirmed(results, *events)
    assert (out.loc["read-1", "direction"], out.loc["read-1", "verified_by"]) == ("null", "Bob")


def test_what_was_taken_back_changes_nothing(results):
    events = [
        event(1, "Ann", "read-1", "estimate", "9"),
        event(2, "Ann", "read-1", "estimate", None),
    ]
    assert with_confirmed_values("study_results", results, events) is results


def test_a_text_can_be_confirmed_where_no_row_had_one(results):
    out = confirmed(results.astype({"scale": "float64"}), event(1, "A", "read-2", "scale", "VAS"))
    assert out.loc["read-2", "scale"] == "VAS"


def test_a_decision_that_its_column_no_longer_allows_stops_no_build(results):
    events = [
        event(1, "Ann", "read-1", "direction", "a word of an older program"),
        event(2, "Ann", "read-1", "estimate", "2.75"),
    ]
    row = confirmed(results, *events).loc["read-1"]
    assert (row["direction"], row["estimate"]) == ("not reported", 2.75)
    assert pd.isna(row["verified_by"])


def test_confirming_twice_over_gives_the_same(results):
    events = [event(1, "Ann", "read-1", "estimate", "2.75")]
    once = with_confirmed_values("study_results", results, events)
    pd.testing.assert_frame_equal(with_confirmed_values("study_results", once, events), once)


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("estimate", "much", "is not a number"),
        ("estimate", "nan", "is not a number"),
        ("n_intervention", "3.5", "not allowed"),
        ("n_intervention", "-1", "at least 0"),
        ("direction", "up", "favours intervention"),
        ("scale", " ", "confirms nothing"),
        ("result_id", "x", "not a column that people confirm"),
        ("origin", "curated", "not a column that people confirm"),
        ("no_such", "x", "not a column that people confirm"),
        ("usable_for_pooling", "perhaps", "true or false"),
    ],
)
def test_a_value_that_its_column_does_not_allow_is_refused(field, text, message):
    with pytest.raises(UsageError, match=message):
        cell_value("study_results", field, text)


def test_a_dismissed_retraction_says_who_and_why():
    table = pd.DataFrame({"record_id": ["r1", "r2"], "status": ["retracted", "retracted"]})
    events = [event(1, "Ann", "r2", "retracted", "dismissed", kind="retractions", reason="other")]
    out = with_dismissals(table, events)
    assert list(out["dismissed_by"]) == [None, "Ann"]
    assert list(out["dismissal_reason"]) == [None, "other"]


def test_pairs_of_reports_are_read_back():
    events = [event(1, "Ann", "a | b", "same study", "yes", kind="two reports")]
    assert pair_answers(events) == {("a", "b"): events[0]}


def test_two_peoples_judgements_of_one_thing_are_a_pair():
    events = [
        event(1, "Ann", "r1", "direction", "null"),
        event(2, "Bob", "r1", "direction", "not reported"),
        event(3, "Ann", "r2", "direction", "null"),
        event(4, "ANN", "r2", "direction", "not reported"),  # one person thought again
        event(5, "Ann", "r3", "scale", "VAS"),
        event(6, "Bob", "r3", "scale", "VAS"),
        event(7, "Bob", "r3", "scale", None),  # and took it back
    ]
    assert judged_twice(events) == [("null", "not reported")]
    assert judged_twice(events[:6], "scale") == [("VAS", "VAS")]
