"""The state of a run of the fluid engine, and of many side by side: how it begins, is joined, and parted again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

import numpy as np

from atlas.sim.conditions import Conditions
from atlas.sim.fluid_answer import Stages
from atlas.sim.fluid_cache import Caches
from atlas.sim.fluid_delay import Coming
from atlas.sim.fluid_gate import Breakers, Gates
from atlas.sim.fluid_inputs import Settings, Weather, settings_of
from atlas.sim.fluid_motion import Motion, Peaks
from atlas.sim.fluid_queue import Queues
from atlas.sim.fluid_record import Meter
from atlas.sim.fluid_web import Web, web_of
from atlas.sim.plan import Floats, Plan
from atlas.sim.side_by_side import (
    NodeRowsState,
    NodeState,
    Of,
    Spans,
    StationState,
    give_back,
    joined,
    owners,
    spans_of,
)

_PARTS = ("gates", "breakers", "caches", "meter", "motion")


class FluidState:
    """What changes from step to step, by node, and what the steps need; of one plan or of several."""

    mean: NodeState
    variance: NodeState
    ok: NodeState
    good: NodeState
    lost_s: NodeState
    """Mean time until a call has failed, where it fails: from its first attempt, ..."""
    last_s: NodeState
    """... and from its last."""
    _wanted: NodeRowsState
    _tokens: NodeState
    _served: NodeState
    _reach: Annotated[Floats, Of("stages", is_state=True)]
    _through: NodeState
    _copies: NodeState
    _shared: NodeState
    _fallen: NodeState
    _diverted: NodeState
    _chain_mean: NodeState
    _stay: NodeState
    _loss: NodeState
    _utilisation: StationState
    _thinking: Annotated[Floats, Of("sources", is_state=True)]

    def __init__(self, plan: Plan, state: Conditions, for_s: float) -> None:
        self.plan, self.state = plan, state
        self._expand()
        nodes = self.web.count
        self.gates, self.breakers = Gates(self.web), Breakers(self.web)
        self.stages = Stages(self.web)
        self.caches = Caches(self.web, state.warm)
        self.meter, self.motion = Meter(self.web, for_s), Motion(self.web)
        self._wanted = np.zeros((self._given.retries, nodes))
        self._again = Coming(np.flatnonzero(self.web.attempts > 1), self._given.retries)
        """What failed and is tried again after its pause."""
        self._tokens = np.full(nodes, 10.0)
        self._served, self._reach = np.zeros(nodes), np.ones(len(self.web.stage_parent))
        self._through = np.ones(nodes)
        self.mean, self.variance = np.zeros(nodes), np.zeros(nodes)
        self.ok, self.good = np.ones(nodes), np.ones(nodes)
        self.lost_s, self.last_s = np.zeros(nodes), np.zeros(nodes)
        self._copies, self._shared = np.zeros(nodes), np.ones(nodes)
        self._fallen, self._diverted = np.zeros(nodes), np.zeros(nodes)
        self._chain_mean, self._stay, self._loss = np.zeros(nodes), np.zeros(nodes), np.zeros(nodes)
        self._utilisation = np.zeros(len(plan.stations))
        self._thinking = plan.sources.users.astype(np.float64)
        self._place([self.web.sizes])

    def _expand(self, before: Queues | None = None) -> None:
        self.web: Web = web_of(self.plan, self.state.present)
        self.queues = Queues(self.web, self.state)
        if before is not None:
            self.queues.take_over(before)
        self._given = Settings(self.web)
        self.conditions_changed()

    def conditions_changed(self) -> None:
        """Faults have come or gone."""
        self.weather = Weather(self.web, self._given, self.state, self.queues.curves, self.queues.usual)

    def gather_weather(self, runs: Sequence[Self]) -> None:
        """Faults have come or gone in some of the runs."""
        self.weather = joined([run.weather for run in runs], self.spans)

    def capacity_changed(self) -> None:
        """Instances have come or gone: new queues; calls that waited at lost ones have failed."""
        self._expand(self.queues)
        self.motion.restart(self.web)
        self._place([self.web.sizes])

    @classmethod
    def side_by_side(cls, runs: Sequence[Self]) -> Self:
        """Runs joined into one whose steps are theirs; ``part`` gives each its own back."""
        whole = joined(runs, spans := spans_of([run.web.sizes for run in runs]))
        if len(runs) == 1:
            return whole
        whole.web = joined([run.web for run in runs], spans)
        whole.queues = Queues.side_by_side([run.queues for run in runs], whole.web, spans)
        whole._given = settings_of([run._given for run in runs], whole.web, spans)
        whole.weather = joined([run.weather for run in runs], spans)
        for name in _PARTS:
            setattr(whole, name, joined([getattr(run, name) for run in runs], spans))
        whole._again = Coming.side_by_side([run._again for run in runs], spans)
        whole.breakers.coming = Coming.side_by_side([run.breakers.coming for run in runs], spans)
        whole.stages = Stages.side_by_side([run.stages for run in runs], whole.web, spans)
        whole._place([run.web.sizes for run in runs])
        for run, span in zip(runs, spans, strict=True):
            run.state.warm = whole.caches.warm[span["caches"]]
        return whole

    def part(self, runs: Sequence[Self]) -> None:
        """Give the single runs their state back."""
        give_back(self, runs, self.spans)
        for name in ("queues", *_PARTS):
            give_back(getattr(self, name), [getattr(run, name) for run in runs], self.spans)
        self._again.part([run._again for run in runs])
        self.breakers.coming.part([run.breakers.coming for run in runs])
        for run in runs:
            run.state.warm = run.caches.warm

    def _place(self, sizes: Sequence[dict[str, int]]) -> None:
        """Who is where: the plan of each node, station, …"""
        self.spans: list[Spans] = spans_of(sizes)
        self._peaks = Peaks(len(sizes), {each: owners(self.spans, each) for each in sizes[0]})
        self._none = np.zeros(self.web.count)
        self.caches.restart()
