"""``atlas sources verify`` as people run it: what discovery found is looked up again while the web changes under it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.discover.posts import LEDGER, PHOTOS, STORE
from tests.discover.web import host as hostile
from tests.discover.web.blog import Post, publish
from tests.discover.web.host import Page, Web, running_web
from tests.discover.web.world import CONTACT, World

from atlas.catalogue import load_catalogue

HOST = "engineering.frostwatch.example"
DAYS = ("2026-11-21", "2026-11-22")
POSTS = (STORE, LEDGER, PHOTOS)


@pytest.fixture
def web() -> Iterator[Web]:
    """A web of one's own."""
    with running_web() as running:
        yield running


@pytest.fixture
def world(web: Web, tmp_path: Path, root: Path) -> World:
    """Three posts were discovered and accepted, and every figure was found again once."""
    world = World.at(tmp_path, web, root)
    publish(web, HOST, POSTS)
    world.follow({"frostwatch": [web.url(HOST, "/feed")]})
    world.atlas(*world.discover(DAYS[0]))
    for row in world.candidates():
        place = ["-c", world.catalogue, "--data", world.data, "--today", DAYS[0]]
        world.atlas("candidates", "accept", row["id"], *place)
    assert len(_verified(world, DAYS[0], code=0)) == 30
    return world


def _verified(world: World, day: str, *more: object, code: int = 1) -> list[dict[str, Any]]:
    place = ["-c", world.catalogue, "--data", world.data, "--contact", CONTACT, "--today", day]
    found: list[dict[str, Any]] = world.atlas("sources", "verify", *place, "--json", *more, code=code).json
    return found


def _figures(world: World) -> dict[tuple[str, str], str]:
    """The figure of every claim as it is cited, by system and claim."""
    systems = load_catalogue(world.catalogue).systems
    return {
        (slug, ident): claim.figure or ""
        for slug, system in systems.items()
        for ident, claim in system.document.claims.items()
    }


def _stand(world: World, found: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[str, str]]:
    """What no longer is as it was: by post and figure as cited, how it stands and what is printed now."""
    figures = _figures(world)
    return {
        (v["url"].rpartition("/")[2], figures[v["system"], v["claim"]]): (v["anchoring"], v["figure"])
        for v in found
        if v["anchoring"] != "unchanged"
    }


def _edited(post: Post, *changes: tuple[str, str]) -> Post:
    """A post with words replaced, each of which must have been there."""
    text = "\n".join(post.paragraphs)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return replace(post, paragraphs=text.split("\n"))


def test_each_planted_change_is_found_and_only_those(world: World, web: Web) -> None:
    """Two numbers changed, a sentence gone, a page moved, and edits that change no figure, among thirty claims."""
    store = _edited(
        STORE,
        ("184 nodes", "196 nodes"),
        ("2.4 million messages", "2,400,000 messages"),
        ("Tens of thousands", "Hundreds of thousands"),
        ("because one machine", "since one single machine"),
    )
    ledger = _edited(
        LEDGER,
        ("latency of 62 ms", "latency of 72 ms"),
        (", and the slowest consumer lags by 900 milliseconds", ""),
        ("Four years ago", "Five years ago"),
    )
    publish(web, HOST, [store, replace(ledger, paragraphs=ledger.paragraphs[::-1]), PHOTOS])
    site = web.sites[HOST]
    site.pages["/engineering/photos"] = site.pages[PHOTOS.path]
    site.pages[PHOTOS.path] = hostile.redirect("/engineering/photos", 301)
    before = _figures(world)
    found = _stand(world, _verified(world, DAYS[1], "--record"))
    moved = {key for key, (how, _) in found.items() if how == "moved"}
    assert moved == {key for key in found if key[0] == PHOTOS.slug}
    assert len(moved) == 8
    assert {key: found[key] for key in found.keys() - moved} == {
        (STORE.slug, "184 nodes"): ("value changed", "196 nodes"),
        (LEDGER.slug, "62 ms"): ("value changed", "72 ms"),
        (LEDGER.slug, "900 milliseconds"): ("vanished", ""),
    }
    assert _figures(world) == before, "no claim is changed"
    checked = world.atlas("check", "-c", world.catalogue, "--today", DAYS[1], "--format", "json")
    assert sum(f["code"] == "EVI020" for f in checked.json) == 3


def test_a_dead_page_is_weather_twice_and_then_its_copy_is_read(world: World, web: Web) -> None:
    """Three failures in fourteen days, by the days that the command is told; the others stay as they are."""
    web.sites[HOST].pages[STORE.path] = Page("", 404)
    details = []
    for day in ("2026-11-22", "2026-11-25", "2026-12-03"):
        found = _verified(world, day)
        assert {v["url"].rpartition("/")[2] for v in found if v["anchoring"] == "unreachable"} == {STORE.slug}
        assert len(_stand(world, found)) == 13
        details.append({v["detail"] for v in found if v["anchoring"] == "unreachable"})
    assert ["failure" in detail for said in details for detail in said] == [True, True, False]
    (rot,) = details[-1]
    assert "the archive's copy of 2026-11-21 has the figure" in rot
    web.sites[HOST].pages.pop(STORE.path)
    publish(web, HOST, [STORE])
    assert _stand(world, _verified(world, "2026-12-04", code=0)) == {}
