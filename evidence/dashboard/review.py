"""The review queue: what needs a person, item by item, each with its reasons.

An item is a verdict, a result, a pair of reports or a retraction state. What a snapshot says of it
is found once a snapshot; what people have decided is laid over it at every run.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import pandas as pd
import streamlit as st

from evidence.charts import figures
from evidence.dashboard import board, reading, state
from evidence.dashboard.decided import Standing
from evidence.dashboard.reading import ClaimRow
from evidence.dashboard.results import results_with_studies
from evidence.pipeline.confirmed import SAME_STUDY, STUDY_PAIR, pair_id
from evidence.pipeline.signatures import standing_events
from evidence.store.decisions import Event
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import (
    ClaimKind,
    Direction,
    Flag,
    MemberRole,
    ReportedTest,
    RetractionStatus,
    ValueOrigin,
    ValueStatus,
    VerdictWord,
)

__all__ = [
    "DONE",
    "REASONS",
    "Item",
    "ItemKind",
    "counts",
    "disagreements",
    "find_item",
    "other_items",
    "select",
    "silent_trials",
    "verdict_items",
    "verdict_reasons",
]

REASONS = {
    "second": "one signature missing",
    "override": "override proposed",
    "lapsed": "signature lapsed",
    "reopened": "opened again",
    "sign": "not signed",
    "conflict": "conflicting",
    "threshold": "depends on the threshold",
    "disagree": "reviews disagree",
    "single": "single study",
    "outdated": "old or outdated search",
    "retraction": "retraction touched",
    "window": "approximate window",
    "test": "number against its own test",
    "text": "awaiting full text",
    "machine": "low confidence: read by machine",
    "same": "same study?",
    "state": "retraction state",
    "done": "decided",
}
"""Why an item waits, in the order in which reasons are shown; the last one waits no more."""
DONE = "done"
URGENT = {"second": 400, "override": 400, "lapsed": 300, "reopened": 300}
_FLAG_REASON = {
    "threshold": (Flag.DEPENDS_ON_THRESHOLD,),
    "disagree": (Flag.REVIEWS_DISAGREE,),
    "single": (Flag.SINGLE_STUDY,),
    "outdated": (Flag.OLD_SEARCH, Flag.OUTDATED),
    "retraction": (Flag.RETRACTION_TOUCHED,),
    "window": (Flag.APPROXIMATE_WINDOW,),
}
_QUIET_STATES = {str(RetractionStatus.NONE), str(RetractionStatus.NOT_CHECKED)}


class ItemKind(StrEnum):
    """What a person is asked about."""

    VERDICT = "verdict"
    RESULT = "result"
    PAIR = "pair"
    RETRACTION = "retraction"


_RANK = {ItemKind.VERDICT: 200, ItemKind.RETRACTION: 150, ItemKind.PAIR: 100, ItemKind.RESULT: 0}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a person is asked about."""

    kind: ItemKind
    item_id: str
    title: str
    about: str
    """What stands there today, in words."""
    reasons: tuple[str, ...]
    people: tuple[str, ...] = ()
    verdict: VerdictWord | None = None
    review_state: str | None = None

    @property
    def key(self) -> str:
        """Return the id as it stands in an address."""
        return f"{self.kind}:{self.item_id}"

    @property
    def rank(self) -> int:
        """Return how far up it stands: what only lacks a second person first."""
        return _RANK[self.kind] + len(self.reasons) + max(URGENT.get(r, 0) for r in self.reasons)


# --- verdicts ------------------------------------------------------------------------------------


def verdict_reasons(row: ClaimRow, standing: Standing, *, is_reopened: bool = False) -> list[str]:
    """Return why a verdict waits for a person, as keys of ``REASONS``."""
    if row.kind is ClaimKind.UNTESTABLE:
        return []
    if standing.is_signed:
        is_split = standing.override is not None and not standing.is_by_hand
        return ["override"] if is_split else [DONE]
    out = []
    if standing.n_signed or standing.by_hand:
        out.append("second")
    if standing.override is not None:
        out.append("override")
    if standing.lapsed:
        out.append("lapsed")
    if is_reopened:
        out.append("reopened")
    if not standing.n_signed and not standing.by_hand:
        out.append("sign")
    if row.verdict is VerdictWord.CONFLICTING:
        out.append("conflict")
    held = set(row.flags)
    out += [name for name, flags in _FLAG_REASON.items() if held & {str(flag) for flag in flags}]
    return out


