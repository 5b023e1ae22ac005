"""The frontier: what is due, what became of what was, and that nothing is asked twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from atlas.discover.frontier import (
    FIRST_PAUSE,
    LEAST_PAUSE,
    LONGEST_PAUSE,
    MOST_FAILURES,
    REVISIT,
    Found,
    Frontier,
    Outcome,
    Task,
    Visit,
)
from atlas.discover.page import Fetched, digest
from atlas.discover.robots import Robots
from atlas.discover.store import open_store

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
FEED = Found("https://blog.example/feed", "feed", "example")


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    """An empty queue."""
    with open_store(tmp_path / "data") as store:
        yield Frontier(store)


def _take(frontier: Frontier, now: dt.datetime) -> Task:
    task = frontier.next(now)
    assert task is not None
    return task


def _page(url: str, text: bytes = b"x", headers: Mapping[str, str] | None = None) -> Fetched:
    return Fetched(url, url, 200, headers or {}, text, NOW, digest(text))


def test_an_address_is_known_once(frontier: Frontier) -> None:
    """Adding again what is known, waiting or done, adds nothing."""
    assert frontier.add([FEED, FEED, Found("https://blog.example/a")], NOW) == 2
    task = _take(frontier, NOW)
    frontier.record(task, Visit(Outcome.FETCHED, NOW, 200, _page(task.url)), [Found("https://blog.example/a")])
    assert frontier.add([FEED], NOW) == 0


def test_feeds_come_before_pages_and_busy_hosts_wait(frontier: Frontier) -> None:
    """A feed found later is still visited before the pages; a busy host's addresses are passed over."""
    frontier.add([Found("https://a.example/1"), Found("https://b.example/1")], NOW)
    frontier.add([FEED], NOW + HOUR)
    assert _take(frontier, NOW + HOUR).kind == "feed"
    found = frontier.next(NOW + HOUR, busy={"blog.example", "a.example"})
    assert found is not None
    assert found.host == "b.example"
    assert frontier.next(NOW + HOUR, busy={"blog.example", "a.example", "b.example"}) is None


def test_a_page_is_done_and_a_feed_comes_again(frontier: Frontier) -> None:
    """After an answer a page is never due again, a feed after the time between two visits."""
    frontier.add([FEED, Found("https://blog.example/a")], NOW)
    for _ in range(2):
        task = _take(frontier, NOW)
        frontier.record(task, Visit(Outcome.FETCHED, NOW, 200, _page(task.url)))
    assert frontier.next(NOW + REVISIT - HOUR) is None
    assert _take(frontier, NOW + REVISIT).url == FEED.url
    assert frontier.counts() == {"done": 1, "waiting": 1}


def test_validators_of_the_last_version_come_with_the_next_visit(frontier: Frontier) -> None:
    """What the server said of its version is given back to it."""
    frontier.add([FEED], NOW)
    task = _take(frontier, NOW)
    page = _page(task.url, headers={"etag": '"v1"', "last-modified": "Wed, 01 Jul 2026 10:00:00 GMT"})
    frontier.record(task, Visit(Outcome.FETCHED, NOW, 200, page))
    again = _take(frontier, NOW + REVISIT)
    assert again.validators.request_headers() == {
        "If-None-Match": '"v1"',
        "If-Modified-Since": "Wed, 01 Jul 2026 10:00:00 GMT",
    }
    assert again.sha256 == page.sha256


@pytest.mark.parametrize("outcome", [Outcome.UNREACHABLE, Outcome.MISSING])
def test_a_page_that_fails_is_given_up_after_growing_pauses(frontier: Frontier, outcome: Outcome) -> None:
    """Each pause is twice the last, and after the last failure nothing more is asked."""
    frontier.add([Found("https://blog.example/a")], NOW)
    now, pauses = NOW, []
    for _ in range(MOST_FAILURES - 1):
        frontier.record(_take(frontier, now), Visit(outcome, now, reason="why"))
        due = frontier.next_due()
        assert due is not None
        pauses.append(due - now)
        assert frontier.next(due - dt.timedelta(seconds=1)) is None
        now = due
    frontier.record(_take(frontier, now), Visit(outcome, now, reason="why"))
    assert pauses == [FIRST_PAUSE * 2**n for n in range(MOST_FAILURES - 1)]
    assert frontier.counts() == {"given up": 1}


