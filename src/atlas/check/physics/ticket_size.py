"""Money moved divided by transactions is a plausible price.

Formula: money per time / rate (or a sum / a count in the same scope).
Bounds: 0.01 to 10,000 USD for a payment, ride, order or stream; above 10M or below 0.0001 one of the figures has
lost a suffix.

Fails: 18.6B USD in 300 transactions.
Mend: check M and B in both figures, and that both are of the same days.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.01, 10_000, 0.0001, 10e6, " USD each")
MEANS = ("average", "total")


def run(case: Case) -> Iterator[Breach]:
    """Volumes against counts of one scope; subjects differ (the system's money, a flow's events)."""
    for money, count in (("money", "events"), ("money-rate", "rate")):
        volumes = case.facts.of_metric(money, stats=MEANS)
        flows = [f for f in case.facts.of_metric(count, stats=MEANS) if f.of == "system" or f.of in case.flow_ids]
        for volume, events in pairs(volumes, flows, same_of=False):
            if volume.scope is None and events.of == "system" and volume.of != "system":
                continue
            message = f"{said(volume)} over {said(events)} is no price"
            found = breach(volume.interval / events.interval, BAND, (volume, events), message, "Check the suffixes.")
            if found:
                yield found


CHECK = Check("PHY022", "ticket_size", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
