"""Distributions on a lattice: means are kept, sums and geometric sums are those of theory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics.lattice import (
    Axis,
    at_time,
    exponential,
    from_quantiles,
    geometric_sum,
    mean_of,
    nothing,
    residual,
    share_left,
    uniform,
)

AXIS = Axis(0.02, 2048)


@given(st.lists(st.floats(0.001, 5), min_size=2, max_size=8))
def test_placing_keeps_probability_and_mean(times: list[float]) -> None:
    """Whatever the distribution, its total and its mean on the lattice are exact."""
    knots = np.sort(np.array(times))
    below = np.linspace(0, 1, len(times))
    spread = from_quantiles(AXIS, knots, below)
    assert spread.total == pytest.approx(1, abs=1e-9)
    assert spread.mean == pytest.approx(mean_of(knots, below), abs=1e-7)


@given(time=st.floats(0, 30), other=st.floats(0, 9))
def test_fixed_times_add(time: float, other: float) -> None:
    """The sum of two constants is a constant with the sum as its mean."""
    both = at_time(AXIS, time).then(at_time(AXIS, other))
    assert both.mean == pytest.approx(time + other, abs=1e-6)
    assert both.quantile(0.5) == pytest.approx(time + other, abs=AXIS.step)


def test_two_exponentials_are_an_erlang() -> None:
    """Quantiles of a convolution are those of the Erlang distribution."""
    both = exponential(AXIS, 1.0).then(exponential(AXIS, 1.0))
    for level in (0.1, 0.5, 0.9, 0.99):
        time = both.quantile(level)
        assert 1 - math.exp(-time) * (1 + time) == pytest.approx(level, abs=2e-4)


@given(st.floats(0.05, 0.95))
def test_geometric_sum_of_exponentials_is_exponential(again: float) -> None:
    """A geometric number of exponentials is 0 or exponential with the mean 1/(1 − again)."""
    axis = Axis(30 / (1 - again) / 4096, 4096)
    total = geometric_sum(exponential(axis, 1.0), again)
    assert total.mean == pytest.approx(again / (1 - again), rel=2e-3)
    time = 2 / (1 - again)
    left = 1 - float(np.interp(time, axis.points + axis.step / 2, total.cumulated()))
    assert left == pytest.approx(again * math.exp(-2), rel=5e-3)


def test_what_is_left_of_a_constant_is_uniform() -> None:
    """Looked at in its course, a constant time has any part of it left with equal probability."""
    times, below = np.array([2.0, 2.0]), np.array([0.0, 1.0])
    spread = residual(AXIS, times, below)
    assert spread.mean == pytest.approx(1.0, rel=1e-3)
    assert spread.quantile(0.25) == pytest.approx(0.5, abs=AXIS.step)
    assert share_left(times, below, np.array([0.0, 0.5, 2.0, 3.0])) == pytest.approx([1, 0.75, 0, 0])


def test_outcomes_exclude_each_other() -> None:
    """Parts of outcomes add up, what never happens changes nothing, what lies beyond the axis is infinite."""
    half = exponential(AXIS, 1.0).times(0.5)
    assert half.plus(at_time(AXIS, 1.0, 0.5)).total == pytest.approx(1)
    assert nothing(AXIS).then(half).total == 0
    assert half.plus(nothing(AXIS)) is half
    assert at_time(AXIS, 1e9).total == 0
    assert exponential(AXIS, 1e9).quantile(0.99) == math.inf or exponential(AXIS, 1e9).total < 1e-3
    assert uniform(AXIS, 4.0).mean == pytest.approx(2.0)