def verdict_items(
    rows: Sequence[ClaimRow], signed: Mapping[str, Standing], reopened: Collection[str] = ()
) -> list[Item]:
    """Return the verdicts, those that cannot be tested left out.

    Parameters
    ----------
    reopened
        Claims whose verdict was opened again (docs/method.md, section 13).
    """
    out = []
    for row in rows:
        standing = signed[row.claim_id]
        why = verdict_reasons(row, standing, is_reopened=row.claim_id in reopened)
        if why:
            people = standing.by_hand if standing.is_by_hand else standing.by_rules
            out.append(
                Item(
                    ItemKind.VERDICT,
                    row.claim_id,
                    f"{row.label} {row['statement']}",
                    str(row.verdict),
                    tuple(why),
                    tuple(event.who for event in people or standing.by_hand),
                    row.verdict,
                    str(row.get("review_state")),
                )
            )
    return out


def reopened_claims(history: pd.DataFrame) -> dict[str, str]:
    """Return the claims whose verdict has been another before, with what opened it again.

    Parameters
    ----------
    history
        ``verdict_history``.
    """
    latest = history.sort_values("verdict_version").drop_duplicates("claim_id", keep="last")
    again = latest[latest["verdict_version"] > 1]
    return {str(row["claim_id"]): str(row["trigger"]) for row in figures.records(again)}


# --- what a snapshot holds beside verdicts -------------------------------------------------------

RESULT_COLUMNS = ("result_id", "study_id", "direction", "reported_test", "outcome_domain",
                  "comparator_class", "origin", "direction_status")  # fmt: skip


def other_items(snapshot: Snapshot, events: Sequence[Event]) -> list[Item]:
    """Return results, pairs and retraction states, with what people have said of each."""
    base = _base_items(str(snapshot.folder), snapshot.snapshot_id)
    people: dict[str, list[str]] = {}
    for (kind, object_id, field), event in standing_events(events).items():
        if kind == "study_results":
            people.setdefault(f"result:{object_id}", []).append(event.who)
        elif (kind, field) == (STUDY_PAIR, SAME_STUDY):
            people.setdefault(f"pair:{object_id}", []).append(event.who)
        elif kind == "retractions":
            people.setdefault(f"retraction:{object_id}|{field}", []).append(event.who)
    if not people:
        return base
    return [_decided(item, people[item.key]) if item.key in people else item for item in base]


def _decided(item: Item, people: Sequence[str]) -> Item:
    return replace(item, reasons=(DONE,), people=tuple(dict.fromkeys(people)))


