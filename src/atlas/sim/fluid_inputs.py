"""What the steps of the fluid engine need of a plan and of its conditions, by node: computed once, not in each step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np

from atlas.sim.conditions import Conditions
from atlas.sim.fluid_web import MOST_ATTEMPTS, Curves, Web, summed
from atlas.sim.plan import NONE, UNLIMITED, Floats, Ints, Routing
from atlas.sim.side_by_side import ByGroup, ByNode, ByStation, NodeFlags, NodeRows, Of, Spans, joined

TINY = 1e-12

BySource = Annotated[Floats, Of("sources")]


class Settings:
    """Of a plan, as long as no instances come or go."""

    virtual: NodeFlags
    at: Annotated[Ints, Of("nodes", to="stations")]
    own: ByNode
    own_cv2: ByNode
    network_s: ByNode
    timeout: ByNode
    patience: ByNode
    waits_for_ever: NodeFlags
    has_timeouts: bool
    can_be_late: NodeFlags
    """Calls of plans that have timeouts or hedges at all."""
    hedge_s: ByNode
    has_hedges: bool
    hedge_budget: ByNode
    budget: ByNode
    has_budget: NodeFlags
    is_budgeted: bool
    retries: int
    allowed: NodeRows
    backoff: NodeRows
    pauses: ByNode
    falls_back: NodeFlags
    has_fallbacks: bool
    fallback: Annotated[Ints, Of("nodes", to="nodes")]
    is_called_back: ByNode
    diverts: NodeFlags
    has_diverts: bool
    divert: Annotated[Ints, Of("nodes", to="nodes")]
    constant: ByNode
    has_constant_work: bool
    holds: NodeFlags
    has_holds: bool
    coalesce: NodeFlags
    coalesces: bool
    callers: ByNode
    voters: Annotated[Ints, Of("voters", to="nodes")]
    """Calls that a quorum is made of ..."""
    ways: Annotated[Floats, Of("voters", axis=1)]
    """... in how many ways so many of the others (rows) are there while the quorum is not, ..."""
    others: Annotated[Ints, Of("voters")]
    """... and how many others there are."""
    ends_apart: NodeFlags
    """Calls with retries that end one by one."""
    users: BySource
    think_s: BySource
    has_users: bool

    def __init__(self, web: Web) -> None:
        plan = web.network.plan
        sites, stations, site = plan.sites, plan.stations, web.site
        at = sites.station[site]
        self.virtual, self.at = at == NONE, np.maximum(at, 0)
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
        self.can_be_late = np.full(web.count, self.has_timeouts or self.has_hedges)
        self.hedge_budget, self.budget = sites.hedge_budget[site], sites.retry_budget[site]
        self.has_budget = self.budget > 0
        self.is_budgeted = bool(self.has_budget.any())
        self.retries = max(0, min(int(web.attempts.max(initial=1)), MOST_ATTEMPTS) - 1)
        powers = np.arange(self.retries)
        self.allowed = (powers[:, None] + 1 < web.attempts).astype(np.float64)
        self.backoff = sites.backoff_s[site] * 2.0 ** powers[:, None]
        self.pauses = (self.backoff * self.allowed).sum(axis=0)
        self.holds = ~self.virtual & (stations.holds[self.at] == 1 if len(stations) else False)
        self._read_ways(web)
        self._read_shapes(web)
        self._read_sources(web)
        self.prepare(web, len(stations))

    def prepare(self, web: Web, stations: int) -> None:
        """What follows from the numbers of all nodes and stations."""
        self.station = np.where(self.virtual, stations, self.at)
        """The station of each node; one beyond the last for virtual ones."""
        self.links = np.where(web.entry_stage == NONE, len(web.stage_parent) + web.entry_parent, web.entry_stage)
        """Where in (stages reached, nodes come through) each entry finds how often it is come to."""
        self.called_back, self.diverted = np.flatnonzero(web.fallback != NONE), np.flatnonzero(web.divert != NONE)

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
        self.holds = self.holds & staged
        self.has_holds = bool(self.holds.any())
        self.coalesce = (plan.sites.coalesce[site] == 1) & (web.is_hot > 0)
        self.coalesces = bool(self.coalesce.any())
        self.callers = _callers(web) if self.coalesces else np.ones(web.count)
        quorums = [s for n in web.network.nodes for s in n.stages if s.quorum]
        votes = {c: (s.quorum, len(s.calls)) for s in quorums for c in s.calls}
        self.voters = np.array(list(votes), dtype=np.int64)
        self.ends_apart = (web.attempts > 1) & ~np.isin(np.arange(web.count), self.voters)
        self.others = np.array([asked - 1 for _, asked in votes.values()], dtype=np.int64)
        widest = max((needed for needed, _ in votes.values()), default=0)
        self.ways = np.zeros((widest, len(votes)))
        for column, (needed, asked) in enumerate(votes.values()):
            self.ways[:needed, column] = [math.comb(asked - 1, k) for k in range(needed)]

    def _read_sources(self, web: Web) -> None:
        """Where requests begin: who asks again, and after how long."""
        plan = web.network.plan
        self.users = plan.sources.users.astype(np.float64)
        self.has_users = bool(self.users.any())
        think = np.maximum(plan.sources.think, 0)
        self.think_s = plan.tables.mean[think] if len(plan.tables) else np.zeros(len(think))

    def still_waited_for(self, late: Floats) -> Floats:
        """Of the voters: see ``atlas.physics.fan_out.still_waited_for``; ``late`` by node."""
        mine, there = late[self.voters], np.arange(len(self.ways))[:, None]
        absent = np.maximum(self.others - there, 0)
        share: Floats = (self.ways * (1 - mine) ** there * mine**absent).sum(axis=0)
        return share


def settings_of(settings: Sequence[Settings], web: Web, spans: Sequence[Spans]) -> Settings:
    """Those of plans side by side."""
    whole = joined(settings, spans)
    whole.prepare(web, spans[-1]["stations"].stop)
    return whole


class Weather:
    """What the conditions make of the settings; to be made again when they change."""

    service: ByNode
    """Mean service time with all that stretches it."""
    variance: ByNode
    kept: ByNode
    errs: bool
    closed: ByNode
    """1 where nothing gets through: cut off, or nothing is there."""
    is_closed: bool
    lost: ByNode
    """1 where calls on a cut link wait for their timeout."""
    loses: bool
    servers: ByGroup
    busy_share: ByStation
    """What a busy server is of its station's slots (0: nothing is there)."""
    share_left: ByStation
    share_taken: ByStation

    def __init__(self, web: Web, given: Settings, state: Conditions, curves: Curves, usual: Ints) -> None:
        plan = web.network.plan
        stations = plan.stations
        has = len(stations) > 0
        stretch = np.append(web.network.group_stretch, 1.0)[usual]
        self.service = given.own * stretch * (state.slow[given.at] if has else 1.0)
        self.variance = given.own_cv2 * self.service**2
        error = np.where(given.virtual, 0.0, state.error[given.at]) if has else np.zeros(web.count)
        self.kept = 1 - error
        self.errs = bool(error.any())
        cut = state.cut[web.site] > 0
        gone = ~given.virtual & (state.present[given.at] <= 0) if has else np.zeros(web.count, dtype=bool)
        self.closed = (cut | gone).astype(np.float64)
        self.is_closed = bool(self.closed.any())
        self.lost = (cut & ~given.waits_for_ever).astype(np.float64)
        self.loses = bool(self.lost.any())
        self.servers = web.group_instances * curves.servers
        slots = summed(web.group_station, self.servers, len(stations))
        alone = (stations.routing == Routing.POOLED) | (stations.instances == 1)
        there = np.where(alone, state.present > 0, np.ceil(state.present * stations.instances - 1e-9) > 0)
        self.busy_share = there / np.maximum(slots, TINY)
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
