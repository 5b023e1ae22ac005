"""A load does not exceed the capacity that is published for it.

Formula: load / capacity, for every metric that has a claim with `stat: capacity` (rates, sessions, connections,
bandwidth, storage).
Bounds: at most 1; rounding allows 1.05. Below 1/1,000 the capacity is of something else (a warning).

Fails: an edge for 10M connections under 15M concurrent sessions.
Mend: date the capacity; name the part that it limits.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.001, 1.05, 0, 1.05, " of the capacity")
FAMILIES = (("rate",), ("concurrency", "connections"), ("bandwidth",), ("storage",), ("storage-per-node",))
LOADS = ("peak", "max", "average", "total")


def run(case: Case) -> Iterator[Breach]:
    """Each load against each capacity of the same subject."""
    for metrics in FAMILIES:
        limits = case.facts.of_metric(*metrics, stats=("capacity",))
        for load, limit in pairs(case.facts.of_metric(*metrics, stats=LOADS), limits):
            message = f"{said(load)} is more than the capacity {said(limit)}"
            found = breach(load.interval / limit.interval, BAND, (load, limit), message, "Date the capacity.")
            if found:
                yield found


CHECK = Check("PHY007", "load_within_capacity", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
