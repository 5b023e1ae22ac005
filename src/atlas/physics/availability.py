"""How often something answers, from how often its parts do.

Parts fail independently unless they share a zone; shares lie between 0 and 1. Source: R. Barlow, F. Proschan,
*Statistical Theory of Reliability and Life Testing* (1975), chapters 1 and 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from atlas.physics.fan_out import at_least

HOURS_PER_YEAR = 8_766.0


def in_series(parts: Sequence[float]) -> float:
    """All are needed: the product."""
    return math.prod(_checked(parts))


def in_parallel(parts: Sequence[float]) -> float:
    """One is enough: 1 − Π (1 − aᵢ)."""
    return 1 - math.prod(1 - a for a in _checked(parts))


def quorum(needed: int, parts: Sequence[float]) -> float:
    """At least ``needed`` of the parts answer."""
    return at_least(needed, _checked(parts))


def quorum_over_zones(needed: int, replicas_per_zone: Sequence[int], zone: float, replica: float) -> float:
    """At least ``needed`` replicas answer, where a zone that fails takes all its replicas with it.

    ``zone`` and ``replica`` are availabilities; sums over the states of the zones, so at most 20 zones.
    """
    _checked([zone, replica])
    count = len(replicas_per_zone)
    if count > 20:
        raise ValueError("at most 20 zones")
    total = 0.0
    for state in range(1 << count):
        up = [n for i, n in enumerate(replicas_per_zone) if state >> i & 1]
        weight = zone ** len(up) * (1 - zone) ** (count - len(up))
        if sum(up) >= needed:
            total += weight * at_least(needed, [replica] * sum(up))
    return total


def from_times(between_failures_s: float, repair_s: float) -> float:
    """Availability of what fails every ``between_failures_s`` on average and takes ``repair_s`` to repair."""
    if between_failures_s <= 0 or repair_s < 0:
        raise ValueError("the time between failures is positive, the repair time not negative")
    return between_failures_s / (between_failures_s + repair_s)


def downtime_hours_per_year(available: float) -> float:
    """Hours a year without an answer."""
    return (1 - _checked([available])[0]) * HOURS_PER_YEAR


def _checked(parts: Sequence[float]) -> Sequence[float]:
    if any(not 0 <= a <= 1 for a in parts):
        raise ValueError("an availability lies between 0 and 1")
    return parts
