"""The hottest partition takes at least its even share, and at most all.

Formula: 1 / partitions ≤ hottest share ≤ 1.
Bounds: exact, with a rounding of 1 %.

Fails: 72 partitions whose hottest takes 0.5 % of the load: an even share is 1.4 %.
Mend: correct the share or the count.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each partitioned component that says both."""
    for name in case.document.components:
        base = f"components.{name}.partitions"
        count, hottest = case.value(f"{base}.count"), case.value(f"{base}.hottest")
        if count is None or hottest is None or count.quantity.high <= 0:
            continue
        even = 1 / count.quantity.high
        share = hottest.quantity
        if share.high < 0.99 * even or share.low > 1:
            yield Breach(
                f"{base}.hottest",
                f"the hottest partition of {name} cannot take this share",
                actual=f"{share.mid:.3%}",
                expected=f"{even:.3%} to 100 %",
                because=(*count.claims, *hottest.claims),
                tip="An even share is one over the number of partitions.",
            )


CHECK = Check("PHY042", "hot_partition", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
