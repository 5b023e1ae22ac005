"""The arrays the fluid engine steps through: nodes, their stages, the members of their queues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

import numpy as np

from atlas.physics.queue_curve import ENDLESS, LOADS, queue_curve, shortest_curve
from atlas.sim.conditions import Conditions, open_rates
from atlas.sim.network import Network, network_of, places
from atlas.sim.plan import ANSWER, NONE, UNLIMITED, Floats, Ints, Plan, Routing
from atlas.sim.side_by_side import ByGroup, ByNode, Of
from atlas.sim.steady_fate import Fates
from atlas.sim.steady_load import Loads, node_rates

MOST_ATTEMPTS = 8
_SHORTEST_UP_TO = 32


def summed(index: Ints, values: Floats, count: int) -> Floats:
    """Sums of the values that have the same index, for indices 0 to ``count`` - 1."""
    if not len(index):
        return np.zeros(count)
    return cast(Floats, np.bincount(index, values, count))


ByEntry = Annotated[Floats, Of("entries")]
ByStage = Annotated[Floats, Of("stages")]


@dataclass(frozen=True, slots=True)
class Web:
    """A network as arrays. Entry e is one call of a stage; member m is a node in one of the groups that serve it."""

    network: Network
    """Only that of one plan; not where webs lie side by side."""
    site: Ints
    """Likewise."""
    is_root: ByNode
    is_hot: ByNode
    entry_child: Annotated[Ints, Of("entries", to="nodes")]
    entry_parent: Annotated[Ints, Of("entries", to="nodes")]
    entry_stage: Annotated[Ints, Of("entries", to="stages")]
    """The stage it belongs to, or that it is handed over with; ``NONE``: handed over after the last."""
    entry_waited: ByEntry
    """1 where the caller waits for it (0: handed over)."""
    stage_parent: Annotated[Ints, Of("stages", to="nodes")]
    stage_place: Annotated[Ints, Of("stages")]
    """Position of the stage in its parent."""
    stage_quorum: Annotated[Ints, Of("stages")]
    stage_choose: ByStage
    fallback: Annotated[Ints, Of("nodes", to="nodes")]
    divert: Annotated[Ints, Of("nodes", to="nodes")]
    answers: ByNode
    """1 where the fallback answers at once."""
    attempts: Annotated[Ints, Of("nodes")]
    cache: Annotated[Ints, Of("nodes", to="caches")]
    chance: ByNode
    member_node: Annotated[Ints, Of("members", to="nodes")]
    member_group: Annotated[Ints, Of("members", to="groups")]
    member_share: Annotated[Floats, Of("members")]
    group_station: Annotated[Ints, Of("groups", to="stations")]
    group_instances: ByGroup
    node_group: Annotated[Ints, Of("nodes", to="groups")]
    node_hot_group: Annotated[Ints, Of("nodes", to="groups")]
    node_hot_share: ByNode
    source_root: Annotated[Ints, Of("sources", to="nodes")]

    @property
    def count(self) -> int:
        """Number of nodes."""
        return len(self.is_root)

    @property
    def depth(self) -> int:
        """Steps until what changes at a source is felt by all calls below it."""
        depths = np.ones(self.count, dtype=np.int64)
        for parent, child in zip(self.entry_parent[::-1].tolist(), self.entry_child[::-1].tolist(), strict=True):
            depths[child] = max(depths[child], depths[parent] + 1)
        return int(depths.max(initial=1))

    @property
    def sizes(self) -> dict[str, int]:
        """How many there are of everything that arrays are by."""
        plan = self.network.plan
        return {
            "nodes": self.count,
            "entries": len(self.entry_child),
            "stages": len(self.stage_parent),
            "members": len(self.member_node),
            "groups": len(self.group_station),
            "stations": len(plan.stations),
            "sources": len(plan.sources),
            "flows": len(plan.flows),
            "caches": len(plan.caches),
            "rules": len(plan.stations.shed_over),
            "plans": 1,
        }


def web_of(plan: Plan, present: Floats | None = None) -> Web:
    """Expand a (valid) plan."""
    network = network_of(plan, present)
    nodes, sites = network.nodes, plan.sites
    site = np.array([n.site for n in nodes], dtype=np.int64)
    entries: list[tuple[int, int, int, float]] = []
    stages: list[tuple[int, int, int, float]] = []
    for parent, node in enumerate(nodes):
        for place, stage in enumerate(node.stages):
            stages.append((parent, place, stage.quorum, float(stage.choose)))
            entries += [(child, parent, len(stages) - 1, 1.0) for child in stage.calls]
        first = len(stages) - len(node.stages)
        for child, place in node.detached:
            entries.append((child, parent, first + place if place < len(node.stages) else NONE, 0.0))
    waited = {e[0] for e in entries if e[3]} | {x for n in nodes for x in (n.fallback, n.divert) if x != NONE}
    table = np.array(entries, dtype=np.float64).reshape(len(entries), 4)
    rows = np.array(stages, dtype=np.float64).reshape(len(stages), 4)
    members = _members(network)
    return Web(
        network=network,
        site=site,
        is_root=np.array([float(n not in waited) for n in range(len(nodes))]),
        is_hot=np.array([float(n.hot) for n in nodes]),
        entry_child=table[:, 0].astype(np.int64),
        entry_parent=table[:, 1].astype(np.int64),
        entry_stage=table[:, 2].astype(np.int64),
        entry_waited=table[:, 3],
        stage_parent=rows[:, 0].astype(np.int64),
        stage_place=rows[:, 1].astype(np.int64),
        stage_quorum=rows[:, 2].astype(np.int64),
        stage_choose=rows[:, 3],
        fallback=np.array([n.fallback for n in nodes], dtype=np.int64),
        divert=np.array([n.divert for n in nodes], dtype=np.int64),
        answers=(sites.fallback[site] == ANSWER).astype(np.float64),
        attempts=np.where([n in waited for n in range(len(nodes))], np.minimum(sites.attempts[site], MOST_ATTEMPTS), 1),
        cache=sites.cache[site],
        chance=sites.chance[site].astype(np.float64),
        member_node=np.array([m[0] for m in members], dtype=np.int64),
        member_group=np.array([m[1] for m in members], dtype=np.int64),
        member_share=np.array([m[2] for m in members], dtype=np.float64),
        group_station=network.group_station,
        group_instances=network.group_instances,
        node_group=network.node_group,
        node_hot_group=network.node_hot_group,
        node_hot_share=network.node_hot_share,
        source_root=network.source_root,
    )


def _members(network: Network) -> list[tuple[int, int, float]]:
    members = []
    for node, group in enumerate(network.node_group.tolist()):
        hot, share = int(network.node_hot_group[node]), float(network.node_hot_share[node])
        if group == NONE:
            continue
        if hot == group or share < 1:
            members.append((node, group, 1.0 if hot == group else 1 - share))
        if hot != group and share > 0:
            members.append((node, hot, share))
    return members


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves of all groups (rows), and what they were made from."""

    servers: ByGroup
    """Of one queue, in calls (a call that takes several slots makes them fewer)."""
    room: ByGroup
    """Servers and places of one queue."""
    stack: Annotated[Floats, Of("groups", axis=1)]
    """[(inside, busy, refused, waits), group, load]: see ``atlas.physics.queue_curve``."""
    cv2: ByGroup
    endless: ByGroup
    """1: as many servers as are asked for."""


