"""The discrete engine against closed forms of queueing theory, within standard errors over replications."""

from __future__ import annotations

import math
from typing import Any

import pytest

from atlas.physics.distribution import Shape
from atlas.sim import Call, Estimate, Plan, PlanBuilder, Routing, Service, Stage, simulate

SEED = 20_240_229
STANDARD_ERRORS = 4.0
ENOUGH = 10**6
"""A queue that never fills."""


def agrees(measured: Estimate, theory: float, resolution: float = 0.002) -> bool:
    """Whether theory lies within k standard errors (and the histogram's resolution) of a measurement worth its name."""
    assert measured.standard_error < 0.05 * theory, "the run is too short to say anything"
    return abs(measured.mean - theory) <= STANDARD_ERRORS * measured.standard_error + resolution * theory


def station_plan(service: Service, rate_per_s: float, **station: Any) -> Plan:
    """One station called by one flow."""
    builder = PlanBuilder()
    builder.station("station", **{"queue_max": ENOUGH} | station)
    builder.flow("flow", Call("station", service), rate_per_s=rate_per_s)
    return builder.build()


def exponential(mean_s: float) -> Service:
    """Exponential times."""
    return Service(mean_s, 1.0, "exponential")


def erlang_b(servers: int, offered: float) -> float:
    """Share of calls lost by servers without a queue."""
    lost = 1.0
    for n in range(1, servers + 1):
        lost = offered * lost / (n + offered * lost)
    return lost


def erlang_c(servers: int, offered: float) -> float:
    """Probability of waiting for servers with an endless queue."""
    lost = erlang_b(servers, offered)
    return lost / (1 - offered / servers * (1 - lost))


@pytest.mark.parametrize("utilisation", [0.3, 0.7, 0.9])
def test_mm1(utilisation: float) -> None:
    """M/M/1: utilisation, mean, exponential sojourn (so that order is first come, first served), queue by Little."""
    outcome = simulate(
        station_plan(exponential(1.0), utilisation), SEED, 200_000, warmup_s=5_000, replications=8, bin_s=1000
    )
    mean = 1 / (1 - utilisation)
    assert agrees(outcome.utilisation("station"), utilisation)
    assert agrees(outcome.mean_latency("flow"), mean)
    assert agrees(outcome.latency("flow", 0.5), mean * math.log(2))
    assert agrees(outcome.latency("flow", 0.99), mean * math.log(100))
    assert agrees(outcome.queued("station"), utilisation**2 / (1 - utilisation))


@pytest.mark.parametrize(("servers", "utilisation"), [(2, 0.8), (16, 0.9), (100, 0.85)])
def test_mmc(servers: int, utilisation: float) -> None:
    """M/M/c: the mean by Erlang C, and the probability that the sojourn is above a time."""
    rate = servers * utilisation
    outcome = simulate(
        station_plan(exponential(1.0), rate, slots=servers),
        SEED,
        400_000 / rate,
        warmup_s=500,
        replications=8,
        bin_s=50,
    )
    waits = erlang_c(servers, rate)
    assert agrees(outcome.mean_latency("flow"), 1 + waits / (servers - rate))
    assert agrees(outcome.utilisation("station"), utilisation)


@pytest.mark.parametrize(
    ("shape", "cv"), [("constant", 0.0), ("gamma", 0.5), ("lognormal", 0.5), ("lognormal", 1.5), ("gamma", 2.0)]
)
def test_mg1(shape: Shape, cv: float) -> None:
    """M/G/1: the mean by Pollaczek and Khinchine, for constant, gamma and lognormal service."""
    service, load = Service(0.01, cv, shape), 0.7
    outcome = simulate(station_plan(service, load / 0.01), SEED, 4000, warmup_s=100, replications=8, bin_s=100)
    theory = 0.01 + load * 0.01 * (1 + cv * cv) / (2 * (1 - load))
    assert agrees(outcome.mean_latency("flow"), theory, resolution=0.004)


def test_jackson_tandem() -> None:
    """Five exponential stations in a row: each is M/M/c of its own, and sojourns add (Jackson)."""
    builder = PlanBuilder()
    call = None
    for n in range(5):
        builder.station(f"tier{n}", slots=10, queue_max=ENOUGH)
        call = Call(f"tier{n}", exponential(1.0), (Stage((call,)),) if call else ())
    assert call is not None
    builder.flow("flow", call, rate_per_s=8.0)
    outcome = simulate(builder.build(), SEED, 30_000, warmup_s=1000, replications=8, bin_s=500)
    assert agrees(outcome.mean_latency("flow"), 5 * (1 + erlang_c(10, 8.0) / 2))
    assert all(agrees(outcome.utilisation(f"tier{n}"), 0.8) for n in range(5))


