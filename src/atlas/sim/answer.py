"""What comes back from a call, and when: the distribution of its outcomes on a lattice.

The algebra of calls: one after the other, side by side (all, or a quorum), one of several, cut off by a timeout,
hedged, tried again, answered by a fallback. Calls side by side are taken as independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from atlas.physics.lattice import Axis, Floats, Spread, at_time, nothing, uniform
from atlas.sim.plan import Sites

_UNSEEN = 1e-6


@dataclass(frozen=True, slots=True)
class Answer:
    """The three outcomes, which exclude each other; their probabilities sum to 1 (less what lies beyond the axis)."""

    good: Spread
    degraded: Spread
    failed: Spread

    @property
    def answered(self) -> Spread:
        """Good or degraded."""
        return self.good.plus(self.degraded)

    def moved(self, axis: Axis) -> Answer:
        """The same on another axis."""
        if axis == self.good.axis:
            return self
        return Answer(self.good.moved(axis), self.degraded.moved(axis), self.failed.moved(axis))

    def lacks_more_than(self, share: float) -> bool:
        """Whether more than this share lies beyond the axis."""
        return 1 - self.good.total - self.degraded.total - self.failed.total > share


def at_once(axis: Axis) -> Answer:
    """A good answer in no time."""
    return Answer(at_time(axis, 0.0), nothing(axis), nothing(axis))


def either(parts: Sequence[tuple[float, Answer]]) -> Answer:
    """One of several, each with its probability."""
    share, first = parts[0]
    good, degraded, failed = first.good.times(share), first.degraded.times(share), first.failed.times(share)
    for share, other in parts[1:]:
        good = good.plus(other.good.times(share))
        degraded = degraded.plus(other.degraded.times(share))
        failed = failed.plus(other.failed.times(share))
    return Answer(good, degraded, failed)


def one_after_other(first: Answer, second: Answer) -> Answer:
    """The second is asked when the first has answered; a failure ends it."""
    degraded = first.degraded.then(second.answered).plus(first.good.then(second.degraded))
    failed = first.failed.plus(first.answered.then(second.failed))
    return Answer(first.good.then(second.good), degraded, failed)


def side_by_side(calls: Sequence[tuple[float, Answer]], quorum: int) -> Answer:
    """Calls that happen each with its probability; ``quorum`` (0: all that happen) must succeed.

    Of fewer calls than the quorum all must succeed.
    """
    if len(calls) == 1:
        return _perhaps(*calls[0])
    axis = calls[0][1].good.axis
    if not quorum:
        return _all(axis, calls)
    happens = [p for p, _ in calls]
    done = reached(quorum, happens, [_upto(a.answered) for _, a in calls], axis.count)
    # good where the quorum is reached by good answers alone, before degraded ones had to help
    fine = np.minimum(reached(quorum, happens, [_upto(a.good) for _, a in calls], axis.count), done)
    failed = [np.zeros(axis.count) + 1 - p + p * _upto(a.failed) for p, a in calls]
    lost = at_least(len(calls) - quorum + 1, failed)
    return _from_cumulated(axis, fine, done, lost * (1 - done[-1]) / lost[-1] if lost[-1] > 0 else lost)


def reached(quorum: int, happens: Sequence[float], answered: Sequence[Floats | float], count: int) -> Floats:
    """Probability, at each point, that a stage has its quorum, or all of the calls that happen if those are fewer."""
    flat = np.zeros(count)
    by_quorum = at_least(quorum, [flat + p * x for p, x in zip(happens, answered, strict=True)])
    fewer = [flat + 1.0] + [flat] * (quorum - 1)  # exactly so many happen, and all of them have answered
    for p, x in zip(happens, answered, strict=True):
        for k in range(quorum - 1, 0, -1):
            fewer[k] = fewer[k] * (1 - p) + fewer[k - 1] * (p * x)
        fewer[0] = fewer[0] * (1 - p)
    done: Floats = np.minimum(by_quorum + np.sum(fewer, axis=0), 1.0)
    return done


def _perhaps(p: float, answer: Answer) -> Answer:
    if p >= 1:
        return answer
    return either([(p, answer), (1 - p, at_once(answer.good.axis))])


def _all(axis: Axis, calls: Sequence[tuple[float, Answer]]) -> Answer:
    good = done = unharmed = np.ones(axis.count)
    for p, answer in calls:
        good = good * (1 - p + p * _upto(answer.good))
        unharmed = unharmed * (1 - p * _upto(answer.failed))
    if all(answer.degraded.is_empty for _, answer in calls):
        done = good
    else:
        for p, answer in calls:
            done = done * (1 - p + p * _upto(answer.answered))
    return _from_cumulated(axis, good, done, np.minimum(1 - unharmed, 1 - done[-1]))


def at_least(needed: int, chances: Sequence[Floats]) -> Floats:
    """Probability, at each point, that at least ``needed`` of independent events have happened."""
    counts = [np.ones_like(chances[0])] + [np.zeros_like(chances[0]) for _ in range(needed)]
    for p in chances:
        if needed:
            counts[needed] = counts[needed] + counts[needed - 1] * p
        for k in range(needed - 1, 0, -1):
            counts[k] = counts[k] * (1 - p) + counts[k - 1] * p
        if needed:
            counts[0] = counts[0] * (1 - p)
    return counts[needed]


def _upto(spread: Spread) -> Floats | float:
    if spread.is_empty:
        return 0.0
    return np.clip(spread.cumulated(), 0.0, 1.0)


def _from_cumulated(axis: Axis, good: Floats, done: Floats, failed: Floats) -> Answer:
    degraded = None if done is good else done - good
    return Answer(*(_from_one(axis, x) for x in (good, degraded, failed)))


def _from_one(axis: Axis, upto: Floats | None) -> Spread:
    if upto is None or upto[-1] <= 0:
        return nothing(axis)
    return Spread(axis, masses=np.maximum(np.diff(upto, prepend=0.0), 0.0))


def cut_off(answer: Answer, timeout_s: float) -> Answer:
    """Whatever is not there at the timeout has failed then (what lies beyond the axis included)."""
    axis = answer.good.axis
    if timeout_s <= 0:
        return answer
    if timeout_s >= axis.step * axis.count and not answer.lacks_more_than(_UNSEEN):
        return answer
    place = timeout_s / axis.step
    keep = np.clip(place - np.arange(axis.count) + 0.5, 0.0, 1.0)
    good, degraded, failed = answer.good.masses * keep, answer.degraded.masses * keep, answer.failed.masses * keep
    late = max(0.0, 1.0 - float(good.sum() + degraded.sum() + failed.sum()))
    failed = failed + at_time(axis, timeout_s, late).masses
    return Answer(Spread(axis, masses=good), Spread(axis, masses=degraded), Spread(axis, masses=failed))


def late_share(answer: Answer, timeout_s: float) -> float:
    """Share of the calls without any answer at that time."""
    axis = answer.good.axis
    end = axis.cell(timeout_s)
    there = sum(float(x.masses[:end].sum()) for x in (answer.good, answer.degraded, answer.failed))
    return max(0.0, 1.0 - there)


def hedged(answer: Answer, after_s: float, share: float) -> Answer:
    """A copy is sent where there is no answer after ``after_s`` (in a share of those cases); the first one counts."""
    axis = answer.good.axis
    shift = min(axis.count, round(after_s / axis.step))
    late = np.zeros(shift)
    parts = [x.masses for x in (answer.good, answer.degraded, answer.failed)]
    ways = [(masses, np.concatenate((late, masses[: axis.count - shift]))) for masses in parts]
    (good, good2), (degraded, degraded2), (failed, failed2) = ways
    early = np.arange(axis.count) < shift
    gone, gone2 = np.cumsum(good + degraded), np.cumsum(good2 + degraded2)
    before = float((failed * early).sum())
    # the first one answers unless the copy did; the copy unless the first one did, or had failed before it was sent
    still = np.maximum(1 - np.concatenate(([0.0], gone[:-1])) - before, 0.0)
    first_good = good * (1 - share * gone2) + share * good2 * still
    first_degraded = degraded * (1 - share * gone2) + share * degraded2 * still
    both = np.diff(np.maximum(np.cumsum(failed) - before, 0.0) * np.cumsum(failed2), prepend=0.0)
    lost = failed * early + (1 - share) * failed * ~early + share * both
    return Answer(*(Spread(axis, masses=np.maximum(x, 0.0)) for x in (first_good, first_degraded, lost)))


def backoff(axis: Axis, sites: Sites, site: int, attempt: int) -> Spread:
    """The wait before retry number ``attempt`` (from 0)."""
    wait = float(sites.backoff_s[site]) * 2.0**attempt
    if sites.jitter[site] and 2 * wait > axis.step:
        return uniform(axis, 2 * wait)
    return at_time(axis, wait)


def tried_again(answer: Answer, sites: Sites, site: int, allowed: float) -> tuple[Answer, float]:
    """The outcome after all attempts, of whose retries a share ``allowed`` is made; and the mean number of attempts."""
    axis = answer.good.axis
    good, degraded, lost = answer.good, answer.degraded, nothing(axis)
    path, attempts = answer.failed, 1.0
    for attempt in range(int(sites.attempts[site]) - 1):
        again = path.total * allowed
        if again < 1e-9:
            break
        lost = lost.plus(path.times(1 - allowed))
        start = path.times(allowed).then(backoff(axis, sites, site, attempt))
        good, degraded = good.plus(start.then(answer.good)), degraded.plus(start.then(answer.degraded))
        path, attempts = start.then(answer.failed), attempts + again
    return Answer(good, degraded, lost.plus(path)), attempts


def fallen_back(answer: Answer, instead: Answer | None) -> Answer:
    """Failures answered by something lesser: at once (None), or by a further call."""
    if instead is None:
        return Answer(answer.good, answer.degraded.plus(answer.failed), nothing(answer.good.axis))
    degraded = answer.degraded.plus(answer.failed.then(instead.answered))
    return Answer(answer.good, degraded, answer.failed.then(instead.failed))
