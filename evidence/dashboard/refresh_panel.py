"""Start a refresh from the page, watch it, cancel it, and read why one failed.

The refresh is a process of its own: it goes on when the page is closed, and the data set that is
shown stays until the new one is complete. The page only starts it, reads how far it is, and asks
it to end.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from evidence.dashboard import components, search, state
from evidence.dashboard.reading import ClaimRow
from evidence.dashboard.refresh_outcome import draw_outcome
from evidence.errors import EvidenceError
from evidence.settings import Settings, read_settings
from evidence.store.lock import Holder, lock_holder
from evidence.store.refresh_log import clear_refresh_log, refresh_log_files

if TYPE_CHECKING:
    from evidence.refresh import Progress

__all__ = ["Phase", "Standing", "arguments_of", "command_line", "draw", "stands"]

EVERY_SECONDS = 1.0
ASKED = "refresh_asked"
WATCHED = "refresh_watched"
CANCELLED = "refresh_cancelled"
ERROR = "refresh_error"
HOW = {"new": "what is new or changed", "full": "everything again"}
STAGES = {
    "searching": "Asking PubMed what there is",
    "fetching": "Fetching records",
    "reading": "Reading what was fetched",
    "fetched": "Everything is fetched; judging every claim anew and writing the data set",
}
BAR = "display:block;width:100%;max-width:640px;height:12px;accent-color:var(--link)"
UNITS = {"searching": "queries", "fetching": "records"}


class Phase(StrEnum):
    """What the workspace is doing."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    HELD = "held"
    """By something that is no refresh."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is doing what in the workspace, and how far that is."""

    phase: Phase
    holder: Holder | None = None
    progress: Progress | None = None
    """Of the running refresh; of the last one where none runs."""
    is_ours: bool = False
    """Whether this server started it."""


@dataclass(frozen=True, slots=True)
class _Launch:
    """A refresh that this server started."""

    process: subprocess.Popen[bytes]
    at: str
    """ISO time, UTC."""


@st.cache_resource(show_spinner=False)
def _launches() -> dict[str, _Launch]:
    """Return the last refresh started in each workspace; all readers of the server share it."""
    return {}


def _launch(workspace: Path) -> _Launch | None:
    return _launches().get(str(workspace.resolve()))


def stands(workspace: Path) -> Standing:
    """Return what a workspace is doing."""
    from evidence.refresh import read_progress

    launch = _launch(workspace)
    is_alive = launch is not None and launch.process.poll() is None
    holder, progress = lock_holder(workspace), read_progress(workspace)
    if holder is None and is_alive:
        return Standing(Phase.STARTING, is_ours=True)
    if holder is None:
        return Standing(Phase.IDLE, progress=progress)
    if not holder.doing.startswith("refresh"):
        return Standing(Phase.HELD, holder, progress)
    own = progress if progress is not None and progress.pid == holder.pid else None
    is_ours = launch is not None and launch.process.pid == holder.pid
    return Standing(Phase.RUNNING, holder, own, is_ours)


def arguments_of(claims: Sequence[str], how: str) -> list[str]:
    """Return the arguments of the command for what the reader chose.

    >>> arguments_of(["is-safe"], "full")
    ['--claim', 'is-safe', '--full']
    """
    picked = [part for claim in claims for part in ("--claim", claim)]
    return [*picked, *(["--full"] if how == "full" else [])]


def command_line(workspace: Path, arguments: Sequence[str], settings: Settings) -> str:
    """Return the line that does the same in a terminal."""
    said = ["python", "-m", "evidence", "refresh", "--workspace", str(workspace), *arguments]
    line = shlex.join(said)
    if settings.ncbi_email is None:
        return f"NCBI_EMAIL=you@example.org {line}"
    return line


def draw(claims: Sequence[ClaimRow]) -> None:
    """Show the panel; it looks again by itself while something holds the workspace."""
    workspace = state.workspace()
    is_moving = stands(workspace).phase is not Phase.IDLE
    st.session_state[WATCHED] = is_moving
    st.fragment(_panel, run_every=EVERY_SECONDS if is_moving else None)(workspace, claims)


