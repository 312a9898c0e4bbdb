"""What holds for every test: no network beyond this computer, no settings of the person's own."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

# A slow machine is no fault of the code; and what fails here must fail everywhere.
settings.register_profile("everywhere", deadline=None, derandomize=True)
settings.load_profile("everywhere")

MUST_RUN_ALL = os.environ.get("EVIDENCE_REQUIRE_ALL") == "1"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:  # noqa: ARG001 - the hook's
    """Return how many tests run at once: two more than cores, as many wait for a page or a clock."""
    return (os.cpu_count() or 1) + 2


class NetworkRefusedError(RuntimeError):
    """A test wanted to leave this computer. Not an OSError, so that no client takes it for one."""


def refuse_if_not_local(address: object) -> None:
    """Let Unix sockets and loopback addresses pass."""
    if not isinstance(address, tuple):
        return
    host = str(address[0])
    if host == "localhost":
        return
    try:
        is_local = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        is_local = False
    if not is_local:
        raise NetworkRefusedError(f"a test may not connect to {host}")


@pytest.fixture(autouse=True, scope="session")
def only_this_computer() -> Iterator[None]:
    """Refuse to look up and to reach anything but this computer."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: object, real: Callable[..., object] = real):
            refuse_if_not_local(address)
            return real(self, address)

        patch.setattr(socket.socket, name, guarded)
    real_sendto = socket.socket.sendto
    real_look_up = socket.getaddrinfo

    def sendto(self: socket.socket, data: bytes, *rest: object):
        refuse_if_not_local(rest[-1])
        return real_sendto(self, data, *rest)

    def look_up(host: object, *rest: object, **more: object):
        if host:
            name = host.decode() if isinstance(host, bytes) else host
            if name not in {"0.0.0.0", "::", socket.gethostname()}:
                refuse_if_not_local((name,))
        return real_look_up(host, *rest, **more)

    patch.setattr(socket.socket, "sendto", sendto)
    patch.setattr(socket, "getaddrinfo", look_up)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def no_settings_of_ones_own() -> Iterator[None]:
    """Clear what a person may have set for NCBI and for the tracker."""
    patch = pytest.MonkeyPatch()
    for name in list(os.environ):
        if name.startswith(("NCBI_", "EVIDENCE_")):
            patch.delenv(name)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def require_or_skip() -> Callable[[str], None]:
    """Return how a test says that something is missing here: skip, or fail where all must run."""

    def missing(reason: str) -> None:
        if MUST_RUN_ALL:
            pytest.fail(f"EVIDENCE_REQUIRE_ALL=1, but {reason}")
        pytest.skip(reason)

    return missing
