"""Retries on one path do not multiply the load beyond what a failing tier can bear.

Formula: product of the attempts (or 1 + budget, where smaller) of the calls on a path, the client's included.
Bounds: 3 × 3 = 9 is common; above 10 a warning, above 20 an error: three layers of three attempts turn one request
into 27 exactly when the callee is failing.

Fails: client, gateway and service retry three times each: 27 calls for one request.
Mend: retry at one layer, or give each retry a budget (10 % of requests).
"""

import math
from collections.abc import Iterator

from atlas.check.call_tree import amplification
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

USUAL, MOST = 10.0, 20.0


def run(case: Case) -> Iterator[Breach]:
    """Each call that retries, with all the retries above it."""
    for place in case.calls:
        if amplification(place.call) <= 1:
            continue
        client = case.document.flows[place.flow].client
        factor = amplification(client) * math.prod(amplification(c) for c in (*place.above, place.call))
        if factor > USUAL:
            yield Breach(
                f"{place.path}.retry",
                f"one request may become {factor:.3g} calls to {place.call.call or 'its children'}",
                actual=f"{factor:.3g} times",
                expected=f"at most {USUAL:.0f} times",
                tip="Retry at one layer only, or give the retries a budget.",
                level=Level.ERROR if factor > MOST else Level.WARNING,
            )


CHECK = Check("PHY033", "retry_amplification", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
