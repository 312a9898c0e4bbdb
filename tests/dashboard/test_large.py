"""Much of everything: tables by pages, pictures of what weighs most, harms of the own question."""

from __future__ import annotations

import threading

import pandas as pd
import pytest

from evidence.dashboard import paging, reading, state, strips, synthesis, warming
from evidence.store.snapshots import write_snapshot
from evidence.tables import conform
from tests.dashboard.sample import sample_tables
from tests.dashboard.walking import words_of

N_EVENTS = 250


@pytest.fixture(scope="module")
def large_workspace(tmp_path_factory):
    """Write the sample with many more harms, one of them behind another question."""
    tables = sample_tables()
    events = tables["adverse_events"]
    first = events[events["seriousness"] == "any"].iloc[0]
    more = [
        first.to_dict() | {"result_id": f"harm{i:03d}", "event": f"event {i:03d}", "n_patients": i, "seriousness": "serious"}
        for i in range(N_EVENTS)
    ]  # fmt: skip
    more.append(first.to_dict() | {"result_id": "of-another-question"})
    tables["adverse_events"] = conform("adverse_events", [*events.to_dict("records"), *more])
    folder = tmp_path_factory.mktemp("large")
    write_snapshot(folder, tables, {"as_of": "2026-11-01", "search_words": "none yet"})
    return folder


def test_a_safety_claim_shows_the_harms_of_its_own_question_only(large_workspace, monkeypatch):
    from evidence.store.snapshots import open_snapshot

    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(large_workspace))
    snapshot = open_snapshot(large_workspace)
    row = next(r for r in reading.claims(snapshot) if r.claim_id == "is-safe")
    shares = reading.board_shares(snapshot, row)
    assert [round(share.percent, 2) for share in shares] == [4.08]
    assert len(snapshot.read("adverse_events")) == N_EVENTS + 4


def test_a_long_table_of_harms_is_shown_by_pages_and_loses_no_row(large_workspace, run_page):
    app = run_page("safety", workspace=large_workspace)
    seen: set[int] = set()
    for page in (1, 2, 3):
        pager = app.number_input(key="page_of_patients")
        assert pager.label == f"{N_EVENTS + 1} events, page of 3"
        pager.set_value(page).run()
        words = words_of(app)
        shown = {i for i in range(N_EVENTS) if f"event {i:03d}" in words}
        assert len(shown) <= paging.MOST_ROWS
        assert not seen & shown
        seen |= shown
    assert seen == set(range(N_EVENTS))


def test_a_picture_keeps_what_weighs_most_and_says_what_it_leaves_out():
    members = pd.DataFrame(
        {
            "result_id": [f"r{i}" for i in range(300)],
            "weight_percent": [None if i < 200 else float(i) for i in range(300)],
            "n_participants": range(300),
        }
    )
    drawn = paging.most_weighed(members)
    assert list(drawn["result_id"]) == [f"r{i}" for i in range(200, 300)]
    assert "100 of 300 results" in paging.left_out_words(len(drawn), len(members))
    few = members.head(7)
    assert paging.most_weighed(few) is few


def test_of_very_many_pairs_of_reviews_the_most_shared_are_kept_and_all_are_counted(monkeypatch):
    n_pairs = synthesis.MOST_PAIRS + 5
    table = pd.DataFrame(
        {
            "review_a": [f"a{i}" for i in range(n_pairs)],
            "review_b": [f"b{i}" for i in range(n_pairs)],
            "shared": range(n_pairs),
        }
    )
    monkeypatch.setattr(state, "rows", lambda *_: table)
    members = pd.DataFrame({"study_id": ["a0", "b0", "a1"]})
    of_members, n_of_members = synthesis.pairs_of(None, members)
    assert (list(of_members["review_a"]), n_of_members) == (["a0"], 1)
    kept, n_known = synthesis.pairs_of(None, members.iloc[:1])
    assert n_known == n_pairs
    assert sorted(kept["shared"]) == list(range(5, n_pairs))


def test_a_strip_of_very_many_shares_draws_each_place_once_and_counts_all():
    shares = [strips.Share(f"study {i}", i / 50, is_main=i == 7) for i in range(5000)]
    html = strips.percent_strip(shares, None, "found", "of patients")
    assert html.count('class="dot o"') <= 201
    assert html.count('class="dot main"') == 1
    assert "<b>5,000</b>" in html
    assert "5,000 numbers from 0 to 99.98 per cent" in html
    assert "study 7 0.14 per cent" in html
    assert len(html) < 20_000


def test_a_strip_of_few_shares_names_every_one():
    shares = [strips.Share("Adler", 4.08, is_main=True), strips.Share("Brandt", 12.0)]
    html = strips.percent_strip(shares, 5.0, "found", "of patients")
    assert "claimed 5 per cent; Adler 4.08 per cent; Brandt 12 per cent" in html
    assert html.count('class="dot') == 2


def test_a_large_snapshot_is_made_ready_once_and_a_small_one_is_left(sample_workspace, monkeypatch):
    from evidence.store.snapshots import open_snapshot

    monkeypatch.setenv("EVIDENCE_WORKSPACE", str(sample_workspace))
    snapshot = open_snapshot(sample_workspace)
    asked: list[str] = []
    monkeypatch.setattr(warming.review, "other_items", lambda s, _: asked.append(s.snapshot_id))
    warming._warmed.clear()
    warming.warm(snapshot)
    assert not [t for t in threading.enumerate() if t.name.startswith("warm ")]
    monkeypatch.setattr(warming, "LARGE", 1)
    for _ in range(2):
        warming.warm(snapshot)
    warming._warmed(str(snapshot.folder), snapshot.snapshot_id).join(timeout=60)
    assert asked == [snapshot.snapshot_id]
    warming._warmed.clear()