def curves_of(network: Network, state: Conditions) -> Curves:
    """Curves of the groups where instances are there as the conditions say; spreads of service as at nominal load."""
    plan = network.plan
    fates = Fates(network)
    loads = Loads(network, state)
    arrivals = np.maximum(open_rates(plan, state, None), 1e-9)
    loads.update(node_rates(network, fates, arrivals, 1.0 - plan.caches.hit)[1], fates)
    rows, servers, room = [], [], []
    for g, load in enumerate(loads.groups):
        station = int(network.group_station[g])
        most = min(places(plan, station), ENDLESS)
        count = 1.0 if load.servers >= UNLIMITED else max(load.servers, 1e-3)
        cv2 = round(min(load.cv2, 400.0), 3)
        shortest = plan.stations.routing[station] == Routing.SHORTEST and network.group_instances[g] > 1
        if shortest and count <= _SHORTEST_UP_TO:
            rows.append(shortest_curve(max(1, round(count)), most, cv2, load.instances))
        else:
            rows.append(queue_curve(count, most, cv2))
        servers.append(count)
        room.append(count + most)
    return Curves(
        servers=np.array(servers),
        room=np.array(room),
        stack=np.array([[getattr(r, name) for r in rows] for name in ("inside", "busy", "refused", "waits")]).reshape(
            4, len(rows), len(LOADS)
        ),
        cv2=np.array([min(g.cv2, 400.0) for g in loads.groups]),
        endless=np.array([float(g.servers >= UNLIMITED) for g in loads.groups]),
    )
