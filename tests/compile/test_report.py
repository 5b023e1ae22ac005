"""Numbers of a run in words for people."""

from __future__ import annotations

import math

import pytest

from atlas.compile.report import percent, seconds


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0 s"),
        (0.0124, "12.4 ms"),
        (90.0, "90 s"),
        (120.0, "2 min"),
        (349.0, "5 min 49 s"),
        (3599.7, "60 min"),
        (7260.0, "2 h 1 min"),
        (math.inf, "never"),
        (math.nan, "–"),
    ],
)
def test_times_are_told_as_people_do(value: float, words: str) -> None:
    """Short ones in one unit, long ones in two; none and never have words of their own."""
    assert seconds(value) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.5, "50.0 %"),
        (0.995, "99.50 %"),
        (0.9999, "99.990 %"),
        (0.999996, "> 99.999 %"),
        (1 - 1e-12, "100 %"),
        (1.0, "100 %"),
        (1 + 1e-12, "100 %"),
        (math.nan, "–"),
    ],
)
def test_nearly_all_is_not_called_all(share: float, words: str) -> None:
    """A share has the digits that tell it from one."""
    assert percent(share) == words
