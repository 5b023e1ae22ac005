"""The discrete engine: visits to services per second, against SimPy on the same plans with the same answers."""

from __future__ import annotations

import importlib
import math
import random
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from atlas.sim import Call, Plan, PlanBuilder, Service, Stage, simulate
from atlas.sim.plan import UNLIMITED
from atlas.sim.record import Count
from bench.calibration import Calibration
from bench.measure import Say, Section

TARGET = 300
"""Times as many visits per second as SimPy."""
_SIGMA = math.sqrt(math.log(2))
_SAME_P99 = 0.1
"""How far two p99 of a short SimPy run may lie apart."""


def measure(_calibration: Calibration, _scratch: Path, say: Say) -> Section:
    """Both engines on each plan, in processor seconds of the same run."""
    section = Section("Simulating")
    lines = ["| plan | visits/s | SimPy | ratio | p99 | SimPy's p99 |", "|---|---|---|---|---|---|"]
    for name, plan, for_s, requests, target in _plans():
        say(name)
        hops_per_s, p99_s = _own(plan, for_s)
        section.data[name] = {"hops_per_s": round(hops_per_s), "p99_s": p99_s}
        try:
            other_per_s, other_p99_s = _simpy(plan, requests)
        except ModuleNotFoundError:
            section.missing(f"{name}: visits per second against SimPy", f"≥ {TARGET} ×", "SimPy is not installed")
            continue
        if abs(p99_s / other_p99_s - 1) > _SAME_P99:
            raise AssertionError(f"{name}: p99 {p99_s} s here, {other_p99_s} s in SimPy: not the same model")
        ratio = hops_per_s / other_per_s
        lines.append(
            f"| {name} | {hops_per_s / 1e6:.1f} M | {other_per_s / 1e3:.0f} k | {ratio:.0f} × "
            f"| {p99_s:.4g} s | {other_p99_s:.4g} s |"
        )
        section.data[name] |= {"simpy_hops_per_s": round(other_per_s), "ratio": round(ratio)}
        if target:
            section.at_least(f"{name}: visits per second against SimPy", TARGET, ratio, "×")
    for rate in (1e3, 1e5, 1e6):
        hops_per_s, _ = _own(micro(rate), 200e3 / rate)
        lines.append(f"| twelve components at {rate:,.0f} requests/s | {hops_per_s / 1e6:.1f} M | | | | |")
    section.text = "\n".join(lines)
    return section


def _plans() -> list[tuple[str, Plan, float, int, bool]]:
    """Name, plan, seconds to simulate, requests for SimPy, whether the ratio is a target."""
    return [
        ("one server", tandem(1, 1, 0.8), 500_000, 15_000, False),
        ("sixteen servers", tandem(1, 16, 12.8), 50_000, 20_000, False),
        ("five tiers", tandem(5, 10, 8.0), 30_000, 8_000, True),
        ("twelve components, timeouts and retries", micro(1000.0), 150, 6_000, True),
        ("twelve components, slots held too", micro(1000.0, holds=True), 150, 6_000, True),
    ]


def tandem(tiers: int, slots: int, rate_per_s: float) -> Plan:
    """Tiers in a row, lognormal service of mean 1 s."""
    builder = PlanBuilder()
    call: Call | None = None
    for n in range(tiers):
        builder.station(f"tier{n}", slots=slots, queue_max=UNLIMITED)
        call = Call(f"tier{n}", Service(1.0), (Stage((call,)),) if call else ())
    if call is not None:
        builder.flow("flow", call, rate_per_s=rate_per_s)
    return builder.build()


_MICRO = {
    "lb": (1.0, 0.0005, 0.6),
    "web": (1.0, 0.004, 0.7),
    "auth": (1.0, 0.001, 0.6),
    "cache": (1.0, 0.0005, 0.6),
    "users": (0.1, 0.008, 0.6),
    "search": (0.5, 0.003, 0.7),
    **{f"shard{n}": (0.5, 0.006, 0.6) for n in range(3)},
    "advice": (0.5, 0.004, 0.7),
    "features": (0.5, 0.002, 0.6),
    "ads": (1.0, 0.003, 0.6),
}
"""Calls per request, mean service (s), utilisation."""
_HELD = {"web": 0.1, "search": 0.2, "advice": 0.35}
"""Utilisation by service alone of what keeps its slots while it waits."""


