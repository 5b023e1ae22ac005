"""Plain intervals, and how a printed figure is read as one when it is compared with another.

A cross-check fails only if *no* value inside the intervals satisfies it. Figures with an open end
(``over 4B/day``) would then satisfy everything, so an open end is closed as a reader would close it:
who says *over four billion* does not know of eight, so *over x* is read as x to 2x, and *up to x* as x/10 to x.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from atlas.quantity import Form, Quantity

OVER_FACTOR = 2.0
"""*over x* is read as x to this many times x."""
UP_TO_SHARE = 0.1
"""*up to x* is read as this share of x, to x."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Every value from ``low`` to ``high`` is possible; both ends finite and not negative."""

    low: float
    high: float

    @property
    def mid(self) -> float:
        """Geometric middle, the arithmetic one where an end is zero."""
        if self.low <= 0:
            return (self.low + self.high) / 2
        return math.sqrt(self.low) * math.sqrt(self.high)

    def __mul__(self, other: Interval) -> Interval:
        """Every possible product."""
        return Interval(self.low * other.low, self.high * other.high)

    def __truediv__(self, other: Interval) -> Interval:
        """Every possible quotient; a divisor that may be zero gives an infinite end."""
        high = math.inf if other.low == 0 else self.high / other.low
        return Interval(0.0 if other.high == 0 else self.low / other.high, high)

    def __add__(self, other: Interval) -> Interval:
        """Every possible sum."""
        return Interval(self.low + other.low, self.high + other.high)

    def scaled(self, factor: float) -> Interval:
        """Times a positive number."""
        return Interval(self.low * factor, self.high * factor)

    def is_outside(self, low: float, high: float) -> bool:
        """Whether no value of the interval lies from ``low`` to ``high``."""
        return self.high < low or self.low > high

    def text(self) -> str:
        """Both ends with three digits, once where they agree."""
        low, high = number_text(self.low), number_text(self.high)
        return low if low == high else f"{low} to {high}"


def number_text(value: float) -> str:
    """Three significant digits, with a suffix from a thousand on: ``345k``, ``0.17``, ``over all bounds``."""
    if math.isinf(value):
        return "∞"
    for factor, suffix in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= factor * 0.9995:
            return f"{value / factor:.3g}{suffix}"
    return f"{value:.3g}"


def exactly(value: float) -> Interval:
    """A single point."""
    return Interval(value, value)


def as_read(quantity: Quantity) -> Interval:
    """The interval of a figure with its open end closed (see the module text)."""
    low, high = quantity.low, quantity.high
    if quantity.form is Form.AT_LEAST or math.isinf(high):
        high = quantity.mid * OVER_FACTOR
    if quantity.form is Form.AT_MOST or low <= 0:
        low = quantity.mid * UP_TO_SHARE
    return Interval(low, high)
