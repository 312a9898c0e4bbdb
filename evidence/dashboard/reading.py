"""What pages read together: claims with their verdicts, strata with their members.

Joins and selections only. No estimate, verdict or certainty is made here: every number is a cell
of the snapshot.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from evidence.charts import figures
from evidence.charts.figures import Cell, is_missing, is_true
from evidence.charts.harvest import tested_table
from evidence.dashboard import state
from evidence.dashboard.results import results_with_studies
from evidence.dashboard.strips import DECIDING, LANES, Axis, Lane, Share
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import ClaimKind, EffectMeasure, MemberRole, ReviewState, VerdictWord

__all__ = [
    "ClaimRow",
    "axis_of",
    "board_shares",
    "claims",
    "counted_tests",
    "harms_of",
    "lanes",
    "member_counts",
    "members",
    "result_row",
    "rows_at",
    "signed",
    "strata",
    "studies_of",
    "study_row",
    "tested",
]

DECISION = "decision"
VERDICT_COLUMNS = (
    "claim_id", "verdict", "verdict_sentence", "certainty", "certainty_cap_reason", "main_finding",
    "pragmatic_finding", "failed_element", "certainty_rated", "effect_unit", "mid_used",
    "threshold_sensitive", "k_studies", "n_participants", "n_direction_not_reported",
    "index_review_pmid", "since_review_k", "review_state", "reviewer_1", "reviewer_2",
    "reviewed_at", "last_complete_search", "protocol_version", "verdict_version", "flags",
    "stratum_ids", "main_stratum_id", "pragmatic_stratum_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim and its verdict: the cells of two rows, by name."""

    cells: Mapping[str, Any]

    def __getitem__(self, name: str) -> Cell:
        return self.cells[name]

    def get(self, name: str) -> Cell:
        """Return a cell, None where it is missing."""
        value = self.cells.get(name)
        return None if not isinstance(value, list) and is_missing(value) else value

    @property
    def claim_id(self) -> str:
        """Return the slug."""
        return str(self.cells["claim_id"])

    @property
    def label(self) -> str:
        """Return C01 … by order."""
        return str(self.get("label") or self.claim_id)

    @property
    def kind(self) -> ClaimKind:
        """Return the kind of question."""
        return ClaimKind(self.cells["kind"])

    @property
    def verdict(self) -> VerdictWord:
        """Return the answer."""
        return VerdictWord(self.cells["verdict"])

    @property
    def flags(self) -> list[str]:
        """Return the flags beside the verdict."""
        return list(self.get("flags") or [])


@st.cache_resource(max_entries=16, show_spinner=False)
def _claims(folder: str, snapshot_id: str) -> list[ClaimRow]:
    """Return all claims of a snapshot in the order of their documents."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    left = snapshot.read("claims")
    right = snapshot.read("claim_verdicts", list(VERDICT_COLUMNS))
    joined = left.merge(right, on="claim_id", how="inner", validate="one_to_one")
    joined = joined.sort_values(["document_id", "char_start", "label"], ignore_index=True)
    return [ClaimRow(row) for row in figures.records(joined)]


def claims(snapshot: Snapshot) -> list[ClaimRow]:
    """Return every claim with its verdict."""
    return _claims(str(snapshot.folder), snapshot.snapshot_id)


def in_state(rows: Sequence[ClaimRow], picked: str) -> list[ClaimRow]:
    """Return the claims in a review state, or all."""
    return [row for row in rows if picked == "all" or row.get("review_state") == picked]


def neighbours(rows: Sequence[ClaimRow], at: int, picked: str) -> tuple[ClaimRow | None, ClaimRow | None]:  # fmt: skip
    """Return the claims before and after one, among those in a review state."""
    before = in_state(rows[:at], picked)
    after = in_state(rows[at + 1 :], picked)
    return (before[-1] if before else None, after[0] if after else None)


def signed(rows: Sequence[ClaimRow]) -> tuple[int, int]:
    """Return how many verdicts are reviewed, and of how many testable claims."""
    testable = [row for row in rows if row.kind is not ClaimKind.UNTESTABLE]
    reviewed = sum(row.get("review_state") == str(ReviewState.REVIEWED) for row in testable)
    return reviewed, len(testable)


@dataclass(frozen=True, slots=True)
class _ByQuestion:
    """A table and where the rows of each question stand in it; a part is taken when asked for."""

    frame: pd.DataFrame
    places: Mapping[str, Any]

    def of(self, row: ClaimRow) -> pd.DataFrame:
        """Return the rows of a claim's question."""
        part: pd.DataFrame = self.frame.iloc[self.places.get(str(row.get("question_id")), [])]
        return part


