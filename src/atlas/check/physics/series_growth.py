"""Nothing of this size grows a hundredfold in a year.

Formula: (later / earlier value of one series) to the power 1 / years between.
Bounds: above 6 times a year is worth a warning, above 12 times a year an error: even the fastest products at this
size have not done it for a whole series.

Fails: 5M users in 2017 and 500M in 2018.
Mend: check the suffix (M or B) and the dates.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.interval import Interval
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.check.series import steps, years_between
from atlas.diagnostic import Level

BAND = Band(0, 6, 0, 12, " times a year")


def yearly(value: Interval, years: float) -> Interval:
    """The factor of one year; steps shorter than a year count as one."""
    power = 1 / max(years, 1.0)
    return Interval(value.low**power, value.high**power)


def run(case: Case) -> Iterator[Breach]:
    """Each step of each series that grows; a latency may fall as fast as it likes."""
    for earlier, later in steps(case.facts.all):
        if case.growth(earlier.metric) != "up" or earlier.interval.low <= 0:
            continue
        value = later.interval / earlier.interval
        message = f"from {said(earlier)} to {said(later)} is faster than anything grows"
        factor = yearly(value, years_between(earlier, later))
        if found := breach(factor, BAND, (later, earlier), message, "Check the suffix and the dates."):
            yield found


CHECK = Check("PHY019", "series_growth", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
