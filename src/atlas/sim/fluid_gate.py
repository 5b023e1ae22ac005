"""What lets calls in, or not, before they reach a queue: limits and shedding of the stations that have them."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from atlas.sim.fluid_delay import Coming
from atlas.sim.fluid_web import Web, summed
from atlas.sim.plan import NONE, SHED_MEMORY_S, Floats, Ints
from atlas.sim.side_by_side import ByNode, ByStation, NodeState, Of, StationState

_TINY = 1e-12
ByRule = Annotated[Floats, Of("rules")]


class Gates:
    """Token buckets and shedding; holds their state."""

    _rate: ByStation
    """Of the token buckets of each station; infinite where it has none."""
    _burst: ByStation
    _buckets: ByStation
    _split_rate: ByStation
    """What one partition takes; infinite where that is not limited."""
    _top: ByStation
    _others: ByStation
    """Partitions besides the hottest."""
    _over: ByRule
    _rule_station: Annotated[Ints, Of("rules", to="stations")]
    _shed_rule: Annotated[Ints, Of("shed", to="rules")]
    """Rule and node, for each node that a rule names."""
    _shed_node: Annotated[Ints, Of("shed", to="nodes")]
    _station: Annotated[Ints, Of("served", to="stations")]
    """Station and number of each node that has one."""
    _node: Annotated[Ints, Of("served", to="nodes")]
    _is_hot: ByNode
    _has_limits: bool
    _has_splits: bool
    _tokens: StationState
    _hot_tokens: StationState
    _load: StationState
    _keep: Annotated[Floats, Of("rules", is_state=True)]

    def __init__(self, web: Web) -> None:
        stations, sites = web.network.plan.stations, web.network.plan.sites
        self._rate = np.where(stations.limit_rate > 0, stations.limit_rate, np.inf)
        self._burst = stations.limit_burst.astype(np.float64)
        self._buckets = np.maximum(stations.limit_buckets, 1).astype(np.float64)
        self._split_rate = np.where(stations.partition_rate > 0, stations.partition_rate, np.inf)
        count = np.maximum(stations.partitions, 1)
        self._top = np.where(stations.hottest > 0, stations.hottest, 1 / count)
        self._others = np.maximum(count - 1, 1).astype(np.float64)
        self._has_limits = bool((stations.limit_rate > 0).any())
        self._has_splits = bool((stations.partition_rate > 0).any())
        self._node = np.flatnonzero(sites.station[web.site] != NONE)
        self._station = sites.station[web.site[self._node]]
        self._is_hot = web.is_hot
        self._read_rules(web)
        self._tokens, self._hot_tokens = self._burst * self._buckets, self._burst.copy()
        self._load = np.zeros(len(stations))
        self._keep = np.ones(len(self._over))

    def _read_rules(self, web: Web) -> None:
        """Of each rule of shedding: its station, its utilisation, and the nodes that it names."""
        plan = web.network.plan
        self._over = plan.stations.shed_over.astype(np.float64)
        rules = np.diff(plan.stations.shed_start)
        self._rule_station = np.repeat(np.arange(len(rules)), rules)
        priorities = plan.flows.priority[plan.sites.flow[web.site[self._node]]]
        named = [
            self._node[(self._station == station) & (priorities >= least)]
            for station, least in zip(self._rule_station.tolist(), plan.stations.shed_priority.tolist(), strict=True)
        ]
        self._shed_node = np.concatenate([np.zeros(0, dtype=np.int64), *named])
        self._shed_rule = np.repeat(np.arange(len(named)), [len(n) for n in named])

    @property
    def is_needed(self) -> bool:
        """Whether anything can be refused here."""
        return self._has_limits or self._has_splits or len(self._over) > 0

    def passes(self, asked: Floats, utilisation: Floats, dt: Floats) -> Floats:
        """Share of each node's attempts that is let in; ``utilisation`` and length of the step by station."""
        share = np.ones(len(asked))
        if self._has_splits:
            share[self._node] = self._through_partitions(asked)
        if self._has_limits:
            share[self._node] *= self._through_buckets(asked * share, dt)
        if len(self._over):
            self._shed(utilisation, dt)
            np.multiply.at(share, self._shed_node, self._keep[self._shed_rule])
        return share

    def _by_heat(self, asked: Floats) -> tuple[Floats, Floats]:
        """Attempts at each station that have the hot key, and others."""
        count, mine, hot = len(self._rate), asked[self._node], self._is_hot[self._node]
        return summed(self._station, mine * hot, count), summed(self._station, mine * (1 - hot), count)

    def _through_buckets(self, asked: Floats, dt: Floats) -> Floats:
        hot, rest = self._by_heat(asked)
        wanted = rest + np.where(self._buckets == 1, hot, 0.0)
        usual, self._tokens = _take(self._tokens, wanted, self._rate * self._buckets, self._burst * self._buckets, dt)
        one, self._hot_tokens = _take(self._hot_tokens, hot, self._rate, self._burst, dt)
        apart = (self._is_hot[self._node] > 0) & (self._buckets > 1)[self._station]
        return np.where(apart, one[self._station], usual[self._station])

    def _through_partitions(self, asked: Floats) -> Floats:
        (hot, rest), rate, top = self._by_heat(asked), self._split_rate, self._top
        on_top = np.minimum(1.0, rate / np.maximum(rest * top + hot, _TINY))
        others = np.minimum(1.0, rate / np.maximum(rest * (1 - top) / self._others, _TINY))
        usual = top * on_top + (1 - top) * others
        return np.where(self._is_hot[self._node] > 0, on_top[self._station], usual[self._station])

    def _shed(self, utilisation: Floats, dt: Floats) -> None:
        """Of the flows that a rule names, so much is kept that the utilisation settles at the rule's."""
        self._load = self._load + (utilisation - self._load) * dt / (dt + SHED_MEMORY_S)
        pull = (self._over - self._load[self._rule_station]) * np.minimum(1.0, dt / SHED_MEMORY_S)[self._rule_station]
        self._keep = np.minimum(1.0, np.maximum(0.0, self._keep + pull))


