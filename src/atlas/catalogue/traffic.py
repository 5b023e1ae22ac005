"""What the flows do to the components: call trees multiplied out, without queueing and retries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from atlas.model.document import Document
from atlas.model.flow import Call, ClosedRate, Flow
from atlas.model.system import Distribution, Value
from atlas.model.traffic import Edge, FlowRate, Load, Traffic
from atlas.model.vocabulary import Vocabulary

DIURNAL_PEAK = 2.0
"""Busiest hour over the mean of a day for a ``diurnal`` profile without a published peak: a planning value."""

NumberAt = Callable[[str], Value | None]
DistAt = Callable[[str], Distribution | None]
UNLIMITED_OWNERS = ("third_party", "customer")
"""Whose components are taken to have room for everything."""


def typical_time_s(document: Document, name: str, dist: DistAt) -> float:
    """Mean time (s) of a component's work that is not described: its own, else the mean of its operations."""
    component = document.components[name]
    if component.service is None and component.operations:
        found = [dist(f"components.{name}.operations.{o}") for o in component.operations]
        return sum(d.mean for d in found if d) / len(found)
    own = dist(f"components.{name}.service")
    return own.mean if own else 0.0


@dataclass(frozen=True, slots=True)
class _Step:
    """One call in a flow: who calls, how often for one request, and how long the caller's slot is held."""

    caller: str
    call: Call
    path: str
    visits: float
    hold_s: float
    is_async: bool
    is_implied: bool = False


