"""Fetches one page: politely, safely, and never more of it than is bounded.

``FetchError`` is the root of what can go wrong::

    FetchError              nothing was read; asking again later may help
    ├── UnreachableError    no name, no connection, no answer in time
    └── NotAllowedError     it is not fetched: a private address, a scheme, a bound
        └── RobotsError     robots.txt refuses it

An answer of any status is no error: the caller decides what a 404, a 410 or a 429 means.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from atlas.discover.address import AddressRule, CheckedResolver, RefusedError, guarded_socket
from atlas.discover.body import BodyReader, Limits
from atlas.discover.conditional import Validators
from atlas.discover.page import Fetched, digest
from atlas.discover.politeness import Politeness
from atlas.discover.robots import READ_BYTES, Robots, RobotsInMemory, RobotsStore

AGENT = "AtlasDiscover"
"""The name under which a robots.txt may address us."""
_ACCEPT = "text/html, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE = 16_384

Clock = Callable[[], dt.datetime]


class FetchError(Exception):
    """A page that was not fetched."""


class UnreachableError(FetchError):
    """The server could not be reached, or did not answer in time."""


class NotAllowedError(FetchError):
    """The page is not fetched: its address, its size or its form is refused."""


class RobotsError(NotAllowedError):
    """The host's robots.txt refuses the page."""


@dataclass(frozen=True)
class Settings:
    """How a fetcher behaves. ``contact`` is an address or a page where its owner can be told to stop."""

    contact: str
    limits: Limits = field(default_factory=Limits)
    rule: AddressRule = field(default_factory=AddressRule)
    spacing_s: float = 2.0
    version: str = "1"

    @property
    def user_agent(self) -> str:
        """Such as ``AtlasDiscover/1 (+https://example.org/atlas)``."""
        return f"{AGENT}/{self.version} (+{self.contact})"


