"""The discrete engine's mechanisms of calls against what can be worked out by hand, within standard errors."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from atlas.sim import (
    ANSWER,
    BreakerPer,
    Call,
    Estimate,
    Fault,
    Outcome,
    Overflow,
    Plan,
    PlanBuilder,
    Routing,
    Service,
    Stage,
    simulate,
    with_faults,
)
from atlas.sim.record import Count

SEED = 7
FAST = Service(1e-6, 0.0, "constant")
"""A service that takes next to no time."""
ENDLESS = 1 << 30
"""Slots of a station where nobody waits."""


def agrees(measured: Estimate, theory: float, resolution: float = 0.003) -> bool:
    """Whether theory lies within four standard errors and the histogram's resolution."""
    assert measured.standard_error < 0.05 * max(theory, 0.02), "the run is too short to say anything"
    return abs(measured.mean - theory) <= 4 * measured.standard_error + resolution * theory


def exponential(mean_s: float) -> Service:
    """Exponential times."""
    return Service(mean_s, 1.0, "exponential")


def constant(mean_s: float) -> Service:
    """Times that are all the same."""
    return Service(mean_s, 0.0, "constant")


def builder_with(*stations: str, **settings: Any) -> PlanBuilder:
    """A builder with stations of endless slots (or the settings given)."""
    builder = PlanBuilder()
    for name in stations:
        builder.station(name, **{"slots": ENDLESS} | settings)
    return builder


def plan_of(call: Call, rate_per_s: float = 100.0, *stations: str) -> Plan:
    """A plan with one flow, whose stations have endless slots."""
    builder = builder_with(*(stations or ("a", "b", "c")))
    builder.flow("flow", call, rate_per_s=rate_per_s)
    return builder.build()


def run(plan: Plan, for_s: float = 500.0) -> Outcome:
    """Eight replications without a warm-up to speak of."""
    return simulate(plan, SEED, for_s, warmup_s=10.0, replications=8)


def test_timeouts_and_retries() -> None:
    """Exponential service of mean 1 and a timeout of 1.2: an attempt fails with e^−1.2, three fail with its cube."""
    fails = math.exp(-1.2)
    call = Call("a", exponential(1.0), timeout_s=1.2, attempts=3)
    outcome = run(plan_of(call))
    assert agrees(outcome.shares("flow")["failed"], fails**3)
    mean_in_time = (1 - fails * (1 + 1.2)) / (1 - fails)
    waited = sum(n * 1.2 * fails**n for n in range(3)) * (1 - fails) / (1 - fails**3)
    assert agrees(outcome.mean_latency("flow"), mean_in_time + waited)


def test_backoff_doubles_and_jitter_keeps_its_mean() -> None:
    """Two failed attempts cost one and two backoffs, with or without jitter."""
    failing = with_faults(
        plan_of(Call("a", FAST, attempts=3, backoff_s=0.1, jitter=False, fallback=ANSWER)),
        [Fault("error", 0.0, 1e6, "a", 1.0)],
    )
    outcome = run(failing, 100.0)
    assert agrees(outcome.mean_latency("flow"), 0.3)
    plan = replace(failing, sites=replace(failing.sites, jitter=np.ones_like(failing.sites.jitter)))
    assert agrees(run(plan, 100.0).mean_latency("flow"), 0.3)


def test_retry_budget_bounds_retries() -> None:
    """When everything fails, retries are the budget's share of first attempts (and the ten it starts with)."""
    plan = plan_of(Call("a", FAST, attempts=4, retry_budget=0.1))
    outcome = run(with_faults(plan, [Fault("error", 0.0, 1e6, "a", 1.0)]), 100.0)
    first = outcome.flow_series("flow").arrived.sum() * 8
    assert outcome.count(Count.RETRIES) <= 0.1 * first + 8 * 10
    assert outcome.count(Count.RETRIES) >= 0.1 * first - 8


def test_hedge_takes_the_faster() -> None:
    """Two exponential copies, the second after d: the mean is (1 − e^−d) + e^−d / 2."""
    outcome = run(plan_of(Call("a", exponential(1.0), hedge_s=0.5)))
    late = math.exp(-0.5)
    assert agrees(outcome.mean_latency("flow"), (1 - late) + late / 2)
    calls = outcome.flow_series("flow").arrived.sum() * 8
    assert outcome.count(Count.HEDGES) / calls == pytest.approx(late, rel=0.01)


