"""The queues of the fluid engine: levels that fill and drain, by implicit steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from atlas.physics.queue_curve import LOADS
from atlas.sim.conditions import Conditions
from atlas.sim.fluid_web import Curves, Web, curves_of, summed
from atlas.sim.plan import NONE, Floats, Ints, Overflow
from atlas.sim.side_by_side import ByGroup, ByNode, Flags, GroupState, Of, Spans, joined

_TINY = 1e-12
_HARDLY = 1e-4
"""Queues less busy than this are empty: what is in them says nothing of how long one waits."""
_POINTS = len(LOADS)


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

    _jobs: Annotated[Floats, Of("members", is_state=True)]
    waiting: GroupState
    busy: GroupState
    _drains: GroupState
    """Waiting calls fewer per second, in the last step."""
    _load: Annotated[Ints, Of("groups", is_state=True)]
    """Where on its curve each group was last: that is where it is looked for first."""
    _out: GroupState
    """Calls per second that one queue lets go."""
    _hot_share: ByNode
    _in_time: ByGroup
    """The shortest timeout of each queue's calls (or infinite)."""
    _limit: ByGroup

    def __init__(self, web: Web, state: Conditions) -> None:
        groups = len(web.group_station)
        self._jobs = np.zeros(len(web.member_node))
        self.waiting, self.busy, self._drains, self._out = np.zeros((4, groups))
        self._load = np.ones(groups, dtype=np.int64)
        self._hot_share = np.where(web.node_group == web.node_hot_group, 0.0, web.node_hot_share)
        self._prepare(web, curves_of(web.network, state))
        self._in_time, self._limit = np.full(groups, np.inf), self._patience()
        timeouts = web.network.plan.sites.timeout_s[web.site[web.member_node]]
        np.minimum.at(self._in_time, web.member_group, np.where(timeouts > 0, timeouts, np.inf))

    def _prepare(self, web: Web, curves: Curves) -> None:
        self._web, self.curves = web, curves
        groups = len(web.group_station)
        virtual = web.node_group == NONE
        self.usual = np.where(virtual, groups, web.node_group)
        """The group of each node; one beyond the last for virtual ones."""
        self._hot = np.where(virtual, groups, web.node_hot_group)
        self._rows = np.arange(groups) * _POINTS
        self._points = curves.stack.reshape(4, groups * _POINTS)
        self._endless = curves.endless > 0
        self._has_endless, self._has_hot = bool(self._endless.any()), bool(self._hot_share.any())
        self._member_queues = web.group_instances[web.member_group]
        self._member_share = web.member_share / np.maximum(self._member_queues, _TINY)
        self._member_servers = 0.2 * curves.servers[web.member_group]

    @classmethod
    def side_by_side(cls, queues: Sequence[Queues], web: Web, spans: Sequence[Spans]) -> Queues:
        """Those of several plans; ``web`` is that of all."""
        whole = joined(queues, spans)
        whole._prepare(web, joined([q.curves for q in queues], spans))
        return whole

    def _patience(self) -> Floats:
        """For queues that throw stale calls away: the longest timeout of their calls (else infinite)."""
        web, plan = self._web, self._web.network.plan
        limit = np.full(len(self.curves.servers), np.inf)
        stale = plan.stations.overflow[web.group_station] == Overflow.DROP_STALE
        for g in np.flatnonzero(stale).tolist():
            mine = plan.sites.timeout_s[web.site[web.member_node[web.member_group == g]]]
            if len(mine) and (mine > 0).all():
                limit[g] = mine.max()
        return limit

    def take_over(self, before: Queues) -> None:
        """Go on with the jobs of other queues of the same plan; those at instances that are gone are lost.

        Instances that come find their queues empty: what waits stays where it is, and is spread over more in the mean.
        """
        jobs = dict(zip(before._keys(), before._jobs.tolist(), strict=True))
        had = dict(zip(before._keys(), before._member_queues.tolist(), strict=True))
        keys, have = self._keys(), self._member_queues
        kept = np.minimum(have, np.array([had.get(key, 0.0) for key in keys])) / np.maximum(have, _TINY)
        self._jobs = np.array([jobs.get(key, 0.0) for key in keys]) * kept

    def _keys(self) -> list[tuple[int, bool]]:
        web = self._web
        hot = web.member_group != web.node_group[web.member_node]
        return list(zip(web.member_node.tolist(), hot.tolist(), strict=True))

    @property
    def used(self) -> Floats:
        """Share of the slots that is busy; 0 where there are as many as are asked for."""
        used: Floats = np.where(self._endless, 0.0, self.busy)
        return used

    def levels(self, most: Floats) -> Floats:
        """The jobs, scaled for comparison: a tenth of a server's is little, a doubling is much.

        ``most``: of each member, the most jobs that a member of its plan has.
        """
        scaled: Floats = np.log1p(self._jobs / (most * 0.02 + self._member_servers))
        return scaled

    @property
    def jobs(self) -> Floats:
        """Jobs inside, by member."""
        return self._jobs

    def turns_in(self) -> Floats:
        """Seconds until a backlog that is worked off makes calls late no more, or ends (infinite: none is), by group.

        At the pace of the last step; calls are late behind a wait of more than the shortest of their timeouts.
        """
        backlog = (self.waiting > self.curves.servers) & (self._drains > 0)
        late = self.waiting - self._in_time * self._out
        ahead = np.where(late > 0, late, self.waiting)
        left: Floats = np.where(backlog, ahead, np.inf) / np.where(backlog, self._drains, 1.0)
        return left

    def step(self, asked: Floats, occupied: Floats, holds: Flags, time: tuple[Floats, Floats]) -> tuple[Met, Floats]:
        """Let ``asked`` calls per second arrive, each for ``occupied`` seconds of a slot (by node).

        ``time``: the length of the step, by member and by group. Returns what they meet, and the calls per second
        whose own service ends (or begins, where a slot is held on).
        """
        web, curves, groups = self._web, self.curves, len(self.curves.servers)
        node, group, (each, dt) = web.member_node, web.member_group, time
        rate = asked[node] * self._member_share
        inside = self._jobs + each * rate
        total = summed(group, inside, groups) + _TINY
        mean = np.maximum(summed(group, inside * occupied[node], groups) / total, 1e-9)
        capacity = curves.servers / mean
        arriving = summed(group, rate, groups)
        jobs, busy, refused, waits = self._solve(total, dt, capacity, arriving, mean)
        stays = jobs / total
        left = stays[group]
        self._jobs = inside * left
        drained = capacity * busy
        done = np.minimum(1.0, drained / np.maximum(drained + refused * arriving, _TINY))
        ended = inside * (1 - left) * done[group] / each
        waiting = np.maximum(0.0, jobs - np.where(self._endless, jobs, curves.servers * busy))
        begun = np.maximum(0.0, arriving * (1 - refused) - (waiting - self.waiting) / dt)
        self._drains = (self.waiting - waiting) / dt
        self.waiting, self.busy = waiting, busy
        through = np.where(holds[node], (begun / total)[group] * inside, ended)
        served = summed(node, through * self._member_queues, web.count)
        self._out = capacity * np.maximum(busy, _HARDLY)
        return self._meet(refused, self._out, waits, arriving / capacity), served

    def _solve(self, total: Floats, dt: Floats, capacity: Floats, arriving: Floats, mean: Floats) -> tuple[Floats, ...]:
        """Number inside after the step (L + dt·(served(L) + refused(L)) = what was there and came), busy share, …"""
        c, drain, refuse = self.curves, dt * capacity, dt * arriving
        before, after, low, high = self._around(total, drain, refuse)
        part = np.minimum(np.maximum((total - low) / np.maximum(high - low, _TINY), 0.0), 1.0)
        jobs, busy, refused, waits = before + part * (after - before)
        most = np.minimum(c.room, c.servers + capacity * self._limit)
        jobs = np.minimum(np.minimum(jobs, most), total)
        free = self._endless
        if self._has_endless:
            jobs = np.where(free, total / (1 + dt / mean), jobs)
            busy = np.where(free, jobs / c.servers, busy)
            refused, waits = np.where(free, 0.0, refused), np.where(free, 0.0, waits)
        return jobs, busy, refused, waits

    def _around(self, total: Floats, drain: Floats, refuse: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """The points of the curves just below and above, and their levels: where they were last, or looked up."""
        at = self._rows + self._load
        before, after = self._points.take(at - 1, axis=1), self._points.take(at, axis=1)
        low, high = _level(before, drain, refuse), _level(after, drain, refuse)
        gone = ((low >= total) & (self._load > 1)) | ((high < total) & (self._load < _POINTS - 1))
        moved = np.flatnonzero(gone)
        if len(moved):
            curves = self.curves.stack.take(moved, axis=1)
            levels = _level(curves, drain[moved, None], refuse[moved, None])
            load = (levels < total[moved, None]).sum(axis=1)
            self._load[moved] = np.minimum(np.maximum(load, 1), _POINTS - 1)
            at = self._rows[moved] + self._load[moved]
            below, above = self._points.take(at - 1, axis=1), self._points.take(at, axis=1)
            before[:, moved], after[:, moved] = below, above
            some = drain[moved], refuse[moved]
            low[moved], high[moved] = _level(below, *some), _level(above, *some)
        return before, after, low, high

    def _meet(self, refused: Floats, out: Floats, waits: Floats, load: Floats) -> Met:
        """Refusals and waits of the groups, as the nodes meet them."""
        curves = self.curves
        inside, busy = self._points[:2].take(self._rows + np.searchsorted(LOADS, np.minimum(load, 0.99)), axis=1)
        queued = np.where(load < 1, np.maximum(inside - curves.servers * busy, 0.0), 0.0)
        wait = self.waiting / out
        calm = np.minimum(self.waiting, queued) / out
        excess = np.maximum(wait - calm, 0.0)
        spread = calm**2 * (2 / np.minimum(np.maximum(waits, 1e-6), 1.0) - 1) + excess * curves.cv2 / out
        table = np.zeros((4, len(out) + 1))
        table[:, :-1] = refused, wait, spread, excess
        first, share = table.take(self.usual, axis=1), self._hot_share
        if not self._has_hot:
            return Met(*first)
        second = table.take(self._hot, axis=1)
        mixed = first + share * (second - first)
        variance = mixed[2] + share * (1 - share) * (second[1] - first[1]) ** 2
        return Met(mixed[0], mixed[1], variance, np.where(share > 0, np.minimum(mixed[3], first[3]), mixed[3]))


def _level(points: Floats, drain: Floats, refuse: Floats) -> Floats:
    """What must be there at the begin of a step to be at these points of the curves at its end."""
    level: Floats = points[0] + (drain * points[1] + refuse * points[2])
    return level
