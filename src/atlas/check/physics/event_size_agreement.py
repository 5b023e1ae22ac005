"""Two independent estimates of the size of an event agree.

Formula: (bytes per time / events per time) / published payload or item size; the same for mean against peak.
Bounds: within a factor of 3; headers, compression and replication explain that much, and beyond a factor of 10
nothing does.

Fails: 100 GB/s carry 140k events a second (714 kB each) whose payload is said to be 1 kB.
Mend: one of the three figures counts copies, or another subject; give it its own `of` or `scope`.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import Fact, pairs
from atlas.check.physics.event_size import is_same_moment
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(1 / 3, 3, 0.1, 10, " times")


def _estimates(case: Case) -> list[tuple[Fact, Fact]]:
    both = pairs(case.facts.of_metric("bandwidth"), case.facts.rates)
    return [(v, r) for v, r in both if is_same_moment(v, r) and r.interval.low > 0]


def run(case: Case) -> Iterator[Breach]:
    """Estimates from volume and rate against published sizes and against each other."""
    estimates = _estimates(case)
    sizes = case.facts.of_metric("payload", "item-size", stats=("average", "total", "p50"))
    for volume, rate in estimates:
        for size, _ in pairs(sizes, [volume]):
            ratio = volume.interval / rate.interval / size.interval
            message = f"{said(volume)} over {said(rate)} is not the published size {said(size)}"
            if found := breach(ratio, BAND, (volume, rate, size), message):
                yield found
    for position, (volume, rate) in enumerate(estimates):
        for other, events in estimates[position + 1 :]:
            if volume.of != other.of or volume is other or rate is events:
                continue
            ratio = volume.interval / rate.interval / (other.interval / events.interval)
            message = f"{said(volume)} over {said(rate)} and {said(other)} over {said(events)} give different sizes"
            if found := breach(ratio, BAND, (volume, rate, other, events), message):
                yield found


CHECK = Check("PHY005", "event_size_agreement", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
