"""How fast this machine is, now: a loop of the kind of work Atlas does, against what it takes on a quiet reference.

Targets are seconds on two cores of the reference machine. A slower or busier machine takes longer for the loop and
for the work alike, so every measure is divided by what the loop took around it.
"""

from __future__ import annotations

import json
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

REFERENCE_S = 0.053
"""What the loop takes on one quiet core of the reference machine (a server core of 2021 with Python 3.11)."""

_TEXT = json.dumps({f"key-{n}": {"value": n / 7, "words": ["amber", "beacon", "cedar"], "on": True} for n in range(60)})


def loop() -> float:
    """Seconds for the loop: parsing, dictionaries, strings, arithmetic."""
    began = time.perf_counter()
    total = 0.0
    for turn in range(320):
        document = json.loads(_TEXT)
        for name, item in document.items():
            path = f"{turn}.{name}.value"
            total += item["value"] * len(path.split(".")) + sum(len(word) for word in item["words"])
        json.dumps(document, sort_keys=True)
    if total <= 0:
        raise ArithmeticError("the loop did nothing")
    return time.perf_counter() - began


def _several(turns: int) -> float:
    return statistics.median(loop() for _ in range(turns))


@dataclass
class Calibration:
    """Looks of one run. ``seen`` keeps what the loop took, by the number of cores it ran on at once."""

    seen: dict[int, list[float]] = field(default_factory=dict)
    _pool: ProcessPoolExecutor | None = None

    def slowness(self, cores: int = 1) -> float:
        """How many times slower than the reference this machine is now, with that many cores at work."""
        if cores == 1:
            took = _several(3)
        else:
            self._pool = self._pool or ProcessPoolExecutor(cores)
            took = max(self._pool.map(_several, [3] * cores))
        self.seen.setdefault(cores, []).append(took)
        return took / REFERENCE_S

    def close(self) -> None:
        """End the processes that were kept for looking."""
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def summary(self) -> dict[str, dict[str, float]]:
        """Median and range of the loop, in milliseconds, by cores."""
        return {
            str(cores): {
                "looks": len(took),
                "median_ms": round(statistics.median(took) * 1000, 1),
                "fastest_ms": round(min(took) * 1000, 1),
                "slowest_ms": round(max(took) * 1000, 1),
            }
            for cores, took in sorted(self.seen.items())
        }
