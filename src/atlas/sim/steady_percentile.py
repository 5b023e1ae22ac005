"""Percentiles of flows, on lattices that are as fine as each needs: those far below the tail on axes that end earlier.

What happens before a time does not depend on what happens later, so an axis may end beyond the highest percentile that
is asked of it. Errors of the lattice fall with its step where times are constant, else with its square: what two
lattices say bounds how far the finer one is off.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from atlas.physics.lattice import Spread
from atlas.sim.answer import ANSWERED, Answer

LEVELS = (0.5, 0.9, 0.95, 0.99, 0.999)
COARSE, FINE, FINEST = 256, 512, 4096
_ACCURATE = 3e-3
_NEAR_ZERO = 0.25
"""Error of a percentile at the first point; measured on the systems of the catalogue."""
_MEAN_ACCURATE = 0.01
_ROUNDS = 6
_MARGIN = 1.15

Ask = Callable[[dict[int, float], int], dict[int, Answer]]
"""The answers of flows on axes that reach so far (s), with so many points."""


@dataclass(slots=True)
class Percentiles:
    """Of one flow, by level: seconds, and the error (as a share) that is left."""

    answered: Spread
    """On an axis that reaches almost all answers."""
    times: dict[float, float]
    step: float
    mean_s: float
    mean_error: float = 0.0
    errors: dict[float, float] = field(default_factory=dict)

    def compare(self, coarser: dict[float, float], coarser_step: float) -> None:
        """Estimate the errors from the percentiles on a coarser lattice."""
        gain = coarser_step / self.step - 1
        for level, time_s in coarser.items():
            time, known = self.times[level], math.isfinite(time_s)
            apart = abs(time - time_s) / time if time > 0 and known else float(time > 0)
            near = _NEAR_ZERO * (self.step / max(time, 1e-12)) ** 2
            self.errors[level] = max(apart / gain if gain > 0 else apart, near)

    def extrapolate(self, coarser: Percentiles) -> None:
        """What the means on two lattices say of the mean itself (L. F. Richardson, for errors that fall as squares)."""
        gain, apart = (coarser.step / self.step) ** 2 - 1, self.mean_s - coarser.mean_s
        if gain > 0 and abs(apart) < 0.2 * self.mean_s:
            self.mean_s += apart / gain
            self.mean_error = abs(apart) / gain / max(self.mean_s, 1e-300)

    def worst(self) -> float | None:
        """The highest level that is not accurate enough."""
        poor = [level for level in LEVELS if math.isfinite(self.times[level]) and self.errors[level] > _ACCURATE]
        return max(poor, default=None)


def percentiles_of(answer: Answer) -> Percentiles:
    """What a lattice says."""
    answered = answer.outcome(ANSWERED)
    times = dict(zip(LEVELS, answered.quantiles(LEVELS), strict=True))
    return Percentiles(answered, times, answered.axis.step, _mean(answered))


def _mean(answered: Spread) -> float:
    return float(answered.mean) / max(float(answered.masses.sum()), 1e-300)


def refined(found: dict[int, Percentiles], ask: Ask) -> None:
    """Renew percentiles that are not accurate enough on finer lattices, until all are (or the finest is reached)."""
    rough = {flow: mine.step * FINE for flow, mine in found.items() if mine.mean_error > _MEAN_ACCURATE}
    for flow, answer in ask(rough, 4 * FINE).items():
        finer = percentiles_of(answer)
        finer.extrapolate(found[flow])
        found[flow].mean_s = finer.mean_s
    for _ in range(_ROUNDS):
        wanted: dict[int, dict[int, tuple[float, float]]] = {}
        for flow, mine in found.items():
            worst = mine.worst()
            if worst is not None:
                count, reach = _finer(mine, worst)
                wanted.setdefault(count, {})[flow] = (reach, worst)
        if not wanted:
            return
        for count, flows in wanted.items():
            answers = ask({flow: reach for flow, (reach, _) in flows.items()}, count)
            for flow, (_, top) in flows.items():
                _renew(found[flow], answers[flow], top, is_last=count == FINEST)


def _finer(mine: Percentiles, level: float) -> tuple[int, float]:
    """Points and reach of an axis on which that level is accurate."""
    reach = _MARGIN * mine.times[level] + 2 * mine.step
    step = mine.step * min(0.5, 0.9 * math.sqrt(_ACCURATE / mine.errors[level]))
    count = FINE
    while count * step < reach and count < FINEST:
        count *= 2
    return count, reach


def _renew(mine: Percentiles, answer: Answer, top: float, *, is_last: bool) -> None:
    levels = [level for level in LEVELS if level <= top]
    coarser, step = {level: mine.times[level] for level in levels}, mine.step
    answered = answer.outcome(ANSWERED)
    times = answered.quantiles(levels, min(1.0, mine.answered.total))
    if not math.isfinite(times[-1]):  # the coarser lattice had it too early: a longer axis is needed
        mine.times[top] *= 1.5
        return
    mine.times |= dict(zip(levels, times, strict=True))
    mine.step = answered.axis.step
    mine.compare(coarser, step)
    if is_last:
        mine.errors |= dict.fromkeys(levels, 0.0)
