"""How far the engines lie apart on a plan, the discrete one taken as the truth: in the steady state, and under a fault.

Percentages of errors are relative; those of shares are points. Standard errors are the discrete engine's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from atlas.sim.analytic import solve
from atlas.sim.discrete import simulate
from atlas.sim.fidelity import Stratum, stratum_of
from atlas.sim.fluid import run_fluid
from atlas.sim.outcome import FlowSeries
from atlas.sim.plan import Plan
from atlas.sim.record import Count

QUANTILES: Final = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
IDLE: Final = 0.01
"""Stations that are less busy than this are not compared."""
BACK: Final = 0.93
"""A flow has recovered when this share of what was good before is good again ..."""
FOR_S: Final = 5
"""... for so many seconds."""
FLOWING: Final = 0.5
"""Where less than this share of the requests ends, a system is stuck whatever becomes of them."""


@dataclass(frozen=True, slots=True)
class Apart:
    """An error of the analytic or fluid engine, and the standard error of the truth."""

    error: float
    standard_error: float

    def within(self, gate: float, errors: float = 3.0) -> bool:
        """Whether it is at most ``gate``, allowing for so many standard errors."""
        return abs(self.error) <= gate + errors * self.standard_error


@dataclass(frozen=True, slots=True)
class SteadyApart:
    """Of one plan at rest: the worst station's utilisation, and the percentiles of the first flow."""

    stratum: Stratum
    utilisation: Apart
    p50: Apart
    p95: Apart
    p99: Apart
    good: Apart
    """Share of good requests, in points (hundredths)."""
    fired: tuple[str, ...]
    """The mechanisms that acted."""
    is_unstable: bool
    """The analytic engine found no steady state; then there are no percentiles to compare (errors are NaN)."""


def compare_steady(plan: Plan, seed: int, for_s: float, replications: int = 4) -> SteadyApart:
    """Analytic against discrete. ``for_s`` simulated seconds for each replication, a tenth of them left out."""
    steady = solve(plan)
    runs = simulate(plan, seed, for_s, warmup_s=for_s / 10, replications=replications, bin_s=for_s / 10)
    flow = plan.flows.name[0]
    found = {}
    for name, level in QUANTILES.items():
        truth = runs.latency(flow, level)
        error = steady.flow(flow).quantiles[level] / truth.mean - 1
        found[name] = Apart(error if math.isfinite(error) else math.nan, truth.standard_error / truth.mean)
    good = runs.shares(flow)["good"]
    used = [Apart(0.0, 0.0)]
    for station in plan.stations.name:
        busy = runs.utilisation(station)
        if busy.mean > IDLE:
            apart = steady.station(station).utilisation / busy.mean - 1
            used.append(Apart(apart, busy.standard_error / busy.mean))
    return SteadyApart(
        stratum=stratum_of(plan),
        utilisation=max(used, key=lambda a: abs(a.error)),
        **found,
        good=Apart((steady.flow(flow).good - good.mean) * 100, good.standard_error * 100),
        fired=tuple(c.name for c in Count if c not in _NOT_MECHANISMS and runs.count(c)),
        is_unstable=bool(steady.unstable),
    )


_NOT_MECHANISMS = (Count.EVENTS, Count.CALLS, Count.REFUSED, Count.FRAMES, Count.LAST)


@dataclass(frozen=True, slots=True)
class FaultApart:
    """Of one plan under a fault: goodput of the first flow during it and after it, and recovery."""

    stratum: Stratum
    during: Apart
    """Share of good among the ended, in points."""
    after: Apart
    recovery_s: float
    """Seconds from the end of the fault (infinite: not within the run), in the truth ..."""
    fluid_recovery_s: float
    fired: tuple[str, ...]

    @property
    def is_same_verdict(self) -> bool:
        """Whether both engines say that it recovers, or both that it does not."""
        return math.isfinite(self.recovery_s) == math.isfinite(self.fluid_recovery_s)

    @property
    def recovers_alike(self) -> bool:
        """Same verdict, and recovery within 2 seconds or a tenth."""
        if not self.is_same_verdict:
            return False
        return not math.isfinite(self.recovery_s) or abs(self.fluid_recovery_s - self.recovery_s) <= max(
            2.0, 0.1 * self.recovery_s
        )


def compare_fault(
    plan: Plan, window: tuple[float, float], for_s: float, seed: int, replications: int = 2
) -> FaultApart:
    """Fluid against discrete on a plan whose fault lasts from ``window[0]`` to ``window[1]``."""
    flow, (start_s, end_s) = plan.flows.name[0], window
    runs = simulate(plan, seed, for_s, replications=replications)
    ours, theirs = run_fluid(plan, for_s).flow_series(flow), runs.flow_series(flow)
    parts = []
    for first, last in ((start_s, end_s), (end_s, min(for_s, end_s + 20.0))):
        share, ended = _share(theirs, first, last)
        error = math.sqrt(max(share * (1 - share), 1e-9) / max(1.0, ended * replications))
        parts.append(Apart((_share(ours, first, last)[0] - share) * 100, error * 100))
    return FaultApart(
        stratum=stratum_of(plan),
        during=parts[0],
        after=parts[1],
        recovery_s=recovery_s(theirs, start_s, end_s),
        fluid_recovery_s=recovery_s(ours, start_s, end_s),
        fired=tuple(c.name for c in Count if c not in _NOT_MECHANISMS and runs.count(c)),
    )


def _share(series: FlowSeries, first_s: float, last_s: float) -> tuple[float, float]:
    """Good among the requests ended in a stretch (1 where none did), and how many ended."""
    inside = (series.at_s >= first_s) & (series.at_s < last_s)
    ended = float((series.good + series.degraded + series.failed)[inside].sum())
    return (float(series.good[inside].sum()) / ended, ended) if ended > 1e-6 else (1.0, 0.0)


def recovery_s(series: FlowSeries, start_s: float, end_s: float) -> float:
    """Seconds from ``end_s`` until the good share of what ends is back, and stays so for ``FOR_S`` bins of a second.

    Back is ``BACK`` times the share in the ten seconds before ``start_s``, over three seconds, while at least
    ``FLOWING`` of what arrives also ends. Infinite: never.
    """
    ended = series.good + series.degraded + series.failed
    before = (series.at_s >= start_s - 10) & (series.at_s < start_s)
    wanted = BACK * float(series.good[before].sum()) / max(float(ended[before].sum()), 1e-9)
    three = np.ones(3)
    good, through, arrived = (np.convolve(x, three, "same") for x in (series.good, ended, series.arrived))
    fine = (good >= wanted * through) & (through >= FLOWING * arrived)
    for second in range(int(end_s), len(fine) - FOR_S):
        if fine[second : second + FOR_S].all():
            return second - end_s
    return math.inf