def test_jackson_network_with_returns() -> None:
    """A station visited a geometric number of times stays M/M/1 at its total rate, split and joined as it is."""
    builder = PlanBuilder()
    for name in ("hub", "left", "right"):
        builder.station(name, queue_max=ENOUGH)
    again = Call("hub", exponential(0.1), chance=0.5)
    left = Call("left", exponential(0.2), (Stage((again,)),), chance=0.4)
    right = Call("right", exponential(0.15), chance=0.6)
    builder.flow("flow", Call("hub", exponential(0.1), (Stage((left, right), choose=True),)), rate_per_s=5.0)
    outcome = simulate(builder.build(), SEED, 60_000, warmup_s=1000, replications=8, bin_s=1000)
    hub, rate_left, rate_right = 5.0 + 5.0 * 0.4 * 0.5, 2.0, 3.0
    busy = (hub * 0.1, rate_left * 0.2, rate_right * 0.15)
    assert agrees(outcome.mean_latency("flow"), sum(b / (1 - b) for b in busy) / 5.0)
    for name, load in zip(("hub", "left", "right"), busy, strict=True):
        assert agrees(outcome.utilisation(name), load)


@pytest.mark.parametrize("shape", ["exponential", "constant", "lognormal"])
def test_erlang_b(shape: Shape) -> None:
    """Servers without a queue lose by Erlang's B, whatever the distribution of service (insensitivity)."""
    outcome = simulate(
        station_plan(Service(1.0, 2.0, shape), 10.0, slots=12, queue_max=0),
        SEED,
        20_000,
        warmup_s=100,
        replications=8,
        bin_s=100,
    )
    assert agrees(outcome.shares("flow")["failed"], erlang_b(12, 10.0))


def test_mmck() -> None:
    """M/M/c/K: share lost and mean of the others, with c = 3 servers and K − c = 5 places."""
    servers, places, rate = 3, 5, 3.5
    outcome = simulate(
        station_plan(exponential(1.0), rate, slots=servers, queue_max=places),
        SEED,
        60_000,
        warmup_s=100,
        replications=8,
        bin_s=100,
    )
    weights = [1.0]
    for n in range(1, servers + places + 1):
        weights.append(weights[-1] * rate / min(n, servers))
    shares = [w / sum(weights) for w in weights]
    accepted = rate * (1 - shares[-1])
    assert agrees(outcome.shares("flow")["failed"], shares[-1])
    assert agrees(outcome.mean_latency("flow"), sum(n * p for n, p in enumerate(shares)) / accepted)


def test_random_routing_splits_into_mm1() -> None:
    """Four instances chosen at random are four M/M/1 queues; sharing one queue is M/M/4."""
    plan = station_plan(exponential(1.0), 2.8, instances=4, routing=Routing.RANDOM)
    outcome = simulate(plan, SEED, 60_000, warmup_s=1000, replications=8, bin_s=500)
    assert agrees(outcome.mean_latency("flow"), 1 / 0.3)
    pooled = station_plan(exponential(1.0), 2.8, instances=4, routing=Routing.POOLED)
    outcome = simulate(pooled, SEED, 60_000, warmup_s=1000, replications=8, bin_s=500)
    assert agrees(outcome.mean_latency("flow"), 1 + erlang_c(4, 2.8) / 1.2)


def test_shortest_of_two_lies_between() -> None:
    """The shorter of two queues is better than a random one and worse than one shared queue."""
    means = []
    for routing in (Routing.POOLED, Routing.SHORTEST, Routing.RANDOM):
        plan = station_plan(exponential(1.0), 7.2, instances=8, routing=routing)
        means.append(simulate(plan, SEED, 20_000, warmup_s=500, bin_s=500).mean_latency("flow").mean)
    assert means == sorted(means)
    assert means[1] < 0.6 * means[2]


def test_hottest_partition() -> None:
    """With a third of the keys on one of four instances, that one is M/M/1 at a third of the load."""
    plan = station_plan(exponential(1.0), 2.4, instances=4, routing=Routing.KEYED, partitions=4, hottest=1 / 3)
    outcome = simulate(plan, SEED, 60_000, warmup_s=1000, replications=8, bin_s=500)
    hot, cold = 0.8, 2.4 * (2 / 3) / 3
    assert agrees(outcome.mean_latency("flow"), (1 / 3) / (1 - hot) + (2 / 3) / (1 - cold))


