"""Plans at random, in which every mechanism occurs: for comparing the engines, and for fuzzing the kernel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from atlas.physics.distribution import Shape
from atlas.sim.builder import Call, PlanBuilder, Service, Stage
from atlas.sim.fault import Fault, with_faults
from atlas.sim.plan import ANSWER, BreakerPer, Change, Overflow, Plan, Routing
from atlas.sim.rate import station_busy

_SHAPES: tuple[Shape, ...] = ("lognormal", "exponential", "constant", "gamma", "pareto")
REGIONS = ("here", "there")


def random_plan(seed: int, *, faults: bool = True, requests_per_s: float = 200.0) -> Plan:
    """A plan of a few stations and flows with mechanisms switched on at random; faults lie in the first 8 seconds."""
    return _Maker(np.random.default_rng(seed), requests_per_s).make(faults=faults)


class _Maker:
    def __init__(self, generator: np.random.Generator, requests_per_s: float) -> None:
        self._random, self._rate = generator, requests_per_s
        self._stations = [f"s{n}" for n in range(int(generator.integers(2, 7)))]
        self._caches: list[str] = []
        self._constant_work = self._chance(0.4)
        self._detached = 0

    def make(self, *, faults: bool) -> Plan:
        """Draft the calls once to learn the load, then give the stations slots for it."""
        trees = [self._call(0) for _ in range(int(self._random.integers(1, 4)))]
        draft = self._build(trees, dict.fromkeys(self._stations, 1), {})
        busy = dict(zip(self._stations, station_busy(draft).tolist(), strict=True))
        settings = {name: self._station(busy[name]) for name in self._stations}
        plan = self._build(trees, {name: self._slots(busy[name]) for name in self._stations}, settings)
        return with_faults(plan, self._faults(plan)) if faults else plan

    def _chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def _between(self, low: float, high: float) -> float:
        return float(np.exp(self._random.uniform(np.log(low), np.log(high))))

    def _slots(self, busy: float) -> int:
        return max(3, int(np.ceil(busy / self._random.uniform(0.3, 1.05))))

    def _station(self, busy: float) -> dict[str, Any]:
        routing = Routing(int(self._random.integers(4)))
        instances = int(self._random.integers(1, 5))
        settings: dict[str, Any] = {"routing": routing, "instances": instances, "holds": int(self._chance(0.4))}
        settings |= {"overflow": int(self._random.integers(5)), "queue_max": int(self._random.integers(0, 60))}
        if self._constant_work and settings["overflow"] == Overflow.DROP_STALE:
            settings["overflow"] = int(Overflow.BLOCK)  # the two do not go together
        settings["region"] = REGIONS[int(self._chance(0.3))]
        if routing == Routing.KEYED and self._chance(0.7):
            settings |= {
                "partitions": int(self._random.integers(1, 12)),
                "hottest": float(self._random.uniform(0, 0.5)),
            }
            settings["partition_rate"] = self._rate * self._between(0.05, 2) if self._chance(0.5) else 0.0
        if self._chance(0.3):
            settings |= {"limit_rate": self._rate * self._between(0.3, 3), "limit_burst": self._between(1, 50)}
            settings["limit_buckets"] = int(self._random.integers(1, 20))
        if self._chance(0.3):
            settings["shed"] = [(float(self._random.uniform(0.3, 1)), int(self._random.integers(4))) for _ in range(2)]
        settings["error"] = float(self._random.uniform(0, 0.2)) if self._chance(0.3) else 0.0
        settings["background"] = float(self._random.uniform(0, 0.4)) * max(1.0, busy) if self._chance(0.3) else 0.0
        return settings

    def _build(self, trees: list[Call], slots: dict[str, int], settings: dict[str, dict[str, Any]]) -> Plan:
        builder = PlanBuilder(REGIONS)
        state = self._random.bit_generator.state
        for name in self._stations:
            given = dict(settings.get(name, {}))
            instances = int(given.get("instances", 1))
            each = max(3, -(-slots[name] // instances))
            given["background"] = min(float(given.get("background", 0.0)), 0.5 * each * instances)
            builder.station(name, slots=each if settings else 1 << 20, **given)
        for name in self._caches:
            fill = float(self._random.choice([0.0, 2.0, 10.0]))
            builder.cache(name, float(self._random.uniform(0.3, 1)), fill, constant_work=self._constant_work)
        for n, tree in enumerate(trees):
            self._sources(builder, n, tree)
        builder.profile_step(1.5)
        if not settings:
            self._random.bit_generator.state = state
        return builder.build()

    def _sources(self, builder: PlanBuilder, n: int, tree: Call) -> None:
        name, rate = f"f{n}", self._rate * self._between(0.2, 1)
        priority = int(self._random.integers(4))
        if self._chance(0.25):
            users = int(self._random.integers(1, 40))
            builder.flow(name, tree, users=users, think=Service(users / rate, 1.0, "exponential"), priority=priority)
            return
        profile = [float(self._random.uniform(0.2, 1.8)) for _ in range(4)] if self._chance(0.4) else None
        builder.flow(name, tree, rate_per_s=rate, priority=priority, profile=profile)
        if self._chance(0.4):
            builder.source(f"{name}-hot", name, hot=True, rate_per_s=rate * 0.2)
        if self._chance(0.3):
            builder.source(f"{name}-there", name, region="there", rate_per_s=rate * 0.3)

    def _service(self) -> Service:
        shape = _SHAPES[int(self._random.integers(len(_SHAPES)))]
        return Service(self._between(0.001, 0.05), float(self._random.choice([0.0, 0.3, 1.0, 2.0])), shape)

    def _call(self, depth: int) -> Call:
        station = str(self._random.choice(self._stations))
        stages = tuple(self._stage(depth + 1) for _ in range(int(self._random.integers(0, 3)))) if depth < 3 else ()
        if stages and self._chance(0.15):
            return Call(stages=stages, name="group")
        call = Call(station, self._service(), stages, units=int(self._random.choice([1, 1, 1, 2, 3])))
        return self._with_settings(call, depth) if depth else call

    def _stage(self, depth: int) -> Stage:
        calls = tuple(self._call(depth) for _ in range(int(self._random.integers(1, 4))))
        if self._chance(0.2):
            share = 1.0 / len(calls)
            return Stage(tuple(replace(c, chance=share, cache=None) for c in calls), choose=True)
        if self._chance(0.25):
            copies = int(self._random.integers(2, 5))
            single = replace(calls[0], times=copies, detached=None)
            return Stage((single,), quorum=int(self._random.integers(1, copies + 1)))
        return Stage(calls)

    def _with_settings(self, call: Call, depth: int) -> Call:
        for share, setting in _SETTINGS:
            if self._chance(share):
                call = replace(call, **setting(self, depth))
        if call.hedge_s and call.coalesce:
            call = replace(call, coalesce=False)
        return call

    def _timeout(self, _depth: int) -> dict[str, Any]:
        adaptive = self._chance(0.3)
        level = float(self._random.choice([0.5, 0.95, 0.99])) if adaptive else 0.0
        return {"timeout_s": self._between(0.005, 0.5), "timeout_level": level, "timeout_factor": 2.0}

    def _retry(self, _depth: int) -> dict[str, Any]:
        budget = float(self._random.choice([0.0, 0.1, 0.5]))
        settings = {"attempts": int(self._random.integers(2, 5)), "backoff_s": self._between(0.001, 0.1)}
        return settings | {"retry_budget": budget, "jitter": self._chance(0.5)}

    def _hedge(self, _depth: int) -> dict[str, Any]:
        level = float(self._random.choice([0.0, 0.5, 0.9]))
        budget = float(self._random.choice([0.0, 0.05]))
        return {"hedge_s": self._between(0.002, 0.05), "hedge_level": level, "hedge_budget": budget}

    def _breaker(self, _depth: int) -> dict[str, Any]:
        settings = {"breaker": float(self._random.uniform(0.05, 0.5)), "breaker_open_s": self._between(0.05, 1)}
        return settings | {"breaker_per": BreakerPer(int(self._chance(0.5)))}

    def _fallback(self, depth: int) -> dict[str, Any]:
        return {"fallback": ANSWER if self._chance(0.4) or depth > 2 else replace(self._call(3), detached=None)}

    def _divert(self, _depth: int) -> dict[str, Any]:
        return {"divert": Call(str(self._random.choice(self._stations)), self._service())}

    def _cache(self, _depth: int) -> dict[str, Any]:
        self._caches.append(f"c{len(self._caches)}")
        return {"cache": self._caches[-1], "coalesce": self._chance(0.5)}

    def _hand_over(self, _depth: int) -> dict[str, Any]:
        self._detached += 1
        return {"detached": f"later{self._detached}"}

    def _network(self, _depth: int) -> dict[str, Any]:
        return {"network_s": self._between(0.0005, 0.05)}

    def _chances(self, _depth: int) -> dict[str, Any]:
        return {"chance": float(self._random.uniform(0.1, 1))}

    def _key(self, _depth: int) -> dict[str, Any]:
        return {"key": int(self._random.integers(2))}

    def _coalesce(self, _depth: int) -> dict[str, Any]:
        return {"coalesce": True}

    def _faults(self, plan: Plan) -> list[Fault]:
        station, flow = str(self._random.choice(self._stations)), "f0"
        candidates = [
            Fault("slow", 1.0, 2.0, station, self._between(0.5, 10)),
            Fault("capacity", 2.0, 2.0, station, float(self._random.choice([0.0, 0.3, 0.7]))),
            Fault("error", 1.5, 2.0, station, 0.4),
            Fault("region_loss", 4.0, 2.0, "there", 0.5),
        ]
        open_sources = (plan.sources.flow == plan.find_flow(flow)) & (plan.sources.users == 0)
        if open_sources.any():
            candidates.append(Fault("spike", 0.5, 3.0, flow, 3.0))
            candidates.append(Fault("hot_key", 3.0, 1.0, flow, self._rate))
        if self._caches:
            candidates.append(Fault("cache_loss", 2.5, 1.5, self._caches[0], float(self._random.uniform(0.3, 1))))
        for pair in ((a, b) for a in self._stations for b in self._stations if a < b):
            if _calls_between(plan, pair):
                candidates.append(Fault("partition", 5.0, 0.5, pair))
                break
        return [fault for fault in candidates if self._chance(0.6)]


def _calls_between(plan: Plan, pair: tuple[str, str]) -> bool:
    """Whether one of the two calls the other anywhere."""
    try:
        cut = with_faults(plan, [Fault("partition", 0.0, 1.0, pair)])
    except ValueError:
        return False
    return bool((cut.timeline.kind == Change.CUT).any())


_Setting = Callable[[_Maker, int], dict[str, Any]]
_SETTINGS: tuple[tuple[float, _Setting], ...] = (
    (0.7, _Maker._timeout),
    (0.5, _Maker._retry),
    (0.3, _Maker._hedge),
    (0.3, _Maker._breaker),
    (0.3, _Maker._fallback),
    (0.25, _Maker._divert),
    (0.25, _Maker._cache),
    (0.15, _Maker._coalesce),
    (0.1, _Maker._hand_over),
    (0.3, _Maker._network),
    (0.3, _Maker._chances),
    (0.5, _Maker._key),
)
