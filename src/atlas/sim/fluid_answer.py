"""Moments of answers for the fluid engine: sums, the slower of two, quorums, and how many are late."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from atlas.sim.fluid_web import Web, summed
from atlas.sim.plan import Floats, Ints

_NORMAL = NormalDist()
_SCORES = np.linspace(-8, 8, 8193)
_TAIL = np.array([math.erfc(z / math.sqrt(2)) / 2 for z in _SCORES.tolist()])


def normal_tail(z: Floats) -> Floats:
    """P(Z > z) of the standard normal, to 1e-6: a table of 8,193 values between -8 and 8, straight in between."""
    tail: Floats = np.interp(z, _SCORES, _TAIL)
    return tail


def later_than(time_s: Floats, mean: Floats, variance: Floats) -> Floats:
    """P(T > time) of a gamma distribution with these moments (Wilson and Hilferty's cube root)."""
    safe = np.maximum(mean, 1e-12)
    shape = np.minimum(np.maximum(safe * safe / np.maximum(variance, 1e-18), 1e-3), 1e12)
    root = np.cbrt(np.maximum(time_s, 0.0) / safe)
    late = normal_tail((root - 1 + 1 / (9 * shape)) * 3 * np.sqrt(shape))
    return np.where(time_s <= 0, 1.0, late)


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
        self._scores = [_NORMAL.inv_cdf((k - 0.375) / (len(e) + 0.25)) for _, k, e in self._quorums]
        self._entries = np.flatnonzero(web.entry_waited > 0)
        self._of = web.entry_stage[self._entries]
        self._choose = web.stage_choose > 0
        self._chooses = bool(self._choose.any())
        last = int(web.stage_place.max(initial=-1))
        self._places = [np.flatnonzero(web.stage_place == p) for p in range(last + 1)]
        self._parents = [web.stage_parent[stages] for stages in self._places]
        self._ranks = self._side_by_side()
        self._quick = [_Copies(needed, web.entry_child[calls]) for _, needed, calls in self._quorums]

    def _side_by_side(self) -> list[tuple[Ints, Ints, Floats, Floats]]:
        """Calls whose slowest counts, rank by rank within their stages; copies of a call are taken together.

        For each rank: stages, entries, and the mean and variance of the largest of as many normal scores.
        """
        web, ranks = self._web, list[list[tuple[int, int, float, float]]]()
        for stage in np.flatnonzero((web.stage_quorum == 0) & ~self._choose).tolist():
            entries = [e for e in self._entries.tolist() if web.entry_stage[e] == stage]
            children = web.entry_child[entries].tolist()
            for rank, child in enumerate(dict.fromkeys(children)):
                if rank == len(ranks):
                    ranks.append([])
                ranks[rank].append((stage, entries[children.index(child)], *largest_score(children.count(child))))
        return [
            (
                np.array([r[0] for r in rank]),
                np.array([r[1] for r in rank]),
                np.array([r[2] for r in rank]),
                np.array([r[3] for r in rank]),
            )
            for rank in ranks
        ]

    def combine(self, happens: Floats, mean: Floats, variance: Floats, ok: Floats, good: Floats) -> tuple[Floats, ...]:
        """Mean, variance, share answered and share good of each stage; arguments by node, ``happens`` by entry."""
        web, entries, of = self._web, self._entries, self._of
        child, count = web.entry_child, len(web.stage_parent)
        p, m, v = happens, mean[child], variance[child]
        first = p * m
        raw = p * (v + m * m)
        square = raw - first * first
        top, wide = np.zeros(count), np.zeros(count)
        for rank, (stages, calls, score, narrow) in enumerate(self._ranks):
            each = square[calls]
            slow, each = first[calls] + score * np.sqrt(each), each * narrow
            if rank == 0:
                top[stages], wide[stages] = slow, each
            else:
                top[stages], wide[stages] = slower(top[stages], wide[stages], slow, each)
        p_ok, p_good = p * (1 - ok[child]), p * (1 - good[child])
        fine, best = self._all(p_ok), self._all(p_good)
        if self._chooses:
            total = summed(of, first[entries], count)
            second = np.maximum(summed(of, raw[entries], count) - total**2, 0.0)
            top, wide = np.where(self._choose, total, top), np.where(self._choose, second, wide)
            fine = np.where(self._choose, summed(of, (p - p_ok)[entries], count), fine)
            best = np.where(self._choose, summed(of, (p - p_good)[entries], count), best)
        for (q, _, calls), blom, quick in zip(self._quorums, self._scores, self._quick, strict=True):
            middle, scale2 = float(m[calls].sum()) / len(calls), float(v[calls].sum()) / len(calls)
            top[q], wide[q] = max(middle + blom * math.sqrt(scale2), 0.0), scale2 / len(calls)
            fine[q] = quick.reached(p[calls], ok[child[calls]])
            best[q] = quick.reached(p[calls], good[child[calls]])
        return top, wide, fine, best

    def _all(self, missed: Floats) -> Floats:
        """Probability that none of the calls of a stage has missed the outcome."""
        if not missed.any():
            return np.ones(len(self._web.stage_parent))
        logs = np.log(np.maximum(1 - missed, 1e-300))[self._entries]
        return np.exp(summed(self._of, logs, len(self._web.stage_parent)))

    def chain(self, top: Floats, wide: Floats, fine: Floats, best: Floats) -> tuple[Floats, ...]:
        """Along each node's stages: mean, variance, share answered, share good; and how often each stage is reached."""
        web, nodes = self._web, self._web.count
        mean, variance = np.zeros(nodes), np.zeros(nodes)
        ok, good, reach = np.ones(nodes), np.ones(nodes), np.ones(len(web.stage_parent))
        for stages, parents in zip(self._places, self._parents, strict=True):
            come = ok[parents]
            reach[stages] = come
            mean[parents] += come * top[stages]
            variance[parents] += come * wide[stages]
            ok[parents] = come * fine[stages]
            good[parents] *= best[stages]
        return mean, variance, ok, good, reach


@lru_cache(maxsize=256)
def largest_score(count: int) -> tuple[float, float]:
    """Mean and variance of the largest of ``count`` standard normal times (count 1: 0 and 1)."""
    upto = (1 - _TAIL) ** count
    middles, masses = (_SCORES[1:] + _SCORES[:-1]) / 2, np.diff(upto)
    mean = float(middles @ masses) if count > 1 else 0.0
    return mean, float((middles - mean) ** 2 @ masses) if count > 1 else 1.0


class _Copies:
    """A quorum of calls; quicker where all are copies of one."""

    def __init__(self, needed: int, children: Ints) -> None:
        self._needed, count = needed, len(children)
        self._are_alike = len(set(children.tolist())) == 1
        self._numbers = np.arange(count + 1)
        self._ways = np.array([float(math.comb(count, k)) for k in range(count + 1)])

    def reached(self, happens: Floats, answered: Floats) -> float:
        """See ``quorum_reached``."""
        if not self._are_alike or len(answered) > 900:
            return quorum_reached(self._needed, happens.tolist(), answered.tolist())
        p, x = float(happens[0]), float(answered[0])
        if x >= 1:
            return 1.0
        come = self._ways * (p * x) ** self._numbers
        rest = self._numbers[::-1]
        enough = (come * (1 - p * x) ** rest)[self._needed :].sum()
        return min(1.0, float(enough + (come * (1 - p) ** rest)[: self._needed].sum()))


def quorum_reached(quorum: int, happens: Sequence[float], answered: Sequence[float]) -> float:
    """Probability that a stage has its quorum, or all of the calls that happen if those are fewer."""
    if min(answered) >= 1:
        return 1.0
    enough = [1.0] + [0.0] * quorum  # so many have answered (the last: or more)
    fewer = [1.0] + [0.0] * (quorum - 1)  # exactly so many happen, and all of them have answered
    for p, x in zip(happens, answered, strict=True):
        both = p * x
        enough[quorum] += enough[quorum - 1] * both
        for k in range(quorum - 1, 0, -1):
            enough[k] += (enough[k - 1] - enough[k]) * both
            fewer[k] = fewer[k] * (1 - p) + fewer[k - 1] * both
        enough[0] *= 1 - both
        fewer[0] *= 1 - p
    return min(1.0, enough[quorum] + sum(fewer))
