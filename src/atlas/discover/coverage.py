"""How much of the plan the source registry follows: organisations, systems, feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from atlas.discover.registry import Registry
from atlas.model import Vocabulary


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of a registry. ``without`` are organisations that publish no feed, each with the reason."""

    organisations: int
    followed: int
    without: Mapping[str, str]
    unlisted: tuple[str, ...]
    systems: int
    systems_followed: int
    feeds: Mapping[str, int]
    checked: int
    aggregators: int
    aggregator_feeds: int


def cover(registry: Registry, vocabulary: Vocabulary) -> Coverage:
    """Count a registry against the organisations of the vocabulary (those without any host are nobody to follow)."""
    known = {org for org, entry in vocabulary.organisations.items() if entry.hosts}
    listed = {p.org: p for p in registry.sources}
    feeds = [feed for p in registry.sources for feed in p.feeds]
    others = [feed for a in registry.aggregators for feed in a.feeds]
    return Coverage(
        organisations=len(known),
        followed=sum(1 for org in known if org in listed and listed[org].feeds),
        without={p.org: p.no_feed or "" for p in registry.sources if not p.feeds},
        unlisted=tuple(sorted(known - listed.keys())),
        systems=sum(len(p.systems) for p in registry.sources),
        systems_followed=sum(len(p.systems) for p in registry.sources if p.feeds),
        feeds=dict(sorted(Counter(feed.type for feed in feeds).items())),
        checked=sum(1 for feed in (*feeds, *others) if feed.checked != "never"),
        aggregators=len(registry.aggregators),
        aggregator_feeds=len(others),
    )
