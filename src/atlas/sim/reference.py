"""The readable twin of ``kernel.c``: the discrete engine in plain Python, to read, to test against, to fall back on.

Some thousand times slower than the kernel, and the same to the bit. It is divided by mechanism:
reference_state (numbers, frames, calendar), reference_queue (stations), reference_call (on the way out),
reference_answer (on the way back), and this module (arrivals, faults, series).
"""

from __future__ import annotations

import heapq

from atlas.physics.distribution import Shape
from atlas.sim.plan import NONE, Change, Plan
from atlas.sim.quantile_table import quantile_table
from atlas.sim.record import Count, Record
from atlas.sim.reference_answer import drain, expire, hedge, meet_deadline, try_again
from atlas.sim.reference_call import make_site, serve, start_root
from atlas.sim.reference_queue import arrive, count_to_now, make_station, set_capacity
from atlas.sim.reference_state import FOREVER, Event, Frame, Retry, State, Timer, World

_UNIT: Shape = "exponential"


class Reference:
    """One run: ``run()`` fills the record."""

    def __init__(self, plan: Plan, record: Record, seed: tuple[int, int], for_s: float, warmup_s: float) -> None:
        self._plan, self._record, self._for_s = plan, record, for_s
        self._world = World(plan, record, seed, warmup_s)
        self._exponential = quantile_table(_UNIT, 1.0, 1.0).tolist()
        self._factor = [1.0] * len(plan.sources)
        self._absolute = [-1.0] * len(plan.sources)
        self._step = 0
        self._rates: list[float] = []
        self._total = 0.0
        self._next_arrival = FOREVER
        self._next_change = 0
        self._has_keys = needs_identity(plan)

    def run(self) -> None:
        """Simulate from 0 to the end."""
        self._start()
        world, plan = self._world, self._plan
        while True:
            due = world.calendar[0][0] if world.calendar else FOREVER
            at = min(self._next_arrival, due)
            change, step = self._change_due(), self._step_due()
            first = min(at, change, step)
            if first > self._for_s:
                break
            self._close_bins(first)
            if change == first:
                self._apply_change()
                continue
            if step == first:
                self._next_profile_step()
                continue
            world.now = at
            world.counts[Count.EVENTS] += 1
            if self._next_arrival < due:
                self._arrive(plan)
            else:
                self._take_event()
            drain(world)
        self._close_bins(self._for_s, is_end=True)
        self._record.counts[:] = world.counts

    def _start(self) -> None:
        world, plan = self._world, self._plan
        callers = calling_stations(plan)
        world.stations = [make_station(plan, k) for k in range(len(plan.stations))]
        world.sites = [make_site(plan, n, callers[n]) for n in range(len(plan.sites))]
        for k in range(len(plan.stations)):
            set_capacity(world, k, 1.0)
        for source, users in enumerate(plan.sources.users.tolist()):
            for _ in range(users):
                think = world.random.draw(world.tables[plan.sources.think[source]])
                world.schedule(think, Event.THINK, source)
        self._renew_rates()

    def _renew_rates(self) -> None:
        """Rates have changed: the next arrival is drawn anew (arrivals have no memory)."""
        sources, world = self._plan.sources, self._world
        self._rates, self._total = [], 0.0
        for s, rate in enumerate(sources.rate_per_s.tolist()):
            row = int(sources.profile[s])
            shape = 1.0 if row == NONE else float(self._plan.profiles[row, self._step % self._plan.profiles.shape[1]])
            now = self._absolute[s] if self._absolute[s] >= 0 else rate * shape * self._factor[s]
            self._rates.append(now)
            self._total += now
        self._next_arrival = FOREVER
        if self._total > 0:
            self._next_arrival = world.now + world.random.draw(self._exponential) / self._total

    def _close_bins(self, at: float, *, is_end: bool = False) -> None:
        """Write the series of all bins that end before or at a time; of the last only at the end."""
        world, record = self._world, self._record
        while world.bin < record.bins:
            end = min(self._for_s, (world.bin + 1) * record.bin_s)
            if not is_end and (end > at or world.bin + 1 == record.bins):
                return
            world.now = end
            for k, state in enumerate(world.stations):
                count_to_now(world, state)
                record.station_area[world.bin, k] = state.busy_area, state.queued_area
                record.station_series[world.bin, k] = state.served, state.refused, state.queued, state.slots
            for c, warm in enumerate(world.warm):
                record.cache_series[world.bin, c] = self._plan.caches.hit[c] * warm
            world.bin += 1

    def _change_due(self) -> float:
        timeline = self._plan.timeline
        return float(timeline.at_s[self._next_change]) if self._next_change < len(timeline) else FOREVER

    def _step_due(self) -> float:
        return (self._step + 1) * self._plan.profile_step_s if len(self._plan.profiles) else FOREVER

    def _apply_change(self) -> None:
        """Apply the next change of the timeline."""
        timeline, world, row = self._plan.timeline, self._world, self._next_change
        self._next_change += 1
        world.now = float(timeline.at_s[row])
        kind, index, value = int(timeline.kind[row]), int(timeline.index[row]), float(timeline.value[row])
        if kind in (Change.LOAD, Change.RATE):
            (self._factor if kind == Change.LOAD else self._absolute)[index] = value
            self._renew_rates()
        elif kind == Change.SLOW:
            world.stations[index].slow = value
        elif kind == Change.CAPACITY:
            set_capacity(world, index, value)
            drain(world)
        elif kind == Change.ERROR:
            world.stations[index].error = 1.0 - (1.0 - float(self._plan.stations.error[index])) * (1.0 - value)
        elif kind == Change.FLUSH:
            world.warm[index] *= 1.0 - value if self._plan.caches.fill_s[index] > 0 else 1.0
        else:
            world.sites[index].cut = value > 0

    def _next_profile_step(self) -> None:
        """The next factor of the profiles is valid from now."""
        self._world.now = self._step_due()
        self._step += 1
        self._renew_rates()

    def _arrive(self, plan: Plan) -> None:
        world = self._world
        self._next_arrival = world.now + world.random.draw(self._exponential) / self._total
        source = 0
        if len(self._rates) > 1:
            left = world.random.unit() * self._total
            while source < len(self._rates) - 1:
                left -= self._rates[source]
                if left <= 0:
                    break
                source += 1
        self._request(plan, source)

    def _request(self, plan: Plan, source: int) -> None:
        identity = 1
        if plan.sources.hot[source]:
            identity = 0
        elif self._has_keys:
            identity = self._world.random.bits() | 1
        start_root(self._world, int(plan.flows.root[plan.sources.flow[source]]), identity, source)

    def _take_event(self) -> None:
        world = self._world
        _, _, event, what = heapq.heappop(world.calendar)
        if isinstance(what, Frame):
            if event == Event.SERVED:
                serve(world, what)
            else:
                what.state = State.RUNNING
                arrive(world, what)
        elif isinstance(what, Retry):
            world.free()
            try_again(world, what)
        elif isinstance(what, Timer):
            world.free()
            (meet_deadline if event == Event.DEADLINE else hedge)(world, what.frame)
        elif event == Event.EXPIRE:
            expire(world, what)
        else:
            world.counts[Count.THOUGHT] += 1
            self._request(self._plan, what)


def needs_identity(plan: Plan) -> bool:
    """Whether requests need keys of their own: some call routes or is limited by one."""
    return bool((plan.sites.key != NONE).any())


def calling_stations(plan: Plan) -> list[int]:
    """The station each site is called from; NONE for roots and below virtual sites."""
    callers = [NONE] * len(plan.sites)
    for site in range(len(plan.sites) - 1, -1, -1):
        below = [c for _, calls in plan.calls_of(site) for c in calls]
        for child in [*below, int(plan.sites.divert[site])]:
            if child >= 0:
                callers[child] = int(plan.sites.station[site])
        if plan.sites.fallback[site] >= 0:
            callers[plan.sites.fallback[site]] = callers[site]
    return callers
