"""The peak of a load is one to ten times its average.

Formula: peak rate / average rate, both of the same subject.
Bounds: people sleep, so a daily peak is 1.3 to 4 times the mean; above 6 is rare and worth a warning, above 10 is
an event (then it has a scope) or another thing counted. Below 1 the peak would be under the mean.

Fails: 25M messages a second at the peak, 4B a day: 540 times the average, true only of deliveries.
Mend: name what each figure counts in `of`, or the event in `scope`; a flash sale is a scope of its own.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import MEAN_STATS, PEAK_STATS, pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.9, 6, 0.9, 10, " times")


def run(case: Case) -> Iterator[Breach]:
    """Each peak against each average of the same rate."""
    rates = case.facts.rates
    peaks = [f for f in rates if f.stat in PEAK_STATS]
    for peak, mean in pairs(peaks, [f for f in rates if f.stat in MEAN_STATS]):
        ratio = peak.interval / mean.interval
        message = f"the peak {said(peak)} and the average {said(mean)} do not fit each other"
        found = breach(ratio, BAND, (peak, mean), message, "Say what each figure counts in `of`.")
        if found:
            yield found


CHECK = Check("PHY001", "peak_over_average", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
