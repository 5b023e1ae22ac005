"""Making plans in Python: calls as trees of small frozen values, flattened into the Plan's arrays.

A read that a gateway sends to one of three instances of a store::

 builder = PlanBuilder()
 builder.station("gateway", slots=100)
 builder.station("db", instances=3, slots=16, routing=Routing.KEYED)
 read = Call("db", Service(0.010), timeout_s=0.2, attempts=2)
 builder.flow("read", Call("gateway", Service(0.001), stages=(Stage((read,)),)), rate_per_s=500)
 plan = builder.build()
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from atlas.physics.distribution import Shape
from atlas.sim.plan import (
    NONE,
    UNLIMITED,
    BreakerPer,
    Caches,
    Floats,
    Flows,
    Ints,
    Overflow,
    Plan,
    PlanError,
    Routing,
    Sites,
    Sources,
    Stages,
    Stations,
    Tables,
    Timeline,
)
from atlas.sim.quantile_table import CELLS, quantile_table
from atlas.sim.rate import site_rates
from atlas.sim.validation import check_table, check_tables_fit, validate


@dataclass(frozen=True, slots=True)
class Service:
    """A distribution of times: mean in seconds, coefficient of variation, shape."""

    mean_s: float
    cv: float = 1.0
    shape: Shape = "lognormal"


@dataclass(frozen=True, slots=True)
class Stage:
    """Calls side by side. ``quorum`` of them must succeed (0: all); ``choose``: exactly one happens."""

    calls: tuple[Call, ...]
    quorum: int = 0
    choose: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call site and all below it. ``station`` None is virtual: it only runs its stages.

    The fields are those of ``atlas.sim.plan.Sites``, which says what each means; ``times`` issues the call that often
    side by side; ``detached`` hands it over as a flow of that name; ``cache`` names a cache of the builder.
    """

    station: str | None = None
    service: Service | None = None
    stages: tuple[Stage, ...] = ()
    name: str = ""
    times: int = 1
    units: int = 1
    items: float = 1.0
    chance: float = 1.0
    cache: str | None = None
    coalesce: bool = False
    detached: str | None = None
    network_s: float = 0.0
    timeout_s: float = 0.0
    timeout_level: float = 0.0
    timeout_factor: float = 1.0
    attempts: int = 1
    backoff_s: float = 0.0
    jitter: bool = True
    retry_budget: float = 0.0
    hedge_s: float = 0.0
    hedge_level: float = 0.0
    hedge_budget: float = 0.0
    breaker: float = 0.0
    breaker_open_s: float = 1.0
    breaker_per: BreakerPer = BreakerPer.CALL
    fallback: Call | int = NONE
    divert: Call | None = None
    key: int = NONE


_COPIED = (
    *("units", "items", "chance", "network_s", "timeout_s", "timeout_level", "timeout_factor", "attempts"),
    *("backoff_s", "retry_budget", "hedge_s", "hedge_level", "hedge_budget", "breaker", "breaker_open_s", "key"),
)


