"""A crawl that is killed at any moment loses nothing and repeats at most the page in flight."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.discover.web import crawl_once
from tests.discover.web.blog import Post, publish
from tests.discover.web.host import Web
from warcio.archiveiterator import ArchiveIterator

from atlas.discover.archive import Archive
from atlas.discover.store import open_store

KILLS = 100
POSTS = 1_500


def _begin(folder: Path, web: Web, root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, crawl_once.__file__, str(folder), str(web.port), web.url("blog.example", "/feed")]
    return subprocess.Popen(command, cwd=root, env={**os.environ, "PYTHONPATH": f"{root}:{root / 'src'}"})


def _done(folder: Path) -> int:
    try:
        with sqlite3.connect(f"file:{folder / 'discover.sqlite'}?mode=ro", uri=True, timeout=5) as database:
            (count,) = database.execute("SELECT COUNT(*) FROM address WHERE state = 'done'").fetchone()
            return int(count)
    except sqlite3.OperationalError:
        return 0


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_and_repeat_little(web: Web, tmp_path: Path, root: Path) -> None:
    """Killed a hundred times at random moments, then left alone: each page once, but for those that were in flight.

    The moments are drawn between the first breath of the process and some pages later, so that kills meet the
    opening of the store, the recovery of the archive, requests, writes and commits alike.
    """
    publish(web, "blog.example", [Post(f"p{n}", f"Post {n}", "2026-03-06", [f"Text {n}. " * 40]) for n in range(POSTS)])
    folder, chance = tmp_path / "data", random.Random(20261121)
    at_work = 0
    for _ in range(KILLS):
        before = web.hits()
        process = _begin(folder, web, root)
        while web.hits() == before and process.poll() is None and chance.random() < 0.9995:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.04)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        at_work += web.hits() > before
    done_before = _done(folder)
    last = _begin(folder, web, root)
    assert last.wait(120) == 0
    asked = Counter(s.path for s in web.seen if s.path != "/robots.txt")
    assert set(asked) == {"/feed", *(f"/blog/p{n}" for n in range(POSTS))}
    repeated = asked.total() - len(asked)
    assert at_work >= KILLS // 2, "the kills must meet the crawl at work"
    assert 0 < done_before < POSTS, "the kills must fall before its end"
    assert repeated <= KILLS
    _assert_whole(folder)


def _assert_whole(folder: Path) -> None:
    """Every page is done and kept once, and the files of the archive hold exactly the pages that count."""
    with open_store(folder) as store:
        archive = Archive(store)
        assert archive.recovered_bytes == 0
        states = dict(store.database.execute("SELECT state, COUNT(*) FROM address GROUP BY state"))
        assert states == {"done": POSTS, "waiting": 1}
        digests = [str(row[0]) for row in store.database.execute("SELECT sha256 FROM address")]
        assert len(set(digests)) == POSTS + 1
        assert all(archive.read(sha256).sha256 == sha256 for sha256 in digests)
        visits = store.database.execute("SELECT COUNT(*) FROM visit").fetchone()[0]
        assert visits == POSTS + 1
        uris: Counter[str] = Counter()
        for path in archive.folder.glob("*.warc.gz"):
            with path.open("rb") as file:
                uris.update(r.rec_headers.get_header("WARC-Target-URI") for r in ArchiveIterator(file))
        assert len(uris) == POSTS + 1
        assert set(uris.values()) == {1}
