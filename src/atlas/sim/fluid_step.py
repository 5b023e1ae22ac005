"""One step of the fluid engine: everything that flows, and what it meets, as means over all requests of a moment.

A step goes round once: calls of this moment from what was served a moment ago, attempts, gates, queues (implicit, so
that any length of step is stable), waits, answers bottom up, retries. What a call learns about the calls below it is
one step old. What does not change from step to step is in ``atlas.sim.fluid_inputs``.
"""

from __future__ import annotations

import numpy as np

from atlas.sim.fluid_answer import later_than
from atlas.sim.fluid_inputs import TINY
from atlas.sim.fluid_motion import Moment
from atlas.sim.fluid_queue import Met
from atlas.sim.fluid_record import Flowing
from atlas.sim.fluid_state import FluidState
from atlas.sim.fluid_web import summed
from atlas.sim.plan import Floats

_LAG = 0.2
_PACED = ("nodes", "members", "groups", "stations", "sources", "caches")


class Fluid(FluidState):
    """A run; or several side by side, whose steps are taken together, each as long as it wants."""

    def step(self, now: Floats, dt: Floats, arrivals: Floats) -> Moment:
        """Go ``dt`` seconds on (by plan), with these requests per second of the open sources."""
        peaks, owner = self._peaks, self._peaks.owner
        pace = {each: dt[owner[each]] for each in _PACED}
        begin, self._time = now[owner["nodes"]], (now, dt)
        miss, happens = self.caches.misses(self.web)
        calls = self._calls(pace["sources"], arrivals, happens)
        attempts = self._attempts(calls)
        made = attempts.sum(axis=0)
        asked = made * (1 + self._copies) * self._shared + self._unwaited(miss)
        barred = self._barred(begin, asked, pace["stations"])
        met = self._queues(asked * (1 - barred), pace)
        refused = 1 - (1 - barred) * (1 - met.full)
        self._answer((begin, pace["nodes"]), happens, (calls, attempts, made), (barred, met, refused))
        self.caches.refill(made * self.good, pace["caches"])
        flowing = self._flowing(calls, attempts, asked, refused)
        return Moment(
            flowing=flowing,
            moved=self.motion.moved(self.queues, (self._served, self.ok, self.good), self.caches.warm, peaks).tolist(),
            turns_in=peaks.least_of("groups", self.queues.turns_in()),
            closes=peaks.closing(self.breakers, now + dt),
        )

    def scale(self, factor: float, number: int) -> None:
        """Let everything that flows in a plan flow at a multiple (where all its sources change alike)."""
        for flow in (self._served, self._wanted, self._fallen, self._diverted):
            flow[..., self.spans[number]["nodes"]] *= factor
        self._again.scale(factor, number)
        self.breakers.coming.scale(factor, number)

    def _calls(self, dt: Floats, arrivals: Floats, happens: Floats) -> Floats:
        """Calls per second of each node as its callers count them."""
        web, given = self.web, self._given
        reach = np.concatenate((self._reach, self._through))[given.links]
        calls = summed(web.entry_child, self._served[web.entry_parent] * reach * happens, web.count)
        calls += summed(web.source_root, self._with_closed(arrivals, dt), web.count)
        if given.has_fallbacks:
            calls[web.fallback[given.called_back]] += self._fallen[given.called_back]
        if given.has_diverts:
            calls[web.divert[given.diverted]] += self._diverted[given.diverted]
        return calls

    def _with_closed(self, arrivals: Floats, dt: Floats) -> Floats:
        """Requests per second with those of closed populations: who thinks asks after the thinking time."""
        given = self._given
        if not given.has_users:
            return arrivals
        pause, away = np.maximum(given.think_s, TINY), np.maximum(self.mean[self.web.source_root], 1e-9)
        self._thinking = (self._thinking + dt * given.users / away) / (1 + dt / pause + dt / away)
        return np.where(given.users > 0, self._thinking / pause, arrivals)

    def _attempts(self, calls: Floats) -> Floats:
        """First attempts and retries per second, by the number of the attempt."""
        if not self._given.retries:
            return calls[None]
        return np.concatenate((calls[None], self._again.leaving(self._wanted.shape, *self._time)))

    def _unwaited(self, miss: Floats) -> Floats | float:
        """Calls to a store on hits of a cache with constant work."""
        web = self.web
        if not self._given.has_constant_work:
            return 0.0
        extra = (web.chance * (1 - miss) * self._given.constant)[web.entry_child]
        return summed(web.entry_child, self._served[web.entry_parent] * extra, web.count)

    def _barred(self, now: Floats, asked: Floats, dt: Floats) -> Floats:
        """Share of the attempts refused before the queue."""
        barred: Floats = self.weather.closed
        if self.breakers.is_needed:
            barred = np.maximum(barred, self.breakers.open_until > now)
        if self.gates.is_needed:
            barred = 1 - (1 - barred) * self.gates.passes(asked * (1 - barred), self._utilisation, dt)
        return barred

    def _queues(self, asked: Floats, pace: dict[str, Floats]) -> Met:
        """Fill and drain the queues, and learn what was served."""
        given, weather, dt = self._given, self.weather, pace["nodes"]
        occupied = weather.service
        if given.has_holds:
            gap = np.where(given.holds, self._chain_mean, 0.0) - self._stay
            self._stay = self._stay + gap * (dt / (dt + 0.25 * self._stay + 1e-3))
            occupied = occupied + self._stay * weather.kept  # after an error nothing is called
        met, served = self.queues.step(asked, occupied, given.holds, (pace["members"], pace["groups"]))
        self._served = np.where(given.virtual, asked, served) * weather.kept
        return met

    def _answer(
        self,
        time: tuple[Floats, Floats],
        happens: Floats,
        flows: tuple[Floats, Floats, Floats],
        gates: tuple[Floats, Met, Floats],
    ) -> None:
        """Outcomes of this moment's calls: attempts, then retries and fallbacks."""
        (calls, attempts, made), (barred, met, refused) = flows, gates
        given, weather = self._given, self.weather
        stages = self.stages.combine(happens, self.mean, self.variance, self.ok, self.good)
        self._chain_mean, chain_variance, self._through, chain_good, self._reach = self.stages.chain(*stages)
        start = met.wait_s + weather.service + given.network_s
        mean = start + self._chain_mean
        variance = met.variance + weather.variance + chain_variance
        late = self._late(mean, variance, met.certain_s)
        answered = (1 - refused) * (1 - late) * weather.kept
        ok, good = self._divert(answered * self._through, answered * chain_good, (1 - barred) * met.full, made)
        lost = barred * weather.lost if weather.loses else self._none
        failed = np.maximum(1 - ok, 0.0)
        timed_out = (1 - refused) * late + lost
        broken = np.maximum(failed - timed_out - refused + lost, 0.0)
        whole, last = self._chain_lost(happens)
        share = np.maximum(failed, TINY)
        self._loss = (timed_out * given.patience + broken * np.minimum(start + last, given.timeout)) / share
        lost_s = (timed_out * given.patience + broken * np.minimum(start + whole, given.timeout)) / share
        self.lost_s, self.last_s = lost_s * self.web.attempts + given.pauses, self._loss
        spent = self._spent(mean, variance, late) * (1 - refused) + lost * given.patience
        if self.breakers.is_needed:
            fine = np.maximum(spent - failed * self._loss, 0.0) / np.maximum(1 - failed, TINY)
            answers = np.array((made * (1 - failed), made * failed)), np.array((np.minimum(fine, spent), self._loss))
            self.breakers.learn(*time, answers, self._time)
        self._settle(time[1], calls, attempts, (ok, good, failed, spent, variance * (1 - late)))

    def _chain_lost(self, happens: Floats) -> tuple[Floats, Floats]:
        """Mean time until the stages of a node have failed, where they fail: that of the calls that did it."""
        web = self.web
        if not (self.ok < 1).any():
            return self._none, self._none
        weight = happens * (1 - self.ok[web.entry_child]) * web.entry_waited
        total = np.maximum(summed(web.entry_parent, weight, web.count), TINY)
        parts = (summed(web.entry_parent, weight * x[web.entry_child], web.count) for x in (self.lost_s, self.last_s))
        whole, last = (part / total for part in parts)
        return whole, last

    def _late(self, mean: Floats, variance: Floats, certain: Floats) -> Floats:
        """Share of the calls let in that their timeout cuts off, copies counted."""
        given = self._given
        if not given.has_timeouts and not given.has_hedges:
            return self._none
        free = mean - certain
        late = later_than(given.timeout - certain, free, variance) * given.can_be_late
        if not given.has_hedges:
            return late
        slow = np.where(np.isinf(given.hedge_s), 0.0, later_than(given.hedge_s - certain, free, variance))
        limited = given.hedge_budget > 0
        allowed = np.where(limited, np.minimum(1.0, given.hedge_budget / np.maximum(slow, TINY)), 1.0)
        self._copies = slow * allowed
        if len(given.voters):
            self._copies[given.voters] *= given.still_waited_for(slow)
        rest = np.where(np.isinf(given.hedge_s), np.inf, given.timeout - np.where(slow > 0, given.hedge_s, 0.0))
        other = later_than(rest - certain, free, variance)
        return np.where(slow > 0, late * (1 - allowed + allowed * other), late)

    def _divert(self, ok: Floats, good: Floats, full: Floats, calls: Floats) -> tuple[Floats, Floats]:
        given = self._given
        if not given.has_diverts:
            return ok, good
        self._diverted = np.where(given.diverts, full * calls, 0.0)
        taken = np.where(given.diverts, full, 0.0)
        return ok + taken * self.ok[given.divert], good + taken * self.good[given.divert]

    def _spent(self, mean: Floats, variance: Floats, late: Floats) -> Floats:
        """Mean of the time until the answer or the timeout, for gamma times."""
        given = self._given
        if not given.has_timeouts:
            return mean
        safe = np.maximum(mean, TINY)
        scale = variance / safe
        inside = 1 - later_than(given.timeout, safe + scale, variance * (1 + scale / safe))
        return np.where(given.waits_for_ever, mean, np.minimum(safe * inside + given.patience * late, safe))

    def _settle(self, dt: Floats, calls: Floats, attempts: Floats, outcome: tuple[Floats, ...]) -> None:
        """From attempts to calls: retries within their budget, then fallbacks."""
        ok, good, failed, spent, variance = outcome
        given = self._given
        lag = _LAG * np.minimum(self.mean, spent)
        lag = lag / (lag + dt)  # callers learn of it as the answers come (pauses before another attempt apart)
        whole, best, mean = ok, good, spent
        gone = calls * failed
        if given.retries:
            allowed = self._retry(calls, attempts, failed, dt)
            powers = np.cumprod(np.repeat((failed * allowed)[None], given.retries, axis=0), axis=0) * given.allowed
            more = powers.sum(axis=0)
            pause = (powers * given.backoff).sum(axis=0)
            mean = spent * (1 + more) + pause
            variance = variance * (1 + more) + more * (spent + pause) ** 2
            whole, best, gone = self._ended(calls, attempts.sum(axis=0), (ok, good, failed), more)
        if given.has_fallbacks:
            lost = np.maximum(1 - whole, 0.0)
            self._fallen = np.where(given.falls_back, gone, 0.0)
            rescued = np.maximum(self.web.answers, given.is_called_back * self.ok[given.fallback])
            whole = whole + np.where(given.falls_back, lost * rescued, 0.0)
            mean = mean + given.is_called_back * lost * self.mean[given.fallback]
        self.mean = mean + (self.mean - mean) * lag
        self.variance = variance + (self.variance - variance) * lag
        whole, best = np.minimum(whole, 1.0), np.minimum(best, 1.0)
        self.ok = whole + (self.ok - whole) * lag
        self.good = best + (self.good - best) * lag
        if given.coalesces:
            self._shared = np.where(given.coalesce, 1 / (1 + calls / given.callers * spent), 1.0)

    def _retry(self, calls: Floats, attempts: Floats, failed: Floats, dt: Floats) -> Floats:
        """Let what failed and may be tried again come again after its pause; the share for which there are tokens.

        The pause lasts until the failure is known, and then the backoff.
        """
        given = self._given
        again = failed
        if len(given.voters):  # nobody tries again once the quorum is there
            again = failed.copy()
            again[given.voters] *= given.still_waited_for(failed)
        wanted = attempts[:-1] * again * given.allowed
        allowed = self._budgeted(calls, wanted, dt)
        self._wanted = wanted * allowed
        self._again.enter(*self._time, self._wanted, given.backoff + self._loss)
        return allowed

    def _ended(
        self, calls: Floats, made: Floats, shares: tuple[Floats, Floats, Floats], more: Floats
    ) -> tuple[Floats, ...]:
        """Of the calls that end with the attempts of this moment: shares answered and good; failures per second.

        Who fails and tries again has not ended. Calls of quorums, which others end, are taken as if all attempts
        were of this moment (``more`` than one of each).
        """
        ok, good, failed = shares
        gone = np.maximum(made * failed - self._wanted.sum(axis=0), 0.0)
        ends = made * ok + gone
        here = self._given.ends_apart & (ends > TINY)
        part = np.where(here, made / np.maximum(ends, TINY), 1 + more)
        return ok * part, good * part, np.where(here, gone, calls * np.maximum(1 - ok * part, 0.0))

    def _budgeted(self, calls: Floats, wanted: Floats, dt: Floats) -> Floats:
        """Share of the wanted retries for which there are tokens."""
        given = self._given
        if not given.is_budgeted:
            return self._none + 1
        earned = calls * given.budget * dt
        there = np.minimum(self._tokens, 100.0) + earned
        need = wanted.sum(axis=0) * dt
        share = np.where(given.has_budget, np.minimum(1.0, there / np.maximum(need, TINY)), 1.0)
        self._tokens = np.where(given.has_budget, np.minimum(there - need * share, 100.0), self._tokens)
        return share

    def _flowing(self, calls: Floats, attempts: Floats, asked: Floats, refused: Floats) -> Flowing:
        """The moment for the record."""
        given, weather, web = self._given, self.weather, self.web
        stations = len(weather.share_left)
        ends = (calls * self.good, calls * np.maximum(self.ok - self.good, 0.0), calls * (1 - self.ok))
        self._utilisation = summed(web.group_station, weather.servers * self.queues.busy, stations)
        self._utilisation = self._utilisation * weather.busy_share
        turned_away = asked * refused
        by_station = (
            self._utilisation * weather.share_left + weather.share_taken,
            summed(web.group_station, web.group_instances * self.queues.waiting, stations),
            summed(given.station, asked - turned_away, stations + 1)[:stations],
            summed(given.station, turned_away, stations + 1)[:stations],
        )
        flows, outcomes, delays = self.meter.flowing((calls, *ends, self.mean, self.lost_s, self.last_s))
        return Flowing(
            flows=flows,
            stations=np.array(by_station),
            retries=summed(self._peaks.owner["nodes"], attempts[1:].sum(axis=0), len(self.spans)),
            hits=self.caches.hits,
            outcomes=outcomes,
            delays=delays,
        )
