"""What people watch or play in a day fits into their day.

Formula: hours per day of everybody together / users.
Bounds: 1 minute to 6 hours each; above 24 hours nobody can, below a second (error) the users are not the watchers.

Fails: 125B hours a day by 75M members.
Mend: check the suffix, and whether the hours are per day or per month.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(1 / 60, 6, 1 / 3600, 24, " hours a user and day")
HOURS_A_DAY = 24.0


def run(case: Case) -> Iterator[Breach]:
    """Each watch time against the users; its subject is often one flow."""
    times = case.facts.of_metric("watch-time")
    users = [f for f in case.facts.of_metric("users") if f.of == "system"]
    for time, crowd in pairs(times, users, same_of=False):
        hours = (time.interval / crowd.interval).scaled(HOURS_A_DAY)
        message = f"{said(time)} is not what {said(crowd)} can watch"
        if found := breach(hours, BAND, (time, crowd), message, "Is it per day or per month?"):
            yield found


CHECK = Check("PHY045", "watch_time_per_user", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
