"""``atlas discover`` killed a hundred times, at any moment of its work: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import datetime as dt
import random
import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.discover.posts import LEDGER, PHOTOS, STORE
from tests.discover.web.blog import Post, publish
from tests.discover.web.host import Web, running_web
from tests.discover.web.world import Forks, World

KILLS = 100
POSTS_A_DAY = 3
FIRST = dt.date(2026, 7, 1)
HOSTS = ("engineering.frostwatch.example", "press.example")
SENTENCES = [
    sentence for post in (STORE, LEDGER, PHOTOS) for text in post.paragraphs for sentence in re.split(r"(?<=\.) ", text)
]


@dataclass(frozen=True)
class State:
    """How far discovery has come: addresses found and fetched, pages read, candidates."""

    found: int = 0
    fetched: int = 0
    read: int = 0
    candidates: int = 0


@pytest.fixture
def web() -> Iterator[Web]:
    """A web of one's own."""
    with running_web() as running:
        yield running


def _post(number: int) -> Post:
    """A post of its own: sentences of three real-looking ones, other figures, and words that no other post has."""
    chance = random.Random(number)
    texts = [re.sub(r"\d{2,}", lambda _: str(chance.randrange(11, 990)), s) for s in chance.sample(SENTENCES, 12)]
    words = ["".join(chance.choices("aeioubcdfglmnprst", k=7)) for _ in range(30)]
    day = FIRST + dt.timedelta(days=number // POSTS_A_DAY)
    title = f"How we scale {words[0]} and {words[1]}"
    return Post(f"post-{number}", title, day.isoformat(), [" ".join(texts), f"We name things {' '.join(words)}."])


def _publish(web: Web, days: int) -> None:
    """What stands on the web after so many days: every second post at each of two hosts."""
    posts = [_post(number) for number in range(days * POSTS_A_DAY)]
    for index, host in enumerate(HOSTS):
        publish(web, host, posts[index::2])


def _state(folder: Path) -> State:
    """What stands in the database; nothing before there is one."""
    query = (
        "SELECT (SELECT COUNT(*) FROM address WHERE kind = 'page'),"
        " (SELECT COUNT(*) FROM address WHERE kind = 'page' AND sha256 <> ''),"
        " (SELECT COUNT(*) FROM address WHERE is_read = 1), (SELECT COUNT(*) FROM candidate)"
    )
    try:
        with sqlite3.connect(f"file:{folder / 'discover.sqlite'}?mode=ro", uri=True, timeout=5) as database:
            return State(*database.execute(query).fetchone())
    except sqlite3.OperationalError:
        return State()


def _phase(before: State, after: State, posts: int) -> str:
    """What a kill interrupted, by what had been done: each day has new posts, which a run finds once it has a feed."""
    if after.found == before.found:
        return "opening"
    if after.fetched < posts:
        return "fetching"
    return "reading" if after.read == before.read else "writing"


def _wait_for(world: World, before: State, posts: int, chance: random.Random) -> None:
    """Let a run come to a moment of chance: of its beginning, its fetching, its reading or its writing."""
    aim = chance.choice(("opening", "fetching", "reading", "writing"))
    until = time.monotonic() + 10
    while aim != "opening" and time.monotonic() < until:
        state = _state(world.data)
        reached = {
            "fetching": state.found > before.found or state.fetched > before.fetched,
            "reading": state.fetched >= posts,
            "writing": state.read > before.read,
        }
        if reached[aim] or state.read >= posts:
            break
        time.sleep(0.001)
    time.sleep(chance.random() * {"opening": 0.15, "fetching": 0.01, "reading": 0.1, "writing": 0.15}[aim])


def _is_alive(process: Path) -> bool:
    """Whether a process still runs; one that has ended may wait for whoever inherited it to take note."""
    try:
        return (process / "stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def _workers(pid: int) -> list[Path]:
    """The processes that a process has begun."""
    try:
        return [Path("/proc") / child for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _killed(world: World, forks: Forks, day: int, chance: random.Random) -> str:
    """One run that is killed; what it was at, or nothing where it ended before. What it began ends with it."""
    before, posts = _state(world.data), day * POSTS_A_DAY
    running = forks.begin(world.discover((FIRST + dt.timedelta(days=day)).isoformat()))
    _wait_for(world, before, posts, chance)
    workers = _workers(running.pid)
    running.send(signal.SIGKILL)
    code = running.wait()
    assert code in (0, -signal.SIGKILL), forks.out.read_text()
    until = time.monotonic() + 10
    while any(_is_alive(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.001)
    assert not any(_is_alive(worker) for worker in workers), "its workers outlived it"
    return _phase(before, _state(world.data), posts) if code else ""


def _kept(folder: Path) -> dict[str, tuple[object, ...]]:
    """Every candidate by its address, without the days on which it was found; each address once."""
    with sqlite3.connect(folder / "discover.sqlite") as database:
        query = "SELECT url, id, kind, title, org, slug, score, published, fingerprint, document, detail FROM candidate"
        rows = list(database.execute(query))
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: (*row[1:-2], _without_day(row[-2]), _without_day(row[-1])) for row in rows}


def _without_day(text: str) -> str:
    return re.sub(r"(last_verified: |accessed: )\S+|[\d.]+ years old", r"\1", text)


@pytest.mark.slow
def test_a_hundred_kills_lose_nothing_and_give_nothing_twice(web: Web, tmp_path: Path, root: Path) -> None:
    """Day by day the feeds grow and the run is killed; after a hundred kills one run is left alone.

    The same candidates come of it, to the letter, as of one run that nobody disturbed, and every page was asked for
    once, but for those in flight at a kill.
    """
    world = World.at(tmp_path, web, root)
    world.follow({"frostwatch": [web.url(HOSTS[0], "/feed")]}, {"press": [web.url(HOSTS[1], "/feed")]})
    chance, phases, day = random.Random(20261121), Counter[str](), 0
    with world.forks(tmp_path) as forks:
        while phases.total() - phases[""] < KILLS:
            day += 1
            _publish(web, day)
            phases[_killed(world, forks, day, chance)] += 1
    assert min(phases[p] for p in ("opening", "fetching", "reading", "writing")) >= KILLS // 20, phases
    last = [(FIRST + dt.timedelta(days=day + more)).isoformat() for more in (1, 2)]
    world.atlas(*world.discover(last[0], "--limit", 1000))
    asked = Counter(s.path for s in web.seen if s.path.startswith("/blog/"))
    assert set(asked) == {f"/blog/post-{number}" for number in range(day * POSTS_A_DAY)}
    assert asked.total() - len(asked) <= KILLS * len(HOSTS)
    calm = tmp_path / "calm"
    world.atlas(*world.discover(last[0], "--limit", 1000, data=calm))
    assert _kept(world.data) == _kept(calm)
    assert len(_kept(calm)) > KILLS
    assert _state(world.data).read == _state(world.data).found == day * POSTS_A_DAY
    assert "0 candidates" in world.atlas(*world.discover(last[1])).out
