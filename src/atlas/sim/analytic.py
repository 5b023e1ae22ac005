"""The analytic engine: the steady state of a plan, from closed forms.

Rates top down, queues by Erlang and Tijms, answers bottom up on a lattice; where answers change the load (retries,
held slots, failures) the three are repeated until they agree, from the idle system upwards: of two steady states
it finds the healthy one. Percentiles are those of the whole call tree: percentiles of parts are never added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from atlas.sim.answer import ANSWERED, FAILED, Answer, mixture
from atlas.sim.conditions import at_time, open_rates
from atlas.sim.fidelity import Stratum, steady_leaves_out, stratum_of
from atlas.sim.network import Network, network_of
from atlas.sim.plan import NONE, UNLIMITED, Floats, Plan
from atlas.sim.steady_fate import Fates
from atlas.sim.steady_gaps import stretch_waits
from atlas.sim.steady_layout import step_of
from atlas.sim.steady_load import Load, Loads, node_rates
from atlas.sim.steady_percentile import COARSE, FINE, LEVELS, Percentiles, percentiles_of, refined
from atlas.sim.steady_reach import Reach
from atlas.sim.steady_tree import Tree
from atlas.sim.validation import validate

_ROUNDS = 40
_TOGETHER = 500
"""Nodes of flows that are evaluated together: more take memory, and gain nothing."""
_UNDAMPED = 6
_AGREED = 5e-4


@dataclass(frozen=True, slots=True)
class SteadyFlow:
    """One flow: requests per second, shares of the outcomes, latency (s) of what is answered."""

    name: str
    rate_per_s: float
    good: float
    degraded: float
    failed: float
    mean_s: float
    quantiles: dict[float, float]
    """Latency by level (0.5, 0.99, …); infinite where a queue on the way grows for ever (see ``unstable``)."""


@dataclass(frozen=True, slots=True)
class SteadyStation:
    """One station. ``demand`` is what is asked of it over what it can do; at 1 and above it is overloaded."""

    name: str
    utilisation: float
    demand: float
    mean_wait_s: float
    refused: float
    calls_per_s: float


@dataclass(frozen=True, slots=True)
class SteadyState:
    """The answer of the analytic engine."""

    flows: tuple[SteadyFlow, ...]
    stations: tuple[SteadyStation, ...]
    unstable: tuple[str, ...]
    """Statements about stations that cannot do what is asked of them; empty where all can."""
    stratum: Stratum
    not_modelled: tuple[str, ...]
    rounds: int
    engine: str = "analytic"

    def flow(self, name: str) -> SteadyFlow:
        """The flow of that name; KeyError where there is none."""
        return {f.name: f for f in self.flows}[name]

    def station(self, name: str) -> SteadyStation:
        """The station of that name; KeyError where there is none."""
        return {s.name: s for s in self.stations}[name]


def solve(plan: Plan, at_s: float | None = None, load: float = 1.0) -> SteadyState:
    """Steady state of a plan: before any change of its timeline, or with those up to ``at_s`` in force.

    ``load`` multiplies the rates of all open sources. Raises PlanError for a plan that is not valid.
    """
    validate(plan)
    return _Case(plan, at_s, load).solve()


@dataclass(slots=True)
class _Roots:
    """Where requests of one flow enter, and with which rates."""

    nodes: list[int] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)


class _Case:
    def __init__(self, plan: Plan, at_s: float | None, load: float) -> None:
        self.plan, self.at_s = plan, at_s
        self.state = at_time(plan, at_s)
        self.network: Network = network_of(plan, self.state.present)
        self.fates = Fates(self.network)
        self.loads = Loads(self.network, self.state)
        self.miss: Floats = 1.0 - plan.caches.hit * self.state.warm
        self.arrivals = open_rates(plan, self.state, at_s) * load
        self._think = np.array([plan.tables.mean[t] if t != NONE else 0.0 for t in plan.sources.think.tolist()])
        closed = plan.sources.users > 0
        self.arrivals[closed] = (plan.sources.users / np.maximum(self._think, 1e-9))[closed]
        self.tree = Tree(self.network, self.state, self.loads.groups, self.fates, self.miss)
        self.roots_of: dict[int, list[int]] = {}
        for root in dict.fromkeys(self.network.source_root.tolist()):
            self._note_root(root)
        for node in self.network.nodes:
            for root, _ in node.detached:
                self._note_root(root)
        self.reach = Reach(self.network, self.state, self.loads.groups, self.fates)
        self.settled, self.damping = False, 1.0
        self._coarse: dict[int, Answer] = {}
        self.calls = np.zeros(len(self.network.nodes))
        self.asked = np.zeros(len(self.network.nodes))

    def _note_root(self, root: int) -> None:
        flow = int(self.plan.sites.flow[self.network.nodes[root].site])
        self.roots_of.setdefault(flow, []).append(root)

    def solve(self) -> SteadyState:
        """Repeat until loads agree, then once on the fine lattice."""
        rounds, before = 0, np.full(len(self.loads.groups), -1.0)
        for rounds in range(1, _ROUNDS + 1):
            self._renew_loads()
            now = np.array([g.offered / g.servers for g in self.loads.groups])
            self.settled = rounds > 1 and np.allclose(now, before, rtol=_AGREED, atol=1e-6)
            if self.settled:
                break
            before = now
            self.damping = 1.0 if rounds < _UNDAMPED else 0.4
            if rounds == 1 and self._feeds_forward():
                self.settled = True
                break
            self._answer(list(self.roots_of))
        return SteadyState(
            flows=self._flows(),
            stations=tuple(self._station(k) for k in range(len(self.plan.stations))),
            unstable=self._unstable(),
            stratum=stratum_of(self.plan),
            not_modelled=steady_leaves_out(self.plan, self.at_s),
            rounds=rounds,
        )

    def _feeds_forward(self) -> bool:
        """Whether answers cannot change the loads."""
        sites, stations = self.plan.sites, self.plan.stations
        quiet = not bool((sites.timeout_s > 0).any()) and not bool((sites.hedge_s > 0).any())
        plain = not bool((self.state.error > 0).any()) and not bool((stations.holds > 0).any())
        fed = not bool((self.plan.sources.users > 0).any()) and not bool((sites.coalesce > 0).any())
        return quiet and plain and fed and not (self.fates.barred.any() or self.fates.full.any())

    def _renew_loads(self) -> None:
        calls, asked = node_rates(self.network, self.fates, self.arrivals, self.miss)
        self.calls, self.asked = (
            old + self.damping * (new - old) for old, new in ((self.calls, calls), (self.asked, asked))
        )
        self.loads.update(self.asked, self.fates)
        stretch_waits(self.network, self.loads.groups, self.calls, self.asked)

    def _answer(self, flows: list[int]) -> None:
        """Work out the answers of these flows on a coarse lattice; fates of the calls are renewed."""
        reach = {flow: self.reach.of(self.roots_of[flow]) for flow in flows}
        self._coarse |= self._answers(reach, COARSE)
        for flow in flows:
            if (self.plan.sources.users[self.plan.sources.flow == flow] > 0).any():
                self._close_loop(flow, self._coarse[flow])

    def _answers(self, reach: dict[int, float], count: int, *, settled: bool = False) -> dict[int, Answer]:
        """The answers of flows, on axes that reach so far (s): mixtures over where their requests enter."""
        found: dict[int, Answer] = {}
        some: dict[int, float] = {}
        size = 0
        for flow, end in reach.items():
            more = sum(len(self.reach.below(root)) for root in self.roots_of[flow])
            if some and size + more > _TOGETHER:
                found |= self._answers_together(some, count, settled=settled)
                some, size = {}, 0
            some[flow], size = end, size + more
        return found | self._answers_together(some, count, settled=settled) if some else found

    def _answers_together(self, reach: dict[int, float], count: int, *, settled: bool) -> dict[int, Answer]:
        steps = {root: step_of(end, count) for flow, end in reach.items() for root in self.roots_of[flow]}
        answers, found = self.tree.answers(steps, count, self.calls, settled=settled), {}
        for flow in reach:
            roots, total = self.roots_of[flow], self._rate(flow)
            weights = [float(self.calls[r]) / total if total > 0 else 1 / len(roots) for r in roots]
            found[flow] = mixture([(weight, answers[r]) for weight, r in zip(weights, roots, strict=True)])
        return found

    def _rate(self, flow: int) -> float:
        return float(self.calls[self.roots_of[flow]].sum())

    def _close_loop(self, flow: int, answer: Answer) -> None:
        """A closed population makes as many requests as its members come round: users / (think + response)."""
        answered, failed = answer.outcome(ANSWERED), answer.outcome(FAILED)
        lost = max(0.0, 1 - answered.total - failed.total)
        response = answered.mean + failed.mean + lost * answered.axis.points[-1]
        for source in np.flatnonzero((self.plan.sources.flow == flow) & (self.plan.sources.users > 0)):
            wanted = self.plan.sources.users[source] / (self._think[source] + response)
            self.arrivals[source] += 0.5 * (wanted - self.arrivals[source])

    def _flows(self) -> tuple[SteadyFlow, ...]:
        """All flows, their percentiles on lattices fine enough."""
        flows = list(range(len(self.plan.flows)))
        self._answer([flow for flow in flows if flow not in self._coarse])
        reach = {flow: self.reach.of(self.roots_of[flow]) for flow in flows}
        fine = self._answers(reach, FINE)
        found = {flow: percentiles_of(fine[flow]) for flow in flows if fine[flow].total[ANSWERED, 0, 0] > 1e-9}
        for flow, mine in found.items():
            coarse = percentiles_of(self._coarse[flow])
            mine.compare(coarse.times, coarse.step)
            mine.extrapolate(coarse)
        refined(found, lambda ends, count: self._answers(ends, count, settled=True))
        return tuple(self._flow(flow, fine[flow], found.get(flow)) for flow in flows)

    def _flow(self, flow: int, answer: Answer, found: Percentiles | None) -> SteadyFlow:
        never = self._never_ends(flow)
        total, failed = (float(answer.total[outcome, 0, 0]) for outcome in (ANSWERED, FAILED))
        levels = dict.fromkeys(LEVELS, math.nan) if found is None else found.times
        levels = dict.fromkeys(LEVELS, math.inf) if never else levels
        mean = math.inf if never else found.mean_s if found is not None else math.nan
        lost = 0.0 if never else max(0.0, 1 - total - failed)
        whole = total + failed if not never and lost < 0.01 else 1.0
        shares = (answer.good() / whole, (total - answer.good()) / whole, failed / whole)
        return SteadyFlow(self.plan.flows.name[flow], self._rate(flow), *shares, mean, levels)

    def _never_ends(self, flow: int) -> bool:
        """Whether the flow waits, without any timeout above, in a queue that grows for ever."""
        for root in self.roots_of[flow]:
            for index in self.reach.below(root):
                group = int(self.network.node_group[index])
                if group == NONE or self.calls[index] <= 0:
                    continue
                load = self.loads.groups[group]
                if load.is_overloaded and math.isinf(load.places) and not self._is_bounded(index):
                    return True
        return False

    def _is_bounded(self, index: int) -> bool:
        while index != NONE:
            if self.plan.sites.timeout_s[self.network.nodes[index].site] > 0:
                return True
            index = self.network.nodes[index].parent
        return False

    def _station(self, station: int) -> SteadyStation:
        groups = np.flatnonzero(self.network.group_station == station).tolist()
        loads: list[Load] = [self.loads.groups[g] for g in groups]
        weights = np.array([float(self.network.group_instances[g]) for g in groups])
        slots = weights * np.array([g.servers for g in loads])
        share = slots / slots.sum() if slots.sum() > 0 else np.ones(len(groups)) / len(groups)
        mine = [i for i, n in enumerate(self.network.nodes) if self.plan.sites.station[n.site] == station]
        asked = float(self.asked[mine].sum())
        lost = self.asked[mine] * (1 - (1 - self.fates.barred[mine]) * (1 - self.fates.full[mine]))
        wait = [g.mean_wait() for g in loads]
        return SteadyStation(
            name=self.plan.stations.name[station],
            utilisation=self._used(station, float(sum(share * np.array([g.utilisation for g in loads])))),
            demand=max(g.offered / g.servers for g in loads),
            mean_wait_s=max(wait),
            refused=float(lost.sum()) / asked if asked > 0 else 0.0,
            calls_per_s=asked,
        )

    def _used(self, station: int, own: float) -> float:
        """Busy share of all slots that are there, from that of the slots which background load leaves."""
        stations = self.plan.stations
        slots = float(stations.slots[station])
        total = slots * float(stations.instances[station]) * float(self.state.present[station])
        if slots >= UNLIMITED or total <= 0:
            return 0.0
        background = min(float(stations.background[station]), total)
        return (own * (total - background) + background) / total

    def _unstable(self) -> tuple[str, ...]:
        found = []
        for g, load in enumerate(self.loads.groups):
            if load.is_overloaded:
                station = int(self.network.group_station[g])
                name, demand = self.plan.stations.name[station], load.offered / load.servers
                part = (
                    "its hottest instance: "
                    if self.network.group_instances[g] == 1 and g > 0 and (self.network.group_station[g - 1] == station)
                    else ""
                )
                end = "its queue grows for ever" if math.isinf(load.places) else f"it refuses {load.full:.0%}"
                found.append(f"{name}: {part}the demand is {demand:.2f} times what it can do; {end}")
        if not self.settled:
            found.append("the loads do not settle: answers and retries drive each other, no steady state was found")
        return tuple(found)
