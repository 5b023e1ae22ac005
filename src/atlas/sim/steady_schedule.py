"""The order in which a network's calls are answered: level by level, all calls of a level at once.

A level holds the calls whose children are all on lower levels, and what is needed of them as arrays with a row each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from atlas.sim.network import Network, Node, NodeStage
from atlas.sim.plan import ANSWER, NONE, Floats, Ints
from atlas.sim.steady_load import happens

Bools = NDArray[np.bool_]
Kind = Literal["one", "all", "choose", "quorum", "equals"]
RACES = {"all", "quorum", "equals"}
"""Stages that wait for the slowest of several calls."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Stages of the same kind, one of each caller: who calls (rows of the level), whom, how likely, how often."""

    kind: Kind
    rows: Ints
    child: Ints
    """A column for each call of the stage; where a stage has fewer, calls that never happen."""
    chance: Floats
    times: Floats
    """How many equal calls a column stands for."""
    quorum: int


@dataclass(frozen=True, slots=True)
class Level:
    """Calls that can be answered together, those with most stages first. Floats are columns."""

    nodes: Ints
    staged: tuple[int, ...]
    """How many of the first rows have a stage at each position, ..."""
    stages: tuple[tuple[Calls, ...], ...]
    """... and these stages."""
    called: Floats
    """0 for requests of a source (or work handed over), which nobody retries."""
    timeout_s: Floats
    attempts: Floats
    budget: Floats
    backoff_s: Floats
    jitter: Floats
    narrows: Bools
    """Rows that may have a finer axis of their own."""
    tried: Ints
    """Rows that are tried again, ..."""
    lesser: Ints
    """... whose failures are answered by something lesser at once, ..."""
    replaced: Ints
    """... or by a further call."""
    held: Ints
    """Rows that hold slots while their stages run."""
    learning: Ints
    hedged: Ints
    coalescing: Ints
    diverted: Ints
    in_quorum: Ints
    raced: Ints
    """Rows whose callers wait for the slowest of several; callers of the others add their times."""
    added: Ints


def levels_of(network: Network, roots: tuple[int, ...], miss: Floats) -> tuple[Level, ...]:
    """The levels of the trees below these roots, leaves first."""
    height: dict[int, int] = {}
    for root in roots:
        for index in below(network, root):
            height[index] = 1 + max((height[c] for c in children(network.nodes[index])), default=0)
    levels: dict[int, list[int]] = {}
    for index in sorted(height):
        levels.setdefault(height[index], []).append(index)
    special = Special(network, frozenset(roots))
    return tuple(_level(network, levels[h], special, miss) for h in sorted(levels))


def children(node: Node) -> list[int]:
    """What a call may wait for: calls of its stages, its fallback, what it is diverted to."""
    found = dict.fromkeys(c for stage in node.stages for c in stage.calls)
    found.update(dict.fromkeys(c for c in (node.fallback, node.divert) if c != NONE))
    return list(found)


def below(network: Network, root: int) -> list[int]:
    """The nodes of a tree without what it hands over, children first."""
    return [n for child in children(network.nodes[root]) for n in below(network, child)] + [root]


class Special:
    """Which calls have what seldom occurs."""

    def __init__(self, network: Network, roots: frozenset[int]) -> None:
        self.network, self.roots = network, roots
        stages = [s for n in network.nodes for s in n.stages]
        self.raced = {c for s in stages if _kind(s) in RACES for c in s.calls} - roots
        self.in_quorum = {c for s in stages if s.quorum for c in s.calls}

    def rows(self, nodes: Ints, site: Ints) -> dict[str, Ints]:
        """For each speciality the rows of a level that have it."""
        plan, sites, all_nodes = self.network.plan, self.network.plan.sites, self.network.nodes
        members = [all_nodes[i] for i in nodes.tolist()]
        called = ~_among(nodes, self.roots)
        station, raced = sites.station[site], _among(nodes, self.raced)
        holds = np.append(plan.stations.holds, 0)[station] == 1
        has = {
            "tried": called & (sites.attempts[site] > 1),
            "lesser": called & (sites.fallback[site] == ANSWER),
            "replaced": called & (sites.fallback[site] >= 0),
            "held": holds & (station != NONE) & np.array([bool(n.stages) for n in members]),
            "learning": sites.timeout_level[site] > 0,
            "hedged": sites.hedge_s[site] > 0,
            "coalescing": called & (sites.coalesce[site] > 0) & np.array([n.hot for n in members]),
            "diverted": sites.divert[site] >= 0,
            "in_quorum": _among(nodes, self.in_quorum),
            "raced": raced,
            "added": ~raced,
        }
        return {name: np.flatnonzero(yes) for name, yes in has.items()}


