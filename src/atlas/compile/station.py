"""Components to stations: instances and slots, bulkheads, queues, limits, shedding, partitions, background load."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atlas.catalogue.traffic import UNLIMITED_OWNERS, typical_time_s
from atlas.compile.conditions import Conditions
from atlas.compile.ledger import Ledger
from atlas.compile.place import Map
from atlas.model.component import Component
from atlas.sim import UNLIMITED, Overflow, PlanBuilder, PlanError, Routing

BUCKETS = 10_000
"""Buckets of a limit for each of a population whose size is unknown: so many that none but a hot one is felt."""
SMALL_PARTITIONS = 64
"""Partitions of an instance where none is heavier than the others: enough that a lost instance's spread evenly."""
MOST_FOR_OTHERS = 0.98
"""Share of a station's slots that background load and flows out of focus take at most."""
MOST_PARTITIONS = 1_000_000
_ROUTING = {
    "pooled": Routing.POOLED,
    "random": Routing.RANDOM,
    "keyed": Routing.KEYED,
    "shortest": Routing.SHORTEST,
}
_OVERFLOW = {
    "reject": Overflow.REJECT,
    "drop_oldest": Overflow.DROP_OLDEST,
    "drop_stale": Overflow.DROP_STALE,
    "block": Overflow.BLOCK,
    "divert": Overflow.DIVERT,
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A station that calls go to: a component, one of its bulkheads (or ``bandwidth``), in a region."""

    component: str
    part: str
    region: str

    def name(self, regions: Map) -> str:
        """``api``, ``api#charges``, ``api#charges@us-east-1``."""
        part = f"#{self.part}" if self.part else ""
        return f"{self.component}{part}{f'@{self.region}' if regions.is_divided else ''}"


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """A pipe as a station: slots of one transfer each, and how many are taken by transfers in progress."""

    pace: float
    background: float = 0.0


def pool_of(component: Component, asked: str | None, ledger: Ledger, name: str) -> str:
    """The bulkhead a call uses: the one asked for, else what the bulkheads leave over (empty)."""
    if asked and asked in component.pools:
        return asked
    if component.pools and _rest(component, ledger, name) <= 1e-9:
        largest = max(component.pools, key=lambda p: _share(ledger, name, p))
        ledger.leave_out(f"bulkheads of {name} take all its slots: calls that name none use {largest}")
        return largest
    return ""


def _share(ledger: Ledger, name: str, pool: str) -> float:
    return min(1.0, ledger.mid(f"components.{name}.pools.{pool}") or 0.0)


def _rest(component: Component, ledger: Ledger, name: str) -> float:
    return 1.0 - sum(_share(ledger, name, pool) for pool in component.pools)


def whole_size(instances: float, total: float) -> tuple[int, int]:
    """Whole instances, and whole slots of each, whose product is as near to ``total`` as can be, and not far below."""
    count = max(1, round(instances))
    slots = max(1, round(total / count))
    count = max(1, round(total / slots)) if count > 1 else 1
    return count, slots + (count * slots < 0.97 * total)


class Stations:
    """Adds the stations that calls need to a builder."""

    def __init__(
        self, builder: PlanBuilder, ledger: Ledger, regions: Map, conditions: Conditions, others: Mapping[str, float]
    ) -> None:
        self._builder, self._ledger, self._map, self._conditions = builder, ledger, regions, conditions
        self._others = others

    def add(self, spot: Spot, keys: set[str], pipe: Bandwidth | None) -> None:
        """Add one station; ``keys`` are those its calls route by."""
        component = self._ledger.system.document.components[spot.component]
        name = spot.name(self._map)
        settings: dict[str, Any] = {"component": spot.component, "region": spot.region}
        if pipe is not None:
            settings |= self._pipe(spot, name, pipe)
        elif component.owner in UNLIMITED_OWNERS:
            settings |= {"instances": 1, "slots": UNLIMITED, "queue_max": UNLIMITED}
            self._ledger.note("stations", name, "slots", UNLIMITED, because="belongs to somebody else")
        else:
            settings |= self._own(spot, name, component, keys)
        self._builder.station(name, **settings)

    def _own(self, spot: Spot, name: str, component: Component, keys: set[str]) -> dict[str, Any]:
        ledger, path = self._ledger, f"components.{spot.component}"
        share = self._share_of(component, spot) * self._conditions.share / self._map.copies(component)
        routing = self._routing(component, keys)
        instances, slots = self._size(name, path, share, routing)
        settings: dict[str, Any] = {"instances": instances, "slots": slots, "routing": routing}
        settings["holds"] = int(self._waits(component) == "holds")
        settings["background"] = self._background(name, spot.component, share, instances * slots)
        settings |= self._queue(name, path, component, self._share_of(component, spot), routing)
        settings |= self._limits(name, path, component, keys)
        if component.shed:
            settings["shed"] = [(rule.over.mid, rule.priority) for rule in component.shed]
            for index, rule in enumerate(component.shed):
                ledger.note("stations", name, "shed_over", rule.over.mid, f"{path}.shed.{index}.over")
        if routing == Routing.KEYED:
            settings |= self._partitions(name, path, instances)
        if component.replication:
            ledger.leave_out(
                "copies of stores: a call stands for its whole quorum, whose answer time is the one published"
            )
        return settings

    def _share_of(self, component: Component, spot: Spot) -> float:
        if not component.pools:
            return 1.0
        if spot.part:
            return self._ledger.note(
                "stations",
                spot.name(self._map),
                "share",
                _share(self._ledger, spot.component, spot.part),
                f"components.{spot.component}.pools.{spot.part}",
            )
        return _rest(component, self._ledger, spot.component)

    def _size(self, name: str, path: str, share: float, routing: Routing) -> tuple[int, int]:
        """Instances and slots of each: the slots rounded, the instances so that the product is right.

        Instances that serve the same partition are one instance of the plan with the slots of all.
        """
        ledger = self._ledger
        instances = ledger.mid(f"{path}.instances") or 1.0
        each = ledger.mid(f"{path}.concurrency") or 1.0
        total = instances * each * share
        kept = instances * min(1.0, self._conditions.share)
        partitions = ledger.mid(f"{path}.partitions.count") if routing == Routing.KEYED else None
        if partitions and partitions < instances:
            kept = partitions * min(1.0, self._conditions.share)
        if routing == Routing.KEYED and self._conditions.hot_key:
            kept /= self._conditions.share  # the hot key meets one instance: all of them are there, each a slice
        count, slots = whole_size(kept, total)
        ledger.note("stations", name, "instances", count, f"{path}.instances")
        ledger.note("stations", name, "slots", slots, f"{path}.concurrency")
        if abs(count * slots - total) > 0.05 * total:
            ledger.leave_out(f"{name} has {count * slots} slots in the plan for {total:.1f}")
        return count, slots

    def _routing(self, component: Component, keys: set[str]) -> Routing:
        kind = self._ledger.system.vocabulary.kinds.get(component.kind)
        routing = _ROUTING[component.routing or (kind.routing if kind else "random")]
        hot = self._conditions.hot_key
        if routing == Routing.KEYED and hot and hot not in keys:
            return Routing.RANDOM
        return routing

    def _waits(self, component: Component) -> str:
        kind = self._ledger.system.vocabulary.kinds.get(component.kind)
        return component.waiting or (kind.waiting if kind else "frees")

    def _background(self, name: str, component: str, share: float, slots: int) -> float:
        """Slots kept busy by flows that are not described: their rate times the mean time of the work."""
        path = f"components.{component}.background"
        rate = self._ledger.mid(path)
        others = self._others.get(name, 0.0)
        if not rate and not others:
            return 0.0
        system = self._ledger.system
        mean_s = typical_time_s(system.document, component, system.dist)
        busy = (rate or 0.0) * mean_s * share * self._conditions.load + others
        if busy > MOST_FOR_OTHERS * slots:
            who = "flows out of focus" if others else "background load"
            self._ledger.leave_out(
                f"{name} is overloaded by {who} alone, which would take {busy:,.0f} of its {slots:,} slots: it leaves "
                f"{1 - MOST_FOR_OTHERS:.0%} of them"
            )
            busy = MOST_FOR_OTHERS * slots
        if not rate:
            return self._ledger.note("stations", name, "background", busy, because="flows out of focus")
        return self._ledger.note("stations", name, "background", busy, path)

    def _queue(self, name: str, path: str, component: Component, share: float, routing: Routing) -> dict[str, Any]:
        if component.queue is None:
            return {}
        places = (self._ledger.mid(f"{path}.queue.max") or 0.0) * share
        if routing == Routing.POOLED:
            places *= self._conditions.share / self._map.copies(component)
        elif routing == Routing.KEYED and self._conditions.hot_key:
            places *= self._conditions.share
        most = min(UNLIMITED, max(1, round(places)))
        self._ledger.note("stations", name, "queue_max", most, f"{path}.queue.max")
        return {"queue_max": most, "overflow": int(_OVERFLOW[component.queue.overflow])}

    def _limits(self, name: str, path: str, component: Component, keys: set[str]) -> dict[str, Any]:
        """A limit for all together, or for each of many where a hot key makes one of them felt."""
        limits = component.limits
        rate = self._ledger.mid(f"{path}.limits.rate") if limits else None
        if limits is None or not rate:
            return {}
        hot = self._conditions.hot_key
        if limits.per and not (hot and limits.per == hot and hot in keys):
            self._ledger.leave_out(
                f"limit of {component.name} per {limits.per}: no {limits.per} of the plan reaches it"
            )
            return {}
        buckets = BUCKETS if limits.per else 1
        burst = self._ledger.mid(f"{path}.limits.burst") or rate
        part = self._conditions.share / (1 if limits.per else self._map.copies(component))
        rate, burst = rate * part, max(1.0, burst * part)
        self._ledger.note("stations", name, "limit_rate", rate, f"{path}.limits.rate")
        self._ledger.note("stations", name, "limit_burst", burst, f"{path}.limits.burst")
        return {"limit_rate": rate, "limit_burst": burst, "limit_buckets": buckets}

    def _partitions(self, name: str, path: str, instances: int) -> dict[str, Any]:
        """Partitions of their own weight or limit as written; else many small ones, which spread evenly."""
        ledger, share = self._ledger, 1.0 if self._conditions.hot_key else self._conditions.share
        count = ledger.mid(f"{path}.partitions.count")
        hottest = ledger.mid(f"{path}.partitions.hottest")
        limit = ledger.mid(f"{path}.partitions.limit")
        if not hottest and not limit:
            return {"partitions": min(MOST_PARTITIONS, instances * SMALL_PARTITIONS)}
        whole = min(MOST_PARTITIONS, max(1, round((count or instances) * (share if count else 1.0))))
        settings: dict[str, Any] = {"partitions": whole}
        ledger.note("stations", name, "partitions", whole, f"{path}.partitions.count" if count else "")
        if hottest:
            share_of_hottest = min(1.0, hottest / share)
            settings["hottest"] = share_of_hottest
            ledger.note("stations", name, "hottest", share_of_hottest, f"{path}.partitions.hottest")
        if limit:
            limit *= self._conditions.share if self._conditions.hot_key else 1.0
            settings["partition_rate"] = limit
            ledger.note("stations", name, "partition_rate", limit, f"{path}.partitions.limit")
        return settings

    def _pipe(self, spot: Spot, name: str, pipe: Bandwidth) -> dict[str, Any]:
        """Bandwidth as slots of one transfer each."""
        component = self._ledger.system.document.components[spot.component]
        share = self._conditions.share / self._map.copies(component)
        path = f"components.{spot.component}.bandwidth"
        slots = (self._ledger.mid(path) or 0.0) * share / pipe.pace
        self._ledger.note("stations", name, "slots", slots, path)
        busy = pipe.background * share
        if busy >= math.floor(slots):
            raise PlanError(f"stations.{name}.slots", f"{slots:.0f} transfers at a time cannot carry {busy:.0f}")
        return {"instances": 1, "slots": max(1, min(UNLIMITED - 1, int(slots))), "background": busy, "queue_max": 0}
