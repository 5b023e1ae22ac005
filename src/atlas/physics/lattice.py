"""Distributions of times on a lattice of equal steps, so that times can be added, compared and cut.

A *spread* is a (sub-)distribution: probability masses at 0, h, 2h, …; what is missing to 1 is another outcome. Adding
independent times multiplies spectra (fast Fourier transform), the slower of two multiplies cumulated masses. Placing a
distribution on the lattice splits every mass between its two neighbours, which keeps the mean exactly
(L. Panjer, "Recursive Evaluation of a Family of Compound Distributions", ASTIN Bulletin 12, 1981).

Spectra are those of masses that are damped along the axis, so that what lies beyond it does not wrap around: it comes
back e⁻¹⁶ times as small (R. Grübel, R. Hermesmeier, "Computation of Compound Distributions I: Aliasing Errors and
Exponential Tilting", ASTIN Bulletin 29, 1999). Arrays may have rows: several spreads, each on an axis of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Spectrum = NDArray[np.complex128]
Each = Any
"""A number, or a column of them: one for each row."""

_TILT = 16.0


@lru_cache(maxsize=32)
def damping(count: int) -> tuple[Floats, Floats]:
    """Factors of the masses before the transform, and after the way back."""
    factors = np.exp(np.arange(count) * (-_TILT / count))
    return factors, 1 / factors


@lru_cache(maxsize=32)
def _numbers(count: int) -> Floats:
    return np.arange(count, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Axis:
    """``count`` points, ``step`` seconds apart, from 0; or as many such axes as the column ``step`` has rows."""

    step: Each
    count: int

    @property
    def points(self) -> Floats:
        """The times of the points."""
        points: Floats = _numbers(self.count) * self.step
        return points

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of masses on it."""
        return (*np.shape(self.step)[:-1], self.count)

    def cell(self, time_s: float) -> int:
        """The first point at or after a time (at most ``count``)."""
        return min(self.count, int(np.ceil(time_s / self.step - 1e-9)))

    def rows(self, which: Ints | slice) -> Axis:
        """Some of several axes."""
        return Axis(self.step[which], self.count)

    def row(self, which: int) -> Axis:
        """One of several axes."""
        return Axis(float(self.step[which, 0]), self.count)