def test_hedge_follows_an_observed_quantile() -> None:
    """A hedge after the observed 90th percentile is sent for about a tenth of the calls."""
    outcome = run(plan_of(Call("a", exponential(1.0), hedge_s=1.0, hedge_level=0.9)), 2000.0)
    share = outcome.count(Count.HEDGES) / (outcome.flow_series("flow").arrived.sum() * 8)
    assert share == pytest.approx(0.1, rel=0.15)


def test_adaptive_timeout_follows_the_service() -> None:
    """A timeout of twice the observed median fails exponential calls with a quarter, however wrong its first value."""
    outcome = run(plan_of(Call("a", exponential(1.0), timeout_s=20.0, timeout_level=0.5, timeout_factor=2.0)), 2000.0)
    assert outcome.shares("flow")["failed"].mean == pytest.approx(0.25, rel=0.1)


def test_quorum_waits_for_the_fastest() -> None:
    """Two of three exponential calls: the mean of the second order statistic, 1/3 + 1/2."""
    stage = Stage((Call("a", exponential(1.0), times=3),), quorum=2)
    outcome = run(plan_of(Call(stages=(stage,))))
    assert agrees(outcome.mean_latency("flow"), 1 / 3 + 1 / 2)


def test_quorum_fails_when_it_has_become_impossible() -> None:
    """Two of three calls that fail with probability 0.3: succeeds with 0.7³ + 3 × 0.7² × 0.3."""
    builder = PlanBuilder()
    builder.station("a", slots=ENDLESS, error=0.3)
    builder.flow("flow", Call(stages=(Stage((Call("a", FAST, times=3),), quorum=2),)), rate_per_s=100.0)
    outcome = run(builder.build())
    assert agrees(outcome.shares("flow")["good"], 0.7**3 + 3 * 0.7**2 * 0.3)


def test_sequence_parallel_and_chance() -> None:
    """Stages add, calls of a stage take the longest, and a call that does not happen takes nothing."""
    parallel = Stage((Call("a", constant(0.1)), Call("b", constant(0.3))))
    maybe = Stage((Call("c", constant(1.0), chance=0.25),))
    outcome = run(plan_of(Call("a", constant(0.05), (parallel, maybe))))
    assert agrees(outcome.mean_latency("flow"), 0.05 + 0.3 + 0.25)


def test_choice_is_exclusive() -> None:
    """Exactly one of the choices happens, each with its share."""
    stage = Stage((Call("a", constant(0.1), chance=0.7), Call("b", constant(1.0), chance=0.3)), choose=True)
    outcome = run(plan_of(Call(stages=(stage,))))
    assert agrees(outcome.mean_latency("flow"), 0.7 * 0.1 + 0.3 * 1.0)
    assert outcome.latency("flow", 0.999).mean == pytest.approx(1.0, rel=0.01)


def test_network_adds_its_round_trip() -> None:
    """The round trip is part of the latency, not of the station's sojourn."""
    outcome = run(plan_of(Call(stages=(Stage((Call("a", constant(0.1), network_s=0.08),)),))), 100.0)
    assert agrees(outcome.mean_latency("flow"), 0.18, resolution=0.005)
    assert outcome.sojourn("a", 0.5).mean == pytest.approx(0.1, rel=0.01)


def test_fallback_counts_as_degraded() -> None:
    """A failing call answered by another, or at once, is degraded and keeps its latency."""
    failing = builder_with("a", "b", error=0.0)
    instead = Call("b", constant(0.2))
    failing.flow("other", Call("a", constant(0.1), fallback=instead), rate_per_s=50.0)
    failing.flow("answer", Call("a", constant(0.1), fallback=ANSWER), rate_per_s=50.0)
    outcome = run(with_faults(failing.build(), [Fault("error", 0.0, 1e6, "a", 0.25)]))
    assert agrees(outcome.shares("other")["degraded"], 0.25)
    assert agrees(outcome.mean_latency("other"), 0.1 + 0.25 * 0.2, resolution=0.005)
    assert agrees(outcome.shares("answer")["degraded"], 0.25)
    assert outcome.shares("answer")["failed"].mean == 0


