"""One step of the fluid engine: everything that flows, and what it meets, as means over all requests of a moment.

A step goes round once: calls of this moment from what was served a moment ago, attempts, gates, queues (implicit, so
that any length of step is stable), waits, answers bottom up, retries. What a call learns about the calls below it is
one step old.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atlas.sim.conditions import Conditions
from atlas.sim.fluid_answer import Stages, later_than
from atlas.sim.fluid_gate import Breakers, Gates
from atlas.sim.fluid_queue import Met, Queues
from atlas.sim.fluid_web import MOST_ATTEMPTS, Web, summed, web_of
from atlas.sim.network import alive_queues
from atlas.sim.plan import NONE, UNLIMITED, Floats, Plan

_TINY = 1e-12
_LAG = 0.2
_SLOWLY = 0.3
"""Levels move the steps less than outcomes do: steps are implicit, and levels are felt through outcomes."""


@dataclass(slots=True)
class Now:
    """One moment, for the record: rates per second and mean times, by node or by station."""

    calls: Floats
    good: Floats
    degraded: Floats
    failed: Floats
    mean_s: Floats
    lost_s: Floats
    utilisation: Floats
    queued: Floats
    served: Floats
    refused: Floats
    retries: float


class Fluid:
    """The state of a run."""

    def __init__(self, plan: Plan, state: Conditions) -> None:
        self.plan, self.state = plan, state
        self.web: Web = web_of(plan, state.present)
        self.queues = Queues(self.web, state)
        self.stages = Stages(self.web)
        self.gates, self.breakers = Gates(self.web), Breakers(self.web)
        nodes = self.web.count
        self._waiting = np.zeros((nodes, MOST_ATTEMPTS - 1))
        self._tokens = np.full(nodes, 10.0)
        self._hedge_tokens = np.full(nodes, 10.0)
        self._served, self._reach = np.zeros(nodes), np.ones(len(self.web.stage_parent))
        self._through = np.ones(nodes)
        self.mean, self.variance = np.zeros(nodes), np.zeros(nodes)
        self.ok, self.good = np.ones(nodes), np.ones(nodes)
        self.lost_s = np.zeros(nodes)
        """Mean time until a call has failed, where it fails."""
        self._copies, self._shared = np.zeros(nodes), np.ones(nodes)
        self._fallen, self._diverted = np.zeros(nodes), np.zeros(nodes)
        self._chain_mean = np.zeros(nodes)
        self._stay = np.zeros(nodes)
        self._loss = np.zeros(nodes)
        self._utilisation = np.zeros(len(plan.stations))
        self._thinking = plan.sources.users.astype(np.float64)
        self._read_plan()

    def _read_plan(self) -> None:
        """What steps need of the plan, by node."""
        web, sites, stations = self.web, self.plan.sites, self.plan.stations
        site, at = web.site, sites.station[web.site]
        self._virtual, self._at = at == NONE, np.maximum(at, 0)
        has_stations = len(stations) > 0
        table = np.maximum(sites.table[site], 0)
        self._own = np.where(self._virtual, 0.0, self.plan.tables.mean[table] if len(self.plan.tables) else 0.0)
        self._own_cv2 = np.where(self._virtual, 0.0, self.plan.tables.cv[table] ** 2 if len(self.plan.tables) else 0.0)
        self._units = sites.units[site].astype(np.float64)
        self._network_s = sites.network_s[site]
        self._timeout = np.where(sites.timeout_s[site] > 0, sites.timeout_s[site], np.inf)
        self._hedge_s = np.where(sites.hedge_s[site] > 0, sites.hedge_s[site], np.inf)
        self._hedge_budget, self._budget = sites.hedge_budget[site], sites.retry_budget[site]
        self._backoff = sites.backoff_s[site][:, None] * 2.0 ** np.arange(MOST_ATTEMPTS - 1)
        self._allowed = np.arange(1, MOST_ATTEMPTS)[None, :] < web.attempts[:, None]
        staged = np.zeros(web.count, dtype=bool)
        staged[web.stage_parent] = True
        self._holds = staged & ~self._virtual & (stations.holds[self._at] == 1 if has_stations else False)
        hot = np.array([n.hot for n in web.network.nodes])
        self._coalesce = (sites.coalesce[site] == 1) & hot
        self._fallbacks = (sites.fallback[site] != NONE) & (web.is_root == 0)
        self._constant = np.zeros(web.count)
        cached = web.cache != NONE
        self._constant[cached] = self.plan.caches.constant_work[web.cache[cached]]
        self._callers = self._count_callers()

    def _count_callers(self) -> Floats:
        """From how many instances the hot calls of each node come."""
        network, callers = self.web.network, np.ones(self.web.count)
        for index, node in enumerate(network.nodes):
            group = NONE if node.parent == NONE else int(network.node_group[node.parent])
            if group != NONE and network.node_hot_share[node.parent] < 1:
                callers[index] = max(1.0, float(network.group_instances[group]))
        return callers

    def capacity_changed(self) -> None:
        """Instances have come or gone: new queues; calls that waited at lost ones have failed."""
        before = self.queues
        self.web = web_of(self.plan, self.state.present)
        self.queues = Queues(self.web, self.state)
        self.queues.take_over(before)
        self._read_plan()

    def step(self, now: float, dt: float, arrivals: Floats) -> Now:
        """Go ``dt`` seconds on with these requests per second of the open sources."""
        miss, happens = self._caches()
        calls = self._calls(dt, arrivals, happens)
        attempts, retried = self._attempts(calls, dt)
        made = attempts.sum(axis=1)
        asked = made * (1 + self._copies) * self._shared + self._unwaited(miss)
        barred = self._barred(now, asked, dt)
        met = self._queues(asked * (1 - barred), dt)
        refused = 1 - (1 - barred) * (1 - met.full)
        self._answer(now, dt, happens, (calls, attempts), (barred, met))
        self._refill(made, dt)
        return self._now(calls, asked, refused, retried)

    def _caches(self) -> tuple[Floats, Floats]:
        """Chance that a lookup misses, by node; and that a call of a stage is made, by entry."""
        web, caches = self.web, self.plan.caches
        miss = np.ones(web.count)
        cached = web.cache != NONE
        at = web.cache[cached]
        miss[cached] = 1 - caches.hit[at] * self.state.warm[at]
        return miss, (web.chance * miss)[web.entry_child]

    @property
    def depth(self) -> int:
        """Steps until what changes at a source is felt by all calls below it."""
        depths = np.ones(self.web.count, dtype=np.int64)
        for parent, child in zip(
            self.web.entry_parent[::-1].tolist(), self.web.entry_child[::-1].tolist(), strict=True
        ):
            depths[child] = max(depths[child], depths[parent] + 1)
        return int(depths.max(initial=1))

    def scale(self, factor: float) -> None:
        """Let everything that flows flow at a multiple (where all sources change alike)."""
        self._served, self._waiting = self._served * factor, self._waiting * factor
        self._fallen, self._diverted = self._fallen * factor, self._diverted * factor

    def _calls(self, dt: float, arrivals: Floats, happens: Floats) -> Floats:
        """Calls per second of each node as its callers count them."""
        web = self.web
        reach = np.where(web.entry_stage == NONE, self._through[web.entry_parent], 1.0)
        staged = web.entry_stage != NONE
        reach[staged] = self._reach[web.entry_stage[staged]]
        calls = summed(web.entry_child, self._served[web.entry_parent] * reach * happens, web.count)
        rates = self._with_closed(arrivals, dt)
        calls += summed(web.network.source_root, rates, web.count)
        for child, flow in ((web.fallback, self._fallen), (web.divert, self._diverted)):
            has = child != NONE
            calls[child[has]] += flow[has]
        return calls

    def _with_closed(self, arrivals: Floats, dt: float) -> Floats:
        """Requests per second with those of closed populations: who thinks asks after the thinking time."""
        users, think = self.plan.sources.users, self.plan.sources.think
        if not users.any():
            return arrivals
        rates = arrivals.copy()
        for s in np.flatnonzero(users):
            root = int(self.web.network.source_root[s])
            pause, away = float(self.plan.tables.mean[think[s]]), max(float(self.mean[root]), 1e-9)
            self._thinking[s] = (self._thinking[s] + dt * float(users[s]) / away) / (1 + dt / pause + dt / away)
            rates[s] = self._thinking[s] / pause
        return rates

    def _attempts(self, calls: Floats, dt: float) -> tuple[Floats, float]:
        """First attempts and retries per second, by the number of the attempt."""
        delay = self._backoff + self._loss[:, None]
        out = self._waiting / (delay + dt)
        self._waiting -= out * dt
        return np.concatenate((calls[:, None], out), axis=1), float(out.sum())

    def _unwaited(self, miss: Floats) -> Floats:
        """Calls to a store on hits of a cache with constant work."""
        web = self.web
        if not self._constant.any():
            return np.zeros(web.count)
        extra = (web.chance * (1 - miss) * self._constant)[web.entry_child]
        return summed(web.entry_child, self._served[web.entry_parent] * extra, web.count)

    def _barred(self, now: float, asked: Floats, dt: float) -> Floats:
        """Share of the attempts refused before the queue."""
        barred = np.zeros(self.web.count)
        if self.state.cut.any():
            barred = np.where(self.state.cut[self.web.site] > 0, 1.0, barred)
        if (self.state.present <= 0).any():
            barred = np.where(~self._virtual & (self.state.present[self._at] <= 0), 1.0, barred)
        if self.breakers.is_needed:
            barred = np.where(self.breakers.open_until > now, 1.0, barred)
        if self.gates.is_needed:
            barred = 1 - (1 - barred) * self.gates.passes(asked * (1 - barred), self._utilisation, dt)
        return barred

    def _queues(self, asked: Floats, dt: float) -> Met:
        """Fill and drain the queues, and learn what was served."""
        stretch = self._stretch()
        self._stay += (np.where(self._holds, self._chain_mean, 0.0) - self._stay) * dt / (dt + 0.25 * self._stay + 1e-3)
        met, served = self.queues.step(asked, self._own * stretch + self._stay, self._holds, dt)
        served = np.where(self._virtual, asked, served)
        self._served = served * (1 - self._errors())
        return met

    def _stretch(self) -> Floats:
        """By how much faults and background load stretch each node's service."""
        stretch = np.append(self.web.network.group_stretch, 1.0)[self.queues.usual]
        return stretch * (self.state.slow[self._at] if len(self.state.slow) else 1.0)

    def _errors(self) -> Floats:
        if not len(self.state.error):
            return np.zeros(self.web.count)
        return np.where(self._virtual, 0.0, self.state.error[self._at])

    def _answer(
        self, now: float, dt: float, happens: Floats, flows: tuple[Floats, Floats], gates: tuple[Floats, Met]
    ) -> None:
        """Outcomes of this moment's calls: attempts, then retries and fallbacks."""
        calls, attempts = flows
        barred, met = gates
        made = attempts.sum(axis=1)
        stages = self.stages.combine(happens, self.mean, self.variance, self.ok, self.good)
        chain, chain_variance, chain_ok, chain_good, self._reach = self.stages.chain(*stages)
        self._chain_mean, self._through = chain, chain_ok
        service = self._own * self._stretch()
        mean = met.wait_s + service + self._network_s + chain
        variance = met.variance + self._own_cv2 * service**2 + chain_variance
        late = later_than(self._timeout - met.certain_s, mean - met.certain_s, variance)
        late = self._hedge(late, (mean, variance, met.certain_s))
        refused = 1 - (1 - barred) * (1 - met.full)
        answered = (1 - refused) * (1 - late) * (1 - self._errors())
        ok, good = self._divert(answered * chain_ok, answered * chain_good, (1 - barred) * met.full, made)
        lost = self._lost_on_cuts(barred)
        patience = np.where(np.isinf(self._timeout), 0.0, self._timeout)
        failed = np.maximum(1 - ok, 0.0)
        timed_out = (1 - refused) * late + lost
        broken = np.maximum(failed - timed_out - refused + lost, 0.0)
        until = met.wait_s + service + self._network_s + self._chain_lost(happens)
        until = np.where(patience > 0, np.minimum(until, patience), until)
        self._loss = (timed_out * patience + broken * until) / np.maximum(failed, _TINY)
        spent = self._spent(mean, variance, late) * (1 - refused) + lost * patience
        if self.breakers.is_needed:
            self.breakers.feed(now, made * (now >= self.breakers.open_until), failed, dt)
        self._settle(dt, calls, attempts, (ok, good, failed, spent, variance * (1 - late)))

    def _chain_lost(self, happens: Floats) -> Floats:
        """Mean time until the stages of a node have failed, where they fail: that of the calls that did it."""
        web = self.web
        weight = happens * (1 - self.ok[web.entry_child]) * web.entry_waited
        time = summed(web.entry_parent, weight * self.lost_s[web.entry_child], web.count)
        return time / np.maximum(summed(web.entry_parent, weight, web.count), _TINY)

    def _lost_on_cuts(self, barred: Floats) -> Floats:
        """Share of the attempts that is lost on a cut link and waits for its timeout."""
        if not self.state.cut.any():
            return np.zeros(self.web.count)
        return np.where((self.state.cut[self.web.site] > 0) & np.isfinite(self._timeout), barred, 0.0)

    def _hedge(self, late: Floats, response: tuple[Floats, Floats, Floats]) -> Floats:
        """Copies sent after the hedge's time, and how many calls are late in spite of them."""
        if np.isinf(self._hedge_s).all():
            return late
        mean, variance, certain = response
        free = mean - certain
        slow = np.where(np.isinf(self._hedge_s), 0.0, later_than(self._hedge_s - certain, free, variance))
        limited = self._hedge_budget > 0
        allowed = np.where(limited, np.minimum(1.0, self._hedge_budget / np.maximum(slow, _TINY)), 1.0)
        self._copies = slow * allowed
        rest = np.where(np.isinf(self._hedge_s), np.inf, self._timeout - np.where(slow > 0, self._hedge_s, 0.0))
        other = later_than(rest - certain, free, variance)
        return np.where(slow > 0, late * (1 - allowed + allowed * other), late)

    def _divert(self, ok: Floats, good: Floats, full: Floats, calls: Floats) -> tuple[Floats, Floats]:
        has = self.web.divert != NONE
        if not has.any():
            return ok, good
        self._diverted = np.where(has, full * calls, 0.0)
        other = np.where(has, self.web.divert, 0)
        return ok + np.where(has, full * self.ok[other], 0.0), good + np.where(has, full * self.good[other], 0.0)

    def _spent(self, mean: Floats, variance: Floats, late: Floats) -> Floats:
        """Mean of the time until the answer or the timeout, for gamma times."""
        finite = np.isfinite(self._timeout)
        if not finite.any():
            return mean
        safe = np.maximum(mean, _TINY)
        scale = variance / safe
        inside = 1 - later_than(np.where(finite, self._timeout, np.inf), safe + scale, variance * (1 + scale / safe))
        return np.where(finite, np.minimum(safe * inside + np.where(finite, self._timeout, 0.0) * late, safe), mean)

    def _settle(self, dt: float, calls: Floats, attempts: Floats, outcome: tuple[Floats, ...]) -> None:
        """From attempts to calls: retries within their budget, then fallbacks."""
        ok, good, failed, spent, variance = outcome
        web = self.web
        wanted = attempts[:, :-1] * failed[:, None] * self._allowed
        allowed = self._budgeted(calls, wanted.sum(axis=1), dt)
        self._waiting += wanted * allowed[:, None] * dt
        before = np.array((self.mean, self.variance, self.ok, self.good))
        self.lost_s = self._loss * web.attempts + (self._backoff * self._allowed).sum(axis=1)
        again = failed * allowed
        powers = np.where(self._allowed, again[:, None] ** np.arange(1, MOST_ATTEMPTS), 0.0)
        tries = 1 + powers.sum(axis=1)
        pause = (powers * self._backoff).sum(axis=1)
        self.mean = spent * tries + pause
        self.variance = variance * tries + (tries - 1) * (spent + pause) ** 2
        whole, best = ok * tries, good * tries
        lost = np.maximum(1 - whole, 0.0)
        self._fallen = np.where(self._fallbacks, calls * lost, 0.0)
        if self._fallbacks.any():
            other = np.maximum(web.fallback, 0)
            rescued = np.where(web.answers > 0, 1.0, np.where(web.fallback != NONE, self.ok[other], 0.0))
            whole = whole + np.where(self._fallbacks, lost * rescued, 0.0)
            self.mean = self.mean + np.where(web.fallback != NONE, lost * self.mean[other], 0.0)
        # callers learn of it as the answers come
        now = np.array((self.mean, self.variance, np.minimum(whole, 1.0), np.minimum(best, 1.0)))
        lag = _LAG * before[0]
        self.mean, self.variance, self.ok, self.good = now + (before - now) * (lag / (lag + dt))
        if self._coalesce.any():
            self._shared = np.where(self._coalesce, 1 / (1 + calls / self._callers * spent), 1.0)

    def _budgeted(self, calls: Floats, wanted: Floats, dt: float) -> Floats:
        """Share of the wanted retries for which there are tokens."""
        limited = self._budget > 0
        if not limited.any():
            return np.ones(len(calls))
        there = np.minimum(self._tokens + calls * self._budget * dt, 100.0 + calls * self._budget * dt)
        need = wanted * dt
        share = np.where(limited & (need > there), there / np.maximum(need, _TINY), 1.0)
        self._tokens = np.where(limited, np.minimum(there - need * share, 100.0), self._tokens)
        return share

    def _refill(self, made: Floats, dt: float) -> None:
        """Misses that succeed bring back what caches have lost."""
        caches, warm, web = self.plan.caches, self.state.warm, self.web
        for k in range(len(caches)):
            if caches.fill_s[k] == 0:
                warm[k] = 1.0
            elif warm[k] < 1:
                mine = web.cache == k
                filled = float((made * self.good)[mine].sum())
                cold = max(1 - caches.hit[k] * warm[k], 1e-9)
                speed = filled / (cold * max(1.0, float(caches.lookups_per_s[k] * caches.fill_s[k]) / 3))
                warm[k] = (warm[k] + speed * dt) / (1 + speed * dt)

    def _now(self, calls: Floats, asked: Floats, refused: Floats, retries: float) -> Now:
        """The moment for the record; utilisation and queues by station."""
        network, stations = self.web.network, len(self.plan.stations)
        weight = network.group_instances
        slots = summed(network.group_station, weight * self.queues.curves.servers, stations)
        busy = summed(network.group_station, weight * self.queues.curves.servers * self.queues.busy, stations)
        gone = np.array([alive_queues(self.plan, k, float(self.state.present[k])) == 0 for k in range(stations)])
        self._utilisation = np.where(gone, 0.0, busy / np.maximum(slots, _TINY))
        at = np.where(self._virtual, stations, self._at)
        return Now(
            calls=calls,
            good=calls * self.good,
            degraded=calls * np.maximum(self.ok - self.good, 0.0),
            failed=calls * (1 - self.ok),
            mean_s=self.mean,
            lost_s=self.lost_s,
            utilisation=self._with_background(),
            queued=summed(network.group_station, weight * self.queues.waiting, stations),
            served=summed(at, asked * (1 - refused), stations + 1)[:stations],
            refused=summed(at, asked * refused, stations + 1)[:stations],
            retries=retries,
        )

    def _with_background(self) -> Floats:
        """Busy share of all slots that are there, from that of the slots which background load leaves."""
        stations = self.plan.stations
        slots = stations.slots.astype(np.float64) * stations.instances * self.state.present
        background = np.minimum(stations.background, slots)
        own = np.where(stations.slots >= UNLIMITED, 0.0, self._utilisation)
        return (own * (slots - background) + background) / np.maximum(slots, _TINY)

    def distance(self, before: Floats) -> tuple[float, Floats]:
        """How far the state has moved since ``before`` (at most 1 per step is sensible), and the state to compare."""
        levels, busy = self.queues.levels(), self.queues.used
        slow = np.concatenate((levels, busy, self._gist())) * _SLOWLY
        state = np.concatenate((slow, self.ok, self.good, self.state.warm))
        if len(before) != len(state):
            return math.inf, state
        return float(np.abs(state - before).max(initial=0.0)), state

    def _gist(self) -> Floats:
        served = self._served
        scaled: Floats = np.log1p(served / (served.max(initial=0.0) * 0.01 + _TINY)) * 0.2
        return scaled