def test_background_load_of_one_server() -> None:
    """Background load on one exponential server makes it the M/M/1 of both loads."""
    outcome = simulate(
        station_plan(exponential(1.0), 0.4, background=0.4), SEED, 200_000, warmup_s=5000, replications=8, bin_s=1000
    )
    assert agrees(outcome.mean_latency("flow"), 1 / (1 - 0.8))
    assert agrees(outcome.utilisation("station"), 0.8)


def test_closed_population() -> None:
    """Machine repair, M/M/1//N: throughput of 12 users who think 5 s before each request of one server."""
    builder = PlanBuilder()
    builder.station("station", queue_max=ENOUGH)
    builder.flow("flow", Call("station", exponential(1.0)), users=12, think=exponential(5.0))
    outcome = simulate(builder.build(), SEED, 30_000, warmup_s=500, replications=8, bin_s=500)
    weights = [1.0]
    for n in range(1, 13):
        weights.append(weights[-1] * (12 - n + 1) / 5.0)
    busy = 1 - weights[0] / sum(weights)
    assert agrees(outcome.throughput("flow"), busy)
    assert agrees(outcome.mean_latency("flow"), 12 / busy - 5.0)


def test_fork_join() -> None:
    """Two M/M/1 side by side: Flatto and Hahn's exact mean; four lie between the bounds of one and of independence."""
    load = 0.7
    builder = PlanBuilder()
    for n in range(4):
        builder.station(f"s{n}", queue_max=ENOUGH)
    calls = tuple(Call(f"s{n}", exponential(1.0)) for n in range(2))
    builder.flow("two", Call(stages=(Stage(calls),)), rate_per_s=load)
    outcome = simulate(builder.build(), SEED, 150_000, warmup_s=5000, replications=8, bin_s=1000)
    assert agrees(outcome.mean_latency("two"), (12 - load) / 8 / (1 - load))

    builder = PlanBuilder()
    for n in range(4):
        builder.station(f"s{n}", queue_max=ENOUGH)
    calls = tuple(Call(f"s{n}", exponential(1.0)) for n in range(4))
    builder.flow("four", Call(stages=(Stage(calls),)), rate_per_s=load)
    mean = simulate(builder.build(), SEED, 150_000, warmup_s=5000, bin_s=1000).mean_latency("four").mean
    assert 1 / (1 - load) < mean < (1 + 1 / 2 + 1 / 3 + 1 / 4) / (1 - load)


def test_slots_held_make_service_longer() -> None:
    """A server that keeps its slot while a child runs is M/G/1 with the sum of both times."""
    builder = PlanBuilder()
    builder.station("holder", holds=1, queue_max=ENOUGH)
    builder.station("child", slots=1 << 30)
    child = Call("child", Service(0.3, 0.0, "constant"))
    builder.flow("flow", Call("holder", exponential(0.3), (Stage((child,)),)), rate_per_s=1.2)
    outcome = simulate(builder.build(), SEED, 100_000, warmup_s=1000, replications=8, bin_s=1000)
    load, second_moment = 1.2 * 0.6, 0.3**2 + 0.6**2
    assert agrees(outcome.utilisation("holder"), load)
    assert agrees(outcome.mean_latency("flow"), 0.6 + 1.2 * second_moment / (2 * (1 - load)))


def test_bandwidth_as_slots() -> None:
    """Calls of different pace on one link, without a queue, are lost by Kaufman and Roberts' recursion."""
    builder = PlanBuilder()
    builder.station("link", slots=20, queue_max=0)
    builder.flow("thin", Call("link", exponential(1.0), units=1), rate_per_s=6.0)
    builder.flow("wide", Call("link", exponential(1.0), units=4), rate_per_s=2.0)
    outcome = simulate(builder.build(), SEED, 30_000, warmup_s=100, replications=8, bin_s=100)
    weights = [1.0]
    for n in range(1, 21):
        weights.append((6.0 * weights[n - 1] + (2.0 * 4 * weights[n - 4] if n >= 4 else 0.0)) / n)
    shares = [w / sum(weights) for w in weights]
    assert agrees(outcome.shares("thin")["failed"], shares[20])
    assert agrees(outcome.shares("wide")["failed"], sum(shares[17:]))
