"""The day on which a feed was last read, written into the source registry: ``checked``.

The registry is kept in a repository, so that a day is renewed once a month and not with every run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from atlas.catalogue.key_edit import with_key
from atlas.catalogue.yaml_source import parse_yaml
from atlas.discover.registry import FILE, Feed, Registry, parse_registry
from atlas.model.text import span

KEY = "checked"
RENEWED_AFTER = dt.timedelta(days=30)
_BEFORE = tuple(Feed.model_fields)[: tuple(Feed.model_fields).index(KEY)]


def with_checked(text: str, read: Collection[str], today: dt.date) -> tuple[str, int]:
    """The registry's file with the day at each feed of these addresses, and how many days are new.

    Every other character is as it was. Raises ``KeyEditError`` where the file is written so that it cannot be done.
    """
    count = 0
    for path, feed in _feeds(parse_registry(parse_yaml(text, FILE))):
        if feed.address in read and _is_due(feed, today):
            text = with_key(text, path, KEY, today.isoformat(), _BEFORE)
            count += 1
    return text, count


def _feeds(registry: Registry) -> Iterator[tuple[str, Feed]]:
    for name in ("sources", "aggregators"):
        for index, owner in enumerate(getattr(registry, name)):
            yield from ((f"{name}.{index}.feeds.{number}", feed) for number, feed in enumerate(owner.feeds))


def _is_due(feed: Feed, today: dt.date) -> bool:
    held = span(feed.checked) if feed.checked != "never" else None
    return held is None or today - held.end >= RENEWED_AFTER
