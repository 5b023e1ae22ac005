"""What comes only later: flows that arrive each at its own delay, while the run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from atlas.sim.plan import Floats, Ints
from atlas.sim.side_by_side import Spans

_ROWS = 64
_NARROWEST = 1e-6
_BACK = 1e-6
_NEW = 0.01
"""Share of its rate below which a flow was not there before: the delay of then is not its own."""


class Delayed:
    """Several flows through time. What enters in a step leaves evenly between the delayed ends of the step.

    First ask what leaves in a step, then say what enters: what enters and leaves within one step (where it is longer
    than the delay) is taken to flow as in the step before, so that the same leaves in long steps as in short ones.
    """

    def __init__(self, count: int) -> None:
        self._spans = np.zeros((3, _ROWS, count))
        """Of each step (row) and flow: when it begins and ceases to leave, and how much per second."""
        self._ends = np.zeros((2, _ROWS))
        """Of each step: the first beginning, and the last ceasing."""
        self._first = self._past = 0
        self._until_s = np.inf
        self._rates, self._delays, self._reach = np.zeros((3, count))

    def leaving(self, start_s: float, dt: float) -> Floats:
        """What leaves in a step, per second."""
        end_s = start_s + dt
        if start_s < self._until_s - _BACK:  # settling: as if it had always flowed so
            return self._rates
        rows = slice(self._first, self._past)
        here = np.flatnonzero((self._ends[0, rows] < end_s) & (self._ends[1, rows] > start_s)) + self._first
        begins, ceases, flow = self._spans[:, here]
        inside = np.maximum(np.minimum(ceases, end_s) - np.maximum(begins, start_s), 0.0)
        beyond = np.maximum(end_s - np.maximum(self._reach, start_s), 0.0)
        while self._first < self._past and self._ends[1, self._first] <= end_s:
            self._first += 1
        left: Floats = ((flow * inside).sum(axis=0) + self._rates * beyond) / dt
        return left

    def enter(self, start_s: float, dt: float, rates: Floats, delays: Floats) -> None:
        """Let flows (per second) enter in a step, to leave after their delays (s)."""
        end_s = start_s + dt
        if start_s < self._until_s - _BACK:
            self._first = self._past = 0
            low, high, each = np.full(len(rates), end_s), end_s + delays, rates
        else:
            first, last = start_s + np.where(self._rates > _NEW * rates, self._delays, delays), end_s + delays
            low, high = np.minimum(first, last), np.maximum(first, last)
            high = np.maximum(high, low + _NARROWEST)
            each = rates * (dt / (high - low))
            low = np.maximum(low, end_s)
        self._append(low, high, each)
        self._until_s, self._rates, self._delays, self._reach = end_s, rates, delays, end_s + delays

    def scale(self, factor: float) -> None:
        """Let everything flow at a multiple."""
        self._spans[2] *= factor
        self._rates = self._rates * factor

    def _append(self, low: Floats, high: Floats, each: Floats) -> None:
        if self._past == self._spans.shape[1]:
            kept, ends = self._spans[:, self._first : self._past], self._ends[:, self._first : self._past]
            self._first, self._past = 0, kept.shape[1]
            rows = max(_ROWS, 2 * self._past)
            self._spans, self._ends = np.zeros((3, rows, kept.shape[2])), np.zeros((2, rows))
            self._spans[:, : self._past], self._ends[:, : self._past] = kept, ends
        self._spans[:, self._past] = low, high, each
        self._ends[:, self._past] = low.min(initial=np.inf), high.max(initial=0.0)
        self._past += 1


class Coming:
    """What is delayed at some of the nodes of a plan, in rows; or of several plans side by side, each in its time."""

    def __init__(self, nodes: Ints, rows: int) -> None:
        self._parts = [(Delayed(rows * len(nodes)), nodes, rows)]

    @classmethod
    def side_by_side(cls, runs: Sequence[Self]) -> Self:
        """Those of several plans; each remains what it was."""
        whole = cls(np.zeros(0, dtype=np.int64), 0)
        whole._parts = [part for run in runs for part in run._parts]
        return whole

    def leaving(self, shape: tuple[int, ...], spans: Sequence[Spans], time: tuple[list[float], list[float]]) -> Floats:
        """What leaves per second, by row and node; ``time``: begin and length of the step, by plan."""
        out = np.zeros(shape)
        for (delayed, nodes, rows), span, now, dt in zip(self._parts, spans, *time, strict=True):
            if rows and len(nodes):
                out[:rows, span["nodes"].start + nodes] = delayed.leaving(now, dt).reshape(rows, -1)
        return out

    def enter(
        self, spans: Sequence[Spans], time: tuple[list[float], list[float]], rates: Floats, delays: Floats
    ) -> None:
        """Let flows enter, by row and node, to leave after their delays."""
        for (delayed, nodes, rows), span, now, dt in zip(self._parts, spans, *time, strict=True):
            if rows and len(nodes):
                mine = span["nodes"].start + nodes
                delayed.enter(now, dt, rates[:rows, mine].ravel(), delays[:rows, mine].ravel())

    def scale(self, number: int, factor: float) -> None:
        """Let everything flow at a multiple in one of the plans."""
        self._parts[number][0].scale(factor)
