"""No answer crosses regions faster than light.

Formula: a synchronous write to copies in other regions takes at least one round trip: 2 × distance / 200,000 km/s.
Bounds: neighbouring regions stand at least 150 km apart (1.5 ms), regions around the globe at least 3,000 km (30 ms).
Only writes that wait for another region count: mode sync or consensus and a write quorum above one.

Fails: consensus over a globe with a write p99 of 5 ms.
Mend: the copies that are waited for stand in zones of one region (`placement: zone`), or the latency is of a read.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level

LEAST_S = {"region": 0.0015, "global": 0.030}
WRITES = ("write", "insert", "put", "commit", "append", "update")


def run(case: Case) -> Iterator[Breach]:
    """Each component that replicates synchronously beyond a region."""
    for name, component in case.document.components.items():
        copies = component.replication
        if copies is None or copies.mode == "async" or copies.placement not in LEAST_S:
            continue
        least = LEAST_S[copies.placement]
        for operation in component.operations:
            tail = case.tail_s(f"{name}.{operation}")
            if operation.startswith(WRITES) and tail is not None and tail < least:
                yield Breach(
                    f"components.{name}.operations.{operation}",
                    f"{name}.{operation} waits for another region, yet its p99 is below one round trip of light",
                    actual=f"{tail * 1e3:.3g} ms",
                    expected=f"at least {least * 1e3:.3g} ms",
                    tip="Set placement to zone if the quorum is inside a region, or correct the latency.",
                )


CHECK = Check("PHY037", "light_speed", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
