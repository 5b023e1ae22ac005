"""What a queue does at every load at once: number inside, throughput and refusals as curves for interpolation.

The curves are those of M/G/c/K in the approximation of ``atlas.physics.waiting`` (M/M/c/K exactly), on one grid of
offered loads that is dense around 1. An engine that follows a queue through time reads them backwards: from the number
inside to the load at which it would be the mean (the pointwise stationary approximation of W.-P. Wang, D. Tipper,
S. Banerjee, "A simple approximation for modeling nonstationary queues", INFOCOM 1996).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from atlas.physics.waiting import shortest_of_few

Floats = NDArray[np.float64]

_BELOW = np.concatenate((np.linspace(0.0, 0.9, 61)[:-1], 1 - np.geomspace(0.1, 1e-4, 40)))
_ABOVE = np.concatenate((1 + np.geomspace(1e-4, 1.0, 30), np.geomspace(2.3, 1e4, 20)))
LOADS: Final[Floats] = np.concatenate((_BELOW, _ABOVE))
"""Offered load over servers, at the points of all curves."""
ENDLESS: Final = 1e9
"""Places of a queue without bound."""
_RECURSION_UP_TO = 100
_NODES = 201


@dataclass(frozen=True, slots=True)
class Curve:
    """One value for each of ``LOADS``."""

    inside: Floats
    """Mean number in the queue and in service."""
    busy: Floats
    """Share of the servers that is busy."""
    refused: Floats
    waits: Floats
    """Share of those let in that has to wait."""


def erlang_b_curve(servers: float) -> Floats:
    """Erlang's B at all ``LOADS``, for any (positive) number of servers."""
    offered = LOADS * servers
    if servers <= _RECURSION_UP_TO and servers == int(servers):
        blocked = np.ones_like(offered)
        for i in range(1, int(servers) + 1):
            blocked = offered * blocked / (i + offered * blocked)
        return blocked
    with np.errstate(divide="ignore", over="ignore"):
        inverse = np.exp(np.minimum(_log_inverse_b(servers, np.maximum(offered, servers * 1e-3)), 700.0))
    blocked = 1 / inverse
    return np.where(LOADS < 1e-3, 0.0, blocked)


def _log_inverse_b(servers: float, offered: Floats) -> Floats:
    """See ``atlas.physics.erlang``: the integral around its peak, for all loads at once."""
    peak = np.maximum(0.0, servers / offered - 1)
    # from the peak to where the exponent has fallen by 36: by Newton's method on the right, mirrored on the left
    top = servers * np.log1p(peak) - offered * peak
    width = 9.0 * (1 + peak) / math.sqrt(servers) + 36.0 * np.where(peak == 0, 1 / offered, 0.0)
    for _ in range(12):
        end = peak + width
        fallen = top - (servers * np.log1p(end) - offered * end) - 36.0
        slope = offered - servers / (1 + end)
        width = np.maximum(width * 0.3, width - fallen / np.maximum(slope, 1e-300))
    low = np.maximum(0.0, peak - width)
    step = (peak + width - low) / (_NODES - 1)
    points = low[:, None] + step[:, None] * np.arange(_NODES)
    heights = np.exp(servers * np.log1p(points) - offered[:, None] * points - top[:, None])
    weights = np.where(np.arange(_NODES) % 2 == 1, 4.0, 2.0)
    weights[[0, -1]] = 1.0
    result: Floats = np.log(offered * (heights @ weights) * step / 3) + top
    return result


@lru_cache(maxsize=512)
def queue_curve(servers: float, places: float, cv2: float) -> Curve:
    """The curve of ``servers`` and a queue of ``places`` (endless: ``ENDLESS``); ``cv2``: squared cv of service."""
    places = min(places, ENDLESS)
    blocked = erlang_b_curve(servers)
    effective = max(0.0, places * 2 / (1 + cv2))
    with np.errstate(under="ignore", over="ignore", divide="ignore"):
        logs = np.log(np.maximum(LOADS, 1e-12))
        # weights of the states relative to the largest: c busy servers and j waiting, j = 0 … K
        scale = np.exp(-effective * np.maximum(logs, 0.0))
        grown = np.exp(effective * np.minimum(logs, 0.0))
        spread = np.where(np.abs(LOADS - 1) < 1e-12, 1e-12, 1 - LOADS)
        queue = LOADS * (scale - grown) / spread  # Σ ρ^j, j = 1 … K
        total = scale + blocked * queue
        refused = blocked * grown / total
        met = blocked * (scale - grown) / spread
        waits = np.clip(met / np.maximum(scale * (1 - blocked) + met, 1e-300), 0.0, 1.0)
    busy = np.minimum(1.0, LOADS * (1 - refused))
    waiting = _mean_queue(servers, places, cv2, blocked)
    inside = np.maximum.accumulate(servers * busy + waiting) + LOADS * 1e-9
    return Curve(inside, busy, refused, waits)


def _mean_queue(servers: float, places: float, cv2: float, blocked: Floats) -> Floats:
    """Mean number waiting: geometric with the ratio ρ^(2/(1 + cv²)), cut off at the places."""
    ratio = np.maximum(LOADS, 1e-12) ** (2 / (1 + cv2))
    ratio = np.where(np.abs(ratio - 1) < 1e-9, 1 + 1e-9, ratio)
    with np.errstate(under="ignore", over="ignore"):
        logs = np.log(ratio)
        scale = np.exp(-places * np.maximum(logs, 0.0))
        last = np.exp(places * np.minimum(logs, 0.0))
        number = ratio * (scale - last) / (1 - ratio)
        first = ratio * (scale - (places + 1) * last + places * ratio * last) / (1 - ratio) ** 2
        mean = blocked * first / (scale + blocked * number)
        exact = blocked / (1 - LOADS * (1 - blocked)) * LOADS / (1 - LOADS) * (1 + cv2) / 2
        endless = blocked * ratio / (1 - ratio) ** 2 / (1 + blocked * ratio / (1 - ratio))
        right = np.where((LOADS < 1) & (endless > 1e-300), exact / np.maximum(endless, 1e-300), 1.0)
        weight = np.where(LOADS < 1, 1 - last, 0.0)  # the nearer the queue comes to its bound, the less it applies
    result: Floats = np.clip(mean * (1 + weight * (right - 1)), 0.0, places)
    return result


@lru_cache(maxsize=128)
def shortest_curve(servers: int, places: float, cv2: float, instances: int) -> Curve:
    """The same for one of ``instances`` equal queues, of which each call takes the shorter of two drawn at random."""
    plain = queue_curve(float(servers), places, cv2)
    sample = LOADS[:100:3]
    found = np.array([shortest_of_few(servers, float(x) * servers, instances) for x in sample])
    easy = np.arange(len(LOADS)) < 99
    waits = np.where(easy, np.interp(LOADS, sample, found[:, 0]), plain.waits)
    waiting = np.interp(LOADS, sample, found[:, 1]) * (1 + cv2) / 2
    waiting = np.where(easy, np.minimum(waiting, places), plain.inside - servers * plain.busy)
    refused = np.where(LOADS < 0.99, 0.0, plain.refused)
    busy = np.minimum(1.0, LOADS * (1 - refused))
    return Curve(np.maximum.accumulate(servers * busy + waiting) + LOADS * 1e-9, busy, refused, waits)
