"""The axes of a network's answers, and what follows from them alone: where timeouts and retries fall on them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atlas.physics.lattice import Axis, Spread
from atlas.sim.answer import Cut, backoff, cut_at
from atlas.sim.network import Network
from atlas.sim.plan import NONE, Floats, Ints
from atlas.sim.steady_schedule import Level, children

_COARSER = 1.15


@dataclass(frozen=True, slots=True)
class Axes:
    """Steps (s) of the axis of each node's answer as its caller sees it, and of what happens inside."""

    outer: Floats
    inner: Floats
    whole: Floats
    """That of the root."""
    count: int

    def outside(self, nodes: Ints) -> Axis:
        """Axes of what callers get from these nodes."""
        return Axis(self.outer[nodes][:, None], self.count)

    def inside(self, nodes: Ints) -> Axis:
        """Axes of what happens within these nodes."""
        return Axis(self.inner[nodes][:, None], self.count)


def axes_of(network: Network, levels: tuple[Level, ...], steps: dict[int, float], count: int) -> Axes:
    """The axes below roots whose axes have these steps.

    Calls whose timeout comes early on their axis get a finer one: nothing beyond the timeout matters. Unless a slot is
    held: it stays taken beyond the timeout.
    """
    outer, inner, whole = (np.ones(len(network.nodes)) for _ in range(3))
    for root, step in steps.items():
        outer[root] = whole[root] = step
    for level in reversed(levels):
        given, limit = outer[level.nodes], level.timeout_s[:, 0]
        early = level.narrows & (limit > 0) & (limit < 0.4 * given * count)
        fine = [step_of(x * 1.02, count) for x in limit[early].tolist()]
        own = given.copy()
        own[early] = fine
        inner[level.nodes] = own
        for index, step, wide in zip(level.nodes.tolist(), own.tolist(), given.tolist(), strict=True):
            for child in children(network.nodes[index]):
                outer[child], whole[child] = step, whole[index]
            if network.nodes[index].fallback != NONE:
                outer[network.nodes[index].fallback] = wide
    return Axes(outer, inner, whole, count)


def step_of(reach_s: float, count: int) -> float:
    """The step of an axis that reaches at least so far, in steps of a seventh: answers share what is placed on them."""
    return float(_COARSER ** math.ceil(math.log(reach_s / count, _COARSER)))


@dataclass(frozen=True, slots=True)
class Layout:
    """One level on its axes."""

    level: Level
    rows: slice
    """Where the level lies among all nodes that are evaluated."""
    inner: Axis
    outer: Axis
    moves: Ints
    """Rows whose callers see another axis."""
    cut: Cut | None
    """Timeouts, where there are any (those to be learnt at their first values)."""
    waits: tuple[Spread, ...]
    """Before each retry, of the rows that are tried again."""


def layouts_of(network: Network, levels: tuple[Level, ...], steps: dict[int, float], count: int) -> list[Layout]:
    """All levels below roots whose axes have these steps."""
    axes, found, start = axes_of(network, levels, steps, count), [], 0
    for level in levels:
        inner, outer = axes.inside(level.nodes), axes.outside(level.nodes)
        short = axes.inner[level.nodes, None] < axes.whole[level.nodes, None]
        cut = cut_at(inner, level.timeout_s, short) if (level.timeout_s > 0).any() else None
        tried = level.tried
        most = int(level.attempts[tried].max()) if len(tried) else 1
        waits = [
            backoff(outer.rows(tried), level.backoff_s[tried] * 2.0**k, level.jitter[tried]) for k in range(most - 1)
        ]
        rows = slice(start, start + len(level.nodes))
        moves = np.flatnonzero(inner.step != outer.step)
        found.append(Layout(level, rows, inner, outer, moves, cut, tuple(waits)))
        start = rows.stop
    return found
