"""Statistics of one distribution stand in their order.

Formula: min ≤ p50 ≤ p95 ≤ p99 ≤ p999 ≤ max, and min ≤ average ≤ max, for the same metric and subject.
Bounds: none needed; ranges may touch.

Fails: p50 45 ms with p99 40 ms.
Mend: usually two figures are swapped, or of two operations (`of: store.read`).
"""

from collections.abc import Iterator

from atlas.check.band import said
from atlas.check.case import Case
from atlas.check.fact import Fact, unordered_pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

ORDER = {"min": 0, "p50": 1, "p95": 2, "p99": 3, "p999": 4, "max": 5, "peak": 5}


def must_precede(a: Fact, b: Fact) -> bool:
    """Whether the statistic of ``a`` can never exceed that of ``b``."""
    if a.stat in ORDER and b.stat in ORDER:
        return ORDER[a.stat] < ORDER[b.stat]
    return (a.stat == "min" and b.stat == "average") or (a.stat == "average" and b.stat in {"max", "peak"})


def run(case: Case) -> Iterator[Breach]:
    """Each pair of statistics of one metric of one subject."""
    for a, b in unordered_pairs(case.facts.all):
        if a.metric != b.metric or a.of != b.of:
            continue
        low, high = (a, b) if must_precede(a, b) else (b, a)
        if must_precede(low, high) and low.interval.low > high.interval.high:
            yield Breach(
                low.value_path,
                f"{low.stat} {said(low)} is above {high.stat} {said(high)}",
                actual=low.text,
                expected=f"at most {high.text}",
                because=(low.id, high.id),
                tip="Check which percentile is which, and whether both are of the same operation.",
            )


CHECK = Check("PHY015", "percentile_order", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
