"""What comes back from calls, and when: distributions of their outcomes on lattices, several calls at once.

The algebra of calls: one after the other, side by side (all, or a quorum), one of several, cut off by a timeout,
hedged, tried again, answered by a fallback. Calls side by side are taken as independent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.physics.lattice import Axis, Each, Floats, Ints, Spectrum, Spread, at_time, damping, uniform

ANSWERED, FAILED, GOOD = 0, 1, 2
"""Outcomes, the first index of all arrays. What is answered is good or degraded; where the last lacks, all is good."""
Bools = NDArray[np.bool_]
_UNSEEN, _MUCH = 1e-6, 1e-3


class Answer:
    """Outcomes of calls, a row each, as masses or as spectra, whichever was made first; the other on demand.

    Answered and failed exclude each other; their probabilities (``total``) sum to 1 less what never comes back.
    """

    __slots__ = ("_masses", "_spectrum", "axis", "total")

    def __init__(
        self, axis: Axis, total: Floats | None, masses: Floats | None = None, spectrum: Spectrum | None = None
    ) -> None:
        self.axis, self._masses, self._spectrum = axis, masses, spectrum
        self.total: Floats = self.masses.sum(axis=-1, keepdims=True) if total is None else total

    @property
    def masses(self) -> Floats:
        """Probability of each outcome, call and point."""
        if self._masses is None:
            self._masses = np.fft.irfft(self.spectrum, self.axis.count) * damping(self.axis.count)[1]
        return self._masses

    @property
    def spectrum(self) -> Spectrum:
        """Transforms of the damped masses."""
        if self._spectrum is None:
            self._spectrum = np.fft.rfft(self.masses * damping(self.axis.count)[0])
        return self._spectrum

    @property
    def missing(self) -> Floats:
        """Column: probability that nothing ever comes back."""
        left: Floats = 1 - self.total[ANSWERED] - self.total[FAILED]
        return left

    def rows(self, which: Ints | slice) -> Answer:
        """The answers of some of the calls."""
        axis = self.axis.rows(which)
        masses = None if self._masses is None else self._masses[:, which]
        spectrum = None if self._spectrum is None else self._spectrum[:, which]
        return Answer(axis, self.total[:, which], masses, spectrum)

    def outcome(self, which: int, row: int = 0) -> Spread:
        """One outcome of one call."""
        axis, total = self.axis.row(row), float(self.total[which, row, 0])
        if self._masses is not None:
            return Spread(axis, self._masses[which, row], None, total)
        return Spread(axis, None, self.spectrum[which, row], total)

    def good(self, row: int = 0) -> float:
        """Probability of a good answer."""
        return float(self.total[GOOD if len(self.total) > GOOD else ANSWERED, row, 0])


def sure(outcomes: int) -> Floats:
    """1 for the outcomes of a good answer."""
    return np.array([1.0, 0.0, 1.0])[:outcomes, None, None]


def perhaps(chance: Each, answer: Answer) -> Answer:
    """Answers to calls that happen with these probabilities; where they do not, all is good at once."""
    if np.all(chance >= 1):
        return answer
    other = (1 - chance) * sure(len(answer.total))
    return Answer(answer.axis, answer.total * chance + other, None, answer.spectrum * chance + other)


def one_of(calls: Sequence[tuple[Each, Answer]]) -> Answer:
    """One of several calls, each with its probability, or none: then all is good at once."""
    left = np.maximum(1 - sum(p for p, _ in calls), 0.0) * sure(len(calls[0][1].total))
    return Answer(
        calls[0][1].axis,
        sum((p * a.total for p, a in calls), start=left),
        None,
        sum((p * a.spectrum for p, a in calls), start=left + 0j),
    )


def mixture(parts: Sequence[tuple[float, Answer]]) -> Answer:
    """One of several answers on the same axis, each with its probability."""
    if len(parts) == 1:
        return parts[0][1]
    total = sum((p * a.total for p, a in parts), start=np.zeros_like(parts[0][1].total))
    spectrum = sum((p * a.spectrum for p, a in parts), start=np.zeros_like(parts[0][1].spectrum))
    return Answer(parts[0][1].axis, total, None, spectrum)


def one_after_other(first: Answer, second: Answer) -> Answer:
    """The second is asked when the first has answered; a failure ends it."""
    spectrum, total = first.spectrum * second.spectrum, first.total * second.total
    spectrum[FAILED] = first.spectrum[FAILED] + first.spectrum[ANSWERED] * second.spectrum[FAILED]
    total[FAILED] = first.total[FAILED] + first.total[ANSWERED] * second.total[FAILED]
    return Answer(first.axis, total, None, spectrum)


def slowest_of(calls: Sequence[tuple[Each, Answer, Each]]) -> Answer:
    """Calls of which all that happen must succeed: with their probabilities, and how many equal ones each is."""
    times = [n for _, _, n in calls]

    def join(upto: Sequence[Floats]) -> Floats:
        done = np.ones(upto[0].shape)
        for (chance, _, _), x, many in zip(calls, upto, times, strict=True):
            part = x * chance + (1 - chance) * sure(len(x))
            part[FAILED] = 1 - part[FAILED]
            done *= part if np.all(many == 1) else part**many
        done[FAILED] = 1 - done[FAILED]
        return done

    return _raced([answer for _, answer, _ in calls], join)


def quorum_of(quorum: int, calls: Sequence[tuple[Each, Answer]]) -> Answer:
    """Calls that happen each with its probability, of which so many must succeed; of fewer all must."""
    happens = [p for p, _ in calls]

    def join(upto: Sequence[Floats]) -> Floats:
        done = np.empty(upto[0].shape)
        failed = [1 - p + p * x[FAILED] for p, x in zip(happens, upto, strict=True)]
        done[FAILED] = at_least(len(calls) - quorum + 1, failed)
        for k in range(0, len(done), GOOD):
            done[k] = reached(quorum, happens, [x[k] for x in upto])
        return done

    return _raced([answer for _, answer in calls], join)


def quorum_of_equals(quorum: int, many: int, chance: Each, answer: Answer) -> Answer:
    """The same for ``many`` calls that are all alike."""

    def join(upto: Sequence[Floats]) -> Floats:
        done = np.empty(upto[0].shape)
        done[FAILED] = at_least_of_equals(many - quorum + 1, many, 1 - chance + chance * upto[0][FAILED])
        for k in range(0, len(done), GOOD):
            done[k] = reached_by_equals(quorum, many, chance, upto[0][k])
        return done

    return _raced([answer], join)


def _raced(answers: Sequence[Answer], join: Callable[[Sequence[Floats]], Floats]) -> Answer:
    """Answers to several calls side by side: ``join`` says what is there when so much of each of them is there."""
    total = join([np.clip(a.total, 0.0, 1.0) for a in answers])
    never = 1 - total[ANSWERED]  # has failed, sooner or later; not more often than ``join`` says
    done = join([_upto(a) for a in answers])
    done[FAILED] *= np.where(total[FAILED] > never, never / np.where(total[FAILED] > 0, total[FAILED], 1.0), 1.0)
    total[FAILED] = np.minimum(total[FAILED], never)
    done[GOOD:] = np.minimum(done[GOOD:], done[ANSWERED])
    masses = done.copy()
    masses[..., 1:] -= done[..., :-1]
    return Answer(answers[0].axis, total, np.maximum(masses, 0.0, out=masses))


def reached(quorum: int, happens: Sequence[Each], answered: Sequence[Floats]) -> Floats:
    """Probability, at each point, that a stage has its quorum, or all of the calls that happen if those are fewer."""
    flat = np.zeros_like(answered[0])
    by_quorum = at_least(quorum, [flat + p * x for p, x in zip(happens, answered, strict=True)])
    fewer = [flat + 1.0] + [flat] * (quorum - 1)  # exactly so many happen, and all of them have answered
    for p, x in zip(happens, answered, strict=True):
        for k in range(quorum - 1, 0, -1):
            fewer[k] = fewer[k] * (1 - p) + fewer[k - 1] * (p * x)
        fewer[0] = fewer[0] * (1 - p)
    done: Floats = np.minimum(by_quorum + np.sum(fewer, axis=0), 1.0)
    return done


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


def reached_by_equals(quorum: int, many: int, happens: Each, answered: Floats) -> Floats:
    """``reached`` for ``many`` calls that are all alike."""
    met = happens * answered
    done = at_least_of_equals(quorum, many, met)
    if np.any(happens < 1):  # fewer than the quorum happen, and all of them have answered
        fewer = (math.comb(many, k) * met**k * (1 - happens) ** (many - k) for k in range(quorum))
        done = done + sum(fewer, start=np.zeros_like(done))
    return np.minimum(done, 1.0)


def at_least_of_equals(needed: int, many: int, chance: Floats) -> Floats:
    """Probability that at least ``needed`` of ``many`` independent events of the same probability have happened."""
    other = 1 - chance
    few = 2 * needed > many  # the shorter sum: of those that happen enough, or of those that do not
    wanted = range(needed, many + 1) if few else range(needed)
    terms = (math.comb(many, k) * chance**k * other ** (many - k) for k in wanted)
    total: Floats = sum(terms, start=np.zeros_like(chance))
    return total if few else 1 - total


def _upto(answer: Answer) -> Floats:
    upto: Floats = answer.masses.cumsum(axis=-1)
    np.minimum(np.maximum(upto, 0.0, out=upto), 1.0, out=upto)
    return upto


@dataclass(frozen=True, slots=True)
class Cut:
    """Where timeouts fall on the axes of calls."""

    keep: Floats
    """Share of the masses at each point that is in time."""
    on_axis: Bools
    """Column: 1 where the timeout lies on the axis; else it only acts on what lies beyond."""
    limited: Bools
    """Column: 1 where there is a timeout at all."""
    short: Bools
    """Column: 1 where the axis ends early, since nothing beyond matters to a caller."""
    rows: Ints
    low: Ints
    part: Floats
    """The point before each timeout on the axis, and how far it is from there to the next."""


def cut_at(axis: Axis, timeout_s: Floats, short: Bools) -> Cut:
    """``timeout_s``: column, 0 where there is none."""
    place = np.where(timeout_s > 0, timeout_s / axis.step, 2.0 * axis.count)
    keep = np.minimum(np.maximum(place + 0.5 - np.arange(axis.count), 0.0), 1.0)
    rows = np.flatnonzero(place[:, 0] < axis.count)
    low = place[rows, 0].astype(np.int64)
    return Cut(keep, place < axis.count, timeout_s > 0, short, rows, low, place[rows, 0] - low)


def cut_off(answer: Answer, cut: Cut) -> Answer:
    """Whatever is not there at the timeout has failed then, what lies beyond the axis included."""
    endless = (answer.missing > _UNSEEN) & cut.limited
    beyond = cut.short & cut.limited
    if not (len(cut.rows) or endless.any() or beyond.any()):
        return answer
    masses = answer.masses * cut.keep
    total = masses.sum(axis=-1, keepdims=True)
    late = np.maximum(0.0, 1 - total[ANSWERED] - total[FAILED])
    acts = cut.on_axis | endless | (beyond & (late > _MUCH))
    total[FAILED] += late
    total = np.where(acts, total, answer.total)
    some = late[cut.rows, 0]
    masses[FAILED, cut.rows, cut.low] += some * (1 - cut.part)
    inside = cut.low + 1 < answer.axis.count
    masses[FAILED, cut.rows[inside], cut.low[inside] + 1] += (some * cut.part)[inside]
    return Answer(answer.axis, total, masses)


def late_share(answer: Answer, row: int, timeout_s: float) -> float:
    """Share of the calls without any answer at that time."""
    end = answer.axis.row(row).cell(timeout_s)
    return max(0.0, 1.0 - float(answer.masses[:GOOD, row, :end].sum()))


def hedged(masses: Floats, axis: Axis, after_s: float, share: float) -> Floats:
    """Masses of one call, of which a copy is sent where there is no answer after ``after_s`` (in a share of those
    cases); the first answer counts.
    """
    shift = min(axis.count, round(after_s / axis.step))
    copy = np.zeros_like(masses)
    copy[:, shift:] = masses[:, : axis.count - shift]
    failed, failed2 = masses[FAILED], copy[FAILED]
    early = np.arange(axis.count) < shift
    gone, gone2 = masses[ANSWERED].cumsum(), copy[ANSWERED].cumsum()
    before = float((failed * early).sum())
    # the first one answers unless the copy did; the copy unless the first one did, or had failed before it was sent
    still = np.maximum(1 - np.concatenate(([0.0], gone[:-1])) - before, 0.0)
    found: Floats = masses * (1 - share * gone2) + share * copy * still
    both = np.diff(np.maximum(failed.cumsum() - before, 0.0) * failed2.cumsum(), prepend=0.0)
    found[FAILED] = failed * early + (1 - share) * failed * ~early + share * both
    return np.maximum(found, 0.0)


def backoff(axis: Axis, wait_s: Floats, jitter: Floats) -> Spread:
    """The wait before a retry: exactly so long, or any time up to twice that."""
    spread = (jitter > 0) & (2 * wait_s > axis.step)
    fixed = at_time(axis, wait_s)
    if not spread.any():
        return fixed
    even = uniform(axis, np.where(spread, 2 * wait_s, axis.step))
    return Spread(axis, np.where(spread, even.masses, fixed.masses))


def tried_again(answer: Answer, waits: Sequence[Spread], attempts: Floats, allowed: Floats) -> tuple[Answer, Floats]:
    """The outcome after all attempts, and their mean number.

    ``waits`` before each retry, the largest number of attempts, and the share of the retries wanted that is made.
    """
    own, path, made = answer.spectrum, answer.spectrum[FAILED], answer.total[FAILED]
    spectrum, total, mean = own.copy(), answer.total.copy(), np.ones_like(allowed)
    spectrum[FAILED], total[FAILED] = 0.0, 0.0
    for number, wait in enumerate(waits):
        share = allowed * (attempts > number + 1)
        again = made * share
        if (again < 1e-9).all():
            break
        spectrum[FAILED] += path * (1 - share)
        total[FAILED] += made * (1 - share)
        start = path * wait.spectrum * share
        mean = mean + again
        again = again * wait.total
        for outcome in range(0, len(total), GOOD):
            spectrum[outcome] += start * own[outcome]
            total[outcome] += again * answer.total[outcome]
        path, made = start * own[FAILED], again * answer.total[FAILED]
    spectrum[FAILED] += path
    total[FAILED] += made
    return Answer(answer.axis, total, None, spectrum), mean


def fallen_back(answer: Answer, share: Each, instead: Answer | None) -> Answer:
    """Failures (a share of them: 0 or 1) answered by something lesser: at once (None), or by a further call."""
    spectrum, total = answer.spectrum.copy(), answer.total.copy()
    lost, never = answer.spectrum[FAILED] * share, answer.total[FAILED] * share
    spectrum[FAILED] -= lost
    total[FAILED] -= never
    spectrum[ANSWERED] += lost if instead is None else lost * instead.spectrum[ANSWERED]
    total[ANSWERED] += never if instead is None else never * instead.total[ANSWERED]
    if instead is not None:
        spectrum[FAILED] += lost * instead.spectrum[FAILED]
        total[FAILED] += never * instead.total[FAILED]
    return Answer(answer.axis, total, None, spectrum)


def moved(answer: Answer, axis: Axis) -> Answer:
    """The same on other axes."""
    outcomes, rows, _ = answer.masses.shape
    every, other = np.tile(answer.axis.step, (outcomes, 1)), np.tile(axis.step, (outcomes, 1))
    flat = Spread(Axis(every, axis.count), answer.masses.reshape(outcomes * rows, -1))
    return Answer(axis, answer.total, flat.moved(Axis(other, axis.count)).masses.reshape(outcomes, rows, -1))
