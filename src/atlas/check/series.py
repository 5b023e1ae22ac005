"""Series: one fact at several dates, in the order of the dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from atlas.check.fact import Fact

YEAR_DAYS = 365.25


def _key(fact: Fact) -> tuple[str, str, str, str | None, str | None, str]:
    return (fact.metric, fact.of, fact.stat, fact.era, fact.scope, str(fact.dimension))


def steps(facts: Iterable[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Consecutive dated points of each series whose dates do not overlap."""
    series: dict[object, list[Fact]] = {}
    for fact in facts:
        if fact.start is not None and fact.end is not None:
            series.setdefault(_key(fact), []).append(fact)
    for points in series.values():
        points.sort(key=lambda f: (f.start or f.end, f.id))
        for earlier, later in pairwise(points):
            if years_between(earlier, later) > 0:
                yield earlier, later


def years_between(earlier: Fact, later: Fact) -> float:
    """Years from the middle of one date to the middle of the other; 0 where a date is missing."""
    if earlier.start is None or earlier.end is None or later.start is None or later.end is None:
        return 0.0
    first = earlier.start.toordinal() + earlier.end.toordinal()
    last = later.start.toordinal() + later.end.toordinal()
    return (last - first) / 2 / YEAR_DAYS
