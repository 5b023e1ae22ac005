"""Loads of a network's queues in the steady state: rates top down, then waits and refusals of each queue."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from atlas.physics.breaker import open_share
from atlas.physics.erlang import erlang_c
from atlas.physics.lattice import Axis, Floats, Spread, at_time, nothing
from atlas.physics.waiting import Times, bounded_wait, exponential_wait, loss_share, shortest_of_few, wait_spread
from atlas.sim.conditions import Conditions
from atlas.sim.network import Network, places
from atlas.sim.plan import NONE, UNLIMITED, Plan, Routing
from atlas.sim.quantile_table import CELL_BITS, CELLS, survival_grid

_NEGLIGIBLE_LOSS = 1e-6
_EVERY = 3
_ALL = np.arange(CELLS)
KNOTS = np.concatenate((_ALL[: 8 << CELL_BITS : 2], _ALL[8 << CELL_BITS : 34 << CELL_BITS : 4], _ALL[-1:]))
"""Cells of a quantile table that are enough to place it on a lattice."""
BELOW = 1.0 - survival_grid()[KNOTS]


@dataclass(slots=True)
class Fate:
    """What the answers of a node's subtree say about its traffic."""

    attempts: float = 1.0
    copies: float = 0.0
    """Hedged copies for each attempt."""
    shared: float = 1.0
    """Share of the attempts that is not joined to an equal one in flight."""
    reach: list[float] = field(default_factory=list)
    """Share of the calls served that comes to each stage."""
    through: float = 1.0
    """Share of the calls served whose stages all succeed."""
    fallback: float = 0.0
    stay_s: float = 0.0
    """Mean time of the stages ..."""
    stay2: float = 0.0
    """... and of its square."""
    failed: float = 0.0
    """Share of the attempts that fails."""
    barred: float = 0.0
    """Share of the attempts refused before the queue: by a limit, a cut, shedding, or since nothing is there."""
    opened: float = 0.0
    """Share of the attempts refused by an open breaker."""
    full: float = 0.0
    """Share of the others refused by a full queue."""
    stuck: float = 0.0
    """Share of those let in that an overloaded queue without bound never comes to serve."""


@dataclass(slots=True)
class Load:
    """One group of queues: ``offered`` Erlang to each queue, of calls of a mean occupancy and its cv²."""

    servers: float
    places: float = math.inf
    offered: float = 0.0
    mean_s: float = 0.0
    cv2: float = 1.0
    batch: float = 1.0
    """Squared cv of the gaps between arrivals where calls of one stage come together (1: singly)."""
    burst: float = 1.0
    """By how much arrivals that are not Poisson stretch the waits, ..."""
    seldom: float = 1.0
    """... and by how much fewer wait."""
    held: bool = False
    shortest: bool = False
    instances: int = 1
    """Number of equal queues."""
    full: float = 0.0
    """Share refused because the queue is full."""
    service: Times | None = None

    @property
    def utilisation(self) -> float:
        """Share of the slots that is busy."""
        return min(1.0, self.offered * (1 - self.full) / self.servers)

    @property
    def is_overloaded(self) -> bool:
        """More is asked of it than it can do."""
        return self.offered >= self.servers

    @property
    def stuck(self) -> float:
        """Share of those let in that is never served."""
        endless = self.is_overloaded and math.isinf(self.places) and self.offered > 0
        return max(0.0, 1 - self.servers / self.offered) if endless else 0.0

    def mean_wait(self) -> float:
        """Mean wait of those let in (s), roughly: for the choice of an axis."""
        if self.offered <= 0 or self.servers >= UNLIMITED:
            return 0.0
        if self.is_overloaded:
            return self.places * self.mean_s / self.servers if math.isfinite(self.places) else 0.0
        spare = self.servers - self.offered
        waits = erlang_c(self.servers, self.offered) * self.seldom
        wait = waits * self.mean_s / spare * (1 + self.cv2) / 2 * self.burst
        return min(wait, (self.places + 1) * self.mean_s / self.servers)

    def wait(self, axis: Axis) -> Spread:
        """Distribution of the wait; nothing where it never ends."""
        if self.offered <= 0 or self.servers >= UNLIMITED:
            return at_time(axis, 0.0)
        if self.full > _NEGLIGIBLE_LOSS or (self.is_overloaded and not math.isinf(self.places)):
            return bounded_wait(axis, self.servers, self.offered, self.places, (self.mean_s, self.cv2))
        if self.is_overloaded:
            return nothing(axis)
        if self.shortest:
            waits, waiting = shortest_of_few(int(self.servers), self.offered, self.instances)
            mean = waiting / self.offered * self.mean_s * (1 + self.cv2) / 2
            return exponential_wait(axis, waits, mean)
        if self.held or self.service is None:
            waits = erlang_c(self.servers, self.offered) * self.seldom
            spare = self.servers - self.offered
            return exponential_wait(axis, waits, waits * self.mean_s / spare * (1 + self.cv2) / 2 * self.burst)
        return wait_spread(axis, self.servers, self.offered, self.service, (self.burst, self.seldom))