def _panel(workspace: Path, claims: Sequence[ClaimRow]) -> None:
    """Show what stands now; when a refresh has begun or ended the whole page is drawn anew."""
    standing = stands(workspace)
    is_moving = standing.phase is not Phase.IDLE
    if is_moving != st.session_state.get(WATCHED, is_moving):
        st.session_state[WATCHED] = is_moving
        st.session_state.pop(CANCELLED, None)
        st.rerun(scope="app")
    with st.container(key="refresh"):
        if standing.phase is Phase.IDLE:
            draw_outcome(workspace, standing.progress, _last_word(workspace, standing.progress))
            _draw_form(workspace, claims, standing)
        elif standing.phase is Phase.HELD:
            components.show(_held_html(standing))
        else:
            _draw_running(workspace, standing)


def _last_word(workspace: Path, progress: Progress | None) -> int | None:
    """Return the exit code of this server's last refresh, unless another has come after it."""
    launch = _launch(workspace)
    if launch is None:
        return None
    is_older = progress is not None and progress.pid != launch.process.pid and progress.updated_at > launch.at  # fmt: skip
    return None if is_older else launch.process.poll()


# --- while it runs ----------------------------------------------------------------------------


def _held_html(standing: Standing) -> str:
    return (
        f'<div class="empty" role="status"><b>Another run holds the workspace:</b> '
        f"{escape(str(standing.holder))}. A refresh can be started when it has ended.</div>"
    )


def _draw_running(workspace: Path, standing: Standing) -> None:
    """Show how far a refresh is, who runs it, and how to end it."""
    components.show(_running_html(standing))
    said = st.session_state.get(CANCELLED)
    if said:
        components.show(f'<p role="status">{said}</p>')
        return
    whose = "" if standing.is_ours else "Someone else started it. "
    components.show(
        f'<div class="note">{whose}It goes on when this page is closed. If it is cancelled, what was '
        "fetched is kept and the next refresh goes on from there; the data set shown stays.</div>"
    )
    st.button("Cancel", key="refresh_cancel", on_click=_cancel, args=(workspace, standing))


def _cancel(workspace: Path, standing: Standing) -> None:
    """Ask a refresh to end; one that is only starting is ended at once."""
    from evidence.refresh import cancel_refresh

    launch = _launch(workspace)
    if standing.phase is Phase.STARTING and launch is not None:
        launch.process.terminate()
        is_asked = True
    else:
        is_asked = cancel_refresh(workspace)
    host = standing.holder.host if standing.holder else "another computer"
    st.session_state[CANCELLED] = (
        "Cancelling: it ends after the requests under way."
        if is_asked
        else f"It could not be cancelled from here: it runs on {escape(host)}, or has just ended."
    )


def _running_html(standing: Standing) -> str:
    progress, holder = standing.progress, standing.holder
    who = (
        "started from this dashboard"
        if standing.is_ours
        else "started elsewhere, not from this dashboard"
    )
    facts = [f"<span>{who}</span>"]
    if holder is not None:
        facts.append(f"<span>process <b>{holder.pid}</b> on {escape(holder.host)}</span>")
        facts.append(f"<span>running for <b>{_elapsed(holder.since)}</b></span>")
    if progress is None:
        return _bar("Starting", 0, 0, "") + f'<div class="facts">{"".join(facts)}</div>'
    facts.insert(0, f"<span><b>{progress.requests:,}</b> requests</span>")
    facts.insert(0, f"<span><code>{escape(progress.run_id)}</code></span>")
    stage = str(progress.stage)
    bar = _bar(STAGES.get(stage, stage), progress.done, progress.total, UNITS.get(stage, ""))
    return bar + f'<div class="facts">{"".join(facts)}</div>'


def _bar(stage: str, done: int, total: int, unit: str) -> str:
    """Return the stage in words, with a bar where it can be counted."""
    is_counted = bool(total and unit)
    share = f'max="{total}" value="{done}"' if is_counted else ""
    counted = f"<div><b>{done:,}</b> of {total:,} {unit}</div>" if is_counted else ""
    # Only the stage is a status: a screen reader that read every count would never be silent.
    return (
        f'<div role="status"><b>{escape(stage)} …</b></div>'
        f'<progress aria-label="{escape(stage)}" style="{BAR}" {share}></progress>{counted}'
    )


def _elapsed(since: str) -> str:
    started = datetime.fromisoformat(since)
    return search.duration((datetime.now(UTC) - started).total_seconds())


# --- starting one -----------------------------------------------------------------------------


