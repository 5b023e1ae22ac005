"""What a simulation says: percentiles, rates and utilisations with confidence intervals, and series over time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from atlas.sim.feed_forward import is_feed_forward
from atlas.sim.plan import UNLIMITED, Floats, Ints, Plan
from atlas.sim.record import Count, Record, mean_of, percentile

_STUDENT: Final = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
"""Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications with the half width of its 95 % confidence interval (NaN for one replication)."""

    mean: float
    half_width: float
    values: tuple[float, ...]

    @property
    def standard_error(self) -> float:
        """Standard error of the mean; NaN for one replication."""
        if len(self.values) < 2:
            return math.nan
        return float(np.std(self.values, ddof=1)) / math.sqrt(len(self.values))


def estimate(values: list[float]) -> Estimate:
    """Mean and interval of independent values; NaNs (nothing was observed) make a NaN."""
    count = len(values)
    mean = float(np.mean(values))
    if count < 2:
        return Estimate(mean, math.nan, tuple(values))
    wide = _STUDENT[count - 2] if count - 2 < len(_STUDENT) else 1.96
    return Estimate(mean, wide * float(np.std(values, ddof=1)) / math.sqrt(count), tuple(values))


@dataclass(frozen=True, slots=True)
class FlowSeries:
    """Requests of a flow per second, one value for each bin, mean over the replications."""

    at_s: Floats
    """Start of each bin."""
    arrived: Floats
    good: Floats
    degraded: Floats
    failed: Floats


@dataclass(frozen=True, slots=True)
class StationSeries:
    """A station over time, one value for each bin, mean over the replications."""

    at_s: Floats
    utilisation: Floats
    """Busy share of the slots that are there, background load included."""
    queued: Floats
    """Mean number of waiting calls."""
    served: Floats
    """Calls per second."""
    refused: Floats
    """Calls per second."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The records of all replications of a plan, and the questions asked of them."""

    plan: Plan
    engine: Literal["kernel", "twin"]
    seed: int
    for_s: float
    warmup_s: float
    records: tuple[Record, ...]

    @property
    def engine_words(self) -> str:
        """The engine, and how it ran: a feed-forward plan the kernel runs by recursion, others event by event."""
        if self.engine == "twin":
            return "discrete (readable twin)"
        return "discrete, by recursion" if is_feed_forward(self.plan) else "discrete"

    def latency(self, flow: str, share: float) -> Estimate:
        """A latency percentile (s) of the answered requests of a flow, e.g. share 0.99."""
        index = self.plan.find_flow(flow)
        return estimate([percentile(r.flow_latency[index], share) for r in self.records])

    def mean_latency(self, flow: str) -> Estimate:
        """Mean latency (s) of the answered requests of a flow."""
        index = self.plan.find_flow(flow)
        return estimate([mean_of(r.flow_latency[index]) for r in self.records])

    def latency_histogram(self, flow: str) -> Ints:
        """Latencies of all replications together, by the cells of ``atlas.sim.record.cell_edges``."""
        index = self.plan.find_flow(flow)
        total: Ints = np.sum([r.flow_latency[index] for r in self.records], axis=0)
        return total

    def sojourn(self, station: str, share: float) -> Estimate:
        """A percentile (s) of waiting and service together of the calls to a station."""
        index = self.plan.find_station(station)
        return estimate([percentile(r.station_latency[index], share) for r in self.records])

    def shares(self, flow: str) -> dict[str, Estimate]:
        """Shares of the ended requests after the warm-up that were good, degraded and failed."""
        index = self.plan.find_flow(flow)
        ended = [r.flow_series[self._warm_bins(r) :, index, 1:].sum(axis=0) for r in self.records]
        totals = [max(1, int(e.sum())) for e in ended]
        return {
            name: estimate([float(e[n]) / t for e, t in zip(ended, totals, strict=True)])
            for n, name in enumerate(("good", "degraded", "failed"))
        }

    def throughput(self, flow: str) -> Estimate:
        """Answered requests (good and degraded) per second after the warm-up."""
        index = self.plan.find_flow(flow)
        rates = []
        for record in self.records:
            first = self._warm_bins(record)
            seconds = self.for_s - first * record.bin_s
            rates.append(float(record.flow_series[first:, index, 1:3].sum()) / seconds)
        return estimate(rates)

    def utilisation(self, station: str) -> Estimate:
        """Mean utilisation of a station after the warm-up."""
        index = self.plan.find_station(station)
        values = []
        for record in self.records:
            first = self._warm_bins(record)
            widths = self._widths(record)[first:]
            values.append(float((self._utilisation(record, index)[first:] * widths).sum() / widths.sum()))
        return estimate(values)

    def queued(self, station: str) -> Estimate:
        """Mean number of calls that wait at a station, after the warm-up."""
        index = self.plan.find_station(station)
        values = []
        for record in self.records:
            first = self._warm_bins(record)
            area = _increments(record.station_area[:, index, 1])[first:]
            values.append(float(area.sum() / self._widths(record)[first:].sum()))
        return estimate(values)

    def flow_series(self, flow: str) -> FlowSeries:
        """The flow second by second (or in the bins asked for)."""
        index, first = self.plan.find_flow(flow), self.records[0]
        rates = np.mean([r.flow_series[:, index] for r in self.records], axis=0) / self._widths(first)[:, None]
        return FlowSeries(self._starts(first), *(rates[:, n] for n in range(4)))

    def station_series(self, station: str) -> StationSeries:
        """The station second by second (or in the bins asked for)."""
        index, first = self.plan.find_station(station), self.records[0]
        widths = self._widths(first)
        queued = np.mean([_increments(r.station_area[:, index, 1]) for r in self.records], axis=0) / widths
        done = np.mean([_increments(r.station_series[:, index, :2]) for r in self.records], axis=0) / widths[:, None]
        busy = np.mean([self._utilisation(r, index) for r in self.records], axis=0)
        return StationSeries(self._starts(first), busy, queued, done[:, 0], done[:, 1])

    def cache_series(self, cache: int) -> Floats:
        """Hit ratio of a cache at the end of each bin."""
        series: Floats = np.mean([r.cache_series[:, cache] for r in self.records], axis=0)
        return series

    def count(self, what: Count) -> int:
        """How often something happened, over all replications."""
        return sum(int(r.counts[what]) for r in self.records)

    def _starts(self, record: Record) -> Floats:
        """Where the bins begin (s)."""
        starts: Floats = np.arange(record.bins, dtype=np.float64) * np.float64(record.bin_s)
        return starts

    def _widths(self, record: Record) -> Floats:
        """Lengths of the bins (s); the last may be shorter."""
        edges = np.minimum(np.arange(record.bins + 1) * record.bin_s, self.for_s)
        widths: Floats = np.diff(edges)
        return widths

    def _warm_bins(self, record: Record) -> int:
        """The first bin that begins after the warm-up; the last bin if none does."""
        return min(record.bins - 1, math.ceil(self.warmup_s / record.bin_s - 1e-9))

    def _utilisation(self, record: Record, station: int) -> Floats:
        stations = self.plan.stations
        slots = float(stations.slots[station])
        busy = _increments(record.station_area[:, station, 0]) / self._widths(record)
        if slots >= UNLIMITED:
            return np.zeros(record.bins)
        pooled_or_one = stations.routing[station] == 0 or stations.instances[station] == 1
        queues = 1 if pooled_or_one else int(stations.instances[station])
        total = slots * float(stations.instances[station])
        background = float(stations.background[station])
        left = max(1.0, total / queues - math.floor(background / queues)) * queues
        rest = max(0.0, background - (total - left))
        there = record.station_series[:, station, 3] / left
        used = busy * (left - rest) / left + background * np.minimum(1.0, there)
        share: Floats = np.divide(used, total * there, out=np.zeros_like(used), where=there > 0)
        return share


def _increments(running: Ints | Floats) -> Floats:
    """What was added in each bin to a sum that runs from the start."""
    increments: Floats = np.diff(running, axis=0, prepend=np.zeros_like(running[:1])).astype(np.float64)
    return increments
