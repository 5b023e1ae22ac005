"""Faults of a document's drill, turned into faults of a compiled plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from atlas.compile.call import all_calls
from atlas.compile.conditions import Conditions
from atlas.compile.plan import Compiled
from atlas.model.failure import Drill, Failure, Fault
from atlas.model.system import System
from atlas.sim import Fault as PlanFault
from atlas.sim import PlanError, Routing

DEFAULT_RTO_S = 60.0
"""After which a lost region's load has moved, where neither failure nor document says: a planning value."""
SETTLE_S = 20.0
"""A run goes on for at least this long after its faults."""
MARGIN = 1.2
"""A run is longer than the slowest recovery that is expected, times this."""


@dataclass(frozen=True, slots=True)
class Window:
    """When the faults of a drill begin and end, and how long its run takes (seconds).

    ``end_s`` is that of the run where a fault stays.
    """

    start_s: float
    end_s: float
    for_s: float
    stays: bool


def window_of(drill: Drill) -> Window:
    """The times of a drill: long enough after the faults to see the recovery that is expected."""
    start = min(f.at.mid for f in drill.fault)
    ends = [f.at.mid + f.for_.mid for f in drill.fault if f.for_ is not None]
    lasting = [f for f in drill.fault if f.for_ is None]
    bounds = [e.recover.bound.mid for e in drill.expect if e.recover is not None]
    faults_end = max([*ends, *(f.at.mid for f in lasting)])
    for_s = faults_end + max(SETTLE_S, *(MARGIN * b + 5.0 for b in bounds or [0.0]))
    if lasting and not bounds:
        for_s = max(for_s, start + 60.0)
    return Window(start, for_s if lasting else faults_end, for_s, bool(lasting))


def conditions_of(system: System, failure: Failure, given: Conditions) -> Conditions:
    """What a drill needs of the plan: regions told apart, the key that its hot requests share."""
    assert failure.drill is not None  # noqa: S101 - only failures with a drill are compiled
    regions = set(system.document.regions.names) if system.document.regions else set()
    by_region = given.by_region or any(f.kind == "region_loss" or _ends(f) <= regions for f in failure.drill.fault)
    hot = next((f for f in failure.drill.fault if f.kind == "hot_key"), None)
    key = hot_key_of(system, hot, failure.drill) if hot else ""
    return replace(given, by_region=by_region, hot_key=key)


def focus_of(system: System, failure: Failure) -> tuple[str, ...]:
    """The flows that a drill is about: those it faults or expects something of, and all that call what it faults.

    Empty (all of them) where a region is lost.
    """
    assert failure.drill is not None  # noqa: S101 - only failures with a drill are compiled
    if any(f.kind == "region_loss" for f in failure.drill.fault):
        return ()
    faulted = {end.strip() for f in failure.drill.fault for end in f.on.split("->")}
    named = {e.flow for e in failure.drill.expect} | faulted
    flows = system.document.flows
    return tuple(n for n, f in flows.items() if n in named or any(c.target in faulted for c in all_calls(f.steps)))


def hot_key_of(system: System, fault: Fault, drill: Drill) -> str:
    """What the hot requests of a flow have in common: as the fault says.

    Where it does not: the key of its calls to the components that the counterfactual changes, else the key that most
    of its calls have. PlanError for a key that no call of the flow routes by.
    """
    if fault.on not in system.document.flows:
        raise PlanError(f"faults.{fault.on}", "the document has no flow of this name")
    calls = all_calls(system.document.flows[fault.on].steps)
    keys = [c.key for c in calls if c.key]
    if fault.key is not None:
        if fault.key not in keys:
            known = ", ".join(dict.fromkeys(keys)) or "none"
            raise PlanError(
                f"faults.{fault.on}.key", f"no call of the flow has the key {fault.key!r}; there are {known}"
            )
        return fault.key
    changed = {path.split(".")[1] for path in drill.without if path.startswith("components.")}
    keys = [c.key for c in calls if c.target in changed and c.key] or keys
    return max(dict.fromkeys(keys), key=keys.count) if keys else ""


def plan_faults(compiled: Compiled, failure: Failure, window: Window) -> list[PlanFault]:
    """The faults of a drill on a plan. PlanError where one is on something that the plan does not have."""
    assert failure.drill is not None  # noqa: S101 - only failures with a drill are compiled
    return [found for fault in failure.drill.fault for found in _translate(compiled, failure, fault, window)]


