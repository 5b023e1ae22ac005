"""The stream of changes that open pages listen to."""

from __future__ import annotations

import asyncio

import pytest

from atlas.serve import bell as module
from atlas.serve.app import make_app
from atlas.serve.bell import Bell
from atlas.serve.workshop import Workshop

from .conftest import Client


def test_a_listener_hears_the_state_first_and_then_every_event() -> None:
    """One who comes late learns the state, but no change that was before it."""

    async def talk() -> list[str]:
        bell = Bell()
        bell.ring("change", {"files": ["old"]})
        bell.ring("state", {"revision": 1})
        heard = []
        stream = bell.listen()
        heard.append(await anext(stream))
        bell.ring("change", {"files": ["new"]})
        heard.append(await anext(stream))
        bell.close()
        heard += [text async for text in stream]
        return heard

    first, second = asyncio.run(talk())
    assert first == 'event: state\ndata: {"revision": 1}\n\n'
    assert '"new"' in second


def test_a_sleeping_listener_loses_old_events_and_nothing_grows() -> None:
    """The queue of a page that does not read is bounded, and it can still be closed."""

    async def talk() -> int:
        bell = Bell()
        stream = bell.listen()
        await anext(stream)
        for number in range(1000):
            bell.ring("change", {"revision": number})
        bell.close()
        return len([text async for text in stream])

    assert asyncio.run(talk()) <= 64


def test_a_quiet_stream_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment now and then keeps proxies from closing it."""
    monkeypatch.setattr(module, "_HEARTBEAT_S", 0.01)

    async def talk() -> str:
        stream = Bell().listen()
        await anext(stream)
        return await anext(stream)

    assert asyncio.run(talk()).startswith(":")


def test_pages_carry_the_script_only_while_edited(built: Workshop, client: Client) -> None:
    """Without a watch there is neither script nor stream."""
    assert "/api/live.js" not in client.get("/systems/tiny/").text
    assert client.get("/api/events").status_code == 404
    edited = Client(make_app(built, Bell()))
    assert '<script src="/api/live.js" defer></script>' in edited.get("/systems/tiny/").text
    assert "/api/live.js" not in edited.get("/embed/tiny/l0/").text
    assert edited.get("/api/live.js").headers["content-type"].startswith("text/javascript")


def test_too_many_listeners_are_refused(built: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream costs memory; the hundred-and-first is told so."""
    monkeypatch.setattr(module, "MOST_LISTENERS", 0)
    answer = Client(make_app(built, Bell())).get("/api/events")
    assert answer.status_code == 503
    assert answer.json()["mend"]
