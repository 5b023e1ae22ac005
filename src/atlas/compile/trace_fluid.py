"""The fluid engine's run as a trace; its percentiles come from the analytic engine, at the faults' height."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from atlas.compile.plan import Compiled
from atlas.compile.trace import LEVELS, FlowTrace, Trace
from atlas.sim.analytic import SteadyState, solve
from atlas.sim.fidelity import nominal_rates
from atlas.sim.fluid import FluidOutcome, run_fluids
from atlas.sim.plan import PlanError

_INSIDE_S = 0.5
"""Percentiles are those of the steady state this long after the trace's ``from_s``, when its faults are in force."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """A run to be made: its plan, for how long, and from when on it is measured."""

    compiled: Compiled
    for_s: float
    from_s: float


def trace_fluids(wanted: Sequence[Wanted]) -> Callable[[Wanted], Trace]:
    """Make runs of the fluid engine side by side; the trace of each is then had by asking for it.

    The trace of a run that cannot be made raises its PlanError when it is asked for.
    """
    outcomes: dict[Wanted, FluidOutcome] = {}
    with suppress(PlanError):  # one bad plan among them: each is run on its own when its trace is asked for
        asked = [(w.compiled.plan, w.for_s) for w in wanted]
        outcomes = dict(zip(wanted, run_fluids(asked), strict=True))

    def trace(one: Wanted) -> Trace:
        return _trace(one, outcomes.get(one) or run_fluids([(one.compiled.plan, one.for_s)])[0])

    return trace


def _trace(wanted: Wanted, outcome: FluidOutcome) -> Trace:
    """A run, with the percentiles of the steady state after ``from_s``."""
    compiled, for_s, from_s = wanted.compiled, wanted.for_s, wanted.from_s
    steady = solve(compiled.plan, from_s + _INSIDE_S)
    flows = {name: _flow(outcome, steady, compiled, name) for name in dict.fromkeys(compiled.flow_of.values())}
    series = {name: outcome.station_series(name) for name in compiled.plan.stations.name}
    stations = {n: s.utilisation for n, s in series.items()}
    queued = {n: s.queued for n, s in series.items()}
    said = (outcome.not_modelled, steady.unstable)
    return Trace("fluid, percentiles analytic", None, for_s, from_s, outcome.bin_s, flows, stations, queued, *said)


def _flow(outcome: FluidOutcome, steady: SteadyState, compiled: Compiled, flow: str) -> FlowTrace:
    names = [compiled.plan.flows.name[i] for i in compiled.roots_of(flow)]
    series = [outcome.flow_series(n) for n in names]
    rates = nominal_rates(compiled.plan)
    weights = np.array([rates[n] for n in names])
    weights = weights / weights.sum() if weights.sum() > 0 else np.full(len(names), 1 / len(names))
    latency = {
        level: float(
            sum(w * steady.flow(n).quantiles.get(level, math.nan) for w, n in zip(weights, names, strict=True))
        )
        for level in LEVELS
    }
    parts = [np.sum([getattr(s, part) for s in series], axis=0) for part in ("arrived", "good", "degraded", "failed")]
    return FlowTrace(parts[0], parts[1], parts[2], parts[3], latency)
