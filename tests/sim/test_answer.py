"""The algebra of answers: probabilities are kept, and every combination is what it says."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlas.physics.lattice import Axis, at_time, exponential, nothing
from atlas.sim.answer import (
    Answer,
    at_once,
    cut_off,
    either,
    fallen_back,
    hedged,
    late_share,
    one_after_other,
    reached,
    side_by_side,
)

AXIS = Axis(0.01, 2048)
shares = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.05, 1))


def answer(weights: tuple[float, float, float], mean_s: float = 0.5) -> Answer:
    """An answer with these relative weights of good, degraded and failed, in exponential times."""
    total = sum(weights)
    good, degraded, failed = (exponential(AXIS, mean_s).times(w / total) for w in weights)
    return Answer(good, degraded, failed)


def total(found: Answer) -> float:
    """Probability of all outcomes."""
    return found.good.total + found.degraded.total + found.failed.total


@given(shares, shares, st.floats(0, 1), st.floats(0.05, 2))
@settings(max_examples=30, deadline=None)
def test_combinations_keep_probability(
    first: tuple[float, float, float], second: tuple[float, float, float], p: float, time_s: float
) -> None:
    """Whatever is done with answers, something happens with probability one."""
    a, b = answer(first), answer(second, 0.2)
    for found in (
        one_after_other(a, b),
        either([(p, a), (1 - p, b)]),
        side_by_side([(p, a), (1.0, b)], 0),
        side_by_side([(p, a), (1.0, b), (0.5, b)], 2),
        cut_off(a, time_s),
        hedged(a, time_s, p),
        fallen_back(a, b),
    ):
        assert total(found) == pytest.approx(1, abs=5e-3)


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
    found = reached(quorum, [p for p, _ in calls], [x for _, x in calls], 1)[0]
    assert found == pytest.approx(expected, abs=1e-9)


def test_a_degraded_part_degrades_the_whole() -> None:
    """Good needs all parts good; a failure of one of several side by side fails all."""
    good, lesser = at_once(AXIS), Answer(nothing(AXIS), at_time(AXIS, 1.0), nothing(AXIS))
    failed = Answer(nothing(AXIS), nothing(AXIS), at_time(AXIS, 1.0))
    assert one_after_other(good, lesser).degraded.total == pytest.approx(1)
    assert side_by_side([(1.0, good), (1.0, lesser)], 0).degraded.total == pytest.approx(1)
    assert side_by_side([(1.0, good), (1.0, failed)], 0).failed.total == pytest.approx(1)
    assert side_by_side([(1.0, good), (1.0, failed)], 1).good.total == pytest.approx(1)
    assert fallen_back(failed, None).degraded.total == pytest.approx(1)


def test_a_timeout_fails_what_is_late() -> None:
    """The late share moves to the timeout, whatever it would have been."""
    found = answer((1, 0, 0.001), 1.0)
    cut = cut_off(found, 1.0)
    assert late_share(found, 1.0) == pytest.approx(np.exp(-1), abs=5e-3)
    assert cut.failed.total == pytest.approx(np.exp(-1), abs=6e-3)
    assert cut.good.quantile(0.999) <= 1.0 + AXIS.step
