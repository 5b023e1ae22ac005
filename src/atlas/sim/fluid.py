"""The fluid engine: a plan through time as flows and levels, at a cost that does not depend on the request rate.

Queues follow the pointwise stationary fluid approximation with implicit steps: short where something changes, as
long as the next event where nothing does. Latencies it knows as mean and variance only: percentiles of a healthy
moment come from the analytic engine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from atlas.sim.analytic import SteadyState, solve
from atlas.sim.fidelity import Stratum, fluid_leaves_out, stratum_of
from atlas.sim.fluid_ends import Ends
from atlas.sim.fluid_record import OUTCOMES, columns_of
from atlas.sim.fluid_run import Course, follow
from atlas.sim.outcome import FlowSeries, StationSeries
from atlas.sim.plan import Floats, Plan
from atlas.sim.validation import check_duration, validate

_AT_ONCE = 64
"""So many plans side by side: more gain nothing, their arrays no longer being at hand."""


@dataclass(frozen=True, slots=True)
class FluidOutcome:
    """What a run leaves: running integrals of all rates, from which series are made in bins of ``bin_s``."""

    plan: Plan
    for_s: float
    bin_s: float
    times: Floats
    """Ends of the steps, from 0."""
    integrals: Floats
    """[step, column]: integrals from 0 to each of the times; the columns are those of ``columns_of``."""
    ends: Ends
    """When the requests of the flows end: columns are good, degraded, failed, of all flows."""
    steps: int
    stratum: Stratum
    not_modelled: tuple[str, ...]
    engine: str = "fluid"

    def flow_series(self, flow: str) -> FlowSeries:
        """Requests of a flow per second, one value for each bin."""
        index = self.plan.find_flow(flow)
        return FlowSeries(self._starts(), *(self._rates(part, index) for part in ("arrived", *OUTCOMES)))

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
        ended = {name: float(np.diff(self._integral(name, index, ends))[0]) for name in OUTCOMES}
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
        if part in OUTCOMES:
            return self.ends.ended(OUTCOMES.index(part) * len(self.plan.flows) + index, at)
        column = columns_of(self.plan)[part] + index
        return np.interp(at, self.times, self.integrals[:, column])

    def _rates(self, part: str, index: int) -> Floats:
        edges = self._edges()
        rates: Floats = np.diff(self._integral(part, index, edges)) / np.diff(edges)
        return rates


def run_fluid(plan: Plan, for_s: float, *, bin_s: float = 1.0) -> FluidOutcome:
    """Follow a plan for ``for_s`` seconds from a steady start. PlanError for a plan or duration that cannot be run."""
    return run_fluids([(plan, for_s)], bin_s=bin_s)[0]


def run_fluids(asked: Sequence[tuple[Plan, float]], *, bin_s: float = 1.0) -> list[FluidOutcome]:
    """Follow many plans, each for its seconds, side by side: the outcomes of ``run_fluid``, several times sooner.

    Each goes at its own pace; only the steps that they take next are worked out together. PlanError as there.
    """
    for plan, for_s in asked:
        validate(plan)
        check_duration(for_s, 0.0)
    outcomes = []
    for first in range(0, len(asked), _AT_ONCE):
        courses = [Course(plan, for_s) for plan, for_s in asked[first : first + _AT_ONCE]]
        follow(courses)
        outcomes += [_outcome(course, bin_s) for course in courses]
    return outcomes


def _outcome(course: Course, bin_s: float) -> FluidOutcome:
    return FluidOutcome(
        plan=course.plan,
        for_s=course.for_s,
        bin_s=bin_s,
        times=np.array(course.times),
        integrals=np.cumsum(np.array(course.sums), axis=0),
        ends=course.ends,
        steps=course.steps,
        stratum=stratum_of(course.plan),
        not_modelled=fluid_leaves_out(course.plan),
    )
