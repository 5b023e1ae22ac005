"""The course of a run of the fluid engine: how long its steps are, and what happens between them.

A course asks for its steps one by one and is told what they brought; so many courses can be followed side by side,
each at its own pace, with all their next steps taken together.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from atlas.sim.conditions import initial, open_rates
from atlas.sim.fluid_ends import Ends
from atlas.sim.fluid_motion import Moment
from atlas.sim.fluid_record import columns_of
from atlas.sim.fluid_step import Fluid
from atlas.sim.plan import NONE, Change, Floats, Plan

LONGEST_FIRST_STEP = 0.1
SHORTEST_STEP = 0.005
_SMALL = 0.01
_CALM = 1e-4
_GROWTH = 1.6
_SMOOTH = 0.04
_SAMPLES = 96
_PIECES = 16
_PATIENCE = 50
_COARSEST = 0.5
_CAPACITY, _FLUSH = int(Change.CAPACITY), int(Change.FLUSH)
_CROWDED = 0.125
"""So large a share of ended courses is carried along before those that go on are joined anew."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A step to be taken: from when, how long, with which requests per second."""

    now: float
    dt: float
    rates: Floats


class Course:
    """One run, from the steady start to its end."""

    def __init__(self, plan: Plan, for_s: float) -> None:
        self.plan, self.for_s = plan, for_s
        self._state = initial(plan)
        self.own = Fluid(plan, self._state, for_s)
        self.whole, self.number = self.own, 0
        """The joined state that it is part of now, and as which of them."""
        self.has_new_capacity, self.has_new_conditions = False, False
        self.steps = 0
        self.times: list[float] = [0.0]
        self.sums: list[Floats] = []
        self.ends = Ends()
        self._first_step = _first_step(plan)
        first = columns_of(plan)["queued"]
        self._queued = slice(first, first + len(plan.stations))
        self._latest = np.zeros(0)
        self._closes = self._turns_in = math.inf
        self._row = 0
        self._asks = self._run()
        self.ask, self.is_over = next(self._asks), False
        """The step to be taken next, or that was taken last."""

    def tell(self, moment: Moment) -> None:
        """What the step asked for has brought."""
        try:
            self.ask = self._asks.send(moment)
        except StopIteration:
            self.is_over = True

    def _run(self) -> Generator[Ask, Moment, None]:
        """All stretches between events."""
        yield from self._settle()
        now, step = 0.0, self._first_step
        for end, kind in self._stretches():
            if kind == "calm" and not self._is_troubled():
                yield from self._glide(now, end)
                now = end
                continue
            step = yield from self._advance(now, end, step)
            now = end
            if self._apply_changes(end) or self._jump(end) > _SMALL:
                step = self._first_step

    def _settle(self) -> Generator[Ask, Moment, None]:
        """Bring the system to the steady state of its first moment (or as near as it comes in a long time)."""
        rates = open_rates(self.plan, self._state, 0.0)
        step = 0.01
        for _ in range(400):
            moved = (yield Ask(0.0, step, rates)).moved[self.number]
            step = min(step * _GROWTH, 1e4) if moved < _SMALL * 2 else max(step / 2, 0.01)
            if moved < _CALM and step > 10:
                break
        self.whole.breakers.open_until[self.whole.spans[self.number]["nodes"]] = NONE
        moment = yield Ask(0.0, 1e-3, rates)
        self.sums.append(np.zeros_like(self._feel(moment)))
        self.ends.begin(*moment.flowing.ending(self.whole.spans[self.number]))

    def _feel(self, moment: Moment) -> Floats:
        """Remember what tells how long the next step may be; the row of the record."""
        self._closes, self._turns_in = moment.closes[self.number], moment.turns_in[self.number]
        self._latest = moment.flowing.row(self.whole.spans[self.number])
        return self._latest

    def _stretches(self) -> Iterator[tuple[float, str]]:
        """Ends of the stretches within which no input changes; or calm ones, within which a profile runs smoothly."""
        plan, end = self.plan, self.for_s
        changes = sorted({float(t) for t in plan.timeline.at_s if 0 < t < end})
        if not len(plan.profiles) or not (plan.sources.profile != NONE).any():
            yield from ((t, "even") for t in [*changes, end])
            return
        width = plan.profile_step_s
        stride = self._stride()
        now, position = 0.0, 0
        while now < end:
            hard = next((t for t in changes if t > now), end)
            if stride > 1 and position % stride == 0 and now + stride * width <= hard:
                position += stride
                now = position * width
                yield now, "calm"
                continue
            position += 1
            following = min(position * width, end)
            for t in [c for c in changes if now < c < following]:
                yield t, "even"
            now = following
            yield now, "even"

    def _stride(self) -> int:
        """How many steps of the profiles are as good as one: 1 where they jump."""
        profiles, width = self.plan.profiles, self.plan.profile_step_s
        steps = profiles.shape[1]
        stride = max(1, min(steps, math.ceil(steps / _SAMPLES)))
        if stride == 1:
            return 1
        around = np.concatenate((profiles, profiles[:, :1]), axis=1)
        top = np.maximum(np.abs(profiles).max(axis=1), 1e-12)[:, None]
        jumps = float((np.abs(np.diff(around, axis=1)) / top).max())
        far = float((np.abs(around[:, stride::stride] - around[:, :-stride:stride]) / top).max())
        return stride if jumps < _SMOOTH and far < 4 * _SMOOTH and stride * width >= 1 else 1

    def _glide(self, start: float, end: float) -> Generator[Ask, Moment, None]:
        """Take a smooth stretch in a few implicit steps to its steady end, where the system is healthy."""
        before = open_rates(self.plan, self._state, start)
        after = open_rates(self.plan, self._state, min(end, self.for_s * (1 - 1e-12)))
        factors = after[before > 0] / before[before > 0]
        in_step = (
            len(factors) > 0 and float(np.ptp(factors)) < 1e-9 and not (before[before <= 0] != after[before <= 0]).any()
        )
        if in_step:
            self.whole.scale(float(factors[0]), self.number)
        first = last = self._latest
        for _ in range(1 if in_step else self.own.web.depth):
            self.steps += 1
            last = self._feel(moment := (yield Ask(start, end - start, after)))
        self.ends.add(start, end, *moment.flowing.ending(self.whole.spans[self.number]))
        for piece in range(_PIECES):
            self.times.append(start + (end - start) * (piece + 1) / _PIECES)
            self.sums.append((first + (last - first) * ((piece + 0.5) / _PIECES)) * ((end - start) / _PIECES))

    def _is_troubled(self) -> bool:
        """Whether something is near its limits, fails, or is about to recover."""
        whole, mine = self.whole, self.whole.spans[self.number]
        tight = bool((whole.queues.used[mine["groups"]] > 0.97).any()) or bool((self._state.warm < 0.999).any())
        return tight or bool((whole.ok[mine["nodes"]] < 0.995).any())

    def _advance(self, now: float, end: float, step: float) -> Generator[Ask, Moment, float]:
        """Steps up to an event; their length follows how much the state moves. The length of the next."""
        rates = open_rates(self.plan, self._state, (now + end) / 2)
        calm, taken, shortest = 0, 0, self._first_step
        while now < end - 1e-9:
            closes = self._closes
            left = min(end, closes) - now
            most = min(step, max(self._turns_in / 2, shortest))  # much changes there
            dt = left if left <= most * 1.5 else min(most, left / 2)
            dt, step = max(dt, 1e-6), min(step, most)
            self.steps, taken = self.steps + 1, taken + 1
            if taken % _PATIENCE == 0:  # what swings for ever is followed ever more coarsely
                shortest = min(2 * shortest, _COARSEST)
                step = max(step, shortest)
            moment = yield Ask(now, dt, rates)
            self._record(now + dt, dt, moment)
            self.ends.add(now, now + dt, *moment.flowing.ending(self.whole.spans[self.number]))
            now += dt
            moved = moment.moved[self.number]
            calm = calm + 1 if moved < _CALM else 0
            if moved < _SMALL:
                step = min(step * (_GROWTH if calm < 4 else 8.0), 1e6)
            elif moved > 3 * _SMALL:
                step = max(step / 2, shortest)
            if self._closes != closes:
                step = shortest
        return step

    def _record(self, end: float, dt: float, moment: Moment) -> None:
        """Add what flowed in a step to the sums; queues grow and shrink evenly within it."""
        before, row = self._latest[self._queued], self._feel(moment).copy()
        row[self._queued] = (before + row[self._queued]) / 2
        self.times.append(end)
        self.sums.append(row * dt)

    def _apply_changes(self, now: float) -> bool:
        """Changes of the timeline that are due; whether any is more than a small loss of what a cache holds."""
        timeline, is_felt = self.plan.timeline, False
        while self._row < len(timeline) and timeline.at_s[self._row] <= now + 1e-9:
            kind, warm = timeline.kind[self._row], self._state.warm.copy()
            self._state.apply(self.plan, self._row)
            if kind == _CAPACITY:
                self.has_new_capacity, self._turns_in = True, math.inf
            if kind == _FLUSH:
                is_felt |= bool((warm - self._state.warm > _SMALL).any())
            else:
                is_felt = self.has_new_conditions = True
            self._row += 1
        return is_felt

    def _jump(self, now: float) -> float:
        """How much the rates change at an event, relative to the largest."""
        before = open_rates(self.plan, self._state, max(0.0, now - 1e-6))
        after = open_rates(self.plan, self._state, now + 1e-6)
        return float(np.abs(after - before).max(initial=0.0) / max(before.max(initial=0.0), 1e-12))


