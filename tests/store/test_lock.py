"""One writer a workspace."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from evidence.errors import WorkspaceLockedError, WorkspaceNotWritableError
from evidence.store.lock import hold_workspace, lock_holder

HOLD = """
import sys, time
from pathlib import Path
from evidence.store.lock import hold_workspace
with hold_workspace(Path(sys.argv[1]), "refresh"):
    print("held", flush=True)
    time.sleep(60)
"""


def hold_elsewhere(workspace: Path) -> subprocess.Popen[bytes]:
    run = subprocess.Popen([sys.executable, "-c", HOLD, str(workspace)], stdout=subprocess.PIPE)
    assert run.stdout is not None
    assert run.stdout.readline() == b"held\n"
    return run


def test_who_holds_it_is_said_while_it_is_held_and_not_after(tmp_path: Path):
    assert lock_holder(tmp_path) is None
    with hold_workspace(tmp_path, "build"):
        holder = lock_holder(tmp_path)
        assert holder is not None
        assert (holder.pid, holder.host, holder.doing) == (
            os.getpid(), socket.gethostname(), "build",
        )  # fmt: skip
        assert holder.since.endswith("+00:00")
    assert lock_holder(tmp_path) is None


def test_another_process_is_told_who_holds_it_until_the_holder_dies(tmp_path: Path):
    run = hold_elsewhere(tmp_path)
    with (
        pytest.raises(WorkspaceLockedError, match=rf"refresh \(process {run.pid} on .*since 20"),
        hold_workspace(tmp_path, "build"),
    ):
        pass
    run.kill()
    run.communicate()
    assert lock_holder(tmp_path) is None
    with hold_workspace(tmp_path, "build"):
        assert lock_holder(tmp_path).pid == os.getpid()


def test_the_same_thread_may_hold_it_again(tmp_path: Path):
    with hold_workspace(tmp_path, "refresh"):
        with hold_workspace(tmp_path, "build"):
            assert lock_holder(tmp_path).doing == "refresh"
        assert lock_holder(tmp_path) is not None
    assert lock_holder(tmp_path) is None


def test_another_thread_may_not(tmp_path: Path):
    errors: list[Exception] = []

    def ask() -> None:
        try:
            with hold_workspace(tmp_path, "build"):
                pass
        except WorkspaceLockedError as error:
            errors.append(error)

    with hold_workspace(tmp_path, "refresh"):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert len(errors) == 1


def test_a_dead_holders_words_do_not_lock(tmp_path: Path):
    (tmp_path / "lock").write_text('{"pid": 1, "host": "elsewhere", "since": "", "doing": "x"}')
    assert lock_holder(tmp_path) is None
    with hold_workspace(tmp_path, "build"):
        assert lock_holder(tmp_path).doing == "build"


HOLD_AND_READ = """
import sys, time
from concurrent.futures import ProcessPoolExecutor
import os
from pathlib import Path
from evidence.store.lock import hold_workspace
from evidence.store.orphans import end_with
with hold_workspace(Path(sys.argv[1]), "refresh"):
    pool = ProcessPoolExecutor(1, initializer=end_with, initargs=(os.getpid(),))
    print(pool.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def test_a_killed_holders_processes_neither_keep_the_lock_nor_outlive_it(tmp_path: Path):
    run = subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_READ, str(tmp_path)], stdout=subprocess.PIPE
    )
    assert run.stdout is not None
    assert int(run.stdout.readline()) != run.pid
    assert lock_holder(tmp_path) is not None
    run.kill()
    run.wait()
    # The lock is free at once, though the worker may live for another moment.
    with hold_workspace(tmp_path, "build"):
        assert lock_holder(tmp_path).pid == os.getpid()
    with run.stdout:
        run.stdout.read()  # until the last process that could write to it has ended


def test_words_that_say_nothing_are_another_run(tmp_path: Path):
    run = hold_elsewhere(tmp_path)
    (tmp_path / "lock").write_text("{")
    assert lock_holder(tmp_path) is None
    with (
        pytest.raises(WorkspaceLockedError, match="another run"),
        hold_workspace(tmp_path, "build"),
    ):
        pass
    run.kill()
    run.communicate()


def test_a_workspace_that_is_a_file_cannot_be_held(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(WorkspaceNotWritableError, match="--workspace"),
        hold_workspace(tmp_path / "file", "build"),
    ):
        pass
