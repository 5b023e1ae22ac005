"""Tables of distributions: mean, spread and tail of what the engine draws from them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats  # type: ignore[import-untyped]

from atlas.physics.distribution import Shape
from atlas.sim.quantile_table import CELLS, quantile_table, survival_grid


def moments(table: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and coefficient of variation of the distribution that interpolates a table."""
    weights, low, high = -np.diff(survival_grid()), table[:-1], table[1:]
    mean = float((weights * (low + high) / 2).sum())
    second = float((weights * (low * low + low * high + high * high) / 3).sum())
    return mean, float(np.sqrt(max(0.0, second - mean * mean)) / mean)


@pytest.mark.parametrize(
    ("shape", "cv"),
    [
        *(("lognormal", cv) for cv in (0.1, 0.5, 1.0, 3.0)),
        *(("gamma", cv) for cv in (0.05, 0.5, 1.0, 1.5, 4.0)),
        ("exponential", 1.0),
        ("pareto", 0.5),
    ],
)
def test_moments(shape: Shape, cv: float) -> None:
    """A table has the mean asked for exactly, and the coefficient of variation to half a percent."""
    mean, spread = moments(quantile_table(shape, 0.02, cv))
    assert mean == pytest.approx(0.02, rel=1e-9)
    assert spread == pytest.approx(cv, rel=0.005)


@pytest.mark.parametrize(
    ("shape", "cv", "oracle"),
    [
        ("exponential", 1.0, stats.expon()),
        ("lognormal", 2.0, stats.lognorm(np.sqrt(np.log(5)), scale=np.exp(-np.log(5) / 2))),
        ("gamma", 0.5, stats.gamma(4, scale=0.25)),
        ("gamma", 4.0, stats.gamma(1 / 16, scale=16)),
    ],
)
def test_quantiles(shape: Shape, cv: float, oracle: stats.rv_continuous) -> None:
    """The table's values are the distribution's quantiles, deep into the tail."""
    grid, table = survival_grid(), quantile_table(shape, 1.0, cv)
    for share in (0.5, 1e-2, 1e-6, 1e-12):
        cell = int(np.searchsorted(-grid, -share))
        assert table[cell] == pytest.approx(float(oracle.isf(grid[cell])), rel=1e-3)


def test_logarithms_are_those_of_the_library() -> None:
    """The logarithms that make exponentials and Paretos are right to two units in the last place, wherever they lie."""
    grid = survival_grid()[1:]
    ours, library = -quantile_table("exponential", 1.0, 1.0)[1:], np.log(grid)
    scale = ours[1000] / library[1000]
    assert np.abs(ours / (library * scale) - 1).max() < 1e-15


def test_constant() -> None:
    """A constant is the same everywhere, and so is a spread of zero of any shape."""
    assert (quantile_table("constant", 3.0, 1.0) == 3.0).all()
    assert (quantile_table("gamma", 3.0, 0.0) == 3.0).all()
    assert len(quantile_table("constant", 3.0, 1.0)) == CELLS