def test_detached_work_is_not_waited_for() -> None:
    """Work handed over has its own flow, rate and outcome; the caller goes on at once."""
    later = Call("b", constant(2.0), chance=0.5, detached="later", timeout_s=1.0)
    outcome = run(plan_of(Call("a", constant(0.1), (Stage((later,)),))))
    assert agrees(outcome.mean_latency("flow"), 0.1, resolution=0.005)
    assert outcome.shares("flow")["good"].mean == 1
    assert outcome.shares("flow/later")["failed"].mean == 1
    assert outcome.flow_series("flow/later").arrived.mean() == pytest.approx(50.0, rel=0.03)


def test_cache_hits_and_refills_with_successful_misses() -> None:
    """The steady share of misses is 1 − hit; after a flush it decays with a third of the fill time."""
    builder = builder_with("a", "store")
    builder.cache("cache", 0.9, fill_s=30.0)
    builder.flow("flow", Call("a", FAST, (Stage((Call("store", FAST, cache="cache"),)),)), rate_per_s=2000.0)
    plan = with_faults(builder.build(), [Fault("cache_loss", 50.0, 0.5, "cache", 1.0)])
    outcome = run(plan, 150.0)
    hits = outcome.cache_series(0)
    assert hits[40] == pytest.approx(0.9)
    for after in (5, 10, 20, 30):
        assert hits[50 + after - 1] == pytest.approx(0.9 * (1 - math.exp(-after / 10)), rel=0.03)
    store = outcome.station_series("store").served
    assert store[20:49].mean() == pytest.approx(200.0, rel=0.02)


def test_cold_cache_stays_cold_while_its_store_fails() -> None:
    """Only successful misses fill a cache: with a store that is down the hit ratio stays where it was."""
    builder = builder_with("a", "store")
    builder.cache("cache", 0.9, fill_s=10.0)
    builder.flow("flow", Call("a", FAST, (Stage((Call("store", FAST, cache="cache"),)),)), rate_per_s=500.0)
    faults = [Fault("cache_loss", 10.0, 0.5, "cache", 1.0), Fault("error", 10.0, 20.0, "store", 1.0)]
    hits = run(with_faults(builder.build(), faults), 60.0).cache_series(0)
    assert hits[28] == 0
    assert hits[55] > 0.85


def test_constant_work_keeps_the_store_busy() -> None:
    """With constant work the store sees every lookup, warm or cold."""
    builder = builder_with("a", "store")
    builder.cache("cache", 0.9, fill_s=30.0, constant_work=True)
    builder.flow("flow", Call("a", FAST, (Stage((Call("store", FAST, cache="cache"),)),)), rate_per_s=500.0)
    served = run(with_faults(builder.build(), [Fault("cache_loss", 50.0, 1.0, "cache", 1.0)]), 100.0)
    store = served.station_series("store").served
    assert store[5:49].mean() == pytest.approx(500.0, rel=0.02)
    assert store[50:60].mean() == pytest.approx(500.0, rel=0.04)


def test_equal_calls_in_flight_are_shared() -> None:
    """Hot reads of rate λ that take W share calls: the store sees λ / (1 + λ W)."""
    builder = builder_with("a", "store")
    read = Call("store", constant(0.1), coalesce=True)
    builder.flow("flow", Call("a", FAST, (Stage((read,)),)), rate_per_s=1.0)
    builder.source("hot", "flow", hot=True, rate_per_s=200.0)
    outcome = run(builder.build())
    assert outcome.station_series("store").served[10:].mean() == pytest.approx(1.0 + 200 / (1 + 200 * 0.1), rel=0.02)
    assert outcome.shares("flow")["good"].mean == 1


def test_hot_key_hits_one_partition() -> None:
    """A hot key falls on the instance of partition 0, and hurts its neighbours there alone."""
    builder = PlanBuilder()
    builder.station("store", instances=8, routing=Routing.KEYED, slots=1, queue_max=50)
    call = Call("store", constant(0.01), key=0)
    builder.flow("flow", call, rate_per_s=80.0)
    outcome = run(with_faults(builder.build(), [Fault("hot_key", 100.0, 100.0, "flow", 1000.0)]), 300.0)
    served = outcome.station_series("store").served
    assert served[110:190].mean() == pytest.approx(100.0 + 70.0, rel=0.02)
    assert served[250:].mean() == pytest.approx(80.0, rel=0.02)


