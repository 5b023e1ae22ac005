"""The analytic engine on plans whose answer is known."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas.physics.erlang import erlang_b
from atlas.physics.jackson import mean_response
from atlas.physics.many_servers import mmc_mean_wait, mmc_response_quantile, mmck_loss, mmck_mean_wait
from atlas.physics.retries import attempts_per_request
from atlas.physics.single_server import mg1_mean_wait
from atlas.sim import ANSWER, UNLIMITED, Call, Overflow, Plan, PlanBuilder, Routing, Service, Stage
from atlas.sim.analytic import SteadyFlow, solve


def one_station(rate: float, service: Service, **station: Any) -> Plan:
    """One flow that calls one station."""
    builder = PlanBuilder()
    builder.station("db", **({"queue_max": UNLIMITED} | station))
    builder.flow("read", Call("db", service), rate_per_s=rate)
    return builder.build()


@pytest.mark.parametrize(("slots", "load"), [(1, 0.5), (1, 0.9), (10, 0.8), (64, 0.85), (500, 0.97)])
def test_mmc(slots: int, load: float) -> None:
    """Utilisation is exact; percentiles are those of M/M/c to two thousandths."""
    steady = solve(one_station(load * slots, Service(1.0, 1.0, "exponential"), slots=slots))
    assert steady.station("db").utilisation == pytest.approx(load)
    for level, found in steady.flow("read").quantiles.items():
        assert found == pytest.approx(mmc_response_quantile(load * slots, 1.0, slots, level), rel=2e-3)


@pytest.mark.parametrize("service", [Service(1.0, 0.0, "constant"), Service(1.0, 0.5, "gamma"), Service(1.0, 2.0)])
def test_mg1(service: Service) -> None:
    """The mean is Pollaczek and Khinchine's for every service time."""
    steady = solve(one_station(0.7, service, slots=1))
    assert steady.flow("read").mean_s == pytest.approx(1 + mg1_mean_wait(0.7, 1.0, service.cv), rel=1e-2)


def test_jackson_tandem() -> None:
    """Five stations in a row respond as Jackson's theorem says."""
    builder, call = PlanBuilder(), None
    for n in range(5):
        builder.station(f"t{n}", slots=2, queue_max=UNLIMITED)
        call = Call(f"t{n}", Service(1.0, 1.0, "exponential"), (Stage((call,)),) if call else ())
    assert call is not None
    builder.flow("pass", call, rate_per_s=1.5)
    routes = [[1.0 if j == i + 1 else 0.0 for j in range(5)] for i in range(5)]
    expected = mean_response([1.5, 0, 0, 0, 0], routes, [1.0] * 5, [2] * 5)
    assert solve(builder.build()).flow("pass").mean_s == pytest.approx(expected, rel=2e-3)


@given(slots=st.integers(1, 20), places=st.integers(0, 30), load=st.floats(0.3, 2.5))
@settings(max_examples=25, deadline=None)
def test_bounded_queue(slots: int, places: int, load: float) -> None:
    """Refusals and mean response of M/M/c/K, overloaded or not; without places Erlang's loss."""
    rate = load * slots
    steady = solve(one_station(rate, Service(1.0, 1.0, "exponential"), slots=slots, queue_max=places))
    loss = mmck_loss(rate, 1.0, slots, slots + places)
    assert steady.flow("read").failed == pytest.approx(loss, abs=1e-4)
    expected = 1 + mmck_mean_wait(rate, 1.0, slots, slots + places)
    assert steady.flow("read").mean_s == pytest.approx(expected, rel=1e-2)
    if places == 0:
        assert loss == pytest.approx(erlang_b(slots, rate))


def test_erlangs_loss_does_not_mind_the_service_time() -> None:
    """Without a queue only the mean of the service time counts."""
    for service in (Service(1.0, 0.0, "constant"), Service(1.0, 3.0)):
        steady = solve(one_station(12.0, service, slots=10, queue_max=0))
        assert steady.flow("read").failed == pytest.approx(erlang_b(10, 12.0), rel=1e-4)


def test_instances_at_random_are_queues_of_their_own() -> None:
    """Four instances behind random routing wait as four M/M/c with a quarter of the load each."""
    steady = solve(one_station(12.8, Service(1.0, 1.0, "exponential"), instances=4, slots=4, routing=Routing.RANDOM))
    assert steady.flow("read").mean_s == pytest.approx(1 + mmc_mean_wait(3.2, 1.0, 4), rel=2e-3)


def test_hottest_partition_is_a_queue_of_its_own() -> None:
    """Half of the calls go to one of two instances: as they would with a third of the keys each on three."""
    builder = PlanBuilder()
    builder.station("db", instances=2, slots=1, routing=Routing.KEYED, partitions=2, hottest=0.75, queue_max=UNLIMITED)
    builder.flow("read", Call("db", Service(1.0, 1.0, "exponential"), key=0), rate_per_s=1.0)
    steady = solve(builder.build())
    expected = 0.75 / (1 - 0.75) + 0.25 / (1 - 0.25)
    assert steady.flow("read").mean_s == pytest.approx(expected, rel=5e-3)
    assert steady.station("db").demand == pytest.approx(0.75)


