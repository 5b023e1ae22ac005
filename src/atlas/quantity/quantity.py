"""A quantity: an interval with a middle, a dimension, and the way it was written."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum

from atlas.quantity.dimension import COUNT, Dimension


class QuantityError(ValueError):
    """A text that is no quantity, or a calculation that has no meaning.

    ``tip`` says what to write instead, where that can be known.
    """

    def __init__(self, message: str, tip: str = "") -> None:
        super().__init__(message)
        self.tip = tip


class Form(StrEnum):
    """How the figure was worded; it fixes the interval around the printed number."""

    PLAIN = "plain"
    RANGE = "range"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    NEARLY = "nearly"
    ABOUT = "about"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An interval ``low <= mid <= high`` in seconds, bytes, money or plain counts.

    ``unit`` is the unit to show it in (empty: choose one), ``form`` how it was worded,
    ``text`` what was written; ``text`` takes no part in equality.
    """

    low: float
    mid: float
    high: float
    dimension: Dimension = COUNT
    unit: str = ""
    form: Form = Form.PLAIN
    text: str = field(default="", compare=False)

    @property
    def is_exact(self) -> bool:
        """Whether the interval is a single point."""
        return self.low == self.high

    def take(self, which: str) -> Quantity:
        """The exact quantity at the ``low``, ``mid`` or ``high`` end."""
        value = {"low": self.low, "mid": self.mid, "high": self.high}[which]
        return replace(self, low=value, mid=value, high=value, form=Form.PLAIN, text="")

    def scaled(self, factor: float) -> Quantity:
        """The same quantity times a plain number."""
        return replace(self, low=self.low * factor, mid=self.mid * factor, high=self.high * factor, text="")

    def __mul__(self, other: Quantity) -> Quantity:
        """Product of two non-negative intervals."""
        return _interval(
            _product(self.low, other.low),
            _product(self.mid, other.mid),
            _product(self.high, other.high),
            self.dimension * other.dimension,
        )

    def __truediv__(self, other: Quantity) -> Quantity:
        """Quotient of two non-negative intervals; a divisor with mid 0 is an error."""
        if other.mid == 0:
            raise QuantityError("division by zero")
        return _interval(
            _quotient(self.low, other.high),
            _quotient(self.mid, other.mid),
            _quotient(self.high, other.low),
            self.dimension / other.dimension,
        )

    def __add__(self, other: Quantity) -> Quantity:
        """Sum; both must have one dimension."""
        self._same(other, "add")
        return _interval(self.low + other.low, self.mid + other.mid, self.high + other.high, self.dimension)

    def __sub__(self, other: Quantity) -> Quantity:
        """Difference; both must have one dimension. Its interval ends at zero; a negative middle is an error."""
        self._same(other, "subtract")
        if self.mid < other.mid:
            raise QuantityError("the difference is negative")
        low = max(0.0, self.low - other.high) if math.isfinite(other.high) else 0.0
        return _interval(low, self.mid - other.mid, self.high - other.low, self.dimension)

    def _same(self, other: Quantity, verb: str) -> None:
        if self.dimension != other.dimension:
            raise QuantityError(f"cannot {verb} {self.dimension.name} and {other.dimension.name}")


def _interval(low: float, mid: float, high: float, dimension: Dimension) -> Quantity:
    if math.isnan(low) or math.isnan(mid) or math.isnan(high) or math.isinf(mid) or math.isinf(low):
        raise QuantityError("the result is not a number")
    form = Form.PLAIN if low == high else Form.RANGE
    if math.isinf(high):
        form = Form.AT_LEAST
    return Quantity(low, mid, high, dimension, form=form)


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _quotient(a: float, b: float) -> float:
    if math.isinf(b):
        return 0.0
    if b == 0:
        return math.inf
    return a / b
