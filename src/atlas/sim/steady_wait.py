"""Waits and service times of a network's queues, placed on the axes of the calls that meet them: many at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from atlas.physics.erlang import erlang_c
from atlas.physics.lattice import Axis, Floats, Ints, Spectrum, Spread
from atlas.physics.tabulated import Rows, Tables, placed, tables_of
from atlas.physics.waiting import NOBODY_WAITS, Services, bounded_wait, exponential_wait, shortest_of_few, wait_spread
from atlas.sim.conditions import Conditions
from atlas.sim.network import Network
from atlas.sim.plan import NONE, UNLIMITED
from atlas.sim.quantile_table import CELL_BITS, CELLS, survival_grid
from atlas.sim.steady_layout import Layout
from atlas.sim.steady_load import Load

_NEGLIGIBLE_LOSS = 1e-6
_ALL = np.arange(CELLS)
KNOTS = np.concatenate((_ALL[: 8 << CELL_BITS : 2], _ALL[8 << CELL_BITS : 34 << CELL_BITS : 4], _ALL[-1:]))
"""Cells of a quantile table that are enough to place it on a lattice."""
BELOW = 1.0 - survival_grid()[KNOTS]


class Clocks:
    """The service times of a plan, and the waits in front of its loads."""

    def __init__(self, network: Network, state: Conditions, loads: Sequence[Load]) -> None:
        plan = network.plan
        self._network, self._loads = network, loads
        self._used = np.unique(plan.sites.table[plan.sites.table >= 0])
        self._row = {table: row for row, table in enumerate(self._used.tolist())}
        times = plan.tables.quantiles[self._used][:, KNOTS] if len(self._used) else np.ones((1, len(KNOTS)))
        self._tables: Tables = tables_of(times, BELOW)
        site = np.array([n.site for n in network.nodes])
        station, self._delay_s = plan.sites.station[site], plan.sites.network_s[site][:, None]
        self._served = station != NONE
        self._table = np.searchsorted(self._used, plan.sites.table[site])
        slow = np.where(self._served, state.slow[station] if len(state.slow) else 1.0, 1.0)
        self._stretch = (slow * network.group_stretch[network.node_group])[:, None] if self._served.any() else slow
        self._services: dict[bytes, Spread] = {}

    def forget(self) -> None:
        """Give up what is kept of service times."""
        self._services.clear()

    def before(self, layouts: Sequence[Layout]) -> tuple[Spectrum, Floats]:
        """Network, wait and service of all nodes of these levels (virtual ones: in no time); and the totals."""
        nodes = np.concatenate([x.level.nodes for x in layouts])
        steps, count = np.concatenate([x.inner.step for x in layouts]), layouts[0].inner.count
        spectrum, total = np.ones((len(nodes), count // 2 + 1), dtype=np.complex128), np.ones((len(nodes), 1))
        which = np.flatnonzero(self._served[nodes])
        if len(which):
            served, axis = nodes[which], Axis(steps[which], count)
            found = self._waits_of_nodes(served, axis).then(self._placed(served, axis))
            spectrum[which], total[which] = found.spectrum, found.total
        return spectrum, total

    def _waits_of_nodes(self, nodes: Ints, axis: Axis) -> Spread:
        """The wait that each node meets: that of its group, or of the hottest instance, in their proportion."""
        network = self._network
        groups, hot = network.node_group[nodes], network.node_hot_group[nodes]
        share = np.where(groups == hot, 0.0, network.node_hot_share[nodes])
        pairs: dict[tuple[int, float], int] = {}
        steps = axis.step[:, 0].tolist()
        usual = [pairs.setdefault(pair, len(pairs)) for pair in zip(groups.tolist(), steps, strict=True)]
        if not share.any():
            return self._of_groups(pairs, axis.count).rows(np.array(usual))
        hottest = [pairs.setdefault(pair, len(pairs)) for pair in zip(hot.tolist(), steps, strict=True)]
        waits, part = self._of_groups(pairs, axis.count), share[:, None]
        return waits.rows(np.array(usual)).times(1 - part).plus(waits.rows(np.array(hottest)).times(part))

    def _of_groups(self, pairs: dict[tuple[int, float], int], count: int) -> Spread:
        return self.waits(Axis(np.array([[step] for _, step in pairs]), count), [group for group, _ in pairs])

    def _placed(self, nodes: Ints, axis: Axis) -> Spread:
        """Service times of these nodes and what is spent before; the same from round to round."""
        key = nodes.tobytes() + axis.step.tobytes()
        if key not in self._services:
            rows = Rows(self._table[nodes], self._stretch[nodes], self._delay_s[nodes])
            self._services[key] = placed(axis, self._tables, rows)
        return self._services[key]

    def waits(self, axis: Axis, groups: Sequence[int]) -> Spread:
        """The wait in front of each of these groups; nothing where it never ends."""
        spectrum = np.ones((len(groups), axis.count // 2 + 1), dtype=np.complex128)
        total = np.ones((len(groups), 1))
        rows: dict[str, list[int]] = {}
        for row, group in enumerate(groups):
            rows.setdefault(_kind(self._loads[group]), []).append(row)
        for kind, members in rows.items():
            if kind == "none":
                continue
            which = np.array(members)
            if kind == "endless":
                spectrum[which], total[which] = 0.0, 0.0
                continue
            found = self._waits_of(kind, axis.rows(which), [self._loads[groups[r]] for r in members])
            spectrum[which] = found.spectrum
        return Spread(axis, None, spectrum, total)

    def _waits_of(self, kind: str, axis: Axis, loads: list[Load]) -> Spread:
        columns = np.array([(g.servers, g.offered, g.mean_s, g.cv2, g.burst, g.seldom, g.places) for g in loads])
        servers, offered, mean_s, cv2, burst, seldom, places = columns.T[:, :, None]
        if kind == "bounded":
            return bounded_wait(axis, servers, offered, places, (mean_s, cv2))
        if kind == "tabulated":
            return wait_spread(axis, servers, offered, self._services_of(loads), (burst, seldom))
        found = np.array([_exponential(g) for g in loads])
        return exponential_wait(axis, found[:, :1], found[:, 1:])

    def _services_of(self, loads: list[Load]) -> Services:
        parts = [(self._row[table], factor, rate) for g in loads for (table, factor), rate in g.service.items()]
        columns = np.array(parts)
        start = np.cumsum([0] + [len(g.service) for g in loads[:-1]])
        return Services(self._tables, start, columns[:, 0].astype(np.int64), columns[:, 1:2], columns[:, 2:])


def _kind(load: Load) -> str:
    """Which closed form describes the wait."""
    if load.offered <= 0 or load.servers >= UNLIMITED:
        return "none"
    if load.full > _NEGLIGIBLE_LOSS or (load.is_overloaded and not math.isinf(load.places)):
        return "bounded"
    if load.is_overloaded:
        return "endless"
    if not load.shortest and erlang_c(load.servers, load.offered) * load.seldom < NOBODY_WAITS:
        return "none"
    return "exponential" if load.shortest or load.held else "tabulated"


def _exponential(load: Load) -> tuple[float, float]:
    """Share that waits, and mean wait of all (s), where the wait is taken as exponential."""
    if load.shortest:
        waits, waiting = shortest_of_few(int(load.servers), load.offered, load.instances)
        return waits, waiting / load.offered * load.mean_s * (1 + load.cv2) / 2
    waits = erlang_c(load.servers, load.offered) * load.seldom
    spare = load.servers - load.offered
    return waits, waits * load.mean_s / spare * (1 + load.cv2) / 2 * load.burst
