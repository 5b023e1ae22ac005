"""Distributions of times on a lattice of equal steps, so that times can be added, compared and cut.

A *spread* is a (sub-)distribution: probability masses at 0, h, 2h, …; what is missing to 1 is another outcome. Adding
independent times multiplies spectra (fast Fourier transform), the slower of two multiplies cumulated masses. Placing a
distribution on the lattice splits every mass between its two neighbours, which keeps the mean exactly
(L. Panjer, "Recursive Evaluation of a Family of Compound Distributions", ASTIN Bulletin 12, 1981).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Spectrum = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Axis:
    """``count`` points, ``step`` seconds apart, from 0."""

    step: float
    count: int

    @property
    def points(self) -> Floats:
        """The times of the points."""
        points: Floats = np.arange(self.count, dtype=np.float64) * self.step
        return points

    def cell(self, time_s: float) -> int:
        """The first point at or after a time (at most ``count``)."""
        return min(self.count, int(np.ceil(time_s / self.step - 1e-9)))


class Spread:
    """Masses on an axis, kept as masses or as spectrum, whichever was made first; the other on demand."""

    __slots__ = ("_masses", "_spectrum", "axis", "is_empty", "is_instant")

    def __init__(
        self,
        axis: Axis,
        masses: Floats | None = None,
        spectrum: Spectrum | None = None,
        *,
        is_empty: bool = False,
        is_instant: bool = False,
    ) -> None:
        self.axis, self._masses, self._spectrum = axis, masses, spectrum
        self.is_empty = is_empty
        """Known never to happen: then nothing needs computing."""
        self.is_instant = is_instant
        """Known to happen for sure, in no time: then nothing needs adding."""

    @property
    def masses(self) -> Floats:
        """Probability of each point; what fell beyond the axis is lost."""
        if self._masses is None:
            self._masses = np.fft.irfft(self.spectrum, 2 * self.axis.count)[: self.axis.count]
        return self._masses

    @property
    def spectrum(self) -> Spectrum:
        """Transform of the masses, padded to twice their number so that sums do not wrap around."""
        if self._spectrum is None:
            self._spectrum = np.fft.rfft(self.masses, 2 * self.axis.count)
        return self._spectrum

    @property
    def total(self) -> float:
        """The probability of this outcome, at any time (on the axis)."""
        if self._spectrum is not None:
            return float(self._spectrum[0].real)
        return float(self.masses.sum())

    @property
    def mean(self) -> float:
        """Mean time of this outcome times its probability (s)."""
        return float(self.masses @ self.axis.points)

    def cumulated(self) -> Floats:
        """Probability of this outcome up to each point."""
        return np.cumsum(self.masses)

    def then(self, other: Spread) -> Spread:
        """The sum of this time and another, independent one."""
        if self.is_empty or other.is_empty:
            return nothing(self.axis)
        if self.is_instant or other.is_instant:
            return other if self.is_instant else self
        return Spread(self.axis, spectrum=self.spectrum * other.spectrum)

    def plus(self, other: Spread) -> Spread:
        """Either this outcome or that one (they exclude each other)."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        if self._spectrum is not None and other._spectrum is not None:
            return Spread(self.axis, spectrum=self._spectrum + other._spectrum)
        return Spread(self.axis, masses=self.masses + other.masses)

    def times(self, factor: float) -> Spread:
        """The same outcome with its probability multiplied."""
        if self.is_empty or factor == 0:
            return nothing(self.axis)
        if factor == 1:
            return self
        if self._spectrum is not None:
            return Spread(self.axis, spectrum=self._spectrum * factor)
        return Spread(self.axis, masses=self.masses * factor)

    def moved(self, axis: Axis) -> Spread:
        """The same outcome on another axis: every mass split between the two points around it, which keeps the mean."""
        if axis == self.axis:
            return self
        if self.is_empty or self.is_instant:
            return nothing(axis) if self.is_empty else at_time(axis, 0.0)
        places = np.arange(self.axis.count) * (self.axis.step / axis.step)
        low = np.minimum(places.astype(np.int64), axis.count)
        part = self.masses * (places - low)
        masses = np.zeros(axis.count + 2)
        masses += np.bincount(low, self.masses - part, axis.count + 2)
        masses += np.bincount(low + 1, part, axis.count + 2)
        return Spread(axis, masses=masses[: axis.count])

    def quantile(self, level: float) -> float:
        """The time below which the share ``level`` of this outcome lies; infinite where it is beyond the axis."""
        return self.quantiles((level,))[0]

    def quantiles(self, levels: Sequence[float]) -> list[float]:
        """The times below which these shares of the outcome lie."""
        running, total = self.cumulated(), min(1.0, self.total)
        found = []
        for wanted in (level * total for level in levels):
            cell = int(running.searchsorted(wanted))
            if cell >= self.axis.count:
                found.append(math.inf)
                continue
            before = float(running[cell - 1]) if cell else 0.0
            inside = float(running[cell]) - before
            # a mass stands for the half steps on both sides of its point
            part = (wanted - before) / inside - 0.5 if inside > 0 else 0.0
            found.append(max(0.0, (cell + part) * self.axis.step))
        return found


@lru_cache(maxsize=64)
def nothing(axis: Axis) -> Spread:
    """The outcome that never happens."""
    return Spread(axis, masses=np.zeros(axis.count), is_empty=True)


def at_time(axis: Axis, time_s: float, probability: float = 1.0) -> Spread:
    """A fixed time, split between the two points around it; beyond the axis it is lost."""
    masses = np.zeros(axis.count)
    place = time_s / axis.step
    low = int(place)
    if low < axis.count:
        masses[low] += probability * (1 - (place - low))
    if low + 1 < axis.count:
        masses[low + 1] += probability * (place - low)
    return Spread(axis, masses=masses, is_instant=time_s == 0 and probability == 1)


