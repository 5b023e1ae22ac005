"""Sources visited again: exactly the planted changes are found."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.discover.web import host as hostile
from tests.discover.web.blog import Post, publish
from tests.discover.web.host import Page, Web

from atlas.catalogue import Catalogue
from atlas.discover.anchor import Anchoring, Wanted
from atlas.discover.archive import Archive
from atlas.discover.crawl import Crawl, crawl
from atlas.discover.fetcher import Fetcher
from atlas.discover.frontier import Frontier
from atlas.discover.link_status import link_status
from atlas.discover.store import Store, open_store
from atlas.discover.verify import Cited, Verified, cited_claims, last_verified, verify

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOST = "blog.example"

STORE = Post(
    "store",
    "How we store messages",
    "2026-03-06",
    [
        "We began with 12 nodes in 2017. By 2022 the old cluster had 177 nodes and each of them held 4 TB on average.",
        "The new cluster has just 72 nodes of a newer kind, each with 9 TB of disk space.",
        "Historical reads now have a 15ms p99 latency, where they took between 40-125ms before.",
    ],
)
SCALE = Post(
    "scale",
    "What a day looks like",
    "2026-05-01",
    [
        "On a normal day our users send over 4 billion messages through the gateway.",
        "At the peak of the final the gateway carried 3.2 million requests per second.",
        "Nearly five million people were connected at the same moment.",
    ],
)
CLAIMS = {
    "store": {
        "old-nodes": ("177 nodes", ("old cluster",)),
        "new-nodes": ("just 72 nodes", ("new cluster",)),
        "disk": ("9 TB of disk space", ("each",)),
        "read-p99": ("15ms p99 latency", ("historical",)),
        "read-before": ("between 40-125ms", ("before",)),
    },
    "scale": {
        "messages": ("over 4 billion messages", ("gateway",)),
        "peak": ("3.2 million requests per second", ("peak",)),
        "connected": ("Nearly five million people", ("connected",)),
    },
}


@dataclass
class Desk:
    """A curator's desk: a store and a clock."""

    web: Web
    store: Store
    now: dt.datetime = NOW

    def look(self) -> dict[str, Verified]:
        """Visit both posts and find their claims."""
        cited = [
            Cited("example", claim, "post", self.web.url(HOST, f"/blog/{slug}"), Wanted(figure, near))
            for slug, claims in CLAIMS.items()
            for claim, (figure, near) in claims.items()
        ]

        async def go() -> list[Verified]:
            frontier = Frontier(self.store)
            async with Fetcher(self.web.settings(), lambda: self.now, frontier, self.web.resolver()) as fetcher:
                work = Crawl(self.store, frontier, Archive(self.store), fetcher, lambda: self.now)
                return await verify(work, cited)

        found = asyncio.run(go())
        assert [v.claim for v in found] == [c.claim for c in cited]
        return {v.claim: v for v in found}

    def changes(self) -> dict[str, Anchoring]:
        """Those claims that a curator should look at."""
        return {c: v.anchoring for c, v in self.look().items() if v.anchoring is not Anchoring.UNCHANGED}


@pytest.fixture
def desk(web: Web, tmp_path: Path) -> Iterator[Desk]:
    """Both posts are published, and were visited once."""
    publish(web, HOST, [STORE, SCALE])
    with open_store(tmp_path / "data") as store:
        desk = Desk(web, store)
        assert desk.changes() == {}
        desk.now += DAY
        yield desk


def _publish(web: Web, old: str, new: str) -> None:
    """Both posts with one text changed."""
    posts = [
        Post(p.slug, p.title, p.published, [text.replace(old, new) for text in p.paragraphs]) for p in (STORE, SCALE)
    ]
    assert [p.paragraphs for p in posts] != [STORE.paragraphs, SCALE.paragraphs], "nothing was changed"
    publish(web, HOST, posts)


def test_pages_that_did_not_change_are_asked_for_and_not_sent(web: Web, desk: Desk) -> None:
    """A second visit costs one conditional request a page, and every claim is unchanged."""
    web.seen.clear()
    assert desk.changes() == {}
    pages = [s for s in web.seen if s.path != "/robots.txt"]
    assert len(pages) == 2
    assert all("if-none-match" in s.headers for s in pages)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("just 72 nodes", "just 78 nodes", {"new-nodes": Anchoring.CHANGED}),
        ("177 nodes", "1,770 nodes", {"old-nodes": Anchoring.CHANGED}),
        ("15ms p99", "12ms p99", {"read-p99": Anchoring.CHANGED}),
        ("over 4 billion", "over 6 billion", {"messages": Anchoring.CHANGED}),
        ("Nearly five million", "Nearly seven million", {"connected": Anchoring.CHANGED}),
        (SCALE.paragraphs[1], "The final was a success.", {"peak": Anchoring.VANISHED}),
        (
            STORE.paragraphs[2],
            "Reads are fast.",
            {"read-p99": Anchoring.VANISHED, "read-before": Anchoring.VANISHED},
        ),
        ("over 4 billion messages", "over 4,000,000,000 messages", {}),
        ("Nearly five million", "Nearly 5 million", {}),
        ("We began with 12 nodes in 2017.", "Long ago we began with 14 nodes.", {}),
        ("through the gateway", "through our gateway, in 30 languages", {}),
    ],
)
def test_each_planted_change_is_found_and_nothing_else(
    web: Web, desk: Desk, old: str, new: str, expected: dict[str, Anchoring]
) -> None:
    """Another number, a sentence that is gone, and harmless edits, one at a time among eight claims."""
    _publish(web, old, new)
    assert desk.changes() == expected


def test_the_new_figure_is_told(web: Web, desk: Desk) -> None:
    """A curator sees what stands there now."""
    _publish(web, "just 72 nodes", "just 78 nodes")
    assert "78 nodes" in desk.look()["new-nodes"].figure


