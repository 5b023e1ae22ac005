"""What comes only later: flows that arrive each at its own delay, while the run goes on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from atlas.sim.plan import Floats, Ints
from atlas.sim.side_by_side import Flags, Spans

_ROOM = 1024
_NARROWEST = 1e-6
_BACK = 1e-6
_NEW = 0.01
"""Share of its rate below which a flow was not there before: the delay of then is not its own."""


class Delayed:
    """Flows through time, of one plan or of several. What enters in a step leaves evenly between its delayed ends.

    First ask what leaves in a step, then say what enters: what enters and leaves within one step (where it is longer
    than the delay) is taken to flow as in the step before, so that the same leaves in long steps as in short ones.
    Moments and lengths of steps are by plan, all else is by flow.
    """

    def __init__(self, counts: Sequence[int]) -> None:
        self.counts = list(counts)
        """Flows of each plan."""
        self._plan = np.repeat(np.arange(len(self.counts)), self.counts)
        self._until_s = np.full(len(self.counts), np.inf)
        self._rates, self._delays, self._reach = np.zeros((3, len(self._plan)))
        self._spans, self._flow = np.zeros((3, _ROOM)), np.zeros(_ROOM, dtype=np.int64)
        """Of what entered in a step and is under way: when it begins and ceases to leave, how much a second; whose."""
        self._used = 0

    def leaving(self, start_s: Floats, dt: Floats) -> Floats:
        """What leaves in a step, per second."""
        start, length = start_s[self._plan], dt[self._plan]
        end, (begins, ceases, each), flow = start + length, self._spans[:, : self._used], self._flow[: self._used]
        inside = np.maximum(np.minimum(ceases, end.take(flow)) - np.maximum(begins, start.take(flow)), 0.0)
        beyond = np.maximum(end - np.maximum(self._reach, start), 0.0)
        left = (np.bincount(flow, each * inside, len(start)) + self._rates * beyond) / length
        return np.where(self._settles(start_s), self._rates, left)

    def enter(self, start_s: Floats, dt: Floats, rates: Floats, delays: Floats) -> None:
        """Let flows (per second) enter in a step, to leave after their delays (s)."""
        settles, start, length = self._settles(start_s), start_s[self._plan], dt[self._plan]
        end = start + length
        first, last = start + np.where(self._rates > _NEW * rates, self._delays, delays), end + delays
        low, high = np.minimum(first, last), np.maximum(first, last)
        high = np.maximum(high, low + _NARROWEST)
        each = rates * (length / (high - low))
        low = np.maximum(low, end)
        if settles.any():  # as if it had always flowed so
            low, high, each = np.where(settles, end, low), np.where(settles, last, high), np.where(settles, rates, each)
            self._spans[1, : self._used][settles[self._flow[: self._used]]] = -np.inf
        mine = np.flatnonzero(each)
        self._make_room(len(mine), end)
        new = slice(self._used, self._used + len(mine))
        self._spans[:, new], self._flow[new] = (low[mine], high[mine], each[mine]), mine
        self._used += len(mine)
        self._until_s, self._rates, self._delays, self._reach = start_s + dt, rates, delays, last

    def scale(self, factor: float, number: int = 0) -> None:
        """Let everything flow at a multiple in one of the plans."""
        mine = self._plan == number
        self._rates = np.where(mine, self._rates * factor, self._rates)
        self._spans[2, : self._used][mine[self._flow[: self._used]]] *= factor

    @classmethod
    def side_by_side(cls, parts: Sequence[Delayed]) -> Delayed:
        """Those of several plans in one; ``part`` gives each its own back."""
        whole = cls([count for p in parts for count in p.counts])
        firsts = np.cumsum([0, *(len(p._plan) for p in parts)]).tolist()
        whole._until_s = np.concatenate([p._until_s for p in parts])
        for name in ("_rates", "_delays", "_reach"):
            setattr(whole, name, np.concatenate([getattr(p, name) for p in parts]))
        whole._spans = np.concatenate([p._spans[:, : p._used] for p in parts], axis=1)
        flows = [p._flow[: p._used] + first for p, first in zip(parts, firsts[:-1], strict=True)]
        whole._flow = np.concatenate(flows)
        whole._used = len(whole._flow)
        return whole

    def part(self, parts: Sequence[Delayed]) -> None:
        """Give the single plans their flows back."""
        ends = np.cumsum(self.counts).tolist()
        for number, (part, end) in enumerate(zip(parts, ends, strict=True)):
            first = end - self.counts[number]
            mine = np.flatnonzero((self._flow[: self._used] >= first) & (self._flow[: self._used] < end))
            part._until_s = self._until_s[number : number + 1].copy()
            for name in ("_rates", "_delays", "_reach"):
                setattr(part, name, getattr(self, name)[first:end].copy())
            part._spans, part._flow, part._used = self._spans[:, mine], self._flow[mine] - first, len(mine)

    def _settles(self, start_s: Floats) -> Flags:
        """Whether a step goes back in time, as those do that look for a steady state."""
        goes_back: Flags = (start_s < self._until_s - _BACK)[self._plan]
        return goes_back

    def _make_room(self, count: int, now: Floats) -> None:
        if self._used + count <= len(self._flow):
            return
        alive = np.flatnonzero(self._spans[1, : self._used] > now[self._flow[: self._used]])
        spans, flow, self._used = self._spans[:, alive], self._flow[alive], len(alive)
        room = max(_ROOM, 2 * (len(alive) + count))
        self._spans, self._flow = np.zeros((3, room)), np.zeros(room, dtype=np.int64)
        self._spans[:, : len(alive)], self._flow[: len(alive)] = spans, flow


class Coming:
    """What is delayed at some of the nodes, in rows; of a plan, or of several side by side, each in its time."""

    def __init__(self, nodes: Ints, rows: int) -> None:
        self._rows, self._nodes = np.repeat(np.arange(rows), len(nodes)), np.tile(nodes, rows)
        self._delayed = Delayed([rows * len(nodes)])

    @classmethod
    def side_by_side(cls, runs: Sequence[Coming], spans: Sequence[Spans]) -> Coming:
        """Those of several plans in one; ``part`` gives each its own back."""
        if len(runs) == 1:
            return runs[0]
        whole = cls(np.zeros(0, dtype=np.int64), 0)
        whole._rows = np.concatenate([run._rows for run in runs])
        whole._nodes = np.concatenate([run._nodes + s["nodes"].start for run, s in zip(runs, spans, strict=True)])
        whole._delayed = Delayed.side_by_side([run._delayed for run in runs])
        return whole

    def part(self, runs: Sequence[Coming]) -> None:
        """Give the single plans what is coming to them."""
        if len(runs) > 1:
            self._delayed.part([run._delayed for run in runs])

    def leaving(self, shape: tuple[int, ...], now: Floats, dt: Floats) -> Floats:
        """What leaves per second, by row and node; begin and length of the step by plan."""
        out = np.zeros(shape)
        out[self._rows, self._nodes] = self._delayed.leaving(now, dt)
        return out

    def enter(self, now: Floats, dt: Floats, rates: Floats, delays: Floats) -> None:
        """Let flows enter, by row and node, to leave after their delays."""
        self._delayed.enter(now, dt, rates[self._rows, self._nodes], delays[self._rows, self._nodes])

    def scale(self, factor: float, number: int) -> None:
        """Let everything flow at a multiple in one of the plans."""
        self._delayed.scale(factor, number)
