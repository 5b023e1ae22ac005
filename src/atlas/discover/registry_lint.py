"""What is wrong with the source registry: duplicates, unknown organisations, plain http, aggregators as primary."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from atlas.catalogue.yaml_source import YamlSource
from atlas.check.evidence.canonical_host import is_at
from atlas.diagnostic import Finding, Level, sort_findings
from atlas.diagnostic.code import (
    AGGREGATOR_AS_PRIMARY,
    FEED_ELSEWHERE,
    FEED_NOT_HTTPS,
    FEED_TWICE,
    FEED_UNCHECKED,
    NOT_COVERED,
    SYSTEM_TWICE,
    UNKNOWN_ORGANISATION,
)
from atlas.discover.registry import Feed, Registry
from atlas.model import Vocabulary
from atlas.model.text import span

STALE_DAYS = 183


@dataclass(frozen=True)
class RegistryCase:
    """The registry with what it is judged by; ``organisations`` are those of the described systems, by slug."""

    registry: Registry
    source: YamlSource
    vocabulary: Vocabulary
    today: dt.date
    organisations: Mapping[str, str] = field(default_factory=dict)

    def finding(self, code: str, level: Level, message: str, path: str, *, tip: str = "") -> Finding:
        """A finding at a place of the file."""
        return Finding(code, level, message, self.source.position(path), path, tip=tip)

    def feeds(self) -> Iterator[tuple[str, Feed, str]]:
        """Every feed with its path and its owner."""
        owners = [(f"sources.{i}", p.org, p.feeds) for i, p in enumerate(self.registry.sources)]
        owners += [(f"aggregators.{i}", a.id, a.feeds) for i, a in enumerate(self.registry.aggregators)]
        for path, name, feeds in owners:
            yield from ((f"{path}.feeds.{number}", feed, name) for number, feed in enumerate(feeds))


def lint(case: RegistryCase) -> list[Finding]:
    """All findings, in the order of the file; those of reading the file come first."""
    rules = (_publishers, _systems, _twice, _plain_http, _aggregators, _elsewhere, _unchecked, _uncovered)
    return [*case.source.findings, *sort_findings(f for rule in rules for f in rule(case))]


def same_address(url: str) -> str:
    """One spelling for an address: no scheme, no ``www.``, no slash at its end, small letters in the host."""
    parts = urlsplit(url)
    host = parts.netloc.lower().removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def _publishers(case: RegistryCase) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, publisher in enumerate(case.registry.sources):
        path = f"sources.{index}.org"
        if case.vocabulary.canonical("organisations", publisher.org) is None:
            tip = "add it to vocabulary/organisations.yaml, or list it among the aggregators"
            message = f"there is no organisation {publisher.org!r} in the vocabulary"
            yield case.finding(UNKNOWN_ORGANISATION, Level.ERROR, message, path, tip=tip)
        if publisher.org in seen:
            message = f"the organisation {publisher.org!r} stands twice"
            yield case.finding(UNKNOWN_ORGANISATION, Level.ERROR, message, path, tip="put its feeds under one entry")
        seen.add(publisher.org)


def _systems(case: RegistryCase) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for index, publisher in enumerate(case.registry.sources):
        for number, system in enumerate(publisher.systems):
            if system in owners:
                message = f"{system} belongs to {owners[system]!r} already"
                yield case.finding(SYSTEM_TWICE, Level.ERROR, message, f"sources.{index}.systems.{number}")
            owners.setdefault(system, publisher.org)


def _twice(case: RegistryCase) -> Iterator[Finding]:
    places: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, feed, owner in case.feeds():
        if feed.address is not None:
            places[same_address(feed.address)].append((path, owner))
    for found in places.values():
        for path, owner in found[1:]:
            message = f"this feed of {owner!r} stands already with {found[0][1]!r}"
            yield case.finding(FEED_TWICE, Level.ERROR, message, path, tip="keep the one with its owner")


def _plain_http(case: RegistryCase) -> Iterator[Finding]:
    for path, feed, _ in case.feeds():
        if feed.url is not None and not feed.url.startswith("https://"):
            message = f"{feed.url} is read without encryption"
            yield case.finding(FEED_NOT_HTTPS, Level.ERROR, message, f"{path}.url", tip="give its https address")


def _aggregators(case: RegistryCase) -> Iterator[Finding]:
    hosts: dict[str, str] = {}
    for index, aggregator in enumerate(case.registry.aggregators):
        if case.vocabulary.canonical("organisations", aggregator.id) is not None:
            message = f"{aggregator.id!r} is an organisation: what it publishes about itself is primary"
            yield case.finding(AGGREGATOR_AS_PRIMARY, Level.ERROR, message, f"aggregators.{index}.id")
        hosts |= {_host(f.address): aggregator.id for f in aggregator.feeds if f.address}
    for index, publisher in enumerate(case.registry.sources):
        own = _own_hosts(case, publisher.org)
        for number, feed in enumerate(publisher.feeds):
            owner = hosts.get(_host(feed.address)) if feed.address else None
            if owner is None or feed.type == "youtube" or _is_own(feed, own):
                continue
            message = f"a feed at the host of the aggregator {owner!r} is not {publisher.org!r} itself"
            path = f"sources.{index}.feeds.{number}.url"
            yield case.finding(AGGREGATOR_AS_PRIMARY, Level.ERROR, message, path, tip="move it to the aggregator")


def _elsewhere(case: RegistryCase) -> Iterator[Finding]:
    for index, publisher in enumerate(case.registry.sources):
        own = _own_hosts(case, publisher.org)
        for number, feed in enumerate(publisher.feeds):
            if own and feed.type != "youtube" and feed.url is not None and not _is_own(feed, own):
                message = f"no host of {publisher.org!r}: {_host(feed.url)}"
                tip = "if it is theirs, add the host to vocabulary/organisations.yaml; until then it is supporting"
                path = f"sources.{index}.feeds.{number}.url"
                yield case.finding(FEED_ELSEWHERE, Level.WARNING, message, path, tip=tip)


def _unchecked(case: RegistryCase) -> Iterator[Finding]:
    for path, feed, _ in case.feeds():
        days = span(feed.checked) if feed.checked != "never" else None
        if days is not None and (case.today - days.end).days > STALE_DAYS:
            message = f"last read on {feed.checked}, more than half a year ago"
            yield case.finding(FEED_UNCHECKED, Level.WARNING, message, f"{path}.checked")
        elif days is None:
            message = "no feed has been read there yet"
            tip = "atlas discover --record writes the day here once it has read it"
            yield case.finding(FEED_UNCHECKED, Level.INFO, message, path, tip=tip)


def _uncovered(case: RegistryCase) -> Iterator[Finding]:
    known = {case.vocabulary.canonical("organisations", p.org) for p in case.registry.sources}
    for slug, written in sorted(case.organisations.items()):
        org = case.vocabulary.canonical("organisations", written)
        if org is not None and org not in known:
            message = f"{slug} is described, but nobody follows {org!r}"
            yield case.finding(NOT_COVERED, Level.WARNING, message, "sources", tip=f"add an entry with org: {org}")


def _own_hosts(case: RegistryCase, org: str) -> tuple[str, ...]:
    name = case.vocabulary.canonical("organisations", org)
    return case.vocabulary.organisations[name].hosts if name is not None else ()


def _is_own(feed: Feed, hosts: Iterable[str]) -> bool:
    return any(is_at(url, host) for host in hosts for url in (feed.url, feed.page) if url)


def _host(url: str | None) -> str:
    return urlsplit(url or "").netloc.lower().removeprefix("www.")
