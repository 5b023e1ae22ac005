"""The plans of the bench in SimPy and in ciw, as their guides would have them written, to compare visits per second.

Both are timed in processor seconds of this process. happysim is not among them: its releases do not install here.
"""

from __future__ import annotations

import importlib
import math
import random
import time
from collections import defaultdict
from collections.abc import Generator
from typing import Any

from atlas.sim import Plan

_SIGMA = math.sqrt(math.log(2))
"""Of the lognormal whose coefficient of variation is 1."""


def simpy_rate(plan: Plan, requests: int) -> tuple[float, float]:
    """The same in SimPy: visits per processor second, and p99 (s). ModuleNotFoundError where it is not installed."""
    model = _SimpyModel(importlib.import_module("simpy"), plan)
    model.env.process(model.arrivals(requests))
    began = time.process_time()
    model.env.run()
    seconds = time.process_time() - began
    latencies = sorted(model.latencies)
    return model.visits / seconds, latencies[int(0.99 * len(latencies))]


def ciw_rate(plan: Plan, requests: int) -> tuple[float, float]:
    """A chain of stations in ciw: visits per processor second, and p99 (s). ModuleNotFoundError without ciw."""
    ciw = importlib.import_module("ciw")
    slots = plan.stations.slots.tolist()
    tiers = len(slots)
    mean_s = float(plan.tables.mean[0])
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(float(plan.sources.rate_per_s[0])), *[None] * (tiers - 1)],
        service_distributions=[ciw.dists.Lognormal(math.log(mean_s) - _SIGMA * _SIGMA / 2, _SIGMA)] * tiers,
        number_of_servers=slots,
        routing=[[float(to == tier + 1) for to in range(tiers)] for tier in range(tiers)],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    began = time.process_time()
    simulation.simulate_until_max_customers(requests, method="Finish")
    seconds = time.process_time() - began
    visits: dict[int, list[Any]] = defaultdict(list)
    for record in simulation.get_all_records():
        visits[record.id_number].append(record)
    whole = [records for records in visits.values() if len(records) == tiers]
    latencies = sorted(max(r.exit_date for r in records) - min(r.arrival_date for r in records) for records in whole)
    return sum(map(len, visits.values())) / seconds, latencies[int(0.99 * len(latencies))]


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
