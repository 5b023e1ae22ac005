"""A figure lies within what anything on this planet has had.

Formula: the value against the largest and the smallest of its metric.
Bounds: generous limits of the metric: people 8.2B, a machine's disk 10 PB, a request's latency one day, services
100,000, engineers 200,000, regions 200, a hit ratio 1 (see ``LIMITS``). Ten times the largest thing known passes.

Fails: 26B users; a p99 of 20 days; 72 regions of a fleet times 10.
Mend: check the suffix and the unit.
"""

from collections.abc import Iterator

from atlas.check.band import breach, said, strict
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

YEAR_S = 365 * 86_400.0
LIMITS = {
    "users": (1, 8.2e9), "customers": (1, 8.2e9), "concurrency": (1, 8.2e9), "connections": (1, 1e11),
    "nodes": (1, 1e8), "clusters": (1, 1e6), "shards": (1, 1e8), "services": (1, 1e5), "records": (1, 1e17),
    "events": (1, 1e17), "fanout": (1, 8.2e9), "deliveries": (1, 1e17), "replicas": (1, 1e4), "regions": (1, 200),
    "locations": (1, 1e5), "engineers": (1, 2e5), "cores": (1, 1e10), "tables": (1, 1e10),
    "rate": (1e-6, 1e13), "rate-per-node": (1e-4, 2e7), "deploys": (1e-8, 100), "growth": (1e-8, 1e10),
    "storage": (1, 1e22), "storage-per-node": (1, 1e16), "memory-per-node": (1e6, 6.5e13), "item-size": (0.01, 1e14),
    "payload": (0.01, 1e12), "bandwidth": (1, 1e15), "bandwidth-per-node": (1, 1.6e12 / 8),
    "latency": (1e-8, 86_400), "service-time": (1e-9, 86_400), "duration": (1e-9, 1e15), "lag": (0, 30 * 86_400),
    "rto": (0, 30 * 86_400), "rpo": (0, 30 * 86_400), "retention": (1, 200 * YEAR_S), "watch-time": (0, 8.2e9 * 24),
    "money": (0.0001, 1e14), "money-rate": (1e-6, 1e14 / YEAR_S), "cost": (1e-9, 1e12 / YEAR_S),
    "unit-cost": (1e-12, 1e8), "speedup": (1, 1e6),
}  # fmt: skip


def run(case: Case) -> Iterator[Breach]:
    """Each claim by itself."""
    for fact in case.facts.all:
        if fact.metric not in LIMITS:
            continue
        low, high = LIMITS[fact.metric]
        message = f"{said(fact)} is beyond any known {fact.metric}"
        if found := breach(fact.interval, strict(low, high), (fact,), message, "Check the suffix and the unit."):
            yield found


CHECK = Check("PHY028", "plausible_magnitude", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