def _grouped(frame: pd.DataFrame) -> _ByQuestion:
    places = frame.groupby("question_id", sort=False).indices
    return _ByQuestion(frame, {str(key): at for key, at in places.items()})


@st.cache_resource(max_entries=4, show_spinner=False)
def _strata(folder: str, snapshot_id: str) -> _ByQuestion:
    """Return the syntheses of each question."""
    return _grouped(state.snapshot_in(folder, snapshot_id).read("syntheses"))


@st.cache_resource(max_entries=64, show_spinner=False)
def _members(folder: str, snapshot_id: str, question: str) -> pd.DataFrame:
    """Return the members of a question's strata."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    return snapshot.read("stratum_members", where={"question_id": [question]})


@st.cache_resource(max_entries=8, show_spinner=False)
def _member_counts(folder: str, snapshot_id: str) -> dict[str, int]:
    """Return how many results stand in the strata of each question."""
    frame = state.snapshot_in(folder, snapshot_id).read("stratum_members", ["question_id"])
    return {str(key): int(n) for key, n in frame["question_id"].value_counts().items()}


def strata(snapshot: Snapshot, row: ClaimRow) -> pd.DataFrame:
    """Return the syntheses of a claim's question; an empty table where there is none."""
    return _strata(str(snapshot.folder), snapshot.snapshot_id).of(row)


def members(snapshot: Snapshot, row: ClaimRow) -> pd.DataFrame:
    """Return the results in a claim's strata; an empty table where there is none."""
    return _members(str(snapshot.folder), snapshot.snapshot_id, str(row.get("question_id") or ""))


def member_counts(snapshot: Snapshot) -> Mapping[str, int]:
    """Return how many results stand in the strata of each question."""
    return _member_counts(str(snapshot.folder), snapshot.snapshot_id)


def shown_outcome(row: ClaimRow, frame: pd.DataFrame) -> str | None:
    """Return the outcome that the verdict rests on, else the first that has a decision stratum."""
    main = row.get("main_stratum_id")
    hit = frame[frame["stratum_id"] == main]["outcome_domain"]
    if len(hit):
        return str(hit.iloc[0])
    pragmatic = frame[frame["stratum_id"] == row.get("pragmatic_stratum_id")]["outcome_domain"]
    if len(pragmatic):
        return str(pragmatic.iloc[0])
    decision = frame[frame["time_window"] == DECISION]
    order = [*(row.get("outcomes") or []), "pain"]
    present = list(dict.fromkeys(decision["outcome_domain"]))
    for wanted in order:
        for outcome in present:
            if str(wanted).startswith(str(outcome)):
                return str(outcome)
    return str(present[0]) if present else None


def decision_strata(row: ClaimRow, frame: pd.DataFrame, outcome: str | None = None) -> pd.DataFrame:
    """Return the strata of the decision window and one outcome, one a comparator."""
    wanted = outcome or shown_outcome(row, frame)
    return frame[(frame["time_window"] == DECISION) & (frame["outcome_domain"] == wanted)]


def _int(value: Cell) -> int:
    return 0 if is_missing(value) else int(value)


def _or_none(value: Cell) -> float | None:
    return None if is_missing(value) else float(value)


LANE_COLUMNS = ("comparator_class", "k", "n", "n_favours_i", "n_favours_c", "n_null", "n_not_reported",
                "estimate", "ci_low", "ci_high", "method", "is_about", "is_other_window")  # fmt: skip


def lanes(row: ClaimRow, frame: pd.DataFrame) -> list[Lane]:
    """Return one lane a comparator class; asked ones show even where nothing was found."""
    asked = set(row.get("comparators") or [])
    by_class = {
        str(s["comparator_class"]): s
        for s in figures.records(frame[[c for c in LANE_COLUMNS if c in frame]])
    }
    out = []
    for comparator in LANES:
        name = str(comparator)
        stratum = by_class.get(name)
        is_asked = name in asked or not asked
        if stratum is None:
            if comparator in DECIDING:
                out.append(Lane(name, is_asked=is_asked))
            continue
        has_any = _int(stratum["k"]) + _int(stratum["n_not_reported"]) > 0
        if comparator not in DECIDING and not has_any:
            continue
        out.append(_lane_of(name, stratum, is_asked=is_asked))
    return out


