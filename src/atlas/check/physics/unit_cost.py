"""The cost of a unit times the units is the whole cost.

Formula: unit cost × units × 12 / cost per year. The scope of the unit cost names the unit and, for things that stay,
the period: `one user and month`, `one shard and month`; a cost per request goes with a rate.
Bounds: 0.8 to 1.25; beyond 0.5 to 2 the figures are of different things.

Fails: 2.50 USD a user and month, 500M users: 15B USD a year beside a stated total of 1.25B.
Mend: say who is counted (users who pay?) and which part of the cost.
"""

import re
from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import NEAR_DAYS, Fact, days_apart
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.8, 1.25, 0.5, 2, " of the whole cost")
UNITS = {
    "user": "users", "member": "users", "subscriber": "customers", "customer": "customers", "merchant": "customers",
    "node": "nodes", "server": "nodes", "shard": "shards", "request": "rate", "event": "rate", "transaction": "rate",
    "trip": "rate", "query": "rate", "message": "rate",
}  # fmt: skip
PERIODS_S = {"day": 86_400.0, "month": 365 * 86_400 / 12, "year": 365 * 86_400.0, "hour": 3_600.0}


def unit_of(scope: str | None) -> tuple[str, float | None]:
    """Metric of the units and seconds of the period that a scope names; empty where it names none."""
    words = re.findall(r"[a-z]+", (scope or "").lower())
    metric = next((UNITS[w] for w in words if w in UNITS), "")
    return metric, next((PERIODS_S[w] for w in words if w in PERIODS_S), None)


def _is_near(a: Fact, b: Fact) -> bool:
    apart = days_apart(a, b)
    return apart is None or apart <= NEAR_DAYS


def run(case: Case) -> Iterator[Breach]:
    """Each unit cost against each total and each number of units; scopes differ by nature."""
    for price in case.facts.of_metric("unit-cost"):
        metric, period = unit_of(price.scope)
        if not metric or (period is None and metric != "rate"):
            continue
        for total in case.facts.of_metric("cost"):
            for units in case.facts.of_metric(metric):
                if total.of != units.of or not (_is_near(price, total) and _is_near(units, total)):
                    continue
                share = price.interval * units.interval / total.interval
                value = share if period is None else share.scaled(1 / period)
                message = f"{said(price)} for {said(units)} is not {said(total)}"
                if found := breach(value, BAND, (price, units, total), message, "Say who is counted."):
                    yield found


CHECK = Check("PHY021", "unit_cost", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