class Fetcher:
    """Fetches pages; use it as an asynchronous context.

    ``clock`` gives the moment in UTC. ``resolver`` replaces the system's name server in tests; whatever it answers is
    checked all the same.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        robots: RobotsStore | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        if not settings.contact.strip() or not settings.contact.isprintable():
            raise ValueError("a fetcher needs a contact: an address or a page where its owner can be reached")
        self.settings = settings
        self.politeness = Politeness(settings.spacing_s)
        self._clock = clock
        self._robots: RobotsStore = robots if robots is not None else RobotsInMemory()
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._robots_locks: dict[str, asyncio.Lock] = {}

    async def __aenter__(self) -> Self:
        rule, limits = self.settings.rule, self.settings.limits
        connector = aiohttp.TCPConnector(
            resolver=CheckedResolver(self._resolver or aiohttp.ThreadedResolver(), rule),
            use_dns_cache=False,
            socket_factory=guarded_socket(rule),
            limit_per_host=1,
            force_close=True,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect_s, sock_read=limits.silence_s),
            headers={"User-Agent": self.settings.user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate, br"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, url: str, since: Validators | None = None) -> Fetched:
        """The page at an address, redirects followed; with ``since``, perhaps a 304 without a body.

        Raises ``FetchError``. Every hop is checked anew: address, robots.txt, turn at its host.
        """
        asked = self._clock()
        here = _read_url(url)
        headers = since.request_headers() if since is not None else {}
        for _ in range(self.settings.limits.redirects + 1):
            robots = await self._robots_of(here)
            if robots.is_closed:
                raise UnreachableError(f"the robots.txt of {here.host} could not be had, so nothing is fetched: {here}")
            if not robots.allows(str(here), AGENT):
                raise RobotsError(f"the robots.txt of {here.host} refuses it: {here}")
            hop = await self._ask(here, headers, robots.delay_s(AGENT))
            target = _redirect(hop, here)
            if target is None:
                return hop.fetched(url, str(here), asked)
            here = target
        raise NotAllowedError(f"more than {self.settings.limits.redirects} redirects")

    async def _robots_of(self, url: URL) -> Robots:
        """The robots.txt of an address's host, asked for once a day."""
        self._check(url)
        origin = str(url.origin())
        async with self._robots_locks.setdefault(origin, asyncio.Lock()):
            known = self._robots.robots(origin)
            if known is not None and known.is_fresh(self._clock()):
                return known
            try:
                robots = await self._read_robots(url.origin() / "robots.txt")
            except NotAllowedError:
                self._robots.keep_robots(origin, Robots(0, "", self._clock()))
                raise
            self._robots.keep_robots(origin, robots)
            return robots

    async def _read_robots(self, here: URL) -> Robots:
        at = self._clock()
        for _ in range(self.settings.limits.redirects + 1):
            try:
                hop = await self._ask(here, {}, None, most=READ_BYTES)
                target = _redirect(hop, here)
            except UnreachableError:
                return Robots(0, "", at)
            if target is None:
                return Robots(hop.status, hop.body.decode("utf-8", "replace"), at)
            here = target
        return Robots(404, "", at)  # RFC 9309, 2.3.1.2: after five redirects it may be taken as not there

    def _check(self, url: URL) -> None:
        try:
            self.settings.rule.check_url(url)
        except RefusedError as error:
            raise NotAllowedError(str(error)) from None

    async def _ask(
        self, url: URL, headers: Mapping[str, str], delay_s: float | None, *, most: int | None = None
    ) -> _Hop:
        """One request and its answer, in the host's turn; with ``most``, only so many bytes of it."""
        self._check(url)
        if self._session is None:
            raise RuntimeError("a fetcher is used inside `async with`")
        async with self.politeness.turn(f"{url.host}:{url.port}", delay_s):
            try:
                async with asyncio.timeout(self.settings.limits.total_s):
                    return await self._exchange(self._session, url, headers, most)
            except RefusedError as error:
                raise NotAllowedError(f"{error}: {url}") from None
            except TimeoutError:
                raise UnreachableError(f"no whole answer in time: {url}") from None
            except (aiohttp.ClientError, OSError, ValueError, EOFError) as error:
                refused = _cause(error)
                if refused is not None:
                    raise NotAllowedError(f"{refused}: {url}") from None
                raise UnreachableError(f"{type(error).__name__}: {str(error)[:200]}: {url}") from None

    async def _exchange(
        self, session: aiohttp.ClientSession, url: URL, headers: Mapping[str, str], most: int | None
    ) -> _Hop:
        async with session.get(url, headers=headers, allow_redirects=False) as answer:
            said = _joined(answer)
            hop = _Hop(answer.status, said)
            if answer.status == 200:
                hop.body, hop.wire = await self._body(answer, said.get("content-encoding", ""), most)
            answer.close()  # what is left of the body is not waited for
            return hop

    async def _body(self, answer: aiohttp.ClientResponse, encoding: str, most: int | None) -> tuple[bytes, bytes]:
        limits = self.settings.limits
        reader = BodyReader(encoding, limits)
        loop = asyncio.get_running_loop()
        began = loop.time()
        async for piece in answer.content.iter_chunked(_PIECE):
            reader.take(piece)
            if most is not None and reader.wire_bytes >= most:
                return reader.cut()[:most], b""
            took = loop.time() - began
            if took > limits.grace_s and reader.wire_bytes < limits.least_bytes_per_s * took:
                raise RefusedError(f"the page drips at {reader.wire_bytes / took:.0f} bytes a second")
        return reader.finish()


@dataclass
class _Hop:
    """The answer to one request."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    wire: bytes = b""

    def fetched(self, url: str, final: str, at: dt.datetime) -> Fetched:
        """The answer as the page of the address that was asked for first."""
        body = self.body
        return Fetched(url, final, self.status, self.headers, body, at, digest(body), wire=self.wire)


def _read_url(text: str) -> URL:
    try:
        url = URL(text).with_fragment(None)
        _ = url.port, url.host
    except ValueError as error:
        raise NotAllowedError(f"not a web address: {text[:200]!r} ({error})") from None
    return url


def _redirect(hop: _Hop, here: URL) -> URL | None:
    """Where an answer sends us; ``None`` for one that is final."""
    place = hop.headers.get("location", "")
    if hop.status not in _REDIRECTS or not place:
        return None
    try:
        return here.join(URL(place)).with_fragment(None)
    except ValueError as error:
        raise NotAllowedError(f"redirected to what is no web address: {place[:200]!r} ({error})") from None


def _joined(answer: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in answer.headers.items():
        low = name.lower()
        headers[low] = f"{headers[low]}, {value}" if low in headers else value
    return headers


def _cause(error: BaseException) -> RefusedError | None:
    """The refusal that a library wrapped into an error of its own."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, RefusedError):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None
