"""A plan as the analytic and the fluid engine see it: call trees with hot requests told apart, stations as queues.

A hot source's requests all carry one key, so they meet other queues than the rest: its call tree is a copy of its
own. A station behind keyed routing is two groups of queues: the instance that has the hottest partition, and the
others, which are alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from atlas.sim.plan import NONE, UNLIMITED, Floats, Ints, Overflow, Plan, Routing


@dataclass(slots=True)
class NodeStage:
    """Calls of one stage that the caller waits for, and how many of them must succeed (0: all that happen)."""

    calls: list[int]
    quorum: int
    choose: bool


@dataclass(slots=True)
class Node:
    """One call site, for hot or for ordinary requests. Numbers index ``Network.nodes``."""

    site: int
    hot: bool
    stages: list[NodeStage] = field(default_factory=list)
    detached: list[tuple[int, int]] = field(default_factory=list)
    """What it hands over, with the number of stages that it waits for before."""
    fallback: int = NONE
    divert: int = NONE
    parent: int = NONE


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes (children before parents) and where each source enters; ``groups`` are the queues of the stations."""

    plan: Plan
    nodes: tuple[Node, ...]
    source_root: Ints
    group_station: Ints
    group_instances: Floats
    """Number of equal queues in the group."""
    group_servers: Floats
    """Slots of one queue, whole slots of background load taken off; ``UNLIMITED``: what belongs to somebody else."""
    group_stretch: Floats
    """By how much the rest of the background load (part of a slot) stretches service."""
    node_group: Ints
    """The group that serves the node's ordinary calls (``NONE``: virtual)."""
    node_hot_group: Ints
    """The group with the hottest instance (the same one where the station has one group)."""
    node_hot_share: Floats
    """Share of the node's calls that goes to the hottest instance."""


def network_of(plan: Plan, present: Floats | None = None) -> Network:
    """Expand a (valid) plan. ``present``: the share of each station's instances that is there (all of them)."""
    there = np.ones(len(plan.stations)) if present is None else present
    nodes: list[Node] = []
    roots: dict[tuple[int, bool], int] = {}
    entries = []
    for flow, hot in zip(plan.sources.flow.tolist(), plan.sources.hot.tolist(), strict=True):
        key = (flow, bool(hot))
        if key not in roots:
            roots[key] = _copy(plan, int(plan.flows.root[flow]), bool(hot), nodes)
        entries.append(roots[key])
    station, queues, first, hottest = _groups(plan, there)
    sites = np.array([n.site for n in nodes], dtype=np.int64)
    at = plan.sites.station[sites]
    served = at != NONE
    group = np.where(served, first[at] if len(first) else NONE, NONE)
    hot_group = np.where(served, hottest[at] if len(hottest) else NONE, NONE)
    return Network(
        plan=plan,
        nodes=tuple(nodes),
        source_root=np.array(entries, dtype=np.int64),
        group_station=station,
        group_instances=queues[:, 0],
        group_servers=queues[:, 1],
        group_stretch=queues[:, 2],
        node_group=group,
        node_hot_group=hot_group,
        node_hot_share=_hot_shares(plan, nodes, at, there),
    )


def _copy(plan: Plan, site: int, hot: bool, nodes: list[Node]) -> int:
    """Append the tree below ``site``, children first; the index of its node."""
    node = Node(site, hot)
    flow = plan.sites.flow[site]
    below: list[int] = []
    for q, calls in plan.calls_of(site):
        copies: dict[int, int] = {}
        for call in calls:
            if call not in copies:
                copies[call] = _copy(plan, call, hot, nodes)
        waited = [copies[c] for c in calls if plan.sites.flow[c] == flow]
        node.detached += [(copies[c], len(node.stages)) for c in calls if plan.sites.flow[c] != flow]
        if waited:
            node.stages.append(NodeStage(waited, int(plan.stages.quorum[q]), bool(plan.stages.choose[q])))
        below += copies.values()
    if plan.sites.fallback[site] >= 0:
        node.fallback = _copy(plan, int(plan.sites.fallback[site]), hot, nodes)
        below.append(node.fallback)
    if plan.sites.divert[site] >= 0:
        node.divert = _copy(plan, int(plan.sites.divert[site]), hot, nodes)
        below.append(node.divert)
    nodes.append(node)
    for child in below:
        nodes[child].parent = len(nodes) - 1
    return len(nodes) - 1


