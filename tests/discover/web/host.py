"""A web on loopback that behaves as badly as the real one: sites by name, one port, every request counted.

Names resolve through ``Web.resolver`` only, and the fetcher is told of the one address and port that it may use; no
test can reach the real network, and no switch of the product is turned off.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from aiohttp.abc import AbstractResolver, ResolveResult

from atlas.discover.address import AddressRule
from atlas.discover.body import Limits
from atlas.discover.fetcher import Settings

LOOPBACK = "127.0.0.1"
Stream = Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True)
class Seen:
    """A request as the server saw it; ``at`` in seconds of the server's own clock."""

    host: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass(frozen=True)
class Page:
    """An answer. ``raw`` replaces all of it by pieces of bytes, head included; ``tagged`` answers 304 where it may."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: Stream | None = None
    tagged: bool = False
    modified: str = ""

    @property
    def bytes(self) -> bytes:
        """The body."""
        return self.body.encode() if isinstance(self.body, str) else self.body

    @property
    def etag(self) -> str:
        """The tag of this version."""
        return f'"{hashlib.sha256(self.bytes).hexdigest()[:16]}"'


Answer = Page | Callable[[Seen], Page]


@dataclass
class Site:
    """A site: its pages by path, its robots.txt, and the addresses that its name resolves to, one set a question."""

    pages: dict[str, Answer] = field(default_factory=dict)
    addresses: list[Sequence[str]] = field(default_factory=lambda: [(LOOPBACK,)])
    questions: int = 0

    def answer(self) -> Sequence[str]:
        """What the name resolves to this time: the last set stays."""
        found = self.addresses[min(self.questions, len(self.addresses) - 1)]
        self.questions += 1
        return found


class Web:
    """The whole web: sites by host name."""

    def __init__(self) -> None:
        self.sites: dict[str, Site] = {}
        self.seen: list[Seen] = []
        self.private_seen: list[str] = []
        self.open_now: dict[str, int] = {}
        self.open_most: dict[str, int] = {}
        self.port = 0
        self.private_port = 0

    def site(self, host: str, pages: dict[str, Answer] | None = None, *, robots: str | None = "") -> Site:
        """A site; without ``robots`` it has no robots.txt."""
        site = Site(dict(pages or {}))
        if robots is not None:
            site.pages.setdefault("/robots.txt", Page(robots, headers={"Content-Type": "text/plain"}))
        self.sites[host] = site
        return site

    def url(self, host: str, path: str = "/") -> str:
        """The address of a page."""
        return f"http://{host}:{self.port}{path}"

    def hits(self, host: str | None = None, path: str | None = None) -> int:
        """How many requests there were; robots.txt counts only where it is asked for."""
        return sum(
            1
            for s in self.seen
            if host in (None, s.host) and (s.path == path if path is not None else s.path != "/robots.txt")
        )

    def settings(self, *, spacing_s: float = 0.0, limits: Limits | None = None) -> Settings:
        """Settings of a fetcher that may talk to this web and to nothing else of this machine."""
        rule = AddressRule(frozenset({(LOOPBACK, self.port)}))
        bounds = limits or Limits(total_s=10, silence_s=3, grace_s=1, connect_s=3)
        return Settings("curator@example.org", bounds, rule, spacing_s)

    def resolver(self) -> AbstractResolver:
        """The name server of this web."""
        return Names(self)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        host = ""
        try:
            seen = await _read_request(reader)
            host = seen.host
            self.seen.append(seen)
            self.open_now[host] = self.open_now.get(host, 0) + 1
            self.open_most[host] = max(self.open_most.get(host, 0), self.open_now[host])
            await self._send(writer, self._page(seen), seen)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            if host:
                self.open_now[host] -= 1
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def serve_private(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A service that nobody outside may reach; whoever does is counted."""
        self.private_seen.append("connected")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        writer.close()

    def _page(self, seen: Seen) -> Page:
        site = self.sites.get(seen.host)
        pages = site.pages if site else {}
        answer = pages.get(seen.path) or pages.get(seen.path.partition("?")[0])
        if answer is None:
            return Page("not here", 404)
        page = answer if isinstance(answer, Page) else answer(seen)
        if page.tagged and seen.headers.get("if-none-match") == page.etag:
            return replace(page, body=b"", status=304)
        if page.modified and seen.headers.get("if-modified-since") == page.modified:
            return replace(page, body=b"", status=304)
        return page

    async def _send(self, writer: asyncio.StreamWriter, page: Page, seen: Seen) -> None:
        if page.raw is not None:
            async for piece in page.raw():
                writer.write(piece)
                await writer.drain()
            return
        headers = {"Content-Type": "text/html; charset=utf-8", **page.headers}
        if page.tagged:
            headers["ETag"] = page.etag
        if page.modified:
            headers["Last-Modified"] = page.modified
        headers["Content-Length"] = str(len(page.bytes))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {page.status} Said\r\n{head}Connection: close\r\n\r\n".encode("latin-1"))
        writer.write(page.bytes)
        await writer.drain()


