"""Those online at once are a part of all users.

Formula: concurrent users / users.
Bounds: 0.1 to 35 % is usual (daily users: 5 to 35 %, registered ones: far fewer); above 100 % nobody can be, below
0.001 % the two figures are of different products.

Fails: 40M at once among 10M users.
Mend: date both; connections of machines are `connections`, not `concurrency`.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(0.0005, 0.5, 0.00001, 1.0, " of the users")


def run(case: Case) -> Iterator[Breach]:
    """Each concurrency of the whole system against its users."""
    online = case.facts.of_metric("concurrency", stats=("total", "peak", "average", "max"))
    for crowd, users in pairs([f for f in online if f.of == "system"], case.facts.of_metric("users")):
        message = f"{said(crowd)} online is not a part of {said(users)}"
        if found := breach(crowd.interval / users.interval, BAND, (crowd, users), message):
            yield found


CHECK = Check("PHY014", "concurrent_share", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
