"""Tables placed on lattices: means are kept; what is left of a time is that of renewal theory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.physics.lattice import Axis
from atlas.physics.tabulated import Rows, placed, residual, share_left, tables_of

AXIS = Axis(0.02, 2048)
ONE = np.zeros(1, dtype=np.int64)


@given(st.lists(st.floats(0.001, 5), min_size=2, max_size=8), st.floats(0, 3))
def test_placing_keeps_probability_and_mean(times: list[float], delay_s: float) -> None:
    """Whatever the distribution, its total and its mean on the lattice are exact, stretched and delayed too."""
    knots = np.sort(np.array(times))
    below = np.linspace(0, 1, len(times))
    mean = float((np.diff(below) * (knots[1:] + knots[:-1]) / 2).sum())
    tables = tables_of(knots, below)
    assert float(tables.mean[0, 0]) == pytest.approx(mean)
    spread = placed(AXIS, tables, Rows(ONE, 1.5, delay_s))
    assert spread.total == pytest.approx(1, abs=1e-9)
    assert spread.mean == pytest.approx(1.5 * mean + delay_s, abs=1e-7)


@given(st.lists(st.floats(0.5, 5), min_size=2, max_size=8))
def test_what_is_left_of_a_time(times: list[float]) -> None:
    """Looked at in its course, a time has E[X²]/2E[X] left on average, whichever way that is computed."""
    knots = np.sort(np.array(times))
    tables = tables_of(knots, np.linspace(0, 1, len(times)))
    square = float(((knots[1:] ** 2 + knots[1:] * knots[:-1] + knots[:-1] ** 2) / 3).mean())
    expected = square / 2 / float(tables.mean[0, 0])
    assert residual(AXIS, tables, Rows(ONE)).mean == pytest.approx(expected, rel=1e-4, abs=1e-5)
    left = share_left(AXIS, tables, Rows(ONE))[0]
    assert (left.sum() - 0.5) * AXIS.step == pytest.approx(expected, rel=2e-2, abs=1e-3)


def test_what_is_left_of_a_constant_is_uniform() -> None:
    """Any part of a constant time is left with equal probability."""
    tables = tables_of(np.array([2.0, 2.0]), np.array([0.0, 1.0]))
    spread = residual(AXIS, tables, Rows(ONE))
    assert spread.mean == pytest.approx(1.0, rel=1e-3)
    assert spread.quantile(0.25) == pytest.approx(0.5, abs=AXIS.step)
    left = share_left(AXIS, tables, Rows(ONE))[0]
    assert left[[0, 25, 100, 150]] == pytest.approx([1, 0.75, 0, 0])


def test_rows_are_what_they_are_alone() -> None:
    """Several tables on several axes at once."""
    tables = tables_of(np.array([[0.0, 1.0, 3.0], [0.5, 0.5, 2.0]]), np.array([0.0, 0.5, 1.0]))
    axis = Axis(np.array([[0.02], [0.01], [0.03]]), 256)
    rows = Rows(np.array([0, 1, 1]), np.array([[1.0], [0.5], [2.0]]), np.array([[0.0], [0.1], [0.0]]))
    both = placed(axis, tables, rows)
    for row in range(3):
        one = Rows(rows.table[row : row + 1], rows.stretch[row, 0], rows.delay_s[row, 0])
        assert both.row(row).masses == pytest.approx(placed(axis.row(row), tables, one).masses, abs=1e-12)
