"""What arrives and is kept fits into what is stored.

Formula: rate × size of one event × retention / storage of the same subject.
Bounds: compression and selection make it less, copies more: 0.01 to 3 times the stored bytes; beyond 0.0001 to 30 a
suffix or a period is wrong.

Fails: 800B events a day of 1 kB kept a year in 72 TB.
Mend: check the period of the retention and whether the storage is before or after copies.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import MEAN_STATS, Fact, pairs
from atlas.check.interval import Interval
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.01, 3, 0.0001, 30, " of the stored bytes")


def run(case: Case) -> Iterator[Breach]:
    """Each retention with a rate, a size and a storage of its subject; or a bandwidth in place of rate and size."""
    stores = case.facts.of_metric("storage")
    for keep, store in pairs(case.facts.of_metric("retention"), stores):
        for inflow, used in _inflows(case, keep):
            value = inflow * keep.interval / store.interval
            facts = (store, keep, *used)
            message = f"{said(keep)} of what arrives does not fit {said(store)}"
            if found := breach(value, BAND, facts, message):
                yield found


def _inflows(case: Case, keep: Fact) -> Iterator[tuple[Interval, tuple[Fact, ...]]]:
    volumes = case.facts.of_metric("bandwidth", stats=MEAN_STATS)
    for volume, _ in pairs(volumes, [keep]):
        yield volume.interval, (volume,)
    sizes = case.facts.of_metric("payload", "item-size")
    for rate, _ in pairs([f for f in case.facts.rates if f.stat in MEAN_STATS], [keep]):
        for size, _ in pairs(sizes, [rate]):
            yield rate.interval * size.interval, (rate, size)


CHECK = Check("PHY043", "retained_volume", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