def test_a_feed_that_fails_is_asked_once_a_week_for_ever(frontier: Frontier) -> None:
    """A feed is never given up, and an answer ends its pauses."""
    frontier.add([FEED], NOW)
    now = NOW
    for _ in range(20):
        frontier.record(_take(frontier, now), Visit(Outcome.UNREACHABLE, now))
        due = frontier.next_due()
        assert due is not None
        assert due - now <= LONGEST_PAUSE
        now = due
    frontier.record(_take(frontier, now), Visit(Outcome.FETCHED, now, 200, _page(FEED.url)))
    assert frontier.next_due() == now + REVISIT


def test_gone_for_good_pauses_a_feed(frontier: Frontier) -> None:
    """After a 410 a feed is not asked again until a curator asks for it."""
    frontier.add([FEED], NOW)
    frontier.record(_take(frontier, NOW), Visit(Outcome.GONE, NOW, 410, reason="the server answered 410"))
    assert frontier.next(NOW + dt.timedelta(days=3650)) is None
    assert frontier.counts() == {"paused": 1}
    frontier.ask_again(FEED.url, NOW)
    assert _take(frontier, NOW).url == FEED.url


def test_a_page_refused_twice_is_not_asked_again(frontier: Frontier) -> None:
    """A week after the first refusal it is asked once more; a feed is asked every week."""
    frontier.add([Found("https://blog.example/a"), FEED], NOW)
    now = NOW
    for _ in range(2):
        for _ in range(2):
            frontier.record(_take(frontier, now), Visit(Outcome.REFUSED, now, reason="robots.txt"))
        assert frontier.next(now + LONGEST_PAUSE - HOUR) is None
        now += LONGEST_PAUSE
    assert _take(frontier, now).url == FEED.url
    assert frontier.counts() == {"refused": 1, "waiting": 1}


@pytest.mark.parametrize(
    ("until", "due"),
    [
        (None, NOW + FIRST_PAUSE),
        (NOW + 3 * HOUR, NOW + 3 * HOUR),
        (NOW, NOW + LEAST_PAUSE),
    ],
)
def test_patience_that_a_server_asks_for_is_kept(
    frontier: Frontier, until: dt.datetime | None, due: dt.datetime
) -> None:
    """A 429 or 503 delays the next visit as asked, at least a minute, and is no failure."""
    frontier.add([Found("https://blog.example/a")], NOW)
    frontier.record(_take(frontier, NOW), Visit(Outcome.LATER, NOW, 503, until=until))
    assert frontier.next_due() == due
    assert _take(frontier, due).failures == 0


def test_a_new_version_is_unread_until_it_is_read(frontier: Frontier) -> None:
    """A page that changed is read again; marking an old version as read leaves the new one unread."""
    url = "https://blog.example/a"
    frontier.add([Found(url)], NOW)
    frontier.record(_take(frontier, NOW), Visit(Outcome.FETCHED, NOW, 200, _page(url, b"one")))
    (old,) = frontier.unread()
    frontier.ask_again(url, NOW)
    frontier.record(_take(frontier, NOW), Visit(Outcome.FETCHED, NOW, 200, _page(url, b"two")))
    frontier.mark_read(old)
    (new,) = frontier.unread()
    assert new.sha256 == digest(b"two")
    frontier.mark_read(new)
    assert frontier.unread() == []


def test_a_queue_is_there_after_it_was_closed(tmp_path: Path) -> None:
    """Addresses, states and robots.txt files outlive the process."""
    robots = Robots(200, "User-agent: *\nDisallow: /x", NOW)
    with open_store(tmp_path / "data") as store:
        frontier = Frontier(store)
        frontier.add([FEED], NOW)
        frontier.keep_robots("https://blog.example", robots)
    with open_store(tmp_path / "data") as store:
        frontier = Frontier(store)
        assert _take(frontier, NOW).owner == "example"
        assert frontier.robots("https://blog.example") == robots
        assert frontier.robots("https://other.example") is None
