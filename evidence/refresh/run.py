"""One refresh, from the lock to the run's record: search, fetch, keep, prove complete.

Whatever happens, the current snapshot is not touched here. What was fetched is on disk before it
counts, so the same command goes on after a kill.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from evidence.claims.registry import Registry
from evidence.errors import (
    EvidenceError,
    InterruptedRunError,
    QueryRefusedError,
    SearchIncompleteError,
    SnapshotDamagedError,
    SourceError,
)
from evidence.protocol import parse_protocol
from evidence.records.pubmed_tables import ParsedRecords
from evidence.refresh.aside import Aside
from evidence.refresh.chain import (
    FAILED,
    SEARCHES,
    open_run,
    plan_next_run,
    read_runs,
    runs_of_current,
    tidy_run,
)
from evidence.refresh.fetched import Fetched, build_fetched, read_files
from evidence.refresh.fetching import FetchedRecords, fetch_records
from evidence.refresh.holdings import Holdings, RunRecord, hold_runs, query_pmids
from evidence.refresh.joined import ParsedFile
from evidence.refresh.plan import RunPlan, plan_run
from evidence.refresh.progress import Progress, Report, Stage
from evidence.refresh.registers import ask_registers
from evidence.refresh.searching import needed_pmids, search_queries
from evidence.settings import PROGRAM_VERSION as __version__
from evidence.settings import Settings
from evidence.sources.clinical_trials import trials_client
from evidence.sources.entrez import EntrezClient, entrez_client
from evidence.sources.http import Patience
from evidence.sources.icite import icite_client
from evidence.store.lock import hold_workspace
from evidence.store.raw import RECORD, RunFolder
from evidence.store.registry import read_text_file

__all__ = ["fetch_all"]

_THREADS_A_REQUEST = 2
"""Threads for each request a second: replies of two seconds still saturate the rate."""
_SHOWN_IDS = 20
_ASIDE_SECONDS = 60.0
_ASIDE_PATIENCE = Patience(connect=5.0, attempts=6, attempts_unreachable=2)
"""For what a refresh can do without; but where one reply in five goes wrong it still comes."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Run:
    """What the steps of one run share."""

    settings: Settings
    plan: RunPlan
    holdings: Holdings
    folder: RunFolder
    client: EntrezClient
    report: Report
    started_at: str
    stop: threading.Event
    max_records: int | None
    on_batch: Callable[[ParsedRecords], None]
    queries: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)

    @property
    def n_threads(self) -> int:
        return _THREADS_A_REQUEST * self.settings.requests_per_second

    def fetch(self, pmids: Sequence[str]) -> FetchedRecords:
        """Return the records of ids."""
        return fetch_records(
            self.client,
            pmids,
            self.folder,
            self.report,
            n_threads=self.n_threads,
            stop=self.stop,
            on_batch=self.on_batch,
        )


