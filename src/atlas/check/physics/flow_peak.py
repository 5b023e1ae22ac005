"""A flow's peak is at least its rate, and not many times over.

Formula: peak / rate of each flow, as resolved.
Bounds: 1 to 10 (20 a warning): a peak below the rate is impossible, a larger factor belongs to a fault of kind spike.

Fails: a rate of 100k/s with a peak of 40k/s.
Mend: swap them, or correct the derived expression.
"""

from collections.abc import Iterator

from atlas.check.band import Band
from atlas.check.case import Case
from atlas.check.interval import as_read
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BAND = Band(1, 10, 0.99, 20, " times the rate")


def run(case: Case) -> Iterator[Breach]:
    """Each flow that says both."""
    for name in case.document.flows:
        rate, peak = case.value(f"flows.{name}.rate"), case.value(f"flows.{name}.peak")
        if rate is None or peak is None or rate.quantity.mid <= 0:
            continue
        ratio = as_read(peak.quantity) / as_read(rate.quantity)
        if (level := BAND.level(ratio)) is not None:
            yield Breach(
                f"flows.{name}.peak",
                f"the peak of {name} does not fit its rate",
                actual=ratio.text() + BAND.unit,
                expected=BAND.text(level),
                because=(*rate.claims, *peak.claims),
                level=level,
            )


CHECK = Check("PHY040", "flow_peak", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
