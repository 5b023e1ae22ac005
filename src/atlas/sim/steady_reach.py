"""How far a flow's answers reach, roughly: for the length of its axis."""

from __future__ import annotations

import math

import numpy as np

from atlas.sim.conditions import Conditions
from atlas.sim.network import Network
from atlas.sim.plan import NONE
from atlas.sim.quantile_table import survival_grid
from atlas.sim.steady_fate import Fates
from atlas.sim.steady_load import Load
from atlas.sim.steady_schedule import below

_TAIL = 3e-5
_LOG_LEFT = np.log(survival_grid()[::-1])


class Reach:
    """Means and far tails of answers: those of a sequence add, tails in squares."""

    def __init__(self, network: Network, state: Conditions, loads: list[Load], fates: Fates) -> None:
        self._network, self._loads, self._fates = network, loads, fates
        self._below: dict[int, list[int]] = {}
        sites = network.plan.sites
        site = np.array([n.site for n in network.nodes])
        self._network_s, self._timeout_s = sites.network_s[site].tolist(), sites.timeout_s[site].tolist()
        self._attempts, self._backoff_s = sites.attempts[site].tolist(), sites.backoff_s[site].tolist()
        self._own: list[tuple[float, float, tuple[int, ...]] | None] = [
            None if sites.station[s] == NONE else self._service(index, state) for index, s in enumerate(site.tolist())
        ]

    def _service(self, index: int, state: Conditions) -> tuple[float, float, tuple[int, ...]]:
        """Mean and far tail of a node's service time, and the queues in front of it."""
        network, site = self._network, self._network.nodes[index].site
        plan = network.plan
        groups = {int(network.node_group[index])}
        if network.node_hot_share[index] > 0:
            groups.add(int(network.node_hot_group[index]))
        factor = float(state.slow[plan.sites.station[site]] * network.group_stretch[min(groups)])
        table = int(plan.sites.table[site])
        far = float(np.interp(math.log(_TAIL), _LOG_LEFT, plan.tables.quantiles[table][::-1])) * factor
        return float(plan.tables.mean[table]) * factor, far, tuple(sorted(groups))

    def below(self, root: int) -> list[int]:
        """The nodes of the tree below a root, children first."""
        if root not in self._below:
            self._below[root] = below(self._network, root)
        return self._below[root]

    def of(self, roots: list[int]) -> float:
        """A time beyond almost all answers below these nodes (s)."""
        waits: dict[int, tuple[float, float]] = {}
        farthest = 1e-9
        for root in roots:
            ends: dict[int, tuple[float, float]] = {}
            for index in self.below(root):
                ends[index] = self._end(index, ends, waits)
            farthest = max(farthest, sum(ends[root]) * 1.15)
        return farthest

    def _end(
        self, index: int, ends: dict[int, tuple[float, float]], waits: dict[int, tuple[float, float]]
    ) -> tuple[float, float]:
        """Mean, and distance from it to the far tail, of a node's answer."""
        node, limit = self._network.nodes[index], self._timeout_s[index]
        middle, square = self._own_end(index, waits)
        for stage in node.stages:
            middle += max(ends[c][0] for c in stage.calls)
            square += max(ends[c][1] for c in stage.calls) ** 2
        tail = math.sqrt(square)
        if limit > 0:
            middle = min(middle, limit)
            tail = min(tail, limit - middle)
        again = 0.0
        if self._attempts[index] > 1:
            failed = float(self._fates.failed[index])
            for attempt in range(self._attempts[index] - 1):
                if failed ** (attempt + 1) > _TAIL / 3:
                    again += self._backoff_s[index] * 2.0 ** (attempt + 1) + middle + tail
        for other in (node.fallback, node.divert):
            if other != NONE:
                again += sum(ends[other])
        return middle, tail + again

    def _own_end(self, index: int, waits: dict[int, tuple[float, float]]) -> tuple[float, float]:
        """The same of what is spent before the stages; the distance squared."""
        own = self._own[index]
        if own is None:
            return self._network_s[index], 0.0
        mean, far, groups = own
        if self._timeout_s[index] > 0 and any(self._loads[g].stuck > 0 for g in groups):
            return self._timeout_s[index], 0.0
        for g in groups:
            if g not in waits:
                waits[g] = self._loads[g].mean_wait(), _wait_tail(self._loads[g])
        wait, late = (max(waits[g][k] for g in groups) for k in (0, 1))
        return self._network_s[index] + mean + wait, (far - mean) ** 2 + (late - wait) ** 2


def _wait_tail(load: Load) -> float:
    """A wait that few exceed."""
    if load.offered <= 0:
        return 0.0
    if load.is_overloaded:
        return 1.3 * (load.places + 3) * load.mean_s / load.servers if math.isfinite(load.places) else 0.0
    spare = load.servers - load.offered
    rate_s = load.mean_s / spare * (1 + load.cv2) / 2 * load.burst
    heavy = 1 + 0.4 * min(max(load.cv2 - 1, 0.0), 3.0)  # beyond a cv of 1 the tail falls more slowly
    return min(rate_s * math.log(1 / _TAIL) * heavy, 1.3 * (load.places + 3) * load.mean_s / load.servers)