class PlanBuilder:
    """Collects stations, caches, flows and sources by name, and builds a validated Plan."""

    def __init__(self, regions: Sequence[str] = ("home",)) -> None:
        self._regions = tuple(regions)
        self._stations: list[dict[str, Any]] = []
        self._shed: list[tuple[tuple[float, int], ...]] = []
        self._caches: list[dict[str, Any]] = []
        self._flows: list[dict[str, Any]] = []
        self._sources: list[dict[str, Any]] = []
        self._sites: list[dict[str, Any]] = []
        self._site_stages: list[list[tuple[list[int], int, bool]]] = []
        self._tables: dict[Service, int] = {}
        self._profiles: list[tuple[float, ...]] = []
        self._profile_step_s = 1.0

    def station(
        self,
        name: str,
        *,
        component: str | None = None,
        region: str | None = None,
        instances: int = 1,
        slots: int = 1,
        routing: Routing = Routing.POOLED,
        queue_max: int | None = None,
        shed: Iterable[tuple[float, int]] = (),
        **settings: Any,
    ) -> None:
        """A station; ``settings`` are the other fields of ``Stations``. The default queue has 20 places for each slot.

        ``shed`` are pairs (utilisation, priority). PlanError for a name taken, an unknown region or setting.
        """
        if any(s["name"] == name for s in self._stations):
            raise PlanError(f"stations.{name}", "there are two of this name")
        if unknown := set(settings) - set(_STATION_DEFAULTS):
            raise PlanError(f"stations.{name}.{min(unknown)}", "a station has no such setting")
        servers = slots * (instances if routing == Routing.POOLED else 1)
        places = queue_max if queue_max is not None else min(20 * servers, UNLIMITED)
        given = {"name": name, "component": component or name, "instances": instances, "slots": slots}
        given |= {"region": self._region(region, name), "routing": int(routing), "queue_max": places}
        self._stations.append(_STATION_DEFAULTS | given | settings)
        self._shed.append(tuple(shed))

    def cache(self, name: str, hit: float, fill_s: float = 0.0, *, constant_work: bool = False) -> None:
        """A cache whose misses are the calls that name it."""
        self._caches.append({"name": name, "hit": hit, "fill_s": fill_s, "constant_work": int(constant_work)})

    def flow(
        self,
        name: str,
        call: Call,
        *,
        rate_per_s: float | None = None,
        priority: int = 1,
        request: str | None = None,
        **source: Any,
    ) -> int:
        """A flow with its call tree, and a source of it where ``rate_per_s`` or ``users`` is given; its index.

        Flows that are one request type in several regions share the name of their ``request``.
        """
        if any(f["name"] == name for f in self._flows):
            raise PlanError(f"flows.{name}", "there are two of this name")
        index = len(self._flows)
        given = {"name": name, "request": request or name, "root": NONE, "priority": priority, "detached": 0}
        self._flows.append(given)
        self._flows[index]["root"] = self._site(_as_root(call), index)
        if rate_per_s is not None or "users" in source:
            self.source(name, name, rate_per_s=rate_per_s or 0.0, **source)
        return index

    def source(
        self,
        name: str,
        flow: str,
        *,
        rate_per_s: float = 0.0,
        users: int = 0,
        think: Service | None = None,
        hot: bool = False,
        profile: Sequence[float] | None = None,
        region: str | None = None,
    ) -> None:
        """Another source of a flow: open with ``rate_per_s``, or closed with ``users`` who ``think``."""
        flows = [f["name"] for f in self._flows]
        if flow not in flows:
            raise PlanError(f"sources.{name}", f"there is no flow {flow}")
        row = NONE
        if profile is not None:
            self._profiles.append(tuple(profile))
            row = len(self._profiles) - 1
        given = {"name": name, "flow": flows.index(flow), "rate_per_s": rate_per_s, "users": users, "hot": int(hot)}
        given |= {"think": self._table(think, f"sources.{name}.think"), "profile": row}
        self._sources.append(given | {"region": self._region(region, name)})

    def profile_step(self, seconds: float) -> None:
        """How long each factor of the profiles is valid."""
        self._profile_step_s = seconds

    def build(self) -> Plan:
        """The plan, validated. PlanError says what is wrong with it."""
        check_tables_fit(len(self._stations), len(self._sites), len(self._tables))
        empty = _rows(Timeline, [])
        plan = Plan(
            stations=self._build_stations(),
            sites=self._build_sites(),
            stages=self._build_stages(),
            tables=self._build_tables(),
            caches=_rows(Caches, [c | {"lookups_per_s": 0.0} for c in self._caches]),
            flows=_rows(Flows, self._flows),
            sources=_rows(Sources, self._sources),
            timeline=empty,
            regions=self._regions,
            profiles=self._build_profiles(),
            profile_step_s=float(self._profile_step_s),
            keys=max([s["key"] + 1 for s in self._sites], default=0),
        )
        validate(plan)
        _fill_lookups(plan)
        return plan

    def _region(self, region: str | None, name: str) -> int:
        if region is None:
            return 0
        if region not in self._regions:
            raise PlanError(name, f"there is no region {region}")
        return self._regions.index(region)

    def _table(self, service: Service | None, place: str) -> int:
        if service is None:
            return NONE
        check_table(place, service.mean_s, service.cv)
        return self._tables.setdefault(service, len(self._tables))

    def _site(self, call: Call, flow: int) -> int:
        """Add a call and all below it (those first); its index."""
        if call.detached is not None and not _is_root(call):
            inner = replace(call, detached=None, chance=1.0, cache=None)
            call = Call(
                None, None, (Stage((inner,)),), call.name, 1, 1, 1.0, call.chance, call.cache, False, call.detached
            )
        place = call.name or call.station or "group"
        if call.detached is not None:
            name = f"{self._flows[flow]['name']}/{call.detached}"
            request = f"{self._flows[flow]['request']}/{call.detached}"
            priority = self._flows[flow]["priority"]
            self._flows.append({"name": name, "request": request, "root": NONE, "priority": priority, "detached": 1})
            flow = len(self._flows) - 1
        stages = [
            ([i for c in s.calls for i in [self._site(c, flow)] * c.times], s.quorum, s.choose) for s in call.stages
        ]
        fallback = call.fallback if isinstance(call.fallback, int) else self._site(call.fallback, flow)
        divert = NONE if call.divert is None else self._site(call.divert, flow)
        given = {name: getattr(call, name) for name in _COPIED}
        given |= {"name": place, "flow": flow, "station": self._station_index(call.station)}
        given |= {"table": self._table(call.service, f"sites.{place}.service"), "fallback": fallback, "divert": divert}
        given |= {"cache": self._cache_index(call.cache), "coalesce": int(call.coalesce), "jitter": int(call.jitter)}
        self._sites.append(given | {"breaker_per": int(call.breaker_per)})
        self._site_stages.append(stages)
        if call.detached is not None:
            self._flows[flow]["root"] = len(self._sites) - 1
        return len(self._sites) - 1

    def _station_index(self, name: str | None) -> int:
        if name is None:
            return NONE
        for index, station in enumerate(self._stations):
            if station["name"] == name:
                return index
        raise PlanError(f"stations.{name}", "a call names it, but there is none")

    def _cache_index(self, name: str | None) -> int:
        if name is None:
            return NONE
        for index, cache in enumerate(self._caches):
            if cache["name"] == name:
                return index
        raise PlanError(f"caches.{name}", "a call names it, but there is none")

    def _build_stations(self) -> Stations:
        starts = np.cumsum([0] + [len(s) for s in self._shed]).astype(np.int64)
        rules = [rule for shed in self._shed for rule in shed]
        over = np.array([o for o, _ in rules], dtype=np.float64)
        priority = np.array([p for _, p in rules], dtype=np.int64)
        stations: Stations = _rows(Stations, self._stations, shed_start=starts, shed_over=over, shed_priority=priority)
        return stations

    def _build_sites(self) -> Sites:
        starts = np.cumsum([0] + [len(s) for s in self._site_stages]).astype(np.int64)
        sites: Sites = _rows(Sites, self._sites, stage_start=starts)
        return sites

    def _build_stages(self) -> Stages:
        stages = [stage for site in self._site_stages for stage in site]
        starts = np.cumsum([0] + [len(calls) for calls, _, _ in stages]).astype(np.int64)
        calls = np.array([c for calls, _, _ in stages for c in calls], dtype=np.int64)
        quorum = np.array([q for _, q, _ in stages], dtype=np.int64)
        return Stages(starts, calls, quorum, np.array([int(c) for _, _, c in stages], dtype=np.int64))

    def _build_tables(self) -> Tables:
        rows = [quantile_table(s.shape, s.mean_s, s.cv) for s in self._tables]
        quantiles = np.array(rows, dtype=np.float64).reshape(len(rows), CELLS)
        cvs = [0.0 if s.shape == "constant" else 1.0 if s.shape == "exponential" else s.cv for s in self._tables]
        shapes = tuple(s.shape for s in self._tables)
        return Tables(quantiles, np.array([s.mean_s for s in self._tables], dtype=np.float64), np.array(cvs), shapes)

    def _build_profiles(self) -> Floats:
        if len({len(p) for p in self._profiles}) > 1:
            raise PlanError("profiles", "all profiles need the same number of steps")
        steps = len(self._profiles[0]) if self._profiles else 1
        return np.array(self._profiles, dtype=np.float64).reshape(len(self._profiles), steps)


