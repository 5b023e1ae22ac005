"""A crawl over the test web: everything once, politely, and written down."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.discover.web import host as hostile
from tests.discover.web.blog import Post, publish
from tests.discover.web.crawl_once import links
from tests.discover.web.host import Page, Web

from atlas.discover.archive import Archive
from atlas.discover.crawl import Crawl, crawl
from atlas.discover.fetcher import Fetcher
from atlas.discover.frontier import REVISIT, Found, Frontier, Outcome
from atlas.discover.store import Store, open_store

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


@dataclass
class Bench:
    """A crawl that can be run again at another moment."""

    web: Web
    store: Store
    now: dt.datetime = NOW
    frontier: Frontier = field(init=False)
    archive: Archive = field(init=False)

    def __post_init__(self) -> None:
        self.frontier = Frontier(self.store)
        self.archive = Archive(self.store)

    def run(self, found: Iterable[Found] = (), *, limit: int = 1_000) -> Counter[Outcome]:
        """Add addresses and fetch what is due."""

        async def go() -> Counter[Outcome]:
            settings = self.web.settings()
            async with Fetcher(settings, lambda: self.now, self.frontier, self.web.resolver()) as fetcher:
                work = Crawl(self.store, self.frontier, self.archive, fetcher, lambda: self.now, links)
                return await crawl(work, limit=limit)

        self.frontier.add(found, self.now)
        return asyncio.run(go())


@pytest.fixture
def bench(web: Web, tmp_path: Path) -> Iterator[Bench]:
    """A crawl with an empty store."""
    with open_store(tmp_path / "data") as store:
        yield Bench(web, store)


def _posts(count: int, word: str = "first") -> list[Post]:
    return [Post(f"p{n}", f"Post {n}", "2026-03-06", [f"{word} text of post {n}"]) for n in range(count)]


def test_a_feed_leads_to_its_posts_once(web: Web, bench: Bench) -> None:
    """Every post is fetched once and archived; the same day a second run asks for nothing at all."""
    publish(web, "blog.example", _posts(7))
    feed = Found(web.url("blog.example", "/feed"), "feed", "example")
    assert bench.run([feed]) == {Outcome.FETCHED: 8}
    assert bench.run([feed]) == {}
    assert Counter(s.path for s in web.seen) == Counter(["/robots.txt", "/feed", *(f"/blog/p{n}" for n in range(7))])
    tasks = bench.frontier.unread()
    assert len(tasks) == 7
    assert b"first text of post 3" in bench.archive.read(tasks[3].sha256).body


def test_the_next_day_only_what_is_new_is_fetched(web: Web, bench: Bench) -> None:
    """An unchanged feed is not sent again; a changed one leads to its new posts only."""
    publish(web, "blog.example", _posts(3))
    feed = Found(web.url("blog.example", "/feed"), "feed", "example")
    bench.run([feed])
    bench.now += REVISIT
    assert bench.run() == {Outcome.UNCHANGED: 1}
    publish(web, "blog.example", _posts(5))
    bench.now += REVISIT
    web.seen.clear()
    assert bench.run() == {Outcome.FETCHED: 3}
    assert sorted(s.path for s in web.seen if s.path != "/robots.txt") == ["/blog/p3", "/blog/p4", "/feed"]


def test_a_page_asked_again_shows_its_change(web: Web, bench: Bench) -> None:
    """Asked again, an unchanged page comes from the archive, a changed one is a new version beside the old."""
    publish(web, "blog.example", _posts(2))
    pages = [Found(web.url("blog.example", f"/blog/p{n}")) for n in range(2)]
    bench.run(pages)
    before = {t.url: t.sha256 for t in bench.frontier.unread()}
    publish(web, "blog.example", [_posts(1)[0], _posts(2, "second")[1]])
    for page in pages:
        bench.frontier.ask_again(page.url, bench.now)
    assert bench.run() == {Outcome.UNCHANGED: 1, Outcome.FETCHED: 1}
    after = {t.url: t.sha256 for t in bench.frontier.unread()}
    assert after[pages[0].url] == before[pages[0].url]
    assert after[pages[1].url] != before[pages[1].url]
    assert b"first text" in bench.archive.read(before[pages[1].url]).body
    assert b"second text" in bench.archive.read(after[pages[1].url]).body


def test_a_server_without_validators_is_compared_by_its_bytes(web: Web, bench: Bench) -> None:
    """The same body sent again is unchanged, and not read a second time."""
    web.site("blog.example", {"/a": Page("same")})
    found = Found(web.url("blog.example", "/a"))
    assert bench.run([found]) == {Outcome.FETCHED: 1}
    (task,) = bench.frontier.unread()
    bench.frontier.mark_read(task)
    bench.frontier.ask_again(found.url, bench.now)
    assert bench.run() == {Outcome.UNCHANGED: 1}
    assert bench.frontier.unread() == []


def test_every_bad_answer_has_its_outcome(web: Web, bench: Bench) -> None:
    """Each kind of refusal, failure and request for patience is told apart, and none holds up the others."""
    web.site(
        "bad.example",
        {
            "/gone": Page("", 410),
            "/missing": Page("", 404),
            "/error": Page("", 500),
            "/away": hostile.redirect("http://169.254.169.254/"),
            "/bomb": hostile.gzip_bomb(30_000_000),
            "/good": Page("good"),
            "/closed/a": Page("no"),
        },
        robots="User-agent: *\nDisallow: /closed/",
    )
    web.site("later.example", {"/": Page("", 429, {"Retry-After": "3600"})})
    web.site("busy.example", {"/": Page("", 503)})
    paths = ["/gone", "/missing", "/error", "/away", "/bomb", "/good", "/closed/a"]
    others = ["http://no.such.example/", web.url("later.example"), web.url("busy.example")]
    outcomes = bench.run(Found(url) for url in (*(web.url("bad.example", p) for p in paths), *others))
    assert outcomes == {
        Outcome.GONE: 1,
        Outcome.MISSING: 1,
        Outcome.LATER: 2,
        Outcome.UNREACHABLE: 2,
        Outcome.REFUSED: 3,
        Outcome.FETCHED: 1,
    }
    due = bench.frontier.next_due()
    assert due is not None
    assert due == NOW + dt.timedelta(hours=1)
    assert bench.frontier.counts() == {"done": 1, "paused": 1, "waiting": 8}


def test_retry_after_is_kept_across_runs(web: Web, bench: Bench) -> None:
    """A server that asked for two hours is left alone for two hours, then asked once."""
    answers = hostile.first_then(Page("", 429, {"Retry-After": "7200"}), Page("now"))
    web.site("busy.example", {"/a": answers})
    bench.run([Found(web.url("busy.example", "/a"))])
    bench.now += dt.timedelta(minutes=119)
    assert bench.run() == {}
    bench.now += dt.timedelta(minutes=1)
    assert bench.run() == {Outcome.FETCHED: 1}
    assert web.hits("busy.example", "/a") == 2


def test_a_host_that_asks_for_patience_is_asked_for_nothing_else(web: Web, bench: Bench) -> None:
    """After a 429 none of its other pages is asked for until the time is over; another host is."""
    pages: dict[str, hostile.Answer] = {f"/{n}": Page(f"page {n}") for n in range(5)}
    web.site("busy.example", {**pages, "/0": hostile.first_then(Page("", 429, {"Retry-After": "1800"}), Page("ok"))})
    web.site("other.example", {"/": Page("fine")})
    found = [Found(web.url("busy.example", f"/{n}")) for n in range(5)] + [Found(web.url("other.example"))]
    assert bench.run(found) == {Outcome.LATER: 1, Outcome.FETCHED: 1}
    assert web.hits("busy.example") == 1
    bench.now += dt.timedelta(minutes=30)
    assert bench.run() == {Outcome.FETCHED: 5}


def test_a_limit_ends_a_run_and_the_next_one_goes_on(web: Web, bench: Bench) -> None:
    """Runs of two addresses each come to the end of the feed, nothing twice."""
    publish(web, "blog.example", _posts(5))
    feed = Found(web.url("blog.example", "/feed"), "feed", "example")
    runs = [bench.run([feed], limit=2).total() for _ in range(4)]
    assert runs == [2, 2, 2, 0]
    assert web.hits("blog.example") == 6


def test_many_hosts_are_asked_at_once_and_each_by_one_connection(web: Web, bench: Bench) -> None:
    """Twenty hosts, one slow: no host sees two connections, and the slow one holds up nobody."""
    for n in range(20):
        publish(web, f"blog{n}.example", _posts(3))
    web.site("slow.example", {"/a": Page(raw=hostile.dripping(0.2))})
    found = [Found(web.url(f"blog{n}.example", "/feed"), "feed", "example") for n in range(20)]
    outcomes = bench.run([*found, Found(web.url("slow.example", "/a"))])
    assert outcomes[Outcome.FETCHED] == 20 * 4
    assert set(web.open_most.values()) == {1}


def test_an_interrupt_leaves_whole_pages_only(web: Web, bench: Bench) -> None:
    """A run that is cancelled has written down every page that it counts, and the next one fetches the rest."""
    publish(web, "blog.example", _posts(30))
    feed = Found(web.url("blog.example", "/feed"), "feed", "example")
    bench.frontier.add([feed], NOW)

    async def go() -> None:
        async with Fetcher(web.settings(), lambda: NOW, bench.frontier, web.resolver()) as fetcher:
            work = Crawl(bench.store, bench.frontier, bench.archive, fetcher, lambda: NOW, links)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(crawl(work, limit=1_000), 0.05)

    asyncio.run(go())
    bench.run()
    assert bench.frontier.counts() == {"done": 30, "waiting": 1}
    assert web.hits("blog.example") <= 31 + 1


def test_other_feeds_than_well_formed_ones_are_archived_as_they_are(web: Web, bench: Bench) -> None:
    """Wrong charsets and broken feeds are the reader's business: their bytes are kept unchanged."""
    bodies = {
        "/latin": "Größe".encode("latin-1"),
        "/cut": b"<rss><channel><item><title>cut",
        "/empty": b"",
        "/bytes": bytes(range(256)),
    }
    pages: dict[str, hostile.Answer] = {p: Page(b, headers={"Content-Type": "text/xml"}) for p, b in bodies.items()}
    web.site("broken.example", pages)
    assert bench.run([Found(web.url("broken.example", p), "feed", "x") for p in bodies]) == {Outcome.FETCHED: 4}
    kept = {str(row[0]) for row in bench.store.database.execute("SELECT sha256 FROM record")}
    assert sorted(bench.archive.read(k).body for k in kept) == sorted(bodies.values())
