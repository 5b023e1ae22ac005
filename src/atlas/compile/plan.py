"""System → Plan: everything an engine needs, with the origin of every entry and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from atlas.compile.call import Forest, Needs
from atlas.compile.conditions import Conditions
from atlas.compile.flow import HOUR_S, add_source
from atlas.compile.ledger import Entry, Ledger
from atlas.compile.place import Map
from atlas.compile.station import Stations
from atlas.model.system import System
from atlas.physics.cache import zipf_hit_ratio
from atlas.sim import NONE, Plan, PlanBuilder, PlanError
from atlas.sim.rate import site_rates


@dataclass(frozen=True)
class Compiled:
    """A system's plan. ``flow_of`` names the document's flow of each of the plan's, detached ones included.

    ``targets`` says for each site what it calls (``messages.read``), by the site's name.
    """

    system: System
    conditions: Conditions
    plan: Plan
    entries: tuple[Entry, ...]
    not_modelled: tuple[str, ...]
    flow_of: Mapping[str, str]
    targets: Mapping[str, str]

    def origins(self) -> dict[str, int]:
        """How many entries have which origin."""
        counts: dict[str, int] = {}
        for entry in self.entries:
            counts[entry.origin] = counts.get(entry.origin, 0) + 1
        return counts

    def roots_of(self, flow: str) -> list[int]:
        """The plan's flows (indices) whose outcome is that of a flow of the document."""
        plan = self.plan
        return [i for i, n in enumerate(plan.flows.name) if self.flow_of.get(n) == flow and not plan.flows.detached[i]]


def compile_system(system: System, conditions: Conditions | None = None) -> Compiled:
    """The plan of a system under given conditions (default: at its peak, regions as one, in full size).

    Raises ``PlanError`` where no plan can be made: no flow has a rate, or a number is absurd.
    """
    given = conditions or Conditions()
    others = _busy_for_others(system, given) if given.focus else {}
    ledger = Ledger(system)
    for said in system.document.model.not_modelled if system.document.model else ():
        ledger.leave_out(said)
    regions = Map(ledger, by_region=given.by_region)
    _say_regions(ledger, regions, given)
    forest = Forest(ledger, regions, given)
    builder = PlanBuilder(regions.all)
    chosen = _chosen(system, given)
    trees = {(n, r): forest.tree(n, system.document.flows[n], r) for n in chosen for r in regions.names}
    _add_stations(Stations(builder, ledger, regions, given, others), ledger, regions, forest.needs)
    _add_caches(builder, ledger, forest.needs)
    if given.at == "day":
        builder.profile_step(HOUR_S)
    for (name, region), tree in trees.items():
        plan_flow = f"{name}@{region}" if regions.is_divided else name
        builder.flow(plan_flow, replace(tree, name=plan_flow), priority=system.document.flows[name].priority)
        add_source(builder, ledger, regions, given, name, plan_flow=plan_flow, region=region)
    plan = builder.build()
    flow_of = {name: name.partition("/")[0].partition("@")[0] for name in plan.flows.name}
    return Compiled(
        system, given, plan, tuple(ledger.entries), ledger.not_modelled, flow_of, dict(forest.needs.targets)
    )


def _chosen(system: System, conditions: Conditions) -> list[str]:
    flows = [n for n, f in system.document.flows.items() if f.steps]
    if conditions.only and conditions.only not in flows:
        raise PlanError(f"flows.{conditions.only}", f"there is none of this name; there are {', '.join(flows)}")
    chosen = (
        [conditions.only] if conditions.only else [n for n in flows if not conditions.focus or n in conditions.focus]
    )
    running = [n for n in chosen if system.traffic.flows[n].peak > 0]
    if not running:
        raise PlanError("flows", "no flow has a rate: there is nothing to run")
    return running


def _say_regions(ledger: Ledger, regions: Map, conditions: Conditions) -> None:
    document = ledger.system.document
    several = document.regions is not None and len(document.regions.names) > 1
    if regions.is_divided:
        ledger.leave_out("shares of the regions: load and instances are divided evenly between them")
    elif several:
        ledger.leave_out("distances between regions: all of them run as one")
    if conditions.hot_key:
        ledger.leave_out(f"uneven load by other keys than the hot one ({conditions.hot_key}): those are spread evenly")
    if conditions.focus:
        ledger.leave_out("flows out of focus: they are background load, and do not feel the faults")
    if conditions.share < 1:
        ledger.leave_out(f"all but a slice of {conditions.share:.3g} of the load and of the slots")


