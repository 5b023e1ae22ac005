"""The volume of a long period, spread evenly, is a part of the peak bandwidth.

Formula: peak bandwidth / (bytes per period / period).
Bounds: video peaks at 2 to 4 times its mean; 1 to 8 passes, below 0.9 the mean would exceed the peak, above 20 the
peak and the volume are of different things.

Fails: 2 EB a quarter are 2 Tbit/s on average; a peak of 200 Tbit/s is 98 times that.
Mend: the peak may be a capacity (`stat: capacity`), the volume may be of one part.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import MEAN_STATS, PEAK_STATS, pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.9, 8, 0.9, 20, " times")


def run(case: Case) -> Iterator[Breach]:
    """Each peak bandwidth against each mean of the same subject."""
    flows = case.facts.of_metric("bandwidth")
    peaks = [f for f in flows if f.stat in PEAK_STATS]
    for peak, volume in pairs(peaks, [f for f in flows if f.stat in MEAN_STATS]):
        message = f"{said(volume)}, spread evenly, does not fit the peak {said(peak)}"
        tip = "What can be carried is `stat: capacity`."
        if found := breach(peak.interval / volume.interval, BAND, (peak, volume), message, tip):
            yield found


CHECK = Check("PHY010", "egress_volume", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
