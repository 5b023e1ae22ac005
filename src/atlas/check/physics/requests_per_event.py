"""A business event causes a plausible number of requests.

Formula: request rate of the whole system / rate of a flow (trips, orders, messages).
Bounds: at least 1 (0.5 with rounding); one trip or order causes tens to thousands of requests: above 20,000 is
worth a warning, above 200,000 an error.

Fails: 100M requests a second for 25M trips a day: 345,600 requests a trip.
Mend: the rate probably counts messages inside; name the component that it is of.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0, 20_000, 0, 200_000, " requests each")


def run(case: Case) -> Iterator[Breach]:
    """The system's rate against the rate of each described flow."""
    whole = [f for f in case.facts.rates if f.of == "system"]
    flows = [f for f in case.facts.rates if f.of in case.flow_ids]
    for rate, events in pairs(whole, flows, same_of=False):
        message = f"{said(rate)} for {said(events)} is too much for one event"
        tip = "Say in `of` which component takes the rate."
        if found := breach(rate.interval / events.interval, BAND, (rate, events), message, tip):
            yield found


CHECK = Check("PHY024", "requests_per_event", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
