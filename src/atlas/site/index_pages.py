"""The pages about many systems, in groups; a group is made again only when what it shows has changed.

A digest of an unchanged system is the same object as before, so comparing what a group depends on costs next to
nothing, and a change of one document makes few pages again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from atlas.model import Vocabulary
from atlas.report import Point
from atlas.site import api
from atlas.site.digest import Digest
from atlas.site.frame import Site
from atlas.site.pages import compare, coverage, drills, home, metrics, prose, vocabulary
from atlas.site.sitemap import sitemap_files


@dataclass(frozen=True, slots=True)
class Context:
    """What all groups are made from, besides the digests; ``cache`` keeps charts, ``progress`` past metrics."""

    vocabulary: Vocabulary
    site: Site
    today: dt.date
    cache: Path
    progress: tuple[Point, ...] = ()


Systems = Sequence[Digest]
Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that change together: what they show of each system, and how they are made."""

    depends: Callable[[Digest], object]
    make: Callable[[Systems, Context], Files]


def _words(digest: Digest) -> object:
    return (
        digest.slug,
        digest.name,
        digest.patterns,
        digest.micro,
        digest.mechanisms,
        digest.guarantees,
        digest.technologies,
    )


_GROUPS: Mapping[str, Group] = {
    "home": Group(
        lambda d: (d, d.claims),
        lambda s, c: home.home_pages(s, compare.related_pairs(s), c.site, c.today.year),
    ),
    "compare": Group(
        lambda d: (d.slug, d.name, d.id, d.category, d.related), lambda s, c: compare.choice_page(s, c.site)
    ),
    "categories": Group(
        lambda d: (d.slug, d.name, d.category, d.show, d.claims),
        lambda s, c: vocabulary.vocabulary_pages(s, c.vocabulary, c.site, ("categories",)),
    ),
    "vocabulary": Group(_words, lambda s, c: vocabulary.vocabulary_pages(s, c.vocabulary, c.site, vocabulary.STEADY)),
    "coverage": Group(
        lambda d: d, lambda s, c: coverage.coverage_pages(s, c.vocabulary, c.site, c.today.year, c.cache)
    ),
    "sources": Group(lambda d: (d.slug, d.name, d.sources), lambda s, c: coverage.source_pages(s, c.site)),
    "metrics": Group(
        lambda d: d.facts,
        lambda s, c: metrics.metric_pages(s, len(c.vocabulary.categories), c.today, c.progress, c.site),
    ),
    "drills": Group(
        lambda d: (d.slug, d.name, d.drills),
        lambda s, c: drills.drill_pages([(d.slug, d.name, d.drills) for d in s], c.site),
    ),
    "method": Group(lambda d: d.struck, lambda s, c: prose.method_pages(s, c.site)),
    "fixed": Group(lambda _: None, lambda _, c: {**prose.check_pages(c.site), **prose.api_pages(c.site)}),
    "plain": Group(lambda d: (d.slug, d.name, d.aliases), lambda s, c: prose.plain_pages(s, c.site)),
    "api": Group(lambda d: d, lambda s, c: api.index_files(s, c.site)),
}


@dataclass(frozen=True, slots=True)
class _Part:
    """Files that are made together: a group of pages, or one pair of systems."""

    name: str
    depends: object
    make: Callable[[], Files]


def stream(systems: Systems, context: Context) -> Iterator[Files]:
    """Every page and data file that is made from digests alone, part by part, so that few are held at once.

    The map of the site comes last.
    """
    names: list[str] = []
    for part in _parts(systems, context):
        files = part.make()
        names += files
        yield files
    yield _map(names, systems, context)


class IndexPages:
    """Makes the pages about many systems, and remembers them for the next time."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, Files]] = {}
        self._context: Context | None = None

    def files(self, systems: Systems, context: Context) -> dict[str, str]:
        """The same files as ``stream``, all at once; of what has not changed, the same as the last time."""
        if context != self._context:
            self._kept.clear()
            self._context = context
        pages: dict[str, str] = {}
        for part in _parts(systems, context):
            pages |= self._once(part)
        return {**pages, **_map(pages, systems, context)}

    def _once(self, part: _Part) -> Files:
        """What was made for the same state, else made now."""
        kept = self._kept.get(part.name)
        if kept is None or kept[0] != part.depends:
            kept = self._kept[part.name] = (part.depends, part.make())
        return kept[1]


def _parts(systems: Systems, context: Context) -> Iterator[_Part]:
    ordered = sorted(systems, key=lambda s: s.slug)
    for name, group in _GROUPS.items():
        yield _Part(name, [group.depends(system) for system in ordered], partial(group.make, ordered, context))
    for pair in compare.related_pairs(ordered):
        make = partial(compare.pair_files, pair, context.vocabulary, context.site)
        yield _Part(pair.slug, (pair.left, pair.right, pair.because), make)


def _map(pages: Iterable[str], systems: Systems, context: Context) -> Files:
    moved = {f"systems/{old}/index.html" for s in systems for old in s.aliases}
    own = [f"systems/{s.slug}/{page}index.html" for s in systems for page in s.pages]
    return sitemap_files([*(page for page in pages if page not in moved), *own], context.site)
