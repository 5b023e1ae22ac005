"""What lets calls in, or not, before they reach a queue: limits and shedding of the stations that have them."""

from __future__ import annotations

import numpy as np

from atlas.sim.fluid_web import Web
from atlas.sim.plan import NONE, SHED_MEMORY_S, Floats, Ints


class Gates:
    """Token buckets and shedding; holds their state."""

    def __init__(self, web: Web) -> None:
        self._web = web
        stations, sites = web.network.plan.stations, web.network.plan.sites
        self._at = sites.station[web.site]
        self._hot = np.array([n.hot for n in web.network.nodes])
        self._limited = [k for k in range(len(stations)) if stations.limit_rate[k] > 0]
        self._split = [k for k in range(len(stations)) if stations.partition_rate[k] > 0]
        self._shedding = [k for k in range(len(stations)) if stations.shed_start[k + 1] > stations.shed_start[k]]
        self._tokens = {k: float(stations.limit_burst[k] * stations.limit_buckets[k]) for k in self._limited}
        self._hot_tokens = {k: float(stations.limit_burst[k]) for k in self._limited}
        self._load = dict.fromkeys(self._shedding, 0.0)
        self._keep: dict[tuple[int, int], float] = {}
        self._mine = {k: np.flatnonzero(self._at == k) for k in {*self._limited, *self._split, *self._shedding}}
        self._rules = {k: self._rules_of(k) for k in self._shedding}
        self.is_needed = bool(self._limited or self._split or self._shedding)

    def passes(self, asked: Floats, utilisation: Floats, dt: float) -> Floats:
        """Share of each node's attempts that is let in; ``utilisation`` by station."""
        share = np.ones(len(asked))
        for k in self._split:
            mine = self._mine[k]
            share[mine] *= self._through_partitions(k, mine, asked)
        for k in self._limited:
            mine = self._mine[k]
            share[mine] *= self._through_buckets(k, mine, asked * share, dt)
        for k in self._shedding:
            mine = self._mine[k]
            share[mine] *= self._unshed(k, mine, float(utilisation[k]), dt)
        return share

    def _through_buckets(self, k: int, mine: Ints, asked: Floats, dt: float) -> Floats:
        stations = self._web.network.plan.stations
        rate, burst = float(stations.limit_rate[k]), float(stations.limit_burst[k])
        buckets = float(stations.limit_buckets[k])
        hot = self._hot[mine]
        wanted_hot = float(asked[mine][hot].sum())
        wanted = float(asked[mine][~hot].sum()) + (wanted_hot if buckets == 1 else 0.0)
        usual, self._tokens[k] = _take(self._tokens[k], wanted, rate * buckets, burst * buckets, dt)
        one, self._hot_tokens[k] = _take(self._hot_tokens[k], wanted_hot, rate, burst, dt)
        return np.where(hot & (buckets > 1), one, usual)

    def _through_partitions(self, k: int, mine: Ints, asked: Floats) -> Floats:
        stations = self._web.network.plan.stations
        rate, count = float(stations.partition_rate[k]), int(stations.partitions[k])
        top = float(stations.hottest[k]) or 1 / count
        hot = self._hot[mine]
        rest = float(asked[mine][~hot].sum())
        on_top = min(1.0, rate / max(rest * top + float(asked[mine][hot].sum()), 1e-12))
        others = min(1.0, rate / max(rest * (1 - top) / max(1, count - 1), 1e-12))
        return np.where(hot, on_top, top * on_top + (1 - top) * others)

    def _unshed(self, k: int, mine: Ints, utilisation: float, dt: float) -> Floats:
        """Of the flows that a rule names, so much is kept that the utilisation settles at the rule's."""
        self._load[k] += (utilisation - self._load[k]) * dt / (dt + SHED_MEMORY_S)
        share = np.ones(len(mine))
        for rule, over, named in self._rules[k]:
            pull = (over - self._load[k]) * min(1.0, dt / SHED_MEMORY_S)
            keep = min(1.0, max(0.0, self._keep.get((k, rule), 1.0) + pull))
            self._keep[k, rule] = keep
            if keep < 1:
                share[named] *= keep
        return share

    def _rules_of(self, k: int) -> list[tuple[int, float, Floats]]:
        """Of each rule of a station: its number, its utilisation, and which of the station's nodes it names."""
        plan = self._web.network.plan
        priorities = plan.flows.priority[plan.sites.flow[self._web.site[self._mine[k]]]]
        rules = range(int(plan.stations.shed_start[k]), int(plan.stations.shed_start[k + 1]))
        over, least = plan.stations.shed_over, plan.stations.shed_priority
        return [(rule, float(over[rule]), priorities >= least[rule]) for rule in rules]


def _take(tokens: float, wanted: float, rate: float, burst: float, dt: float) -> tuple[float, float]:
    """Share that gets a token, and the tokens left."""
    there = tokens + rate * dt
    need = wanted * dt
    share = 1.0 if need <= there else there / need
    return share, min(burst, there - need * share)


class Breakers:
    """Breakers of the calls: the share of failures among the last hundred or so, and until when they are open."""

    def __init__(self, web: Web) -> None:
        sites = web.network.plan.sites
        self.threshold = np.where(web.is_root > 0, 0.0, sites.breaker[web.site])
        self._open_s = sites.breaker_open_s[web.site]
        self._answers, self._failures = np.zeros(web.count), np.zeros(web.count)
        self.open_until = np.full(web.count, NONE, dtype=np.float64)
        self.is_needed = bool((self.threshold > 0).any())

    def feed(self, now: float, rate: Floats, failed: Floats, dt: float) -> None:
        """Count the answers of a step (those a breaker gave itself are not counted)."""
        is_closed = (self.open_until <= now) & (self.threshold > 0)
        fade = np.exp(-np.minimum(rate * dt * 0.01, 50.0))
        self._answers = np.where(is_closed, self._answers * fade + (1 - fade) * 100, self._answers)
        self._failures = np.where(is_closed, self._failures * fade + (1 - fade) * 100 * failed, self._failures)
        opens = is_closed & (self._answers > 20) & (self._failures > self.threshold * self._answers)
        self.open_until[opens] = now + self._open_s[opens]
        self._answers[opens] = self._failures[opens] = 0.0

    def next_close(self, now: float) -> float:
        """When the next open breaker closes (infinite: none is open)."""
        later = self.open_until[self.open_until > now]
        return float(later.min()) if len(later) else float("inf")
