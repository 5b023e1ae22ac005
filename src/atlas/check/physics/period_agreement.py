"""Counts per day, week, month and year of the same thing agree.

Formula: (count per day × 365) / count per year, and every other pair of periods.
Bounds: seasons, growth inside the year and rounding allow 0.8 to 1.25; beyond 0.6 to 1.7 the figures are of
different times or of different things.

Fails: 25M trips a day and 5B a year: 25M × 365 is 9.1B.
Mend: date both figures; keep the older one in its era.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import MEAN_STATS, unordered_pairs
from atlas.check.physics.average_over_period import is_short
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.8, 1.25, 0.6, 1.7, " of it")


def run(case: Case) -> Iterator[Breach]:
    """Each pair of long periods of one rate."""
    counts = [f for f in case.facts.rates if f.stat in MEAN_STATS and f.period and not is_short(f)]
    for a, b in unordered_pairs(counts):
        if a.of != b.of or a.period == b.period:
            continue
        ratio = a.interval / b.interval
        message = f"{said(a)} and {said(b)} cannot both hold for the same thing at the same time"
        found = breach(ratio, BAND, (a, b), message, "Date both figures, or say what each counts.")
        if found:
            yield found


CHECK = Check("PHY003", "period_agreement", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
