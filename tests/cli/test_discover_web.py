"""``atlas discover`` as people run it, over a web that is as bad as the real one: what comes of it, and only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.discover.posts import (
    DISCORD_UPDATE,
    HIRING,
    LEDGER,
    LEDGER_CLAIMS,
    OLD,
    PHOTOS,
    PHOTOS_CLAIMS,
    STORE,
    STORE_CLAIMS,
    Expected,
)
from tests.discover.web import host as hostile
from tests.discover.web.blog import Post, publish
from tests.discover.web.host import Page, Web
from tests.discover.web.world import World

from atlas.catalogue import load_catalogue
from atlas.quantity import parse

OWN, DISCORD, PRESS = "engineering.frostwatch.example", "blog.discord.com", "press.example"
DAY, NEXT = "2026-11-21", "2026-11-22"
BAD = ("drip", "silent", "bomb", "endless", "inside", "private", "closed", "later", "gone", "half")
"""Entries of the press's feed that cannot be had, each for another reason."""


@pytest.fixture
def world(web: Web, tmp_path: Path, root: Path) -> World:
    """Two organisations and a press that also prints what it should not; a feed that is none, and one that is gone."""
    world = World.at(tmp_path, web, root, "messaging/discord.yaml")
    publish(web, OWN, [STORE, HIRING, OLD, LEDGER])
    publish(web, DISCORD, [DISCORD_UPDATE])
    publish(web, PRESS, [PHOTOS, _mirrored(STORE), *(Post(name, name, "2026-11-01", [name]) for name in BAD)])
    _spoil(web)
    web.site("gone.example", {"/feed": Page("", 410)})
    web.site("broken.example", {"/feed": Page("<html><body><p>Our blog has moved.</p></body></html>")})
    feeds = {host: [web.url(host, "/feed")] for host in (OWN, DISCORD, PRESS, "gone.example", "broken.example")}
    world.follow({"frostwatch": feeds[OWN], "discord": feeds[DISCORD]}, {
        "press": feeds[PRESS], "gone": feeds["gone.example"], "broken": feeds["broken.example"],
    })  # fmt: skip
    return world


def _mirrored(post: Post) -> Post:
    """The same text printed by somebody else, with a line of their own."""
    return Post("syndicated", post.title, post.published, [*post.paragraphs, "This post was first printed elsewhere."])


def _spoil(web: Web) -> None:
    """Each bad entry leads to something that must not be fetched, or not to its end."""
    site = web.sites[PRESS]
    site.pages["/robots.txt"] = Page("User-agent: *\nDisallow: /blog/closed", headers={"Content-Type": "text/plain"})
    site.pages |= {
        "/blog/drip": Page(raw=hostile.dripping(0.05)),
        "/blog/silent": Page(raw=hostile.silent()),
        "/blog/bomb": hostile.gzip_bomb(200_000_000),
        "/blog/endless": Page(raw=hostile.endless()),
        "/blog/inside": hostile.redirect(f"http://127.0.0.1:{web.private_port}/"),
        "/blog/private": hostile.redirect(f"http://private.example:{web.port}/secret"),
        "/blog/later": Page("", 503, {"Retry-After": "120"}),
        "/blog/gone": Page("", 410),
        "/blog/half": Page(raw=hostile.breaking_off(b"<p>half of", 10_000)),
    }
    web.site("private.example", {"/secret": Page("secret")})


def _found(world: World, candidate: dict[str, Any]) -> set[tuple[float, str]]:
    """The claims of an accepted stub: values in base units, and metrics."""
    path = world.catalogue / "systems" / candidate["category"] / f"{candidate['slug']}.yaml"
    (system,) = [s for s in load_catalogue(world.catalogue).systems.values() if s.file.endswith(path.name)]
    return {(c.value.mid, c.metric) for c in system.document.claims.values()}


def _expected(claims: Sequence[Expected]) -> set[tuple[float, str]]:
    return {(parse(e.value).mid, e.metric) for e in claims}


