"""How far a step of the fluid engine has moved each plan: from which the length of the next step follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from atlas.sim.fluid_gate import Breakers
from atlas.sim.fluid_queue import Queues
from atlas.sim.fluid_record import Flowing
from atlas.sim.fluid_web import Web
from atlas.sim.plan import Floats, Ints
from atlas.sim.side_by_side import Of

_SLOWLY = 0.3
"""Levels move the steps less than outcomes do: steps are implicit, and levels are felt through outcomes."""
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Moment:
    """What a step leaves, by plan: the record, and what tells how long the next step may be."""

    flowing: Flowing
    moved: list[float]
    """How far the state has moved (at most 0.01 or so is sensible)."""
    turns_in: list[float]
    """Seconds until the next backlog makes calls late no more, or ends; infinite: none is worked off."""
    closes: list[float]
    """When the next open breaker closes; infinite: none is open."""


class Motion:
    """The state after the last step, as far as it is compared: infinitely far from the first."""

    _outcomes: Annotated[Floats, Of("nodes", axis=1, is_state=True)]
    """Calls served, answered, and good."""
    _levels: Annotated[Floats, Of("members", is_state=True)]
    _used: Annotated[Floats, Of("groups", is_state=True)]
    _warm: Annotated[Floats, Of("caches", is_state=True)]

    def __init__(self, web: Web) -> None:
        self._outcomes = np.full((3, web.count), np.inf)
        self._warm = np.full(web.sizes["caches"], np.inf)
        self.restart(web)

    def restart(self, web: Web) -> None:
        """There are new queues: nothing to compare with."""
        self._levels = np.full(len(web.member_node), np.inf)
        self._used = np.full(len(web.group_station), np.inf)

    def moved(self, queues: Queues, outcomes: tuple[Floats, Floats, Floats], warm: Floats, peaks: Peaks) -> Floats:
        """The largest distance of each plan; ``outcomes``: calls served, shares answered and good, by node."""
        served, ok, good = outcomes
        most = peaks.of("nodes", served)[peaks.owner["nodes"]]
        now = np.array((np.log1p(served * (1 / (most * 0.01 + _TINY))) * (0.2 * _SLOWLY), ok, good))
        fullest = peaks.of("members", queues.jobs)[peaks.owner["members"]]
        levels, used, warm = queues.levels(fullest) * _SLOWLY, queues.used * _SLOWLY, warm.copy()
        far = peaks.of("nodes", np.abs(now - self._outcomes).max(axis=0))
        far = np.maximum(far, peaks.of("members", np.abs(levels - self._levels)))
        far = np.maximum(far, peaks.of("groups", np.abs(used - self._used)))
        if len(warm):
            far = np.maximum(far, peaks.of("caches", np.abs(warm - self._warm)))
        self._outcomes, self._levels, self._used, self._warm = now, levels, used, warm
        return far


@dataclass(frozen=True, slots=True)
class Peaks:
    """The largest (or smallest) of the values of each plan."""

    plans: int
    owner: dict[str, Ints]
    """The plan of each node, station, …"""

    def of(self, each: str, values: Floats, least: float = 0.0) -> Floats:
        """The largest; ``least`` where there is none above."""
        if self.plans == 1:
            return np.array([values.max(initial=least)])
        peaks = np.full(self.plans, least)
        np.maximum.at(peaks, self.owner[each], values)
        return peaks

    def least_of(self, each: str, values: Floats) -> list[float]:
        """The smallest; infinite where there is none."""
        least: list[float] = (-self.of(each, -values, -np.inf)).tolist()
        return least

    def closing(self, breakers: Breakers, now: Floats) -> list[float]:
        """When the next open breaker of each plan closes (infinite: none is open)."""
        if not breakers.is_needed:
            return [np.inf] * self.plans
        until = breakers.open_until
        return self.least_of("nodes", np.where(until > now[self.owner["nodes"]], until, np.inf))