def happens(plan: Plan, site: int, miss: Floats) -> float:
    """Probability that a call of the site is made (and waited for) when its caller comes to it."""
    cache = int(plan.sites.cache[site])
    return float(plan.sites.chance[site]) * (1.0 if cache == NONE else float(miss[cache]))


def _on_hits(plan: Plan, site: int, miss: Floats) -> float:
    """Calls to the store on hits, which nobody waits for."""
    cache = int(plan.sites.cache[site])
    if cache == NONE or not plan.caches.constant_work[cache]:
        return 0.0
    return float(plan.sites.chance[site]) * (1.0 - float(miss[cache]))


def node_rates(network: Network, fates: list[Fate], arrivals: Floats, miss: Floats) -> tuple[Floats, Floats]:
    """Calls per second of each node as its callers count them, and attempts per second (copies, unwaited calls too)."""
    plan = network.plan
    calls, asked = np.zeros(len(network.nodes)), np.zeros(len(network.nodes))
    np.add.at(calls, network.source_root, arrivals)
    for index in range(len(network.nodes) - 1, -1, -1):
        node, fate = network.nodes[index], fates[index]
        asked[index] += calls[index] * fate.attempts * (1 + fate.copies) * fate.shared
        let_in = asked[index] * (1 - fate.barred)
        served = let_in * (1 - fate.full) * (1 - fate.stuck)
        for stage, reach in zip(node.stages, fate.reach or [1.0] * len(node.stages), strict=True):
            for child in stage.calls:
                calls[child] += served * reach * happens(plan, network.nodes[child].site, miss)
                asked[child] += served * reach * _on_hits(plan, network.nodes[child].site, miss)
        for child, place in node.detached:
            reach = fate.reach[place] if place < len(fate.reach) else fate.through
            calls[child] += served * reach * happens(plan, network.nodes[child].site, miss)
        if node.fallback != NONE:
            calls[node.fallback] += calls[index] * fate.fallback
        if node.divert != NONE:
            calls[node.divert] += let_in * fate.full
    return calls, asked