def _among(nodes: Ints, some: Collection[int]) -> Bools:
    return np.array([i in some for i in nodes.tolist()])


def _level(network: Network, members: list[int], special: Special, miss: Floats) -> Level:
    nodes = sorted(members, key=lambda i: -len(network.nodes[i].stages))
    sites = network.plan.sites
    site = np.array([network.nodes[i].site for i in nodes])
    called = np.array([[float(i not in special.roots)] for i in nodes])
    many = np.array([len(network.nodes[i].stages) for i in nodes])
    rows = special.rows(np.array(nodes), site)
    narrows = sites.timeout_level[site] == 0
    narrows[rows["held"]] = False
    return Level(
        nodes=np.array(nodes),
        staged=tuple(int((many > place).sum()) for place in range(many[0])),
        stages=tuple(_calls(network, nodes, place, miss) for place in range(many[0])),
        called=called,
        timeout_s=sites.timeout_s[site][:, None],
        attempts=sites.attempts[site][:, None].astype(np.float64),
        budget=sites.retry_budget[site][:, None],
        backoff_s=sites.backoff_s[site][:, None],
        jitter=sites.jitter[site][:, None].astype(np.float64),
        narrows=narrows,
        **rows,
    )


def _kind(stage: NodeStage) -> Kind:
    if len(stage.calls) == 1:
        return "one"
    if stage.choose:
        return "choose"
    if stage.quorum:
        return "equals" if len(set(stage.calls)) == 1 else "quorum"
    return "all"


def _calls(network: Network, nodes: list[int], place: int, miss: Floats) -> tuple[Calls, ...]:
    """The stages at one position, those of a kind together (of quorums only equal ones)."""
    groups: dict[tuple[Kind, int, int], list[int]] = {}
    for row, index in enumerate(nodes):
        if len(network.nodes[index].stages) > place:
            stage = network.nodes[index].stages[place]
            kind = _kind(stage)
            alike = (stage.quorum, len(stage.calls)) if stage.quorum else (0, 0)
            groups.setdefault((kind, *alike), []).append(row)
    found = []
    for (kind, quorum, _), rows in groups.items():
        stages = [network.nodes[nodes[row]].stages[place] for row in rows]
        found.append(_table(network, stages, miss, kind, np.array(rows), quorum))
    return tuple(found)


def _table(network: Network, stages: list[NodeStage], miss: Floats, kind: Kind, rows: Ints, quorum: int) -> Calls:
    """Calls of several stages as columns; equal ones share one, unless a quorum is counted of different ones."""
    each = [[(c, 1) for c in s.calls] if kind == "quorum" else list(Counter(s.calls).items()) for s in stages]
    width = max(len(entries) for entries in each)
    filled = [entries + [(entries[0][0], 0)] * (width - len(entries)) for entries in each]
    child = np.array([[c for c, _ in entries] for entries in filled])
    times = np.array([[float(n) for _, n in entries] for entries in filled])
    chance = [[happens(network.plan, network.nodes[c].site, miss) * (n > 0) for c, n in entries] for entries in filled]
    return Calls(kind, rows, child, np.array(chance), times, quorum)
