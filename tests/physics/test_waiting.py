"""Waits against closed forms: exact for one server and for exponential service; losses; the shorter of two queues."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics.lattice import Axis, Spread
from atlas.physics.many_servers import mmc_response_quantile, mmck_loss, mmck_mean_wait
from atlas.physics.single_server import mg1_mean_wait, mg1_wait_variance
from atlas.physics.tabulated import Rows, placed, tables_of
from atlas.physics.waiting import (
    Services,
    bounded_wait,
    exponential_wait,
    loss_share,
    shortest_of_two,
    wait_spread,
)

_BELOW = 1 - np.geomspace(1, 1e-9, 2_000)
TIMES = -np.log1p(-_BELOW)
ONE = np.zeros(1, dtype=np.int64)


def alone(axis: Axis, servers: float, offered: float, times: np.ndarray, below: np.ndarray) -> Spread:
    """The wait in front of one queue that serves one kind of calls."""
    column = [np.array([[x]]) for x in (axis.step, servers, offered, 1.0)]
    services = Services(tables_of(times, below), ONE, ONE, column[3], column[3])
    return wait_spread(Axis(column[0], axis.count), column[1], column[2], services, (column[3], column[3])).row(0)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (1, 0.9), (4, 0.8), (16, 0.85), (100, 0.95)])
def test_mmc_quantiles(servers: int, load: float) -> None:
    """Wait and service together have the quantiles of M/M/c to a thousandth."""
    end = 14 * max(1.0, 1 / servers / (1 - load))
    axis = Axis(end / 2048, 2048)
    wait = alone(axis, servers, load * servers, TIMES, _BELOW)
    response = wait.then(placed(axis, tables_of(TIMES, _BELOW), Rows(ONE)))
    for level in (0.5, 0.95, 0.99):
        expected = mmc_response_quantile(load * servers, 1.0, servers, level)
        assert response.quantile(level) == pytest.approx(expected, rel=1e-3)


@given(load=st.floats(0.1, 0.9), low=st.floats(0.05, 0.9))
def test_one_server_has_pollaczek_khinchines_moments(load: float, low: float) -> None:
    """Mean and variance of the wait of M/G/1, for a service time that is one of two constants."""
    high = (1 - low / 2) * 2
    times, below = np.array([low, low, high, high]), np.array([0.0, 0.5, 0.5, 1.0])
    second, third = (low**2 + high**2) / 2, (low**3 + high**3) / 2
    axis = Axis(40 / (1 - load) / 4096, 4096)
    wait = alone(axis, 1, load, times, below)
    mean = mg1_mean_wait(load, 1.0, math.sqrt(second - 1))
    assert wait.mean == pytest.approx(mean, rel=2e-3)
    variance = float(wait.masses @ axis.points**2) - wait.mean**2
    assert variance == pytest.approx(mg1_wait_variance(load, 1.0, second, third), rel=2e-2)


@given(servers=st.integers(1, 30), extra=st.integers(0, 60), load=st.floats(0.1, 3))
def test_losses_of_mmck(servers: int, extra: int, load: float) -> None:
    """With exponential service the loss is that of M/M/c/K, below and above full load."""
    expected = mmck_loss(load * servers, 1.0, servers, servers + extra)
    assert loss_share(servers, load * servers, extra, 1.0) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_losses_at_the_ends() -> None:
    """An endless queue loses nobody; an overloaded one all that is too much, however service varies."""
    assert loss_share(4, 3.0, math.inf, 1.0) == 0
    assert loss_share(4, 8.0, 10_000, 5.0) == pytest.approx(0.5)
    assert loss_share(1, 0.0, 3, 0.0) == 0
    assert loss_share(2, 2.0, 10, 1.0) == pytest.approx(mmck_loss(2.0, 1.0, 2, 12))


@given(servers=st.integers(1, 12), places=st.integers(1, 60), load=st.floats(0.3, 2.5))
def test_wait_in_a_bounded_queue(servers: int, places: int, load: float) -> None:
    """Its mean is that of M/M/c/K by Little's law; nobody waits without places."""
    axis = Axis(5 * (places + 5) / servers / 2048, 2048)
    wait = bounded_wait(axis, servers, load * servers, places, (1.0, 1.0))
    assert wait.mean == pytest.approx(
        mmck_mean_wait(load * servers, 1.0, servers, servers + places), rel=1e-3, abs=1e-6
    )
    assert bounded_wait(axis, servers, load * servers, 0, (1.0, 1.0)).mean == 0


def test_shorter_of_two_queues() -> None:
    """One server each: the tails are ρ^(2ʲ − 1), as Vvedenskaya and Mitzenmacher found; choice never waits longer."""
    load = 0.9
    waits, waiting = shortest_of_two(1, load)
    assert waits == pytest.approx(load**2)
    assert waiting == pytest.approx(sum(load ** (2**j - 1) for j in range(2, 12)))
    assert shortest_of_two(4, 3.6)[0] < 0.79  # Erlang's C for one queue of four servers at ρ = .9
    assert shortest_of_two(3, 4.0) == (1.0, math.inf)
    assert shortest_of_two(3, 0.0) == (0.0, 0.0)


def test_exponential_wait_has_its_mean() -> None:
    """The share that waits and the mean over all are what was asked for."""
    axis = Axis(0.01, 4096)
    wait = exponential_wait(axis, 0.4, 0.8)
    assert wait.mean == pytest.approx(0.8, rel=1e-3)
    assert wait.total == pytest.approx(1)
    assert exponential_wait(axis, 0.0, 0.0).mean == 0