def _draw_form(workspace: Path, claims: Sequence[ClaimRow], standing: Standing) -> None:
    """Let the reader choose what to ask for, and start it after one more question."""
    settings = read_settings()
    known = {row.claim_id: row for row in claims if row.get("query")}
    picked, how = _pick(known)
    arguments = arguments_of(picked, how)
    missing = _missing_email(settings)
    if missing:
        components.show(missing)
    error = st.session_state.get(ERROR)
    if error:
        components.show(f'<div class="empty" role="alert"><b>{escape(error)}</b></div>')
    if st.session_state.get(ASKED) and not missing:
        asked = [known[claim] for claim in picked] or list(known.values())
        components.show(_confirmation_html(asked, how, settings))
        with st.container(horizontal=True):
            st.button(
                "Yes, run it",
                key="refresh_yes",
                on_click=_start,
                args=(workspace, arguments),
            )
            st.button("No", key="refresh_no", on_click=_ask, args=(False,))
    else:
        is_open = standing.progress is not None and str(standing.progress.stage) == "interrupted"
        label = "Go on with the refresh" if is_open else "Run refresh"
        st.button(
            label,
            key="refresh_run",
            disabled=bool(missing or not known),
            on_click=_ask,
            args=(True,),
        )
    components.show('<div class="lab">The same in a terminal</div>')
    st.code(command_line(workspace, arguments, settings), language=None, wrap_lines=True)


def _pick(known: Mapping[str, ClaimRow]) -> tuple[list[str], str]:
    """Let the reader choose claims, none for all, and what to ask for."""
    left, right = st.columns(2)
    with left:
        picked = st.multiselect(
            "Claims to ask for",
            list(known),
            key="refresh_claims",
            format_func=lambda claim: f"{known[claim].label} {known[claim]['statement']}",
            placeholder=f"all {len(known)} that have a query",
        )
    with right:
        how = st.segmented_control(
            "What to ask for", list(HOW), key="refresh_how", default="new",
            format_func=lambda key: HOW[key].capitalize(), required=True,
        )  # fmt: skip
    return [claim for claim in picked if claim in known], str(how or "new")


def _missing_email(settings: Settings) -> str:
    """Return what to set where nobody says who is asking; nothing where all is set."""
    from evidence.sources.http import is_loopback

    if settings.ncbi_email is not None or is_loopback(settings.eutils_url):
        return ""
    return (
        '<div class="empty"><b>NCBI wants to know who is asking.</b> Set your own e-mail address '
        "in the environment and start the dashboard again:<br><code>export "
        "NCBI_EMAIL=you@example.org</code><br>With an API key of your own "
        "(<code>NCBI_API_KEY</code>) it may ask 10 times a second instead of 3.</div>"
    )


def _confirmation_html(asked: Sequence[ClaimRow], how: str, settings: Settings) -> str:
    """Return what will be asked, of whom and as whom."""
    queries = len({str(row["query"]) for row in asked})
    # Never the address itself: every reader of the dashboard sees this page.
    is_named = settings.ncbi_email is not None
    as_whom = "under the operator's e-mail address" if is_named else "under nobody's name (a server on this computer)"  # fmt: skip
    return (
        f'<div class="empty" role="status"><b>Ask PubMed {queries:,} '
        f"quer{'ies' if queries != 1 else 'y'} for {HOW[how]}?</b> Asked {as_whom}, at most "
        f"{settings.requests_per_second} requests a second, for as long as it takes; "
        "ClinicalTrials.gov and iCite are asked beside. It can be cancelled and gone on with. "
        "The data set shown stays until the new one is proved complete.</div>"
    )


def _ask(is_asked: bool) -> None:
    """Ask the reader once more, or not."""
    st.session_state[ASKED] = is_asked


def _start(workspace: Path, arguments: Sequence[str]) -> None:
    """Start a refresh, unless one runs already."""
    from evidence.refresh import start_refresh

    st.session_state[ASKED] = False
    st.session_state[ERROR] = None
    if stands(workspace).phase is not Phase.IDLE:
        return
    try:
        clear_refresh_log(workspace)
    except EvidenceError as error:
        st.session_state[ERROR] = error.message
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    process = start_refresh(workspace, arguments, *refresh_log_files(workspace))
    _launches()[str(workspace.resolve())] = _Launch(process, now)
