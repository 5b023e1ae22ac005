"""Which addresses may be connected to."""

from __future__ import annotations

import pytest
from yarl import URL

from atlas.discover.address import AddressRule, RefusedError, is_public

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.8",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    """What anybody can reach is allowed, also as the IPv6 form of an IPv4 address."""
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_other_addresses_are_not(address: str) -> None:
    """Private, loopback, link-local, shared, reserved, multicast and what only wraps one of them is refused."""
    assert not is_public(address)


def test_no_address_is_not_public() -> None:
    """A text that is no address, octal and plain numbers among them, is not taken for one."""
    assert not any(is_public(text) for text in ("", "localhost", "0177.0.0.1", "2130706433", "127.1", "0x7f.1"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "http://user:secret@example.org/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://example.org:22/",
        "https://example.org:6379/",
        "//example.org/",
        "http:///path",
    ],
)
def test_refused_before_any_name_is_resolved(url: str) -> None:
    """Other schemes, other ports, names with passwords and private literals never reach the network."""
    with pytest.raises(RefusedError):
        AddressRule().check_url(URL(url))


@pytest.mark.parametrize("url", ["http://example.org/", "https://example.org/a?b=c", "https://8.8.8.8/"])
def test_the_web_is_admitted(url: str) -> None:
    """Addresses of the web pass."""
    AddressRule().check_url(URL(url))


def test_an_exception_is_one_address_and_one_port() -> None:
    """Allowing loopback at one port allows neither another port nor another private address."""
    rule = AddressRule(frozenset({("127.0.0.1", 8080)}))
    assert rule.permits("127.0.0.1", 8080)
    assert not rule.permits("127.0.0.1", 8081)
    assert not rule.permits("127.0.0.1", 80)
    assert not rule.permits("127.0.0.2", 8080)
    assert not rule.permits("8.8.8.8", 8080)
