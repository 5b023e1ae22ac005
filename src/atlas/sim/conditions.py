"""What holds at one moment of a plan: loads, speeds, capacities, errors and cuts, after the changes of its timeline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atlas.sim.plan import NONE, Change, Floats, Plan


@dataclass(slots=True)
class Conditions:
    """Arrays by station, source, site or cache; changed in place by ``apply``."""

    slow: Floats
    present: Floats
    """Share of the station's instances that is there."""
    error: Floats
    factor: Floats
    absolute: Floats
    """Rate of the source whatever its profile; negative: as in the plan."""
    cut: Floats
    warm: Floats

    def apply(self, plan: Plan, row: int) -> None:
        """Let a change of the timeline happen."""
        timeline = plan.timeline
        kind, index, value = int(timeline.kind[row]), int(timeline.index[row]), float(timeline.value[row])
        if kind == Change.ERROR:
            self.error[index] = 1.0 - (1.0 - float(plan.stations.error[index])) * (1.0 - value)
        elif kind == Change.FLUSH:
            self.warm[index] *= 1.0 - value if plan.caches.fill_s[index] > 0 else 1.0
        else:
            self._target(Change(kind))[index] = value

    def _target(self, kind: Change) -> Floats:
        return {
            Change.SLOW: self.slow,
            Change.CAPACITY: self.present,
            Change.LOAD: self.factor,
            Change.RATE: self.absolute,
            Change.CUT: self.cut,
        }[kind]


def initial(plan: Plan) -> Conditions:
    """Conditions at the start of a run."""
    stations, sources = len(plan.stations), len(plan.sources)
    return Conditions(
        slow=np.ones(stations),
        present=np.ones(stations),
        error=plan.stations.error.astype(np.float64),
        factor=np.ones(sources),
        absolute=np.full(sources, -1.0),
        cut=np.zeros(len(plan.sites)),
        warm=np.ones(len(plan.caches)),
    )


def at_time(plan: Plan, at_s: float | None) -> Conditions:
    """Conditions after all changes up to a moment (None: before any); caches warm, as a steady state finds them."""
    state = initial(plan)
    if at_s is not None:
        for row in range(int(np.searchsorted(plan.timeline.at_s, at_s, side="right"))):
            state.apply(plan, row)
    state.warm[:] = 1.0
    return state


def open_rates(plan: Plan, state: Conditions, at_s: float | None) -> Floats:
    """Requests per second of each open source (0 for closed ones): profile at that moment, or its mean (None)."""
    sources = plan.sources
    shape = np.ones(len(sources))
    for index, row in enumerate(sources.profile.tolist()):
        if row != NONE:
            factors = plan.profiles[row]
            shape[index] = factors.mean() if at_s is None else factors[int(at_s / plan.profile_step_s) % len(factors)]
    rates: Floats = np.where(state.absolute >= 0, state.absolute, sources.rate_per_s * shape * state.factor)
    return rates