class TrafficModel:
    """Works out rates from a document whose numbers are resolved on demand."""

    def __init__(self, document: Document, vocabulary: Vocabulary, number: NumberAt, dist: DistAt) -> None:
        self._document = document
        self._vocabulary = vocabulary
        self._number = number
        self._dist = dist

    def flow_rate(self, name: str) -> FlowRate:
        """Average and peak requests a second; zero where nothing is known."""
        flow = self._document.flows[name]
        if isinstance(flow.rate, ClosedRate):
            return self._closed(name)
        average = self._mid(f"flows.{name}.rate", 0.0)
        peak = self._number(f"flows.{name}.peak")
        return FlowRate(average, peak.mid if peak else average * _profile_peak(flow))

    def busy_slots(self, component: str) -> float:
        """Mean slots taken at peak (Little's law): the sum of rate × time a slot is held."""
        return self._load(component, self._steps_to.get(component, ())).busy

    def bandwidth_needed(self, component: str) -> float:
        """Bytes a second that calls with a size bring at peak."""
        total = 0.0
        for flow, step in self._steps_to.get(component, ()):
            if step.call.size is not None:
                size = self._dist(f"{step.path}.size")
                total += self.flow_rate(flow).peak * step.visits * (size.mean if size else 0.0)
        return total

    def traffic(self) -> Traffic:
        """Everything at once; needs the numbers of instances to be resolvable."""
        flows = {name: self.flow_rate(name) for name in self._document.flows}
        edges = tuple(self._edge(flow, step, flows[flow]) for flow, step in self._all_steps)
        to = self._steps_to
        loads = {name: self._with_slots(name, self._load(name, to.get(name, ()))) for name in self._document.components}
        operations: dict[str, FlowRate] = {}
        for edge in edges:
            key = f"{edge.callee}.{edge.operation}" if edge.operation else edge.callee
            known = operations.get(key, FlowRate(0.0, 0.0))
            operations[key] = FlowRate(known.average + edge.average, known.peak + edge.peak)
        return Traffic(flows, edges, loads, operations, self._plane_share(loads))

    def _closed(self, name: str) -> FlowRate:
        users = self._mid(f"flows.{name}.rate.closed", 0.0)
        think = self._mid(f"flows.{name}.rate.think", 1.0)
        flow = self._document.flows[name]
        answer = self._sequence(flow.steps, f"flows.{name}.steps")
        rate = users / (think + answer) if think + answer > 0 else 0.0
        return FlowRate(rate, rate)

    @cached_property
    def _all_steps(self) -> list[tuple[str, _Step]]:
        """Every call of every flow; a number it rests on cannot itself be sized from it: that is a cycle."""
        return [
            (name, step)
            for name, flow in self._document.flows.items()
            for step in self._steps(flow.steps, f"flows.{name}.steps", "", 1.0, False)
        ]

    @cached_property
    def _steps_to(self) -> dict[str, list[tuple[str, _Step]]]:
        """The calls by the component that is called."""
        found: dict[str, list[tuple[str, _Step]]] = {}
        for flow, step in self._all_steps:
            found.setdefault(step.call.target, []).append((flow, step))
        return found

    def _steps(self, calls: tuple[Call, ...], path: str, caller: str, visits: float, is_async: bool) -> Iterator[_Step]:
        weights = self._weights(calls, path) if path.endswith(".choose") else [1.0] * len(calls)
        for index, (call, weight) in enumerate(zip(calls, weights, strict=True)):
            here = f"{path}.{index}"
            here_visits = visits * weight * self._probability(call, here, caller)
            if call.call is None:
                for form in ("parallel", "choose"):
                    yield from self._steps(getattr(call, form), f"{here}.{form}", caller, here_visits, is_async)
                continue
            times = self._dist(f"{here}.times")
            here_visits *= times.mean if times else 1.0
            step = _Step(caller, call, here, here_visits, self._hold(call, here), is_async or call.async_)
            yield step
            yield from self._steps(call.then, f"{here}.then", call.target, here_visits, step.is_async)
            yield from self._implied(step)

    def _implied(self, step: _Step) -> Iterator[_Step]:
        """The call behind a cache that the document leaves unsaid: it happens with 1 - hit."""
        component = self._document.components.get(step.call.target)
        if component is None or component.cache is None or component.cache.hit is None:
            return
        behind = component.cache.of
        if behind == step.caller or any(c.target == behind for c in _targets(step.call.then)):
            return
        miss = self._miss(step.call.target)
        call = Call(call=behind)
        yield _Step(step.call.target, call, step.path, step.visits * miss, 0.0, step.is_async, is_implied=True)

    def _probability(self, call: Call, path: str, caller: str) -> float:
        if call.p is not None:
            return self._mid(f"{path}.p", 1.0)
        above = self._document.components.get(caller)
        if above is not None and above.cache is not None and above.cache.of == call.target:
            return self._miss(caller)
        return 1.0

    def _miss(self, cache: str) -> float:
        """The share of calls that go on to what is behind a cache: all of them where the work is constant."""
        settings = self._document.components[cache].cache
        if settings is None or settings.work == "constant":
            return 1.0
        return 1 - min(1.0, self._mid(f"components.{cache}.cache.hit", 0.0))

    def _weights(self, calls: tuple[Call, ...], path: str) -> list[float]:
        raw = [self._mid(f"{path}.{i}.weight", 1.0) for i in range(len(calls))]
        total = sum(raw) or 1.0
        return [w / total for w in raw]

    def _hold(self, call: Call, path: str) -> float:
        """Seconds a slot of the called component is taken by one call."""
        own = self._own_time(call, path)
        component = self._document.components.get(call.target)
        if component is None:
            return own
        kind = self._vocabulary.kinds.get(component.kind)
        waiting = component.waiting or (kind.waiting if kind else "frees")
        return own + (self._sequence(call.then, f"{path}.then") if waiting == "holds" else 0.0)

    def _own_time(self, call: Call, path: str) -> float:
        dist = None
        if call.operation:
            dist = self._dist(f"components.{call.target}.operations.{call.operation}")
        dist = dist or self._dist(f"components.{call.target}.service")
        batch = self._mid(f"{path}.batch", 1.0)
        return (dist.mean if dist else 0.0) + (batch - 1) * self._mid(f"components.{call.target}.per_item", 0.0)

    def _sequence(self, calls: tuple[Call, ...], path: str) -> float:
        """Mean time of calls one after the other, without queueing."""
        return sum(self._answer(call, f"{path}.{i}") for i, call in enumerate(calls) if not call.async_)

    def _answer(self, call: Call, path: str) -> float:
        chance = self._mid(f"{path}.p", 1.0)
        if call.parallel:
            return chance * max(self._answer(c, f"{path}.parallel.{i}") for i, c in enumerate(call.parallel))
        if call.choose:
            weights = self._weights(call.choose, f"{path}.choose")
            answers = [self._answer(c, f"{path}.choose.{i}") for i, c in enumerate(call.choose)]
            return chance * sum(w * a for w, a in zip(weights, answers, strict=True))
        return chance * (self._own_time(call, path) + self._sequence(call.then, f"{path}.then"))

    def _edge(self, flow: str, step: _Step, rate: FlowRate) -> Edge:
        batch = self._mid(f"{step.path}.batch", 1.0)
        per_request = step.visits * batch
        return Edge(
            flow,
            step.caller,
            step.call.target,
            step.call.operation,
            step.path,
            per_request,
            rate.average * per_request,
            rate.peak * per_request,
            step.is_async,
            step.is_implied,
        )

    def _load(self, component: str, steps: Iterable[tuple[str, _Step]]) -> Load:
        average = peak = busy = 0.0
        for flow, step in steps:
            rate = self.flow_rate(flow)
            batch = self._mid(f"{step.path}.batch", 1.0)
            average += rate.average * step.visits * batch
            peak += rate.peak * step.visits * batch
            busy += rate.peak * step.visits * step.hold_s
        described = peak
        background = self._mid(f"components.{component}.background", 0.0)
        if background:
            busy += background * typical_time_s(self._document, component, self._dist)
            average, peak = average + background, peak + background
        hold = busy / peak if peak else 0.0
        explained = described / peak if background and peak else None
        return Load(average, peak, hold, busy, explained=explained)

    def _with_slots(self, name: str, load: Load) -> Load:
        component = self._document.components[name]
        claimed = self._claimed_rate(name)
        explained = load.explained
        if claimed and not component.background:
            explained = min(1.0, load.average / claimed)
        if component.owner in UNLIMITED_OWNERS:
            return replace(load, claimed=claimed, explained=explained)
        instances = self._number(f"components.{name}.instances")
        slots_each = self._number(f"components.{name}.concurrency")
        slots = instances.mid * slots_each.mid if instances and slots_each else None
        utilisation = load.busy / slots if slots else None
        return replace(load, slots=slots, utilisation=utilisation, claimed=claimed, explained=explained)

    def _claimed_rate(self, component: str) -> float | None:
        rates = [
            claim.value.mid
            for claim in self._document.claims.values()
            if claim.of == component
            and claim.metric == "rate"
            and claim.verdict == "found"
            and not claim.scope
            and claim.stat in ("average", "total")
        ]
        return max(rates, default=None)

    def _plane_share(self, loads: dict[str, Load]) -> dict[str, float]:
        totals = dict.fromkeys(self._vocabulary.planes, 0.0)
        for name, component in self._document.components.items():
            if component.kind != "client":
                totals[component.plane] = totals.get(component.plane, 0.0) + loads[name].average
        whole = sum(totals.values())
        return {plane: total / whole if whole else 0.0 for plane, total in totals.items()}

    def _mid(self, path: str, default: float) -> float:
        value = self._number(path)
        return default if value is None else value.mid


def _targets(calls: tuple[Call, ...]) -> Iterator[Call]:
    for call in calls:
        if call.call is not None:
            yield call
        yield from _targets(call.parallel)
        yield from _targets(call.choose)


def _profile_peak(flow: Flow) -> float:
    if isinstance(flow.profile, tuple):
        return max(flow.profile) * len(flow.profile) / sum(flow.profile)
    return DIURNAL_PEAK if flow.profile == "diurnal" else 1.0
