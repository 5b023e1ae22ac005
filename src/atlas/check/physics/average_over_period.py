"""An average rate times the period is the count of that period.

Formula: rate per second × 86,400 / count per day; the same for minutes and hours against days and longer.
Bounds: two roundings and a year of growth allow 0.8 to 1.25; beyond 0.5 to 2 they are different things.

Fails: 1M points a second and one trillion a day: a trillion a day is 11.6M a second.
Mend: if the first figure is a peak, say `stat: peak`; if it counts something else, say so in `of`.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import MEAN_STATS, Fact, unordered_pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.8, 1.25, 0.5, 2, " of it")
SHORT = frozenset({"s", "min", "h", "ms"})


def is_short(fact: Fact) -> bool:
    """Whether the rate is printed for a second, a minute or an hour."""
    return fact.period in SHORT


def run(case: Case) -> Iterator[Breach]:
    """Each short-period mean against each long-period mean of the same rate."""
    for a, b in unordered_pairs(f for f in case.facts.rates if f.stat in MEAN_STATS):
        if a.of != b.of or is_short(a) == is_short(b):
            continue
        short, long = (a, b) if is_short(a) else (b, a)
        message = f"{said(short)} for a whole period is not {said(long)}"
        found = breach(short.interval / long.interval, BAND, (short, long), message, "A peak is `stat: peak`.")
        if found:
            yield found


CHECK = Check("PHY002", "average_over_period", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
