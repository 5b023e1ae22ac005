"""One page, read: what it is, its text, its date, its claims, what it names, and how much it is worth.

A pure function of a page, so that it can run in any process and on any machine.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from atlas.catalogue import load_vocabulary
from atlas.catalogue.location import vocabulary_folder
from atlas.discover.article import article_text, sentences
from atlas.discover.claim import Claim, claims
from atlas.discover.date import UNKNOWN, Published, published
from atlas.discover.mention import Mention, Mentions
from atlas.discover.near_duplicate import fingerprint
from atlas.discover.relevance import Judged, Relevance, relevance
from atlas.discover.triage import Kind, decode, triage
from atlas.model.text import span
from atlas.model.vocabulary import Vocabulary

MOST_CLAIMS = 200
"""Of one page: more is a table of data, not a post."""

NO_DATE = Published(UNKNOWN, "none")
NOT_JUDGED = Relevance(())
State = Kind | Literal["crashed"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page to read: where it stands, its bytes, and what its feed said of it.

    ``owner`` is the organisation (or aggregator) whose feed led to it, ``is_primary`` whether it is the organisation's
    own publication.
    """

    url: str
    body: bytes = field(repr=False)
    content_type: str = "text/html"
    owner: str = ""
    is_primary: bool = False
    feed_date: str = UNKNOWN
    feed_title: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. ``kind`` other than ``article`` says why there is no more."""

    url: str
    kind: State
    owner: str = ""
    is_primary: bool = False
    title: str = ""
    canonical: str = ""
    site: str = ""
    published: Published = NO_DATE
    words: int = 0
    fingerprint: int | None = None
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    relevance: Relevance = NOT_JUDGED


def read_page(page: Page, catalogue: Path, today: dt.date) -> Reading:
    """Read a page with the vocabulary of a catalogue."""
    vocabulary, mentions = _words(catalogue)
    text = decode(page.body, page.content_type)
    look = triage(text, page.content_type.partition(";")[0].strip().lower())
    if not look.is_article:
        return Reading(page.url, look.kind, page.owner, page.is_primary, look.title or page.feed_title)
    article = article_text(text, page.url)
    if not article:
        return Reading(page.url, "empty", page.owner, page.is_primary, look.title or page.feed_title)
    date = published(text, page.url, feed=page.feed_date, today=today)
    found = tuple(page_claims(article))
    named = tuple(mentions.find(article))
    heading = look.title or page.feed_title
    words = len(article.split())
    judged = Judged(heading, words, found, named, page.is_primary, age_days(date.date, today))
    return Reading(
        page.url,
        "article",
        page.owner,
        page.is_primary,
        heading,
        look.canonical,
        look.site,
        date,
        words,
        fingerprint(article),
        found,
        named,
        relevance(judged, vocabulary),
    )


def page_claims(article: str) -> list[Claim]:
    """The claims of a text, each printed figure once, the first ``MOST_CLAIMS``."""
    found: dict[tuple[str, str], Claim] = {}
    for sentence in sentences(article):
        for claim in claims(sentence):
            found.setdefault((claim.figure.lower(), claim.dimension), claim)
            if len(found) >= MOST_CLAIMS:
                return list(found.values())
    return list(found.values())


def age_days(date: str, today: dt.date) -> int | None:
    """How old a page is; ``None`` without a date."""
    held = span(date)
    return max(0, (today - held.middle).days) if held is not None else None


@lru_cache(maxsize=2)
def _words(catalogue: Path) -> tuple[Vocabulary, Mentions]:
    """The vocabulary of a catalogue and its automaton, once per process."""
    vocabulary, _ = load_vocabulary(vocabulary_folder(catalogue))
    return vocabulary, Mentions(vocabulary)
