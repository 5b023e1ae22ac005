"""Service-time distributions from two of their figures, and the percentiles that follow.

Formulas: lognormal moments and quantiles in closed form; gamma quantiles by Wilson and Hilferty,
"The distribution of chi-square", PNAS 17 (1931); Pareto by its moments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

LARGEST = 1e15
"""Far beyond thirty million years in seconds; larger figures are slips, and their squares would overflow."""

Shape = Literal["lognormal", "exponential", "constant", "gamma", "pareto"]
_NORMAL = NormalDist()
_LEVELS = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean (in the unit given) and coefficient of variation of a distribution of a shape."""

    shape: Shape
    mean: float
    cv: float

    def quantile(self, level: float) -> float:
        """The value below which a share ``level`` (0 to 1, exclusive) of the times lies."""
        return _QUANTILES[self.shape](self.mean, self.cv, level)


def from_figures(shape: Shape, figures: dict[str, float], default_cv: float) -> Moments:
    """Mean and cv from one or two of ``mean p50 p95 p99 cv`` (all positive).

    One figure is completed by ``default_cv``. Raises ``ValueError`` where no distribution of the shape has
    those figures (a 99th percentile below the median, say) or where they lie beyond any clock.
    """
    if any(not 0 <= value <= LARGEST for value in figures.values()):
        raise ValueError(f"a figure lies outside 0 to {LARGEST:g}")
    if shape == "constant":
        return Moments(shape, next(v for k, v in figures.items() if k != "cv"), 0.0)
    if shape == "exponential":
        return _exponential(figures)
    known = {k: v for k, v in figures.items() if k in _LEVELS}
    cv = figures.get("cv")
    if "mean" in figures and (cv is not None or not known):
        return Moments(shape, figures["mean"], default_cv if cv is None else cv)
    sigma, mu = _lognormal(figures, known, cv, default_cv)
    if sigma > 20:
        raise ValueError("the percentiles lie too far apart for a lognormal")
    mean, spread = math.exp(mu + sigma * sigma / 2), math.sqrt(math.expm1(sigma * sigma))
    return Moments(shape, mean, spread)


def _exponential(figures: dict[str, float]) -> Moments:
    if "mean" in figures:
        return Moments("exponential", figures["mean"], 1.0)
    name, value = next((k, v) for k, v in figures.items() if k in _LEVELS)
    return Moments("exponential", value / -math.log(1 - _LEVELS[name]), 1.0)


def _lognormal(
    figures: dict[str, float], known: dict[str, float], cv: float | None, default_cv: float
) -> tuple[float, float]:
    """Sigma and mu of the lognormal with the given figures."""
    points = sorted((_NORMAL.inv_cdf(_LEVELS[k]), math.log(v)) for k, v in known.items())
    if len(points) >= 2:
        (z1, x1), (z2, x2) = points[0], points[-1]
        sigma = (x2 - x1) / (z2 - z1)
        if sigma < 0:
            raise ValueError("a higher percentile is below a lower one")
        return sigma, x1 - z1 * sigma
    z, x = points[0]
    if "mean" in figures:
        ratio = x - math.log(figures["mean"])
        root = z * z - 2 * ratio
        if root < 0:
            raise ValueError("the percentile is too far from the mean for a lognormal")
        sigma = max(0.0, z - math.sqrt(root))
    else:
        sigma = math.sqrt(math.log1p((default_cv if cv is None else cv) ** 2))
    return sigma, x - z * sigma


def _lognormal_quantile(mean: float, cv: float, level: float) -> float:
    sigma2 = math.log1p(cv * cv)
    return mean * math.exp(_NORMAL.inv_cdf(level) * math.sqrt(sigma2) - sigma2 / 2)


def _exponential_quantile(mean: float, _cv: float, level: float) -> float:
    return -mean * math.log(1 - level)


def _constant_quantile(mean: float, _cv: float, _level: float) -> float:
    return mean


def _gamma_quantile(mean: float, cv: float, level: float) -> float:
    if cv == 0:
        return mean
    c = cv * cv / 9
    return float(mean * max(0.0, 1 - c + _NORMAL.inv_cdf(level) * math.sqrt(c)) ** 3)


def _pareto_quantile(mean: float, cv: float, level: float) -> float:
    if cv == 0:
        return mean
    alpha = 1 + math.sqrt(1 + 1 / (cv * cv))
    return float(mean * (alpha - 1) / alpha * (1 - level) ** (-1 / alpha))


_QUANTILES = {
    "lognormal": _lognormal_quantile,
    "exponential": _exponential_quantile,
    "constant": _constant_quantile,
    "gamma": _gamma_quantile,
    "pareto": _pareto_quantile,
}
