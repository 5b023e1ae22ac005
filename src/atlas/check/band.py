"""A ratio of figures held against a band, and the breach that says so."""

from __future__ import annotations

from dataclasses import dataclass

from atlas.check.fact import Fact
from atlas.check.interval import Interval, number_text
from atlas.check.registry import Breach
from atlas.diagnostic import Level


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual, and beyond what it cannot be.

    Outside ``low`` to ``high`` is worth a warning, outside ``hard_low`` to ``hard_high`` an error. ``unit`` is
    printed behind the numbers.
    """

    low: float
    high: float
    hard_low: float
    hard_high: float
    unit: str = ""

    def level(self, value: Interval) -> Level | None:
        """None where some value of the interval is usual."""
        if value.is_outside(self.hard_low, self.hard_high):
            return Level.ERROR
        if value.is_outside(self.low, self.high):
            return Level.WARNING
        return None

    def text(self, level: Level) -> str:
        """The band that was missed, as printed behind *expected*."""
        low, high = (self.hard_low, self.hard_high) if level is Level.ERROR else (self.low, self.high)
        return f"{number_text(low)} to {number_text(high)}{self.unit}"


def strict(low: float, high: float, unit: str = "") -> Band:
    """A band with one limit on each side: outside it is an error."""
    return Band(low, high, low, high, unit)


def breach(value: Interval, band: Band, facts: tuple[Fact, ...], message: str, tip: str = "") -> Breach | None:
    """The breach of a band by figures, placed at the first of them; None where the band holds."""
    level = band.level(value)
    if level is None:
        return None
    undated = [f.id for f in facts if f.start is None]
    if undated and len(facts) > 1:
        tip = f"{tip} " if tip else ""
        tip += f"If the figures are of different times, give each its as_of ({', '.join(undated)} has none)."
    return Breach(
        path=facts[0].value_path,
        message=message,
        actual=value.text() + band.unit,
        expected=band.text(level),
        because=tuple(f.id for f in facts),
        tip=tip,
        level=level,
    )


def said(fact: Fact) -> str:
    """A figure for use inside a message: ``25M/s (peak-rate)``."""
    return f"{fact.text} ({fact.id})"
