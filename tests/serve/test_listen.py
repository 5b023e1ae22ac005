"""The port: taken early, refused with what to do."""

from __future__ import annotations

import socket

import pytest

from atlas.serve.error import ServeError
from atlas.serve.listen import address_of, is_loopback, listening, probe


def test_any_free_port_is_taken_and_named() -> None:
    """Port 0 means: choose; the address says which was chosen."""
    with listening("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
        assert address_of(found) == f"http://127.0.0.1:{port}"
        with socket.create_connection(("127.0.0.1", port), 2):
            pass


def test_a_taken_port_is_refused_with_another() -> None:
    """The error names the port, the tip how to take another."""
    with listening("127.0.0.1", 0) as found:
        port = found.getsockname()[1]
        with pytest.raises(ServeError, match=f"port {port} of 127.0.0.1 is taken") as caught:
            probe("127.0.0.1", port)
        assert "--port" in caught.value.tip
    probe("127.0.0.1", port)


def test_names_and_addresses_that_are_not_ours_are_refused() -> None:
    """An unknown name and an address of another machine."""
    with pytest.raises(ServeError, match="no address called"):
        probe("no such host", 0)
    with pytest.raises(ServeError, match="not an address of this machine"):
        probe("192.0.2.1", 0)


def test_every_address_is_shown_as_one_that_a_browser_can_open() -> None:
    """0.0.0.0 is no address to go to."""
    with listening("0.0.0.0", 0) as found:
        assert address_of(found).startswith("http://127.0.0.1:")


def test_only_loopback_is_loopback() -> None:
    """Elsewhere the server answers to any name."""
    assert is_loopback("127.0.0.1")
    assert is_loopback("localhost")
    assert is_loopback("LocalHost")
    assert is_loopback("0:0:0:0:0:0:0:1")
    assert not is_loopback("127.example.org")
    assert not is_loopback("0.0.0.0")
