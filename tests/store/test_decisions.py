"""The log of decisions in both databases: nothing is lost, nothing half, nothing rewritten."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from evidence.errors import (
    DecisionConflictError,
    DecisionsUnavailableError,
    WorkspaceLockedError,
    WorkspaceNotWritableError,
)
from evidence.store import decisions as store
from evidence.store.decisions import Draft, append_event, append_events, read_events

CHECKOUT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSWORD = "pass-of-nobody"


def draft(after, *, before=None, seen=0, who="Ann", thing="c1", reason=None):
    return Draft(who, "claim", thing, "verdict", before, after, reason, seen)


class Postgres:
    """A server of one's own in a folder of its own, on a port that was free."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="evidence-postgres-"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.n_databases = 0

    def run(self, program: str, *arguments: str) -> None:
        """Run a program, as the server's own user where the tests run as root."""
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*become, str(self.programs / program), *arguments]
        # The server keeps the handles that it is given, so output goes to a file, not to a pipe.
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            subprocess.run(
                command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                timeout=120,
            )  # fmt: skip

    def start(self) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            shutil.chown(password, "postgres")
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-U", "ann", "-A", "scram-sha-256", f"--pwfile={password}",
                 "--no-sync")  # fmt: skip
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -k {self.folder}"
        self.run("pg_ctl", "-D", data, "-o", options, "-w", "-l", f"{self.folder}/log", "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder)
        Path(f"{self.folder}.log").unlink()

    def new_url(self) -> str:
        self.n_databases += 1
        name = f"team{self.n_databases}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name).replace("+psycopg", "")  # as a person would write it

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://ann:{PASSWORD}@127.0.0.1:{self.port}/{database}"


@pytest.fixture(scope="module")
def postgres(require_or_skip):
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = shutil.which("initdb") or (programs[-1] if programs else None)
    if found is None:
        require_or_skip("PostgreSQL's initdb is not installed (Debian: apt install postgresql)")
    server = Postgres(Path(found).parent)
    server.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'decisions.db'}"
    return request.getfixturevalue("postgres").new_url()


