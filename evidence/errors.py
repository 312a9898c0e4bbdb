"""The error tree: one leaf a remedy, one exit code a leaf.

::

    EvidenceError                        1  unexpected
    ├── UsageError                       2  unknown option, claim id or file
    ├── FaultsError                      -  several faults of one thing, all in one raise
    │   ├── TableError                  10  a table is faulty
    │   ├── SettingError                10  a setting or the protocol is faulty
    │   └── RegistryError               11  claims or documents are faulty
    ├── SnapshotError                   12  the snapshot is missing or damaged
    │   ├── SnapshotMissingError
    │   └── SnapshotDamagedError
    ├── QueryRefusedError               13  PubMed refuses the query
    ├── SourceError                     14  PubMed or another source fails
    │   ├── RateLimitedError
    │   ├── BackEndFailedError
    │   ├── HistoryLapsedError
    │   ├── ReplyRefusedError               (HTML or nonsense in a 200)
    │   ├── ReplyTruncatedError
    │   └── SourceUnreachableError
    ├── SearchIncompleteError           15  search incomplete, the current snapshot is kept
    ├── StatisticsError                 16  statistics impossible on this input
    ├── WorkspaceError                  17  not writable, full or locked
    │   ├── WorkspaceNotWritableError
    │   ├── WorkspaceFullError
    │   ├── WorkspaceLockedError
    │   ├── DecisionsUnavailableError       (the database of decisions cannot be reached or read)
    │   └── DecisionConflictError           (someone else decided meanwhile)
    ├── PortInUseError                  18
    ├── InputsSkippedError              19  done, some inputs skipped
    └── InterruptedRunError            130  interrupted, can be resumed

A message says what is wrong, where, what is allowed and what to do. Absent evidence is a value,
never an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_FAULTS_SHOWN = 50


class EvidenceError(Exception):
    """Any error that a user can be told in one line."""

    exit_code = 1

    @property
    def message(self) -> str:
        """Return the text for a person, without a traceback."""
        return str(self)


class UsageError(EvidenceError):
    """A command was called with an unknown option, claim id or file."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where."""

    where: str
    """File or table, with row or id: ``results.csv row 17 (witt2006-02)``."""
    field: str
    """Column or field."""
    problem: str
    """What is wrong with the value, the value itself included."""
    allowed: str | None = None
    """What is allowed instead, where that can be said."""

    def __str__(self) -> str:
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return f"{self.where}, {self.field}: {self.problem}{allowed}"


class FaultsError(EvidenceError):
    """All faults of one thing, reported in one run."""

    def __init__(self, subject: str, faults: Sequence[Fault]) -> None:
        self.subject = subject
        self.faults = tuple(faults)
        shown = [str(fault) for fault in self.faults[:MAX_FAULTS_SHOWN]]
        more = len(self.faults) - len(shown)
        count = f"{subject}: {len(self.faults)} fault{'s' if len(self.faults) != 1 else ''}"
        if more > 0:
            count += f", the first {len(shown)} shown, {more} more"
        super().__init__("\n".join([*shown, count]))


class TableError(FaultsError):
    """A table breaks its declared schema."""

    exit_code = 10


class SettingError(FaultsError):
    """A setting or the protocol is faulty."""

    exit_code = 10


class RegistryError(FaultsError):
    """The registry of claims or a document is faulty."""

    exit_code = 11


class SnapshotError(EvidenceError):
    """A snapshot cannot be used."""

    exit_code = 12


class SnapshotMissingError(SnapshotError):
    """There is no snapshot yet."""


class SnapshotDamagedError(SnapshotError):
    """A file of a snapshot is not what its manifest says."""


class QueryRefusedError(EvidenceError):
    """PubMed refuses a query."""

    exit_code = 13


class SourceError(EvidenceError):
    """PubMed or another source fails."""

    exit_code = 14


class RateLimitedError(SourceError):
    """Too many requests a second: wait, or use an API key of your own."""


class BackEndFailedError(SourceError):
    """The service answered that its own back end failed: try again later."""


class HistoryLapsedError(SourceError):
    """The stored search (WebEnv) is gone: search again."""


class ReplyRefusedError(SourceError):
    """The reply is not what the service sends: HTML, or nonsense, in a 200."""


class ReplyTruncatedError(SourceError):
    """The reply ends in the middle."""


class SourceUnreachableError(SourceError):
    """No connection, or no answer in time."""


class SearchIncompleteError(EvidenceError):
    """A search could not be proved complete; the current snapshot stays."""

    exit_code = 15


class StatisticsError(EvidenceError):
    """The statistics asked for are impossible on this input."""

    exit_code = 16


class WorkspaceError(EvidenceError):
    """The workspace cannot be written."""

    exit_code = 17


class WorkspaceNotWritableError(WorkspaceError):
    """The folder is read-only, or not a folder."""


class WorkspaceFullError(WorkspaceError):
    """The disk is full."""


class WorkspaceLockedError(WorkspaceError):
    """Another run holds the lock."""


class DecisionsUnavailableError(WorkspaceError):
    """The database of decisions cannot be reached, or is not one that this program can read."""


class DecisionConflictError(WorkspaceError):
    """Someone else decided on the same thing meanwhile: look at it, then decide again."""


class PortInUseError(EvidenceError):
    """Another program listens on the port."""

    exit_code = 18


class InputsSkippedError(EvidenceError):
    """The work is done, but some inputs were skipped."""

    exit_code = 19


class InterruptedRunError(EvidenceError):
    """The run was interrupted and can be resumed by the same command."""

    exit_code = 130
