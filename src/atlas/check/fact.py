"""Published figures as the cross-checks see them, and which of them may be compared.

Claims that differ in era or scope are different facts and are never compared. Two figures are compared when they
stand near in time: at most ``NEAR_DAYS`` between the dates at which they held. A figure without any date stands
near to every other; its finding asks for the date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from atlas.check.interval import Interval
from atlas.quantity import Dimension, Form

NEAR_DAYS = 400
"""Figures further apart than this are not held against each other: systems of this size double in a year or two."""

PEAK_STATS = frozenset({"peak", "max"})
MEAN_STATS = frozenset({"average", "total"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One usable claim: what it measures, of what, its interval as read, and when it held.

    ``unit`` is the unit as written (``/day``); ``interval`` is in seconds, bytes, USD and counts.
    """

    id: str
    metric: str
    of: str
    stat: str
    scope: str | None
    era: str | None
    interval: Interval
    mid: float
    form: Form
    dimension: Dimension
    unit: str
    text: str
    start: date | None
    end: date | None
    sources: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        """The period a rate is printed for: ``day`` of ``/day``; empty where there is none."""
        return self.unit.partition("/")[2]

    @property
    def value_path(self) -> str:
        """Where the document says the value."""
        return f"claims.{self.id}.value"


def days_apart(a: Fact, b: Fact) -> int | None:
    """Days between two dates of validity, 0 where they overlap, None where one has no date."""
    if a.start is None or b.start is None or a.end is None or b.end is None:
        return None
    return max(0, (b.start - a.end).days, (a.start - b.end).days)


def middle_days_apart(a: Fact, b: Fact) -> float | None:
    """Days between the middles of two dates, 0 where the dates overlap, None where one has no date."""
    apart = days_apart(a, b)
    if not apart or a.start is None or a.end is None or b.start is None or b.end is None:
        return apart
    first, second = a.start.toordinal() + a.end.toordinal(), b.start.toordinal() + b.end.toordinal()
    return abs(first - second) / 2


def is_comparable(a: Fact, b: Fact) -> bool:
    """Whether two figures speak of the same system at the same time (see the module text)."""
    if a.id == b.id or a.scope != b.scope:
        return False
    if a.era is not None and b.era is not None and a.era != b.era:
        return False
    apart = days_apart(a, b)
    return apart is None or apart <= NEAR_DAYS


@dataclass(frozen=True)
class Facts:
    """The usable claims of one system, to be asked by metric, statistic and subject."""

    all: tuple[Fact, ...]

    @cached_property
    def _by_metric(self) -> dict[str, list[Fact]]:
        table: dict[str, list[Fact]] = {}
        for fact in self.all:
            table.setdefault(fact.metric, []).append(fact)
        return table

    def of_metric(self, *metrics: str, stats: Iterable[str] | None = None) -> list[Fact]:
        """Facts of these metrics, in the document's order; ``stats`` narrows them."""
        chosen = [f for m in metrics for f in self._by_metric.get(m, ())]
        if stats is None:
            return chosen
        wanted = frozenset(stats)
        return [f for f in chosen if f.stat in wanted]

    @cached_property
    def rates(self) -> list[Fact]:
        """Everything counted per time that is load (not deploys, not the share of one node)."""
        return self.of_metric("rate")


def pairs(left: Iterable[Fact], right: Iterable[Fact], *, same_of: bool = True) -> Iterator[tuple[Fact, Fact]]:
    """Comparable pairs from two lists, of the same subject unless told otherwise."""
    others = list(right)
    for a in left:
        for b in others:
            if (not same_of or a.of == b.of) and is_comparable(a, b):
                yield a, b


def unordered_pairs(facts: Iterable[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Each comparable pair once."""
    rest = list(facts)
    for position, a in enumerate(rest):
        for b in rest[position + 1 :]:
            if is_comparable(a, b):
                yield a, b
