"""What grows in the world does not fall to a part of itself.

Formula: later / earlier value of one series, for metrics that the vocabulary says grow *up*; the inverse for
*down*.
Bounds: 0.7 a step is worth a warning, below 0.3 an error: the later figure counts something else, or the era changed.

Fails: egress of 30 TB a minute in 2021 and 3 TB in 2022.
Mend: give the figures their eras or scopes, or correct the value.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.check.series import steps
from atlas.diagnostic import Level

BAND = Band(0.7, float("inf"), 0.3, float("inf"), " of the earlier value")


def run(case: Case) -> Iterator[Breach]:
    """Each step of each series, read in its direction of growth."""
    for earlier, later in steps(case.facts.all):
        growth = case.growth(earlier.metric)
        if growth == "none":
            continue
        value = later.interval / earlier.interval if growth == "up" else earlier.interval / later.interval
        message = f"{said(later)} is a fall from {said(earlier)}, and {earlier.metric} usually goes {growth}"
        if found := breach(value, BAND, (later, earlier), message, "A new architecture is a new `era`."):
            yield found


CHECK = Check("PHY018", "series_drop", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
