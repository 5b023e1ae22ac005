"""Discovery over the test web: posts become candidates with the right claims, once."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.discover.posts import DISCORD_UPDATE, HIRING, OLD, STORE, STORE_CLAIMS
from tests.discover.web.blog import Post, publish
from tests.discover.web.host import Web

from atlas.catalogue import Catalogue, load_text
from atlas.discover.archive import Archive, archive_files
from atlas.discover.candidate import Candidates
from atlas.discover.crawl import Crawl, crawl
from atlas.discover.crew import Crew
from atlas.discover.fetcher import Fetcher
from atlas.discover.frontier import Found, Frontier
from atlas.discover.pipeline import Discovery, Summary, warc_pages
from atlas.discover.registry import Feed, Followed
from atlas.discover.relevance import LEAST
from atlas.discover.store import open_store
from atlas.quantity import parse

TODAY = dt.date(2026, 11, 21)
NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
HOST = "engineering.frostwatch.example"


@dataclass
class Run:
    """Everything that a run of discovery needs, over and over."""

    web: Web
    catalogue: Catalogue
    folder: Path
    now: dt.datetime = NOW
    host: str = HOST
    owner: str = ""

    def crew(self) -> Crew:
        """Reads here: the crew has tests of its own."""
        return Crew(self.catalogue.root, TODAY, lambda: None)

    def discover(self, since: dt.timedelta | None = dt.timedelta(days=365)) -> Summary:
        """One run: fetch what is due, read what was fetched."""
        with open_store(self.folder) as store:
            discovery = Discovery(store, self.catalogue, TODAY, LEAST)
            followed = [Followed(Feed(type="rss", url=self.web.url(self.host, "/feed")), self.owner, is_primary=True)]
            frontier, archive = Frontier(store), Archive(store)
            frontier.add([Found(f.address, "feed", f.owner) for f in followed], self.now)

            async def go() -> None:
                resolver = self.web.resolver()
                async with Fetcher(self.web.settings(), lambda: self.now, frontier, resolver) as fetcher:
                    read = discovery.reader(followed, since)
                    await crawl(Crawl(store, frontier, archive, fetcher, lambda: self.now, read), limit=100)

            asyncio.run(go())
            return discovery.read_fetched(archive, frontier, self.crew(), lambda _d, _t, _w: None)


@pytest.fixture
def run(web: Web, catalogue: Catalogue, tmp_path: Path) -> Run:
    """A run over a blog that is empty until a test publishes something."""
    return Run(web, catalogue, tmp_path / "data")


def _claims(run: Run, document: str, posts: Sequence[Post]) -> set[tuple[str, str]]:
    loaded = load_text(document, run.catalogue.vocabulary, "stub.yaml")
    assert loaded.system is not None, [str(f) for f in loaded.findings]
    assert [f for f in loaded.findings if f.level.value == "error"] == [], posts
    return {(c.value.text, c.metric) for c in loaded.system.document.claims.values()}


def test_a_post_about_a_system_becomes_a_stub_with_every_claim_and_no_other(run: Run) -> None:
    """The stub is valid, and its claims are those of the post: no version, year, port or status code among them."""
    publish(run.web, HOST, [STORE, HIRING])
    summary = run.discover()
    (candidate,) = summary.candidates
    assert candidate.kind == "new"
    assert candidate.title == STORE.title
    assert candidate.published == STORE.published
    found = {(parse(value).mid, metric) for value, metric in _claims(run, candidate.document, [STORE])}
    assert found == {(parse(e.value).mid, e.metric) for e in STORE_CLAIMS}
    assert summary.passed_by["not relevant enough"] == 1


def test_a_second_run_adds_nothing(run: Run) -> None:
    """The feed is visited again a day later, and no page is fetched or proposed twice."""
    publish(run.web, HOST, [STORE, HIRING])
    run.discover()
    hits = run.web.hits(HOST, STORE.path)
    run.now += dt.timedelta(days=1)
    again = run.discover()
    assert again.candidates == []
    assert sum(again.pages.values()) == 0
    assert run.web.hits(HOST, STORE.path) == hits == 1


def test_posts_older_than_asked_are_not_fetched(run: Run) -> None:
    """The date of the feed decides before anything is requested."""
    publish(run.web, HOST, [OLD])
    run.discover(dt.timedelta(days=30))
    assert run.web.hits(HOST, OLD.path) == 0


def test_a_rejected_page_does_not_come_back_under_another_address(run: Run) -> None:
    """The same text on another host is told as nearly the same as the rejected candidate."""
    publish(run.web, HOST, [STORE])
    (candidate,) = run.discover().candidates
    with open_store(run.folder) as store:
        Candidates(store).decide(candidate.id, "rejected", "an invented company", TODAY)
    run.host = "mirror.example"
    publish(run.web, run.host, [STORE])
    again = run.discover()
    assert again.candidates == []
    assert again.passed_by["nearly the same as a candidate"] == 1


def test_a_post_about_a_known_system_proposes_only_what_is_new(run: Run) -> None:
    """The update names the figure it may replace and leaves out what the document has."""
    run.host, run.owner = "engineering.discord.example", "discord"
    publish(run.web, run.host, [DISCORD_UPDATE])
    (candidate,) = run.discover().candidates
    assert (candidate.kind, candidate.slug) == ("update", "discord")
    assert "112" in candidate.document
    assert "6T" in candidate.document
    assert "value: 15 ms" not in candidate.document
    assert any("→" in line and "nodes" in line for line in candidate.detail)


def test_an_archive_gives_the_same_candidates_as_the_web(run: Run, tmp_path: Path) -> None:
    """The WARC files that a run left are read by another one without any request."""
    publish(run.web, HOST, [STORE, HIRING])
    (first,) = run.discover().candidates
    asked = run.web.hits()
    with open_store(tmp_path / "other") as store:
        discovery = Discovery(store, run.catalogue, TODAY, LEAST)
        pages = warc_pages(archive_files(run.folder / "archive"), run.catalogue)
        (again,) = discovery.read_archive(pages, run.crew(), lambda _d, _t, _w: None).candidates
    assert (again.url, again.document.partition("claims:")[2]) == (first.url, first.document.partition("claims:")[2])
    assert run.web.hits() == asked
