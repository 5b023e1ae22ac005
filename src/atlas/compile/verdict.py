"""What a drill measured against what it was to hold: goodput, degraded answers, recovery, p99."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from atlas.compile.fault import Window
from atlas.compile.trace import FlowTrace, Trace
from atlas.model.failure import Drill, Expectation
from atlas.model.text import Comparison
from atlas.sim.plan import Floats

Measure = Literal["goodput", "degraded", "recover", "p99"]
BEFORE_S = 20.0
"""Goodput before the faults is that of this long before them."""
ENOUGH = 200.0
"""Requests in which a share can be seen: where a second has fewer, several are taken together."""
CERTAIN = 4.0
"""Standard errors below what it was at which a share has fallen: a run has dozens of stretches, none may by chance."""
BACK = 0.01
"""Goodput is back when it is within one point of what it was before the faults."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One expectation and what was measured: shares of 1, or seconds (infinite: not within the run)."""

    flow: str
    measure: Measure
    bound: str
    value: float
    holds: bool


class Judged:
    """A drill as its judgements tell it: with the mitigation, without it, and without it while nothing is broken.

    Those that are empty were not measured.
    """

    __slots__ = ()
    judgements: tuple[Judgement, ...]
    without_judgements: tuple[Judgement, ...]
    health: tuple[Judgement, ...]

    @property
    def holds(self) -> bool:
        """Whether every expectation was met."""
        return _all_met(self.judgements) is True

    @property
    def counterfactual_fails(self) -> bool | None:
        """Whether the run without the mitigation misses an expectation, as it should; ``None``: there is none."""
        met = _all_met(self.without_judgements)
        return None if met is None else not met

    @property
    def is_healthy(self) -> bool | None:
        """Whether the counterfactual is well without the fault, so that its failure proves something."""
        return _all_met(self.health)


def _all_met(judgements: tuple[Judgement, ...]) -> bool | None:
    return all(j.holds for j in judgements) if judgements else None


def judge(drill: Drill, trace: Trace, window: Window) -> tuple[Judgement, ...]:
    """Each expectation of a drill against a run. A value that could not be measured does not hold."""
    return tuple(j for expected in drill.expect for j in _judge(expected, trace, window))


def _judge(expected: Expectation, trace: Trace, window: Window) -> Iterator[Judgement]:
    flow = trace.flows.get(expected.flow)
    for measure in ("goodput", "degraded", "recover", "p99"):
        bound: Comparison | None = getattr(expected, measure)
        if bound is None:
            continue
        value = math.nan if flow is None else _MEASURES[measure](flow, trace, window)
        holds = not math.isnan(value) and bound.holds(value)
        yield Judgement(expected.flow, measure, bound.text, value, holds)


def goodput(flow: FlowTrace, trace: Trace, window: Window) -> float:
    """Share of good answers while the faults last."""
    return flow.share(flow.good, *trace.bins(window.start_s, window.end_s))


def degraded(flow: FlowTrace, trace: Trace, window: Window) -> float:
    """Share of degraded answers while the faults last."""
    return flow.share(flow.degraded, *trace.bins(window.start_s, window.end_s))


def recovery_s(flow: FlowTrace, trace: Trace, window: Window) -> float:
    """Seconds after the faults (after their start, where they stay) until goodput is back for good.

    Back is within a point of what it was before, or within ``CERTAIN`` standard errors where requests are few.
    """
    first, last = trace.bins(max(0.0, window.start_s - BEFORE_S), window.start_s)
    before = flow.share(flow.good, first, last)
    since = window.start_s if window.stays else window.end_s
    begin, end = trace.bins(since, trace.for_s)
    if math.isnan(before) or end <= begin:
        return math.nan
    good, whole = _in_stretches(flow, begin, end, trace.bin_s)
    share = np.divide(good, whole, out=np.full(len(whole), before), where=whole > 0)
    spread = np.sqrt(max(before * (1 - before), 0.0025) / np.maximum(whole, 1.0))
    missing = np.flatnonzero(share < before - np.maximum(BACK, CERTAIN * spread))
    if not len(missing):
        return 0.0
    back = int(missing[-1]) + 1
    return math.inf if back >= len(whole) else float(trace.at_s[begin] + back * trace.bin_s - since)


def _in_stretches(flow: FlowTrace, begin: int, end: int, bin_s: float) -> tuple[Floats, Floats]:
    """Good and all requests from each bin on, over one bin or as many as hold ``ENOUGH`` requests on average."""
    ended = (flow.good + flow.degraded + flow.failed)[begin:end]
    arrived = flow.arrived[begin:end]
    mean = float(arrived.mean()) * bin_s
    length = min(max(1, (end - begin) // 4), math.ceil(ENOUGH / mean)) if mean > 0 else 1
    good, done, asked = (
        np.convolve(x * bin_s, np.ones(length), "valid") for x in (flow.good[begin:end], ended, arrived)
    )
    return good, np.where(done > 0.5 * asked, done, asked)  # single bins of thin slices often end less than arrives


def p99_s(flow: FlowTrace, _trace: Trace, _window: Window) -> float:
    """99th percentile of the answers to requests made from the faults on."""
    return flow.latency[0.99]


_MEASURES = {"goodput": goodput, "degraded": degraded, "recover": recovery_s, "p99": p99_s}
