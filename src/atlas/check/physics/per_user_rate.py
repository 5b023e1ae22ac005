"""What one user causes in a day is what a person (with devices) can cause.

Formula: rate × 86,400 / users of the whole system (those online at once, where no users are published).
Bounds: things used (plays, messages, requests): 0.001 to 10,000 a day; things *made* (`metric: growth`: uploads,
posts, sign-ups): at most 5 a day for an average user. Users who are registered, not daily, only make it smaller.

Fails: 34B videos made a day by 1.5B monthly users: 22 each, true only of views.
Mend: if the figure counts views or deliveries, it is a `rate` of that flow, not growth.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import Fact, is_comparable
from atlas.check.interval import exactly
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

USED = Band(0.001, 10_000, 1e-5, 1_000_000, " a user and day")
MADE = Band(0, 5, 0, 10, " a user and day")
DAY_S = 86_400.0


def run(case: Case) -> Iterator[Breach]:
    """Every rate of people against the people; rates of machines (of a component) are left out."""
    flows = case.flow_ids
    users = [f for f in case.facts.of_metric("users") if f.of == "system"]
    users = users or [f for f in case.facts.of_metric("concurrency") if f.of == "system"]
    for rate in case.facts.of_metric("rate", "growth"):
        if rate.of != "system" and rate.of not in flows:
            continue
        band = MADE if rate.metric == "growth" else USED
        for crowd in users:
            if is_comparable(rate, crowd) and (found := _against(rate, crowd, band)):
                yield found


def _against(rate: Fact, crowd: Fact, band: Band) -> Breach | None:
    value = rate.interval * exactly(DAY_S) / crowd.interval
    return breach(value, band, (rate, crowd), f"{said(rate)} is not what {said(crowd)} can cause")


CHECK = Check("PHY013", "per_user_rate", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
