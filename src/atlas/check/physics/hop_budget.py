"""The hops of a flow fit into what the flow promises.

Formula: the sum of the mean times on the longest waited-for path ≤ the promised percentile (a mean above its own
p99 is impossible here). Calls side by side count once, a choice counts its fastest branch, a call below a cache its
misses.
Bounds: exact, with the low end of every hop and the high end of the promise.

Fails: hops of 60, 90 and 120 ms under a promised p99 of 200 ms.
Mend: correct a hop, or make the call asynchronous, if that is what the system does.
"""

from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.flow import Call


def fastest_s(case: Case, path: str, call: Call, caller: str) -> float:
    """The least mean time of a call with everything it waits for, in seconds."""
    if call.async_:
        return 0.0
    if call.parallel:
        own = max(fastest_s(case, f"{path}.parallel.{i}", c, caller) for i, c in enumerate(call.parallel))
    elif call.choose:
        own = min(fastest_s(case, f"{path}.choose.{i}", c, caller) for i, c in enumerate(call.choose))
    else:
        own = case.mean_s(call.call or "")
    inner = call.target or caller
    below = sum(fastest_s(case, f"{path}.then.{i}", c, inner) for i, c in enumerate(call.then))
    return chance(case, path, call, caller) * (own + below)


def chance(case: Case, path: str, call: Call, caller: str) -> float:
    """How often a call happens: its ``p``, or the misses of the cache above it."""
    if (written := case.value(f"{path}.p")) is not None:
        return written.quantity.low
    above = case.document.components.get(caller)
    if above is None or above.cache is None or above.cache.of != call.target:
        return 1.0
    hit = case.value(f"components.{caller}.cache.hit")
    return 1 - hit.quantity.high if hit is not None else 0.0


def run(case: Case) -> Iterator[Breach]:
    """Each flow with a promise; the loosest promise that is broken is named."""
    for name, flow in case.document.flows.items():
        total = sum(fastest_s(case, f"flows.{name}.steps.{i}", step, "") for i, step in enumerate(flow.steps))
        for stat in ("p999", "p99", "p95"):
            promise = case.value(f"flows.{name}.slo.{stat}")
            if promise is not None and total > promise.quantity.high:
                yield Breach(
                    f"flows.{name}.slo.{stat}",
                    f"the hops of {name} take longer on average than its {stat} allows",
                    actual=f"{total * 1e3:.3g} ms",
                    expected=f"at most {promise.quantity.high * 1e3:.3g} ms",
                    because=promise.claims,
                    tip="Correct the slowest hop, or mark calls that nobody waits for as async.",
                )
                break


CHECK = Check("PHY030", "hop_budget", Scope.SYSTEM, Level.ERROR, Family.PHYSICS, run)
