"""Moments of answers for the fluid engine: sums, the slower of two, quorums, and how many are late."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from atlas.sim.answer import reached
from atlas.sim.fluid_web import Web, summed
from atlas.sim.plan import Floats

_NORMAL = NormalDist()
_SQRT_HALF = 0.7071067811865476


def normal_tail(z: Floats) -> Floats:
    """P(Z > z) of the standard normal, to 1e-7 (Abramowitz and Stegun 7.1.26)."""
    x = np.abs(z) * _SQRT_HALF
    t = 1 / (1 + 0.3275911 * x)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    half = 0.5 * series * np.exp(-np.minimum(x * x, 700.0))
    return np.where(z >= 0, half, 1 - half)


def later_than(time_s: Floats, mean: Floats, variance: Floats) -> Floats:
    """P(T > time) of a gamma distribution with these moments (Wilson and Hilferty's cube root)."""
    safe = np.maximum(mean, 1e-12)
    shape = np.clip(safe * safe / np.maximum(variance, 1e-18), 1e-3, 1e12)
    root = np.cbrt(np.maximum(time_s, 0.0) / safe)
    late = normal_tail((root - 1 + 1 / (9 * shape)) * 3 * np.sqrt(shape))
    return np.where(time_s <= 0, 1.0, np.where(np.isinf(time_s), 0.0, late))


def slower(mean: Floats, variance: Floats, other: Floats, other_variance: Floats) -> tuple[Floats, Floats]:
    """Moments of the maximum of two independent times (C. E. Clark, Operations Research 9, 1961)."""
    spread = np.sqrt(variance + other_variance + 1e-24)
    gap = (mean - other) / spread
    first = 1 - normal_tail(gap)
    density = 0.3989422804014327 * np.exp(-np.minimum(gap * gap / 2, 700.0)) * spread
    top = mean * first + other * (1 - first) + density
    square = (mean**2 + variance) * first + (other**2 + other_variance) * (1 - first) + (mean + other) * density
    return top, np.maximum(square - top * top, 0.0)


class Stages:
    """Stage outcomes from those of the calls; made once for a web."""

    def __init__(self, web: Web) -> None:
        self._web = web
        quorums = np.flatnonzero(web.stage_quorum > 0)
        self._quorums = [(int(q), int(web.stage_quorum[q]), np.flatnonzero(web.entry_stage == q)) for q in quorums]
        ends = [_NORMAL.inv_cdf((k - 0.375) / (len(e) + 0.25)) for _, k, e in self._quorums]
        self._scores = ends
        self._entries = np.flatnonzero(web.entry_waited > 0)
        self._of = web.entry_stage[self._entries]
        self._choose = web.stage_choose > 0
        self._last = int(web.stage_place.max(initial=-1))
        self._places = [np.flatnonzero(web.stage_place == p) for p in range(self._last + 1)]

    def combine(self, happens: Floats, mean: Floats, variance: Floats, ok: Floats, good: Floats) -> tuple[Floats, ...]:
        """Mean, variance, share answered and share good of each stage; arguments by node, ``happens`` by entry."""
        web, entries, of = self._web, self._entries, self._of
        child, count = web.entry_child, len(web.stage_parent)
        p, m, v = happens, mean[child], variance[child]
        first = p * m
        square = p * (v + m * m) - first * first
        top, wide = np.zeros(count), np.zeros(count)
        for rank, (stages, calls) in enumerate(web.ranks):
            if rank == 0:
                top[stages], wide[stages] = first[calls], square[calls]
            else:
                top[stages], wide[stages] = slower(top[stages], wide[stages], first[calls], square[calls])
        fine, best = self._all(p, ok[child]), self._all(p, good[child])
        if self._choose.any():
            total = summed(of, first[entries], count)
            second = summed(of, (p * (v + m * m))[entries], count) - total**2
            top, wide = np.where(self._choose, total, top), np.where(self._choose, np.maximum(second, 0), wide)
            fine = np.where(self._choose, summed(of, (p * ok[child])[entries], count), fine)
            best = np.where(self._choose, summed(of, (p * good[child])[entries], count), best)
        for (q, needed, calls), score in zip(self._quorums, self._scores, strict=True):
            middle, scale = float(m[calls].mean()), float(np.sqrt(v[calls].mean()))
            top[q], wide[q] = max(0.0, middle + score * scale), scale**2 / len(calls)
            chances = p[calls].tolist()
            fine[q] = reached(needed, chances, ok[child][calls].tolist(), 1)[0]
            best[q] = reached(needed, chances, good[child][calls].tolist(), 1)[0]
        return top, wide, fine, best

    def _all(self, p: Floats, share: Floats) -> Floats:
        """Probability that all calls of a stage that happen have the outcome."""
        logs = np.log(np.maximum(1 - p * (1 - share), 1e-300))[self._entries]
        return np.exp(summed(self._of, logs, len(self._web.stage_parent)))

    def chain(self, top: Floats, wide: Floats, fine: Floats, best: Floats) -> tuple[Floats, ...]:
        """Along each node's stages: mean, variance, share answered, share good; and how often each stage is reached."""
        web, nodes = self._web, self._web.count
        mean, variance = np.zeros(nodes), np.zeros(nodes)
        ok, good, reach = np.ones(nodes), np.ones(nodes), np.ones(len(web.stage_parent))
        for stages in self._places:
            parents = web.stage_parent[stages]
            reach[stages] = ok[parents]
            mean[parents] += ok[parents] * top[stages]
            variance[parents] += ok[parents] * wide[stages]
            ok[parents] *= fine[stages]
            good[parents] *= best[stages]
        return mean, variance, ok, good, reach
