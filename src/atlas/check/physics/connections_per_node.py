"""The connections of one node are what a machine can hold.

Formula: connections (or sessions) / nodes of the same tier.
Bounds: 50 to 3M; the records for one machine are two to three million idle sockets (error above 10M), and fewer
than one a node (error) means that the nodes are of another tier.

Fails: 50M connections on four gateways.
Mend: name the tier of each figure in `of`.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(50, 3e6, 1, 10e6, " a node")


def run(case: Case) -> Iterator[Breach]:
    """Each number of sessions against the nodes that hold them."""
    nodes = [f for f in case.facts.of_metric("nodes") if f.of != "system"]
    held = case.facts.of_metric("connections", "concurrency", stats=("total", "peak", "average", "max"))
    for sessions, fleet in pairs(held, nodes):
        message = f"{said(sessions)} on {said(fleet)} is not what a machine holds"
        if found := breach(sessions.interval / fleet.interval, BAND, (sessions, fleet), message):
            yield found


CHECK = Check("PHY009", "connections_per_node", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
