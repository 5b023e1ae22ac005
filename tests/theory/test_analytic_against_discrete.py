"""The analytic engine against the discrete one, stratum by stratum, within k standard errors and the stratum's gate."""

from __future__ import annotations

import math
from typing import Any

import pytest

from atlas.sim import UNLIMITED, Call, Plan, PlanBuilder, Routing, Service, Stage, simulate
from atlas.sim.analytic import solve


def tiers(slots: int, load: float, cv: float, count: int = 4, **station: Any) -> Plan:
    """Stations in a row, all with the same slots, load and lognormal service."""
    builder, call = PlanBuilder(), None
    for n in range(count):
        builder.station(f"t{n}", slots=slots, queue_max=UNLIMITED, **station)
        call = Call(f"t{n}", Service(0.01, cv), (Stage((call,)),) if call else ())
    assert call is not None
    instances = int(station.get("instances", 1))
    builder.flow("read", call, rate_per_s=load * slots * instances / 0.01)
    return builder.build()


def micro(load: float, **settings: Any) -> Plan:
    """A front end with a cache, a search over three shards and two side calls; ``settings`` are those of the calls."""
    builder = PlanBuilder()
    for name, rate, mean in (("web", 1, 0.004), ("user", 1, 0.002), ("store", 0.1, 0.008), ("ads", 1, 0.003)):
        builder.station(name, slots=max(10, math.ceil(2000 * rate * mean / load)), queue_max=UNLIMITED)
    for n in range(3):
        builder.station(f"shard{n}", slots=max(10, math.ceil(1000 * 0.006 / load)), queue_max=UNLIMITED)
    builder.cache("users", 0.9)
    store = Call("store", Service(0.008), cache="users", **settings)
    user = Call("user", Service(0.002), (Stage((store,)),), **settings)
    shards = tuple(Call(f"shard{n}", Service(0.006), **settings) for n in range(3))
    search = Call(None, stages=(Stage(shards),), chance=0.5)
    ads = Call("ads", Service(0.003), **settings)
    builder.flow("page", Call("web", Service(0.004), (Stage((user,)), Stage((search, ads)))), rate_per_s=2000)
    return builder.build()


def agree(plan: Plan, flow: str, seconds: float, gate: float, levels: tuple[float, ...] = (0.5, 0.95, 0.99)) -> None:
    """Percentiles within the gate and four standard errors; utilisations within .2 % and four standard errors."""
    steady = solve(plan)
    runs = simulate(plan, 7, seconds, warmup_s=seconds * 0.1, replications=8, bin_s=seconds / 10)
    for level in levels:
        found = runs.latency(flow, level)
        assert abs(steady.flow(flow).quantiles[level] - found.mean) <= gate * found.mean + 4 * found.standard_error, (
            level
        )
    for station in plan.stations.name:
        used = runs.utilisation(station)
        assert abs(steady.station(station).utilisation - used.mean) <= 0.002 * used.mean + 4 * used.standard_error


@pytest.mark.parametrize(("slots", "load", "cv"), [(10, 0.8, 1.0), (40, 0.85, 0.5)])
def test_stratum_a_tiers(slots: int, load: float, cv: float) -> None:
    """Many slots and a moderate load: one percent."""
    plan = tiers(slots, load, cv)
    assert solve(plan).stratum == "a"
    agree(plan, "read", 1200 / slots, 0.01)


def test_stratum_a_micro() -> None:
    """Fan-out, a cache, side calls: one percent."""
    plan = micro(0.7)
    assert solve(plan).stratum == "a"
    agree(plan, "page", 60, 0.01)


@pytest.mark.parametrize(("slots", "load", "cv"), [(1, 0.7, 1.0), (4, 0.85, 1.5), (10, 0.8, 2.0)])
def test_stratum_b_tiers(slots: int, load: float, cv: float) -> None:
    """Few slots or bursty service: six percent at the 99th percentile."""
    plan = tiers(slots, load, cv)
    assert solve(plan).stratum == "b"
    agree(plan, "read", 3000 / slots, 0.06, (0.95, 0.99))


@pytest.mark.parametrize("routing", [Routing.RANDOM, Routing.SHORTEST])
def test_instances_with_queues_of_their_own(routing: Routing) -> None:
    """Random instances, and the shorter of two of many: within six percent."""
    agree(tiers(4, 0.8, 1.0, count=2, instances=12, routing=int(routing)), "read", 120, 0.06, (0.95, 0.99))


def test_stratum_c_mechanisms_at_rest() -> None:
    """Timeouts and retries that seldom act do not move the percentiles."""
    plan = micro(0.7, timeout_s=0.25, attempts=3, backoff_s=0.01, retry_budget=0.2)
    assert solve(plan).stratum == "c"
    agree(plan, "page", 60, 0.01)


def test_stratum_d_held_slots() -> None:
    """A pool whose slots are held while a slow child answers: five percent."""
    builder = PlanBuilder()
    builder.station("api", slots=45, holds=1, queue_max=UNLIMITED)
    builder.station("bank", slots=UNLIMITED)
    call = Call("api", Service(0.01), (Stage((Call("bank", Service(0.3, 0.7)),)),))
    builder.flow("pay", call, rate_per_s=115)
    plan = builder.build()
    assert solve(plan).stratum == "d"
    agree(plan, "pay", 200, 0.05)


def test_errors_and_fallbacks_in_shares() -> None:
    """Outcomes of retries, a quorum and a fallback: shares within a percentage point."""
    builder = PlanBuilder()
    builder.station("db", slots=60, error=0.2)
    builder.station("old", slots=60)
    read = Call("db", Service(0.01), attempts=2, backoff_s=0.01, timeout_s=0.1, fallback=Call("old", Service(0.002)))
    write = Stage((Call("db", Service(0.01), times=3, timeout_s=0.1),), quorum=2)
    builder.flow("read", Call(None, stages=(Stage((read,)),)), rate_per_s=1000)
    builder.flow("write", Call(None, stages=(write,)), rate_per_s=500)
    plan = builder.build()
    steady, runs = solve(plan), simulate(plan, 3, 60, warmup_s=5, replications=6)
    for flow in ("read", "write"):
        for name, share in runs.shares(flow).items():
            found = getattr(steady.flow(flow), name)
            assert abs(found - share.mean) <= 0.01 + 4 * share.standard_error, (flow, name)
