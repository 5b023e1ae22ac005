"""Jackson networks, fan-out, retries."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics.fan_out import at_least, fork_join_bounds, fork_join_two, quorum_mean_exponential
from atlas.physics.jackson import mean_response, station_rates
from atlas.physics.retries import amplification_over_levels, attempts_per_request, drain_time, metastable_above
from atlas.physics.single_server import mm1_mean_response


def test_tandem_is_the_sum_of_its_stations() -> None:
    """Two M/M/1 in a row respond as the sum of both."""
    routes = [[0.0, 1.0], [0.0, 0.0]]
    expected = mm1_mean_response(0.5, 1.0) + mm1_mean_response(0.5, 0.8)
    assert mean_response([0.5, 0.0], routes, [1.0, 0.8], [1, 1]) == pytest.approx(expected)


@given(
    st.lists(st.floats(0, 5), min_size=3, max_size=3),
    st.lists(st.lists(st.floats(0, 0.3), min_size=3, max_size=3), min_size=3, max_size=3),
)
def test_rates_solve_the_traffic_equations(arrivals: list[float], routes: list[list[float]]) -> None:
    """λ = γ + λ·P, feedback included."""
    rates = np.array(station_rates(arrivals, routes))
    assert rates == pytest.approx(np.array(arrivals) + rates @ np.array(routes), abs=1e-9)


def test_feedback_multiplies_visits() -> None:
    """Where half goes back each job is served twice."""
    assert station_rates([1.0], [[0.5]]) == pytest.approx([2.0])


def test_circulation_without_exit_is_refused() -> None:
    """Jobs that never leave have no rate; shares above one are no routes; silence has no response."""
    with pytest.raises(ValueError, match="way out"):
        station_rates([1.0, 0.0], [[0.0, 1.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="shares"):
        station_rates([1.0], [[1.5]])
    with pytest.raises(ValueError, match="nothing arrives"):
        mean_response([0.0], [[0.0]], [1.0], [1])
    assert mean_response([2.0], [[0.0]], [1.0], [1]) == math.inf


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.data())
def test_quorum_counts_all_outcomes(chances: list[float], data: st.DataObject) -> None:
    """The recursion equals the sum over all 2ⁿ outcomes."""
    needed = data.draw(st.integers(0, len(chances)))
    expected = sum(
        math.prod(p if up else 1 - p for p, up in zip(chances, outcome, strict=True))
        for outcome in product((0, 1), repeat=len(chances))
        if sum(outcome) >= needed
    )
    assert at_least(needed, chances) == pytest.approx(expected, abs=1e-12)


def test_quorum_of_exponentials() -> None:
    """The fastest of n takes 1/n of the mean, the slowest a harmonic number of it."""
    assert quorum_mean_exponential(1, 4, 1.0) == pytest.approx(0.25)
    assert quorum_mean_exponential(3, 3, 2.0) == pytest.approx(2 * (1 + 1 / 2 + 1 / 3))
    with pytest.raises(ValueError, match="quorum"):
        quorum_mean_exponential(4, 3, 1.0)
    with pytest.raises(ValueError, match="quorum"):
        at_least(3, [0.5])


@given(load=st.floats(0.01, 0.95))
def test_fork_join_lies_between_its_bounds(load: float) -> None:
    """The exact response of two branches is between the bounds."""
    low, high = fork_join_bounds(load, 1.0, 2)
    assert low <= fork_join_two(load, 1.0) <= high


def test_fork_join_overload() -> None:
    """Above capacity there is no response."""
    assert fork_join_bounds(1.0, 1.0, 2) == (math.inf, math.inf)
    assert fork_join_two(1.0, 1.0) == math.inf


@given(failed=st.floats(0, 1), attempts=st.integers(1, 10))
def test_attempts_are_a_geometric_sum(failed: float, attempts: int) -> None:
    """1 + f + f² + …"""
    assert attempts_per_request(failed, attempts) == pytest.approx(sum(failed**k for k in range(attempts)))


def test_layers_multiply_and_backlogs_drain() -> None:
    """Three layers of three attempts make 27; a backlog drains with the spare capacity, or never."""
    assert amplification_over_levels(1.0, 3, 3) == 27
    assert metastable_above(4) == 0.25
    assert drain_time(300, 1000, 700) == pytest.approx(1)
    assert drain_time(300, 700, 700) == math.inf
    assert drain_time(0, 1, 2) == 0
    with pytest.raises(ValueError, match="attempt"):
        attempts_per_request(0.5, 0)
    with pytest.raises(ValueError, match="attempt"):
        metastable_above(0.5)
