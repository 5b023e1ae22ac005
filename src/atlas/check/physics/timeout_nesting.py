"""A caller waits at least as long as the calls it makes.

Formula: timeout of the callee ≤ timeout of every call above it that waits; with retries, attempts × timeout too.
Bounds: one attempt above the caller's timeout is an error: its answer is never read. All attempts together above it
are worth a warning: the last ones are work for nobody. Behind a log, a queue or an asynchronous call nobody waits
any more; the timeout of a call to a cache is for the lookup, not for the fetch after a miss.

Fails: a client that gives up after 2 s, above a call that waits 5 s.
Mend: shorten the inner timeout or the attempts; deadlines should shrink on the way down.
"""

from collections.abc import Iterator

from atlas.check.call_tree import Place, attempts, timeout_s
from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.flow import Call

STORES = frozenset({"log", "queue"})


def waits_only_itself(case: Case, call: Call) -> bool:
    """Whether a call's timeout is for the call alone: a look-aside cache, whose misses the caller fetches."""
    component = case.document.components.get(call.target)
    return component is not None and component.cache is not None


def outer_limit_s(case: Case, place: Place) -> float | None:
    """The shortest timeout of whoever still waits: the calls above, up to the last hand-over, and the client."""
    limits: list[float | None] = [timeout_s(case.document.flows[place.flow].client)]
    for call in place.above:
        own = None if waits_only_itself(case, call) else timeout_s(call)
        store = case.document.components.get(call.target)
        if store is not None and store.kind in STORES:
            limits = []
        elif call.async_:
            limits = [own]
        else:
            limits.append(own)
    return min((t for t in limits if t is not None), default=None)


def run(case: Case) -> Iterator[Breach]:
    """Each waited-for call with a fixed timeout."""
    for place in case.calls:
        inner = timeout_s(place.call)
        outer = outer_limit_s(case, place)
        if inner is None or outer is None or place.call.async_:
            continue
        longest = inner * attempts(place.call)
        if longest > outer * 1.0001:
            yield Breach(
                f"{place.path}.timeout",
                f"the call to {place.call.call or 'its children'} may wait longer than its caller does",
                actual=f"{attempts(place.call)} × {inner:.3g} s",
                expected=f"at most {outer:.3g} s in all",
                tip="Shorten the timeout or the attempts, or lengthen the caller's timeout.",
                level=Level.ERROR if inner > outer * 1.0001 else Level.WARNING,
            )


CHECK = Check("PHY032", "timeout_nesting", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
