"""A flow keeps what it promises at the claimed load.

Fact: the steady state of the whole system at its peak (analytic engine): percentiles of each flow with an `slo`, and
the share of its requests that is answered, against `slo.p50`, `p95`, `p99`, `p999` and `availability`.
Bounds: the upper end of a promised time and 1 % beyond, which is the engine's own error; the lower end of a promised
availability. A component that cannot do what is asked of it is a warning, also where no promise is broken.

Fails: a flow that promises a p99 of 100 ms and calls three services that each take 60 ms.
Mend: examine the model and its assumptions (`atlas run SYSTEM` names those that move p99 most); do not bend the
promise.
"""

import math
from collections.abc import Iterator

from atlas.check.case import Case
from atlas.check.registry import Breach, Check, Family, Scope
from atlas.diagnostic import Level
from atlas.model.flow import Flow

TOLERANCE = 1.01
ALLOWED = 0.0005
"""Of an availability: outages are not in a steady state, but neither is its last half of a thousandth exact."""
LEVELS = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p999": 0.999}


def run(case: Case) -> Iterator[Breach]:
    """Each promise of each flow that runs."""
    promising = {n: f for n, f in case.document.flows.items() if f.slo is not None and f.steps}
    if not promising:
        return
    from atlas.compile import compile_system  # noqa: PLC0415 - only costly checks load the engines
    from atlas.sim import PlanError  # noqa: PLC0415 - the engines again
    from atlas.sim.analytic import solve  # noqa: PLC0415 - the engines again

    try:
        compiled = compile_system(case.system)
        state = solve(compiled.plan)
    except PlanError as error:
        yield Breach("flows", f"the system cannot be run: {error}")
        return
    for statement in state.unstable:
        component = statement.partition(":")[0].partition("#")[0]
        yield Breach(f"components.{component}", f"overloaded at the claimed peak: {statement}", level=Level.WARNING)
    for name, flow in promising.items():
        for root in compiled.roots_of(name):
            found = state.flow(compiled.plan.flows.name[root])
            yield from _late(case, name, flow, found.quantiles)
            yield from _lost(case, name, found.good + found.degraded)


def _late(case: Case, name: str, flow: Flow, quantiles: dict[float, float]) -> Iterator[Breach]:
    from atlas.compile.report import seconds  # noqa: PLC0415 - only costly checks load the engines

    for word, level in LEVELS.items():
        path = f"flows.{name}.slo.{word}"
        promised, value = case.value(path), float(quantiles.get(level, math.nan))
        if promised is not None and not value <= promised.quantity.high * TOLERANCE:
            yield Breach(
                path,
                f"{flow.name} takes longer at its peak than it promises",
                f"{word} {seconds(value)}",
                f"at most {promised.text}",
                promised.claims,
                "Examine the model's assumptions.",
            )


def _lost(case: Case, name: str, answered: float) -> Iterator[Breach]:
    path = f"flows.{name}.slo.availability"
    promised = case.value(path)
    if promised is not None and answered < promised.quantity.low - ALLOWED:
        message = f"{case.document.flows[name].name} answers less at its peak than it promises"
        yield Breach(path, message, f"{100 * answered:.3f} %", f"at least {promised.text}", promised.claims)


CHECK = Check("MOD001", "slo_met", Scope.SYSTEM, Level.ERROR, Family.MODEL, run, is_costly=True)
