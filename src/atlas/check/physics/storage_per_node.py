"""Nodes times the bytes of one node hold the total.

Formula: total bytes / (nodes × bytes per node).
Bounds: a disk is filled to 20–90 %, and a total may be printed before or after replication (factor 3): 0.05 to 1.5
passes, above 4 the data does not fit, below 0.01 the fleet is empty.

Fails: 1 EB on 72 nodes of 9 TB.
Mend: say which tier holds the total, and whether the size of a node is its disk (`stat: capacity`).
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import is_comparable, pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.05, 1.5, 0.01, 4, " of the room")


def run(case: Case) -> Iterator[Breach]:
    """Each total against the nodes and the node size of its subject."""
    sizes = case.facts.of_metric("storage-per-node", "memory-per-node")
    for nodes, size in pairs(case.facts.of_metric("nodes", "shards"), sizes):
        for total in case.facts.of_metric("storage"):
            if total.of != nodes.of or not is_comparable(total, nodes):
                continue
            ratio = total.interval / (nodes.interval * size.interval)
            message = f"{said(total)} does not fit {said(nodes)} with {said(size)} each"
            if found := breach(ratio, BAND, (total, nodes, size), message):
                yield found


CHECK = Check("PHY011", "storage_per_node", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
