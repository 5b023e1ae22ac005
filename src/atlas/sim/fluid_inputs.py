"""What the steps of the fluid engine need of a plan and of its conditions, by node: computed once, not in each step."""

from __future__ import annotations

import numpy as np

from atlas.sim.conditions import Conditions
from atlas.sim.fluid_web import MOST_ATTEMPTS, Curves, Web, summed
from atlas.sim.network import alive_queues
from atlas.sim.plan import NONE, UNLIMITED, Floats

TINY = 1e-12


class Settings:
    """Of a plan, as long as no instances come or go."""

    def __init__(self, web: Web) -> None:
        plan = web.network.plan
        sites, stations, site = plan.sites, plan.stations, web.site
        at = sites.station[site]
        self.virtual, self.at = at == NONE, np.maximum(at, 0)
        self.station = np.where(self.virtual, len(stations), self.at)
        """The station of each node; one beyond the last for virtual ones."""
        table = np.maximum(sites.table[site], 0)
        self.own = np.where(self.virtual, 0.0, plan.tables.mean[table] if len(plan.tables) else 0.0)
        self.own_cv2 = np.where(self.virtual, 0.0, plan.tables.cv[table] ** 2 if len(plan.tables) else 0.0)
        self.network_s = sites.network_s[site].astype(np.float64)
        waited = sites.timeout_s[site] > 0
        self.timeout = np.where(waited, sites.timeout_s[site], np.inf)
        self.patience = np.where(waited, sites.timeout_s[site], 0.0)
        self.waits_for_ever = ~waited
        self.has_timeouts = bool(waited.any())
        self.hedge_s = np.where(sites.hedge_s[site] > 0, sites.hedge_s[site], np.inf)
        self.has_hedges = bool(np.isfinite(self.hedge_s).any())
        self.hedge_budget, self.budget = sites.hedge_budget[site], sites.retry_budget[site]
        self.has_budget = self.budget > 0
        self.is_budgeted = bool(self.has_budget.any())
        self.retries = max(0, min(int(web.attempts.max(initial=1)), MOST_ATTEMPTS) - 1)
        powers = np.arange(self.retries)
        self.allowed = (np.arange(1, self.retries + 1)[None, :] < web.attempts[:, None]).astype(np.float64)
        self.backoff = sites.backoff_s[site][:, None] * 2.0**powers
        self.pauses = (self.backoff * self.allowed).sum(axis=1)
        self._read_ways(web)
        self._read_shapes(web)

    def _read_ways(self, web: Web) -> None:
        """What is called instead, and what is called besides."""
        sites, caches, site = web.network.plan.sites, web.network.plan.caches, web.site
        self.falls_back = (sites.fallback[site] != NONE) & (web.is_root == 0)
        self.has_fallbacks = bool(self.falls_back.any())
        self.fallback = np.maximum(web.fallback, 0)
        self.is_called_back = (web.fallback != NONE).astype(np.float64)
        self.diverts = web.divert != NONE
        self.has_diverts = bool(self.diverts.any())
        self.divert = np.maximum(web.divert, 0)
        cached = web.cache != NONE
        self.constant = np.zeros(web.count)
        self.constant[cached] = caches.constant_work[web.cache[cached]]
        self.has_constant_work = bool(self.constant.any())

    def _read_shapes(self, web: Web) -> None:
        """Slots held, calls shared, quorums."""
        plan, site = web.network.plan, web.site
        staged = np.zeros(web.count, dtype=bool)
        staged[web.stage_parent] = True
        stations = plan.stations
        self.holds = staged & ~self.virtual & (stations.holds[self.at] == 1 if len(stations) else False)
        self.has_holds = bool(self.holds.any())
        hot = np.array([n.hot for n in web.network.nodes])
        self.coalesce = (plan.sites.coalesce[site] == 1) & hot
        self.coalesces = bool(self.coalesce.any())
        self.callers = _callers(web) if self.coalesces else np.ones(web.count)
        quorums = [s for n in web.network.nodes for s in n.stages if s.quorum]
        self.quorums = {c: (s.quorum, len(s.calls)) for s in quorums for c in s.calls}
        """Of calls that a quorum is made of: how many must succeed, of how many."""
        self.ends_apart = (web.attempts > 1) & ~np.isin(np.arange(web.count), list(self.quorums))
        """Calls with retries that end one by one."""
        self.links = np.where(web.entry_stage == NONE, len(web.stage_parent) + web.entry_parent, web.entry_stage)
        """Where in (stages reached, nodes come through) each entry finds how often it is come to."""


class Weather:
    """What the conditions make of the settings; to be made again when they change."""

    def __init__(self, web: Web, given: Settings, state: Conditions, curves: Curves, usual: Floats) -> None:
        plan = web.network.plan
        stations = plan.stations
        has = len(stations) > 0
        stretch = np.append(web.network.group_stretch, 1.0)[usual]
        self.service = given.own * stretch * (state.slow[given.at] if has else 1.0)
        """Mean service time with all that stretches it."""
        self.variance = given.own_cv2 * self.service**2
        error = np.where(given.virtual, 0.0, state.error[given.at]) if has else np.zeros(web.count)
        self.kept = 1 - error
        self.errs = bool(error.any())
        cut = state.cut[web.site] > 0
        gone = ~given.virtual & (state.present[given.at] <= 0) if has else np.zeros(web.count, dtype=bool)
        self.closed = (cut | gone).astype(np.float64)
        """1 where nothing gets through: cut off, or nothing is there."""
        self.is_closed = bool(self.closed.any())
        self.lost = (cut & ~given.waits_for_ever).astype(np.float64)
        """1 where calls on a cut link wait for their timeout."""
        self.loses = bool(self.lost.any())
        count, group = len(stations), web.network.group_station
        servers = web.network.group_instances * curves.servers
        slots = summed(group, servers, count)
        there = np.array([float(alive_queues(plan, k, float(state.present[k])) > 0) for k in range(count)])
        self.busy_of = servers, there / np.maximum(slots, TINY)
        whole = stations.slots.astype(np.float64) * stations.instances * state.present
        background = np.minimum(stations.background, whole)
        counted = np.where(stations.slots >= UNLIMITED, 0.0, 1.0)
        self.share_left = counted * (whole - background) / np.maximum(whole, TINY)
        self.share_taken = background / np.maximum(whole, TINY)


def _callers(web: Web) -> Floats:
    """From how many instances the hot calls of each node come."""
    network, callers = web.network, np.ones(web.count)
    for index, node in enumerate(network.nodes):
        group = NONE if node.parent == NONE else int(network.node_group[node.parent])
        if group != NONE and network.node_hot_share[node.parent] < 1:
            callers[index] = max(1.0, float(network.group_instances[group]))
    return callers
