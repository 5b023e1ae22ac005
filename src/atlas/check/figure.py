"""Whether a claim's value can be read in the figure it was taken from."""

from __future__ import annotations

from atlas.check.printed import Printed, Reading, read
from atlas.quantity import Form, Quantity
from atlas.quantity.unit import PERIODS, UNITS

TOLERANCE = 0.06
"""*260.28M* may be written from *260 million*, *five million* from *nearly five million*; a digit more may not."""


def mismatch(value: Quantity, figure: str) -> str:
    """What is wrong, in words; empty where every number of the value stands in the figure."""
    reading = read(figure)
    if reading.is_empty:
        return "no number can be read in the figure"
    if value.form is Form.VAGUE:
        return _vague_mismatch(value, reading)
    head, _, per = value.unit.partition("/")
    if head in ("USD", "EUR") and reading.currency and reading.currency != head:
        return f"the figure is in {reading.currency}"
    if problem := _kind_mismatch(head, reading):
        return problem
    period_s = PERIODS[per].factor if per in PERIODS else 0.0
    ends = (value.low, value.high) if value.form is Form.RANGE else (value.mid,)
    for end in ends:
        amount = end * (period_s or (UNITS[per].factor if per else 1.0))
        if not any(_stands_for(n, amount, UNITS[head].factor, period_s, reading) for n in reading.numbers):
            return "the value does not stand in the figure"
    return ""


def _vague_mismatch(value: Quantity, reading: Reading) -> str:
    words = value.text.partition("/")[0].strip()
    if words in reading.vague or any(v.endswith(words) for v in reading.vague):
        return ""
    if any(value.low <= n.amount * (n.factor or 1.0) <= value.high for n in reading.numbers):
        return ""
    return f"the figure does not say {words}"


def _kind_mismatch(head: str, reading: Reading) -> str:
    """A per cent value needs a per cent figure; a plain one would be a hundred times another number."""
    if head == "%" and not any(n.kind == "percent" for n in reading.numbers):
        return "the figure prints no per cent"
    return ""


def _stands_for(printed: Printed, amount: float, unit_factor: float, period_s: float, reading: Reading) -> bool:
    """Whether a printed number is ``amount`` in base units per ``period_s``."""
    factor = printed.factor if printed.factor is not None else unit_factor
    found = printed.amount * factor
    if printed.kind == "time" and unit_factor == 1.0 and period_s:
        # "30 per second": the word after the number is the period, not a unit of the count.
        found = printed.amount
    candidates = [found]
    if reading.period_s and period_s and reading.period_s != period_s:
        candidates = [found * period_s / reading.period_s]
    return any(abs(c - amount) <= TOLERANCE * max(amount, 1e-300) for c in candidates)
