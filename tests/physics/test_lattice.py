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
    geometric_sum,
    nothing,
    uniform,
)

AXIS = Axis(0.02, 2048)


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


def test_outcomes_exclude_each_other() -> None:
    """Parts of outcomes add up, what never happens changes nothing, what lies beyond the axis is infinite."""
    half = exponential(AXIS, 1.0).times(0.5)
    assert half.plus(at_time(AXIS, 1.0, 0.5)).total == pytest.approx(1)
    assert nothing(AXIS).then(half).total == 0
    assert half.plus(nothing(AXIS)) is half
    assert at_time(AXIS, 1e9).total == 0
    assert exponential(AXIS, 1e9).quantile(0.99) == math.inf or exponential(AXIS, 1e9).total < 1e-3
    assert uniform(AXIS, 4.0).mean == pytest.approx(2.0)


@given(step=st.floats(0.01, 0.05), share=st.floats(0, 1))
def test_rows_are_what_they_are_alone(step: float, share: float) -> None:
    """Several spreads, each on an axis of its own, add and move as each would do alone."""
    axis, steps = Axis(np.array([[step], [0.02]]), 1024), (step, 0.02)
    both = exponential(axis, np.array([[0.5], [0.7]])).then(at_time(axis, 1.0)).times(np.array([[share], [1.0]]))
    other = Axis(np.array([[0.03], [0.015]]), 1024)
    for row, (mean, weight) in enumerate(((0.5, share), (0.7, 1.0))):
        alone = exponential(Axis(steps[row], 1024), mean).then(at_time(Axis(steps[row], 1024), 1.0)).times(weight)
        assert both.row(row).masses == pytest.approx(alone.masses, abs=1e-9)
        moved = alone.moved(other.row(row))
        assert both.moved(other).row(row).masses == pytest.approx(moved.masses, abs=1e-9)
        assert moved.mean == pytest.approx(alone.mean, rel=1e-6, abs=1e-12)


def test_what_lies_beyond_the_axis_does_not_come_back() -> None:
    """Of a long sum only what happens before the axis ends is seen, as it is on a longer axis."""
    short, long = Axis(0.01, 256), Axis(0.01, 4096)
    sums = [exponential(axis, 1.0).then(exponential(axis, 1.0)).then(exponential(axis, 1.0)) for axis in (short, long)]
    assert sums[0].cumulated() == pytest.approx(sums[1].cumulated()[:256], abs=2e-7)
