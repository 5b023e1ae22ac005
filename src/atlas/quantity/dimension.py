"""What a number measures: exponents of time, data and money. Counts have none."""

from __future__ import annotations

from dataclasses import dataclass

_NAMES = {
    (0, 0, 0, 0): "count",
    (1, 0, 0, 0): "time",
    (-1, 0, 0, 0): "count/time",
    (0, 1, 0, 0): "bytes",
    (-1, 1, 0, 0): "bytes/time",
    (0, 0, 1, 0): "money",
    (-1, 0, 1, 0): "money/time",
    (0, 0, 0, 1): "money in EUR",
    (-1, 0, 0, 1): "money in EUR/time",
    (0, -1, 1, 0): "money/bytes",
    (-1, -1, 1, 0): "money/(bytes·time)",
}


@dataclass(frozen=True, slots=True)
class Dimension:
    """Exponents over seconds, bytes, US dollars and euros (currencies are never mixed)."""

    time: int = 0
    data: int = 0
    usd: int = 0
    eur: int = 0

    def __mul__(self, other: Dimension) -> Dimension:
        """The dimension of a product."""
        return Dimension(self.time + other.time, self.data + other.data, self.usd + other.usd, self.eur + other.eur)

    def __truediv__(self, other: Dimension) -> Dimension:
        """The dimension of a quotient."""
        return Dimension(self.time - other.time, self.data - other.data, self.usd - other.usd, self.eur - other.eur)

    @property
    def name(self) -> str:
        """The word for it: ``count/time``; exponents where there is no word."""
        key = (self.time, self.data, self.usd, self.eur)
        if key in _NAMES:
            return _NAMES[key]
        parts = zip(("s", "byte", "USD", "EUR"), key, strict=True)
        return "·".join(unit if power == 1 else f"{unit}^{power}" for unit, power in parts if power)


COUNT = Dimension()
TIME = Dimension(time=1)
DATA = Dimension(data=1)
USD = Dimension(usd=1)
EUR = Dimension(eur=1)
