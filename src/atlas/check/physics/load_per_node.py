"""The load of one node is what a machine can do.

Formula: rate / nodes of the same subject.
Bounds: 0.5 to 2M a second for one node. A proxy or cache in memory does up to a million simple operations, a packet
forwarder some millions (error above 20M); under one in 1,000 seconds (error) a fleet would stand idle.

Fails: 100M requests a second on two nodes.
Mend: the rate is of another tier than the nodes; name it in `of`.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.5, 2e6, 0.001, 20e6, "/s a node")


def run(case: Case) -> Iterator[Breach]:
    """Each rate of a tier against its nodes; whole systems are left out, their nodes are of many tiers."""
    nodes = [f for f in case.facts.of_metric("nodes", "shards") if f.of != "system"]
    for rate, fleet in pairs(case.facts.rates, nodes):
        message = f"{said(rate)} on {said(fleet)} is not the load of a machine"
        if found := breach(rate.interval / fleet.interval, BAND, (rate, fleet), message):
            yield found


CHECK = Check("PHY008", "load_per_node", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
