"""A share of a whole is at most the whole.

Formula: value ≤ 100 % for shares, hit ratios, utilisations, availabilities and reductions; a hit ratio or an
availability of less than half of that which its kind can have is worth a warning.
Bounds: 100 %; availability below 90 % and hit ratios below 1 % are warnings (usually a dropped digit).

Fails: a hit ratio of 997 %.
Mend: write 99.7 %; a factor of more than one is a speed-up.
"""

from collections.abc import Iterator

from atlas.check.band import Band, breach, said, strict
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

BANDS = {
    "share": Band(0, 1, 0, 1),
    "hit-ratio": Band(0.05, 1, 0.005, 1),
    "utilisation": Band(0.005, 1, 0, 1.2),
    "availability": Band(0.97, 1, 0.9, 1),
    "reduction": Band(0, 1, 0, 1),
}
SCOPED = strict(0, 1)
"""Within a narrower scope (an outage, a drill) any share is possible."""


def run(case: Case) -> Iterator[Breach]:
    """Each ratio against the range of its kind."""
    for metric, usual in BANDS.items():
        for fact in case.facts.of_metric(metric):
            band = usual if fact.scope is None else SCOPED
            found = breach(fact.interval, band, (fact,), f"{said(fact)} is no {metric}", "Check the per cent sign.")
            if found:
                yield found


CHECK = Check("PHY020", "ratio_range", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
