"""What one run of the discrete engine leaves behind: counts, series and histograms, the same from kernel and twin."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from atlas.sim.plan import Floats, Ints, Plan, PlanError

HISTOGRAM_BITS: Final = 7
"""A power of two of time is divided into 2⁷ cells, each 0.5 to 0.8 % wide."""
HISTOGRAM_OFFSET: Final = (1023 - 30) << HISTOGRAM_BITS
HISTOGRAM_CELLS: Final = 48 << HISTOGRAM_BITS
"""From a nanosecond to three days; what lies outside is counted in the first or last cell."""
MAX_BINS: Final = 1_000_000
MAX_CELLS: Final = 200_000_000


class Count(IntEnum):
    """What is counted over a run, whatever the flow (index into ``Record.counts``)."""

    EVENTS = 0
    """Events taken from the calendar, and arrivals."""
    CALLS = 1
    """Attempts sent, virtual ones included."""
    RETRIES = 2
    TIMEOUTS = 3
    REFUSED = 4
    """Attempts that failed at once, for any of the reasons below."""
    BREAKER_OPENED = 5
    BREAKER_REFUSED = 6
    LIMITED = 7
    PARTITION_LIMITED = 8
    SHED = 9
    OVERFLOWED = 10
    LOST_INSTANCE = 11
    DIVERTED = 12
    STALE = 13
    ERRORS = 14
    HEDGES = 15
    FALLBACKS = 16
    COALESCED = 17
    CACHE_HITS = 18
    CACHE_MISSES = 19
    DETACHED = 20
    CUT = 21
    BUDGET_REFUSED = 22
    QUORUM_EARLY = 23
    """Stages that went on before all their calls had answered."""
    HELD = 24
    CHOSEN = 25
    THOUGHT = 26
    """Requests of closed populations."""
    FRAMES = 27
    """Most calls outstanding at once (kernel only counts its memory so; the twin counts the same)."""
    LAST = 28


@dataclass(frozen=True, slots=True)
class Record:
    """Arrays of one run; a bin is ``bin_s`` long, the last may be cut off by the end."""

    bin_s: float
    bins: int
    flow_latency: Ints
    """[flow, cell]: answered requests (good or degraded) that arrived after the warm-up, by latency."""
    station_latency: Ints
    """[station, cell]: calls served after the warm-up, by wait and service."""
    site_latency: Ints
    """[site, cell]: calls answered after the warm-up, with all below them; empty where not asked for."""
    flow_series: Ints
    """[bin, flow, (arrived, good, degraded, failed)], each in the bin in which it happened."""
    station_area: Floats
    """[bin, station, (busy, queued)]: integral over time from the start to the bin's end, in slot or call seconds."""
    station_series: Ints
    """[bin, station, (served, refused, queued, slots)]: the first two from the start, the others at the bin's end."""
    cache_series: Floats
    """[bin, cache]: hit ratio at the bin's end."""
    counts: Ints
    """By ``Count``."""


def new_record(plan: Plan, for_s: float, bin_s: float, *, by_site: bool) -> Record:
    """An empty record for a run of that length. PlanError where its series or histograms would not fit in memory."""
    if not bin_s > 0:
        raise PlanError("bin_s", f"{bin_s} s is not a length of time")
    bins = max(1, math.ceil(for_s / bin_s - 1e-9))
    flows, stations, sites = len(plan.flows), len(plan.stations), len(plan.sites)
    cells = (flows + stations + (sites if by_site else 0)) * HISTOGRAM_CELLS + bins * (flows * 4 + stations * 6)
    if bins > MAX_BINS or cells > MAX_CELLS:
        raise PlanError("bin_s", f"{bins:,} bins of {bin_s} s for {flows} flows and {stations} stations are too many")
    return Record(
        bin_s=bin_s,
        bins=bins,
        flow_latency=_zeros(flows, HISTOGRAM_CELLS),
        station_latency=_zeros(stations, HISTOGRAM_CELLS),
        site_latency=_zeros(sites if by_site else 0, HISTOGRAM_CELLS),
        flow_series=_zeros(bins, flows, 4),
        station_area=np.zeros((bins, stations, 2)),
        station_series=_zeros(bins, stations, 4),
        cache_series=np.zeros((bins, len(plan.caches))),
        counts=_zeros(int(Count.LAST)),
    )


def _zeros(*shape: int) -> Ints:
    return np.zeros(shape, dtype=np.int64)


def cell_edges() -> Floats:
    """Edges of the histograms' cells, in seconds: one more than there are cells."""
    bits = (np.arange(HISTOGRAM_CELLS + 1, dtype=np.int64) + HISTOGRAM_OFFSET) << (52 - HISTOGRAM_BITS)
    edges: Floats = bits.view(np.float64)
    return edges


def percentile(histogram: NDArray[np.int64], share: float) -> float:
    """The time (s) below which that share of a histogram lies, interpolated in its cell; NaN for an empty one."""
    total = int(histogram.sum())
    if total == 0:
        return math.nan
    running = np.cumsum(histogram)
    wanted = share * total
    cell = int(np.searchsorted(running, wanted))
    cell = min(cell, HISTOGRAM_CELLS - 1)
    inside = int(histogram[cell])
    part = (wanted - (int(running[cell]) - inside)) / inside if inside else 0.5
    edges = cell_edges()
    return float(edges[cell] + (edges[cell + 1] - edges[cell]) * min(1.0, max(0.0, part)))


def mean_of(histogram: NDArray[np.int64]) -> float:
    """Mean time (s) of a histogram, to about 0.1 %; NaN for an empty one."""
    total = int(histogram.sum())
    edges = cell_edges()
    return float((histogram * (edges[1:] + edges[:-1]) / 2).sum() / total) if total else math.nan
