"""No tier has more work in progress than slots.

Formula: L = λ × W (Little): peak rate × time a slot is held ≤ instances × slots of each.
Bounds: at most 1 (error): above it the queue grows for ever; above 0.9 a warning. Sized tiers hold by construction.

Fails: 5M queries a second at 20 ms each are 100,000 in progress on 2,000 shards with 32 slots.
Mend: correct the rate, the service time or the slots; slots and times that are assumed come first.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.interval import number_text
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

FULL, BUSY = 1.0, 0.9


def run(case: Case) -> Iterator[Breach]:
    """Each component with a rate, a service time and slots."""
    for tier in case.tiers():
        load = tier.in_progress / tier.slots
        if load <= BUSY:
            continue
        yield Breach(
            f"components.{tier.id}",
            f"{number_text(tier.in_progress)} requests are in progress at {tier.id}, which has"
            f" {number_text(tier.slots)} slots",
            actual=f"{load:.0%} of the slots at the peak",
            expected="at most 90 %",
            because=case.claims_of(tier.id),
            tip="Correct the rate, the service time, the instances or the concurrency.",
            level=Level.ERROR if load > FULL else Level.WARNING,
        )


CHECK = Check("PHY029", "little_law", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