def shell(url, statement):
    """Run a statement past the program, as a person at a database shell would."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.begin() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()


def test_what_was_decided_is_read_back(url):
    written = append_event(url, draft("Supported", reason="we looked"), now=NOON)
    assert read_events(url) == [written]
    assert (written.event_id, written.version) == (1, 1)
    assert written.at == "2026-11-24T12:00:00+00:00"


def test_reading_creates_nothing(url):
    assert read_events(url) == []
    if url.startswith("sqlite"):
        assert not Path(url.removeprefix("sqlite:///")).parent.exists()
    else:
        with pytest.raises(DBAPIError, match="does not exist"):
            shell(url, "SELECT * FROM decisions")


def test_events_are_numbered_over_all_and_versions_over_one_field(url):
    append_event(url, draft("a"))
    append_event(url, draft("b", thing="c2"))
    third = append_event(url, draft("c", before="a", seen=1))
    assert (third.event_id, third.version) == (3, 2)


def test_who_missed_a_decision_is_refused_and_told_who_when_and_what(url):
    append_event(url, draft("Supported", who="Ann"), now=NOON)
    with pytest.raises(DecisionConflictError) as caught:
        append_event(url, draft("Overstated", who="Bob"))
    assert (
        "Ann set it to 'Supported' at 2026-11-24T12:00:00+00:00 (event 1)" in caught.value.message
    )
    assert [event.who for event in read_events(url)] == ["Ann"]
    append_event(url, draft("Overstated", before="Supported", seen=1, who="Bob"))
    assert [event.after for event in read_events(url)] == ["Supported", "Overstated"]


def test_a_value_that_went_and_came_back_is_not_what_was_seen(url):
    append_event(url, draft("a"))
    append_event(url, draft("b", before="a", seen=1))
    append_event(url, draft("a", before="b", seen=2))
    with pytest.raises(DecisionConflictError):
        append_event(url, draft("c", before="a", seen=1))
    assert len(read_events(url)) == 3


def test_a_decision_taken_back_is_told_as_that(url):
    append_event(url, draft("a"))
    append_event(url, draft(None, before="a", seen=1, who="Cy"))
    with pytest.raises(DecisionConflictError, match="Cy took the decision back"):
        append_event(url, draft("b", before="a", seen=1))


def test_several_decisions_are_written_together_or_not_at_all(url):
    append_event(url, draft("a"))
    with pytest.raises(DecisionConflictError):
        append_events(url, [draft("x", thing="c9"), draft("b")])
    assert [event.object_id for event in read_events(url)] == ["c1"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET who = 'Eve'",
        "UPDATE decisions SET reason = NULL WHERE event_id = 1",
        "DELETE FROM decisions",
        "DELETE FROM decisions WHERE event_id = 2",
        "INSERT INTO decisions VALUES (2, 'now', 'Eve', 'claim', 'c1', 'verdict', 3, 'b', 'x', '')",
        "INSERT INTO decisions VALUES (4, 'now', 'Eve', 'claim', 'c1', 'verdict', 3, 'b', 'x', '')",
        "INSERT INTO decisions VALUES (3, 'now', 'Eve', 'claim', 'c1', 'verdict', 2, 'b', 'x', '')",
        "INSERT INTO decisions VALUES (3, 'now', '', 'claim', 'c1', 'verdict', 3, 'b', 'x', '')",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_log(url, statement):
    append_event(url, draft("a"))
    before = [*read_events(url), append_event(url, draft("b", before="a", seen=1))]
    with pytest.raises(DBAPIError):
        shell(url, statement)
    assert read_events(url) == before


def test_sqlite_refuses_to_replace_a_row(tmp_path):
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    before = append_event(url, draft("a"))
    for row in ("(1, 'now', 'Eve', 'claim', 'c1', 'verdict', 1, '', 'x', '')",
                "(2, 'now', 'Eve', 'claim', 'c1', 'verdict', 1, '', 'x', '')"):  # fmt: skip
        with pytest.raises(DBAPIError, match="append-only"):
            shell(url, f"INSERT OR REPLACE INTO decisions VALUES {row}")
    assert read_events(url) == [before]


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE decisions",
        "INSERT INTO decisions SELECT * FROM decisions ON CONFLICT (event_id)"
        " DO UPDATE SET who = 'Eve'",
        "SET session_replication_role = replica; DELETE FROM decisions",
    ],
)
def test_postgresql_refuses_its_own_ways_round(postgres, statement):
    url = postgres.new_url()
    before = append_event(url, draft("a"))
    with pytest.raises(DBAPIError, match="append-only"):
        shell(url, statement)
    assert read_events(url) == [before]


def test_writers_at_once_lose_nothing(url):
    """Four people write eight decisions each on one field; whoever is refused looks again."""

    def write(who: str) -> None:
        for number in range(8):
            while True:
                events = read_events(url)
                last = events[-1] if events else None
                seen = (0, None) if last is None else (last.version, last.after)
                try:
                    append_event(url, draft(f"{who} {number}", before=seen[1], seen=seen[0]))
                except DecisionConflictError:
                    continue
                break

    people = [threading.Thread(target=write, args=(f"p{n}",)) for n in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    events = read_events(url)
    assert [event.event_id for event in events] == list(range(1, 33))
    assert sorted(e.after for e in events) == sorted(
        f"p{p} {n}" for p in range(4) for n in range(8)
    )
    assert all(now.before == then.after for then, now in itertools.pairwise(events))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["Ann", "Bob"]), st.sampled_from(["look", "write"]),
                  st.sampled_from(["c1", "c2"])),
        max_size=14,
    )
)  # fmt: skip
def test_any_interleaving_of_two_writers_loses_no_event(steps):
    """A write is in the log exactly once, or its author was told whose decision was missed."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/decisions.db"
        seen = {}
        accepted = []
        for number, (who, action, thing) in enumerate(steps):
            if action == "look":
                last = [e for e in read_events(url) if e.object_id == thing][-1:]
                seen[who, thing] = (last[0].version, last[0].after) if last else (0, None)
                continue
            version, before = seen.get((who, thing), (0, None))
            stands = [value for value, its in accepted if its == thing]
            try:
                event = append_event(
                    url, draft(f"v{number}", before=before, seen=version, who=who, thing=thing)
                )
            except DecisionConflictError:
                assert version != len(stands)
            else:
                assert version == len(stands)
                accepted.append((event.after, thing))
        assert [(event.after, event.object_id) for event in read_events(url)] == accepted


