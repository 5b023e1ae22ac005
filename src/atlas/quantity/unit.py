"""The units that may be written, with their factor to seconds, bytes and money."""

from __future__ import annotations

from dataclasses import dataclass

from atlas.quantity.dimension import COUNT, DATA, EUR, TIME, USD, Dimension

SUFFIXES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
"""Multiples of a count; ``B`` is billion, so bytes need ``kB`` or the word."""

DAY_S = 86_400.0
YEAR_S = 365 * DAY_S


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it is printed, and what one of it is in seconds, bytes or money."""

    symbol: str
    factor: float
    dimension: Dimension


def _table() -> dict[str, Unit]:
    units: dict[str, Unit] = {}

    def add(symbol: str, factor: float, dimension: Dimension, *aliases: str) -> None:
        unit = Unit(symbol, factor, dimension)
        for name in (symbol, *aliases):
            units[name] = unit

    add("", 1.0, COUNT)
    add("%", 0.01, COUNT, "percent")
    add("x", 1.0, COUNT, "×", "times")
    add("ns", 1e-9, TIME)
    add("us", 1e-6, TIME, "µs", "μs")
    add("ms", 1e-3, TIME, "millisecond", "milliseconds")
    add("s", 1.0, TIME, "sec", "second", "seconds")
    add("min", 60.0, TIME, "minute", "minutes")
    add("h", 3_600.0, TIME, "hour", "hours")
    add("day", DAY_S, TIME, "days", "d")
    add("week", 7 * DAY_S, TIME, "weeks")
    add("month", YEAR_S / 12, TIME, "months")
    add("quarter", YEAR_S / 4, TIME, "quarters")
    add("year", YEAR_S, TIME, "years")
    add("USD", 1.0, USD)
    add("EUR", 1.0, EUR)
    add("bytes", 1.0, DATA, "byte")
    add("bit", 1 / 8, DATA, "bits")
    for prefix, factor in {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}.items():
        add(f"{prefix}B", factor, DATA, *(["KB"] if prefix == "k" else []))
        add(f"{prefix}bit", factor / 8, DATA)
    for power, prefix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi"), start=1):
        add(f"{prefix}B", 1024.0**power, DATA)
    return units


UNITS = _table()
PERIODS = {name: unit for name, unit in UNITS.items() if unit.dimension == TIME}
BIT_RATES = {"kbps": "kbit", "Mbps": "Mbit", "Gbps": "Gbit", "Tbps": "Tbit"}
"""Spellings of a bit rate that carry their period in the word."""

VAGUE_COUNTS = {
    "thousands": (1e3, 1e4, 1e6),
    "tens of thousands": (1e4, 3e4, 1e5),
    "hundreds of thousands": (1e5, 3e5, 1e6),
    "millions": (1e6, 3e6, 1e9),
    "tens of millions": (1e7, 3e7, 1e8),
    "hundreds of millions": (1e8, 3e8, 1e9),
    "billions": (1e9, 3e9, 1e12),
    "tens of billions": (1e10, 3e10, 1e11),
    "hundreds of billions": (1e11, 3e11, 1e12),
    "trillions": (1e12, 3e12, 1e15),
    "tens of trillions": (1e13, 3e13, 1e14),
    "hundreds of trillions": (1e14, 3e14, 1e15),
    "tens": (1e1, 3e1, 1e2),
    "dozens": (2.4e1, 4.8e1, 1e2),
    "hundreds": (1e2, 3e2, 1e3),
}
"""Words for a magnitude: low, mid, high. Refused as input of a run."""

VAGUE_BYTES = {
    "terabytes": (1e12, 3e12, 1e15),
    "tens of terabytes": (1e13, 3e13, 1e14),
    "hundreds of terabytes": (1e14, 3e14, 1e15),
    "petabytes": (1e15, 3e15, 1e18),
    "tens of petabytes": (1e16, 3e16, 1e17),
    "hundreds of petabytes": (1e17, 3e17, 1e18),
    "exabytes": (1e18, 3e18, 1e21),
}