class Loads:
    """Loads of all groups, recomputed from rates; also what is refused before the queues."""

    def __init__(self, network: Network, state: Conditions) -> None:
        self._network, self._state = network, state
        plan = network.plan
        self.groups: list[Load] = []
        for g, station in enumerate(network.group_station.tolist()):
            load = Load(max(float(network.group_servers[g]), 1e-9), places(plan, station))
            load.shortest = plan.stations.routing[station] == Routing.SHORTEST and network.group_instances[g] > 1
            load.instances = max(1, round(float(network.group_instances[g])))
            self.groups.append(load)
        self._members = self._find_members()

    def _find_members(self) -> list[list[tuple[int, float]]]:
        """The nodes of each group, with the share of their calls that it gets."""
        members: list[list[tuple[int, float]]] = [[] for _ in self.groups]
        network = self._network
        for index, group in enumerate(network.node_group.tolist()):
            if group == NONE:
                continue
            hot, share = int(network.node_hot_group[index]), float(network.node_hot_share[index])
            if hot == group:
                members[group].append((index, 1.0))
            else:
                members[group].append((index, 1 - share))
                members[hot].append((index, share))
        return members

    def occupancy(self, index: int, fate: Fate) -> tuple[float, float, bool]:
        """Mean time a call of a node keeps its slots, mean of its square, and whether children are part of it."""
        plan, site = self._network.plan, self._network.nodes[index].site
        station, table = int(plan.sites.station[site]), int(plan.sites.table[site])
        group = int(self._network.node_group[index])
        factor = float(self._state.slow[station] * self._network.group_stretch[group])
        mean = float(plan.tables.mean[table]) * factor
        second = mean * mean * (1 + float(plan.tables.cv[table]) ** 2)
        held = bool(plan.stations.holds[station]) and bool(self._network.nodes[index].stages)
        if held:
            runs = 1 - float(self._state.error[station])  # after an error nothing is called
            second += runs * (2 * mean * fate.stay_s + fate.stay2)
            mean += runs * fate.stay_s
        return mean, second, held

    def update(self, asked: Floats, fates: list[Fate]) -> None:
        """Loads of the groups where the nodes are asked at these rates."""
        self._bar(asked, fates)
        for g, load in enumerate(self.groups):
            if load.servers < UNLIMITED:
                self._update_group(g, load, asked, fates)
        for index, group in enumerate(self._network.node_group.tolist()):
            if group != NONE:
                share = float(self._network.node_hot_share[index])
                usual, hot = self.groups[group], self.groups[int(self._network.node_hot_group[index])]
                fates[index].full = (1 - share) * usual.full + share * hot.full
                fates[index].stuck = (1 - share) * usual.stuck + share * hot.stuck

    def _update_group(self, g: int, load: Load, asked: Floats, fates: list[Fate]) -> None:
        network, plan = self._network, self._network.plan
        rate = busy = first = second = squared = 0.0
        weights: dict[tuple[int, float], float] = {}
        load.held = False
        for index, share in self._members[g]:
            each = asked[index] * (1 - fates[index].barred) * share / max(1.0, float(network.group_instances[g]))
            if each <= 0:
                continue
            mean, mean2, held = self.occupancy(index, fates[index])
            units = float(plan.sites.units[network.nodes[index].site])
            rate, busy, squared = rate + each, busy + each * mean * units, squared + each * mean * units * units
            first, second, load.held = first + each * mean, second + each * mean2, load.held or held
            station, table = int(network.group_station[g]), int(plan.sites.table[network.nodes[index].site])
            factor = float(self._state.slow[station] * network.group_stretch[g])
            weights[table, factor] = weights.get((table, factor), 0.0) + each
        load.offered = load.full = 0.0
        if rate <= 0:
            return
        width = squared / busy  # calls that take several slots: as if there were fewer, wider ones
        load.servers = float(network.group_servers[g]) / width
        load.offered, load.mean_s = busy / width, first / rate
        load.cv2 = max(0.0, second / rate / load.mean_s**2 - 1)
        load.batch = self._batch(g, asked, rate)
        load.full = loss_share(load.servers, load.offered, load.places / width, load.cv2)
        load.service = None if load.held else _mixture(plan, weights)

    def _batch(self, g: int, asked: Floats, rate: float) -> float:
        """Squared cv of the gaps between arrivals that come in batches (several calls of one stage to one queue)."""
        network, plan = self._network, self._network.plan
        group, total = 0.0, 0.0
        for index, share in self._members[g]:
            node = network.nodes[index]
            if node.parent == NONE or asked[index] <= 0:
                continue
            for stage in network.nodes[node.parent].stages:
                if index in stage.calls and not stage.choose:
                    mates = [c for c in stage.calls if network.node_group[c] == network.node_group[index]]
                    others = sum(float(plan.sites.chance[network.nodes[c].site]) for c in mates) - 1
                    group += asked[index] * share * max(0.0, others)
            total += asked[index] * share
        queues = max(1.0, float(network.group_instances[g]))
        return 1 + group / (rate * queues) / queues if total > 0 else 1.0

    def _bar(self, asked: Floats, fates: list[Fate]) -> None:
        """What cuts, lost stations, limits and shedding refuse of each node's attempts."""
        network, plan, state = self._network, self._network.plan, self._state
        barred = np.array([float(state.cut[n.site] > 0) for n in network.nodes])
        for station in range(len(plan.stations)):
            mine = [i for i, n in enumerate(network.nodes) if plan.sites.station[n.site] == station]
            if state.present[station] <= 0:
                barred[mine] = 1.0
            for index in mine:
                limited = self._limited(station, index, mine, asked * (1 - barred))
                barred[index] = 1 - (1 - barred[index]) * (1 - limited)
            self._shed(station, mine, asked, barred, fates)
        for index, fate in enumerate(fates):
            if plan.sites.breaker[network.nodes[index].site] > 0 and network.nodes[index].parent != NONE:
                fate.opened = self._opened(index, float(asked[index]), fate)
                barred[index] = 1 - (1 - barred[index]) * (1 - fate.opened)
            fate.barred = float(barred[index])

    def _opened(self, index: int, asked: float, fate: Fate) -> float:
        """Share of the attempts that a node's breaker refuses; its own refusals are not counted as failures."""
        plan, site = self._network.plan, self._network.nodes[index].site
        group = int(self._network.node_group[index])
        apart = plan.sites.breaker_per[site] > 0 and group != NONE
        each = asked / max(1.0, float(self._network.group_instances[group])) if apart else asked
        failed = (fate.failed - fate.opened) / (1 - fate.opened) if fate.opened < 1 else 0.0
        wanted = open_share(float(plan.sites.breaker[site]), failed, each, float(plan.sites.breaker_open_s[site]))
        return 0.5 * (fate.opened + wanted)

    def _limited(self, station: int, index: int, mine: list[int], asked: Floats) -> float:
        """Share of a node's attempts that finds its token bucket empty (a queue of ``burst`` places, one speed)."""
        network, stations = self._network, self._network.plan.stations
        passes = 1.0
        hot = network.nodes[index].hot
        hot_rate = sum(asked[i] for i in mine if network.nodes[i].hot)
        rest = sum(asked[i] for i in mine) - hot_rate
        if stations.limit_rate[station] > 0:
            even = rest / float(stations.limit_buckets[station])
            rate, burst = float(stations.limit_rate[station]), float(stations.limit_burst[station])
            passes *= 1 - loss_share(1, (even + hot_rate * hot) / rate, burst - 1, 0.0)
        if stations.partition_rate[station] > 0:
            passes *= 1 - self._partition_limited(station, hot_rate, rest, hot=hot)
        return 1 - passes

    def _partition_limited(self, station: int, hot_rate: float, rest: float, *, hot: bool) -> float:
        stations = self._network.plan.stations
        rate, count = float(stations.partition_rate[station]), int(stations.partitions[station])
        top = float(stations.hottest[station]) or 1 / count
        burst = max(1.0, rate) - 1
        on_top = loss_share(1, (rest * top + hot_rate) / rate, burst, 0.0)
        if hot or count == 1:
            return on_top
        others = loss_share(1, rest * (1 - top) / (count - 1) / rate, burst, 0.0)
        return top * on_top + (1 - top) * others

    def _shed(self, station: int, mine: list[int], asked: Floats, barred: Floats, fates: list[Fate]) -> None:
        """Refuse calls of the least important flows so far that the mean utilisation is what the rules allow."""
        plan, network = self._network.plan, self._network
        first, last = (int(x) for x in plan.stations.shed_start[station : station + 2])
        groups = np.flatnonzero(network.group_station == station)
        slots = max(float((network.group_servers[groups] * network.group_instances[groups]).sum()), 1e-9)
        busy = {}
        for index in mine:
            units = float(plan.sites.units[network.nodes[index].site])
            busy[index] = asked[index] * (1 - barred[index]) * self.occupancy(index, fates[index])[0] * units / slots
        rules = zip(plan.stations.shed_over[first:last], plan.stations.shed_priority[first:last], strict=True)
        for over, priority in sorted((float(o), int(p)) for o, p in rules):
            priorities = plan.flows.priority[plan.sites.flow[[network.nodes[i].site for i in mine]]]
            shed = [i for i, p in zip(mine, priorities, strict=True) if p >= priority]
            excess, can = sum(busy.values()) - over, sum(busy[i] for i in shed)
            if excess > 0 and can > 0:
                keep = max(0.0, 1 - excess / can)
                for index in shed:
                    busy[index] *= keep
                    barred[index] = 1 - (1 - barred[index]) * keep


def _mixture(plan: Plan, weights: dict[tuple[int, float], float]) -> Times:
    """Distribution of the service times of a queue that serves several kinds of calls."""
    if len(weights) == 1:
        (table, factor), _ = next(iter(weights.items()))
        return Times(plan.tables.quantiles[table][KNOTS] * factor, BELOW)
    rows = {key: plan.tables.quantiles[key[0]][KNOTS] * key[1] for key in weights}
    knots = np.unique(np.concatenate([_knots(row) for row in rows.values()]))
    total = sum(weights.values())
    below = sum(
        (weights[key] / total * np.interp(knots, row, BELOW, left=0.0, right=1.0) for key, row in rows.items()),
        start=np.zeros(len(knots)),
    )
    return Times(knots, below)


def _knots(row: Floats) -> Floats:
    if row[0] == row[-1]:
        return np.array([row[0] * (1 - 1e-9), row[0]])
    return np.concatenate((row[::_EVERY], row[-1:]))