def fetch_all(
    settings: Settings,
    registry: Registry,
    *,
    claims: Sequence[str] | None = None,
    full: bool = False,
    since: date | None = None,
    max_records: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    on_batch: Callable[[ParsedRecords], None] = lambda _: None,
    patience: Patience | None = None,
    now: Callable[[], datetime] = _utc_now,
) -> Fetched:
    """Ask PubMed and the registers for every claim and return all that is held then.

    The current snapshot is read and not touched; the run's number follows those that it names.

    Parameters
    ----------
    settings, registry
        Where everything is, and what is asked.
    claims
        Claims to ask for; None asks for all.
    full
        Ask for everything again, not only for what is new or changed.
    since
        Ask for what was added or changed since that day.
    max_records
        Fail before fetching if more records would have to be fetched.
    progress
        Called as the run goes on; the same stands in the run's ``progress.json``.
    on_batch
        Called with what each batch of records holds, while others are still being fetched.
    patience
        Time-outs and attempts; the usual ones if not given.
    now
        The clock.

    Returns
    -------
    Fetched
        Its ``failure`` says why the run failed, where it did: nothing of it is counted then.

    Raises
    ------
    WorkspaceLockedError
        Another run holds the workspace.
    SettingError
        ``NCBI_EMAIL`` is missing.
    InterruptedRunError
        Ctrl-C or SIGTERM; the same command goes on from there.
    SnapshotDamagedError
        Raw files of an earlier run are missing; ``full`` starts afresh.
    """
    clock, stop = time.monotonic(), threading.Event()
    client = entrez_client(settings, patience=patience, stop=stop)
    with hold_workspace(settings.workspace, "refresh"), _interruptible(stop):
        parents = _read_parents(settings.workspace, is_full=full)
        holdings = hold_runs(parents)
        planner = partial(
            plan_run,
            registry,
            holdings,
            claim_ids=claims,
            is_full=full,
            since=since,
            overlap_days=_overlap_days(settings),
        )
        workspace, chain = settings.workspace, list(runs_of_current(settings.workspace))
        plan = plan_next_run(workspace, chain, planner, now())
        folder, started_at = open_run(workspace, plan.run_id, plan.document(), now())
        report = Report(folder, started_at, lambda: client.n_sent, progress)
        started = (folder, client, report, started_at, stop)
        run = _Run(settings, plan, holdings, *started, max_records, on_batch)
        try:
            return _fetch_run(run, parents, patience, now, clock)
        except (KeyboardInterrupt, InterruptedRunError) as error:
            report.tell(Stage.INTERRUPTED)
            raise InterruptedRunError(
                f"{plan.run_id} was interrupted; run the same command to resume"
            ) from error


def _fetch_run(
    run: _Run,
    parents: Sequence[RunRecord],
    patience: Patience | None,
    now: Callable[[], datetime],
    clock: float,
) -> Fetched:
    """Return what is held after the run, or, where it fails, what was held before."""
    workspace = run.settings.workspace
    old_files = Aside(partial(read_files, workspace, parents))
    try:
        record, files = _complete(run, patience, now)
    except (SourceError, QueryRefusedError, SearchIncompleteError) as error:
        return _failed(run, parents, old_files.result(), error, time.monotonic() - clock)
    run.report.tell(Stage.READING)
    fetched = build_fetched(
        run.settings,
        [*parents, record],
        [*old_files.result(), *files],
        seconds=time.monotonic() - clock,
        requests=run.client.n_sent,
    )
    run.report.tell(Stage.FETCHED, message=fetched.summary())
    return fetched


def _complete(
    run: _Run, patience: Patience | None, now: Callable[[], datetime]
) -> tuple[RunRecord, list[ParsedFile]]:
    """Search, fetch, and write the record that makes the run complete."""
    record = run.folder.read_json(RECORD)
    if record is not None:  # complete, but no snapshot came of it
        tidy_run(run.folder, record)
        return record, read_files(run.settings.workspace, [record])
    registers = Aside(partial(_registered, run, patience))
    run.queries = search_queries(
        run.client,
        run.plan.queries,
        run.holdings,
        run.folder,
        run.report,
        today=date.fromisoformat(run.started_at[:10]),
        n_threads=run.n_threads,
        stop=run.stop,
    )
    needed = needed_pmids(run.queries, run.holdings)
    if run.max_records is not None and len(needed) > run.max_records:
        raise SearchIncompleteError(
            f"{len(needed)} records would have to be fetched, and --max-records allows "
            f"{run.max_records}; the current snapshot stays"
        )
    figures = Aside(partial(_figures, run, patience, needed))
    fetched = run.fetch(needed)
    if fetched.missing:
        run.missing = fetched.missing
        raise _incomplete(fetched, len(needed))
    record = _record(run, fetched, registers, figures, now)
    run.folder.write_json(RECORD, record, compact=True)
    tidy_run(run.folder, record)
    return record, [(run.plan.run_id, b.sha256, b.parsed) for b in fetched.batches]


