"""Which addresses may be connected to: public ones, on the web's ports, and nothing inside anybody's network.

What a name resolves to is decided by whoever owns the name, so a feed can point at ``127.0.0.1``, at a cloud's
metadata service or at a printer. Every address is checked when it is resolved and once more at the socket, and the
connection goes to the address that was checked: a second answer of the name server changes nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
WEB_PORTS = frozenset({80, 443})
_SCHEMES = ("http", "https")

_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10",  # shared by a carrier's customers (RFC 6598); Python counts it neither private nor global
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526, withdrawn)
        "198.18.0.0/15",  # benchmarks of network devices (RFC 2544)
        "fec0::/10",  # site-local (RFC 3879, withdrawn, still routed by some)
        "2001::/23",  # protocol assignments, Teredo among them (RFC 4380: carries an IPv4 address)
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
        "64:ff9b:1::/48",  # NAT64 for local use (RFC 8215)
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
_COMPATIBLE = ipaddress.ip_network("::/96")


class RefusedError(Exception):
    """Something that is not fetched, whoever asks: the message says what and why."""


def is_public(text: str) -> bool:
    """Whether an IP address is one that anybody on the internet could reach; texts that are no address are not."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_global(each) for each in _meanings(address))


def _meanings(address: Ip) -> Iterable[Ip]:
    """The address itself, and the IPv4 address that an IPv6 one may carry to its destination."""
    yield address
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64 or address in _COMPATIBLE:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    elif address in _SIX_TO_FOUR:
        yield ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)


def _is_global(address: Ip) -> bool:
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    refused = (
        address.is_private,
        address.is_loopback,
        address.is_link_local,
        address.is_multicast,
        address.is_reserved and address not in _NAT64,  # 64:ff9b::/96 lies in a reserved block but is in use
        address.is_unspecified,
    )
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return True  # decided by the IPv4 address it means
    return not any(refused)


@dataclass(frozen=True)
class AddressRule:
    """Public addresses on the web's ports, plus single (address, port) pairs that a test names.

    There is no switch that allows private addresses as such: an exception is one address and one port.
    """

    allowed: frozenset[tuple[str, int]] = field(default=frozenset())

    def permits(self, address: str, port: int) -> bool:
        """Whether a connection may be opened."""
        if (address, port) in self.allowed:
            return True
        return port in WEB_PORTS and is_public(address)

    def check_url(self, url: URL) -> None:
        """Raise ``RefusedError`` for an address that is refused before any name is resolved."""
        if url.scheme not in _SCHEMES:
            raise RefusedError(f"only http and https are fetched, not {url.scheme or 'an address without a scheme'}")
        if not url.host:
            raise RefusedError("the address has no host")
        if url.user is not None or url.password is not None:
            raise RefusedError("an address with a user name or a password is not fetched")
        port = url.port or 0
        if port not in WEB_PORTS and port not in {each for _, each in self.allowed}:
            raise RefusedError(f"port {port} is not a port of the web")
        if _is_literal(url.host) and not self.permits(url.host, port):
            raise RefusedError(f"{url.host} is not a public address")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


class CheckedResolver(AbstractResolver):
    """Resolves through another resolver and keeps only the addresses that may be connected to.

    A name of which any address is refused is refused as a whole: a public address beside a private one is how an
    attacker gets past a check of the first.
    """

    def __init__(self, inner: AbstractResolver, rule: AddressRule) -> None:
        self._inner = inner
        self._rule = rule

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name, all of them permitted; raises ``RefusedError``."""
        found = await self._inner.resolve(host, port, family)
        for each in found:
            if not self._rule.permits(each["host"], port):
                raise RefusedError(f"{host} resolves to {each['host']}, which is not a public address")
        return found

    async def close(self) -> None:
        """Close the resolver below."""
        await self._inner.close()


def guarded_socket(rule: AddressRule) -> Any:
    """What opens the sockets of a connector: the last look at the address that is really connected to."""

    def open_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, place = info
        address, port = str(place[0]), int(place[1])
        if not rule.permits(address, port):
            raise RefusedError(f"{address} port {port} is not a public address of the web")
        opened = socket.socket(family=family, type=kind, proto=protocol)
        opened.setblocking(False)
        return opened

    return open_socket
