"""Bytes stored divided by things stored is a plausible size of one thing.

Formula: storage / records (of the same subject), and against a published item size.
Bounds: 1 byte to 1 GB for a row, message, object or file; within a factor of 20 of a published item size, for
indexes, versions and replicas.

Fails: 14 PB for 200 items.
Mend: name what is counted in `of`.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said, strict
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

SIZE = Band(4, 1e9, 1, 100e9, " bytes")
AGREEMENT = strict(1 / 20, 20, " times the item size")


def run(case: Case) -> Iterator[Breach]:
    """Each stored volume against the count of what is stored."""
    sizes = case.facts.of_metric("item-size", stats=("average", "total", "p50"))
    for volume, count in pairs(case.facts.of_metric("storage"), case.facts.of_metric("records")):
        size = volume.interval / count.interval
        if found := breach(size, SIZE, (volume, count), f"{said(volume)} for {said(count)} is no size of a record"):
            yield found
        for item, _ in pairs(sizes, [volume]):
            message = f"{said(volume)} for {said(count)} is far from the item size {said(item)}"
            if found := breach(size / item.interval, AGREEMENT, (volume, count, item), message):
                yield found


CHECK = Check("PHY012", "stored_bytes_per_record", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