async def _read_request(reader: asyncio.StreamReader) -> Seen:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if name:
            headers[name.strip().lower()] = value.strip()
    host = headers.get("host", "").partition(":")[0]
    return Seen(host, lines[0].split(" ")[1], headers, asyncio.get_running_loop().time())


class Names(AbstractResolver):
    """The name server: every site's own answers; an unknown name does not exist."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a name."""
        site = self._web.sites.get(host)
        if site is None:
            raise OSError(f"no such name: {host}")
        return [_result(host, address, port) for address in site.answer()]

    async def close(self) -> None:
        """Nothing is open."""


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)


@contextmanager
def running_web() -> Iterator[Web]:
    """A web that serves in a thread of its own until the block ends."""
    web = Web()
    loop = asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()

    async def main() -> None:
        async with (
            await asyncio.start_server(web.serve, LOOPBACK, 0, limit=1 << 20) as server,
            await asyncio.start_server(web.serve_private, LOOPBACK, 0) as private,
        ):
            web.port = server.sockets[0].getsockname()[1]
            web.private_port = private.sockets[0].getsockname()[1]
            ready.set()
            await stop.wait()
        await _end_others()

    thread = threading.Thread(target=loop.run_until_complete, args=(main(),), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield web
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _end_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def head(length: int | None = None, **headers: str) -> bytes:
    """The head of an answer that is written by hand; without a length the body ends with the connection."""
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def dripping(pause_s: float, piece: bytes = b"x") -> Stream:
    """A body of which a little comes, then nothing for a while, for ever."""

    async def stream() -> AsyncIterator[bytes]:
        yield head()
        while True:
            yield piece
            await asyncio.sleep(pause_s)

    return stream


def endless() -> Stream:
    """A body that never ends and comes as fast as it is taken."""

    async def stream() -> AsyncIterator[bytes]:
        yield head()
        while True:
            yield b"<p>more</p>" * 6_000

    return stream


def silent() -> Stream:
    """A server that takes the request and says nothing."""

    async def stream() -> AsyncIterator[bytes]:
        await asyncio.sleep(60)
        yield b""

    return stream


def endless_head() -> Stream:
    """Headers without end."""

    async def stream() -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        number = 0
        while True:
            number += 1
            yield b"".join(b"X-%d-%d: y\r\n" % (number, i) for i in range(100))
            await asyncio.sleep(0)

    return stream


def breaking_off(sent: bytes, promised: int) -> Stream:
    """A body that is shorter than its head says."""

    async def stream() -> AsyncIterator[bytes]:
        yield head(promised)
        yield sent

    return stream


def gzip_bomb(unfolded: int) -> Page:
    """A page of a few kilobytes that unfolds to ``unfolded`` bytes."""
    return Page(gzip.compress(b"\0" * unfolded, 9), headers={"Content-Encoding": "gzip"})


def first_then(*pages: Page) -> Callable[[Seen], Page]:
    """One page after the other, visit by visit; the last one stays."""
    visits = iter(range(1_000_000))

    def answer(_seen: Seen) -> Page:
        return pages[min(next(visits), len(pages) - 1)]

    return answer


def redirect(target: str, status: int = 302) -> Page:
    """A redirect to anywhere."""
    return Page(b"", status, {"Location": target})
