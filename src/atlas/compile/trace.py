"""What an engine says of a plan over time, by the document's flows, whichever engine it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from atlas.compile.plan import Compiled
from atlas.sim.discrete import Engine, simulate
from atlas.sim.kernel import Progress
from atlas.sim.outcome import Outcome
from atlas.sim.plan import UNLIMITED, Floats, Routing
from atlas.sim.rate import site_rates
from atlas.sim.record import percentile

LEVELS = (0.5, 0.95, 0.99, 0.999)
MOST_CALLS = 40e6
"""Calls that a discrete run simulates at most before the plan is sliced: some seconds of the kernel."""
MOST_CALLS_HOT = 1.5e9
"""The same where a hot key meets one instance, which can be sliced only so far: some minutes."""
LEAST_SLOTS = 4
"""Slots that a slice leaves to an instance which a hot key meets."""


@dataclass(frozen=True, slots=True)
class FlowTrace:
    """A flow of the document, requests per second in each bin, and latencies (s) by level.

    Latencies are those of answered requests that arrived after the trace's ``from_s``; NaN where none was.
    """

    arrived: Floats
    good: Floats
    degraded: Floats
    failed: Floats
    latency: Mapping[float, float]

    def share(self, what: Floats, first: int, last: int) -> float:
        """The share of ``what`` among the requests of some bins that ended (or arrived, where few ended); NaN: none."""
        ended = float((self.good + self.degraded + self.failed)[first:last].sum())
        arrived = float(self.arrived[first:last].sum())
        whole = ended if ended > 0.5 * arrived else arrived
        return float(what[first:last].sum()) / whole if whole > 0 else math.nan


@dataclass(frozen=True, slots=True)
class Trace:
    """One run. ``stations`` holds the utilisation of each station in each bin, ``queued`` the calls that wait.

    ``overloaded`` says in words what is asked to do more than it can, where the engine can tell.
    """

    engine: str
    seed: int | None
    for_s: float
    from_s: float
    bin_s: float
    flows: Mapping[str, FlowTrace]
    stations: Mapping[str, Floats]
    queued: Mapping[str, Floats]
    not_modelled: tuple[str, ...] = ()
    overloaded: tuple[str, ...] = ()

    @property
    def at_s(self) -> Floats:
        """Starts of the bins."""
        count = max((len(f.arrived) for f in self.flows.values()), default=0)
        times: Floats = np.arange(count, dtype=np.float64) * self.bin_s
        return times

    def bins(self, start_s: float, end_s: float) -> tuple[int, int]:
        """The bins that lie in a stretch of time."""
        count = len(self.at_s)
        first = min(count, math.floor(start_s / self.bin_s + 1e-9))
        return first, max(first, min(count, math.ceil(end_s / self.bin_s - 1e-9)))


def share_for(compiled: Compiled, for_s: float, *, most_calls: float = MOST_CALLS) -> float:
    """The slice of a plan that a discrete run of that length can afford (1: all of it)."""
    calls = float(site_rates(compiled.plan).sum()) * for_s
    return min(1.0, most_calls / calls) if calls > 0 else 1.0


def smallest_hot_share(compiled: Compiled) -> float:
    """The thinnest slice whose instances behind keyed routing still have slots enough to be queues."""
    stations = compiled.plan.stations
    keyed = (stations.routing == Routing.KEYED) & (stations.slots > 2 * LEAST_SLOTS) & (stations.slots < UNLIMITED)
    return min(1.0, LEAST_SLOTS / float(stations.slots[keyed].min())) if keyed.any() else 0.0


def trace_discrete(
    compiled: Compiled,
    *,
    seed: int,
    for_s: float,
    from_s: float,
    replications: int = 1,
    engine: Engine = "auto",
    progress: Progress | None = None,
) -> Trace:
    """A run of the discrete engine."""
    outcome = simulate(
        compiled.plan,
        seed,
        for_s,
        warmup_s=min(from_s, 0.99 * for_s),
        replications=replications,
        engine=engine,
        progress=progress,
    )
    flows = {name: _flow(outcome, compiled, name) for name in dict.fromkeys(compiled.flow_of.values())}
    names = compiled.plan.stations.name
    series = {name: outcome.station_series(name) for name in names}
    utilisation = {n: s.utilisation for n, s in series.items()}
    queued = {n: s.queued for n, s in series.items()}
    return Trace(outcome.engine_words, seed, for_s, from_s, 1.0, flows, utilisation, queued)


def _flow(outcome: Outcome, compiled: Compiled, flow: str) -> FlowTrace:
    names = [compiled.plan.flows.name[i] for i in compiled.roots_of(flow)]
    series = [outcome.flow_series(n) for n in names]
    histogram = np.sum([outcome.latency_histogram(n) for n in names], axis=0)
    latency = {level: percentile(histogram, level) for level in LEVELS}
    parts = [np.sum([getattr(s, part) for s in series], axis=0) for part in ("arrived", "good", "degraded", "failed")]
    return FlowTrace(parts[0], parts[1], parts[2], parts[3], latency)
