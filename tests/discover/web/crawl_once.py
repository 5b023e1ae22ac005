"""A crawl in a process of its own, so that it can be killed: ``crawl_once.py FOLDER PORT FEED_URL``.

It imports nothing of the tests: where it is begun, their folder is no package.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from aiohttp.abc import AbstractResolver, ResolveResult

from atlas.discover.address import AddressRule
from atlas.discover.archive import Archive
from atlas.discover.crawl import Crawl, crawl
from atlas.discover.fetcher import Fetcher, Settings
from atlas.discover.frontier import Found, Frontier, Task
from atlas.discover.page import Fetched
from atlas.discover.store import open_store

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
LOOPBACK = "127.0.0.1"
_LINK = re.compile(rb"<link>(http[^<]*/blog/[^<]*)</link>")


class OneAddress(AbstractResolver):
    """A name server for which every name is this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Loopback, whatever was asked."""
        return [ResolveResult(hostname=host, host=LOOPBACK, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


def links(task: Task, page: Fetched) -> Iterable[Found]:
    """The posts that a feed names."""
    if task.kind != "feed":
        return ()
    return [Found(url.decode(), "page", task.owner) for url in _LINK.findall(page.body)]


async def run(folder: Path, port: int, feed: str) -> None:
    """Fetch all that is due at a frozen moment, so that a feed is visited once however often the process is begun."""
    settings = Settings("curator@example.org", rule=AddressRule(frozenset({(LOOPBACK, port)})), spacing_s=0.0)
    with open_store(folder) as store:
        frontier, archive = Frontier(store), Archive(store)
        frontier.add([Found(feed, "feed", "example")], NOW)
        async with Fetcher(settings, lambda: NOW, frontier, OneAddress()) as fetcher:
            work = Crawl(store, frontier, archive, fetcher, lambda: NOW, links)
            await crawl(work, limit=1_000_000)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
