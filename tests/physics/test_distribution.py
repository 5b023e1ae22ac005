"""Distributions from two figures, held to their definitions."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from statistics import fmean, quantiles

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from atlas.physics.distribution import Moments, Shape, from_figures


@given(mean=st.floats(1e-6, 1e3), cv=st.floats(0.05, 5))
def test_lognormal_percentiles_give_back_their_moments(mean: float, cv: float) -> None:
    """Mean and cv, turned into percentiles and back, are what they were."""
    first = Moments("lognormal", mean, cv)
    again = from_figures("lognormal", {"p50": first.quantile(0.5), "p99": first.quantile(0.99)}, 1.0)
    assert (again.mean, again.cv) == pytest.approx((mean, cv), rel=1e-6)


@given(mean=st.floats(1e-3, 10), cv=st.floats(0.05, 1.5))
def test_lognormal_from_mean_and_p99(mean: float, cv: float) -> None:
    """Of the two lognormals with this mean and p99 the one with the smaller spread is meant."""
    p99 = Moments("lognormal", mean, cv).quantile(0.99)
    assume(math.sqrt(math.log1p(cv * cv)) < 2.3)
    again = from_figures("lognormal", {"mean": mean, "p99": p99}, 1.0)
    assert again.cv == pytest.approx(cv, rel=1e-3)


def test_p99_alone_uses_the_default_spread() -> None:
    """One percentile and the kind's cv fix the distribution."""
    found = from_figures("lognormal", {"p99": 0.015}, 1.2)
    assert found.cv == pytest.approx(1.2)
    assert found.quantile(0.99) == pytest.approx(0.015)


@pytest.mark.parametrize("figures", [{"p50": 2.0, "p99": 1.0}, {"mean": 1.0, "p99": 1e6}])
def test_impossible_figures_are_refused(figures: dict[str, float]) -> None:
    """A 99th percentile below the median, or unreachable from the mean, is no distribution."""
    with pytest.raises(ValueError, match="percentile"):
        from_figures("lognormal", figures, 1.0)


_DRAWS: dict[str, Callable[[random.Random, float, float], float]] = {
    "lognormal": lambda r, m, cv: r.lognormvariate(
        math.log(m) - math.log1p(cv * cv) / 2, math.sqrt(math.log1p(cv * cv))
    ),
    "exponential": lambda r, m, cv: r.expovariate(1 / m),
    "gamma": lambda r, m, cv: r.gammavariate(1 / cv**2, m * cv**2),
    "pareto": lambda r, m, cv: m * (a - 1) / a * r.paretovariate(a) if (a := 1 + math.sqrt(1 + 1 / cv**2)) else 0.0,
}


@pytest.mark.parametrize(("shape", "cv"), [("lognormal", 0.8), ("exponential", 1.0), ("gamma", 0.5), ("pareto", 0.6)])
def test_quantiles_agree_with_draws(shape: Shape, cv: float) -> None:
    """Mean, median and p95 of draws by the standard library lie within four standard errors of the formulas."""
    generator = random.Random(1)
    count, batches = 4_000, 25
    moments = Moments(shape, 2.0, cv)
    means, medians, tails = [], [], []
    for _ in range(batches):
        draws = [_DRAWS[shape](generator, 2.0, cv) for _ in range(count)]
        cuts = quantiles(draws, n=100)
        means.append(fmean(draws))
        medians.append(cuts[49])
        tails.append(cuts[94])
    for observed, expected in ((means, 2.0), (medians, moments.quantile(0.5)), (tails, moments.quantile(0.95))):
        error = math.sqrt(sum((x - fmean(observed)) ** 2 for x in observed) / (batches - 1) / batches)
        approximation = 0.004 * expected if shape == "gamma" else 0.0  # Wilson–Hilferty is an approximation
        assert abs(fmean(observed) - expected) <= 4 * error + approximation


def test_constant_never_varies() -> None:
    """A constant has the same value at every level."""
    found = from_figures("constant", {"mean": 3.0, "cv": 0.0}, 1.0)
    assert {found.quantile(level) for level in (0.01, 0.5, 0.99)} == {3.0}


@given(
    st.sampled_from(["lognormal", "exponential", "constant", "gamma", "pareto"]),
    st.dictionaries(st.sampled_from(["mean", "p50", "p95", "p99", "cv"]), st.floats(0, 1e300), min_size=1, max_size=3),
)
def test_any_figures_are_a_distribution_or_refused(shape: Shape, figures: dict[str, float]) -> None:
    """No figures make it fail in another way, however absurd."""
    assume(set(figures) != {"cv"})
    assume(all(v > 0 for k, v in figures.items() if k != "cv"))
    try:
        found = from_figures(shape, figures, 1.0)
    except ValueError:
        return
    assert all(math.isfinite(found.quantile(level)) for level in (0.5, 0.95, 0.99))
