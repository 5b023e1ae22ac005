"""The number of engineers and the number of users are of the same time.

Formula: users / engineers.
Bounds: the record is about 14M users for each engineer (a messenger of 450M users at its acquisition); above 20M the
two figures are of different years, below 1 the users are not users.

Fails: 2B users and 50 engineers "at acquisition": the users are of years later.
Mend: date both figures.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.fact import pairs
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(1, 15e6, 0.01, 20e6, " users each")


def run(case: Case) -> Iterator[Breach]:
    """Each count of users against each count of engineers."""
    crews = case.facts.of_metric("engineers")
    for users, crew in pairs(case.facts.of_metric("users"), crews):
        message = f"{said(users)} and {said(crew)} are not of the same time"
        if found := breach(users.interval / crew.interval, BAND, (users, crew), message, "Date both figures."):
            yield found


CHECK = Check("PHY025", "users_per_engineer", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