def micro(rate_per_s: float, *, holds: bool = False) -> Plan:
    """Twelve components with timeouts and budgeted retries; with ``holds`` three of them keep their slots."""
    builder = PlanBuilder()
    for name, (share, mean_s, load) in _MICRO.items():
        held = holds and name in _HELD
        slots = max(1, math.ceil(rate_per_s * share * mean_s / (_HELD[name] if held else load)))
        builder.station(name, slots=slots, queue_max=UNLIMITED, holds=int(held))
    users = _micro_call("users", chance=0.1)
    search = _micro_call("search", Stage(tuple(_micro_call(f"shard{n}") for n in range(3))), chance=0.5)
    advice = _micro_call("advice", Stage((_micro_call("features"),)), chance=0.5)
    last = Stage((search, advice, _micro_call("ads")))
    web = _micro_call("web", Stage((_micro_call("auth"),)), Stage((_micro_call("cache", Stage((users,))),)), last)
    builder.flow("flow", Call("lb", Service(_MICRO["lb"][1]), (Stage((web,)),)), rate_per_s=rate_per_s)
    return builder.build()


def _micro_call(name: str, *stages: Stage, chance: float = 1.0) -> Call:
    settings: dict[str, Any] = {"timeout_s": 0.25, "attempts": 3, "backoff_s": 0.01, "retry_budget": 0.2}
    return Call(name, Service(_MICRO[name][1]), stages, chance=chance, **settings)


def _own(plan: Plan, for_s: float) -> tuple[float, float]:
    """Visits per processor second, and p99 (s)."""
    simulate(plan, 1, for_s / 20, bin_s=for_s)
    began = time.process_time()
    outcome = simulate(plan, 1, for_s, bin_s=for_s)
    return outcome.count(Count.CALLS) / (time.process_time() - began), outcome.latency("flow", 0.99).mean


def _simpy(plan: Plan, requests: int) -> tuple[float, float]:
    """The same in SimPy: visits per processor second, and p99 (s). ModuleNotFoundError where it is not installed."""
    model = _SimpyModel(importlib.import_module("simpy"), plan)
    model.env.process(model.arrivals(requests))
    began = time.process_time()
    model.env.run()
    seconds = time.process_time() - began
    latencies = sorted(model.latencies)
    return model.visits / seconds, latencies[int(0.99 * len(latencies))]


_Steps = Generator[Any, Any, None]


class _SimpyModel:
    """A plan as SimPy's guides would write it: processes that wait for resources, for each other, and for time."""

    def __init__(self, simpy: Any, plan: Plan) -> None:
        self._simpy, self._plan = simpy, plan
        self.env, self._random = simpy.Environment(), random.Random(1)
        self._resources = [simpy.Resource(self.env, int(slots)) for slots in plan.stations.slots]
        self._place = [math.log(mean) - _SIGMA * _SIGMA / 2 for mean in plan.tables.mean]
        self._below = [[calls for _, calls in plan.calls_of(site)] for site in range(len(plan.sites))]
        sites = plan.sites
        self._station, self._table, self._chance = sites.station.tolist(), sites.table.tolist(), sites.chance.tolist()
        self._timeout, self._attempts = sites.timeout_s.tolist(), sites.attempts.tolist()
        self._backoff, self._holds = sites.backoff_s.tolist(), plan.stations.holds.tolist()
        self.latencies: list[float] = []
        self.visits = 0

    def arrivals(self, requests: int) -> _Steps:
        """Poisson arrivals."""
        rate = float(self._plan.sources.rate_per_s[0])
        for _ in range(requests):
            yield self.env.timeout(self._random.expovariate(rate))
            self.env.process(self._request())

    def _request(self) -> _Steps:
        began = self.env.now
        yield from self._attempt(int(self._plan.flows.root[0]))
        self.latencies.append(self.env.now - began)

    def _attempt(self, site: int) -> _Steps:
        self.visits += 1
        station = self._station[site]
        with self._resources[station].request() as slot:
            yield slot
            yield self.env.timeout(self._random.lognormvariate(self._place[self._table[site]], _SIGMA))
            if self._holds[station]:
                yield from self._stages(site)
        if not self._holds[station]:
            yield from self._stages(site)

    def _stages(self, site: int) -> _Steps:
        for calls in self._below[site]:
            if len(calls) == 1 and not self._timeout[calls[0]]:
                yield from self._attempt(calls[0])
                continue
            happen = [c for c in calls if self._chance[c] >= 1 or self._random.random() < self._chance[c]]
            if happen:
                yield self._simpy.AllOf(self.env, [self.env.process(self._call(c)) for c in happen])

    def _call(self, site: int) -> _Steps:
        for number in range(self._attempts[site]):
            work = self.env.process(self._attempt(site))
            first = yield self._simpy.AnyOf(self.env, [work, self.env.timeout(self._timeout[site])])
            if work in first:
                return
            yield self.env.timeout(self._backoff[site] * (1 << number) * 2 * self._random.random())
