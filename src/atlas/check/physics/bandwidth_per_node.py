"""Nodes times the bandwidth of one node covers the bandwidth of all.

Formula: bandwidth / (nodes × bandwidth per node); without a published node bandwidth, bandwidth / nodes against what
a machine has.
Bounds: at most 1.1 of what the nodes can carry, and at least 0.5 % of it; one machine carries up to 800 Gbit/s.

Fails: 200 Tbit/s on 100 appliances of 200 Gbit/s.
Mend: date the fleet and the traffic alike.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import is_comparable, pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

SHARE = Band(0.005, 1.1, 0.0001, 1.1, " of what the nodes carry")
MACHINE = Band(0, 400e9 / 8, 0, 800e9 / 8, " bytes/s a node")


def run(case: Case) -> Iterator[Breach]:
    """Each bandwidth against the fleet of its subject."""
    for volume, fleet in pairs(case.facts.of_metric("bandwidth"), case.facts.of_metric("nodes")):
        each = volume.interval / fleet.interval
        if found := breach(
            each, MACHINE, (volume, fleet), f"{said(volume)} on {said(fleet)} is too much for a machine"
        ):
            yield found
        for share in case.facts.of_metric("bandwidth-per-node"):
            if share.of == fleet.of and is_comparable(share, fleet):
                message = f"{said(volume)} does not fit {said(fleet)} of {said(share)}"
                if found := breach(each / share.interval, SHARE, (volume, fleet, share), message):
                    yield found


CHECK = Check("PHY027", "bandwidth_per_node", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
