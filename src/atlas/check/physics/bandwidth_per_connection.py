"""The bandwidth of one connection is what a line can carry.

Formula: bandwidth / connections (or sessions) of the same subject, peak with peak, mean with mean.
Bounds: 1 bit/s to 100 Mbit/s; above 10 Gbit/s no client takes it.

Fails: 200 Tbit/s to 2,000 sessions.
Mend: check the prefix of the bandwidth and the suffix of the sessions.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.125, 100e6 / 8, 0.001, 10e9 / 8, " bytes/s each")


def run(case: Case) -> Iterator[Breach]:
    """Each bandwidth against the sessions that share it."""
    sessions = case.facts.of_metric("concurrency", "connections", stats=("total", "peak", "average"))
    flows = case.facts.of_metric("bandwidth", stats=("total", "peak", "average"))
    for volume, crowd in pairs(flows, sessions):
        message = f"{said(volume)} shared by {said(crowd)} is not what a line carries"
        if found := breach(volume.interval / crowd.interval, BAND, (volume, crowd), message):
            yield found


CHECK = Check("PHY023", "bandwidth_per_connection", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
