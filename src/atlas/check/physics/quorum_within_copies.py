"""No quorum is larger than the number of copies, and none is empty.

Formula: 1 ≤ read and write quorum ≤ replication factor; the quorum of a call ≤ its `times`.
Bounds: exact.

Fails: a write quorum of 4 on 3 copies.
Mend: correct the quorum or the factor.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each replicated component, then each call with a quorum."""
    for name in case.document.components:
        factor = case.value(f"components.{name}.replication.factor")
        for which in ("write_quorum", "read_quorum"):
            path = f"components.{name}.replication.{which}"
            quorum = case.value(path)
            if factor is not None and quorum is not None:
                yield from _judge(path, quorum.quantity.mid, factor.quantity.mid, "copies")
    for place in case.calls:
        quorum = case.value(f"{place.path}.quorum")
        times = case.value(f"{place.path}.times.mean") or case.value(f"{place.path}.times")
        if quorum is not None and times is not None:
            yield from _judge(f"{place.path}.quorum", quorum.quantity.mid, times.quantity.mid, "calls")


def _judge(path: str, quorum: float, of: float, noun: str) -> Iterator[Breach]:
    if not 1 <= quorum <= of:
        yield Breach(
            path,
            f"a quorum of {quorum:g} of {of:g} {noun} can never be met",
            actual=f"{quorum:g}",
            expected=f"1 to {of:g}",
            tip="Correct the quorum or the number of copies.",
        )


CHECK = Check("PHY035", "quorum_within_copies", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
