"""Random plans of a given stratum: systems that could be somebody's, for measuring how far the engines agree.

A tree of calls over a few stations, each with its own slots and load; services are scaled so that the loads come out.
Strata c and d then get their mechanisms, with settings as people choose them: a timeout is a few times the mean of
what it waits for, a retry has a budget more often than not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from atlas.physics.distribution import Shape
from atlas.sim.builder import Call, PlanBuilder, Service, Stage
from atlas.sim.fault import Fault, with_faults
from atlas.sim.fidelity import Stratum, stratum_of
from atlas.sim.plan import ANSWER, NONE, UNLIMITED, Overflow, Plan, Routing
from atlas.sim.rate import station_busy

REQUESTS_PER_S = 1000.0
FAULT_AT_S, FAULT_S = 20.0, 10.0
_DRAFT_SLOTS = 1 << 20


def stratum_plan(stratum: Stratum, seed: int) -> Plan:
    """A plan of that stratum, without faults. The same seed gives the same plan."""
    for attempt in range(100):
        generator = np.random.default_rng([ord(stratum), seed, attempt])
        plan = _Maker(generator, stratum).make()
        if stratum_of(plan) == stratum:
            return plan
    raise AssertionError(f"no plan of stratum {stratum} for seed {seed}")


def faulted(plan: Plan, seed: int) -> tuple[Plan, Fault]:
    """The plan with one fault, ``FAULT_S`` long, at ``FAULT_AT_S``."""
    generator = np.random.default_rng([77, ord(stratum_of(plan)), seed])
    stations = [n for n, slots in zip(plan.stations.name, plan.stations.slots.tolist(), strict=True) if slots < 1e6]
    station = str(generator.choice(stations))
    flow = plan.flows.name[int(plan.sources.flow[0])]
    found = [
        Fault("slow", FAULT_AT_S, FAULT_S, station, _between(generator, 1.3, 5.0)),
        Fault("capacity", FAULT_AT_S, FAULT_S, station, float(generator.choice([0.0, 0.5, 0.75]))),
        Fault("error", FAULT_AT_S, FAULT_S, station, _between(generator, 0.05, 0.5)),
        Fault("spike", FAULT_AT_S, FAULT_S, flow, _between(generator, 1.3, 4.0)),
    ]
    if len(plan.caches):
        found.append(Fault("cache_loss", FAULT_AT_S, FAULT_S, plan.caches.name[0], 1.0))
    pairs = [(stations[0], other) for other in stations[1:] if _calls(plan, stations[0], other)]
    if pairs:
        found.append(Fault("partition", FAULT_AT_S, FAULT_S, pairs[int(generator.integers(len(pairs)))]))
    fault = found[int(generator.integers(len(found)))]
    return with_faults(plan, [fault]), fault


def _calls(plan: Plan, caller: str, called: str) -> bool:
    """Whether one station's sites call the other's."""
    names = [plan.stations.name[k] if k != NONE else "" for k in plan.sites.station.tolist()]
    parents = (site for site, name in enumerate(names) if name == caller)
    return any(names[c] == called for site in parents for _, calls in plan.calls_of(site) for c in calls)


def _between(generator: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(generator.uniform(math.log(low), math.log(high))))


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is drawn for one station."""

    slots: int
    instances: int
    routing: Routing
    load: float
    service: Service


