"""How well a plan can be answered: its stratum, and what an engine that is not the discrete one leaves out."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import numpy as np

from atlas.sim.plan import NONE, UNLIMITED, Overflow, Plan, Routing
from atlas.sim.rate import site_rates, station_busy

Stratum = Literal["a", "b", "c", "d"]

STRATA: dict[Stratum, str] = {
    "a": "feed-forward, at least ten slots a queue, utilisation at most .85, a cv of at most 1: p99 within 1 %",
    "b": "feed-forward, fewer slots, a higher load or a cv above 1: p99 within 6 %, in rows of like queues within 15 %",
    "c": "with timeouts, retries, breakers, hedges, quorums, limits or shedding: error measured and published",
    "d": "with slots held while children run: error measured and published",
}


def stratum_of(plan: Plan) -> Stratum:
    """The stratum of a plan, by the hardest of its mechanisms that can act."""
    stations, sites = plan.stations, plan.sites
    has_stages = np.diff(sites.stage_start) > 0
    served = sites.station != NONE
    if (stations.holds[sites.station[served & has_stages]] == 1).any():
        return "d"
    reacts = (sites.timeout_s > 0) | (sites.attempts > 1) | (sites.breaker > 0) | (sites.hedge_s > 0)
    if bool(reacts.any()) or bool((plan.stages.quorum > 0).any()) or _refuses(plan):
        return "c"
    return "a" if _is_easy(plan) else "b"


def _refuses(plan: Plan) -> bool:
    s = plan.stations
    limited = (s.limit_rate > 0) | (s.partition_rate > 0) | (s.error > 0) | (s.overflow != Overflow.REJECT)
    return bool(limited.any()) or len(s.shed_over) > 0 or bool((plan.sources.users > 0).any())


def _is_easy(plan: Plan) -> bool:
    s = plan.stations
    pooled = s.routing == Routing.POOLED
    slots = s.slots.astype(np.float64)
    slots = np.where(pooled, slots * s.instances, slots)
    load = (station_busy(plan) + s.background) / (s.slots.astype(np.float64) * s.instances)
    used = plan.sites.table[plan.sites.table != NONE]
    return bool((slots >= 10).all() and (load <= 0.85).all() and (plan.tables.cv[used] <= 1).all())


def steady_leaves_out(plan: Plan, at_s: float | None) -> tuple[str, ...]:
    """What a steady state cannot say of this plan, in words."""
    stations, sites = plan.stations, plan.sites
    found = {
        "the timeline: this is the steady state before its first change": at_s is None and len(plan.timeline) > 0,
        "how caches refill: they are taken as warm": bool((plan.caches.fill_s > 0).any()),
        "profiles: rates are the means of their factors": len(plan.profiles) > 0,
        "when breakers open: only for how much of the time they do, if failures are independent": bool(
            (sites.breaker > 0).any()
        ),
        "which calls a full queue drops: the oldest are counted as the newest": bool(
            (stations.overflow == Overflow.DROP_OLDEST).any()
        ),
        "unwaited work thrown away in queues": bool((stations.overflow == Overflow.DROP_STALE).any()),
        "shedding of single calls in bursts: only the mean utilisation is held": len(stations.shed_over) > 0,
        "uneven numbers of partitions on instances other than the hottest": bool((stations.partitions > 0).any()),
        "that a closed population asks less while more of it waits: its arrivals are taken as Poisson": bool(
            (plan.sources.users > 0).any()
        ),
    }
    return tuple(text for text, holds in (found | _in_the_mean(plan)).items() if holds)


def fluid_leaves_out(plan: Plan) -> tuple[str, ...]:
    """What the fluid engine does not do of this plan, in words."""
    stations, sites = plan.stations, plan.sites
    found = {
        "attempts beyond the eighth": bool((sites.attempts > 8).any()),
        "breakers for single instances: one is kept for the call": bool((sites.breaker_per > 0).any()),
        "timeouts and hedges that follow observed latencies: their first values are kept": bool(
            ((sites.timeout_level > 0) | (sites.hedge_level > 0)).any()
        ),
        "which calls a full queue drops: the oldest are counted as the newest": bool(
            (stations.overflow == Overflow.DROP_OLDEST).any()
        ),
        "uneven numbers of partitions on instances other than the hottest": bool((stations.partitions > 0).any()),
        "shedding of single calls in bursts: only the mean utilisation is held": len(stations.shed_over) > 0,
        "the second of burst that a partition's limit lets through": bool((stations.partition_rate > 0).any()),
        "refusals by a limit that single bursts exhaust: only mean rates are compared": bool(
            (stations.limit_rate > 0).any()
        ),
    }
    return tuple(text for text, holds in (found | _in_the_mean(plan)).items() if holds)


def _in_the_mean(plan: Plan) -> dict[str, bool]:
    """What both engines that know only means leave out."""
    sites, tries = plan.sites, (plan.sites.attempts > 1) | (plan.sites.hedge_s > 0)
    places = np.where(plan.stations.queue_max < UNLIMITED, np.arange(len(plan.stations)), NONE)
    batches = late = False
    for q, (first, last) in enumerate(pairwise(plan.stages.call_start.tolist())):
        calls = plan.stages.calls[first:last]
        at = sites.station[calls]
        bounded = places[at[at != NONE]] if len(places) else at[:0]
        bounded = bounded[bounded != NONE]
        batches |= not plan.stages.choose[q] and len(np.unique(bounded)) < len(bounded)
        late |= bool(plan.stages.quorum[q]) and bool(tries[calls].any())
    return {
        "refusals of calls that come together: full queues refuse as if calls came one by one": batches,
        "which retries and copies a quorum still waits for: calls are taken as independent of each other": late,
    }


def nominal_rates(plan: Plan) -> dict[str, float]:
    """Requests per second of each flow at nominal load."""
    rates = site_rates(plan)
    return {name: float(rates[root]) for name, root in zip(plan.flows.name, plan.flows.root.tolist(), strict=True)}
