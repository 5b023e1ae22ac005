"""``atlas sources verify`` as people run it: what discovery found is looked up again while the web changes under it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.discover.posts import LEDGER, PHOTOS, STORE
from tests.discover.web import host as hostile
from tests.discover.web.blog import Post, publish
from tests.discover.web.host import Page, Seen, Web
from tests.discover.web.world import CONTACT, World

from atlas.catalogue import load_catalogue

HOST = "engineering.frostwatch.example"
ARCHIVE, COPIES = "archive.org", "web.archive.org"
DAYS = ("2026-11-21", "2026-11-22")
POSTS = (STORE, LEDGER, PHOTOS)


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
    assert len(_verified(world, DAYS[0], code=0)) == len(_figures(world)) >= 25
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


def _cited(world: World, post: Post) -> int:
    """How many figures are cited from a post."""
    systems = load_catalogue(world.catalogue).systems.values()
    urls = [s.url or "" for system in systems for c in system.document.claims.values() for s in
            (system.document.sources[name] for name in c.source)]  # fmt: skip
    return sum(url.endswith(post.path) for url in urls)


def _edited(post: Post, *changes: tuple[str, str]) -> Post:
    """A post with words replaced, each of which must have been there."""
    text = "\n".join(post.paragraphs)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return replace(post, paragraphs=text.split("\n"))


def test_each_planted_change_is_found_and_only_those(world: World, web: Web) -> None:
    """Two numbers changed, a sentence gone, a page moved, and edits that change no figure, among some thirty claims."""
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
    assert len(moved) == _cited(world, PHOTOS) > 5
    assert {key: found[key] for key in found.keys() - moved} == {
        (STORE.slug, "184 nodes"): ("value changed", "196 nodes"),
        (LEDGER.slug, "62 ms"): ("value changed", "72 ms"),
        (LEDGER.slug, "900 milliseconds"): ("vanished", ""),
    }
    assert _figures(world) == before, "no claim is changed"
    checked = world.atlas("check", "-c", world.catalogue, "--today", DAYS[1], "--format", "json", "--only", "EVI020")
    assert sum(f["code"] == "EVI020" for f in checked.json) == 3


def test_a_dead_page_is_weather_twice_and_then_its_copy_is_read(world: World, web: Web) -> None:
    """Three failures in fourteen days, by the days that the command is told; the others stay as they are."""
    web.sites[HOST].pages[STORE.path] = Page("", 404)
    details = []
    for day in ("2026-11-22", "2026-11-25", "2026-12-03"):
        found = _verified(world, day)
        assert {v["url"].rpartition("/")[2] for v in found if v["anchoring"] == "unreachable"} == {STORE.slug}
        assert len(_stand(world, found)) == _cited(world, STORE) > 10
        details.append({v["detail"] for v in found if v["anchoring"] == "unreachable"})
    assert ["failure" in detail for said in details for detail in said] == [True, True, False]
    (rot,) = details[-1]
    assert "the archive's copy of 2026-11-21 has the figure" in rot
    web.sites[HOST].pages.pop(STORE.path)
    publish(web, HOST, [STORE])
    assert _stand(world, _verified(world, "2026-12-04", code=0)) == {}


def _archive(web: Web, held: dict[str, Page]) -> None:
    """A public archive that answers as the Wayback Machine does, with copies of the posts it holds."""

    def answer(seen: Seen) -> Page:
        (url,) = parse_qs(urlsplit(seen.path).query)["url"]
        slug = url.rpartition("/")[2]
        copy = {
            "status": "200",
            "available": True,
            "url": web.url(COPIES, f"/web/{slug}"),
            "timestamp": "20261120103000",
        }
        said = {"url": url, "archived_snapshots": {"closest": copy} if slug in held else {}}
        return Page(json.dumps(said), headers={"Content-Type": "application/json"})

    web.site(ARCHIVE, {"/wayback/available": answer})
    web.site(COPIES, {f"/web/{slug}": page for slug, page in held.items()})


def _archived(world: World, *more: object, code: int = 1) -> dict[str, dict[str, Any]]:
    place = ["-c", world.catalogue, "--data", world.data, "--contact", CONTACT, "--today", DAYS[1]]
    found = world.atlas("sources", "archive", *place, "--json", *more, code=code).json
    return {row["url"].rpartition("/")[2]: row for row in found}


def _noted(world: World) -> dict[str, str]:
    """The copies that stand in the documents, by post."""
    sources = [
        s for system in load_catalogue(world.catalogue).systems.values() for s in system.document.sources.values()
    ]
    return {(s.url or "").rpartition("/")[2]: s.archived for s in sources if s.archived}


def test_a_public_copy_is_noted_once_it_was_read_and_stands_in_for_a_dead_page(world: World, web: Web) -> None:
    """Whole, without the figures, or not there: only the first is written down, and read where nothing else is left."""
    empty = Page("<p>This page was moved. Please look for it elsewhere.</p>")
    _archive(web, {STORE.slug: Page(STORE.html()), LEDGER.slug: empty})
    before = {path: path.read_text() for path in (world.catalogue / "systems").glob("*/*.yaml")}
    told = _archived(world)
    assert {path: path.read_text() for path in before} == before, "without --record nothing is written"
    assert {slug: (row["standing"], row["figures"], bool(row["copy"])) for slug, row in told.items()} == {
        STORE.slug: (_cited(world, STORE), _cited(world, STORE), True),
        LEDGER.slug: (0, _cited(world, LEDGER), True),
        PHOTOS.slug: (0, _cited(world, PHOTOS), False),
    }
    assert _archived(world, "--record") == told
    assert _noted(world) == {STORE.slug: web.url(COPIES, f"/web/{STORE.slug}")}
    changed = {path for path, text in before.items() if path.read_text() != text}
    assert len(changed) == 1
    assert sorted(_archived(world)) == sorted([LEDGER.slug, PHOTOS.slug]), "what has a copy is left alone"
    web.sites[HOST].pages[STORE.path] = Page("", 410)
    elsewhere = replace(world, data=world.data.parent / "another machine")
    visits = [_verified(elsewhere, f"2026-11-{day}") for day in (23, 25, 27)]
    details = [{v["detail"] for v in found if v["anchoring"] == "unreachable"} for found in visits]
    assert [len(said) for said in details] == [1, 1, 1]
    assert "failure 2 of 3" in details[1].pop()
    assert f"the copy at {web.url(COPIES, '/web/')}{STORE.slug} has the figure" in details[2].pop()


def test_an_archive_that_does_not_answer_is_no_archive_without_a_copy(world: World, web: Web) -> None:
    """Nothing is written down, each source says why, and after a request for patience nothing more is asked."""
    web.site(ARCHIVE, {"/wayback/available": Page("<html>Sorry</html>")})
    assert {row["detail"] for row in _archived(world, "--record").values()} == {
        "the archive gave an answer that cannot be read"
    }
    asked = web.hits(ARCHIVE)
    web.site(ARCHIVE, {"/wayback/available": Page("", 429, {"Retry-After": "3600"})})
    said = [row["detail"] for row in _archived(world, "--record").values()]
    assert said[0] == "the archive asks for patience until 2026-11-22 13:00"
    assert all(detail.startswith("not asked") for detail in said[1:])
    assert web.hits(ARCHIVE) == asked + 1
    assert _noted(world) == {}
