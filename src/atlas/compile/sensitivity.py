"""Which inputs move a flow's p99: each halved and doubled, by the analytic engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from atlas.compile.conditions import Conditions
from atlas.compile.ledger import Entry, EntryOrigin
from atlas.compile.plan import Compiled, compile_system
from atlas.compile.report import finite, percent, seconds
from atlas.compile.run import Drilled, Run
from atlas.model.system import System
from atlas.sim import PlanError
from atlas.sim.analytic import solve

HALF, TWICE = 0.5, 2.0
MOST_EFFECT: Final = math.log(10.0)
"""An effect counts at most as a p99 ten times as long: overload would else outweigh everything."""
LOST = 0.01
"""A flow of which more fails has no 99th percentile: one per cent is never answered."""
_SHARES = {"chance", "hit", "share", "hottest", "shed_over"}
"""Fields of entries that are shares of one, and cannot be doubled beyond it."""
_FIXED = ("design", "compiled")


@dataclass(frozen=True, slots=True)
class Effect:
    """What one input of a plan does to a flow's p99 (s): with half of it, and with twice as much.

    ``text`` is the input as people write it: ``8 ms``, ``p50 2 ms, p99 20 ms``. Infinite: more than one request in a
    hundred then fails, or a queue grows for ever.
    """

    path: str
    origin: EntryOrigin
    text: str
    claims: tuple[str, ...]
    because: str
    half_s: float
    twice_s: float
    size: float
    """How far p99 moves: the larger of the two factors, as a logarithm, at most ``MOST_EFFECT``."""

    @property
    def is_published(self) -> bool:
        """Whether the input is a published figure, or worked out from some."""
        return self.origin in ("claim", "derived")


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How a flow's p99 depends on the inputs of its plan, the strongest first."""

    flow: str
    p99_s: float
    effects: tuple[Effect, ...]

    def strongest(self, count: int = 3) -> tuple[Effect, ...]:
        """The inputs nobody published that move p99 most; those without effect are left out."""
        return tuple(e for e in self.effects if not e.is_published and e.size > 0)[:count]

    @property
    def published_share(self) -> float:
        """The share of the inputs that is published, each weighted by its effect; NaN where none has any."""
        whole = sum(e.size for e in self.effects)
        return sum(e.size for e in self.effects if e.is_published) / whole if whole > 0 else math.nan


def sensitivity(
    system: System,
    flow: str = "",
    conditions: Conditions | None = None,
    report: Callable[[int, int, str], None] | None = None,
) -> Sensitivity:
    """The effects of the inputs on the p99 of a flow (default: the document's first that runs).

    The other flows are background load (see ``Conditions.focus``) and stay what they are. Fleets that are sized stay as
    they are when what they were sized for changes. Raises PlanError where there is no plan.
    """
    given = replace(conditions or Conditions(), share=1.0, focus=(), only="", by_region=False, hot_key="")
    name = flow or next(
        (n for n, f in system.document.flows.items() if f.steps and system.traffic.flows[n].peak > 0), ""
    )
    focused = replace(given, focus=(name,))
    compiled = compile_system(system, focused)
    base = _p99(compiled, name)
    inputs = _inputs(compiled.entries)
    effects = []
    for index, (path, entry) in enumerate(inputs.items()):
        half, twice = (_p99_with(system, focused, name, entry, factor) for factor in (HALF, TWICE))
        size = max(_size(base, half), _size(base, twice))
        effects.append(
            Effect(path, entry.origin, _written(system, path), entry.claims, entry.because, half, twice, size)
        )
        if report is not None:
            report(index + 1, len(inputs), path)
    effects.sort(key=lambda e: -e.size)
    return Sensitivity(name, base, tuple(effects))


def sensitivity_of(outcome: Run | Drilled, report: Callable[[int, int, str], None] | None = None) -> Sensitivity | None:
    """What moves the p99 of a run's flow: the one asked for, the first that a drill is about, or the main one.

    ``None`` where nothing was run, or nothing can be solved.
    """
    run = outcome if isinstance(outcome, Run) else outcome.run
    if run is None:
        return None
    asked = run.compiled.conditions
    drill = outcome.failure.drill if isinstance(outcome, Drilled) else None
    flow = asked.only or (drill.expect[0].flow if drill else "")
    try:
        return sensitivity(run.compiled.system, flow, Conditions(load=asked.load), report)
    except PlanError:
        return None


