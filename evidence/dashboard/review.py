"""What the review queue shows: verdicts and results that wait for a person, by reason."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

import pandas as pd

from evidence.charts import figures
from evidence.dashboard import marks, reading, state
from evidence.dashboard.components import Head, table
from evidence.dashboard.navigation import address
from evidence.dashboard.reading import ClaimRow
from evidence.store.snapshots import Snapshot
from evidence.vocabulary import ClaimKind, Direction, Flag, ReportedTest, ReviewState, VerdictWord

__all__ = ["REASONS", "disagreements", "queue", "queue_table", "result_table", "silent_trials"]

REASONS = {
    "sign": "not signed",
    "threshold": "depends on the threshold",
    "disagree": "reviews disagree",
    "conflict": "conflicting",
    "single": "single study",
    "outdated": "old or outdated search",
    "retraction": "retraction touched",
    "window": "approximate window",
}
_FLAG_REASON = {
    "threshold": (Flag.DEPENDS_ON_THRESHOLD,),
    "disagree": (Flag.REVIEWS_DISAGREE,),
    "single": (Flag.SINGLE_STUDY,),
    "outdated": (Flag.OLD_SEARCH, Flag.OUTDATED),
    "retraction": (Flag.RETRACTION_TOUCHED,),
    "window": (Flag.APPROXIMATE_WINDOW,),
}


def reasons_of(row: ClaimRow) -> list[str]:
    """Return why a verdict waits for a person, as keys of ``REASONS``."""
    if row.kind is ClaimKind.UNTESTABLE:
        return []
    out = []
    if row.get("review_state") != str(ReviewState.REVIEWED):
        out.append("sign")
    if row.verdict is VerdictWord.CONFLICTING:
        out.append("conflict")
    held = set(row.flags)
    out += [name for name, flags in _FLAG_REASON.items() if held & {str(flag) for flag in flags}]
    return out


def queue(rows: Sequence[ClaimRow], wanted: Collection[str]) -> list[tuple[ClaimRow, list[str]]]:  # fmt: skip
    """Return the verdicts that wait, those with most reasons first."""
    waiting = [(row, reasons_of(row)) for row in rows]
    kept = [(row, why) for row, why in waiting if set(why) & set(wanted)]
    return sorted(kept, key=lambda pair: -len(pair[1]))


def queue_table(items: Sequence[tuple[ClaimRow, list[str]]]) -> str:
    """Return the queue as a table: claim, verdict, reasons, signatures."""
    body = []
    for row, why in items:
        signed = [str(row[c]) for c in ("reviewer_1", "reviewer_2") if row.get(c)]
        body.append(
            [
                f'<a href="{address("claim", claim=row.claim_id)}" target="_self">{escape(row.label)}</a> {escape(str(row["statement"]))}',
                marks.verdict(row.verdict, 15),
                escape(", ".join(REASONS[name] for name in why)),
                escape(", ".join(signed)) or '<span class="q">nobody yet</span>',
            ]
        )  # fmt: skip
    heads = [Head("Claim"), Head("Verdict", width=210), Head("Why it waits"), Head("Signed by", width=140)]  # fmt: skip
    return table(heads, body, "Verdicts that wait")


def disagreements(snapshot: Snapshot) -> pd.DataFrame:
    """Return the results whose number lies on one side and whose own test names the other."""
    frame = state.rows(snapshot, "study_results", "result_id", "study_id", "direction", "reported_test", "outcome_domain", "comparator_class", "source_note", "source_url")  # fmt: skip
    odd = (
        (frame["direction"] == str(Direction.FAVOURS_INTERVENTION))
        & (frame["reported_test"] == str(ReportedTest.FAVOURS_COMPARATOR))
    ) | (
        (frame["direction"] == str(Direction.FAVOURS_COMPARATOR))
        & (frame["reported_test"] == str(ReportedTest.FAVOURS_INTERVENTION))
    )
    return frame[odd]


def silent_trials(snapshot: Snapshot) -> pd.DataFrame:
    """Return the results of strata whose direction is not reported."""
    members = state.rows(snapshot, "stratum_members", "result_id", "role")
    silent = set(members[members["role"] == "direction not reported"]["result_id"])
    frame = state.rows(snapshot, "study_results", "result_id", "study_id", "direction", "reported_test", "outcome_domain", "comparator_class", "source_note", "source_url")  # fmt: skip
    return frame[frame["result_id"].isin(silent)]


def result_table(snapshot: Snapshot, frame: pd.DataFrame) -> str:
    """Return results with what stands in them and where."""
    studies = reading.studies_of(snapshot)
    body = []
    for row in figures.records(frame):
        known = row["study_id"] in studies.index
        label = studies.at[row["study_id"], "label"] if known else row["study_id"]
        body.append(
            [
                f'<a href="{address("evidence", result=str(row["result_id"]))}" target="_self">{marks.text(label)}</a>',
                f"{marks.text(row['outcome_domain'])}, against {marks.text(row['comparator_class'])}",
                marks.text(row["direction"], "not reported"),
                marks.text(row["reported_test"], "none printed"),
                f"<small>{marks.text(row['source_note'], 'no source note')}</small> {marks.link(row['source_url'], 'open')}",
            ]
        )
    heads = [Head("Study", width=170), Head("Result"), Head("Side of the number", width=160), Head("Its own test", width=160), Head("Source note")]  # fmt: skip
    return table(heads, body, "Results")
