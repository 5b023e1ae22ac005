"""M/M/c, M/M/c/K and G/G/c: limits, balance equations, and one formula against another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics.erlang import erlang_b, erlang_c
from atlas.physics.many_servers import (
    allen_cunneen_mean_wait,
    departure_cv2,
    merged_cv2,
    mmc_mean_wait,
    mmc_response_quantile,
    mmc_response_survival,
    mmc_wait_quantile,
    mmck_loss,
    mmck_mean_wait,
    mmck_states,
)
from atlas.physics.single_server import mg1_mean_wait, mm1_response_quantile


@given(load=st.floats(0.05, 0.95), level=st.floats(0.01, 0.999))
def test_one_server_is_mm1(load: float, level: float) -> None:
    """With c = 1 the response quantiles are those of M/M/1."""
    assert mmc_response_quantile(load, 1.0, 1, level) == pytest.approx(
        mm1_response_quantile(load, 1.0, level), rel=1e-6
    )


@given(load=st.floats(0.3, 0.95), servers=st.integers(1, 40))
def test_the_tail_integrates_to_the_mean(load: float, servers: int) -> None:
    """The mean response is the integral of the survival function."""
    rate = load * servers
    mean = 1 + mmc_mean_wait(rate, 1.0, servers)
    times = np.linspace(0, 40 * mean, 4_001)
    tail = [mmc_response_survival(rate, 1.0, servers, t) for t in times.tolist()]
    assert float(np.trapezoid(tail, times)) == pytest.approx(mean, rel=1e-3)


@given(load=st.floats(0.3, 0.95), servers=st.integers(1, 40), level=st.floats(0.5, 0.9999))
def test_wait_quantile_inverts_the_tail(load: float, servers: int, level: float) -> None:
    """P(W > quantile) is what is left, or nobody of that share waits at all."""
    rate = load * servers
    waits = erlang_c(servers, rate)
    found = mmc_wait_quantile(rate, 1.0, servers, level)
    assert waits * math.exp(-servers * (1 - load) * found) == pytest.approx(min(waits, 1 - level))


@given(servers=st.integers(1, 30), extra=st.integers(0, 40), offered=st.floats(0.1, 60))
def test_states_balance(servers: int, extra: int, offered: float) -> None:
    """Between neighbours as much flows up as down, all states sum to one, without a queue the loss is Erlang's B."""
    states = mmck_states(offered, 1.0, servers, servers + extra)
    assert sum(states) == pytest.approx(1)
    for n in range(len(states) - 1):
        assert offered * states[n] == pytest.approx(min(n + 1, servers) * states[n + 1], rel=1e-9, abs=1e-300)
    assert mmck_loss(offered, 1.0, servers, servers) == pytest.approx(erlang_b(servers, offered), rel=1e-9)


def test_much_room_is_an_unbounded_queue() -> None:
    """With room for a thousand M/M/c/K waits as M/M/c and loses nobody."""
    assert mmck_mean_wait(8, 1.0, 10, 1000) == pytest.approx(mmc_mean_wait(8, 1.0, 10))
    assert mmck_loss(8, 1.0, 10, 1000) < 1e-12
    assert mmck_loss(20, 1.0, 10, 200) == pytest.approx(0.5)
    assert mmck_states(0, 1.0, 1, 2) == [1, 0, 0]
    assert mmck_mean_wait(0, 1.0, 1, 2) == 0


@given(load=st.floats(0.1, 0.95), cv=st.floats(0, 3))
def test_allen_cunneen_is_exact_where_a_formula_is(load: float, cv: float) -> None:
    """One server and Poisson arrivals: Pollaczek–Khinchine. Exponential service: M/M/c."""
    assert allen_cunneen_mean_wait(load, 1.0, 1, 1.0, cv) == pytest.approx(mg1_mean_wait(load, 1.0, cv))
    assert allen_cunneen_mean_wait(9 * load, 1.0, 9, 1.0, 1.0) == pytest.approx(mmc_mean_wait(9 * load, 1.0, 9))


@given(load=st.floats(0, 1), servers=st.integers(1, 100))
def test_exponential_departures_are_poisson(load: float, servers: int) -> None:
    """Burke: what leaves M/M/c is Poisson again; and Poisson streams merge to a Poisson stream."""
    assert departure_cv2(load, servers, 1.0, 1.0) == pytest.approx(1)
    assert merged_cv2(load, [(0.3, 1.0), (0.7, 1.0)]) == pytest.approx(1)


def test_single_stream_keeps_its_cv_and_light_load_forgets() -> None:
    """One stream is itself; many at a light load look like Poisson; a saturated server sees its service."""
    assert merged_cv2(0.5, [(1.0, 0.2)]) == pytest.approx(0.2)
    assert merged_cv2(0.1, [(0.01, 3.0)] * 100) == pytest.approx(1, abs=0.02)
    assert merged_cv2(0.5, []) == 1
    assert departure_cv2(1.0, 1, 1.0, 4.0) == pytest.approx(4)


def test_overload_is_infinite() -> None:
    """Above capacity waits and quantiles are infinite, and everything is late."""
    assert mmc_mean_wait(11, 1.0, 10) == math.inf
    assert mmc_wait_quantile(11, 1.0, 10, 0.5) == math.inf
    assert mmc_response_quantile(11, 1.0, 10, 0.5) == math.inf
    assert mmc_response_survival(11, 1.0, 10, 1e9) == 1
    with pytest.raises(ValueError, match="room"):
        mmck_states(1, 1.0, 3, 2)