class _Maker:
    def __init__(self, generator: np.random.Generator, stratum: Stratum) -> None:
        self._random, self._stratum = generator, stratum
        self._reacts = stratum == "c" or (stratum == "d" and self._chance(0.5))
        self._kinds = {f"s{n}": self._kind() for n in range(int(generator.integers(3, 8)))}
        self._left = list(self._kinds)
        self._caches: list[tuple[str, float]] = []
        self._service: dict[str, Service] = {}
        self._detached = 0
        self._holding: set[str] = set()
        self._given: dict[str, dict[str, Any]] = {}
        self._has_hot = self._reacts and self._chance(0.3)

    def make(self) -> Plan:
        """Draw the calls, learn the rates, scale the services to the loads, then add what reacts."""
        root = self._left.pop(0)
        tree = self._call(root, 0)
        extra = [self._call(str(self._random.choice(list(self._kinds))), 3)] if self._chance(0.4) else []
        trees = [tree, *extra]
        busy = dict(zip(self._kinds, station_busy(self._built(trees, draft=True)).tolist(), strict=True))
        for name, kind in self._kinds.items():
            wanted = kind.load * kind.slots * kind.instances
            mean = kind.service.mean_s * (wanted / busy[name] if busy[name] > 0 else 1.0)
            self._service[name] = replace(kind.service, mean_s=mean)
        trees = [self._scaled(t) for t in trees]
        if self._stratum == "d":
            self._make_room(trees)
        if self._reacts:
            for name, kind in self._kinds.items():
                calls_per_s = kind.load * kind.slots * kind.instances / self._service[name].mean_s
                self._given[name] = self._settings(name, calls_per_s)
            trees = [self._reacting(t, is_root=True)[0] for t in trees]
        return self._built(trees)

    def _chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def _between(self, low: float, high: float) -> float:
        return _between(self._random, low, high)

    def _kind(self) -> _Kind:
        easy = self._stratum == "a"
        routing = Routing(int(self._random.choice([0, 0, 0, 1, 2, 3])))
        instances = int(self._random.integers(2, 9)) if routing != Routing.POOLED else 1
        single = self._stratum == "b" and self._chance(0.6)
        few = self._stratum != "a" and self._chance(0.3)
        slots = 1 if single else int(self._random.integers(2, 10)) if few else round(self._between(10, 150))
        load = float(self._random.uniform(0.3, 0.84 if easy else 0.88))
        if self._stratum in ("c", "d"):
            load = float(self._random.uniform(0.2, 0.8))
        cvs = {"a": [0.0, 0.3, 0.5, 0.7, 1.0], "b": [0.5, 1.0, 1.0, 1.5, 2.0]}.get(self._stratum, [0.3, 0.7, 1.0, 1.5])
        cv = float(self._random.choice(cvs))
        shapes: list[Shape] = ["lognormal", "gamma"] if cv not in (0.0, 1.0) else ["lognormal"]
        shape: Shape = "constant" if cv == 0 else str(self._random.choice(shapes))  # type: ignore[assignment]
        if cv == 1 and self._chance(0.5):
            shape = "exponential"
        return _Kind(slots, instances, routing, load, Service(self._between(0.2, 3.0), cv, shape))

    def _call(self, station: str, depth: int) -> Call:
        stages = []
        if depth < 3:
            for _ in range(int(self._random.integers(1, 3)) if depth == 0 else int(self._random.integers(0, 3))):
                below = self._below(depth + 1)
                if below is not None:
                    stages.append(below)
        network = self._between(0.0002, 0.002) if self._chance(0.3) else 0.0
        return Call(station, self._kinds[station].service, tuple(stages), network_s=network, key=0)

    def _below(self, depth: int) -> Stage | None:
        count = min(len(self._left), int(self._random.integers(1, 4)))
        if not count:
            return None
        names, self._left = self._left[:count], self._left[count:]
        calls = [self._call(name, depth) for name in names]
        if count > 1 and self._chance(0.25):
            shares = self._random.dirichlet(np.full(count, 3.0)).tolist()
            return Stage(tuple(replace(c, chance=p) for c, p in zip(calls, shares, strict=True)), choose=True)
        if count == 1 and self._chance(0.3):
            self._caches.append((f"c{len(self._caches)}", float(self._random.uniform(0.5, 0.95))))
            return Stage((replace(calls[0], cache=self._caches[-1][0]),))
        if self._reacts and self._chance(0.35):
            copies = int(self._random.integers(3, 6))
            return Stage((replace(calls[0], times=copies),), quorum=copies // 2 + 1)
        if self._chance(0.2):
            calls = [replace(c, chance=float(self._random.uniform(0.2, 0.9))) for c in calls]
        if self._chance(0.12):
            self._detached += 1
            return Stage((replace(calls[0], detached=f"later{self._detached}"), *calls[1:]))
        return Stage(tuple(calls))

    def _scaled(self, call: Call) -> Call:
        stages = tuple(replace(s, calls=tuple(self._scaled(c) for c in s.calls)) for s in call.stages)
        return replace(call, stages=stages, service=self._service[str(call.station)])

    def _make_room(self, trees: list[Call]) -> None:
        """Give stations that hold their slots as many as they need while children run."""
        self._holding = {name for name in self._kinds if self._chance(0.6)}
        busy = dict.fromkeys(self._kinds, 0.0)
        for call in (c for t in trees for c in _all_calls(t)):
            busy[str(call.station)] = max(busy[str(call.station)], _mean_s(call))
        for name in self._holding:
            kind, own = self._kinds[name], self._service[name].mean_s
            more = busy[name] / own if own > 0 else 1.0
            self._kinds[name] = replace(kind, slots=max(1, math.ceil(kind.slots * more)))

    def _reacting(self, call: Call, *, is_root: bool) -> tuple[Call, float]:
        """The call with mechanisms, and roughly the mean time of an attempt."""
        stages, mean = [], self._service[str(call.station)].mean_s + call.network_s
        for stage in call.stages:
            below = [self._reacting(c, is_root=False) for c in stage.calls]
            stages.append(replace(stage, calls=tuple(c for c, _ in below)))
            mean += max(m for _, m in below)
        call = replace(call, stages=tuple(stages))
        if is_root or call.detached:
            return call, mean
        for share, setting in _SETTINGS:
            if self._chance(share):
                call = replace(call, **setting(self, mean))
        if self._given[str(call.station)].get("overflow") == Overflow.DIVERT and self._chance(0.8):
            call = replace(call, divert=Call("spare", Service(mean)))
        if self._has_hot and self._chance(0.5) and not call.hedge_s:
            call = replace(call, coalesce=True)
        return call, mean

    def _timeout(self, mean: float) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "timeout_s": mean * self._between(4, 20),
            "attempts": int(self._random.integers(1, 4)),
        }
        budget = float(self._random.choice([0.0, 0.02, 0.1, 0.2]))
        return settings | {"backoff_s": mean * self._between(0.2, 2), "retry_budget": budget}

    def _hedge(self, mean: float) -> dict[str, Any]:
        return {"hedge_s": mean * self._between(1.5, 4), "hedge_budget": float(self._random.choice([0.0, 0.05]))}

    def _breaker(self, mean: float) -> dict[str, Any]:
        return {"breaker": float(self._random.uniform(0.05, 0.5)), "breaker_open_s": self._between(0.3, 2)}

    def _fallback(self, mean: float) -> dict[str, Any]:
        name = str(self._random.choice(list(self._service)))
        other = Call(name, replace(self._service[name], mean_s=self._service[name].mean_s * 0.2))
        return {"fallback": ANSWER if self._chance(0.6) else other}

    def _settings(self, name: str, busy_per_s: float) -> dict[str, Any]:
        """What reacts at a station; ``busy_per_s`` calls arrive there."""
        found: dict[str, Any] = {}
        each = self._kinds[name].slots
        if self._chance(0.7):
            overflow = int(self._random.choice([0, 1, 2, 2, 4, 4]))
            found |= {"overflow": overflow, "queue_max": max(1, round(each * self._between(0.02, 2)))}
        if self._chance(0.25):
            found["error"] = self._between(0.002, 0.08)
        if self._chance(0.12):
            buckets = int(self._random.choice([1, 1, 10]))
            rate = busy_per_s / buckets * self._between(0.9, 1.5)
            found |= {"limit_rate": rate, "limit_burst": self._between(5, 60), "limit_buckets": buckets}
        if self._chance(0.2):
            found["shed"] = [(float(self._random.uniform(0.5, 0.9)), int(self._random.integers(0, 2)))]
        if self._kinds[name].routing == Routing.KEYED and self._chance(0.7):
            partitions = self._kinds[name].instances * 2
            found |= {
                "partitions": partitions,
                "partition_rate": max(1.0, busy_per_s / partitions * self._between(1, 2)),
            }
        return found

    def _built(self, trees: list[Call], *, draft: bool = False) -> Plan:
        builder = PlanBuilder()
        state = self._random.bit_generator.state
        for name, kind in self._kinds.items():
            given: dict[str, Any] = {"slots": kind.slots, "instances": kind.instances, "routing": kind.routing}
            given |= {"queue_max": UNLIMITED}
            if self._stratum == "d":
                given["holds"] = int(name in self._holding)
            given |= self._given.get(name, {})
            builder.station(name, **(given | ({"slots": _DRAFT_SLOTS} if draft else {})))
        if any(c.divert is not None for t in trees for c in _all_calls(t)):
            builder.station("spare", slots=200)
        for name, hit in self._caches:
            builder.cache(name, hit, 4.0)
        for n, tree in enumerate(trees):
            self._source(builder, n, tree)
        if draft:
            self._random.bit_generator.state = state
        return builder.build()

    def _source(self, builder: PlanBuilder, n: int, tree: Call) -> None:
        rate = REQUESTS_PER_S * (1.0 if n == 0 else 0.3)
        if n and self._reacts and self._chance(0.4):
            think = Service(self._between(0.5, 3), 1.0, "exponential")
            builder.flow(f"f{n}", tree, users=round(rate * think.mean_s), think=think, priority=1)
            return
        builder.flow(f"f{n}", tree, rate_per_s=rate, priority=n)
        if n == 0 and self._has_hot:
            builder.source("hot", "f0", hot=True, rate_per_s=0.05 * rate)


def _mean_s(call: Call) -> float:
    """Roughly the mean time of a call without any waiting."""
    own = call.network_s + (call.service.mean_s if call.service else 0.0)
    return own + sum(max(_mean_s(c) for c in s.calls) for s in call.stages)


def _all_calls(call: Call) -> list[Call]:
    return [call, *(c for s in call.stages for below in s.calls for c in _all_calls(below))]


_SETTINGS: tuple[tuple[float, Callable[[_Maker, float], dict[str, Any]]], ...] = (
    (0.6, _Maker._timeout),
    (0.15, _Maker._hedge),
    (0.3, _Maker._breaker),
    (0.25, _Maker._fallback),
)