def follow(courses: Sequence[Course]) -> None:
    """Follow all courses to their ends, side by side."""
    going = list(courses)
    whole = _join(going)
    while True:
        asks = [c.ask for c in going]
        moment = whole.step(
            np.array([a.now for a in asks]),
            np.array([a.dt for a in asks]),
            np.concatenate([a.rates for a in asks]),
        )
        for course in going:
            if not course.is_over:
                course.tell(moment)
        ended = sum(c.is_over for c in going)
        if ended == len(going):
            return
        if ended > _CROWDED * len(going) or any(c.has_new_capacity for c in going):
            whole.part([c.own for c in going])
            going = [c for c in going if not c.is_over]
            _renew(going)
            whole = _join(going)
        elif any(c.has_new_conditions for c in going):
            _renew(going)
            whole.gather_weather([c.own for c in going])


def _renew(courses: Sequence[Course]) -> None:
    """Let the changes of the timelines be felt."""
    for course in courses:
        if course.has_new_capacity:
            course.own.capacity_changed()
        elif course.has_new_conditions:
            course.own.conditions_changed()
        course.has_new_capacity = course.has_new_conditions = False


def _join(courses: Sequence[Course]) -> Fluid:
    whole = Fluid.side_by_side([c.own for c in courses])
    for number, course in enumerate(courses):
        course.whole, course.number = whole, number
    return whole


def _first_step(plan: Plan) -> float:
    """A tenth of the shortest timeout or breaker pause, within bounds."""
    sites = plan.sites
    times = np.concatenate((sites.timeout_s[sites.timeout_s > 0], sites.breaker_open_s[sites.breaker > 0]))
    return float(np.clip(times.min() / 10, SHORTEST_STEP, LONGEST_FIRST_STEP)) if len(times) else LONGEST_FIRST_STEP
