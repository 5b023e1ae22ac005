"""The queues of the fluid engine: levels that fill and drain, by implicit steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atlas.physics.queue_curve import LOADS
from atlas.sim.conditions import Conditions
from atlas.sim.fluid_web import Curves, Web, curves_of, summed
from atlas.sim.plan import NONE, Floats, Overflow

_TINY = 1e-12
_HARDLY = 1e-4
"""Queues less busy than this are empty: what is in them says nothing of how long one waits."""


@dataclass(frozen=True, slots=True)
class Met:
    """What the calls of each node meet (over all the instances they go to)."""

    full: Floats
    """Share refused by full queues."""
    wait_s: Floats
    variance: Floats
    certain_s: Floats
    """The part of the wait that is the same for everybody: the backlog that today's load does not explain."""


class Queues:
    """Jobs inside, by member: a node in a group of equal queues (numbers are those of one queue)."""

    def __init__(self, web: Web, state: Conditions) -> None:
        self._web = web
        self.curves: Curves = curves_of(web.network, state)
        groups = len(self.curves.servers)
        self._jobs = np.zeros(len(web.member_node))
        self.waiting, self.busy = np.zeros(groups), np.zeros(groups)
        self._drains = np.zeros(groups)
        virtual = web.network.node_group == NONE
        self.usual = np.where(virtual, groups, web.network.node_group)
        """The group of each node; one beyond the last for virtual ones."""
        self._hot = np.where(virtual, groups, web.network.node_hot_group)
        self._hot_share = np.where(self.usual == self._hot, 0.0, web.network.node_hot_share)
        self._limit = self._patience()
        self._rows = np.arange(groups)

    def _patience(self) -> Floats:
        """For queues that throw stale calls away: the longest timeout of their calls (else infinite)."""
        web, plan = self._web, self._web.network.plan
        limit = np.full(len(self.curves.servers), np.inf)
        for g, station in enumerate(web.network.group_station.tolist()):
            mine = plan.sites.timeout_s[web.site[web.member_node[web.member_group == g]]]
            if plan.stations.overflow[station] == Overflow.DROP_STALE and len(mine) and (mine > 0).all():
                limit[g] = mine.max()
        return limit

    def take_over(self, before: Queues) -> None:
        """Go on with the jobs of other queues of the same plan; those at instances that are gone are lost.

        Instances that come find their queues empty: what waits stays where it is, and is spread over more in the mean.
        """
        jobs = dict(zip(before._keys(), before._jobs.tolist(), strict=True))
        had = before._web.network.group_instances[before._web.member_group]
        have = self._web.network.group_instances[self._web.member_group]
        kept = np.minimum(1.0, had / np.maximum(have, _TINY)) if len(had) == len(have) else np.ones(len(have))
        self._jobs = np.array([jobs.get(key, 0.0) for key in self._keys()]) * kept

    def _keys(self) -> list[tuple[int, bool]]:
        web = self._web
        hot = web.member_group != web.network.node_group[web.member_node]
        return list(zip(web.member_node.tolist(), hot.tolist(), strict=True))

    @property
    def used(self) -> Floats:
        """Share of the slots that is busy; 0 where there are as many as are asked for."""
        used: Floats = np.where(self.curves.endless > 0, 0.0, self.busy)
        return used

    def levels(self) -> Floats:
        """The jobs, scaled for comparison: a tenth of a server's is little, a doubling is much."""
        servers = self.curves.servers[self._web.member_group]
        scaled: Floats = np.log1p(self._jobs / (self._jobs.max(initial=0.0) * 0.02 + 0.2 * servers))
        return scaled

    def empty_in(self) -> float:
        """Seconds until the next backlog is worked off, at the pace of the last step (infinite: there is none)."""
        backlog = (self.waiting > self.curves.servers) & (self._drains > 0)
        return float((self.waiting[backlog] / self._drains[backlog]).min(initial=np.inf))

    def step(self, asked: Floats, occupied: Floats, holds: Floats, dt: float) -> tuple[Met, Floats]:
        """Let ``asked`` calls per second arrive for ``dt``, each for ``occupied`` seconds of a slot (by node).

        Returns what they meet, and the calls per second whose own service ends (or begins, where a slot is held on).
        """
        web, curves, groups = self._web, self.curves, len(self.curves.servers)
        node, group, queues = web.member_node, web.member_group, web.network.group_instances
        rate = asked[node] * web.member_share / np.maximum(queues[group], _TINY)
        inside = self._jobs + dt * rate
        total = summed(group, inside, groups) + _TINY
        mean = np.maximum(summed(group, inside * occupied[node], groups) / total, 1e-9)
        capacity = curves.servers / mean
        arriving = summed(group, rate, groups)
        jobs, busy, refused, waits = self._solve(total, dt, capacity, arriving, mean)
        left = (jobs / total)[group]
        self._jobs = inside * left
        done = np.minimum(1.0, capacity * busy / np.maximum(capacity * busy + refused * arriving, _TINY))
        ended = inside * (1 - left) * done[group] / dt
        waiting = np.maximum(0.0, jobs - np.where(curves.endless > 0, jobs, curves.servers * busy))
        begun = np.maximum(0.0, arriving * (1 - refused) - (waiting - self.waiting) / dt)
        self._drains = (self.waiting - waiting) / dt
        self.waiting, self.busy = waiting, busy
        through = np.where(holds[node], (begun / total)[group] * inside, ended)
        served = summed(node, through * queues[group], web.count)
        out = capacity * np.maximum(busy, _HARDLY)
        return self._meet(refused, out, waits, arriving / capacity), served

    def _solve(self, total: Floats, dt: float, capacity: Floats, arriving: Floats, mean: Floats) -> tuple[Floats, ...]:
        """Number inside after the step (L + dt·(served(L) + refused(L)) = what was there and came), busy share, …"""
        c, rows = self.curves, self._rows
        levels = c.inside + dt * (capacity[:, None] * c.busy + arriving[:, None] * c.refused)
        at = np.minimum(np.maximum((levels < total[:, None]).sum(axis=1), 1), len(LOADS) - 1)
        low, high = levels[rows, at - 1], levels[rows, at]
        part = np.minimum(np.maximum((total - low) / np.maximum(high - low, _TINY), 0.0), 1.0)
        before, after = c.stack[:, rows, at - 1], c.stack[:, rows, at]
        jobs, busy, refused, waits = before + part * (after - before)
        most = np.minimum(c.room, c.servers + capacity * self._limit)
        jobs = np.minimum(np.minimum(jobs, most), total)
        free = c.endless > 0
        if free.any():
            jobs = np.where(free, total / (1 + dt / mean), jobs)
            busy = np.where(free, jobs / c.servers, busy)
            refused, waits = np.where(free, 0.0, refused), np.where(free, 0.0, waits)
        return jobs, busy, refused, waits

    def _meet(self, refused: Floats, out: Floats, waits: Floats, load: Floats) -> Met:
        """Refusals and waits of the groups, as the nodes meet them."""
        at = np.searchsorted(LOADS, np.minimum(load, 0.99))
        usual = np.maximum(
            self.curves.inside[self._rows, at] - self.curves.servers * self.curves.busy[self._rows, at], 0
        )
        calm = np.minimum(self.waiting, np.where(load < 1, usual, 0.0)) / out
        excess = np.maximum(self.waiting / out - calm, 0.0)
        spread = calm**2 * (2 / np.minimum(np.maximum(waits, 1e-6), 1.0) - 1) + excess * self.curves.cv2 / out
        table = np.zeros((4, len(out) + 1))
        table[:, :-1] = refused, self.waiting / out, spread, excess
        first, second, share = table[:, self.usual], table[:, self._hot], self._hot_share
        mixed = first + share * (second - first)
        variance = mixed[2] + share * (1 - share) * (second[1] - first[1]) ** 2
        return Met(mixed[0], mixed[1], variance, np.where(share > 0, np.minimum(mixed[3], first[3]), mixed[3]))
