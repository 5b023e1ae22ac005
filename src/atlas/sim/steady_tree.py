"""Answers of a network's calls in the steady state, bottom up, on the lattices of their flows: a level at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atlas.physics.fan_out import still_waited_for
from atlas.physics.lattice import Axis, Floats, Ints, Spectrum
from atlas.sim.answer import (
    ANSWERED,
    FAILED,
    Answer,
    cut_at,
    cut_off,
    fallen_back,
    hedged,
    late_share,
    moved,
    one_after_other,
    one_of,
    perhaps,
    quorum_of,
    quorum_of_equals,
    slowest_of,
    sure,
    tried_again,
)
from atlas.sim.conditions import Conditions
from atlas.sim.network import Network
from atlas.sim.plan import NONE
from atlas.sim.reference_state import LEARNT_RANGE
from atlas.sim.steady_fate import Fates
from atlas.sim.steady_layout import Layout, layouts_of
from atlas.sim.steady_load import Load
from atlas.sim.steady_schedule import RACES, Calls, Level, levels_of
from atlas.sim.steady_wait import Clocks

_KEPT = 2000
"""Of networks with more nodes nothing is kept from evaluation to evaluation: it would take gigabytes."""


@dataclass(frozen=True, slots=True)
class _Store:
    """Answers by outcome and node: masses of those that are raced, spectra of the others."""

    masses: Floats
    spectra: Spectrum
    totals: Floats

    def of(self, nodes: Ints, axis: Axis) -> Answer:
        """Those of nodes that are not raced."""
        return Answer(axis, self.totals[:, nodes], None, self.spectra[:, nodes])

    def raced(self, nodes: Ints, axis: Axis) -> Answer:
        """Those of raced nodes."""
        return Answer(axis, self.totals[:, nodes], self.masses[:, nodes])


@dataclass(frozen=True, slots=True)
class _Pass:
    """One evaluation of some trees: where answers are kept, what is spent before the stages of all nodes."""

    store: _Store
    before: Spectrum
    before_total: Floats
    rates: Floats
    settled: bool


class Tree:
    """Evaluates call trees; remembers what does not change with the loads."""

    def __init__(self, network: Network, state: Conditions, loads: list[Load], fates: Fates, miss: Floats) -> None:
        self._network, self._fates, self._miss = network, fates, miss
        self._clocks = Clocks(network, state, loads)
        self._levels: dict[tuple[int, ...], tuple[Level, ...]] = {}
        self._layouts: dict[tuple[tuple[tuple[int, float], ...], int], list[Layout]] = {}
        self._stores: dict[int, _Store] = {}
        stages = [s for n in network.nodes for s in n.stages if s.quorum]
        self._quorums = {c: (s.quorum, len(s.calls)) for s in stages for c in s.calls}
        site = np.array([n.site for n in network.nodes])
        station = network.plan.sites.station[site]
        self._error = np.where(station == NONE, 0.0, state.error[station] if len(state.error) else 0.0)[:, None]
        self._lost = ((state.cut > 0) & (network.plan.sites.timeout_s > 0))[site, None]
        self._outcomes = 3 if (network.plan.sites.fallback[site] != NONE).any() else 2

    def answers(
        self, steps: dict[int, float], count: int, rates: Floats, *, settled: bool = False
    ) -> dict[int, Answer]:
        """The answers to requests of sources (or to work handed over), each root's on an axis of that step.

        ``rates``: calls per second of the nodes, for shared calls. Fates of all nodes below are renewed, unless they
        are ``settled``: then axes may end before the answers do.
        """
        roots, key = tuple(steps), (tuple(steps.items()), count)
        if roots not in self._levels:
            self._levels[roots] = levels_of(self._network, roots, self._miss)
        if len(self._network.nodes) > _KEPT:
            self._layouts.clear()
            self._stores.clear()
            self._clocks.forget()
        if key not in self._layouts:
            self._layouts[key] = layouts_of(self._network, self._levels[roots], steps, count)
        layouts = self._layouts[key]
        store = self._store(count)
        now = _Pass(store, *self._clocks.before(layouts), rates, settled)
        for layout in layouts:
            self._answer(layout, now)
        axes = {root: Axis(np.array([[step]]), count) for root, step in steps.items()}
        return {root: store.of(np.array([root]), axis) for root, axis in axes.items()}

    def _store(self, count: int) -> _Store:
        if count not in self._stores:
            shape = (self._outcomes, len(self._network.nodes))
            self._stores[count] = _Store(
                np.empty((*shape, count)),
                np.empty((*shape, count // 2 + 1), dtype=np.complex128),
                np.zeros((*shape, 1)),
            )
        return self._stores[count]

    def _answer(self, layout: Layout, now: _Pass) -> None:
        """All calls of a level, as their callers get them, into the store."""
        found = self._served(layout, self._chain(layout, now), now)
        found = self._in_time(layout, found, now)
        if len(layout.moves):
            there = moved(found.rows(layout.moves), layout.outer.rows(layout.moves))
            masses = found.masses
            masses[:, layout.moves] = there.masses
            found = Answer(layout.outer, found.total, masses)
        self._settle(layout, found, now)

    def _chain(self, layout: Layout, now: _Pass) -> Answer | None:
        """The stages one after the other, of the rows that have any; notes how often each is reached."""
        level, reach = layout.level, self._fates.reach
        runs = 1 - self._error[level.nodes, 0]
        if not now.settled:
            reach[level.nodes, 0] = runs
        if not level.stages:
            return None
        chain = self._stages(layout, 0, now)
        nodes = level.nodes[: level.staged[0]]
        if not now.settled:
            reach[nodes, 1] = np.minimum(1.0, chain.total[ANSWERED, :, 0]) * runs[: len(nodes)]
        for place, many in list(enumerate(level.staged))[1:]:
            longer = one_after_other(chain.rows(slice(many)), self._stages(layout, place, now))
            chain.spectrum[:, :many], chain.total[:, :many] = longer.spectrum, longer.total
            if not now.settled:
                reach[nodes[:many], place + 1] = np.minimum(1.0, longer.total[ANSWERED, :, 0]) * runs[:many]
            chain = Answer(chain.axis, chain.total, None, chain.spectrum)
        if not now.settled and len(level.held):
            held = chain.rows(level.held).masses
            points = np.arange(held.shape[-1]) * layout.inner.step[level.held]
            masses = held[ANSWERED] + held[FAILED]
            self._fates.stay_s[level.nodes[level.held]] = (masses * points).sum(axis=-1)
            self._fates.stay2[level.nodes[level.held]] = (masses * points**2).sum(axis=-1)
        return chain

    def _stages(self, layout: Layout, place: int, now: _Pass) -> Answer:
        """The stages at one position, of all rows that have one there."""
        calls, many = layout.level.stages[place], layout.level.staged[place]
        axis = layout.inner.rows(slice(many))
        if len(calls) == 1:
            return _stage(calls[0], axis, now.store)
        spectrum = np.empty((self._outcomes, many, axis.count // 2 + 1), dtype=np.complex128)
        total = np.empty((self._outcomes, many, 1))
        for part in calls:
            found = _stage(part, axis.rows(part.rows), now.store)
            spectrum[:, part.rows], total[:, part.rows] = found.spectrum, found.total
        return Answer(axis, total, None, spectrum)

    def _served(self, layout: Layout, chain: Answer | None, now: _Pass) -> Answer:
        """Admission, wait and service, then the stages."""
        nodes, before, most = layout.level.nodes, now.before[layout.rows], now.before_total[layout.rows]
        error = self._error[nodes]
        after, left = (before * (1 - error), most * (1 - error)) if error.any() else (before, most)
        spectrum, total = after * sure(self._outcomes), left * sure(self._outcomes)
        if chain is not None:
            staged = slice(layout.level.staged[0])
            spectrum[:, staged], total[:, staged] = chain.spectrum * after[staged], chain.total * left[staged]
        if error.any():
            spectrum[FAILED] += before * error
            total[FAILED] += most * error
        barred = self._fates.barred[nodes, None]
        full = (1 - barred) * self._fates.full[nodes, None]
        if not (barred.any() or full.any()):
            return Answer(layout.inner, total, None, spectrum)
        spectrum *= 1 - barred - full
        total *= 1 - barred - full
        instead = layout.level.diverted
        if len(instead):
            to = now.store.of(np.array([self._network.nodes[i].divert for i in nodes[instead]]), layout.inner)
            spectrum[:, instead] += to.spectrum * full[instead]
            total[:, instead] += to.total * full[instead]
            full[instead] = 0.0
        refused = full + barred * ~self._lost[nodes]  # a refusal fails at once; a call on a cut link is lost
        spectrum[FAILED] += refused
        total[FAILED] += refused
        return Answer(layout.inner, total, None, spectrum)

    def _in_time(self, layout: Layout, found: Answer, now: _Pass) -> Answer:
        """Hedges and timeouts."""
        level, cut = layout.level, layout.cut
        if cut is not None and len(level.learning):
            if not now.settled:
                self._learn(level, found)
            limits = level.timeout_s.copy()
            limits[level.learning, 0] = self._fates.timeout_s[level.nodes[level.learning]]
            cut = cut_at(layout.inner, limits, cut.short)
        if len(level.hedged):
            masses, total = found.masses.copy(), found.total.copy()
            for row in level.hedged.tolist():
                index = int(level.nodes[row])
                if not now.settled:
                    self._note_hedge(index, found, row)
                when, share = float(self._fates.hedge_s[index]), float(self._fates.hedged[index])
                masses[:, row] = hedged(masses[:, row], layout.inner.row(row), when, share)
                total[:, row] = masses[:, row].sum(axis=-1, keepdims=True)
            found = Answer(layout.inner, total, masses)
        return found if cut is None else cut_off(found, cut)

    def _learn(self, level: Level, found: Answer) -> None:
        sites = self._network.plan.sites
        for row in level.learning.tolist():
            index = int(level.nodes[row])
            site = self._network.nodes[index].site
            factor = float(sites.timeout_factor[site])
            learnt = _learnt(found, row, float(sites.timeout_s[site]) / factor, float(sites.timeout_level[site]))
            self._fates.timeout_s[index] = factor * learnt

    def _note_hedge(self, index: int, found: Answer, row: int) -> None:
        sites, site, fates = self._network.plan.sites, self._network.nodes[index].site, self._fates
        wait = float(sites.hedge_s[site])
        if sites.hedge_level[site] > 0:
            wait = _learnt(found, row, wait, float(sites.hedge_level[site]))
        late, budget = late_share(found, row, wait), float(sites.hedge_budget[site])
        fates.hedge_s[index] = wait
        fates.hedged[index] = min(1.0, budget / late) if budget > 0 and late > 0 else 1.0
        fates.copies[index] = late * fates.hedged[index] * self._waited_for(index, found, row, wait)

    def _settle(self, layout: Layout, attempt: Answer, now: _Pass) -> None:
        """Calls with their retries and their fallbacks."""
        level, fates, store = layout.level, self._fates, now.store
        nodes = level.nodes
        if not now.settled:
            fates.failed[nodes] = attempt.total[FAILED, :, 0] * level.called[:, 0]
            fates.attempts[nodes] = 1.0
            fates.fallback[nodes] = 0.0
        found = attempt
        if len(level.tried):
            found = self._tried_again(layout, attempt, now)
        if not now.settled:
            self._note_rare(level, attempt, found, now.rates)
        if len(level.lesser) or len(level.replaced):
            found = self._fallen_back(layout, found, now)
        store.totals[:, nodes] = found.total
        if len(level.raced):
            store.masses[:, nodes[level.raced]] = found.rows(level.raced).masses
        if len(level.added):
            store.spectra[:, nodes[level.added]] = found.rows(level.added).spectrum

    def _tried_again(self, layout: Layout, attempt: Answer, now: _Pass) -> Answer:
        level, tried = layout.level, layout.level.tried
        nodes = level.nodes[tried]
        failed, budget, most = self._fates.failed[nodes, None], level.budget[tried], level.attempts[tried]
        wanted = sum((failed**k * (most > k) for k in range(1, int(most.max()))), np.zeros_like(failed))
        scarce = (budget > 0) & (wanted > budget)
        allowed = np.where(scarce, budget / np.where(scarce, wanted, 1.0), 1.0)
        again, attempts = tried_again(attempt.rows(tried), layout.waits, most, allowed)
        if not now.settled:
            self._fates.attempts[nodes] = attempts[:, 0]
        return _with_rows(attempt, tried, again)

    def _note_rare(self, level: Level, attempt: Answer, found: Answer, rates: Floats) -> None:
        """Calls that join equal ones in flight; fallbacks; calls of a quorum are given up when it is reached."""
        fates, nodes = self._fates, level.nodes
        for rows in (level.lesser, level.replaced):
            fates.fallback[nodes[rows]] = found.total[FAILED, rows, 0]
        for row in level.in_quorum.tolist():
            index = int(nodes[row])
            share = float(fates.failed[index])
            late_s = attempt.outcome(FAILED, row).mean / share if share > 0 else 0.0
            waited = self._waited_for(index, attempt, row, late_s)
            fates.attempts[index] = 1 + (fates.attempts[index] - 1) * waited
            fates.fallback[index] *= waited
        for row in level.coalescing.tolist():
            index, mean = int(nodes[row]), min(attempt.outcome(ANSWERED, row).mean, 1e9)
            fates.shared[index] = 1 / (1 + float(rates[index]) / self._callers(index) * mean)

    def _fallen_back(self, layout: Layout, found: Answer, now: _Pass) -> Answer:
        """Failures answered by something lesser: at once, or by a further call."""
        level = layout.level
        if len(level.lesser):
            found = _with_rows(found, level.lesser, fallen_back(found.rows(level.lesser), 1.0, None))
        if len(level.replaced):
            rows = level.replaced
            to = np.array([self._network.nodes[i].fallback for i in level.nodes[rows]])
            instead = now.store.of(to, layout.outer.rows(rows))
            found = _with_rows(found, rows, fallen_back(found.rows(rows), 1.0, instead))
        return found

    def _waited_for(self, index: int, found: Answer, row: int, time_s: float) -> float:
        """Share of the calls late at that time that somebody still waits for: of a quorum only until it is reached."""
        if index not in self._quorums:
            return 1.0
        there = float(found.masses[ANSWERED, row, : found.axis.row(row).cell(time_s)].sum())
        return still_waited_for(*self._quorums[index], max(0.0, 1.0 - there))

    def _callers(self, index: int) -> float:
        """From how many instances the hot calls of a node come."""
        network = self._network
        parent = network.nodes[index].parent
        group = NONE if parent == NONE else int(network.node_group[parent])
        if group == NONE or network.node_hot_share[parent] == 1.0:
            return 1.0
        return max(1.0, float(network.group_instances[group]))


def _stage(calls: Calls, axis: Axis, store: _Store) -> Answer:
    """One stage of each caller."""
    kept = store.raced if calls.kind in RACES else store.of
    answers = [kept(calls.child[:, k], axis) for k in range(calls.child.shape[1])]
    chances = [calls.chance[:, k : k + 1] for k in range(len(answers))]
    times = [calls.times[:, k : k + 1] for k in range(len(answers))]
    match calls.kind:
        case "one":
            return perhaps(chances[0], answers[0])
        case "choose":
            return one_of([(p * n, a) for p, a, n in zip(chances, answers, times, strict=True)])
        case "equals":
            return quorum_of_equals(calls.quorum, int(times[0][0, 0]), chances[0], answers[0])
        case "quorum":
            return quorum_of(calls.quorum, list(zip(chances, answers, strict=True)))
        case "all":
            return slowest_of(list(zip(chances, answers, times, strict=True)))


def _with_rows(found: Answer, rows: Ints, other: Answer) -> Answer:
    """The same with the spectra of some rows replaced."""
    if len(rows) == len(found.total[0]):
        return other
    spectrum, total = found.spectrum.copy(), found.total.copy()
    spectrum[:, rows], total[:, rows] = other.spectrum, other.total
    return Answer(found.axis, total, None, spectrum)


def _learnt(found: Answer, row: int, first_s: float, level: float) -> float:
    """The latency quantile that a caller has observed; it moves no further from its first value than engines let it."""
    answered = found.outcome(ANSWERED, row)
    if answered.total < 0.5:
        return first_s
    return min(first_s * LEARNT_RANGE, max(first_s / LEARNT_RANGE, answered.quantile(level)))
