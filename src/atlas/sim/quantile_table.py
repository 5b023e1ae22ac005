"""Distributions as tables: quantiles at survival probabilities whose floating-point bits are equally spaced.

A cell of the table is addressed by the leading bits of the survival probability (64 cells in each power of two), so
an engine draws with one subtraction, one look-up and one interpolation and needs no mathematical library; and the
tail is as finely resolved as the body, down to the smallest probability the generator can make (2⁻⁵³).
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from atlas.physics.distribution import Shape
from atlas.sim.portable import exp

Floats = NDArray[np.float64]

CELL_BITS: Final = 6
SHIFT: Final = 52 - CELL_BITS
OCTAVES: Final = 54
CELLS: Final = (OCTAVES << CELL_BITS) + 2
"""Length of one table."""
ONE_BITS: Final = 0x3FF0000000000000
"""The bits of 1.0."""


def survival_grid() -> Floats:
    """Survival probabilities of the cells' edges, from 1 downwards."""
    steps = np.arange(CELLS, dtype=np.uint64) << np.uint64(SHIFT)
    grid: Floats = (np.uint64(ONE_BITS) - steps).view(np.float64)
    return grid


@lru_cache(maxsize=4096)
def _unit_table(shape: Shape, cv: float) -> Floats:
    """Table of mean 1 (exactly, as the engine interpolates it)."""
    grid = survival_grid()
    middle_of_first = (1 + grid[1]) / 2
    values = _QUANTILES[shape](np.append(middle_of_first, grid[1:]), cv)
    # The first cell reaches down to the smallest time; its edge is set so that its mean is about right.
    table = np.append(max(0.0, 2 * values[0] - values[1]), values[1:])
    weights = -np.diff(grid)
    mean = float((weights * (table[1:] + table[:-1]) / 2).sum())
    return np.ascontiguousarray(table / mean)


def quantile_table(shape: Shape, mean: float, cv: float) -> Floats:
    """The table of a distribution by its mean (any unit, positive) and coefficient of variation (≥ 0).

    A cv of 0 is a constant whatever the shape; ``exponential`` has cv 1 whatever is given.
    """
    if shape == "constant" or (cv == 0 and shape != "exponential"):
        return np.full(CELLS, float(mean))
    return np.ascontiguousarray(_unit_table(shape, 1.0 if shape == "exponential" else float(cv)) * mean)


def _log(grid: Floats) -> Floats:
    """Natural logarithms below 1, the same bits on every machine (a library's differ in the last between processors).

    The grid's few different fractions are taken in decimal arithmetic, which is exact in its definition; powers of two
    are added in two parts, so that nothing is lost.
    """
    fractions, powers = np.frexp(grid)
    different, places = np.unique(fractions, return_inverse=True)
    with localcontext(prec=30):
        logs = np.array([float(Decimal(fraction).ln()) for fraction in different.tolist()])
        low = float(Decimal(2).ln() - Decimal(_LN2_HIGH))
    sums: Floats = powers * _LN2_HIGH + (logs[places] + powers * low)
    return sums


_LN2_HIGH: Final = 0.693145751953125
"""The first bits of ln 2: so few that multiples by small numbers are exact."""


def _exponential(grid: Floats, _cv: float) -> Floats:
    return -_log(grid)


def _lognormal(grid: Floats, cv: float) -> Floats:
    sigma = math.sqrt(math.log1p(cv * cv))
    normal = NormalDist()
    scores = np.array([-normal.inv_cdf(p) for p in grid.tolist()])
    table: Floats = exp(sigma * scores - sigma * sigma / 2)
    return table


def _pareto(grid: Floats, cv: float) -> Floats:
    alpha = 1 + math.sqrt(1 + 1 / (cv * cv))
    return exp(-_log(grid) / alpha)


def _gamma(grid: Floats, cv: float) -> Floats:
    """Gamma quantiles: the survival function, inverted by bisection in the logarithm of the time."""
    shape = 1 / (cv * cv)
    low, high = np.full(CELLS, -700.0 / min(shape, 1.0)), np.full(CELLS, math.log(shape + 60 + 20 * math.sqrt(shape)))
    target = np.log(grid)
    for _ in range(70):
        middle = (low + high) / 2
        above = _log_gamma_survival(shape, np.exp(middle)) > target
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    table: Floats = np.exp((low + high) / 2) / shape
    return table


def _log_gamma_survival(a: float, x: Floats) -> Floats:
    """Logarithm of Q(a, x): the series below a + 1, Lentz's continued fraction above (Numerical Recipes 6.2)."""
    scale = a * np.log(np.maximum(x, 1e-300)) - x - math.lgamma(a)
    small = np.minimum(x, a + 1)
    term = np.full_like(x, 1 / a)
    total = term.copy()
    for n in range(1, int(60 + 12 * math.sqrt(a))):
        term = term * small / (a + n)
        total += term
    series = np.log1p(-np.minimum(np.exp(scale) * total, 1 - 1e-16))
    large = np.maximum(x, a + 1)
    b = large + 1 - a
    c, d = np.full_like(x, 1e300), 1 / b
    fraction = d.copy()
    for n in range(1, int(60 + 12 * math.sqrt(a))):
        coefficient = -n * (n - a)
        b = b + 2
        d = 1 / (coefficient * d + b)
        c = b + coefficient / c
        fraction = fraction * c * d
    return np.where(x < a + 1, series, scale + np.log(fraction))


_QUANTILES = {"exponential": _exponential, "lognormal": _lognormal, "gamma": _gamma, "pareto": _pareto}
