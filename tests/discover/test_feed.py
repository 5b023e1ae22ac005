"""Feeds: what a feed says, whatever dialect it is written in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bench.extraction import feeds

from atlas.discover.feed import FeedError, parse_feed

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Deep &amp; Wide</title><link>https://a.example/</link>
<item><title>One &lt;b&gt;bold&lt;/b&gt; post</title><link>/one</link><pubDate>Mon, 06 Mar 2023 10:00:00 GMT</pubDate>
<category>storage</category><description>&lt;p&gt;Short&lt;/p&gt;</description></item>
<item><title>Undated</title><link>https://a.example/two</link><pubDate>March 6</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>E</title>
<link rel="alternate" href="https://b.example/e"/><published>2024-02-29T23:00:00Z</published></entry></feed>"""


def test_an_entry_has_its_absolute_address_plain_title_day_and_tags() -> None:
    """Relative links are completed, markup in titles goes, a time becomes a day."""
    feed = parse_feed(RSS.encode(), "https://a.example/feed")
    first = feed.entries[0]
    assert feed.title == "Deep & Wide"
    assert (first.url, first.title, first.published) == ("https://a.example/one", "One bold post", "2023-03-06")
    assert first.tags == ("storage",)


def test_a_date_without_a_year_is_unknown() -> None:
    """Both parsers would complete it with the present year."""
    assert parse_feed(RSS.encode()).entries[1].published == "unknown"


@pytest.mark.parametrize(
    "date", ["6 March", "Mar 6, 10:00:00 +0000", "03-06", "<![CDATA[ Monday, 6 March ]]>", "last Monday"]
)
def test_no_yearless_date_is_completed(date: str) -> None:
    """Whatever the form: a time zone is no year."""
    body = RSS.replace("March 6", date)
    assert parse_feed(body.encode()).entries[1].published == "unknown"


def test_atom_is_read() -> None:
    """A leap day survives."""
    (entry,) = parse_feed(ATOM.encode()).entries
    assert (entry.url, entry.title, entry.published) == ("https://b.example/e", "E", "2024-02-29")


def test_a_feed_that_is_not_well_formed_keeps_its_entries() -> None:
    """A stray ampersand and an unclosed element cost no entry."""
    body = RSS.replace("Undated", "This & that").replace("</channel></rss>", "")
    assert [e.url for e in parse_feed(body.encode(), "https://a.example/").entries] == [
        "https://a.example/one",
        "https://a.example/two",
    ]


def test_what_the_quick_parser_does_not_know_goes_to_the_thorough_one() -> None:
    """An Atom feed of before the standard."""
    old = ATOM.replace("http://www.w3.org/2005/Atom", "http://purl.org/echo/")
    feed = parse_feed(old.encode())
    assert (feed.parser, [e.title for e in feed.entries]) == ("feedparser", ["E"])


@pytest.mark.parametrize("body", [b"", b"https://a.example/feed", b"plain words", b"<html><body>No feed</body></html>"])
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    """An address as a body must not be fetched by a parser that takes addresses."""
    with pytest.raises(FeedError):
        parse_feed(body)


def test_an_address_that_is_none_does_not_end_the_run() -> None:
    """A bad link is passed on for the fetcher to refuse."""
    body = RSS.replace("/one", "http://[not-an-address/x")
    assert len(parse_feed(body.encode(), "https://a.example/feed").entries) == 2


def test_of_well_formed_feeds_of_others_nearly_all_are_read(data_of_others: Callable[[str], Path]) -> None:
    """At least 95 % of the well-formed feeds of feedparser's own tests."""
    found = feeds(data_of_others("feeds").parent)
    assert found.read >= 0.95 * found.feeds
    assert found.kept >= 0.8 * found.expectations > 0
