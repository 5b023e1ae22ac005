"""Answers of a network's calls in the steady state, bottom up, on the lattice of their flow."""

from __future__ import annotations

import math

from atlas.physics.fan_out import still_waited_for
from atlas.physics.lattice import Axis, Floats, Spread, at_time, from_quantiles, nothing
from atlas.sim.answer import (
    Answer,
    at_once,
    cut_off,
    either,
    fallen_back,
    hedged,
    late_share,
    one_after_other,
    side_by_side,
    tried_again,
)
from atlas.sim.conditions import Conditions
from atlas.sim.network import Network, NodeStage
from atlas.sim.plan import ANSWER, NONE
from atlas.sim.reference_state import LEARNT_RANGE
from atlas.sim.steady_load import BELOW, KNOTS, Fate, Load, happens


class Tree:
    """Evaluates subtrees; remembers the service times and waits it has placed on each axis."""

    def __init__(self, network: Network, state: Conditions, loads: list[Load], fates: list[Fate], miss: Floats) -> None:
        self._network, self._state, self._loads, self._fates, self._miss = network, state, loads, fates, miss
        self._services: dict[tuple[int, float, float, Axis], Spread] = {}
        self._waits: dict[tuple[int, Axis], Spread] = {}
        stages = [s for n in network.nodes for s in n.stages if s.quorum]
        self._quorums = {c: (s.quorum, len(s.calls)) for s in stages for c in s.calls}

    def forget_waits(self) -> None:
        """The loads have changed."""
        self._waits.clear()

    def answer(self, root: int, axis: Axis, rates: Floats) -> Answer:
        """The answer to a request of a source (or to work handed over); fates of all nodes below are renewed.

        ``rates``: calls per second of the nodes, for budgets and shared calls.
        """
        return self._answer(root, axis, rates, is_root=True)

    def _answer(self, index: int, axis: Axis, rates: Floats, *, is_root: bool = False) -> Answer:
        node = self._network.nodes[index]
        inner = self._own_axis(index, axis)
        below = dict.fromkeys(c for stage in node.stages for c in stage.calls)
        below |= dict.fromkeys(c for c in (node.divert,) if c != NONE)
        answers = {child: self._answer(child, inner, rates) for child in below}
        attempt = self._attempt(index, inner, answers).moved(axis)
        if is_root:
            return attempt
        instead = None if node.fallback == NONE else self._answer(node.fallback, axis, rates)
        return self._settled(index, attempt, instead, float(rates[index]))

    def _own_axis(self, index: int, axis: Axis) -> Axis:
        """A finer axis for calls whose timeout comes early on the one given: nothing beyond the timeout matters.

        Unless a slot is held: it stays taken beyond the timeout.
        """
        plan, site = self._network.plan, self._network.nodes[index].site
        limit, station = float(plan.sites.timeout_s[site]), plan.sites.station[site]
        holds = station != NONE and plan.stations.holds[station] and self._network.nodes[index].stages
        if holds or not 0 < limit < 0.4 * axis.step * axis.count or plan.sites.timeout_level[site] > 0:
            return axis
        return axis_of(limit * 1.02, axis.count)

    def below(self, root: int) -> list[int]:
        """The nodes of a tree without what it hands over, children first."""
        node = self._network.nodes[root]
        children = dict.fromkeys(c for stage in node.stages for c in stage.calls)
        children.update(dict.fromkeys(c for c in (node.fallback, node.divert) if c != NONE))
        return [n for child in children for n in self.below(child)] + [root]

    def _attempt(self, index: int, axis: Axis, answers: dict[int, Answer]) -> Answer:
        """One attempt, as its caller sees it: admission, wait, service, stages, timeout."""
        network, plan = self._network, self._network.plan
        node, fate, site = network.nodes[index], self._fates[index], network.nodes[index].site
        chain = self._chain(index, axis, answers)
        found = chain
        if plan.sites.station[site] != NONE:
            before = self._served(index, axis)
            error = float(self._state.error[plan.sites.station[site]])
            fate.reach = [r * (1 - error) for r in fate.reach]
            fate.through *= 1 - error
            after = before.times(1 - error)
            failed = after.then(chain.failed).plus(before.times(error))
            found = Answer(after.then(chain.good), after.then(chain.degraded), failed)
            instead = answers.get(node.divert) or Answer(nothing(axis), nothing(axis), at_time(axis, 0.0))
            full = (1 - fate.barred) * fate.full
            parts = [((1 - fate.barred) * (1 - fate.full), found)]
            if full > 0:
                parts.append((full, instead))
            if fate.barred > 0:
                parts.append((fate.barred, self._barred(site, axis)))
            found = either(parts)
        timeout = self._timeout(site, found)
        if plan.sites.hedge_s[site] > 0:
            wait = self._hedge_after(site, found)
            late = late_share(found, wait)
            budget = float(plan.sites.hedge_budget[site])
            share = min(1.0, budget / late) if budget > 0 and late > 0 else 1.0
            fate.copies = late * share * self._waited_for(index, found, wait)
            found = hedged(found, wait, share)
        return cut_off(found, timeout)

    def _barred(self, site: int, axis: Axis) -> Answer:
        """A refusal fails at once; a call on a cut link is lost until its timeout."""
        lost = self._state.cut[site] > 0 and self._network.plan.sites.timeout_s[site] > 0
        return Answer(nothing(axis), nothing(axis), nothing(axis) if lost else at_time(axis, 0.0))

    def _timeout(self, site: int, found: Answer) -> float:
        sites = self._network.plan.sites
        if sites.timeout_level[site] == 0:
            return float(sites.timeout_s[site])
        first = float(sites.timeout_s[site] / sites.timeout_factor[site])
        return float(sites.timeout_factor[site]) * _learnt(found, first, float(sites.timeout_level[site]))

    def _hedge_after(self, site: int, found: Answer) -> float:
        sites = self._network.plan.sites
        if sites.hedge_level[site] == 0:
            return float(sites.hedge_s[site])
        return _learnt(found, float(sites.hedge_s[site]), float(sites.hedge_level[site]))

    def _settled(self, index: int, attempt: Answer, instead: Answer | None, rate: float) -> Answer:
        """A call with its retries and its fallback."""
        plan, fate, node = self._network.plan, self._fates[index], self._network.nodes[index]
        sites, site = plan.sites, node.site
        fate.failed = attempt.failed.total
        budget, most = float(sites.retry_budget[site]), int(sites.attempts[site])
        wanted = sum(fate.failed**k for k in range(1, most))
        allowed = min(1.0, budget / wanted) if budget > 0 and wanted > 0 else 1.0
        found, fate.attempts = tried_again(attempt, sites, site, allowed)
        if sites.coalesce[site] and node.hot:
            callers = self._callers(index)
            fate.shared = 1 / (1 + rate / callers * min(attempt.answered.mean, 1e9))
        waited = self._waited_for(index, attempt, attempt.failed.mean / fate.failed if fate.failed > 0 else 0.0)
        fate.attempts = 1 + (fate.attempts - 1) * waited
        fallback = int(sites.fallback[site])
        if fallback != NONE:
            fate.fallback = found.failed.total * waited
            found = fallen_back(found, None if fallback == ANSWER else instead)
        return found

    def _waited_for(self, index: int, found: Answer, time_s: float) -> float:
        """Share of the calls late at that time that somebody still waits for: of a quorum only until it is reached."""
        if index not in self._quorums:
            return 1.0
        axis = found.good.axis
        there = float((found.good.masses + found.degraded.masses)[: axis.cell(time_s)].sum())
        return still_waited_for(*self._quorums[index], max(0.0, 1.0 - there))

    def _callers(self, index: int) -> float:
        """From how many instances the hot calls of a node come."""
        network = self._network
        parent = network.nodes[index].parent
        group = NONE if parent == NONE else int(network.node_group[parent])
        if group == NONE or network.node_hot_share[parent] == 1.0:
            return 1.0
        return max(1.0, float(network.group_instances[group]))

    def _chain(self, index: int, axis: Axis, answers: dict[int, Answer]) -> Answer:
        """The stages one after the other; fills in how often each is reached and how long they take."""
        node, fate = self._network.nodes[index], self._fates[index]
        chain, fate.reach = at_once(axis), []
        for stage in node.stages:
            fate.reach.append(min(1.0, chain.answered.total))
            step = self._stage(stage, answers)
            chain = step if len(fate.reach) == 1 else one_after_other(chain, step)
        fate.through = min(1.0, chain.answered.total)
        station = self._network.plan.sites.station[node.site]
        if node.stages and station != NONE and self._network.plan.stations.holds[station]:
            masses = chain.good.masses + chain.degraded.masses + chain.failed.masses
            fate.stay_s = float(masses @ axis.points)
            fate.stay2 = float(masses @ axis.points**2)
        return chain

    def _stage(self, stage: NodeStage, answers: dict[int, Answer]) -> Answer:
        plan, nodes = self._network.plan, self._network.nodes
        calls = [(happens(plan, nodes[c].site, self._miss), answers[c]) for c in stage.calls]
        return either(calls) if stage.choose else side_by_side(calls, stage.quorum)

    def _served(self, index: int, axis: Axis) -> Spread:
        """Network, wait and service."""
        network, plan, site = self._network, self._network.plan, self._network.nodes[index].site
        group, hot = int(network.node_group[index]), int(network.node_hot_group[index])
        share = float(network.node_hot_share[index])
        wait = self._wait(group, axis)
        if hot != group and share > 0:
            wait = wait.times(1 - share).plus(self._wait(hot, axis).times(share))
        table = int(plan.sites.table[site])
        factor = float(self._state.slow[plan.sites.station[site]] * network.group_stretch[group])
        network_s = float(plan.sites.network_s[site])
        key = (table, factor, network_s, axis)
        if key not in self._services:
            times = plan.tables.quantiles[table][KNOTS] * factor + network_s
            self._services[key] = from_quantiles(axis, times, BELOW)
        return wait.then(self._services[key])

    def _wait(self, group: int, axis: Axis) -> Spread:
        key = (group, axis)
        if key not in self._waits:
            self._waits[key] = self._loads[group].wait(axis)
        return self._waits[key]


def axis_of(reach_s: float, count: int) -> Axis:
    """An axis that reaches at least so far, in steps of a seventh: answers share axes, and what is placed on them."""
    return Axis(_COARSER ** math.ceil(math.log(reach_s / count, _COARSER)), count)


_COARSER = 1.15


def _learnt(found: Answer, first_s: float, level: float) -> float:
    """The latency quantile that a caller has observed; it moves no further from its first value than engines let it."""
    answered = found.answered
    if answered.total < 0.5:
        return first_s
    return min(first_s * LEARNT_RANGE, max(first_s / LEARNT_RANGE, answered.quantile(level)))
