"""What a plan must be for an engine to run it: each fault found is a PlanError that names its place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.sim.plan import ANSWER, NONE, UNLIMITED, Change, Overflow, Plan, PlanError, arrays_of
from atlas.sim.quantile_table import CELLS

MAX_STATIONS = 10_000
MAX_QUEUES = 1_000_000
MAX_SITES = 100_000
MAX_TABLES = 5_000
MAX_ATTEMPTS = 30
MAX_CALLS_OF_STAGE = 256
MAX_STAGES_OF_SITE = 10_000
MAX_SECONDS = 3.2e8
"""Ten years: longer times and runs are mistakes."""


def check_tables_fit(stations: int, sites: int, tables: int) -> None:
    """Refuse plans too large to hold, before anything large is made."""
    for name, count, most in (
        ("stations", stations, MAX_STATIONS),
        ("sites", sites, MAX_SITES),
        ("tables", tables, MAX_TABLES),
    ):
        if count > most:
            raise PlanError(name, f"{count:,} are too many: a plan has at most {most:,}; slice it or merge equal ones")


def check_table(place: str, mean_s: float, cv: float) -> None:
    """Refuse a distribution without a positive finite mean, or with a cv that is negative or above 20."""
    if not (math.isfinite(mean_s) and 1e-9 <= mean_s <= MAX_SECONDS):
        raise PlanError(place, f"a mean of {mean_s} s is not between a nanosecond and ten years")
    if not 0 <= cv <= 20:
        raise PlanError(place, f"a coefficient of variation of {cv} is not between 0 and 20")


def validate(plan: Plan) -> None:
    """Raise PlanError for the first thing wrong with a plan."""
    check_tables_fit(len(plan.stations), len(plan.sites), len(plan.tables))
    for name in ("stations", "sites", "stages", "tables", "caches", "flows", "sources", "timeline"):
        _check_arrays(name, getattr(plan, name), _OTHER_LENGTHS.get(name, {}))
    _check_starts("stations.shed_start", plan.stations.shed_start, len(plan.stations.shed_over))
    _check_starts("sites.stage_start", plan.sites.stage_start, len(plan.stages))
    _check_starts("stages.call_start", plan.stages.call_start, len(plan.stages.calls))
    _check_tables(plan)
    _check_stations(plan)
    _check_site_numbers(plan)
    _check_site_references(plan)
    _check_flows(plan)
    _check_tree(plan)
    _check_roots(plan)
    _check_stages(plan)
    _check_caches(plan)
    _check_sources(plan)
    _check_timeline(plan)


def check_duration(for_s: float, warmup_s: float) -> None:
    """Refuse runs that are empty, endless, or all warm-up."""
    if not (math.isfinite(for_s) and 0 < for_s <= MAX_SECONDS):
        raise PlanError("for_s", f"{for_s} s is not a duration between 0 and ten years")
    if not 0 <= warmup_s < for_s:
        raise PlanError("warmup_s", f"a warm-up of {warmup_s} s does not fit into a run of {for_s} s")


def _refuse(kind: str, names: tuple[str, ...], field: str, bad: NDArray[np.bool_], values: Any, reason: str) -> None:
    """PlanError for the first entry that is bad."""
    if not bad.any():
        return
    index = int(np.argmax(bad))
    raise PlanError(f"{kind}.{names[index]}.{field}", f"{values[index]} {reason}")


_OTHER_LENGTHS: dict[str, dict[str, int | None]] = {
    "stations": {"shed_start": 1, "shed_over": None, "shed_priority": None},
    "sites": {"stage_start": 1},
    "stages": {"call_start": 1, "calls": None},
}
"""Arrays that have that many more entries than their part, or any number."""


def _check_arrays(kind: str, part: Any, other: dict[str, int | None]) -> None:
    """Every array has one entry for each name, of 64 bits, and no number is infinite or missing."""
    for field, values in arrays_of(part).items():
        more = other.get(field, 0)
        if more is not None and len(values) != len(part) + more:
            raise PlanError(f"{kind}.{field}", f"has {len(values)} entries, not {len(part) + more}")
        if values.dtype not in (np.dtype(np.float64), np.dtype(np.int64)):
            raise PlanError(f"{kind}.{field}", f"holds {values.dtype}, not 64 bit numbers")
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise PlanError(f"{kind}.{field}", "holds a value that is not a finite number")


def _check_starts(place: str, starts: NDArray[np.int64], count: int) -> None:
    """Where the entries of each begin: from 0, never falling, to their number."""
    if starts[0] != 0 or starts[-1] != count or (np.diff(starts) < 0).any():
        raise PlanError(place, f"does not rise from 0 to {count}")


def _check_tables(plan: Plan) -> None:
    tables = plan.tables
    if tables.quantiles.shape != (len(tables), CELLS):
        raise PlanError("tables.quantiles", f"has shape {tables.quantiles.shape}, not ({len(tables)}, {CELLS})")
    if (tables.quantiles < 0).any() or (np.diff(tables.quantiles, axis=1) < 0).any():
        raise PlanError("tables.quantiles", "quantiles must not be negative and must not fall")


def _check_stations(plan: Plan) -> None:
    stations = plan.stations
    if int(stations.instances.sum()) > MAX_QUEUES:
        total = int(stations.instances.sum())
        raise PlanError("stations.instances", f"{total:,} instances are too many (at most {MAX_QUEUES:,}): slice it")
    for field, low, high in (
        ("instances", 1, MAX_QUEUES),
        ("slots", 1, UNLIMITED),
        ("routing", 0, 3),
        ("holds", 0, 1),
        ("queue_max", 0, UNLIMITED),
        ("overflow", 0, 4),
        ("error", 0, 1),
        ("background", 0, 1e12),
        ("limit_rate", 0, 1e15),
        ("limit_burst", 0, 1e15),
        ("limit_buckets", 1, 10_000_000),
        ("partitions", 0, 10_000_000),
        ("hottest", 0, 1),
        ("partition_rate", 0, 1e15),
        ("region", 0, len(plan.regions) - 1),
    ):
        _check_range("stations", stations.name, field, getattr(stations, field), low, high)
    servers = stations.slots.astype(np.float64) * stations.instances
    reason = "busy slots of background load leave no slot for the plan's flows"
    _refuse("stations", stations.name, "background", stations.background >= servers, stations.background, reason)
    burst = (stations.limit_rate > 0) & (stations.limit_burst < 1)
    _refuse("stations", stations.name, "limit_burst", burst, stations.limit_burst, "lets nothing through (at least 1)")
    keyed = (stations.routing != 2) & ((stations.partitions > 0) | (stations.partition_rate > 0))
    _refuse("stations", stations.name, "partitions", keyed, stations.partitions, "partitions need keyed routing")
    split = (stations.partition_rate > 0) & (stations.partitions == 0)
    _refuse("stations", stations.name, "partition_rate", split, stations.partition_rate, "a second of no partitions")
    if len(stations.shed_over) != len(stations.shed_priority) or (stations.shed_over < 0).any():
        raise PlanError("stations.shed_over", "a rule has a utilisation that is not negative, and a priority")


def _check_range(kind: str, names: tuple[str, ...], field: str, values: NDArray[Any], low: float, high: float) -> None:
    _refuse(kind, names, field, (values < low) | (values > high), values, f"is not between {low:g} and {high:g}")


def _check_site_numbers(plan: Plan) -> None:
    sites = plan.sites
    for field, low, high in (
        ("units", 1, UNLIMITED),
        ("items", 0, 1e12),
        ("chance", 0, 1),
        ("coalesce", 0, 1),
        ("network_s", 0, MAX_SECONDS),
        ("timeout_s", 0, MAX_SECONDS),
        ("timeout_level", 0, 0.9999),
        ("timeout_factor", 0, 1e6),
        ("attempts", 1, MAX_ATTEMPTS),
        ("backoff_s", 0, MAX_SECONDS),
        ("jitter", 0, 1),
        ("retry_budget", 0, 100),
        ("hedge_s", 0, MAX_SECONDS),
        ("hedge_level", 0, 0.9999),
        ("hedge_budget", 0, 1),
        ("breaker", 0, 1),
        ("breaker_open_s", 0, MAX_SECONDS),
        ("breaker_per", 0, 1),
    ):
        _check_range("sites", sites.name, field, getattr(sites, field), low, high)
    adaptive = (sites.timeout_level > 0) & (sites.timeout_s == 0)
    _refuse("sites", sites.name, "timeout_s", adaptive, sites.timeout_s, "an adaptive timeout needs a first value")
    hedged = (sites.hedge_level > 0) & (sites.hedge_s == 0)
    _refuse("sites", sites.name, "hedge_s", hedged, sites.hedge_s, "an adaptive hedge needs a first value")
    scaled = (sites.timeout_level > 0) & (sites.timeout_factor < 1e-3)
    _refuse("sites", sites.name, "timeout_factor", scaled, sites.timeout_factor, "is too small a factor")
    both = (sites.coalesce == 1) & (sites.hedge_s > 0)
    _refuse("sites", sites.name, "hedge_s", both, sites.hedge_s, "a call that joins equal ones cannot be hedged")


def _check_site_references(plan: Plan) -> None:
    sites = plan.sites
    for field, low, count in (
        ("station", NONE, len(plan.stations)),
        ("table", NONE, len(plan.tables)),
        ("flow", 0, len(plan.flows)),
        ("cache", NONE, len(plan.caches)),
        ("key", NONE, plan.keys),
        ("fallback", ANSWER, len(sites)),
        ("divert", NONE, len(sites)),
    ):
        values = getattr(sites, field)
        bad = (values < low) | (values >= count)
        _refuse("sites", sites.name, field, bad, values, f"is no index below {count}")
    virtual = sites.station == NONE
    timed = virtual != (sites.table == NONE)
    _refuse("sites", sites.name, "table", timed, sites.table, "a station needs a service time, a virtual site has none")
    for field in ("network_s", "hedge_s", "coalesce", "breaker"):
        values = getattr(sites, field)
        _refuse("sites", sites.name, field, virtual & (values != 0), values, "has no meaning without a station")
    capacity = np.where(virtual, UNLIMITED, plan.stations.slots[sites.station] if len(plan.stations) else UNLIMITED)
    pooled = plan.stations.routing[sites.station] == 0 if len(plan.stations) else virtual
    total = capacity * np.where(pooled & ~virtual, plan.stations.instances[sites.station], 1) if len(pooled) else 1
    _refuse("sites", sites.name, "units", sites.units > total, sites.units, "slots are more than the station has")


def _check_tree(plan: Plan) -> None:
    """Children come before parents, and every site has one parent or is a root."""
    parents = np.full(len(plan.sites), NONE)
    for site in range(len(plan.sites)):
        below = list({c for _, calls in plan.calls_of(site) for c in calls})
        below += [int(x) for x in (plan.sites.fallback[site], plan.sites.divert[site]) if x >= 0]
        for child in below:
            if not 0 <= child < site:
                raise PlanError(f"sites.{plan.sites.name[site]}", "calls form a cycle, or are not in order")
            if parents[child] != NONE:
                raise PlanError(f"sites.{plan.sites.name[child]}", "is called from two places; give each its own site")
            parents[child] = site
            _check_child(plan, site, child)
    for site in plan.flows.root.tolist():
        if site != NONE and parents[site] != NONE and not plan.flows.detached[plan.sites.flow[site]]:
            raise PlanError(f"sites.{plan.sites.name[site]}", "is the root of a flow and called by another site")


def _check_child(plan: Plan, site: int, child: int) -> None:
    sites, flow = plan.sites, int(plan.sites.flow[child])
    if flow == sites.flow[site]:
        return
    if not plan.flows.detached[flow] or plan.flows.root[flow] != child:
        raise PlanError(f"sites.{sites.name[child]}.flow", "only the root of a detached flow is handed over")
    if child in (sites.fallback[site], sites.divert[site]):
        raise PlanError(f"sites.{sites.name[child]}", "a fallback or diversion is waited for, it cannot be detached")


def _check_stages(plan: Plan) -> None:
    stages, sites = plan.stages, plan.sites
    for site in range(len(sites)):
        for q, calls in plan.calls_of(site):
            place = f"sites.{sites.name[site]}"
            if not calls:
                raise PlanError(place, "a stage without calls")
            if q - sites.stage_start[site] >= MAX_STAGES_OF_SITE:
                raise PlanError(place, f"more than {MAX_STAGES_OF_SITE:,} stages")
            if len(calls) > MAX_CALLS_OF_STAGE:
                raise PlanError(place, f"{len(calls)} calls side by side; above {MAX_CALLS_OF_STAGE} make them one job")
            waited = [c for c in calls if sites.flow[c] == sites.flow[site]]
            if not 0 <= stages.quorum[q] <= len(waited):
                raise PlanError(place, f"a quorum of {stages.quorum[q]} among {len(waited)} calls")
            if stages.choose[q] and abs(float(sites.chance[calls].sum()) - 1) > 1e-6:
                raise PlanError(place, f"the shares of a choice sum to {float(sites.chance[calls].sum()):g}, not 1")
            if stages.choose[q] and (sites.cache[calls] != NONE).any():
                raise PlanError(place, "a choice among calls behind a cache: put the cached call one level below")


def _check_caches(plan: Plan) -> None:
    _check_range("caches", plan.caches.name, "hit", plan.caches.hit, 0, 1)
    _check_range("caches", plan.caches.name, "fill_s", plan.caches.fill_s, 0, MAX_SECONDS)
    _check_range("caches", plan.caches.name, "lookups_per_s", plan.caches.lookups_per_s, 0, 1e15)
    _check_range("caches", plan.caches.name, "constant_work", plan.caches.constant_work, 0, 1)
    for site in np.flatnonzero(plan.sites.cache != NONE):
        station = plan.sites.station[site]
        constant = plan.caches.constant_work[plan.sites.cache[site]]
        if constant and station != NONE and plan.stations.overflow[station] == Overflow.DROP_STALE:
            reason = "a station that drops what nobody waits for would drop the cache's constant work"
            raise PlanError(f"sites.{plan.sites.name[site]}.cache", reason)


def _check_flows(plan: Plan) -> None:
    if not len(plan.flows):
        raise PlanError("flows", "a plan without a flow has nothing to run")
    _check_range("flows", plan.flows.name, "root", plan.flows.root, 0, len(plan.sites) - 1)
    _check_range("flows", plan.flows.name, "priority", plan.flows.priority, 0, 9)
    _check_range("flows", plan.flows.name, "detached", plan.flows.detached, 0, 1)


def _check_roots(plan: Plan) -> None:
    """What belongs to a caller is not on a request's root."""
    for root in plan.flows.root.tolist():
        for field, usual in _ROOT.items():
            if getattr(plan.sites, field)[root] != usual:
                reason = "belongs to the caller of a request: put a virtual site around its first call"
                raise PlanError(f"sites.{plan.sites.name[root]}.{field}", reason)
    for flow in np.flatnonzero(plan.flows.detached == 0):
        root = int(plan.flows.root[flow])
        if plan.sites.chance[root] != 1 or plan.sites.cache[root] != NONE:
            raise PlanError(f"sites.{plan.sites.name[root]}.chance", "a request that arrives happens")


