"""What the fluid engine keeps of each moment: rates of flows and stations, from which the series are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from atlas.sim.fluid_web import Web, summed
from atlas.sim.plan import Floats, Ints, Plan
from atlas.sim.side_by_side import Of, Spans

OUTCOMES = ("good", "degraded", "failed")
OF_FLOWS = ("arrived", "spent")
OF_STATIONS = ("utilisation", "queued", "served", "refused")


def columns_of(plan: Plan) -> dict[str, int]:
    """Where each part of a row begins."""
    sizes = dict.fromkeys(OF_FLOWS, len(plan.flows)) | dict.fromkeys(OF_STATIONS, len(plan.stations))
    sizes |= {"retries": 1, "hit": len(plan.caches)}
    starts = np.cumsum([0, *sizes.values()])[:-1].tolist()
    return dict(zip(sizes, starts, strict=True))


@dataclass(frozen=True, slots=True)
class Flowing:
    """One moment: rates per second by flow, station, plan and cache; rows as in ``OF_FLOWS`` and ``OF_STATIONS``."""

    flows: Floats
    stations: Floats
    retries: Floats
    hits: Floats
    outcomes: Floats
    """[outcome, flow]: requests per second that come and will end so, ..."""
    delays: Floats
    """... and the mean time (s) until they do."""

    def row(self, span: Spans) -> Floats:
        """The part of one plan, as columns (``columns_of``)."""
        flows, stations = self.flows[:, span["flows"]], self.stations[:, span["stations"]]
        ends = (self.retries[span["plans"]], self.hits[span["caches"]])
        row: Floats = np.concatenate((flows.ravel(), stations.ravel(), *ends))
        return row

    def ending(self, span: Spans) -> tuple[Floats, Floats]:
        """Outcomes and delays of one plan: good, degraded, failed, of all its flows."""
        mine = span["flows"]
        return self.outcomes[:, mine].ravel(), self.delays[:, mine].ravel()


class Meter:
    """Sums over the roots of the flows."""

    _roots: Annotated[Ints, Of("roots", to="nodes")]
    _flow: Annotated[Ints, Of("roots", to="flows")]
    _longest: Annotated[Floats, Of("flows")]

    def __init__(self, web: Web, for_s: float) -> None:
        plan = web.network.plan
        self._roots = np.flatnonzero(web.is_root)
        self._flow = plan.sites.flow[web.site[self._roots]]
        self._longest = np.full(len(plan.flows), for_s)

    def flowing(self, by_node: tuple[Floats, ...]) -> tuple[Floats, Floats, Floats]:
        """Rates of the flows (``OF_FLOWS``), outcomes of the requests that come, and the time until each is known.

        ``by_node``: calls per second, those that end good, degraded and failed, mean time, mean time until failed:
        from the first attempt, and from the last.
        """
        calls, good, degraded, failed, mean_s, lost_s, last_s = (x[self._roots] for x in by_node)
        parts = (calls, mean_s * calls, good, degraded, failed, lost_s * failed, last_s * failed)
        sums = np.array([summed(self._flow, part, len(self._longest)) for part in parts])
        (arrived, spent), outcomes, (lost, last) = sums[:2], sums[2:5], sums[5:]
        late = last / np.maximum(outcomes[2], 1e-12)
        soon = np.maximum(spent - lost, 0.0) / np.maximum(arrived - outcomes[2], 1e-12)
        return sums[:2], outcomes, np.minimum(np.array((soon, soon, late)), self._longest)
