"""Retry-After, robots.txt and validators as texts."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.discover.conditional import Validators
from atlas.discover.politeness import LONGEST_WAIT, retry_after
from atlas.discover.robots import KEPT, KEPT_UNREACHABLE, Robots

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("Sat, 21 Nov 2026 12:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 13:00:00 +0100", 0),
        ("Fri, 20 Nov 2026 12:00:00 GMT", 0),
        ("99999999999999999999999", LONGEST_WAIT.total_seconds()),
        ("Sat, 21 Nov 2099 12:00:00 GMT", LONGEST_WAIT.total_seconds()),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(text: str, seconds: float | None) -> None:
    """Both forms give a moment between now and a week from now; anything else counts as not said."""
    moment = retry_after({"retry-after": text}, NOW)
    assert (None if moment is None else (moment - NOW).total_seconds()) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_breaks_the_reader(text: str) -> None:
    """Property: whatever a server writes, the moment lies within the bounds."""
    moment = retry_after({"retry-after": text}, NOW)
    assert moment is None or NOW <= moment <= NOW + LONGEST_WAIT


@pytest.mark.parametrize(
    ("text", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\nAllow: /a", "/a/b", True),
        ("User-agent: AtlasDiscover\nDisallow: /a\n\nUser-agent: *\nAllow: /", "/a", False),
        ("User-agent: AtlasDiscover\nAllow: /\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?y", True),
        ("<html>not a robots file</html>", "/a", True),
    ],
)
def test_rules_are_read(text: str, path: str, may: bool) -> None:
    """The group of our name counts before that of everybody, the longest rule wins, wildcards work."""
    robots = Robots(200, text, NOW)
    assert robots.allows(f"https://blog.example{path}", "AtlasDiscover") is may


def test_a_file_is_believed_for_a_day_and_a_closed_host_for_an_hour() -> None:
    """After that it is read again."""
    good, closed = Robots(200, "", NOW), Robots(503, "", NOW)
    assert good.is_fresh(NOW + KEPT - dt.timedelta(seconds=1))
    assert not good.is_fresh(NOW + KEPT)
    assert closed.is_fresh(NOW + KEPT_UNREACHABLE - dt.timedelta(seconds=1))
    assert not closed.is_fresh(NOW + KEPT_UNREACHABLE)


@pytest.mark.parametrize(("text", "delay"), [("Crawl-delay: 5", 5.0), ("Crawl-delay: 0.5", 0.5), ("", None)])
def test_crawl_delays_are_read(text: str, delay: float | None) -> None:
    """Whole and broken seconds."""
    assert Robots(200, f"User-agent: *\n{text}\n", NOW).delay_s("AtlasDiscover") == delay


@given(st.text(max_size=300))
def test_no_robots_file_breaks_the_reader(text: str) -> None:
    """Property: whatever a host writes, there is an answer and a delay that is none or positive."""
    robots = Robots(200, text, NOW)
    assert robots.allows("https://blog.example/a", "AtlasDiscover") in (True, False)
    delay = robots.delay_s("AtlasDiscover")
    assert delay is None or delay >= 0


def test_absurd_validators_are_not_sent_back() -> None:
    """A tag of kilobytes or with control characters is not repeated to the server."""
    assert Validators.of({"etag": "x" * 5_000, "last-modified": "a\nb"}).request_headers() == {}
    assert Validators.of({"etag": '"v"'}).request_headers() == {"If-None-Match": '"v"'}
