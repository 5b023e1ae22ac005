"""What holds for every answer: security headers, hosts that are meant, addresses that cannot be read two ways."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from atlas.site.frame import CONTENT_SECURITY_POLICY

_AMBIGUOUS = (b"%2f", b"%5c", b"%00", b"\\")
"""Encoded slashes, backslashes and ends of text: another program in the way might read them differently."""
EMBED = "/embed/"


class Guard:
    """Wraps an application; ``hosts`` are the names it answers to besides addresses (empty: to all).

    A page of another site can make its own name mean this machine; its requests carry that name, and are refused.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str] = ()) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it is refused, and add the headers to its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_embed = scope["path"].startswith(EMBED)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), is_embed=is_embed)
            await send(message)

        host = Headers(scope=scope).get("host", "")
        if self.hosts and not is_known(host, self.hosts):
            text = f"This server does not answer to {host[:100]!r}. To allow other names: atlas serve --host 0.0.0.0\n"
            await PlainTextResponse(text, 421)(scope, receive, send_guarded)
        elif any(sign in scope.get("raw_path", b"").lower() for sign in _AMBIGUOUS):
            text = "There is no such page: the address has an encoded slash, backslash or end of text.\n"
            await PlainTextResponse(text, 404)(scope, receive, send_guarded)
        else:
            await self.app(scope, receive, send_guarded)


def add_headers(headers: MutableHeaders, *, is_embed: bool) -> None:
    """The security headers; only pages made for it may stand in another site's frame."""
    frames = "*" if is_embed else "'none'"
    headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-ancestors {frames}"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if not is_embed:
        headers["X-Frame-Options"] = "DENY"


def is_known(host: str, names: Collection[str]) -> bool:
    """Whether a Host header is one of the names, with or without port, or a bare address."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    name = name.strip("[]").lower()
    if name in names or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
