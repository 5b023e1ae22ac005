"""Moments of answers for the fluid engine: sums, the slower of two, quorums, and how many are late."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Annotated

import numpy as np

from atlas.sim.fluid_web import Web, summed
from atlas.sim.plan import Floats, Ints
from atlas.sim.side_by_side import Flags, Of, Spans, joined

_NORMAL = NormalDist()
_MANY = 900
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

    _choose: Annotated[Flags, Of("stages")]
    _chooses: bool
    _entries: Annotated[Ints, Of("waited", to="entries")]
    _of: Annotated[Ints, Of("waited", to="stages")]
    # calls whose slowest counts; copies of a call are taken together
    _rank: Annotated[Ints, Of("ranked")]
    """Their number within their stage."""
    _rank_stage: Annotated[Ints, Of("ranked", to="stages")]
    _rank_entry: Annotated[Ints, Of("ranked", to="entries")]
    _score: Annotated[Floats, Of("ranked")]
    """Mean and variance of the largest of as many normal scores as there are copies."""
    _narrow: Annotated[Floats, Of("ranked")]

    def __init__(self, web: Web) -> None:
        self._choose = web.stage_choose > 0
        self._chooses = bool(self._choose.any())
        self._entries = np.flatnonzero(web.entry_waited > 0)
        self._of = web.entry_stage[self._entries]
        self._rank_side_by_side(web)
        calls = [np.flatnonzero(web.entry_stage == q) for q in np.flatnonzero(web.stage_quorum > 0)]
        self._quorums = Quorums(web, [c for c in calls if _are_alike(web, c)])
        self._mixed = [c for c in calls if not _are_alike(web, c)]
        self._prepare(web)

    def _rank_side_by_side(self, web: Web) -> None:
        rows: list[tuple[int, int, int, float, float]] = []
        for stage in np.flatnonzero((web.stage_quorum == 0) & ~self._choose).tolist():
            entries = self._entries[self._of == stage].tolist()
            children = web.entry_child[entries].tolist()
            for rank, child in enumerate(dict.fromkeys(children)):
                first = entries[children.index(child)]
                rows.append((rank, stage, first, *largest_score(children.count(child))))
        table = np.array(rows, dtype=np.float64).reshape(len(rows), 5)
        self._rank, self._rank_stage, self._rank_entry = table[:, :3].T.astype(np.int64)
        self._score, self._narrow = table[:, 3:].T

    def _prepare(self, web: Web) -> None:
        self._web = web
        last = int(web.stage_place.max(initial=-1))
        self._places = [np.flatnonzero(web.stage_place == p) for p in range(last + 1)]
        self._parents = [web.stage_parent[stages] for stages in self._places]
        rows = [np.flatnonzero(self._rank == r) for r in range(int(self._rank.max(initial=-1)) + 1)]
        self._ranks = [(self._rank_stage[r], self._rank_entry[r], self._score[r], self._narrow[r]) for r in rows]

    @classmethod
    def side_by_side(cls, stages: Sequence[Stages], web: Web, spans: Sequence[Spans]) -> Stages:
        """Those of several plans; ``web`` is that of all."""
        whole = joined(stages, spans)
        whole._quorums = joined([s._quorums for s in stages], spans)
        whole._mixed = [c + span["entries"].start for s, span in zip(stages, spans, strict=True) for c in s._mixed]
        whole._prepare(web)
        return whole

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
        alike = self._quorums
        if len(alike.stage):
            q, call = alike.stage, alike.entry
            top[q], wide[q] = np.maximum(m[call] + alike.score * np.sqrt(v[call]), 0.0), v[call] / alike.asked
            fine[q], best[q] = alike.reached(p[call], ok[child[call]]), alike.reached(p[call], good[child[call]])
        for calls in self._mixed:
            mine = int(web.entry_stage[calls[0]])
            needed, asked = int(web.stage_quorum[mine]), len(calls)
            middle, scale2 = float(m[calls].sum()) / asked, float(v[calls].sum()) / asked
            top[mine] = max(middle + quorum_score(needed, asked) * math.sqrt(scale2), 0.0)
            wide[mine] = scale2 / asked
            fine[mine] = quorum_reached(needed, p[calls].tolist(), ok[child[calls]].tolist())
            best[mine] = quorum_reached(needed, p[calls].tolist(), good[child[calls]].tolist())
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


@lru_cache(maxsize=256)
def quorum_score(needed: int, asked: int) -> float:
    """Mean of the ``needed``-th of so many standard normal times (Blom's approximation)."""
    return _NORMAL.inv_cdf((needed - 0.375) / (asked + 0.25))


class Quorums:
    """Stages of copies of one call, of which so many must have answered."""

    stage: Annotated[Ints, Of("quorums", to="stages")]
    entry: Annotated[Ints, Of("quorums", to="entries")]
    """One of the calls."""
    asked: Annotated[Floats, Of("quorums")]
    needed: Annotated[Ints, Of("quorums")]
    score: Annotated[Floats, Of("quorums")]
    ways: Annotated[Floats, Of("quorums", axis=1)]
    """In how many ways so many (rows) of them are there."""

    def __init__(self, web: Web, calls: Sequence[Ints]) -> None:
        self.entry = np.array([c[0] for c in calls], dtype=np.int64)
        self.stage = web.entry_stage[self.entry]
        self.needed, self.asked = web.stage_quorum[self.stage], np.array([float(len(c)) for c in calls])
        pairs = list(zip(self.needed.tolist(), [len(c) for c in calls], strict=True))
        self.score = np.array([quorum_score(*pair) for pair in pairs])
        self.ways = np.zeros((max((asked + 1 for _, asked in pairs), default=0), len(calls)))
        for column, (_, asked) in enumerate(pairs):
            self.ways[: asked + 1, column] = [math.comb(asked, k) for k in range(asked + 1)]

    def reached(self, happens: Floats, answered: Floats) -> Floats:
        """See ``quorum_reached``, for each of the stages."""
        there = np.arange(len(self.ways))[:, None]
        rest, both = np.maximum(self.asked - there, 0.0), happens * answered
        come = self.ways * both**there
        each = come * np.where(there >= self.needed, 1 - both, 1 - happens) ** rest
        share: Floats = np.where(answered >= 1, 1.0, np.minimum(1.0, each.sum(axis=0)))
        return share


def _are_alike(web: Web, calls: Ints) -> bool:
    """Whether all the calls are copies of one, and few enough for binomial numbers."""
    return bool((web.entry_child[calls] == web.entry_child[calls[0]]).all()) and len(calls) <= _MANY


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