_ROOT = {
    "timeout_s": 0,
    "attempts": 1,
    "hedge_s": 0,
    "breaker": 0,
    "fallback": NONE,
    "coalesce": 0,
    "network_s": 0,
}


def _check_sources(plan: Plan) -> None:
    sources = plan.sources
    if not len(sources):
        raise PlanError("sources", "nothing makes requests")
    _check_range("sources", sources.name, "flow", sources.flow, 0, len(plan.flows) - 1)
    _check_range("sources", sources.name, "rate_per_s", sources.rate_per_s, 0, 1e12)
    _check_range("sources", sources.name, "users", sources.users, 0, 10_000_000)
    _check_range("sources", sources.name, "think", sources.think, NONE, len(plan.tables) - 1)
    _check_range("sources", sources.name, "hot", sources.hot, 0, 1)
    _check_range("sources", sources.name, "region", sources.region, 0, len(plan.regions) - 1)
    _check_range("sources", sources.name, "profile", sources.profile, NONE, len(plan.profiles) - 1)
    closed = sources.users > 0
    bad = (closed & (sources.think == NONE)) | (closed & (sources.rate_per_s > 0))
    _refuse("sources", sources.name, "users", bad, sources.users, "users need a think time, and have no rate besides")
    shaped = closed & ((sources.profile != NONE) | (sources.hot == 1))
    _refuse("sources", sources.name, "profile", shaped, sources.users, "users follow no profile and have no hot key")
    idle = ~closed & (sources.rate_per_s == 0) & (sources.hot == 0)
    _refuse("sources", sources.name, "rate_per_s", idle, sources.rate_per_s, "requests per second: nothing arrives")
    handed = plan.flows.detached[sources.flow] == 1
    _refuse("sources", sources.name, "flow", handed, sources.flow, "is a flow that others hand over")
    if (plan.profiles < 0).any() or not np.isfinite(plan.profiles).all():
        raise PlanError("profiles", "a factor is negative or not finite")
    if not 1e-3 <= plan.profile_step_s <= MAX_SECONDS:
        raise PlanError("profile_step_s", f"{plan.profile_step_s} s is not between a millisecond and ten years")


