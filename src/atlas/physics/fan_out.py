"""Waiting for several at once: all of n (fork and join), or the fastest k of n (a quorum).

Sources: H. A. David, *Order Statistics*, section 2.1; R. Nelson, A. N. Tantawi, "Approximate Analysis of Fork/Join
Synchronization in Parallel Queues", IEEE Trans. Computers 37 (1988).
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def at_least(needed: int, probabilities: Sequence[float]) -> float:
    """The probability that at least ``needed`` of independent events happen, each with its own probability.

    With the chance of having answered by t as probabilities this is the distribution of a quorum's time.
    """
    if needed > len(probabilities):
        raise ValueError("a quorum cannot be larger than the number asked")
    counts = [1.0] + [0.0] * needed  # the last entry collects `needed` or more
    for p in probabilities:
        counts[needed] += counts[needed - 1] * p if needed else 0.0
        for k in range(needed - 1, 0, -1):
            counts[k] = counts[k] * (1 - p) + counts[k - 1] * p
        if needed:
            counts[0] *= 1 - p
    return counts[needed]


def still_waited_for(needed: int, asked: int, late: float) -> float:
    """Probability that a stage still waits for one of ``asked`` equal calls, given that this one is not there yet.

    ``late``: the chance of a call not to be there at that moment; the stage is done when ``needed`` are.
    """
    return sum(math.comb(asked - 1, k) * (1 - late) ** k * late ** (asked - 1 - k) for k in range(min(needed, asked)))


def quorum_mean_exponential(needed: int, asked: int, mean_s: float) -> float:
    """Mean time until the fastest ``needed`` of ``asked`` exponential answers are there: mean · Σ 1/i, i = n−k+1…n."""
    if not 0 < needed <= asked:
        raise ValueError("a quorum is between one and the number asked")
    return mean_s * sum(1 / i for i in range(asked - needed + 1, asked + 1))


def fork_join_bounds(rate_per_s: float, service_s: float, branches: int) -> tuple[float, float]:
    """Bounds of the mean response of ``branches`` M/M/1 queues fed together, the answer being the slowest of them.

    Lower: no waiting for each other's queue beyond one M/M/1; upper: responses as if independent (they are
    positively associated, so the true maximum is smaller): Hₙ·S/(1 − ρ).
    """
    load = rate_per_s * service_s
    if load >= 1:
        return math.inf, math.inf
    alone = service_s / (1 - load)
    harmonic = sum(1 / i for i in range(1, branches + 1))
    return max(alone, service_s * harmonic), alone * harmonic


def fork_join_two(rate_per_s: float, service_s: float) -> float:
    """Mean response of two M/M/1 queues fed together, exactly: (12 − ρ)/8 · S/(1 − ρ) (Flatto and Hahn, 1984)."""
    load = rate_per_s * service_s
    return (12 - load) / 8 * service_s / (1 - load) if load < 1 else math.inf