def _inputs(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The numbers of the document that a plan is made of, settings of its design apart, each once."""
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.path and entry.origin not in _FIXED:
            found.setdefault(entry.path, entry)
    return found


def _written(system: System, path: str) -> str:
    """The number at a path as people write it; of a distribution the figures that are stated."""
    if (value := system.value(path)) is not None:
        return value.text
    spread = system.dist(path)
    stated = spread.written.items() if spread is not None else ()
    return ", ".join(f"{name} {v.text}" for name, v in stated if name != "cv")


def _p99_with(system: System, conditions: Conditions, flow: str, entry: Entry, factor: float) -> float:
    try:
        if entry.part == "sources":
            return _p99(_with_rates(compile_system(system, conditions), factor), flow)
        return _p99(compile_system(_scaled(system, entry, factor), conditions), flow)
    except PlanError:
        return math.inf  # background load or transfers alone take all slots


def _with_rates(compiled: Compiled, factor: float) -> Compiled:
    sources = compiled.plan.sources
    rates, users = sources.rate_per_s * factor, np.maximum(sources.users * factor, sources.users > 0)
    changed = replace(sources, rate_per_s=rates, users=users.astype(sources.users.dtype))
    return replace(compiled, plan=replace(compiled.plan, sources=changed))


def _scaled(system: System, entry: Entry, factor: float) -> System:
    """The system with the number at one path times a factor (shares of one: at most one), nothing else changed."""
    path = entry.path
    if (value := system.values.get(path)) is not None:
        if entry.field in _SHARES:
            factor = min(factor, 1.0 / value.mid) if value.mid > 0 else factor
        q = value.quantity
        quantity = replace(q, low=q.low * factor, mid=q.mid * factor, high=q.high * factor)
        return replace(system, values={**system.values, path: replace(value, quantity=quantity)})
    spread = system.distributions[path]
    times: dict[str, Any] = {name: getattr(spread, name) * factor for name in ("mean", "p50", "p95", "p99")}
    return replace(system, distributions={**system.distributions, path: replace(spread, **times)})


def _p99(compiled: Compiled, flow: str) -> float:
    """The p99 of a flow in the steady state; infinite where more than ``LOST`` of its requests fail."""
    state = solve(compiled.plan)
    found = [state.flow(compiled.plan.flows.name[i]) for i in compiled.roots_of(flow)]
    if any(f.failed > LOST or f.good + f.degraded < 1 - LOST for f in found):
        return math.inf
    return max(float(f.quantiles[0.99]) for f in found)


def _size(base: float, other: float) -> float:
    if base == other or math.isnan(other) or math.isnan(base):
        return 0.0
    if math.isinf(base) or math.isinf(other):
        return MOST_EFFECT
    return min(MOST_EFFECT, abs(math.log(other / base)))


def sensitivity_dict(found: Sensitivity) -> dict[str, Any]:
    """What moves a flow's p99, as plain data; infinite times are null."""
    return {
        "flow": found.flow,
        "p99_s": finite(found.p99_s),
        "published_share": finite(found.published_share),
        "effects": [
            {
                "path": e.path,
                "origin": e.origin,
                "text": e.text,
                "claims": list(e.claims),
                "because": e.because,
                "half_s": finite(e.half_s),
                "twice_s": finite(e.twice_s),
                "size": round(e.size, 6),
            }
            for e in found.effects
            if e.size > 0
        ],
    }


def sensitivity_lines(found: Sensitivity) -> list[str]:
    """What people read of it: the three inputs nobody published that move p99 most, and how much of it is published."""
    if not found.effects or math.isnan(found.p99_s):
        return []
    if math.isinf(found.p99_s) and not found.strongest():
        return [f"{found.flow} is overloaded even without faults: no single input, halved or doubled, gives it a p99"]
    lines = [f"p99 of {found.flow} is {_p99_text(found.p99_s)} at the peak without faults; it moves most with"]
    for effect in found.strongest():
        moved = f"{_p99_text(effect.half_s)} with half, {_p99_text(effect.twice_s)} with twice"
        lines.append(f"  {effect.path} ({effect.origin} {effect.text}): {moved}")
    if not math.isnan(found.published_share):
        lines.append(f"published: {percent(found.published_share)} of the inputs, weighted by what they do to that p99")
    return lines


def _p99_text(value: float) -> str:
    return "overload" if math.isinf(value) else seconds(value)
