"""Feeds to entries: RSS, RDF, Atom and JSON feeds, well-formed or nearly.

``fastfeedparser`` reads most of them in half a millisecond; what it cannot read goes to ``feedparser``, which is ten
times slower and reads almost anything. Both complete a date without a year with the present one, so such dates are
taken out before either sees them.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from resiliparse.extract.html2text import extract_plain_text

MAX_ENTRIES = 2_000
"""Of one feed; the newest stand first in practice."""

_DATED = re.compile(
    (
        rb"(<(?:\w+:)?(?:pubDate|published|updated|date|issued|modified|created|lastBuildDate)\b[^>/]*>)([^<]*"
        rb"|\s*<!\[CDATA\[.*?\]\]>\s*)(?=</)"
    ),
    re.IGNORECASE | re.DOTALL,
)
_YEAR = re.compile(rb"(?<![+\d:])(?:19|20)\d\d(?!\d{1,3}(?!\d))|\b\d{1,2}[ -][A-Za-z]{3}[ -]\d\d(?=\s)")
_MARKUP = re.compile(rb"<[A-Za-z?!]|\{")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00", b"\x00\x00")


class FeedError(Exception):
    """What was read is no feed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One post as a feed announces it.

    ``published`` is a day in ISO form or ``unknown``; ``url`` is absolute, or empty where the feed gives none;
    ``summary`` is what the feed carries of the post, as HTML.
    """

    url: str
    title: str
    published: str = "unknown"
    summary: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was read, and with which parser."""

    title: str
    entries: tuple[Entry, ...]
    parser: str


def parse_feed(body: bytes, url: str = "") -> Feed:
    """Read a feed; ``url`` is where it was fetched, for relative links. Raises ``FeedError``."""
    start = body.lstrip()[:2048]
    if not body.startswith(_WIDE) and _MARKUP.search(start) is None:
        raise FeedError("neither XML nor JSON")  # a parser might take the text for an address and fetch it
    text = _DATED.sub(_without_unknown_year, body)
    quick = _quick(text)
    if quick is not None and quick.entries:
        return _feed(quick, url, "fastfeedparser")
    thorough = _thorough(text)
    if thorough.entries or (thorough.version and quick is None):
        return _feed(thorough, url, "feedparser")
    if quick is not None:
        return _feed(quick, url, "fastfeedparser")
    raise FeedError("no feed that a parser knows")


def _without_unknown_year(match: re.Match[bytes]) -> bytes:
    """The element as it is where its text names a year, else emptied."""
    return match[0] if _YEAR.search(match[2] + b" ") else match[1]


def _quick(text: bytes) -> Any:
    """What fastfeedparser reads, or ``None``; it raises errors of many kinds for what is not well formed."""
    import fastfeedparser  # noqa: PLC0415 - costs 0.1 s, and a page from an archive needs no feeds

    try:
        return fastfeedparser.parse(text, include_media=False, include_enclosures=False)
    except Exception:
        return None


def _thorough(text: bytes) -> Any:
    """What feedparser reads; it never fails, and says no version for what is no feed."""
    import feedparser  # noqa: PLC0415 - only for the few feeds that need it

    return feedparser.parse(io.BytesIO(text), sanitize_html=False, resolve_relative_uris=False)


def _feed(read: Any, url: str, parser: str) -> Feed:
    head = read.get("feed") or {}
    base = _joined(url, _text(head.get("link")))
    entries: dict[tuple[str, str], Entry] = {}
    for raw in list(read.entries)[:MAX_ENTRIES]:
        entry = _entry(raw, base)
        if entry.url or entry.title:
            entries.setdefault((entry.url, entry.title), entry)
    return Feed(_plain(head.get("title")), tuple(entries.values()), parser)


def _entry(raw: Mapping[str, Any], base: str) -> Entry:
    link = _text(raw.get("link")) or _first_link(raw.get("links") or ())
    ident = _text(raw.get("id"))
    if not link and ident.startswith(("http://", "https://")):
        link = ident
    content = next((_text(c.get("value")) for c in raw.get("content") or () if isinstance(c, Mapping)), "")
    summary = _text(raw.get("summary")) or _text(raw.get("description"))
    tags = (_text(t.get("term")) for t in raw.get("tags") or () if isinstance(t, Mapping))
    return Entry(
        _joined(base, link) if link else "",
        _plain(raw.get("title")),
        _day(raw.get("published") or raw.get("updated"), raw.get("published_parsed") or raw.get("updated_parsed")),
        max(content, summary, key=len),
        tuple(t for t in tags if t),
    )


def _joined(base: str, link: str) -> str:
    """An absolute address; what is no address is passed on as it is, for the fetcher to refuse."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def _first_link(links: Iterable[Mapping[str, Any]]) -> str:
    named = [link for link in links if link.get("href")]
    best = next((link for link in named if link.get("rel", "alternate") == "alternate"), None)
    return _text((best or (named[0] if named else {})).get("href"))


def _day(text: Any, parts: Any) -> str:
    """``2023-03-06`` from what a parser made of a date, or ``unknown``."""
    try:
        if parts is not None:
            return dt.date(*parts[:3]).isoformat()
        return dt.datetime.fromisoformat(_text(text)).date().isoformat()
    except (ValueError, TypeError):
        return "unknown"


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _plain(value: Any) -> str:
    """A title without its markup, on one line."""
    text = _text(value)
    if "<" in text or "&" in text:
        text = extract_plain_text(text)
    return " ".join(text.split())
