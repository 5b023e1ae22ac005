"""The fluid engine: a plan through time as flows and levels, at a cost that does not depend on the request rate.

Queues follow the pointwise stationary fluid approximation with implicit steps: short where something changes, as
long as the next event where nothing does. Latencies it knows as mean and variance only: percentiles of a healthy
moment come from the analytic engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from atlas.sim.analytic import SteadyState, solve
from atlas.sim.conditions import initial, open_rates
from atlas.sim.fidelity import Stratum, fluid_leaves_out, stratum_of
from atlas.sim.fluid_ends import Ends
from atlas.sim.fluid_step import Fluid, Now
from atlas.sim.fluid_web import summed
from atlas.sim.outcome import FlowSeries, StationSeries
from atlas.sim.plan import NONE, Change, Floats, Plan
from atlas.sim.validation import check_duration, validate

LONGEST_FIRST_STEP = 0.1
SHORTEST_STEP = 0.005
_SMALL = 0.01
_CALM = 1e-4
_GROWTH = 1.6
_SMOOTH = 0.04
_SAMPLES = 96
_PIECES = 16
_PATIENCE = 50
_COARSEST = 0.5


@dataclass(frozen=True, slots=True)
class FluidOutcome:
    """What a run leaves: running integrals of all rates, from which series are made in bins of ``bin_s``."""

    plan: Plan
    for_s: float
    bin_s: float
    times: Floats
    """Ends of the steps, from 0."""
    integrals: Floats
    """[step, column]: integrals from 0 to each of the times; the columns are those of ``_columns``."""
    ends: Ends
    """When the requests of the flows end: columns are good, degraded, failed, of all flows."""
    steps: int
    stratum: Stratum
    not_modelled: tuple[str, ...]
    engine: str = "fluid"

    def flow_series(self, flow: str) -> FlowSeries:
        """Requests of a flow per second, one value for each bin."""
        index = self.plan.find_flow(flow)
        return FlowSeries(self._starts(), *(self._rates(part, index) for part in ("arrived", *_OUTCOMES)))

    def station_series(self, station: str) -> StationSeries:
        """A station over time, one value for each bin."""
        index = self.plan.find_station(station)
        parts = ("utilisation", "queued", "served", "refused")
        return StationSeries(self._starts(), *(self._rates(part, index) for part in parts))

    def cache_series(self, cache: int) -> Floats:
        """Mean hit ratio of a cache in each bin."""
        return self._rates("hit", cache)

    def retry_series(self) -> Floats:
        """Retries per second of all calls together, for each bin."""
        return self._rates("retries", 0)

    def mean_latency_series(self, flow: str) -> Floats:
        """Mean time (s) to the end of the requests that arrive in each bin, failures included."""
        index = self.plan.find_flow(flow)
        arrived = self._rates("arrived", index)
        series: Floats = self._rates("spent", index) / np.maximum(arrived, 1e-12)
        return series

    def shares(self, flow: str, start_s: float = 0.0, end_s: float = math.inf) -> dict[str, float]:
        """Shares of the requests ended in a stretch of time that were good, degraded and failed; NaN where none."""
        index = self.plan.find_flow(flow)
        ends = np.array([max(0.0, start_s), min(end_s, self.for_s)])
        ended = {name: float(np.diff(self._integral(name, index, ends))[0]) for name in _OUTCOMES}
        total = sum(ended.values())
        return {name: value / total if total > 1e-9 else math.nan for name, value in ended.items()}

    def steady(self, at_s: float) -> SteadyState:
        """The analytic engine's answer for the moment: its percentiles, valid where the run is calm."""
        return solve(self.plan, at_s)

    def _starts(self) -> Floats:
        return self._edges()[:-1]

    def _edges(self) -> Floats:
        bins = max(1, math.ceil(self.for_s / self.bin_s - 1e-9))
        edges: Floats = np.minimum(np.arange(bins + 1) * self.bin_s, self.for_s)
        return edges

    def _integral(self, part: str, index: int, at: Floats) -> Floats:
        if part in _OUTCOMES:
            return self.ends.ended(_OUTCOMES.index(part) * len(self.plan.flows) + index, at)
        column = _columns(self.plan)[part] + index
        return np.interp(at, self.times, self.integrals[:, column])

    def _rates(self, part: str, index: int) -> Floats:
        edges = self._edges()
        rates: Floats = np.diff(self._integral(part, index, edges)) / np.diff(edges)
        return rates


_OUTCOMES = ("good", "degraded", "failed")


def _columns(plan: Plan) -> dict[str, int]:
    """Where each part of a row of integrals begins."""
    flows, stations = len(plan.flows), len(plan.stations)
    sizes = dict.fromkeys(("arrived", "spent"), flows)
    sizes |= dict.fromkeys(("utilisation", "queued", "served", "refused"), stations)
    sizes |= {"retries": 1, "hit": len(plan.caches)}
    starts = np.cumsum([0, *sizes.values()])[:-1].tolist()
    return dict(zip(sizes, starts, strict=True))