def _lane_of(name: str, stratum: Mapping[str, Any], *, is_asked: bool) -> Lane:
    """Return a stratum as a lane."""
    favours = _int(stratum["n_favours_i"])
    known = favours + _int(stratum["n_favours_c"]) + _int(stratum["n_null"])
    notes = [
        words
        for words, holds in (
            (str(stratum["method"]), stratum["method"] == "reused review"),
            ("about: turned from an SMD", is_true(stratum.get("is_about"))),
            ("only another window", is_true(stratum.get("is_other_window"))),
        )
        if holds
    ]
    return Lane(
        name,
        _or_none(stratum["estimate"]),
        _or_none(stratum["ci_low"]),
        _or_none(stratum["ci_high"]),
        _int(stratum["k"]),
        None if is_missing(stratum["n"]) else int(stratum["n"]),
        favours,
        known,
        _int(stratum["n_not_reported"]),
        is_asked,
        "; ".join(notes),
    )


def axis_of(row: ClaimRow, frame: pd.DataFrame) -> Axis:
    """Return the axis of a claim's strip: its unit and least difference that matters."""
    for least, unit in zip(frame["mid"], frame["unit"], strict=True):
        if not is_missing(least) and not is_missing(unit):
            return Axis(float(least), str(unit))
    mid = row.get("mid_used")
    return Axis(float(mid) if mid else 10.0, str(row.get("effect_unit") or "points of 100"))


def is_percent(unit: Cell) -> bool:
    """Return whether a unit is a share of a hundred."""
    return not is_missing(unit) and str(unit).lower().startswith(("per cent", "percent", "%"))


@st.cache_resource(max_entries=8, show_spinner=False)
def _cells(folder: str, snapshot_id: str) -> dict[str, set[str]]:
    """Return the rows from which the numbers of each claim's sentence are taken."""
    frame = state.snapshot_in(folder, snapshot_id).read("verdict_cells", ["claim_id", "row_id"])
    known = frame.dropna()
    found: dict[str, set[str]] = {}
    for claim_id, row_id in zip(known["claim_id"], known["row_id"], strict=True):
        found.setdefault(str(claim_id), set()).add(str(row_id))
    return found


def said_rows(snapshot: Snapshot) -> set[str]:
    """Return the rows whose numbers stand in the sentence of any verdict."""
    found = _cells(str(snapshot.folder), snapshot.snapshot_id)
    return set().union(*found.values()) if found else set()


SHARE_KINDS = (ClaimKind.PREVALENCE, ClaimKind.UTILIZATION)
BRIEF = ("question_id", "result_id", "label", "role", "n_participants", "risk_of_bias")


@st.cache_resource(max_entries=4, show_spinner=False)
def _brief_members(folder: str, snapshot_id: str) -> _ByQuestion:
    """Return what small pictures need of the members of questions that ask for no effect."""
    snapshot = state.snapshot_in(folder, snapshot_id)
    asked = {str(row["question_id"]) for row in claims(snapshot) if row.get("question_id") and row.kind is not ClaimKind.EFFICACY}  # fmt: skip
    return _grouped(snapshot.read("stratum_members", BRIEF, {"question_id": asked}))


def _brief(snapshot: Snapshot, row: ClaimRow) -> pd.DataFrame:
    """Return the members of a claim's strata, in a few columns."""
    return _brief_members(str(snapshot.folder), snapshot.snapshot_id).of(row)


def _result_cells(snapshot: Snapshot, ids: Collection[str], *columns: str) -> pd.DataFrame:
    """Return some columns of results, indexed by their id; an unknown id has no row."""
    every = results_with_studies(snapshot)
    cells = every.rows(every.places(ids), ("result_id", *columns))
    return cells.set_index("result_id")


def board_shares(snapshot: Snapshot, row: ClaimRow) -> list[Share]:
    """Return the numbers found for a claim, in per cent; those in its sentence are marked.

    Shares are the printed figures of ``study_results``; for safety the rates per patient of
    ``adverse_events``, any event.
    """
    said = _cells(str(snapshot.folder), snapshot.snapshot_id).get(row.claim_id, set())
    if row.kind is ClaimKind.SAFETY:
        return _harm_shares(snapshot, row, said)
    if row.kind not in SHARE_KINDS:
        return []
    mine = _brief(snapshot, row).drop_duplicates("result_id")
    found = _result_cells(snapshot, set(mine["result_id"]), "measure", "estimate", "outcome")
    found = found[(found["measure"] == str(EffectMeasure.PROP)) & found["estimate"].notna()]
    mine = mine[mine["result_id"].isin(found.index)]
    of = found.loc[list(mine["result_id"])]
    cells = zip(mine["label"], of.index, of["estimate"], of["outcome"], strict=True)
    return [
        Share(str(label if is_missing(outcome) else f"{label}, {outcome}"), float(estimate), i in said)
        for label, i, estimate, outcome in cells
    ]  # fmt: skip


