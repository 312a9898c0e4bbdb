"""People's decisions: one append-only log, in SQLite or in a team's PostgreSQL, behind one door.

An event says who decided what about which field of which object, what stood there before and what
stands there now. Nobody overwrites anybody: an event states what its author saw, and where someone
else wrote meanwhile it is refused with that person's name. Reading creates nothing. What a
decision means is not known here (``evidence.pipeline.decisions``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.errors import (
    DecisionConflictError,
    DecisionsUnavailableError,
    WorkspaceFullError,
    WorkspaceLockedError,
    WorkspaceNotWritableError,
)
from evidence.settings import mask

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.exc import DBAPIError

__all__ = ["Draft", "Event", "append_event", "read_events"]

BUSY_SECONDS = 15
CONNECT_SECONDS = 5
_ADVISORY_KEY = 0x45564944  # one writer at a time, so that event ids are committed in order


@dataclass(frozen=True, slots=True)
class Event:
    """One decision as it stands in the log."""

    event_id: int
    at: str
    """ISO time, UTC."""
    who: str
    object_type: str
    object_id: str
    field: str
    version: int
    """1 for the first event on this field of this object, then 2, 3 …"""
    before: str | None
    after: str | None
    """None where the decision was taken back."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision about to be written, with what its author saw."""

    who: str
    object_type: str
    object_id: str
    field: str
    before: str | None
    after: str | None
    reason: str | None = None
    seen_version: int = 0
    """Version of the last event that the author saw on this field; 0 where there was none."""


def read_events(database_url: str) -> list[Event]:
    """Return every event, oldest first; none where there is no database yet.

    Raises
    ------
    DecisionsUnavailableError
        The database cannot be reached or is not one of decisions.
    """
    if _is_missing_file(database_url):
        return []
    from sqlalchemy import select

    from evidence.store.decision_tables import decisions, stored_version

    with _connection(database_url, is_writing=False) as connection:
        if _checked(stored_version(connection), database_url) is None:
            return []
        rows = connection.execute(select(decisions).order_by(decisions.c.event_id)).mappings()
        return [Event(**row) for row in rows]


def append_event(database_url: str, draft: Draft, *, now: datetime | None = None) -> Event:
    """Write one decision and return it as it stands in the log.

    Raises
    ------
    DecisionConflictError
        Someone wrote on the same field since the author looked; the message says who, when, what.
    DecisionsUnavailableError, WorkspaceLockedError, WorkspaceNotWritableError, WorkspaceFullError
        The database cannot be reached or written; nothing was written.
    """
    return append_events(database_url, [draft], now=now)[0]


def append_events(
    database_url: str, drafts: Sequence[Draft], *, now: datetime | None = None
) -> list[Event]:
    """Write some decisions together: all of them, or none where one is refused."""
    from evidence.store.decision_tables import create_tables, decisions, stored_version

    at = (now or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    _make_folder(database_url)
    with _connection(database_url, is_writing=True) as connection:
        if _checked(stored_version(connection), database_url) is None:
            create_tables(connection)
        events = []
        for draft in drafts:
            event = _numbered(connection, draft, at)
            connection.execute(decisions.insert().values(**_values(event)))
            events.append(event)
        return events


def _numbered(connection: Connection, draft: Draft, at: str) -> Event:
    """Return the draft as the next event, refused where its author missed another."""
    from sqlalchemy import func, select

    from evidence.store.decision_tables import decisions

    about = (
        (decisions.c.object_type == draft.object_type)
        & (decisions.c.object_id == draft.object_id)
        & (decisions.c.field == draft.field)
    )
    newest = select(decisions).where(about).order_by(decisions.c.version.desc()).limit(1)
    row = connection.execute(newest).mappings().first()
    last = None if row is None else Event(**row)
    if last is not None and (last.version, last.after) != (draft.seen_version, draft.before):
        raise DecisionConflictError(_conflict(last))
    version = 1 if last is None else last.version + 1
    event_id = connection.execute(select(func.coalesce(func.max(decisions.c.event_id), 0))).scalar()
    return Event(
        event_id=int(event_id or 0) + 1,
        at=at,
        who=draft.who,
        object_type=draft.object_type,
        object_id=draft.object_id,
        field=draft.field,
        version=version,
        before=draft.before,
        after=draft.after,
        reason=draft.reason,
    )


def _conflict(last: Event) -> str:
    """Return who decided what meanwhile."""
    what = "took the decision back" if last.after is None else f"set it to {last.after!r}"
    return (
        f"{last.object_type} {last.object_id}, {last.field}: {last.who} {what} at {last.at} "
        f"(event {last.event_id}) after you had looked; nothing was written: look again, then decide"
    )


def _values(event: Event) -> dict[str, object]:
    """Return the cells of an event."""
    return {name: getattr(event, name) for name in Event.__slots__}


def _checked(version: int | None, database_url: str) -> int | None:
    """Return the version of the tables, refused where a newer program wrote them."""
    from evidence.store.decision_tables import SCHEMA_VERSION

    if version is not None and version > SCHEMA_VERSION:
        raise DecisionsUnavailableError(
            f"{mask(database_url)}: its tables have version {version}, this program knows "
            f"{SCHEMA_VERSION}; use a newer program"
        )
    return version


def _sqlite_file(database_url: str) -> Path | None:
    """Return the file of a SQLite URL, None for any other.

    >>> _sqlite_file("sqlite:////srv/team/decisions.db").as_posix()
    '/srv/team/decisions.db'
    """
    scheme, _, path = database_url.partition(":///")
    is_file = scheme.partition("+")[0] == "sqlite" and path not in {"", ":memory:"}
    return Path(path.partition("?")[0]) if is_file else None


def _is_missing_file(database_url: str) -> bool:
    """Return whether decisions would be kept in a file that nobody has made yet."""
    path = _sqlite_file(database_url)
    return path is not None and not path.exists()


def _make_folder(database_url: str) -> None:
    """Make the folder of a SQLite file."""
    path = _sqlite_file(database_url)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceNotWritableError(
            f"{path.parent}: cannot be made ({error.strerror}); choose another with --workspace"
        ) from error


@contextmanager
def _connection(database_url: str, *, is_writing: bool) -> Iterator[Connection]:
    """Give a connection within one transaction; every failure is a typed error."""
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    engine = _engine(database_url, is_writing=is_writing)
    try:
        with engine.begin() as connection:
            if is_writing and engine.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_KEY})"))
            yield connection
    except DBAPIError as error:
        raise _typed(error, engine.url, database_url) from error
    finally:
        engine.dispose()


