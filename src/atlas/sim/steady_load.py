"""Loads of a network's queues in the steady state: rates top down, then waits and refusals of each queue."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from atlas.physics.breaker import open_share
from atlas.physics.erlang import erlang_c
from atlas.physics.lattice import Floats
from atlas.physics.waiting import loss_share
from atlas.sim.conditions import Conditions
from atlas.sim.network import Network, places
from atlas.sim.plan import NONE, UNLIMITED, Plan, Routing
from atlas.sim.steady_fate import Fates


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
    service: dict[tuple[int, float], float] = field(default_factory=dict)
    """Calls per second by their table of service times and the factor on it."""

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


def node_rates(network: Network, fates: Fates, arrivals: Floats, miss: Floats) -> tuple[Floats, Floats]:
    """Calls per second of each node as its callers count them, and attempts per second (copies, unwaited calls too)."""
    plan = network.plan
    calls, asked = np.zeros(len(network.nodes)), np.zeros(len(network.nodes))
    np.add.at(calls, network.source_root, arrivals)
    made = fates.attempts * (1 + fates.copies) * fates.shared
    lets, serves = 1 - fates.barred, (1 - fates.full) * (1 - fates.stuck)
    for index in range(len(network.nodes) - 1, -1, -1):
        node = network.nodes[index]
        asked[index] += calls[index] * made[index]
        let_in = asked[index] * lets[index]
        served = let_in * serves[index]
        for place, stage in enumerate(node.stages):
            comes = served * fates.reach[index, place]
            for child in stage.calls:
                calls[child] += comes * happens(plan, network.nodes[child].site, miss)
                asked[child] += comes * _on_hits(plan, network.nodes[child].site, miss)
        for child, place in node.detached:
            calls[child] += served * fates.reach[index, place] * happens(plan, network.nodes[child].site, miss)
        if node.fallback != NONE:
            calls[node.fallback] += calls[index] * fates.fallback[index]
        if node.divert != NONE:
            calls[node.divert] += let_in * fates.full[index]
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
        self._cut = (state.cut[[n.site for n in network.nodes]] > 0).astype(np.float64)
        self._refusing = self._find_refusing()
        self._keep_services()

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

    def _keep_services(self) -> None:
        """What a call of each node keeps its slots for without its stages, and whether these are part of it."""
        network, plan = self._network, self._network.plan
        site = np.array([n.site for n in network.nodes])
        station, table = plan.sites.station[site], plan.sites.table[site]
        served = station != NONE
        held = served & np.array([bool(n.stages) for n in network.nodes])
        held[served] &= plan.stations.holds[station[served]] == 1
        self._factor, self._mean, self._cv = np.ones(len(site)), np.zeros(len(site)), np.zeros(len(site))
        self._factor[served] = self._state.slow[station[served]] * network.group_stretch[network.node_group[served]]
        self._mean[served] = plan.tables.mean[table[served]] * self._factor[served]
        self._cv[served] = plan.tables.cv[table[served]]
        self._units = plan.sites.units[site].astype(np.float64)
        # after an error nothing is called
        self._runs = np.zeros(len(site))
        self._runs[held] = 1 - self._state.error[station[held]]
        self._held, self._table = held.tolist(), table.tolist()
        self._mates = [self._others(index) for index in range(len(site))]

    def _others(self, index: int) -> float:
        """Further calls that come to the same queue together with one of a node (all calls of a stage)."""
        network, node = self._network, self._network.nodes[index]
        if node.parent == NONE:
            return 0.0
        others = 0.0
        for stage in network.nodes[node.parent].stages:
            if index in stage.calls and not stage.choose:
                mates = [c for c in stage.calls if network.node_group[c] == network.node_group[index]]
                together = sum(float(network.plan.sites.chance[network.nodes[c].site]) for c in mates)
                others += max(0.0, together - 1)
        return others

    def occupancy(self, fates: Fates) -> tuple[Floats, Floats]:
        """Mean time a call of each node keeps its slots, and mean of its square."""
        second = self._mean**2 * (1 + self._cv**2) + self._runs * (2 * self._mean * fates.stay_s + fates.stay2)
        return self._mean + self._runs * fates.stay_s, second

    def update(self, asked: Floats, fates: Fates) -> None:
        """Loads of the groups where the nodes are asked at these rates."""
        network = self._network
        self._bar(asked, fates)
        mean, second = (x.tolist() for x in self.occupancy(fates))
        let_in = (asked * (1 - fates.barred)).tolist()
        for g, load in enumerate(self.groups):
            if load.servers < UNLIMITED:
                self._update_group(g, load, let_in, (mean, second))
                load.batch = self._batch(g, asked)
        served = network.node_group != NONE
        usual, hot, share = network.node_group[served], network.node_hot_group[served], network.node_hot_share[served]
        full, stuck = np.array([g.full for g in self.groups]), np.array([g.stuck for g in self.groups])
        fates.full[served] = (1 - share) * full[usual] + share * full[hot]
        fates.stuck[served] = (1 - share) * stuck[usual] + share * stuck[hot]

    def _update_group(self, g: int, load: Load, let_in: list[float], occupied: tuple[list[float], list[float]]) -> None:
        rate = busy = first = second = squared = 0.0
        weights: dict[tuple[int, float], float] = {}
        load.held = False
        for index, share in self._members[g]:
            each = let_in[index] * share / max(1.0, float(self._network.group_instances[g]))
            if each <= 0:
                continue
            mean, mean2, units = occupied[0][index], occupied[1][index], float(self._units[index])
            rate, busy, squared = rate + each, busy + each * mean * units, squared + each * mean * units * units
            first, second, load.held = first + each * mean, second + each * mean2, load.held or self._held[index]
            kind = self._table[index], float(self._factor[index])
            weights[kind] = weights.get(kind, 0.0) + each
        load.offered, load.full, load.service = 0.0, 0.0, weights
        if rate <= 0:
            return
        width = squared / busy  # calls that take several slots: as if there were fewer, wider ones
        load.servers = float(self._network.group_servers[g]) / width
        load.offered, load.mean_s = busy / width, first / rate
        load.cv2 = max(0.0, second / rate / load.mean_s**2 - 1)
        load.full = loss_share(load.servers, load.offered, load.places / width, load.cv2)

    def _batch(self, g: int, asked: Floats) -> float:
        """Squared cv of the gaps between arrivals that come in batches (several calls of one stage to one queue)."""
        rate = sum(self.groups[g].service.values())
        together = sum(float(asked[index]) * share * self._mates[index] for index, share in self._members[g])
        queues = max(1.0, float(self._network.group_instances[g]))
        return 1 + together / (rate * queues) / queues if together > 0 and rate > 0 else 1.0

    def _bar(self, asked: Floats, fates: Fates) -> None:
        """What cuts, lost stations, limits and shedding refuse of each node's attempts."""
        network, plan, state = self._network, self._network.plan, self._state
        barred = self._cut.copy()
        for station, mine in self._refusing.items():
            if state.present[station] <= 0:
                barred[mine] = 1.0
            for index in mine:
                limited = self._limited(station, index, mine, asked * (1 - barred))
                barred[index] = 1 - (1 - barred[index]) * (1 - limited)
            self._shed(station, mine, asked, barred, fates)
        for index, node in enumerate(network.nodes):
            if plan.sites.breaker[node.site] > 0 and node.parent != NONE:
                fates.opened[index] = self._opened(index, float(asked[index]), fates)
                barred[index] = 1 - (1 - barred[index]) * (1 - fates.opened[index])
        fates.barred[:] = barred

    def _find_refusing(self) -> dict[int, list[int]]:
        """The stations that refuse calls before the queue, with their nodes."""
        stations, sites = self._network.plan.stations, self._network.plan.sites
        limits = (stations.limit_rate > 0) | (stations.partition_rate > 0) | (self._state.present <= 0)
        refuses = np.flatnonzero(limits | (np.diff(stations.shed_start) > 0)).tolist()
        return {k: [i for i, n in enumerate(self._network.nodes) if sites.station[n.site] == k] for k in refuses}

    def _opened(self, index: int, asked: float, fates: Fates) -> float:
        """Share of the attempts that a node's breaker refuses; its own refusals are not counted as failures."""
        plan, site = self._network.plan, self._network.nodes[index].site
        group = int(self._network.node_group[index])
        apart = plan.sites.breaker_per[site] > 0 and group != NONE
        each = asked / max(1.0, float(self._network.group_instances[group])) if apart else asked
        opened = float(fates.opened[index])
        failed = (float(fates.failed[index]) - opened) / (1 - opened) if opened < 1 else 0.0
        wanted = open_share(float(plan.sites.breaker[site]), failed, each, float(plan.sites.breaker_open_s[site]))
        return 0.5 * (opened + wanted)

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

    def _shed(self, station: int, mine: list[int], asked: Floats, barred: Floats, fates: Fates) -> None:
        """Refuse calls of the least important flows so far that the mean utilisation is what the rules allow."""
        plan, network = self._network.plan, self._network
        first, last = (int(x) for x in plan.stations.shed_start[station : station + 2])
        groups = np.flatnonzero(network.group_station == station)
        slots = max(float((network.group_servers[groups] * network.group_instances[groups]).sum()), 1e-9)
        used = asked * (1 - barred) * self.occupancy(fates)[0] * self._units / slots
        busy = {index: float(used[index]) for index in mine}
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
