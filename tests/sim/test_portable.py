"""The exponential function that has the same bits everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.sim.portable import LARGEST, exp


def test_it_is_the_exponential_function() -> None:
    """Within a unit in the last place of the library's, from tiny to huge."""
    x = np.concatenate([np.linspace(-LARGEST, LARGEST, 20_001), np.linspace(-1, 1, 20_001)])
    ulp = np.abs(exp(x).view(np.int64) - np.array([math.exp(v) for v in x.tolist()]).view(np.int64))
    assert int(ulp.max()) <= 1


def test_it_is_exact_at_nothing_and_grows() -> None:
    """exp(0) is 1, and larger arguments never give smaller values."""
    assert exp(np.zeros(1)).tolist() == [1.0]
    assert (np.diff(exp(np.linspace(-30, 30, 100_001))) >= 0).all()


@pytest.mark.parametrize("bad", [LARGEST + 1, -LARGEST - 1, math.inf, math.nan])
def test_what_has_no_normal_result_is_refused(bad: float) -> None:
    """Arguments out of range raise instead of giving something."""
    with pytest.raises(ValueError, match="exp is made for"):
        exp(np.array([bad]))
