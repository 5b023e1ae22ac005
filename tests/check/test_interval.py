"""Intervals: how figures are read, and when none of their values fits a band."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.check.interval import Interval, as_read, exactly, number_text
from atlas.quantity import parse

numbers = st.floats(min_value=1e-3, max_value=1e12, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("72", 72, 72),
        ("over 500", 500, 1000),
        ("up to 30k", 3000, 30_000),
        ("nearly 5M", 4.5e6, 5e6),
        ("40 to 125 ms", 0.04, 0.125),
        ("trillions", 1e12, 1e15),
    ],
)
def test_a_figure_is_read_as_a_closed_interval(text: str, low: float, high: float) -> None:
    """Open ends are closed as a reader would close them; what is closed stays as printed."""
    found = as_read(parse(text))
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)


@given(numbers, numbers, numbers, numbers)
def test_products_and_quotients_hold_every_value(a: float, b: float, c: float, d: float) -> None:
    """Whatever values are taken from two intervals, their product and quotient lie in the result."""
    x, y = Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d))
    for left in (x.low, x.high):
        for right in (y.low, y.high):
            assert not (x * y).is_outside(left * right, left * right)
            assert (x / y).low <= left / right <= (x / y).high


def test_outside_means_no_value_fits() -> None:
    """An interval that touches the band is not outside it."""
    assert Interval(2, 3).is_outside(0, 1.9)
    assert not Interval(2, 3).is_outside(3, 9)


def test_a_divisor_that_may_be_zero_gives_no_upper_end() -> None:
    """Nothing is claimed where the divisor may be zero."""
    assert (exactly(1) / Interval(0, 2)).high == float("inf")


@pytest.mark.parametrize(
    ("value", "text"), [(345_600, "346k"), (0.1734, "0.173"), (1e9, "1B"), (float("inf"), "∞"), (999_999, "1M")]
)
def test_numbers_are_short_in_messages(value: float, text: str) -> None:
    """Three digits and a suffix."""
    assert number_text(value) == text
