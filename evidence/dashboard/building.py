"""Building a data set from a page: another process writes it, the page waits and says how it went.

The process belongs to the session that began it; others see who holds the workspace. Leaving the
page does not end it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from html import escape
from pathlib import Path

import streamlit as st

from evidence.charts import figures
from evidence.dashboard import components, state
from evidence.settings import CHECKOUT, read_settings
from evidence.store.lock import lock_holder
from evidence.store.snapshots import Snapshot

__all__ = ["Build", "build_panel", "moved", "start_build"]

_KEY = "review_build"
_DONE = "review_built"
_EVERY = 1.0
"""Seconds between two looks at a running build."""
LONGEST_ERROR = 2000


@dataclass(frozen=True, slots=True)
class Build:
    """A build that was begun from a page."""

    process: subprocess.Popen[bytes]
    out: Path
    errors: Path
    began: float
    before: str
    """Data set that stood when it began."""

    @property
    def seconds(self) -> int:
        """Return how long it has run."""
        return int(time.monotonic() - self.began)

    def failure(self) -> str:
        """Return what the command said of its failure, the last line of it."""
        said = self.errors.read_text(encoding="utf-8", errors="replace").strip()
        lines = said.splitlines() or [f"the build ended with code {self.process.returncode}"]
        return lines[-1][:LONGEST_ERROR]

    def built(self) -> dict[str, object]:
        """Return the document that the command printed."""
        document: dict[str, object] = json.loads(self.out.read_text(encoding="utf-8"))
        return document


def start_build(before: str) -> Build:
    """Start ``python -m evidence build`` with the settings that the pages have."""
    settings = read_settings()
    folder = Path(tempfile.mkdtemp(prefix="evidence-build-"))
    out, errors = folder / "out.json", folder / "errors.txt"
    command = [sys.executable, "-m", "evidence", "build", "--json"]
    command += ["--workspace", str(settings.workspace.resolve())]
    command += ["--claims", str(settings.claims.resolve())]
    command += ["--documents", str(settings.documents.resolve())]
    with out.open("wb") as stdout, errors.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=os.environ | {"EVIDENCE_DATABASE_URL": settings.database_url},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,  # closing the page does not end it
        )
    return Build(process, out, errors, time.monotonic(), before)


def build_panel(snapshot: Snapshot, n_newer: int) -> None:
    """Show how many decisions wait for a build, and the button, progress or outcome of one."""
    running: Build | None = st.session_state.get(_KEY)
    if running is not None:
        _watch()
        return
    said = st.session_state.get(_DONE)  # stays until the next build begins
    if said is not None:
        components.show(said)
    if not n_newer:
        return
    are = "decision is" if n_newer == 1 else "decisions are"
    holder = lock_holder(state.workspace())
    busy = f" Now writing: {escape(str(holder))}." if holder is not None else ""
    with st.container(key="buildnow"):
        components.show(
            f'<div class="empty"><b>{figures.count(n_newer)} {are} newer than this data set</b> '
            f"and counted from the next build.{busy}</div>"
        )
        st.button("Build now", key="build_now", on_click=_begin, args=(snapshot.snapshot_id,))


def _begin(before: str) -> None:
    """Begin a build, once (callback)."""
    if st.session_state.get(_KEY) is None:
        st.session_state.pop(_DONE, None)
        st.session_state[_KEY] = start_build(before)


@st.fragment(run_every=_EVERY)
def _watch() -> None:
    """Look at the running build every second; when it ends, run the whole page again."""
    running: Build | None = st.session_state.get(_KEY)
    if running is None:
        return
    if running.process.poll() is None:
        components.show(
            '<div class="empty" role="status"><b>Building a new data set …</b> '
            f"{running.seconds} seconds so far, usually under a minute. You can go on reading; it "
            "goes on if you leave.</div>"
        )
        return
    st.session_state.pop(_KEY, None)
    st.session_state[_DONE] = _outcome(running)
    st.rerun(scope="app")


def _outcome(ended: Build) -> str:
    """Return what became of a build, as HTML."""
    if ended.process.returncode != 0:
        return (
            '<div class="empty" role="alert"><b>The build did not finish, and the data set is as it '
            f"was.</b> {escape(ended.failure())}</div>"
        )
    after = str(ended.built()["snapshot_id"])
    if after == ended.before:
        return (
            '<div class="empty" role="status"><b>Nothing changed:</b> the decisions move no row of '
            "the data set.</div>"
        )
    changed = moved(state.snapshot_of(ended.before), state.snapshot_of(after))
    lines = "".join(f"<li>{line}</li>" for line in changed)
    return (
        f'<div class="empty" role="status"><b>New data set <code>{escape(after)}</code>.</b> '
        + (f"What moved:<ul>{lines}</ul>" if lines else "No verdict moved.")
        + "</div>"
    )


def moved(before: Snapshot, after: Snapshot) -> list[str]:
    """Return which verdicts differ between two data sets, a line of HTML each."""
    columns = ["claim_id", "verdict", "certainty", "review_state"]
    old, new = (s.read("claim_verdicts", columns).set_index("claim_id") for s in (before, after))
    labels = after.read("claims", ["claim_id", "label"]).set_index("claim_id")["label"]
    lines = []
    for claim_id in new.index.intersection(old.index):
        parts = []
        for column in columns[1:]:
            then, now = old.at[claim_id, column], new.at[claim_id, column]
            words = ["none" if figures.is_missing(value) else str(value) for value in (then, now)]
            if words[0] != words[1]:
                parts.append(f"{words[0]} → {words[1]}")
        if parts:
            name = labels.get(claim_id, claim_id)
            lines.append(escape(f"{name}: {', '.join(parts)}"))
    return lines
