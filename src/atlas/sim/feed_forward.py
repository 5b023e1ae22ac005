"""Which plans are feed-forward queues: calls only wait for slots, and never for what happens elsewhere.

Such plans the kernel runs by recursion (``kernel_recursion.h``) instead of event by event, several times as fast; and
in all engines their stations and chances draw from random numbers of their own, so that the record is the same to the
bit however they are run (docs/decisions/0008-recursion-for-feed-forward-plans.md).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from atlas.sim.plan import NONE, Change, Overflow, Plan, Routing

MOST_SITES: Final = 256
"""Call sites at most: each has lists of its own in memory."""


def is_feed_forward(plan: Plan) -> bool:
    """Whether a plan's calls only wait in queues, one after the other, each station called from one place.

    Arrivals may change in time (profiles, spikes) and calls may happen by chance; anything that looks at the state of
    another call is not in the class: closed sources, timeouts, hedges, breakers, caches, calls side by side,
    hand-over, faults of stations, limits, shedding, routing among queues, several slots a call, slots held.
    """
    if len(plan.profiles) and not plan.profile_step_s > 0:
        return False
    if (plan.sources.users > 0).any() or (plan.sites.key != NONE).any() or not _changes_only_arrivals(plan):
        return False
    sites = _called(plan)
    if sites is None:
        return False
    stations = [k for k in plan.sites.station[sites].tolist() if k != NONE]
    return (
        len(set(stations)) == len(stations)
        and all(_is_plain_call(plan, site) for site in sites)
        and all(_is_plain_station(plan, k) for k in stations)
    )


def _changes_only_arrivals(plan: Plan) -> bool:
    return bool(np.isin(plan.timeline.kind, (Change.LOAD, Change.RATE)).all())


def _called(plan: Plan) -> list[int] | None:
    """The sites that requests reach, each called from one place alone; None if there are too many, or none."""
    found: list[int] = []
    roots = sorted(set(plan.flows.root[plan.sources.flow].tolist()))
    todo = list(roots)
    while todo and len(found) <= MOST_SITES:
        site = todo.pop()
        found.append(site)
        todo += [call for _, calls in plan.calls_of(site) for call in calls]
    return found if 0 < len(found) <= MOST_SITES and len(set(found)) == len(found) else None


def _is_plain_call(plan: Plan, site: int) -> bool:
    """Whether nothing can end a call but its service and what it calls in turn, one call after the other."""
    sites = plan.sites
    stages = [(q, calls) for q, calls in plan.calls_of(site) if calls]
    if any(len(calls) > 1 or plan.stages.choose[q] or sites.flow[calls[0]] != sites.flow[site] for q, calls in stages):
        return False
    watched = (sites.timeout_s, sites.hedge_s, sites.breaker, sites.network_s, sites.coalesce)
    if any(values[site] != 0 for values in watched) or sites.cache[site] != NONE or sites.units[site] != 1:
        return False
    if sites.station[site] == NONE:  # it must not be answered at the instant at which it is sent
        return bool(stages) and sites.chance[stages[0][1][0]] >= 1
    return not (stages and plan.stations.holds[sites.station[site]])


def _is_plain_station(plan: Plan, k: int) -> bool:
    """Whether a station is one queue, first come, first served, that lets everybody in."""
    s = plan.stations
    is_one_queue = s.routing[k] == Routing.POOLED
    has_rules = s.shed_start[k + 1] > s.shed_start[k] or s.limit_rate[k] > 0 or s.partition_rate[k] > 0
    return bool(is_one_queue and not has_rules and s.error[k] == 0 and s.overflow[k] != Overflow.DROP_STALE)