class Spread:
    """Masses on an axis, kept as masses or as spectrum, whichever was made first; the other on demand."""

    __slots__ = ("_masses", "_spectrum", "_total", "axis", "is_empty", "is_instant")

    def __init__(
        self,
        axis: Axis,
        masses: Floats | None = None,
        spectrum: Spectrum | None = None,
        total: Each = None,
        *,
        is_empty: bool = False,
        is_instant: bool = False,
    ) -> None:
        """``total`` goes with a spectrum."""
        self.axis, self._masses, self._spectrum, self._total = axis, masses, spectrum, total
        self.is_empty = is_empty
        """Known never to happen: then nothing needs computing."""
        self.is_instant = is_instant
        """Known to happen for sure, in no time: then nothing needs adding."""

    @property
    def masses(self) -> Floats:
        """Probability of each point; what fell beyond the axis is lost."""
        if self._masses is None:
            if self.is_empty or self.is_instant:
                self._masses = np.zeros(self.axis.shape)
                self._masses[..., 0] = float(self.is_instant)
            else:
                self._masses = np.fft.irfft(self.spectrum, self.axis.count) * damping(self.axis.count)[1]
        return self._masses

    @property
    def spectrum(self) -> Spectrum:
        """Transform of the damped masses."""
        if self._spectrum is None:
            if self.is_empty or self.is_instant:
                shape = (*self.axis.shape[:-1], self.axis.count // 2 + 1)
                self._spectrum = np.full(shape, complex(self.is_instant))
            else:
                self._spectrum = np.fft.rfft(self.masses * damping(self.axis.count)[0])
        return self._spectrum

    @property
    def total(self) -> Each:
        """The probability of this outcome, at any time."""
        if self._total is None:
            if self._masses is None:
                self._total = np.full((*self.axis.shape[:-1], 1), float(self.is_instant))
            else:
                self._total = self._masses.sum(axis=-1, keepdims=True)
            if self._total.ndim == 1:
                self._total = float(self._total[0])
        return self._total

    @property
    def mean(self) -> Each:
        """Mean time of this outcome times its probability (s)."""
        return self.moment(1)

    def moment(self, power: int) -> Each:
        """Mean of a power of the time, times the outcome's probability."""
        sums = self.masses @ _numbers(self.axis.count) ** power
        return float(sums * self.axis.step**power) if sums.ndim == 0 else sums[:, None] * self.axis.step**power

    def cumulated(self) -> Floats:
        """Probability of this outcome up to each point."""
        return self.masses.cumsum(axis=-1)

    def then(self, other: Spread) -> Spread:
        """The sum of this time and another, independent one."""
        if self.is_empty or other.is_empty:
            return nothing(self.axis)
        if self.is_instant or other.is_instant:
            return other if self.is_instant else self
        return Spread(self.axis, None, self.spectrum * other.spectrum, self.total * other.total)

    def plus(self, other: Spread) -> Spread:
        """Either this outcome or that one (they exclude each other)."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        whole = self._spectrum is not None and other._spectrum is not None
        if whole or self._masses is None or other._masses is None:
            return Spread(self.axis, None, self.spectrum + other.spectrum, self.total + other.total)
        return Spread(self.axis, self._masses + other._masses)

    def times(self, factor: Each) -> Spread:
        """The same outcome with its probability multiplied."""
        if self.is_empty or (np.ndim(factor) == 0 and factor == 0):
            return nothing(self.axis)
        if np.ndim(factor) == 0 and factor == 1:
            return self
        if self._spectrum is not None:
            return Spread(self.axis, None, self._spectrum * factor, self.total * factor)
        return Spread(self.axis, self.masses * factor)

    def rows(self, which: Ints) -> Spread:
        """Some of several spreads."""
        axis = self.axis.rows(which)
        if self.is_empty or self.is_instant:
            return Spread(axis, is_empty=self.is_empty, is_instant=self.is_instant)
        masses = None if self._masses is None else self._masses[which]
        if self._spectrum is None:
            return Spread(axis, masses)
        return Spread(axis, masses, self._spectrum[which], self.total[which])

    def row(self, which: int) -> Spread:
        """One of several spreads."""
        axis = self.axis.row(which)
        if self.is_empty or self.is_instant:
            return Spread(axis, is_empty=self.is_empty, is_instant=self.is_instant)
        if self._spectrum is None:
            return Spread(axis, self.masses[which])
        return Spread(axis, None, self._spectrum[which], float(self.total[which, 0]))

    def moved(self, axis: Axis) -> Spread:
        """The same outcome on other axes: every mass split between the two points around it, which keeps the mean."""
        if self.is_empty or self.is_instant:
            return Spread(axis, is_empty=self.is_empty, is_instant=self.is_instant)
        masses = np.atleast_2d(self.masses)
        places = np.atleast_2d(_numbers(self.axis.count) * (self.axis.step / axis.step))
        low = np.minimum(places.astype(np.int64), axis.count)
        part = masses * (places - low)
        at = low + (axis.count + 2) * np.arange(len(masses))[:, None]
        size = len(masses) * (axis.count + 2)
        found: Floats = np.bincount(at.ravel(), (masses - part).ravel(), size).astype(np.float64, copy=False)
        found += np.bincount(at.ravel() + 1, part.ravel(), size)
        return Spread(axis, found.reshape(len(masses), -1)[:, : axis.count].reshape(axis.shape))

    def quantile(self, level: float) -> float:
        """The time below which the share ``level`` of this outcome lies; infinite where it is beyond the axis."""
        return self.quantiles((level,))[0]

    def quantiles(self, levels: Sequence[float], whole: float | None = None) -> list[float]:
        """The times below which these shares of the outcome (or of that much of it) lie."""
        running, total = self.cumulated(), min(1.0, self.total if whole is None else whole)
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


def nothing(axis: Axis) -> Spread:
    """The outcome that never happens."""
    return Spread(axis, is_empty=True)


def at_time(axis: Axis, time_s: Each, probability: Each = 1.0) -> Spread:
    """A fixed time, split between the two points around it; beyond the axis it is lost."""
    if np.ndim(time_s) == np.ndim(probability) == 0 and time_s == 0 and probability == 1:
        return Spread(axis, is_instant=True)
    place = np.broadcast_to(np.minimum(time_s / axis.step, axis.count + 1.0), (*axis.shape[:-1], 1))
    low = place.astype(np.int64)
    masses = np.zeros((*axis.shape[:-1], axis.count + 3))
    np.put_along_axis(masses, low, probability * (1 - (place - low)), axis=-1)
    np.put_along_axis(masses, low + 1, probability * (place - low), axis=-1)
    return Spread(axis, masses[..., : axis.count])


def uniform(axis: Axis, longest_s: Each) -> Spread:
    """Any time up to ``longest_s``, all equally likely."""
    edges = np.maximum(_edges(axis), 0.0)
    inside = np.minimum(edges, longest_s)
    return Spread(axis, masses_of(inside * inside / (2 * longest_s) + edges - inside) / axis.step)


def exponential(axis: Axis, mean_s: Each) -> Spread:
    """The exponential distribution."""
    edges = np.maximum(_edges(axis), 0.0)
    return Spread(axis, masses_of(edges + mean_s * np.expm1(-edges / mean_s)) / axis.step)


def geometric_sum(spread: Spread, again: Each) -> Spread:
    """The sum of N independent times, where N is geometric: P(N ≥ n) = againⁿ (0 ≤ again < 1).

    The wait in M/G/1 is this sum of residual services, with again = ρ (Pollaczek and Khinchine).
    """
    return Spread(spread.axis, None, (1 - again) / (1 - again * spread.spectrum), 1.0 + 0.0 * again)


def masses_of(integrals: Floats) -> Floats:
    """Masses times the step, from the integral of the distribution function at all points and one on either side."""
    rises = integrals[..., 1:] - integrals[..., :-1]
    masses: Floats = np.maximum(rises[..., 1:] - rises[..., :-1], 0.0)
    return masses


def _edges(axis: Axis) -> Floats:
    edges: Floats = np.arange(-1, axis.count + 1, dtype=np.float64) * axis.step
    return edges
