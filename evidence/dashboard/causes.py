"""Why a verdict has a new version: what the rules saw, and what people had decided before it.

A version is of the rules; where people had decided on the claim, or on a study or result of it,
between the data set before and this one, they are named beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from evidence.charts import figures
from evidence.charts.figures import Cell
from evidence.dashboard import state
from evidence.dashboard.reading import ClaimRow
from evidence.pipeline.signatures import CLAIM, OVERRIDE, SIGNATURE
from evidence.store.snapshots import Snapshot

__all__ = ["Deciders", "cause_html", "study_words"]

MOST_STUDIES = 8
UNCHANGED = "with the same studies, figures and protocol: the program or the claim's entry changed"


class Deciders:
    """Who decided what between two data sets, for each version of a claim's verdict."""

    def __init__(self, manifests: Sequence[Mapping[str, Any]], log: pd.DataFrame) -> None:
        self._log = figures.records(log)
        self._span: dict[str, tuple[int, int]] = {}
        before = 0
        for manifest in manifests:
            up_to = int(manifest.get("decisions_up_to") or 0)
            self._span[str(manifest.get("written_at", ""))] = (before, up_to)
            before = up_to

    @property
    def ids(self) -> frozenset[str]:
        """Return the results, studies and records that anybody has decided about."""
        events = (event for event in self._log if event["object_type"] != CLAIM)
        return frozenset(i for event in events for i in str(event["object_id"]).split(" | "))

    def behind(self, claim_id: str, changed_at: str, touched: frozenset[str]) -> list[str]:
        """Return in words what people decided on a claim, or on ids that it rests on."""
        first, last = self._span.get(changed_at, (0, 0))
        return [
            _event_words(event)
            for event in self._log
            if first < int(event["event_id"]) <= last
            and (
                (event["object_type"], event["object_id"]) == (CLAIM, claim_id)
                or not touched.isdisjoint(str(event["object_id"]).split(" | "))
            )
        ]


def touched_ids(
    snapshot: Snapshot, rows: Sequence[ClaimRow], decided: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Return for each claim what it rests on of the ids that people have decided about.

    Parameters
    ----------
    decided
        Ids of results, studies and records (``pmid:…``): few, so few rows are read for them.
    """
    if not decided:
        return {row.claim_id: frozenset() for row in rows}
    pmids = {i.removeprefix("pmid:") for i in decided if i.startswith("pmid:")}
    known = snapshot.read("studies", ["study_id", "pmid"], {"pmid": pmids})
    records = {study: f"pmid:{pmid}" for study, pmid in zip(known["study_id"], known["pmid"], strict=True)}  # fmt: skip
    studies = {*decided, *records}
    found: dict[str, set[str]] = {}
    for column, wanted in (("result_id", decided), ("study_id", studies)):
        members = snapshot.read("stratum_members", ["question_id", column], {column: wanted})
        for question, i in zip(members["question_id"], members[column], strict=True):
            found.setdefault(str(question), set()).update({str(i), records.get(str(i), str(i))})
    return {row.claim_id: frozenset(found.get(str(row.get("question_id")), ())) for row in rows}


def deciders() -> Deciders:
    """Return who decided what between the data sets of the workspace."""
    folder = state.workspace()
    manifests = [state.snapshot_of(snapshot_id).manifest for snapshot_id in state.versions(folder)]
    return Deciders(manifests, state.decisions())


def _event_words(event: Mapping[str, Any]) -> str:
    """Return one decision in words: who, what, why."""
    field, after = str(event["field"]), event["after"]
    if figures.is_missing(after):
        what = "took a decision back"
    elif field.startswith(SIGNATURE):
        what = "signed it"
    elif event["object_type"] == CLAIM and field == OVERRIDE:
        what = f"proposed {str(after).partition(' instead of ')[0]}"
    else:
        what = f"set {field} of {event['object_id']} to {after}"
    reason = "" if figures.is_missing(event["reason"]) else f": {event['reason']}"
    return f"{event['who']} {what}{reason}"


def cause_html(row: Mapping[str, Any], people: Sequence[str] = ()) -> str:
    """Return the causes of a version, each saying whether it is of the rules or of people."""
    reasons = [part for part in str(row["trigger"]).split("; ") if part]
    lines = [f"by rules: {escape(reason)}" for reason in reasons]
    lines += [f"by people: {escape(said)}" for said in people]
    if _is_alone(row) and not people:
        lines.append(UNCHANGED)
    for name, sign in (("studies_added", "studies in"), ("studies_removed", "studies out")):
        words = study_words(row[name])
        if words:
            lines.append(f"{sign}: {words}")
    return "<br>".join(lines)


def _is_alone(row: Mapping[str, Any]) -> bool:
    """Return whether the verdict moved though neither its studies nor its figures did."""
    names = ("changed_inputs", "studies_added", "studies_removed")
    return int(row["verdict_version"]) > 1 and not any(
        isinstance(row[name], list) and row[name] for name in names
    )


def study_words(cell: Cell) -> str:
    """Return some studies by their ids, and how many more there are."""
    ids = list(cell) if isinstance(cell, list) else []
    shown = ", ".join(f"<code>{escape(str(i))}</code>" for i in ids[:MOST_STUDIES])
    more = f" and {len(ids) - MOST_STUDIES:,} more" if len(ids) > MOST_STUDIES else ""
    return shown + more
