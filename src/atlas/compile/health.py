"""Whether a system without its mitigation is well while nothing is broken: else a counterfactual proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from atlas.compile.trace import FlowTrace, Trace
from atlas.compile.verdict import Judgement
from atlas.model.failure import Drill, Expectation
from atlas.model.system import System

HEALTH_S: Final = 30.0
"""How long a system is watched without faults."""
SETTLED_S: Final = 10.0
"""What of that is warm-up."""
WELL: Final = 0.99
"""Share of good answers of a flow that is well, where it does not promise less."""


def health(drill: Drill, trace: Trace, system: System) -> tuple[Judgement, ...]:
    """The flows that a drill expects something of, on a run without faults.

    Each must give as many good answers as the drill asks of it under the fault, and at least ``WELL`` (or the
    availability it promises, where that is less); what is expected of its p99 must hold too.
    """
    wanted: dict[str, float] = {}
    for expected in drill.expect:
        wanted[expected.flow] = max(wanted.get(expected.flow, 0.0), _bound(expected, system))
    slowest = {e.flow: e for e in drill.expect if e.p99 is not None}
    return tuple(j for flow, bound in wanted.items() for j in _judge(flow, bound, slowest, trace))


def _bound(expected: Expectation, system: System) -> float:
    promised = system.value(f"flows.{expected.flow}.slo.availability")
    well = min(WELL, promised.mid) if promised is not None else WELL
    asked = expected.goodput.bound.mid if expected.goodput is not None else 0.0
    return max(well, asked)


def _judge(flow: str, bound: float, slowest: Mapping[str, Expectation], trace: Trace) -> Iterator[Judgement]:
    found: FlowTrace | None = trace.flows.get(flow)
    if found is None:
        yield Judgement(flow, "goodput", _text(bound), float("nan"), holds=False)
        return
    share = found.share(found.good, *trace.bins(trace.from_s, trace.for_s))
    yield Judgement(flow, "goodput", _text(bound), share, share >= bound)
    if flow in slowest and (limit := slowest[flow].p99) is not None:
        value = found.latency[0.99]
        yield Judgement(flow, "p99", limit.text, value, limit.holds(value))


def _text(bound: float) -> str:
    return f">= {100 * bound:g} %"