@st.cache_resource(max_entries=4, show_spinner=False)
def _base_items(folder: str, snapshot_id: str) -> list[Item]:
    """Return the items of a snapshot that no verdict is, as if nobody had decided."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    return [*_retraction_items(snapshot), *_pair_items(snapshot), *_result_items(snapshot)]


def disagreements(snapshot: Snapshot) -> pd.DataFrame:
    """Return the results whose number lies on one side and whose own test names the other."""
    sides = [str(Direction.FAVOURS_INTERVENTION), str(Direction.FAVOURS_COMPARATOR)]
    tests = [str(ReportedTest.FAVOURS_INTERVENTION), str(ReportedTest.FAVOURS_COMPARATOR)]
    frame = snapshot.read("study_results", RESULT_COLUMNS, {"direction": sides, "reported_test": tests})  # fmt: skip
    own = frame["reported_test"].map(dict(zip(tests, sides, strict=True)))
    return frame[frame["direction"] != own]


def silent_trials(snapshot: Snapshot) -> pd.DataFrame:
    """Return the comparisons in strata whose direction is not reported."""
    silent = {"role": [str(MemberRole.NOT_REPORTED)]}
    members = snapshot.read("stratum_members", ["result_id"], silent)
    ids = set(members["result_id"])
    frame = snapshot.read("study_results", RESULT_COLUMNS, {"result_id": ids})
    return frame[frame["direction_status"] != str(ValueStatus.NOT_APPLICABLE)]


def _unconfirmed(snapshot: Snapshot) -> pd.DataFrame:
    """Return the results in strata that a machine read and nobody has confirmed."""
    machine = {"origin": [str(ValueOrigin.MACHINE_READ)]}
    frame = snapshot.read("study_results", RESULT_COLUMNS, machine)
    if frame.empty:
        return frame
    held = set(snapshot.read("stratum_members", ["result_id"])["result_id"])
    return frame[[result_id in held for result_id in frame["result_id"]]]


def _result_items(snapshot: Snapshot) -> list[Item]:
    """Return the results that wait, those with most reasons first."""
    found = {
        "test": disagreements(snapshot),
        "text": silent_trials(snapshot),
        "machine": _unconfirmed(snapshot),
    }
    why: dict[str, tuple[str, ...]] = {}
    for reason, frame in found.items():
        for result_id in frame["result_id"]:
            why[result_id] = (*why.get(result_id, ()), reason)
    waiting = pd.concat(found.values()).drop_duplicates("result_id")
    every = results_with_studies(snapshot)
    known = every.rows(every.places(why), ("result_id", "label"))
    labels = dict(zip(known["result_id"], known["label"], strict=True))
    said = functools.cache(_direction_words)
    names = ("result_id", "study_id", "outcome_domain", "comparator_class", "direction", "reported_test")  # fmt: skip
    cells = zip(*(waiting[name].astype("object").tolist() for name in names), strict=True)
    items = [
        Item(ItemKind.RESULT, i, f"{labels.get(i, study)}, {outcome} against {comparator}", said(direction, test), why[i])
        for i, study, outcome, comparator, direction, test in cells
    ]  # fmt: skip
    return sorted(items, key=lambda item: (-len(item.reasons), item.title, item.item_id))


def _direction_words(direction: object, test: object) -> str:
    """Return which way a result points, and whose word that is."""
    shown = "not reported" if figures.is_missing(direction) else str(direction)
    tested = "" if figures.is_missing(test) else f"; its own test: {test}"
    return f"direction {shown}{tested}"


def _pair_items(snapshot: Snapshot) -> list[Item]:
    """Return pairs of reports that may be of one study (docs/method.md, section 8)."""
    if "report_pairs" not in snapshot.manifest["tables"]:  # of a program before that table
        return []
    frame = state.rows(snapshot, "report_pairs", "report_a", "report_b", "reason")
    ids = {*frame["report_a"], *frame["report_b"]}
    labels = {
        i: row["label"] for i, row in reading.rows_at(snapshot, "studies", ids, "label").items()
    }
    return [
        Item(
            ItemKind.PAIR,
            pair_id(row["report_a"], row["report_b"]),
            f"{labels[row['report_a']]} and {labels[row['report_b']]}: one study or two?",
            "answered" if figures.is_missing(row["reason"]) else str(row["reason"]),
            ("same",),
        )
        for row in figures.records(frame)
    ]


def _retraction_items(snapshot: Snapshot) -> list[Item]:
    """Return the retraction states that somebody should look at."""
    frame = state.rows(snapshot, "retractions", "record_id", "status", "affected_studies", "affected_claims", "action")  # fmt: skip
    loud = frame[~frame["status"].isin(_QUIET_STATES)]
    return [
        Item(
            ItemKind.RETRACTION,
            f"{row['record_id']}|{row['status']}",
            f"{row['record_id']}: {str(row['status']).replace('_', ' ')}",
            f"{len(row['affected_studies'] or [])} studies and {len(row['affected_claims'] or [])} "
            "claims touched",
            ("state",),
        )
        for row in figures.records(loud)
    ]


# --- choosing ------------------------------------------------------------------------------------


def counts(items: Sequence[Item]) -> dict[str, int]:
    """Return how many items wait for each reason, in the order of ``REASONS``; none left out."""
    found = dict.fromkeys(REASONS, 0)
    for reasons, n in Counter(item.reasons for item in items).items():
        for reason in reasons:
            found[reason] += n
    return found


def select(
    items: Sequence[Item], wanted: Collection[str], find: str = "", review_state: str = "all"
) -> list[Item]:
    """Return the items that filters leave, the most urgent first.

    Parameters
    ----------
    wanted
        Keys of ``REASONS``; where none is given, everything that is not decided.
    review_state
        Of verdicts; other items have none and stay.
    """
    chosen = set(wanted) or set(REASONS) - {DONE}
    # Very many items share few sets of reasons: each set is looked at once.
    matching = {
        reasons
        for reasons in {item.reasons for item in items}
        if chosen.intersection(reasons) and (bool(wanted) or DONE not in reasons)
    }
    kept = [
        item
        for item in items
        if item.reasons in matching
        and (review_state == "all" or item.review_state in {None, review_state})
    ]
    if find:
        kept = [item for item in kept if board.is_found(f"{item.title} {item.about}", find)]
    ranks: dict[int, list[Item]] = {}
    known: dict[tuple[ItemKind, tuple[str, ...]], int] = {}
    for item in kept:
        alike = (item.kind, item.reasons)
        if alike not in known:
            known[alike] = item.rank
        ranks.setdefault(known[alike], []).append(item)
    return [item for rank in sorted(ranks, reverse=True) for item in ranks[rank]]


def find_item(items: Sequence[Item], key: str) -> Item | None:
    """Return the item of an address, None where there is none."""
    return next((item for item in items if item.key == key), None)
