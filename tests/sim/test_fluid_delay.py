"""Flows arrive at their own delay, in steps of any length."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.sim.fluid_delay import Delayed


def _leaving(delayed: Delayed, now: float, dt: float) -> float:
    return float(delayed.leaving(np.array([now]), np.array([dt]))[0])


def _enter(delayed: Delayed, now: float, dt: float, rate: float, delay_s: float) -> None:
    delayed.enter(np.array([now]), np.array([dt]), np.array([rate]), np.array([delay_s]))


def _flow(steps: list[float], rate: float, delay_s: float) -> tuple[Delayed, list[float]]:
    """What leaves in each step of a steady flow, which begins as if it had always been there."""
    delayed, now, left = Delayed([1]), 0.0, []
    for step in steps:
        left.append(_leaving(delayed, now, step) if now else rate)
        _enter(delayed, now, step, rate, delay_s)
        now += step
    return delayed, left


@pytest.mark.parametrize("delay_s", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("steps", [[50.0, 0.01, 0.01, 50.0], [1.0] * 100, [0.1, 3.0, 80.0, 0.2]])
def test_a_steady_flow_leaves_as_it_enters(steps: list[float], delay_s: float) -> None:
    """Whether steps are longer than the delay or shorter."""
    assert _flow(steps, 10.0, delay_s)[1] == pytest.approx([10.0] * len(steps), rel=1e-6)


def test_the_end_of_a_flow_is_seen_after_its_delay() -> None:
    """What ceases at 20 s ceases to leave at 25 s."""
    delayed, _ = _flow([0.5] * 40, 10.0, 5.0)
    left = []
    for n in range(20):
        left.append(_leaving(delayed, 20 + n * 0.5, 0.5))
        _enter(delayed, 20 + n * 0.5, 0.5, 0.0, 0.0)
    assert left == pytest.approx([10.0] * 10 + [0.0] * 10, abs=1e-6)


def test_after_long_steps_as_much_leaves_as_after_short_ones() -> None:
    """A flow that ends after one step of a hundred seconds leaves what two seconds of delay hold."""
    for steps in ([100.0], [0.5] * 200):
        delayed, _ = _flow(steps, 10.0, 2.0)
        total = 0.0
        for n in range(50):
            total += 0.1 * _leaving(delayed, 100 + n * 0.1, 0.1)
            _enter(delayed, 100 + n * 0.1, 0.1, 0.0, 0.0)
        assert total == pytest.approx(20.0, rel=1e-6)


def test_a_scaled_flow_leaves_scaled() -> None:
    """Twice as much, of what is under way too."""
    delayed, _ = _flow([1.0] * 10, 10.0, 3.0)
    delayed.scale(2.0)
    assert _leaving(delayed, 10.0, 8.0) == pytest.approx(20.0)


def test_flows_of_several_plans_keep_to_their_own_time() -> None:
    """Joined half-way and parted again: each plan's flows leave as they do alone."""
    alone = [_flow([1.0] * 10, 10.0, 3.0)[0], _flow([0.25] * 40, 4.0, 0.5)[0]]
    joined = [_flow([1.0] * 10, 10.0, 3.0)[0], _flow([0.25] * 40, 4.0, 0.5)[0]]
    whole, now = Delayed.side_by_side(joined), np.full(2, 10.0)
    for _ in range(400):  # more than there is room for at first
        dt, expected = np.array([0.5, 0.1]), []
        for delayed, start, step, rate in zip(alone, now, dt, (7.0, 0.0), strict=True):
            expected.append(_leaving(delayed, start, step))
            _enter(delayed, start, step, rate, 1.5)
        assert whole.leaving(now, dt).tolist() == expected
        whole.enter(now, dt, np.array([7.0, 0.0]), np.full(2, 1.5))
        now = now + dt
    whole.part(joined)
    for ours, theirs, start in zip(joined, alone, now, strict=True):
        assert _leaving(ours, start, 2.0) == _leaving(theirs, start, 2.0)
