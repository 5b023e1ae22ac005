"""When the requests of a fluid run end: each at its own delay after it came, whatever the steps were."""

from __future__ import annotations

import numpy as np

from atlas.sim.plan import Floats

_NARROWEST = 1e-3
"""Requests of one step end over at least so many seconds: a mass at a point has no rate."""
_NEW = 0.01
"""Share of its rate below which an outcome was not there before: the delay of then is not its own."""


class Ends:
    """Requests that come in a step end, evenly, between its start and its end, each put off by the delay then."""

    def __init__(self) -> None:
        self._starts: list[Floats] = []
        self._stops: list[Floats] = []
        self._masses: list[Floats] = []
        self._rates, self._delay = np.zeros(0), np.zeros(0)
        self._table = np.zeros((3, 0, 0))
        """All of them as one array, made when it is first asked for."""

    def begin(self, rates: Floats, delays: Floats) -> None:
        """A steady start at time 0: who is under way then ends at the same rate until the first to come does."""
        self._starts.append(np.zeros(len(rates)))
        self._stops.append(delays)
        self._masses.append(rates * delays)
        self._rates, self._delay = rates, delays

    def add(self, start_s: float, end_s: float, rates: Floats, delays: Floats) -> None:
        """Requests per second of a step, by outcome, and the delay at its end."""
        self._starts.append(start_s + np.where(self._rates > _NEW * rates, self._delay, delays))
        self._stops.append(end_s + delays)
        self._masses.append(rates * (end_s - start_s))
        self._rates, self._delay = rates, delays

    def ended(self, column: int, at_s: Floats) -> Floats:
        """How many of an outcome have ended up to each of the times."""
        if self._table.shape[1] != len(self._starts):
            self._table = np.array((self._starts, self._stops, self._masses))
        first, last, mass = self._table[:, :, column]
        low, high = np.minimum(first, last), np.maximum(first, last)
        high = np.maximum(high, low + _NARROWEST)
        slope = mass / (high - low)
        times = np.concatenate((low, high))
        order = np.argsort(times, kind="stable")
        times = times[order]
        rates = np.cumsum(np.concatenate((slope, -slope))[order])
        numbers = np.concatenate(([0.0], np.cumsum(rates[:-1] * np.diff(times))))
        return np.interp(at_s, times, np.maximum.accumulate(numbers))
