"""Rates of flows to sources: at the peak, at the average, or along a day."""

from __future__ import annotations

import math
from typing import Any

from atlas.compile.conditions import Conditions
from atlas.compile.ledger import Ledger
from atlas.compile.place import Map
from atlas.model.flow import ClosedRate, Flow
from atlas.sim import PlanBuilder, Service

HOURS = 24
HOUR_S = 3600.0


def add_source(
    builder: PlanBuilder,
    ledger: Ledger,
    regions: Map,
    conditions: Conditions,
    name: str,
    *,
    plan_flow: str,
    region: str,
) -> bool:
    """Add what makes the requests of a flow in a region; whether there are any."""
    flow = ledger.system.document.flows[name]
    if isinstance(flow.rate, ClosedRate):
        return _add_closed(builder, ledger, regions, conditions, name, plan_flow=plan_flow, region=region)
    known = ledger.system.traffic.flows[name]
    part = conditions.load * conditions.share / len(regions.names)
    rate = (known.peak if conditions.at == "peak" else known.average) * part
    if rate <= 0:
        ledger.leave_out(f"flow {flow.name}: its rate is not known")
        return False
    peak_is_written = conditions.at == "peak" and flow.peak is not None
    ledger.note("sources", plan_flow, "rate_per_s", rate, f"flows.{name}.{'peak' if peak_is_written else 'rate'}")
    extra: dict[str, Any] = {}
    if conditions.at == "day":
        extra["profile"] = day_profile(flow, known.peak / known.average if known.average else 1.0)
    builder.source(plan_flow, plan_flow, rate_per_s=rate, region=region, **extra)
    return True


def _add_closed(
    builder: PlanBuilder,
    ledger: Ledger,
    regions: Map,
    conditions: Conditions,
    name: str,
    *,
    plan_flow: str,
    region: str,
) -> bool:
    users = ledger.mid(f"flows.{name}.rate.closed") or 0.0
    think = ledger.mid(f"flows.{name}.rate.think") or 0.0
    count = round(users * conditions.load * conditions.share / len(regions.names))
    if count < 1 or think <= 0:
        ledger.leave_out(f"flow {name}: neither its users nor their pauses are known")
        return False
    ledger.note("sources", plan_flow, "users", count, f"flows.{name}.rate.closed")
    ledger.note("sources", plan_flow, "think", think, f"flows.{name}.rate.think")
    builder.source(plan_flow, plan_flow, users=count, think=Service(think, 1.0, "exponential"), region=region)
    return True


def day_profile(flow: Flow, peak_over_mean: float) -> tuple[float, ...]:
    """A factor of the mean for each hour: as written, flat, or a wave that reaches the peak at 20 h.

    Peaks above twice the mean sharpen the wave (a power of it), so that no hour is below zero and the mean is 1.
    """
    if isinstance(flow.profile, tuple):
        mean = sum(flow.profile) / len(flow.profile)
        return tuple(flow.profile[h * len(flow.profile) // HOURS] / mean for h in range(HOURS))
    if flow.profile == "flat" or peak_over_mean <= 1:
        return (1.0,) * HOURS
    if peak_over_mean <= 2:
        swing = peak_over_mean - 1
        return tuple(1 + swing * math.cos((h - 20) / HOURS * 2 * math.pi) for h in range(HOURS))
    return _sharp_wave(peak_over_mean)


def _sharp_wave(peak_over_mean: float) -> tuple[float, ...]:
    """The wave (1 + cos) / 2 to a power whose peak over its mean is as asked, found by bisection."""
    wave = [(1 + math.cos((h - 20) / HOURS * 2 * math.pi)) / 2 for h in range(HOURS)]
    low, high = 1.0, 200.0
    for _ in range(60):
        power = (low + high) / 2
        ratio = HOURS / sum(w**power for w in wave)
        low, high = (power, high) if ratio < peak_over_mean else (low, power)
    total = sum(w**low for w in wave) / HOURS
    return tuple(w**low / total for w in wave)
