"""Dates: as printed, never guessed."""

from __future__ import annotations

import datetime as dt

import pytest

from atlas.discover.date import published

TODAY = dt.date(2026, 11, 21)


def _page(inside: str, head: str = "") -> str:
    return f"<html><head><title>T</title>{head}</head><body><article>{inside}<p>Text.</p></article></body></html>"


@pytest.mark.parametrize(
    ("page", "date"),
    [
        (_page("", '<meta property="article:published_time" content="2023-03-06T10:00:00Z">'), "2023-03-06"),
        (_page('<time datetime="2022-12-31">31 December 2022</time>'), "2022-12-31"),
        (_page('<span class="date">March 2023</span>'), "2023-03"),
        (_page('<span class="post-date">06 Mar</span>'), "unknown"),
        (_page("<p>Posted on March 6</p>"), "unknown"),
        (_page("<p>In 2019 we rewrote it.</p>"), "unknown"),
        (_page("<p>Hello.</p><footer>Copyright 2019 Somebody</footer>"), "unknown"),
        (_page("<p>Posted by Ada on 12/04/2019</p>"), "2019"),
        (_page("", '<meta property="article:published_time" content="2031-01-01">'), "unknown"),
    ],
)
def test_a_page_has_the_date_it_prints_to_the_precision_it_prints(page: str, date: str) -> None:
    """A day, a month, a year, or unknown: two readings of one date leave only the year."""
    assert published(page, "https://a.example/post", today=TODAY).date == date


def test_the_feed_wins_over_the_page() -> None:
    """A feed says when a post appeared, a page sometimes when it was changed."""
    page = _page("", '<meta property="article:published_time" content="2023-03-06">')
    found = published(page, "", feed="2023-03-01", today=TODAY)
    assert (found.date, found.origin) == ("2023-03-01", "feed")


@pytest.mark.parametrize("feed", ["1970-01-01", "2027-06-01", "unknown"])
def test_an_impossible_date_of_a_feed_is_no_date(feed: str) -> None:
    """Before the web or after tomorrow: somebody's clock."""
    assert published(_page("<p>Text.</p>"), "", feed=feed, today=TODAY).date == "unknown"