_CHANGED = {
    Change.SLOW: ("stations", 0.0, 1e6),
    Change.CAPACITY: ("stations", 0.0, 100.0),
    Change.ERROR: ("stations", 0.0, 1.0),
    Change.FLUSH: ("caches", 0.0, 1.0),
    Change.LOAD: ("sources", 0.0, 1e6),
    Change.RATE: ("sources", 0.0, 1e12),
    Change.CUT: ("sites", 0.0, 1.0),
}


def _check_timeline(plan: Plan) -> None:
    timeline = plan.timeline
    if (np.diff(timeline.at_s) < 0).any() or (timeline.at_s < 0).any():
        raise PlanError("timeline.at_s", "changes must be in order of time, from 0")
    rows = zip(timeline.kind.tolist(), timeline.index.tolist(), timeline.value.tolist(), strict=True)
    for row, (kind, index, value) in enumerate(rows):
        if kind not in list(Change):
            raise PlanError(f"timeline.{row}.kind", f"{kind} is no kind of change")
        part, low, high = _CHANGED[Change(kind)]
        if not 0 <= index < len(getattr(plan, part)):
            raise PlanError(f"timeline.{row}.index", f"{index} is none of the {part}")
        if not low <= value <= high:
            raise PlanError(f"timeline.{row}.value", f"{value} is not between {low:g} and {high:g}")
        if kind == Change.CUT and plan.sites.station[index] == NONE:
            raise PlanError(f"timeline.{row}.index", "a virtual site has no link to cut")
        if kind in (Change.LOAD, Change.RATE) and plan.sources.users[index]:
            raise PlanError(f"timeline.{row}", "a closed population has no rate to change")
