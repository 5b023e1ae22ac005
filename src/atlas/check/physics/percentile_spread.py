"""The tail of a latency is at most some tens of times its middle.

Formula: p99 / p50 (and p95, p999, maximum of percentiles) of the same subject.
Bounds: an exponential distribution has p99/p50 = 6.6, busy systems 3 to 30; above 100 is worth a warning, above
1,000 a unit is wrong. Below 1 the order is wrong (see percentile_order).

Fails: p50 2 ms, p99 15 s.
Mend: check the unit of both; maybe they are of two operations.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0, 100, 0, 1000, " times")


def run(case: Case) -> Iterator[Breach]:
    """Each tail against each middle of one latency."""
    for metric in ("latency", "service-time", "lag"):
        tails = case.facts.of_metric(metric, stats=("p95", "p99", "p999"))
        for tail, middle in pairs(tails, case.facts.of_metric(metric, stats=("p50", "average"))):
            message = f"{tail.stat} {said(tail)} is far from {middle.stat} {said(middle)}"
            found = breach(tail.interval / middle.interval, BAND, (tail, middle), message, "Check both units.")
            if found:
                yield found


CHECK = Check("PHY016", "percentile_spread", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
