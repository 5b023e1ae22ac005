"""The fetcher against a hostile web: what is fetched, what is not, counted at the servers."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from tests.discover.web import host as hostile
from tests.discover.web.host import Page, Web

from atlas.discover.body import Limits
from atlas.discover.conditional import Validators
from atlas.discover.fetcher import Fetcher, NotAllowedError, RobotsError, Settings, UnreachableError
from atlas.discover.page import Fetched, digest

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
QUICK = Limits(total_s=2.0, silence_s=0.5, grace_s=0.3, connect_s=1.0, wire_bytes=200_000, body_bytes=400_000)


def _fetch(web: Web, url: str, *, limits: Limits = QUICK, since: Validators | None = None) -> Fetched:
    async def run() -> Fetched:
        settings = web.settings(limits=limits)
        async with Fetcher(settings, lambda: NOW, resolver=web.resolver()) as fetcher:
            return await fetcher.fetch(url, since)

    return asyncio.run(run())


def test_a_page_is_fetched_with_everything_said_of_it(web: Web) -> None:
    """Body, digest, status, headers in small letters and the moment are there; the bot says who it is."""
    web.site("blog.example", {"/post": Page("Grüße".encode(), headers={"Content-Type": "text/html; charset=utf-8"})})
    page = _fetch(web, web.url("blog.example", "/post#part"))
    assert (page.status, page.body, page.fetched_at) == (200, "Grüße".encode(), NOW)
    assert page.sha256 == digest(page.body)
    assert page.media_type == "text/html"
    assert page.final_url == web.url("blog.example", "/post")
    (robots, post) = web.seen
    assert (robots.path, post.path) == ("/robots.txt", "/post")
    assert "curator@example.org" in post.headers["user-agent"]
    assert "cookie" not in post.headers


def test_compressed_pages_unfold_and_keep_their_wire(web: Web) -> None:
    """A gzip page gives its text, and the bytes of the wire for the archive."""
    packed = gzip.compress(b"<p>text</p>")
    web.site("blog.example", {"/": Page(packed, headers={"Content-Encoding": "gzip"})})
    page = _fetch(web, web.url("blog.example"))
    assert (page.body, page.wire) == (b"<p>text</p>", packed)


def test_redirects_are_followed_to_their_end(web: Web) -> None:
    """Relative and absolute redirects across sites lead to the page, each site asked for its robots.txt."""
    web.site("old.example", {"/a": hostile.redirect("/b", 301), "/b": hostile.redirect(web.url("new.example", "/c"))})
    web.site("new.example", {"/c": Page("here")})
    page = _fetch(web, web.url("old.example", "/a"))
    assert (page.url, page.final_url, page.body) == (
        web.url("old.example", "/a"),
        web.url("new.example", "/c"),
        b"here",
    )
    assert web.hits("new.example", "/robots.txt") == 1


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:{private}/",
        "http://localhost:{private}/",
        "http://[::1]:{private}/",
        "http://[::ffff:127.0.0.1]:{private}/",
        "http://127.1:{private}/",
        "http://2130706433:{private}/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "ftp://blog.example/",
        "http://user:secret@blog.example:{port}/",
        "http://inside.example/",
        "javascript:alert(1)",
    ],
)
def test_a_redirect_to_a_private_place_is_not_followed(web: Web, target: str) -> None:
    """Whatever form the private address takes, nothing is connected to but the page that redirects."""
    web.site("inside.example").addresses = [("10.1.2.3",)]
    place = target.format(private=web.private_port, port=web.port)
    web.site("blog.example", {"/": hostile.redirect(place)})
    with pytest.raises((NotAllowedError, UnreachableError)):
        _fetch(web, web.url("blog.example"))
    assert web.private_seen == []
    assert web.hits() == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.2",),
        ("10.0.0.1",),
        ("169.254.169.254",),
        ("::ffff:127.0.0.1",),
        ("fe80::1",),
        ("127.0.0.1", "10.0.0.1"),
    ],
)
def test_a_name_that_resolves_inside_is_refused(web: Web, addresses: tuple[str, ...]) -> None:
    """A name of which one address is private is refused as a whole; nothing is connected to."""
    web.site("rebind.example", {"/": Page("x")}).addresses = [addresses]
    with pytest.raises(NotAllowedError, match="not a public address"):
        _fetch(web, web.url("rebind.example"))
    assert web.seen == []


def test_a_name_server_that_changes_its_answer_gains_nothing(web: Web) -> None:
    """The connection goes to the address that was checked: a second answer is refused."""
    site = web.site("rebind.example", {"/": Page("first")})
    site.addresses = [("127.0.0.1",), ("10.0.0.1",)]
    with pytest.raises(NotAllowedError, match=r"10\.0\.0\.1"):
        _fetch(web, web.url("rebind.example"))
    assert site.questions == 2  # one for robots.txt, which was read; one for the page, which was not
    assert web.hits("rebind.example", "/") == 0


def test_without_its_exception_loopback_is_refused(web: Web) -> None:
    """With the settings that people use, the same web cannot be reached at all."""
    web.site("blog.example", {"/": Page("x")})

    async def run() -> None:
        settings = replace(web.settings(), rule=Settings("me@example.org").rule)
        async with Fetcher(settings, lambda: NOW, resolver=web.resolver()) as fetcher:
            with pytest.raises(NotAllowedError):
                await fetcher.fetch(web.url("blog.example"))
            with pytest.raises(NotAllowedError):
                await fetcher.fetch(f"http://127.0.0.1:{web.port}/")
            with pytest.raises(NotAllowedError):
                await fetcher.fetch("http://blog.example/")

    asyncio.run(run())
    assert web.seen == []


def test_the_system_resolver_is_checked_too() -> None:
    """With the real name server, localhost is refused."""

    async def run() -> None:
        async with Fetcher(Settings("me@example.org"), lambda: NOW) as fetcher:
            with pytest.raises(NotAllowedError, match="localhost resolves to"):
                await fetcher.fetch("http://localhost/")

    asyncio.run(run())


def test_a_ring_of_redirects_ends(web: Web) -> None:
    """After five redirects it is enough, counted at the server."""
    web.site("ring.example", {"/a": hostile.redirect("/b"), "/b": hostile.redirect("/a")})
    with pytest.raises(NotAllowedError, match="more than 5 redirects"):
        _fetch(web, web.url("ring.example", "/a"))
    assert web.hits("ring.example") == 6


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (Page(raw=hostile.dripping(0.05)), NotAllowedError),
        (Page(raw=hostile.dripping(5.0)), UnreachableError),
        (Page(raw=hostile.silent()), UnreachableError),
        (Page(raw=hostile.endless()), NotAllowedError),
        (Page(raw=hostile.endless_head()), UnreachableError),
        (Page(raw=hostile.breaking_off(b"half", 100)), UnreachableError),
        (hostile.gzip_bomb(30_000_000), NotAllowedError),
        (Page(b"x", headers={"Content-Encoding": "gzip"}), NotAllowedError),
        (Page(b"x", headers={"Content-Encoding": "zstd"}), NotAllowedError),
    ],
    ids=["drip", "stall", "silence", "endless", "endless-head", "cut", "bomb", "no-gzip", "unknown-encoding"],
)
def test_no_answer_holds_the_fetcher_or_fills_it(web: Web, page: Page, error: type[Exception]) -> None:
    """Drips, silence, endless bodies and heads, bombs and cut answers end within the limits."""
    web.site("bad.example", {"/": page})

    async def run() -> float:
        began = asyncio.get_running_loop().time()
        async with Fetcher(web.settings(limits=QUICK), lambda: NOW, resolver=web.resolver()) as fetcher:
            with pytest.raises(error):
                await fetcher.fetch(web.url("bad.example"))
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(run()) < 2 * QUICK.total_s


def test_robots_refusals_are_kept(web: Web) -> None:
    """What robots.txt refuses is never asked for, also behind a redirect; the file is read once."""
    rules = "User-agent: AtlasDiscover\nDisallow: /private/\n"
    pages: dict[str, hostile.Answer] = {
        "/private/a": Page("no"),
        "/to": hostile.redirect("/private/a"),
        "/open": Page("yes"),
    }
    web.site("blog.example", pages, robots=rules)

    async def run() -> None:
        async with Fetcher(web.settings(), lambda: NOW, resolver=web.resolver()) as fetcher:
            for path in ("/private/a", "/to"):
                with pytest.raises(RobotsError):
                    await fetcher.fetch(web.url("blog.example", path))
            assert (await fetcher.fetch(web.url("blog.example", "/open"))).body == b"yes"

    asyncio.run(run())
    assert web.hits("blog.example", "/private/a") == 0
    assert web.hits("blog.example", "/robots.txt") == 1


@pytest.mark.parametrize(
    ("answer", "may"),
    [
        (Page("", 404), True),
        (Page("", 403), True),
        (Page("", 500), False),
        (Page("", 503), False),
        (Page("", 429), False),
        (Page(raw=hostile.silent()), False),
        (Page("User-agent: *\nDisallow: /"), False),
        (Page("User-agent: other\nDisallow: /"), True),
        (Page(b"\xff\xfe\x00 broken \x00"), True),
        (hostile.redirect("/elsewhere.txt"), False),
    ],
    ids=["404", "403", "500", "503", "429", "silence", "closed", "other", "garbage", "moved"],
)
def test_a_robots_file_means_what_the_standard_says(web: Web, answer: Page, may: bool) -> None:
    """No file allows, an error of the server forbids for now, a moved file counts (RFC 9309, 2.3.1)."""
    elsewhere = Page("User-agent: *\nDisallow: /")
    web.site("blog.example", {"/robots.txt": answer, "/": Page("page"), "/elsewhere.txt": elsewhere}, robots=None)
    if may:
        assert _fetch(web, web.url("blog.example")).body == b"page"
    else:
        with pytest.raises((RobotsError, UnreachableError)):
            _fetch(web, web.url("blog.example"))
    assert web.hits("blog.example", "/") == int(may)


def test_a_robots_file_of_any_length_is_read_up_to_a_bound(web: Web) -> None:
    """Rules in the first half megabyte hold although the file never ends."""

    async def stream() -> AsyncIterator[bytes]:
        yield hostile.head() + b"User-agent: *\nDisallow: /no\n"
        while True:
            yield b"# filler\n" * 1_000

    web.site("blog.example", {"/robots.txt": Page(raw=stream), "/no": Page("x"), "/yes": Page("y")}, robots=None)
    limits = replace(QUICK, wire_bytes=5_000_000, body_bytes=5_000_000)
    with pytest.raises(RobotsError):
        _fetch(web, web.url("blog.example", "/no"), limits=limits)
    assert _fetch(web, web.url("blog.example", "/yes"), limits=limits).body == b"y"


def test_unchanged_pages_are_not_sent_again(web: Web) -> None:
    """The validators of an answer, given back, bring a 304 without a body."""
    web.site("blog.example", {"/": Page("long", tagged=True, modified="Wed, 01 Jul 2026 10:00:00 GMT")})
    first = _fetch(web, web.url("blog.example"))
    since = Validators.of(first.headers)
    assert since.etag
    again = _fetch(web, web.url("blog.example"), since=since)
    assert (again.status, again.body) == (304, b"")


def test_one_connection_to_a_host_and_a_pause_between_two(web: Web) -> None:
    """Requests to one host stand in line and keep their distance; another host does not wait for them."""
    web.site("slow.example", {f"/{i}": Page("x") for i in range(4)})
    web.site("other.example", {"/": Page("y")})

    async def run() -> None:
        settings = web.settings(spacing_s=0.15)
        async with Fetcher(settings, lambda: NOW, resolver=web.resolver()) as fetcher:
            await asyncio.gather(
                *(fetcher.fetch(web.url("slow.example", f"/{i}")) for i in range(4)),
                fetcher.fetch(web.url("other.example")),
            )

    asyncio.run(run())
    moments = [s.at for s in web.seen if s.host == "slow.example"]
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    assert len(moments) == 5
    assert min(gaps) >= 0.14
    assert web.open_most["slow.example"] == 1
    assert max(s.at for s in web.seen if s.host == "other.example") < moments[2]


def test_a_crawl_delay_lengthens_the_pause(web: Web) -> None:
    """A host that asks for half a second gets it."""
    web.site("slow.example", {"/1": Page("x"), "/2": Page("x")}, robots="User-agent: *\nCrawl-delay: 0.5\n")

    async def run() -> None:
        async with Fetcher(web.settings(), lambda: NOW, resolver=web.resolver()) as fetcher:
            await fetcher.fetch(web.url("slow.example", "/1"))
            await fetcher.fetch(web.url("slow.example", "/2"))

    asyncio.run(run())
    first, second = (s.at for s in web.seen if s.path != "/robots.txt")
    assert second - first >= 0.49


def test_a_proxy_of_the_environment_is_not_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would connect where the rule does not look."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{web.private_port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{web.private_port}")
    web.site("blog.example", {"/": Page("direct")})
    assert _fetch(web, web.url("blog.example")).body == b"direct"
    assert web.private_seen == []


def test_cookies_are_not_kept(web: Web) -> None:
    """A cookie of the first answer is not sent with the second request."""
    web.site("blog.example", {"/": Page("x", headers={"Set-Cookie": "id=1"}), "/2": Page("y")})

    async def run() -> None:
        async with Fetcher(web.settings(), lambda: NOW, resolver=web.resolver()) as fetcher:
            await fetcher.fetch(web.url("blog.example"))
            await fetcher.fetch(web.url("blog.example", "/2"))

    asyncio.run(run())
    assert all("cookie" not in seen.headers for seen in web.seen)


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503])
def test_other_statuses_are_answers(web: Web, status: int) -> None:
    """An answer of any status is given as it is, without its body."""
    web.site("blog.example", {"/": Page("sorry", status, {"Retry-After": "7"})})
    page = _fetch(web, web.url("blog.example"))
    assert (page.status, page.body, page.headers["retry-after"]) == (status, b"", "7")


@pytest.mark.parametrize(
    "url", ["", "no address", "http://", "http://blog.example:99999/", "http://[::1", "http://\x00/"]
)
def test_what_is_no_address_is_refused(web: Web, url: str) -> None:
    """Broken addresses end in a refusal."""
    with pytest.raises((NotAllowedError, UnreachableError)):
        _fetch(web, url)
    assert web.seen == []


@pytest.mark.parametrize("contact", ["", "  ", "a\nb: c"])
def test_a_fetcher_without_a_contact_is_refused(contact: str) -> None:
    """Nobody fetches anonymously, and a contact cannot smuggle a header."""
    with pytest.raises(ValueError, match="contact"):
        Fetcher(Settings(contact), lambda: NOW)


def test_the_library_still_asks_the_guards() -> None:
    """The connector takes a resolver and a socket factory: both guards stand on it."""
    assert {"resolver", "socket_factory"} <= set(aiohttp.TCPConnector.__init__.__annotations__)
