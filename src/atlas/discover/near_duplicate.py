"""Near-duplicates: the same post at another address, syndicated, framed or lightly edited.

The fingerprint is the 64-bit SimHash that trafilatura carries (a dependency already; MinHash would need
``datasketch`` and with it scipy). Measured on 147 real articles: an unrelated pair differs in 31
bits and never in fewer than 12, a copy within a foreign frame or without each twentieth word in 3 and mostly not more
than 8. Few bits decide, so a table by bands finds the neighbours without comparing all pairs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from trafilatura.deduplication import Simhash

MOST_BITS = 7
"""Two texts whose fingerprints differ in at most this many bits are near-duplicates."""

SHORTEST_WORDS = 60
"""Below, a text says too little for its fingerprint to mean anything."""

_BANDS = MOST_BITS + 1
"""One more band than differing bits: one band of a near-duplicate is always the same (pigeonholes)."""
_BAND_BITS = 64 // _BANDS


def fingerprint(text: str) -> int | None:
    """The SimHash of a text, or ``None`` where it is too short."""
    if len(text.split()) < SHORTEST_WORDS:
        return None
    return int(Simhash(text).hash)


def distance(one: int, other: int) -> int:
    """In how many of 64 bits two fingerprints differ."""
    return (one ^ other).bit_count()


@dataclass
class Known:
    """Fingerprints that were seen, each with a name; of several neighbours the nearest is told."""

    _names: dict[int, str] = field(default_factory=dict)
    _bands: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, print_: int, name: str) -> None:
        """Remember a fingerprint; the first name of equal ones stays."""
        if print_ in self._names:
            return
        self._names[print_] = name
        for band in _bands(print_):
            self._bands[band].append(print_)

    def nearest(self, print_: int) -> str | None:
        """The name of the nearest near-duplicate, or ``None``."""
        found = {p for band in _bands(print_) for p in self._bands.get(band, ())}
        near = [(distance(print_, p), self._names[p]) for p in found if distance(print_, p) <= MOST_BITS]
        return min(near)[1] if near else None


def _bands(print_: int) -> list[tuple[int, int]]:
    mask = (1 << _BAND_BITS) - 1
    return [(band, print_ >> (band * _BAND_BITS) & mask) for band in range(_BANDS)]