def _translate(compiled: Compiled, failure: Failure, fault: Fault, window: Window) -> Iterator[PlanFault]:
    at = fault.at.mid
    lasts = fault.for_.mid if fault.for_ is not None else window.for_s - at + 1.0
    value = next((q.mid for q in (fault.factor, fault.share, fault.rate) if q is not None), 1.0)
    if fault.kind == "region_loss":
        yield from _region_loss(compiled, failure, fault.on, at, lasts)
    elif fault.kind == "cache_loss":
        yield from _cache_loss(compiled, fault.on, at, fault.for_.mid if fault.for_ is not None else 0.0, value)
    elif fault.kind == "partition":
        ends = [end.strip() for end in fault.on.split("->")]
        yield PlanFault("partition", at, lasts, (ends[0], ends[-1]))
    elif fault.kind in ("spike", "hot_key"):
        flows = [compiled.plan.flows.name[i] for i in compiled.roots_of(fault.on)]
        if not flows:
            raise PlanError(f"faults.{fault.on}", "no flow of this name runs")
        each = value * compiled.conditions.share / len(flows) if fault.kind == "hot_key" else value
        yield from (PlanFault(fault.kind, at, lasts, name, each) for name in flows)
    elif fault.kind == "capacity":
        yield from _capacity(compiled, fault.on, at, lasts, value)
    else:
        yield PlanFault(fault.kind, at, lasts, fault.on, value)


def _capacity(compiled: Compiled, component: str, at: float, lasts: float, share: float) -> Iterator[PlanFault]:
    """Whole instances are lost: the share left is rounded to them (67 % of twelve are eight)."""
    stations = compiled.plan.stations
    found = [k for k in range(len(stations)) if component in (stations.component[k], stations.name[k])]
    if not found:
        raise PlanError(f"faults.{component}", "the plan has no component of this name")
    largest = max(found, key=lambda k: int(stations.instances[k]))
    count = int(stations.instances[largest])
    whole = count >= 3 and stations.routing[largest] != Routing.POOLED
    yield PlanFault("capacity", at, lasts, component, round(share * count) / count if whole else share)


def _region_loss(compiled: Compiled, failure: Failure, region: str, at: float, lasts: float) -> Iterator[PlanFault]:
    """The region's instances are gone; after the time to restore its requests are made in the others."""
    plan = compiled.plan
    if region not in plan.regions:
        raise PlanError(f"faults.{region}", "the plan has no region of this name")
    index = plan.regions.index(region)
    for name, place in zip(plan.stations.name, plan.stations.region.tolist(), strict=True):
        if place == index:
            yield PlanFault("capacity", at, lasts, name, 0.0)
    rto = _rto_s(compiled.system, failure)
    if rto >= lasts:
        return
    inside = [s for s, place in enumerate(plan.sources.region.tolist()) if place == index]
    others = sorted({place for place in plan.sources.region.tolist() if place != index})
    grown = (len(others) + 1) / len(others) if others else 1.0
    for source in range(len(plan.sources)):
        flow = plan.flows.name[int(plan.sources.flow[source])]
        yield PlanFault("spike", at + rto, lasts - rto, flow, 0.0 if source in inside else grown)


def _rto_s(system: System, failure: Failure) -> float:
    index = [f.id for f in system.document.failures].index(failure.id)
    for path in (f"failures.{index}.rto", "multi_region.rto"):
        value = system.value(path)
        if value is not None:
            return value.mid
    return DEFAULT_RTO_S


def _cache_loss(compiled: Compiled, component: str, at: float, lasts: float, share: float) -> Iterator[PlanFault]:
    """A share of what a cache holds is lost, and while the fault lasts no more than the rest stays."""
    caches = compiled.plan.caches
    found = [i for i, n in enumerate(caches.name) if n.partition("@")[0] == component]
    if not found:
        raise PlanError(f"faults.{component}", "no call of the plan goes through a cache of this component")
    for index in found:
        name, fill = caches.name[index], float(caches.fill_s[index])
        yield PlanFault("cache_loss", at, 1.0, name, share)
        if lasts > 1.0 and 0 < share < 1 and fill > 0:
            back = min(share, share * 3.0 / fill)  # what a second of filling brings, at most
            yield PlanFault("cache_loss", at + 1.0, lasts - 1.0, name, back / (1.0 - share + back))
        elif lasts > 1.0 and share >= 1:
            yield PlanFault("cache_loss", at + 1.0, lasts - 1.0, name, 1.0)


def _ends(fault: Fault) -> set[str]:
    return {end.strip() for end in fault.on.split("->")} if fault.kind == "partition" else {""}