WRITE_ON = """
import sys
from evidence.store.decisions import Draft, append_event
for number in range(100000):
    event = append_event(sys.argv[1], Draft("Ann", "claim", f"c{number}", "f", None, "x"))
    print(event.event_id, flush=True)
"""
STOP_HALFWAY = """
import sys, time
from evidence.store.decisions import Draft, append_events
def drafts():
    yield Draft("Ann", "claim", "c1", "f", None, "x")
    print("half", flush=True)
    time.sleep(600)
append_events(sys.argv[1], drafts())
"""


def start(program, url):
    return subprocess.Popen(
        [sys.executable, "-c", program, url], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )


def test_a_writer_killed_at_any_moment_loses_nothing_that_was_written(url):
    with start(WRITE_ON, url) as writer:
        told = [int(writer.stdout.readline()) for _ in range(15)]
        writer.kill()
        told += [int(line) for line in writer.stdout.read().split()]
    ids = [event.event_id for event in read_events(url)]
    assert ids == list(range(1, len(ids) + 1))
    assert len(told) <= len(ids) <= len(told) + 1  # at most one was written and not yet told
    assert append_event(url, draft("next")).event_id == len(ids) + 1


def test_a_writer_killed_in_the_middle_leaves_nothing_half(url):
    append_event(url, draft("first"))
    with start(STOP_HALFWAY, url) as writer:
        assert writer.stdout.readline() == "half\n"
        writer.kill()
    assert [event.after for event in read_events(url)] == ["first"]
    assert append_event(url, draft("next", before="first", seen=1)).event_id == 2


def test_two_first_writers_make_one_database(url):
    people = [
        threading.Thread(target=append_event, args=(url, draft("x", thing=f"t{n}")))
        for n in range(4)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert [event.event_id for event in read_events(url)] == [1, 2, 3, 4]


def test_a_first_writer_waits_for_another_that_sets_the_file_up(tmp_path):
    path = tmp_path / "decisions.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # as the other first writer, before the file keeps a log
    with ThreadPoolExecutor(1) as people:
        waiting = people.submit(append_event, f"sqlite:///{path}", draft("a"))
        time.sleep(0.2)
        assert not waiting.done()
        other.rollback()
        other.close()
        assert waiting.result(timeout=10).event_id == 1


def test_tables_of_a_newer_program_are_refused(url):
    append_event(url, draft("a"))
    shell(url, "UPDATE decisions_schema SET version = 99")
    with pytest.raises(DecisionsUnavailableError, match="use a newer program"):
        read_events(url)
    with pytest.raises(DecisionsUnavailableError, match="use a newer program"):
        append_event(url, draft("b", before="a", seen=1))


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path):
    path = tmp_path / "decisions.db"
    path.write_text("my notes, not a database, and longer than a header would be " * 20)
    before = path.read_bytes()
    for attempt in (read_events, lambda url: append_event(url, draft("a"))):
        with pytest.raises(DecisionsUnavailableError, match="not a database"):
            attempt(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(WorkspaceNotWritableError, match="--workspace"):
        append_event(f"sqlite:///{tmp_path}/taken/decisions.db", draft("a"))


def test_a_database_that_another_program_holds_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.05)
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    append_event(url, draft("a"))
    engine = create_engine(url)
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        other.exec_driver_sql("INSERT INTO decisions_schema VALUES (1)")
        with pytest.raises(WorkspaceLockedError, match="another program is writing"):
            append_event(url, draft("b", before="a", seen=1))
        assert len(read_events(url)) == 1  # readers never wait
        other.rollback()
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["mysql://ann:secret@db.invalid/team", "no url at all", "sqlite://"]
)
def test_what_is_no_database_for_decisions_is_refused(url):
    with pytest.raises(DecisionsUnavailableError) as caught:
        append_event(url, draft("a"))
    assert "secret" not in caught.value.message


def test_a_server_that_does_not_answer_is_told_without_the_password():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(DecisionsUnavailableError) as caught:
        read_events(f"postgresql://ann:secret@127.0.0.1:{port}/team")
    assert f"postgresql://••••@127.0.0.1:{port}/team" in caught.value.message
    assert "secret" not in caught.value.message
    assert time.monotonic() - began < 30


@pytest.mark.postgres
def test_a_wrong_password_is_told_without_name_and_password(postgres):
    url = postgres.new_url().replace(PASSWORD, "guessed").replace("ann:", "annabel:")
    with pytest.raises(DecisionsUnavailableError) as caught:
        read_events(url)
    assert "password authentication failed" in caught.value.message
    assert "guessed" not in caught.value.message
    assert "annabel" not in caught.value.message