@given(p=st.floats(0.05, 0.6), attempts=st.integers(1, 5))
@settings(max_examples=15, deadline=None)
def test_retries_of_errors(p: float, attempts: int) -> None:
    """Independent errors: the load is the geometric sum, the failures are the power."""
    builder = PlanBuilder()
    builder.station("db", slots=100, error=p)
    call = Call("db", Service(0.01), attempts=attempts, backoff_s=0.01)
    builder.flow("read", Call(None, stages=(Stage((call,)),)), rate_per_s=100)
    steady = solve(builder.build())
    assert steady.flow("read").failed == pytest.approx(p**attempts, rel=1e-3)
    assert steady.station("db").calls_per_s == pytest.approx(100 * attempts_per_request(p, attempts), rel=1e-3)


def test_side_by_side_choice_and_quorum() -> None:
    """Servers without end: the slowest of three, the second of three, and one of two."""
    service = Service(1.0, 1.0, "exponential")

    def mean(stage: Stage) -> float:
        builder = PlanBuilder()
        builder.station("db", slots=UNLIMITED)
        builder.flow("read", Call(None, stages=(stage,)), rate_per_s=1)
        return solve(builder.build()).flow("read").mean_s

    call = Call("db", service)
    three = Call("db", service, times=3)
    assert mean(Stage((three,))) == pytest.approx(1 + 1 / 2 + 1 / 3, rel=2e-3)
    assert mean(Stage((three,), quorum=2)) == pytest.approx(1 / 3 + 1 / 2, rel=2e-3)
    half = Call("db", service, chance=0.5)
    assert mean(Stage((half, half), choose=True)) == pytest.approx(1, rel=2e-3)
    assert mean(Stage((half,))) == pytest.approx(0.5, rel=2e-3)
    assert mean(Stage((call,))) == pytest.approx(1, rel=2e-3)


def test_timeout_fallback_and_hedge() -> None:
    """Exponential answers, cut off: who is late fails, or falls back; a copy squares the lateness beyond its start."""

    def flow(**settings: Any) -> SteadyFlow:
        builder = PlanBuilder()
        builder.station("db", slots=UNLIMITED)
        call = Call("db", Service(1.0, 1.0, "exponential"), timeout_s=2.0, **settings)
        builder.flow("read", Call(None, stages=(Stage((call,)),)), rate_per_s=1)
        return solve(builder.build()).flow("read")

    plain, lesser, hedged = flow(), flow(fallback=ANSWER), flow(hedge_s=1.0)
    late = math.exp(-2)
    assert plain.failed == pytest.approx(late, rel=1e-2)
    assert (lesser.failed, lesser.degraded) == pytest.approx((0, late), rel=1e-2, abs=1e-6)
    assert hedged.failed == pytest.approx(late * math.exp(-1), rel=2e-2)


def test_held_slots() -> None:
    """A slot held while a child answers is busy for both times."""
    builder = PlanBuilder()
    builder.station("api", slots=50, holds=1)
    builder.station("bank", slots=UNLIMITED)
    call = Call("api", Service(0.01), (Stage((Call("bank", Service(0.3)),)),))
    builder.flow("pay", call, rate_per_s=100)
    assert solve(builder.build()).station("api").utilisation == pytest.approx(100 * 0.31 / 50, rel=5e-3)


def test_closed_population() -> None:
    """The machine repairman: throughput by the product form of N users and c servers."""
    users, slots, think = 30, 4, 5.0
    weights = [1.0]
    for n in range(1, users + 1):
        weights.append(weights[-1] * (users - n + 1) / think / min(n, slots))
    busy = sum(min(n, slots) * w for n, w in enumerate(weights)) / sum(weights)
    builder = PlanBuilder()
    builder.station("db", slots=slots, queue_max=UNLIMITED)
    service = Service(1.0, 1.0, "exponential")
    builder.flow("read", Call("db", service), users=users, think=Service(think, 1.0, "exponential"))
    steady = solve(builder.build())
    assert steady.flow("read").rate_per_s == pytest.approx(busy, rel=0.08)  # arrivals are taken as Poisson


def test_limits_and_overload() -> None:
    """A limit lets its rate through; a block-when-full queue that is overloaded waits for ever, and it is said."""
    builder = PlanBuilder()
    builder.station("api", slots=100, limit_rate=50.0, limit_burst=10.0)
    builder.flow("read", Call("api", Service(0.01)), rate_per_s=200)
    assert solve(builder.build()).flow("read").good == pytest.approx(0.25, rel=1e-3)
    blocked = solve(one_station(12.0, Service(1.0), slots=10, overflow=int(Overflow.BLOCK)))
    assert blocked.flow("read").quantiles[0.5] == math.inf
    assert blocked.flow("read").mean_s == math.inf
    assert blocked.unstable == ("db: the demand is 1.20 times what it can do; its queue grows for ever",)
