"""Rates of all call sites at the sources' nominal load: what each would be called without failures and retries."""

from __future__ import annotations

import numpy as np

from atlas.sim.plan import NONE, Floats, Plan


def source_rates(plan: Plan) -> Floats:
    """Requests per second of each source: of a closed one at most its population over its thinking time."""
    sources = plan.sources
    rates = sources.rate_per_s.copy()
    for index, users in enumerate(sources.users.tolist()):
        if users:
            rates[index] = users / plan.tables.mean[sources.think[index]]
    factors = plan.profiles.mean(axis=1) if len(plan.profiles) else np.ones(0)
    for index, row in enumerate(sources.profile.tolist()):
        if row != NONE:
            rates[index] *= factors[row]
    return rates


def site_rates(plan: Plan, *, through_caches: bool = False) -> Floats:
    """Calls per second of each site, top down. Fallbacks and diversions are not taken (rate 0).

    With ``through_caches`` the rate of a site behind a cache is that of the lookups, hits included; all other sites
    have their real rates either way.
    """
    rates = np.zeros(len(plan.sites))
    np.add.at(rates, plan.flows.root[plan.sources.flow], source_rates(plan))
    asked = rates.copy()
    for site in range(len(plan.sites) - 1, -1, -1):
        for _, calls in plan.calls_of(site):
            for call in calls:
                cache = plan.sites.cache[call]
                lookups = rates[site] * plan.sites.chance[call]
                miss = 1.0
                if cache != NONE and not plan.caches.constant_work[cache]:
                    miss = 1.0 - plan.caches.hit[cache]
                asked[call] += lookups
                rates[call] += lookups * miss
    return asked if through_caches else rates


def station_busy(plan: Plan) -> Floats:
    """Mean busy slots of each station by service alone (held slots and background not counted), at nominal load."""
    busy = np.zeros(len(plan.stations))
    rates = site_rates(plan)
    for site, station in enumerate(plan.sites.station.tolist()):
        if station != NONE:
            busy[station] += rates[site] * plan.tables.mean[plan.sites.table[site]] * plan.sites.units[site]
    return busy
