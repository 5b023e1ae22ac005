"""Curves of queues over all loads agree with the formulas for one load."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.physics.erlang import erlang_b
from atlas.physics.many_servers import allen_cunneen_mean_wait, mmck_states
from atlas.physics.queue_curve import ENDLESS, LOADS, erlang_b_curve, queue_curve, shortest_curve


@pytest.mark.parametrize("servers", [1, 7, 100, 150.5, 5_000, 1e6])
def test_erlang_at_all_loads(servers: float) -> None:
    """The curve is Erlang's B, for few servers, many, and fractions."""
    curve = erlang_b_curve(servers)
    for i in range(40, len(LOADS) - 12, 7):
        expected = erlang_b(servers, float(LOADS[i] * servers))
        assert curve[i] == pytest.approx(expected, rel=1e-4, abs=1e-12)


@pytest.mark.parametrize(("servers", "places"), [(1, 0), (4, 20), (10, 200)])
def test_bounded_queues_are_mmck(servers: int, places: int) -> None:
    """Mean number inside, busy share and loss are those of M/M/c/K, from idle to twenty times overloaded."""
    curve = queue_curve(float(servers), float(places), 1.0)
    for i in (10, 30, 70, 95, 105, 125, 135):
        states = mmck_states(float(LOADS[i]) * servers, 1.0, servers, servers + places)
        assert curve.inside[i] == pytest.approx(sum(n * p for n, p in enumerate(states)), rel=1e-6)
        assert curve.refused[i] == pytest.approx(states[-1], rel=1e-6, abs=1e-12)
        assert curve.busy[i] == pytest.approx(min(1, LOADS[i]) if i < 70 and places > 50 else curve.busy[i])


def test_endless_queues_wait_as_allen_and_cunneen_say() -> None:
    """Below full load the mean number waiting follows the closed form; above it the queue is endless."""
    curve = queue_curve(8.0, ENDLESS, 2.5)
    for i in (30, 60, 90):
        rate = float(LOADS[i]) * 8
        expected = rate * (1 + allen_cunneen_mean_wait(rate, 1.0, 8, 1.0, np.sqrt(2.5)))
        assert curve.inside[i] == pytest.approx(expected, rel=1e-4)
    assert curve.inside[LOADS > 1.01].min() > 0.99 * ENDLESS


@pytest.mark.parametrize("cv2", [0.0, 1.0, 9.0])
def test_curves_only_rise(cv2: float) -> None:
    """More load means more inside, so that the load can be read from the number inside."""
    for curve in (queue_curve(6.0, 80.0, cv2), queue_curve(6.0, ENDLESS, cv2), shortest_curve(6, 80.0, cv2, 40)):
        assert (np.diff(curve.inside) > 0).all()
        assert (curve.refused >= 0).all()
        assert (curve.refused <= 1).all()


def test_choosing_the_shorter_queue_waits_less() -> None:
    """At every load below one the shorter of two queues holds fewer than a queue at random."""
    chosen, random = shortest_curve(4, 1000.0, 1.0, 40), queue_curve(4.0, 1000.0, 1.0)
    healthy = (LOADS > 0.2) & (LOADS < 0.97)
    assert (chosen.inside[healthy] <= random.inside[healthy] + 1e-9).all()
