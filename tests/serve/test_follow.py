"""The catalogue is followed whole: documents, outcomes, visits, metrics, and what came while the site was built."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from atlas.catalogue.visits import Visited
from atlas.serve.follow import Follower
from atlas.serve.workshop import Workshop

from .conftest import SLACK, TODAY

GONE = Visited("store-nodes", "post", "2026-11-21", "4 nodes", "vanished")


@pytest.fixture
def workshop(own_catalogue: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A built site, whose search index is left out."""
    made = Workshop(own_catalogue, tmp_path / "out", today=TODAY, cache=cache)
    made.build()
    monkeypatch.setattr(made, "reindex", lambda: "")
    return made


async def followed(workshop: Workshop, change: Callable[[], object]) -> None:
    """Follow the catalogue, change it after a moment, and wait until the site has a new revision."""
    follower = Follower(workshop, None, lambda _: None)
    task = asyncio.create_task(follower.follow(watch=True))
    await asyncio.sleep(1.0 * SLACK)
    change()
    async with asyncio.timeout(20 * SLACK):
        while workshop.state.revision == 1 and not task.done():
            await asyncio.sleep(0.02)
    follower.end()
    await task


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("progress.csv", "day,metric,value\n2026-11-20,systems,1\n"),
        ("visits/tiny.json", json.dumps({"visits": [asdict(GONE)]})),
    ],
)
def test_what_is_kept_beside_the_documents_is_followed(workshop: Workshop, name: str, text: str) -> None:
    """A visit that is recorded, or a metric, is on its pages without a change of any document."""
    file = workshop.root / name

    def write() -> None:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    asyncio.run(followed(workshop, write))
    assert workshop.state.revision == 2


def test_what_changed_while_the_site_was_built_is_on_it(workshop: Workshop, document: Path) -> None:
    """A build takes a while, and only afterwards the catalogue is watched."""
    document.write_text(document.read_text().replace("A service, its cache", "One service, its cache"))
    asyncio.run(followed(workshop, lambda: None))
    assert workshop.state.digests["tiny"].summary.startswith("One service")
