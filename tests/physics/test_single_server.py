"""M/M/1 and M/G/1 against their own definitions and against a simulated queue."""

from __future__ import annotations

import math
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics import little
from atlas.physics.single_server import (
    mg1_mean_wait,
    mg1_wait_variance,
    mm1_mean_inside,
    mm1_mean_response,
    mm1_response_quantile,
    mm1_state_probability,
)

loads = st.floats(0.01, 0.95)


@given(load=loads, service=st.floats(1e-6, 1e3))
def test_little_joins_number_and_time(load: float, service: float) -> None:
    """L = λ·W, and the states sum to one and have the mean L."""
    rate = load / service
    inside = mm1_mean_inside(rate, service)
    assert little.inside(rate, mm1_mean_response(rate, service)) == pytest.approx(inside)
    states = [mm1_state_probability(rate, service, n) for n in range(2000)]
    assert sum(states) == pytest.approx(1)
    assert sum(n * p for n, p in enumerate(states)) == pytest.approx(inside)


@given(load=loads)
def test_mm1_is_an_mg1(load: float) -> None:
    """Pollaczek–Khinchine with cv 1 is M/M/1; the variance of its wait is ρ(2 − ρ)/(1 − ρ)²."""
    assert mg1_mean_wait(load, 1.0, 1.0) + 1 == pytest.approx(mm1_mean_response(load, 1.0))
    assert mg1_wait_variance(load, 1.0, 2.0, 6.0) == pytest.approx(load * (2 - load) / (1 - load) ** 2)


def test_the_median_of_an_exponential() -> None:
    """Half the responses are below ln 2 of the mean."""
    assert mm1_response_quantile(0.5, 1.0, 0.5) == pytest.approx(2 * math.log(2))


@pytest.mark.parametrize(("cv", "sigma2"), [(0.0, 0.0), (2.0, math.log(5))])
def test_waits_of_a_simulated_queue(cv: float, sigma2: float) -> None:
    """Lindley's recursion gives Pollaczek–Khinchine's mean within four standard errors over 20 replications."""
    load, jobs, means = 0.6, 60_000, []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        gaps = rng.exponential(1 / load, jobs)
        services = rng.lognormal(-sigma2 / 2, math.sqrt(sigma2), jobs)
        walk = np.concatenate(([0.0], np.cumsum(services[:-1] - gaps[1:])))
        waits = walk - np.minimum.accumulate(walk)
        means.append(float(waits[2_000:].mean()))
    error = float(np.std(means, ddof=1)) / math.sqrt(len(means))
    assert abs(fmean(means) - mg1_mean_wait(load, 1.0, cv)) <= 4 * error


def test_overload_is_infinite_not_negative() -> None:
    """At and above full load the queue grows for ever."""
    for rate in (1.0, 3.0):
        assert mm1_mean_response(rate, 1.0) == math.inf
        assert mm1_mean_inside(rate, 1.0) == math.inf
        assert mg1_mean_wait(rate, 1.0, 1.0) == math.inf
        assert mg1_wait_variance(rate, 1.0, 2.0, 6.0) == math.inf
        assert mm1_state_probability(rate, 1.0, 0) == 0
    with pytest.raises(ValueError, match="positive"):
        mm1_mean_response(1.0, 0.0)


@given(rate=st.floats(0.1, 1e6), stay=st.floats(1e-6, 1e6))
def test_little_solves_for_each_of_its_three(rate: float, stay: float) -> None:
    """Any two give the third."""
    inside = little.inside(rate, stay)
    assert little.stay(inside, rate) == pytest.approx(stay)
    assert little.rate(inside, stay) == pytest.approx(rate)
    assert little.utilisation(rate, stay, 2.0) == pytest.approx(inside / 2)


@pytest.mark.parametrize(
    "call", [lambda: little.stay(1, 0), lambda: little.rate(1, 0), lambda: little.utilisation(1, 1, 0)]
)
def test_little_refuses_a_division_by_nothing(call: object) -> None:
    """No arrivals, no stay, no slots: an error with words, not an infinity."""
    with pytest.raises(ValueError, match=r"arrives|stays|slot"):
        call()  # type: ignore[operator]
