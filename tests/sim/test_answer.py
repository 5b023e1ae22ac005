"""The algebra of answers: probabilities are kept, and every combination is what it says."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas.physics.lattice import Axis, exponential
from atlas.sim.answer import (
    ANSWERED,
    FAILED,
    GOOD,
    Answer,
    backoff,
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
    reached,
    reached_by_equals,
    slowest_of,
    tried_again,
)

AXIS = Axis(np.array([[0.01]]), 2048)
NO = np.zeros((1, 1))
shares = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 1))


def answer(weights: tuple[float, float, float], mean_s: float = 0.5) -> Answer:
    """An answer with these relative weights of good, degraded and failed, in exponential times."""
    good, degraded, failed = (w / sum(weights) for w in weights)
    masses = exponential(AXIS, mean_s).masses
    return Answer(AXIS, None, np.stack([(good + degraded) * masses, failed * masses, good * masses]))


def total(found: Answer) -> float:
    """Probability of all outcomes."""
    return float(found.total[ANSWERED, 0, 0] + found.total[FAILED, 0, 0])


def degraded(found: Answer) -> float:
    """Probability of a degraded answer."""
    return float(found.total[ANSWERED, 0, 0]) - found.good()


@given(shares, shares, st.floats(0, 1), st.floats(0.05, 2))
@settings(max_examples=30, deadline=None)
def test_combinations_keep_probability(
    first: tuple[float, float, float], second: tuple[float, float, float], p: float, time_s: float
) -> None:
    """Whatever is done with answers, something happens with probability one, as masses and as totals."""
    a, b = answer(first), answer(second, 0.2)
    timeout = np.array([[time_s]])
    for found in (
        one_after_other(a, b),
        one_of([(p, a), (1 - p, b)]),
        one_of([(0.5 * p, a), (0.5 - 0.5 * p, b)]),
        perhaps(p, a),
        slowest_of([(p, a, 1.0), (1.0, b, 2.0)]),
        quorum_of(2, [(p, a), (1.0, b), (0.5, b)]),
        quorum_of_equals(2, 3, p, a),
        cut_off(a, cut_at(AXIS, timeout, NO > 0)),
        Answer(AXIS, None, hedged(a.masses[:, 0], AXIS.row(0), time_s, p)[:, None]),
        fallen_back(a, 1.0, b),
        fallen_back(a, 1.0, None),
        tried_again(a, [backoff(AXIS, timeout / 10, NO)], NO + 2, NO + p)[0],
        moved(a, Axis(AXIS.step * 1.3, AXIS.count)),
    ):
        assert total(found) == pytest.approx(1, abs=5e-3)
        assert float(found.masses[:GOOD].sum()) == pytest.approx(1, abs=5e-3)
        assert float(found.masses[GOOD].sum()) <= float(found.masses[ANSWERED].sum()) + 1e-6


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=5), st.data())
@settings(deadline=None)
def test_a_quorum_among_those_that_happen(calls: list[tuple[float, float]], data: st.DataObject) -> None:
    """By enumeration: enough have answered, or all of fewer that happen."""
    quorum = data.draw(st.integers(1, len(calls)))
    expected = 0.0
    for states in product((0, 1, 2), repeat=len(calls)):  # not called, no answer, answered
        weight = 1.0
        for (p, x), state in zip(calls, states, strict=True):
            weight *= (1 - p, p * (1 - x), p * x)[state]
        if states.count(2) >= min(quorum, len(calls) - states.count(0)):
            expected += weight
    found = reached(quorum, [p for p, _ in calls], [np.array([x]) for _, x in calls])[0]
    assert found == pytest.approx(expected, abs=1e-9)


@given(many=st.integers(2, 9), p=st.floats(0, 1), x=st.floats(0, 1), data=st.data())
@settings(deadline=None)
def test_equal_calls_are_a_special_case(many: int, p: float, x: float, data: st.DataObject) -> None:
    """What is said of calls that are all alike is what is said of any calls."""
    quorum = data.draw(st.integers(1, many))
    expected = reached(quorum, [p] * many, [np.array([x])] * many)
    assert reached_by_equals(quorum, many, p, np.array([x])) == pytest.approx(expected, abs=1e-12)
    a = answer((0.7, 0.2, 0.1))
    one, other = quorum_of_equals(quorum, many, p, a), quorum_of(quorum, [(p, a)] * many)
    assert one.masses == pytest.approx(other.masses, abs=1e-12)
    one, other = slowest_of([(p, a, float(many))]), slowest_of([(p, a, 1.0)] * many)
    assert one.masses == pytest.approx(other.masses, abs=1e-12)


def test_a_degraded_part_degrades_the_whole() -> None:
    """Good needs all parts good; a failure of one of several side by side fails all."""
    good, lesser, lost = answer((1, 0, 0)), answer((0, 1, 0)), answer((0, 0, 1))
    assert degraded(one_after_other(good, lesser)) == pytest.approx(1)
    assert degraded(slowest_of([(1.0, good, 1.0), (1.0, lesser, 1.0)])) == pytest.approx(1)
    assert slowest_of([(1.0, good, 1.0), (1.0, lost, 1.0)]).total[FAILED, 0, 0] == pytest.approx(1)
    assert quorum_of(1, [(1.0, good), (1.0, lost)]).good() == pytest.approx(1)
    assert degraded(fallen_back(lost, 1.0, None)) == pytest.approx(1)


def test_a_timeout_fails_what_is_late() -> None:
    """The late share moves to the timeout, whatever it would have been; beyond the axis only what never comes."""
    found = answer((1, 0, 0.001), 1.0)
    cut = cut_off(found, cut_at(AXIS, NO + 1.0, NO > 0))
    assert late_share(found, 0, 1.0) == pytest.approx(np.exp(-1), abs=5e-3)
    assert float(cut.total[FAILED, 0, 0]) == pytest.approx(np.exp(-1), abs=6e-3)
    assert cut.outcome(GOOD).quantile(0.999) <= 1.01
    later = cut_at(AXIS, NO + 100.0, NO > 0)
    assert cut_off(found, later) is found
    endless = Answer(AXIS, None, found.masses * 0.4)
    assert float(cut_off(endless, later).total[FAILED, 0, 0]) == pytest.approx(0.6, abs=1e-3)


@given(p=st.floats(0, 1))
def test_retries_are_a_geometric_row(p: float) -> None:
    """Of three attempts that fail alike, 1 + p + p² are made, and p³ of the calls fail; a budget lets fewer through."""
    a = answer((1 - p, 0, p + 1e-12))
    waits = [backoff(AXIS, NO + 0.05, NO + 1), backoff(AXIS, NO + 0.1, NO)]
    found, attempts = tried_again(a, waits, NO + 3, NO + 1)
    assert float(attempts[0, 0]) == pytest.approx(1 + p + p * p, abs=1e-6)
    assert float(found.total[FAILED, 0, 0]) == pytest.approx(p**3, abs=1e-3)
    fewer, attempts = tried_again(a, waits, NO + 3, NO + 0.5)
    assert float(attempts[0, 0]) == pytest.approx(1 + 0.5 * p + 0.25 * p * p, abs=1e-6)
    assert float(fewer.total[FAILED, 0, 0]) >= float(found.total[FAILED, 0, 0]) - 1e-9


def test_calls_do_not_touch_each_other() -> None:
    """Rows are computed as each would be alone."""
    axis = Axis(np.array([[0.01], [0.013]]), 512)
    masses = exponential(axis, np.array([[0.3], [0.5]])).masses
    both = Answer(axis, None, np.stack([0.9 * masses, 0.1 * masses]))
    chances, limits = np.array([[0.4], [1.0]]), np.array([[1.0], [0.0]])
    found = cut_off(slowest_of([(chances, both, 2.0)]), cut_at(axis, limits, limits < 0))
    for row in range(2):
        which = np.array([row])
        alone = slowest_of([(chances[which], both.rows(which), 2.0)])
        alone = cut_off(alone, cut_at(axis.rows(which), limits[which], limits[which] < 0))
        assert found.rows(which).masses == pytest.approx(alone.masses, abs=1e-9)
        assert found.total[:, row] == pytest.approx(alone.total[:, 0])