def _take(tokens: Floats, wanted: Floats, rate: Floats, burst: Floats, dt: Floats) -> tuple[Floats, Floats]:
    """Share that gets a token, and the tokens left."""
    there = tokens + rate * dt
    need = wanted * dt
    enough = need <= there
    share = np.where(enough, 1.0, there / np.maximum(need, _TINY))
    return share, np.minimum(burst, np.where(enough, there - need, 0.0))


class Breakers:
    """Breakers of the calls: the share of failures among the last hundred or so, and until when they are open."""

    threshold: ByNode
    _open_s: ByNode
    _answers: NodeState
    _failures: NodeState
    open_until: NodeState
    is_needed: bool
    coming: Coming
    """Answers on their way: those that succeed, and those that fail."""

    def __init__(self, web: Web) -> None:
        sites = web.network.plan.sites
        self.threshold = np.where(web.is_root > 0, 0.0, sites.breaker[web.site])
        self._open_s = sites.breaker_open_s[web.site]
        self._answers, self._failures = np.zeros(web.count), np.zeros(web.count)
        self.open_until = np.full(web.count, NONE, dtype=np.float64)
        mine = np.flatnonzero(self.threshold > 0)
        self.coming, self.is_needed = Coming(mine, 2), len(mine) > 0

    def learn(self, now: Floats, dt: Floats, answers: tuple[Floats, Floats], time: tuple[Floats, Floats]) -> None:
        """Count the answers that come in a step: of what was called while closed, after the time it took.

        ``answers``: calls per second that succeed and that fail, and the time each of them takes (s). ``time``: begin
        and length of the step by plan.
        """
        rates, delays = answers
        fine, bad = self.coming.leaving(rates.shape, *time)
        self.coming.enter(*time, np.where(self.open_until <= now, rates, 0.0), delays)
        self.feed(now, fine + bad, bad / np.maximum(fine + bad, _TINY), dt)

    def feed(self, now: Floats, rate: Floats, failed: Floats, dt: Floats) -> None:
        """Count answers (those a breaker gave itself are not counted)."""
        is_closed = (self.open_until <= now) & (self.threshold > 0)
        fade = np.exp(-np.minimum(rate * dt * 0.01, 50.0))
        self._answers = np.where(is_closed, self._answers * fade + (1 - fade) * 100, self._answers)
        self._failures = np.where(is_closed, self._failures * fade + (1 - fade) * 100 * failed, self._failures)
        opens = is_closed & (self._answers > 20) & (self._failures > self.threshold * self._answers)
        if opens.any():
            self.open_until[opens] = (now + self._open_s)[opens]
            self._answers[opens] = self._failures[opens] = 0.0