def test_posts_become_candidates_with_their_claims_once(world: World, web: Web) -> None:
    """From feeds to accepted documents by commands alone; a second run the same day, and one the next, add nothing."""
    said = world.atlas(*world.discover(DAY))
    rows = {row["title"]: row for row in world.candidates()}
    assert sorted(rows) == sorted([STORE.title, LEDGER.title, PHOTOS.title, DISCORD_UPDATE.title]), said.out
    assert {row["title"]: row["kind"] for row in rows.values()} == {
        STORE.title: "new", LEDGER.title: "new", PHOTOS.title: "new", DISCORD_UPDATE.title: "update",
    }  # fmt: skip
    _assert_nothing_forbidden(web)
    asked = Counter(s.path for s in web.seen)
    for day in (DAY, NEXT):
        before = web.hits()
        again = world.atlas(*world.discover(day))
        assert "0 candidates" in again.out
        assert (web.hits() == before) == (day == DAY), "the same day nothing is asked for, the next day the feeds are"
    assert world.candidates() == list(rows.values())
    once = [STORE, HIRING, LEDGER, PHOTOS, DISCORD_UPDATE, _mirrored(STORE)]
    assert {post.path: Counter(s.path for s in web.seen)[post.path] for post in once} == dict.fromkeys(
        (post.path for post in once), 1
    )
    assert asked[OLD.path] == 0
    for row in rows.values():
        world.atlas("candidates", "accept", row["id"], "-c", world.catalogue, "--data", world.data, "--today", NEXT)
    assert _found(world, rows[STORE.title]) == _expected(STORE_CLAIMS)
    assert _found(world, rows[LEDGER.title]) == _expected(LEDGER_CLAIMS)
    photos = _found(world, rows[PHOTOS.title])
    assert photos == _expected(PHOTOS_CLAIMS)
    world.atlas("check", "-c", world.catalogue, "--today", NEXT)


def _assert_nothing_forbidden(web: Web) -> None:
    """Nothing inside a network was reached, nothing that robots.txt closes, and the whole host waited when asked to."""
    assert web.private_seen == []
    assert web.hits("private.example") == 0
    assert web.hits(PRESS, "/blog/closed") == 0
    assert {web.open_most[host] for host in (OWN, DISCORD)} == {1}, "one connection a host"
    assert all(s.headers["user-agent"].endswith("(+curator@example.org)") for s in web.seen)


def test_only_the_feeds_that_are_named_are_read(world: World, web: Web) -> None:
    """However many others are due."""
    world.atlas(*world.discover(DAY, "--limit", 1))
    before = Counter(s.host for s in web.seen if s.path == "/feed")
    world.atlas(*world.discover(NEXT, "--feed", "discord", "--limit", 1))
    after = Counter(s.host for s in web.seen if s.path == "/feed")
    assert after - before == {DISCORD: 1}


def test_posts_that_were_too_old_are_found_when_older_ones_are_asked_for(world: World, web: Web) -> None:
    """A feed that did not change is looked through again: its tag answers for its text, not for what was wanted."""
    world.atlas(*world.discover(DAY, "--feed", "frostwatch"))
    assert web.hits(OWN, OLD.path) == 0
    world.atlas(*world.discover(NEXT, "--feed", "frostwatch", "--since", "20y"))
    assert web.hits(OWN, OLD.path) == 1


def test_feeds_that_were_read_are_dated_once_a_month(world: World, web: Web) -> None:
    """Those that answered with a feed, in the registry; what is gone or broken is not, and is told."""
    path = world.catalogue / "sources.yaml"
    before = path.read_text(encoding="utf-8")
    said = world.atlas(*world.discover(DAY, "--record", "--limit", 1))
    assert "3 feeds dated" in said.err
    assert f"no feed: {web.url('broken.example', '/feed')}" in said.err
    dated = path.read_text(encoding="utf-8")
    assert dated.replace(f", checked: {DAY}", "") == before
    rows = world.atlas("sources", "list", "--json", "-c", world.catalogue).json
    assert {row["owner"] for row in rows if row["checked"] == DAY} == {"frostwatch", "discord", "press"}
    world.atlas(*world.discover(NEXT, "--record", "--limit", 1))
    assert path.read_text(encoding="utf-8") == dated
    world.atlas(*world.discover("2026-12-23", "--record", "--limit", 1))
    assert path.read_text(encoding="utf-8") == dated.replace(DAY, "2026-12-23")
