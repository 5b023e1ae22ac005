"""The source registry ``catalogue/sources.yaml``: who publishes about its systems, and where.

``sources`` are organisations that run systems (their feeds are primary), ``aggregators`` those that write about the
systems of others (never primary). The form is that of the specification's section D, with what keeps it honest: where
an address was seen, when a feed was last read from it, and why an organisation has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from atlas.catalogue.validation import to_findings
from atlas.catalogue.yaml_source import YamlSource, read_yaml
from atlas.diagnostic import Finding
from atlas.model.field import Model, documented
from atlas.model.text import DateText, SystemId, Text, Url, Word

FILE = "sources.yaml"
FeedType = Literal["rss", "blog", "github", "youtube", "conference"]
AggregatorKind = Literal["press", "vendor", "conference", "person", "list"]
_YOUTUBE = "https://www.youtube.com/feeds/videos.xml"
_CHANNEL_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")


def _date_or_never(text: str) -> str:
    if text == "unknown" or " to " in text:
        raise PydanticCustomError("checked_form", "write the day on which a feed was read there, or never", {})
    return text


Checked = Literal["never"] | Annotated[DateText, AfterValidator(_date_or_never)]


class Feed(Model, frozen=True):
    """One address at which new posts appear."""

    type: FeedType = documented("rss: RSS or Atom; blog: a page of links; github: releases; youtube; conference")
    url: Url | None = documented("address of the feed itself", None, example="https://blog.cloudflare.com/rss/")
    page: Url | None = documented("the page for people that the feed belongs to", None)
    channel: Text | None = documented("youtube: id (UC…) or name of the channel", None)
    playlist: Text | None = documented("youtube: id or name of a playlist of the channel", None)
    categories: tuple[Text, ...] = documented("tags worth reading; entries without tags are always read", ())
    filter: Text | None = documented("words, one of which the title, a tag or the address must have", None)
    seen: Text | None = documented("the public text in which the address stands", None)
    checked: Checked = documented("day on which Atlas last read a feed there, or never", "never")
    note: Text | None = documented("what a curator should know about it", None)

    @model_validator(mode="after")
    def _addressed(self) -> Feed:
        if self.type == "youtube":
            if not (self.url or self.channel or self.playlist):
                raise PydanticCustomError("feed_address", "a youtube feed needs a channel, a playlist or a url", {})
        elif self.url is None:
            raise PydanticCustomError("feed_address", "a feed needs its url", {})
        elif self.channel or self.playlist:
            raise PydanticCustomError("feed_address", "only a youtube feed has a channel or a playlist", {})
        return self

    @property
    def address(self) -> str | None:
        """What is fetched; ``None`` for a channel or a playlist known only by its name."""
        if self.url is not None:
            return self.url
        if self.playlist is not None and self.playlist.startswith("PL"):
            return f"{_YOUTUBE}?playlist_id={self.playlist}"
        if self.channel is not None and _CHANNEL_ID.fullmatch(self.channel):
            return f"{_YOUTUBE}?channel_id={self.channel}"
        return None

    def admits(self, title: str, address: str, tags: tuple[str, ...] = ()) -> bool:
        """Whether an entry passes ``categories`` and ``filter``; both ignore the case of letters."""
        low = [tag.casefold() for tag in tags]
        if self.categories and low and not any(c.casefold() in low for c in self.categories):
            return False
        if self.filter is None:
            return True
        text = " ".join([title.casefold(), address.casefold(), *low])
        return any(word in text for word in self.filter.casefold().split())


class Conference(Model, frozen=True):
    """An event at which an organisation's engineers speak."""

    name: Text = documented("its name", example="Speed Week")
    url: Url | None = documented("its own page", None)


class Publisher(Model, frozen=True):
    """An organisation that runs systems and where it writes about them."""

    org: Word = documented("the organisation, a word of the vocabulary", words="organisations", example="cloudflare")
    systems: tuple[SystemId, ...] = documented("the systems, described or planned, that it runs", ())
    feeds: tuple[Feed, ...] = documented("where its engineers publish", ())
    conferences: tuple[Conference, ...] = documented("events of its own", ())
    no_feed: Text | None = documented("why there is none; required where feeds is empty", None)

    @model_validator(mode="after")
    def _explained(self) -> Publisher:
        if bool(self.feeds) == bool(self.no_feed):
            raise PydanticCustomError("no_feed", "an organisation has feeds, or says in no_feed why not", {})
        return self


class Aggregator(Model, frozen=True):
    """Somebody who writes about the systems of others: supporting, never primary."""

    id: Word = documented("short name", example="infoq")
    name: Text = documented("display name", example="InfoQ")
    kind: AggregatorKind = documented("what it is")
    venue: Word | None = documented("the venue of the vocabulary that it is", None)
    feeds: tuple[Feed, ...] = documented("where it publishes", ())
    conferences: tuple[Conference, ...] = documented("its events", ())
    no_feed: Text | None = documented("why there is no feed", None)


class Registry(Model, frozen=True):
    """The whole file."""

    sources: tuple[Publisher, ...] = documented("organisations", ())
    aggregators: tuple[Aggregator, ...] = documented("those who write about others", ())

    def followed(self) -> Iterator[Followed]:
        """Every feed that has an address, with whose it is; in the order of the file."""
        for publisher in self.sources:
            yield from (Followed(f, publisher.org, is_primary=True) for f in publisher.feeds if f.address)
        for aggregator in self.aggregators:
            yield from (Followed(f, aggregator.id, is_primary=False) for f in aggregator.feeds if f.address)


@dataclass(frozen=True, slots=True)
class Followed:
    """A feed and its owner: an organisation of the vocabulary where ``is_primary``, else an aggregator."""

    feed: Feed
    owner: str
    is_primary: bool

    @property
    def address(self) -> str:
        """What is fetched."""
        return self.feed.address or ""


def load_registry(root: Path) -> tuple[Registry, YamlSource]:
    """The registry of the catalogue at ``root``; what is wrong with the file stands in the source's findings.

    A file that does not exist or cannot be used gives an empty registry.
    """
    source = read_yaml(root / FILE, FILE)
    return parse_registry(source), source


def parse_registry(source: YamlSource) -> Registry:
    """A registry from YAML that has been read; findings are added to the source's."""
    data: Any = source.data
    if not isinstance(data, dict):
        return Registry()
    try:
        return Registry.model_validate(data)
    except ValidationError as error:
        findings: list[Finding] = to_findings([dict(e) for e in error.errors()], source, Registry)
        source.findings.extend(findings)
        return Registry()