def test_partition_limit_and_bucket_limit() -> None:
    """A partition, or a bucket of a limit, lets through its rate and refuses the rest."""
    builder = PlanBuilder()
    builder.station("parts", slots=ENDLESS, routing=Routing.KEYED, partitions=4, partition_rate=10.0)
    builder.station("limited", slots=ENDLESS, limit_rate=10.0, limit_burst=5.0, limit_buckets=4)
    builder.flow("parts", Call("parts", FAST), rate_per_s=100.0)
    builder.flow("limited", Call("limited", FAST, key=0), rate_per_s=100.0)
    outcome = run(builder.build())
    assert agrees(outcome.throughput("parts"), 40.0, resolution=0.01)
    assert agrees(outcome.throughput("limited"), 40.0, resolution=0.01)


def test_shedding_spares_the_important() -> None:
    """Above its utilisation a station refuses the unimportant flow; the important one passes."""
    builder = PlanBuilder()
    builder.station("a", slots=100, shed=[(0.8, 2)])
    builder.flow("important", Call("a", exponential(1.0)), rate_per_s=60.0, priority=0)
    builder.flow("other", Call("a", exponential(1.0)), rate_per_s=60.0, priority=2)
    outcome = run(builder.build())
    assert outcome.shares("important")["good"].mean > 0.999
    assert 0.25 < outcome.shares("other")["good"].mean < 0.45
    assert outcome.utilisation("a").mean == pytest.approx(0.8, abs=0.03)


def overloaded(overflow: Overflow, **call: Any) -> Outcome:
    """A server at twice its capacity, with ten places in its queue."""
    builder = PlanBuilder()
    builder.station("a", queue_max=10, overflow=int(overflow))
    builder.station("other", slots=ENDLESS)
    builder.flow("flow", Call("a", constant(0.01), **call), rate_per_s=200.0)
    return run(builder.build(), 100.0)


def test_overflow_reject_and_drop_oldest() -> None:
    """Both lose half; the answered ones waited the whole queue."""
    for overflow in (Overflow.REJECT, Overflow.DROP_OLDEST):
        outcome = overloaded(overflow)
        assert outcome.shares("flow")["good"].mean == pytest.approx(0.5, abs=0.01)
        assert outcome.queued("a").mean > 8


def test_overflow_drop_stale_serves_only_who_waits() -> None:
    """After a spike, who drops what nobody waits for is well at once; who serves it all is late for long."""
    good = []
    for overflow in (Overflow.DROP_STALE, Overflow.REJECT):
        builder = PlanBuilder()
        builder.station("a", queue_max=100_000, overflow=int(overflow))
        builder.flow("flow", Call("a", constant(0.01), timeout_s=0.2), rate_per_s=50.0)
        outcome = run(with_faults(builder.build(), [Fault("spike", 20.0, 10.0, "flow", 5.0)]), 60.0)
        good.append(outcome.flow_series("flow").good[32:50].mean())
        assert (outcome.count(Count.STALE) > 0) == (overflow == Overflow.DROP_STALE)
    assert good[0] == pytest.approx(50.0, rel=0.05)
    assert good[1] < 1


def test_overflow_block_waits_without_bound() -> None:
    """Nothing is refused, and the queue grows by what is not served."""
    outcome = overloaded(Overflow.BLOCK)
    assert outcome.count(Count.REFUSED) == 0
    assert outcome.station_series("a").queued[-1] == pytest.approx(100 * 100, rel=0.05)


def test_overflow_divert_calls_another() -> None:
    """What finds the queue full is answered by the other station, and is as good."""
    outcome = overloaded(Overflow.DIVERT, divert=Call("other", FAST))
    assert outcome.shares("flow")["good"].mean == 1
    assert outcome.station_series("other").served[10:].mean() == pytest.approx(100.0, rel=0.03)


