"""A statistic makes sense for its metric.

Fact: percentiles are of times, sizes, rates and fan-outs, not of availabilities, shares, years or sums of money; a
capacity is never of a latency; a latency is never a total.
Bounds: none.

Fails: a latency with `stat: total`; a count of nodes at p99.
Mend: write `unstated` when the source does not say which statistic it prints; never guess a percentile.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

PERCENTILES = frozenset({"p50", "p95", "p99", "p999"})
SPREAD = frozenset({
    "latency", "service-time", "duration", "lag", "item-size", "payload", "rate", "rate-per-node", "fanout", "rto",
    "storage-per-node", "utilisation", "records", "connections", "concurrency", "bandwidth", "bandwidth-per-node",
})  # fmt: skip
TIMES = frozenset({"latency", "service-time", "lag"})


def problem(metric: str, stat: str) -> str:
    """Why a statistic makes no sense for a metric; empty where it does."""
    if stat in PERCENTILES and metric not in SPREAD:
        return f"{metric} has no {stat}"
    if stat == "total" and metric in TIMES:
        return f"a {metric} is no total"
    if stat == "capacity" and metric in TIMES:
        return f"a {metric} is no capacity"
    return ""


def run(case: Case) -> Iterator[Breach]:
    """Each claim."""
    for name, view in case.system.claims.items():
        if wrong := problem(view.claim.metric, view.claim.stat):
            yield Breach(
                f"claims.{name}.stat",
                wrong,
                actual=view.claim.stat,
                expected="unstated, where the source does not say",
                because=(name,),
                tip="Write the statistic that the source prints, or unstated.",
            )


CHECK = Check("VOC004", "stat_fits_metric", Scope.SYSTEM, Level.ERROR, Family.VOCABULARY, run)