def _engine(database_url: str, *, is_writing: bool) -> Engine:
    """Return an engine whose connections are closed as soon as they are given back."""
    from sqlalchemy import NullPool, create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise _unknown(database_url) from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _sqlite_engine(url, is_writing=is_writing)
    if backend in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
        arguments = {"connect_timeout": CONNECT_SECONDS, "application_name": "evidence"}
        return create_engine(url, poolclass=NullPool, connect_args=arguments)
    raise _unknown(database_url)


def _sqlite_engine(url: URL, *, is_writing: bool) -> Engine:
    """Return an engine on a file: WAL, whole transactions, and waiting for another writer."""
    import sqlite3

    from sqlalchemy import NullPool, create_engine, event

    path = _sqlite_file(url.render_as_string(hide_password=False))
    if path is None:
        raise DecisionsUnavailableError(
            f"{url}: decisions need a file that outlives the program (sqlite:///path/decisions.db)"
        )
    mode = "rwc" if is_writing else _reading_mode(path)

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # transactions begin where this module says so
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        if is_writing:
            _keep_a_log(connection)
            connection.execute("PRAGMA synchronous = FULL")  # a decision survives a power cut
        else:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE: who will write waits at the start, never in the middle.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    return engine


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Switch a file to write-ahead logging, which the first writer does once.

    SQLite does not wait by itself where two first writers switch at the same moment: whoever
    comes second is told "locked" at once (https://www.sqlite.org/rescode.html#busy). So this asks
    again, for as long as it would wait for any other writer.

    Raises
    ------
    sqlite3.OperationalError
        When the file is still locked after ``BUSY_SECONDS``, or cannot be switched at all.
    """
    if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        return
    import tenacity

    def is_locked(error: BaseException) -> bool:
        return getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))

    asking = tenacity.Retrying(
        retry=tenacity.retry_if_exception(is_locked),
        stop=tenacity.stop_after_delay(BUSY_SECONDS),
        wait=tenacity.wait_random(0.005, 0.05),
        reraise=True,
    )
    asking(connection.execute, "PRAGMA journal_mode = WAL")


def _reading_mode(path: Path) -> str:
    """Return how a file is opened to be read.

    A reader in WAL mode needs to write beside the file. Where it may not, and nobody is writing,
    the file is taken as it stands.
    """
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return "rw"
    is_written = path.with_name(path.name + "-wal").exists()
    return "ro" if is_written else "ro&immutable=1"


def _unknown(database_url: str) -> DecisionsUnavailableError:
    return DecisionsUnavailableError(
        f"{mask(database_url)}: is not a database that decisions can be kept in "
        "(sqlite:///path/decisions.db or postgresql://user:password@host/name)"
    )


def _typed(error: DBAPIError, url: URL, database_url: str) -> Exception:
    """Return the typed error behind a database's own, without its secrets."""
    where = mask(database_url)
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no answer"
    for secret in (url.password, url.username):
        reason = reason.replace(str(secret), "••••") if secret else reason
    if "locked" in reason or "busy" in reason:
        return WorkspaceLockedError(f"{where}: another program is writing; try again")
    if "disk is full" in reason:
        return WorkspaceFullError(f"{where}: no space left; free some and decide again")
    if "readonly" in reason or "permission denied" in reason:
        return WorkspaceNotWritableError(f"{where}: cannot be written ({reason})")
    return DecisionsUnavailableError(f"{where}: cannot be used ({reason})")
