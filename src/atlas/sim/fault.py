"""Faults as a drill writes them, turned into the changes of a plan's timeline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np

from atlas.sim.plan import NONE, Change, Plan, PlanError, Sources, Timeline
from atlas.sim.validation import validate

Kind = Literal["spike", "hot_key", "slow", "capacity", "cache_loss", "error", "partition", "region_loss"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong from ``at_s`` for ``for_s`` seconds.

    ``on`` names a flow (spike, hot_key), a component, station or cache (slow, capacity, error, cache_loss), a region
    (region_loss), or for a partition two components or two regions. ``value`` is a factor (spike, slow), a rate per
    second (hot_key); the share left (capacity), lost (cache_loss) or failing (error); for region_loss the seconds
    after which its load moves to the other regions that serve the request type (closed populations stay).
    """

    kind: Kind
    at_s: float
    for_s: float
    on: str | tuple[str, str]
    value: float = 1.0


@dataclass(frozen=True, slots=True)
class _Span:
    """A value that holds for a target from ``start`` to ``stop``."""

    kind: Change
    index: int
    start: float
    stop: float
    value: float


def with_faults(plan: Plan, faults: Iterable[Fault]) -> Plan:
    """The plan with these faults on its timeline, besides what is there. PlanError for a target that is not there.

    Faults on the same target at the same time: factors and shares left multiply, error shares combine.
    """
    plan, faults = _with_hot_sources(plan, list(faults))
    spans = [span for fault in faults for span in _spans(plan, fault)]
    rows = [*_rows_of(plan.timeline), *_changes(spans)]
    rows.sort(key=lambda row: row[0])
    result = replace(plan, timeline=_timeline(rows))
    validate(result)
    return result


def _timeline(rows: list[tuple[float, int, int, float]]) -> Timeline:
    at, kind, index, value = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Timeline(
        np.array(at, dtype=np.float64),
        np.array(kind, dtype=np.int64),
        np.array(index, dtype=np.int64),
        np.array(value, dtype=np.float64),
    )


def _rows_of(timeline: Timeline) -> Iterator[tuple[float, int, int, float]]:
    columns = (timeline.at_s, timeline.kind, timeline.index, timeline.value)
    return iter(list(zip(*(c.tolist() for c in columns), strict=True)))


def _changes(spans: list[_Span]) -> Iterator[tuple[float, int, int, float]]:
    """The changes at every instant where what holds for a target changes."""
    targets: dict[tuple[Change, int], list[_Span]] = defaultdict(list)
    for span in spans:
        targets[span.kind, span.index].append(span)
    for (kind, index), held in targets.items():
        if kind == Change.FLUSH:
            yield from ((s.start, int(kind), index, s.value) for s in held)
            continue
        for instant in sorted({t for s in held for t in (s.start, s.stop)}):
            values = [s.value for s in held if s.start <= instant < s.stop]
            yield instant, int(kind), index, _together(kind, values)


def _together(kind: Change, values: list[float]) -> float:
    if kind in (Change.ERROR, Change.CUT):
        return 1.0 - float(np.prod([1.0 - v for v in values]))
    if kind == Change.RATE:
        return sum(values)
    return float(np.prod(values))


def _spans(plan: Plan, fault: Fault) -> Iterator[_Span]:
    if not (fault.at_s >= 0 and fault.for_s > 0):
        raise PlanError(f"faults.{fault.kind}", f"at {fault.at_s} s for {fault.for_s} s is no stretch of a run")
    for kind, index, start, value in _targets(plan, fault):
        yield _Span(kind, index, start, fault.at_s + fault.for_s, value)


def _targets(plan: Plan, fault: Fault) -> Iterator[tuple[Change, int, float, float]]:
    """What a fault changes: kind, index, from when, to what."""
    at, on = fault.at_s, fault.on
    if fault.kind == "partition":
        pair = on if isinstance(on, tuple) else (on, on)
        yield from ((Change.CUT, site, at, 1.0) for site in _sites_between(plan, pair))
    elif isinstance(on, tuple):
        raise PlanError(f"faults.{fault.kind}", "only a partition is between two")
    elif fault.kind in _STATION_CHANGES:
        yield from ((_STATION_CHANGES[fault.kind], k, at, fault.value) for k in _stations(plan, on))
    elif fault.kind == "cache_loss":
        yield from _cold(plan, fault, on)
    elif fault.kind == "region_loss":
        yield from _region_loss(plan, fault, on)
    else:
        hot = fault.kind == "hot_key"
        change = Change.RATE if hot else Change.LOAD
        yield from ((change, s, at, fault.value) for s in _sources(plan, on, hot=hot))


_STATION_CHANGES = {"slow": Change.SLOW, "capacity": Change.CAPACITY, "error": Change.ERROR}


def _stations(plan: Plan, name: str) -> list[int]:
    names = plan.stations
    found = [k for k in range(len(names)) if name in (names.component[k], names.name[k])]
    if not found:
        raise PlanError(f"faults.{name}", "the plan has no component or station of this name")
    return found


