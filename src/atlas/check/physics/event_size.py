"""Bytes per time divided by events per time is a plausible size of one event.

Formula: bandwidth / rate, of the same subject and statistic.
Bounds: a request, message or row takes 8 bytes to 20 MB; below 1 byte or above 10 GB one of the two figures counts
something else.

Fails: 12B messages a day carried by 100 GB/s: 720 kB each would pass, but 12k a day would be 720 GB each.
Mend: name the subject of each figure in `of`, check the prefix of the unit (Gbit or GB).
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import MEAN_STATS, PEAK_STATS, Fact, pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(8, 20e6, 1, 10e9, " bytes")


def is_same_moment(a: Fact, b: Fact) -> bool:
    """Whether both are means, or both are peaks."""
    return (a.stat in MEAN_STATS and b.stat in MEAN_STATS) or (a.stat in PEAK_STATS and b.stat in PEAK_STATS)


def run(case: Case) -> Iterator[Breach]:
    """Each bandwidth against each rate of the same subject."""
    for volume, rate in pairs(case.facts.of_metric("bandwidth"), case.facts.rates):
        if not is_same_moment(volume, rate) or rate.interval.low <= 0:
            continue
        message = f"{said(volume)} shared by {said(rate)} gives an event of an implausible size"
        found = breach(volume.interval / rate.interval, BAND, (volume, rate), message, "Is it bits or bytes?")
        if found:
            yield found


CHECK = Check("PHY004", "event_size", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