def _record(
    run: _Run,
    fetched: FetchedRecords,
    registers: Aside[Mapping[str, Any]],
    figures: Aside[Mapping[str, Any]],
    now: Callable[[], datetime],
) -> dict[str, Any]:
    """Return the run's record."""
    registered = registers.result_or_warn(run.warnings, "ClinicalTrials.gov", _ASIDE_SECONDS)
    icite = figures.result_or_warn(run.warnings, "iCite", _ASIDE_SECONDS)
    return {
        "run_id": run.plan.run_id,
        "parents": list(run.plan.parents),
        "started_at": run.started_at,
        "finished_at": now().isoformat(timespec="seconds"),
        "tool_version": __version__,
        "active": {query_id: list(c) for query_id, c in run.plan.active.items()},
        "queries": run.queries,
        "batches": [batch.document() for batch in fetched.batches],
        "registered": registered,
        "icite": icite,
        "requests": run.client.n_sent,
        "warnings": run.warnings,
    }


def _incomplete(fetched: FetchedRecords, n_needed: int) -> SearchIncompleteError:
    missing = fetched.missing
    shown = ", ".join(missing[:_SHOWN_IDS])
    more = f" and {len(missing) - _SHOWN_IDS} more" if len(missing) > _SHOWN_IDS else ""
    return SearchIncompleteError(
        f"{len(missing)} of {n_needed} records that PubMed lists it did not return: {shown}{more}; "
        "the current snapshot stays; run refresh again later"
    )


def _failed(
    run: _Run,
    parents: Sequence[RunRecord],
    files: Sequence[ParsedFile],
    error: EvidenceError,
    seconds: float,
) -> Fetched:
    """Return what was held before a run that failed, with its searches and why it failed."""
    run.stop.set()
    if isinstance(error, SearchIncompleteError):
        run.folder.remove(SEARCHES)  # next time PubMed is asked again what there is
    missing = set(run.missing)
    queries = {
        query_id: {**query, "missing": sorted(missing & query_pmids(query), key=int)}
        for query_id, query in run.queries.items()
    }
    record: dict[str, Any] = {
        "run_id": run.plan.run_id,
        "started_at": run.started_at,
        "tool_version": __version__,
        "queries": queries,
        "batches": [],
        "requests": run.client.n_sent,
        "warnings": run.warnings,
    }
    about = {"error": type(error).__name__, "message": str(error), "missing": list(run.missing)}
    run.folder.write_json(FAILED, about)
    run.report.tell(Stage.FAILED, message=str(error))
    return build_fetched(
        run.settings,
        parents,
        files,
        seconds=seconds,
        failed=record,
        failure=error,
    )


def _registered(run: _Run, patience: Patience | None) -> Mapping[str, Any]:
    client = trials_client(run.settings, patience=patience or _ASIDE_PATIENCE, stop=run.stop)
    return ask_registers(client, run.plan.registers)


def _figures(run: _Run, patience: Patience | None, pmids: Sequence[str]) -> Mapping[str, Any]:
    client = icite_client(run.settings, patience=patience or _ASIDE_PATIENCE, stop=run.stop)
    return client.figures(pmids)


def _read_parents(workspace: Path, *, is_full: bool) -> list[RunRecord]:
    """Return the records of the runs that the current snapshot rests on.

    Where their files are damaged, a full refresh does without them.
    """
    try:
        return read_runs(workspace, runs_of_current(workspace))
    except SnapshotDamagedError:
        if is_full:
            return []
        raise


def _overlap_days(settings: Settings) -> int:
    return parse_protocol(read_text_file(settings.protocol)).whole("living.overlap_days")


@contextmanager
def _interruptible(stop: threading.Event) -> Iterator[None]:
    """Take SIGTERM as Ctrl-C while the block runs, where signals can be taken."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        stop.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