def _sources(plan: Plan, flow: str, *, hot: bool) -> list[int]:
    flows = _flows(plan, flow)
    sources = plan.sources
    found = [s for s in range(len(sources)) if sources.flow[s] in flows and bool(sources.hot[s]) == hot]
    if not found:
        raise PlanError(f"faults.{flow}", "the flow has no source")
    return found


def _flows(plan: Plan, name: str) -> list[int]:
    """The flow of that name, or all flows of that request type."""
    flows = plan.flows
    found = [f for f in range(len(flows)) if name in (flows.name[f], flows.request[f])]
    return found or [plan.find_flow(name)]


def _cold(plan: Plan, fault: Fault, name: str) -> Iterator[tuple[Change, int, float, float]]:
    """The cache is lost at once, and kept from refilling by losing it again every second while the fault lasts."""
    if name not in plan.caches.name:
        raise PlanError(f"faults.{name}", "the plan has no cache of this name")
    step = max(1.0, fault.for_s / 1000)
    for n in range(max(1, int(np.ceil(fault.for_s / step)))):
        yield Change.FLUSH, plan.caches.name.index(name), fault.at_s + n * step, fault.value


def _region_loss(plan: Plan, fault: Fault, name: str) -> Iterator[tuple[Change, int, float, float]]:
    if name not in plan.regions:
        raise PlanError(f"faults.{name}", "the plan has no region of this name")
    region = plan.regions.index(name)
    yield from ((Change.CAPACITY, int(k), fault.at_s, 0.0) for k in np.flatnonzero(plan.stations.region == region))
    moved = fault.at_s + fault.value
    if moved >= fault.at_s + fault.for_s:
        return
    for lost in np.flatnonzero((plan.sources.region == region) & (plan.sources.users == 0)):
        requests = np.array(plan.flows.request)[plan.sources.flow]
        same = (requests == requests[lost]) & (plan.sources.hot == plan.sources.hot[lost])
        others = np.flatnonzero(same & (plan.sources.region != region))
        rest = float(plan.sources.rate_per_s[others].sum())
        if rest <= 0:
            continue
        factor = (rest + float(plan.sources.rate_per_s[lost])) / rest
        yield Change.LOAD, int(lost), moved, 0.0
        yield from ((Change.LOAD, int(other), moved, factor) for other in others)


def _sites_between(plan: Plan, pair: tuple[str, str]) -> list[int]:
    """Sites where one of the pair (components or regions) calls the other."""
    callers = _callers(plan)
    regions = {plan.regions.index(p) for p in pair if p in plan.regions}
    found = []
    for site, caller in enumerate(callers):
        station = int(plan.sites.station[site])
        if station == NONE or caller is None:
            continue
        ends = {caller[1], int(plan.stations.region[station])}
        if (len(regions) == 2 and ends == regions) or {caller[0], plan.stations.component[station]} == set(pair):
            found.append(site)
    if not found:
        raise PlanError(f"faults.partition.{'-'.join(pair)}", "no call goes between these two")
    return found


def _callers(plan: Plan) -> list[tuple[str, int] | None]:
    """Component and region from which each site is called (the nearest station above it, else the source's region)."""
    callers: list[tuple[str, int] | None] = [None] * len(plan.sites)
    for source in range(len(plan.sources)):
        root = int(plan.flows.root[plan.sources.flow[source]])
        callers[root] = ("", int(plan.sources.region[source]))
    for site in range(len(plan.sites) - 1, -1, -1):
        station = int(plan.sites.station[site])
        here = callers[site]
        below = [c for _, calls in plan.calls_of(site) for c in calls]
        for child in below:
            callers[child] = here if station == NONE else _end(plan, station)
        for child in (int(plan.sites.fallback[site]), int(plan.sites.divert[site])):
            if child >= 0:
                callers[child] = here
    return callers


def _end(plan: Plan, station: int) -> tuple[str, int]:
    return plan.stations.component[station], int(plan.stations.region[station])


def _with_hot_sources(plan: Plan, faults: list[Fault]) -> tuple[Plan, list[Fault]]:
    """Give each flow that a hot key falls on a hot source (of rate 0, until the fault)."""
    for fault in faults:
        if fault.kind != "hot_key" or not isinstance(fault.on, str):
            continue
        flows = _flows(plan, fault.on)
        if not (np.isin(plan.sources.flow, flows) & (plan.sources.hot == 1)).any():
            plan = replace(plan, sources=_with_hot(plan.sources, flows[0], f"{fault.on}#hot"))
    return plan, faults


def _with_hot(sources: Sources, flow: int, name: str) -> Sources:
    region = int(sources.region[int(np.argmax(sources.flow == flow))])
    new = {"flow": flow, "region": region, "rate_per_s": 0.0, "users": 0, "think": NONE, "hot": 1, "profile": NONE}
    columns = {f.name: np.append(getattr(sources, f.name), new[f.name]) for f in fields(sources) if f.name != "name"}
    return Sources(name=(*sources.name, name), **columns)
