"""The flows that are described do not bring a component more load than is published for it.

Formula: load of a component from all described flows / its published rate (mean with mean, peak with peak).
Bounds: at most 1.25; the other way round is no fault: flows that are not described are load too.

Fails: flows that bring a cache 30M lookups a second, beside a published 4M.
Mend: correct `times`, `batch`, a hit ratio or the flow's rate; they are usually assumed.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import MEAN_STATS
from atlas.check.interval import exactly
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0, 1.25, 0, 3, " times the published load")


def run(case: Case) -> Iterator[Breach]:
    """Each component with a published mean rate of the model's era."""
    for fact in case.facts.rates:
        load = case.described_rate(fact.of)
        if fact.stat not in MEAN_STATS or fact.scope is not None or load is None or not case.is_current(fact):
            continue
        message = f"the described flows bring {fact.of} more than {said(fact)}"
        tip = "Correct `times`, `batch`, the hit ratio, or the rate of the flow."
        found = breach(exactly(load) / fact.interval, BAND, (fact,), message, tip)
        if found:
            yield found


CHECK = Check("PHY041", "described_load", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