def uniform(axis: Axis, longest_s: float) -> Spread:
    """Any time up to ``longest_s``, all equally likely."""
    points = np.array([0.0, longest_s])
    return from_quantiles(axis, points, np.array([0.0, 1.0]))


def from_quantiles(axis: Axis, times: Floats, below: Floats) -> Spread:
    """The distribution whose probability up to ``times[i]`` is ``below[i]`` (both rising), straight in between."""
    width, slope = _segments(times, below)
    knots = np.concatenate(([0.0], np.cumsum(width * (below[:-1] + below[1:]) / 2)))
    steps = np.minimum(np.ceil(times * (1 / axis.step)), axis.count + 1).astype(np.int64)
    # of each point (0 to one beyond the axis) the last knot that is not after it; -1 before the first
    at = np.cumsum(np.bincount(steps, minlength=axis.count + 2)[: axis.count + 1]) - 1
    inside = np.maximum(at, 0)
    past = np.maximum(np.arange(axis.count + 1) * axis.step - times[inside], 0.0)
    top = np.append(below[:-1], 1.0)
    integrals = np.empty(axis.count + 2)
    integrals[0] = 0.0
    integrals[1:] = knots[inside] + (top[inside] + np.append(slope / 2, 0.0)[inside] * past) * past
    integrals[1:][at < 0] = 0.0
    return Spread(axis, masses=_split(integrals, axis.step))


def exponential(axis: Axis, mean_s: float) -> Spread:
    """The exponential distribution."""
    edges = np.maximum(_edges(axis), 0.0)
    return Spread(axis, masses=_split(edges + mean_s * np.expm1(-edges / mean_s), axis.step))


def residual(axis: Axis, times: Floats, below: Floats) -> Spread:
    """What is left of a time with this distribution when looked at in its course: density (1 − F(t))/E."""
    edges = _edges(axis)
    width, slope = _segments(times, below)
    first = np.concatenate(([0.0], np.cumsum(width * (below[:-1] + below[1:]) / 2)))
    second = np.concatenate(([0.0], np.cumsum(first[:-1] * width + below[:-1] * width**2 / 2 + slope * width**3 / 6)))
    at = np.searchsorted(times, edges, side="right") - 1
    inside = np.clip(at, 0, len(times) - 1)
    past = np.where(at >= 0, edges - times[inside], 0.0)
    slopes = np.append(slope, 0.0)[inside]
    twice = second[inside] + first[inside] * past + below[inside] * past**2 / 2 + slopes * past**3 / 6
    mean = mean_of(times, below)
    positive = np.maximum(edges, 0.0)
    return Spread(axis, masses=_split((positive**2 / 2 - twice) / mean, axis.step))


def share_left(times: Floats, below: Floats, ages: Floats) -> Floats:
    """Probability that what is left of a time in its course is longer than each of ``ages``: ∫ (1 − F)/E beyond it."""
    mean = mean_of(times, below)
    done = (ages - _integral(times, below, ages)) / mean
    left: Floats = np.clip(1 - done, 0.0, 1.0)
    return left


def mean_of(times: Floats, below: Floats) -> float:
    """Mean of the distribution."""
    return float(times[-1] - (np.diff(times) * (below[:-1] + below[1:]) / 2).sum())


def geometric_sum(spread: Spread, again: float) -> Spread:
    """The sum of N independent times, where N is geometric: P(N ≥ n) = againⁿ (0 ≤ again < 1).

    The wait in M/G/1 is this sum of residual services, with again = ρ (Pollaczek and Khinchine). Masses are damped
    before the transform so that the long tail does not wrap around (W. K. Grassmann's remedy for aliasing).
    """
    count = spread.axis.count
    damping = np.exp(-np.arange(count) * (np.log(1e8) / (2 * count)))
    spectrum = np.fft.rfft(spread.masses * damping, 2 * count)
    masses = np.fft.irfft((1 - again) / (1 - again * spectrum), 2 * count)[:count] / damping
    return Spread(spread.axis, masses=np.maximum(masses, 0.0))


def _edges(axis: Axis) -> Floats:
    edges: Floats = np.arange(-1, axis.count + 1, dtype=np.float64) * axis.step
    return edges


def _segments(times: Floats, below: Floats) -> tuple[Floats, Floats]:
    """Widths, and densities (0 in a segment without width)."""
    width = np.diff(times)
    slope = np.divide(np.diff(below), width, out=np.zeros_like(width), where=width > 0)
    return width, slope


def _integral(times: Floats, below: Floats, ends: Floats) -> Floats:
    """∫ F from 0 to each of ``ends`` (0 for negative ones)."""
    width, slope = _segments(times, below)
    knots = np.concatenate(([0.0], np.cumsum(width * (below[:-1] + below[1:]) / 2)))
    at = np.searchsorted(times, ends, side="right") - 1
    inside = np.clip(at, 0, len(times) - 1)
    past = np.where(at >= 0, ends - times[inside], 0.0)
    last = np.where(inside == len(times) - 1, 1.0, below[inside])
    result: Floats = knots[inside] + last * past + np.append(slope, 0.0)[inside] * past**2 / 2
    return result


def _split(integrals: Floats, step: float) -> Floats:
    """Masses from the integral of the distribution function at all points, one before the first and one after."""
    return np.maximum((integrals[:-2] - 2 * integrals[1:-1] + integrals[2:]) / step, 0.0)
