"""Requests end at their own delay after they came, whatever the steps were."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.sim.fluid_ends import Ends

AT = np.arange(0.0, 101.0)


def _ends(steps: list[float], delay_s: float, rate: float = 10.0) -> Ends:
    ends, now = Ends(), 0.0
    ends.begin(np.array([rate]), np.array([delay_s]))
    for step in steps:
        ends.add(now, now + step, np.array([rate]), np.array([delay_s]))
        now += step
    return ends


@pytest.mark.parametrize("steps", [[100.0], [0.1, 0.4, 9.5, 90.0], [1.0] * 100])
def test_a_steady_flow_ends_as_steadily(steps: list[float]) -> None:
    """As many end as come in each second, from the first, in steps of any length."""
    assert np.diff(_ends(steps, 7.5).ended(0, AT)) == pytest.approx(10.0, rel=1e-9)


def test_a_change_is_seen_when_it_ends() -> None:
    """A rate that falls to nothing at 50 s ends at 57.5 s, not before and not after."""
    ends = _ends([50.0], 7.5)
    ends.add(50.0, 100.0, np.array([0.0]), np.array([7.5]))
    ended = np.diff(ends.ended(0, AT))
    assert ended[:57] == pytest.approx(10.0)
    assert ended[57:59] == pytest.approx([5.0, 0.0])


def test_what_came_ends_whatever_becomes_of_later_delays() -> None:
    """Delays that fall from 30 s to nothing let nobody end twice, and nobody be lost."""
    ends = _ends([1.0] * 20, 30.0)
    ends.add(20.0, 20.1, np.array([10.0]), np.array([0.0]))
    ends.add(20.1, 60.0, np.array([10.0]), np.array([0.0]))
    assert ends.ended(0, np.array([100.0]))[0] == pytest.approx(10.0 * (60 + 30))