def run_fluid(plan: Plan, for_s: float, *, bin_s: float = 1.0) -> FluidOutcome:
    """Follow a plan for ``for_s`` seconds from a steady start. PlanError for a plan or duration that cannot be run."""
    validate(plan)
    check_duration(for_s, 0.0)
    return _Run(plan, for_s, bin_s).run()


class _Run:
    def __init__(self, plan: Plan, for_s: float, bin_s: float) -> None:
        self._plan, self._for_s, self._bin_s = plan, for_s, bin_s
        self._state = initial(plan)
        self._fluid = Fluid(plan, self._state)
        self._first_step = _first_step(plan)
        web = self._fluid.web
        roots = np.flatnonzero(web.is_root)
        self._roots = plan.sites.flow[web.site[roots]], roots
        self._times: list[float] = [0.0]
        self._sums: list[Floats] = []
        self._latest, self._ends = np.zeros(0), Ends()
        self._compared = np.zeros(0)
        self._steps = 0
        self._row = 0

    def run(self) -> FluidOutcome:
        """All stretches between events."""
        self._settle()
        now, step = 0.0, self._first_step
        for end, kind in self._stretches():
            if kind == "calm" and self._glide(now, end):
                now = end
                continue
            now, step = self._advance(now, end, step)
            if self._apply_changes(end) or self._jump(end) > _SMALL:
                step = self._first_step
        return self._outcome()

    def _settle(self) -> None:
        """Bring the system to the steady state of its first moment (or as near as it comes in a long time)."""
        rates = open_rates(self._plan, self._state, 0.0)
        step = 0.01
        for _ in range(400):
            self._fluid.step(0.0, step, rates)
            moved, self._compared = self._fluid.distance(self._compared)
            step = min(step * _GROWTH, 1e4) if moved < _SMALL * 2 else max(step / 2, 0.01)
            if moved < _CALM and step > 10:
                break
        self._fluid.breakers.open_until[:] = NONE
        now = self._fluid.step(0.0, 1e-3, rates)
        self._sums.append(np.zeros_like(self._row_of(now)))
        self._ends.begin(*self._outcomes_of(now))

    def _stretches(self) -> Iterator[tuple[float, str]]:
        """Ends of the stretches within which no input changes; or calm ones, within which a profile runs smoothly."""
        plan, end = self._plan, self._for_s
        changes = sorted({float(t) for t in plan.timeline.at_s if 0 < t < end})
        if not len(plan.profiles) or not (plan.sources.profile != NONE).any():
            yield from ((t, "even") for t in [*changes, end])
            return
        width = plan.profile_step_s
        stride = self._stride()
        now, position = 0.0, 0
        while now < end:
            hard = next((t for t in changes if t > now), end)
            if stride > 1 and position % stride == 0 and now + stride * width <= hard:
                position += stride
                now = position * width
                yield now, "calm"
                continue
            position += 1
            following = min(position * width, end)
            for t in [c for c in changes if now < c < following]:
                yield t, "even"
            now = following
            yield now, "even"

    def _stride(self) -> int:
        """How many steps of the profiles are as good as one: 1 where they jump."""
        profiles, width = self._plan.profiles, self._plan.profile_step_s
        steps = profiles.shape[1]
        stride = max(1, min(steps, math.ceil(steps / _SAMPLES)))
        if stride == 1:
            return 1
        around = np.concatenate((profiles, profiles[:, :1]), axis=1)
        top = np.maximum(np.abs(profiles).max(axis=1), 1e-12)[:, None]
        jumps = float((np.abs(np.diff(around, axis=1)) / top).max())
        far = float((np.abs(around[:, stride::stride] - around[:, :-stride:stride]) / top).max())
        return stride if jumps < _SMOOTH and far < 4 * _SMOOTH and stride * width >= 1 else 1

    def _glide(self, start: float, end: float) -> bool:
        """Take a smooth stretch in a few implicit steps to its steady end, if the system is healthy."""
        if self._is_troubled():
            return False
        before = open_rates(self._plan, self._state, start)
        after = open_rates(self._plan, self._state, min(end, self._for_s * (1 - 1e-12)))
        factors = after[before > 0] / before[before > 0]
        in_step = (
            len(factors) > 0 and float(np.ptp(factors)) < 1e-9 and not (before[before <= 0] != after[before <= 0]).any()
        )
        if in_step:
            self._fluid.scale(float(factors[0]))
        first = self._latest
        for _ in range(1 if in_step else self._fluid.depth):
            self._steps += 1
            now = self._fluid.step(start, end - start, after)
        last = self._row_of(now)
        self._ends.add(start, end, *self._outcomes_of(now))
        _, self._compared = self._fluid.distance(self._compared)
        for piece in range(_PIECES):
            self._times.append(start + (end - start) * (piece + 1) / _PIECES)
            self._sums.append((first + (last - first) * ((piece + 0.5) / _PIECES)) * ((end - start) / _PIECES))
        return True

    def _is_troubled(self) -> bool:
        """Whether something is near its limits, fails, or is about to recover."""
        fluid = self._fluid
        tight = bool((fluid.queues.used > 0.97).any()) or bool((self._state.warm < 0.999).any())
        return tight or bool((fluid.ok < 0.995).any())

    def _advance(self, now: float, end: float, step: float) -> tuple[float, float]:
        """Steps up to an event; their length follows how much the state moves."""
        rates = open_rates(self._plan, self._state, (now + end) / 2)
        calm, taken, shortest = 0, 0, self._first_step
        while now < end - 1e-9:
            closes = self._fluid.breakers.next_close(now)
            left = min(end, closes) - now
            most = min(step, max(self._fluid.queues.empty_in() / 2, shortest))  # much changes where a backlog ends
            dt = left if left <= most * 1.5 else min(most, left / 2)
            dt = max(dt, 1e-6)
            self._steps, taken = self._steps + 1, taken + 1
            if taken % _PATIENCE == 0:  # what swings for ever is followed ever more coarsely
                shortest = min(2 * shortest, _COARSEST)
                step = max(step, shortest)
            self._record(now, now + dt, self._fluid.step(now, dt, rates))
            now += dt
            moved, self._compared = self._fluid.distance(self._compared)
            calm = calm + 1 if moved < _CALM else 0
            if moved < _SMALL:
                step = min(step * (_GROWTH if calm < 4 else 8.0), 1e6)
            elif moved > 3 * _SMALL:
                step = max(step / 2, shortest)
            if self._fluid.breakers.next_close(now) != closes:
                step = shortest
        return end, step

    def _apply_changes(self, now: float) -> bool:
        """Changes of the timeline that are due; whether there were any."""
        timeline, first = self._plan.timeline, self._row
        while self._row < len(timeline) and timeline.at_s[self._row] <= now + 1e-9:
            self._state.apply(self._plan, self._row)
            if timeline.kind[self._row] == Change.CAPACITY:
                self._fluid.capacity_changed()
                self._compared = np.zeros(0)
            self._row += 1
        if self._row > first:
            self._fluid.conditions_changed()
        return self._row > first

    def _jump(self, now: float) -> float:
        """How much the rates change at an event, relative to the largest."""
        before = open_rates(self._plan, self._state, max(0.0, now - 1e-6))
        after = open_rates(self._plan, self._state, now + 1e-6)
        return float(np.abs(after - before).max(initial=0.0) / max(before.max(initial=0.0), 1e-12))

    def _record(self, start: float, end: float, now: Now) -> None:
        """Add what flowed in a step to the running integrals."""
        self._times.append(end)
        self._sums.append(self._row_of(now) * (end - start))
        self._ends.add(start, end, *self._outcomes_of(now))

    def _row_of(self, now: Now) -> Floats:
        """The rates of a moment."""
        flow, roots = self._roots
        count = len(self._plan.flows)
        arrived = summed(flow, now.calls[roots], count)
        spent = summed(flow, (now.mean_s * now.calls)[roots], count)
        stations = (now.utilisation, now.queued, now.served, now.refused)
        hits = self._state.warm * self._plan.caches.hit
        self._latest = np.concatenate((arrived, spent, *stations, [now.retries], hits))
        return self._latest

    def _outcomes_of(self, now: Now) -> tuple[Floats, Floats]:
        """Outcomes per second of the requests that come, by flow, and the mean time until each is known."""
        flow, roots = self._roots
        count = len(self._plan.flows)
        rates = [summed(flow, x[roots], count) for x in (now.good, now.degraded, now.failed)]
        arrived = summed(flow, now.calls[roots], count)
        spent = summed(flow, (now.mean_s * now.calls)[roots], count)
        lost = summed(flow, (now.lost_s * now.failed)[roots], count)
        last = summed(flow, (now.last_s * now.failed)[roots], count)
        late = last / np.maximum(rates[2], 1e-12)
        soon = np.maximum(spent - lost, 0.0) / np.maximum(arrived - rates[2], 1e-12)
        return np.concatenate(rates), np.minimum(np.concatenate((soon, soon, late)), self._for_s)

    def _outcome(self) -> FluidOutcome:
        return FluidOutcome(
            plan=self._plan,
            for_s=self._for_s,
            bin_s=self._bin_s,
            times=np.array(self._times),
            integrals=np.cumsum(np.array(self._sums), axis=0),
            ends=self._ends,
            steps=self._steps,
            stratum=stratum_of(self._plan),
            not_modelled=fluid_leaves_out(self._plan),
        )


def _first_step(plan: Plan) -> float:
    """A tenth of the shortest timeout or breaker pause, within bounds."""
    sites = plan.sites
    times = np.concatenate((sites.timeout_s[sites.timeout_s > 0], sites.breaker_open_s[sites.breaker > 0]))
    return float(np.clip(times.min() / 10, SHORTEST_STEP, LONGEST_FIRST_STEP)) if len(times) else LONGEST_FIRST_STEP
