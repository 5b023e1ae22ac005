"""Engineering blogs of the test web: feeds and posts as they look outside, with figures that a test may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tests.discover.web.host import Page, Site, Web

_NAVIGATION = "".join(f'<li><a href="/{w}">{w}</a></li>' for w in ("products", "careers", "pricing", "about"))


@dataclass(frozen=True)
class Post:
    """A post: its slug, its title, the day it was published (``2026-03-06``) and its paragraphs."""

    slug: str
    title: str
    published: str
    paragraphs: Sequence[str]
    tags: Sequence[str] = ("engineering",)

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"/blog/{self.slug}"

    def html(self) -> str:
        """The page, with the frame that every blog puts around its text."""
        text = "".join(f"<p>{escape(p)}</p>" for p in self.paragraphs)
        return (
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{escape(self.title)} | Blog</title>"
            f'<meta property="article:published_time" content="{self.published}T09:00:00Z"></head><body>'
            f"<header><nav><ul>{_NAVIGATION}</ul></nav></header><main><article><h1>{escape(self.title)}</h1>"
            f'<time datetime="{self.published}">{self.published}</time>{text}</article></main>'
            "<aside><h2>Related</h2><p>We are hiring. Join 12 open positions.</p></aside>"
            "<footer><p>All rights reserved. Cookies help us.</p></footer></body></html>"
        )


def rss(web: Web, host: str, posts: Sequence[Post]) -> str:
    """An RSS 2.0 feed of the posts."""
    items = "".join(
        f"<item><title>{escape(p.title)}</title><link>{web.url(host, p.path)}</link>"
        f"<guid>{web.url(host, p.path)}</guid>"
        f"<pubDate>{_rfc822(p.published)}</pubDate>"
        f"{''.join(f'<category>{escape(t)}</category>' for t in p.tags)}"
        f"<description>{escape(p.paragraphs[0] if p.paragraphs else '')}</description></item>"
        for p in posts
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{host} engineering</title><link>{web.url(host)}</link>"
        f"<description>How {host} is built</description>{items}</channel></rss>"
    )


def _rfc822(day: str) -> str:
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    year, month, date = day.split("-")
    return f"{date} {names[int(month) - 1]} {year} 09:00:00 GMT"


def publish(web: Web, host: str, posts: Sequence[Post]) -> Site:
    """Put a blog with its feed at ``/feed`` on the web; done again, it replaces what was there."""
    site = web.sites.get(host) or web.site(host)
    site.pages["/feed"] = Page(rss(web, host, posts), headers={"Content-Type": "application/rss+xml"}, tagged=True)
    for post in posts:
        site.pages[post.path] = Page(post.html(), tagged=True)
    return site