def _busy_for_others(system: System, conditions: Conditions) -> dict[str, float]:
    """Mean slots of each station that flows out of focus take, waiting for their children included.

    Counted at the nominal load and then multiplied, so that who changes the load of a plan afterwards gets the same.
    """
    whole = compile_system(system, replace(conditions, focus=(), load=1.0))
    plan = whole.plan
    busy = dict.fromkeys(plan.stations.name, 0.0)
    held, rates = held_s(plan), site_rates(plan)
    for site, station in enumerate(plan.sites.station.tolist()):
        flow = whole.flow_of[plan.flows.name[int(plan.sites.flow[site])]]
        if station != NONE and flow not in conditions.focus:
            busy[plan.stations.name[station]] += float(rates[site] * held[site] * plan.sites.units[site])
    return {name: conditions.load * slots for name, slots in busy.items()}


def held_s(plan: Plan) -> list[float]:
    """Seconds that one call of each site takes its slot, without queueing: its service, and its stages if it waits."""
    answers: list[float] = []
    held: list[float] = []
    for site, station in enumerate(plan.sites.station.tolist()):
        own = 0.0 if station == NONE else float(plan.tables.mean[plan.sites.table[site]])
        below = sum(_stage_s(plan, site, stage, calls, answers) for stage, calls in plan.calls_of(site))
        held.append(own + (below if station != NONE and plan.stations.holds[station] else 0.0))
        answers.append(float(plan.sites.network_s[site]) + own + below)
    return held


def _stage_s(plan: Plan, site: int, stage: int, calls: list[int], answers: list[float]) -> float:
    """Mean time of a stage without queueing: the longest of its calls, or their mean where one is chosen."""
    sites = plan.sites
    times = [0.0]
    for call in calls:
        cache = int(sites.cache[call])
        chance = float(sites.chance[call]) * (1.0 if cache == NONE else 1.0 - float(plan.caches.hit[cache]))
        times.append(chance * answers[call] if sites.flow[call] == sites.flow[site] else 0.0)
    return sum(times) if plan.stages.choose[stage] else max(times)


def _add_stations(stations: Stations, ledger: Ledger, regions: Map, needs: Needs) -> None:
    """All stations that calls need, in the order of the document's components."""
    order = list(ledger.system.document.components)
    for spot in sorted(needs.spots, key=lambda s: (order.index(s.component), s.part, regions.all.index(s.region))):
        stations.add(spot, needs.spots[spot], needs.pipes.get(spot))
    idle = [c.name for n, c in ledger.system.document.components.items() if all(s.component != n for s in needs.spots)]
    if idle:
        ledger.leave_out(f"components that no flow of this run reaches: {', '.join(idle)}")


def _add_caches(builder: PlanBuilder, ledger: Ledger, needs: Needs) -> None:
    for name, (component, _) in needs.caches.items():
        cache = ledger.system.document.components[component].cache
        assert cache is not None  # noqa: S101 - only components with a cache come here
        path = f"components.{component}.cache"
        hit = ledger.mid(f"{path}.hit")
        if hit is None:
            hit = _zipf(ledger, path)
            ledger.note("caches", name, "hit", hit, f"{path}.zipf")
        else:
            ledger.note("caches", name, "hit", hit, f"{path}.hit")
        fill = ledger.mid(f"{path}.fill") or 0.0
        ledger.note("caches", name, "fill_s", fill, f"{path}.fill" if fill else "")
        builder.cache(name, min(1.0, hit), fill, constant_work=cache.work == "constant")


def _zipf(ledger: Ledger, path: str) -> float:
    items, size = ledger.mid(f"{path}.items"), ledger.mid(f"{path}.size")
    exponent = ledger.mid(f"{path}.zipf")
    if not items or not size or exponent is None:
        ledger.leave_out(f"{path}: neither a hit ratio nor popularity and size are known, all lookups miss")
        return 0.0
    return zipf_hit_ratio(items, size, exponent)
