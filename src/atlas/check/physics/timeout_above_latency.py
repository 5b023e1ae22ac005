"""A timeout is longer than what it waits for usually takes.

Formula: timeout ≥ the callee's mean time (error), and ≥ its p99 where one is known (warning).
Bounds: a timeout under the p99 turns more than one good answer in a hundred into a failure; under the mean, most.

Fails: a timeout of 5 ms on a read whose mean is 15 ms.
Mend: raise the timeout, or hedge instead.
"""

from collections.abc import Iterator

from atlas.check.call_tree import Place, timeout_s
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level


def run(case: Case) -> Iterator[Breach]:
    """Each call with a fixed timeout."""
    for place in case.calls:
        limit = timeout_s(place.call)
        if limit is None or not place.call.call:
            continue
        mean, tail = case.mean_s(place.call.call), case.tail_s(place.call.call)
        if limit < 0.99 * mean:
            yield _breach(place, limit, mean, "mean", Level.ERROR)
        elif tail is not None and limit < 0.99 * tail:
            yield _breach(place, limit, tail, "p99", Level.WARNING)


def _breach(place: Place, limit: float, takes: float, stat: str, level: Level) -> Breach:
    return Breach(
        f"{place.path}.timeout",
        f"the call to {place.call.call} gives up before its {stat}",
        actual=f"{limit * 1e3:.3g} ms",
        expected=f"at least {takes * 1e3:.3g} ms",
        tip="Raise the timeout, or hedge after the p95.",
        level=level,
    )


CHECK = Check("PHY031", "timeout_above_latency", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