def _groups(plan: Plan, present: Floats) -> tuple[Ints, Floats, Ints, Ints]:
    """Station, and (queues, servers, stretch), of each group; for each station its ordinary and its hottest group."""
    stations = plan.stations
    owner: list[int] = []
    rows: list[tuple[float, float, float]] = []
    first, hottest = [], []
    for k in range(len(stations)):
        queues = alive_queues(plan, k, float(present[k]))
        each = slots_left(plan, k, float(present[k]), queues)
        apart = stations.routing[k] == Routing.KEYED and queues > 1
        first.append(len(rows))
        rows.append((float(queues - apart), *each))
        owner.append(k)
        if apart:
            rows.append((1.0, *each))
            owner.append(k)
        hottest.append(len(rows) - 1)
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 3)
    return np.array(owner, dtype=np.int64), table, np.array(first, dtype=np.int64), np.array(hottest, dtype=np.int64)


def alive_queues(plan: Plan, station: int, share: float) -> int:
    """Number of the station's queues where a share of its instances is there (0: the station is gone)."""
    instances = int(plan.stations.instances[station])
    if plan.stations.routing[station] == Routing.POOLED or instances == 1:
        return 1 if share > 0 else 0
    return min(instances, int(np.ceil(share * instances - 1e-9)))


def slots_left(plan: Plan, station: int, share: float, queues: int) -> tuple[float, float]:
    """Slots of one of the station's queues where a share of its instances is there, and the stretch of service.

    Background load takes whole slots away; the part of a slot that remains of it makes the others slower.
    """
    stations = plan.stations
    slots, instances = float(stations.slots[station]), int(stations.instances[station])
    if slots >= UNLIMITED:
        return float(UNLIMITED), 1.0
    whole = stations.routing[station] == Routing.POOLED or instances == 1
    scale = share if whole else share * instances / max(1, queues)
    scaled = max(1.0, float(np.floor(slots * (instances if whole else 1) * scale + 0.5)))
    background = float(stations.background[station]) / max(1, queues)
    left = max(1.0, scaled - float(np.floor(background)))
    rest = min(background - (scaled - left), 0.9375)
    return left, left / (left - rest) if rest > 0 else 1.0


def _hot_shares(plan: Plan, nodes: list[Node], at: Ints, present: Floats) -> Floats:
    """Share of each node's calls that the instance with the hottest partition serves."""
    stations = plan.stations
    shares = np.zeros(len(nodes))
    for index, (node, station) in enumerate(zip(nodes, at.tolist(), strict=True)):
        if station == NONE or stations.routing[station] != Routing.KEYED:
            continue
        count = max(1, alive_queues(plan, station, float(present[station])))
        partitions = int(stations.partitions[station]) or int(stations.instances[station])
        if node.hot or partitions == 1:
            shares[index] = 1.0
        else:
            hottest = float(stations.hottest[station]) or 1.0 / partitions
            others = (partitions - 1) // count  # further partitions of the same instance
            shares[index] = hottest + (1 - hottest) * others / (partitions - 1)
    return shares


def places(plan: Plan, station: int) -> float:
    """Places of one queue; infinite where callers are held back instead of refused."""
    most = int(plan.stations.queue_max[station])
    unbounded = most >= UNLIMITED or plan.stations.overflow[station] == Overflow.BLOCK
    return float("inf") if unbounded else float(most)
