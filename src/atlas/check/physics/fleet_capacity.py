"""Nodes times the rate of one node covers the peak, and not many times over.

Formula: nodes × rate per node / peak rate of the same subject.
Bounds: 1 to 5 is usual head-room; below 0.8 the fleet could not carry the load, above 15 it would stand idle at
under 7 % utilisation. A rate per node that is a mean is held against the mean.

Fails: 100k pods at 5k requests a second each are 500M/s, for a peak of 25M/s: 5 % used.
Mend: the nodes of other tiers do not count; name the tier in `of`.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import MEAN_STATS, Fact, is_comparable, pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.9, 8, 0.8, 15, " times the load")


def _is_same_kind(share: Fact, load: Fact) -> bool:
    """Whether the statistic of the share can be held against that of the whole."""
    return (share.stat == "average") == (load.stat in MEAN_STATS) or share.stat == "total"


def run(case: Case) -> Iterator[Breach]:
    """Each tier with a published node count, node rate and load."""
    shares = case.facts.of_metric("rate-per-node")
    for share, nodes in pairs(shares, case.facts.of_metric("nodes", "shards")):
        for load in case.facts.rates:
            if load.of != nodes.of or not is_comparable(nodes, load) or not _is_same_kind(share, load):
                continue
            message = f"{said(nodes)} at {said(share)} each are not a fleet for {said(load)}"
            found = breach(nodes.interval * share.interval / load.interval, BAND, (nodes, share, load), message)
            if found:
                yield found


CHECK = Check("PHY006", "fleet_capacity", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
