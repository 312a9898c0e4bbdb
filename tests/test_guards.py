"""The guards of the test run itself."""

import os
import socket

import pytest


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80), ("example.org", 80)])
def test_a_socket_to_another_computer_is_refused(address):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with (
        socket.socket(family) as one,
        pytest.raises(RuntimeError, match="may not connect"),
    ):
        one.connect(address)


def test_a_look_up_of_another_computer_is_refused():
    with pytest.raises(RuntimeError, match=r"may not connect to example\.org"):
        socket.create_connection(("example.org", 80))


def test_a_datagram_to_another_computer_is_refused():
    with (
        socket.socket(type=socket.SOCK_DGRAM) as one,
        pytest.raises(RuntimeError, match="may not connect"),
    ):
        one.sendto(b"x", ("192.0.2.1", 53))


def test_this_computer_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_no_setting_of_the_person_reaches_a_test():
    assert not [name for name in os.environ if name.startswith(("NCBI_", "EVIDENCE_"))]
