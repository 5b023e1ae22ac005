"""One fact has one value: figures of the same metric, subject, statistic, era and scope agree.

Formula: larger / smaller value, for claims near in time (or without a date).
Bounds: 1.12 for two roundings; above that a warning, above 1.5 an error. An open figure (*over 500*) is read as up to
15 % more: who knows of 700 prints 700. Claims more than two months apart are a series and are not compared here.

Fails: 10M and 15M concurrent users in one document; 500+ and 700+ services.
Mend: date both; if they are of two things, say so in `of` or `scope`.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import Fact, middle_days_apart, unordered_pairs
from atlas.check.interval import Interval
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.quantity import Form

BAND = Band(1, 1.12, 1, 1.5, " times")
NARROW = 1.15
SERIES_DAYS = 60
"""Figures of one fact whose dates lie further apart are points of a series, whose growth is checked elsewhere."""


def narrow(fact: Fact) -> Interval:
    """The figure with open ends closed within 15 %."""
    if fact.form is Form.AT_LEAST:
        return Interval(fact.mid, fact.mid * NARROW)
    if fact.form is Form.AT_MOST:
        return Interval(fact.mid / NARROW, fact.mid)
    return fact.interval


def ratio(a: Interval, b: Interval) -> Interval:
    """Larger over smaller: 1 where the intervals meet, the gap between them where they do not."""
    if a.high >= b.low and b.high >= a.low:
        return Interval(1.0, 1.0)
    low, high = (a, b) if a.high < b.low else (b, a)
    return Interval(high.low / low.high, high.high / low.low) if low.low > 0 else Interval(1.0, 1.0)


def is_same_fact(a: Fact, b: Fact) -> bool:
    """Whether two claims say the same thing of the same moment."""
    apart = middle_days_apart(a, b)
    return (a.metric, a.of, a.stat, a.dimension) == (b.metric, b.of, b.stat, b.dimension) and (
        apart is None or apart <= SERIES_DAYS
    )


def run(case: Case) -> Iterator[Breach]:
    """Each pair of claims that state one fact; rates of two periods belong to period_agreement."""
    for a, b in unordered_pairs(case.facts.all):
        if not is_same_fact(a, b) or a.period != b.period:
            continue
        message = f"{said(a)} and {said(b)} state one fact with two values"
        found = breach(ratio(narrow(a), narrow(b)), BAND, (a, b), message, "Date both, or say what differs in `scope`.")
        if found:
            yield found


CHECK = Check("PHY017", "fact_spread", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