def test_breaker_opens_and_closes() -> None:
    """It opens on failures, fails at once while open, and closes when the station is well again."""
    for per in BreakerPer:
        builder = PlanBuilder()
        builder.station("a", slots=ENDLESS, instances=2, routing=Routing.RANDOM)
        call = Call("a", constant(0.01), breaker=0.5, breaker_open_s=1.0, breaker_per=per)
        builder.flow("flow", call, rate_per_s=200.0)
        outcome = run(with_faults(builder.build(), [Fault("error", 20.0, 20.0, "a", 1.0)]), 80.0)
        served = outcome.station_series("a").served
        assert served[5:19].mean() == pytest.approx(200.0, rel=0.05)
        assert served[22:39].mean() < 80
        assert outcome.flow_series("flow").good[45:].mean() == pytest.approx(200.0, rel=0.05)


def test_capacity_lost_and_back() -> None:
    """With half of the instances gone the rest serves what it can; nothing passes when all are gone."""
    builder = PlanBuilder()
    builder.station("a", instances=4, slots=5, routing=Routing.RANDOM, queue_max=5)
    builder.flow("flow", Call("a", constant(0.1)), rate_per_s=150.0)
    faults = [Fault("capacity", 20.0, 20.0, "a", 0.5), Fault("capacity", 60.0, 20.0, "a", 0.0)]
    outcome = run(with_faults(builder.build(), faults), 100.0)
    good = outcome.flow_series("flow").good
    assert good[22:39].mean() == pytest.approx(100.0, rel=0.03)
    assert good[62:79].mean() == 0
    assert good[82:].mean() > 135
    assert outcome.station_series("a").utilisation[25:38].mean() == pytest.approx(1.0, abs=0.03)


def test_region_lost_and_its_load_moved() -> None:
    """Requests of a lost region fail until its load moves; then the other region serves both."""
    builder = PlanBuilder(("east", "west"))
    for region in ("east", "west"):
        builder.station(f"a-{region}", component="a", region=region, slots=100)
        call = Call(f"a-{region}", constant(0.01))
        builder.flow(f"flow-{region}", call, rate_per_s=100.0, region=region, request="flow")
    outcome = run(with_faults(builder.build(), [Fault("region_loss", 20.0, 40.0, "east", 10.0)]), 80.0)
    east, west = outcome.flow_series("flow-east"), outcome.flow_series("flow-west")
    assert east.failed[21:29].mean() == pytest.approx(100.0, rel=0.1)
    assert west.good[21:29].mean() == pytest.approx(100.0, rel=0.1)
    assert east.arrived[31:59].sum() == 0
    assert west.good[31:59].mean() == pytest.approx(200.0, rel=0.1)
    assert east.good[62:].mean() == pytest.approx(100.0, rel=0.1)


def test_cut_link_times_out() -> None:
    """Calls over a cut link are lost: they time out, and arrive again afterwards."""
    link = Call("b", FAST, timeout_s=0.5, network_s=0.01)
    plan = plan_of(Call("a", FAST, (Stage((link,)),)))
    outcome = run(with_faults(plan, [Fault("partition", 20.0, 10.0, ("a", "b"))]), 50.0)
    series = outcome.flow_series("flow")
    assert series.good[21:29].mean() == 0
    assert series.failed[21:29].mean() == pytest.approx(100.0, rel=0.1)
    assert series.good[35:].mean() == pytest.approx(100.0, rel=0.1)


def test_spike_and_profile() -> None:
    """Rates follow the profile and, on top of it, the fault."""
    builder = builder_with("a")
    builder.profile_step(10.0)
    builder.flow("flow", Call("a", FAST), rate_per_s=100.0, profile=[1.0, 3.0])
    arrived = run(with_faults(builder.build(), [Fault("spike", 20.0, 10.0, "flow", 5.0)]), 40.0)
    series = arrived.flow_series("flow").arrived
    means = [series[n : n + 10].mean() for n in (0, 10, 20, 30)]
    assert means == pytest.approx([100.0, 300.0, 500.0, 300.0], rel=0.04)


def test_slow_station() -> None:
    """A slow station takes the factor longer, for as long as the fault lasts."""
    outcome = run(with_faults(plan_of(Call("a", constant(0.1))), [Fault("slow", 0.0, 1e6, "a", 3.0)]), 50.0)
    assert outcome.latency("flow", 0.5).mean == pytest.approx(0.3, rel=0.01)
