"""Mechanisms of the fluid engine's steps, one at a time, against what follows from their definition."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.sim import UNLIMITED, Call, Fault, Plan, PlanBuilder, Service, Stage, simulate, with_faults
from atlas.sim.fluid import run_fluid


def _client(fault: Fault, *, rate: float = 100.0, slots: int = UNLIMITED, **settings: float) -> Plan:
    """A client that calls one store, whose work takes 10 ms."""
    builder = PlanBuilder()
    builder.station("store", slots=slots, queue_max=UNLIMITED)
    call = Call("store", Service(0.01), **settings)  # type: ignore[arg-type]
    builder.flow("read", Call(None, stages=(Stage((call,)),)), rate_per_s=rate)
    return with_faults(builder.build(), [fault])


def test_retries_after_a_long_failure_are_those_that_wait_out_their_pause() -> None:
    """A store gone for two minutes: as many retry each second as call; at its return a pause's worth is left of them.

    The steps of the two minutes are much longer than the pause of two seconds.
    """
    outcome = run_fluid(_client(Fault("capacity", 20, 120, "store", 0.0), attempts=2, backoff_s=2.0), 170)
    retries = outcome.retry_series()
    assert retries[130:139] == pytest.approx(100, rel=0.01)
    assert retries[140:].max() <= 100 * 1.01
    assert retries[140:].sum() == pytest.approx(100 * 2.0, rel=0.05)


def test_what_waits_keeps_the_pause_it_came_with() -> None:
    """Who timed out after ten seconds is known to have failed after ten, however quick the store is again by then."""
    slow = Fault("slow", 20, 60, "store", 4000.0)
    retries = run_fluid(_client(slow, attempts=2, backoff_s=0.1, timeout_s=10.0), 120).retry_series()
    during = retries[79]
    assert during > 50
    assert retries[80:].max() <= during * 1.01
    assert retries[80:].sum() == pytest.approx(during * 10.1, rel=0.05)


def test_a_backlog_ends_when_it_is_worked_off() -> None:
    """An overload of 250/s for 60 s leaves 15,000 calls, which spare slots for 500/s work off in 30 s."""
    plan = _client(Fault("spike", 20, 60, "read", 2.5), rate=500.0, slots=10)
    queued = run_fluid(plan, 140).station_series("store").queued
    assert queued[20:80].mean() == pytest.approx(7_500, rel=0.02)
    assert queued[80:110].mean() == pytest.approx(7_500, rel=0.02)
    assert np.flatnonzero(queued[80:] < 5)[0] == pytest.approx(30, abs=1)


def test_what_fails_for_ever_does_not_hide_the_end_of_a_backlog() -> None:
    """Timeouts of half a second and a backlog of half a minute: goodput is back when the backlog is worked off."""
    plan = _client(Fault("spike", 20, 60, "read", 2.5), rate=500.0, slots=10, timeout_s=0.5)
    good = run_fluid(plan, 140).flow_series("read").good
    assert good[85:105] == pytest.approx(0, abs=5)
    assert np.flatnonzero(good[85:] > 450)[0] + 5 == pytest.approx(30, abs=1.5)


def test_who_waits_to_try_again_has_not_failed() -> None:
    """A store gone for half a minute, three attempts seconds apart: after its return nobody fails any more."""
    series = run_fluid(_client(Fault("capacity", 20, 30, "store", 0.0), attempts=3, backoff_s=4.0), 90).flow_series(
        "read"
    )
    assert series.failed[45:50] == pytest.approx(100, rel=0.1)
    assert series.failed[51:].sum() < 20


def test_who_times_out_has_failed_by_then_and_not_before() -> None:
    """A store stopped for a minute and a timeout of ten seconds: failures come ten seconds later, and end as late."""
    series = run_fluid(_client(Fault("slow", 20, 60, "store", 1e6), timeout_s=10.0), 120).flow_series("read")
    assert series.failed[:29].sum() < 10
    assert series.failed[32:89] == pytest.approx(100, rel=0.03)
    assert series.failed[91:].sum() < 5


def test_retries_come_after_timeout_and_backoff() -> None:
    """A store stopped at 20 s, a timeout of five seconds, a backoff of two: retries begin at 27 s."""
    plan = _client(Fault("slow", 20, 60, "store", 1e6), timeout_s=5.0, attempts=2, backoff_s=2.0)
    retries = run_fluid(plan, 60).retry_series()
    assert retries[:24].sum() < 10  # the step in which they begin is some seconds long
    assert retries[:60].sum() == pytest.approx(100 * (60 - 27), rel=0.05)


def test_a_breaker_does_not_open_before_failures_are_known() -> None:
    """The same with a breaker: nobody is refused before the first timeout, everybody some time after it."""
    plan = _client(Fault("slow", 20, 60, "store", 1e6), timeout_s=5.0, breaker=0.5, breaker_open_s=20.0)
    refused = run_fluid(plan, 45).station_series("store").refused
    assert refused[:25].sum() < 1
    assert refused[30:44] == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize(("settings", "until"), [({}, 50), ({"breaker": 0.5, "breaker_open_s": 1.0}, 28)])
def test_an_overload_fills_the_queue_as_in_the_truth(settings: dict[str, float], until: int) -> None:
    """A store half as fast and three attempts; with a breaker it fills, is left alone and drains in turn."""
    fault = Fault("slow", 20, 30, "store", 2.0)
    plan = _client(fault, rate=700.0, slots=10, timeout_s=0.5, backoff_s=0.05, attempts=3, **settings)
    ours, theirs = (x.station_series("store").queued for x in (run_fluid(plan, 50), simulate(plan, 1, 50)))
    assert ours[20:until].mean() == pytest.approx(theirs[20:until].mean(), rel=0.25)