def _is_root(call: Call) -> bool:
    """Whether a request can begin with it: the settings of a caller need a (virtual) caller around it."""
    plain = Call(call.station, call.service, call.stages, call.name, 1, call.units, call.items, call.chance, call.cache)
    return replace(call, detached=None, key=NONE) == plain


def _as_root(call: Call) -> Call:
    return call if _is_root(call) and call.chance == 1 and call.cache is None else Call(stages=(Stage((call,)),))


_STATION_DEFAULTS: dict[str, Any] = {
    "holds": 0,
    "overflow": int(Overflow.REJECT),
    "background": 0.0,
    "error": 0.0,
    "limit_rate": 0.0,
    "limit_burst": 0.0,
    "limit_buckets": 1,
    "partitions": 0,
    "hottest": 0.0,
    "partition_rate": 0.0,
}


def _rows(kind: Any, rows: list[dict[str, Any]], **ready: Floats | Ints) -> Any:
    """A part of the plan from one dictionary for each entry."""
    columns: dict[str, Any] = {}
    for field in fields(kind):
        values = [row[field.name] for row in rows] if field.name not in ready else []
        if field.name in ready:
            columns[field.name] = ready[field.name]
        elif field.type == "Floats":
            columns[field.name] = np.array(values, dtype=np.float64)
        elif field.type == "Ints":
            columns[field.name] = np.array(values, dtype=np.int64)
        else:
            columns[field.name] = tuple(values)
    return kind(**columns)


def _fill_lookups(plan: Plan) -> None:
    """Nominal lookups per second of each cache (the rate at which its misses' callers ask it)."""
    lookups = site_rates(plan, through_caches=True)
    for site, cache in enumerate(plan.sites.cache.tolist()):
        if cache != NONE:
            plan.caches.lookups_per_s[cache] += lookups[site]