def test_a_page_at_another_address_has_moved(web: Web, desk: Desk) -> None:
    """All claims of the page, with the address where it is now; a redirect to https or to www. is none."""
    site = web.sites[HOST]
    site.pages["/engineering/store"] = site.pages["/blog/store"]
    site.pages["/blog/store"] = hostile.redirect("/engineering/store", 301)
    found = desk.look()
    assert {found[c].anchoring for c in CLAIMS["store"]} == {Anchoring.MOVED}
    assert {found[c].anchoring for c in CLAIMS["scale"]} == {Anchoring.UNCHANGED}
    assert web.url(HOST, "/engineering/store") in found["disk"].detail


def test_a_redirect_to_the_front_page_has_lost_the_figures(web: Web, desk: Desk) -> None:
    """An answer of 200 without the text is no unchanged page."""
    site = web.sites[HOST]
    site.pages["/"] = Page("<p>Welcome to our blog, with 9 topics.</p>")
    site.pages["/blog/scale"] = hostile.redirect("/", 302)
    found = desk.look()
    assert {found[c].anchoring for c in CLAIMS["scale"]} == {Anchoring.VANISHED}
    assert "redirected" in found["peak"].detail


def test_three_failures_in_fourteen_days_are_rot_and_the_copy_is_read(web: Web, desk: Desk) -> None:
    """One failure is the weather; from the third on the archive's copy says whether it has the figure."""
    url = web.url(HOST, "/blog/store")
    web.sites[HOST].pages["/blog/store"] = Page("gone", 404)
    for failure in (1, 2):
        found = desk.look()["disk"]
        assert found.anchoring is Anchoring.UNREACHABLE
        assert f"failure {failure} of 3" in found.detail
        assert not link_status(desk.store, url, desk.now).is_rotten
        desk.now += 2 * DAY
    found = desk.look()["disk"]
    assert link_status(desk.store, url, desk.now).is_rotten
    assert found.anchoring is Anchoring.UNREACHABLE
    assert "the archive's copy of 2026-11-21 has the figure" in found.detail
    assert desk.look()["peak"].anchoring is Anchoring.UNCHANGED


def test_failures_far_apart_are_no_rot(web: Web, desk: Desk) -> None:
    """Three failures over a month are three times weather; an answer between them starts anew."""
    url = web.url(HOST, "/blog/store")
    good = web.sites[HOST].pages["/blog/store"]
    web.sites[HOST].pages["/blog/store"] = Page("", 500)
    for _ in range(3):
        desk.look()
        desk.now += 10 * DAY
    assert not link_status(desk.store, url, desk.now).is_rotten
    desk.look()
    web.sites[HOST].pages["/blog/store"] = good
    desk.now += DAY
    assert desk.changes() == {}
    status = link_status(desk.store, url, desk.now)
    assert (status.failures, status.is_rotten, status.last_answer) == (0, False, desk.now)


def test_patience_and_robots_are_no_rot(web: Web, desk: Desk) -> None:
    """A server that asks for patience is not dead."""
    web.sites[HOST].pages["/blog/store"] = Page("", 503, {"Retry-After": "60"})
    web.seen.clear()
    for _ in range(5):
        found = desk.look()
        assert found["disk"].anchoring is Anchoring.UNREACHABLE
        assert "not asked" in found["peak"].detail  # its other page is left alone too
    assert web.hits(HOST, "/blog/scale") == 0
    assert link_status(desk.store, web.url(HOST, "/blog/store"), desk.now).failures == 0


def test_a_pdf_is_not_pretended_to_be_read(web: Web, desk: Desk) -> None:
    """What is no text here is told as such."""
    web.sites[HOST].pages["/blog/store"] = Page(b"%PDF-1.7 72 nodes", headers={"Content-Type": "application/pdf"})
    found = desk.look()["new-nodes"]
    assert (found.anchoring, found.detail) == (Anchoring.UNREACHABLE, "application/pdf is not read as text")


def test_results_are_kept_and_the_newest_counts(web: Web, desk: Desk) -> None:
    """Each visit is written down; the last one of a claim is given."""
    _publish(web, "just 72 nodes", "just 78 nodes")
    desk.look()
    kept = last_verified(desk.store)
    assert len(kept) == 8
    assert kept["example", "new-nodes", "post"].anchoring is Anchoring.CHANGED
    assert kept["example", "disk", "post"].at == desk.now


def test_sources_are_visited_on_request_only(web: Web, desk: Desk) -> None:
    """A crawl for new pages does not touch them, and they are not read for new claims."""

    async def go() -> int:
        frontier = Frontier(desk.store)
        async with Fetcher(web.settings(), lambda: desk.now, frontier, web.resolver()) as fetcher:
            work = Crawl(desk.store, frontier, Archive(desk.store), fetcher, lambda: desk.now)
            return (await crawl(work, limit=100)).total()

    web.sites[HOST].pages["/blog/store"] = Page("", 500)
    desk.look()
    desk.now += 30 * DAY
    assert asyncio.run(go()) == 0
    assert Frontier(desk.store).unread() == []


def test_claims_of_the_catalogue_are_cited_with_their_words(catalogue: Catalogue) -> None:
    """Every found, printed figure with an address is looked up, seeds never."""
    cited = [c for system in catalogue.systems.values() for c in cited_claims(system)]
    assert len(cited) > 100
    assert all(c.wanted.figure and c.url.startswith("http") for c in cited)
    seeds = {
        (slug, name)
        for slug, system in catalogue.systems.items()
        for name, source in system.document.sources.items()
        if source.role == "seed"
    }
    assert not seeds & {(c.system, c.source) for c in cited}
