"""Why the last refresh did not end with a data set: failed, interrupted, or never begun; what to do.

Every record that did not arrive is named, with the claims whose queries list it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from evidence.dashboard import components, marks, search
from evidence.dashboard.components import Head, table
from evidence.store.refresh_log import read_refresh_log

if TYPE_CHECKING:
    from evidence.refresh import Failure, Progress

__all__ = ["draw_outcome"]

MOST_MISSING = 200
REMEDIES = {
    "SearchIncompleteError": "Run it again later: what was fetched is kept, and only what is missing is asked for. An id that PubMed lists and never returns is for its help desk.",
    "QueryRefusedError": "Edit that claim's query in the registry (<code>claims.yaml</code>), check it with <code>python -m evidence claims check</code>, and run it again.",
    "RateLimitedError": "Wait some minutes and run it again; an API key of your own (<code>NCBI_API_KEY</code>) allows 10 requests a second instead of 3.",
    "SettingError": "Set it in the environment of the dashboard and start the dashboard again.",
    "SnapshotDamagedError": "Choose “everything again”: it does without the damaged files.",
    "WorkspaceFullError": "Free some space on the disk of the workspace and run it again.",
}  # fmt: skip
REMEDY = "Run it again later; what was fetched so far is kept for a day and is not asked for again."


def draw_outcome(workspace: Path, progress: Progress | None, exit_code: int | None) -> None:
    """Say why the last refresh did not end with a data set, where it did not.

    Parameters
    ----------
    workspace
        Where it ran.
    progress
        How far the newest run is.
    exit_code
        Of the process that this server started, where its word is the last one.
    """
    from evidence.refresh import read_failure

    stage = None if progress is None else str(progress.stage)
    failure = None
    if progress is not None and stage == "failed":
        failure = read_failure(workspace, progress.run_id)
    if failure is not None:
        components.show(_failure_html(failure, _claims_of_missing(workspace)))
        _draw_messages(workspace)
    elif progress is not None and stage == "interrupted":
        components.show(_interrupted_html(progress))
    elif exit_code:
        components.show(_unexplained_html(workspace, exit_code))
        _draw_messages(workspace)


def _interrupted_html(progress: Progress) -> str:
    of = f" at {progress.done:,} of {progress.total:,}" if progress.total else ""
    return (
        f'<div class="empty" role="status"><b>{escape(progress.run_id)} was interrupted{of}, '
        f"{search.moment(progress.updated_at)}.</b> What was fetched is kept. Run it again within "
        "a day and it goes on from there; the data set shown has not changed.</div>"
    )


def _unexplained_html(workspace: Path, code: int) -> str:
    """Return why a refresh ended without a run of its own: a setting, a lock, a signal."""
    error = (read_refresh_log(workspace).document or {}).get("error") or {}
    message = error.get("message") or (
        "It was ended by a signal before it could say anything." if code < 0
        else f"It ended with exit code {code}."
    )  # fmt: skip
    remedy = REMEDIES.get(str(error.get("name")), REMEDY)
    return (
        f'<div class="empty" role="alert"><b>The last refresh did not end well: '
        f"{escape(str(message))}</b> {remedy} The data set shown has not changed.</div>"
    )


def _failure_html(failure: Failure, asked_by: Mapping[str, Sequence[str]]) -> str:
    """Return why a run failed, every missing id, and what to do."""
    remedy = REMEDIES.get(failure.error, REMEDY)
    said = (
        f'<div class="empty" role="alert"><b>{escape(failure.run_id)} could not be proved complete: '
        f"{escape(failure.message)}</b> The data set shown has not changed. {remedy}</div>"
    )
    if not failure.missing:
        return said
    body = [
        [
            marks.record_link(pmid, None, None),
            escape(", ".join(asked_by.get(pmid, ())) or "not recorded"),
            "PubMed lists it and did not return it. Run the refresh again; if it stays, open it on "
            "PubMed: a record that was taken out is no longer listed next time.",
        ]
        for pmid in failure.missing[:MOST_MISSING]
    ]
    more = len(failure.missing) - MOST_MISSING
    note = f'<div class="note">and {more:,} more</div>' if more > 0 else ""
    heads = [Head("Missing record", width=170), Head("Found by", width=240), Head("What to do")]
    return said + table(heads, body, "Records that did not arrive") + note


def _claims_of_missing(workspace: Path) -> dict[str, list[str]]:
    """Return the claims whose queries list each missing record, as the run's document says."""
    document = read_refresh_log(workspace).document or {}
    found: dict[str, list[str]] = {}
    for row in document.get("searches") or ():
        for pmid in row.get("missing") or ():
            found.setdefault(str(pmid), []).append(str(row["claim_id"]))
    return found


def _draw_messages(workspace: Path) -> None:
    """Show the last lines that it told people, where it told any."""
    lines = read_refresh_log(workspace).messages
    if lines:
        with st.expander(f"Its last messages ({len(lines)} lines)"):
            components.show("".join(f"<div><code>{escape(line)}</code></div>" for line in lines))