def harms_of(snapshot: Snapshot, row: ClaimRow) -> pd.DataFrame:
    """Return the harms that answer a safety claim: those of results in its question's strata."""
    frame = state.rows(snapshot, "adverse_events")
    mine = set(_brief(snapshot, row)["result_id"])
    return frame[[result_id in mine for result_id in frame["result_id"]]]


def _harm_shares(snapshot: Snapshot, row: ClaimRow, said: set[str]) -> list[Share]:
    """Return the shares of patients with any event."""
    frame = harms_of(snapshot, row)
    part = frame[
        (frame["seriousness"] == "any")
        & (frame["denominator_unit"] == "patients")
        & frame["rate"].notna()
    ]
    labels = _result_cells(snapshot, set(part["result_id"]), "label")["label"]
    cells = zip(part["result_id"], part["study_id"], part["rate"], strict=True)
    return [
        Share(str(labels.get(result, study)), float(rate) * 100, result in said)
        for result, study, rate in cells
    ]


def counted_tests(snapshot: Snapshot, row: ClaimRow) -> pd.DataFrame:
    """Return the results that count for a claim, by the source's own test (``tested_table``).

    Reviews stand beside them and are not among the squares; where there is nothing else they are.
    """
    mine = _brief(snapshot, row)
    primary = mine[mine["role"].isin([str(MemberRole.COUNTED), str(MemberRole.POOLED), str(MemberRole.NOT_REPORTED)])]  # fmt: skip
    return tested(snapshot, primary if len(primary) else mine)


def tested(snapshot: Snapshot, rows: pd.DataFrame) -> pd.DataFrame:
    """Return results of strata by the source's own test."""
    tests = _result_cells(snapshot, set(rows["result_id"]), "reported_test")
    known = tests["reported_test"].dropna()
    return tested_table(rows, dict(zip(map(str, known.index), known, strict=True)))


Rows = Mapping[str, Mapping[str, Any]]


def rows_at(snapshot: Snapshot, name: str, ids: Collection[str], *columns: str) -> Rows:
    """Return some columns of ``studies`` or ``study_results`` by id; an unknown id has no row."""
    key = "study_id" if name == "studies" else "result_id"
    frame = snapshot.read(name, [key, *columns], {key: {str(i) for i in ids}})
    return {str(row[key]): row for row in figures.records(frame)}


@st.cache_resource(max_entries=64, show_spinner=False)
def _row(folder: str, snapshot_id: str, name: str, key: str, wanted: str) -> dict[str, Any]:
    """Return one row of a table by its id; an unknown id gives no cell."""
    found = figures.records(
        state.snapshot_in(folder, snapshot_id).read(name, where={key: [wanted]})
    )
    return found[0] if found else {}


def result_row(snapshot: Snapshot, result_id: str) -> Mapping[str, Any]:
    """Return everything known of a result; an unknown id gives no cell."""
    return _row(str(snapshot.folder), snapshot.snapshot_id, "study_results", "result_id", result_id)


def study_row(snapshot: Snapshot, study_id: str) -> Mapping[str, Any]:
    """Return everything known of a study; an unknown id gives no cell."""
    return _row(str(snapshot.folder), snapshot.snapshot_id, "studies", "study_id", study_id)


STUDY_COLUMNS = (
    "study_id", "label", "title", "first_author", "year", "journal", "design", "country", "pmid",
    "doi", "url", "population", "n_randomized", "n_analyzed", "risk_of_bias", "registry_id",
    "funding", "funding_status", "coi", "coi_status", "retraction_status", "second_report_of", "claim_ids", "study_flags",
    "intervention_style", "weeks", "sessions", "comparator_text",
)  # fmt: skip


@st.cache_resource(max_entries=8, show_spinner=False)
def _studies(folder: str, snapshot_id: str) -> pd.DataFrame:
    """Return the studies by id."""
    frame = state.snapshot_in(folder, snapshot_id).read("studies", list(STUDY_COLUMNS))
    return frame.set_index("study_id", drop=False)


def studies_of(snapshot: Snapshot) -> pd.DataFrame:
    """Return the studies, indexed by their id."""
    return _studies(str(snapshot.folder), snapshot.snapshot_id)


@st.cache_resource(max_entries=8, show_spinner=False)
def _results(folder: str, snapshot_id: str) -> pd.DataFrame:
    """Return the results by id."""
    frame = state.snapshot_in(folder, snapshot_id).read("study_results")
    return frame.set_index("result_id", drop=False)


def results_of(snapshot: Snapshot) -> pd.DataFrame:
    """Return the study results, indexed by their id."""
    return _results(str(snapshot.folder), snapshot.snapshot_id)
