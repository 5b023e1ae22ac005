"""Feed-forward plans at random: what the kernel runs by recursion, for holding the recursion to the events."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.physics.distribution import Shape
from atlas.sim.builder import Call, PlanBuilder, Service, Stage
from atlas.sim.fault import Fault, with_faults
from atlas.sim.plan import UNLIMITED, Overflow, Plan

_SHAPES: tuple[Shape, ...] = ("lognormal", "exponential", "constant", "gamma", "pareto")
_SLOTS = (1, 1, 2, 3, 5, 10, 16, 17, 40, UNLIMITED)


def random_feed_forward_plan(seed: int, *, requests_per_s: float = 100.0) -> Plan:
    """One to three trees of stations that are each called from one place; some arrivals change in the first seconds."""
    return _Maker(np.random.default_rng(seed), requests_per_s).make()


class _Maker:
    def __init__(self, generator: np.random.Generator, requests_per_s: float) -> None:
        self._random, self._rate = generator, requests_per_s
        self._builder = PlanBuilder()
        self._count = 0

    def make(self) -> Plan:
        """Draw the trees with their stations, then the sources."""
        self._builder.profile_step(0.7)
        flows = [f"f{n}" for n in range(int(self._random.integers(1, 4)))]
        for name in flows:
            rate = self._rate * float(self._random.uniform(0.2, 1))
            profile = [float(self._random.uniform(0, 1.8)) for _ in range(3)] if self._chance(0.3) else None
            self._builder.flow(name, self._call(0, rate), rate_per_s=rate, profile=profile)
            if self._chance(0.3):
                self._builder.source(f"{name}-hot", name, hot=self._chance(0.5), rate_per_s=rate * 0.2)
        faults = [Fault("spike", 1.0, 1.5, flows[0], 2.5), Fault("hot_key", 3.0, 1.0, flows[-1], self._rate / 2)]
        return with_faults(self._builder.build(), [fault for fault in faults if self._chance(0.4)])

    def _chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def _call(self, depth: int, rate: float) -> Call:
        if depth and self._chance(0.1):
            return Call(stages=(self._stage(depth + 1, rate, chance=1.0),), name="group")
        station, service = self._station(rate)
        stages: tuple[Stage, ...] = ()
        if depth < 4:
            stages = tuple(self._stage(depth + 1, rate) for _ in range(int(self._random.choice([0, 1, 1, 2]))))
        return Call(station, service, stages)

    def _stage(self, depth: int, rate: float, chance: float | None = None) -> Stage:
        if chance is None:
            chance = 1.0 if self._chance(0.6) else float(self._random.uniform(0, 1))
        call = self._call(depth, rate * chance)
        return Stage((_with_chance(call, chance),))

    def _station(self, rate: float) -> tuple[str, Service]:
        """A station with the slots it is given, and a service that loads it by 0.2 to 1.1 of what it can do."""
        self._count += 1
        name, slots = f"s{self._count}", int(self._random.choice(_SLOTS))
        settings: dict[str, Any] = {"overflow": int(self._random.choice([o for o in Overflow if o != 2]))}
        settings["queue_max"] = int(self._random.choice([20, 1000, UNLIMITED], p=[0.1, 0.4, 0.5]))
        settings["instances"] = 2 if slots < 100 and self._chance(0.2) else 1
        if self._chance(0.2) and slots < 100:
            settings["background"] = 0.3 * slots
        self._builder.station(name, slots=slots, **settings)
        busy = float(self._random.uniform(0.2, 1.1)) * min(slots, 30)
        shape = _SHAPES[int(self._random.integers(len(_SHAPES)))]
        cv = float(self._random.choice([0.0, 0.3, 1.0, 2.0], p=[0.1, 0.3, 0.4, 0.2]))
        return name, Service(busy / max(rate, 0.01 * self._rate), cv, shape)


def _with_chance(call: Call, chance: float) -> Call:
    return call if chance == 1.0 else Call(call.station, call.service, call.stages, chance=chance, name=call.name)
