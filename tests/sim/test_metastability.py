"""Which systems recover from a spike and which stay down: the table of the prototype, and fresh cases.

A gateway calls a store of utilisation 0.7 with a timeout of half a second; for ten seconds 2.5 times the load arrives.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from atlas.sim import Call, Fault, Overflow, PlanBuilder, Service, Stage, simulate, with_faults

SPIKE_AT, SPIKE_S, RUN_S = 40.0, 10.0, 180.0


def goodput(rate: float = 700.0, slots: int = 10, fault: Fault | None = None, **settings: Any) -> np.ndarray[Any, Any]:
    """Share of the requests that are good, second by second."""
    store = {"queue_max": 1 << 30} | {k: settings.pop(k) for k in ("queue_max", "overflow") if k in settings}
    builder = PlanBuilder()
    builder.station("gateway", slots=slots * 100, queue_max=1 << 30)
    builder.station("store", slots=slots, **store)
    call = Call("store", Service(0.01, 1.0, "exponential"), timeout_s=0.5, backoff_s=0.05, jitter=False, **settings)
    gateway = Call("gateway", Service(0.0005, 1.0, "exponential"), (Stage((call,)),))
    builder.flow("flow", gateway, rate_per_s=rate)
    spike = fault or Fault("spike", SPIKE_AT, SPIKE_S, "flow", 2.5)
    series = simulate(with_faults(builder.build(), [spike]), 1, RUN_S).flow_series("flow")
    share: np.ndarray[Any, Any] = series.good / np.maximum(series.arrived, 1)
    return share


def recovery_s(share: np.ndarray[Any, Any]) -> float:
    """Seconds from the end of the spike to five good seconds (93 % over three) in a row; infinite if none come."""
    smooth = np.convolve(share, np.ones(3) / 3, "same") >= 0.93
    end = int(SPIKE_AT + SPIKE_S)
    for second in range(end, len(smooth) - 5):
        if smooth[second : second + 5].all():
            return float(second - end)
    return float("inf")


@pytest.mark.parametrize(
    ("name", "settings", "low_s", "high_s"),
    [
        ("no retries", {"attempts": 1}, 20, 34),
        ("ten percent budget", {"attempts": 4, "retry_budget": 0.1}, 28, 60),
        ("bounded queue", {"attempts": 4, "queue_max": 200}, 0, 3),
        ("breaker", {"attempts": 4, "breaker": 0.5, "breaker_open_s": 2.0}, 0, 6),
        ("little load", {"attempts": 4, "rate": 200.0}, 0, 3),
    ],
)
def test_recovers(name: str, settings: dict[str, Any], low_s: float, high_s: float) -> None:
    """Mitigated systems recover, about as soon as the prototype's table says."""
    assert low_s <= recovery_s(goodput(**settings)) <= high_s, name


def test_unbudgeted_retries_never_recover() -> None:
    """Four attempts without a budget: goodput stays at nothing long after the spike is over."""
    share = goodput(attempts=4)
    assert recovery_s(share) == float("inf")
    assert share[100:].mean() < 0.02


def test_the_same_at_a_hundred_times_the_scale() -> None:
    """A hundredfold system behaves as the small one: collapse without a budget."""
    share = goodput(rate=7_000.0, slots=100, attempts=4)
    assert share[100:].mean() < 0.02


def test_fresh_case_slow_store() -> None:
    """A store that is three times slower for ten seconds leaves the storm of a spike behind, with the same cures."""
    fault = Fault("slow", SPIKE_AT, SPIKE_S, "store", 3.0)
    assert goodput(fault=fault, attempts=4)[100:].mean() < 0.02
    assert recovery_s(goodput(fault=fault, attempts=4, retry_budget=0.1)) < 90


def test_fresh_case_dropping_the_stale() -> None:
    """Serving only who still waits ends the storm that a long queue keeps alive."""
    assert recovery_s(goodput(attempts=4, overflow=int(Overflow.DROP_STALE), retry_budget=0.1)) < 10
