"""Deliveries per time are events per time times the fan-out.

Formula: deliveries / (events × average fan-out), in one scope.
Bounds: 0.3 to 3; beyond 0.1 to 10 one of the three counts something else. A maximum of the fan-out only bounds from
above: deliveries never exceed events times the largest fan-out.

Fails: 1B deliveries of 10k events that reach at most 100 recipients.
Mend: name the event in the scope of all three.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

MEAN = Band(0.3, 3, 0.1, 10, " times")
MOST = Band(0, 1.1, 0, 1.1, " times the most")


def run(case: Case) -> Iterator[Breach]:
    """Each triple of deliveries, events and fan-out of one subject."""
    for copies, events in pairs(case.facts.of_metric("deliveries"), case.facts.of_metric("events")):
        for fanout, _ in pairs(case.facts.of_metric("fanout"), [copies]):
            band = MOST if fanout.stat in {"max", "peak"} else MEAN
            value = copies.interval / (events.interval * fanout.interval)
            message = f"{said(copies)} are not {said(events)} times {said(fanout)}"
            if found := breach(value, band, (copies, events, fanout), message):
                yield found


CHECK = Check("PHY026", "deliveries_per_event", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
