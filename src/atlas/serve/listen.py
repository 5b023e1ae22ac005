"""The address to listen on: taken before anything long begins, with errors that say what to do."""

from __future__ import annotations

import errno
import ipaddress
import socket

from atlas.serve.error import ServeError

_EVERY = ("0.0.0.0", "::", "")  # noqa: S104 - recognised here, never a default
_FIRST_FREE_PORT = 1024


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host:port``; port 0 takes any free one.

    Raises ServeError when there is no such address, the port is taken, or it needs rights we lack.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise ServeError(f"there is no address called {host!r}", "try --host 127.0.0.1") from None
    found = socket.socket(family, kind, protocol)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(socket.SOMAXCONN)
    except OSError as error:
        found.close()
        raise _refused(error, host, port) from None
    return found


def probe(host: str, port: int) -> None:
    """Raise the ServeError that ``listening`` would raise, and hold nothing.

    A build starts other processes; were the port held meanwhile, one that outlives us would hold it too.
    """
    listening(host, port).close()


def address_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds the server."""
    host, port = listener.getsockname()[:2]
    if host in _EVERY:
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(error: OSError, host: str, port: int) -> ServeError:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if _FIRST_FREE_PORT <= port < 2**16 - 1 else 8000
        tip = f"stop the other program, or take another port: --port {other}, or --port 0 for any free one"
        return ServeError(f"port {port} of {host} is taken by another program", tip)
    if error.errno == errno.EACCES:
        return ServeError(f"port {port} may not be used by this account", "take one above 1023: --port 8000")
    if error.errno == errno.EADDRNOTAVAIL:
        return ServeError(f"{host} is not an address of this machine", "try --host 127.0.0.1")
    return ServeError(f"cannot listen on {host}:{port}: {error.strerror or error}", "try --host 127.0.0.1 --port 0")
